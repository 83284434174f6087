//! Reports of runs.

use std::sync::Arc;
use std::time::Duration;

use super::golden;
use crate::implementation::{Break, Description, Observation};
use crate::judgement::plain::is_plain;
use crate::judgement::{
    Again, CaseRecord, Declared, Event, ExitCode, Expected, Found, Judgement, Met, Observed, Run, RunEnd, RunStart, Sink, Totals, Verdict,
    judge,
};
use crate::profile::fixture::Expected as ExpectedFindings;
use crate::report::{Colour, Layout, TextOptions, html, json, junit, markdown, text};
use crate::vectors::question::{Credentials, SignInput, TextInput};
use crate::vectors::{Case, Clause, Expectation, Level, Output, Place, Provenance, Question, SourceKind, Stages, Status, Text};

/// What somebody would write who wants to take over a terminal, a log or a document.
pub(super) const HOSTILE: &str =
    "\u{1b}]0;owned\u{7}\u{1b}[2J]]><x a='\"'>&amp;\u{0}\u{9b}31m\u{202e}txet\u{200b}\u{fffe}\n::error file=a,line=1::owned\r\n";

fn case(suite: &str, id: &str, question: Question, expectation: Expectation) -> Case {
    Case {
        suite: suite.into(),
        id: id.to_owned(),
        rev: 1,
        status: Status::Active,
        level: Level::Must,
        title: format!("the requirement of {id}"),
        spec: vec![Clause { doc: "RFC5849".to_owned(), section: "3.4.1.2".to_owned() }],
        flags: Vec::new(),
        requires: Vec::new(),
        control: None,
        question,
        expectation,
        kills: Vec::new(),
        note: None,
        source: Provenance { kind: SourceKind::Derived, reference: "here".to_owned(), confirmed_by: Vec::new() },
        place: Place { file: Arc::from(format!("vectors/{suite}.json")), line: 41 },
    }
}

pub(super) fn record(case: Case, observation: Observation) -> CaseRecord {
    let judgement = judge(&case, &observation, Declared { codes: true, transmission: true });
    CaseRecord::new(case, observation, judgement, 12)
}

fn sign() -> Question {
    Question::Sign(Box::new(SignInput {
        method: "GET".into(),
        url: "http://example.com:80/".into(),
        client: Credentials { identifier: "ck".into(), secret: None },
        signature_method: "HMAC-SHA1".into(),
        ..SignInput::default()
    }))
}

fn encode() -> Question {
    Question::PercentEncode(TextInput { text: "x".into() })
}

fn signed(signature: &str, base_uri: &str) -> Output {
    let stages = Stages {
        base_uri: Some(base_uri.into()),
        base_string: Some(
            format!("GET&{}&oauth_consumer_key%3Dck%26oauth_nonce%3Dn%26oauth_signature_method%3DHMAC-SHA1", base_uri).into(),
        ),
        ..Stages::default()
    };
    Output { signature: Some(signature.into()), stages: Some(stages), ..Output::default() }
}

pub(super) fn encoded(text: &[u8]) -> Observation {
    Observation::Answered(Box::new(Output { encoded: Some(Text::from(text)), ..Output::default() }))
}

pub(super) fn encoding(id: &str) -> Case {
    let output = Output { encoded: Some("a%20b".into()), ..Output::default() };
    case("encode", id, encode(), Expectation::Answer(Box::new(output)))
}

