//! The page on the vectors says everything that an adapter has to know: every word of the schema has a row, and its messages are messages.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use std::collections::BTreeSet;

use countersign::vectors::Operation;
use countersign::vectors::needs::FEATURES;

fn file(name: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors").join(name);
    std::fs::read_to_string(path).unwrap().replace("\r\n", "\n")
}

/// The text below a heading, up to the next one.
fn section(page: &str, heading: &str) -> String {
    let rest = page.split_once(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("{heading}")).1;
    rest.split("\n## ").next().unwrap().to_owned()
}

/// What stands in backquotes in the first cell of each row.
fn rows(section: &str) -> BTreeSet<String> {
    section.lines().filter_map(|line| Some(line.strip_prefix("| `")?.split_once('`')?.0.to_owned())).collect()
}

#[test]
fn every_operation_feature_and_code_has_a_row() {
    let page = file("README.md");
    let schema: serde_json::Value = serde_json::from_str(&file("schema/adapter-1.json")).unwrap();
    let operations = Operation::ALL.map(|operation| operation.as_str().to_owned());
    assert_eq!(rows(&section(&page, "Operations")), BTreeSet::from(operations));
    assert_eq!(rows(&section(&page, "Features")), FEATURES.map(str::to_owned).into());
    let codes = schema["$defs"]["reject"]["properties"]["code"]["description"].as_str().unwrap();
    let codes = codes.trim_start_matches("One of: ").trim_end_matches('.').split(", ").map(str::to_owned).collect();
    assert_eq!(rows(&section(&page, "Codes")), codes);
}

#[test]
fn every_message_has_a_row_and_the_messages_that_are_shown_follow_the_schema() {
    let protocol = section(&file("README.md"), "The adapter protocol, version 1");
    let schema: serde_json::Value = serde_json::from_str(&file("schema/adapter-1.json")).unwrap();
    let types: BTreeSet<String> = schema["$defs"]
        .as_object()
        .unwrap()
        .values()
        .filter_map(|message| Some(message["properties"]["type"]["const"].as_str()?.to_owned()))
        .collect();
    assert_eq!(rows(&protocol), types);
    let mut seen = BTreeSet::new();
    for (arrow, direction) in [("→ ", "from_runner"), ("← ", "from_adapter")] {
        let mut one = schema.clone();
        one.as_object_mut().unwrap().remove("anyOf");
        one["$ref"] = format!("#/$defs/{direction}").into();
        let validator = jsonschema::validator_for(&one).unwrap();
        for line in protocol.lines().filter_map(|line| line.strip_prefix(arrow)) {
            let message: serde_json::Value = serde_json::from_str(line).unwrap();
            assert!(validator.is_valid(&message), "{direction}: {line}");
            seen.insert(message["type"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(seen, ["bye", "hello", "result", "run"].map(str::to_owned).into());
}

#[test]
fn every_exported_file_that_the_page_does_not_except_is_a_vector_file() {
    let folder = tempfile::tempdir().unwrap();
    let set = folder.path().join("set");
    let ended = std::process::Command::new(env!("CARGO_BIN_EXE_countersign")).args(["vectors", "export"]).arg(&set).output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    let page = file("README.md");
    let excepted = page.split("is a *vector file*").next().unwrap();
    let is_excepted = |name: &str| excepted.contains(&format!("`{name}`"));
    let (mut folders, mut cases) = (vec![set], 0);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let name = entry.file_name().into_string().unwrap();
            if entry.file_type().unwrap().is_dir() {
                folders.extend((!is_excepted(&format!("{name}/"))).then(|| entry.path()));
            } else if name.ends_with(".json") && !is_excepted(&name) {
                let file: serde_json::Value = serde_json::from_slice(&std::fs::read(entry.path()).unwrap()).unwrap();
                cases += file["cases"].as_array().unwrap_or_else(|| panic!("{name} has no cases")).len();
            }
        }
    }
    assert!(cases > 0);
}
