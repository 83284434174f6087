//! The runner: order, controls, what is not offered, and when it stops.

use super::{Scripted, answer, answered, case, encode, encoding, refuse, refused, request};
use crate::implementation::{Break, Implementation, Observation};
use crate::judgement::plan::MAX_KEPT_CONTROLS;
use crate::judgement::{ExitCode, Plan, Run, RunError, RunStart, Runner, Surroundings, TooManyControls, Verdict};
use crate::vectors::question::TextInput;
use crate::vectors::{Case, Level, Output, Question, Stages, Status};

/// Puts the cases of which `selected` says so, and collects everything.
fn run_selected(implementation: &mut dyn Implementation, cases: &[Case], strict: bool, selected: &dyn Fn(&Case) -> bool) -> Run {
    run_in(Surroundings::STILL, implementation, cases, strict, selected)
}

fn run_in(
    surroundings: Surroundings<'_>,
    implementation: &mut dyn Implementation,
    cases: &[Case],
    strict: bool,
    selected: &dyn Fn(&Case) -> bool,
) -> Run {
    let mut plan = Plan::default();
    for case in cases {
        plan.add(case, selected(case)).unwrap();
    }
    let start = RunStart { implementation: implementation.description().clone(), selected: plan.selected(), strict, ..RunStart::default() };
    let mut run = Run::collector(true);
    let mut runner = Runner::start(start, surroundings, &mut run).unwrap();
    runner.put(implementation, &plan, cases.iter().cloned().map(Ok::<_, String>), selected).unwrap();
    runner.finish().unwrap();
    run
}

fn run(implementation: &mut dyn Implementation, cases: &[Case]) -> Run {
    run_selected(implementation, cases, false, &|_| true)
}

fn verdicts(run: &Run) -> Vec<(String, Verdict)> {
    run.records.iter().map(|record| (record.id.clone(), record.verdict())).collect()
}

fn text(question: &Question) -> String {
    match question {
        Question::PercentEncode(TextInput { text }) => text.to_text().into_owned(),
        _ => String::new(),
    }
}

fn echo(question: &Question) -> Observation {
    answered(Output { encoded: Some(text(question).into()), ..Output::default() })
}

/// A refusal of `text` with a control.
fn refusing(id: &str, control: &str) -> Case {
    let mut case = case(id, encode("bad"), refuse(&[]));
    case.control = Some(format!("s/{control}"));
    case
}

/// Refuses what is bad, and what is in the list.
fn refuser(also: &'static [&'static str]) -> Scripted<impl FnMut(&Question) -> Observation> {
    Scripted::new(&[], move |question| {
        let text = text(question);
        if text == "bad" || also.contains(&text.as_str()) { refused(None) } else { echo(question) }
    })
}

#[test]
fn cases_are_put_in_their_order_and_counted() {
    let mut should = encoding("c", "c", "x");
    should.level = Level::Should;
    let mut interop = encoding("d", "d", "x");
    interop.level = Level::Interop;
    let mut withdrawn = encoding("e", "e", "x");
    withdrawn.status = Status::Withdrawn;
    let mut disputed = encoding("f", "f", "x");
    disputed.status = Status::Disputed;
    let cases = [encoding("b", "b", "b"), encoding("a", "a", "x"), should, interop, withdrawn, disputed];
    let run = run(&mut Scripted::new(&[], echo), &cases);
    let verdict = |id: &str, verdict| (id.to_owned(), verdict);
    assert_eq!(
        verdicts(&run),
        [
            verdict("b", Verdict::Pass),
            verdict("a", Verdict::Fail),
            verdict("c", Verdict::Fail),
            verdict("d", Verdict::Interop),
            verdict("f", Verdict::Disputed)
        ]
    );
    let totals = run.totals();
    assert_eq!((totals.selected, totals.executed, totals.passed, totals.failed), (5, 5, 1, 2));
    assert_eq!((totals.must_failed, totals.should_failed, totals.interop, totals.disputed), (1, 1, 1, 1));
    assert_eq!(run.suites["s"].executed, 5);
    assert_eq!(run.exit_code(), ExitCode::Unexpected);
}

#[test]
fn should_fails_only_a_strict_run() {
    let mut should = encoding("a", "a", "x");
    should.level = Level::Should;
    let cases = [should];
    let exit = |strict| run_selected(&mut Scripted::new(&[], echo), &cases, strict, &|_| true).exit_code();
    assert_eq!((exit(false), exit(true)), (ExitCode::AsExpected, ExitCode::Unexpected));
}

#[test]
fn what_is_not_offered_is_counted_apart_and_not_asked() {
    let verify = case("v", Question::Verify(Box::default()), answer(Output { valid: Some(true), ..Output::default() }));
    let mut implementation = Scripted::new(&[], echo);
    let run = run(&mut implementation, &[verify]);
    assert_eq!((run.totals().not_offered, run.totals().executed, implementation.asked), (1, 0, 0));
    assert_eq!((run.exit_code(), run.records.len()), (ExitCode::NothingExecuted, 0));
}

