//! The Test Anything Protocol, version 14 (<https://testanything.org/tap-version-14-specification.html>): a test point a case, and a
//! subtest for each implementation if there are several. Only cases whose records were kept are in it.

use std::fmt::Write as _;

use super::escape;
use super::failure;
use crate::judgement::{CaseRecord, ExitCode, Run, Side, Verdict, plain};

/// The most octets of one text of a case; the middle of a longer one is left out.
const MAX_TEXT: usize = 4 * 1024;

/// Writes runs as TAP 14.
#[must_use]
pub fn tap(runs: &[Run]) -> String {
    let mut out = String::from("TAP version 14\n");
    match runs {
        [run] => points(&mut out, run, ""),
        runs => {
            let _ = writeln!(out, "1..{}", runs.len());
            for (number, run) in runs.iter().enumerate() {
                let name = description(&run.implementation().name);
                let _ = writeln!(out, "# Subtest: {name}");
                points(&mut out, run, "    ");
                let word = if run.records.iter().any(|record| is_failure(record, run)) { "not ok" } else { "ok" };
                let _ = writeln!(out, "{word} {} - {name}", number + 1);
            }
        }
    }
    // Whoever reads the stream must not take a run for whole that was stopped.
    for run in runs.iter().filter(|run| !matches!(run.exit_code(), ExitCode::AsExpected | ExitCode::Unexpected | ExitCode::NothingExecuted))
    {
        let _ = writeln!(out, "Bail out! {}: {}", escape::line(&run.implementation().name), run.exit_code().sentence());
    }
    out
}

fn points(out: &mut String, run: &Run, indent: &str) {
    if run.records.is_empty() {
        let _ = writeln!(out, "{indent}1..0 # SKIP nothing was executed");
        return;
    }
    let _ = writeln!(out, "{indent}1..{}", run.records.len());
    for (number, record) in run.records.iter().enumerate() {
        point(out, run, record, number + 1, indent);
    }
}

fn is_failure(record: &CaseRecord, run: &Run) -> bool {
    record.verdict().is_unexpected() && record.counts(run.start.strict)
}

fn point(out: &mut String, run: &Run, record: &CaseRecord, number: usize, indent: &str) {
    let failed = match record.verdict() {
        // It is not what was expected, so that the run fails for it.
        Verdict::UnexpectedPass => is_failure(record, run),
        verdict => verdict.is_unexpected() || verdict == Verdict::KnownFailure,
    };
    let word = if failed { "not ok" } else { "ok" };
    let directive = match record.verdict() {
        Verdict::Pass => String::new(),
        Verdict::KnownFailure => " # TODO known to fail".to_owned(),
        Verdict::Unsupported | Verdict::Interop | Verdict::Disputed => {
            format!(" # SKIP {}: {}", record.verdict().as_str(), reason(&failure::deed(record)))
        }
        _ if is_failure(record, run) => String::new(),
        _ => format!(" # TODO not scored: {}, level {}", record.verdict().as_str(), level(record)),
    };
    let _ = writeln!(out, "{indent}{word} {number} - {}{directive}", description(&record.full_id()));
    if failed {
        diagnostics(out, record, indent);
    }
}

const fn level(record: &CaseRecord) -> &'static str {
    match record.level {
        crate::vectors::Level::Must => "must",
        crate::vectors::Level::Should => "should",
        crate::vectors::Level::Interop => "interop",
    }
}

/// A YAML block. Every value is a JSON string, which YAML reads as it is.
fn diagnostics(out: &mut String, record: &CaseRecord, indent: &str) {
    let mut lines = vec![
        ("verdict", quoted(record.verdict().as_str())),
        ("message", quoted(&record.title)),
        ("requirement", quoted(&failure::requirement(record))),
    ];
    if let Some(diagnosis) = record.diagnosis.as_ref() {
        let causes: Vec<String> = diagnosis.certain().iter().map(|cause| quoted(&format!("{cause}: {}", cause.sentence()))).collect();
        lines.push(("diagnosis", quoted(diagnosis.outcome.as_str())));
        lines.push(("causes", format!("[{}]", causes.join(", "))));
    }
    match record.first_difference() {
        Some(difference) => {
            lines.push(("differs", quoted(&difference.what.to_string())));
            lines.push(("expected", quoted(&side(&difference.expected))));
            lines.push(("observed", quoted(&side(&difference.observed))));
        }
        None => lines.push(("observed", quoted(&failure::deed(record)))),
    }
    let _ = writeln!(out, "{indent}  ---");
    for (key, value) in lines {
        let _ = writeln!(out, "{indent}  {key}: {value}");
    }
    let _ = writeln!(out, "{indent}  ...");
}

/// One side of a difference; octets that are no text are made visible.
fn side(side: &Side) -> String {
    match side {
        Side::Absent => "(not there)".to_owned(),
        Side::Words(words) => words.clone(),
        Side::Value(value) => value.as_str().map_or_else(|| escape::value(value.as_bytes()), str::to_owned),
    }
}

fn quoted(text: &str) -> String {
    let mut out = Vec::new();
    let written = plain::write_line(&escape::middle_cut(text, MAX_TEXT), &mut out);
    debug_assert!(written.is_ok(), "a string can be written");
    String::from_utf8(out).unwrap_or_default()
}

/// A description: `#` begins a directive and `\` escapes, so both are escaped.
fn description(text: &str) -> String {
    escape::line(&escape::middle_cut(text, MAX_TEXT)).replace('\\', "\\\\").replace('#', "\\#")
}

/// The reason of a directive: the rest of its line, in which a parser may look for another directive.
fn reason(text: &str) -> String {
    description(&escape::middle_cut(text, 512))
}
