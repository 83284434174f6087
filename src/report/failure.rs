//! One failure for people: the case and its requirement, the first thing that differs with its octets marked, what decided, and how to
//! see it again.

use super::escape;
use super::page::{Layout, Page};
use super::paint::Tone;
use super::shell;
use crate::diagnosis::Outcome;
use crate::implementation::{Break, Observation};
use crate::judgement::{Again, CaseRecord, Difference, Expected, Met, Observed, Side, Verdict};
use crate::vectors::{Clause, Expectation, Level, Output};

/// How many differences of a case are shown beside the first stage.
const SHOWN: usize = 4;

/// One failure as a text of its own, as the terminal report shows it. `again` are the commands that show it again.
#[must_use]
pub fn failure(record: &CaseRecord, strict: bool, again: &[String], layout: Layout) -> String {
    let mut page = Page::new(layout);
    write(&mut page, record, strict, again);
    page.finish()
}

/// What asks for a case again. `explain` derives the right answer, for which nobody has to be asked: it is given the vectors alone.
pub(super) fn commands(record: &CaseRecord, again: &Again) -> Vec<String> {
    if record.operation == crate::judgement::probed::PROBE {
        return record.exchange.iter().filter_map(|exchange| exchange.again.clone()).collect();
    }
    let id = record.full_id();
    let with =
        |words: &mut dyn Iterator<Item = &String>| words.map(|word| format!(" {}", shell::quote(word.as_bytes()))).collect::<String>();
    let vectors = with(&mut again.vectors.iter());
    let asked = with(&mut again.implementation.iter()) + &vectors;
    let explain = (record.operation != "exchange").then(|| format!("countersign explain {id}{vectors}"));
    explain.into_iter().chain([format!("countersign test {id}{asked}"), format!("countersign test {id}{asked} --json -")]).collect()
}

pub(super) fn write(page: &mut Page, record: &CaseRecord, strict: bool, again: &[String]) {
    heading(page, record, strict);
    if let Some(diagnosis) = &record.diagnosis {
        // What kind of mistake it is can be said also where nothing explains it.
        let is_open = matches!(diagnosis.outcome, Outcome::Unexplained | Outcome::Right);
        match (&record.expected, &record.observed) {
            _ if !is_open => super::diagnosis::write(page, diagnosis),
            (Expected::Answer(Expectation::Refuse(_)), Observed::Implementation(Observation::Answered(output)))
                if output.valid.is_none() =>
            {
                page.text(2, "cause: it answers a question that must be refused");
            }
            (Expected::Answer(Expectation::Answer(output)), Observed::Implementation(Observation::Refused { .. }))
                if output.valid.is_none() =>
            {
                page.text(2, "cause: it refuses a question that must be answered");
            }
            _ => super::diagnosis::write(page, diagnosis),
        }
    }
    page.text(2, &record.title);
    page.labelled(2, "", &requirement(record));
    if let Some(because) = record.because() {
        page.labelled(2, "nearest reading: ", because);
    }
    match record.verdict() {
        Verdict::Broken | Verdict::Inconclusive | Verdict::UnexpectedPass => page.text(2, &deed(record)),
        _ => differences(page, record),
    }
    if record.exchange.is_some() {
        return super::probed::exchange(page, record);
    }
    page.text(2, "to see it again:");
    for line in again {
        page.raw(&format!("    {}", escape::line(line)));
    }
}

fn heading(page: &mut Page, record: &CaseRecord, strict: bool) {
    let word = match record.verdict() {
        Verdict::Broken => "BROKEN",
        Verdict::Inconclusive => "INCONCLUSIVE",
        Verdict::UnexpectedPass => "PASSED UNEXPECTEDLY",
        _ => "FAILED",
    };
    let word = page.paint(if record.counts(strict) { Tone::Bad } else { Tone::Odd }, word);
    let level = match record.level {
        Level::Must => "",
        Level::Should => " (should)",
        Level::Interop => " (interop)",
    };
    page.raw(&format!("{word} {}{level}", escape::line(&record.full_id())));
}

/// The clauses and the place: `RFC5849 section 3.4.1.2; vectors/sign/uri.json:41`.
pub(super) fn requirement(record: &CaseRecord) -> String {
    let place = record.place.as_ref().map(|place| format!("{}:{}", place.file, place.line));
    clauses(&record.spec).into_iter().chain(place).collect::<Vec<_>>().join("; ")
}

/// Each clause in words.
pub(super) fn clauses(spec: &[Clause]) -> Vec<String> {
    spec.iter().map(|clause| format!("{} section {}", clause.doc, clause.section)).collect()
}

