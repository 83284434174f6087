//! The adapter protocol, version 1: one JSON object a line, in either direction. This is the protocol and the adapter's side of it, on any
//! reader and writer; who starts a process and who waits for it is `super::adapter`'s business.
//!
//! | room | what it holds |
//! |---|---|
//! | [`message`] | what all messages have in common |
//! | [`from_runner`] | the messages of the runner |
//! | [`from_adapter`] | the messages of the adapter |
//! | [`serve()`] | an implementation answering behind the protocol |
//! | `lines` | lines of a bounded length |
//! | `lenient` | types that refuse unknown fields in files, read without that on the wire |
//! | `quick` | answers as nearly all are, read in one go |

pub mod fault;
pub mod from_adapter;
pub mod from_runner;
mod lenient;
mod lines;
pub mod message;
mod quick;
pub mod serve;

pub use fault::Fault;
pub use from_adapter::{AdapterHello, FromAdapter};
pub use from_runner::{FromRunner, Runner, Versions};
pub(crate) use lines::{Line, Lines};
pub use message::{Id, Unreadable};
pub use serve::{serve, serve_wrongly};

/// The version of the protocol that is spoken here.
pub const PROTOCOL: u32 = 1;

/// The longest line in either direction, in octets without its end.
pub const LINE_LIMIT: usize = 4 * 1024 * 1024;

/// The deepest nesting of objects and arrays in a line.
pub const DEPTH_LIMIT: usize = 64;

/// The longest id, in octets.
pub const ID_LIMIT: usize = 128;

/// The longest free text that is kept of a message, in octets; the rest is cut off.
pub const MESSAGE_LIMIT: usize = 4 * 1024;

/// Cuts free text to [`MESSAGE_LIMIT`].
pub(crate) fn bounded(mut text: String) -> String {
    if text.len() > MESSAGE_LIMIT {
        let end = (0..=MESSAGE_LIMIT).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_text_is_cut_between_characters() {
        assert_eq!(bounded("é".repeat(10)), "é".repeat(10));
        assert_eq!(bounded("é".repeat(MESSAGE_LIMIT)), format!("{}…", "é".repeat(MESSAGE_LIMIT / 2)));
        assert_eq!(bounded(format!("a{}", "é".repeat(MESSAGE_LIMIT))).len(), MESSAGE_LIMIT - 1 + "…".len());
    }
}
