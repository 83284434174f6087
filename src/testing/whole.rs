//! All cases of an invocation, put once: how many were executed, and what is behind the failures together, which one case alone does not
//! tell.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Once, OnceLock};

use super::{Settings, lacking};
use crate::diagnosis::{Diagnosis, Outcome};
use crate::implementation::{Implementation, Observation};
use crate::judgement::diagnosing::{Aside, Effort, Witness, diagnose_with};
use crate::judgement::{CaseRecord, Expected, Observed, Plan, Run, RunStart, Runner, Surroundings, Verdict};
use crate::report::{self, Layout};
use crate::vectors::{Case, Corpus, Expectation, LoadError, glob};

/// The most values that are compared for all failures, and for one: a signer that gets everything wrong is told within seconds, although
/// nothing may have been compiled with optimization.
const MOST: u64 = 100_000;
const MOST_EACH: u64 = 20_000;

/// What all tests of an invocation share: the run of all cases, and what explains its failures, each made when a test first needs it.
#[derive(Debug, Default)]
pub struct Whole {
    run: OnceLock<Result<Run, String>>,
    diagnoses: OnceLock<HashMap<String, Diagnosis>>,
}

impl Whole {
    /// Nothing was put yet.
    #[must_use]
    pub const fn new() -> Whole {
        Whole { run: OnceLock::new(), diagnoses: OnceLock::new() }
    }

    fn run(&self, implementation: &mut dyn Implementation, settings: &Settings<'_>) -> Result<&Run, String> {
        // The test of each case tells its panic.
        let put_all = || quietly(|| put(implementation, settings.strict, set()?.iter().filter(|case| settings.has(case)), &|_| true));
        self.run.get_or_init(put_all).as_ref().map_err(Clone::clone)
    }

    /// The diagnoses of the failures that nobody knows, by their ids.
    fn diagnoses(&self, implementation: &mut dyn Implementation, settings: &Settings<'_>) -> Result<&HashMap<String, Diagnosis>, String> {
        let run = self.run(implementation, settings)?;
        Ok(self.diagnoses.get_or_init(|| {
            let (mut ids, mut failures, mut names, mut rights) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
            for record in &run.records {
                // A run keeps no question of what passed.
                let case = find(&record.full_id()).ok().flatten();
                let (Some(case), Observed::Implementation(observation)) = (case, &record.observed) else { continue };
                let witness = || Witness { question: Arc::new(case.question.clone()), observation: observation.clone() };
                match record.verdict() {
                    Verdict::Fail if settings.known(record).is_none() => {
                        ids.push(record.full_id());
                        failures.push(witness());
                    }
                    Verdict::Pass if Witness::is_useful(case.question.operation()) => {
                        names.push(record.full_id());
                        rights.push(witness());
                    }
                    _ => {}
                }
            }
            let mut effort = Effort { most: MOST, most_each: MOST_EACH, watch: &mut |_, _| true };
            let aside = Aside { names: &names, failed: &ids, ..Aside::default() };
            let diagnoses = diagnose_with(&failures, &rights, aside, &mut effort);
            ids.into_iter().zip(diagnoses).collect()
        }))
    }

    /// A failure with what explains it, as far as the whole run did the same. Where nobody else shares the run, it is left as it is: each of
    /// many processes would search for the same again.
    pub(super) fn explained(&self, implementation: &mut dyn Implementation, settings: &Settings<'_>, record: &CaseRecord) -> CaseRecord {
        let mut record = record.clone();
        let is_alone = std::env::var_os("NEXTEST_EXECUTION_MODE").is_some_and(|mode| mode == "process-per-test");
        if record.verdict() != Verdict::Fail || is_alone {
            return record;
        }
        let id = record.full_id();
        record.diagnosis = self.diagnoses(implementation, settings).ok().and_then(|diagnoses| diagnoses.get(&id)).cloned();
        let same = self.run.get().and_then(|run| run.as_ref().ok()?.records.iter().find(|other| other.full_id() == id));
        if same.is_none_or(|other| other.observed != record.observed) {
            record.diagnosis = None;
        }
        record
    }
}

/// Puts all cases of the operations, and says how many were executed; it is what the test `coverage` does.
///
/// # Errors
/// If that is less than is stated, with what was missing; if an entry of `known` is of no use.
pub fn coverage(implementation: &mut dyn Implementation, settings: &Settings<'_>, whole: &Whole) -> Result<String, String> {
    let run = whole.run(implementation, settings)?;
    let mut faults = String::new();
    for (reason, pattern) in settings.known.iter().flat_map(|(reason, patterns)| patterns.iter().map(move |pattern| (reason, pattern))) {
        let fails = |record: &CaseRecord| record.verdict().is_unexpected() && glob::matches(pattern, &record.full_id());
        if !run.records.iter().any(fails) {
            faults.push_str(&format!("{pattern}: no case that fails is meant by it, but it is known to fail: {reason}\n"));
        }
    }
    let totals = run.totals();
    let covered = if totals.executed == 0 { 0 } else { totals.coverage() };
    let told = format!("coverage: {covered} % of {} cases\n", totals.selected - totals.not_offered);
    if covered < settings.coverage {
        faults.push_str(&format!("{told}it is stated to be {} % at least; this was missing:\n", settings.coverage));
        let mut missing: BTreeMap<String, usize> = BTreeMap::new();
        run.records.iter().filter(|record| record.verdict() == Verdict::Unsupported).for_each(|record| {
            *missing.entry(lacking(record)).or_default() += 1;
        });
        for (what, number) in missing {
            faults.push_str(&format!("{number:6}  {what}\n"));
        }
    }
    if faults.is_empty() { Ok(told) } else { Err(faults) }
}