/// A record of every verdict.
pub(super) fn records() -> Vec<CaseRecord> {
    let right = Expectation::Answer(Box::new(signed("kd94hf93k423kf44", "http://example.com/")));
    let wrong = Observation::Answered(Box::new(signed("wrong", "http://example.com:80/")));
    let mut should = encoding("should");
    should.level = Level::Should;
    let mut interop = encoding("open");
    interop.level = Level::Interop;
    interop.expectation = Expectation::OneOf(vec![
        ("a blank is a plus sign".to_owned(), Expectation::Answer(Box::new(Output { encoded: Some("a+b".into()), ..Output::default() }))),
        ("it is none".to_owned(), Expectation::Refuse(Vec::new())),
    ]);
    let mut disputed = encoding("disputed");
    disputed.status = Status::Disputed;
    let mut hostile = encoding("hostile");
    hostile.title = HOSTILE.to_owned();
    hostile.spec = vec![Clause { doc: HOSTILE.to_owned(), section: HOSTILE.to_owned() }];
    let broke = |why, message: &str| Observation::Broke { why, message: message.to_owned() };
    let unsupported = Observation::Unsupported { what: HOSTILE.to_owned(), message: HOSTILE.to_owned() };
    let mut inconclusive = record(
        case("encode", "refused", encode(), Expectation::Refuse(Vec::new())),
        Observation::Refused { code: None, message: String::new() },
    );
    inconclusive.judgement.verdict = Verdict::Inconclusive;
    inconclusive.reason = Some("its control encode/plain was refused too".to_owned());
    vec![
        record(case("sign.uri", "default-port-http", sign(), right), wrong),
        record(encoding("passes"), encoded(b"a%20b")),
        record(encoding("fails"), encoded(b"a+b")),
        record(should, encoded(b"a b")),
        record(interop, encoded(b"a+b")),
        record(disputed, encoded(b"\xff")),
        record(hostile, encoded(HOSTILE.as_bytes())),
        record(encoding("crashes"), broke(Break::Crash, HOSTILE)),
        record(encoding("endless"), broke(Break::Timeout, &"endless ".repeat(20_000))),
        record(encoding("not-offered"), unsupported),
        inconclusive,
        exchange(),
    ]
}

pub(super) fn exchange() -> CaseRecord {
    CaseRecord {
        suite: "exchange.etrade".into(),
        id: "callback".to_owned(),
        operation: "exchange",
        level: Level::Must,
        status: Status::Active,
        title: "the callback is oob".to_owned(),
        spec: Vec::new(),
        place: None,
        note: None,
        question: None,
        expected: Expected::Findings(ExpectedFindings { findings: vec!["etrade.rt.callback".to_owned()], problem: None }),
        observed: Observed::Findings(Found { findings: Vec::new(), problem: None }),
        judgement: Judgement { verdict: Verdict::Pass, met: Some(Met::Answer), branch: None, differences: Vec::new() },
        reason: None,
        foreseen: None,
        exchange: None,
        diagnosis: None,
        number: u64::MAX,
        duration_us: 0,
    }
}

pub(super) fn run(name: &str, records: Vec<CaseRecord>) -> Run {
    let implementation = Description {
        name: name.to_owned(),
        version: Some("3.2.2".to_owned()),
        language: Some("Python".to_owned()),
        language_version: Some("3.11".to_owned()),
        homepage: None,
    };
    let mut totals = Totals { selected: records.len() as u64 + 3, not_offered: 2, not_executed: 1, ..Totals::default() };
    records.iter().for_each(|record| totals.count(record));
    let start = RunStart {
        countersign: "0.1.0".to_owned(),
        suite_digest: format!("sha256:{}", "0".repeat(64)),
        implementation: implementation.clone(),
        seed: 7,
        selected: totals.selected,
        strict: false,
        shard: None,
        again: Again { implementation: ["--adapter", "python3 adapter.py"].map(str::to_owned).to_vec(), vectors: Vec::new() },
    };
    let mut run = Run::collector(true);
    run.take(&implementation, Event::RunStart(&start)).unwrap();
    for record in &records {
        run.take(&implementation, Event::Case(record)).unwrap();
    }
    run.take(&implementation, Event::AdapterLog(&format!("warning: {HOSTILE}"))).unwrap();
    let exit_code = totals.exit_code(false);
    run.take(&implementation, Event::RunEnd(&RunEnd { totals, exit_code, expectations: Vec::new() })).unwrap();
    run
}

