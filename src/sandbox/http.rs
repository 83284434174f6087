//! HTTP/1.1 as octets (RFC 9112), as much as a sandbox needs: a head as it was sent, how long its body is, and an answer as it is
//! written. Duplicate and odd fields stay as they are. It reads no socket.

use std::borrow::Cow;

use super::faults::Wire;
use super::limits::Limits;

/// A request as it was received.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Incoming {
    /// The method.
    pub method: Vec<u8>,
    /// The request target as it was sent.
    pub target: Vec<u8>,
    /// The minor version: 0 or 1.
    pub minor: u8,
    /// The fields in their order, without white space around their values.
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    /// The body; `None` if the head announces none.
    pub body: Option<Vec<u8>>,
}

impl Incoming {
    /// The values of all fields with this name.
    pub fn fields<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.headers.iter().filter(move |(field, _)| field.eq_ignore_ascii_case(name.as_bytes())).map(|(_, value)| value.as_slice())
    }

    /// Whether a list field names this token.
    #[must_use]
    pub fn lists(&self, field: &str, token: &str) -> bool {
        self.fields(field)
            .any(|value| value.split(|octet| *octet == b',').any(|word| word.trim_ascii().eq_ignore_ascii_case(token.as_bytes())))
    }

    /// Whether the connection ends with this request (RFC 9112 section 9.3).
    #[must_use]
    pub fn closes(&self) -> bool {
        self.lists("connection", "close") || (self.minor == 0 && !self.lists("connection", "keep-alive"))
    }
}

/// A request that is no HTTP, or beyond a limit. The connection ends with the answer to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRequest {
    /// The status.
    pub status: u16,
    /// What is wrong, as a clause.
    pub because: Cow<'static, str>,
}

impl BadRequest {
    pub(super) const fn new(status: u16, because: &'static str) -> BadRequest {
        BadRequest { status, because: Cow::Borrowed(because) }
    }
}

/// How the end of a body is found (RFC 9112 section 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// There is none.
    None,
    /// It has so many octets.
    Length(usize),
    /// It comes in chunks.
    Chunked,
}

/// Reads a head, if it is whole: the request without its body, and the head's length.
///
/// # Errors
/// [`BadRequest`] for what is no HTTP/1.x or beyond the limits.
pub fn head(octets: &[u8], limits: &Limits) -> Result<Option<(Incoming, usize)>, BadRequest> {
    let too_long = || BadRequest { status: 431, because: format!("the head is longer than {} octets", limits.head).into() };
    let seen = octets.get(..limits.head).unwrap_or(octets);
    // Most requests have few fields, and room for them costs nothing here.
    let mut few = [httparse::EMPTY_HEADER; 24];
    let mut many = Vec::new();
    let few = few.get_mut(..limits.fields.min(24)).unwrap_or_default();
    let mut request = httparse::Request::new(few);
    let mut parsed = request.parse(seen);
    if parsed == Err(httparse::Error::TooManyHeaders) {
        many.resize(limits.fields, httparse::EMPTY_HEADER);
        request = httparse::Request::new(&mut many);
        parsed = request.parse(seen);
    }
    let length = match parsed {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) if octets.len() > limits.head => return Err(too_long()),
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => {
            return Err(BadRequest { status: 431, because: format!("there are more than {} header fields", limits.fields).into() });
        }
        Err(error) => return Err(BadRequest { status: 400, because: format!("this is no HTTP/1.1 request: {error}").into() }),
    };
    let headers = request.headers.iter().map(|field| (field.name.as_bytes().to_vec(), field.value.trim_ascii().to_vec())).collect();
    let incoming = Incoming {
        method: request.method.unwrap_or_default().as_bytes().to_vec(),
        target: request.path.unwrap_or_default().as_bytes().to_vec(),
        minor: request.version.unwrap_or(1),
        headers,
        body: None,
    };
    Ok(Some((incoming, length)))
}

