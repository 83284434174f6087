//! A request read leniently: every parameter with its place and its octets as they were sent, so that one fault of form does not hide
//! all the others. What the strict reader of the protocol says of the header is kept beside it.

use super::document::Place;
use super::exchange::SentRequest;
use crate::protocol::authorization::{Authorization, is_oauth};
use crate::protocol::base_string::{UriRecipe, base_string_uri};
use crate::protocol::encoding::{form_pairs, percent_decoded_if_whole};
use crate::protocol::request::is_form;
use crate::protocol::{Buffer, Header, Malformed, Parameters, Request, Url, form_decoded};

/// A parameter of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its name, decoded.
    pub name: Vec<u8>,
    /// Its value, decoded.
    pub value: Vec<u8>,
    /// Its value as it was sent, without the quotes of a header.
    pub raw: Vec<u8>,
    /// Where it stood.
    pub place: Place,
}

impl Found {
    /// Whether it is one of OAuth's or of an extension: RFC 5849 section 3.1 reserves `oauth_`, extensions write `xoauth_`.
    #[must_use]
    pub fn is_protocol(&self) -> bool {
        self.name.starts_with(b"oauth_") || self.name.starts_with(b"xoauth_")
    }
}

/// A request, read.
#[derive(Debug)]
pub struct Reading<'a> {
    /// The request.
    pub request: &'a SentRequest,
    /// All parameters: header, query, body, each in its order.
    pub parameters: Vec<Found>,
    /// The realm of the header.
    pub realm: Option<Vec<u8>>,
    /// What the strict reader says of the header; `None` if there is no header of the OAuth scheme.
    pub grammar: Option<Result<(), Malformed>>,
    /// Whether the body has the content type of a form.
    pub body_is_form: bool,
}

impl<'a> Reading<'a> {
    /// Reads a request. It never fails: what cannot be read is not among the parameters.
    #[must_use]
    pub fn of(request: &'a SentRequest) -> Reading<'a> {
        let mut reading = Reading { request, parameters: Vec::new(), realm: None, grammar: None, body_is_form: false };
        let field = |name: &'static str| {
            request.headers.iter().filter(move |(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| &value.0)
        };
        if let Some(value) = field("authorization").find(|value| is_oauth(value)) {
            reading.grammar = Some(Authorization::parse(value).map(|_| ()));
            reading.read_header(value);
        }
        if let Ok(url) = Url::parse(request.url.as_bytes()) {
            reading.read_pairs(url.query.unwrap_or_default(), Place::Query);
        }
        reading.body_is_form = field("content-type").any(|value| is_form(value));
        let body = request.body.as_ref().map(|body| body.0.as_slice()).unwrap_or_default();
        // A body without the content type is read all the same where a client seems to have put its parameters there.
        if reading.body_is_form || body.windows(6).any(|window| window == b"oauth_") {
            reading.read_pairs(body, Place::Body);
        }
        reading
    }

    /// The first parameter with this name.
    #[must_use]
    pub fn found(&self, name: &str) -> Option<&Found> {
        self.parameters.iter().find(|found| found.name == name.as_bytes())
    }

    /// The first value with this name, decoded.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&[u8]> {
        self.found(name).map(|found| found.value.as_slice())
    }

    /// The first value with this name, if it is not empty and UTF-8.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.value(name).and_then(|value| std::str::from_utf8(value).ok()).filter(|text| !text.is_empty())
    }

    /// The protocol parameters.
    pub fn protocol(&self) -> impl Iterator<Item = &Found> {
        self.parameters.iter().filter(|found| found.is_protocol())
    }

    /// Gives the request to a function in the protocol's own form, for the signature. Parameters of a body without the content type of
    /// a form are protocol parameters too: the client signed them.
    ///
    /// # Errors
    /// [`Malformed::Url`].
    pub fn with_request<T>(&self, use_it: impl FnOnce(&Request<'_>) -> T) -> Result<T, Malformed> {
        let url = Url::parse(self.request.url.as_bytes())?;
        let headers: Vec<Header<'_>> =
            self.request.headers.iter().map(|(name, value)| Header { name: name.as_bytes(), value: &value.0 }).collect();
        let apart = |found: &&Found| found.place == Place::Header || (found.place == Place::Body && !self.body_is_form);
        let protocol =
            Parameters::of_header(self.parameters.iter().filter(apart).map(|found| (found.name.as_slice(), found.value.as_slice())));
        Ok(use_it(&Request {
            method: self.request.method.as_bytes(),
            url,
            headers: &headers,
            body: self.request.body.as_ref().map(|body| body.0.as_slice()),
            protocol: &protocol,
            realm: None,
        }))
    }

    fn read_pairs(&mut self, text: &[u8], place: Place) {
        for (name, raw) in form_pairs(text) {
            self.parameters.push(Found { name: form_decoded(name), value: form_decoded(raw), raw: raw.to_vec(), place });
        }
    }

    /// Reads `name=value` pairs between commas; quotes, blanks around `=` and broken escapes are as they may be. Published samples
    /// have unquoted values and blanks, see `etrade.revoke.grammar`.
    fn read_header(&mut self, value: &[u8]) {
        let rest = value.trim_ascii_start().get(5..).unwrap_or_default();
        for piece in split_outside_quotes(rest) {
            let Some(equals) = piece.iter().position(|&octet| octet == b'=') else { continue };
            let (name, raw) = piece.split_at(equals);
            let raw = unquoted(raw.get(1..).unwrap_or_default().trim_ascii());
            let name = decoded_percent(name.trim_ascii());
            if name.eq_ignore_ascii_case(b"realm") {
                self.realm = Some(raw);
            } else {
                self.parameters.push(Found { name, value: decoded_percent(&raw), raw, place: Place::Header });
            }
        }
    }
}

