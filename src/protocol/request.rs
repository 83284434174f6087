//! A request as it is sent or received: method, URL, header fields and body are kept to the octet, nothing is normalized here.

use super::collection::FormReader;
use super::error::Malformed;
use super::parameters::{Parameters, Source};
use super::scan;

/// One header field, name and value as they stand on the wire (without the line's end).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header<'a> {
    /// The field's name; compared without regard to case.
    pub name: &'a [u8],
    /// The field's value.
    pub value: &'a [u8],
}

/// An HTTP request, with the protocol parameters that are not part of its URL or body.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The HTTP method as it is sent.
    pub method: &'a [u8],
    /// The absolute URL, read into its parts but otherwise as it was given.
    pub url: Url<'a>,
    /// The header fields in their order. An Authorization field among them is not read here, see [`super::transmission`].
    pub headers: &'a [Header<'a>],
    /// The entity body, if there is one.
    pub body: Option<&'a [u8]>,
    /// Protocol parameters that stand, or will stand, in the Authorization header: decoded, without `realm` (section 3.5.1).
    pub protocol: &'a Parameters,
    /// The realm of that header. It is never signed (section 3.4.1.3.1); it stands here for those who do.
    pub realm: Option<&'a [u8]>,
}

impl<'a> Request<'a> {
    /// The value of a field that may stand only once: `None` if it is missing.
    ///
    /// # Errors
    /// [`Malformed::Request`] with `twice` if it stands there more than once.
    pub fn field(&self, name: &str, twice: &'static str) -> Result<Option<&'a [u8]>, Malformed> {
        let mut values = self.headers.iter().filter(|header| header.name.eq_ignore_ascii_case(name.as_bytes()));
        let first = values.next().map(|header| header.value.trim_ascii());
        if values.next().is_some() { Err(Malformed::Request(twice)) } else { Ok(first) }
    }

    /// The body, if it is one of single-part form parameters: the media type decides, in any letter case and with any parameters
    /// (section 3.4.1.3.1; media types compare by RFC 2616 section 3.7). The method does not matter: Core 1.0 spoke of POST alone, this
    /// specification of none. A `charset` changes nothing: octets are signed as they are decoded (section 3.6).
    ///
    /// # Errors
    /// [`Malformed::Request`] for several Content-Type fields: the entity would have two readings.
    pub fn form(&self) -> Result<Option<&'a [u8]>, Malformed> {
        let Some(body) = self.body else { return Ok(None) };
        let content_type = self.field("content-type", "several Content-Type fields")?;
        Ok(content_type.is_some_and(is_form).then_some(body))
    }

    /// Appends the parameters of query, protocol parameters and form body, decoded, in this order (section 3.4.1.3.1).
    ///
    /// # Errors
    /// As [`Request::form`].
    pub fn gather(&self, into: &mut Parameters) -> Result<(), Malformed> {
        self.gather_with(FormReader::RFC5849, into)
    }

    /// [`Request::gather`] with another reading of query and form.
    ///
    /// # Errors
    /// As [`Request::form`].
    pub fn gather_with(&self, reader: FormReader, into: &mut Parameters) -> Result<(), Malformed> {
        if let Some(query) = reader.query(&self.url) {
            reader.read(query, Source::Query, into);
        }
        into.append(self.protocol);
        if let Some(form) = reader.form(self)? {
            reader.read(form, Source::Body, into);
        }
        Ok(())
    }
}

/// Whether a Content-Type value names `application/x-www-form-urlencoded`.
#[must_use]
#[inline]
pub fn is_form(content_type: &[u8]) -> bool {
    let essence = content_type.split(|&octet| octet == b';').next().unwrap_or_default();
    essence.trim_ascii().eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
}

/// An absolute URL in its parts (RFC 3986 appendix B), each as it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Url<'a> {
    /// The whole text.
    pub text: &'a [u8],
    /// `http` or `https`, in any letter case.
    pub scheme: &'a [u8],
    /// Everything between `//` and the path: user information, host, port.
    pub authority: &'a [u8],
    /// The authority's host and port, without user information.
    pub host: HostAndPort<'a>,
    /// From the first slash to `?`, `#` or the end; may be empty.
    pub path: &'a [u8],
    /// After `?`, without it; `None` if there is no `?`.
    pub query: Option<&'a [u8]>,
}

