//! The command line read, together with the settings file that `countersign test` finds or is given. What is wrong in that file is told
//! with its place, and keeps nobody from the help.

use std::ffi::OsString;

use clap::Parser as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::Cli;
use super::fail::Fail;
use super::output;
use super::settings::{Said, Settings};

/// Why there is nothing to run.
pub(super) enum Unparsed {
    /// The command line is wrong, or asks for the help.
    Arguments(clap::Error),
    /// The settings file is wrong.
    Settings(Fail),
}

/// Reads both.
pub(super) fn parsed(arguments: Vec<OsString>) -> Result<(Cli, Option<Settings>), Unparsed> {
    let read = match Settings::of(&arguments) {
        Ok(None) => return Cli::try_parse_from(arguments).map(|cli| (cli, None)).map_err(Unparsed::Arguments),
        Ok(Some(settings)) => match Cli::try_parse_from(settings.expand(&arguments)) {
            Ok(cli) => return Ok((cli, Some(settings))),
            Err(error) => settings.said.iter().find_map(wrong).map_or(Unparsed::Arguments(error), Unparsed::Settings),
        },
        Err(fail) => Unparsed::Settings(fail),
    };
    // Who asks for the help gets it, whatever the file says.
    match Cli::try_parse_from(arguments) {
        Err(error) if error.kind() == ErrorKind::DisplayHelp => Err(Unparsed::Arguments(error)),
        _ => Err(read),
    }
}

/// What is wrong with a setting, if it is wrong by itself.
fn wrong(said: &Said) -> Option<Fail> {
    let mut error = Cli::try_parse_from(["countersign", "test"].into_iter().chain(said.options.iter().map(String::as_str))).err()?;
    output::escape_values(&mut error);
    let text = error.to_string();
    let what = text.lines().next().unwrap_or_default();
    let fail = Fail::usage(format!("{}: {}", said.place, what.strip_prefix("error: ").unwrap_or(what)));
    Some(match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(values)) if !values.is_empty() => fail.hint(format!("possible values: {}", values.join(", "))),
        _ => fail,
    })
}
