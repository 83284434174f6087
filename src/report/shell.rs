//! Words quoted for a POSIX shell. What cannot stand between single quotes without being invisible is written as `$'\x1b'`, which bash,
//! zsh and ksh read.

use std::fmt::Write as _;

use crate::judgement::plain::is_plain;

/// Quotes one word: bare if nothing in it means anything to a shell, between single quotes if it can be seen, otherwise as `$'…'`. The
/// result is one line of plain characters.
///
/// ```
/// use countersign::report::shell::quote;
/// assert_eq!(quote(b"http://h/x"), "http://h/x");
/// assert_eq!(quote(b"it's"), r"'it'\''s'");
/// assert_eq!(quote(b"a\nb\xff"), r"$'a\nb\xff'");
/// ```
#[must_use]
pub fn quote(word: &[u8]) -> String {
    match std::str::from_utf8(word) {
        Ok(text) if !text.is_empty() && word.iter().all(|octet| is_bare(*octet)) => text.to_owned(),
        Ok(text) if text.chars().all(is_plain) => format!("'{}'", text.replace('\'', r"'\''")),
        _ => escaped(word),
    }
}

fn is_bare(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_' | b'.' | b'/' | b':' | b'@' | b'%' | b'+' | b',')
}

fn escaped(word: &[u8]) -> String {
    let mut out = String::from("$'");
    for chunk in word.utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                '\\' => out.push_str("\\\\"),
                '\'' => out.push_str("\\'"),
                letter if is_plain(letter) => out.push(letter),
                letter => octets(letter.encode_utf8(&mut [0; 4]).as_bytes(), &mut out),
            }
        }
        octets(chunk.invalid(), &mut out);
    }
    out.push('\'');
    out
}

fn octets(octets: &[u8], out: &mut String) {
    for octet in octets {
        // Writing into a string cannot fail.
        let _ = write!(out, "\\x{octet:02x}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_quoted_word_means_anything_to_a_shell() {
        for (word, quoted) in [
            (&b""[..], "''"),
            (b"a b", "'a b'"),
            (b"$(rm -rf ~)`x`", "'$(rm -rf ~)`x`'"),
            (b"a\\'b", r"'a\'\''b'"),
            (b"~", "'~'"),
            (b"a&b=c?", "'a&b=c?'"),
            ("é".as_bytes(), "'é'"),
            (b"\x1b[0m'\\", r"$'\x1b[0m\'\\'"),
            ("\u{202e}".as_bytes(), r"$'\xe2\x80\xae'"),
        ] {
            assert_eq!(quote(word), quoted);
        }
    }

    /// A NUL can be no part of an argument, whatever the quoting; it is not lost in silence here.
    #[test]
    fn a_nul_is_visible() {
        assert_eq!(quote(b"a\0"), r"$'a\x00'");
    }
}
