//! Which implementations are asked, and what is known of them: the same options for every command that starts adapters. Their commands
//! come from the command line, or from a settings file that was named there.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::Args;

use super::arguments;
use super::fail::Fail;
use super::files;
use crate::implementation::adapter::{Adapter, Launch, StartError};
use crate::judgement::ExitCode;
use crate::judgement::expectations::{Expectations, ExpectationsError};
use crate::profile::calendar::Zone;
use crate::report::escape;
use crate::vectors::Corpus;

/// How long an adapter may take, if nothing is said.
const CASE_TIMEOUT: &str = "2s";
const START_TIMEOUT: &str = "10s";

/// The adapters.
#[derive(Debug, Args)]
#[command(next_help_heading = "Implementations")]
pub(super) struct Implementations {
    /// A program behind the adapter protocol, in shell words, with a name of your choice; may be repeated
    #[arg(long, value_name = "[NAME=]CMD")]
    pub(super) adapter: Vec<String>,
    /// How long an adapter may take to answer a case
    #[arg(long, value_name = "TIME", default_value = CASE_TIMEOUT, value_parser = arguments::duration)]
    case_timeout: Duration,
    /// How long an adapter may take to start
    #[arg(long, value_name = "TIME", default_value = START_TIMEOUT, value_parser = arguments::duration)]
    start_timeout: Duration,
    /// How many processes of each adapter are asked side by side
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=64))]
    jobs: u8,
    /// How often an adapter may break unexpectedly before the rest is not put to it
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(super) restarts: u32,
    /// What the ids of questions are shuffled with; without it, a number of chance
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// An environment variable that adapters see beside PATH, HOME, LANG and TMPDIR
    #[arg(long, value_name = "NAME")]
    pass_env: Vec<String>,
}

/// Which files say what is known to fail.
#[derive(Debug, Args)]
#[command(next_help_heading = "Implementations")]
pub(super) struct Expected {
    /// What is known to fail, of the adapter with this name, or of the only one
    #[arg(long, value_name = "[NAME=]FILE")]
    expect: Vec<String>,
    /// The same from a settings file: of adapters that are not asked it says nothing
    #[arg(long, value_name = "NAME=FILE", hide = true)]
    expect_known: Vec<String>,
}

/// `[NAME=]CMD`, the command in shell words that no shell reads.
pub(super) struct Named {
    /// The name.
    pub(super) name: Option<String>,
    program: String,
    arguments: Vec<String>,
}

/// How much of what an adapter wrote is shown, in octets.
const MOST_SAID: usize = 4096;

impl Implementations {
    /// The adapters that are named, in their order.
    pub(super) fn named(&self) -> Result<Vec<Named>, Fail> {
        let adapters = self.adapter.iter().map(|text| Named::parse(text)).collect::<Result<Vec<_>, Fail>>()?;
        unique(&adapters)?;
        Ok(adapters)
    }

    /// What asks each of them again, in their order: its command, and what decides whether it can answer at all.
    pub(super) fn again(&self) -> Vec<Vec<String>> {
        let mut needed: Vec<String> = self.pass_env.iter().flat_map(|name| ["--pass-env", name]).map(str::to_owned).collect();
        for (option, time, usual) in
            [("--case-timeout", self.case_timeout, CASE_TIMEOUT), ("--start-timeout", self.start_timeout, START_TIMEOUT)]
        {
            if arguments::duration(usual) != Ok(time) {
                needed.extend([option.to_owned(), format!("{}s", time.as_secs_f64())]);
            }
        }
        let asked = |command: &String| ["--adapter".to_owned(), command.clone()].into_iter().chain(needed.iter().cloned()).collect();
        self.adapter.iter().map(asked).collect()
    }

    /// The seed of the run.
    pub(super) fn seed(&self) -> Result<u64, Fail> {
        match self.seed {
            Some(seed) => Ok(seed),
            // Short enough to be typed.
            None => getrandom::u32().map(u64::from).map_err(|error| Fail::work(format!("no random numbers: {error}"))),
        }
    }