/// Whether two absolute URLs name the same resource: scheme, host, port and path as RFC 5849 section 3.4.1.2 writes them.
#[must_use]
pub fn same_resource(one: &str, other: &str) -> bool {
    match (resource(one), resource(other)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

/// A URL as RFC 5849 section 3.4.1.2 writes it; `None` if it is none.
pub(super) fn resource(url: &str) -> Option<Vec<u8>> {
    let url = Url::parse(url.as_bytes()).ok()?;
    let protocol = Parameters::new();
    let request = Request { method: b"GET", url, headers: &[], body: None, protocol: &protocol, realm: None };
    let mut out = Buffer::default();
    base_string_uri(&UriRecipe::RFC5849, &request, &mut out).ok()?;
    Some(out.to_vec())
}

fn split_outside_quotes(text: &[u8]) -> Vec<&[u8]> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(|&octet| {
        let escape = std::mem::take(&mut escaped);
        match octet {
            b'\\' if quoted && !escape => escaped = true,
            b'"' if !escape => quoted = !quoted,
            b',' if !quoted => return true,
            _ => {}
        }
        false
    })
    .collect()
}

/// The inside of a quoted-string, backslash escapes undone; any other text as it is.
fn unquoted(text: &[u8]) -> Vec<u8> {
    let Some(inside) = text.strip_prefix(b"\"") else { return text.to_vec() };
    let inside = inside.strip_suffix(b"\"").unwrap_or(inside);
    let mut out = Vec::with_capacity(inside.len());
    let mut escaped = false;
    for &octet in inside {
        if octet == b'\\' && !escaped {
            escaped = true;
        } else {
            out.push(octet);
            escaped = false;
        }
    }
    out
}

/// Percent-decoded where it can be, as it is otherwise.
fn decoded_percent(text: &[u8]) -> Vec<u8> {
    percent_decoded_if_whole(text).unwrap_or_else(|| text.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::exchange::Octets;

    fn header(value: &str) -> SentRequest {
        let headers = vec![("Authorization".to_owned(), Octets::from(value))];
        SentRequest { method: "GET".to_owned(), url: "https://h/x?a=1%2B&oauth_b".to_owned(), headers, body: None }
    }

    #[test]
    fn a_broken_header_is_read_as_far_as_it_goes() {
        let request = header(r#"OAuth realm="a,b", oauth_k= "1%2B",oauth_t=%2Fx, oauth_bad="%zz", nothing, oauth_q="x\"y,z""#);
        let reading = Reading::of(&request);
        assert_eq!(reading.realm.as_deref(), Some(&b"a,b"[..]));
        assert!(matches!(reading.grammar, Some(Err(Malformed::Header { .. }))));
        for (name, value) in
            [("oauth_k", "1+"), ("oauth_t", "/x"), ("oauth_bad", "%zz"), ("oauth_q", "x\"y,z"), ("a", "1+"), ("oauth_b", "")]
        {
            assert_eq!(reading.value(name), Some(value.as_bytes()), "{name}");
        }
        assert_eq!(reading.found("oauth_k").map(|found| found.raw.as_slice()), Some(&b"1%2B"[..]));
    }

    #[test]
    fn a_body_counts_where_it_is_a_form_or_holds_protocol_parameters() {
        for (content_type, body, count) in [
            (Some("application/x-www-form-urlencoded"), "a=1&b=2", 2),
            (None, "a=1&b=2", 0),
            (None, "a=1&oauth_nonce=2", 2),
            (Some("application/json"), "{}", 0),
        ] {
            let headers = content_type.map(|value| ("content-type".to_owned(), Octets::from(value))).into_iter().collect();
            let request = SentRequest { method: "POST".to_owned(), url: "https://h/".to_owned(), headers, body: Some(Octets::from(body)) };
            assert_eq!(Reading::of(&request).parameters.len(), count, "{body}");
        }
    }

    #[test]
    fn the_same_resource_may_be_written_in_several_ways() {
        assert!(same_resource("https://H:443/x?y=1", "https://h/x"));
        assert!(same_resource("http://h", "http://h/"));
        for other in ["http://h/x", "https://h/X", "https://h/x/", "https://h:444/x", "/x", ""] {
            assert!(!same_resource("https://h/x", other), "{other}");
        }
    }
}
