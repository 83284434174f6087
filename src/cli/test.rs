//! `countersign test`: the main job. Opens the vectors and the reports, asks each implementation, judges the provider fixtures once, and
//! tells what came of it.

use std::io::{self, IsTerminal as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use clap::Args;

use super::arguments::{self, Vectors};
use super::fail::Fail;
use super::fixtures::Fixtures;
use super::output::{self, Outcome};
use super::progress::{Progress, Tasks};
use super::reports::{Opened, Reports};
use super::selection::{Selection, Selector};
use crate::implementation::adapter::{Adapter, Launch};
use crate::implementation::{Description, Implementation, Reference};
use crate::judgement::{ExitCode, Keep, Plan, Run, RunError, RunStart, Runner, Sink, Sinks, Surroundings};
use crate::report::{self, TextOptions, escape};
use crate::vectors::{Corpus, LoadError};

/// Put vectors to the reference, or to each --adapter, and judge the provider fixtures.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  countersign test
  countersign test 'sign.uri/*' --strict
  countersign test --adapter 'python3 adapter.py' --junit out.xml
  countersign test --adapter mine=./adapter --adapter theirs='node theirs.js' --json -")]
pub(super) struct Arguments {
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    vectors: Vectors,
    /// A program behind the adapter protocol, in shell words, with a name of your choice; may be repeated
    #[arg(long, value_name = "[NAME=]CMD", help_heading = "Implementations")]
    adapter: Vec<String>,
    /// How long an adapter may take to answer a case
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = arguments::duration, help_heading = "Implementations")]
    case_timeout: Duration,
    /// How long an adapter may take to start
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = arguments::duration, help_heading = "Implementations")]
    start_timeout: Duration,
    /// An environment variable that adapters see beside PATH, HOME, LANG and TMPDIR
    #[arg(long, value_name = "NAME", help_heading = "Implementations")]
    pass_env: Vec<String>,
    /// Fail on cases of level should, too
    #[arg(long)]
    strict: bool,
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
    let corpus = arguments.vectors.corpus()?;
    let selector = arguments.selection.selector(&corpus)?;
    let fixtures = if arguments.vectors.paths.is_empty() { Fixtures::embedded()? } else { Fixtures::none() };
    if arguments.dry_run {
        return dry_run(&corpus, &selector, &fixtures);
    }
    let mut reports = Opened::open(&arguments.reports)?;
    let adapters = arguments.adapter.iter().map(|text| Named::parse(text)).collect::<Result<Vec<_>, Fail>>()?;
    unique(&adapters)?;

    let exchanges = fixtures.selected(&selector);
    let plan = plan(&corpus, &selector, if adapters.is_empty() { exchanges.len() } else { 0 })?;
    if plan.selected() == 0 || !arguments.selection.is_everything() {
        selector.check(&ids(&corpus, &fixtures)?)?;
    }

    let started = Instant::now();
    let interrupted = interruption()?;
    let mut session = Session {
        arguments: &arguments,
        corpus: &corpus,
        selector: &selector,
        interrupted: &interrupted,
        started,
        runs: Vec::new(),
        elapsed: Vec::new(),
    };
    if adapters.is_empty() {
        session.run(&mut Reference::new(), &plan, &mut reports, |_, runner| fixtures.judge(&exchanges, runner))?;
    }
    for adapter in adapters {
        session.adapter(adapter, &plan, &mut reports)?;
    }
    let mut code = session.runs.iter().map(Run::exit_code).reduce(ExitCode::and).unwrap_or(ExitCode::NothingExecuted);
    let (runs, elapsed) = (session.runs, session.elapsed);
    let own = if arguments.adapter.is_empty() { None } else { fixtures.own_run(&exchanges)? };
    if let Some(own) = &own {
        code = code.and(own.exit_code());
    }
    reports.finish(&runs)?;
    tell(&arguments, &runs, own.as_ref(), &elapsed)?;
    Ok(code)
}

