//! `countersign fuzz`: requests that nobody wrote down, put to adapters beside the reference or beside each other; what differs is shrunk,
//! diagnosed, told once and saved as a case. Saved cases are put again with `--replay`.

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};

use super::arguments;
use super::fail::Fail;
use super::fuzz_replay;
use super::fuzz_saving::Saving;
use super::implementations::Implementations;
use super::output::{self, Outcome};
use super::progress;
use super::session;
use crate::fuzzing::differential::{Find, Limits, Search, told};
use crate::implementation::{Adapter, Implementation};
use crate::judgement::ExitCode;
use crate::report::escape;

/// Put requests that nobody wrote down to adapters, and keep each way in which they differ once.
#[derive(Debug, Args)]
#[command(mut_arg("seed", |seed| seed.help("What requests are made from: the same number makes the same ones; without it, a number of chance")))]
#[command(after_help = "\
Examples:
  countersign fuzz --adapter 'python3 adapter.py' --time 60s --save finds
  countersign fuzz --adapter mine=./adapter --adapter theirs='node theirs.js' --against theirs
  countersign fuzz --adapter 'python3 adapter.py' --replay finds")]
pub(super) struct Arguments {
    #[command(flatten)]
    implementations: Implementations,
    /// Compare the other adapters with the one of this name, and not with the reference
    #[arg(long, value_name = "NAME")]
    against: Option<String>,
    /// How many questions are put to each adapter; 20000 unless a time is given
    #[arg(long, value_name = "N")]
    runs: Option<u64>,
    /// How long each adapter is asked
    #[arg(long, value_name = "TIME", value_parser = arguments::duration)]
    time: Option<Duration>,
    /// Ask for this operation alone
    #[arg(long, value_name = "OPERATION")]
    only: Option<Only>,
    /// The folder in which finds are saved as cases; it is made if it is not there
    #[arg(long, value_name = "DIR", conflicts_with = "replay")]
    save: Option<PathBuf>,
    /// Put the cases of this folder again, and say of each whether it is fixed
    #[arg(long, value_name = "DIR", conflicts_with_all = ["against", "runs", "time", "only"])]
    replay: Option<PathBuf>,
}

/// An operation that is fuzzed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Only {
    Sign,
    Verify,
}

/// The questions that are put unless something else is said.
const DEFAULT_RUNS: u64 = 20_000;

/// Runs it.
pub(super) fn run(arguments: &Arguments) -> Outcome {
    let mut adapters = arguments.implementations.named()?;
    if adapters.is_empty() {
        return Err(Fail::usage("there is nobody to ask").hint("name a program behind the adapter protocol: --adapter CMD"));
    }
    let stop = session::interruption()?;
    let seed = arguments.implementations.seed()?;
    if let Some(folder) = &arguments.replay {
        return fuzz_replay::replay(&arguments.implementations, folder, adapters, seed, &stop);
    }
    let other = match &arguments.against {
        None => None,
        Some(name) => {
            let place = adapters.iter().position(|adapter| adapter.name.as_ref() == Some(name));
            let place = place.ok_or_else(|| {
                Fail::usage(format!("--against {name}: no adapter is called {name}")).hint("name it: --adapter NAME='CMD'")
            })?;
            if adapters.len() == 1 {
                return Err(Fail::usage(format!("--against {name}: there is no other adapter")));
            }
            Some(adapters.remove(place))
        }
    };
    let mut other = other.map(|named| arguments.implementations.start(named, seed, &stop)).transpose()?;
    let mut saving = arguments.save.as_deref().map(Saving::into).transpose()?;
    let mut code = ExitCode::AsExpected;
    for named in adapters {
        let mut adapter = arguments.implementations.start(named, seed, &stop)?;
        code = code.and(search(arguments, &mut adapter, other.as_mut(), saving.as_mut(), seed, &stop)?);
    }
    Ok(if stop.load(Ordering::Relaxed) { ExitCode::Interrupted } else { code })
}

fn search(
    arguments: &Arguments,
    adapter: &mut Adapter,
    other: Option<&mut Adapter>,
    mut saving: Option<&mut Saving>,
    seed: u64,
    stop: &AtomicBool,
) -> Outcome {
    let name = adapter.description().name.clone();
    let limits = Limits {
        runs: arguments.runs.unwrap_or(if arguments.time.is_some() { u64::MAX } else { DEFAULT_RUNS }),
        breaks: arguments.implementations.restarts,
        sign: arguments.only != Some(Only::Verify),
        verify: arguments.only != Some(Only::Sign),
    };
    let bar = progress::Fuzzing::new(io::stderr().is_terminal());
    let since = Instant::now();
    let (mut number, mut failed) = (0, None);
    let searched = Search::new(adapter, other.map(|other| other as &mut dyn Implementation), seed, limits).run(&mut |progress, find| {
        let elapsed = since.elapsed();
        bar.tell(progress, elapsed);
        if let Some(find) = find {
            number += 1;
            let written = bar.hidden(|| tell(saving.as_deref_mut(), find, number, &name, seed));
            failed = failed.take().or(written.err());
        }
        failed.is_none() && !stop.load(Ordering::Relaxed) && arguments.time.is_none_or(|time| elapsed < time)
    });
    bar.finish();
    if let Some(fail) = failed {
        return Err(fail);
    }
    for place in &searched.narrowed {
        if let Some(find) = searched.finds.get(*place) {
            output::note(&format!("of the causes of {}, later answers leave {}", place + 1, escape::line(&find.name())));
        }
    }
    let seconds = since.elapsed().as_secs_f64();
    let shown = escape::line(&name);
    output::note(&format!(
        "{shown}: {} questions in {seconds:.1} s along {} axes, seed {seed}; {} not offered",
        searched.asked,
        searched.axes.len(),
        searched.not_offered
    ));
    if searched.unjudged > 0 {
        let why = match arguments.time {
            _ if searched.gave_up => "it broke too often",
            Some(time) if since.elapsed() >= time => "the time was over",
            _ => "the search was interrupted",
        };
        output::note(&format!("{shown}: {} answers that differ were not looked at: {why}", searched.unjudged));
    }
    if searched.gave_up {
        output::note(&format!("{shown}: broke more than {} times (--restarts) and was asked no more", limits.breaks));
        return Ok(ExitCode::Adapter);
    }
    Ok(match (searched.asked, searched.finds.is_empty()) {
        (0, _) => ExitCode::NothingExecuted,
        (_, true) => ExitCode::AsExpected,
        (_, false) => ExitCode::Unexpected,
    })
}

/// Tells of a find as soon as there is one, and saves it.
fn tell(saving: Option<&mut Saving>, find: &Find, number: usize, name: &str, seed: u64) -> Result<(), Fail> {
    let mut text = told(find, number);
    if let Some(saving) = saving {
        let path = saving.save(find, name, seed)?;
        text.push_str(&format!("   saved     {}\n", escape::line(&path.display().to_string())));
    }
    output::print(&text)
}
