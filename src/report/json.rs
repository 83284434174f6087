//! The JSON report, format 1 (`vectors/schema/report-1.json`), written and read back. Nothing but plain characters stands in it, so that it can be shown on a
//! terminal too; JSON reads the same text out of it.

use std::io;

use serde::{Deserialize, Serialize};

use crate::deviation::Cause;
use crate::implementation::Description;
use crate::judgement::expectations::Finding;
use crate::judgement::{Again, CaseRecord, CauseGroup, Event, ExitCode, Keep, Run, RunEnd, RunStart, Sink as _, Totals, plain};

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
    #[serde(skip_serializing_if = "Option::is_none")]
    shard: Option<&'a str>,
    #[serde(skip_serializing_if = "Again::is_empty")]
    again: &'a Again,
    exit_code: ExitCode,
    totals: &'a Totals,
    /// Sets of deviations with the failures that they explain.
    causes: Vec<WrittenCause>,
    /// Where the expectations file is not as the run was.
    #[serde(skip_serializing_if = "<[Finding]>::is_empty")]
    expectations: &'a [Finding],
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
        shard: run.start.shard.as_deref(),
        again: &run.start.again,
        exit_code: run.exit_code(),
        totals: run.totals(),
        causes: causes(run),
        expectations: run.end.as_ref().map_or(&[], |end| &end.expectations),
        cases: &run.records,
    }
}

/// Reads a report back. What adapters wrote on their standard error is not in it.
///
/// # Errors
/// Where it is no report of format 1.
pub fn read_json(text: &str) -> serde_json::Result<Vec<Run>> {
    #[derive(Deserialize)]
    struct Head {
        format: u32,
        #[serde(default)]
        runs: Option<serde::de::IgnoredAny>,
    }
    #[derive(Deserialize)]
    struct Several {
        runs: Vec<Written>,
    }
    let head: Head = serde_json::from_str(text)?;
    if head.format != 1 {
        return Err(serde::de::Error::custom(format_args!("its format is {} and not 1", head.format)));
    }
    let written = match head.runs {
        Some(_) => serde_json::from_str::<Several>(text)?.runs,
        None => vec![serde_json::from_str(text)?],
    };
    Ok(written.into_iter().map(Written::run).collect())
}

/// A run as it is written. Nothing in it is flattened: a case is read out of the text itself.
#[derive(Deserialize)]
struct Written {
    countersign: String,
    suite_digest: String,
    implementation: Description,
    #[serde(default)]
    seed: u64,
    #[serde(default)]
    strict: bool,
    #[serde(default)]
    shard: Option<String>,
    #[serde(default)]
    again: Again,
    #[serde(default)]
    exit_code: Option<ExitCode>,
    totals: Totals,
    #[serde(default)]
    expectations: Vec<Finding>,
    cases: Vec<CaseRecord>,
}

impl Written {
    fn run(self) -> Run {
        let start = RunStart {
            countersign: self.countersign,
            suite_digest: self.suite_digest,
            implementation: self.implementation,
            seed: self.seed,
            selected: self.totals.selected,
            strict: self.strict,
            shard: self.shard,
            again: self.again,
        };
        let exit_code = self.exit_code.unwrap_or_else(|| self.totals.exit_code(start.strict));
        let end = RunEnd { totals: self.totals, exit_code, expectations: self.expectations };
        let mut run = Run::keeping(Keep::Every);
        let events = [Event::RunStart(&start)].into_iter().chain(self.cases.iter().map(Event::Case)).chain([Event::RunEnd(&end)]);
        for event in events {
            let taken = run.take(&start.implementation, event);
            debug_assert!(taken.is_ok(), "a run takes every event");
        }
        run
    }
}
