//! Reports, read back by parsers that are not ours, and what happens to the files around them.

use super::{Folder, countersign, follows, reference_adapter, schema, suite};

#[test]
fn the_json_report_follows_its_schema() {
    let report = countersign(&["test", "--json", "-"]).with(0);
    let value = report.json();
    follows(&schema("report-1.json"), &value);
    let totals = &value["totals"];
    assert_eq!(totals["selected"].as_u64().unwrap(), value["cases"].as_array().unwrap().len() as u64);
    assert_eq!((totals["failed"].as_u64(), totals["broken"].as_u64()), (Some(0), Some(0)));
    // People are told on stderr where stdout is taken.
    assert!(report.stderr.ends_with("every verdict is as expected\n"), "{}", report.stderr);
}

#[test]
fn a_failure_is_in_the_json_report_with_both_values() {
    let folder = Folder::new();
    let file = folder.file("a.json", suite("must", "a b", "a+b"));
    let value = countersign(&["test", "--vectors", &file, "--json", "-"]).with(1).json();
    follows(&schema("report-1.json"), &value);
    let case = &value["cases"][0];
    assert_eq!((&case["id"], &case["verdict"]), (&"made/one".into(), &"fail".into()));
    assert_eq!((&case["expected"]["encoded"], &case["observation"]["output"]["encoded"]), (&"a+b".into(), &"a%20b".into()));
}

