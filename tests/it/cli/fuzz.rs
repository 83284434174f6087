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

/// Adapters that offer little.
#[cfg(unix)]
mod offering {
    use super::super::{Folder, countersign};

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
}
