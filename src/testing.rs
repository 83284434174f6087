//! `cargo test` for a signer of your own: implement [`Signer`], name it in [`conformance_tests!`](crate::conformance_tests), and every
//! vector that can fail becomes a test.
//!
//! What a signer does not support cannot fail a test, and whether it supports something is known only when it is asked, when no test can
//! be ignored any more. Such a test passes and says so on a line that `cargo test -- --nocapture` shows, and the test `coverage` counts:
//! it fails if less than the stated part was executed, and it says what was missing.

mod signer;

use std::collections::BTreeMap;
use std::sync::OnceLock;

pub use signer::{Declined, Signed, Signer, Signing};

use crate::implementation::{Implementation, Observation};
use crate::judgement::{CaseRecord, Observed, Plan, Run, RunStart, Runner, Surroundings, Verdict};
use crate::report::{self, Layout};
use crate::vectors::{Case, Corpus, LoadError, Status, glob};

include!(concat!(env!("OUT_DIR"), "/cases.rs"));

/// Makes one test of every vector, in a module for each suite, and a test `coverage`.
///
/// | argument | meaning |
/// |---|---|
/// | `signer:` | an expression that gives a [`Signer`](crate::testing::Signer); it is evaluated for each test |
/// | `implementation:`, `operations:` | in its place: an [`Implementation`](crate::implementation::Implementation), and a list of operations in brackets |
/// | `coverage:` | the least part of the cases that must be executed, in percent; 100 if left out |
/// | `strict:` | whether cases of level `should` fail too; `false` if left out |
/// | `known:` | expected failures: `"reason" => ["id or pattern", …]`. A case that passes all the same fails, and so does a pattern of no use |
///
/// Arguments stand in this order. Cases that the RFC leaves open (`interop`), disputed and withdrawn ones are no tests: they cannot fail.
/// One invocation a module.
///
/// ```
/// # fn main() {}
/// #[cfg(test)]
/// mod conformance {
///     use countersign::testing::{Declined, Signed, Signer};
///     use countersign::vectors::question::SignInput;
///
///     struct Mine;
///
///     impl Signer for Mine {
///         fn signature_methods(&self) -> Vec<&'static str> {
///             vec!["HMAC-SHA1"]
///         }
///
///         fn sign(&mut self, request: &SignInput) -> Result<Signed, Declined> {
///             let _ = request; // … ask the library here …
///             Ok(Signed::header("OAuth oauth_signature=\"…\""))
///         }
///     }
///
///     countersign::conformance_tests! {
///         signer: Mine,
///         coverage: 80,
///         known: { "the URI is signed as it is given" => ["sign.uri/empty-path*", "sign.uri/scheme-lower*"] },
///     }
/// }
/// ```
#[macro_export]
macro_rules! conformance_tests {
    (signer: $signer:expr $(, $($rest:tt)*)?) => {
        $crate::conformance_tests! { implementation: $crate::testing::Signing::new($signer), operations: [sign], $($($rest)*)? }
    };
    (
        implementation: $implementation:expr,
        operations: [$($operation:ident),+ $(,)?]
        $(, coverage: $coverage:expr)?
        $(, strict: $strict:expr)?
        $(, known: { $($reason:expr => [$($pattern:expr),* $(,)?]),* $(,)? })?
        $(,)?
    ) => {
        const __COUNTERSIGN_SETTINGS: $crate::testing::Settings<'static> = {
            #[allow(unused_mut, reason = "every argument may be left out")]
            let mut settings = $crate::testing::Settings::new(&[$(stringify!($operation)),+]);
            $(settings.coverage = $coverage;)?
            $(settings.strict = $strict;)?
            $(settings.known = &[$(($reason, &[$($pattern),*])),*];)?
            settings
        };

        #[cfg(test)]
        fn __countersign_ask(id: &str) {
            __countersign_tell($crate::testing::case(&mut $implementation, &__COUNTERSIGN_SETTINGS, id));
        }

        #[cfg(test)]
        fn __countersign_tell(told: ::std::result::Result<::std::string::String, ::std::string::String>) {
            match told {
                Ok(note) => print!("{note}"),
                Err(failure) => panic!("\n{failure}"),
            }
        }

        #[test]
        fn coverage() {
            __countersign_tell($crate::testing::coverage(&mut $implementation, &__COUNTERSIGN_SETTINGS));
        }

        $($crate::__countersign_cases!($operation);)+
    };
}

