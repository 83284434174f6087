//! Bringing an expectations file up to date after a run: entries are added, changed and taken away, and everything else in the file,
//! comments and order included, stays as it is.

use std::collections::BTreeMap;

use toml_edit::{ArrayOfTables, Datetime, DocumentMut, Item, Table, value};

use super::{Entry, Expectations, Outcome, rules};
use crate::deviation::Cause;
use crate::diagnosis::{Diagnosis, Outcome as Result_};
use crate::implementation::Observation;
use crate::judgement::plain::is_plain;
use crate::judgement::probed::PROBE;
use crate::judgement::record::{CaseRecord, Expected, Found, Observed};
use crate::judgement::verdict::Verdict;
use crate::vectors::{Level, Status, glob};

/// What was done to a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// One for each entry that is another now.
    pub changes: Vec<Change>,
    /// The new text.
    pub text: String,
}

/// One thing that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// An entry for a case that fails.
    Added(String),
    /// An entry whose cases pass, or which there are not.
    Removed(String),
    /// An entry whose cases fail in another way.
    Changed(String),
}

/// The most characters of somebody else's words in a reason.
const WORDS: usize = 160;

/// Why a case fails, as far as the run knows; whoever keeps the file can say it better.
fn reason(record: &CaseRecord) -> String {
    let diagnosis = record.diagnosis.as_ref();
    let explained = diagnosis.filter(|diagnosis| matches!(diagnosis.outcome, Result_::Explained | Result_::Ambiguous));
    if let Some(diagnosis) = explained {
        let sentences = |set: &Vec<Cause>| set.iter().map(Cause::sentence).collect::<Vec<String>>().join("; ");
        let ways: Vec<String> = diagnosis.sets.iter().take(3).map(sentences).collect();
        return if ways.len() == 1 { ways.concat() } else { format!("one of these: {}", ways.join(", or ")) };
    }
    let requirement = &record.title;
    let observation = match &record.observed {
        Observed::Implementation(observation) => observation,
        Observed::Findings(found) => return broken(record, found),
    };
    let must_refuse = matches!(&record.expected, Expected::Answer(expectation) if expectation.admits_refusal());
    match observation {
        _ if record.verdict() == Verdict::Inconclusive => {
            format!("it refuses this, but {}", record.reason.as_deref().unwrap_or("its control does not pass"))
        }
        Observation::Broke { message, .. } | Observation::Unsupported { message, .. } => words("it breaks", message, requirement),
        Observation::Refused { message, .. } => words("it refuses this", message, requirement),
        Observation::Answered(output) if output.valid == Some(false) => format!("it refuses what must be accepted: {requirement}"),
        Observation::Answered(_) if must_refuse => format!("it takes what must be refused: {requirement}"),
        Observation::Answered(_) => format!("no known departure gives its answer: {requirement}"),
    }
}

/// What a step of a probe found, as far as it is scored.
fn broken(record: &CaseRecord, found: &Found) -> String {
    let rules = rules(record);
    let becauses: Vec<&str> = found.findings.iter().filter(|(rule, _)| rules.contains(rule)).map(|(_, because)| because.as_str()).collect();
    match (becauses.is_empty(), &record.reason) {
        (false, _) => becauses.join("; "),
        (true, Some(reason)) => reason.clone(),
        (true, None) => record.title.clone(),
    }
}

/// A text of one line that a terminal and a file show alike.
fn one_line(text: &str) -> String {
    text.chars().map(|letter| if is_plain(letter) { letter } else { ' ' }).collect()
}

/// Somebody else's words behind ours, or the requirement where there are none.
fn words(deed: &str, message: &str, requirement: &str) -> String {
    match message.trim().lines().next() {
        Some(line) if !line.is_empty() => format!("{deed}: {}", line.chars().take(WORDS).collect::<String>()),
        _ => format!("{deed}: {requirement}"),
    }
}

/// The text of an entry for a case that failed, ready to be pasted; `None` for a case that needs none.
#[must_use]
pub fn entry(record: &CaseRecord) -> Option<String> {
    let outcome = Outcome::of(record)?;
    let mut tables = ArrayOfTables::new();
    tables.push(table(outcome, record));
    let mut document = DocumentMut::new();
    document.insert("expect", Item::ArrayOfTables(tables));
    Some(document.to_string().trim().to_owned() + "\n")
}

fn table(outcome: Outcome, record: &CaseRecord) -> Table {
    let mut table = Table::new();
    table.decor_mut().set_prefix("\n");
    table.insert("case", value(record.full_id()));
    table.insert("outcome", value(outcome.as_str()));
    if let Some(cause) = cause(record) {
        table.insert("diagnosis", value(cause));
    }
    table.insert("reason", value(one_line(&reason(record))));
    table
}

/// What it is told by: the set that explains it, or the rules that a step of a probe breaks.
fn cause(record: &CaseRecord) -> Option<String> {
    let broken = || Some(rules(record)).filter(|rules| record.operation == PROBE && !rules.is_empty());
    ids(record.diagnosis.as_ref()).or_else(|| Some(broken()?.join(",")))
}