/// The first pass: what will be put, and which cases are controls.
fn plan(corpus: &Corpus, selector: &Selector<'_>, exchanges: usize) -> Result<Plan, Fail> {
    let mut plan = Plan::default();
    for case in corpus.cases() {
        let case = case?;
        plan.add(&case, selector.takes(&case)).map_err(Fail::work)?;
    }
    (0..exchanges).for_each(|_| plan.add_exchange());
    Ok(plan)
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

/// What all runs of the command have in common.
struct Session<'a> {
    arguments: &'a Arguments,
    corpus: &'a Corpus,
    selector: &'a Selector<'a>,
    interrupted: &'a AtomicBool,
    started: Instant,
    runs: Vec<Run>,
    elapsed: Vec<Duration>,
}

impl Session<'_> {
    /// Asks one implementation; `then` puts what comes after the cases.
    fn run<I: Implementation>(
        &mut self,
        implementation: &mut I,
        plan: &Plan,
        reports: &mut Opened,
        then: impl FnOnce(&mut I, &mut Runner<'_>) -> io::Result<()>,
    ) -> Result<(), Fail> {
        let digest = if reports.need_digest() { self.corpus.digest()? } else { String::new() };
        let start = RunStart {
            countersign: env!("CARGO_PKG_VERSION").to_owned(),
            suite_digest: digest,
            implementation: implementation.description().clone(),
            seed: 0,
            selected: plan.selected(),
            strict: self.arguments.strict,
            shard: self.arguments.selection.shard(),
        };
        let started = self.started;
        let shown = !self.arguments.quiet && io::stderr().is_terminal();
        let diagnosed = Tasks::new(shown, "failures diagnosed");
        let surroundings = Surroundings {
            clock: &|| u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
            interrupted: &|| self.interrupted.load(Ordering::Relaxed),
            diagnose: Some(&|done, all| {
                diagnosed.tell(done, all);
                true
            }),
            ..Surroundings::STILL
        };
        let keep = reports.keep(self.arguments.adapter.len() > 1);
        let mut run = Run::keeping(if self.arguments.verbose { Keep::Every } else { keep });
        let begun = Instant::now();
        let mut progress = Progress::new(shown, plan.selected());
        {
            let mut sinks = Sinks(vec![&mut run, &mut progress]);
            let mut events = reports.events();
            if let Some(events) = &mut events {
                sinks.0.push(events as &mut dyn Sink);
            }
            let mut runner = Runner::start(start, surroundings, &mut sinks)?;
            let put = runner.put(implementation, plan, self.corpus.cases(), &|case| self.selector.takes(case));
            match put {
                Ok(()) => {}
                Err(RunError::Case(error)) => return Err(error.into()),
                Err(RunError::Event(error)) => return Err(error.into()),
            }
            then(implementation, &mut runner)?;
            runner.finish()?;
        }
        progress.finish();
        diagnosed.finish();
        self.elapsed.push(begun.elapsed());
        self.runs.push(run);
        Ok(())
    }

    /// The name, or one with a number: in reports and events a name stands for one run.
    fn free_name(&self, name: String) -> String {
        let is_taken = |name: &String| self.runs.iter().any(|run| run.implementation().name == *name);
        let numbered = (2_u32..).map(|number| format!("{name}-{number}"));
        std::iter::once(name.clone()).chain(numbered).find(|name| !is_taken(name)).unwrap_or_default()
    }

    /// Starts an adapter and asks it.
    fn adapter(&mut self, named: Named, plan: &Plan, reports: &mut Opened) -> Result<(), Fail> {
        let launch = Launch {
            program: named.program,
            arguments: named.arguments,
            pass_env: self.arguments.pass_env.clone(),
            start_timeout: self.arguments.start_timeout,
            case_timeout: self.arguments.case_timeout,
            ..Launch::new("")
        };
        let adapter = Adapter::start(launch).map_err(|error| {
            let said = escape::line(error.stderr.trim());
            let fail = Fail { code: ExitCode::Adapter, message: format!("adapter {}", escape::line(&error.to_string())), hint: None };
            if said.is_empty() { fail } else { fail.hint(format!("it wrote on its standard error: {said}")) }
        })?;
        let name = self.free_name(named.name.unwrap_or_else(|| adapter.description().name.clone()));
        let description = Description { name, ..adapter.description().clone() };
        let mut adapter = Renamed { description, adapter };
        self.run(&mut adapter, plan, reports, |adapter, runner| {
            let log = adapter.adapter.stderr();
            if log.is_empty() { Ok(()) } else { runner.log(&log) }
        })
    }
}

