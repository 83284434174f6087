//! What all messages of the adapter protocol have: a line within the limits, an object, a type, an id. Reading is lenient where a later
//! version could differ (unknown fields) and strict where answers could be mistaken for each other (types, ids). The schema is
//! `vectors/schema/adapter-1.json`.

use std::borrow::Cow;
use std::{fmt, io};

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use thiserror::Error;

use super::{DEPTH_LIMIT, ID_LIMIT, LINE_LIMIT, bounded, lenient};
use crate::profile::load::has_byte_order_mark;
use crate::vectors::Text;

/// Names a question: opaque, chosen by the runner, repeated in the answer. 1 to 128 octets.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Id(Text);

impl Id {
    /// An id, if the text is not empty and not longer than [`ID_LIMIT`].
    #[must_use]
    pub fn new(text: String) -> Option<Id> {
        (1..=ID_LIMIT).contains(&text.len()).then(|| Id(text.into()))
    }

    /// A number as an id.
    #[must_use]
    pub fn of_number(number: u64) -> Id {
        // One for every question: `format!` takes several times as long.
        const DIGITS: [u8; 16] = *b"0123456789abcdef";
        let text: [u8; 16] = std::array::from_fn(|place| DIGITS[(number >> (60 - 4 * place)) as usize & 15]);
        Id(text.as_slice().into())
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str().unwrap_or_default()
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Id, D::Error> {
        struct Reading;

        impl Visitor<'_> for Reading {
            type Value = Id;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Id, E> {
                let is_short = (1..=ID_LIMIT).contains(&text.len());
                let id = is_short.then(|| Id(text.into()));
                id.ok_or_else(|| E::custom(format_args!("the id is not a string of 1 to {ID_LIMIT} octets")))
            }
        }

        deserializer.deserialize_str(Reading)
    }
}

/// A line that is no message.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unreadable {
    /// It breaks the protocol.
    #[error("{what}")]
    Message {
        /// Its id, if that much could be read.
        id: Option<Id>,
        /// What is wrong with it.
        what: String,
    },
    /// It is of a type that this version does not know; whoever is asked passes over it.
    #[error("unknown message type {kind:?}")]
    Kind {
        /// The type.
        kind: String,
    },
    /// It asks for an operation that this version does not know.
    #[error("unknown operation {operation:?}")]
    Operation {
        /// The id of the question.
        id: Id,
        /// The operation's name.
        operation: String,
    },
}

impl Unreadable {
    pub(super) fn message(id: Option<&Id>, what: impl ToString) -> Unreadable {
        Unreadable::Message { id: id.cloned(), what: bounded(what.to_string()) }
    }
}

/// What is read first of every line.
#[derive(Deserialize)]
pub(super) struct Head<'a> {
    #[serde(rename = "type", borrow)]
    pub(super) kind: Cow<'a, str>,
    #[serde(default)]
    pub(super) id: Option<Id>,
    #[serde(default, borrow)]
    pub(super) operation: Option<Cow<'a, str>>,
}

/// The text of a line and its head, if it keeps the limits and is an object with a type.
pub(super) fn head(line: &[u8]) -> Result<(&str, Head<'_>), Unreadable> {
    if line.len() > LINE_LIMIT {
        return Err(Unreadable::message(None, format_args!("the line is longer than {LINE_LIMIT} octets")));
    }
    if is_too_deep(line) {
        return Err(Unreadable::message(None, format_args!("the line is nested deeper than {DEPTH_LIMIT}")));
    }
    if has_byte_order_mark(line) {
        return Err(Unreadable::message(None, "the line begins with a byte order mark: messages are UTF-8 without one"));
    }
    let text = std::str::from_utf8(line).map_err(|_| Unreadable::message(None, "the line is not UTF-8"))?;
    match lenient::read(text) {
        Ok(head) => Ok((text, head)),
        Err(error) => Err(Unreadable::message(None, format_args!("not a message: {error}"))),
    }
}

/// Whether objects and arrays are nested deeper than [`DEPTH_LIMIT`].
fn is_too_deep(line: &[u8]) -> bool {
    // Nearly no line has so many brackets that it has to be read for it.
    memchr::memchr2_iter(b'{', b'[', line).nth(DEPTH_LIMIT).is_some() && depth(line) > DEPTH_LIMIT
}

