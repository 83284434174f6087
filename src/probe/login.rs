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
    let page = String::from_utf8_lossy(read.response.octets()).into_owned();
    marked(&page).map(String::into_bytes)
}

/// The text of the element whose id or name speaks of a verifier: `<code id="verifier">abc</code>`, or an input's value.
fn marked(page: &str) -> Option<String> {
    const LONGEST: usize = 256;
    let lower = page.to_ascii_lowercase();
    let marks =
        ["id=\"verifier\"", "id=\"oauth_verifier\"", "name=\"oauth_verifier\"", "class=\"verifier\"", "id=\"pin\"", "id=\"oauth_pin\""];
    let at = marks.iter().find_map(|mark| lower.find(mark))?;
    let rest = page.get(at..)?;
    let tag_end = rest.find('>')?;
    let tag = rest.get(..tag_end)?;
    let value = match tag.split_once("value=\"") {
        Some((_, value)) => value.split('"').next()?,
        None => rest.get(tag_end + 1..)?.trim_start().split('<').next()?.trim(),
    };
    let good = !value.is_empty() && value.len() <= LONGEST && value.bytes().all(|octet| octet.is_ascii_graphic());
    good.then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::marked;

    #[test]
    fn a_code_is_read_out_of_the_pages_of_several_servers() {
        for (page, code) in [
            ("<p>Give the client this code: <code id=\"verifier\">abc9</code></p>", Some("abc9")),
            ("<input type=\"hidden\" name=\"oauth_verifier\" value=\"x-1\">", Some("x-1")),
            ("<div ID=\"oauth_pin\"> 123456 </div>", Some("123456")),
            ("<p>oauth_verifier</p>", None),
            ("<code id=\"verifier\"></code>", None),
            ("<code id=\"verifier\"", None),
            ("", None),
        ] {
            assert_eq!(marked(page).as_deref(), code, "{page}");
        }
    }
}
