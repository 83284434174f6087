//! `countersign adapter`: the reference as an adapter, for trying runners and for asking it from another language; and what the author
//! of an adapter needs: a skeleton to begin with, and a check of the protocol.

mod check;
mod new;

use std::io;

use clap::{Args, Subcommand};

use super::fail::Fail;
use super::output::{Outcome, Quiet};
use crate::deviation::{Cause, Conduct, Input};
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
    let parse = |id: &String| Cause::parse(id).map_err(|unknown| Fail::usage(unknown).hint(meant_by_id(id)));
    ids.iter().map(parse).collect()
}

/// What to write in place of an id that is none. That of a mistake of input is one with its parameter alone.
fn meant_by_id(id: &str) -> String {
    let (kind, parameter) = id.split_once(':').unwrap_or((id, ""));
    let Some(near) = nearest(kind, Cause::ids()) else { return LIST.to_owned() };
    let inputs = Input::KINDS.iter().zip(Input::SAMPLES);
    match inputs.map(|((name, shape, _), sample)| (*name, *shape, sample)).find(|(name, ..)| *name == near) {
        Some((_, "", _)) if kind == near => format!("write {near}, with nothing behind it"),
        Some((_, shape, _)) if !shape.is_empty() && Input::parse(&format!("{near}:{parameter}")).is_some() => {
            format!("did you mean {near}:{parameter}?")
        }
        Some((_, shape, sample)) if !shape.is_empty() => {
            format!("write {near}:{shape} with what is meant in place of {shape}, such as {sample}")
        }
        _ => format!("did you mean {near}?"),
    }
}

const LIST: &str = "`countersign list deviations` shows all ids";

/// For a glob that matches none of the deviations: the same with the nearest id. Those of mistakes of input go on behind their kind.
pub(super) fn nearest_cause(fail: Fail, glob: &str) -> Fail {
    match nearest(glob.split(':').next().unwrap_or_default(), Cause::ids()) {
        Some(near) if Input::KINDS.iter().any(|(kind, ..)| *kind == near) => fail.hint(format!("did you mean '{near}*'?")),
        Some(near) => fail.hint(format!("did you mean {near}?")),
        None => fail.hint(LIST),
    }
}

fn named_fault(name: &str) -> Result<Fault, Fail> {
    Fault::from_name(name).ok_or_else(|| {
        let fail = Fail::usage(format!("there is no fault {name:?}"));
        #[cfg(feature = "sandbox")]
        if crate::sandbox::faults::find(name).is_some() {
            return fail.hint(format!("it is a fault of the sandbox: `countersign sandbox --fault {name}`"));
        }
        match nearest(name, Fault::ALL.iter().map(|(_, known, _)| *known)) {
            Some(near) => fail.hint(format!("did you mean {near}?")),
            None => fail.hint("`countersign list faults` shows all of them"),
        }
    })
}
