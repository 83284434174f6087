//! `countersign adapter`: the reference as an adapter, for trying runners and for asking it from another language.

use std::io;

use clap::{Args, Subcommand};

use super::output::{Outcome, Quiet};
use crate::implementation::Reference;
use crate::implementation::wire::serve;
use crate::judgement::ExitCode;

/// The reference as an adapter.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer the adapter protocol on stdin and stdout until the input ends
    #[command(after_help = "Example:\n  countersign test --adapter 'countersign adapter serve'")]
    Serve,
}

/// Runs it.
pub(super) fn run(arguments: &Arguments) -> Outcome {
    match arguments.command {
        Command::Serve => {
            serve(io::stdin().lock(), Quiet(io::stdout().lock()), &mut Reference::new())?;
            Ok(ExitCode::AsExpected)
        }
    }
}
