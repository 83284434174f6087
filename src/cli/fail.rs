//! Why a command could not do its work: the sentence, a hint, and the exit code. Findings about implementations are no failures of ours.

use std::fmt::Display;
use std::io;

use crate::judgement::ExitCode;
use crate::report::escape;

/// A command's own failure.
#[derive(Debug)]
pub(super) struct Fail {
    /// What to exit with.
    pub(super) code: ExitCode,
    /// The thing first, then the reason.
    pub(super) message: String,
    /// What to do about it.
    pub(super) hint: Option<String>,
}

impl Fail {
    /// The caller asked for something that cannot be (exit 2).
    pub(super) fn usage(message: impl Display) -> Fail {
        Fail { code: ExitCode::Usage, message: message.to_string(), hint: None }
    }

    /// We could not do our work (exit 3).
    pub(super) fn work(message: impl Display) -> Fail {
        Fail { code: ExitCode::OurFailure, message: message.to_string(), hint: None }
    }

    /// The same with a hint of one line.
    pub(super) fn hint(self, hint: impl Into<String>) -> Fail {
        Fail { hint: Some(escape::line(&hint.into()).into_owned()), ..self }
    }

    /// The same with a hint of several lines, each of which the caller has made: line ends of others are escaped in them.
    pub(super) fn hint_of_lines(self, hint: String) -> Fail {
        Fail { hint: Some(hint), ..self }
    }
}

impl From<io::Error> for Fail {
    fn from(error: io::Error) -> Fail {
        Fail::work(error)
    }
}
