//! Events are read back: as the run that they tell of, up to where a crash cut them off, and with the place of what is wrong.

use super::telling::told;
use crate::judgement::{EventLines, ExitCode, Keep, Run, Sinks, replay};

/// A run, and its events.
fn run_and_events() -> (Run, String) {
    let (mut run, mut lines) = (Run::collector(true), EventLines::new(Vec::new()));
    told(&mut Sinks(vec![&mut run, &mut lines]));
    (run, String::from_utf8(lines.into_inner()).unwrap())
}

#[test]
fn a_run_is_read_back_as_it_was() {
    let (run, events) = run_and_events();
    let replayed = replay("run.jsonl", events.as_bytes(), Keep::Every).unwrap();
    assert_eq!((replayed.cut, replayed.unfinished().count(), replayed.runs.len()), (None, 0, 1));
    let read = &replayed.runs[0];
    assert_eq!((&read.start, &read.suites, &read.logs, &read.end), (&run.start, &run.suites, &run.logs, &run.end));
    assert_eq!(read.readings, run.readings);
    assert_eq!(read.records, run.records);
}

#[test]
fn without_the_rest_only_what_is_not_as_expected_is_kept() {
    let (run, events) = run_and_events();
    let read = &replay("run.jsonl", events.as_bytes(), Keep::Unexpected).unwrap().runs[0];
    assert!(read.records.len() < run.records.len());
    assert_eq!((read.totals(), &read.suites), (run.totals(), &run.suites));
}

#[test]
fn a_file_that_was_cut_off_anywhere_is_read_up_to_there() {
    let (run, events) = run_and_events();
    let first = events.find('\n').unwrap() + 1;
    for at in first..events.len() {
        let replayed = replay("run.jsonl", &events.as_bytes()[..at], Keep::Every).unwrap();
        let whole = events.as_bytes()[..at].iter().filter(|octet| **octet == b'\n').count();
        let read = &replayed.runs[0];
        // A line without its end counts if it happens to be whole.
        let is_whole = events.as_bytes()[at] == b'\n';
        assert_eq!(replayed.cut, (!is_whole && !events[..at].ends_with('\n')).then_some(whole + 1), "{at}");
        if read.end.is_none() {
            assert_eq!((read.exit_code(), replayed.unfinished().next()), (ExitCode::Interrupted, Some("scripted")));
            let totals = read.totals();
            assert_eq!(totals.finished() + totals.not_executed, run.start.selected, "{at}");
        }
    }
}

