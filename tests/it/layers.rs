//! The layers and fences of the source, checked on its text: a room uses only rooms below it, files, processes, sockets, clocks and
//! randomness stay where they belong, and every file says what it is. The check reads paths, not types, so it sees every mention of
//! `crate::`, `super::super::` and `std::`, in groups and in macros too; it does not follow what a macro of somebody else expands to.
//!
//! Comments and literals are not read. Unit tests keep to the layers too (what needs more stands in `tests/`), but not to the fences.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod source;

use std::path::Path;

use source::{Mention, Target, line_of_mod_tests, mentions, tokens, without_tests};

/// The rooms by layer, lowest first. A room uses only lower layers, never its own, so there can be no cycle.
const LAYERS: [&[&str]; 11] = [
    &["protocol"],
    &["deviation"],
    &["profile", "diagnosis", "intake"],
    &["vectors"],
    &["implementation", "sandbox"],
    &["judgement"],
    &["selftest"],
    &["report", "probe"],
    &["fuzzing", "testing"],
    &["cli"],
    &["main"],
];

/// Macros stand at the root wherever they are written: which room they belong to.
const MACROS: [(&str, &str); 2] = [("conformance_tests", "testing"), ("__countersign_cases", "testing")];

/// What is kept within certain modules.
struct Fence {
    what: &'static str,
    is: fn(&Mention) -> bool,
    /// The room that it is kept out of; empty = all rooms.
    out_of: &'static str,
    /// The modules, with all below them, that may nevertheless.
    but: &'static [&'static str],
}

/// Where the world outside is touched.
const OUTER: &[&str] = &["cli", "implementation::adapter", "main", "profile::load", "vectors::load"];

/// Where sockets are opened.
const SOCKETS: &[&str] = &["cli", "implementation::live", "sandbox::server"];

const FENCES: [Fence; 7] = [
    Fence { what: "serde", is: is_serde, out_of: "protocol", but: &[] },
    Fence { what: "a process", is: is_process, out_of: "", but: OUTER },
    Fence { what: "a socket", is: is_socket, out_of: "", but: SOCKETS },
    Fence { what: "a file", is: is_file, out_of: "", but: OUTER },
    Fence { what: "standard input or output", is: is_terminal, out_of: "", but: &["cli", "main", "testing"] },
    Fence {
        what: "a clock",
        is: |mention| mention.has(&["Instant", "SystemTime"]),
        out_of: "",
        but: &["cli", "implementation::adapter", "implementation::live", "sandbox::server"],
    },
    Fence { what: "randomness", is: is_random, out_of: "", but: &["cli", "sandbox::server"] },
];

const MOST_LINES: usize = 500;

fn is_serde(mention: &Mention) -> bool {
    mention.has(&["serde", "serde_json", "Serialize", "Deserialize"])
}

/// An exit code is a value; whoever makes one does nothing yet.
fn is_process(mention: &Mention) -> bool {
    mention.begins(&["std", "process"]) && !mention.has(&["ExitCode"])
}

fn is_socket(mention: &Mention) -> bool {
    mention.begins(&["std", "net"]) || mention.begins(&["std", "os", "unix", "net"]) || mention.begins(&["ureq"])
}

fn is_file(mention: &Mention) -> bool {
    const METHODS: [&str; 7] = ["canonicalize", "exists", "is_dir", "is_file", "read_dir", "symlink_metadata", "try_exists"];
    mention.begins(&["std", "fs"]) || mention.begins(&["tempfile"]) || (mention.is_method && mention.has(&METHODS))
}

fn is_terminal(mention: &Mention) -> bool {
    let path = mention.path.iter().map(String::as_str).collect::<Vec<_>>();
    let is_stream = path.windows(2).any(|pair| pair[0] == "io" && ["stdin", "stdout", "stderr"].contains(&pair[1]));
    let is_print = mention.is_macro && path.last().is_some_and(|name| ["print", "println", "eprint", "eprintln", "dbg"].contains(name));
    is_stream || is_print || mention.begins(&["anstream"]) || mention.begins(&["indicatif"])
}

fn is_random(mention: &Mention) -> bool {
    mention.begins(&["rand"]) || mention.begins(&["getrandom"]) || mention.has(&["OsRng", "RandomState", "thread_rng"])
}

