//! Failures of `test` carry their cause: an adapter that is wrong on purpose fails with its own name on the report.

use countersign::selftest::faults::adapters::{self, MARKS};

use super::{countersign, reference_adapter};

/// The causes of a run against the reference with these deviations.
fn causes(deviate: &str, globs: &[&str]) -> serde_json::Value {
    let adapter = format!("{} --deviate {deviate}", reference_adapter());
    countersign(&[&["test"], globs, &["--adapter", &adapter, "--json", "-"]].concat()).with(1).json()
}

#[test]
fn a_deviant_adapter_fails_with_its_own_name() {
    for id in
        ["uri.default-port-kept", "repeat.last-wins", "encode.space-plus", "secret.swapped", "order.unsorted", "sending.signature-raw"]
    {
        if crate_has(id) {
            let report = causes(id, &["sign.*/**"]);
            let named = report["causes"].as_array().unwrap();
            assert!(!named.is_empty(), "{id}");
            for cause in named {
                assert_eq!(cause["deviations"], serde_json::json!([id]), "{cause}");
            }
        }
    }
}

/// Ids are the table's: one that is gone must not make the test look at nothing.
fn crate_has(id: &str) -> bool {
    let listed = countersign(&["list", "deviations"]).with(0);
    let is_there = listed.lines().iter().any(|line| line.split(' ').next() == Some(id));
    assert!(is_there, "there is no deviation {id}");
    is_there
}

#[test]
fn mistakes_of_different_stages_are_taken_apart() {
    let report =
        causes("uri.host-case-kept,repeat.last-wins,order.pairs", &["sign.uri/*", "sign.query/*", "sign.sorting/*", "sign.probes/*"]);
    let mut ids: Vec<&str> = Vec::new();
    for case in report["cases"].as_array().unwrap().iter().filter(|case| case["verdict"] == "fail") {
        assert_eq!(case["diagnosis"]["result"], "explained", "{case}");
        ids.extend(case["diagnosis"]["sets"][0].as_array().unwrap().iter().map(|id| id.as_str().unwrap()));
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids, ["order.pairs", "repeat.last-wins", "uri.host-case-kept"]);
}

#[test]
fn an_unknown_deviation_has_a_neighbour() {
    let ended = countersign(&["adapter", "serve", "--deviate", "uri.default-port-kep"]).with(2);
    assert!(ended.stderr.contains("did you mean uri.default-port-kept?"), "{}", ended.stderr);
    let ended = countersign(&["list", "deviations", "uri.default-port-kep"]).with(2);
    assert!(ended.stderr.contains("did you mean uri.default-port-kept?"), "{}", ended.stderr);
}

#[test]
fn a_selftest_of_some_departures_finds_them_caught_and_named() {
    let ids = ["uri.host-case-kept", "uri.default-port-kept", "order.descending"];
    let ended = countersign(&[&["selftest"], &ids[..], &["--pairs", "3", "--triples", "0"]].concat()).with(0);
    assert!(ended.stdout.contains("the vectors have teeth"), "{}", ended.stdout);
    assert!(ended.stdout.contains("3 combinations: 3 caught"), "{}", ended.stdout);
    countersign(&["selftest", "nobody.does-this"]).with(2);
}

#[test]
fn every_deviation_has_a_page() {
    let listed = countersign(&["list", "deviations", "key.*"]).with(0);
    for line in listed.lines() {
        let id = line.split(' ').next().unwrap();
        let page = countersign(&["explain", "--deviation", id]).with(0);
        assert!(page.stdout.contains("section  ") && page.stdout.contains("fix      "), "{}", page.stdout);
    }
}

#[test]
fn a_deviation_has_a_page_as_json_and_a_place_in_the_document_of_all() {
    let page = countersign(&["explain", "--deviation", "key.empty", "--json"]).with(0).json();
    assert_eq!(page["id"], "key.empty");
    let side = |name: &str| page["example"][name].as_str().unwrap().to_owned();
    assert!(!side("right").is_empty() && side("right") != side("wrong"), "{page}");
    let document = countersign(&["list", "deviations", "key.*", "input.*", "--markdown"]).with(0).stdout;
    let listed = countersign(&["list", "deviations", "key.*"]).with(0);
    for id in listed.lines().iter().map(|line| line.split(' ').next().unwrap()) {
        assert!(document.contains(&format!("\n## <a id=\"{id}\"></a>{id}\n")), "{id}");
    }
    assert!(document.contains("<a id=\"input.scheme-https\"></a>") && !document.contains("uri.host"), "{document}");
}

