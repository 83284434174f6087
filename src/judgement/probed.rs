//! What was asked of a live server, as a case of the one flow: the exchange with its findings, judged before.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::difference::{Difference, MAX_DIFFERENCES, Side, What};
use super::judge::{Judgement, Met};
use super::record::{CaseRecord, Expected, Found, Observed};
use super::verdict::Verdict;
use crate::profile::fixture::{Expected as ExpectedFindings, ExpectedProblem};
use crate::vectors::{Clause, Level, Status};

/// The operation's name in reports.
pub const PROBE: &str = "probe";

/// An exchange with a live server, as texts that anybody may read: secrets are taken out before they come here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldExchange {
    /// The request.
    pub request: String,
    /// The answer; `None` if there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<String>,
    /// What the documents say, each with its place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<String>,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
    /// The command that asks it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<String>,
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeFinding {
    /// The rule, attack or cause.
    pub rule: String,
    /// How much it matters; `interop` is told and never scored.
    pub level: Level,
    /// What should have been; `None` if this should not have been.
    pub wanted: Option<String>,
    /// What is wrong.
    pub because: String,
}

/// A step that was judged.
#[derive(Clone, Debug)]
pub struct Probed {
    /// The suite: `probe.etrade`.
    pub suite: Arc<str>,
    /// The step.
    pub id: String,
    /// How its request differs from a good one.
    pub title: String,
    /// The level, if nothing was found.
    pub level: Level,
    /// The section of RFC 5849 behind it.
    pub section: String,
    /// What was found.
    pub findings: Vec<ProbeFinding>,
    /// Why what was seen proves nothing.
    pub inconclusive: Option<String>,
    /// The problem that the answer names.
    pub problem: Option<ExpectedProblem>,
    /// Whether it was refused.
    pub is_refused: bool,
    /// The exchange.
    pub exchange: Option<ToldExchange>,
    /// How long the answer took, in microseconds.
    pub duration_us: u64,
    /// Its number in the run.
    pub number: u64,
}

impl Probed {
    /// The record for reports.
    #[must_use]
    pub fn record(self) -> CaseRecord {
        let scored = || self.findings.iter().filter(|finding| finding.level != Level::Interop);
        let level = scored().map(|finding| finding.level).min().unwrap_or(self.level);
        let verdict = match (&self.inconclusive, scored().next()) {
            (_, Some(_)) => Verdict::Fail,
            (Some(_), None) => Verdict::Inconclusive,
            // Either is right: which it was is told, and never scored.
            (None, None) if self.level == Level::Interop => Verdict::Interop,
            (None, None) => Verdict::Pass,
        };
        let mut differences: Vec<Difference> = scored()
            .map(|finding| {
                let what = What::Inside { field: "findings", name: finding.rule.as_str().into() };
                let wanted = finding.wanted.clone().map_or(Side::Absent, Side::Words);
                Difference::new(what, wanted, Side::Words(finding.because.clone()))
            })
            .collect();
        differences.truncate(MAX_DIFFERENCES);
        let met = matches!(verdict, Verdict::Pass | Verdict::Interop).then_some(if self.is_refused { Met::Refusal } else { Met::Answer });
        let findings = self.findings.iter().map(|finding| (finding.rule.clone(), finding.because.clone())).collect();
        CaseRecord {
            suite: self.suite,
            id: self.id,
            operation: PROBE,
            level,
            status: Status::Active,
            title: self.title,
            spec: vec![Clause { doc: "RFC5849".to_owned(), section: self.section }],
            place: None,
            note: None,
            question: None,
            expected: Expected::Findings(ExpectedFindings { findings: Vec::new(), problem: None }),
            observed: Observed::Findings(Found { findings, problem: self.problem }),
            judgement: Judgement { verdict, met, branch: None, differences },
            reason: self.inconclusive,
            diagnosis: None,
            foreseen: None,
            exchange: self.exchange.map(Box::new),
            duration_us: self.duration_us,
            number: self.number,
        }
    }
}
