//! Bringing an expectations file up to date after a run: entries are added, changed and taken away, and everything else in the file,
//! comments and order included, stays as it is.

use std::collections::BTreeMap;

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

use super::{Expectations, Outcome};
use crate::deviation::Cause;
use crate::diagnosis::{Diagnosis, Outcome as Result_};
use crate::judgement::record::CaseRecord;
use crate::vectors::glob;

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

/// What a reason says of a failure that nothing explains, until somebody writes it.
const REASON: &str = "not looked at yet";

/// The causes' own sentences, where the causes are known.
fn reason(diagnosis: Option<&Diagnosis>) -> String {
    match diagnosis.filter(|diagnosis| diagnosis.outcome == Result_::Explained).and_then(|diagnosis| diagnosis.sets.first()) {
        Some(set) => set.iter().map(Cause::sentence).collect::<Vec<String>>().join("; "),
        None => REASON.to_owned(),
    }
}

/// The text of an entry for a case that failed, ready to be pasted; `None` for a case that needs none.
#[must_use]
pub fn entry(record: &CaseRecord) -> Option<String> {
    let outcome = Outcome::of(record)?;
    let mut tables = ArrayOfTables::new();
    tables.push(table(&record.full_id(), outcome, record.diagnosis.as_ref()));
    let mut document = DocumentMut::new();
    document.insert("expect", Item::ArrayOfTables(tables));
    Some(document.to_string().trim().to_owned() + "\n")
}

fn table(case: &str, outcome: Outcome, diagnosis: Option<&Diagnosis>) -> Table {
    let mut table = Table::new();
    table.decor_mut().set_prefix("\n");
    table.insert("case", value(case));
    table.insert("outcome", value(outcome.as_str()));
    if let Some(ids) = ids(diagnosis) {
        table.insert("diagnosis", value(ids));
    }
    table.insert("reason", value(reason(diagnosis)));
    table
}

/// The set that explains it, if one does; of several that do, any will be recognized.
fn ids(diagnosis: Option<&Diagnosis>) -> Option<String> {
    let diagnosis = diagnosis.filter(|diagnosis| matches!(diagnosis.outcome, Result_::Explained | Result_::Ambiguous))?;
    diagnosis.ids().first().map(|set| set.join(","))
}

/// Brings the text of a file up to date. `records` are those of one run with the file's old expectations applied; `is_whole` says that
/// all cases were put, so that an entry without one is of no use.
///
/// An entry of a single case follows what the case came to. An entry with a glob stays as long as one of its cases fails in its way;
/// cases of it that fail otherwise get entries of their own only when it is gone, because two entries for one case are not allowed.
#[must_use]
pub fn update(expectations: &Expectations, text: &str, records: &[CaseRecord], is_whole: bool) -> Option<Changes> {
    let mut document: DocumentMut = text.parse().ok()?;
    if document.get("format").is_none() {
        document.insert("format", value(1));
    }
    let known: BTreeMap<String, (Option<Outcome>, &CaseRecord)> =
        records.iter().map(|record| (record.full_id(), (Outcome::of(record), record))).collect();
    let mut changes = Vec::new();
    let tables = document.entry("expect").or_insert(Item::ArrayOfTables(ArrayOfTables::new())).as_array_of_tables_mut()?;
    let mut kept = Vec::new();
    let mut gone = Vec::new();
    for (index, entry) in expectations.entries().iter().enumerate() {
        let cases: Vec<_> = known.iter().filter(|(id, _)| glob::matches(&entry.case, id)).map(|(_, case)| case).collect();
        let fits = |(outcome, record): &&(Option<Outcome>, &CaseRecord)| {
            *outcome == Some(entry.outcome) && entry.other_diagnosis(record.diagnosis.as_ref()).is_none()
        };
        let is_tried = !cases.is_empty() || is_whole;
        let keeps = entry.outcome == Outcome::Flaky && !cases.is_empty() || cases.iter().any(|case| fits(case)) || !is_tried;
        match cases.as_slice() {
            _ if keeps => kept.push(entry.case.clone()),
            [(Some(outcome), record)] => {
                kept.push(entry.case.clone());
                changes.push(Change::Changed(entry.case.clone()));
                if let Some(table) = tables.get_mut(index) {
                    change(table, *outcome, record.diagnosis.as_ref());
                }
            }
            _ => {
                changes.push(Change::Removed(entry.case.clone()));
                gone.push(index);
            }
        }
    }
    for index in gone.into_iter().rev() {
        tables.remove(index);
    }
    for (id, (outcome, record)) in &known {
        if let Some(outcome) = outcome
            && !kept.iter().any(|pattern| glob::matches(pattern, id))
        {
            changes.push(Change::Added(id.clone()));
            tables.push(table(id, *outcome, record.diagnosis.as_ref()));
        }
    }
    Some(Changes { changes, text: document.to_string() })
}

/// Changes what an entry says of its case; comments at the ends of lines stay.
fn change(table: &mut Table, outcome: Outcome, diagnosis: Option<&Diagnosis>) {
    let mut set = |key: &str, text: &str| match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            let decor = old.decor().clone();
            *old = text.into();
            *old.decor_mut() = decor;
        }
        None => _ = table.insert(key, value(text)),
    };
    set("outcome", outcome.as_str());
    match ids(diagnosis) {
        Some(ids) => set("diagnosis", &ids),
        None => _ = table.remove("diagnosis"),
    }
}