/// Says what is behind all failures that nobody knows, and how they would be expected; it is what the test `causes` does.
///
/// # Errors
/// If there are any: each cause with its fix and its cases, and the argument `known:` with all of them.
pub fn causes(implementation: &mut dyn Implementation, settings: &Settings<'_>, whole: &Whole) -> Result<String, String> {
    let counts =
        |record: &&CaseRecord| record.verdict().is_unexpected() && record.counts(settings.strict) && settings.known(record).is_none();
    let mut failures: Vec<CaseRecord> = whole.run(implementation, settings)?.records.iter().filter(counts).cloned().collect();
    if failures.is_empty() {
        return Ok(String::new());
    }
    let diagnoses = whole.diagnoses(implementation, settings)?;
    for record in &mut failures {
        record.diagnosis = diagnoses.get(&record.full_id()).cloned();
    }
    let mut known: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for record in &failures {
        known.entry(reason(record)).or_default().push(record.full_id());
    }
    let mut text = format!("{}\n", counted(failures.len()));
    for (reason, ids) in &known {
        text.push_str(&format!("{:6}  {reason}\n", ids.len()));
    }
    let mut failed = Run::default();
    failed.records = failures;
    let told = report::causes(&failed, Layout::default());
    if !told.is_empty() {
        text.push_str(&format!("\n{told}"));
    }
    text.push_str("\nto expect them, each under the reason that you find:\n    known: {\n");
    for (reason, ids) in known {
        text.push_str(&format!("        {reason:?} => [\n"));
        ids.iter().for_each(|id| text.push_str(&format!("            {id:?},\n")));
        text.push_str("        ],\n");
    }
    text.push_str("    },\n");
    Err(text)
}

fn counted(failures: usize) -> String {
    format!("{failures} {} not as expected", if failures == 1 { "case is" } else { "cases are" })
}

/// Does something in which panics are expected, and caught: in this thread their messages are not printed meanwhile.
fn quietly<T>(deed: impl FnOnce() -> T) -> T {
    thread_local! {
        static IS_QUIET: Cell<bool> = const { Cell::new(false) };
    }
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let told = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !IS_QUIET.get() {
                told(panic);
            }
        }));
    });
    IS_QUIET.set(true);
    let done = deed();
    IS_QUIET.set(false);
    done
}

/// Why a case failed, in one line, as far as anybody knows.
pub(super) fn reason(record: &CaseRecord) -> String {
    let sets = record.diagnosis.as_ref().map_or(&[][..], |diagnosis| &diagnosis.sets);
    let certain = record.diagnosis.as_ref().is_some_and(|diagnosis| diagnosis.outcome == Outcome::Explained);
    let ids =
        || sets.iter().map(|set| set.iter().map(ToString::to_string).collect::<Vec<_>>().join(" with ")).collect::<Vec<_>>().join(", ");
    match (sets, record.verdict()) {
        ([set], _) if certain && set.len() == 1 => set.iter().map(|cause| format!("{cause}: {}", cause.sentence())).collect(),
        ([_], _) if certain => ids(),
        ([_, ..], _) => format!("one of {}", ids()),
        (_, Verdict::Broken) => "it breaks".to_owned(),
        (_, Verdict::Inconclusive) => "it refuses what must be signed".to_owned(),
        _ => match (&record.expected, &record.observed) {
            (Expected::Answer(Expectation::Refuse(_)), _) => "it answers what must be refused".to_owned(),
            (_, Observed::Implementation(Observation::Refused { .. })) => "it refuses what must be answered".to_owned(),
            // Such as that there is no signature in what was written.
            _ => record.diagnosis.as_ref().and_then(|diagnosis| diagnosis.note.clone()).unwrap_or_else(|| "unexplained".to_owned()),
        },
    }
}

pub(super) fn put<'c>(
    implementation: &mut dyn Implementation,
    strict: bool,
    cases: impl Iterator<Item = &'c Case> + Clone,
    selected: &dyn Fn(&Case) -> bool,
) -> Result<Run, String> {
    let (mut plan, mut run) = (Plan::default(), Run::collector(true));
    for case in cases.clone() {
        plan.add(case, selected(case)).map_err(|error| error.to_string())?;
    }
    let description = implementation.description().clone();
    let start = RunStart { implementation: description, selected: plan.selected(), strict, ..RunStart::default() };
    // A signer that panics loses nothing by it: all cases are put.
    let surroundings = Surroundings { breaks: u32::MAX, ..Surroundings::STILL };
    let mut runner = Runner::start(start, surroundings, &mut run).map_err(|error| error.to_string())?;
    let cases = cases.cloned().map(Ok::<_, std::convert::Infallible>);
    runner.put(implementation, &plan, cases, selected).map_err(|error| error.to_string())?;
    runner.finish().map_err(|error| error.to_string())?;
    Ok(run)
}

/// The embedded cases in their order, read once for all tests.
pub(super) fn set() -> Result<&'static [Case], String> {
    Ok(&read()?.0)
}

/// A case of the set.
pub(super) fn find(full_id: &str) -> Result<Option<&'static Case>, String> {
    let (set, places) = read()?;
    Ok(places.get(full_id).and_then(|&place| set.get(place)))
}

/// The embedded cases, and the place of each by its id.
type Set = (Vec<Case>, HashMap<String, usize>);

fn read() -> Result<&'static Set, String> {
    static SET: OnceLock<Result<Set, String>> = OnceLock::new();
    let read = || -> Result<Set, LoadError> {
        let cases = Corpus::embedded()?.cases().collect::<Result<Vec<Case>, LoadError>>()?;
        let places = cases.iter().enumerate().map(|(place, case)| (case.full_id(), place)).collect();
        Ok((cases, places))
    };
    SET.get_or_init(|| read().map_err(|error| error.to_string())).as_ref().map_err(Clone::clone)
}
