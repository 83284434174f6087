//! Care of vector files: lint, fmt, export.

use super::{Folder, countersign, suite};

#[test]
fn the_embedded_set_has_no_faults() {
    let ended = countersign(&["vectors", "lint"]).with(0);
    assert_eq!((ended.stdout.as_str(), ended.stderr.as_str()), ("", "note: nothing to find fault with\n"));
}

#[test]
fn lint_finds_what_loading_does_not() {
    let folder = Folder::new();
    let wrong = folder.file("wrong.json", suite("must", "a b", "a+b"));
    let ended = countersign(&["vectors", "lint", "--vectors", &wrong]).with(1);
    assert!(ended.stdout.contains("wrong.json:2: made/one: "), "{}", ended.stdout);
    let section = folder.file("section.json", suite("must", "a b", "a%20b").replace("\"3.6\"", "\"3.99\""));
    let ended = countersign(&["vectors", "lint", "--vectors", &section]).with(1);
    assert!(ended.stdout.contains("3.99"), "{}", ended.stdout);
    let right = folder.file("right.json", suite("must", "a b", "a%20b"));
    let ended = countersign(&["vectors", "lint", "--vectors", &right]);
    assert!(!ended.stdout.contains("recompute") && !ended.stdout.contains("section"), "{}", ended.stdout);
}

#[test]
fn fmt_says_or_does_it_and_a_second_time_nothing() {
    let folder = Folder::new();
    let before = suite("must", "a b", "a%20b");
    let file = folder.file("a.json", &before);
    let ended = countersign(&["vectors", "fmt", "--check", &file]).with(1);
    assert_eq!(ended.stdout, format!("{file}\n"));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), before);
    countersign(&["vectors", "fmt", &file]).with(0);
    let after = std::fs::read_to_string(&file).unwrap();
    assert_ne!(after, before);
    let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(value(&after), value(&before));
    countersign(&["vectors", "fmt", "--check", &file]).with(0);
    let ended = countersign(&["vectors", "fmt", &folder.file("b.json", "{\"a\": 1,\n \"a\": 2}")]).with(3);
    assert!(ended.stderr.contains("b.json:2:2: the text: duplicate field \"a\""), "{}", ended.stderr);
}

#[test]
fn the_exported_set_can_be_used_in_place_of_the_embedded_one() {
    let folder = Folder::new();
    let set = folder.path("set");
    let set = set.to_str().unwrap();
    countersign(&["vectors", "export", set]).with(0);
    let ids = |arguments: &[&str]| countersign(&[&["list", "cases"], arguments].concat()).with(0).stdout;
    assert_eq!(ids(&["--vectors", set]), ids(&[]));
    countersign(&["vectors", "lint", "--vectors", set]).with(0);
    countersign(&["test", "--vectors", set, "--quiet"]).with(0);
    for name in ["README.md", "clauses.json", ".gitattributes", "schema/vectors-1.json", "profiles/yahoo.json"] {
        assert!(folder.path("set").join(name).is_file(), "{name}");
    }
}

#[test]
fn json_lines_are_read_like_json() {
    let folder = Folder::new();
    let value: serde_json::Value = serde_json::from_str(&suite("must", "a b", "a%20b")).unwrap();
    let mut head = value.clone();
    head.as_object_mut().unwrap().remove("cases");
    let file = folder.file("a.jsonl", format!("{head}\n{}\n", value["cases"][0]));
    assert_eq!(countersign(&["test", "--dry-run", "--vectors", &file]).with(0).stdout, "made/one\n");
    countersign(&["test", "--vectors", &file]).with(0);
}