#[test]
fn what_a_case_needs_and_nobody_declared_is_unsupported_without_asking() {
    let question = Question::Sign(Box::new(request()));
    let case = case("x", question, answer(Output { signature: Some("s".into()), ..Output::default() }));
    let mut implementation = Scripted::new(&[], |_: &Question| answered(Output::default()));
    let run = run(&mut implementation, &[case]);
    assert_eq!((verdicts(&run), implementation.asked), (vec![("x".to_owned(), Verdict::Unsupported)], 0));
    let json = serde_json::to_value(&run.records[0]).unwrap();
    assert_eq!(json["observation"]["what"], "feature:fixed_nonce");
    assert_eq!(run.exit_code(), ExitCode::NothingExecuted);
}

#[test]
fn what_was_declared_cannot_be_unsupported() {
    let unsupported = |what: &'static str| {
        let answer = move |_: &Question| Observation::Unsupported { what: what.to_owned(), message: String::new() };
        let run = run(&mut Scripted::new(&["realm"], answer), &[encoding("a", "a", "a")]);
        run.records[0].verdict()
    };
    assert_eq!(unsupported("feature:realm"), Verdict::Broken);
    assert_eq!(unsupported("operation:percent_encode"), Verdict::Broken);
    assert_eq!(unsupported("signature_method:HMAC-SHA1"), Verdict::Broken);
    assert_eq!(unsupported("signature_method:PLAINTEXT"), Verdict::Unsupported);
    assert_eq!(unsupported("texts longer than 1 KiB"), Verdict::Unsupported);
}

#[test]
fn a_refusal_means_nothing_if_its_control_is_refused_too() {
    let (control, bad) = (encoding("plain", "good", "good"), refusing("r", "plain"));
    for cases in [[control.clone(), bad.clone()], [bad.clone(), control.clone()]] {
        assert_eq!(run(&mut refuser(&[]), &cases).totals().passed, 2);
        let run = run(&mut refuser(&["good"]), &cases);
        let inconclusive = run.records.iter().find(|record| record.id == "r").unwrap();
        assert_eq!(inconclusive.verdict(), Verdict::Inconclusive);
        assert_eq!(inconclusive.reason.as_deref(), Some("its control s/plain was refused too"));
        assert_eq!(run.exit_code(), ExitCode::Unexpected);
    }
}

#[test]
fn a_control_that_was_not_selected_is_asked_and_not_told() {
    let (control, bad) = (encoding("plain", "good", "good"), refusing("r", "plain"));
    for cases in [[control.clone(), bad.clone()], [bad.clone(), control.clone()]] {
        for (also, verdict) in [(&[][..], Verdict::Pass), (&["good"][..], Verdict::Inconclusive)] {
            let mut implementation = refuser(also);
            let run = run_selected(&mut implementation, &cases, false, &|case| case.id == "r");
            assert_eq!(verdicts(&run), [("r".to_owned(), verdict)]);
            assert_eq!((run.totals().selected, run.totals().executed, implementation.asked), (1, 1, 2));
        }
    }
}

#[test]
fn a_control_is_asked_once_for_many_cases() {
    let mut cases: Vec<Case> = (0..10).map(|number| refusing(&format!("r{number}"), "plain")).collect();
    cases.push(encoding("plain", "good", "good"));
    let mut implementation = refuser(&[]);
    let run = run_selected(&mut implementation, &cases, false, &|case| case.id != "plain");
    assert_eq!((run.totals().passed, implementation.asked), (10, 11));
}

#[test]
fn every_way_in_which_a_control_can_fail_is_told() {
    let reason = |implementation: &mut dyn Implementation, cases: &[Case]| {
        let run = run_selected(implementation, cases, false, &|case| case.id == "r");
        run.records[0].reason.clone().unwrap()
    };
    let bad = refusing("r", "plain");
    let needy = |requires: &str| {
        let mut case = encoding("plain", "good", "good");
        case.requires = vec![requires.to_owned()];
        case
    };
    assert_eq!(reason(&mut refuser(&[]), std::slice::from_ref(&bad)), "its control s/plain is not in the set");
    let cases = [encoding("plain", "good", "other"), bad.clone()];
    assert_eq!(reason(&mut refuser(&[]), &cases), "its control s/plain does not pass");
    assert_eq!(reason(&mut refuser(&[]), &[needy("feature:realm"), bad.clone()]), "its control s/plain is not supported");
    let verify = case("plain", Question::Verify(Box::default()), answer(Output { valid: Some(true), ..Output::default() }));
    assert_eq!(reason(&mut refuser(&[]), &[bad.clone(), verify]), "its control s/plain is of an operation that is not offered");
    let mut breaking = Scripted::new(&[], |question: &Question| match text(question).as_str() {
        "bad" => refused(None),
        _ => Observation::Broke { why: Break::Error, message: String::new() },
    });
    assert_eq!(reason(&mut breaking, &[encoding("plain", "good", "good"), bad]), "its control s/plain broke it");
}

