//! A profile or fixtures of one's own, checked: `countersign vectors lint FILE`.

use std::path::Path;

use super::fail::Fail;
use super::files;
use crate::profile::fixture::Fixtures;
use crate::profile::load::{LoadError, MAX_FILE, Sort, faults};

/// How a line begins that says what to do about the one before.
pub(super) const HINT: &str = "hint: ";

/// What is wrong with a profile or fixtures, each with its place, and hints; `None` if the file is neither.
///
/// # Errors
/// A file that cannot be read.
pub(super) fn lint(path: &Path) -> Result<Option<Vec<String>>, Fail> {
    if path.is_dir() || path.extension().is_none_or(|extension| extension != "json") {
        return Ok(None);
    }
    let text = files::text(path, MAX_FILE)?;
    let name = path.display().to_string();
    let found = match Sort::of(&text) {
        Sort::Other => return Ok(None),
        Sort::Profile => faults(&name, &text),
        Sort::Fixtures => Fixtures::parse(&name, &text).err().into_iter().collect(),
    };
    Ok(Some(found.into_iter().flat_map(|fault: LoadError| told(fault.to_string(), fault.hint)).collect()))
}

/// The lines of a finding.
pub(super) fn told(finding: String, hint: Option<String>) -> impl Iterator<Item = String> {
    std::iter::once(finding).chain(hint.map(|hint| format!("{HINT}{hint}")))
}
