//! How an adapter's program is started, and why there can be none to ask.

use std::io;
use std::process::Command;
use std::time::Duration;

use thiserror::Error;

/// Environment variables that every adapter sees.
#[cfg(not(windows))]
pub(super) const PASSED: [&str; 4] = ["PATH", "HOME", "LANG", "TMPDIR"];

/// Environment variables that every adapter sees; many programs do not start on Windows without these.
#[cfg(windows)]
pub(super) const PASSED: [&str; 7] = ["PATH", "USERPROFILE", "SYSTEMROOT", "PATHEXT", "COMSPEC", "TEMP", "TMP"];

/// How to start an adapter, and how patient to be with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launch {
    /// The program: a path, or a name that is looked up in `PATH`.
    pub program: String,
    /// Its arguments. No shell reads them.
    pub arguments: Vec<String>,
    /// Environment variables to pass on; all others but the few that every program needs are cleared.
    pub pass_env: Vec<String>,
    /// How long it may take to say hello.
    pub start_timeout: Duration,
    /// How long it may take to answer a question, from when that is the oldest unanswered one.
    pub case_timeout: Duration,
    /// How many processes are asked side by side; at least one.
    pub jobs: usize,
    /// What the ids of questions are shuffled with.
    pub seed: u64,
}

impl Launch {
    /// One process of a program without arguments, with ten seconds to start and two for each question.
    #[must_use]
    pub fn new(program: impl Into<String>) -> Launch {
        Launch {
            program: program.into(),
            arguments: Vec::new(),
            pass_env: Vec::new(),
            start_timeout: Duration::from_secs(10),
            case_timeout: Duration::from_secs(2),
            jobs: 1,
            seed: 0,
        }
    }

    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).env_clear();
        for name in PASSED.into_iter().chain(self.pass_env.iter().map(String::as_str)) {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command
    }
}

/// Why there is no adapter to ask.
#[derive(Debug, Error)]
#[error("{program}: {why}")]
pub struct AdapterError {
    /// The program.
    pub program: String,
    /// What went wrong.
    #[source]
    pub why: StartError,
    /// The last of its standard error, for people.
    pub stderr: String,
}

/// What can go wrong before the first question.
#[derive(Debug, Error)]
pub enum StartError {
    /// The program cannot be started.
    #[error("it cannot be started: {0}")]
    Spawn(#[source] io::Error),
    /// It says nothing.
    #[error("it did not say hello within {0:?}")]
    Silent(Duration),
    /// It ended.
    #[error("it did not say hello: {0}")]
    Ended(String),
    /// It says something else.
    #[error("it did not say hello: {0}")]
    NotHello(String),
    /// Somebody wants the run to end.
    #[error("it was not waited for: the run was interrupted")]
    Interrupted,
}
