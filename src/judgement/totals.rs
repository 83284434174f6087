//! The numbers of a run, and the exit code that follows from them.

use serde::{Deserialize, Serialize};

use super::record::CaseRecord;
use super::verdict::Verdict;
use crate::vectors::{Level, Status};

/// How many cases came to what.
///
/// `selected` = `executed` + `unsupported` + `not_offered` + `not_executed`, and `executed` is the sum of all other verdicts. Controls
/// that were not selected are in none of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// The cases that were to be put.
    pub selected: u64,
    /// Those that were put and judged.
    pub executed: u64,
    /// Verdict `pass`.
    pub passed: u64,
    /// Verdict `fail`, of every level.
    pub failed: u64,
    /// Verdict `broken`.
    pub broken: u64,
    /// Verdict `unsupported`: it counts against coverage.
    pub unsupported: u64,
    /// Verdict `known_failure`.
    pub known: u64,
    /// Verdict `unexpected_pass`.
    pub unexpected_pass: u64,
    /// Verdict `inconclusive`.
    pub inconclusive: u64,
    /// Verdict `disputed`.
    pub disputed: u64,
    /// Verdict `interop`.
    pub interop: u64,
    /// Of `failed`, `broken`, `unexpected_pass` and `inconclusive`, the active cases of level `must`: these fail a run.
    #[serde(default)]
    pub must_failed: u64,
    /// The same of level `should`: these fail a strict run.
    #[serde(default)]
    pub should_failed: u64,
    /// Cases of operations that are not offered: outside of coverage.
    #[serde(default)]
    pub not_offered: u64,
    /// Cases that were not reached, because the run was stopped.
    #[serde(default)]
    pub not_executed: u64,
}

impl Totals {
    /// Counts a judged case. `selected` is not touched.
    pub fn count(&mut self, record: &CaseRecord) {
        let verdict = record.verdict();
        *match verdict {
            Verdict::Pass => &mut self.passed,
            Verdict::Fail => &mut self.failed,
            Verdict::Broken => &mut self.broken,
            Verdict::Unsupported => &mut self.unsupported,
            Verdict::KnownFailure => &mut self.known,
            Verdict::UnexpectedPass => &mut self.unexpected_pass,
            Verdict::Inconclusive => &mut self.inconclusive,
            Verdict::Disputed => &mut self.disputed,
            Verdict::Interop => &mut self.interop,
        } += 1;
        self.executed += u64::from(verdict != Verdict::Unsupported);
        if verdict.is_unexpected() && record.status == Status::Active {
            match record.level {
                Level::Must => self.must_failed += 1,
                Level::Should => self.should_failed += 1,
                Level::Interop => {}
            }
        }
    }

    /// Adds the numbers of other cases.
    pub fn add(&mut self, other: &Totals) {
        let Totals {
            selected,
            executed,
            passed,
            failed,
            broken,
            unsupported,
            known,
            unexpected_pass,
            inconclusive,
            disputed,
            interop,
            must_failed,
            should_failed,
            not_offered,
            not_executed,
        } = other;
        for (sum, number) in [
            (&mut self.selected, selected),
            (&mut self.executed, executed),
            (&mut self.passed, passed),
            (&mut self.failed, failed),
            (&mut self.broken, broken),
            (&mut self.unsupported, unsupported),
            (&mut self.known, known),
            (&mut self.unexpected_pass, unexpected_pass),
            (&mut self.inconclusive, inconclusive),
            (&mut self.disputed, disputed),
            (&mut self.interop, interop),
            (&mut self.must_failed, must_failed),
            (&mut self.should_failed, should_failed),
            (&mut self.not_offered, not_offered),
            (&mut self.not_executed, not_executed),
        ] {
            *sum = sum.saturating_add(*number);
        }
    }

    /// The cases that have come to an end of any kind.
    #[must_use]
    pub const fn finished(&self) -> u64 {
        self.executed + self.unsupported + self.not_offered
    }

    /// How much of what it offers was executed, in percent, rounded down; 100 if there was nothing to do.
    #[must_use]
    pub const fn coverage(&self) -> u64 {
        let offered = self.executed + self.unsupported + self.not_executed;
        match (self.executed * 100).checked_div(offered) {
            Some(percent) => percent,
            None => 100,
        }
    }

    /// What a run with these numbers ends with, if nothing stopped it.
    #[must_use]
    pub const fn exit_code(&self, strict: bool) -> ExitCode {
        if self.must_failed > 0 || strict && self.should_failed > 0 {
            ExitCode::Unexpected
        } else if self.executed == 0 {
            ExitCode::NothingExecuted
        } else {
            ExitCode::AsExpected
        }
    }
}

