//! Where output goes: results to stdout, words for people to stderr, files whole or not at all.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process;

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use tempfile::NamedTempFile;

use super::fail::Fail;
use crate::judgement::ExitCode;
use crate::report::{Colour, Layout, escape};

/// How a command ends.
pub(super) type Outcome = Result<ExitCode, Fail>;

const BOLD: Style = Style::new().bold();
const RED: Style = AnsiColor::Red.on_default().bold();
const CYAN: Style = AnsiColor::Cyan.on_default();

/// Ends the process as clap would, but with our exit codes.
pub(super) fn usage(mut error: clap::Error) -> process::ExitCode {
    escape_values(&mut error);
    // Where stdout or stderr is closed there is nobody to tell.
    let _ = error.print();
    if let Some(report) = report_without_file(&error) {
        let _ = writeln!(anstream::stderr().lock(), "{CYAN}hint{CYAN:#}: `{report} -` writes it to stdout");
    }
    process::ExitCode::from(if error.use_stderr() { ExitCode::Usage.number() } else { ExitCode::AsExpected.number() })
}

/// Escapes what clap will repeat: it may come out of a settings file that was found by itself.
pub(super) fn escape_values(error: &mut clap::Error) {
    let line = |text: &String| escape::line(text).into_owned();
    let escaped = error.context().filter_map(|(kind, value)| match value {
        ContextValue::String(text) => Some((kind, ContextValue::String(line(text)))),
        ContextValue::Strings(texts) => Some((kind, ContextValue::Strings(texts.iter().map(line).collect()))),
        _ => None,
    });
    for (kind, value) in escaped.collect::<Vec<_>>() {
        error.insert(kind, value);
    }
}

/// The options of reports, which elsewhere are sometimes switches: `explain --json`.
const REPORTS: [&str; 9] = ["--badge", "--events", "--github", "--html", "--json", "--junit", "--markdown", "--sarif", "--tap"];

/// The option of a report that was given without its file.
fn report_without_file(error: &clap::Error) -> Option<&'static str> {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let option = text(ContextKind::InvalidArg)?.strip_suffix(" <FILE>")?;
    text(ContextKind::InvalidValue).filter(|value| error.kind() == ErrorKind::InvalidValue && value.is_empty())?;
    REPORTS.into_iter().find(|report| *report == option)
}

/// Says what went wrong, and ends.
pub(super) fn exit(outcome: Outcome) -> process::ExitCode {
    let code = match outcome {
        Ok(code) => code,
        Err(fail) => {
            complain(&fail);
            fail.code
        }
    };
    process::ExitCode::from(code.number())
}

/// Tells people of a failure. Names and values of others stand in it: a terminal must not obey them, and no line of theirs may pass for
/// one of ours, so a message is one line. A hint may have several, see [`Fail::hint_of_lines`].
pub(super) fn complain(fail: &Fail) {
    let mut stderr = anstream::stderr().lock();
    let _ = writeln!(stderr, "{RED}error{RED:#}: {}", escape::line(&fail.message));
    if let Some(hint) = &fail.hint {
        let _ = writeln!(stderr, "{CYAN}hint{CYAN:#}: {}", escape::lines(hint));
    }
}

/// A remark for people, of one line as the message of a failure.
pub(super) fn note(message: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{BOLD}note{BOLD:#}: {}", escape::line(message));
}

/// How wide and how coloured a report may be on stdout, or on stderr.
pub(super) fn layout(to_stderr: bool) -> Layout {
    let (choice, terminal) = if to_stderr {
        (AutoStream::choice(&io::stderr()), io::stderr().is_terminal())
    } else {
        (AutoStream::choice(&io::stdout()), io::stdout().is_terminal())
    };
    // As everywhere, COLUMNS wins, also where there is no terminal.
    let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let columns = said.or_else(|| terminal_size::terminal_size().filter(|_| terminal).map(|(columns, _)| usize::from(columns.0)));
    Layout {
        width: columns.unwrap_or(DEFAULT_WIDTH).clamp(40, 120),
        colour: if choice == ColorChoice::Never { Colour::Off } else { Colour::On },
    }
}

/// The columns of something that is no terminal.
const DEFAULT_WIDTH: usize = 100;

/// Writes a result to stdout. A reader who has gone away (`| head`) is no failure.
pub(super) fn print(text: &str) -> Result<(), Fail> {
    tell(text, false)
}

/// Writes a result to stdout, or to stderr where stdout is taken.
pub(super) fn tell(text: &str, to_stderr: bool) -> Result<(), Fail> {
    let mut out: Box<dyn Write> = if to_stderr { Box::new(Quiet(io::stderr().lock())) } else { Box::new(Quiet(io::stdout().lock())) };
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| Fail::work(format!("{}: {error}", if to_stderr { "stderr" } else { "stdout" })))
}

