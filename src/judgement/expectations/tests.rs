//! Expectations: what a file may say, what follows for a case, and how a file is brought up to date.
#![cfg(feature = "reports")]

use super::*;
use crate::implementation::Description;
use crate::judgement::tests::{Scripted, answered, case, encode, encoding, refuse, refused};
use crate::judgement::{ExitCode, Plan, ProbeFinding, Probed, Run, RunStart, Runner, Surroundings};
use crate::vectors::{Output, Question};

const TODAY: &str = "2026-11-25";

fn read(text: &str) -> Expectations {
    Expectations::read("a.expect.toml", &format!("format = 1\n{text}"), TODAY).unwrap()
}

fn wrong(text: &str) -> String {
    Expectations::read("a.expect.toml", text, TODAY).unwrap_err().to_string()
}

fn entry_for(case: &str, outcome: &str) -> String {
    format!("[[expect]]\ncase = \"{case}\"\noutcome = \"{outcome}\"\nreason = \"it is so\"\n")
}

/// Answers `text`: `bad` wrongly, `no` with a refusal, `crash` with a break, everything else as it should.
fn answering(question: &Question) -> Observation {
    let Question::PercentEncode(input) = question else { return refused(None) };
    match input.text.as_str().unwrap() {
        "bad" => answered(Output { encoded: Some("worse".into()), ..Output::default() }),
        "no" => refused(None),
        "crash" => Observation::Broke { why: Break::Crash, message: "gone".to_owned() },
        text => answered(Output { encoded: Some(text.into()), ..Output::default() }),
    }
}

/// One case for each text, its id the text.
fn run_of(expectations: &Expectations, texts: &[&str], level: Level) -> Run {
    let cases: Vec<Case> = texts
        .iter()
        .map(|text| {
            let mut case = encoding(text, text, text);
            case.level = level;
            case
        })
        .collect();
    run(expectations, &cases, &|_| true)
}

fn run(expectations: &Expectations, cases: &[Case], selected: &dyn Fn(&Case) -> bool) -> Run {
    let mut plan = Plan::default();
    cases.iter().for_each(|case| plan.add(case, selected(case)).unwrap());
    let start = RunStart { implementation: Description::default(), selected: plan.selected(), ..RunStart::default() };
    let mut run = Run::collector(true);
    let surroundings = Surroundings { expectations: Some(expectations), breaks: 0, ..Surroundings::STILL };
    let mut runner = Runner::start(start, surroundings, &mut run).unwrap();
    let mut implementation = Scripted::new(&[], answering);
    runner.put(&mut implementation, &plan, cases.iter().cloned().map(Ok::<_, String>), selected).unwrap();
    runner.finish().unwrap();
    run
}

fn verdicts(run: &Run) -> Vec<(&str, Verdict)> {
    run.records.iter().map(|record| (record.id.as_str(), record.verdict())).collect()
}

fn found(run: &Run) -> Vec<(FindingKind, String, usize)> {
    let findings = &run.end.as_ref().unwrap().expectations;
    findings.iter().map(|finding| (finding.kind, finding.case.clone(), finding.line)).collect()
}

#[test]
fn what_fails_as_foreseen_is_known() {
    let file = read(&(entry_for("s/bad", "fail") + &entry_for("s/no", "reject") + &entry_for("s/crash", "crash")));
    let run = run_of(&file, &["good", "bad", "no", "crash", "fine"], Level::Must);
    use Verdict::{KnownFailure, Pass};
    assert_eq!(verdicts(&run), [("good", Pass), ("bad", KnownFailure), ("no", KnownFailure), ("crash", KnownFailure), ("fine", Pass)]);
    // An expected break costs nothing: the budget of this run is none at all.
    assert_eq!((run.exit_code(), run.totals().known), (ExitCode::AsExpected, 3));
    assert_eq!(found(&run), []);
    let foreseen = run.records[1].foreseen.as_ref().unwrap();
    assert_eq!((foreseen.line, foreseen.reason.as_str(), &foreseen.otherwise), (2, "it is so", &None));
}

