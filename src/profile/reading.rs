//! A request read leniently: every parameter with its place and its octets as they were sent, so that one fault of form does not hide
//! all the others. What the strict reader of the protocol says of the header is kept beside it.

use std::borrow::Cow;

use super::answer::begins_like_a_form;
use super::document::Place;
use super::exchange::SentRequest;
use crate::protocol::authorization::{Authorization, is_oauth};
use crate::protocol::base_string::{UriRecipe, base_string_uri};
use crate::protocol::encoding::{form_pairs, percent_decoded_if_whole};
use crate::protocol::request::is_form;
use crate::protocol::{Buffer, Header, Malformed, Parameters, Request, Url, form_decoded};

/// A parameter of a request. What says the same decoded as it was sent is not copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<'a> {
    /// Its name, decoded.
    pub name: Cow<'a, [u8]>,
    /// Its value, decoded.
    pub value: Cow<'a, [u8]>,
    /// Its value as it was sent, without the quotes of a header.
    pub raw: Cow<'a, [u8]>,
    /// Where it stood.
    pub place: Place,
}

impl Found<'_> {
    /// Whether it is one of OAuth's or of an extension: RFC 5849 section 3.1 reserves `oauth_`, extensions write `xoauth_`.
    #[must_use]
    pub fn is_protocol(&self) -> bool {
        self.name.starts_with(b"oauth_") || self.name.starts_with(b"xoauth_")
    }
}

/// Most requests have fewer parameters.
const ROOM: usize = 16;

/// A request, read.
#[derive(Debug)]
pub struct Reading<'a> {
    /// All parameters: header, query, body, each in its order.
    pub parameters: Vec<Found<'a>>,
    /// The realm of the header.
    pub realm: Option<Cow<'a, [u8]>>,
    /// What the strict reader says of the header; `None` if there is no header of the OAuth scheme.
    pub grammar: Option<Result<(), Malformed>>,
    /// Whether the body has the content type of a form.
    pub body_is_form: bool,
}

