//! A piece of a vector file's text: where it stands, and errors about it with the file's own line and column.

use super::load_error::LoadError;
use super::position::{self, Position};
use super::read::MAX_DEPTH;
use crate::profile::nearest::nearest;

/// What is said where octets cannot be text.
pub(super) const NOT_UTF8: &str = "octets that are not UTF-8 are written {\"base64\": \"…\"}";

/// A piece of a file's text and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Spot<'a> {
    pub(super) file: &'a str,
    /// The text around the piece, as far as it is known: the whole file, or one line.
    pub(super) text: &'a str,
    /// The line of the file on which `text` begins.
    pub(super) line: usize,
    /// Where the piece begins in `text`.
    pub(super) start: usize,
    /// Where it ends.
    pub(super) end: usize,
}

impl<'a> Spot<'a> {
    /// A whole text that begins on this line of a file.
    pub(super) fn whole(file: &'a str, text: &'a str, line: usize) -> Spot<'a> {
        Spot { file, text, line, start: 0, end: text.len() }
    }

    pub(super) fn piece(&self) -> &'a str {
        self.text.get(self.start..self.end).unwrap_or_default()
    }

    /// An error at an octet of the piece.
    pub(super) fn error(&self, offset: usize, thing: &str, reason: impl Into<String>) -> LoadError {
        let Position { line, column } = position::position(self.text, self.start + offset);
        LoadError {
            file: self.file.to_owned(),
            line: self.line + line - 1,
            column,
            thing: thing.to_owned(),
            reason: reason.into(),
            hint: None,
        }
    }

    /// What serde_json found, in our words and at the beginning of what it is about.
    pub(super) fn json_error(&self, error: &serde_json::Error, thing: &str) -> LoadError {
        let piece = self.piece();
        if let Some(offset) = position::too_deep(piece, MAX_DEPTH) {
            return self.error(offset, thing, format!("nested deeper than {MAX_DEPTH} levels"));
        }
        let text = error.to_string();
        let suffix = format!(" at line {} column {}", error.line(), error.column());
        let text = text.strip_suffix(&suffix).unwrap_or(&text).replace('`', "\"");
        let mut offset = position::offset_of(piece, error.line(), error.column());
        if error.is_data() {
            let (token, opened) = position::last_token(piece, offset);
            // It stands before a bracket that it did not take.
            let behind = piece.get(token..).and_then(|rest| rest.strip_prefix([':', ',']));
            let token = behind.map_or(token, |rest| piece.len() - rest.trim_start().len());
            let closes = piece.get(token..).is_some_and(|rest| rest.starts_with([']', '}']));
            offset = if closes || text.starts_with("missing field") { opened } else { token };
        }
        let (reason, hint) = without_the_list(&in_words_of_json(&text));
        if error.is_syntax()
            && let Some(lone) = position::lone_surrogate(piece).filter(|lone| *lone <= offset)
        {
            let escape = piece.get(lone..lone + 6).unwrap_or_default();
            let found = self.error(lone, thing, format!("{escape} is half of a surrogate pair, no Unicode character"));
            return found.with_hint(NOT_UTF8);
        }
        let reason = match error.is_eof() {
            true if piece.trim().is_empty() => "it is empty".to_owned(),
            true => format!("cut off ({reason})"),
            false => reason,
        };
        LoadError { hint, ..self.error(offset, thing, reason) }
    }
}

/// What serde calls what is written, and what it wanted instead, where that is a word of Rust.
const WORDS: [(&str, &str); 12] = [
    ("sequence", "list"),
    ("map", "object"),
    ("a sequence", "a list"),
    ("a map", "an object"),
    ("a boolean", "true or false"),
    ("u8", "a whole number from 0 to 255"),
    ("u16", "a whole number from 0 to 65535"),
    ("u32", "a whole number from 0 to 4294967295"),
    ("u64", "a whole number that is not negative"),
    ("i32", "a whole number"),
    ("i64", "a whole number"),
    ("a tuple of size 2", "a list of 2 values"),
];

/// `invalid type: sequence, expected u32` as whoever writes JSON says it: `invalid type: list, expected a whole number …`.
fn in_words_of_json(text: &str) -> String {
    let word = |word| WORDS.iter().find(|(rust, _)| *rust == word).map_or(word, |(_, json)| *json);
    let Some((before, wanted)) = text.rsplit_once(", expected ").filter(|_| text.starts_with("invalid ")) else { return text.to_owned() };
    match before.split_once(": ") {
        Some((what, found)) => format!("{what}: {}, expected {}", word(found), word(wanted)),
        None => format!("{before}, expected {}", word(wanted)),
    }
}

/// `unknown field "secrt", expected one of "secret", …` without its list, and the name out of the list that was probably meant.
fn without_the_list(text: &str) -> (String, Option<String>) {
    let Some((reason, list)) = text.strip_prefix("unknown ").and_then(|_| text.split_once(", expected ")) else {
        return (text.to_owned(), None);
    };
    let written = reason.split('"').nth(1).unwrap_or_default();
    let known: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
    let hint = match nearest(written, known.iter().copied()) {
        Some(name) => format!("did you mean \"{name}\"?"),
        None => format!("known are {}", known.join(", ")),
    };
    (reason.to_owned(), Some(hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_have_no_words_of_rust() {
        for (text, told) in [
            ("invalid type: sequence, expected u32", "invalid type: list, expected a whole number from 0 to 4294967295"),
            ("invalid type: map, expected a sequence", "invalid type: object, expected a list"),
            ("invalid length 1, expected a tuple of size 2", "invalid length 1, expected a list of 2 values"),
            (
                "invalid type: string \"map, expected u32\", expected a map",
                "invalid type: string \"map, expected u32\", expected an object",
            ),
            (
                "unknown field \"sequence, expected u32\", there are no fields",
                "unknown field \"sequence, expected u32\", there are no fields",
            ),
        ] {
            assert_eq!(in_words_of_json(text), told);
        }
    }
}
