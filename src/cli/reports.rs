//! The reports that a command is asked for: where they go, opened before the work begins, and written when it is done.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::fail::Fail;
use super::output::Target;
use crate::judgement::{EventLines, Run};
use crate::report;

/// Where reports go; `-` is stdout.
#[derive(Debug, Args)]
#[command(next_help_heading = "Reports (FILE, or - for stdout)")]
pub(super) struct Reports {
    /// The JSON report
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// JUnit XML
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// The event stream as JSON Lines, written while the run goes on
    #[arg(long, value_name = "FILE")]
    events: Option<PathBuf>,
}

impl Reports {
    /// Whether one of them takes stdout, so that people are told on stderr.
    pub(super) fn use_stdout(&self) -> bool {
        [&self.json, &self.junit, &self.events].into_iter().flatten().any(|path| path.as_os_str() == "-")
    }
}

/// The reports, opened before the work begins.
pub(super) struct Opened {
    json: Option<Target>,
    junit: Option<Target>,
    events: Option<Target>,
}

impl Opened {
    pub(super) fn open(reports: &Reports) -> Result<Opened, Fail> {
        let open = |path: &Option<PathBuf>| path.as_deref().map(Target::open).transpose();
        let on_stdout =
            [&reports.json, &reports.junit, &reports.events].into_iter().flatten().filter(|path| path.as_os_str() == "-").count();
        if on_stdout > 1 {
            return Err(Fail::usage("only one report can go to stdout"));
        }
        Ok(Opened { json: open(&reports.json)?, junit: open(&reports.junit)?, events: open(&reports.events)? })
    }

    pub(super) const fn need_every_case(&self) -> bool {
        self.json.is_some() || self.junit.is_some()
    }

    pub(super) const fn need_digest(&self) -> bool {
        self.json.is_some() || self.events.is_some()
    }

    /// Something that writes the event stream while the run goes on.
    pub(super) fn events(&mut self) -> Option<EventLines<Box<dyn Write + '_>>> {
        self.events.as_mut().map(|target| EventLines::new(target.writer()))
    }

    pub(super) fn finish(self, runs: &[Run]) -> Result<(), Fail> {
        if let Some(mut target) = self.json {
            report::json(runs, target.writer())?;
            target.finish()?;
        }
        if let Some(mut target) = self.junit {
            let text = report::junit(runs).map_err(Fail::work)?;
            target.writer().write_all(text.as_bytes())?;
            target.finish()?;
        }
        self.events.map_or(Ok(()), Target::finish)
    }
}
