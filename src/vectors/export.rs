//! The embedded set as files, for other languages to use directly: vector files, profiles, fixtures, schemas, documentation, the clauses,
//! and a listing with its digest. It says what is to be written; writing is the command line's business.

use std::borrow::Cow;

use super::corpus::Corpus;
use super::load_error::LoadError;
use super::{clauses, embedded};

/// No tool may change line ends: the digest would not fit any more.
const ATTRIBUTES: &str = "* -text\n";

/// A relative path with `/`, and what the file holds.
pub type Exported = (&'static str, Cow<'static, [u8]>);

/// All files to be written, as relative paths with `/` and contents, in the order of paths. Beside what stands below `vectors/` these are
/// `clauses.json`, `DIGEST` (the listing of the vector files as `sha256sum` prints it, and in a last line its own digest) and
/// `.gitattributes`.
///
/// # Errors
/// As [`Corpus::embedded`].
pub fn files() -> Result<Vec<Exported>, LoadError> {
    let corpus = Corpus::embedded()?;
    let digest = format!("{}{}\n", corpus.listing()?, corpus.digest()?);
    let mut files: Vec<Exported> = embedded::files().iter().map(|(path, text)| (*path, Cow::Borrowed(text.as_bytes()))).collect();
    files.push((".gitattributes", Cow::Borrowed(ATTRIBUTES.as_bytes())));
    files.push(("DIGEST", Cow::Owned(digest.into_bytes())));
    files.push(("clauses.json", Cow::Borrowed(clauses::TEXT.as_bytes())));
    files.sort_by_key(|(path, _)| *path);
    Ok(files)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_exported_is_the_embedded_set() {
        let folder = tempfile::tempdir().unwrap();
        let files = files().unwrap();
        assert!(files.is_sorted_by(|left, right| left.0 < right.0));
        for (path, content) in &files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        let opened = Corpus::open(&[folder.path().to_owned()]).unwrap();
        let digest = opened.digest().unwrap();
        assert_eq!(digest, Corpus::embedded().unwrap().digest().unwrap());
        let listing = fs::read_to_string(folder.path().join("DIGEST")).unwrap();
        assert_eq!(listing, format!("{}{digest}\n", opened.listing().unwrap()));
        for path in ["README.md", "schema/vectors-1.json", ".gitattributes", "profiles/etrade.json", "fixtures/README.md"] {
            assert!(files.iter().any(|(known, _)| *known == path), "{path}");
        }
    }
}
