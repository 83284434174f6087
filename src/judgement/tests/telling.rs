//! Events and records: what is written of a run can be read back and follows its schema.

use std::io;

use super::{Scripted, answered, case, encode, encoding, refuse, refused};
use crate::implementation::{Break, Description, Implementation, Observation};
use crate::judgement::{Again, Event, EventLines, ExitCode, Plan, Run, RunStart, Runner, Sink, Sinks, Surroundings};
use crate::vectors::question::TextInput;
use crate::vectors::{Case, Expectation, Output, Question, Text};

fn schema(name: &str) -> jsonschema::Validator {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/schema").join(name);
    jsonschema::validator_for(&serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()).unwrap()
}

const DIGEST: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

/// A run in which everything happens, with hostile text wherever somebody else's stands.
pub(super) fn told(sink: &mut dyn Sink) {
    let mut hostile = Scripted::new(&[], |question: &Question| match question {
        Question::PercentEncode(TextInput { text }) => match text.as_bytes() {
            b"refuse" => refused(Some("malformed_url")),
            b"break" => Observation::Broke { why: Break::Protocol, message: "\u{1b}]0;x\u{7}\n{}".to_owned() },
            b"unsupported" => Observation::Unsupported { what: "\u{202e}x".to_owned(), message: String::new() },
            _ => answered(Output { encoded: Some(Text::from(&b"\xff\x00"[..])), ..Output::default() }),
        },
        _ => answered(Output::default()),
    });
    let one_of = vec![("first".to_owned(), refuse(&["x"])), ("second".to_owned(), refuse(&[]))];
    let cases: Vec<Case> = vec![
        encoding("fails", "a", "b"),
        case("passes", encode("refuse"), refuse(&[])),
        case("reading", encode("refuse"), Expectation::OneOf(one_of)),
        encoding("breaks", "break", "b"),
        encoding("unsupported", "unsupported", "b"),
    ];
    let mut plan = Plan::default();
    for case in &cases {
        plan.add(case, true).unwrap();
    }
    let start = RunStart {
        countersign: "0.1.0".to_owned(),
        suite_digest: DIGEST.to_owned(),
        implementation: hostile.description().clone(),
        seed: 7,
        selected: plan.selected(),
        strict: false,
        shard: None,
        again: Again { implementation: vec!["--adapter".to_owned(), "x".to_owned()], vectors: Vec::new() },
    };
    let mut runner = Runner::start(start, Surroundings::STILL, sink).unwrap();
    runner.put(&mut hostile, &plan, cases.into_iter().map(Ok::<_, String>), &|_| true).unwrap();
    runner.log("warning:\u{9b}31m\nsecond line").unwrap();
    assert_eq!(runner.finish().unwrap().exit_code, ExitCode::Unexpected);
}

#[test]
fn every_event_is_one_line_and_follows_the_schema() {
    let mut lines = EventLines::new(Vec::new());
    told(&mut lines);
    let text = String::from_utf8(lines.into_inner()).unwrap();
    let schema = schema("events-1.json");
    let mut kinds = Vec::new();
    for line in text.lines() {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        let errors: Vec<String> = schema.iter_errors(&event).map(|error| error.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new(), "{line}");
        assert_eq!(event["implementation"]["name"], "scripted");
        kinds.push(event["type"].as_str().unwrap().to_owned());
    }
    assert_eq!(kinds, ["run_start", "case", "case", "case", "case", "case", "adapter_log", "run_end"]);
    assert!(text.chars().all(|letter| letter == '\n' || crate::judgement::plain::is_plain(letter)), "{text}");
}

#[test]
fn an_event_says_what_was_expected_and_what_was_done() {
    let mut lines = EventLines::new(Vec::new());
    told(&mut lines);
    let text = String::from_utf8(lines.into_inner()).unwrap();
    let event = |number: usize| serde_json::from_str::<serde_json::Value>(text.lines().nth(number).unwrap()).unwrap();
    assert_eq!(event(0)["selected"], 5);
    assert_eq!(event(1)["expected"], serde_json::json!({"encoded": "b"}));
    assert_eq!(event(1)["observation"], serde_json::json!({"kind": "answered", "output": {"encoded": {"base64": "/wA="}}}));
    assert_eq!(event(1)["differences"][0]["what"], "encoded");
    assert_eq!(event(1)["place"], "vectors/s.json:7");
    assert_eq!(event(2)["met_by"], "refusal");
    assert_eq!((&event(3)["because"], &event(3)["verdict"]), (&"first".into(), &"pass".into()));
    assert_eq!(event(3)["expected"]["one_of"][0], serde_json::json!({"because": "first", "refuse": {"codes": ["x"]}}));
    assert_eq!(event(4)["observation"]["why"], "protocol");
    assert_eq!(event(6)["text"], "warning:\u{9b}31m\nsecond line");
    assert_eq!((&event(7)["exit_code"], &event(7)["totals"]["broken"]), (&1.into(), &1.into()));
}

#[test]
fn a_collector_keeps_passing_cases_only_if_asked() {
    for (keep, kept) in [(true, 5), (false, 3)] {
        let mut run = Run::collector(keep);
        told(&mut run);
        assert_eq!((run.records.len(), run.totals().passed, run.logs.len()), (kept, 2, 1));
        assert_eq!(run.unexpected().count(), 2);
    }
}

#[test]
fn several_sinks_get_the_same_events() {
    let (mut run, mut lines) = (Run::collector(false), EventLines::new(Vec::new()));
    told(&mut Sinks(vec![&mut run, &mut lines]));
    assert_eq!((run.totals().executed, String::from_utf8(lines.into_inner()).unwrap().lines().count()), (4, 8));
}

#[test]
fn a_run_that_was_cut_off_counts_what_came() {
    let mut run = Run::collector(false);
    let start = RunStart { selected: 9, ..RunStart::default() };
    run.take(&Description::default(), Event::RunStart(&start)).unwrap();
    assert_eq!((run.totals().selected, run.exit_code()), (9, ExitCode::Interrupted));
}

#[test]
fn a_sink_that_cannot_write_ends_the_run() {
    struct Full;
    impl Sink for Full {
        fn take(&mut self, _: &Description, _: Event<'_>) -> io::Result<()> {
            Err(io::Error::other("the disk is full"))
        }
    }
    assert!(Runner::start(RunStart::default(), Surroundings::STILL, &mut Full).is_err());
}
