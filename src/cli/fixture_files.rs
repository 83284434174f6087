//! Which of the paths that somebody named hold provider fixtures: a file of them, a folder that was recorded, or a set as it is exported,
//! with `fixtures/` and the profiles that they name.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use super::fail::Fail;
use super::files;
use crate::probe::record::{FIXTURES, PROFILE};
use crate::profile::load::{MAX_FILE, Sort};
use crate::vectors::load::MAX_ENTRIES;

/// The folder of a set in which all files are fixtures.
const FOLDER: &str = "fixtures";
/// The folder beside it.
pub(super) const PROFILES: &str = "profiles";

/// A file of fixtures, and where a profile may stand that belongs to it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) file: PathBuf,
    pub(super) profile: Beside,
}

/// Where a profile may stand.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Beside {
    /// In this file.
    File(PathBuf),
    /// In this folder, in a file that is called as the profile is.
    Folder(PathBuf),
}

impl Beside {
    /// The folder of profiles, if there may be several.
    pub(super) fn folder(&self) -> Option<&Path> {
        match self {
            Beside::File(_) => None,
            Beside::Folder(folder) => Some(folder),
        }
    }

    /// The file in which a profile with this name may stand.
    pub(super) fn file_of(&self, profile: &str) -> PathBuf {
        match self {
            Beside::File(file) => file.clone(),
            Beside::Folder(folder) => folder.join(format!("{profile}.json")),
        }
    }
}

/// The files of fixtures among and below these paths, and the paths among which vector files are.
///
/// # Errors
/// A folder that cannot be read. What is wrong with a file, its reader tells.
pub(super) fn among(paths: &[PathBuf]) -> Result<(Vec<Found>, Vec<PathBuf>), Fail> {
    let (mut found, mut others) = (Vec::new(), Vec::new());
    for path in paths {
        let recorded = path.join(FIXTURES);
        if is_one(path) {
            found.push(Found { file: path.clone(), profile: Beside::File(path.with_file_name(PROFILE)) });
        } else if is_one(&recorded) {
            found.push(Found { file: recorded, profile: Beside::File(path.join(PROFILE)) });
        } else if let Some((files, profiles)) = part_of_set(path)? {
            found.extend(files.into_iter().map(|file| Found { file, profile: Beside::Folder(profiles.clone()) }));
        } else {
            let (folder, profiles) = (path.join(FOLDER), path.join(PROFILES));
            let before = found.len();
            if folder.is_dir() {
                found.extend(below(&folder)?.into_iter().map(|file| Found { file, profile: Beside::Folder(profiles.clone()) }));
            }
            if found.len() == before || holds_more(path) {
                others.push(path.clone());
            }
        }
    }
    Ok((found, others))
}

/// Whether vector files may be in a set: there is something beside its fixtures and what belongs to them. What cannot be read may be.
fn holds_more(set: &Path) -> bool {
    let belongs = |name: &OsStr| [FOLDER, PROFILES].iter().any(|folder| name == *folder) || name.to_string_lossy().starts_with('.');
    std::fs::read_dir(set).map_or(true, |mut entries| entries.any(|entry| entry.map_or(true, |entry| !belongs(&entry.file_name()))))
}

/// The files of a folder that is called `fixtures` or lies below one, and the folder of their profiles. Many folders are called so in which
/// other things are: there are profiles beside this one, or some of its files are known by what stands in them.
fn part_of_set(path: &Path) -> Result<Option<(Vec<PathBuf>, PathBuf)>, Fail> {
    let mut parts: Vec<Component<'_>> = path.components().collect();
    while parts.last().is_some_and(|part| part.as_os_str() != FOLDER) {
        parts.pop();
    }
    if parts.is_empty() || !path.is_dir() {
        return Ok(None);
    }
    let profiles = parts.into_iter().collect::<PathBuf>().with_file_name(PROFILES);
    let files = below(path)?;
    let is_part = !files.is_empty() && (profiles.is_dir() || files.iter().any(|file| is_one(file)));
    Ok(is_part.then_some((files, profiles)))
}

/// Whether a file holds fixtures. What cannot be read is told by who reads vector files.
fn is_one(file: &Path) -> bool {
    file.is_file()
        && file.extension().is_some_and(|extension| extension == "json")
        && files::octets(file, MAX_FILE).is_ok_and(|octets| Sort::of(&String::from_utf8_lossy(&octets)) == Sort::Fixtures)
}