fn differences(page: &mut Page, record: &CaseRecord) {
    let all = &record.judgement.differences;
    let stage = all.iter().find(|difference| difference.is_stage());
    if let Some(stage) = stage {
        difference(page, stage, " is the first stage that differs");
    }
    let mut others = all.iter().filter(|difference| !difference.is_stage());
    for other in others.by_ref().take(SHOWN) {
        difference(page, other, "");
    }
    let rest = others.count();
    if rest > 0 {
        page.text(2, &format!("… and {rest} more differences"));
    }
    // What a library says when it refuses is the first that its author wants to know.
    if let Observed::Implementation(Observation::Refused { message, .. }) = &record.observed
        && !message.is_empty()
    {
        page.labelled(4, "message   ", &escape::middle_cut(message, 1024));
    }
}

pub(super) fn difference(page: &mut Page, difference: &Difference, remark: &str) {
    let at = difference.first_difference.map_or(String::new(), |at| format!(", from octet {at}"));
    let what = difference.what.to_string();
    page.labelled(2, "", &format!("{}{remark}{at}", what.strip_prefix("stage ").unwrap_or(&what)));
    if let (Side::Value(expected), Side::Value(observed)) = (&difference.expected, &difference.observed) {
        return page.compared(4, expected.as_bytes(), observed.as_bytes());
    }
    for (label, side) in [("expected  ", &difference.expected), ("observed  ", &difference.observed)] {
        match side {
            Side::Absent => page.labelled(4, label, "(not there)"),
            Side::Value(value) => page.value(4, label, value.as_bytes()),
            Side::Words(words) => page.labelled(4, label, words),
        }
    }
}

/// What was done, in words: of a broken case how it broke, of an open one which reading it took.
pub(super) fn deed(record: &CaseRecord) -> String {
    if let Some(reason) = &record.reason {
        let is_probe = record.operation == crate::judgement::probed::PROBE;
        return if is_probe { reason.clone() } else { format!("it was refused as expected, but {reason}") };
    }
    let done = match &record.observed {
        Observed::Implementation(observation) => observed(observation),
        Observed::Findings(found) => {
            let rules: Vec<&str> = found.findings.iter().map(|(rule, _)| rule.as_str()).collect();
            if rules.is_empty() { "no findings".to_owned() } else { format!("findings: {}", rules.join(", ")) }
        }
    };
    match (record.judgement.met, record.because()) {
        (Some(_), Some(because)) => format!("{done}: {because}"),
        (Some(Met::Answer | Met::Refusal), None) => format!("{done}, as expected"),
        (None, _) if matches!(record.verdict(), Verdict::Interop | Verdict::Disputed) => format!("{done}, which is none of the readings"),
        (None, _) => done,
    }
}

fn observed(observation: &Observation) -> String {
    match observation {
        Observation::Answered(output) => answered(output),
        Observation::Refused { code, message } => told("it refused", code.as_deref(), message),
        Observation::Unsupported { what, message } => told("it does not support", Some(what), message),
        Observation::Broke { why, message } => {
            let how = match why {
                Break::Crash => "it crashed",
                Break::Timeout => "it did not answer in time",
                Break::Protocol => "it broke the protocol",
                Break::Error => "it failed by its own account",
                Break::StateLeak => "it leaks state, which the same selection with the same --seed shows again",
            };
            told(how, None, message)
        }
    }
}

fn answered(output: &Output) -> String {
    match (output.valid, &output.signature) {
        (Some(true), _) => "it accepted the request".to_owned(),
        (Some(false), _) => told("it refused the request", output.code.as_deref(), ""),
        (None, Some(signature)) => format!("it answered the signature {}", escape::shown(signature.as_bytes())),
        (None, None) => "it answered".to_owned(),
    }
}

fn told(deed: &str, word: Option<&str>, message: &str) -> String {
    let parts = [word.unwrap_or_default(), message];
    let told: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let told = escape::middle_cut(&told.join(": "), 1024).into_owned();
    if told.is_empty() { deed.to_owned() } else { format!("{deed}: {told}") }
}

/// What is expected, in a phrase.
pub(super) fn expectation(expectation: &Expectation) -> String {
    match expectation {
        Expectation::Answer(output) if output.valid == Some(true) => "accepted".to_owned(),
        Expectation::Answer(output) if output.valid == Some(false) => told("refused", output.code.as_deref(), ""),
        Expectation::Answer(_) => "answered".to_owned(),
        Expectation::Refuse(codes) => told("refused", Some(&codes.join(" or ")), ""),
        Expectation::OneOf(branches) => format!("one of {} readings", branches.len()),
    }
}
