//! A probe for people: the plan before anything is sent, and what came of it, endpoint by endpoint; of what is not as expected the request,
//! the answer, what the documents say and what to do.

use std::collections::BTreeMap;

use super::escape;
use super::foreseen;
use super::page::{Layout, Page};
use super::paint::Tone;
use super::words::{counted, ending, verdicts};
use crate::judgement::{CaseRecord, ExitCode, Observed, Run, Verdict};
use crate::vectors::Level;

/// A plan, as texts.
#[derive(Clone, Debug, Default)]
pub struct PlanText {
    /// The provider and where it is asked.
    pub title: String,
    /// Remarks before anything else.
    pub warnings: Vec<String>,
    /// Each endpoint: its name with how it is asked, and its steps.
    pub endpoints: Vec<(String, Vec<PlannedStep>)>,
    /// What is left out, and why.
    pub left_out: Vec<(String, String)>,
    /// What follows: numbers, and how to send.
    pub notes: Vec<String>,
}

/// A step of a plan, as texts.
#[derive(Clone, Debug, Default)]
pub struct PlannedStep {
    /// Its id.
    pub id: String,
    /// How its request differs.
    pub title: String,
    /// What must come of it.
    pub wanted: String,
    /// The rules behind it.
    pub checks: String,
}

/// The room for ids.
const ID: usize = 34;

/// The plan.
#[must_use]
pub fn plan(plan: &PlanText, layout: Layout, verbose: bool) -> String {
    let mut page = Page::new(layout);
    page.heading(&plan.title);
    for warning in &plan.warnings {
        page.labelled(0, "note: ", warning);
    }
    for (endpoint, steps) in &plan.endpoints {
        page.blank();
        page.heading(endpoint);
        for step in steps {
            let label = format!("{:<ID$} {:<9} ", escape::line(&step.id), step.wanted);
            page.labelled(2, &label, &step.title);
            if verbose {
                page.labelled(4, "", &step.checks);
            }
        }
    }
    left_out(&mut page, &plan.left_out, verbose);
    page.blank();
    for note in &plan.notes {
        page.text(0, note);
    }
    page.finish()
}

/// The most that is said of what is left out, unless somebody wants all of it.
const LEFT_OUT: usize = 6;

fn left_out(page: &mut Page, all: &[(String, String)], verbose: bool) {
    if all.is_empty() {
        return;
    }
    page.blank();
    page.toned(Tone::Heading, "left out");
    let most = if verbose { all.len() } else { LEFT_OUT };
    for (what, why) in all.iter().take(most) {
        page.labelled(2, &format!("{:<ID$} ", escape::line(what)), why);
    }
    if all.len() > most {
        page.text(2, &format!("… and {} more: -v shows them", all.len() - most));
    }
}

/// A finished probe, as texts.
#[derive(Clone, Copy, Debug)]
pub struct ProbeText<'a> {
    /// The provider and where it was asked.
    pub title: &'a str,
    /// How each endpoint was asked, by the beginning of its steps' ids.
    pub endpoints: &'a [(String, String)],
    /// The run, with every record.
    pub run: &'a Run,
    /// What was learnt.
    pub learnt: &'a [String],
    /// What was left out.
    pub left_out: &'a [(String, String)],
    /// Why it ended before its end.
    pub ended: Option<&'a str>,
    /// How many requests were sent.
    pub requests: usize,
    /// Only what is not as expected.
    pub quiet: bool,
    /// Everything.
    pub verbose: bool,
    /// Whether a file says what is known, so that somebody wants entries for it.
    pub expects: bool,
}

/// What came of a probe.
#[must_use]
pub fn probed(probe: &ProbeText<'_>, layout: Layout) -> String {
    let mut page = Page::new(layout);
    page.heading(probe.title);
    for (prefix, endpoint) in probe.endpoints {
        let records: Vec<&CaseRecord> = probe.run.records.iter().filter(|record| record.id.split('.').next() == Some(prefix)).collect();
        let shown = records.iter().filter(|record| !probe.quiet || is_bad(record));
        let mut any = false;
        for record in shown {
            if !any {
                page.blank();
                page.heading(endpoint);
                any = true;
            }
            step(&mut page, record, probe);
        }
    }
    noted(&mut page, probe);
    if !probe.learnt.is_empty() {
        page.blank();
        page.toned(Tone::Heading, "learnt");
        probe.learnt.iter().for_each(|line| page.text(2, line));
    }
    if !probe.quiet {
        left_out(&mut page, probe.left_out, probe.verbose);
    }
    foreseen::findings(&mut page, probe.run);
    page.blank();
    summary(&mut page, probe);
    page.finish()
}

