//! `fuzz`: where it ends, what it asks, and by whose answer what it saves is judged.

use super::{Folder, countersign, reference_adapter};

fn deviant(id: &str) -> String {
    format!("{} --deviate {id}", reference_adapter())
}

/// The files of a folder, in order, with their content.
fn saved(folder: &std::path::Path) -> Vec<(String, serde_json::Value)> {
    let mut files: Vec<(String, serde_json::Value)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.to_str().unwrap().to_owned(), serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap()))
        .collect();
    files.sort_by(|one, other| one.0.cmp(&other.0));
    files
}

#[test]
fn a_search_ends_with_its_time() {
    let begin = std::time::Instant::now();
    let ended = countersign(&["fuzz", "--adapter", &reference_adapter(), "--time", "1s", "--seed", "1"]).with(0);
    assert!(begin.elapsed().as_secs_f64() >= 1.0, "{:?}", begin.elapsed());
    assert!(ended.stderr.contains(" questions in ") && !ended.stderr.contains(" 0 questions in "), "{}", ended.stderr);
}

#[test]
fn only_the_operation_that_is_named_is_asked() {
    let folder = Folder::new();
    // A deviant recipe is a deviant verifier too, while a verifier that looks away signs rightly.
    let (recipe, verifier) = (deviant("method.lower-case"), deviant("verify.timestamp-unchecked"));
    for (number, (adapter, only, code)) in [(&recipe, "sign", 1), (&verifier, "verify", 1), (&verifier, "sign", 0)].into_iter().enumerate()
    {
        let finds = folder.path(&number.to_string());
        let save = finds.to_str().unwrap();
        countersign(&["fuzz", "--adapter", adapter, "--runs", "1000", "--seed", "4", "--only", only, "--save", save]).with(code);
        let saved = saved(&finds);
        assert_eq!(saved.is_empty(), code == 0);
        assert!(saved.iter().all(|(_, file)| file["operation"] == only), "{saved:?}");
    }
}

#[test]
fn a_case_is_judged_by_whom_it_names() {
    let folder = Folder::new();
    let (right, wrong) = (reference_adapter(), deviant("method.lower-case"));
    for (name, mine, theirs, confirms) in
        [("agrees", &wrong, &right, "the reference confirms it"), ("contradicts", &right, &wrong, "the reference does not confirm it")]
    {
        let finds = folder.path(name);
        let save = finds.to_str().unwrap();
        let (mine, theirs) = (format!("mine={mine}"), format!("theirs={theirs}"));
        let search = ["fuzz", "--adapter", &mine, "--adapter", &theirs, "--against", "theirs", "--runs", "100", "--seed", "1"];
        let ended = countersign(&[&search[..], &["--only", "sign", "--save", save]].concat()).with(1);
        assert!(ended.stdout.contains("\n   against   theirs: "), "{}", ended.stdout);
        assert!(!saved(&finds).is_empty());
        for (adapter, word, code) in [(&mine, "FAILED", 1), (&theirs, "FIXED", 0)] {
            let ended = countersign(&["fuzz", "--adapter", adapter, "--replay", save]).with(code);
            let by = format!("  (judged by the answer of theirs {}; {confirms})", env!("CARGO_PKG_VERSION"));
            assert!(ended.lines().iter().all(|line| line.starts_with(word) && line.ends_with(&by)), "{}", ended.stdout);
        }
    }
}

#[test]
fn nobody_is_judged_by_what_the_reference_is_falsely_said_to_confirm() {
    let folder = Folder::new();
    let finds = folder.path("finds");
    let save = finds.to_str().unwrap();
    let wrong = deviant("method.lower-case");
    countersign(&["fuzz", "--adapter", &wrong, "--runs", "100", "--seed", "1", "--only", "sign", "--save", save]).with(1);
    assert!(countersign(&["fuzz", "--adapter", &wrong, "--replay", save]).with(1).stdout.starts_with("FAILED  "));
    for (path, mut file) in saved(&finds) {
        file["cases"][0]["expect"] = serde_json::json!({"signature": "bm90IGl0"});
        std::fs::write(path, file.to_string()).unwrap();
    }
    let ended = countersign(&["fuzz", "--adapter", &reference_adapter(), "--replay", save]).with(1);
    assert!(ended.lines().iter().all(|line| line.starts_with("UNCONFIRMED  ")), "{}", ended.stdout);
}

