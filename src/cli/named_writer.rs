//! A writer that says what could not be written: the system's own words name no file.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::output::{Target, cannot_write};

/// A writer whose errors begin with the name of what is written.
pub(super) struct NamedWriter<W> {
    path: PathBuf,
    out: W,
}

impl<'a> NamedWriter<Box<dyn Write + 'a>> {
    /// Writes what an option named.
    pub(super) fn to(target: &'a mut Target) -> NamedWriter<Box<dyn Write + 'a>> {
        let path = match target {
            Target::Stdout => PathBuf::from("stdout"),
            Target::File(path, _) | Target::Device(path, _) => path.clone(),
        };
        NamedWriter { path, out: target.writer() }
    }

    /// Writes a file.
    pub(super) fn file(path: &Path, file: &'a mut File) -> NamedWriter<Box<dyn Write + 'a>> {
        NamedWriter { path: path.to_owned(), out: Box::new(file) }
    }
}

impl<W: Write> NamedWriter<W> {
    fn named(&self, error: io::Error) -> io::Error {
        match error.kind() {
            // Whoever writes tries again, and knows it by its kind alone.
            io::ErrorKind::Interrupted => error,
            kind => io::Error::new(kind, cannot_write(&self.path, &error).message),
        }
    }
}

impl<W: Write> Write for NamedWriter<W> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.out.write(octets).map_err(|error| self.named(error))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush().map_err(|error| self.named(error))
    }
}
