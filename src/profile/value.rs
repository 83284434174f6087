//! The forms that a documented value can have, and whether a text has one.

use serde::{Deserialize, Serialize};

use super::address;
use super::document::{EndpointName, Profile};
use crate::protocol::Url;

/// The form of a value: `{"is": "hex"}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
#[allow(missing_docs, reason = "a form's sentence names its members")]
pub enum Value {
    /// Any text but the empty one, without control characters.
    Text {},
    /// Hexadecimal digits, at least one.
    Hex {},
    /// Decimal digits of a number above zero.
    PositiveInteger {},
    /// One of these, to the letter.
    OneOf { values: Vec<String> },
    /// An absolute URI.
    Url {},
    /// Words out of these, each once, with commas between them.
    ListOf { values: Vec<String> },
    /// A text of so many characters.
    Length { min: usize, max: usize },
    /// An absolute URI, or one of these, to the letter.
    UrlOr { values: Vec<String> },
    /// A list of language ranges with qualities (RFC 2616 section 14.4).
    LanguageRanges {},
    /// Letters and digits that a person can type, at most so many.
    Typeable { max: usize },
    /// The URL of this endpoint of the profile, with any query.
    EndpointUrl { endpoint: EndpointName },
}

impl Value {
    /// What is wrong with a value, as a clause that follows its name; `None` if nothing is.
    #[must_use]
    pub fn fault(&self, value: &[u8], profile: &Profile) -> Option<String> {
        let Ok(text) = std::str::from_utf8(value) else { return Some("is not UTF-8".to_owned()) };
        let is_good = match self {
            Value::Text {} => !text.is_empty() && !text.contains(char::is_control),
            Value::Hex {} => !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_hexdigit()),
            Value::PositiveInteger {} => positive_integer(text).is_some(),
            Value::OneOf { values } => values.iter().any(|known| known == text),
            Value::Url {} => is_absolute_uri(text),
            Value::ListOf { values } => is_list_of(text, values),
            Value::Length { min, max } => (*min..=*max).contains(&text.chars().count()),
            Value::UrlOr { values } => values.iter().any(|known| known == text) || is_absolute_uri(text),
            Value::LanguageRanges {} => is_language_ranges(text),
            Value::Typeable { max } => (1..=*max).contains(&text.len()) && text.bytes().all(|octet| octet.is_ascii_alphanumeric()),
            Value::EndpointUrl { endpoint } => {
                let urls = profile.endpoints.get(endpoint).map(|endpoint| endpoint.urls.as_slice()).unwrap_or_default();
                urls.is_empty() && is_absolute_uri(text) || urls.iter().any(|url| address::matches(url, text))
            }
        };
        (!is_good).then(|| self.complaint(text))
    }

    /// What is said of a text that has not this form.
    fn complaint(&self, text: &str) -> String {
        match self {
            Value::Text {} => "is empty or holds a control character".to_owned(),
            Value::Hex {} => "is not made of hexadecimal digits".to_owned(),
            Value::PositiveInteger {} => "is not a positive integer".to_owned(),
            Value::OneOf { values } => format!("is not {}", alternatives(values)),
            Value::Url {} => "is not an absolute URL".to_owned(),
            Value::ListOf { values } => format!("is not a list of {} with commas", alternatives(values)),
            Value::Length { min, max } => format!("has {} characters, not {min} to {max}", text.chars().count()),
            Value::UrlOr { values } => format!("is neither an absolute URL nor {}", alternatives(values)),
            Value::LanguageRanges {} => "is not a list of language ranges".to_owned(),
            Value::Typeable { max } => format!("is not made of at most {max} letters and digits"),
            Value::EndpointUrl { endpoint } => format!("is not the URL of {endpoint}"),
        }
    }

    /// The endpoint that it names.
    #[must_use]
    pub fn endpoint(&self) -> Option<EndpointName> {
        match self {
            Value::EndpointUrl { endpoint } => Some(*endpoint),
            _ => None,
        }
    }
}

fn alternatives(values: &[String]) -> String {
    values.iter().map(|value| format!("\"{value}\"")).collect::<Vec<_>>().join(" or ")
}

fn is_list_of(text: &str, values: &[String]) -> bool {
    let words: Vec<&str> = text.split(',').collect();
    words
        .iter()
        .enumerate()
        .all(|(at, word)| values.iter().any(|known| known == word) && words.iter().position(|other| other == word) == Some(at))
}

