//! Profiles and fixtures, checked: `countersign vectors lint`.

use std::path::Path;

use super::fail::Fail;
use super::files;
use crate::profile::fixture::Fixtures;
use crate::profile::load::{LoadError, MAX_FILE, Sort, faults};

/// How a line begins that says what to do about the one before.
pub(super) const HINT: &str = "hint: ";

/// What is wrong with a profile or fixtures of one's own, each with its place, and hints; `None` if the file is neither.
///
/// # Errors
/// A file that cannot be read.
pub(super) fn lint(path: &Path) -> Result<Option<Vec<String>>, Fail> {
    if path.is_dir() || path.extension().is_none_or(|extension| extension != "json") {
        return Ok(None);
    }
    match Sort::of(&files::text(path, MAX_FILE)?) {
        Sort::Other => Ok(None),
        Sort::Profile => lint_profile(path).map(Some),
        Sort::Fixtures => lint_fixtures(path).map(Some),
    }
}

/// What is wrong with a profile.
pub(super) fn lint_profile(path: &Path) -> Result<Vec<String>, Fail> {
    let text = files::text(path, MAX_FILE)?;
    Ok(all_told(faults(&path.display().to_string(), &text)))
}

/// What is wrong with a file of fixtures.
pub(super) fn lint_fixtures(path: &Path) -> Result<Vec<String>, Fail> {
    let text = files::text(path, MAX_FILE)?;
    Ok(all_told(Fixtures::parse(&path.display().to_string(), &text).err()))
}

fn all_told(faults: impl IntoIterator<Item = LoadError>) -> Vec<String> {
    faults.into_iter().flat_map(|fault| told(fault.to_string(), fault.hint)).collect()
}

/// The lines of a finding.
pub(super) fn told(finding: String, hint: Option<String>) -> impl Iterator<Item = String> {
    std::iter::once(finding).chain(hint.map(|hint| format!("{HINT}{hint}")))
}