/// What an invocation of the macro states.
#[derive(Clone, Copy, Debug)]
pub struct Settings<'a> {
    /// The operations whose cases are tests, by their names.
    pub operations: &'a [&'a str],
    /// The least part of the cases that must be executed, in percent.
    pub coverage: u64,
    /// Whether cases of level `should` fail.
    pub strict: bool,
    /// Expected failures: a reason, and the ids or patterns of its cases.
    pub known: &'a [(&'a str, &'a [&'a str])],
}

impl<'a> Settings<'a> {
    /// Everything must be executed, and nothing is known to fail.
    #[must_use]
    pub const fn new(operations: &'a [&'a str]) -> Settings<'a> {
        Settings { operations, coverage: 100, strict: false, known: &[] }
    }

    fn known(&self, record: &CaseRecord) -> Option<&'a str> {
        let id = record.full_id();
        self.known.iter().find(|(_, patterns)| patterns.iter().any(|pattern| glob::matches(pattern, &id))).map(|(reason, _)| *reason)
    }

    fn has(&self, case: &Case) -> bool {
        case.status == Status::Active && self.operations.contains(&case.question.operation().as_str())
    }
}

/// Puts one case, with its control, and says what came of it: a note, or why the test fails. It is what a test of
/// [`conformance_tests!`](crate::conformance_tests) does.
///
/// # Errors
/// The text of the failure.
pub fn case(implementation: &mut dyn Implementation, settings: &Settings<'_>, id: &str) -> Result<String, String> {
    let set = set()?;
    let case = find(set, id).ok_or_else(|| format!("{id}: there is no such case"))?;
    let control = case.control.as_ref().filter(|_| case.expectation.admits_refusal()).and_then(|control| find(set, control));
    let run = put(implementation, settings.strict, control.into_iter().chain([case]), &|put| put.full_id() == id)?;
    let Some(record) = run.records.first() else { return Ok(format!("unsupported: {id}: operation:{}\n", case.question.operation())) };
    conclude(record, settings)
}

fn conclude(record: &CaseRecord, settings: &Settings<'_>) -> Result<String, String> {
    let (id, verdict) = (record.full_id(), record.verdict());
    match settings.known(record) {
        _ if verdict == Verdict::Unsupported => Ok(format!("unsupported: {id}: {}\n", lacking(record))),
        Some(reason) if verdict.is_unexpected() => Ok(format!("known to fail: {id}: {reason}\n")),
        Some(reason) if verdict == Verdict::Pass => {
            Err(format!("{id} passes, but is known to fail: {reason}\nhint: remove it from `known`, or make its pattern narrower\n"))
        }
        None if verdict.is_unexpected() => {
            let text = report::failure(record, settings.strict, &[format!("countersign explain {id}")], Layout::default());
            if record.counts(settings.strict) { Err(text) } else { Ok(text) }
        }
        Some(_) | None => Ok(String::new()),
    }
}

/// Puts all cases of the operations, and says how many were executed; it is what the test `coverage` does.
///
/// # Errors
/// If that is less than is stated, with what was missing; if an entry of `known` is of no use.
pub fn coverage(implementation: &mut dyn Implementation, settings: &Settings<'_>) -> Result<String, String> {
    let run = put(implementation, settings.strict, set()?.iter().filter(|case| settings.has(case)), &|_| true)?;
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

/// What was not supported.
fn lacking(record: &CaseRecord) -> String {
    match &record.observed {
        Observed::Implementation(Observation::Unsupported { what, .. }) => report::escape::line(what).into_owned(),
        _ => String::new(),
    }
}

fn put<'c>(
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
fn set() -> Result<&'static [Case], String> {
    static SET: OnceLock<Result<Vec<Case>, String>> = OnceLock::new();
    let read = || Corpus::embedded()?.cases().collect::<Result<Vec<Case>, LoadError>>();
    SET.get_or_init(|| read().map_err(|error| error.to_string())).as_deref().map_err(Clone::clone)
}

fn find<'c>(set: &'c [Case], full_id: &str) -> Option<&'c Case> {
    let (suite, id) = full_id.split_once('/')?;
    set.iter().find(|case| case.id == id && *case.suite == *suite)
}