/// What a timestamp looks like that is outside a window of so many seconds, as a clause.
#[must_use]
pub const fn timestamp_hint(timestamp: u64, now: u64, seconds: u64) -> Option<&'static str> {
    let apart = now.abs_diff(timestamp);
    let tolerance = if seconds < 60 { seconds } else { 60 };
    if (timestamp / 1000).abs_diff(now) <= seconds {
        Some("it is in milliseconds")
    } else if apart >= 1800 && apart % 1800 <= tolerance {
        Some("half and whole hours point to a time zone")
    } else {
        None
    }
}

/// A number above zero in decimal digits and nothing else: no sign, no blanks.
#[must_use]
pub fn positive_integer(text: &str) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|octet| octet.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|&number| number > 0)
}

/// RFC 3986 section 4.3, as far as a callback needs it: a scheme, a colon and something behind it. An http or https URL must have a
/// host as well; other schemes are those of applications on a device.
fn is_absolute_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let mut letters = scheme.bytes();
    let named = letters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'-' | b'.'));
    let clean = !rest.is_empty() && rest.bytes().all(|octet| octet.is_ascii_graphic() && !matches!(octet, b'"' | b'<' | b'>'));
    let http = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    named && clean && (!http || Url::parse(text.as_bytes()).is_ok())
}

/// RFC 2616 section 14.4: `1#( language-range [ ";" "q" "=" qvalue ] )`, with the white space and empty elements of section 2.1.
fn is_language_ranges(text: &str) -> bool {
    let mut ranges = text.split(',').map(str::trim).filter(|element| !element.is_empty()).peekable();
    ranges.peek().is_some()
        && ranges.all(|element| match element.split_once(';') {
            None => is_language_range(element),
            Some((range, quality)) => is_language_range(range.trim()) && is_quality(quality),
        })
}

fn is_language_range(range: &str) -> bool {
    let is_tag = |tag: &str| (1..=8).contains(&tag.len()) && tag.bytes().all(|octet| octet.is_ascii_alphabetic());
    range == "*" || range.split('-').all(is_tag)
}

/// `q=0.8`: from 0 to 1 with at most three decimals (RFC 2616 section 3.9).
fn is_quality(text: &str) -> bool {
    let Some((name, number)) = text.split_once('=') else { return false };
    let number = number.trim();
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    let digit = |octet: u8| if whole == "1" { octet == b'0' } else { octet.is_ascii_digit() };
    name.trim().eq_ignore_ascii_case("q") && matches!(whole, "0" | "1") && decimals.len() <= 3 && decimals.bytes().all(digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_ranges_follow_accept_language() {
        for good in ["en-us", "EN-US", "*", "en-gb;q=1.0, en-us;q=0.8", "da, en-gb;q=0.8 , en ; q = 0.7", "en,,de", "x;q=1", "x;q=0.123"] {
            assert!(is_language_ranges(good), "{good}");
        }
        for bad in
            ["", ",", "en_US", "\"en-us\"", "en;q=2", "en;q=1.1", "en;q=0.1234", "en;", "en;p=1", "en-", "-", "toolonglanguage", "en us"]
        {
            assert!(!is_language_ranges(bad), "{bad}");
        }
    }

    #[test]
    fn a_callback_is_an_absolute_uri() {
        for good in ["http://h/x", "https://h", "myapp://cb", "urn:x:y", "HTTP://h"] {
            assert!(is_absolute_uri(good), "{good}");
        }
        for bad in ["", "x", "/x", "//h/x", "http://", "http:", ":x", "\"http://h\"", "1a:b", "http://h/ x", "oob"] {
            assert!(!is_absolute_uri(bad), "{bad}");
        }
    }

    #[test]
    fn a_list_holds_known_words_once() {
        let known = ["read".to_owned(), "write".to_owned()];
        for (text, expected) in
            [("read", true), ("write,read", true), ("", false), ("read,", false), ("read,read", false), ("read, write", false)]
        {
            assert_eq!(is_list_of(text, &known), expected, "{text}");
        }
    }

    #[test]
    fn a_positive_integer_is_digits_only() {
        for (text, number) in [
            ("1", Some(1)),
            ("007", Some(7)),
            ("0", None),
            ("", None),
            ("+1", None),
            ("1.0", None),
            (" 1", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(positive_integer(text), number, "{text}");
        }
    }
}
