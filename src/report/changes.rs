//! What changed between two runs, for people and as JSON.

use std::io;

use serde::Serialize;

use super::page::{Layout, Page};
use super::paint::Tone;
use super::words::{counted, title};
use crate::judgement::{CaseRecord, Change, Changed, Run, plain};

/// The runs of one implementation, and what changed between them.
pub struct Compared<'a> {
    /// As it was.
    pub old: &'a Run,
    /// As it is.
    pub new: &'a Run,
    /// What changed.
    pub changes: Vec<Changed<'a>>,
}

/// Writes what changed for people.
#[must_use]
pub fn changes(compared: &[Compared<'_>], layout: Layout) -> String {
    let mut page = Page::new(layout);
    for one in compared {
        page.blank();
        page.toned(Tone::Heading, &title(one.new.implementation()));
        if one.old.start.suite_digest != one.new.start.suite_digest {
            page.labelled(0, "note: ", "the two runs had different vectors");
        }
        for change in Change::ALL {
            let changed: Vec<&Changed<'_>> = one.changes.iter().filter(|changed| changed.change == change).collect();
            if !changed.is_empty() {
                page.blank();
                kind(&mut page, change, &changed);
            }
        }
        page.blank();
        let (old, new) = (one.old.totals(), one.new.totals());
        page.text(0, &format!("{} passed before and {} now, of {} and {}", old.passed, new.passed, old.selected, new.selected));
        let regressions = one.changes.iter().filter(|changed| changed.fails).count() as u64;
        let tone = if regressions == 0 { Tone::Good } else { Tone::Bad };
        page.toned(tone, &if regressions == 0 { "no regression".to_owned() } else { counted(regressions, "regression", "regressions") });
    }
    page.finish()
}

fn kind(page: &mut Page, change: Change, changed: &[&Changed<'_>]) {
    let number = changed.len() as u64;
    let (tone, heading) = match change {
        Change::NewFailure => (Tone::Bad, counted(number, "new failure", "new failures")),
        Change::Lost => (Tone::Bad, counted(number, "case is not supported any more", "cases are not supported any more")),
        Change::Worse => (Tone::Bad, counted(number, "failure is worse", "failures are worse")),
        Change::Changed => (Tone::Odd, counted(number, "failure has another cause", "failures have another cause")),
        Change::Fixed => (Tone::Good, format!("{number} fixed")),
        Change::Gone => (Tone::Faint, counted(number, "failure is not asked any more", "failures are not asked any more")),
    };
    page.toned(tone, &heading);
    for one in changed {
        let remark = if one.change.is_regression() && !one.fails { " (does not count)" } else { "" };
        page.labelled(2, "", &format!("{}{remark}", one.full_id()));
        match (one.change, one.old, one.new) {
            (Change::Worse | Change::Changed, Some(old), Some(new)) => {
                page.labelled(4, "was ", &explanation(old));
                page.labelled(4, "is  ", &explanation(new));
            }
            (Change::NewFailure, _, Some(new)) => page.labelled(4, "", &explanation(new)),
            _ => {}
        }
    }
}

/// A failure by what explains it.
fn explanation(record: &CaseRecord) -> String {
    let verdict = record.verdict().as_str().replace('_', " ");
    match &record.diagnosis {
        Some(diagnosis) if !diagnosis.sets.is_empty() => {
            let sets: Vec<String> = diagnosis.ids().iter().take(4).map(|ids| ids.join(" with ")).collect();
            format!("{verdict}: {}", sets.join(" or "))
        }
        Some(_) => format!("{verdict}: unexplained"),
        None => verdict,
    }
}

#[derive(Serialize)]
struct Document<'a> {
    format: u32,
    regressions: usize,
    runs: Vec<Written<'a>>,
}

#[derive(Serialize)]
struct Written<'a> {
    implementation: &'a str,
    same_vectors: bool,
    changes: Vec<WrittenChange>,
}

#[derive(Serialize)]
struct WrittenChange {
    change: Change,
    id: String,
    fails: bool,
    old: Option<State>,
    new: Option<State>,
}

#[derive(Serialize)]
struct State {
    verdict: crate::judgement::Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    diagnosis: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sets: Vec<Vec<String>>,
}

/// Writes what changed as JSON: `{"format":1,"regressions":N,"runs":[…]}`.
///
/// # Errors
/// The writer's.
pub fn changes_json(compared: &[Compared<'_>], mut out: impl io::Write) -> io::Result<()> {
    let state = |record: &CaseRecord| State {
        verdict: record.verdict(),
        diagnosis: record.diagnosis.as_ref().map(|diagnosis| diagnosis.outcome.as_str()),
        sets: record.diagnosis.as_ref().map(|diagnosis| diagnosis.ids()).unwrap_or_default(),
    };
    let change = |changed: &Changed<'_>| WrittenChange {
        change: changed.change,
        id: changed.full_id(),
        fails: changed.fails,
        old: changed.old.map(state),
        new: changed.new.map(state),
    };
    let written = |one: &Compared<'_>| Written {
        implementation: "",
        same_vectors: one.old.start.suite_digest == one.new.start.suite_digest,
        changes: one.changes.iter().map(change).collect(),
    };
    let runs = compared.iter().zip(compared.iter().map(written));
    let document = Document {
        format: 1,
        regressions: compared.iter().flat_map(|one| &one.changes).filter(|changed| changed.fails).count(),
        runs: runs.map(|(one, written)| Written { implementation: &one.new.implementation().name, ..written }).collect(),
    };
    plain::write_pretty(&document, &mut out)?;
    out.write_all(b"\n")
}
