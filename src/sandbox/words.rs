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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_cannot_be_broken_out_of() {
        assert_eq!(xml("a<b>&\"\u{0}\u{1b}"), "a&lt;b&gt;&amp;&quot;??");
        assert_eq!((tag("rfc 5849"), tag("5"), tag("<x")), ("rfc5849".to_owned(), "p5".to_owned(), "x".to_owned()));
        assert_eq!(shown(b"a\x1b[1m\"\n\xff"), "a\\x1b[1m\"\\n\\xff");
    }
}