/// An adapter under the name that the command line gave it.
struct Renamed {
    description: Description,
    adapter: Adapter,
}

impl Implementation for Renamed {
    fn description(&self) -> &Description {
        &self.description
    }

    fn offer(&self) -> &crate::implementation::Offer {
        self.adapter.offer()
    }

    fn ask(&mut self, question: &crate::vectors::Question) -> crate::implementation::Observation {
        self.adapter.ask(question)
    }
}

/// `[NAME=]CMD`, the command in shell words that no shell reads.
struct Named {
    name: Option<String>,
    program: String,
    arguments: Vec<String>,
}

impl Named {
    fn parse(text: &str) -> Result<Named, Fail> {
        let is_name =
            |name: &str| !name.is_empty() && name.bytes().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'.' | b'_' | b'-'));
        let (name, command) = match text.split_once('=') {
            Some((name, command)) if is_name(name) => (Some(name.to_owned()), command),
            _ => (None, text),
        };
        let words =
            shell_words::split(command).map_err(|_| Fail::usage(format!("the adapter command {command:?}: a quote is not closed")))?;
        let mut words = words.into_iter();
        let program = words.next().ok_or_else(|| Fail::usage("an adapter command is empty"))?;
        Ok(Named { name, program, arguments: words.collect() })
    }
}

fn unique(adapters: &[Named]) -> Result<(), Fail> {
    for (index, adapter) in adapters.iter().enumerate() {
        let Some(name) = &adapter.name else { continue };
        if adapters.iter().take(index).any(|earlier| earlier.name.as_ref() == Some(name)) {
            return Err(Fail::usage(format!("two adapters are called {name}")));
        }
    }
    Ok(())
}

/// What a person reads. Where a report goes to stdout, people are told on stderr.
fn tell(arguments: &Arguments, runs: &[Run], own: Option<&Run>, elapsed: &[Duration]) -> Result<(), Fail> {
    let to_stderr = arguments.reports.use_stdout();
    let asked = again(arguments);
    let options = TextOptions {
        layout: output::layout(to_stderr),
        quiet: arguments.quiet,
        verbose: arguments.verbose,
        elapsed,
        arguments: &asked,
        most: if arguments.verbose { 0 } else { MOST_FAILURES },
    };
    let mut text = report::text::text(runs, &options);
    if let Some(own) = own.filter(|own| own.exit_code() != ExitCode::AsExpected) {
        text.push_str(&report::text::text(std::slice::from_ref(own), &TextOptions { elapsed: &[], arguments: &[], ..options }));
    }
    output::tell(&text, to_stderr)
}

/// The most failures of a run that are shown unless somebody wants them all.
const MOST_FAILURES: usize = 20;

/// What asks the same implementations about the same vectors again.
fn again(arguments: &Arguments) -> Vec<String> {
    let vectors: String = arguments.vectors.paths.iter().map(|path| format!(" --vectors {}", quoted(&path.to_string_lossy()))).collect();
    if arguments.adapter.is_empty() {
        return vec![vectors.trim_start().to_owned()];
    }
    arguments.adapter.iter().map(|adapter| format!("--adapter {}{vectors}", quoted(adapter))).collect()
}

fn quoted(word: &str) -> String {
    report::shell::quote(word.as_bytes())
}

/// The first Ctrl-C ends the run in good order, the second at once.
fn interruption() -> Result<Arc<AtomicBool>, Fail> {
    let flag = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register_conditional_shutdown(signal, i32::from(ExitCode::Interrupted.number()), Arc::clone(&flag))?;
        signal_hook::flag::register(signal, Arc::clone(&flag))?;
    }
    Ok(flag)
}
