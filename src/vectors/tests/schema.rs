//! Every embedded vector file follows its JSON Schema, and what the reader refuses for its form the schema refuses too.

use serde_json::Value;

use super::{plain, suite};
use crate::vectors::embedded;

fn validator() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(embedded::text("schema/vectors-1.json").unwrap()).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

#[test]
fn every_vector_file_follows_the_schema() {
    let validator = validator();
    for (path, text) in embedded::vectors() {
        let value: Value = serde_json::from_str(text).unwrap();
        let faults: Vec<String> =
            validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).take(3).collect();
        assert!(faults.is_empty(), "{path}: {faults:#?}");
    }
}

#[test]
fn the_schema_refuses_what_the_reader_refuses() {
    let validator = validator();
    let valid = |text: &str| validator.is_valid(&serde_json::from_str(text).unwrap());
    let whole = suite(&[plain("x")]);
    assert!(valid(&whole));
    for (from, to) in [
        ("\"title\"", "\"titel\""),
        ("\"rev\": 1", "\"rev\": 0"),
        ("\"must\"", "\"most\""),
        ("\"valid\": true", "\"signature\": \"\""),
        ("{\"valid\": true}", "{}"),
        ("{\"valid\": true}", "{\"refuse\": {\"codes\": [\"x\"]}}"),
        ("\"url\": \"http://h/\"", "\"window\": -1"),
        ("\"x\"", "\"a/b\""),
        ("\"format\": 1", "\"format\": 2"),
        ("\"input\"", "\"requires\": [\"feature:realms\"], \"input\""),
    ] {
        assert!(!valid(&whole.replacen(from, to, 1)), "{to}");
    }
}
