//! Reading a profile file, with the line and column of what is wrong.

use std::io::Read as _;
use std::path::Path;

use super::consistency::{Disagreement, disagreements, uncited};
use super::document::Profile;
use super::{strict, wording};

/// The largest profile or fixture file that is read, in octets.
pub const MAX_FILE: u64 = 16 * 1024 * 1024;

/// Why a profile or fixture file cannot be used: `vectors/profiles/etrade.json:41:7: unknown field "secrt"`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {what}", place(.file, *.line, *.column))]
pub struct LoadError {
    /// The file, as it was named.
    pub file: String,
    /// The line, counted from 1; 0 if the file could not be read at all.
    pub line: usize,
    /// The column, counted from 1.
    pub column: usize,
    /// What is wrong, as a clause.
    pub what: String,
    /// What to do about it, where that is not plain.
    pub hint: Option<String>,
}

fn place(file: &str, line: usize, column: usize) -> String {
    if line == 0 { file.to_owned() } else { format!("{file}:{line}:{column}") }
}

impl LoadError {
    /// What serde_json found in a text, at the place that it gives, or at the word that it names if that stands before.
    pub(super) fn of_json(file: &str, text: &str, error: &serde_json::Error) -> LoadError {
        let told = wording::without_place(error);
        let word = told.starts_with("unknown ").then(|| told.split('"').nth(1)).flatten();
        let at = word.and_then(|word| last_before(text, word, offset_of(text, error.line(), error.column())));
        let (line, column) = at.map_or((error.line().max(1), error.column().max(1)), |at| place_of(text, at));
        let (what, hint) = wording::plain(&told);
        let hint = hint
            .or_else(|| told.contains("missing field \"urls\"").then(|| "an endpoint names its URLs; \"urls\": [] takes any".to_owned()));
        let what = if text.trim().is_empty() { "it is empty".to_owned() } else { what };
        LoadError { file: file.to_owned(), line, column, what, hint }
    }

    /// A fault of meaning, at the place where an id stands in the text.
    pub(super) fn at_id(file: &str, text: &str, id: &str, what: String) -> LoadError {
        let named = |needle: &str| text.find(needle);
        let offset = named(&format!("\"id\": \"{id}\"")).or_else(|| named(&format!("\"id\":\"{id}\""))).unwrap_or_default();
        let (line, column) = place_of(text, offset);
        LoadError { file: file.to_owned(), line, column, what, hint: None }
    }

    fn of_disagreement(file: &str, text: &str, found: &Disagreement) -> LoadError {
        let error = LoadError::at_id(file, text, &found.id, format!("\"{}\": {}", found.id, found.what));
        LoadError { hint: found.hint.clone(), ..error }
    }

    fn unreadable(file: &str, what: String) -> LoadError {
        LoadError { file: file.to_owned(), line: 0, column: 0, what, hint: None }
    }
}

/// Line and column in characters, from 1, of an offset.
fn place_of(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or_default();
    (before.matches('\n').count() + 1, before.rsplit('\n').next().unwrap_or_default().chars().count() + 1)
}

/// The offset of serde_json's place: its column counts octets.
fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (start + column).min(text.len())
}

/// The last place at or before an offset where a word stands in quotes. serde_json knows the end of an object whose kind it does not know.
fn last_before(text: &str, word: &str, offset: usize) -> Option<usize> {
    let quoted = format!("\"{word}\"");
    let end = (0..=3).map(|back| offset.saturating_sub(back)).find(|at| text.is_char_boundary(*at))?;
    text.get(..end)?.rfind(&quoted)
}

/// What a file is about, so that a person may name either without saying which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// A profile.
    Profile,
    /// Fixtures.
    Fixtures,
    /// Something else, or nothing that can be read.
    Other,
}

