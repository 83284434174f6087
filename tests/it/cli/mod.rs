//! The command line from end to end: the built program is run, and its exit code, its output and its files are looked at.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod adapters;
mod broken_vectors;
mod diagnosing;
mod event_file;
mod exit_codes;
mod explaining;
mod files;
mod following;
mod foreign;
mod fuzz;
mod mistakes;
mod mixed;
mod own_fixtures;
mod own_profile;
mod reporting;
mod reports;
mod schemas;
mod selection;
mod showing;
mod signing;
mod surface;
mod vectors;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How a command ended.
struct Ended {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Ended {
    fn of(output: std::process::Output) -> Ended {
        Ended {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    #[track_caller]
    fn with(self, code: i32) -> Ended {
        let end = |text: &str| text.chars().skip(text.chars().count().saturating_sub(2000)).collect::<String>();
        assert_eq!(self.code, code, "\n--- stdout\n{}\n--- stderr\n{}", end(&self.stdout), end(&self.stderr));
        self
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap()
    }

    fn lines(&self) -> Vec<&str> {
        self.stdout.lines().collect()
    }
}

/// The program, with an environment that does not depend on who runs the tests.
fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    // What is kept of a run is the user's; tests leave nothing at his home.
    command.stdin(Stdio::null()).env("COLUMNS", "100").env_remove("HOME").env_remove("XDG_STATE_HOME");
    command
}

fn countersign(arguments: &[&str]) -> Ended {
    ended(program().args(arguments))
}

fn ended(command: &mut Command) -> Ended {
    Ended::of(command.output().unwrap())
}

fn countersign_reading(arguments: &[&str], input: &str) -> Ended {
    let mut child = program().args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    Ended::of(child.wait_with_output().unwrap())
}

/// The reference behind the adapter protocol, as the value of `--adapter`.
fn reference_adapter() -> String {
    format!("'{}' adapter serve", env!("CARGO_BIN_EXE_countersign"))
}

/// A folder that goes away with the test.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file, and gives its path as an argument.
    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

fn schema(name: &str) -> jsonschema::Validator {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/schema").join(name);
    jsonschema::validator_for(&serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()).unwrap()
}

#[track_caller]
fn follows(schema: &jsonschema::Validator, value: &serde_json::Value) {
    let errors: Vec<String> = schema.iter_errors(value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}\n{value}");
}

/// A suite of `percent_encode` with one case: what `text` must become.
fn suite(level: &str, text: &str, encoded: &str) -> String {
    format!(
        r#"{{ "format": 1, "suite": "made", "operation": "percent_encode", "cases": [
  {{ "id": "one", "rev": 1, "status": "active", "level": "{level}", "title": "made for a test",
    "spec": [{{ "doc": "RFC5849", "section": "3.6" }}],
    "input": {{ "text": "{text}" }}, "expect": {{ "encoded": "{encoded}" }},
    "source": {{ "kind": "rfc", "ref": "RFC 5849 section 3.6, https://www.rfc-editor.org/rfc/rfc5849#section-3.6" }} }}
] }}
"#
    )
}
