//! Problems inside running text: pages, XML and JSON documents, sentences. No document is parsed, because the pages of servers are not
//! well-formed and the text is the same in all of them: `oauth_problem=`, perhaps a quote, a name, perhaps companions.

use crate::protocol::encoding::percent_decoded_if_whole;

/// The longest value that is taken out of a text, in characters.
const MAX_VALUE: usize = 512;

/// Problem and companions as they follow each other in a text, decoded.
#[must_use]
pub fn pairs(text: &str) -> Vec<(String, String)> {
    let text = unescaped(text);
    let mut found: Vec<(String, String)> = Vec::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find("oauth_") {
        rest = rest.get(at..).unwrap_or_default();
        let name_end = rest.find(|letter: char| !(letter.is_ascii_lowercase() || letter == '_')).unwrap_or(rest.len());
        let (name, after) = rest.split_at(name_end);
        rest = after;
        let Some(value) = after.trim_start().strip_prefix('=').map(str::trim_start) else { continue };
        let value = cut(value);
        // A page names the problem in its heading, its message and its description: once is enough.
        if !value.is_empty() && !found.iter().any(|(earlier, _)| earlier == name) {
            found.push((name.to_owned(), decoded(value)));
        }
    }
    found
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

/// Quotes and ampersands as XML, HTML and JSON write them, made plain.
fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
        .replace("\\\"", "\"")
        .replace("\\/", "/")
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
    }

    #[test]
    fn what_is_no_pair_is_left_alone() {
        read("", &[]);
        read("oauth_problem", &[]);
        read("oauth_problem=", &[]);
        read("oauth_problem=\"\"", &[]);
        read("about the oauth_problem parameter", &[]);
        read("oauth_problem=é", &[]);
        read("oauth_problem=\"a", &[("oauth_problem", "a")]);
        read("oauth_problem=%zz", &[("oauth_problem", "%zz")]);
        assert_eq!(pairs(&format!("oauth_problem=\"{}\"", "é".repeat(2000)))[0].1.chars().count(), MAX_VALUE);
    }
}