/// A writer that goes on silently when nobody reads any more.
pub(super) struct Quiet<W>(pub(super) W);

impl<W: Write> Write for Quiet<W> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        match self.0.write(octets) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(octets.len()),
            result => result,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.0.flush() {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            result => result,
        }
    }
}

/// A file that will be written at the end, or stdout. Opening it at the start shows at once whether it can be written; until it is
/// finished, an older file at its place stays untouched.
#[derive(Debug)]
pub(super) enum Target {
    /// `-`.
    Stdout,
    /// A file.
    File(PathBuf, NamedTempFile),
    /// A device or a pipe, such as `/dev/null` or what a shell makes of `>(command)`: written as it is, and never replaced by a file.
    Device(PathBuf, File),
}

impl Target {
    /// Opens what an option names.
    pub(super) fn open(path: &Path) -> Result<Target, Fail> {
        if path == Path::new("-") {
            return Ok(Target::Stdout);
        }
        if path.is_dir() {
            return Err(Fail::work(format!("{}: is a folder", path.display())));
        }
        if std::fs::metadata(path).is_ok_and(|what| !what.is_file()) {
            let device = File::options().write(true).open(path).map_err(|error| cannot_write(path, &error))?;
            return Ok(Target::Device(path.to_owned(), device));
        }
        // A link stays, and what it leads to is replaced.
        let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !folder.is_dir() {
            return Err(Fail::work(format!("{}: cannot be written: there is no folder {}", path.display(), folder.display())));
        }
        let file = beside(&path, folder).map_err(|error| cannot_write(&path, &error))?;
        Ok(Target::File(path, file))
    }

    /// Something to write to.
    pub(super) fn writer(&mut self) -> Box<dyn Write + '_> {
        match self {
            Target::Stdout => Box::new(Quiet(io::stdout().lock())),
            Target::File(_, file) => Box::new(file.as_file_mut()),
            Target::Device(_, device) => Box::new(Quiet(device)),
        }
    }

    /// Puts the file in its place.
    pub(super) fn finish(self) -> Result<(), Fail> {
        let (path, file) = match self {
            Target::Stdout => return Ok(()),
            Target::Device(path, mut device) => return device.flush().map_err(|error| cannot_write(&path, &error)),
            Target::File(path, file) => (path, file),
        };
        if let Ok(older) = std::fs::metadata(&path) {
            file.as_file().set_permissions(older.permissions()).map_err(|error| cannot_write(&path, &error))?;
        }
        file.as_file().sync_all().map_err(|error| cannot_write(&path, &error))?;
        file.persist(&path).map_err(|error| cannot_write(&path, &error.error))?;
        Ok(())
    }
}

/// Writes a whole file.
pub(super) fn write_file(path: &Path, octets: &[u8]) -> Result<(), Fail> {
    let mut target = Target::open(path)?;
    target.writer().write_all(octets).map_err(|error| cannot_write(path, &error))?;
    target.finish()
}

/// The failure to write a file.
pub(super) fn cannot_write(path: &Path, error: &io::Error) -> Fail {
    // The library's own words name a temporary file, which says nothing to anybody.
    let reason = error.get_ref().map_or_else(|| error.to_string(), |_| error.kind().to_string());
    Fail::work(format!("{}: cannot be written: {reason}", path.display()))
}

/// A file that will take the place of another one: whoever may read it is for the user's mask to say, as it is for any new file.
fn beside(path: &Path, folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(path.file_name().unwrap_or_default());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}
