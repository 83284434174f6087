//! Which characters may be written as they are where a person may look, and JSON that holds no others. A terminal obeys control
//! characters, and a reader is deceived by characters that turn or hide text.

use std::io;

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};

/// Whether a character is seen as what it is: not a control character (C0, DEL, C1), not one that turns the direction of text, joins,
/// hides or takes no room, not a blank other than the plain one, and none of the characters that Unicode keeps for itself.
#[must_use]
pub const fn is_plain(letter: char) -> bool {
    !matches!(letter,
        '\0'..='\x1f' | '\x7f'..='\u{a0}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{1680}'
        | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}'
        | '\u{2800}' | '\u{3000}' | '\u{3164}' | '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}'..='\u{ffff}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{10ffff}')
}

/// Writes a value as JSON on one line, with every character that is not plain as `\u` and four digits.
///
/// # Errors
/// The writer's.
pub fn write_line(value: &impl Serialize, out: impl io::Write) -> io::Result<()> {
    write(value, out, CompactFormatter)
}

/// Writes a value as indented JSON, with every character that is not plain as `\u` and four digits.
///
/// # Errors
/// The writer's.
pub fn write_pretty(value: &impl Serialize, out: impl io::Write) -> io::Result<()> {
    write(value, out, PrettyFormatter::new())
}

/// A value as [`write_pretty`] writes it; empty if it is none that JSON has a form for.
#[must_use]
pub fn pretty(value: &impl Serialize) -> String {
    let mut out = Vec::new();
    match write_pretty(value, &mut out) {
        Ok(()) => String::from_utf8(out).unwrap_or_default(),
        Err(_) => String::new(),
    }
}

fn write(value: &impl Serialize, out: impl io::Write, formatter: impl Formatter) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(out, Plain(formatter))).map_err(io::Error::from)
}

/// A formatter that leaves nothing but plain characters in strings; everything else is the other's.
struct Plain<F>(F);

impl<F: Formatter> Formatter for Plain<F> {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, letter)) = rest.char_indices().find(|&(_, letter)| !is_plain(letter)) {
            let (plain, from) = rest.split_at(at);
            out.write_all(plain.as_bytes())?;
            for unit in letter.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = from.get(letter.len_utf8()..).unwrap_or_default();
        }
        out.write_all(rest.as_bytes())
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_holds_only_plain_characters_and_reads_back_the_same() {
        let text: String = (0..=0x10_ffff).step_by(7).chain(0..0x400).filter_map(char::from_u32).collect();
        let (mut line, mut pretty) = (Vec::new(), Vec::new());
        write_line(&text, &mut line).unwrap();
        write_pretty(&text, &mut pretty).unwrap();
        for json in [line, pretty] {
            let json = String::from_utf8(json).unwrap();
            assert_eq!(json.chars().find(|&letter| !is_plain(letter)), None);
            assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
    }

    #[test]
    fn what_deceives_is_not_plain_and_what_people_write_is() {
        for letter in ['\u{1b}', '\u{9b}', '\u{202e}', '\u{2066}', '\u{200b}', '\u{feff}', '\u{a0}', '\n', '\t', '\u{e0041}', '\u{fffe}'] {
            assert!(!is_plain(letter), "{letter:?}");
        }
        for letter in [' ', 'a', '~', 'é', 'ß', '中', 'я', '…', '§', '\u{fffd}', '😀'] {
            assert!(is_plain(letter), "{letter:?}");
        }
    }

    #[test]
    fn indented_json_is_indented() {
        let mut json = Vec::new();
        write_pretty(&serde_json::json!({"a": [1], "b": {}}), &mut json).unwrap();
        assert_eq!(String::from_utf8(json).unwrap(), "{\n  \"a\": [\n    1\n  ],\n  \"b\": {}\n}");
    }
}
