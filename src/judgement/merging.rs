//! The runs of shards put together: what one run over all of them would have told.

use std::collections::BTreeSet;

use thiserror::Error;

use super::events::{Event, RunEnd, Sink as _};
use super::expectations::Finding;
use super::record::CaseRecord;
use super::run::{Keep, Run};
use super::totals::{ExitCode, Totals};

/// Why runs are not shards of one.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NotShards {
    /// They differ in what must be the same.
    #[error("{implementation}: the shards differ in {what}: {first} and {second}")]
    Settings {
        /// Whose they are.
        implementation: String,
        /// In what.
        what: &'static str,
        /// The first one's.
        first: String,
        /// The other one's.
        second: String,
    },
    /// Two of them hold the same case.
    #[error("{implementation}: two files hold {case}: they are not shards of one run")]
    Overlap {
        /// Whose they are.
        implementation: String,
        /// The case.
        case: String,
    },
}

/// Runs put together, and what is not there.
#[derive(Debug, Default)]
pub struct Merged {
    /// One run an implementation.
    pub runs: Vec<Run>,
    /// What is missing, in words: shards that are in no file, and runs that came to no end.
    pub missing: Vec<String>,
}

/// Puts the runs of each implementation together. They must have kept every record.
///
/// # Errors
/// [`NotShards`].
pub fn merge(runs: Vec<Run>) -> Result<Merged, NotShards> {
    let mut shards: Vec<Vec<Run>> = Vec::new();
    for run in runs {
        let of = |known: &&mut Vec<Run>| known.first().is_some_and(|first| first.implementation().name == run.implementation().name);
        match shards.iter_mut().find(of) {
            Some(known) => known.push(run),
            None => shards.push(vec![run]),
        }
    }
    let mut merged = Merged::default();
    for shards in shards {
        let run = together(&shards, &mut merged.missing)?;
        merged.runs.push(run);
    }
    Ok(merged)
}

fn together(shards: &[Run], missing: &mut Vec<String>) -> Result<Run, NotShards> {
    let mut run = Run::keeping(Keep::Every);
    let Some(first) = shards.first() else { return Ok(run) };
    let name = first.implementation().name.clone();
    for shard in shards {
        same(first, shard)?;
    }
    let mut records: Vec<&CaseRecord> = shards.iter().flat_map(|shard| &shard.records).collect();
    let mut ids = BTreeSet::new();
    if let Some(twice) = records.iter().find(|record| !ids.insert((&record.suite, &record.id))) {
        return Err(NotShards::Overlap { implementation: name, case: twice.full_id() });
    }
    let mut totals = Totals::default();
    shards.iter().for_each(|shard| totals.add(shard.totals()));
    let shard = parts(&name, shards, missing);
    let start = super::events::RunStart { selected: totals.selected, shard, ..first.start.clone() };
    let implementation = start.implementation.clone();
    // Numbers are those of each shard: ids bring the cases of all of them into one order that is always the same.
    records.sort_by(|one, other| (&one.suite, &one.id).cmp(&(&other.suite, &other.id)));
    let mut told = vec![Event::RunStart(&start)];
    let renumbered: Vec<CaseRecord> =
        (0..).zip(&records).map(|(number, record)| CaseRecord { number, ..CaseRecord::clone(record) }).collect();
    told.extend(renumbered.iter().map(Event::Case));
    told.extend(shards.iter().flat_map(|shard| &shard.logs).map(|log| Event::AdapterLog(log)));
    // What stopped a shard stops the whole; an empty shard is no empty run.
    let stopped = |code: &ExitCode| !matches!(code, ExitCode::AsExpected | ExitCode::Unexpected | ExitCode::NothingExecuted);
    let stop = shards.iter().map(Run::exit_code).filter(stopped).reduce(ExitCode::and);
    let mut expectations: Vec<Finding> = Vec::new();
    for finding in shards.iter().filter_map(|shard| shard.end.as_ref()).flat_map(|end| &end.expectations) {
        // Every shard finds an entry that is for no case at all.
        if !expectations.contains(finding) {
            expectations.push(finding.clone());
        }
    }
    let as_found = if expectations.is_empty() { ExitCode::AsExpected } else { ExitCode::Unexpected };
    let exit_code = stop.unwrap_or_else(|| totals.exit_code(start.strict).and(as_found));
    let end = RunEnd { exit_code, totals, expectations };
    told.push(Event::RunEnd(&end));
    for event in told {
        let taken = run.take(&implementation, event);
        debug_assert!(taken.is_ok(), "a run takes every event");
    }
    Ok(run)
}

fn same(first: &Run, other: &Run) -> Result<(), NotShards> {
    let (one, two) = (&first.start, &other.start);
    let described = |run: &Run| {
        let of = run.implementation();
        format!("{} {}", of.version.as_deref().unwrap_or("(no version)"), of.language_version.as_deref().unwrap_or_default())
    };
    for (what, first, second) in [
        ("the digest of their vectors", one.suite_digest.clone(), two.suite_digest.clone()),
        ("the version of countersign", one.countersign.clone(), two.countersign.clone()),
        ("--strict", one.strict.to_string(), two.strict.to_string()),
        ("the implementation's version", described(first), described(other)),
    ] {
        if first != second {
            return Err(NotShards::Settings { implementation: one.implementation.name.clone(), what, first, second });
        }
    }
    Ok(())
}

/// What is missing of `I/N`; the parts that are there, unless they are all.
fn parts(name: &str, shards: &[Run], missing: &mut Vec<String>) -> Option<String> {
    for shard in shards.iter().filter(|shard| shard.end.is_none()) {
        let part = shard.start.shard.as_ref().map_or(String::new(), |part| format!(" of shard {part}"));
        missing.push(format!("{name}: the run{part} came to no end: {} cases were not reached", shard.totals().not_executed));
    }
    let read = |text: &str| {
        let (parts, of) = text.split_once('/')?;
        let parts = parts.split(',').map(|part| part.parse::<u64>().ok()).collect::<Option<Vec<u64>>>()?;
        Some((parts, of.parse::<u64>().ok()?))
    };
    let told: Vec<(Vec<u64>, u64)> = shards.iter().filter_map(|shard| read(shard.start.shard.as_deref()?)).collect();
    let of = told.first()?.1;
    let there: BTreeSet<u64> = told.iter().filter(|(_, other)| *other == of).flat_map(|(parts, _)| parts).copied().collect();
    // A file may claim any number of shards: only so many are named.
    let absent: Vec<String> = (1..=of).filter(|part| !there.contains(part)).take(8).map(|part| format!("{part}/{of}")).collect();
    if absent.is_empty() {
        return None;
    }
    missing.push(format!("{name}: no file holds shard {}", absent.join(", ")));
    let there: Vec<String> = there.iter().map(ToString::to_string).collect();
    Some(format!("{}/{of}", there.join(",")))
}