/// How the body ends. Whatever could be read in two ways is refused: that is how requests are smuggled (RFC 9112 section 11.2).
///
/// # Errors
/// [`BadRequest`].
pub fn framing(incoming: &Incoming, limits: &Limits) -> Result<Framing, BadRequest> {
    let mut lengths = incoming.fields("content-length");
    let length = lengths.next();
    if lengths.next().is_some() {
        return Err(BadRequest::new(400, "there are several Content-Length fields"));
    }
    let mut codings = incoming.fields("transfer-encoding");
    match (codings.next(), length) {
        (Some(_), Some(_)) => Err(BadRequest::new(400, "there are both Transfer-Encoding and Content-Length")),
        // An older client may not know what it says (RFC 9112 section 6.1).
        (Some(_), None) if incoming.minor == 0 => Err(BadRequest::new(400, "HTTP/1.0 knows no Transfer-Encoding")),
        (Some(coding), None) if coding.eq_ignore_ascii_case(b"chunked") && codings.next().is_none() => Ok(Framing::Chunked),
        (Some(_), None) => Err(BadRequest::new(501, "the transfer coding is not chunked")),
        (None, None) => Ok(Framing::None),
        (None, Some(digits)) => {
            let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
            let number = std::str::from_utf8(digits).ok().filter(|_| is_number);
            let number = number.ok_or(BadRequest::new(400, "Content-Length is no number"))?;
            match number.parse() {
                Ok(length) if length <= limits.body => Ok(Framing::Length(length)),
                _ => Err(too_large(limits)),
            }
        }
    }
}

pub(super) fn too_large(limits: &Limits) -> BadRequest {
    BadRequest { status: 413, because: format!("the body is longer than {} octets", limits.body).into() }
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The fields, in the order in which they are written; length and connection are added.
    pub headers: Vec<(Cow<'static, str>, Vec<u8>)>,
    /// The body.
    pub body: Vec<u8>,
    /// How it is written.
    pub wire: Wire,
}

impl Reply {
    /// An answer with a body of this media type.
    #[must_use]
    pub fn new(status: u16, content_type: &'static str, body: impl Into<Vec<u8>>) -> Reply {
        Reply::untyped(status, body).with("Content-Type", content_type)
    }

    /// An answer whose media type comes with a field of its own.
    pub(super) fn untyped(status: u16, body: impl Into<Vec<u8>>) -> Reply {
        Reply { status, headers: Vec::new(), body: body.into(), wire: Wire::Good }
    }

    /// The same with a further field. Control characters would end it, so they become blanks.
    #[must_use]
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, value: impl AsRef<[u8]>) -> Reply {
        let value = value.as_ref().iter().map(|octet| if octet.is_ascii_control() { b' ' } else { *octet }).collect();
        self.headers.push((name.into(), value));
        self
    }

    /// The status alone.
    pub(super) const fn bare(&self) -> Reply {
        Reply { status: self.status, headers: Vec::new(), body: Vec::new(), wire: self.wire }
    }

    /// The first value of a field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&[u8]> {
        self.headers.iter().find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_slice())
    }

    /// The head as it is written, with the length of the body and, if the connection ends, the word for it.
    #[must_use]
    pub fn head(&self, closes: bool) -> Vec<u8> {
        let mut out = Vec::with_capacity(256 + self.body.len());
        out.extend_from_slice(format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status)).as_bytes());
        for (name, value) in &self.headers {
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b": ");
            out.extend_from_slice(value);
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(format!("Content-Length: {}\r\n", self.body.len()).as_bytes());
        if closes {
            out.extend_from_slice(b"Connection: close\r\n");
        }
        out.extend_from_slice(b"\r\n");
        out
    }

    /// The answer as it is written. A request with HEAD gets no body (RFC 9110 section 9.3.2).
    #[must_use]
    pub fn octets(&self, closes: bool, to_head: bool) -> Vec<u8> {
        let mut out = self.head(closes);
        if !to_head {
            out.extend_from_slice(&self.body);
        }
        out
    }
}

