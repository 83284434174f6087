//! Profiles and fixtures, checked: `countersign vectors lint`.

use std::path::{Path, PathBuf};

use super::fail::Fail;
use super::{files, fixture_files};
use crate::profile::fixture::Fixtures;
use crate::profile::load::{LoadError, MAX_FILE, Sort, faults};

/// How a line begins that says what to do about the one before.
pub(super) const HINT: &str = "hint: ";

/// What is wrong with a profile or fixtures of one's own, or with a folder of profiles, each with its place, and hints; `None` if the path is
/// neither.
///
/// # Errors
/// A file or folder that cannot be read.
pub(super) fn lint(path: &Path) -> Result<Option<Vec<String>>, Fail> {
    if path.is_dir() {
        return lint_profiles(path);
    }
    if path.extension().is_none_or(|extension| extension != "json") {
        return Ok(None);
    }
    match Sort::of(&files::text(path, MAX_FILE)?) {
        Sort::Other => Ok(None),
        Sort::Profile => lint_profile(path).map(Some),
        Sort::Fixtures => lint_fixtures(path).map(Some),
    }
}

/// What is wrong with the profiles of a folder: of one that is called so and has one, or that has nothing else.
fn lint_profiles(folder: &Path) -> Result<Option<Vec<String>>, Fail> {
    let files = fixture_files::below(folder)?;
    let is_profile =
        |file: &PathBuf| files::octets(file, MAX_FILE).is_ok_and(|octets| Sort::of(&String::from_utf8_lossy(&octets)) == Sort::Profile);
    let is_called_so = folder.file_name().is_some_and(|name| name == fixture_files::PROFILES);
    if files.is_empty() || !(is_called_so && files.iter().any(is_profile) || files.iter().all(is_profile)) {
        return Ok(None);
    }
    files.iter().map(|file| lint_profile(file)).collect::<Result<Vec<_>, Fail>>().map(|faults| Some(faults.concat()))
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