    /// Starts an adapter; `stop` is set when nobody shall be waited for any more.
    pub(super) fn start(&self, named: Named, seed: u64, stop: &Arc<AtomicBool>) -> Result<Adapter, Fail> {
        let launch = Launch {
            pass_env: self.pass_env.clone(),
            start_timeout: self.start_timeout,
            case_timeout: self.case_timeout,
            jobs: usize::from(self.jobs),
            seed,
            ..named.launch()
        };
        let adapter = Adapter::start_until(launch, Arc::clone(stop)).map_err(|error| {
            let stderr = escape::middle_cut(error.stderr.trim(), MOST_SAID);
            // A traceback is read line by line.
            let said = match stderr.lines().count() {
                0 => String::new(),
                1 => format!(" {}", escape::line(&stderr)),
                _ => stderr.lines().map(|line| format!("\n  {}", escape::line(line))).collect(),
            };
            let name = named.name.as_ref().map_or_else(String::new, |name| format!("{}: ", escape::line(name)));
            let fail = Fail { code: ExitCode::Adapter, message: format!("adapter {name}{}", escape::line(&error.to_string())), hint: None };
            match error.why {
                StartError::Spawn(_) => fail.hint("a command is a program and its arguments: it is found in PATH, and no shell reads it"),
                _ if said.is_empty() => fail,
                _ => fail.hint_of_lines(format!("it wrote on its standard error:{said}")),
            }
        })?;
        Ok(match named.name {
            Some(name) => adapter.named(name),
            None => adapter,
        })
    }
}

impl Expected {
    /// The files.
    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        self.expect.iter().chain(&self.expect_known).map(|text| Path::new(name_and(text).1))
    }

    /// The expectations of each of these adapters, in their order; of the reference, if there is none.
    pub(super) fn read(&self, adapters: &[Named], corpus: &Corpus) -> Result<Vec<Option<Expectations>>, Fail> {
        let mut all: Vec<Option<Expectations>> = (0..adapters.len().max(1)).map(|_| None).collect();
        let is_asked = |text: &&String| adapters.iter().any(|adapter| adapter.name.as_deref() == name_and(text).0);
        for text in self.expect_known.iter().filter(is_asked).chain(&self.expect) {
            let (name, file) = name_and(text);
            let place = match name {
                Some(name) => adapters.iter().position(|adapter| adapter.name.as_deref() == Some(name)).ok_or_else(|| {
                    Fail::usage(format!("--expect {text}: no adapter is called {name}")).hint("name it: --adapter NAME='CMD'")
                })?,
                None if all.len() == 1 => 0,
                None => {
                    return Err(
                        Fail::usage(format!("--expect {text}: there are several adapters")).hint("say of which: --expect NAME=FILE")
                    );
                }
            };
            if let Some(known) = all.get_mut(place) {
                if known.is_some() {
                    return Err(Fail::usage(format!("--expect {text}: there is a file for it already")));
                }
                *known = Some(read(file, corpus)?);
            }
        }
        Ok(all)
    }
}

/// Reads an expectations file, for this set of vectors.
pub(super) fn read(file: &str, corpus: &Corpus) -> Result<Expectations, Fail> {
    let text = files::text(&PathBuf::from(file), files::MAX_FILE)?;
    Ok(Expectations::read(file, &text, &today())?.following(corpus.retired()))
}

impl From<ExpectationsError> for Fail {
    fn from(error: ExpectationsError) -> Fail {
        let hint = error.hint.clone();
        let fail = Fail::work(error);
        match hint {
            Some(hint) => fail.hint(hint),
            None => fail,
        }
    }
}

/// The date, in universal time.
pub(super) fn today() -> String {
    Zone::Utc.date(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()))
}

/// The name before the first `=`, if it is one, and the rest.
fn name_and(text: &str) -> (Option<&str>, &str) {
    let is_name =
        |name: &str| !name.is_empty() && name.bytes().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'.' | b'_' | b'-'));
    match text.split_once('=') {
        Some((name, rest)) if is_name(name) => (Some(name), rest),
        _ => (None, text),
    }
}

impl Named {
    /// How it is started.
    pub(super) fn launch(&self) -> Launch {
        Launch { arguments: self.arguments.clone(), ..Launch::new(&self.program) }
    }

    pub(super) fn parse(text: &str) -> Result<Named, Fail> {
        let (name, command) = name_and(text);
        let words =
            shell_words::split(command).map_err(|_| Fail::usage(format!("the adapter command {command:?}: a quote is not closed")))?;
        let mut words = words.into_iter();
        let program = words.next().ok_or_else(|| Fail::usage("an adapter command is empty"))?;
        Ok(Named { name: name.map(str::to_owned), program, arguments: words.collect() })
    }
}

fn unique(adapters: &[Named]) -> Result<(), Fail> {
    for (index, adapter) in adapters.iter().enumerate() {
        let Some(name) = &adapter.name else { continue };
        if adapters.iter().take(index).any(|earlier| earlier.name.as_ref() == Some(name)) {
            return Err(Fail::usage(format!("two adapters are called {name}")));
        }
    }
    Ok(())
}
