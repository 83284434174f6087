//! Foreign text made harmless and plain, once for each place that shows it: a terminal, XML, and the middle of anything that is too
//! long. Values are shown so that two different ones never look alike; running text only so that it cannot deceive.

use std::borrow::Cow;

use crate::judgement::plain::is_plain;

/// A piece of a value: a character, or an octet that belongs to none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Glyph {
    Letter(char),
    Octet(u8),
}

impl Glyph {
    /// Writes it so that it is seen as what it is. Letters far from the Latin ones are written as numbers too: some look like Latin ones.
    pub(super) fn write(self, out: &mut String) {
        match self {
            Glyph::Letter('\n') => out.push_str("\\n"),
            Glyph::Letter('\r') => out.push_str("\\r"),
            Glyph::Letter('\t') => out.push_str("\\t"),
            Glyph::Letter('\\') => out.push_str("\\\\"),
            Glyph::Letter(letter) if is_plain(letter) && letter < '\u{250}' => out.push(letter),
            Glyph::Letter(letter) => number(letter, out),
            Glyph::Octet(octet) => out.push_str(&format!("\\x{octet:02x}")),
        }
    }

    /// How many columns it takes.
    pub(super) fn columns(self) -> usize {
        let mut text = String::new();
        self.write(&mut text);
        text.chars().count()
    }
}

/// The pieces of a value.
pub(super) fn glyphs(octets: &[u8]) -> impl Iterator<Item = Glyph> {
    octets.utf8_chunks().flat_map(|chunk| {
        let letters = chunk.valid().chars().map(Glyph::Letter);
        letters.chain(chunk.invalid().iter().copied().map(Glyph::Octet))
    })
}

/// A value: every octet can be told from what is shown. Control characters, invisible ones and those that are not Latin become
/// `\n`, `\u{202e}` and the like, octets that are not UTF-8 `\xff`, a backslash `\\`.
#[must_use]
pub fn value(octets: &[u8]) -> String {
    let mut out = String::with_capacity(octets.len());
    glyphs(octets).for_each(|glyph| glyph.write(&mut out));
    out
}

/// A value in double quotes, so that blanks at its ends are seen.
#[must_use]
pub fn quoted(octets: &[u8]) -> String {
    format!("\"{}\"", value(octets).replace('"', "\\\""))
}

/// A value as it is if it can be copied, in quotes if it is empty or holds anything but visible ASCII.
#[must_use]
pub fn shown(octets: &[u8]) -> String {
    if !octets.is_empty() && octets.iter().all(|octet| octet.is_ascii_graphic() && !matches!(octet, b'"' | b'\\')) {
        String::from_utf8_lossy(octets).into_owned()
    } else {
        quoted(octets)
    }
}

/// Running text for one line of a terminal: what controls, turns or hides is written as `\u{1b}`, a line end as `\n`.
#[must_use]
pub fn line(text: &str) -> Cow<'_, str> {
    escaped(text, is_plain)
}

/// Running text of several lines for a terminal: as [`line()`], but line ends and tabs stay.
#[must_use]
pub fn lines(text: &str) -> Cow<'_, str> {
    escaped(text, |letter| is_plain(letter) || matches!(letter, '\n' | '\t'))
}

/// Text for XML 1.0: characters that it cannot hold, and those that deceive, are written as `\u{1b}`. Markup is left to the writer.
#[must_use]
pub fn xml(text: &str) -> Cow<'_, str> {
    escaped(text, |letter| is_plain(letter) || matches!(letter, '\n' | '\t'))
}

fn escaped(text: &str, keep: impl Fn(char) -> bool) -> Cow<'_, str> {
    if text.chars().all(&keep) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        match letter {
            letter if keep(letter) => out.push(letter),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            letter => number(letter, &mut out),
        }
    }
    Cow::Owned(out)
}

fn number(letter: char, out: &mut String) {
    out.push_str(&format!("\\u{{{:x}}}", u32::from(letter)));
}

/// A text of at most about `most` octets: a longer one loses its middle, because beginnings and ends say most.
#[must_use]
pub fn middle_cut(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most {
        return Cow::Borrowed(text);
    }
    let half = most.saturating_sub(40) / 2;
    let head = text.get(..text.floor_boundary(half)).unwrap_or_default();
    let tail = text.get(text.ceiling_boundary(text.len() - half)..).unwrap_or_default();
    let left_out = text.len() - head.len() - tail.len();
    Cow::Owned(format!("{head}[… {left_out} octets left out …]{tail}"))
}

/// Where a text may be cut near an octet.
trait Boundaries {
    fn floor_boundary(&self, at: usize) -> usize;
    fn ceiling_boundary(&self, at: usize) -> usize;
}

impl Boundaries for str {
    fn floor_boundary(&self, at: usize) -> usize {
        (0..=at.min(self.len())).rev().find(|&at| self.is_char_boundary(at)).unwrap_or(0)
    }

    fn ceiling_boundary(&self, at: usize) -> usize {
        (at..self.len()).find(|&at| self.is_char_boundary(at)).unwrap_or(self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_values_never_look_alike() {
        for (octets, shown) in [
            (&b"a b"[..], "a b"),
            (b"a\\n", "a\\\\n"),
            (b"a\n\r\t\0\x1b\x7f", "a\\n\\r\\t\\u{0}\\u{1b}\\u{7f}"),
            ("é".as_bytes(), "é"),
            ("e\u{301}".as_bytes(), "e\\u{301}"),
            ("pаypal".as_bytes(), "p\\u{430}ypal"),
            ("\u{202e}\u{200b}\u{a0}".as_bytes(), "\\u{202e}\\u{200b}\\u{a0}"),
            (b"\xff\xc3", "\\xff\\xc3"),
        ] {
            assert_eq!(value(octets), shown);
        }
        assert_eq!(quoted(b" \"x\" "), "\" \\\"x\\\" \"");
        assert_eq!((shown(b"a=b&c"), shown(b""), shown(b"a b")), ("a=b&c".to_owned(), "\"\"".to_owned(), "\"a b\"".to_owned()));
    }

    #[test]
    fn running_text_keeps_its_letters_and_loses_its_power() {
        assert_eq!(line("straße 中文 – fine"), "straße 中文 – fine");
        assert_eq!(line("\u{1b}[31mred\u{9b}0m\n::error::\u{202e}x"), "\\u{1b}[31mred\\u{9b}0m\\n::error::\\u{202e}x");
        assert_eq!(lines("a\nb\r"), "a\nb\\r");
        assert_eq!(xml("]]>\0\u{fffe}\n"), "]]>\\u{0}\\u{fffe}\n");
    }

    #[test]
    fn a_long_text_loses_its_middle_at_whole_characters() {
        assert_eq!(middle_cut("short", 5), "short");
        let long = "é".repeat(1000);
        let cut = middle_cut(&long, 101);
        assert_eq!(cut, format!("{}[… 1940 octets left out …]{}", "é".repeat(15), "é".repeat(15)));
        assert!(middle_cut(&long, 0).len() < 60);
    }
}
