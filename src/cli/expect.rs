//! `countersign expect`: the file of known failures, checked against the vectors, or brought up to date with what an adapter does.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::arguments::Vectors;
use super::fail::Fail;
use super::files;
use super::implementations::{self, Implementations};
use super::output::{self, Outcome};
use super::selection::Selection;
use super::session::{self, Session};
use crate::judgement::expectations::{Change, Expectations, Finding, update};
use crate::judgement::{ExitCode, Keep, Run};
use crate::report::escape;
use crate::vectors::Corpus;

/// The file of known failures.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Look for entries that are for no case, stand for the same case, or have expired
    #[command(after_help = "Example:\n  countersign expect check adapters/mine/mine.expect.toml")]
    Check {
        /// The files
        #[arg(value_name = "FILE", required = true)]
        files: Vec<String>,
        #[command(flatten)]
        vectors: Vectors,
    },
    /// Ask an adapter, and write down what fails today: new failures are added, what passes is taken away, comments stay
    #[command(after_help = "\
Examples:
  countersign expect update mine.expect.toml --adapter './mine'
  countersign expect update mine.expect.toml --adapter './mine' 'sign.uri/*' --dry-run")]
    Update(Box<Update>),
}

#[derive(Debug, Args)]
struct Update {
    /// The file; it is made if there is none
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    vectors: Vectors,
    #[command(flatten)]
    implementations: Implementations,
    /// Say what would change, and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// What a new file begins with.
pub(super) const NEW: &str = "format = 1\n";

/// Breaks of an adapter that end an update: it is there to find them all.
const BREAKS: u32 = 100;

/// Runs it.
pub(super) fn run(arguments: &Arguments) -> Outcome {
    match &arguments.command {
        Command::Check { files, vectors } => check(files, vectors),
        Command::Update(arguments) => bring_up_to_date(arguments),
    }
}

fn check(files: &[String], vectors: &Vectors) -> Outcome {
    let corpus = vectors.corpus()?;
    let all = files.iter().map(|file| implementations::read(file, &corpus)).collect::<Result<Vec<Expectations>, Fail>>()?;
    for case in corpus.cases() {
        let case = case?;
        all.iter().for_each(|expectations| expectations.see(&case, false));
    }
    let (mut text, mut code) = (String::new(), ExitCode::AsExpected);
    for expectations in &all {
        let findings = expectations.findings(true);
        for finding in &findings {
            write_finding(&mut text, finding);
            code = ExitCode::Unexpected;
        }
        if findings.is_empty() {
            let entries = match expectations.entries().len() {
                0 => "no entry".to_owned(),
                1 => "1 entry, of use".to_owned(),
                many => format!("{many} entries, all of use"),
            };
            let _ = writeln!(text, "{}: {entries}", escape::line(expectations.file()));
        }
    }
    output::print(&text)?;
    Ok(code)
}

fn bring_up_to_date(arguments: &Update) -> Outcome {
    let name = arguments.file.to_string_lossy().into_owned();
    let text = if arguments.file.exists() { files::text(&arguments.file, files::MAX_FILE)? } else { NEW.to_owned() };
    let unfollowed = Expectations::read(&name, &text, &implementations::today())?;
    let mut adapters = arguments.implementations.named()?;
    let (Some(adapter), true) = (adapters.pop(), adapters.is_empty()) else {
        return Err(Fail::usage("a file is for one adapter").hint("name one: --adapter 'CMD'"));
    };
    let corpus = arguments.vectors.corpus()?;
    let known = unfollowed.following(corpus.retired());
    let selector = arguments.selection.selector(&corpus, std::iter::empty())?;
    let plan = session::plan(&corpus, &selector, 0)?;
    if plan.selected() == 0 || !arguments.selection.is_everything() {
        selector.check(&corpus.cases().map(|case| Ok(case?.full_id())).collect::<Result<Vec<_>, Fail>>()?)?;
    }
    let mut session = Session::new(&corpus, &selector, &arguments.implementations)?;
    session.shown = io::stderr().is_terminal();
    session.keep = Keep::Every;
    session.breaks = BREAKS;
    session.adapter(adapter, Some(&known), &plan, None)?;
    let Some(run) = session.runs.pop() else { return Ok(ExitCode::NothingExecuted) };
    let stopped = matches!(run.exit_code(), ExitCode::Adapter | ExitCode::Interrupted);
    let changes = update(&known, &text, &run.records, !stopped).ok_or_else(|| Fail::work(format!("{name}: it cannot be edited")))?;
    let new = Expectations::read(&name, &changes.text, &implementations::today())?.following(corpus.retired());
    let left = left(&corpus, &new, &run)?;
    let mut told = told(&changes.changes, &run, &name, arguments.dry_run);
    left.iter().for_each(|finding| write_finding(&mut told, finding));
    output::print(&told)?;
    if !arguments.dry_run && (changes.text != text || !arguments.file.exists()) {
        output::write_file(&arguments.file, changes.text.as_bytes())?;
    }
    Ok(match left.is_empty() {
        _ if stopped => run.exit_code(),
        true => ExitCode::AsExpected,
        false => ExitCode::Unexpected,
    })
}

/// What is still otherwise than the new file says: entries that overlap, that have expired, that are not true of all of their cases.
fn left(corpus: &Corpus, now: &Expectations, run: &Run) -> Result<Vec<Finding>, Fail> {
    for case in corpus.cases() {
        now.see(&case?, false);
    }
    run.records.iter().for_each(|record| now.apply(&mut record.clone()));
    Ok(now.findings(true))
}

pub(super) fn write_finding(text: &mut String, finding: &Finding) {
    let (file, case, message) = (escape::line(&finding.file), escape::line(&finding.case), escape::line(&finding.message));
    let _ = writeln!(text, "{file}:{}: {case}: {message}", finding.line);
}

/// What was done to a file, in words.
pub(super) fn told(changes: &[Change], run: &Run, file: &str, is_trial: bool) -> String {
    let mut text = String::new();
    for change in changes {
        let (word, case) = match change {
            Change::Added(case) => ("added", case),
            Change::Removed(case) => ("removed", case),
            Change::Changed(case) => ("changed", case),
        };
        let _ = writeln!(text, "{word:<8} {}", escape::line(case));
    }
    let count = |is: fn(&Change) -> bool| changes.iter().filter(|change| is(change)).count();
    let [added, removed, changed] = [
        count(|change| matches!(change, Change::Added(_))),
        count(|change| matches!(change, Change::Removed(_))),
        count(|change| matches!(change, Change::Changed(_))),
    ];
    if changed > 0 {
        text.push_str("the reasons of changed entries are as they were: see whether they still hold\n");
    }
    let (file, who) = (escape::line(file), escape::line(&run.implementation().name));
    let verb = if is_trial { "would be brought up to date" } else { "is up to date" };
    let _ = writeln!(text, "{file} {verb} with {who}: {added} added, {removed} removed, {changed} changed");
    text
}
