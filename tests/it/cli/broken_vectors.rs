//! Vector files that are broken in every way: each ends with exit code 3, at once, with file, line and column and without a panic.

use super::{Folder, countersign, suite};

/// `at` is a place, such as `:1:1`, or text at whose first occurrence the fault is.
#[track_caller]
fn refused(name: &str, content: impl AsRef<[u8]>, at: &str, reason: &str) {
    let at = &if at.is_empty() || at.starts_with(':') { at.to_owned() } else { place(content.as_ref(), at) };
    let folder = Folder::new();
    let file = folder.file(name, content);
    for command in [&["test", "--vectors", &file][..], &["test", "--dry-run", "--vectors", &file], &["list", "cases", "--vectors", &file]] {
        let ended = countersign(command).with(3);
        let expected = format!("error: {file}{at}: ");
        assert!(ended.stderr.starts_with(&expected) && ended.stderr.contains(reason), "{expected}… {reason}\n{}", ended.stderr);
        assert_eq!(ended.stdout, "");
    }
}

/// Line and column of the first occurrence.
fn place(content: &[u8], needle: &str) -> String {
    let text = std::str::from_utf8(content).unwrap();
    let before = &text[..text.find(needle).unwrap_or_else(|| panic!("{needle} is not there"))];
    let (line, column) = (before.matches('\n').count() + 1, before.rsplit('\n').next().unwrap().chars().count() + 1);
    format!(":{line}:{column}")
}

fn right() -> String {
    suite("must", "a b", "a%20b")
}

#[test]
fn cut_off() {
    let text = right();
    refused("a.json", &text[..text.find("\"input\"").unwrap()], ":4:4", "cut off");
    refused("a.json", "", ":1:1", "it is empty");
}

#[test]
fn nested_too_deeply() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    refused("a.json", format!("{{\"flags\": {deep}}}"), ":1:74", "nested deeper than 64 levels");
    // In a case, two levels are those around it.
    let text = right().replace("\"a b\"", &deep);
    let (line, column) = (4, text.lines().nth(3).unwrap().find("[[[").unwrap() + 1 + 62);
    refused("a.json", text, &format!(":{line}:{column}"), "nested deeper than 64 levels");
}

#[test]
fn duplicated_keys() {
    refused("a.json", right().replace("\"status\"", "\"rev\": 1, \"status\""), "\"rev\": 1, \"status\"", "duplicate field \"rev\"");
    refused("a.json", right().replace("\"suite\"", "\"format\": 1, \"suite\""), "\"format\": 1, \"suite\"", "duplicate field \"format\"");
}

#[test]
fn duplicated_ids() {
    let case = right().lines().skip(1).take(4).collect::<Vec<_>>().join("\n");
    refused("a.json", right().replace("\n] }", &format!(",\n{case}\n] }}")), ":6:1", "made/one");
}

#[test]
fn huge() {
    let mut huge = right().into_bytes();
    huge.resize((16 << 20) + 1, b' ');
    refused("a.json", huge, "", "larger than 16 MiB");
    refused("a.jsonl", vec![b' '; (4 << 20) + 1], ":1:1", "a line is longer than 4 MiB");
    refused("a.json", right().replace("a b", &"x".repeat((1 << 20) + 1)), "\"xxx", "a string is longer than 1 MiB");
}

#[test]
fn of_wrong_type() {
    refused("a.json", right().replace("\"a b\"", "17"), "17", "invalid type: integer");
    refused("a.json", "[]", ":1:1", "invalid type: list");
    refused("a.json", right().replace("\"must\"", "\"most\""), "\"most\"", "did you mean \"must\"?");
}

#[test]
fn with_unknown_fields() {
    refused("a.json", right().replace("\"title\"", "\"tilte\""), "\"tilte\"", "hint: did you mean \"title\"?");
}

#[test]
fn not_json_not_utf8_or_of_another_format() {
    refused("a.json", "<html>", ":1:1", "expected value");
    refused("a.json", [right().as_bytes(), b"\xff"].concat(), ":7:1", "not UTF-8 from here on");
    refused("a.json", [b"\xef\xbb\xbf", right().as_bytes()].concat(), ":1:1", "byte order mark");
    refused("a.json", right().replace("\"format\": 1", "\"format\": 2"), "\"format\"", "format 2 is not known");
    refused("a.json", right().replace("a b", "a\\ud800"), "\\ud800", "\\ud800 is half of a surrogate pair");
}

#[test]
fn a_line_of_json_lines() {
    let value: serde_json::Value = serde_json::from_str(&right()).unwrap();
    let mut head = value.clone();
    head.as_object_mut().unwrap().remove("cases");
    refused("a.jsonl", format!("{head}\n{}\n{{\"id\": 1}}\n", value["cases"][0]), ":3:8", "invalid type");
    refused("a.jsonl", format!("\n{head}\n \n{}\n\n{{\"id\": 1}}\n", value["cases"][0]), ":6:8", "invalid type");
    refused("a.jsonl", format!("{head}\n\n"), "", "it has no cases");
    refused("a.jsonl", format!("{head}\n"), "", "it has no cases");
}

#[test]
fn places_without_files() {
    let folder = Folder::new();
    let path = folder.0.path().to_str().unwrap();
    let ended = countersign(&["test", "--vectors", path]).with(3);
    assert_eq!(ended.stderr, format!("error: {path}: the folder: no vector file is below it\nhint: vector files end in .json or .jsonl\n"));
    #[cfg(unix)]
    {
        let ended = countersign(&["test", "--vectors", "/dev/zero"]).with(3);
        assert!(ended.stderr.contains("/dev/zero: the file: neither a regular file nor a folder"), "{}", ended.stderr);
    }
}
