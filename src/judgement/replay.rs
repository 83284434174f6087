//! Finished runs out of a file of events: every report of them has the same octets as if it were made while they went on. A file that a
//! crash cut off is read up to there.

use std::borrow::Cow;
use std::io::{self, BufRead, Read as _};

use serde::Deserialize;
use serde_json::value::RawValue;
use thiserror::Error;

use super::events::{Event, RunEnd, RunStart, Sink as _};
use super::record::CaseRecord;
use super::run::{Keep, Run};

/// The most octets of a line. An adapter's answer may have 4 MiB; escaped, and repeated where it differs, it is a multiple of that.
pub const MAX_EVENT: usize = 64 << 20;

/// What was read.
#[derive(Clone, Debug, Default)]
pub struct Replayed {
    /// The runs in the order in which they began.
    pub runs: Vec<Run>,
    /// The line at which the file breaks off, if it does.
    pub cut: Option<usize>,
}

impl Replayed {
    /// The names of the runs that came to no end.
    pub fn unfinished(&self) -> impl Iterator<Item = &str> {
        self.runs.iter().filter(|run| run.end.is_none()).map(|run| run.implementation().name.as_str())
    }
}

/// A file that holds no events.
#[derive(Debug, Error)]
#[error("{file}:{line}: {reason}")]
pub struct ReplayError {
    /// The file as it was named.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub reason: String,
}

/// Reads a stream of events, also of several implementations mixed. `keep` says which records the runs keep.
///
/// # Errors
/// [`ReplayError`] at the first line that is no event or has no place where it stands; a last line without its end is where a crash
/// cut the file off, and no error.
pub fn replay(file: &str, mut reader: impl BufRead, keep: Keep) -> Result<Replayed, ReplayError> {
    let (mut replayed, mut line, mut number) = (Replayed::default(), Vec::new(), 0);
    loop {
        number += 1;
        line.clear();
        let here = |reason: String| ReplayError { file: file.to_owned(), line: number, reason };
        read_line(&mut reader, &mut line).map_err(|error| here(error.to_string()))?;
        if line.is_empty() {
            break;
        }
        let Some(whole) = line.strip_suffix(b"\n") else {
            if line.len() > MAX_EVENT {
                return Err(here(format!("a line is longer than {} MiB", MAX_EVENT >> 20)));
            }
            // Without its end it is whole only by luck.
            if take(&line, &mut replayed.runs, keep).is_err() {
                replayed.cut = Some(number);
            }
            break;
        };
        // What editors and `echo` leave behind says nothing.
        if !whole.trim_ascii().is_empty() {
            take(whole, &mut replayed.runs, keep).map_err(here)?;
        }
    }
    if replayed.runs.is_empty() {
        return Err(ReplayError { file: file.to_owned(), line: 1, reason: "no run begins in this file".to_owned() });
    }
    replayed.runs.iter_mut().filter(|run| run.end.is_none()).for_each(Run::cut_off);
    Ok(replayed)
}

fn read_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<()> {
    let most = u64::try_from(MAX_EVENT).unwrap_or(u64::MAX) + 1;
    reader.take(most).read_until(b'\n', line).map(|_| ())
}

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(default)]
    format: Option<u32>,
    #[serde(borrow, default)]
    implementation: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Log {
    text: String,
}

/// Takes one event.
fn take(line: &[u8], runs: &mut Vec<Run>, keep: Keep) -> Result<(), String> {
    let text = std::str::from_utf8(line).map_err(|_| "the line is not UTF-8".to_owned())?;
    let head: Head<'_> = serde_json::from_str(text).map_err(|error| format!("not an event: {error}"))?;
    let wrong = |error: serde_json::Error| format!("not a {} event: {error}", head.kind);
    let named = head.implementation.ok_or_else(|| "an event without implementation".to_owned())?;
    let name = serde_json::from_str::<Named<'_>>(named.get()).map_err(wrong)?.name;
    let place = runs.iter().position(|run| run.implementation().name == name);
    if head.kind == "run_start" {
        if head.format != Some(1) {
            return Err("its format is not 1".to_owned());
        }
        if place.is_some() {
            return Err(format!("a second run of {name:?}: files of several commands are put together by report merge"));
        }
        let start: RunStart = serde_json::from_str(text).map_err(wrong)?;
        let mut run = Run::keeping(keep);
        give(&mut run, Event::RunStart(&start));
        runs.push(run);
        return Ok(());
    }
    let Some(run) = place.and_then(|place| runs.get_mut(place)) else {
        return Err(format!("a {} event of {name:?}, whose run has not begun", head.kind));
    };
    if run.end.is_some() {
        return Err(format!("a {} event of {name:?}, whose run has ended", head.kind));
    }
    match &*head.kind {
        "case" => give(run, Event::Case(&serde_json::from_str::<CaseRecord>(text).map_err(wrong)?)),
        "adapter_log" => give(run, Event::AdapterLog(&serde_json::from_str::<Log>(text).map_err(wrong)?.text)),
        "run_end" => give(run, Event::RunEnd(&serde_json::from_str::<RunEnd>(text).map_err(wrong)?)),
        // What a later version tells beside these is not needed for the reports of this one.
        _ => {}
    }
    Ok(())
}

/// A run takes every event.
fn give(run: &mut Run, event: Event<'_>) {
    let implementation = run.implementation().clone();
    let taken = run.take(&implementation, event);
    debug_assert!(taken.is_ok(), "a run takes every event");
}