#[test]
fn two_implementations_of_one_name_keep_a_file_each() {
    let folder = Folder::new();
    let finds = folder.path("finds");
    let save = finds.to_str().unwrap();
    let wrong = deviant("method.lower-case");
    let search = |adapters: &[&str]| {
        let options = ["fuzz", "--runs", "100", "--seed", "1", "--only", "sign", "--save", save];
        countersign(&[&options[..], adapters].concat()).with(1)
    };
    search(&["--adapter", &wrong]);
    let alone = saved(&finds);
    search(&["--adapter", &wrong, "--adapter", &wrong]);
    let both = saved(&finds);
    assert_eq!(both.len(), 2 * alone.len());
    // What is found again is in its file; what somebody else has put there stays.
    search(&["--adapter", &wrong, "--adapter", &wrong]);
    assert_eq!(saved(&finds), both);
    let (path, mut other) = alone.first().unwrap().clone();
    other["cases"][0]["input"]["nonce"] = "another".into();
    let other = other.to_string();
    std::fs::write(&path, &other).unwrap();
    search(&["--adapter", &wrong]);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), other);
    assert_eq!(saved(&finds).len(), both.len());
    std::fs::write(&path, "no find at all").unwrap();
    search(&["--adapter", &wrong, "--adapter", &wrong]);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "no find at all");
}

#[test]
fn a_folder_without_finds_is_said_to_be_one() {
    let folder = Folder::new();
    let ended = countersign(&["fuzz", "--adapter", &reference_adapter(), "--replay", folder.path(".").to_str().unwrap()]).with(5);
    assert!(ended.stderr.contains("no saved cases"), "{}", ended.stderr);
}

#[test]
fn the_seed_is_what_requests_are_made_from() {
    let seed = |command: &str| {
        let help = countersign(&[command, "--help"]).with(0).stdout;
        help.split_once("--seed <N>").unwrap().1.lines().take(3).collect::<Vec<_>>().join(" ")
    };
    assert!(seed("fuzz").contains("requests are made from"), "{}", seed("fuzz"));
    assert!(seed("test").contains("shuffled"), "{}", seed("test"));
}

#[test]
fn what_was_found_in_a_verifier_becomes_a_vector_with_its_control() {
    let folder = Folder::new();
    let (finds, set) = (folder.path("finds"), folder.path("set"));
    let wrong = deviant("verify.timestamp-unchecked");
    let save = ["--runs", "1000", "--seed", "4", "--only", "verify", "--save", finds.to_str().unwrap()];
    countersign(&[&["fuzz", "--adapter", &wrong][..], &save].concat()).with(1);
    countersign(&["vectors", "export", set.to_str().unwrap()]).with(0);
    let target = set.join("verify").read_dir().unwrap().map(|entry| entry.unwrap().path()).min().unwrap();
    let from = saved(&finds).first().unwrap().0.clone();
    let add = |rest: &[&str]| {
        let said = ["--title", "a timestamp is near the server's clock", "--id", "added", "--confirmed-by", "x 1", "--confirmed-by", "y 1"];
        countersign(&[&["vectors", "add", target.to_str().unwrap(), "--from", &from][..], &said, rest].concat())
    };
    let ended = add(&[]).with(3);
    assert!(ended.stderr.contains("--ref ADDRESS"), "{}", ended.stderr);
    add(&["--ref", "https://example.com/how"]).with(0);
    countersign(&["vectors", "lint", "--vectors", target.to_str().unwrap()]).with(0);
    let file: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&target).unwrap()).unwrap();
    let [.., control, case] = &file["cases"].as_array().unwrap()[..] else { panic!("{file}") };
    assert_eq!((&control["id"], &case["id"], &case["control"]), (&"added-control".into(), &"added".into(), &"added-control".into()));
}

/// Adapters that offer little, or do always the same.
#[cfg(unix)]
mod offering {
    use super::super::{Folder, countersign, reference_adapter};
    use super::{deviant, saved};

    /// Says what it offers and would answer nothing.
    fn adapter(folder: &Folder, operations: &str, methods: &str) -> String {
        let hello = format!(
            r#"{{"type":"hello","protocol":1,"implementation":{{"name":"script"}},"operations":[{operations}],"signature_methods":[{methods}],"features":[]}}"#
        );
        format!("sh '{}'", folder.file("adapter.sh", format!("printf '%s\\n' '{hello}'\nwhile read -r line; do exit 1; done\n")))
    }

