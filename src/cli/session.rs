//! Asking implementations: what the commands that do so have in common. Each run is collected, and told to whatever reports want its
//! events while it goes on.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::fail::Fail;
use super::implementations::{Implementations, Named};
use super::progress::{Progress, Tasks};
use super::reports::Opened;
use super::selection::Selector;
use crate::implementation::Implementation;
use crate::judgement::{Again, ExitCode, Expectations, Keep, Plan, Run, RunError, RunStart, Runner, Sink, Sinks, Surroundings};
use crate::vectors::Corpus;

/// The first pass: what will be put, and which cases are controls.
pub(super) fn plan(corpus: &Corpus, selector: &Selector<'_>, exchanges: usize) -> Result<Plan, Fail> {
    let mut plan = Plan::default();
    for case in corpus.cases() {
        let case = case?;
        plan.add(&case, selector.takes(&case)).map_err(Fail::work)?;
    }
    (0..exchanges).for_each(|_| plan.add_exchange());
    Ok(plan)
}

/// What all runs of a command have in common, and those that are over.
pub(super) struct Session<'a> {
    corpus: &'a Corpus,
    selector: &'a Selector<'a>,
    implementations: &'a Implementations,
    interrupted: Arc<AtomicBool>,
    seed: u64,
    started: Instant,
    /// Whether cases of level `should` fail a run.
    pub(super) strict: bool,
    /// Whether progress is shown.
    pub(super) shown: bool,
    /// Which records are kept.
    pub(super) keep: Keep,
    /// The part of the cases, for the reports.
    pub(super) shard: Option<String>,
    /// What asks the next one again, for the reports.
    pub(super) again: Again,
    /// Breaks of an adapter that end its run.
    pub(super) breaks: u32,
    /// The runs, in their order.
    pub(super) runs: Vec<Run>,
    /// How long each took.
    pub(super) elapsed: Vec<Duration>,
}

impl<'a> Session<'a> {
    /// A session that can be interrupted.
    pub(super) fn new(corpus: &'a Corpus, selector: &'a Selector<'a>, implementations: &'a Implementations) -> Result<Session<'a>, Fail> {
        Ok(Session {
            corpus,
            selector,
            implementations,
            interrupted: interruption()?,
            seed: if implementations.adapter.is_empty() { 0 } else { implementations.seed()? },
            started: Instant::now(),
            strict: false,
            shown: false,
            keep: Keep::Unexpected,
            shard: None,
            again: Again::default(),
            breaks: implementations.restarts,
            runs: Vec::new(),
            elapsed: Vec::new(),
        })
    }

    /// Asks one implementation; `then` puts what comes after the cases.
    pub(super) fn run<I: Implementation>(
        &mut self,
        implementation: &mut I,
        known: Option<&Expectations>,
        plan: &Plan,
        mut reports: Option<&mut Opened>,
        then: impl FnOnce(&mut I, &mut Runner<'_>) -> io::Result<()>,
    ) -> Result<(), Fail> {
        let digest = if reports.as_ref().is_some_and(|reports| reports.need_digest()) { self.corpus.digest()? } else { String::new() };
        let start = RunStart {
            countersign: env!("CARGO_PKG_VERSION").to_owned(),
            suite_digest: digest,
            implementation: implementation.description().clone(),
            seed: self.seed,
            selected: plan.selected(),
            strict: self.strict,
            shard: self.shard.clone(),
            again: self.again.clone(),
        };
        let started = self.started;
        let diagnosed = Tasks::new(self.shown, "failures diagnosed");
        let surroundings = Surroundings {
            clock: &|| u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
            interrupted: &|| self.interrupted.load(Ordering::Relaxed),
            breaks: self.breaks,
            diagnose: Some(&|done, all| {
                diagnosed.tell(done, all);
                true
            }),
            expectations: known,
        };
        let mut run = Run::keeping(self.keep);
        let begun = Instant::now();
        let mut progress = Progress::new(self.shown, plan.selected());
        {
            let mut sinks = Sinks(vec![&mut run, &mut progress]);
            let mut events = reports.as_mut().and_then(|reports| reports.events());
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
    pub(super) fn adapter(
        &mut self,
        named: Named,
        known: Option<&Expectations>,
        plan: &Plan,
        reports: Option<&mut Opened>,
    ) -> Result<(), Fail> {
        let adapter = self.implementations.start(named, self.seed, &self.interrupted)?;
        let name = self.free_name(adapter.description().name.clone());
        let mut adapter = adapter.named(name);
        self.run(&mut adapter, known, plan, reports, |adapter, runner| {
            let log = adapter.stderr();
            if log.is_empty() { Ok(()) } else { runner.log(&log) }
        })
    }
}

#[cfg(unix)]
const fn signals() -> [i32; 3] {
    // A terminal that is closed ends what was started in it.
    [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM, signal_hook::consts::SIGHUP]
}

#[cfg(not(unix))]
const fn signals() -> [i32; 2] {
    [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM]
}

/// The first Ctrl-C ends the run in good order, the second at once.
pub(super) fn interruption() -> Result<Arc<AtomicBool>, Fail> {
    let flag = Arc::new(AtomicBool::new(false));
    for signal in signals() {
        signal_hook::flag::register_conditional_shutdown(signal, i32::from(ExitCode::Interrupted.number()), Arc::clone(&flag))?;
        signal_hook::flag::register(signal, Arc::clone(&flag))?;
    }
    Ok(flag)
}
