//! Where an answer's body ends (RFC 9112 section 6.3), and its octets. What could be read in two ways is refused: that is how answers are
//! smuggled (section 11.2).

use super::head::Head;
use super::trouble::shown;
use super::wire::{Read, Wire};
use super::{Policy, Trouble};

/// The longest line of a chunk: its size and its extensions.
const LONGEST_LINE: usize = 4 * 1024;
/// What is missing when a body is cut.
pub(super) const END: &str = "the end of the body";

/// How the end of a body is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// There is no body.
    None,
    /// It has so many octets.
    Length(u64),
    /// It comes in chunks.
    Chunked,
    /// It ends with the connection.
    Close,
    /// It ends with the connection, or where that breaks: a refusal. A server that refuses a long request answers before it has read all of
    /// it and closes; then the system breaks the connection (RFC 9112 section 9.6), as with Node.js.
    CloseOrBreak,
}

impl Framing {
    /// Reads it from a head. The fields are looked at even where there is no body: a wrong one is wrong there too.
    ///
    /// # Errors
    /// [`Trouble::Body`].
    pub(super) fn of(head: &Head, method: &str) -> Result<Framing, Trouble> {
        let bad = |why: &str| Err(Trouble::Body(why.to_owned()));
        let mut codings = head.words("transfer-encoding");
        let coding = codings.next();
        let length = length(head)?;
        let framing = match (coding, length) {
            (Some(_), Some(_)) => return bad("there are both Transfer-Encoding and Content-Length"),
            (Some(_), None) if head.minor == 0 => return bad("there is Transfer-Encoding in HTTP/1.0"),
            (Some(coding), None) if coding.eq_ignore_ascii_case(b"chunked") && codings.next().is_none() => Framing::Chunked,
            (Some(coding), None) => return bad(&format!("the transfer coding is not chunked alone, it begins with \"{}\"", shown(coding))),
            (None, Some(length)) => Framing::Length(length),
            (None, None) if head.status >= 400 => Framing::CloseOrBreak,
            (None, None) => Framing::Close,
        };
        // RFC 9110 sections 9.3.2, 15.3.5 and 15.4.5.
        let has_none = method == "HEAD" || matches!(head.status, 204 | 304);
        Ok(if has_none { Framing::None } else { framing })
    }

    /// Reads a body's octets and hands them on in pieces; at most so many.
    ///
    /// # Errors
    /// What [`Trouble`] says, and what `take` says.
    pub(super) fn read(
        self,
        wire: &mut Wire,
        policy: &Policy,
        most: usize,
        mut take: impl FnMut(&[u8]) -> Result<(), Trouble>,
    ) -> Result<(), Trouble> {
        match self {
            Framing::None => Ok(()),
            Framing::Length(length) if length > most as u64 => Err(Trouble::TooLarge("the body", policy.body)),
            Framing::Length(length) => pass(wire, length, &mut take),
            Framing::Chunked => chunks(wire, policy, most, &mut take),
            Framing::Close | Framing::CloseOrBreak => loop {
                if wire.held().is_empty() {
                    match wire.more(END)? {
                        Read::More => {}
                        Read::End => return Ok(()),
                        Read::Broken if self == Framing::CloseOrBreak => return Ok(()),
                        Read::Broken => return Err(Trouble::Cut(END)),
                    }
                }
                let held = wire.held();
                let octets = held.len();
                take(held)?;
                wire.used(octets);
            },
        }
    }
}

/// The length that is said, once or several times alike (RFC 9110 section 8.6). One beyond all numbers is the greatest one.
fn length(head: &Head) -> Result<Option<u64>, Trouble> {
    let mut found = None;
    for word in head.words("content-length") {
        let is_number = !word.is_empty() && word.iter().all(u8::is_ascii_digit);
        if !is_number {
            return Err(Trouble::Body(format!("Content-Length is no number: \"{}\"", shown(word))));
        }
        let length = word.iter().fold(0_u64, |number, digit| number.saturating_mul(10).saturating_add(u64::from(digit - b'0')));
        if found.is_some_and(|other| other != length) {
            return Err(Trouble::Body("there are different Content-Lengths".to_owned()));
        }
        found = Some(length);
    }
    Ok(found)
}

