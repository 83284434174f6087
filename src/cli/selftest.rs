//! `countersign selftest`: every departure is caught by a case and diagnosed as itself.

use std::io::IsTerminal as _;

use clap::Args;

use super::adapter::nearest_cause;
use super::arguments::Vectors;
use super::fail::Fail;
use super::output::{self, Outcome};
use super::progress::Tasks;
use crate::deviation::{Deviation, all};
use crate::judgement::ExitCode;
use crate::report;
use crate::selftest::{Bench, Plan, Selftest};
use crate::vectors::glob;

/// Put every departure through all vectors as an implementation: each must be caught by a case that counts, and diagnosed as itself.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  countersign selftest
  countersign selftest 'uri.*' --pairs 0 --triples 0 -v
  countersign selftest 'read.*' --pairs 0 --triples 0 --kills --vectors vectors")]
pub(super) struct Arguments {
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
    /// The cases that catch each departure, those in front that catch the fewest others
    #[arg(long)]
    kills: bool,
    /// Every departure, and the cases that catch none
    #[arg(short, long)]
    verbose: bool,
}

/// Runs it.
pub(super) fn run(arguments: &Arguments) -> Outcome {
    for pattern in &arguments.globs {
        if !all().any(|deviation| glob::matches(pattern, deviation.id)) {
            return Err(nearest_cause(Fail::usage(format!("no deviation matches {pattern:?}")), pattern));
        }
    }
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
    if arguments.kills {
        output::print(&report::kills(&selftest, output::layout(false)))?;
    }
    output::print(&report::selftest(&selftest, arguments.verbose, output::layout(false)))?;
    Ok(if selftest.is_passed() { ExitCode::AsExpected } else { ExitCode::Unexpected })
}
