//! A response read leniently: the parameters of its body and those of a redirection's Location.

use super::document::Profile;
use super::exchange::Response;
use crate::protocol::encoding::{form_decoded, form_pairs, has_broken_escape};

/// The most parameters that are read of one form; those behind are counted. A body of a megabyte may hold half a million of them, each of
/// which takes many times its octets when it is decoded.
pub const MOST_PARAMETERS: usize = 4096;

/// A response, read.
#[derive(Debug)]
pub struct Answer<'a> {
    /// The response.
    pub response: &'a Response,
    /// The body's parameters, decoded, at most [`MOST_PARAMETERS`] of them; empty unless the body begins like a form.
    pub parameters: Vec<(Vec<u8>, Vec<u8>)>,
    /// How many parameters the body has, whether they are read or not.
    pub count: usize,
    /// Whether the body begins like a form, that is like a name and a value.
    pub looks_like_form: bool,
    /// What is wrong with the body as a form.
    pub form_fault: Option<&'static str>,
    /// Whether the body tells of a refusal, whatever the status.
    pub refused_inside: bool,
}

impl<'a> Answer<'a> {
    /// Reads a response of this provider, which may tell of a refusal inside a body with a good status. It never fails.
    #[must_use]
    pub fn under(profile: &Profile, response: &'a Response) -> Answer<'a> {
        let refused_inside = profile.told_inside.iter().any(|inside| inside.is_refusal(response.octets()));
        Answer { refused_inside, ..Answer::of(response) }
    }

    /// Reads a response. It never fails.
    #[must_use]
    pub fn of(response: &'a Response) -> Answer<'a> {
        let marked = response.octets().strip_prefix(b"\xef\xbb\xbf");
        let body = marked.unwrap_or(response.octets()).trim_ascii();
        let looks_like_form = begins_like_a_form(body);
        let form_fault = if !looks_like_form {
            Some("is not form-encoded")
        } else if marked.is_some() {
            // It belongs to the first name, which nobody finds then; the others are read all the same.
            Some("begins with a byte order mark")
        } else if has_broken_escape(body) {
            Some("holds a % without two hexadecimal digits")
        } else if body.iter().any(|octet| octet.is_ascii_whitespace() || !octet.is_ascii()) {
            Some("holds characters that a form encodes")
        } else {
            None
        };
        let parameters = if looks_like_form { pairs(body) } else { Vec::new() };
        let count = if looks_like_form { form_pairs(body).count() } else { 0 };
        Answer { response, parameters, count, looks_like_form, form_fault, refused_inside: false }
    }

    /// Whether the status is 2xx, and the body does not say otherwise.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.response.status) && !self.refused_inside
    }

    /// Whether the status is 3xx.
    #[must_use]
    pub fn is_redirection(&self) -> bool {
        (300..400).contains(&self.response.status)
    }

    /// Whether the status is 400 or more, or the body says so.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.response.status >= 400 || self.refused_inside
    }

    /// The first parameter of the body with this name.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&[u8]> {
        first(&self.parameters, name)
    }

    /// The Location of a redirection.
    #[must_use]
    pub fn location(&self) -> Option<&'a str> {
        self.response.field("location").and_then(|value| std::str::from_utf8(value).ok())
    }

    /// The first query parameter of the Location with this name.
    #[must_use]
    pub fn location_value(&self, name: &str) -> Option<Vec<u8>> {
        let location = self.location()?.split('#').next()?;
        let query = location.split_once('?')?.1;
        first(&pairs(query.as_bytes()), name).map(<[u8]>::to_vec)
    }

    /// Whether the body holds this text.
    #[must_use]
    pub fn holds(&self, text: &str) -> bool {
        !text.is_empty() && self.response.octets().windows(text.len()).any(|window| window == text.as_bytes())
    }
}

/// A name of at least one character, then `=`, before anything that a form encodes: what is not so is a page, JSON or a sentence.
pub(super) fn begins_like_a_form(body: &[u8]) -> bool {
    let name = body.iter().position(|octet| !octet.is_ascii_graphic() || matches!(octet, b'=' | b'<' | b'{' | b'[' | b'"'));
    matches!(name, Some(at) if at > 0 && body.get(at) == Some(&b'='))
}

fn pairs(text: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    form_pairs(text).take(MOST_PARAMETERS).map(|(name, value)| (form_decoded(name), form_decoded(value))).collect()
}

fn first<'a>(pairs: &'a [(Vec<u8>, Vec<u8>)], name: &str) -> Option<&'a [u8]> {
    pairs.iter().find(|(found, _)| found == name.as_bytes()).map(|(_, value)| value.as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::exchange::{Octets, Told};

    fn response(location: Option<&str>, body: &str) -> Response {
        let headers = location.map(|value| ("location".to_owned(), Octets::from(value))).into_iter().collect();
        Response { status: 200, headers, body: Some(Octets::from(body)), told: Told::default() }
    }

    #[test]
    fn a_form_is_told_from_other_bodies() {
        for (body, looks, fault) in [
            ("oauth_token=a&b=%2F", true, None),
            ("oauth_token=a\n", true, None),
            ("\u{feff}oauth_token=a", true, Some("begins with a byte order mark")),
            ("\u{feff}{}", false, Some("is not form-encoded")),
            ("oauth_token=%3T", true, Some("holds a % without two hexadecimal digits")),
            ("oauth_token=a b", true, Some("holds characters that a form encodes")),
            ("", false, Some("is not form-encoded")),
            ("{\"a=\":1}", false, Some("is not form-encoded")),
            ("<a href=x>", false, Some("is not form-encoded")),
            ("please wait a=b", false, Some("is not form-encoded")),
        ] {
            let response = response(None, body);
            let answer = Answer::of(&response);
            assert_eq!((answer.looks_like_form, answer.form_fault), (looks, fault), "{body}");
        }
    }

    #[test]
    fn of_very_many_parameters_the_first_are_read_and_all_are_counted() {
        let many = format!("oauth_token=a&{}last=z", "a&".repeat(MOST_PARAMETERS * 3));
        let response = response(Some(&format!("http://h/?{many}")), &many);
        let answer = Answer::of(&response);
        assert_eq!((answer.parameters.len(), answer.count), (MOST_PARAMETERS, MOST_PARAMETERS * 3 + 2));
        assert_eq!((answer.value("oauth_token"), answer.value("last")), (Some(&b"a"[..]), None));
        assert_eq!((answer.location_value("oauth_token"), answer.location_value("last")), (Some(b"a".to_vec()), None));
    }

    #[test]
    fn the_location_of_a_redirection_has_its_own_parameters() {
        let response = response(Some("https://h/x?a=1&oauth_verifier=%2F#oauth_token=no"), "");
        let answer = Answer::of(&response);
        assert_eq!(answer.location_value("oauth_verifier"), Some(b"/".to_vec()));
        assert_eq!(answer.location_value("oauth_token"), None);
    }
}