#[test]
fn rooms_use_only_what_stands_below_them_and_keep_their_fences() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    collect(&root.join("src"), &mut files);
    assert!(files.len() > 20, "the source was not found below {}", root.display());
    let mut found = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let name = file.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
        found.extend(complaints(&name, &text));
    }
    assert!(found.is_empty(), "{} complaints:\n{}", found.len(), found.join("\n"));
}

#[test]
fn the_layers_are_those_of_the_page_for_contributors() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("CONTRIBUTING.md")).unwrap();
    let table = page.split_once("\n## Layers\n").unwrap().1.split("```").nth(1).unwrap();
    let rows = table.lines().map(str::trim).filter(|line| !line.is_empty());
    let rows: Vec<Vec<&str>> = rows.map(|line| line.split_whitespace().collect()).collect();
    let expected = LAYERS.iter().enumerate().rev().map(|(number, rooms)| (number.to_string(), rooms.to_vec()));
    assert_eq!(rows.iter().map(|row| (row[0].to_owned(), row[1..].to_vec())).collect::<Vec<_>>(), expected.collect::<Vec<_>>());
}

fn collect(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Everything that is wrong with one file, as `file:line: what`.
fn complaints(file: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    if !text.starts_with("//!") {
        found.push(format!("{file}:1: does not begin with //!, which says what the file is and what it is not"));
    }
    let lines = text.lines().count();
    if lines > MOST_LINES {
        found.push(format!("{file}:{lines}: has {lines} lines, more than {MOST_LINES}: cut it by concepts"));
    }
    let module = module_of(file);
    // `lib.rs` is the map itself: it names every room.
    let Some(room) = module.first() else { return found };
    let Some(layer) = layer_of(room) else {
        found.push(format!("{file}:1: the room `{room}` stands in no layer: add it to the table in tests/it/layers.rs"));
        return found;
    };
    let tokens = tokens(text);
    for mention in mentions(&tokens, &module) {
        let line = mention.line;
        match mention.room() {
            Target::Inside => {}
            Target::Root(how) => found.push(format!("{file}:{line}: {room} uses {how}, which hides what it uses: name the room")),
            Target::Room(other) if other == *room => {}
            Target::Room(other) if MACROS.contains(&(other.as_str(), room.as_str())) => {}
            Target::Room(other) => match layer_of(&other) {
                None => found.push(format!("{file}:{line}: {room} uses crate::{other}, which is no room: name the room it comes from")),
                Some(below) if below < layer => {}
                Some(above) => found.push(format!("{file}:{line}: {room} (layer {layer}) uses {other} (layer {above}), not below it")),
            },
        }
    }
    if module.iter().any(|name| name == "tests") {
        return found;
    }
    let tokens = without_tests(&tokens);
    // Files of a module `tests` are excused, so it must not be built into the product.
    if let Some(line) = line_of_mod_tests(&tokens) {
        found.push(format!("{file}:{line}: has a module `tests` without #[cfg(test)]"));
    }
    for mention in mentions(&tokens, &module) {
        for fence in FENCES.iter().filter(|fence| (fence.is)(&mention) && (fence.out_of.is_empty() || fence.out_of == room)) {
            if !fence.but.iter().any(|allowed| is_within(&module, allowed)) {
                let (line, path, what) = (mention.line, mention.path.join("::"), fence.what);
                let but = if fence.but.is_empty() { "nobody there may".to_owned() } else { format!("only {} may", fence.but.join(", ")) };
                found.push(format!("{file}:{line}: {} uses {what} ({path}): {but}", module.join("::")));
            }
        }
    }
    found
}

fn layer_of(room: &str) -> Option<usize> {
    LAYERS.iter().position(|rooms| rooms.contains(&room))
}

/// `src/vectors/load.rs` is `["vectors", "load"]`; `src/lib.rs` is the root, `[]`.
fn module_of(file: &str) -> Vec<String> {
    let path = file.strip_prefix("src/").unwrap_or(file).trim_end_matches(".rs");
    let mut module: Vec<String> = path.split('/').map(str::to_owned).collect();
    if module.last().is_some_and(|last| last == "mod") || module == ["lib"] {
        module.pop();
    }
    module
}

fn is_within(module: &[String], allowed: &str) -> bool {
    let allowed: Vec<&str> = allowed.split("::").collect();
    module.len() >= allowed.len() && module.iter().zip(&allowed).all(|(have, want)| have == want)
}

mod the_check_itself {
    use super::complaints;

    #[track_caller]
    fn complains(file: &str, text: &str, expected: &[&str]) {
        assert_eq!(complaints(file, &format!("//! A file.\n{text}")), expected);
    }

    #[test]
    fn a_room_may_use_what_stands_below_it_and_itself() {
        complains("src/vectors/lint.rs", "use crate::protocol::Recipe;\nuse super::case::Case;\nuse crate::vectors::Text;", &[]);
        complains("src/cli/mod.rs", "use crate::{judgement, report::{junit, text}, vectors::*};", &[]);
        complains("src/main.rs", "use countersign::cli;", &[]);
        complains("src/lib.rs", "pub mod cli;\npub use cli::run;", &[]);
    }

    #[test]
    fn a_room_above_is_named_with_its_line() {
        let expected = "src/protocol/scan.rs:3: protocol (layer 0) uses vectors (layer 3), not below it";
        complains("src/protocol/scan.rs", "use std::fmt;\nuse crate::vectors::Text;", &[expected]);
        complains("src/protocol/scan.rs", "\npub fn f(text: crate::vectors::Text) {}", &[expected]);
        complains("src/protocol/scan.rs", "\nmacro_rules! m { () => { $crate::vectors::f() } }", &[expected]);
    }

    #[test]
    fn a_room_beside_is_not_below() {
        let expected = "src/profile/load.rs:2: profile (layer 2) uses intake (layer 2), not below it";
        complains("src/profile/load.rs", "use crate::intake::read;", &[expected]);
    }

    #[test]
    fn groups_are_taken_apart() {
        let text = "use crate::{\n    protocol::{Url, Header as H},\n    judgement::{Run, judge},\n    report,\n};";
        complains(
            "src/vectors/mod.rs",
            text,
            &[
                "src/vectors/mod.rs:4: vectors (layer 3) uses judgement (layer 5), not below it",
                "src/vectors/mod.rs:4: vectors (layer 3) uses judgement (layer 5), not below it",
                "src/vectors/mod.rs:5: vectors (layer 3) uses report (layer 7), not below it",
            ],
        );
    }

    #[test]
    fn the_way_over_super_is_followed_out_of_inner_modules_too() {
        let expected = "src/protocol/scan.rs:2: protocol (layer 0) uses cli (layer 9), not below it";
        complains("src/protocol/scan.rs", "use super::super::cli::run;", &[expected]);
        complains("src/protocol/scan.rs", "use super::{super::cli::run};", &[expected]);
        complains("src/protocol/scan.rs", "use self::super::super::cli::run;", &[expected]);
        complains("src/protocol/scan.rs", "mod inner { use super::super::super::cli::run; }", &[expected]);
        complains("src/protocol/scan.rs", "mod inner { use super::super::buffer; }\nuse super::error;", &[]);
        complains("src/implementation/reference/keys.rs", "use super::super::Observation;", &[]);
    }

    #[test]
    fn unit_tests_keep_to_the_layers_but_not_to_the_fences() {
        let text = "#[cfg(test)]\nmod tests {\n    use crate::cli;\n    fn f() { std::fs::read(\"x\"); }\n}";
        complains("src/intake/mod.rs", text, &["src/intake/mod.rs:4: intake (layer 2) uses cli (layer 9), not below it"]);
        let behind = "#[cfg(test)]\nmod tests {\n    fn f() {}\n}\nuse std::fs;";
        let only = "only cli, implementation::adapter, main, profile::load, vectors::load may";
        complains("src/intake/mod.rs", behind, &[&format!("src/intake/mod.rs:6: intake uses a file (std::fs): {only}")]);
    }

    #[test]
    fn a_module_of_tests_in_its_own_file_is_excused_and_must_be_one() {
        complains("src/judgement/tests/telling.rs", "use std::fs;", &[]);
        complains("src/judgement/mod.rs", "#[cfg(test)]\nmod tests;\n#[cfg(all(test, unix))]\nmod tests;", &[]);
        let expected = "src/judgement/mod.rs:2: has a module `tests` without #[cfg(test)]";
        complains("src/judgement/mod.rs", "mod tests;", &[expected]);
        complains("src/judgement/mod.rs", "#[cfg(not(test))] mod tests;", &[expected]);
        complains("src/judgement/mod.rs", "#[cfg(any(test, unix))] mod tests;", &[expected]);
    }

    #[test]
    fn the_root_as_a_whole_hides_what_is_used() {
        let expected = ["src/cli/run.rs:2: cli uses crate::*, which hides what it uses: name the room"];
        complains("src/cli/run.rs", "use crate::*;", &expected);
        complains(
            "src/cli/run.rs",
            "use crate::Case;",
            &["src/cli/run.rs:2: cli uses crate::Case, which is no room: name the room it comes from"],
        );
        complains("src/cli/run.rs", "pub(crate) fn f() {}\npub(in crate::cli) fn g() {}", &[]);
    }

    #[test]
    fn a_room_that_is_not_on_the_map_is_named() {
        let expected = "src/utils.rs:1: the room `utils` stands in no layer: add it to the table in tests/it/layers.rs";
        complains("src/utils.rs", "", &[expected]);
    }

    #[test]
    fn the_core_knows_no_serde() {
        let expected = "src/protocol/url.rs:2: protocol::url uses serde (serde::Serialize): nobody there may";
        complains("src/protocol/url.rs", "use serde::Serialize;", &[expected]);
        complains("src/vectors/text.rs", "use serde::Serialize;", &[]);
    }

    #[test]
    fn files_sockets_and_processes_stay_outside() {
        let only = "only cli, implementation::adapter, main, profile::load, vectors::load may";
        complains(
            "src/judgement/run.rs",
            "use std::{fs, io, net::TcpStream};\nfn f(path: &Path) { path.exists(); ::std::process::abort() }",
            &[
                &format!("src/judgement/run.rs:2: judgement::run uses a file (std::fs): {only}"),
                "src/judgement/run.rs:2: judgement::run uses a socket (std::net::TcpStream): only cli, implementation::live, sandbox::server may",
                &format!("src/judgement/run.rs:3: judgement::run uses a file (exists): {only}"),
                &format!("src/judgement/run.rs:3: judgement::run uses a process (std::process::abort): {only}"),
            ],
        );
        complains("src/implementation/adapter/child.rs", "use std::process::Command;\nuse std::time::Instant;", &[]);
        complains("src/vectors/load.rs", "use std::fs;", &[]);
    }

    #[test]
    fn only_the_command_line_prints() {
        let only = "only cli, main, testing may";
        let expected = [
            format!("src/report/text.rs:2: report::text uses standard input or output (io::stdout): {only}"),
            format!("src/report/text.rs:3: report::text uses standard input or output (println): {only}"),
        ];
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        complains("src/report/text.rs", "fn f() { io::stdout().lock();\nprintln!(\"x\"); writeln!(out, \"x\"); }", &expected);
        complains("src/cli/output.rs", "fn f() { std::io::stdout().lock(); }", &[]);
    }

    #[test]
    fn time_and_randomness_are_handed_down() {
        let expected = [
            "src/judgement/run.rs:2: judgement::run uses a clock (std::time::SystemTime): only cli, implementation::adapter, implementation::live, sandbox::server may",
            "src/judgement/run.rs:3: judgement::run uses randomness (rand::random): only cli, sandbox::server may",
        ];
        complains("src/judgement/run.rs", "use std::time::{Duration, SystemTime};\nfn f() { rand::random() }", &expected);
    }

    #[test]
    fn comments_and_literals_are_not_read() {
        let text = "// crate::cli\n/* std::fs /* crate::cli */ std::net */\n/// [`crate::cli`]\nconst A: &str = \"crate::cli \\\" std::fs\";\n\
                    const B: &str = r#\"crate::cli \" std::fs\"#;\nconst C: (char, u8) = ('\"', b'\\'');\nfn f<'a>(x: &'a str) {}\n";
        complains("src/protocol/scan.rs", text, &[]);
        let expected = "src/protocol/scan.rs:9: protocol (layer 0) uses cli (layer 9), not below it";
        complains("src/protocol/scan.rs", &format!("{text}use crate::cli::run;"), &[expected]);
    }

    #[test]
    fn a_file_without_a_header_or_of_excessive_length_is_named() {
        let expected = "src/cli/run.rs:1: does not begin with //!, which says what the file is and what it is not";
        assert_eq!(complaints("src/cli/run.rs", "use std::fmt;\n"), [expected]);
        let expected = "src/cli/run.rs:501: has 501 lines, more than 500: cut it by concepts";
        complains("src/cli/run.rs", &"\n".repeat(500), &[expected]);
        complains("src/cli/run.rs", &"\n".repeat(499), &[]);
    }
}