#[test]
fn a_pass_that_was_not_expected_fails_the_run_whatever_its_level() {
    for level in [Level::Must, Level::Should] {
        let run = run_of(&read(&entry_for("s/good", "fail")), &["good"], level);
        assert_eq!(verdicts(&run), [("good", Verdict::UnexpectedPass)]);
        assert_eq!((found(&run), run.exit_code()), (vec![(FindingKind::UnexpectedPass, "s/good".to_owned(), 2)], ExitCode::Unexpected));
    }
}

#[test]
fn another_outcome_is_told_beside_the_failure() {
    let run = run_of(&read(&entry_for("s/no", "fail")), &["no"], Level::Should);
    assert_eq!(verdicts(&run), [("no", Verdict::Fail)]);
    assert_eq!(run.records[0].foreseen.as_ref().unwrap().otherwise.as_deref(), Some("it comes to reject; expected was fail"));
    assert_eq!((found(&run), run.exit_code()), (vec![(FindingKind::Changed, "s/no".to_owned(), 2)], ExitCode::Unexpected));
}

#[test]
fn a_diagnosis_is_compared_where_one_is_written() {
    let text = entry_for("s/bad", "fail") + "diagnosis = \"uri.default-port-kept, encode.space-plus\"\n";
    let (file, plain) = (read(&text), read(&entry_for("s/bad", "fail")));
    let cause = |id: &str| crate::deviation::Cause::parse(id).unwrap();
    let told = |sets: &[&[&str]]| Diagnosis::of_sets(sets.iter().map(|set| set.iter().map(|id| cause(id)).collect()).collect());
    let both: &[&str] = &["encode.space-plus", "uri.default-port-kept"];
    let mut record = run_of(&plain, &["bad"], Level::Must).records.remove(0);
    for (diagnosis, expected) in [
        (Some(told(&[both])), None),
        (Some(told(&[&["uri.host-case-kept"], both])), None),
        (
            Some(told(&[&["encode.space-plus"]])),
            Some("its diagnosis is encode.space-plus; expected was uri.default-port-kept,encode.space-plus"),
        ),
        (Some(Diagnosis::unexplained()), Some("it is not explained; expected was uri.default-port-kept,encode.space-plus")),
        (None, Some("it is not explained; expected was uri.default-port-kept,encode.space-plus")),
    ] {
        record.diagnosis = diagnosis;
        assert_eq!(file.entries()[0].other_cause(&record).as_deref(), expected);
        assert_eq!(plain.entries()[0].other_cause(&record), None);
    }
}

#[test]
fn what_is_flaky_may_do_either() {
    let run = run_of(&read(&entry_for("s/*", "flaky")), &["good", "bad", "crash"], Level::Must);
    use Verdict::{KnownFailure, Pass};
    assert_eq!(verdicts(&run), [("good", Pass), ("bad", KnownFailure), ("crash", KnownFailure)]);
    assert_eq!(run.exit_code(), ExitCode::AsExpected);
}

#[test]
fn entries_that_are_of_no_use_fail_the_run() {
    let file = read(&(entry_for("s/none", "fail") + &entry_for("s/bad", "fail") + &entry_for("s/b*", "fail")));
    let run = run_of(&file, &["bad"], Level::Must);
    assert_eq!(found(&run), [(FindingKind::Overlapping, "s/bad".to_owned(), 10), (FindingKind::Unused, "s/none".to_owned(), 2),]);
    assert_eq!(run.exit_code(), ExitCode::Unexpected);
}

#[test]
fn entries_of_cases_that_were_not_put_are_left_alone() {
    let cases = [encoding("good", "good", "good"), encoding("bad", "bad", "bad")];
    let file = read(&entry_for("s/bad", "fail"));
    let run = run(&file, &cases, &|case| case.id == "good");
    assert_eq!((found(&run), run.exit_code()), (vec![], ExitCode::AsExpected));
}

#[test]
fn an_entry_for_what_is_never_scored_is_of_no_use() {
    let run = run_of(&read(&entry_for("s/bad", "fail")), &["bad"], Level::Interop);
    assert_eq!(verdicts(&run), [("bad", Verdict::Interop)]);
    assert_eq!(found(&run), [(FindingKind::Unused, "s/bad".to_owned(), 2)]);
}

