//! Several mistakes in one run, of which each hides the other somewhere: both are named, in the whole run and in its parts.

use super::{Folder, countersign, reference_adapter};

const BOTH: [&str; 2] = ["uri.default-port-kept", "uri.host-field-ignored"];

fn both() -> String {
    format!("{} --deviate {}", reference_adapter(), BOTH.join(","))
}

/// In `host-field-default-port` the second mistake hides the first one, so that it goes right.
#[test]
fn a_mistake_that_another_one_hides_somewhere_is_named_elsewhere() {
    let report = countersign(&["test", "sign.uri/*", "verify.uri/*", "base_uri.*", "--adapter", &both(), "--json", "-"]).with(1).json();
    let failed: Vec<_> = report["cases"].as_array().unwrap().iter().filter(|case| case["verdict"] == "fail").collect();
    for case in failed.iter().filter(|case| case["operation"] != "verify") {
        let sets = case["diagnosis"]["sets"].as_array().unwrap();
        let is_there = |id: &serde_json::Value| BOTH.contains(&id.as_str().unwrap());
        assert_eq!(sets.len(), 1, "{case}");
        assert!(sets[0].as_array().unwrap().iter().all(is_there), "{case}");
    }
    for operation in ["sign", "verify", "base_uri"] {
        assert!(failed.iter().any(|case| case["operation"] == operation), "{operation}");
    }
    // One bit says little, but nothing that was not there is named.
    let named = report["causes"].as_array().unwrap().iter().map(|cause| &cause["deviations"]);
    let invented: Vec<_> = named.filter(|ids| !ids.as_array().unwrap().iter().all(|id| BOTH.contains(&id.as_str().unwrap()))).collect();
    assert_eq!(invented, Vec::<&serde_json::Value>::new());
}

#[test]
fn a_selftest_of_mistakes_that_hide_each_other_names_no_other_ones() {
    let ended = countersign(&["selftest", "uri.host*", BOTH[0], "--pairs", "3", "--triples", "0"]).with(0);
    assert!(ended.stdout.contains("0 not, 0 falsely"), "{}", ended.stdout);
}

/// A part of a run has other cases that speak for and against a cause than the whole.
#[test]
fn what_is_expected_of_a_whole_run_is_what_its_parts_come_to() {
    let folder = Folder::new();
    let file = folder.path("both.expect.toml").to_str().unwrap().to_owned();
    countersign(&["expect", "update", &file, "--adapter", &both(), "sign.uri/*"]).with(0);
    let test = |more: &[&str]| countersign(&[&["test", "sign.uri/*", "--expect", &file, "--adapter", &both()], more].concat());
    test(&[]).with(0);
    for shard in 1..=4 {
        test(&["--shard", &format!("{shard}/4")]).with(0);
    }
    let text = std::fs::read_to_string(&file).unwrap();
    // Another cause than the one that gives the value, or one more, is a finding in the parts too.
    for wrong in ["uri.default-port-kept,uri.host-case-kept", "uri.host-case-kept"] {
        folder.file("both.expect.toml", text.replace("uri.default-port-kept", wrong));
        let told: String = (1..=4).map(|shard| test(&["--shard", &format!("{shard}/4")]).stdout).collect();
        assert!(told.contains("sign.uri/default-port-https: it"), "{told}");
    }
}