impl Sort {
    /// Tells a file by the names of its own members. One that is broken in the middle is told by those that stand before.
    #[must_use]
    pub fn of(text: &str) -> Sort {
        let members = members(text);
        let has = |name: &str| members.contains(&name);
        if has("endpoints") || has("rules") || has("nonce_per") {
            Sort::Profile
        } else if has("profile") && has("cases") {
            Sort::Fixtures
        } else {
            Sort::Other
        }
    }
}

/// The names of the members of the outermost object, as they are written.
fn members(text: &str) -> Vec<&str> {
    let (mut depth, mut names) = (0_usize, Vec::new());
    let mut rest = text;
    while let Some(at) = rest.find(['"', '{', '}', '[', ']']) {
        let (found, behind) = (rest.as_bytes().get(at).copied(), rest.get(at + 1..).unwrap_or_default());
        rest = behind;
        match found {
            Some(b'{' | b'[') => depth += 1,
            Some(b'}' | b']') => depth = depth.saturating_sub(1),
            _ => {
                let length = length_of_string(behind);
                rest = behind.get(length + 1..).unwrap_or_default();
                if depth == 1 && rest.trim_start().starts_with(':') {
                    names.extend(behind.get(..length));
                }
            }
        }
    }
    names
}

/// How long a string of JSON is whose first quotation mark stands before it; a text that ends before it does is all of it.
fn length_of_string(text: &str) -> usize {
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find(['"', '\\'])) {
        match text.as_bytes().get(from + at) {
            Some(b'"') => return from + at,
            // What follows a backslash is a part of the string, and may be a character of several octets.
            _ => from += at + 1 + text.get(from + at + 1..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8),
        }
    }
    text.len()
}

/// Every fault of a profile's text: the first of form, or all of meaning.
#[must_use]
pub fn faults(file: &str, text: &str) -> Vec<LoadError> {
    match strict::from_str::<Profile>(text) {
        Err(error) => vec![LoadError::of_json(file, text, &error)],
        Ok(profile) => {
            let found = disagreements(&profile).into_iter().chain(uncited(&profile));
            found.map(|found| LoadError::of_disagreement(file, text, &found)).collect()
        }
    }
}

impl Profile {
    /// Reads a profile out of text; `file` is named in messages. Unknown members are refused, references are resolved.
    ///
    /// # Errors
    /// The first fault, with its place.
    pub fn parse(file: &str, text: &str) -> Result<Profile, LoadError> {
        let profile: Profile = strict::from_str(text).map_err(|error| LoadError::of_json(file, text, &error))?;
        match disagreements(&profile).into_iter().next() {
            None => Ok(profile),
            Some(first) => Err(LoadError::of_disagreement(file, text, &first)),
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

/// Whether a text begins with a byte order mark, of UTF-8 or UTF-16: some editors and consoles write one before all else, and nobody sees
/// it.
pub(crate) fn has_byte_order_mark(octets: &[u8]) -> bool {
    [&b"\xef\xbb\xbf"[..], b"\xff\xfe", b"\xfe\xff"].iter().any(|mark| octets.starts_with(mark))
}

/// Reads a text file of at most [`MAX_FILE`] octets.
pub(super) fn read_text(path: &Path) -> Result<String, LoadError> {
    let file = path.display().to_string();
    let cannot = |why: &dyn std::fmt::Display| LoadError::unreadable(&file, format!("cannot be read: {why}"));
    // A pipe or a device could be waited for without an end.
    if !std::fs::metadata(path).map_err(|error| cannot(&error))?.is_file() {
        return Err(cannot(&"it is no regular file"));
    }
    let mut octets = Vec::new();
    let opened = std::fs::File::open(path).map_err(|error| cannot(&error))?;
    opened.take(MAX_FILE + 1).read_to_end(&mut octets).map_err(|error| cannot(&error))?;
    if octets.len() as u64 > MAX_FILE {
        return Err(LoadError::unreadable(&file, format!("larger than the {} MiB that are read", MAX_FILE >> 20)));
    }
    if has_byte_order_mark(&octets) {
        let error = LoadError::unreadable(&file, "begins with a byte order mark".to_owned());
        return Err(LoadError { hint: Some("save it as UTF-8 without a byte order mark".to_owned()), ..error });
    }
    String::from_utf8(octets).map_err(|error| cannot(&format!("it is not UTF-8 (octet {})", error.utf8_error().valid_up_to())))
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
        refused(&etrade().replacen("\"state\":", "\"secrt\":", 1), "p.json:6:3: unknown field \"secrt\"");
        refused(&etrade().replacen("\"HMAC-SHA1\"", "1", 1), "invalid type: integer");
        refused(&etrade().replacen("\"kind\": \"url\"", "\"kind\": \"uri\"", 1), "unknown value \"uri\"");
        refused("", "p.json:1:1: it is empty");
        refused(" \n", "it is empty");
    }

    #[test]
    fn what_is_no_file_with_text_is_told_without_a_line() {
        let folder = tempfile::tempdir().unwrap();
        let told = |name: &str, octets: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, octets).unwrap();
            Profile::read(&path).unwrap_err().to_string().rsplit_once(&format!("{name}: ")).unwrap().1.to_owned()
        };
        assert_eq!(told("marked.json", b"\xef\xbb\xbf{}"), "begins with a byte order mark");
        assert_eq!(told("wide.json", b"\xff\xfe{\0}\0"), "begins with a byte order mark");
        assert_eq!(told("latin.json", b"{\"\xe9"), "cannot be read: it is not UTF-8 (octet 2)");
        let name = folder.path().display().to_string();
        assert_eq!(Profile::read(folder.path()).unwrap_err().to_string(), format!("{name}: cannot be read: it is no regular file"));
        assert!(Profile::read(&folder.path().join("none")).unwrap_err().to_string().contains("none: cannot be read: "));
    }

