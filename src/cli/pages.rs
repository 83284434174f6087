//! `countersign completions` and `countersign man`: what shells and `man` want to know of the command line.

use std::path::PathBuf;

use clap::{Args, CommandFactory as _};
use clap_complete::{Shell, generate};

use super::Cli;
use super::fail::Fail;
use super::files;
use super::output::{self, Outcome};
use crate::judgement::ExitCode;

/// Print what a shell needs to complete commands and options.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  countersign completions bash > ~/.local/share/bash-completion/completions/countersign
  countersign completions zsh > ~/.zfunc/_countersign")]
pub(super) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// Print the manual page, or write one for each command.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  countersign man | man -l -
  countersign man --dir ~/.local/share/man/man1")]
pub(super) struct Man {
    /// Write a page for each command into this folder
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// Prints completions.
pub(super) fn completions(arguments: &Completions) -> Outcome {
    let mut text = Vec::new();
    generate(arguments.shell, &mut Cli::command(), "countersign", &mut text);
    output::print(&String::from_utf8_lossy(&text))?;
    Ok(ExitCode::AsExpected)
}

/// Prints or writes manual pages.
pub(super) fn man(arguments: &Man) -> Outcome {
    let mut command = Cli::command();
    command.build();
    match &arguments.dir {
        None => output::print(&page(&command)?)?,
        Some(folder) => {
            files::folder(folder)?;
            let mut written = String::new();
            write(&command, folder, &mut written)?;
            output::print(&written)?;
        }
    }
    Ok(ExitCode::AsExpected)
}

/// Writes the page of a command and those of the commands below it.
fn write(command: &clap::Command, folder: &std::path::Path, written: &mut String) -> Result<(), Fail> {
    // A built command is called by its whole path: `countersign test`.
    let name = command.get_display_name().unwrap_or_else(|| command.get_name()).replace(' ', "-");
    let path = folder.join(format!("{name}.1"));
    output::write_file(&path, page(command)?.as_bytes())?;
    written.push_str(&format!("{}\n", path.display()));
    command.get_subcommands().filter(|command| command.get_name() != "help").try_for_each(|command| write(command, folder, written))
}

fn page(command: &clap::Command) -> Result<String, Fail> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