#[test]
fn an_entry_ends_on_its_day() {
    for (day, is_found) in [("2026-11-25", true), ("2026-11-26", false), ("\"2020-01-01\"", true)] {
        let run = run_of(&read(&(entry_for("s/bad", "fail") + &format!("expires = {day}\n"))), &["bad"], Level::Must);
        assert_eq!(found(&run).iter().any(|(kind, ..)| *kind == FindingKind::Expired), is_found, "{day}");
    }
}

#[test]
fn an_inconclusive_case_can_be_foreseen() {
    let mut refusing = case("r", encode("no"), refuse(&[]));
    refusing.control = Some("s/plain".to_owned());
    let cases = [encoding("plain", "no", "x"), refusing];
    let run = run(&read(&(entry_for("s/plain", "reject") + &entry_for("s/r", "inconclusive"))), &cases, &|_| true);
    assert_eq!(verdicts(&run), [("plain", Verdict::KnownFailure), ("r", Verdict::KnownFailure)]);
}

#[test]
fn a_file_that_is_wrong_says_where() {
    let entry = "[[expect]]\ncase = \"a/b\"\noutcome = \"fail\"\nreason = \"r\"\n";
    for (text, message) in [
        ("", "a.expect.toml:1:1: it has no format"),
        ("format = 2\n", "a.expect.toml:1:10: format must be 1"),
        ("format = 1\nfromat = 1\n", "a.expect.toml:2:1: there is no key \"fromat\" here"),
        ("format = 1\nexpect = 3\n", "a.expect.toml:2:10: expect is written as [[expect]], one for each entry"),
        ("format = 1\n[[expect]]\n", "a.expect.toml:2:1: the entry has no case"),
        (&format!("format = 1\n{}", entry.replace("\"fail\"", "\"fial\"")), "a.expect.toml:4:11: there is no outcome \"fial\""),
        (&format!("format = 1\n{}", entry.replace("\"r\"", "\" \"")), "a.expect.toml:5:10: reason is empty"),
        (&format!("format = 1\n{}", entry.replace("\"a/b\"", "[1]")), "a.expect.toml:3:8: case must be a string"),
        (&format!("format = 1\n{entry}expires = 12\n"), "a.expect.toml:6:11: expires must be a date, such as 2027-06-01"),
        (&format!("format = 1\n{entry}expires = \"2027-13-01\"\n"), "a.expect.toml:6:11: expires must be a date, such as 2027-06-01"),
        (&format!("format = 1\n{entry}when = 12\n"), "a.expect.toml:6:1: there is no key \"when\" here"),
    ] {
        assert_eq!(wrong(text), message, "{text}");
    }
    assert!(wrong("format = \n").starts_with("a.expect.toml:1:10: "), "{}", wrong("format = \n"));
    assert!(wrong(&format!("format = 1\n{entry}diagnosis = \"uri.nothing\"\n")).starts_with("a.expect.toml:6:13: "));
    assert!(wrong(&"#".repeat(read::FILE_LIMIT + 1)).ends_with("it is longer than 4194304 octets"));
}

#[test]
fn a_paste_ready_entry_is_read_back() {
    let run = run_of(&Expectations::default(), &["good", "bad", "no", "crash"], Level::Must);
    let entries: String = run.records.iter().filter_map(entry).collect();
    let file = read(&entries);
    let told: Vec<(&str, &str)> = file.entries().iter().map(|entry| (entry.case.as_str(), entry.outcome.as_str())).collect();
    // The break ends the run: its budget is none.
    assert_eq!(told, [("s/bad", "fail"), ("s/no", "reject"), ("s/crash", "crash")]);
}