#[test]
fn several_implementations_are_several_runs() {
    let (one, two) = (format!("one={}", reference_adapter()), format!("two={}", reference_adapter()));
    let value = countersign(&["test", "percent_encode.rules", "--adapter", &one, "--adapter", &two, "--json", "-"]).with(0).json();
    follows(&schema("report-1.json"), &value);
    let names: Vec<&str> = value["runs"].as_array().unwrap().iter().map(|run| run["implementation"]["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["one", "two"]);
}

#[test]
fn what_is_no_report_is_refused_before_it_fills_the_memory() {
    let folder = Folder::new();
    let refused = |name: &str, content: &[u8], length: u64| {
        let file = folder.file(name, content);
        std::fs::File::options().write(true).open(&file).unwrap().set_len(length.max(content.len() as u64)).unwrap();
        let ended = countersign(&["report", "convert", &file]).with(3);
        ended.stderr.strip_prefix(&format!("error: {file}: ")).unwrap().to_owned()
    };
    let hint = "hint: `countersign test` writes events with --events and a JSON report with --json\n";
    let neither = "neither events nor a JSON report: ";
    assert_eq!(refused("empty", b"", 0), format!("{neither}it is empty\n{hint}"));
    assert_eq!(refused("zeros", b"", 1 << 40), format!("{neither}it does not begin with a brace\n{hint}"));
    assert_eq!(refused("xml", b"\n <xml/>", 0), format!("{neither}it does not begin with a brace\n{hint}"));
    let marked = refused("marked", b"\xef\xbb\xbf{}", 0);
    assert_eq!(marked, format!("{neither}it begins with a byte order mark\nhint: save it as UTF-8 without a byte order mark\n"));
    let large = refused("large", b"{", (128 << 20) + 1);
    assert_eq!(large, "a JSON report of more than 128 MiB\nhint: events have no such limit: `countersign test --events FILE`\n");
    assert!(refused("broken", b"{}", 0).contains("missing field `format`"));
}

#[test]
fn junit_is_read_back() {
    let folder = Folder::new();
    let (file, report) = (folder.file("a.json", suite("must", "a b", "a+b")), folder.path("out.xml"));
    countersign(&["test", "--vectors", &file, "--junit", report.to_str().unwrap()]).with(1);
    let text = std::fs::read_to_string(&report).unwrap();
    let document = roxmltree::Document::parse(&text).unwrap();
    let root = document.root_element();
    assert_eq!((root.attribute("tests"), root.attribute("failures"), root.attribute("errors")), (Some("1"), Some("1"), Some("0")));
    let failure = document.descendants().find(|node| node.has_tag_name("failure")).unwrap();
    assert!(failure.text().unwrap().contains("a%20b"), "{text}");

    let whole = countersign(&["test", "--junit", "-"]).with(0);
    let document = roxmltree::Document::parse(&whole.stdout).unwrap();
    let cases = document.descendants().filter(|node| node.has_tag_name("testcase")).count();
    assert_eq!(document.root_element().attribute("tests"), Some(cases.to_string().as_str()));
    assert_eq!(document.descendants().filter(|node| node.has_tag_name("failure")).count(), 0);
}

#[test]
fn the_event_stream_is_lines_that_follow_their_schema() {
    let ended = countersign(&["test", "sign.uri", "sign.refuse", "--events", "-"]).with(0);
    let schema = schema("events-1.json");
    let events: Vec<serde_json::Value> = ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    events.iter().for_each(|event| follows(&schema, event));
    let kinds: Vec<&str> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!((kinds.first(), kinds.last()), (Some(&"run_start"), Some(&"run_end")));
    assert!(kinds[1..kinds.len() - 1].iter().all(|kind| *kind == "case"), "{kinds:?}");
    assert_eq!(events[0]["selected"].as_u64(), Some(events.len() as u64 - 2));
}

#[test]
fn the_digest_is_that_of_the_exported_set() {
    let folder = Folder::new();
    let set = folder.path("set");
    countersign(&["vectors", "export", set.to_str().unwrap()]).with(0);
    let digest = std::fs::read_to_string(set.join("DIGEST")).unwrap().lines().last().unwrap().to_owned();
    let embedded = countersign(&["test", "sign.uri", "--json", "-"]).with(0).json();
    let exported = countersign(&["test", "sign.uri", "--vectors", set.to_str().unwrap(), "--json", "-"]).with(0).json();
    assert_eq!(embedded["suite_digest"], digest.as_str());
    assert_eq!(exported["suite_digest"], digest.as_str());
}

#[test]
fn an_older_report_stays_until_there_is_a_new_one() {
    let folder = Folder::new();
    let report = folder.file("report.json", "old");
    let broken = folder.file("broken.json", "{");
    countersign(&["test", "--vectors", &broken, "--json", &report]).with(3);
    assert_eq!(std::fs::read_to_string(&report).unwrap(), "old");
    countersign(&["test", "sign.uri", "--json", &report]).with(0);
    assert!(std::fs::read_to_string(&report).unwrap().starts_with("{\n  \"format\": 1,"));
    let left: Vec<_> = std::fs::read_dir(folder.0.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "no temporary file is left: {left:?}");
}

/// A report to a device is written to it: a file in its place would take the device away from everybody.
#[cfg(unix)]
#[test]
fn a_pipe_gets_the_report_and_stays_a_pipe() {
    use std::os::unix::fs::FileTypeExt as _;

    let folder = Folder::new();
    let pipe = folder.path("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::read_to_string(pipe).unwrap()
    });
    countersign(&["test", "sign.uri", "--json", pipe.to_str().unwrap()]).with(0);
    assert!(std::fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo(), "the pipe was replaced");
    assert!(reader.join().unwrap().starts_with("{\n  \"format\": 1,"));
    let left = std::fs::read_dir(folder.0.path()).unwrap().count();
    assert_eq!(left, 1, "no temporary file is left");
}

#[test]
fn quiet_leaves_out_the_numbers_and_verbose_says_what_was_not_scored() {
    let plain = countersign(&["test", "sign.interop", "sign.uri"]).with(0).stdout;
    let quiet = countersign(&["test", "sign.interop", "sign.uri", "--quiet"]).with(0).stdout;
    let verbose = countersign(&["test", "sign.interop", "sign.uri", "--verbose"]).with(0).stdout;
    assert!(plain.contains("passed  failed") && !quiet.contains("passed  failed"));
    assert!(verbose.contains("\nnot scored\n") && !plain.contains("\nnot scored\n"));
}

#[test]
fn a_narrow_page_stays_narrow() {
    for columns in ["40", "60"] {
        let ended = super::ended(super::program().args(["test", "sign.interop", "--verbose"]).env("COLUMNS", columns)).with(0);
        let width = columns.parse::<usize>().unwrap().max(60);
        assert!(ended.stdout.lines().all(|line| line.chars().count() <= width), "{}", ended.stdout);
    }
}

/// A suite keeps its name on a narrow page: numbers without names say nothing.
#[test]
fn a_narrow_page_has_the_names_of_suites() {
    for columns in ["20", "40", "60"] {
        let ended = super::ended(super::program().args(["test", "sign.uri", "verify.*"]).env("COLUMNS", columns)).with(0);
        for suite in ["sign.uri ", "verify.rsa "] {
            let row = ended.stdout.lines().find(|line| line.starts_with(suite));
            assert!(row.is_some_and(|row| row.ends_with(|letter: char| letter.is_ascii_digit())), "{suite}\n{}", ended.stdout);
        }
        assert!(!ended.stdout.lines().any(|line| line.contains('…')), "{}", ended.stdout);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_cannot_be_written_to_its_end_is_named() {
    let folder = super::Folder::new();
    let link = folder.path("full.html");
    std::os::unix::fs::symlink("/dev/full", &link).unwrap();
    let link = link.to_str().unwrap();
    for (option, path) in [("--json", "/dev/full"), ("--events", "/dev/full"), ("--html", link)] {
        let ended = countersign(&["test", "-q", "sign.uri", option, path]).with(3);
        assert!(ended.stderr.starts_with(&format!("error: {path}: cannot be written: No space left")), "{}", ended.stderr);
    }
    let events = folder.path("run.jsonl").to_str().unwrap().to_owned();
    countersign(&["test", "-q", "sign.uri", "--events", &events]).with(0);
    let ended = countersign(&["report", "merge", &events, "-o", "/dev/full"]).with(3);
    assert!(ended.stderr.starts_with("error: /dev/full: cannot be written: No space left"), "{}", ended.stderr);
}

/// What is never scored is counted by the reading that was met: the note of the text and the cases of the JSON report agree.
#[test]
fn the_readings_of_what_is_never_scored_are_counted() {
    let text = countersign(&["test", "sign.interop"]).with(0).stdout.replace('\n', " ").replace("      ", "");
    let report = countersign(&["test", "sign.interop", "--json", "-"]).with(0).json();
    let met =
        |by: &str| report["cases"].as_array().unwrap().iter().filter(|case| case["verdict"] == "interop" && case["met_by"] == by).count();
    let (answers, refusals) = (met("answer"), met("refusal"));
    assert!(answers > 0 && refusals > 0);
    assert!(text.contains(&format!("{answers} met by an answer, {refusals} by a refusal")), "{text}");
}
