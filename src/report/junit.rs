//! The JUnit report. What fails the run is a failure or, where nothing could be concluded, an error; what is not scored is skipped, with
//! what was done. Only cases whose records were kept are in it.

use std::collections::BTreeMap;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite, XmlString};

use super::escape;
use super::failure;
use super::page::{Layout, Page};
use crate::judgement::{CaseRecord, Run, RunStart, Verdict};

/// The most octets of text of one case; the middle of a longer one is left out.
const MAX_TEXT: usize = 64 * 1024;

/// Why a JUnit report could not be written.
pub use quick_junit::SerializeError;

/// Writes runs as JUnit XML: one test suite for each suite of each run, named `IMPLEMENTATION: SUITE` if there are several runs.
///
/// # Errors
/// None for what can be in a run; the writer behind it has a type for it.
pub fn junit(runs: &[Run]) -> Result<String, SerializeError> {
    let mut report = Report::new("countersign");
    for run in runs {
        for suite in suites(run, runs.len() > 1) {
            report.add_test_suite(suite);
        }
    }
    report.to_string()
}

/// The records of each suite, suites in the order of their names.
fn suites(run: &Run, several: bool) -> Vec<TestSuite> {
    let mut suites: BTreeMap<&str, (TestSuite, u64)> = BTreeMap::new();
    for record in &run.records {
        let (suite, took) = suites.entry(&record.suite).or_insert_with_key(|name| {
            let shown = if several { format!("{}: {name}", run.implementation().name) } else { (*name).to_owned() };
            (TestSuite::new(text(&shown)), 0)
        });
        *took += record.duration_us;
        suite.add_test_case(test_case(record, &run.start));
    }
    let timed = |(mut suite, took): (TestSuite, u64)| {
        suite.set_time(Duration::from_micros(took));
        suite
    };
    suites.into_values().map(timed).collect()
}

fn test_case(record: &CaseRecord, start: &RunStart) -> TestCase {
    let mut case = TestCase::new(text(&record.id), status(record, start));
    case.set_classname(text(&record.suite));
    case.set_time(Duration::from_micros(record.duration_us));
    case
}

fn status(record: &CaseRecord, start: &RunStart) -> TestCaseStatus {
    let counts = record.counts(start.strict);
    let mut status = match record.verdict() {
        Verdict::Pass => return TestCaseStatus::success(),
        Verdict::Fail | Verdict::UnexpectedPass if counts => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Verdict::Broken | Verdict::Inconclusive if counts => TestCaseStatus::non_success(NonSuccessKind::Error),
        _ => TestCaseStatus::skipped(),
    };
    status.set_type(record.verdict().as_str());
    status.set_message(text(&format!("{} ({})", record.title, failure::requirement(record))));
    status.set_description(description(record, start));
    status
}

/// The same as on a terminal, or for what is not scored one line.
fn description(record: &CaseRecord, start: &RunStart) -> XmlString {
    if !record.verdict().is_unexpected() {
        return text(&failure::deed(record));
    }
    let mut page = Page::new(Layout { width: 120, ..Layout::default() });
    failure::write(&mut page, record, start.strict, &failure::commands(record, &start.again));
    // The lines are ours: what is foreign in them is escaped.
    XmlString::new(escape::xml(&escape::middle_cut(&page.finish(), MAX_TEXT)))
}

/// Foreign text on one line: a log in which it stood at the beginning of a line could be obeyed.
fn text(text: &str) -> XmlString {
    XmlString::new(escape::line(&escape::middle_cut(text, MAX_TEXT)))
}
