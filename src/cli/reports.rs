//! The reports that a command is asked for: where they go, opened before the work begins, and written when it is done.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::event_file::EventFile;
use super::fail::Fail;
use super::named_writer::NamedWriter;
use super::output::Target;
use crate::judgement::{EventLines, Keep, Run};
use crate::report::{self, Format};

/// Where reports of runs go; `-` is stdout.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Reports (FILE, or - for stdout)")]
pub(super) struct Files {
    /// The JSON report
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// JUnit XML
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// The Test Anything Protocol, version 14
    #[arg(long, value_name = "FILE")]
    tap: Option<PathBuf>,
    /// SARIF 2.1.0, for code scanning
    #[arg(long, value_name = "FILE")]
    sarif: Option<PathBuf>,
    /// Markdown, for a comment or the summary of a job
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// One page for a browser that needs nothing beside itself
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Workflow commands for GitHub Actions
    #[arg(long, value_name = "FILE")]
    github: Option<PathBuf>,
    /// What shields.io draws a badge from
    #[arg(long, value_name = "FILE")]
    badge: Option<PathBuf>,
}

impl Files {
    fn all(&self) -> impl Iterator<Item = (Format, &PathBuf)> {
        let of = |format: Format| match format {
            Format::Json => &self.json,
            Format::Junit => &self.junit,
            Format::Tap => &self.tap,
            Format::Sarif => &self.sarif,
            Format::Markdown => &self.markdown,
            Format::Html => &self.html,
            Format::Github => &self.github,
            Format::Badge => &self.badge,
        };
        Format::ALL.iter().filter_map(move |format| of(*format).as_ref().map(|path| (*format, path)))
    }
}

/// Where the reports of `countersign test` go.
#[derive(Debug, Args)]
#[command(next_help_heading = "Reports (FILE, or - for stdout)")]
pub(super) struct Reports {
    #[command(flatten)]
    files: Files,
    /// The event stream as JSON Lines, written while the run goes on
    #[arg(long, value_name = "FILE")]
    events: Option<PathBuf>,
}

impl Reports {
    /// Whether one of them takes stdout, so that people are told on stderr.
    pub(super) fn use_stdout(&self) -> bool {
        self.files.all().map(|(_, path)| path).chain(&self.events).any(|path| path.as_os_str() == "-")
    }
}

/// The reports, opened before the work begins.
pub(super) struct Opened {
    formats: Vec<(Format, Target)>,
    events: Option<EventFile>,
}

impl Opened {
    /// Opens those of `countersign test`.
    pub(super) fn open<'a>(reports: &Reports, inputs: impl IntoIterator<Item = &'a Path>) -> Result<Opened, Fail> {
        Opened::of(&reports.files, reports.events.as_ref(), inputs)
    }

    /// Opens those of finished runs.
    pub(super) fn of_files<'a>(files: &Files, inputs: impl IntoIterator<Item = &'a Path>) -> Result<Opened, Fail> {
        Opened::of(files, None, inputs)
    }

    /// What is read is not written over, and no report over another one.
    fn of<'a>(files: &Files, events: Option<&PathBuf>, inputs: impl IntoIterator<Item = &'a Path>) -> Result<Opened, Fail> {
        let read: Vec<PathBuf> = inputs.into_iter().filter_map(place).collect();
        let mut written: Vec<PathBuf> = Vec::new();
        for path in files.all().map(|(_, path)| path).chain(events) {
            let Some(place) = place(path) else { continue };
            let is_read = read.iter().any(|input| *input == place || (place.is_file() && place.starts_with(input)));
            let why = match (is_read, written.contains(&place)) {
                (true, _) => "it would be written over, and is read",
                (_, true) => "two reports would be written to it",
                _ => {
                    written.push(place);
                    continue;
                }
            };
            return Err(Fail::usage(format!("{}: {why}", path.display())).hint("give each report a file of its own"));
        }
        let on_stdout = files.all().map(|(_, path)| path).chain(events).filter(|path| path.as_os_str() == "-").count();
        if on_stdout > 1 {
            return Err(Fail::usage("only one report can go to stdout"));
        }
        // Somebody may have meant a case, and a flag without a value.
        let told = |option: &'static str| {
            move |fail: Fail| fail.hint(format!("--{option} is followed by the file that it is written to, or by - for stdout"))
        };
        let open = |(format, path): (Format, &PathBuf)| Ok((format, Target::open(path).map_err(told(format.name()))?));
        let formats = files.all().map(open).collect::<Result<_, Fail>>()?;
        Ok(Opened { formats, events: events.map(|path| EventFile::open(path)).transpose().map_err(told("events"))? })
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.formats.is_empty() && self.events.is_none()
    }

    /// The records that runs must keep for them. Implementations beside each other are compared, whatever the report.
    pub(super) fn keep(&self, several: bool) -> Keep {
        let least = if several { Keep::Comparable } else { Keep::Unexpected };
        self.formats.iter().map(|(format, _)| format.keep()).fold(least, Keep::max)
    }

    /// Whether the digest of the vectors is told: it takes a while.
    pub(super) fn need_digest(&self) -> bool {
        self.events.is_some() || self.formats.iter().any(|(format, _)| matches!(format, Format::Json | Format::Html | Format::Sarif))
    }

    /// Something that writes the event stream while the run goes on.
    pub(super) fn events(&mut self) -> Option<EventLines<Box<dyn Write + '_>>> {
        self.events.as_mut().map(|file| EventLines::new(file.writer()))
    }

    /// Writes them all.
    pub(super) fn finish(self, runs: &[Run]) -> Result<(), Fail> {
        for (format, mut target) in self.formats {
            let mut out = std::io::BufWriter::new(NamedWriter::to(&mut target));
            report::render(runs, format, &mut out)?;
            out.flush()?;
            drop(out);
            target.finish()?;
        }
        self.events.map_or(Ok(()), EventFile::finish)
    }
}

/// Where a path leads to; `None` for stdout and for what is no file, such as a device.
fn place(path: &Path) -> Option<PathBuf> {
    let is_other = path.as_os_str() == "-" || std::fs::metadata(path).is_ok_and(|what| !what.is_file() && !what.is_dir());
    if is_other {
        return None;
    }
    std::fs::canonicalize(path).ok().or_else(|| {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Some(std::fs::canonicalize(folder).ok()?.join(path.file_name()?))
    })
}