#[test]
fn runs_of_several_may_be_mixed() {
    let (_, events) = run_and_events();
    let other = events.replace(r#""name":"scripted""#, r#""name":"other""#);
    let mixed: String = events.lines().zip(other.lines()).flat_map(|(one, two)| [one, "\n", two, "\n"]).collect();
    let runs = replay("run.jsonl", mixed.as_bytes(), Keep::Every).unwrap().runs;
    let names: Vec<&str> = runs.iter().map(|run| run.implementation().name.as_str()).collect();
    assert_eq!(names, ["scripted", "other"]);
    assert_eq!(runs[0].records, runs[1].records);
}

#[test]
fn what_is_no_stream_of_events_is_refused_at_its_line() {
    let (_, events) = run_and_events();
    let lines: Vec<&str> = events.lines().collect();
    let (start, case, end) = (lines[0], lines[1], lines[lines.len() - 1]);
    for (text, message) in [
        (String::new(), "e.jsonl:1: no run begins in this file"),
        ("x".to_owned(), "e.jsonl:1: no run begins in this file"),
        ("{}\n".to_owned(), "e.jsonl:1: not an event: missing field `type` at line 1 column 2"),
        ("\u{feff}{}\n".to_owned(), "e.jsonl:1: not an event: expected value at line 1 column 1"),
        (r#"{"type":"case"}"#.to_owned() + "\n", "e.jsonl:1: an event without implementation"),
        (format!("{case}\n"), "e.jsonl:1: a case event of \"scripted\", whose run has not begun"),
        (
            format!("{start}\n{start}\n"),
            "e.jsonl:2: a second run of \"scripted\": files of several commands are put together by report merge",
        ),
        (format!("{start}\n{end}\n{case}\n"), "e.jsonl:3: a case event of \"scripted\", whose run has ended"),
        (start.replace(r#""format":1"#, r#""format":2"#) + "\n", "e.jsonl:1: its format is not 1"),
        (
            format!("{start}\n{}\n", case.replace(r#""operation":"percent_encode""#, r#""operation":"dance""#)),
            "e.jsonl:2: not a case event: there is no operation \"dance\"",
        ),
        (
            format!("{start}\n{}\n", case.replace(r#""what":"encoded""#, r#""what":"colour""#)),
            "e.jsonl:2: not a case event: a difference in \"colour\", which is nothing that can differ",
        ),
    ] {
        let error = replay("e.jsonl", text.as_bytes(), Keep::Every).map(|replayed| replayed.runs.len()).unwrap_err().to_string();
        // Where serde_json adds the place in the line, the beginning says it.
        assert!(error.starts_with(message), "{text}\n{error}");
    }
    assert!(replay("e.jsonl", &b"\xff\n"[..], Keep::Every).is_err());
    // Blank lines say nothing, and are counted.
    let spaced = format!("\n{}\n \r\n", events.replace('\n', "\n\n"));
    let (spaced, plain) = [&spaced, &events].map(|text| replay("e.jsonl", text.as_bytes(), Keep::Every).unwrap()).into();
    assert_eq!((&spaced.runs[0].records, &spaced.cut), (&plain.runs[0].records, &None));
    let error = replay("e.jsonl", format!("{start}\n\n{{}}\n").as_bytes(), Keep::Every).map(|_| ()).unwrap_err();
    assert_eq!(error.line, 3);
}

#[test]
fn a_later_version_may_tell_more() {
    let (run, events) = run_and_events();
    let more = events.replace(r#""type":"#, r#""later":[{}],"type":"#);
    let added = more.replacen('\n', "\n{\"type\":\"weather\",\"implementation\":{\"name\":\"scripted\"}}\n", 1);
    assert_eq!(replay("e.jsonl", added.as_bytes(), Keep::Every).unwrap().runs[0].records, run.records);
}

#[test]
fn a_line_has_a_greatest_length() {
    struct Endless;
    impl std::io::Read for Endless {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            into.fill(b' ');
            Ok(into.len())
        }
    }
    let error = replay("e.jsonl", std::io::BufReader::new(Endless), Keep::Unexpected).map(|replayed| replayed.runs.len()).unwrap_err();
    assert_eq!(error.to_string(), "e.jsonl:1: a line is longer than 64 MiB");
}

/// What a run of this file's cases does not have: words in place of values, findings of an exchange, every kind of diagnosis.
#[test]
fn a_record_of_any_shape_is_read_back() {
    use super::{answered, case, encode, refuse};
    use crate::deviation::Cause;
    use crate::diagnosis::{Diagnosis, Outcome};
    use crate::judgement::{
        CaseRecord, Declared, Difference, Event, EventLines, Expected, Found, Observed, RunStart, Side, Sink as _, What, judge,
    };
    use crate::profile::fixture::{Expected as ExpectedFindings, ExpectedProblem};
    use crate::vectors::Output;

    let words = case("words", encode("x"), refuse(&["a", "b"]));
    let observation = answered(Output { encoded: Some("y".into()), realm: Some(None), ..Output::default() });
    let judgement = judge(&words, &observation, Declared::default());
    assert!(matches!(judgement.differences[0].expected, Side::Words(_)));
    let plain = CaseRecord { number: 0, ..CaseRecord::new(words, observation, judgement, 3) };
    let causes = |ids: &[&str]| ids.iter().map(|id| Cause::parse(id).unwrap()).collect::<Vec<_>>();
    let diagnosed = |diagnosis: Diagnosis| CaseRecord { diagnosis: Some(diagnosis), ..plain.clone() };
    let problem =
        ExpectedProblem { name: "nonce_used".to_owned(), place: "form".to_owned(), parameters: vec![("a".to_owned(), "b".to_owned())] };
    let mut exchange = CaseRecord {
        operation: "exchange",
        place: None,
        question: None,
        note: Some("a note".to_owned()),
        expected: Expected::Findings(ExpectedFindings { findings: vec!["a.rule".to_owned()], problem: Some(problem.clone()) }),
        observed: Observed::Findings(Found { findings: vec![("b.rule".to_owned(), "because".to_owned())], problem: Some(problem) }),
        ..plain.clone()
    };
    let inside = What::Inside { field: "findings", name: "a.rule".into() };
    exchange.judgement.differences = vec![
        Difference::new(inside, Side::Words("a finding".to_owned()), Side::Absent),
        Difference::new(What::Outcome, Side::Absent, Side::Words("both".to_owned())),
        Difference::of_values(What::Stage("key"), b"\xff", b"\xfe\x00"),
    ];
    let records = [
        plain.clone(),
        diagnosed(Diagnosis { tried: 7, complete: 2, one_in: Some(9), ..Diagnosis::unexplained() }),
        diagnosed(Diagnosis::of_sets(vec![causes(&["uri.default-port-kept", "input.with:a=b=c"])])),
        diagnosed(Diagnosis::of_sets(vec![causes(&["input.host:h:80"]), causes(&["input.body-as-form"])])),
        diagnosed(Diagnosis { outcome: Outcome::Right, ..Diagnosis::of_sets(vec![Vec::new()]) }),
        exchange,
    ];
    let (mut lines, start) = (EventLines::new(Vec::new()), RunStart::default());
    lines.take(&start.implementation, Event::RunStart(&start)).unwrap();
    for (number, record) in records.iter().enumerate() {
        lines.take(&start.implementation, Event::Case(&CaseRecord { id: format!("n{number}"), ..record.clone() })).unwrap();
    }
    let read = replay("e.jsonl", &*lines.into_inner(), Keep::Every).unwrap();
    for (number, record) in records.into_iter().enumerate() {
        assert_eq!(read.runs[0].records[number], CaseRecord { id: format!("n{number}"), ..record });
    }
}
