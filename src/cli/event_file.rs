//! Where the event stream goes. A file is there under its own name from the first event on, so that it can be read while the run goes on
//! and after a crash; other reports take their places when they are whole.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::fail::Fail;
use super::named_writer::NamedWriter;
use super::output::{Target, cannot_write};

/// The event stream of a command.
pub(super) struct EventFile {
    path: PathBuf,
    /// Where it goes; `None` until a file is begun.
    place: Option<Place>,
}

/// Where events go.
enum Place {
    /// Stdout, or a device.
    Target(Target),
    /// A file that has taken its place.
    File(PathBuf, File),
}

impl EventFile {
    /// Sees whether what an option names can be written. A file that is there already stays until the first event.
    pub(super) fn open(path: &Path) -> Result<EventFile, Fail> {
        let place = match Target::open(path)? {
            Target::File(..) => None,
            other => Some(Place::Target(other)),
        };
        Ok(EventFile { path: path.to_owned(), place })
    }

    /// Something to write to.
    pub(super) fn writer(&mut self) -> Box<dyn Write + '_> {
        Box::new(Events(self))
    }

    /// Ends it. A file takes its place although nothing happened: an older one would be taken for that of this run.
    pub(super) fn finish(mut self) -> Result<(), Fail> {
        self.place()?;
        match self.place {
            Some(Place::Target(target)) => target.finish(),
            Some(Place::File(path, file)) => file.sync_all().map_err(|error| cannot_write(&path, &error)),
            None => Ok(()),
        }
    }

    fn place(&mut self) -> Result<&mut Place, Fail> {
        Ok(match &mut self.place {
            Some(place) => place,
            none => none.insert(Place::begin(&self.path)?),
        })
    }
}

impl Place {
    /// Puts an empty file in the place of an older one. That one is not written through: whoever has it open, or by another name, keeps
    /// what is in it.
    fn begin(path: &Path) -> Result<Place, Fail> {
        let (path, empty) = match Target::open(path)? {
            Target::File(path, empty) => (path, empty),
            other => return Ok(Place::Target(other)),
        };
        if let Ok(older) = std::fs::metadata(&path) {
            empty.as_file().set_permissions(older.permissions()).map_err(|error| cannot_write(&path, &error))?;
        }
        let file = empty.persist(&path).map_err(|error| cannot_write(&path, &error.error))?;
        Ok(Place::File(path, file))
    }

    fn writer(&mut self) -> NamedWriter<Box<dyn Write + '_>> {
        match self {
            Place::Target(target) => NamedWriter::to(target),
            Place::File(path, file) => NamedWriter::file(path, file),
        }
    }
}

/// Writes events; the first one begins the file.
struct Events<'a>(&'a mut EventFile);

impl Write for Events<'_> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.0.place().map_err(|fail| io::Error::other(fail.message))?.writer().write(octets)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.place().map_err(|fail| io::Error::other(fail.message))?.writer().flush()
    }
}