/// The phrase that goes with a status (RFC 9110 section 15).
#[must_use]
pub const fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        302 => "Found",
        303 => "See Other",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        413 => "Content Too Large",
        421 => "Misdirected Request",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        _ => "Unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Result<Option<(Incoming, usize)>, BadRequest> {
        head(text, &Limits { head: 200, fields: 4, ..Limits::default() })
    }

    #[test]
    fn a_head_is_kept_to_the_octet() {
        let text = b"get /a/../b?x=%7e&y=\"|+ HTTP/1.1\r\nHost:  h \r\nX: 1\r\nx: \xff\r\n\r\nrest";
        let (incoming, length) = read(text).unwrap().unwrap();
        assert_eq!((incoming.method.as_slice(), incoming.target.as_slice()), (&b"get"[..], &b"/a/../b?x=%7e&y=\"|+"[..]));
        assert_eq!(&text[length..], b"rest");
        assert_eq!(incoming.fields("X").collect::<Vec<_>>(), [&b"1"[..], b"\xff"]);
        assert_eq!(incoming.fields("host").next(), Some(&b"h"[..]));
        assert_eq!(read(&text[..30]), Ok(None));
    }

    #[test]
    fn what_is_no_http_or_too_much_is_refused() {
        for (text, status) in [
            (&b"\x16\x03\x01\x02\x00\x01"[..], 400),
            (b"GET / HTTP/2.0\r\n\r\n", 400),
            (b"GET /\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\nX: a\0b\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\nX : a\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\nX: a\r\n folded\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\na:1\r\nb:1\r\nc:1\r\nd:1\r\ne:1\r\n\r\n", 431),
            (&[b"GET /".to_vec(), vec![b'x'; 300]].concat(), 431),
        ] {
            assert_eq!(read(text).unwrap_err().status, status, "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn a_body_ends_in_one_way_only() {
        let limits = Limits { body: 10, ..Limits::default() };
        for (fields, expected) in [
            ("", Ok(Framing::None)),
            ("Content-Length: 10\r\n", Ok(Framing::Length(10))),
            ("Transfer-Encoding: Chunked\r\n", Ok(Framing::Chunked)),
            ("Content-Length: 11\r\n", Err(413)),
            ("Content-Length: 99999999999999999999999\r\n", Err(413)),
            ("Content-Length: -1\r\n", Err(400)),
            ("Content-Length: +1\r\n", Err(400)),
            ("Content-Length:\r\n", Err(400)),
            ("Content-Length: 1\r\nContent-Length: 1\r\n", Err(400)),
            ("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", Err(400)),
            ("Transfer-Encoding: gzip, chunked\r\n", Err(501)),
            ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", Err(501)),
        ] {
            let text = format!("POST / HTTP/1.1\r\n{fields}\r\n");
            let (incoming, _) = head(text.as_bytes(), &limits).unwrap().unwrap();
            assert_eq!(framing(&incoming, &limits).map_err(|bad| bad.status), expected, "{fields}");
        }
        let (older, _) = head(b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", &limits).unwrap().unwrap();
        assert_eq!(framing(&older, &limits).map_err(|bad| bad.status), Err(400));
    }

    #[test]
    fn an_answer_cannot_be_split_by_what_stands_in_it() {
        let reply = Reply::new(401, "text/plain", "no").with("X", "a\r\nSet-Cookie: b");
        let text = String::from_utf8(reply.octets(true, false)).unwrap();
        let expected = "HTTP/1.1 401 Unauthorized\r\nContent-Type: text/plain\r\nX: a  Set-Cookie: b\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno";
        assert_eq!(text, expected);
        assert!(reply.octets(false, true).ends_with(b"Content-Length: 2\r\n\r\n"));
    }
}
