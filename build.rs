//! Writes two files for the compiler: a table of everything below `vectors/`, and one test a case for the macro `conformance_tests!`.
//! Both come out the same on every machine. And it has the binary linked so that it starts sooner.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=vectors");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or("no CARGO_MANIFEST_DIR")?).join("vectors");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("no OUT_DIR")?);
    let mut files = Vec::new();
    collect(&root, "", &mut files)?;
    files.sort();

    let mut table = String::from("static FILES: &[(&str, &str)] = &[\n");
    for file in &files {
        writeln!(table, "    ({file:?}, include_str!({:?})),", root.join(file))?;
    }
    table.push_str("];\n");
    fs::write(out.join("embedded.rs"), table)?;

    let mut suites = Suites::default();
    for file in files.iter().filter(|file| is_vectors(file)) {
        suites.add(&fs::read_to_string(root.join(file))?).map_err(|error| format!("vectors/{file}: {error}"))?;
    }
    fs::write(out.join("cases.rs"), suites.macro_text()?)?;
    link_unwinder();
    Ok(())
}

/// Links the unwinder into the binary, where there is GNU's: as a library of its own it is one more to load, and asks the processor at its
/// start what it can do, which takes long in a virtual machine. `countersign --version` is an eighth sooner without. Where anything is not
/// as expected, nothing is done.
fn link_unwinder() {
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    let is_static = env::var("CARGO_CFG_TARGET_FEATURE").is_ok_and(|features| features.split(',').any(|feature| feature == "crt-static"));
    if !is("CARGO_CFG_TARGET_OS", "linux") || !is("CARGO_CFG_TARGET_ENV", "gnu") || env::var("HOST") != env::var("TARGET") || is_static {
        return;
    }
    println!("cargo::rerun-if-env-changed=RUSTC_LINKER");
    let linker = env::var_os("RUSTC_LINKER").unwrap_or_else(|| "cc".into());
    let Ok(answer) = Command::new(linker).arg("-print-file-name=libgcc_eh.a").output() else { return };
    let Ok(path) = String::from_utf8(answer.stdout) else { return };
    // A name that is not found comes back as it is.
    let path = Path::new(path.trim());
    if path.is_absolute() && path.is_file() {
        // The whole of it, because what a shared library has is not looked for in a later archive.
        for argument in ["-Wl,--whole-archive", &path.to_string_lossy(), "-Wl,--no-whole-archive"] {
            println!("cargo::rustc-link-arg-bins={argument}");
        }
    }
}

/// All files that are read by somebody, as paths with `/`.
fn collect(folder: &Path, prefix: &str, files: &mut Vec<String>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|name| format!("{}: a name that is not UTF-8", name.to_string_lossy()))?;
        if name.starts_with('.') {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{prefix}{name}/"), files)?;
        } else if name.ends_with(".json") || name.ends_with(".md") {
            files.push(format!("{prefix}{name}"));
        }
    }
    Ok(())
}

fn is_vectors(path: &str) -> bool {
    let elsewhere = ["schema/", "profiles/", "fixtures/"].iter().any(|folder| path.starts_with(folder));
    path.ends_with(".json") && path != "retired.json" && !elsewhere
}

/// Operation, suite, ids of the cases that can fail a test: active, and not open by the text of the RFC.
#[derive(Default)]
struct Suites(BTreeMap<String, BTreeMap<String, BTreeSet<String>>>);

impl Suites {
    fn add(&mut self, text: &str) -> Result<(), Box<dyn Error>> {
        let file: serde_json::Value = serde_json::from_str(text)?;
        let word = |of: &serde_json::Value, member: &str| of[member].as_str().map(str::to_owned).ok_or(format!("no {member:?}"));
        let suite = self.0.entry(word(&file, "operation")?).or_default().entry(word(&file, "suite")?).or_default();
        for case in file["cases"].as_array().ok_or("no \"cases\"")? {
            if case["status"] == "active" && case["level"] != "interop" {
                suite.insert(word(case, "id")?);
            }
        }
        Ok(())
    }

    /// A macro with one arm an operation: a module a suite, a test a case. The tests call a function of the module around them.
    fn macro_text(&self) -> Result<String, Box<dyn Error>> {
        let mut text = String::from("#[doc(hidden)]\n#[macro_export]\nmacro_rules! __countersign_cases {\n");
        let mut modules = Names::default();
        for (operation, suites) in &self.0 {
            writeln!(text, "    ({operation}) => {{")?;
            for (suite, ids) in suites {
                writeln!(text, "        mod {} {{", modules.identifier(suite))?;
                let mut functions = Names::default();
                for id in ids {
                    let function = functions.identifier(id);
                    let full_id = format!("{suite}/{id}");
                    writeln!(text, "            #[test] fn {function}() {{ super::__countersign_ask({full_id:?}); }}")?;
                }
                text.push_str("        }\n");
            }
            text.push_str("    };\n");
        }
        text.push_str("}\n");
        Ok(text)
    }
}

/// Rust identifiers made from ids, each once.
#[derive(Default)]
struct Names(BTreeSet<String>);

impl Names {
    fn identifier(&mut self, id: &str) -> String {
        let mut name: String =
            id.chars().map(|character| if character.is_ascii_alphanumeric() { character.to_ascii_lowercase() } else { '_' }).collect();
        if name.starts_with(|first: char| first.is_ascii_digit()) {
            name.insert(0, '_');
        }
        // No keyword ends in an underscore.
        if KEYWORDS.contains(&name.as_str()) || name == "_" {
            name.push('_');
        }
        while !self.0.insert(name.clone()) {
            name.push_str("_2");
        }
        name
    }
}

/// Of edition 2024, those reserved for later included.
#[rustfmt::skip]
const KEYWORDS: [&str; 54] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "macro_rules",
    "match", "mod", "move", "mut", "override", "priv", "pub", "raw", "ref", "return", "safe", "self", "static",
    "struct", "super", "trait", "true", "try", "type", "typeof", "union", "unsafe", "unsized", "use", "virtual",
    "where", "while",
];
