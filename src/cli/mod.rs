//! Arguments in, exit code out: the only place that prints. One file a command.

mod adapter;
mod arguments;
mod event_file;
mod expect;
mod explain;
mod explain_deviation;
mod fail;
mod files;
mod fixture_files;
mod fixtures;
mod fuzz;
mod fuzz_replay;
mod fuzz_saving;
mod implementations;
mod last_run;
mod list;
mod meant;
mod named_writer;
mod output;
mod pages;
mod parsed;
mod pasted;
#[cfg(feature = "probe")]
mod probe;
#[cfg(any(feature = "probe", feature = "sandbox"))]
mod profiles;
mod progress;
mod provider;
mod report;
mod reports;
mod request;
#[cfg(feature = "sandbox")]
mod sandbox;
mod sections;
mod selection;
mod selftest;
mod session;
mod settings;
mod sign;
#[cfg(feature = "sandbox")]
mod telling;
mod test;
mod vectors;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Tells whether an OAuth 1.0a implementation (RFC 5849) signs, verifies and answers as the standard says.
#[derive(Debug, Parser)]
#[command(name = "countersign", version, max_term_width = 110, arg_required_else_help = true)]
#[command(after_help = "\
Exit codes:
  0    as expected
  1    an unexpected verdict
  2    wrong usage or configuration
  3    countersign could not do its own work
  4    an adapter could not start, or broke too often
  5    nothing was executed
  6    the network or a live server failed
  130  interrupted

Examples:
  countersign test
  countersign explain sign.rfc/query-form-and-header")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

// Only the command that is asked for is built with its options: building all of them takes longer than everything else at the start.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
enum Command {
    /// Put vectors to the reference, or to each --adapter, and judge the provider fixtures
    Test(test::Arguments),
    /// The file of known failures: check it, or bring it up to date
    Expect(expect::Arguments),
    /// Name what is wrong with a request that was refused; or show how a case's answer is derived
    Explain(explain::Arguments),
    /// Derive one request's signature: every stage, the header, a curl and an openssl line
    Sign(sign::Arguments),
    /// Reports of finished runs: convert, merge, diff
    Report(report::Arguments),
    /// List what there is: cases, profiles, rules, clauses, deviations, faults
    List(list::Arguments),
    /// Care of the vector files: lint, fmt, export, add
    Vectors(vectors::Arguments),
    /// A mock provider on loopback that enforces a profile and explains every refusal
    #[cfg(feature = "sandbox")]
    Sandbox(sandbox::Arguments),
    /// Ask a live provider whether it behaves as documented: prints the plan, and sends with --send
    #[cfg(feature = "probe")]
    Probe(Box<probe::Arguments>),
    /// Put every known mistake through all vectors: each must be caught, and diagnosed as itself
    Selftest(selftest::Arguments),
    /// Put requests that nobody wrote down to adapters, and name each way in which they differ
    Fuzz(fuzz::Arguments),
    /// Adapters: the reference as one, a check of the protocol, a skeleton to begin with
    Adapter(adapter::Arguments),
    /// Print completions for a shell
    Completions(pages::Completions),
    /// Print the manual page
    Man(pages::Man),
}

/// Parses, runs, and says how it went.
#[must_use]
pub fn main() -> ExitCode {
    // Adapters are its only children.
    crate::implementation::adapter::adopt_orphans();
    let (cli, settings) = match parsed::parsed(std::env::args_os().collect()) {
        Ok(parsed) => parsed,
        Err(parsed::Unparsed::Arguments(error)) => return output::usage(error),
        Err(parsed::Unparsed::Settings(fail)) => return output::exit(Err(fail)),
    };
    let result = match cli.command {
        Command::Test(arguments) => test::run(arguments),
        Command::Expect(arguments) => expect::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Sign(arguments) => sign::run(&arguments),
        Command::Report(arguments) => report::run(arguments),
        Command::List(arguments) => list::run(&arguments),
        Command::Vectors(arguments) => vectors::run(arguments),
        #[cfg(feature = "sandbox")]
        Command::Sandbox(arguments) => sandbox::run(&arguments),
        #[cfg(feature = "probe")]
        Command::Probe(arguments) => probe::run(&arguments),
        Command::Selftest(arguments) => selftest::run(&arguments),
        Command::Fuzz(arguments) => fuzz::run(&arguments),
        Command::Adapter(arguments) => adapter::run(&arguments),
        Command::Completions(arguments) => pages::completions(&arguments),
        Command::Man(arguments) => pages::man(&arguments),
    };
    // What is wrong shows in the work only, and may be the file's.
    let is_usage = matches!(&result, Err(fail) if fail.code == crate::judgement::ExitCode::Usage);
    let code = output::exit(result);
    if let Some(settings) = settings.filter(|settings| is_usage && settings.options().next().is_some()) {
        let options: Vec<String> = settings.options().map(|option| crate::report::shell::quote(option.as_bytes())).collect();
        output::note(&format!("{} was read, too: {}", settings.file.display(), options.join(" ")));
    }
    code
}
