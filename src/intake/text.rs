//! Problems inside running text: pages, XML and JSON documents, sentences. No document is parsed, because the pages of servers are not
//! well-formed and the text is the same in all of them: `oauth_problem=`, perhaps a quote, a name, perhaps companions. A challenge has a
//! grammar, and is read by it where it keeps it.

use super::answer::plain;
use crate::protocol::encoding::percent_decoded_if_whole;

/// The longest value that is taken out of a text, in characters.
const MAX_VALUE: usize = 512;

/// The most pairs that are taken out of a text; the problem is taken even if it comes later.
const MAX_PAIRS: usize = 64;

/// Problem and companions as they follow each other in a text, decoded.
#[must_use]
pub fn pairs(text: &str) -> Vec<(String, String)> {
    let text = unescaped(text);
    let mut found: Vec<(String, String)> = Vec::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find("oauth_") {
        let before = rest.get(..at).and_then(|before| before.chars().next_back());
        rest = rest.get(at..).unwrap_or_default();
        let name_end = rest.find(|letter: char| !(letter.is_ascii_lowercase() || letter == '_')).unwrap_or(rest.len());
        let (name, after) = rest.split_at(name_end);
        rest = after;
        let Some(value) = value_behind(before, after) else { continue };
        // A page names the problem in its heading, its message and its description: once is enough.
        if !value.is_empty() && is_wanted(&found, name) {
            found.push((name.to_owned(), decoded(value)));
        }
    }
    found
}

/// What stands behind a name as its value: behind `=`, as a member of a JSON object, or inside an XML element.
fn value_behind(before: Option<char>, after: &str) -> Option<&str> {
    if let Some(value) = after.trim_start().strip_prefix('=') {
        return Some(cut(value.trim_start()));
    }
    match before? {
        '"' => after.strip_prefix('"')?.trim_start().strip_prefix(':').map(str::trim_start).filter(|value| value.starts_with('"')).map(cut),
        '<' => after.strip_prefix('>')?.split('<').next().map(|inside| short(inside.trim())),
        _ => None,
    }
}

/// The protocol parameters of a challenge (RFC 7235 section 4.1), decoded; `None` if it is not written as one. What stands inside the
/// quotes of another parameter, such as a realm, is no parameter.
#[must_use]
pub fn challenge(field: &str) -> Option<Vec<(String, String)>> {
    let mut found: Vec<(String, String)> = Vec::new();
    let (mut quoted, mut escaped) = (false, false);
    let pieces = field.split(move |letter: char| {
        let escape = std::mem::take(&mut escaped);
        match letter {
            '\\' if quoted && !escape => escaped = true,
            '"' if !escape => quoted = !quoted,
            ',' if !quoted => return true,
            _ => {}
        }
        false
    });
    for piece in pieces {
        let Some((name, value)) = piece.split_once('=') else { continue };
        // The scheme stands before the first parameter of a challenge.
        let name = name.split_ascii_whitespace().next_back().unwrap_or_default();
        if !name.starts_with("oauth_") {
            continue;
        }
        let value = unquoted(value.trim())?;
        if is_wanted(&found, name) {
            found.push((name.to_owned(), decoded(short(&value))));
        }
    }
    Some(found)
}

fn is_wanted(found: &[(String, String)], name: &str) -> bool {
    (found.len() < MAX_PAIRS || name == "oauth_problem") && !found.iter().any(|(earlier, _)| earlier == name)
}

/// The inside of a quoted-string, backslash escapes undone, or a bare value; `None` for what is neither.
fn unquoted(value: &str) -> Option<String> {
    let Some(inside) = value.strip_prefix('"') else { return (cut(value) == value).then(|| value.to_owned()) };
    let (mut out, mut letters) = (String::new(), inside.chars());
    while let Some(letter) = letters.next() {
        match letter {
            '"' => return letters.as_str().is_empty().then_some(out),
            '\\' => out.extend(letters.next()),
            _ => out.push(letter),
        }
    }
    None
}

/// A value: up to its closing quote if it is quoted, otherwise up to whatever cannot be part of a bare one.
fn cut(text: &str) -> &str {
    let end = match text.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let inside = text.get(1..).unwrap_or_default();
            let end = inside.find(quote).unwrap_or(inside.len());
            return short(inside.get(..end).unwrap_or_default());
        }
        _ => text.find(|letter: char| !(letter.is_ascii_alphanumeric() || "_-.%~+:".contains(letter))).unwrap_or(text.len()),
    };
    // A full stop ends the sentence, not the value.
    short(text.get(..end).unwrap_or_default().trim_end_matches(['.', ':']))
}

fn short(value: &str) -> &str {
    value.char_indices().nth(MAX_VALUE).map_or(value, |(at, _)| value.get(..at).unwrap_or_default())
}

/// Quotes, ampersands and equals signs as XML, HTML and JSON write them, made plain.
fn unescaped(text: &str) -> String {
    String::from_utf8_lossy(&plain::unescaped(text.as_bytes())).into_owned()
}

