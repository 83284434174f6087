//! The faults, each tried for itself: this very program is started as an adapter that misbehaves, and sandboxes that misbehave are asked.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::cli::fail::Fail;
use crate::implementation::wire::Fault;
use crate::implementation::{Adapter, Implementation as _, Launch};
use crate::judgement::{Plan, Run, RunStart, Runner, Surroundings};
use crate::selftest::faults::adapters::Seen;
use crate::selftest::faults::{FaultTried, Of};
use crate::vectors::{Case, Corpus};

/// The cases that are put to adapters: few, and with both answers and refusals.
const SUITE: &str = "percent_encode.rules";

/// How many faults are tried side by side: most of the time somebody is waited for.
const SIDE_BY_SIDE: usize = 8;

/// How long is waited for somebody who never answers, and for somebody who only misbehaves otherwise.
const PATIENCE: [Duration; 2] = [Duration::from_millis(300), Duration::from_secs(20)];

/// One fault to try.
#[derive(Clone, Copy)]
enum Task {
    Adapter(Fault, &'static str),
    #[cfg(feature = "sandbox")]
    Sandbox(&'static crate::sandbox::faults::Fault),
}

/// Tries all faults, in the order of `list faults`; `done` is told after each how many there are.
pub(super) fn all(done: &(dyn Fn(usize, usize) + Sync)) -> Result<Vec<FaultTried>, Fail> {
    let program = std::env::current_exe().map_err(|error| Fail::work(format!("this program cannot be found: {error}")))?;
    let program = program.to_string_lossy().into_owned();
    let is_chosen = |case: &Result<Case, _>| case.as_ref().map_or(true, |case| &*case.suite == SUITE);
    let cases = Corpus::embedded()?.cases().filter(is_chosen).collect::<Result<Vec<Case>, _>>()?;
    let tasks: Vec<Task> = Fault::ALL.iter().map(|(fault, name, _)| Task::Adapter(*fault, name)).collect();
    #[cfg(feature = "sandbox")]
    let tasks: Vec<Task> = tasks.into_iter().chain(crate::sandbox::faults::TABLE.iter().map(Task::Sandbox)).collect();

    let (next, finished, results) = (AtomicUsize::new(0), AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..SIDE_BY_SIDE {
            scope.spawn(|| {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(task) = tasks.get(place) else { break };
                    let tried = match task {
                        Task::Adapter(fault, name) => adapter(&program, *fault, name, &cases),
                        #[cfg(feature = "sandbox")]
                        Task::Sandbox(fault) => super::asked::sandbox(fault),
                    };
                    if let Ok(mut results) = results.lock() {
                        results.push((place, tried));
                    }
                    done(finished.fetch_add(1, Ordering::Relaxed) + 1, tasks.len());
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_default();
    results.sort_by_key(|(place, _)| *place);
    Ok(results.into_iter().map(|(_, tried)| tried).collect())
}

/// Starts this program with a fault of an adapter, and puts the cases to it.
fn adapter(program: &str, fault: Fault, name: &'static str, cases: &[Case]) -> FaultTried {
    let [short, long] = PATIENCE;
    let patience = |is_meant: bool| if is_meant { short } else { long };
    let launch = Launch {
        arguments: ["adapter", "serve", "--fault", name].map(str::to_owned).into(),
        start_timeout: patience(fault == Fault::NoHello),
        case_timeout: patience(fault == Fault::Hang),
        ..Launch::new(program)
    };
    let seen = match Adapter::start(launch) {
        Ok(mut adapter) => put(&mut adapter, cases),
        Err(error) => Ok(Seen::of_start(error.why.to_string())),
    };
    let (taken_for, seen) = match seen {
        Ok(seen) => (Ok(seen.taken_for()), seen.first()),
        Err(why) => (Err(why), String::new()),
    };
    FaultTried { name, of: Of::Adapter, taken_for, seen }
}

fn put(adapter: &mut Adapter, cases: &[Case]) -> Result<Seen, String> {
    let (mut plan, mut run) = (Plan::default(), Run::collector(false));
    for case in cases {
        plan.add(case, true).map_err(|error| error.to_string())?;
    }
    let start = RunStart { implementation: adapter.description().clone(), selected: plan.selected(), ..RunStart::default() };
    let mut runner = Runner::start(start, Surroundings::STILL, &mut run).map_err(|error| error.to_string())?;
    runner.put(adapter, &plan, cases.iter().cloned().map(Ok::<_, String>), &|_| true).map_err(|error| error.to_string())?;
    runner.finish().map_err(|error| error.to_string())?;
    Ok(Seen::of_run(&run))
}