impl<'a> Reading<'a> {
    /// Reads a request. It never fails: what cannot be read is not among the parameters.
    #[must_use]
    pub fn of(request: &'a SentRequest) -> Reading<'a> {
        let headers = request.headers.iter().map(|(name, value)| (name.as_bytes(), value.0.as_slice()));
        Reading::of_parts(&request.url, headers, request.body.as_ref().map(|body| body.0.as_slice()))
    }

    /// Reads a request of which these are the parts that parameters travel in.
    #[must_use]
    pub fn of_parts(url: &'a str, headers: impl Iterator<Item = (&'a [u8], &'a [u8])> + Clone, body: Option<&'a [u8]>) -> Reading<'a> {
        let mut reading = Reading { parameters: Vec::with_capacity(ROOM), realm: None, grammar: None, body_is_form: false };
        let field = |name: &'static str| {
            headers.clone().filter(move |(field, _)| field.eq_ignore_ascii_case(name.as_bytes())).map(|(_, value)| value)
        };
        if let Some(value) = field("authorization").find(|value| is_oauth(value)) {
            reading.grammar = Some(Authorization::parse(value).map(|_| ()));
            reading.read_header(value);
        }
        if let Ok(url) = Url::parse(url.as_bytes()) {
            reading.read_pairs(url.query.unwrap_or_default(), Place::Query);
        }
        reading.body_is_form = field("content-type").any(is_form);
        let body = body.unwrap_or_default();
        // A body without the content type is read all the same where a client seems to have put its parameters there. One of another type
        // beside a header that has them is the resource's own, whatever words are in it.
        let is_own = reading.grammar.is_some() && field("content-type").next().is_some();
        if reading.body_is_form || !is_own && holds_protocol_parameters(body) {
            reading.read_pairs(body, Place::Body);
        }
        reading
    }

    /// The first parameter with this name.
    #[must_use]
    pub fn found(&self, name: &str) -> Option<&Found<'a>> {
        self.parameters.iter().find(|found| *found.name == *name.as_bytes())
    }

    /// The first value with this name, decoded.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&[u8]> {
        self.found(name).map(|found| &*found.value)
    }

    /// The first value with this name, if it is not empty and UTF-8.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.value(name).and_then(|value| std::str::from_utf8(value).ok()).filter(|text| !text.is_empty())
    }

    /// The protocol parameters.
    pub fn protocol(&self) -> impl Iterator<Item = &Found<'a>> {
        self.parameters.iter().filter(|found| found.is_protocol())
    }

    /// Gives the request that was read to a function in the protocol's own form, for the signature. Parameters of a body without the content type of
    /// a form are protocol parameters too: the client signed them.
    ///
    /// # Errors
    /// [`Malformed::Url`].
    pub fn with_request<T>(&self, request: &SentRequest, use_it: impl FnOnce(&Request<'_>) -> T) -> Result<T, Malformed> {
        let url = Url::parse(request.url.as_bytes())?;
        let headers: Vec<Header<'_>> =
            request.headers.iter().map(|(name, value)| Header { name: name.as_bytes(), value: &value.0 }).collect();
        let apart = |found: &&Found<'_>| found.place == Place::Header || (found.place == Place::Body && !self.body_is_form);
        let protocol = Parameters::of_header(self.parameters.iter().filter(apart).map(|found| (&*found.name, &*found.value)));
        Ok(use_it(&Request {
            method: request.method.as_bytes(),
            url,
            headers: &headers,
            body: request.body.as_ref().map(|body| body.0.as_slice()),
            protocol: &protocol,
            realm: None,
        }))
    }

    fn read_pairs(&mut self, text: &'a [u8], place: Place) {
        for (name, raw) in form_pairs(text) {
            self.parameters.push(Found { name: decoded_form(name), value: decoded_form(raw), raw: Cow::Borrowed(raw), place });
        }
    }

    /// Reads `name=value` pairs between commas; quotes, blanks around `=` and broken escapes are as they may be. Published samples
    /// have unquoted values and blanks, see `etrade.revoke.grammar`.
    fn read_header(&mut self, value: &'a [u8]) {
        let rest = value.trim_ascii_start().get(5..).unwrap_or_default();
        for piece in split_outside_quotes(rest) {
            let Some(equals) = piece.iter().position(|&octet| octet == b'=') else { continue };
            let (name, raw) = piece.split_at(equals);
            let raw = unquoted(raw.get(1..).unwrap_or_default().trim_ascii());
            let name = decoded_percent(Cow::Borrowed(name.trim_ascii()));
            if name.eq_ignore_ascii_case(b"realm") {
                self.realm = Some(raw);
            } else {
                self.parameters.push(Found { name, value: decoded_percent(raw.clone()), raw, place: Place::Header });
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

/// Whether a body begins like a form and has a protocol parameter among its names: the word may stand in any JSON document or page.
fn holds_protocol_parameters(body: &[u8]) -> bool {
    memchr::memmem::find(body, b"oauth_").is_some()
        && begins_like_a_form(body)
        && form_pairs(body).any(|(name, _)| name.starts_with(b"oauth_"))
}

fn split_outside_quotes(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |&octet| {
        let escape = std::mem::take(&mut escaped);
        match octet {
            b'\\' if quoted && !escape => escaped = true,
            b'"' if !escape => quoted = !quoted,
            b',' if !quoted => return true,
            _ => {}
        }
        false
    })
}

/// The inside of a quoted-string, backslash escapes undone; any other text as it is.
fn unquoted(text: &[u8]) -> Cow<'_, [u8]> {
    let Some(inside) = text.strip_prefix(b"\"") else { return Cow::Borrowed(text) };
    let inside = inside.strip_suffix(b"\"").unwrap_or(inside);
    if memchr::memchr(b'\\', inside).is_none() {
        return Cow::Borrowed(inside);
    }
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
    Cow::Owned(out)
}

fn decoded_form(text: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr2(b'%', b'+', text).is_some() { Cow::Owned(form_decoded(text)) } else { Cow::Borrowed(text) }
}

/// Percent-decoded where it can be, as it is otherwise.
fn decoded_percent(text: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    let has_escape = memchr::memchr(b'%', &text).is_some();
    has_escape.then(|| percent_decoded_if_whole(&text)).flatten().map_or(text, Cow::Owned)
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
        assert_eq!(reading.found("oauth_k").map(|found| &*found.raw), Some(&b"1%2B"[..]));
    }

    #[test]
    fn a_body_counts_where_it_is_a_form_or_holds_protocol_parameters() {
        for (content_type, body, count) in [
            (Some("application/x-www-form-urlencoded"), "a=1&b=2", 2),
            (None, "a=1&b=2", 0),
            (None, "a=1&oauth_nonce=2", 2),
            (Some("application/json"), "{}", 0),
            (Some("application/json"), r#"{"note":"a=1&oauth_nonce=2"}"#, 0),
            (Some("text/xml"), r#"<a href="?oauth_token=1&oauth_nonce=2"/>"#, 0),
            (None, "keep your oauth_token=1", 0),
            (None, "note=about oauth_token&x=1", 0),
            (Some("text/plain"), "oauth_nonce=2&a=1", 2),
        ] {
            let headers = content_type.map(|value| ("content-type".to_owned(), Octets::from(value))).into_iter().collect();
            let request = SentRequest { method: "POST".to_owned(), url: "https://h/".to_owned(), headers, body: Some(Octets::from(body)) };
            assert_eq!(Reading::of(&request).parameters.len(), count, "{body}");
        }
    }

    #[test]
    fn a_body_of_another_type_is_not_read_beside_the_header() {
        for (content_type, count) in [(None, 4), (Some("text/plain"), 3), (Some("application/x-www-form-urlencoded"), 4)] {
            let mut request = header(r#"OAuth oauth_nonce="1""#);
            request.headers.extend(content_type.map(|value| ("Content-Type".to_owned(), Octets::from(value))));
            request.body = Some(Octets::from("oauth_token=1"));
            assert_eq!(Reading::of(&request).parameters.len(), count, "{content_type:?}");
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
