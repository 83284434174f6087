//! Several runs: where implementations disagree, what changed between two, and shards put together.

use super::{answered, case, encode, encoding, refuse, refused};
use crate::deviation::Cause;
use crate::diagnosis::Diagnosis;
use crate::implementation::{Break, Description, Observation};
use crate::judgement::{
    CaseRecord, Change, Declared, Event, ExitCode, Keep, NotShards, Run, RunEnd, RunStart, Sink as _, Totals, Verdict, changes,
    disagreements, judge, merge,
};
use crate::vectors::{Case, Expectation, Level, Output};

fn says(text: &str) -> Observation {
    answered(Output { encoded: Some(text.into()), ..Output::default() })
}

fn judged(case: Case, observation: Observation) -> CaseRecord {
    let judgement = judge(&case, &observation, Declared::default());
    CaseRecord::new(case, observation, judgement, 1)
}

fn expecting_b(id: &str, observation: Observation) -> CaseRecord {
    judged(encoding(id, "a", "b"), observation)
}

fn explained(mut record: CaseRecord, sets: &[&[&str]]) -> CaseRecord {
    let set = |ids: &&[&str]| ids.iter().map(|id| Cause::parse(id).unwrap()).collect();
    record.diagnosis = Some(Diagnosis::of_sets(sets.iter().map(set).collect()));
    record
}

fn start(name: &str) -> RunStart {
    let implementation = Description { name: name.to_owned(), ..Description::default() };
    RunStart { countersign: "0.1.0".to_owned(), suite_digest: "sha256:0".to_owned(), implementation, ..RunStart::default() }
}

fn run_of(start: RunStart, keep: Keep, records: Vec<CaseRecord>) -> Run {
    let mut run = Run::keeping(keep);
    let mut totals = Totals { selected: records.len() as u64, ..Totals::default() };
    records.iter().for_each(|record| totals.count(record));
    let start = RunStart { selected: totals.selected, ..start };
    let implementation = start.implementation.clone();
    run.take(&implementation, Event::RunStart(&start)).unwrap();
    for (number, record) in (0..).zip(records) {
        run.take(&implementation, Event::Case(&CaseRecord { number, ..record })).unwrap();
    }
    let exit_code = totals.exit_code(start.strict);
    run.take(&implementation, Event::RunEnd(&RunEnd { totals, exit_code, expectations: Vec::new() })).unwrap();
    run
}

fn run(name: &str, records: Vec<CaseRecord>) -> Run {
    run_of(start(name), Keep::Every, records)
}

/// Who stands where and the cases, in a line.
fn told(runs: &[Run]) -> Vec<String> {
    let camp = |camp: &Option<usize>| camp.map_or("-".to_owned(), |camp| camp.to_string());
    let line = |group: &crate::judgement::Disagreement<'_>| {
        let camps: String = group.camps.iter().map(camp).collect();
        let ids: Vec<&str> = group.cases.iter().map(|split| split.record.id.as_str()).collect();
        format!("{camps}{} {} {}", if group.first_is_expected { "!" } else { "" }, ids.join(","), group.causes.join("+"))
            .trim_end()
            .to_owned()
    };
    disagreements(runs).iter().map(line).collect()
}

#[test]
fn those_who_answer_alike_stand_together_and_what_is_expected_comes_first() {
    for keep in [Keep::Every, Keep::Comparable] {
        let of = |name: &str, records| run_of(start(name), keep, records);
        let wrong = |id: &str| explained(expecting_b(id, says("x")), &[&["encode.space-plus"]]);
        let runs = [
            of("one", vec![wrong("p"), wrong("q"), expecting_b("r", says("b")), expecting_b("s", says("x"))]),
            of(
                "two",
                vec![expecting_b("p", says("b")), expecting_b("q", says("b")), expecting_b("r", says("b")), expecting_b("s", says("y"))],
            ),
            of("three", vec![expecting_b("p", says("b")), expecting_b("q", says("b")), expecting_b("s", says("x"))]),
        ];
        assert_eq!(told(&runs), ["100! p,q encode.space-plus", "010 s"], "{keep:?}");
        assert!(told(&runs[..1]).is_empty());
    }
}