    #[test]
    fn where_nothing_can_be_asked_nothing_is_executed_and_there_is_an_end() {
        let folder = Folder::new();
        for (operations, methods, only) in [
            (r#""sign""#, r#""HMAC-SHA1""#, "verify"),
            (r#""verify""#, r#""HMAC-SHA1""#, "sign"),
            (r#""percent_encode""#, "", "sign"),
            (r#""sign""#, "", "sign"),
        ] {
            let adapter = adapter(&folder, operations, methods);
            let ended = countersign(&["fuzz", "--adapter", &adapter, "--only", only, "--time", "5s"]).with(5);
            assert!(ended.stderr.contains("script: 0 questions in "), "{}", ended.stderr);
        }
    }
    /// Says to every question what `reply` says, which has `$id` for its id.
    fn replying(folder: &Folder, name: &str, reply: &str) -> String {
        let features = r#""stages","form_body","duplicates","extra_parameters","realm","callback","verifier","no_version","fixed_nonce","transmission","body_hash""#;
        let hello = format!(
            r#"{{"type":"hello","protocol":1,"implementation":{{"name":"{name}"}},"operations":["sign","verify"],"signature_methods":["HMAC-SHA1","HMAC-SHA256","PLAINTEXT"],"features":[{features}]}}"#
        );
        let script = format!(
            "read -r hello\nprintf '%s\\n' '{hello}'\nwhile read -r line; do\n\
             id=$(printf '%s' \"$line\" | sed 's/.*\"id\":\"\\([^\"]*\\)\".*/\\1/')\n{reply}\ndone\n"
        );
        format!("sh '{}'", folder.file(&format!("{name}.sh"), script))
    }

    #[test]
    fn who_refuses_everything_has_fixed_nothing() {
        let folder = Folder::new();
        let refusing = replying(&folder, "refusing", r#"printf '{"type":"reject","id":"%s"}\n' "$id""#);
        for (id, only) in [("verify.timestamp-unchecked", "verify"), ("signer.timestamp-unchecked", "sign")] {
            let finds = folder.path(only);
            let save = finds.to_str().unwrap();
            let wrong = deviant(id);
            countersign(&["fuzz", "--adapter", &wrong, "--runs", "2000", "--seed", "4", "--only", only, "--save", save]).with(1);
            assert!(!saved(&finds).is_empty());
            for (adapter, word, code) in
                [(&wrong, "FAILED  ", 1), (&reference_adapter(), "FIXED  ", 0), (&refusing, "INCONCLUSIVE (its", 1)]
            {
                let ended = countersign(&["fuzz", "--adapter", adapter, "--replay", save]).with(code);
                let lines = ended.lines();
                assert!(lines.len() == saved(&finds).len() && lines.iter().all(|line| line.starts_with(word)), "{}", ended.stdout);
            }
            // Files from before there were controls prove nothing either.
            for (path, mut file) in saved(&finds) {
                file["cases"].as_array_mut().unwrap().truncate(1);
                file["cases"][0].as_object_mut().unwrap().remove("control");
                std::fs::write(path, file.to_string()).unwrap();
            }
            let ended = countersign(&["fuzz", "--adapter", &refusing, "--replay", save]).with(1);
            assert!(ended.lines().iter().all(|line| line.starts_with("INCONCLUSIVE (a refusal")), "{}", ended.stdout);
        }
    }

    #[test]
    fn who_breaks_too_often_is_asked_no_more_in_a_search_and_in_a_replay() {
        let folder = Folder::new();
        let breaking = replying(&folder, "breaking", "exit 3");
        for only in ["sign", "verify"] {
            let search = ["fuzz", "--adapter", &breaking, "--only", only, "--seed", "1", "--runs", "50"];
            let ended = countersign(&[&search[..], &["--restarts", "0"]].concat()).with(4);
            assert!(ended.stderr.contains("breaking: 1 questions in "), "{}", ended.stderr);
            assert!(ended.stderr.contains("broke more than 0 times") && !ended.stderr.contains("the time was over"), "{}", ended.stderr);
        }
        // Of what came in before it broke, some is not looked at any more, and for no other reason.
        let reply = r#"n=$((n+1)); [ $n -gt 40 ] && exit 3; printf '{"type":"result","id":"%s","output":{"valid":true}}\n' "$id""#;
        let careless = replying(&folder, "careless", reply);
        let ended = countersign(&["fuzz", "--adapter", &careless, "--only", "verify", "--seed", "1", "--restarts", "0"]).with(4);
        assert!(ended.stderr.contains(" were not looked at: it broke too often\n"), "{}", ended.stderr);
        let finds = folder.path("finds");
        let (save, wrong) = (finds.to_str().unwrap(), deviant("method.lower-case"));
        countersign(&["fuzz", "--adapter", &wrong, "--runs", "100", "--seed", "1", "--only", "sign", "--save", save]).with(1);
        let (path, file) = saved(&finds).into_iter().next().unwrap();
        for copy in 1..=5 {
            std::fs::write(format!("{path}.{copy}.json"), file.to_string()).unwrap();
        }
        for (restarts, lines) in [("0", 1), ("2", 3), ("100", saved(&finds).len())] {
            let code = if restarts == "100" { 1 } else { 4 };
            let ended = countersign(&["fuzz", "--adapter", &breaking, "--replay", save, "--restarts", restarts]).with(code);
            assert_eq!(ended.lines().len(), lines, "{}", ended.stdout);
            assert_eq!(ended.stderr.contains("broke too often"), code == 4, "{}", ended.stderr);
        }
    }
}
