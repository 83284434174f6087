//! What is found of one answer, a rule once.

use crate::judgement::ProbeFinding;
use crate::vectors::Level;

/// What was found, with what to do about the first of it.
#[derive(Default)]
pub(super) struct Found {
    pub(super) findings: Vec<ProbeFinding>,
    pub(super) inconclusive: Option<String>,
    pub(super) advice: Option<String>,
}

impl Found {
    pub(super) fn add(
        &mut self,
        rule: impl Into<String>,
        level: Level,
        wanted: Option<&str>,
        because: impl Into<String>,
        advice: Option<String>,
    ) {
        let rule = rule.into();
        if self.findings.iter().any(|known| known.rule == rule) {
            return;
        }
        self.advice = self.advice.take().or(advice);
        self.findings.push(ProbeFinding { rule, level, wanted: wanted.map(str::to_owned), because: because.into() });
    }
}