/// Percent-decoded where that gives text, as it is otherwise.
pub(super) fn decoded(value: &str) -> String {
    percent_decoded_if_whole(value.as_bytes()).and_then(|octets| String::from_utf8(octets).ok()).unwrap_or_else(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn read(text: &str, expected: &[(&str, &str)]) {
        let expected: Vec<(String, String)> = expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!(pairs(text), expected, "{text}");
    }

    #[test]
    fn problems_are_found_in_any_markup() {
        read(
            "<h1>HTTP Status 401 - oauth_problem=signature_invalid</h1><u>oauth_problem=signature_invalid</u>",
            &[("oauth_problem", "signature_invalid")],
        );
        read(
            "oauth_problem=timestamp_refused,oauth_acceptable_timestamps=1636665132-16366687</p>",
            &[("oauth_problem", "timestamp_refused"), ("oauth_acceptable_timestamps", "1636665132-16366687")],
        );
        read("OAuth oauth_problem=&quot;OST_X&quot;, realm=&quot;y&quot;", &[("oauth_problem", "OST_X")]);
        read(r#"{"d":"OAuth oauth_problem=\"token_rejected\", realm=\"y\""}"#, &[("oauth_problem", "token_rejected")]);
        read("oauth_problem=a&amp;oauth_problem_advice=b%20c", &[("oauth_problem", "a"), ("oauth_problem_advice", "b c")]);
        read("requires authentication (oauth_problem=token_used).", &[("oauth_problem", "token_used")]);
        read(r#"{"oauth_problem" : "a b", "oauth_problem_advice":"c"}"#, &[("oauth_problem", "a b"), ("oauth_problem_advice", "c")]);
        read("<oauth_problem> a b </oauth_problem>", &[("oauth_problem", "a b")]);
    }

    /// Tomcat writes `&quot;`, JSTL `&#034;`, Gson `\u003d`.
    #[test]
    fn characters_are_known_by_name_and_by_number() {
        for text in [
            "oauth_problem&#61;&#34;x_y&#34;",
            "oauth_problem&#061;&#034;x_y&#034;",
            "oauth_problem&#x3D;&#x22;x_y&#X22;",
            r"oauth_problem\u003d\u0022x_y\u0022",
            r"oauth_problem\u003Dx_y\u0026a",
        ] {
            read(text, &[("oauth_problem", "x_y")]);
        }
    }

    #[test]
    fn the_problem_is_found_behind_very_many_other_pairs() {
        let name = |at: u8| format!("oauth_{}{}", char::from(b'a' + at % 26), char::from(b'a' + at / 26));
        let many = |after: &str| (0..200).map(|at| format!("{}=x{after}", name(at))).collect::<String>();
        let text = pairs(&format!("{}oauth_problem=token_used", many(" ")));
        let field = challenge(&format!("OAuth {}oauth_problem=token_used", many(", "))).unwrap();
        for found in [text, field] {
            assert_eq!(found.len(), MAX_PAIRS + 1);
            assert_eq!(found[MAX_PAIRS], ("oauth_problem".to_owned(), "token_used".to_owned()));
        }
    }

    #[test]
    fn a_challenge_is_read_by_its_grammar() {
        let read = |field: &str| {
            challenge(field).map(|pairs| pairs.into_iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("; "))
        };
        for (field, expected) in [
            (r#"OAuth realm="http://h/?oauth_problem=no", oauth_problem="token_used""#, Some("oauth_problem: token_used")),
            (r#"Basic realm="a, oauth_x=", OAuth  oauth_problem=token_used"#, Some("oauth_problem: token_used")),
            (
                r#"OAuth oauth_problem="a", oauth_problem_advice="say \"b\", c""#,
                Some("oauth_problem: a; oauth_problem_advice: say \"b\", c"),
            ),
            (r#"OAuth oauth_problem = "a%20b" ,oauth_problem="c""#, Some("oauth_problem: a b")),
            ("Negotiate", Some("")),
            ("OAuth oauth_problem=a&oauth_x=b", None),
            (r#"OAuth oauth_problem="a" oauth_x="b""#, None),
            (r#"OAuth oauth_problem="a"#, None),
        ] {
            assert_eq!(read(field).as_deref(), expected, "{field}");
        }
    }

    #[test]
    fn what_is_no_pair_is_left_alone() {
        read("", &[]);
        read("oauth_problem", &[]);
        read("oauth_problem=", &[]);
        read("oauth_problem=\"\"", &[]);
        read("about the oauth_problem parameter", &[]);
        read("oauth_problem=é", &[]);
        read("the oauth_problem: see below", &[]);
        read(r#"{"oauth_problem":null,"oauth_x":1}"#, &[]);
        read("<oauth_problem/><oauth_problem></oauth_problem>", &[]);
        read("oauth_problem=\"a", &[("oauth_problem", "a")]);
        read("oauth_problem=%zz", &[("oauth_problem", "%zz")]);
        assert_eq!(pairs(&format!("oauth_problem=\"{}\"", "é".repeat(2000)))[0].1.chars().count(), MAX_VALUE);
    }
}