/// The set that explains it, if one does; of several that do, any will be recognized.
fn ids(diagnosis: Option<&Diagnosis>) -> Option<String> {
    let diagnosis = diagnosis.filter(|diagnosis| matches!(diagnosis.outcome, Result_::Explained | Result_::Ambiguous))?;
    diagnosis.ids().first().map(|set| set.join(","))
}

/// Brings the text of a file up to date. `records` are those of one run in which the file's old expectations saw every case of the set;
/// `is_complete` says that nothing stopped it.
///
/// An entry stays as long as it is true of all of its cases, or as long as not all of them were put. An entry of a single case follows
/// what the case came to. A glob that is not true any more gives way to entries of single cases; those that fail as it said keep its
/// reason.
#[must_use]
pub fn update(expectations: &Expectations, text: &str, records: &[CaseRecord], is_complete: bool) -> Option<Changes> {
    let mut document: DocumentMut = text.parse().ok()?;
    if document.get("format").is_none() {
        document.insert("format", value(1));
    }
    let scored = records.iter().filter(|record| record.status == Status::Active && record.level != Level::Interop);
    let known: BTreeMap<String, (Option<Outcome>, &CaseRecord)> =
        scored.map(|record| (record.full_id(), (Outcome::of(record), record))).collect();
    let mut changes = Vec::new();
    let tables = document.entry("expect").or_insert(Item::ArrayOfTables(ArrayOfTables::new())).as_array_of_tables_mut()?;
    let (mut kept, mut gone) = (Vec::new(), Vec::new());
    for (index, entry) in expectations.entries().iter().enumerate() {
        let cases: Vec<_> = known.iter().filter(|(id, _)| glob::matches(&entry.case, id)).map(|(_, case)| case).collect();
        let is_single = !entry.case.contains(['*', '?']) && entry.case.contains('/');
        let is_tried = if is_single { !cases.is_empty() } else { is_complete && !entry.open.get() };
        let is_nobodys = is_complete && !entry.can_fail.get();
        let is_true = entry.outcome == Outcome::Flaky || !cases.is_empty() && cases.iter().all(|case| entry.fits(case));
        match cases.as_slice() {
            _ if !is_nobodys && (is_true || !is_tried) => {
                kept.push(entry.case.clone());
                if tables.get_mut(index).is_some_and(|table| rename(table, &entry.case)) {
                    changes.push(Change::Changed(entry.case.clone()));
                }
            }
            [(Some(outcome), record)] if is_single => {
                kept.push(entry.case.clone());
                changes.push(Change::Changed(entry.case.clone()));
                if let Some(table) = tables.get_mut(index) {
                    rename(table, &entry.case);
                    change(table, *outcome, cause(record).as_deref());
                }
            }
            _ => {
                changes.push(Change::Removed(entry.case.clone()));
                gone.push((index, entry));
            }
        }
    }
    for (index, _) in gone.iter().rev() {
        tables.remove(*index);
    }
    for (id, case) in &known {
        // What is not supported fails no run: it counts against coverage.
        let Some(outcome) = case.0.filter(|outcome| *outcome != Outcome::Unsupported) else { continue };
        if kept.iter().any(|pattern| glob::matches(pattern, id)) {
            continue;
        }
        let mut table = table(outcome, case.1);
        if let Some((_, old)) = gone.iter().find(|(_, old)| glob::matches(&old.case, id) && old.fits(case)) {
            table.insert("reason", value(&old.reason));
            if let Some(issue) = &old.issue {
                table.insert("issue", value(issue));
            }
            if let Some(day) = old.expires.as_ref().and_then(|day| day.parse::<Datetime>().ok()) {
                table.insert("expires", value(day));
            }
        }
        changes.push(Change::Added(id.clone()));
        tables.push(table);
    }
    Some(Changes { changes, text: document.to_string() })
}

impl Entry {
    /// Whether it is true of a case.
    fn fits(&self, (outcome, record): &(Option<Outcome>, &CaseRecord)) -> bool {
        *outcome == Some(self.outcome) && self.other_cause(record).is_none()
    }
}

/// Gives an entry of a retired id the one in its place, and tells whether it had another.
fn rename(table: &mut Table, case: &str) -> bool {
    let is_another = table.get("case").and_then(Item::as_str).is_some_and(|old| old != case);
    if is_another {
        set(table, "case", case);
    }
    is_another
}

/// Changes what an entry says of its case.
fn change(table: &mut Table, outcome: Outcome, cause: Option<&str>) {
    set(table, "outcome", outcome.as_str());
    match cause {
        Some(cause) => set(table, "diagnosis", cause),
        None => _ = table.remove("diagnosis"),
    }
}

/// Changes one value of an entry; a comment at the end of its line stays.
fn set(table: &mut Table, key: &str, text: &str) {
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            let decor = old.decor().clone();
            *old = text.into();
            *old.decor_mut() = decor;
        }
        None => _ = table.insert(key, value(text)),
    }
}
