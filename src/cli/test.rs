//! `countersign test`: the main job. Opens the vectors and the reports, asks each implementation, judges the provider fixtures once, and
//! tells what came of it.

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::arguments::Vectors;
use super::fail::Fail;
use super::fixtures::{self, Fixtures};
use super::implementations::{Expected, Implementations};
use super::last_run;
use super::output::{self, Outcome};
use super::reports::{Opened, Reports};
use super::selection::{Selection, Selector};
use super::session::{self, Session};
use crate::implementation::Reference;
use crate::judgement::{ExitCode, Keep, Run};
use crate::report::{self, TextOptions, escape};
use crate::vectors::{Corpus, LoadError};

/// Put vectors to the reference, or to each --adapter, and judge the provider fixtures.
#[derive(Debug, Args)]
#[command(
    args_override_self = true,
    after_help = "\
Examples:
  countersign test
  countersign test 'sign.uri/*' --strict
  countersign test --adapter 'python3 adapter.py' --junit out.xml
  countersign test --adapter mine=./adapter --adapter theirs='node theirs.js' --json -"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    vectors: Vectors,
    #[command(flatten)]
    implementations: Implementations,
    #[command(flatten)]
    expected: Expected,
    /// A file of settings, whose keys are options such as strict, expect or html; without it, countersign.toml, which may not name
    /// adapters
    #[arg(long, value_name = "FILE")]
    #[allow(dead_code, reason = "it was read before the arguments were")]
    config: Option<PathBuf>,
    /// Fail on cases of level should, too
    #[arg(long)]
    strict: bool,
    /// Fail if less of what an adapter offers could be put to it, in percent
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    require_coverage: Option<u8>,
    /// List what would be put, and end
    #[arg(long)]
    dry_run: bool,
    /// No numbers of suites: failures and the summary only
    #[arg(long, short, conflicts_with = "verbose")]
    quiet: bool,
    /// Every failure, what was not scored, and what adapters wrote on their standard error
    #[arg(long, short)]
    verbose: bool,
    #[command(flatten)]
    reports: Reports,
}

/// Runs it.
pub(super) fn run(arguments: Arguments) -> Outcome {
    let (fixtures, corpus) = fixtures::opened(&arguments.vectors)?;
    let selector = arguments.selection.selector(&corpus, fixtures.profiles())?;
    if arguments.dry_run {
        return dry_run(&corpus, &selector, &fixtures);
    }
    let read = arguments.vectors.paths.iter().chain(&arguments.config).map(PathBuf::as_path).chain(arguments.expected.files());
    let mut reports = Opened::open(&arguments.reports, read)?;
    let mut adapters = arguments.implementations.named()?;
    let expectations = arguments.expected.read(&adapters, &corpus)?;

    let exchanges = fixtures.selected(&selector);
    let mut plan = session::plan(&corpus, &selector, if adapters.is_empty() { exchanges.len() } else { 0 })?;
    if plan.selected() == 0 && !exchanges.is_empty() && !adapters.is_empty() {
        output::note("provider fixtures alone are selected: they are about our own reading, and no adapter is asked");
        adapters.clear();
        plan = session::plan(&corpus, &selector, exchanges.len())?;
    }
    let asks_adapters = !adapters.is_empty();
    if plan.selected() == 0 || !arguments.selection.is_everything() {
        selector.check(&ids(&corpus, &fixtures)?)?;
    }
    if plan.selected() == 0 && exchanges.is_empty() && arguments.selection.is_narrowed_twice() {
        output::note("no case has everything that was asked for");
    }

    let mut session = Session::new(&corpus, &selector, &arguments.implementations)?;
    session.strict = arguments.strict;
    session.shown = !arguments.quiet && io::stderr().is_terminal();
    session.keep = if arguments.verbose { Keep::Every } else { reports.keep(adapters.len() > 1) };
    session.shard = arguments.selection.shard();
    session.again.vectors = arguments.vectors.again();
    let mut code = ExitCode::AsExpected;
    if adapters.is_empty() {
        let known = expectations.first().and_then(Option::as_ref);
        session.run(&mut Reference::new(), known, &plan, Some(&mut reports), |_, runner| fixtures.judge(&exchanges, runner))?;
    }
    let alone = adapters.len() == 1;
    for ((adapter, known), again) in adapters.into_iter().zip(&expectations).zip(arguments.implementations.again()) {
        session.again.implementation = again;
        match session.adapter(adapter, known.as_ref(), &plan, Some(&mut reports)) {
            // The others are asked all the same.
            Err(fail) if fail.code == ExitCode::Adapter && !alone => {
                output::complain(&fail);
                code = code.and(fail.code);
            }
            other => other?,
        }
    }
    code = session.runs.iter().map(Run::exit_code).reduce(ExitCode::and).unwrap_or(ExitCode::NothingExecuted).and(code);
    let (mut runs, elapsed) = (session.runs, session.elapsed);
    let uncovered = uncovered(&mut runs, arguments.require_coverage);
    if !uncovered.is_empty() && code == ExitCode::AsExpected {
        code = ExitCode::Unexpected;
    }
    let asked = runs.len();
    if asks_adapters && let Some(own) = fixtures.own_run(&exchanges, &corpus, arguments.vectors.again(), &mut reports)? {
        code = code.and(own.exit_code());
        runs.push(own);
    }
    reports.finish(&runs)?;
    last_run::keep(&runs);
    tell(&arguments, runs.split_at(asked), &uncovered, &elapsed)?;
    Ok(code)
}