impl<'a> Url<'a> {
    /// Reads an absolute http or https URL. Blanks and characters beyond ASCII are let through in path and query, because people do
    /// write them; control characters are not, because they would split the request's head.
    ///
    /// # Errors
    /// [`Malformed::Url`] for a relative reference, another scheme, an empty host, or a control character.
    pub fn parse(text: &'a [u8]) -> Result<Url<'a>, Malformed> {
        Url::parse_if(text, |scheme| scheme.eq_ignore_ascii_case(b"http") || scheme.eq_ignore_ascii_case(b"https"))
    }

    /// [`Url::parse`] without a look at the scheme: for those who sign URLs of any kind.
    ///
    /// # Errors
    /// As [`Url::parse`], but for the scheme.
    pub fn parse_with_any_scheme(text: &'a [u8]) -> Result<Url<'a>, Malformed> {
        Url::parse_if(text, |_| true)
    }

    fn parse_if(text: &'a [u8], is_scheme: impl FnOnce(&[u8]) -> bool) -> Result<Url<'a>, Malformed> {
        if scan::has_control(text) {
            return Err(Malformed::Url("it holds a control character"));
        }
        let colon = text.iter().position(|&octet| octet == b':').ok_or(Malformed::Url("it has no scheme"))?;
        let (scheme, rest) = text.split_at(colon);
        if !is_scheme(scheme) {
            return Err(Malformed::Url("its scheme is neither http nor https"));
        }
        let rest = rest.strip_prefix(b"://").ok_or(Malformed::Url("it has no authority"))?;
        let (authority, rest) = rest.split_at(memchr::memchr3(b'/', b'?', b'#', rest).unwrap_or(rest.len()));
        let (path, query) = path_and_query(rest);
        Ok(Url { text, scheme, authority, host: HostAndPort::parse(authority)?, path, query })
    }

    /// Any text cut into the parts of a URI by the generic rule (RFC 3986 appendix B): for those who sign whatever they are given. Parts
    /// that are missing are empty, and what is no host with a port stays one text.
    #[must_use]
    pub fn of_any_text(text: &'a [u8]) -> Url<'a> {
        let colon = memchr::memchr(b':', text).filter(|&colon| colon > 0 && text.iter().take(colon).all(u8::is_ascii_alphanumeric));
        let scheme = text.get(..colon.unwrap_or(0)).unwrap_or_default();
        let rest = text.get(colon.map_or(0, |colon| colon + 1)..).unwrap_or_default();
        let (authority, rest) = match rest.strip_prefix(b"//") {
            Some(rest) => rest.split_at(memchr::memchr3(b'/', b'?', b'#', rest).unwrap_or(rest.len())),
            None => (&[][..], rest),
        };
        let (path, query) = path_and_query(rest);
        let host = HostAndPort::parse(authority).unwrap_or(HostAndPort { host: authority, port: None });
        Url { text, scheme, authority, host, path, query }
    }

    /// Whether the scheme is https.
    #[must_use]
    #[inline]
    pub fn is_https(&self) -> bool {
        self.scheme.eq_ignore_ascii_case(b"https")
    }
}

/// Cuts what follows an authority. A fragment is never sent (section 3.4.1.2), nor what looks like a query inside it.
#[inline]
fn path_and_query(text: &[u8]) -> (&[u8], Option<&[u8]>) {
    let (path, behind) = text.split_at(memchr::memchr2(b'?', b'#', text).unwrap_or(text.len()));
    let query = behind.strip_prefix(b"?");
    (path, query.map(|query| query.get(..memchr::memchr(b'#', query).unwrap_or(query.len())).unwrap_or_default()))
}

/// The host and port of an authority or of a Host field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostAndPort<'a> {
    /// The host as given; an IPv6 literal keeps its brackets.
    pub host: &'a [u8],
    /// The port as a number; `None` if there is none, or an empty one (RFC 3986 section 3.2.3).
    pub port: Option<u16>,
}

impl<'a> HostAndPort<'a> {
    /// Reads `[userinfo@]host[:port]`. User information is left out: section 3.4.1.2 ties the authority to the Host field, which
    /// never has it. The port is compared as a number, so `080` is 80.
    ///
    /// # Errors
    /// [`Malformed::Url`] for an empty host, characters that no host has, or a port that is no number up to 65535.
    pub fn parse(authority: &'a [u8]) -> Result<HostAndPort<'a>, Malformed> {
        // Most are a name and nothing else.
        if !authority.is_empty() && scan::unreserved(authority) == authority.len() {
            return Ok(HostAndPort { host: authority, port: None });
        }
        let authority = match memchr::memrchr(b'@', authority) {
            Some(at) => authority.get(at + 1..).unwrap_or_default(),
            None => authority,
        };
        // The colons of an IPv6 literal stand inside its brackets, and brackets nowhere else (RFC 3986 section 3.2.2).
        let end = match authority.first() {
            Some(b'[') => memchr::memchr(b']', authority).map_or(authority.len(), |bracket| bracket + 1),
            _ => memchr::memchr(b':', authority).unwrap_or(authority.len()),
        };
        let (host, port) = authority.split_at(end);
        if host.is_empty() || host == b"[]" {
            return Err(Malformed::Url("it has no host"));
        }
        let inside = host.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]")).unwrap_or(host);
        if scan::unreserved(inside) < inside.len() && !inside.iter().all(|octet| IN_HOST[*octet as usize]) {
            return Err(Malformed::Url("its host has a character that no host has (write an internationalized name in its xn-- form)"));
        }
        let port = match port {
            [] | [b':'] => None,
            [b':', digits @ ..] => Some(number(digits).ok_or(Malformed::Url("its port is no number up to 65535"))?),
            _ => return Err(Malformed::Url("something other than a port follows the host")),
        };
        Ok(HostAndPort { host, port })
    }
}

/// What may stand in a host, or in the brackets of one: visible ASCII characters but brackets, those that RFC 3986 has nowhere, and those
/// that end an authority.
static IN_HOST: [bool; 256] = {
    let mut table = [false; 256];
    let mut octet = 0x21;
    while octet < 0x7f {
        table[octet] = !matches!(
            octet as u8,
            b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' | b'/' | b'?' | b'#' | b',' | b'@' | b'[' | b']'
        );
        octet += 1;
    }
    table
};

fn number(digits: &[u8]) -> Option<u16> {
    digits.iter().try_fold(0_u16, |number, &digit| {
        let digit = char::from(digit).to_digit(10)?;
        number.checked_mul(10)?.checked_add(u16::try_from(digit).ok()?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_cut_into_its_parts_and_kept() {
        let url = Url::parse(b"HTTP://u:p@Example.com:080/a//b;v=1/%7e?x=1?y#f?g").unwrap();
        assert_eq!(url.scheme, b"HTTP");
        assert_eq!(url.authority, b"u:p@Example.com:080");
        assert_eq!(url.path, b"/a//b;v=1/%7e");
        assert_eq!(url.query, Some(&b"x=1?y"[..]));
        assert_eq!(url.host, HostAndPort { host: b"Example.com", port: Some(80) });
        let bare = Url::parse(b"https://h").unwrap();
        assert_eq!((bare.path, bare.query, bare.is_https()), (&b""[..], None, true));
        assert_eq!(Url::parse(b"http://h?").unwrap().query, Some(&b""[..]));
        let fragment = Url::parse(b"http://h/x#f?g").unwrap();
        assert_eq!((fragment.path, fragment.query), (&b"/x"[..], None));
    }

    #[test]
    fn any_text_is_cut_by_the_generic_rule() {
        for (text, scheme, authority, path, query) in [
            ("ftp://u@h:99/x?y#z", "ftp", "u@h:99", "/x", Some("y")),
            ("//h/x", "", "h", "/x", None),
            ("/x?y", "", "", "/x", Some("y")),
            ("mailto:a@b", "mailto", "", "a@b", None),
            ("://h/x", "", "", "://h/x", None),
            ("a b://h/x", "", "", "a b://h/x", None),
            ("", "", "", "", None),
        ] {
            let url = Url::of_any_text(text.as_bytes());
            let parts = (url.scheme, url.authority, url.path, url.query);
            assert_eq!(parts, (scheme.as_bytes(), authority.as_bytes(), path.as_bytes(), query.map(str::as_bytes)), "{text}");
        }
        assert_eq!(Url::of_any_text(b"ftp://h:99/").host, HostAndPort { host: b"h", port: Some(99) });
        assert_eq!(Url::of_any_text(b"ftp://h:port/").host, HostAndPort { host: b"h:port", port: None });
    }

    #[test]
    fn what_is_no_absolute_http_url_is_refused() {
        for text in [
            "",
            "/x",
            "//h/x",
            "h/x",
            "ftp://h/",
            "http:/h",
            "http://",
            "http:///x",
            "http://:80/",
            "http://h:65536/",
            "http://h:8a/",
            "http://[::1]x/",
            "http://h/\n",
            "http://bücher/",
            "http://[]/",
            "http://[::1/",
            "http://[::1:80/",
            "http://[[::1]/",
            "http://h]/",
            "http://a[::1]/",
        ] {
            assert!(matches!(Url::parse(text.as_bytes()), Err(Malformed::Url(_))), "{text}");
        }
    }

    #[test]
    fn ports_and_brackets() {
        for (authority, host, port) in [
            ("[::1]:443", "[::1]", Some(443)),
            ("h:", "h", None),
            ("h:00080", "h", Some(80)),
            ("a@b@h:1", "h", Some(1)),
            ("h:65535", "h", Some(65535)),
        ] {
            assert_eq!(HostAndPort::parse(authority.as_bytes()).unwrap(), HostAndPort { host: host.as_bytes(), port });
        }
        for octet in (0..=0x20).chain(0x7f..=0xff).chain(*b"\"<>\\^`{|}/?#,[]") {
            assert!(HostAndPort::parse(&[b'h', octet]).is_err(), "{octet}");
        }
        for octet in *b"!$%&'()*+-.;=_~azAZ09" {
            assert!(HostAndPort::parse(&[b'h', octet]).is_ok(), "{octet}");
        }
    }

    #[test]
    fn the_media_type_of_a_form_is_read_without_case_and_parameters() {
        for (value, form) in [
            ("application/x-www-form-urlencoded", true),
            ("Application/X-WWW-Form-URLEncoded ; charset=UTF-8", true),
            ("multipart/form-data; x=application/x-www-form-urlencoded", false),
            ("application/x-www-form-urlencodedx", false),
            ("", false),
        ] {
            assert_eq!(is_form(value.as_bytes()), form, "{value}");
        }
    }
}