    /// What a person gets wrong in a profile of their own: the place is that of the word, and the hint names the right one.
    #[test]
    fn a_fault_of_ones_own_file_is_shown_where_it_stands_with_what_was_meant() {
        let at = |text: &str, word: &str| {
            let before = &text[..text.rfind(word).unwrap()];
            (before.matches('\n').count() + 1, before.rsplit('\n').next().unwrap().chars().count() + 1)
        };
        for (from, to, word, what, hint) in [
            (
                "\"timestamp_window\":",
                "\"timestamp_windw\":",
                "\"timestamp_windw\"",
                "unknown field \"timestamp_windw\"",
                "\"timestamp_window\"?",
            ),
            ("\"nonce_fresh\"", "\"nonce_frsh\"", "\"nonce_frsh\"", "unknown value \"nonce_frsh\"", "did you mean \"nonce_fresh\"?"),
            ("\"former_urls\":", "\"formr_urls\":", "\"formr_urls\"", "unknown field \"formr_urls\"", "did you mean \"former_urls\"?"),
            (
                "\"sources\": [{ \"id\": \"docs.request_token\", \"at\": \"live URL\" }]",
                "\"sources\": []",
                "\"id\": \"etrade.rt.url\"",
                "\"etrade.rt.url\": a rule without a source",
                "name an entry of \"sources\"",
            ),
            (
                "\"id\": \"docs.request_token\", \"at\": \"live URL\"",
                "\"id\": \"docs.reqest_token\", \"at\": \"live URL\"",
                "\"id\": \"etrade.rt.url\"",
                "cites the source \"docs.reqest_token\", which is not there",
                "did you mean \"docs.request_token\"?",
            ),
            (
                "\"urls\": [\"https://api.etrade.com/oauth/request_token\"]",
                "\"urls\": []",
                "\"id\": \"etrade.rt.url\"",
                "the endpoint request_token has no URL",
                "",
            ),
        ] {
            let text = etrade().replacen(from, to, 1);
            let error = Profile::parse("p.json", &text).unwrap_err();
            assert!(error.what.contains(what), "{error}");
            assert!(error.hint.clone().unwrap_or_default().contains(hint), "{error:?}");
            assert_eq!((error.line, error.column), at(&text, word), "{error}");
        }
        let text = etrade().replacen("\"urls\": [\"https://api.etrade.com/oauth/request_token\"],", "", 1);
        let error = Profile::parse("p.json", &text).unwrap_err();
        assert!(error.what == "missing field \"urls\"" && error.hint.is_some_and(|hint| hint.contains("takes any")), "{}", error.what);
        assert_eq!(faults("p.json", &etrade().replace("\"HMAC-SHA1\"]", "\"HMAC-SHA2\"]")), []);
        assert_eq!((Sort::of(&etrade()), Sort::of("{}"), Sort::of("")), (Sort::Profile, Sort::Other, Sort::Other));
    }