/// What is to be said of each run that reached too little of what its implementation offers. Its reports say that it failed.
fn uncovered(runs: &mut [Run], required: Option<u8>) -> Vec<String> {
    let mut said = Vec::new();
    for run in runs {
        let coverage = run.totals().coverage();
        if let Some(required) = required.filter(|required| coverage < u64::from(*required)) {
            let name = escape::line(&run.implementation().name).into_owned();
            said.push(format!("{name}: {coverage} % of what it offers was put to it; required are {required} %"));
            if let Some(end) = run.end.as_mut().filter(|end| end.exit_code == ExitCode::AsExpected) {
                end.exit_code = ExitCode::Unexpected;
            }
        }
    }
    said
}

fn dry_run(corpus: &Corpus, selector: &Selector<'_>, fixtures: &Fixtures) -> Outcome {
    let mut list = String::new();
    for case in corpus.cases() {
        let case = case?;
        if selector.takes(&case) && case.status != crate::vectors::Status::Withdrawn {
            list.push_str(&escape::line(&case.full_id()));
            list.push('\n');
        }
    }
    for id in fixtures.selected(selector).iter().map(|exchange| exchange.full_id()) {
        list.push_str(&escape::line(&id));
        list.push('\n');
    }
    selector.check(&ids(corpus, fixtures)?)?;
    output::print(&list)?;
    Ok(ExitCode::AsExpected)
}

fn ids(corpus: &Corpus, fixtures: &Fixtures) -> Result<Vec<String>, Fail> {
    let cases = corpus.cases().map(|case| case.map(|case| case.full_id()));
    let mut ids = cases.collect::<Result<Vec<_>, LoadError>>()?;
    ids.extend(fixtures.all().map(|exchange| exchange.full_id()));
    Ok(ids)
}

/// What a person reads. Where a report goes to stdout, people are told on stderr.
fn tell(arguments: &Arguments, (runs, own): (&[Run], &[Run]), uncovered: &[String], elapsed: &[Duration]) -> Result<(), Fail> {
    let to_stderr = arguments.reports.use_stdout();
    let options = TextOptions {
        layout: output::layout(to_stderr),
        quiet: arguments.quiet,
        verbose: arguments.verbose,
        elapsed,
        most: if arguments.verbose { 0 } else { MOST_FAILURES },
    };
    let mut text = report::text::text(runs, &options);
    uncovered.iter().for_each(|line| text.push_str(&format!("{line}\n")));
    if !own.is_empty() {
        text.push_str(&report::text::text(own, &TextOptions { elapsed: &[], ..options }));
    }
    output::tell(&text, to_stderr)
}

/// The most failures of a run that are shown unless somebody wants them all.
const MOST_FAILURES: usize = 20;