pub(super) fn as_json(runs: &[Run]) -> String {
    let mut out = Vec::new();
    json(runs, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[track_caller]
pub(super) fn is_harmless(text: &str) {
    let bad = text.chars().find(|&letter| letter != '\n' && !is_plain(letter));
    assert_eq!(bad, None);
}

#[test]
fn a_terminal_gets_every_failure_and_nothing_that_it_would_obey() {
    let runs = [run("oauthlib", records())];
    let elapsed = [Duration::from_millis(1234)];
    let options = TextOptions { verbose: true, elapsed: &elapsed, ..TextOptions::default() };
    let report = text(&runs, &options);
    is_harmless(&report);
    assert!(!report.contains("\n::error"), "a line of foreign text must not begin a line");
    assert_eq!(report, text(&runs, &options));
    golden!("report-text", report);
}

#[test]
fn lines_stay_inside_the_width_but_for_commands() {
    for width in [40, 80, 132] {
        let options = TextOptions { layout: Layout { width, colour: Colour::Off }, verbose: true, ..TextOptions::default() };
        // Without an adapter there are no entries for a file, which are not broken either.
        let mut run = run("oauthlib", records());
        run.start.again = Again::default();
        let report = text(&[run], &options);
        for line in report.lines().filter(|line| !line.contains("countersign ")) {
            // The table has six numbers of eight columns here, beside names of suites of up to fifteen letters.
            assert!(line.chars().count() <= width.max(64), "{width}: {line}");
        }
    }
}

#[test]
fn several_runs_are_compared_at_the_end() {
    let runs = [run("oauthlib", vec![record(encoding("fails"), encoded(b"x"))]), run(HOSTILE, vec![exchange()])];
    let options = TextOptions { quiet: true, ..TextOptions::default() };
    let report = text(&runs, &options);
    is_harmless(&report);
    golden!("report-text-several", report);
}

#[test]
fn colour_changes_nothing_but_colour() {
    let runs = [run("oauthlib", records())];
    let coloured = TextOptions { layout: Layout { width: 80, colour: Colour::On }, ..TextOptions::default() };
    let report = text(&runs, &coloured);
    let mut stripped = String::new();
    let mut rest = report.as_str();
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        stripped.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    stripped.push_str(rest);
    let trimmed: Vec<&str> = stripped.lines().map(str::trim_end).collect();
    let plain = text(&runs, &TextOptions::default());
    assert_eq!(trimmed, plain.lines().collect::<Vec<_>>());
    assert!(report.len() > stripped.len());
}

#[test]
fn only_so_many_failures_are_shown() {
    let records = (0..30).map(|number| record(encoding(&format!("n{number:02}")), encoded(b"x"))).collect();
    let report = text(&[run("oauthlib", records)], &TextOptions { most: 3, ..TextOptions::default() });
    assert_eq!(report.matches("FAILED").count(), 3);
    assert!(report.contains("… and 27 more"), "{report}");
}

#[test]
fn a_clean_run_is_short() {
    let report = text(&[run("oauthlib", vec![exchange()])], &TextOptions { quiet: true, ..TextOptions::default() });
    assert!(report.lines().count() < 8 && report.ends_with("every verdict is as expected\n"), "{report}");
}

fn schema() -> jsonschema::Validator {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/schema/report-1.json");
    jsonschema::validator_for(&serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()).unwrap()
}

#[test]
fn json_follows_its_schema_and_gives_hostile_text_back() {
    let report = as_json(&[run("oauthlib", records())]);
    is_harmless(&report);
    let value: serde_json::Value = serde_json::from_str(&report).unwrap();
    let errors: Vec<String> = schema().iter_errors(&value).map(|error| error.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
    let hostile = value["cases"].as_array().unwrap().iter().find(|case| case["id"] == "encode/hostile").unwrap();
    assert_eq!(hostile["observation"]["output"]["encoded"], HOSTILE);
    assert_eq!(hostile["title"], HOSTILE);
    assert!(value["cases"].as_array().unwrap().iter().all(|case| case.get("diagnosis").is_none()));
    let shortened = report.replace(&"endless ".repeat(20_000), "endless …");
    golden!("report-json", shortened);
}

#[test]
fn several_runs_are_one_json_document() {
    let report = as_json(&[run("a", vec![exchange()]), run("b", Vec::new())]);
    let value: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert!(schema().is_valid(&value), "{report}");
    assert_eq!((&value["runs"][1]["implementation"]["name"], &value["format"]), (&"b".into(), &1.into()));
}

#[test]
fn junit_is_xml_that_a_strict_parser_reads() {
    let runs = [run("oauthlib", records())];
    let report = junit(&runs).unwrap();
    is_harmless(&report);
    assert_eq!(report, junit(&runs).unwrap());
    let document = roxmltree::Document::parse(&report).unwrap();
    let count = |name: &str| document.descendants().filter(|node| node.has_tag_name(name)).count();
    // Open, disputed, unsupported, and what fails only a strict run.
    assert_eq!((count("testcase"), count("failure"), count("error"), count("skipped")), (12, 3, 3, 4));
    assert_eq!(document.root_element().attribute("tests"), Some("12"));
    let case = |name: &str| document.descendants().find(|node| node.attribute("name") == Some(name)).unwrap();
    let hostile = case("hostile").children().find(|node| node.has_tag_name("failure")).unwrap();
    assert!(hostile.attribute("message").unwrap().contains("]]><x a='\"'>&amp;\\u{0}"), "{:?}", hostile.attribute("message"));
    for node in document.descendants() {
        assert!(node.text().is_none_or(|text| text.len() <= 64 * 1024));
    }
    golden!("report-junit", report);
}

#[test]
fn a_strict_run_fails_for_should_in_junit_too() {
    let mut should = encoding("should");
    should.level = Level::Should;
    let mut strict = run("oauthlib", vec![record(should, encoded(b"x"))]);
    let failures = |run: &Run| junit(std::slice::from_ref(run)).unwrap().matches("<failure").count();
    assert_eq!(failures(&strict), 0);
    strict.start.strict = true;
    assert_eq!(failures(&strict), 1);
}

#[test]
fn junit_names_the_implementation_where_there_are_several() {
    let report = junit(&[run("a", vec![exchange()]), run(HOSTILE, vec![exchange()])]).unwrap();
    let document = roxmltree::Document::parse(&report).unwrap();
    let names: Vec<&str> =
        document.descendants().filter(|node| node.has_tag_name("testsuite")).filter_map(|node| node.attribute("name")).collect();
    assert_eq!(names[0], "a: exchange.etrade");
    assert!(names[1].ends_with(": exchange.etrade"));
}

#[test]
fn nothing_that_was_asked_is_no_whole_coverage() {
    let totals = Totals { selected: 2, not_offered: 2, ..Totals::default() };
    let mut idle = run("idle", Vec::new());
    idle.end.as_mut().unwrap().totals = totals;
    let runs = [run("busy", records()), idle];
    let told = text(&runs, &TextOptions::default());
    let coverage = told.lines().find(|line| line.starts_with("coverage")).unwrap();
    assert!(coverage.ends_with("  –") && coverage.contains(" % "), "{coverage}");
    let table = markdown(&runs);
    let row = table.lines().find(|line| line.starts_with("| idle")).unwrap();
    assert!(row.contains("| – |") && !row.contains('%'), "{row}");
    let page = html(&runs);
    assert!(page.contains("it was asked nothing that it offers") && page.contains("<td>–</td>") && !page.contains("100 %"), "{page}");
}

#[test]
fn an_empty_report_is_a_report() {
    assert!(text(&[], &TextOptions::default()).is_empty());
    assert!(roxmltree::Document::parse(&junit(&[]).unwrap()).is_ok());
    assert_eq!(as_json(&[]), "{\n  \"format\": 1,\n  \"runs\": []\n}\n");
    let empty = run("nobody", Vec::new());
    assert_eq!(empty.exit_code(), ExitCode::NothingExecuted);
    assert!(text(&[empty], &TextOptions::default()).contains("none was executed"));
}
