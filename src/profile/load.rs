//! Reading a profile file, with the line and column of what is wrong.

use std::io::Read as _;
use std::path::Path;

use super::consistency::disagreements;
use super::document::Profile;

/// The largest profile or fixture file that is read, in octets.
pub const MAX_FILE: u64 = 16 * 1024 * 1024;

/// Why a profile or fixture file cannot be used: `vectors/profiles/etrade.json:41:7: unknown field "secrt"`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {what}")]
pub struct LoadError {
    /// The file, as it was named.
    pub file: String,
    /// The line, counted from 1; 0 if the file could not be read at all.
    pub line: usize,
    /// The column, counted from 1.
    pub column: usize,
    /// What is wrong, as a clause.
    pub what: String,
}

impl LoadError {
    /// What serde_json found, at the place that it gives.
    pub(super) fn of_json(file: &str, error: &serde_json::Error) -> LoadError {
        let text = error.to_string();
        let suffix = format!(" at line {} column {}", error.line(), error.column());
        let what = text.strip_suffix(&suffix).unwrap_or(&text).replace('`', "\"");
        LoadError { file: file.to_owned(), line: error.line().max(1), column: error.column().max(1), what }
    }

    /// A fault of meaning, at the place where an id stands in the text.
    pub(super) fn at_id(file: &str, text: &str, id: &str, what: String) -> LoadError {
        let needle = format!("\"id\": \"{id}\"");
        let offset = text.find(&needle).unwrap_or_default();
        let before = text.get(..offset).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        LoadError { file: file.to_owned(), line, column, what }
    }

    fn unreadable(file: &str, what: String) -> LoadError {
        LoadError { file: file.to_owned(), line: 0, column: 0, what }
    }
}

impl Profile {
    /// Reads a profile out of text; `file` is named in messages. Unknown members are refused, references are resolved.
    ///
    /// # Errors
    /// The first fault, with its place.
    pub fn parse(file: &str, text: &str) -> Result<Profile, LoadError> {
        let profile: Profile = serde_json::from_str(text).map_err(|error| LoadError::of_json(file, &error))?;
        match disagreements(&profile).into_iter().next() {
            None => Ok(profile),
            Some(first) => Err(LoadError::at_id(file, text, &first.id, format!("\"{}\": {}", first.id, first.what))),
        }
    }

    /// Reads a profile file.
    ///
    /// # Errors
    /// A fault of the file or its text; line 0 where there is no text.
    pub fn read(path: &Path) -> Result<Profile, LoadError> {
        let text = read_text(path)?;
        Profile::parse(&path.display().to_string(), &text)
    }
}

/// Reads a text file of at most [`MAX_FILE`] octets.
pub(super) fn read_text(path: &Path) -> Result<String, LoadError> {
    let file = path.display().to_string();
    let unreadable = |error: std::io::Error| LoadError::unreadable(&file, error.to_string());
    let opened = std::fs::File::open(path).map_err(unreadable)?;
    let mut text = String::new();
    opened.take(MAX_FILE + 1).read_to_string(&mut text).map_err(unreadable)?;
    if text.len() as u64 > MAX_FILE {
        return Err(LoadError::unreadable(&file, format!("larger than the {} MiB that are read", MAX_FILE >> 20)));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::shipped;

    fn etrade() -> String {
        shipped::TEXTS.iter().find(|(name, _)| *name == "etrade").map(|(_, text)| (*text).to_owned()).unwrap()
    }

    #[track_caller]
    fn refused(text: &str, message: &str) {
        let error = Profile::parse("p.json", text).unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
        assert!(error.line > 0 && error.column > 0, "{error}");
    }

    #[test]
    fn a_profile_is_read() {
        let profile = Profile::parse("p.json", &etrade()).unwrap();
        assert_eq!(profile.id, "etrade");
        assert!(profile.rule("etrade.rt.callback").is_some());
        let again = Profile::parse("again", &serde_json::to_string(&profile).unwrap()).unwrap();
        assert_eq!(again, profile);
    }

    #[test]
    fn faults_of_form_have_a_place() {
        refused(&etrade().replacen("\"state\":", "\"secrt\":", 1), "p.json:6:9: unknown field \"secrt\"");
        refused(&etrade().replacen("\"HMAC-SHA1\"", "1", 1), "invalid type: integer");
        refused(&etrade().replacen("\"kind\": \"url\"", "\"kind\": \"uri\"", 1), "unknown variant \"uri\"");
        refused("", "EOF while parsing");
    }

    #[test]
    fn faults_of_meaning_have_a_place() {
        refused(&etrade().replacen("\"id\": \"etrade.rt.url\"", "\"id\": \"yahoo.rt.url\"", 1), "a rule's id begins with the profile's");
        refused(
            &etrade().replacen("\"id\": \"etrade.rt.url\"", "\"id\": \"etrade.rt.method\"", 1),
            "\"etrade.rt.method\": stands there twice",
        );
        refused(&etrade().replacen("\"timestamp_window\": 300", "\"timestamp_window\": 600", 1), "timestamp_window is 600");
        refused(&etrade().replacen("\"id\": \"pyetrade.71\"", "\"id\": \"pyetrade.72\"", 1), "cites the source \"pyetrade.71\"");
        refused(
            &etrade().replacen("\"one_of\": [\"GET\"]", "\"one_of\": [\"POST\"]", 1),
            "the methods of the endpoint request_token are others",
        );
        refused(&etrade().replacen("\"format\": 1", "\"format\": 2", 1), "format 2 is not known");
    }

    #[test]
    fn a_missing_file_is_an_error_and_not_a_panic() {
        let error = Profile::read(Path::new("/nowhere/p.json")).unwrap_err();
        assert_eq!((error.line, error.file.as_str()), (0, "/nowhere/p.json"));
    }
}
