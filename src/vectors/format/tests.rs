//! Forms, orders and faults; and that the embedded files are in their form.

use serde_json::Value;

use super::canonical;
use super::layout::WIDTH;
use crate::vectors::embedded;

#[test]
fn members_are_put_in_order_and_short_values_on_one_line() {
    let text = r#"{"cases":[{"source":{"ref":"r","kind":"rfc"},"id":"x","input":{"url":"u","method":"GET"},"spec":[{"section":"1","doc":"D"}],
        "expect":{"valid":true},"later":1}],"flags":{"B":{"effect":"e","description":"d"},"A":{}},"format":1}"#;
    let expected = r#"{
  "format": 1,
  "flags": {
    "B": { "description": "d", "effect": "e" },
    "A": {}
  },
  "cases": [
    {
      "id": "x",
      "spec": [{ "doc": "D", "section": "1" }],
      "input": { "method": "GET", "url": "u" },
      "expect": { "valid": true },
      "source": { "kind": "rfc", "ref": "r" },
      "later": 1
    }
  ]
}
"#;
    assert_eq!(canonical("a.json", text).unwrap(), expected);
}

#[test]
fn long_lists_are_broken_and_texts_are_not() {
    let long = "x".repeat(150);
    let pairs = format!(r#"{{"cases": [{{"input": {{"headers": [["a", "{long}"], ["b", "c"]]}}}}]}}"#);
    let written = canonical("a.json", &pairs).unwrap();
    assert!(
        written.contains("        \"headers\": [\n          [\n            \"a\",") || written.contains("          [\"a\""),
        "{written}"
    );
    let names: Vec<String> = (0..30).map(|number| format!("\"implementation {number}\"")).collect();
    let written = canonical("a.json", &format!("{{\"flags\": [{}]}}", names.join(","))).unwrap();
    assert!(written.lines().all(|line| line.chars().count() <= WIDTH), "{written}");
    assert_eq!(written.lines().count(), 10);
}

#[test]
fn what_cannot_be_seen_is_escaped() {
    let text = "{\"about\": \"é日\u{1f600}\\u0000\\u200b\\u00a0\\ud83d\\ude00\\udb40\\udc41e\\u0301\\u2028\\t\\\"\\\\\\/\"}";
    let written = canonical("a.json", text).unwrap();
    assert_eq!(
        written.trim_end(),
        "{\n  \"about\": \"é日\u{1f600}\\u0000\\u200b\\u00a0\u{1f600}\\udb40\\udc41e\\u0301\\u2028\\t\\\"\\\\/\"\n}"
    );
}

#[test]
fn faults_have_their_place() {
    let error = |text| canonical("a.json", text).unwrap_err().to_string();
    assert_eq!(error("{\n\"a\": 1, \"a\": 2}"), "a.json:2:9: the text: duplicate field \"a\"");
    assert_eq!(error("{\"a\": 1.5}"), "a.json:1:7: the text: a number that is no integer of 64 bits");
    assert_eq!(error("{} x"), "a.json:1:4: the text: trailing characters");
    assert_eq!(canonical("a.jsonl", "{}\n{").unwrap_err().line, 2);
    assert_eq!(error("\u{feff}{}"), "a.json:1:1: the file: begins with a byte order mark");
    assert!(error(&"[".repeat(100_000)).contains("nested deeper than 64"));
}

#[test]
fn json_lines_stay_lines() {
    let text = "{\"suite\": \"s\", \"format\": 1}\n{\"level\": \"must\", \"id\": \"x\"}";
    let expected = "{\"format\":1,\"suite\":\"s\"}\n{\"id\":\"x\",\"level\":\"must\"}\n";
    assert_eq!(canonical("a.jsonl", text).unwrap(), expected);
    assert_eq!(canonical("a.jsonl", &format!("\n{}\n \n", text.replace('\n', "\n\n"))).unwrap(), expected);
    assert_eq!(canonical("a.jsonl", "{}\n\n{").unwrap_err().line, 3);
}

#[test]
fn every_embedded_vector_file_is_in_its_canonical_form() {
    for (path, text) in embedded::vectors().chain([embedded::RETIRED]) {
        assert!(canonical(path, text).unwrap() == text, "{path} is not formatted");
    }
}

#[test]
fn formatting_changes_no_meaning_and_a_second_time_nothing_at_all() {
    for (path, text) in embedded::vectors() {
        // All on one line, so that there is something to do.
        let value: Value = serde_json::from_str(text).unwrap();
        let once = canonical(path, &value.to_string()).unwrap();
        assert!(serde_json::from_str::<Value>(&once).unwrap() == value, "{path}");
        assert!(canonical(path, &once).unwrap() == once, "{path}");
    }
}
