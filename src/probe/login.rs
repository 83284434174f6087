//! The resource owner's part as a client sees it (RFC 5849 section 2.2): the authorization URL, and the verification code out of what
//! comes back.

use super::draft::encoded;
use super::means::{Means, Pair};
use super::outcome::Read;
use super::target::Target;
use crate::profile::Profile;
use crate::profile::answer::Answer;
use crate::profile::kinds::{Check, Credential};

/// Somebody who asks the resource owner, outside of this program.
pub trait Owner {
    /// Shows the authorization URL and brings the verification code.
    ///
    /// # Errors
    /// Why there is none, in one sentence.
    fn verifier(&mut self, url: &str) -> Result<String, String>;
}

/// Nobody.
#[derive(Debug, Default)]
pub struct Nobody;

impl Owner for Nobody {
    fn verifier(&mut self, _: &str) -> Result<String, String> {
        Err("nobody asks the resource owner".to_owned())
    }
}

/// The authorization URL for temporary credentials, in the profile's names; each value is percent-encoded once.
#[must_use]
pub fn url(profile: &Profile, target: &Target, means: &Means, pair: &Pair) -> String {
    let whose = |name: &str| {
        let ruled = profile.rules.iter().filter(|rule| rule.endpoints.contains(&target.name)).find_map(|rule| match &rule.check {
            Check::ParameterIs { name: known, credential } if known == name => Some(*credential),
            _ => None,
        });
        ruled.or(match name {
            "oauth_token" | "token" => Some(Credential::Token),
            "oauth_consumer_key" | "key" => Some(Credential::Client),
            _ => None,
        })
    };
    let mut url = target.url.clone();
    let mut push = |name: &str, value: &[u8]| {
        let separator = if url.contains('?') { '&' } else { '?' };
        url = format!("{url}{separator}{}={}", encoded(name.as_bytes()), encoded(value));
    };
    for name in &target.required {
        match whose(name) {
            Some(Credential::Token) => push(name, &pair.identifier),
            Some(Credential::Client) => push(name, means.client.as_bytes()),
            None => {
                if let Some((_, value)) = means.parameters.iter().find(|(known, _)| known == name) {
                    push(name, value.as_bytes());
                }
            }
        }
    }
    for (name, value) in target.parameters.iter().filter(|(name, _)| !target.requires(name)) {
        push(name, value.as_bytes());
    }
    url
}

/// The verification code that a redirection carries, or a page shows.
#[must_use]
pub fn verifier(read: &Read) -> Option<Vec<u8>> {
    let answer = Answer::of(&read.response);
    if let Some(code) = answer.location_value("oauth_verifier").filter(|code| !code.is_empty()) {
        return Some(code);
    }
    if let Some(code) = read.response.field("x-countersign-verifier") {
        return Some(code.to_vec());
    }
    let page = String::from_utf8_lossy(read.response.octets());
    marked(&page).into_iter().find(|code| is_usable(code)).map(|code| code.as_bytes().to_vec())
}

/// Everything that stands where a page shows a code, whether it can be used or not: nobody else may see it.
#[must_use]
pub fn codes(read: &Read) -> Vec<Vec<u8>> {
    let page = String::from_utf8_lossy(read.response.octets());
    let words = marked(&page).into_iter().flat_map(|text| {
        // Of a sentence, only what has a digit may be one.
        let is_sentence = text.contains(' ');
        let words = text.split(|letter: char| !letter.is_ascii_graphic());
        words.filter(move |word| !word.is_empty() && (!is_sentence || word.contains(|letter: char| letter.is_ascii_digit())))
    });
    words.take(MOST_CODES).map(|word| word.as_bytes().to_vec()).collect()
}

/// The most words of a page that are taken for codes.
const MOST_CODES: usize = 32;
/// The longest code that is used.
const LONGEST: usize = 256;
/// By what pages mark a code: an attribute of the element that holds it.
const MARKS: [&str; 7] = [
    "id=\"verifier\"",
    "id=\"oauth_verifier\"",
    "name=\"oauth_verifier\"",
    "class=\"verifier\"",
    "class=\"oauth_verifier\"",
    "id=\"pin\"",
    "id=\"oauth_pin\"",
];

fn is_usable(code: &str) -> bool {
    !code.is_empty() && code.len() <= LONGEST && code.bytes().all(|octet| octet.is_ascii_graphic())
}

/// The text of each element whose id or name speaks of a verifier: `<code id="verifier">abc</code>`, or an input's value.
fn marked(page: &str) -> Vec<&str> {
    // Octet for octet the same length.
    let lower = page.to_ascii_lowercase().replace('\'', "\"");
    let text = |at: usize| {
        let tag_end = at + lower.get(at..)?.find('>')?;
        // An attribute may stand before the mark or behind it.
        let tag_start = lower.get(..at)?.rfind('<')?;
        let value = match lower.get(tag_start..tag_end)?.find("value=\"") {
            Some(value) => page.get(tag_start + value + "value=\"".len()..tag_end)?.split(['"', '\'']).next()?,
            None => page.get(tag_end + 1..)?.trim_start().split('<').next()?.trim(),
        };
        Some(value)
    };
    MARKS.iter().flat_map(|mark| lower.match_indices(mark).take(MOST_CODES)).filter_map(|(at, _)| text(at)).collect()
}

#[cfg(test)]
mod tests {
    use super::{is_usable, marked};

    #[test]
    fn a_code_is_read_out_of_the_pages_of_several_servers() {
        for (page, code) in [
            ("<p>Give the client this code: <code id=\"verifier\">abc9</code></p>", Some("abc9")),
            ("<input type=\"hidden\" name=\"oauth_verifier\" value=\"x-1\">", Some("x-1")),
            ("<div ID=\"oauth_pin\"> 123456 </div>", Some("123456")),
            ("<p>oauth_verifier</p>", None),
            ("<input value='x-2' name='oauth_verifier'>", Some("x-2")),
            ("<b class='oauth_verifier'>x-3</b>", Some("x-3")),
            ("<code id=\"verifier\">no code</code>", None),
            ("<code id=\"verifier\"></code>", None),
            ("<code id=\"verifier\"", None),
            ("", None),
        ] {
            assert_eq!(marked(page).into_iter().find(|code| is_usable(code)), code, "{page}");
        }
    }
}
