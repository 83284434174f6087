//! How departures rewrite a text: its escapes (RFC 3986 section 2.1), and one part for another. No departure stands here.

use crate::protocol::encoding::escape_at;
use crate::protocol::{Buffer, percent_decode};

/// Decodes escapes; a plus sign stays, and so does a broken escape.
pub(super) fn unescape(text: &[u8], out: &mut Buffer) {
    // A broken escape is an error that comes with everything decoded.
    let _ = percent_decode(text, out);
}

/// A text whose escapes are written by somebody else; broken ones stay.
pub(super) fn each_escape(text: &[u8], write: impl Fn(u8, &mut Vec<u8>)) -> Vec<u8> {
    let (mut out, mut rest) = (Vec::with_capacity(text.len()), text);
    while let Some((&first, behind)) = rest.split_first() {
        match escape_at(rest) {
            Some(value) => {
                write(value, &mut out);
                rest = rest.get(3..).unwrap_or_default();
            }
            None => {
                out.push(first);
                rest = behind;
            }
        }
    }
    out
}

/// A text in which a `%` that begins no escape has become one of itself.
pub(super) fn with_whole_escapes(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for (at, &octet) in text.iter().enumerate() {
        out.push(octet);
        if octet == b'%' && escape_at(text.get(at..).unwrap_or_default()).is_none() {
            out.extend(b"25");
        }
    }
    out
}

/// A text with each `from` replaced by `to`.
pub(super) fn replaced(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let (mut out, mut start) = (Vec::with_capacity(text.len()), 0);
    for at in memchr::memmem::find_iter(text, from) {
        out.extend_from_slice(text.get(start..at).unwrap_or_default());
        out.extend_from_slice(to);
        start = at + from.len();
    }
    out.extend_from_slice(text.get(start..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_rewritten_and_what_is_none_stays() {
        for (text, marked, whole) in [
            (&b""[..], &b""[..], &b""[..]),
            (b"a%41+", b"a[41]+", b"a%41+"),
            (b"%", b"%", b"%25"),
            (b"%4", b"%4", b"%254"),
            (b"%zz%e9", b"%zz[E9]", b"%25zz%e9"),
            (b"%%41", b"%[41]", b"%25%41"),
        ] {
            let write = |octet: u8, out: &mut Vec<u8>| out.extend(format!("[{octet:02X}]").bytes());
            assert_eq!(each_escape(text, write), marked, "{}", String::from_utf8_lossy(text));
            assert_eq!(with_whole_escapes(text), whole, "{}", String::from_utf8_lossy(text));
        }
        assert_eq!(replaced(b"a+b++", b"+", b"%2B"), b"a%2Bb%2B%2B");
    }
}