#[test]
fn a_selftest_as_json_says_what_the_text_leaves_open() {
    let id = "verify.timestamp-past-accepted";
    let report = countersign(&["selftest", id, "--pairs", "0", "--triples", "0", "--json"]).with(0).json();
    let departure = &report["departures"][0];
    assert_eq!((&departure["id"], &departure["must"], &departure["diagnosis"]), (&id.into(), &0.into(), &"itself".into()));
    assert!(departure["should"].as_u64() > Some(0) && departure["left_open"].as_str().unwrap().contains("section 3.2"), "{departure}");
    assert_eq!((&report["passed"], &report["faults"]), (&true.into(), &serde_json::json!([])));
}

/// Each fault of an adapter gives its own observation: exit code, verdict, why it broke, and what is told of it.
#[test]
fn every_fault_of_an_adapter_is_told_from_the_others() {
    let listed = countersign(&["list", "faults"]).with(0);
    let words = listed.lines().into_iter().map(|line| line.split_whitespace().take(2).collect::<Vec<_>>());
    let names: Vec<&str> = words.filter(|words| words[1] == "adapter").map(|words| words[0]).collect();
    let marked: Vec<&str> = MARKS.iter().map(|mark| adapters::name(mark.fault).unwrap()).collect();
    assert_eq!(names, marked);
    for (name, mark) in names.into_iter().zip(MARKS) {
        let adapter = format!("{} --fault {name}", reference_adapter());
        let times: &[&str] = if name == "no-hello" { &["--start-timeout", "300ms"] } else { &["--case-timeout", "300ms", "--json", "-"] };
        let arguments = [&["test", "percent_encode.rules/*", "--adapter", &adapter], times].concat();
        let ended = countersign(&arguments).with(i32::from(mark.exit_code.number()));
        if name == "no-hello" {
            assert!(ended.stderr.contains(mark.said), "{}", ended.stderr);
            continue;
        }
        let report = ended.json();
        let told = |case: &serde_json::Value| {
            let observation = &case["observation"];
            let text = |name: &str| observation[name].as_str().unwrap_or_default().to_owned();
            (if text("why").is_empty() { text("kind") } else { text("why") }, text("message"))
        };
        let wrong: Vec<(String, String)> =
            report["cases"].as_array().unwrap().iter().filter(|case| case["verdict"] != "pass").map(told).collect();
        assert!(!wrong.is_empty(), "{name}");
        for (word, said) in wrong {
            // Interop cases are told too, whatever came of them.
            assert!(mark.is_of(&word, &said), "{name}: {word}: {said}");
        }
    }
    countersign(&["adapter", "serve", "--fault", "crahs"]).with(2);
}

#[test]
fn a_selftest_tells_every_fault_from_the_others() {
    let ended = countersign(&["selftest", "--faults", "--json"]).with(0).json();
    let faults = ended["faults"].as_array().unwrap();
    let listed = countersign(&["list", "faults"]).with(0);
    let names: Vec<&str> = faults.iter().map(|fault| fault["name"].as_str().unwrap()).collect();
    assert_eq!(names, listed.lines().iter().map(|line| line.split(' ').next().unwrap()).collect::<Vec<_>>());
    for fault in faults {
        assert_eq!((&fault["told"], &fault["taken_for"]), (&true.into(), &serde_json::json!([fault["name"]])), "{fault}");
    }
    countersign(&["selftest", "--faults", "uri.*"]).with(2);
}

#[test]
fn who_refuses_everything_is_not_explained_by_a_check_that_refuses_much() {
    let adapter = format!("{} --fault refuse-all", reference_adapter());
    let report = countersign(&["test", "parse_authorization.*", "verify.header", "--adapter", &adapter, "--json", "-"]).with(1).json();
    assert_eq!(report["totals"]["passed"], 0);
    assert_eq!(report["causes"], serde_json::json!([]), "a refusal of everything says nothing");
}