/// All that ends in `.json` below a folder, whatever it is: nothing is passed over that might have been fixtures. In the order of names.
pub(super) fn below(folder: &Path) -> Result<Vec<PathBuf>, Fail> {
    let (mut found, mut seen, mut entries) = (Vec::new(), HashSet::new(), 0);
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        let cannot = |error: std::io::Error| Fail::work(format!("{}: cannot be read: {error}", folder.display()));
        // A symbolic link may lead back.
        if !seen.insert(std::fs::canonicalize(&folder).map_err(cannot)?) {
            continue;
        }
        for entry in std::fs::read_dir(&folder).map_err(cannot)? {
            let entry = entry.map_err(cannot)?;
            entries += 1;
            if entries > MAX_ENTRIES {
                return Err(Fail::work(format!("{}: more than {MAX_ENTRIES} entries below what was given", folder.display())));
            }
            let path = entry.path();
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with these files.
    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        folder
    }

    const ONE: &str = r#"{"profile": "p", "cases": []}"#;

    #[test]
    fn whatever_lies_below_fixtures_is_found_and_the_rest_is_left_to_others() {
        let set = folder(&[
            ("fixtures/a/b/one.json", ONE),
            ("fixtures/empty.json", ""),
            ("fixtures/.hidden.json", ONE),
            ("fixtures/a/notes.md", ""),
        ]);
        let root = set.path();
        let names = |path: &Path| {
            let (found, others) = among(&[path.to_owned()]).unwrap();
            let profiles: HashSet<PathBuf> = found.iter().map(|found| found.profile.file_of("p")).collect();
            assert_eq!(profiles, HashSet::from([root.join("profiles/p.json")]));
            let name = |found: Found| found.file.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            (found.into_iter().map(name).collect::<Vec<_>>(), others)
        };
        let all = vec!["fixtures/a/b/one.json".to_owned(), "fixtures/empty.json".to_owned()];
        assert_eq!(names(root), (all.clone(), vec![]));
        std::fs::create_dir(root.join("sign")).unwrap();
        assert_eq!(names(root), (all.clone(), vec![root.to_owned()]));
        assert_eq!(names(&root.join("fixtures")), (all.clone(), vec![]));
        assert_eq!(names(&root.join("fixtures/a")), (all[..1].to_vec(), vec![]));
    }

    #[test]
    fn a_file_and_a_recording_have_their_profile_beside_them() {
        let set = folder(&[("mine.json", ONE), ("recorded/fixtures.json", ONE), ("other.json", "{}")]);
        let paths = ["mine.json", "recorded", "other.json"].map(|name| set.path().join(name));
        let (found, others) = among(&paths).unwrap();
        let profiles: Vec<PathBuf> = found.iter().map(|found| found.profile.file_of("p")).collect();
        assert_eq!(profiles, [set.path().join("profile.json"), set.path().join("recorded/profile.json")]);
        assert_eq!(others, paths[2..]);
    }

    #[test]
    fn other_things_in_a_folder_called_fixtures_are_left_to_others() {
        let set = folder(&[("fixtures/vectors/one.json", "{}")]);
        let paths = ["fixtures", "fixtures/vectors"].map(|name| set.path().join(name));
        assert_eq!(among(&paths).unwrap(), (vec![], paths.to_vec()));
        // Unless profiles are beside it, or one of them is known.
        std::fs::create_dir(set.path().join("profiles")).unwrap();
        assert_eq!(among(&paths[1..]).unwrap().0.len(), 1);
        std::fs::remove_dir(set.path().join("profiles")).unwrap();
        std::fs::write(paths[1].join("two.json"), ONE).unwrap();
        assert_eq!(among(&paths[1..]).unwrap().0.len(), 2);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_back_is_followed_once_and_one_that_leads_nowhere_is_kept() {
        let set = folder(&[("fixtures/one.json", ONE)]);
        let inside = set.path().join("fixtures");
        std::os::unix::fs::symlink(&inside, inside.join("back")).unwrap();
        std::os::unix::fs::symlink("nowhere", inside.join("two.json")).unwrap();
        assert_eq!(below(&inside).unwrap(), [inside.join("one.json"), inside.join("two.json")]);
    }
}
