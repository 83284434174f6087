//! A process that is spoken to line by line, whatever it makes of it.

use std::process::ExitStatus;
use std::time::{Duration, Instant};

use super::super::launch::Launch;
use super::super::process::Process;
use super::super::streams::{Heard, Hearing};
use crate::implementation::wire::LINE_LIMIT;

/// The process.
pub(super) struct Driver {
    process: Process,
    hearing: Hearing,
    rest: Vec<u8>,
    is_over: bool,
}

/// What comes out of it next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// A line that is not empty.
    Line(String),
    /// Nothing in time.
    Nothing,
    /// Its output is over.
    Over,
    /// Something that is no line: longer than the limit, or not UTF-8.
    NoLine(&'static str),
}

impl Driver {
    /// Starts the program.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn start(launch: &Launch) -> std::io::Result<Driver> {
        let hearing = Hearing::new();
        Ok(Driver { process: Process::start(&mut launch.command(), 0, &hearing)?, hearing, rest: Vec::new(), is_over: false })
    }

    /// Sends a line.
    pub(super) fn say(&mut self, line: &str) {
        self.process.send(format!("{line}\n").as_bytes());
    }

    /// What it says next, within so long.
    pub(super) fn next(&mut self, patience: Duration) -> Said {
        let deadline = Instant::now() + patience;
        loop {
            while let Some(end) = memchr::memchr(b'\n', &self.rest) {
                let rest = self.rest.split_off(end + 1);
                let mut line = std::mem::replace(&mut self.rest, rest);
                line.truncate(end);
                if !line.trim_ascii().is_empty() {
                    return String::from_utf8(line).map_or(Said::NoLine("a line that is not UTF-8"), Said::Line);
                }
            }
            if self.rest.len() > LINE_LIMIT {
                return Said::NoLine("a line beyond the limit of 4 MiB");
            }
            if self.is_over {
                return Said::Over;
            }
            match self.hearing.hear(&mut [&mut self.process.streams], deadline.saturating_duration_since(Instant::now())) {
                Some((_, Heard::Part(part))) => self.rest.extend(part),
                Some((_, Heard::Over)) => self.is_over = true,
                None => return Said::Nothing,
            }
        }
    }

    /// Closes its input, and waits so long for its end; `None` if it had to be killed. With it comes what it wrote on its standard
    /// error.
    pub(super) fn close(mut self, patience: Duration) -> (Option<ExitStatus>, String) {
        let status = self.process.end(patience);
        (status.filter(|status| !killed(*status)), String::from_utf8_lossy(&self.process.stderr()).into_owned())
    }
}

#[cfg(unix)]
fn killed(status: ExitStatus) -> bool {
    std::os::unix::process::ExitStatusExt::signal(&status) == Some(9)
}

#[cfg(not(unix))]
fn killed(_: ExitStatus) -> bool {
    false
}
