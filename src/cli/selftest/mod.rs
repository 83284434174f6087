//! `countersign selftest`: every departure is caught by a case and diagnosed as itself, and every fault is told from the others.

#[cfg(feature = "sandbox")]
mod asked;
mod faults;

use std::io::IsTerminal as _;

use clap::Args;

use crate::cli::adapter::nearest_cause;
use crate::cli::arguments::Vectors;
use crate::cli::fail::Fail;
use crate::cli::output::{self, Outcome};
use crate::cli::progress::Tasks;
use crate::deviation::{Deviation, Input, all};
use crate::judgement::ExitCode;
use crate::report;
use crate::selftest::{Bench, Plan, Selftest};
use crate::vectors::glob;

/// Put every departure through all vectors as an implementation: each must be caught by a case that counts, and diagnosed as itself. Every
/// fault of adapters and of the sandbox must be told from the others.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  countersign selftest
  countersign selftest 'uri.*' --pairs 0 --triples 0 -v
  countersign selftest 'read.*' --pairs 0 --triples 0 --kills --vectors vectors")]
pub(in crate::cli) struct Arguments {
    /// Departures to try, with `*` for any text; all if left out
    #[arg(value_name = "ID-GLOB")]
    globs: Vec<String>,
    #[command(flatten)]
    vectors: Vectors,
    /// How many random pairs of different stages
    #[arg(long, value_name = "NUMBER", default_value_t = 40)]
    pairs: usize,
    /// How many random triples of different stages
    #[arg(long, value_name = "NUMBER", default_value_t = 40)]
    triples: usize,
    /// What the combinations are chosen by
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// The faults alone
    #[arg(long, conflicts_with_all = ["globs", "kills"])]
    faults: bool,
    /// The cases that catch each departure, those in front that catch the fewest others
    #[arg(long)]
    kills: bool,
    /// Every departure, and the cases that catch none
    #[arg(short, long)]
    verbose: bool,
    /// The same as JSON, complete
    #[arg(long, conflicts_with = "kills")]
    json: bool,
}

/// Runs it.
pub(in crate::cli) fn run(arguments: &Arguments) -> Outcome {
    for pattern in &arguments.globs {
        if !all().any(|deviation| glob::matches(pattern, deviation.id)) {
            let fail = Fail::usage(format!("no deviation matches {pattern:?}"));
            return Err(match Input::KINDS.iter().any(|(kind, ..)| pattern.starts_with(kind)) {
                true => fail.hint("a selftest tries departures, and no mistakes of input"),
                false => nearest_cause(fail, pattern),
            });
        }
    }
    let mut selftest = if arguments.faults { Selftest::default() } else { departures(arguments)? };
    // Who asks for some departures wants nothing else.
    if arguments.globs.is_empty() {
        let tasks = Tasks::new(std::io::stderr().is_terminal(), "faults");
        selftest.faults = faults::all(&|done, total| tasks.tell(done, total))?;
        tasks.finish();
    }
    if arguments.kills {
        output::print(&report::kills(&selftest, output::layout(false)))?;
    }
    let text = if arguments.json {
        report::selftest_json(&selftest)
    } else {
        report::selftest(&selftest, arguments.verbose, output::layout(false))
    };
    output::print(&text)?;
    Ok(if selftest.is_passed() { ExitCode::AsExpected } else { ExitCode::Unexpected })
}

/// Puts the departures through the cases.
fn departures(arguments: &Arguments) -> Result<Selftest, Fail> {
    let corpus = arguments.vectors.corpus()?;
    let bench = Bench::new(corpus.cases().collect::<Result<Vec<_>, _>>()?);
    let tasks = Tasks::new(std::io::stderr().is_terminal(), "departures");
    let takes =
        |deviation: &Deviation| arguments.globs.is_empty() || arguments.globs.iter().any(|pattern| glob::matches(pattern, deviation.id));
    let plan = Plan {
        pairs: arguments.pairs,
        triples: arguments.triples,
        seed: arguments.seed,
        takes: &takes,
        watch: &|done, total| tasks.tell(done, total),
    };
    let selftest = Selftest::run(&bench, &plan);
    tasks.finish();
    Ok(selftest)
}