#[test]
fn an_interop_refusal_needs_no_control_and_a_failure_is_a_failure() {
    let mut open = refusing("open", "plain");
    open.level = Level::Interop;
    let accepted = Case { question: encode("fine"), ..refusing("accepted", "plain") };
    let run = run(&mut refuser(&["good"]), &[encoding("plain", "good", "good"), open, accepted]);
    let verdicts: Vec<Verdict> = run.records.iter().map(|record| record.verdict()).collect();
    assert_eq!(verdicts, [Verdict::Fail, Verdict::Interop, Verdict::Fail]);
}

#[test]
fn controls_behind_their_cases_are_bounded() {
    let mut plan = Plan::default();
    let name = |number: usize| format!("c{number}");
    for number in 0..=MAX_KEPT_CONTROLS {
        plan.add(&refusing(&format!("r{number}"), &name(number)), true).unwrap();
    }
    for number in 0..MAX_KEPT_CONTROLS {
        plan.add(&encoding(&name(number), "a", "a"), true).unwrap();
    }
    assert_eq!(plan.add(&encoding(&name(MAX_KEPT_CONTROLS), "a", "a"), true), Err(TooManyControls));
}

#[test]
fn an_implementation_that_goes_on_breaking_is_given_up() {
    let cases: Vec<Case> = (0..10).map(|number| encoding(&format!("c{number}"), "a", "a")).collect();
    let mut implementation = Scripted::new(&[], |_: &Question| Observation::Broke { why: Break::Crash, message: "gone".to_owned() });
    let run = run(&mut implementation, &cases);
    let totals = run.totals();
    assert_eq!((totals.broken, totals.not_executed, implementation.asked), (4, 6, 4));
    assert_eq!(run.exit_code(), ExitCode::Adapter);
}

#[test]
fn an_error_of_its_own_costs_no_process() {
    let cases: Vec<Case> = (0..10).map(|number| encoding(&format!("c{number}"), "a", "a")).collect();
    let mut implementation = Scripted::new(&[], |_: &Question| Observation::Broke { why: Break::Error, message: "oh".to_owned() });
    let run = run(&mut implementation, &cases);
    assert_eq!((run.totals().broken, run.exit_code()), (10, ExitCode::Unexpected));
}

#[test]
fn a_run_can_be_interrupted_and_says_what_was_not_reached() {
    let cases: Vec<Case> = (0..10).map(|number| encoding(&format!("c{number}"), "a", "a")).collect();
    let calls = std::cell::Cell::new(0_u64);
    let tick = || {
        calls.set(calls.get() + 1);
        calls.get() * 5
    };
    let interrupted = || calls.get() >= 6;
    let surroundings = Surroundings { clock: &tick, interrupted: &interrupted, breaks: 0, diagnose: None, expectations: None };
    let run = run_in(surroundings, &mut Scripted::new(&[], echo), &cases, false, &|_| true);
    assert_eq!((run.totals().executed, run.totals().not_executed, run.exit_code()), (3, 7, ExitCode::Interrupted));
    assert_eq!(run.records[0].duration_us, 5);
}

#[test]
fn a_case_that_cannot_be_read_ends_the_run_with_an_error() {
    let mut run = Run::collector(false);
    let mut runner = Runner::start(RunStart::default(), Surroundings::STILL, &mut run).unwrap();
    let cases = [Ok(encoding("a", "a", "a")), Err("vectors/s.json:9:1: no".to_owned())];
    let error = runner.put(&mut Scripted::new(&[], echo), &Plan::default(), cases, &|_| true).unwrap_err();
    assert!(matches!(&error, RunError::Case(text) if text.starts_with("vectors/s.json:9")));
    assert_eq!(error.to_string(), "vectors/s.json:9:1: no");
}

#[test]
fn stages_that_were_left_out_are_asked_for_where_something_differs() {
    let expected = Output {
        signature: Some("right".into()),
        stages: Some(Stages { base_uri: Some("http://h/x".into()), ..Stages::default() }),
        ..Output::default()
    };
    let case = case("x", Question::Sign(Box::new(request())), answer(expected));
    let mut times = 0;
    let mut implementation = Scripted::new(&["stages", "fixed_nonce"], move |_: &Question| {
        times += 1;
        let stages = (times > 1).then(|| Stages { base_uri: Some("http://h:80/x".into()), ..Stages::default() });
        answered(Output { signature: Some("wrong".into()), stages, ..Output::default() })
    });
    let run = run(&mut implementation, &[case]);
    assert_eq!(run.records[0].first_difference().unwrap().what.to_string(), "stage base_uri");
}