const fn is_bad(record: &CaseRecord) -> bool {
    record.judgement.verdict.is_unexpected()
}

fn step(page: &mut Page, record: &CaseRecord, probe: &ProbeText<'_>) {
    let (mark, tone) = match record.verdict() {
        Verdict::Pass => ("✓", Tone::Good),
        Verdict::Interop | Verdict::KnownFailure => ("·", Tone::Faint),
        Verdict::Inconclusive => ("?", Tone::Odd),
        _ if record.level == Level::Must => ("✗", Tone::Bad),
        _ => ("✗", Tone::Odd),
    };
    let label = format!("{:<ID$} ", escape::line(&record.id));
    let open = match (record.verdict(), record.judgement.met) {
        (Verdict::Interop, Some(crate::judgement::Met::Answer)) => " (accepted)",
        (Verdict::Interop, Some(crate::judgement::Met::Refusal)) => " (refused)",
        (Verdict::KnownFailure, _) => " (known)",
        _ => "",
    };
    page.marked(2, (tone, mark), &label, &format!("{}{open}", record.title));
    if let Some(reason) = &record.reason {
        page.labelled(6, "", reason);
    }
    if is_bad(record) || probe.verbose {
        for (rule, because) in findings(record) {
            page.labelled(6, &format!("{}: ", escape::line(rule)), because);
        }
    }
    if let (Verdict::KnownFailure, Some(foreseen)) = (record.verdict(), &record.foreseen) {
        page.labelled(6, "known: ", &foreseen.reason);
    }
    if is_bad(record) && record.verdict() != Verdict::Inconclusive || probe.verbose {
        exchange(page, record);
    }
    if is_bad(record) && probe.expects {
        foreseen::entry(page, record, true);
    }
}

fn findings(record: &CaseRecord) -> &[(String, String)] {
    match &record.observed {
        Observed::Findings(found) => &found.findings,
        _ => &[],
    }
}

/// What was noted at steps that went as they should: a provider that writes one word otherwise than its documentation does so at many
/// steps, and is told of it once.
fn noted(page: &mut Page, probe: &ProbeText<'_>) {
    let mut all: BTreeMap<&(String, String), Vec<&str>> = BTreeMap::new();
    for record in probe.run.records.iter().filter(|record| !is_bad(record)) {
        findings(record).iter().for_each(|finding| all.entry(finding).or_default().push(&record.id));
    }
    if all.is_empty() || probe.verbose || probe.quiet {
        return;
    }
    page.blank();
    page.toned(Tone::Heading, "noted, at steps that went as they should (-v shows each)");
    for ((rule, because), steps) in all {
        let first = steps.first().copied().unwrap_or_default();
        let steps = if steps.len() == 1 { first.to_owned() } else { format!("{first} and {} more", steps.len() - 1) };
        page.labelled(2, &format!("{}: ", escape::line(rule)), &format!("{because} ({steps})"));
    }
}

/// The request, the answer, the documents and the advice of a record that has them.
pub(super) fn exchange(page: &mut Page, record: &CaseRecord) {
    let Some(exchange) = &record.exchange else { return };
    let mut block = |label: &str, text: &str| {
        page.toned(Tone::Faint, &format!("      {label}"));
        for line in text.lines() {
            page.labelled(8, "", line);
        }
    };
    block("request", &exchange.request);
    if let Some(response) = &exchange.response {
        block("answer", response);
    }
    if !exchange.documents.is_empty() {
        block("what is written", &exchange.documents.join("\n"));
    }
    if let Some(advice) = &exchange.advice {
        block("what to do", advice);
    }
    if let Some(again) = &exchange.again {
        block("to see it again", again);
    }
}

fn summary(page: &mut Page, probe: &ProbeText<'_>) {
    let totals = probe.run.totals();
    let sent = counted(probe.requests as u64, "request", "requests");
    page.text(0, &format!("{}, {sent}: {}", counted(totals.selected, "step", "steps"), verdicts(totals)));
    if totals.not_executed > 0 {
        page.labelled(0, "note: ", &format!("{} not reached", counted(totals.not_executed, "step was", "steps were")));
    }
    if totals.should_failed > 0 && !probe.run.start.strict {
        let count = counted(totals.should_failed, "step of level should is", "steps of level should are");
        page.labelled(0, "note: ", &format!("{count} not as expected; that fails the run only with --strict"));
    }
    if let Some(ended) = probe.ended {
        page.labelled(0, "note: ", ended);
    }
    let code = probe.run.exit_code();
    let tone = if code == ExitCode::AsExpected { Tone::Good } else { Tone::Bad };
    page.toned(tone, ending(probe.run));
}
