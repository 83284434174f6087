//! A piece of a vector file's text: where it stands, and errors about it with the file's own line and column.

use super::load_error::LoadError;
use super::position::{self, Position};
use super::read::MAX_DEPTH;
use crate::profile::wording;

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
        let text = wording::without_place(error);
        let mut offset = position::offset_of(piece, error.line(), error.column());
        if error.is_data() {
            let (token, opened) = position::last_token(piece, offset);
            // It stands before a bracket that it did not take.
            let behind = piece.get(token..).and_then(|rest| rest.strip_prefix([':', ',']));
            let token = behind.map_or(token, |rest| piece.len() - rest.trim_start().len());
            let closes = piece.get(token..).is_some_and(|rest| rest.starts_with([']', '}']));
            offset = if closes || text.starts_with("missing field") { opened } else { token };
        }
        let (reason, hint) = wording::plain(&text);
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
