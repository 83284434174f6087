//! Options that several commands share, each written once.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::fail::Fail;
use crate::vectors::{Corpus, LoadError};

/// Which vector files.
#[derive(Debug, Args)]
pub(super) struct Vectors {
    /// Vector files or folders in place of the embedded set
    #[arg(long = "vectors", value_name = "DIR|FILE")]
    pub(super) paths: Vec<PathBuf>,
}

impl Vectors {
    /// The arguments that name them again.
    pub(super) fn again(&self) -> Vec<String> {
        self.paths.iter().flat_map(|path| ["--vectors".to_owned(), path.to_string_lossy().into_owned()]).collect()
    }

    /// Opens them, or the embedded set.
    pub(super) fn corpus(&self) -> Result<Corpus, Fail> {
        let corpus = if self.paths.is_empty() { Corpus::embedded() } else { Corpus::open(&self.paths) };
        corpus.map_err(Fail::from)
    }
}

impl From<LoadError> for Fail {
    fn from(error: LoadError) -> Fail {
        let hint = error.hint.clone();
        let fail = Fail::work(error);
        match hint {
            Some(hint) => fail.hint(hint),
            None => fail,
        }
    }
}

/// Reads a length of time: `2s`, `500ms`, `1m`, or seconds without a unit.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.find(|character: char| !character.is_ascii_digit() && character != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let seconds = match unit {
        "" | "s" => 1.0,
        "ms" => 0.001,
        "m" => 60.0,
        _ => return Err("write it as 2s, 500ms or 1m".to_owned()),
    };
    let number: f64 = number.parse().map_err(|_| "write it as 2s, 500ms or 1m".to_owned())?;
    Duration::try_from_secs_f64(number * seconds)
        .ok()
        .filter(|duration| !duration.is_zero() && *duration <= Duration::from_secs(86_400))
        .ok_or_else(|| "it must be more than nothing and at most a day".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read_with_their_units() {
        for (text, milliseconds) in [("2s", 2000), ("500ms", 500), ("1.5", 1500), ("1m", 60_000)] {
            assert_eq!(duration(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
        for text in ["", "s", "0", "-1s", "1h", "1e9", "2 s", "inf", "100000"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
