//! What follows from expectation and observation. It is a word of its own: neither what was expected nor what was done.

use serde::{Deserialize, Serialize};

/// The verdict of one case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It did what is expected.
    Pass,
    /// It did something else.
    Fail,
    /// It crashed, timed out, or answered against the protocol.
    Broken,
    /// It does not offer what this case needs, within an operation that it offers.
    Unsupported,
    /// It failed as its expectations file says.
    KnownFailure,
    /// It passed although its expectations file says otherwise.
    UnexpectedPass,
    /// It refused as expected, but it also refuses what it must accept, or that could not be seen.
    Inconclusive,
    /// The expected value is disputed: what it did is told, and never fails.
    Disputed,
    /// The specification leaves it open: what it did is told, and never scored.
    Interop,
}

impl Verdict {
    /// Every verdict, in the order of the documentation.
    pub const ALL: [Verdict; 9] = [
        Verdict::Pass,
        Verdict::Fail,
        Verdict::Broken,
        Verdict::Unsupported,
        Verdict::KnownFailure,
        Verdict::UnexpectedPass,
        Verdict::Inconclusive,
        Verdict::Disputed,
        Verdict::Interop,
    ];

    /// The word for it in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Fail => "fail",
            Verdict::Broken => "broken",
            Verdict::Unsupported => "unsupported",
            Verdict::KnownFailure => "known_failure",
            Verdict::UnexpectedPass => "unexpected_pass",
            Verdict::Inconclusive => "inconclusive",
            Verdict::Disputed => "disputed",
            Verdict::Interop => "interop",
        }
    }

    /// Whether it fails a run, if the case counts.
    #[must_use]
    pub const fn is_unexpected(self) -> bool {
        matches!(self, Verdict::Fail | Verdict::Broken | Verdict::UnexpectedPass | Verdict::Inconclusive)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_those_of_the_report_format() {
        for verdict in Verdict::ALL {
            assert_eq!(serde_json::to_string(&verdict).unwrap(), format!("\"{}\"", verdict.as_str()));
        }
    }
}