/// What the process ends with. The numbers are fixed, and never a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExitCode {
    /// 0.
    AsExpected,
    /// 1.
    Unexpected,
    /// 2.
    Usage,
    /// 3.
    OurFailure,
    /// 4.
    Adapter,
    /// 5.
    NothingExecuted,
    /// 6.
    Network,
    /// 130.
    Interrupted,
}

impl ExitCode {
    /// Every exit code, by number.
    pub const ALL: [ExitCode; 8] = [
        ExitCode::AsExpected,
        ExitCode::Unexpected,
        ExitCode::Usage,
        ExitCode::OurFailure,
        ExitCode::Adapter,
        ExitCode::NothingExecuted,
        ExitCode::Network,
        ExitCode::Interrupted,
    ];

    /// The number.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            ExitCode::AsExpected => 0,
            ExitCode::Unexpected => 1,
            ExitCode::Usage => 2,
            ExitCode::OurFailure => 3,
            ExitCode::Adapter => 4,
            ExitCode::NothingExecuted => 5,
            ExitCode::Network => 6,
            ExitCode::Interrupted => 130,
        }
    }

    /// What it means, in a sentence.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            ExitCode::AsExpected => "every verdict is as expected",
            ExitCode::Unexpected => "at least one verdict is not as expected",
            ExitCode::Usage => "the command line or the configuration is wrong",
            ExitCode::OurFailure => "countersign could not do its work: a file is not readable or not writable",
            ExitCode::Adapter => "an adapter could not be started, or broke more often than it may",
            ExitCode::NothingExecuted => "nothing was executed: no case was selected, or none is supported",
            ExitCode::Network => "the network or the live server failed",
            ExitCode::Interrupted => "the run was interrupted",
        }
    }

    /// What two runs together end with: what stopped one of them outweighs what was found, and a finding outweighs an empty run.
    #[must_use]
    pub fn and(self, other: ExitCode) -> ExitCode {
        let weight = |code: ExitCode| match code {
            ExitCode::AsExpected => 0,
            ExitCode::NothingExecuted => 1,
            ExitCode::Unexpected => 2,
            ExitCode::Network => 3,
            ExitCode::Adapter => 4,
            ExitCode::OurFailure => 5,
            ExitCode::Usage => 6,
            ExitCode::Interrupted => 7,
        };
        if weight(other) > weight(self) { other } else { self }
    }
}

impl Serialize for ExitCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.number())
    }
}

impl<'de> Deserialize<'de> for ExitCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<ExitCode, D::Error> {
        let number = u8::deserialize(deserializer)?;
        let code = ExitCode::ALL.into_iter().find(|code| code.number() == number);
        code.ok_or_else(|| serde::de::Error::custom(format_args!("there is no exit code {number}")))
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> std::process::ExitCode {
        std::process::ExitCode::from(code.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_documentation() {
        assert_eq!(ExitCode::ALL.map(ExitCode::number), [0, 1, 2, 3, 4, 5, 6, 130]);
    }

    #[test]
    fn a_run_fails_for_must_and_a_strict_one_for_should() {
        let totals = |must_failed, should_failed, executed| Totals { must_failed, should_failed, executed, ..Totals::default() };
        for (given, strict, expected) in [
            (totals(0, 0, 1), false, ExitCode::AsExpected),
            (totals(1, 0, 1), false, ExitCode::Unexpected),
            (totals(0, 1, 1), false, ExitCode::AsExpected),
            (totals(0, 1, 1), true, ExitCode::Unexpected),
            (totals(0, 0, 0), true, ExitCode::NothingExecuted),
        ] {
            assert_eq!(given.exit_code(strict), expected, "{given:?}");
        }
    }

    #[test]
    fn the_worse_exit_code_wins_in_any_order() {
        use ExitCode::{Adapter, AsExpected, Interrupted, NothingExecuted, OurFailure, Unexpected};
        for (first, second, expected) in [
            (AsExpected, NothingExecuted, NothingExecuted),
            (NothingExecuted, Unexpected, Unexpected),
            (Unexpected, Adapter, Adapter),
            (OurFailure, Adapter, OurFailure),
            (Interrupted, OurFailure, Interrupted),
        ] {
            assert_eq!((first.and(second), second.and(first)), (expected, expected));
        }
    }

    #[test]
    fn coverage_leaves_out_what_is_not_offered() {
        let totals = Totals { executed: 95, unsupported: 5, not_offered: 100, ..Totals::default() };
        assert_eq!((totals.coverage(), totals.finished()), (95, 200));
        assert_eq!(Totals::default().coverage(), 100);
    }
}
