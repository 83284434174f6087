//! `countersign report`: from the events of finished runs to any report, shards put together, and what changed between two runs.

use std::fs::File;
use std::io::{BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::fail::Fail;
use super::named_writer::NamedWriter;
use super::output::{self, Outcome, Target};
use super::reports::{Files, Opened};
use crate::judgement::{EventLines, ExitCode, Keep, Run, changes, merge, replay};
use crate::profile::load::has_byte_order_mark;
use crate::report::changes::{Compared, changes as told, changes_json};
use crate::report::{self, TextOptions, escape};

/// Reports of finished runs: convert, merge, diff.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write any report from a run's events, or from a JSON report; without a format, what `countersign test` shows
    Convert(Convert),
    /// Put the events of shards together
    Merge(Merge),
    /// Say what changed between two runs; exit 1 if something did for the worse
    Diff(Diff),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  countersign test --events run.jsonl
  countersign report convert run.jsonl --html run.html --junit run.xml
  countersign report convert old.jsonl new.jsonl --html both.html")]
struct Convert {
    /// Events (`--events`) or JSON reports (`--json`); their implementations stand beside each other
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What was not scored and what adapters wrote, too
    #[arg(long, short)]
    verbose: bool,
    #[command(flatten)]
    reports: Files,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  countersign test --shard 1/2 --events one.jsonl
  countersign test --shard 2/2 --events two.jsonl
  countersign report merge one.jsonl two.jsonl -o all.jsonl")]
struct Merge {
    /// The events of the shards
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where the events of the whole go; - is stdout
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  countersign report diff main.jsonl branch.jsonl")]
struct Diff {
    /// Events or a JSON report of the run before
    old: PathBuf,
    /// Events or a JSON report of the run now
    new: PathBuf,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Runs it.
pub(super) fn run(arguments: Arguments) -> Outcome {
    match arguments.command {
        Command::Convert(arguments) => convert(arguments),
        Command::Merge(arguments) => merging(&arguments),
        Command::Diff(arguments) => diff(&arguments),
    }
}

fn convert(arguments: Convert) -> Outcome {
    let reports = Opened::of_files(&arguments.reports, arguments.files.iter().map(PathBuf::as_path))?;
    let several = arguments.files.len() > 1;
    // A file may hold the runs of several, which only its end tells.
    let keep = if reports.is_empty() && arguments.verbose { Keep::Every } else { reports.keep(true) };
    let mut runs = Vec::new();
    for file in &arguments.files {
        for mut run in read(file, keep)?.runs {
            if runs.iter().any(|known: &Run| known.implementation().name == run.implementation().name) {
                if !several {
                    return Err(Fail::work(format!("{}: two runs of {}", file.display(), escape::line(&run.implementation().name))));
                }
                // Two runs of the same implementation stand beside each other by the names of their files.
                let name = format!("{} ({})", run.implementation().name, file.display());
                run.start.implementation.name = name;
            }
            runs.push(run);
        }
    }
    if reports.is_empty() {
        let options = TextOptions { layout: output::layout(false), verbose: arguments.verbose, most: 20, ..TextOptions::default() };
        output::print(&report::text(&runs, &options))?;
    } else {
        reports.finish(&runs)?;
    }
    Ok(ExitCode::AsExpected)
}

fn merging(arguments: &Merge) -> Outcome {
    let mut target = Target::open(&arguments.output)?;
    let mut runs = Vec::new();
    for file in &arguments.files {
        runs.extend(read(file, Keep::Every)?.runs);
    }
    let merged = merge(runs).map_err(|error| Fail::usage(escape::line(&error.to_string())))?;
    {
        let mut lines = EventLines::new(std::io::BufWriter::new(NamedWriter::to(&mut target)));
        for run in &merged.runs {
            run.tell(&mut lines)?;
        }
        lines.into_inner().flush()?;
    }
    target.finish()?;
    for missing in &merged.missing {
        output::note(&escape::line(missing));
    }
    if merged.missing.is_empty() {
        return Ok(ExitCode::AsExpected);
    }
    Err(Fail::work("the shards are not all of a run: what there is was written").hint("the notes above say what is missing"))
}

fn diff(arguments: &Diff) -> Outcome {
    let (old, new) = (read(&arguments.old, Keep::Every)?.runs, read(&arguments.new, Keep::Every)?.runs);
    let mut compared = Vec::new();
    for now in &new {
        let before = match (old.as_slice(), new.as_slice()) {
            // One run against one: whatever they are called.
            ([before], [_]) => Some(before),
            _ => old.iter().find(|before| before.implementation().name == now.implementation().name),
        };
        match before {
            Some(before) => compared.push(Compared { old: before, new: now, changes: changes(before, now) }),
            None => output::note(&format!("{} has no run before", escape::line(&now.implementation().name))),
        }
    }
    if compared.is_empty() {
        return Err(Fail::usage("no implementation is in both files"));
    }
    for before in old.iter().filter(|before| !compared.iter().any(|one| std::ptr::eq(one.old, *before))) {
        output::note(&format!("{} has no run now", escape::line(&before.implementation().name)));
    }
    if arguments.json {
        let mut document = Vec::new();
        changes_json(&compared, &mut document)?;
        output::print(&String::from_utf8_lossy(&document))?;
    } else {
        output::print(&told(&compared, output::layout(false)))?;
    }
    let is_worse = compared.iter().flat_map(|one| &one.changes).any(|changed| changed.fails);
    // A run that was stopped cannot show that nothing became worse.
    let stopped = compared.iter().map(|one| one.new.exit_code()).find(|code| matches!(code, ExitCode::Adapter | ExitCode::Interrupted));
    Ok(match stopped {
        _ if is_worse => ExitCode::Unexpected,
        Some(code) => {
            output::note("the run now came to no end, so that not everything was compared");
            code
        }
        None => ExitCode::AsExpected,
    })
}

/// What a file holds.
struct Held {
    runs: Vec<Run>,
}

/// The most octets of a JSON report, which is read as a whole: some dozens of implementations beside each other.
const MAX_REPORT: u64 = 128 << 20;

/// The runs of an events file or a JSON report.
pub(super) fn runs(path: &Path, keep: Keep) -> Result<Vec<Run>, Fail> {
    Ok(read(path, keep)?.runs)
}

/// Reads events, or a JSON report: that is indented, so that its first line is a brace alone.
fn read(path: &Path, keep: Keep) -> Result<Held, Fail> {
    let name = path.display().to_string();
    let cannot = |error: std::io::Error| Fail::work(format!("{name}: cannot be read: {error}"));
    let file = File::open(path).map_err(cannot)?;
    let length = file.metadata().map_or(0, |data| data.len());
    let mut reader = BufReader::new(file);
    let beginning = std::io::BufRead::fill_buf(&mut reader).map_err(cannot)?;
    if !is_events(beginning) {
        let neither = |why: &str| Fail::work(format!("{name}: neither events nor a JSON report: {}", escape::line(why)));
        let writers = "`countersign test` writes events with --events and a JSON report with --json";
        match beginning {
            [] => return Err(neither("it is empty").hint(writers)),
            _ if has_byte_order_mark(beginning) => {
                return Err(neither("it begins with a byte order mark").hint("save it as UTF-8 without a byte order mark"));
            }
            // What is no JSON report is not read to its end.
            _ if beginning.trim_ascii_start().first().is_some_and(|octet| *octet != b'{') => {
                return Err(neither("it does not begin with a brace").hint(writers));
            }
            _ => {}
        }
        let too_large = || {
            Fail::work(format!("{name}: a JSON report of more than {} MiB", MAX_REPORT >> 20))
                .hint("events have no such limit: `countersign test --events FILE`")
        };
        if length > MAX_REPORT {
            return Err(too_large());
        }
        let mut text = String::new();
        reader.take(MAX_REPORT + 1).read_to_string(&mut text).map_err(cannot)?;
        if text.len() as u64 > MAX_REPORT {
            return Err(too_large());
        }
        let runs = report::read_json(&text).map_err(|error| neither(&error.to_string()))?;
        return Ok(Held { runs });
    }
    let replayed = replay(&name, reader, keep).map_err(|error| Fail::work(escape::line(&error.to_string())))?;
    if let Some(line) = replayed.cut {
        output::note(&format!("{name}:{line}: the file breaks off here; it is read up to there"));
    }
    for run in replayed.unfinished() {
        output::note(&format!("{name}: the run of {} came to no end", escape::line(run)));
    }
    Ok(Held { runs: replayed.runs })
}

/// Whether a file begins with an event: an object whose first member is its type.
fn is_events(beginning: &[u8]) -> bool {
    let mut words = beginning.iter().filter(|octet| !octet.is_ascii_whitespace());
    b"{\"type\":".iter().all(|octet| words.next() == Some(octet))
}
