//! `countersign fuzz --replay`: saved cases put again, each after its control, and of each whether it is fixed.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::fail::Fail;
use super::implementations::{Implementations, Named};
use super::output::{self, Outcome};
use crate::fuzzing::differential::{Breaks, find, saved};
use crate::implementation::{Adapter, Implementation as _, Reference};
use crate::judgement::{Declared, ExitCode, Verdict, judge};
use crate::report::escape;
use crate::vectors::{Case, Corpus};

/// Puts the cases of a folder to each adapter.
pub(super) fn replay(implementations: &Implementations, folder: &Path, adapters: Vec<Named>, seed: u64, stop: &Arc<AtomicBool>) -> Outcome {
    let mut code = ExitCode::NothingExecuted;
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .map_err(|error| Fail::work(format!("{}: cannot be read: {error}", folder.display())))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .collect();
    files.sort();
    if files.is_empty() {
        output::note(&format!("{}: no saved cases (*.json) to be put again", escape::line(&folder.display().to_string())));
        return Ok(code);
    }
    for named in adapters {
        let mut adapter = implementations.start(named, seed, stop)?;
        let now = put_again(&mut adapter, &files, Breaks::of(implementations.restarts), stop)?;
        code = if code == ExitCode::NothingExecuted { now } else { code.and(now) };
        if code == ExitCode::Interrupted {
            break;
        }
    }
    Ok(code)
}

/// Puts the cases of all files to one adapter.
fn put_again(adapter: &mut Adapter, files: &[PathBuf], mut breaks: Breaks, stop: &AtomicBool) -> Outcome {
    let mut code = ExitCode::NothingExecuted;
    let name = escape::line(&adapter.description().name).into_owned();
    for file in files {
        // Each on its own: the same case may have been found in several implementations.
        let cases = Corpus::open(std::slice::from_ref(file))?.cases().collect::<Result<Vec<Case>, _>>()?;
        let is_control = |case: &Case| cases.iter().any(|other| other.control.as_ref() == Some(&case.full_id()));
        for case in cases.iter().filter(|case| !is_control(case)) {
            if stop.load(Ordering::Relaxed) {
                return Ok(ExitCode::Interrupted);
            }
            if breaks.is_over() {
                output::note(&format!("{name}: broke too often and was asked no more; the rest was not put again"));
                return Ok(code.and(ExitCode::Adapter));
            }
            let control = case.control.as_ref().and_then(|control| cases.iter().find(|other| other.full_id() == *control));
            let (word, now) = state(adapter, case, control, &mut breaks);
            code = if code == ExitCode::NothingExecuted { now } else { code.and(now) };
            let place = escape::line(&file.display().to_string()).into_owned();
            let by = escape::line(&judged_by(case)).into_owned();
            output::print(&format!("{word}  {name}  {place}{by}\n"))?;
        }
    }
    if breaks.is_over() {
        output::note(&format!("{name}: broke too often"));
        return Ok(code.and(ExitCode::Adapter));
    }
    Ok(code)
}

/// What a case has come to: a word, and the exit code.
fn state(adapter: &mut Adapter, case: &Case, control: Option<&Case>, breaks: &mut Breaks) -> (String, ExitCode) {
    if let Some(lacks) = adapter.offer().lacks(case) {
        return (format!("UNSUPPORTED ({lacks})"), ExitCode::NothingExecuted);
    }
    if is_refuted(case) || control.is_some_and(is_refuted) {
        return ("UNCONFIRMED".to_owned(), ExitCode::Unexpected);
    }
    let declared = Declared::of(adapter.offer());
    let mut passes = |case: &Case, breaks: &mut Breaks| {
        let observation = adapter.ask(&case.question);
        breaks.hear(&observation);
        judge(case, &observation, declared).verdict == Verdict::Pass
    };
    // The control comes first: whoever does not pass it refuses for a reason of his own.
    let is_proof = match control {
        Some(control) => passes(control, breaks),
        None => !case.expectation.admits_refusal(),
    };
    if breaks.is_over() {
        return ("INCONCLUSIVE (its control broke it)".to_owned(), ExitCode::Unexpected);
    }
    match (passes(case, breaks), is_proof) {
        (false, _) => ("FAILED".to_owned(), ExitCode::Unexpected),
        (true, true) => ("FIXED".to_owned(), ExitCode::AsExpected),
        (true, false) => {
            let why = if control.is_some() { "its control does not pass" } else { "a refusal satisfies it and it has no control" };
            (format!("INCONCLUSIVE ({why})"), ExitCode::Unexpected)
        }
    }
}

/// Whether the reference is said to confirm what a find expects, and does not: then nobody can be judged by it.
fn is_refuted(case: &Case) -> bool {
    let is_claimed = case.suite.starts_with(saved::SUITES) && case.source.confirmed_by.iter().any(|name| name == find::REFERENCE);
    is_claimed && judge(case, &Reference::new().ask(&case.question), Declared::default()).verdict != Verdict::Pass
}

/// By whose answer a find is judged, where it is not the reference's alone.
fn judged_by(case: &Case) -> String {
    let (own, others): (Vec<&String>, Vec<&String>) = case.source.confirmed_by.iter().partition(|name| *name == find::REFERENCE);
    if others.is_empty() || !case.suite.starts_with(saved::SUITES) {
        return String::new();
    }
    let names = others.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(" and ");
    let reference = if own.is_empty() { "the reference does not confirm it" } else { "the reference confirms it" };
    format!("  (judged by the answer of {names}; {reference})")
}