    #[test]
    fn a_source_has_an_address_and_a_day_and_a_value_a_pointer() {
        let twitter = shipped::TEXTS.iter().find(|(name, _)| *name == "twitter").map(|(_, text)| (*text).to_owned()).unwrap();
        for (from, to, what) in [
            ("\"url\": \"https://pastebin.com/Q9YbzBF7\"", "\"url\": \"pastebin\"", "source \"answer.32\" has no address"),
            ("\"read\": \"2026-11-22\"", "\"read\": \"22.11.2026\"", "was read on \"22.11.2026\""),
            ("\"at\": \"/errors/0/code\"", "\"at\": \"errors.0.code\"", "\"errors.0.code\" is no JSON pointer"),
            ("\"id\": \"twitter.rt.url\"", "\"id\": \"twitter.RT.url\"", "small letters"),
            ("\"tolerated\": []", "\"tolerated\": [\"sending.signature-rau\"]", "there is no deviation \"sending.signature-rau\""),
        ] {
            let error = Profile::parse("p.json", &twitter.replacen(from, to, 1)).unwrap_err();
            assert!(error.what.contains(what) && error.line > 1, "{error}");
        }
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
    fn a_list_is_no_object() {
        let text = etrade();
        let source = text.find("\"sources\": [").map(|at| at + "\"sources\": [".len()).unwrap();
        refused(&format!("{}[\"a\", \"b\", \"c\", \"vendor\", \"d\"], {}", &text[..source], &text[source..]), "invalid type: ");
    }

    #[test]
    fn a_file_is_told_by_its_own_members() {
        for (text, sort) in [
            (r#"{"suite": "s", "operation": "exchange", "profile": "p", "cases": []}"#, Sort::Fixtures),
            (r#"{"profile": "p", "cases": [{"input": {"rules""#, Sort::Fixtures),
            (r#"{"id": "p", "endpoints": ["#, Sort::Profile),
            (
                r#"{"suite": "s", "cases": [{"input": {"parameters": [["exchange", "1"], ["profile", "2"], ["endpoints", "rules"]]}}]}"#,
                Sort::Other,
            ),
            (r#"{"suite": "s", "cases": [{"profile": "p", "endpoints": 1, "rules": 2}]}"#, Sort::Other),
            (r#"{"about": "a \"profile\": {", "cases": "é\\", "a\u0022b": 1}"#, Sort::Other),
            (r#"{"about": "\"", "profile" : "é", "cases":[]}"#, Sort::Fixtures),
            (r#"["profile", "cases"]"#, Sort::Other),
            (r#"{"a": "profile"#, Sort::Other),
            ("\"\\", Sort::Other),
            ("", Sort::Other),
        ] {
            assert_eq!(Sort::of(text), sort, "{text}");
        }
    }

    #[test]
    fn a_missing_file_is_an_error_and_not_a_panic() {
        let error = Profile::read(Path::new("/nowhere/p.json")).unwrap_err();
        assert_eq!((error.line, error.file.as_str()), (0, "/nowhere/p.json"));
    }
}