#[test]
fn who_was_not_asked_or_does_not_support_it_stands_nowhere() {
    let unsupported = Observation::Unsupported { what: "x".to_owned(), message: String::new() };
    let broke = |why| Observation::Broke { why, message: String::new() };
    let runs = [
        run("one", vec![expecting_b("p", unsupported), expecting_b("q", broke(Break::Crash)), expecting_b("r", says("b"))]),
        run("two", vec![expecting_b("p", says("b")), expecting_b("q", broke(Break::Timeout)), expecting_b("r", refused(None))]),
        run("three", vec![]),
    ];
    assert_eq!(told(&runs), ["01- q", "01-! r"]);
}

#[test]
fn of_several_readings_each_is_a_camp() {
    let reading = |text: &str| Expectation::Answer(Box::new(Output { encoded: Some(text.into()), ..Output::default() }));
    let open = |observation: Observation, level: Level| {
        let branches = vec![("first".to_owned(), reading("a")), ("second".to_owned(), reading("b")), ("none".to_owned(), refuse(&[]))];
        let mut open = case("open", encode("x"), Expectation::OneOf(branches));
        open.level = level;
        judged(open, observation)
    };
    for level in [Level::Interop, Level::Must] {
        for keep in [Keep::Every, Keep::Comparable] {
            let of = |name: &str, observation| run_of(start(name), keep, vec![open(observation, level)]);
            let runs = [of("one", says("b")), of("two", says("a")), of("three", refused(None)), of("four", says("b"))];
            assert_eq!(told(&runs), ["0120 open"], "{level:?} {keep:?}");
        }
    }
}

#[test]
fn what_changed_is_told_worst_first() {
    let plus: &[&[&str]] = &[&["encode.space-plus"]];
    let unsupported = || Observation::Unsupported { what: "x".to_owned(), message: String::new() };
    let crash = Observation::Broke { why: Break::Crash, message: String::new() };
    let mut should = expecting_b("should", says("x"));
    should.level = Level::Should;
    let old = run(
        "a",
        vec![
            expecting_b("breaks", says("b")),
            explained(expecting_b("same", says("x")), plus),
            explained(expecting_b("other", says("x")), plus),
            explained(expecting_b("unexplained", says("x")), plus),
            explained(expecting_b("more", says("x")), plus),
            explained(expecting_b("clearer", says("x")), &[&["encode.space-plus"], &["method.lower-case"]]),
            expecting_b("crashes", says("x")),
            expecting_b("fixed", says("x")),
            expecting_b("gone", says("x")),
            expecting_b("lost", says("b")),
        ],
    );
    let new = run(
        "a",
        vec![
            expecting_b("breaks", says("x")),
            explained(expecting_b("same", says("y")), plus),
            explained(expecting_b("other", says("x")), &[&["method.lower-case"]]),
            explained(expecting_b("unexplained", says("x")), &[]),
            explained(expecting_b("more", says("x")), &[&["encode.space-plus", "method.lower-case"]]),
            explained(expecting_b("clearer", says("x")), plus),
            expecting_b("crashes", crash),
            expecting_b("fixed", says("b")),
            expecting_b("lost", unsupported()),
            should,
        ],
    );
    let told: Vec<(Change, String, bool)> =
        changes(&old, &new).iter().map(|changed| (changed.change, changed.full_id(), changed.fails)).collect();
    let expected = [
        (Change::NewFailure, "breaks", true),
        (Change::NewFailure, "should", false),
        (Change::Lost, "lost", true),
        (Change::Worse, "crashes", true),
        (Change::Worse, "more", true),
        (Change::Worse, "unexplained", true),
        (Change::Changed, "clearer", false),
        (Change::Changed, "other", false),
        (Change::Fixed, "fixed", false),
        (Change::Gone, "gone", false),
    ];
    assert_eq!(told, expected.map(|(change, id, fails)| (change, format!("s/{id}"), fails)));
    assert!(changes(&new, &new).is_empty());
}