#[test]
fn a_file_is_brought_up_to_date_and_its_comments_stay() {
    let text = "# ours\nformat = 1 # the first\n\n# about good\n[[expect]]\ncase = \"s/good\"\noutcome = \"fail\"\nreason = \"old\"\n\n\
                # about no\n[[expect]]\ncase = \"s/no\" # the case\noutcome = \"fail\" # was wrong\nreason = \"kept\"\nissue = \"https://example.com/1\"\n\n\
                [[expect]]\ncase = \"s/elsewhere\"\noutcome = \"fail\"\nreason = \"not put\"\n";
    let file = Expectations::read("f", text, TODAY).unwrap();
    let run = run_of(&file, &["good", "bad", "no"], Level::Must);
    let part = update(&file, text, &run.records, false).unwrap();
    assert_eq!(part.changes, [Change::Removed("s/good".to_owned()), Change::Changed("s/no".to_owned()), Change::Added("s/bad".to_owned())]);
    assert_eq!(
        part.text,
        "# ours\nformat = 1 # the first\n\n\
                # about no\n[[expect]]\ncase = \"s/no\" # the case\noutcome = \"reject\" # was wrong\nreason = \"kept\"\nissue = \"https://example.com/1\"\n\n\
                [[expect]]\ncase = \"s/elsewhere\"\noutcome = \"fail\"\nreason = \"not put\"\n\n\
                [[expect]]\ncase = \"s/bad\"\noutcome = \"fail\"\nreason = \"no known departure gives its answer: the requirement of bad\"\n"
    );
    let whole = update(&file, text, &run.records, true).unwrap();
    assert!(whole.changes.contains(&Change::Removed("s/elsewhere".to_owned())));
    // What was brought up to date is up to date.
    let again = Expectations::read("f", &part.text, TODAY).unwrap();
    let run = run_of(&again, &["good", "bad", "no"], Level::Must);
    assert_eq!(update(&again, &part.text, &run.records, false).unwrap(), Changes { changes: vec![], text: part.text });
    assert_eq!(run.totals().known, 2);
}

#[test]
fn an_entry_for_many_is_changed_only_when_all_of_its_cases_were_put() {
    let text = "format = 1\n[[expect]]\ncase = \"s/*\"\noutcome = \"fail\"\nreason = \"ours\"\nissue = \"https://example.com/1\"\n\
                expires = 2099-01-31\n";
    let file = Expectations::read("f", text, TODAY).unwrap();
    let cases = ["bad", "good", "no"].map(|text| encoding(text, text, text));
    // One of three: whatever it comes to, nothing is known of the others.
    let part = run(&file, &cases, &|case| case.id == "good");
    assert_eq!(update(&file, text, &part.records, true).unwrap(), Changes { changes: vec![], text: text.to_owned() });
    // All of them: it is not true of two, and the one that fails as it said keeps its reason.
    let file = Expectations::read("f", text, TODAY).unwrap();
    let whole = run(&file, &cases, &|_| true);
    let stopped = update(&file, text, &whole.records, false).unwrap();
    assert_eq!(stopped.changes, []);
    let changed = update(&file, text, &whole.records, true).unwrap();
    let added = |id: &str| Change::Added(id.to_owned());
    assert_eq!(changed.changes, [Change::Removed("s/*".to_owned()), added("s/bad"), added("s/no")]);
    let now = Expectations::read("f", &changed.text, TODAY).unwrap();
    let told: Vec<_> = now.entries().iter().map(|entry| (entry.outcome.as_str(), entry.reason.as_str(), entry.issue.is_some())).collect();
    assert_eq!(told, [("fail", "ours", true), ("reject", "it refuses this: no", false)]);
    // What was to end on a day still does.
    assert_eq!(now.entries().iter().map(|entry| entry.expires.as_deref()).collect::<Vec<_>>(), [Some("2099-01-31"), None]);
    let run = run(&now, &cases, &|_| true);
    assert_eq!((run.exit_code(), found(&run)), (ExitCode::AsExpected, vec![]));
}

#[test]
fn an_inconclusive_case_that_is_known_stays_what_it_is() {
    let mut refusing = case("r", encode("no"), refuse(&[]));
    refusing.control = Some("s/plain".to_owned());
    let cases = [encoding("plain", "no", "x"), refusing];
    let text = format!("format = 1\n{}{}", entry_for("s/plain", "reject"), entry_for("s/r", "inconclusive"));
    let file = Expectations::read("f", &text, TODAY).unwrap();
    let run = run(&file, &cases, &|_| true);
    assert_eq!(update(&file, &text, &run.records, true).unwrap().changes, []);
}