/// Hands on so many octets.
fn pass(wire: &mut Wire, length: u64, take: &mut impl FnMut(&[u8]) -> Result<(), Trouble>) -> Result<(), Trouble> {
    let mut left = length;
    while left > 0 {
        let piece = wire.some(usize::try_from(left).unwrap_or(usize::MAX), END)?;
        let octets = piece.len();
        take(piece)?;
        wire.used(octets);
        left -= octets as u64;
    }
    Ok(())
}

/// Hands on the octets of chunks (RFC 9112 section 7.1); extensions and trailers are read and dropped.
fn chunks(wire: &mut Wire, policy: &Policy, most: usize, take: &mut impl FnMut(&[u8]) -> Result<(), Trouble>) -> Result<(), Trouble> {
    let (mut extensions, mut all) = (0_usize, 0_u64);
    loop {
        let (size, extension) = line(wire, |line| {
            let digits = line.iter().take_while(|octet| octet.is_ascii_hexdigit()).count();
            let (digits, extension) = line.split_at_checked(digits).unwrap_or_default();
            let is_extension = extension.is_empty() || extension.trim_ascii_start().starts_with(b";");
            if digits.is_empty() || !is_extension || extension.iter().any(|octet| octet.is_ascii_control() && *octet != b'\t') {
                return Err(Trouble::Body(format!("a chunk has no size: \"{}\"", shown(line))));
            }
            let value = |digit: &u8| u64::from(char::from(*digit).to_digit(16).unwrap_or_default());
            Ok((digits.iter().fold(0_u64, |number, digit| number.saturating_mul(16).saturating_add(value(digit))), extension.len()))
        })?;
        extensions = extensions.saturating_add(extension);
        if extensions > policy.head {
            return Err(Trouble::TooLarge("what is written beside the chunks", policy.head));
        }
        if size == 0 {
            return trailers(wire, policy);
        }
        // What is too much is refused by its size: it is not waited for.
        all = all.saturating_add(size);
        if all > most as u64 {
            return Err(Trouble::TooLarge("the body", policy.body));
        }
        pass(wire, size, take)?;
        let is_over = line(wire, |line| Ok(line.is_empty()));
        match is_over {
            Ok(true) => {}
            Ok(false) | Err(Trouble::Body(_) | Trouble::TooLarge(..)) => {
                return Err(Trouble::Body("a chunk is longer than its size".to_owned()));
            }
            Err(other) => return Err(other),
        }
    }
}

fn trailers(wire: &mut Wire, policy: &Policy) -> Result<(), Trouble> {
    let mut all = 0_usize;
    loop {
        let octets = line(wire, |line| Ok(line.len()))?;
        if octets == 0 {
            return Ok(());
        }
        all = all.saturating_add(octets).saturating_add(2);
        if all > policy.head {
            return Err(Trouble::TooLarge("what is written beside the chunks", policy.head));
        }
    }
}

/// A line without its end, which is CR and LF: an LF alone is where readers of chunks part ways.
fn line<T>(wire: &mut Wire, read: impl FnOnce(&[u8]) -> Result<T, Trouble>) -> Result<T, Trouble> {
    loop {
        let held = wire.held();
        let seen = held.get(..=LONGEST_LINE).unwrap_or(held);
        if let Some(end) = memchr::memchr(b'\n', seen) {
            let line = held.get(..end).unwrap_or_default();
            let Some(line) = line.strip_suffix(b"\r") else {
                return Err(Trouble::Body("a line between chunks ends without CR".to_owned()));
            };
            let read = read(line)?;
            wire.used(end + 1);
            return Ok(read);
        }
        if held.len() > LONGEST_LINE {
            return Err(Trouble::TooLarge("a line between chunks", LONGEST_LINE));
        }
        if wire.more(END)? != Read::More {
            return Err(Trouble::Cut(END));
        }
    }
}
