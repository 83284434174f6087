//! The files below `vectors/`, as they were when this crate was built.

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The name and text of `retired.json`.
pub(super) const RETIRED: (&str, &str) = ("retired.json", include_str!("../../vectors/retired.json"));

/// All files, as paths below `vectors/` with `/` and texts, in the order of paths.
#[must_use]
pub fn files() -> &'static [(&'static str, &'static str)] {
    FILES
}

/// The vector files.
pub(super) fn vectors() -> impl Iterator<Item = (&'static str, &'static str)> {
    files().iter().copied().filter(|(path, _)| is_vectors(path))
}

/// Whether a path below `vectors/` is that of a vector file.
fn is_vectors(path: &str) -> bool {
    let elsewhere = ["schema/", "profiles/", "fixtures/"].iter().any(|folder| path.starts_with(folder));
    path.ends_with(".json") && path != RETIRED.0 && !elsewhere
}

/// The text of a file by its path below `vectors/`.
#[must_use]
pub fn text(path: &str) -> Option<&'static str> {
    files().binary_search_by_key(&path, |(known, _)| known).ok().and_then(|at| files().get(at)).map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_there_and_found_by_its_path() {
        assert!(files().is_sorted());
        for (path, content) in files() {
            assert_eq!(text(path), Some(*content));
        }
        assert!(text("README.md").unwrap().starts_with("# The vectors"));
        assert_eq!(text("none"), None);
        assert!(vectors().all(|(_, text)| text.contains("\"suite\"")));
    }
}
