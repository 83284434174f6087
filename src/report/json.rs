//! The JSON report, format 1 (`vectors/schema/report-1.json`). Nothing but plain characters stands in it, so that it can be shown on a
//! terminal too; JSON reads the same text out of it.

use std::io;

use serde::Serialize;

use crate::deviation::Cause;
use crate::implementation::Description;
use crate::judgement::{CaseRecord, CauseGroup, ExitCode, Run, Totals, plain};

/// Writes one run, or several as `{"format":1,"runs":[…]}`, indented, with a line end behind.
///
/// # Errors
/// The writer's.
pub fn json(runs: &[Run], mut out: impl io::Write) -> io::Result<()> {
    match runs {
        [run] => plain::write_pretty(&report(run, Some(1)), &mut out)?,
        runs => plain::write_pretty(&Reports { format: 1, runs: runs.iter().map(|run| report(run, None)).collect() }, &mut out)?,
    }
    out.write_all(b"\n")
}

#[derive(Serialize)]
struct Reports<'a> {
    format: u32,
    runs: Vec<Report<'a>>,
}

#[derive(Serialize)]
struct Report<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<u32>,
    countersign: &'a str,
    suite_digest: &'a str,
    implementation: &'a Description,
    seed: u64,
    strict: bool,
    exit_code: ExitCode,
    totals: &'a Totals,
    /// Sets of deviations with the failures that they explain.
    causes: Vec<WrittenCause>,
    cases: &'a [CaseRecord],
}

#[derive(Serialize)]
struct WrittenCause {
    deviations: Vec<String>,
    /// Other sets that explain the same failures as well.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    or: Vec<Vec<String>>,
    cases: Vec<String>,
}

fn causes(run: &Run) -> Vec<WrittenCause> {
    let written = |group: CauseGroup<'_>| {
        let mut sets = group.sets.iter().map(|set| set.iter().map(Cause::to_string).collect());
        WrittenCause {
            deviations: sets.next().unwrap_or_default(),
            or: sets.collect(),
            cases: group.cases.iter().map(|record| record.full_id()).collect(),
        }
    };
    run.cause_groups().into_iter().map(written).collect()
}

fn report(run: &Run, format: Option<u32>) -> Report<'_> {
    Report {
        format,
        countersign: &run.start.countersign,
        suite_digest: &run.start.suite_digest,
        implementation: run.implementation(),
        seed: run.start.seed,
        strict: run.start.strict,
        exit_code: run.exit_code(),
        totals: run.totals(),
        causes: causes(run),
        cases: &run.records,
    }
}
