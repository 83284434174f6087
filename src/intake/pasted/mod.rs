//! A request as people paste it: HTTP text, a `curl` command, a HAR file. Each form has its reader; all give the same [`PastedRequest`].
//!
//! Nothing is verified here: a request that nobody should send is read all the same, because somebody wants to know what is wrong
//! with it. What had to be assumed is said in its notes.

use std::fmt;

use thiserror::Error;

use crate::protocol::{Malformed, Url};

pub mod any;
mod cmd_words;
pub mod curl;
mod curl_data;
mod curl_options;
mod fields;
pub mod har;
mod har_document;
pub mod http_text;
mod sh_words;
#[cfg(test)]
mod tests;
mod transcript;

pub use any::{Form, Pasted};

/// The longest text that is read, in octets; HAR files have [`MAX_HAR`].
pub const MAX_TEXT: usize = 1024 * 1024;
/// The longest HAR file that is read, in octets: browsers put whole pages into them.
pub const MAX_HAR: usize = 16 * 1024 * 1024;
/// The longest header field that is read, name and value together, in octets.
pub const MAX_FIELD: usize = 64 * 1024;
/// The most header fields, and the most parameters of one header, that are read.
pub const MAX_FIELDS: usize = 1000;

/// Header fields, name and value, in their order.
pub type Fields = Vec<(Vec<u8>, Vec<u8>)>;

/// A request that was pasted.
#[derive(Clone, PartialEq, Eq)]
pub struct PastedRequest {
    /// The HTTP method as it stands there.
    pub method: Vec<u8>,
    /// The absolute URL.
    pub url: Vec<u8>,
    /// The header fields in their order, HTTP/2 pseudo-header fields left out.
    pub headers: Fields,
    /// The body; `None` if there is none, or if it is not in the text.
    pub body: Option<Vec<u8>>,
    /// What was assumed, for a person: "https was assumed". No note holds a value of the request.
    pub notes: Vec<String>,
}

/// An answer that was pasted.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PastedResponse {
    /// The status code, if it is told.
    pub status: Option<u16>,
    /// The header fields in their order.
    pub headers: Fields,
    /// The body; empty if there is none.
    pub body: Vec<u8>,
}

/// Why a text could not be read. It holds no header value, parameter value or body of the text.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{line}:{column}: {what}")]
pub struct IntakeError {
    /// The line, from 1.
    pub line: usize,
    /// The octet in the line, from 1.
    pub column: usize,
    /// The thing, then the reason.
    pub what: String,
    /// What to do about it.
    pub hint: Option<&'static str>,
}

impl IntakeError {
    /// A fault at an octet of the text.
    pub(super) fn at(text: &[u8], octet: usize, what: impl Into<String>) -> IntakeError {
        let before = text.get(..octet).unwrap_or(text);
        let line = memchr::memchr_iter(b'\n', before).count() + 1;
        let column = before.len() - memchr::memrchr(b'\n', before).map_or(0, |end| end + 1) + 1;
        IntakeError { line, column, what: what.into(), hint: None }
    }

    /// The same with a hint.
    pub(super) fn hint(self, hint: &'static str) -> IntakeError {
        IntakeError { hint: Some(hint), ..self }
    }
}

/// Refuses a text that is too long.
pub(super) fn limited(text: &[u8], most: usize) -> Result<(), IntakeError> {
    if text.len() <= most { Ok(()) } else { Err(IntakeError::at(b"", 0, format!("the text has more than {most} octets"))) }
}

/// Refuses what is no absolute http or https URL.
pub(super) fn check_url(url: &[u8], text: &[u8], octet: usize) -> Result<(), IntakeError> {
    match Url::parse(url) {
        Ok(_) => Ok(()),
        Err(Malformed::Url(why)) => Err(IntakeError::at(text, octet, format!("the URL is no absolute http or https URL: {why}"))),
        Err(other) => Err(IntakeError::at(text, octet, other.to_string())),
    }
}

/// A name for a message: printable characters only, cut where it is long.
pub(in crate::intake) fn shown(name: &[u8]) -> String {
    const MOST: usize = 40;
    let text = String::from_utf8_lossy(name.get(..4 * MOST).unwrap_or(name));
    let mut out: String = text.chars().take(MOST).map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect();
    if text.chars().count() > MOST {
        out.push('…');
    }
    out
}

/// The values of the fields with this name, without regard to case.
pub(in crate::intake) fn values<'a>(fields: &'a Fields, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
    fields.iter().filter(move |(found, _)| found.eq_ignore_ascii_case(name.as_bytes())).map(|(_, value)| value.as_slice())
}

impl fmt::Debug for PastedRequest {
    /// Counts in place of values: a pasted request is somebody's real one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PastedRequest")
            .field("fields", &self.headers.len())
            .field("body", &self.body.as_ref().map(Vec::len))
            .field("notes", &self.notes)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for PastedResponse {
    /// Counts in place of values, as in a request.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PastedResponse")
            .field("status", &self.status)
            .field("fields", &self.headers.len())
            .field("body", &self.body.len())
            .finish()
    }
}
