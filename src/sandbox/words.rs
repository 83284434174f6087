//! Text for markup that no template makes, and octets as people read them.

/// A name that may begin an XML element: letters and digits of another name.
#[must_use]
pub(super) fn tag(name: &str) -> String {
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    if letters.starts_with(|first: char| first.is_ascii_alphabetic()) { letters } else { format!("p{letters}") }
}

/// Text inside XML. Characters that XML 1.0 does not have become `?`.
#[must_use]
pub(super) fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(letter),
            _ if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => out.push('?'),
            _ => out.push(letter),
        }
    }
    out
}

/// Octets on one line for a person: what is no visible ASCII is escaped.
#[must_use]
pub(super) fn shown(octets: &[u8]) -> String {
    octets.escape_ascii().to_string().replace("\\\"", "\"").replace("\\'", "'")
}

/// A text up to so many octets; of a longer one it is said that it is cut.
#[must_use]
pub(super) fn cut(text: &[u8], most: usize) -> Vec<u8> {
    match text.split_at_checked(most) {
        Some((start, rest)) if !rest.is_empty() => [start, cut_mark(text.len()).as_bytes()].concat(),
        _ => text.to_vec(),
    }
}

fn cut_mark(length: usize) -> String {
    format!(" ... (cut, of {length} octets)")
}

/// The same for a person.
#[must_use]
pub(super) fn brief(text: &[u8], most: usize) -> String {
    shown(&cut(text, most))
}

/// The end of a text, at most so many octets, for a person.
#[must_use]
pub(super) fn brief_end(text: &[u8], most: usize) -> String {
    let end = text.get(text.len().saturating_sub(most)..).unwrap_or(text);
    let mark = if end.len() < text.len() { "(cut) ... " } else { "" };
    format!("{mark}{}", shown(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_long_is_cut_and_says_so() {
        assert_eq!((cut(b"abc", 3), cut(b"abcd", 3)), (b"abc".to_vec(), b"abc ... (cut, of 4 octets)".to_vec()));
        assert_eq!(
            (brief(b"\xff\xff", 1), brief_end(b"ab\xff", 1)),
            ("\\xff ... (cut, of 2 octets)".to_owned(), "(cut) ... \\xff".to_owned())
        );
        assert_eq!((brief_end(b"ab", 2), brief_end(b"", 0)), ("ab".to_owned(), String::new()));
    }

    #[test]
    fn markup_cannot_be_broken_out_of() {
        assert_eq!(xml("a<b>&\"\u{0}\u{1b}"), "a&lt;b&gt;&amp;&quot;??");
        assert_eq!((tag("rfc 5849"), tag("5"), tag("<x")), ("rfc5849".to_owned(), "p5".to_owned(), "x".to_owned()));
        assert_eq!(shown(b"a\x1b[1m\"\n\xff"), "a\\x1b[1m\"\\n\\xff");
    }
}