#[test]
fn the_parts_of_a_run_find_what_the_whole_run_finds() {
    let mut open = encoding("open", "bad", "bad");
    open.level = Level::Interop;
    let cases = [encoding("bad", "bad", "bad"), open];
    for id in ["bad", "open"] {
        let file = read(&entry_for("s/*", "fail"));
        let run = run(&file, &cases, &|case| case.id == id);
        assert_eq!(found(&run), [], "{id}");
    }
}

/// A step of a probe that finds these rules broken, each at its level.
fn step(id: &str, broken: &[(&str, Level)]) -> CaseRecord {
    let finding = |(rule, level): &(&str, Level)| ProbeFinding {
        rule: (*rule).to_owned(),
        level: *level,
        wanted: None,
        because: format!("{rule} does not hold"),
    };
    let step = Probed {
        suite: "probe.p".into(),
        id: id.to_owned(),
        title: "a step".to_owned(),
        level: Level::Must,
        section: "3.3".to_owned(),
        findings: broken.iter().map(finding).collect(),
        inconclusive: None,
        problem: None,
        is_refused: false,
        exchange: None,
        duration_us: 0,
        number: 0,
    };
    step.record()
}

/// Steps of one probe, settled; all of them were seen before.
fn probe(expectations: &Expectations, steps: Vec<CaseRecord>) -> Run {
    steps.iter().for_each(|record| expectations.see_id(&record.full_id(), true, true));
    let start = RunStart { implementation: Description::default(), selected: steps.len() as u64, ..RunStart::default() };
    let mut run = Run::collector(true);
    let mut runner = Runner::start(start, Surroundings { expectations: Some(expectations), ..Surroundings::STILL }, &mut run).unwrap();
    steps.into_iter().for_each(|record| runner.settle(record).unwrap());
    runner.finish().unwrap();
    run
}

#[test]
fn what_a_probe_finds_as_foreseen_is_known_by_its_rules() {
    let entry = |case: &str, rules: &str| entry_for(case, "fail") + &format!("diagnosis = \"{rules}\"\n");
    let file = read(
        &(entry("probe.p/rt.nonce", "p.nonce,p.type") + &entry("probe.p/rt.other", "p.nonce") + &entry_for("probe.p/rt.well", "fail")),
    );
    let nonce = [("p.type", Level::Should), ("p.nonce", Level::Must), ("p.told", Level::Interop)];
    let steps = vec![step("rt.nonce", &nonce), step("rt.other", &[("p.version", Level::Must)]), step("rt.well", &[])];
    let run = probe(&file, steps);
    use Verdict::{Fail, KnownFailure, UnexpectedPass};
    assert_eq!(verdicts(&run), [("rt.nonce", KnownFailure), ("rt.other", Fail), ("rt.well", UnexpectedPass)]);
    let kinds: Vec<FindingKind> = found(&run).into_iter().map(|(kind, ..)| kind).collect();
    assert_eq!(kinds, [FindingKind::Changed, FindingKind::UnexpectedPass]);
    assert_eq!(run.exit_code(), ExitCode::Unexpected);
}

#[test]
fn the_entry_for_a_step_of_a_probe_makes_it_known() {
    let broken = [("p.nonce", Level::Must), ("p.told", Level::Interop)];
    let text = entry(&step("api.nonce", &broken)).unwrap();
    assert!(text.contains("diagnosis = \"p.nonce\"\nreason = \"p.nonce does not hold\""), "{text}");
    let run = probe(&read(&text), vec![step("api.nonce", &broken)]);
    assert_eq!(verdicts(&run), [("api.nonce", Verdict::KnownFailure)]);
    assert_eq!(run.exit_code(), ExitCode::AsExpected);
    assert!(entry(&step("api.well", &[])).is_none());
}

#[test]
fn an_entry_for_a_step_that_there_is_not_is_of_no_use() {
    let run = probe(&read(&entry_for("probe.p/rt.gone", "fail")), vec![step("rt.here", &[])]);
    assert_eq!(found(&run), [(FindingKind::Unused, "probe.p/rt.gone".to_owned(), 2)]);
}
