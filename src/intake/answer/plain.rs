//! Texts of answers made plain: escapes of HTML, XML and JSON undone, messages of JSON taken out.

use serde_json::Value;

/// The most messages that are taken.
const MAX_MESSAGES: usize = 10;

/// Undoes the references of HTML and XML and the backslash escapes of JSON that stand for one ASCII character, in one pass. Everything
/// else is left, because the text may be neither.
pub(in crate::intake) fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr2(b'&', b'\\', rest) {
        let (before, from) = rest.split_at(at);
        out.extend_from_slice(before);
        let read = if from.starts_with(b"&") { reference(from) } else { escape(from) };
        let (octet, length) = read.unwrap_or((from.first().copied().unwrap_or(b'&'), 1));
        out.push(octet);
        rest = from.get(length..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    out
}

/// `&amp;`, `&#38;`, `&#x26;`: the character and the length of the text.
fn reference(text: &[u8]) -> Option<(u8, usize)> {
    const LONGEST: usize = 10;
    let end = text.iter().take(LONGEST).position(|&octet| octet == b';')?;
    let octet = match text.get(1..end)? {
        b"amp" => b'&',
        b"lt" => b'<',
        b"gt" => b'>',
        b"quot" => b'"',
        b"apos" => b'\'',
        [b'#', b'x' | b'X', digits @ ..] => ascii(digits, 16)?,
        [b'#', digits @ ..] => ascii(digits, 10)?,
        _ => return None,
    };
    Some((octet, end + 1))
}

/// `\"`, `\/`, `\u0026`.
fn escape(text: &[u8]) -> Option<(u8, usize)> {
    match text.get(1)? {
        kept @ (b'"' | b'/' | b'\\') => Some((*kept, 2)),
        b'n' | b'r' | b't' => Some((b' ', 2)),
        b'u' => Some((ascii(text.get(2..6)?, 16)?, 6)),
        _ => None,
    }
}

fn ascii(digits: &[u8], radix: u32) -> Option<u8> {
    let number = u8::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()?;
    number.is_ascii().then_some(number)
}

/// The texts of a JSON document that are meant for people, by the names that servers give them.
pub(super) fn messages(body: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    // Some servers put a byte order mark before their JSON.
    if let Ok(document) = serde_json::from_slice(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)) {
        collect(&document, &mut found);
    }
    found
}

/// The depth is limited by the parser.
fn collect(value: &Value, found: &mut Vec<String>) {
    if found.len() >= MAX_MESSAGES {
        return;
    }
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) if is_for_people(name) && found.len() < MAX_MESSAGES => found.push(text.clone()),
                    other => collect(other, found),
                }
            }
        }
        Value::Array(elements) => elements.iter().for_each(|element| collect(element, found)),
        _ => {}
    }
}

fn is_for_people(name: &str) -> bool {
    ["message", "description", "error", "error_description", "detail", "reason"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_character_escapes_are_undone_and_others_left() {
        for (text, expected) in [
            ("GET&amp;http", "GET&http"),
            ("a&#38;b&#x26;c", "a&b&c"),
            (r#"\"a\/b\u0026c\\"#, "\"a/b&c\\"),
            ("&quot;&apos;&lt;&gt;", "\"'<>"),
            ("a&b=c;d &amp &unknown; &#300; \\u00e9 \\x \\u00", "a&b=c;d &amp &unknown; &#300; \\u00e9 \\x \\u00"),
            ("&amp;amp;", "&amp;"),
            ("&", "&"),
            ("\\", "\\"),
        ] {
            assert_eq!(String::from_utf8(unescaped(text.as_bytes())).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn messages_are_found_at_any_depth() {
        let document =
            br#"{"errors":[{"code":32,"message":"no"}],"error":{"lang":"en","description":"why"},"error_code":"x","Reason":"r"}"#;
        let mut found = messages(document);
        found.sort_unstable();
        assert_eq!(found, ["no", "r", "why"]);
        assert_eq!(messages("\u{feff}{\"error\":\"no\"}".as_bytes()), ["no"]);
        assert_eq!(messages(b"{"), [""; 0]);
    }
}