#[test]
fn shards_together_are_the_whole() {
    let records = || ["a", "b", "c", "d"].map(|id| expecting_b(id, says(if id == "c" { "x" } else { "b" })));
    let [a, b, c, d] = records();
    let shard = |part: &str, records| run_of(RunStart { shard: Some(part.to_owned()), ..start("x") }, Keep::Every, records);
    let merged = merge(vec![shard("2/3", vec![d, b]), shard("1/3", vec![c]), shard("3/3", vec![a])]).unwrap();
    let whole = run("x", records().into());
    let told = &merged.runs[0];
    assert_eq!(merged.missing, Vec::<String>::new());
    assert_eq!((&told.start, &told.end, &told.suites), (&whole.start, &whole.end, &whole.suites));
    assert_eq!(told.records, whole.records);
    assert_eq!(told.exit_code(), ExitCode::Unexpected);
}

#[test]
fn what_is_missing_of_the_shards_is_said() {
    let shard = |part: &str, id: &str| {
        run_of(RunStart { shard: Some(part.to_owned()), ..start("x") }, Keep::Every, vec![expecting_b(id, says("b"))])
    };
    let merged = merge(vec![shard("1/4", "a"), shard("3/4", "b")]).unwrap();
    assert_eq!(merged.missing, ["x: no file holds shard 2/4, 4/4"]);
    assert_eq!(merged.runs[0].start.shard.as_deref(), Some("1,3/4"));
    // What was put together can be put together with the rest.
    let whole = merge(vec![merged.runs[0].clone(), shard("2/4", "c"), shard("4/4", "d")]).unwrap();
    assert_eq!((whole.missing, whole.runs[0].start.shard.clone()), (Vec::<String>::new(), None));
    // A file may claim what it likes.
    let claims = merge(vec![shard("1/18446744073709551615", "a")]).unwrap();
    assert_eq!(claims.missing.len(), 1);

    let mut cut = shard("2/2", "b");
    cut.end = None;
    let merged = merge(vec![shard("1/2", "a"), cut]).unwrap();
    assert_eq!(merged.missing.len(), 1);
    assert!(merged.missing[0].starts_with("x: the run of shard 2/2 came to no end"), "{:?}", merged.missing);
    assert_eq!(merged.runs[0].exit_code(), ExitCode::Interrupted);
}

#[test]
fn an_empty_shard_is_no_empty_run_and_a_stopped_one_stops_the_whole() {
    let merged = merge(vec![run("x", vec![expecting_b("a", says("b"))]), run("x", vec![])]).unwrap();
    assert_eq!(merged.runs[0].exit_code(), ExitCode::AsExpected);
    let mut stopped = run("x", vec![expecting_b("b", says("b"))]);
    stopped.end.as_mut().unwrap().exit_code = ExitCode::Adapter;
    let merged = merge(vec![run("x", vec![expecting_b("a", says("x"))]), stopped]).unwrap();
    assert_eq!(merged.runs[0].exit_code(), ExitCode::Adapter);
}

#[test]
fn what_are_no_shards_of_one_run_is_refused() {
    let with = |start: RunStart, id: &str| run_of(start, Keep::Every, vec![expecting_b(id, says("b"))]);
    assert_eq!(
        merge(vec![with(start("x"), "a"), with(start("x"), "a")]).unwrap_err(),
        NotShards::Overlap { implementation: "x".to_owned(), case: "s/a".to_owned() }
    );
    for (other, what) in [
        (RunStart { suite_digest: "sha256:1".to_owned(), ..start("x") }, "the digest of their vectors"),
        (RunStart { strict: true, ..start("x") }, "--strict"),
        (RunStart { countersign: "0.2.0".to_owned(), ..start("x") }, "the version of countersign"),
    ] {
        match merge(vec![with(start("x"), "a"), with(other, "b")]).unwrap_err() {
            NotShards::Settings { what: told, .. } => assert_eq!(told, what),
            other => panic!("{other}"),
        }
    }
    // Others are others: they stand beside each other.
    let merged = merge(vec![with(start("x"), "a"), with(start("y"), "a")]).unwrap();
    assert_eq!(merged.runs.len(), 2);
    assert!(merged.runs.iter().all(|run| run.records[0].verdict() == Verdict::Pass));
}
