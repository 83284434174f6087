//! `countersign report`: what is made of a run's events is what the run itself would have written; shards; regressions.

use super::{Ended, Folder, countersign, follows, reference_adapter, schema};

/// Every format by its option.
const FORMATS: [&str; 8] = ["json", "junit", "tap", "sarif", "markdown", "html", "github", "badge"];

/// Two implementations: one that keeps default ports, and one that is right.
fn adapters() -> [String; 2] {
    let deviant = format!("ports={} --deviate uri.default-port-kept", reference_adapter());
    [deviant, format!("right={}", reference_adapter())]
}

/// Runs the reference, or one that keeps default ports, and writes its events.
fn events(folder: &Folder, name: &str, deviation: Option<&str>, more: &[&str]) -> String {
    let path = folder.path(name).to_str().unwrap().to_owned();
    let adapter = deviation.map_or_else(reference_adapter, |id| format!("{} --deviate {id}", reference_adapter()));
    let adapter = format!("mine={adapter}");
    let arguments = [&["test", "sign.uri", "base_uri.rules", "--adapter", &adapter, "--events", &path, "-q"], more].concat();
    countersign(&arguments);
    path
}

fn read(path: &str) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn every_format_is_the_same_live_and_from_the_events() {
    let folder = Folder::new();
    let [deviant, right] = adapters();
    let path = |name: &str| folder.path(name).to_str().unwrap().to_owned();
    let events = path("run.jsonl");
    let options: Vec<String> = FORMATS.iter().flat_map(|format| [format!("--{format}"), path(&format!("live.{format}"))]).collect();
    let mut arguments = vec!["test", "sign.uri", "percent_encode.*", "sign.interop", "--adapter", &deviant, "--adapter", &right];
    arguments.extend(["--events", &events, "-q"]);
    arguments.extend(options.iter().map(String::as_str));
    countersign(&arguments).with(1);

    let schema = schema("events-1.json");
    read(&events).lines().for_each(|line| follows(&schema, &serde_json::from_str(line).unwrap()));
    for format in FORMATS {
        let again = path(&format!("again.{format}"));
        countersign(&["report", "convert", &events, &format!("--{format}"), &again]).with(0);
        assert!(read(&path(&format!("live.{format}"))) == read(&again), "{format} differs");
        // And out of the JSON report, which is one of them; here on stdout.
        let json = countersign(&["report", "convert", &path("live.json"), &format!("--{format}"), "-"]).with(0);
        assert!(json.stdout == read(&again), "{format} of the JSON report differs");
    }
}

#[test]
fn what_was_asked_is_in_the_json_report_of_a_failure_and_not_of_a_pass() {
    let folder = Folder::new();
    let path = events(&folder, "run.jsonl", Some("uri.default-port-kept"), &[]);
    let report = countersign(&["report", "convert", &path, "--json", "-"]).with(0).json();
    follows(&schema("report-1.json"), &report);
    let cases = report["cases"].as_array().unwrap();
    let case = |id: &str| cases.iter().find(|case| case["id"] == id).unwrap();
    assert_eq!(case("sign.uri/default-port-http")["input"]["url"], "http://api.example.com:80/v1/items");
    assert_eq!(case("sign.uri/plain").get("input"), None);
}

#[test]
fn without_a_format_it_shows_what_a_run_shows() {
    let folder = Folder::new();
    let path = events(&folder, "run.jsonl", Some("uri.default-port-kept"), &[]);
    let shown = countersign(&["report", "convert", &path]).with(0);
    assert!(
        shown.stdout.contains("\nuri.default-port-kept (") && shown.stdout.contains("FAILED sign.uri/default-port-http"),
        "{}",
        shown.stdout
    );
}

#[test]
fn several_files_stand_beside_each_other() {
    let folder = Folder::new();
    let (old, new) = (events(&folder, "old.jsonl", Some("uri.default-port-kept"), &[]), events(&folder, "new.jsonl", None, &[]));
    let shown = countersign(&["report", "convert", &old, &new]).with(0).stdout;
    assert!(shown.contains("implementations beside each other") && shown.contains("where implementations disagree"), "{shown}");
    assert!(shown.contains("uri.default-port-kept ("), "{shown}");
}

#[test]
fn a_file_that_was_cut_off_is_read_up_to_there_and_says_so() {
    let folder = Folder::new();
    let whole = read(&events(&folder, "run.jsonl", None, &[]));
    let cut = folder.file("cut.jsonl", &whole[..whole.len() / 2]);
    let report = countersign(&["report", "convert", &cut, "--json", "-"]).with(0);
    assert!(report.stderr.contains("the file breaks off here; it is read up to there"), "{}", report.stderr);
    assert!(report.stderr.contains("the run of mine came to no end"), "{}", report.stderr);
    let report = report.json();
    assert_eq!(report["exit_code"], 130);
    assert!(report["totals"]["not_executed"].as_u64().unwrap() > 0 && !report["cases"].as_array().unwrap().is_empty());
}

