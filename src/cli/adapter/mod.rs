//! `countersign adapter`: the reference as an adapter, for trying runners and for asking it from another language; and what the author
//! of an adapter needs: a skeleton to begin with, and a check of the protocol.

mod check;
mod new;

use std::io;

use clap::{Args, Subcommand};

use super::fail::Fail;
use super::output::{Outcome, Quiet};
use crate::deviation::{Cause, Conduct};
use crate::implementation::Reference;
use crate::implementation::wire::{Fault, serve_wrongly};
use crate::judgement::ExitCode;
use crate::profile::nearest::nearest;

/// The reference as an adapter, and help for the authors of others.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer the adapter protocol on stdin and stdout until the input ends
    #[command(after_help = "\
Examples:
  countersign test --adapter 'countersign adapter serve'
  countersign test --adapter 'countersign adapter serve --deviate uri.default-port-kept'")]
    Serve {
        /// Be wrong on purpose: the ids of deviations, as a diagnosis names them
        #[arg(long, value_name = "ID[,ID…]", value_delimiter = ',')]
        deviate: Vec<String>,
        /// Break the protocol on purpose; `countersign list faults` shows how
        #[arg(long, value_name = "NAME")]
        fault: Option<String>,
    },
    /// Try whether an adapter keeps to the protocol, whatever its answers are worth
    #[command(after_help = "Example:\n  countersign adapter check 'python3 adapter.py'")]
    Check(check::Arguments),
    /// Write a working skeleton of an adapter, to be filled with calls of a library
    #[command(after_help = "\
Examples:
  countersign adapter new python
  countersign adapter new go my-adapter")]
    New(new::Arguments),
}

/// Runs it.
pub(super) fn run(arguments: &Arguments) -> Outcome {
    match &arguments.command {
        Command::Serve { deviate, fault } => {
            let fault = fault.as_deref().map(named_fault).transpose()?;
            let mut reference = match causes(deviate)?.as_slice() {
                [] => Reference::new(),
                causes => Reference::conducting(Conduct::of(causes)).named(&format!("countersign with {}", deviate.join(", "))),
            };
            serve_wrongly(io::stdin().lock(), Quiet(io::stdout().lock()), &mut reference, fault)?;
            Ok(ExitCode::AsExpected)
        }
        Command::Check(arguments) => check::run(arguments),
        Command::New(arguments) => new::run(arguments),
    }
}

/// The causes with these ids.
pub(super) fn causes(ids: &[String]) -> Result<Vec<Cause>, Fail> {
    let parse = |id: &String| Cause::parse(id).map_err(|unknown| nearest_cause(Fail::usage(unknown), id));
    ids.iter().map(parse).collect()
}

/// The same with the nearest id, or with the command that lists them.
pub(super) fn nearest_cause(fail: Fail, id: &str) -> Fail {
    match nearest(id.split(':').next().unwrap_or_default(), Cause::ids()) {
        Some(near) => fail.hint(format!("did you mean {near}?")),
        None => fail.hint("`countersign list deviations` shows all ids"),
    }
}

fn named_fault(name: &str) -> Result<Fault, Fail> {
    Fault::from_name(name).ok_or_else(|| {
        let fail = Fail::usage(format!("there is no fault {name:?}"));
        match nearest(name, Fault::ALL.iter().map(|(_, known, _)| *known)) {
            Some(near) => fail.hint(format!("did you mean {near}?")),
            None => fail.hint("`countersign list faults` shows all of them"),
        }
    })
}
