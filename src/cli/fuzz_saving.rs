//! Where `countersign fuzz --save` puts finds: a file for each, and none over that of another find.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::fail::Fail;
use super::files;
use super::output;
use crate::fuzzing::differential::Find;
use crate::vectors::format;

/// The folder of one run.
#[derive(Debug)]
pub(super) struct Saving {
    folder: PathBuf,
    /// What was written in this run.
    written: HashSet<PathBuf>,
}

/// The most finds whose names are the same.
const MOST_ALIKE: u32 = 10_000;
/// The most letters of an implementation's name in that of a file.
const MOST_LETTERS: usize = 60;

impl Saving {
    /// Into this folder; it is made if it is not there.
    pub(super) fn into(folder: &Path) -> Result<Saving, Fail> {
        files::folder(folder)?;
        Ok(Saving { folder: folder.to_owned(), written: HashSet::new() })
    }

    /// Writes a find; `name` is that of the implementation. Says where.
    pub(super) fn save(&mut self, find: &Find, name: &str, seed: u64) -> Result<PathBuf, Fail> {
        let safe = |letter: char| if letter.is_ascii_alphanumeric() || "._-".contains(letter) { letter } else { '-' };
        let stem = format!("{}.{}", name.chars().take(MOST_LETTERS).map(safe).collect::<String>(), find.slug());
        let vector_file = find.vector_file(name, seed);
        for number in 1..=MOST_ALIKE {
            let path = self.folder.join(if number == 1 { format!("{stem}.json") } else { format!("{stem}.{number}.json") });
            if self.written.contains(&path) || is_of_another(&path, &vector_file) {
                continue;
            }
            let text = format::canonical(&path.display().to_string(), &vector_file.to_string())?;
            output::write_file(&path, text.as_bytes())?;
            self.written.insert(path.clone());
            return Ok(path);
        }
        Err(Fail::work(format!("{}: too many finds are called {stem}", self.folder.display())).hint("save into another folder"))
    }
}

/// Whether there is a file, and it holds anything but this find: the same request of the same implementation is the same find, whatever
/// seed it was found with.
fn is_of_another(path: &Path, vector_file: &Value) -> bool {
    // A dangling link is there too.
    if path.symlink_metadata().is_err() {
        return false;
    }
    let text = files::text(path, files::MAX_FILE).ok();
    let known = text.and_then(|text| serde_json::from_str::<Value>(&text).ok());
    let is_same = |known: &Value| ["title", "input", "expect"].iter().all(|name| member(known, name) == member(vector_file, name));
    !known.is_some_and(|known| member(&known, "title").is_some() && is_same(&known))
}

fn member<'a>(vector_file: &'a Value, name: &str) -> Option<&'a Value> {
    vector_file.pointer("/cases/0").and_then(|case| case.get(name))
}