#[test]
fn shards_are_put_together_and_compared_with_the_whole() {
    let folder = Folder::new();
    let deviation = Some("uri.default-port-kept");
    let whole = events(&folder, "whole.jsonl", deviation, &[]);
    let shards = ["1/3", "2/3", "3/3"].map(|shard| events(&folder, &format!("{}.jsonl", &shard[..1]), deviation, &["--shard", shard]));
    let all = folder.path("all.jsonl").to_str().unwrap().to_owned();
    countersign(&["report", "merge", &shards[0], &shards[1], &shards[2], "-o", &all]).with(0);
    let report = |path: &str| countersign(&["report", "convert", path, "--json", "-"]).with(0).json();
    let (merged, once) = (report(&all), report(&whole));
    assert_eq!(
        (&merged["totals"], &merged["exit_code"], &merged["suite_digest"]),
        (&once["totals"], &once["exit_code"], &once["suite_digest"])
    );
    let ids = |report: &serde_json::Value| {
        let mut ids: Vec<String> = report["cases"].as_array().unwrap().iter().map(|case| case["id"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(&merged), ids(&once));
    let diff = countersign(&["report", "diff", &whole, &all]).with(0);
    assert!(diff.stdout.ends_with("no regression\n"), "{}", diff.stdout);
    let schema = schema("events-1.json");
    read(&all).lines().for_each(|line| follows(&schema, &serde_json::from_str(line).unwrap()));

    // A shard that is not there is said, and what there is was written.
    let part = countersign(&["report", "merge", &shards[0], &shards[2], "-o", "-"]).with(3);
    assert!(part.stderr.contains("mine: no file holds shard 2/3"), "{}", part.stderr);
    assert!(part.stdout.starts_with("{\"type\":\"run_start\",") && part.stdout.contains("\"shard\":\"1,3/3\""));
    // The same one twice is no shard.
    let twice = countersign(&["report", "merge", &shards[0], &shards[0], "-o", "-"]).with(2);
    assert!(twice.stderr.contains("they are not shards of one run") && twice.stdout.is_empty(), "{}", twice.stderr);
}

#[test]
fn what_became_worse_ends_with_one_and_what_became_better_with_nought() {
    let folder = Folder::new();
    let good = events(&folder, "good.jsonl", None, &[]);
    let bad = events(&folder, "bad.jsonl", Some("uri.default-port-kept"), &[]);
    let other = events(&folder, "other.jsonl", Some("uri.default-port-kept,method.lower-case"), &[]);
    let worse = countersign(&["report", "diff", &good, &bad]).with(1);
    assert!(worse.stdout.contains("new failure") && worse.stdout.contains("uri.default-port-kept"), "{}", worse.stdout);
    let better = countersign(&["report", "diff", &bad, &good]).with(0);
    assert!(better.stdout.contains(" fixed\n") && better.stdout.ends_with("no regression\n"), "{}", better.stdout);
    let document = countersign(&["report", "diff", &bad, &other, "--json"]).with(1).json();
    let changes = document["runs"][0]["changes"].as_array().unwrap();
    assert!(changes.iter().any(|change| change["change"] == "worse"), "{document}");
    assert_eq!(document["regressions"].as_u64().unwrap() as usize, changes.iter().filter(|change| change["fails"] == true).count());
    // A JSON report is as good as events.
    let json = folder.path("bad.json").to_str().unwrap().to_owned();
    countersign(&["report", "convert", &bad, "--json", &json]).with(0);
    assert_eq!(countersign(&["report", "diff", &good, &json]).with(1).stdout, worse.stdout);
}

#[test]
fn what_cannot_be_read_or_asked_for_is_said() {
    let folder = Folder::new();
    let good = events(&folder, "good.jsonl", None, &[]);
    let (empty, no_report) = (folder.file("empty", ""), folder.file("a.json", "{\"format\": 2}"));
    let broken = folder.file("broken.jsonl", read(&good).replace("\"level\":\"must\"", "\"level\":7"));
    let fails = |arguments: &[&str], code: i32, message: &str| {
        let ended: Ended = countersign(arguments).with(code);
        assert!(ended.stderr.contains(message), "{}", ended.stderr);
        assert!(!ended.stderr.contains("panicked"), "{}", ended.stderr);
    };
    fails(&["report", "convert", "/no/such/file"], 3, "/no/such/file: cannot be read");
    fails(&["report", "convert", &empty], 3, "neither events nor a JSON report");
    fails(&["report", "convert", &no_report], 3, "its format is 2 and not 1");
    fails(&["report", "convert", &broken], 3, "broken.jsonl:2: not a case event");
    fails(&["report", "convert", &good, "--json", "-", "--tap", "-"], 2, "only one report can go to stdout");
    fails(&["report", "convert", &good, "--html", "/no/such/folder/a.html"], 3, "there is no folder");
    fails(&["report", "merge", &good], 2, "--output");
    fails(&["report", "convert"], 2, "<FILE>");
}

#[test]
fn an_adapter_that_writes_on_its_standard_error_is_in_the_events() {
    let folder = Folder::new();
    let script = folder.file("adapter.sh", format!("echo 'it says this' >&2\nexec {}\n", reference_adapter()));
    let ended = countersign(&["test", "percent_encode.rules", "--adapter", &format!("sh {script}"), "--events", "-"]).with(0);
    let logs: Vec<serde_json::Value> = ended
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|event: &serde_json::Value| event["type"] == "adapter_log")
        .collect();
    assert_eq!(logs.len(), 1);
    assert_eq!(logs[0]["text"].as_str().unwrap().trim(), "it says this");
}

#[test]
fn two_adapters_that_bear_one_name_are_told_apart() {
    let reference = reference_adapter();
    let ended = countersign(&["test", "percent_encode.rules", "--adapter", &reference, "--adapter", &reference, "--events", "-"]).with(0);
    let names: std::collections::BTreeSet<String> = ended
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["implementation"]["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(names.len(), 2, "{names:?}");
}
