//! Files and folders that an option names: what is read is a regular file, and only so much of it.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::fail::Fail;

/// The largest body or vector file, in octets.
pub(super) const MAX_FILE: u64 = 16 * 1024 * 1024;

/// The octets of a regular file of at most `most` octets.
pub(super) fn octets(path: &Path, most: u64) -> Result<Vec<u8>, Fail> {
    let cannot = |error: &dyn std::fmt::Display| Fail::work(format!("{}: cannot be read: {error}", path.display()));
    // A pipe or a device could be waited for without an end.
    if !std::fs::metadata(path).map_err(|error| cannot(&error))?.is_file() {
        return Err(cannot(&"it is no regular file"));
    }
    let mut octets = Vec::new();
    File::open(path).and_then(|file| file.take(most + 1).read_to_end(&mut octets)).map_err(|error| cannot(&error))?;
    if octets.len() as u64 > most {
        return Err(cannot(&format!("it is larger than {most} octets")));
    }
    Ok(octets)
}

/// Makes a folder with those above it, unless it is there.
pub(super) fn folder(path: &Path) -> Result<(), Fail> {
    std::fs::create_dir_all(path).map_err(|error| match std::fs::metadata(path) {
        Ok(there) if !there.is_dir() => Fail::work(format!("{}: is no folder", path.display())),
        _ => Fail::work(format!("{}: cannot be made: {error}", path.display())),
    })
}

/// The same as text.
pub(super) fn text(path: &Path, most: u64) -> Result<String, Fail> {
    String::from_utf8(octets(path, most)?)
        .map_err(|error| Fail::work(format!("{}: is not UTF-8 (octet {})", path.display(), error.utf8_error().valid_up_to())))
}