/// The deepest nesting of objects and arrays. What is not JSON gives some number.
fn depth(line: &[u8]) -> usize {
    let (mut depth, mut deepest, mut quoted) = (0_usize, 0, false);
    let mut octets = line.iter();
    while let Some(octet) = octets.next() {
        match octet {
            b'"' => quoted = !quoted,
            b'\\' if quoted => _ = octets.next(),
            b'{' | b'[' if !quoted => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Reads the rest of a line whose head is known.
pub(super) fn body<'a, T: Deserialize<'a>>(text: &'a str, head: &Head<'_>) -> Result<T, Unreadable> {
    lenient::read(text).map_err(|error| Unreadable::message(head.id.as_ref(), format_args!("not a {} message: {error}", head.kind)))
}

/// A line that grows. Most of what is written are single octets between names and values.
struct Line<'a>(&'a mut Vec<u8>);

impl io::Write for Line<'_> {
    #[inline]
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.write_all(octets).map(|()| octets.len())
    }

    #[inline]
    fn write_all(&mut self, octets: &[u8]) -> io::Result<()> {
        match octets {
            [octet] => self.0.push(*octet),
            _ => self.0.extend_from_slice(octets),
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Appends a message as a line, its end included.
pub(super) fn write_line(message: &impl Serialize, out: &mut Vec<u8>) {
    // Writing to memory what has string keys only cannot fail.
    let written = serde_json::to_writer(Line(out), message);
    debug_assert!(written.is_ok(), "a message that cannot be written");
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn what(line: &[u8]) -> String {
        head(line).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn an_id_is_a_short_text() {
        let id = |json: &str| {
            head(format!(r#"{{"type":"x","id":{json}}}"#).as_bytes()).map(|(_, head)| head.id.map(|id| id.as_str().to_owned()))
        };
        assert_eq!(id(r#""c17""#), Ok(Some("c17".to_owned())));
        assert_eq!(id("null"), Ok(None));
        assert_eq!(id(&format!("\"{}\"", "é".repeat(64))).unwrap().unwrap().len(), ID_LIMIT);
        for wrong in ["17", "1.5", "true", "[]", "{}", "\"\"", &format!("\"{}\"", "é".repeat(65))] {
            assert!(id(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_line_keeps_the_limits() {
        let nested = |levels: usize| format!(r#"{{"type":"x","y":{}{}}}"#, "[".repeat(levels), "]".repeat(levels));
        assert_eq!(what(nested(DEPTH_LIMIT - 1).as_bytes()), "");
        assert_eq!(what(nested(DEPTH_LIMIT).as_bytes()), "the line is nested deeper than 64");
        assert_eq!(what(br#"{"type":"x","y":"[[[\"[[["}"#), "");
        let long = |octets: usize| format!(r#"{{"type":"x"{}}}"#, " ".repeat(octets - 12));
        assert_eq!(what(long(LINE_LIMIT).as_bytes()), "");
        assert_eq!(what(long(LINE_LIMIT + 1).as_bytes()), "the line is longer than 4194304 octets");
        assert_eq!(what(b"{\"type\":\"\xff\"}"), "the line is not UTF-8");
        for marked in ["\u{feff}{\"type\":\"x\"}".as_bytes(), b"\xff\xfe{\0", b"\xfe\xff\0{"] {
            assert_eq!(what(marked), "the line begins with a byte order mark: messages are UTF-8 without one", "{marked:?}");
        }
    }

    #[test]
    fn what_has_no_type_is_no_message() {
        for line in [
            "",
            " ",
            "null",
            "[]",
            "\"hello\"",
            "{}",
            r#"{"type":1}"#,
            r#"{"type":"a","type":"b"}"#,
            r#"{"type":"a"} x"#,
            "{\"type\":\"a\"",
        ] {
            assert!(what(line.as_bytes()).starts_with("not a message: "), "{line}");
        }
        assert!(what(format!(r#"{{"type":{:?}}}"#, [1; 1]).as_bytes()).len() < 200);
    }
}
