//! What only shows something: help, lists, explanations.

use super::{countersign, ended, program};

const COMMANDS: [&[&str]; 14] = [
    &[],
    &["test"],
    &["explain"],
    &["sign"],
    &["list"],
    &["list", "cases"],
    &["list", "profiles"],
    &["list", "rules"],
    &["list", "clauses"],
    &["vectors"],
    &["vectors", "lint"],
    &["vectors", "fmt"],
    &["vectors", "export"],
    &["adapter", "serve"],
];

#[test]
fn every_command_has_help_that_fits_a_narrow_terminal() {
    for command in COMMANDS {
        let ended = ended(program().args(command).arg("--help").env("COLUMNS", "60")).with(0);
        // Examples are to be copied whole.
        let prose = ended.stdout.split("Example").next().unwrap();
        for line in prose.lines() {
            assert!(line.chars().count() <= 60, "{command:?}: {line}");
        }
        assert!(prose.contains("Usage: countersign"), "{command:?}");
    }
}

/// The examples of the help are commands that can be parsed, and ids in them are there.
#[test]
fn examples_of_the_help_are_true() {
    let main = countersign(&["--help"]).stdout;
    for line in main.split("Examples:").nth(1).unwrap().lines().map(str::trim).filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split(' ').skip(1).collect();
        countersign(&words).with(0);
    }
    let explain = countersign(&["explain", "--help"]).stdout;
    let id = explain.split_whitespace().find(|word| word.starts_with("sign.") && word.contains('/')).unwrap();
    countersign(&["explain", id]).with(0);
}

#[test]
fn lists_are_one_line_a_thing() {
    let cases = countersign(&["list", "cases", "sign.uri"]).with(0);
    assert!(cases.lines().iter().all(|line| line.starts_with("sign.uri/") && line.contains("  must  ")), "{}", cases.stdout);
    let profiles = countersign(&["list", "profiles"]).with(0);
    assert!(profiles.lines().iter().map(|line| line.split(' ').next().unwrap()).eq([
        "bricklink",
        "discogs",
        "etrade",
        "flickr",
        "lti11",
        "magento",
        "mastercard",
        "mediawiki",
        "netsuite",
        "rfc5849",
        "trademe",
        "trello",
        "tumblr",
        "twitter",
        "woocommerce",
        "yahoo"
    ]));
    let rules = countersign(&["list", "rules", "etrade"]).with(0);
    assert!(rules.lines().iter().all(|line| line.starts_with("etrade.")));
    let number = |line: &str| line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap();
    let listed = profiles.lines().into_iter().find(|line| line.starts_with("etrade ")).unwrap();
    assert_eq!(number(listed), rules.lines().len());
}

/// The ids and globs that stand below a clause match cases.
#[test]
fn clauses_name_cases_that_are_there() {
    let clauses = countersign(&["list", "clauses", "--section", "3.4.1.2"]).with(0);
    let globs: Vec<&str> = clauses.stdout.split_whitespace().filter(|word| word.starts_with("sign.") && word.contains('/')).collect();
    assert!(!globs.is_empty(), "{}", clauses.stdout);
    for glob in globs {
        countersign(&["test", "--dry-run", glob]).with(0);
    }
}

#[test]
fn a_case_is_explained_and_a_typo_is_answered() {
    let ended = countersign(&["explain", "sign.uri/default-port-http"]).with(0);
    for part in ["port 80 is dropped", "3.4.1.2    base string URI", "= the derivation is as expected"] {
        assert!(ended.stdout.contains(part), "{part}\n{}", ended.stdout);
    }
    let ended = countersign(&["explain", "sign.uri/default-port-htp"]).with(2);
    assert!(ended.stderr.ends_with("hint: did you mean sign.uri/default-port-http?\n"), "{}", ended.stderr);
}

#[test]
fn lists_are_the_same_things_as_json() {
    for (list, keys) in [
        (&["cases", "verify.**"][..], &["id", "operation", "level", "status", "title", "spec", "flags", "control", "kills"][..]),
        (&["cases", "--profile", "yahoo"], &["id", "operation", "level", "status", "title", "spec", "flags", "kills"]),
        (&["clauses"], &["id", "section", "level", "text", "cases", "untestable", "checked_by"]),
        (&["profiles"], &["id", "name", "state", "rules"]),
        (&["rules", "yahoo"], &["id", "level", "side", "endpoints", "statement", "sources", "spec", "when", "check"]),
        (&["deviations", "uri.*"], &["id", "rank", "section", "sentence", "fix"]),
        (&["deviations", "input.*"], &["id", "rank", "section", "sentence", "fix"]),
        (&["faults"], &["name", "of", "sentence", "good_client"]),
    ] {
        let lines = countersign(&[&["list"], list].concat()).with(0);
        let document = countersign(&[&["list"], list, &["--json"]].concat()).with(0).json();
        assert_eq!((document.as_object().unwrap().len(), &document["format"]), (2, &1.into()));
        let things = document[list[0]].as_array().unwrap();
        let listed: Vec<&str> =
            lines.lines().into_iter().filter(|line| !line.starts_with(' ')).map(|line| line.split(' ').next().unwrap()).collect();
        assert_eq!(things.iter().map(|thing| thing[keys[0]].as_str().unwrap()).collect::<Vec<_>>(), listed, "{list:?}");
        let found: std::collections::BTreeSet<&str> =
            things.iter().flat_map(|thing| thing.as_object().unwrap().keys()).map(String::as_str).collect();
        assert_eq!(found, keys.iter().copied().collect(), "{list:?}");
        assert_eq!(countersign(&[&["list", "--json"], list].concat()).with(0).json(), document, "it may stand before the list, too");
    }
    let one = countersign(&["list", "cases", "sign.uri/default-port-http", "--json"]).with(0).json();
    let case = &one["cases"][0];
    assert_eq!((&case["operation"], &case["level"], &case["status"]), (&"sign".into(), &"must".into(), &"active".into()));
    assert_eq!(case["spec"], serde_json::json!([{"doc": "RFC5849", "section": "3.4.1.2"}]));
    countersign(&["list", "deviations", "--json", "--markdown"]).with(2);
}

/// `countersign list cases | head -1`
#[test]
fn a_reader_who_goes_away_is_no_failure() {
    let mut child = program().args(["list", "cases"]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn nothing_is_coloured_where_nobody_sees_it() {
    for arguments in [&["test", "sign.uri"][..], &["--help"], &["explain", "sign.uri/default-port-http"], &["test", "sing.uri"]] {
        let ended = countersign(arguments);
        assert!(!ended.stdout.contains('\u{1b}') && !ended.stderr.contains('\u{1b}'), "{arguments:?}");
    }
}
