//! A raw HTTP request or response (RFC 9112), as logs, proxies and documentation show it. The request line may have any form of target,
//! the header may be one of HTTP/2 with its pseudo-header fields.

use super::fields::{self, Lines, is_token};
use super::transcript;
use super::{Fields, IntakeError, MAX_TEXT, PastedRequest, PastedResponse, check_url, limited, values};
use crate::protocol::request::{HostAndPort, is_form};

/// Reads a request. `assume_https` decides the scheme where the text does not tell it; without it, it is https unless the port is 80.
///
/// # Errors
/// [`IntakeError`] where the text has no request line, no host, or a line that is no header field.
pub fn request(text: &[u8], assume_https: Option<bool>) -> Result<PastedRequest, IntakeError> {
    exchange(text, assume_https).map(|(request, _)| request)
}

/// Reads a request and the response, if one follows it. What `curl -v` prints is one form of this.
///
/// # Errors
/// As [`request`].
pub fn exchange(text: &[u8], assume_https: Option<bool>) -> Result<(PastedRequest, Option<PastedResponse>), IntakeError> {
    limited(text, MAX_TEXT)?;
    if transcript::is_one(text) {
        let (sent, received) = transcript::split(text);
        let (mut request, _) = plain(&sent, assume_https)?;
        request.notes.push("`curl -v` does not show the request's body; it is taken as empty".to_owned());
        return Ok((request, received.and_then(|text| response(&text).ok())));
    }
    plain(text, assume_https)
}

/// Reads a response: status line, header fields, body. Without a status line, header fields are expected at once.
///
/// # Errors
/// [`IntakeError`] for a line of the header that is no field.
pub fn response(text: &[u8]) -> Result<PastedResponse, IntakeError> {
    limited(text, MAX_TEXT)?;
    let mut text = text;
    loop {
        let mut lines = after_blank_lines(text);
        let status_line = lines.next().map(|(_, line)| line).filter(|line| is_status_line(line));
        if status_line.is_none() {
            lines = after_blank_lines(text);
        }
        let headers = fields::read(text, &mut lines, b"", &mut Vec::new())?;
        let (status, rest) = (status_line.and_then(status_of), lines.rest());
        // An interim response (100 Continue), or that of a proxy to CONNECT, stands before the real one.
        if status.is_some_and(|status| status < 200) || headers.is_empty() && status.is_some() && is_status_line(rest) {
            text = rest;
            if !rest.is_empty() {
                continue;
            }
        }
        let length = content_length(&headers).filter(|length| *length <= rest.len());
        return Ok(PastedResponse { status, headers, body: rest.get(..length.unwrap_or(rest.len())).unwrap_or(rest).to_vec() });
    }
}

fn plain(text: &[u8], assume_https: Option<bool>) -> Result<(PastedRequest, Option<PastedResponse>), IntakeError> {
    let mut notes = Vec::new();
    let mut lines = after_blank_lines(text);
    let start = lines.at();
    let first = lines.next().map(|(_, line)| line).unwrap_or_default();
    let indent = first.get(..first.len() - first.trim_ascii_start().len()).unwrap_or_default();
    let line = first.trim_ascii();
    if line.is_empty() {
        return Err(IntakeError::at(text, 0, "the text is empty"));
    }
    let (head, mut headers) = if line.starts_with(b":") {
        let mut lines_again = after_blank_lines(text);
        let headers = fields::read(text, &mut lines_again, indent, &mut notes)?;
        lines = lines_again;
        (Head::of_pseudo_fields(text, start, &headers)?, headers)
    } else {
        let head = Head::of_line(text, start + indent.len(), line, &mut notes)?;
        (head, fields::read(text, &mut lines, indent, &mut notes)?)
    };
    let url = head.url(text, start + indent.len(), &headers, assume_https, &mut notes)?;
    check_url(&url, text, start + indent.len())?;
    headers.retain(|(name, _)| !name.starts_with(b":"));
    let (body, answer) = body(lines.rest(), &headers, &mut notes);
    Ok((PastedRequest { method: head.method, url, headers, body, notes }, answer))
}

/// What the first line, or the pseudo-header fields, say.
struct Head {
    method: Vec<u8>,
    target: Vec<u8>,
    scheme: Option<Vec<u8>>,
}

impl Head {
    /// `METHOD target HTTP/1.1`, the last of them left out where somebody cut the line.
    fn of_line(text: &[u8], at: usize, line: &[u8], notes: &mut Vec<String>) -> Result<Head, IntakeError> {
        if is_status_line(line) {
            return Err(IntakeError::at(text, at, "this is a response, not a request").hint("paste the request that was answered"));
        }
        let cut = line.iter().position(u8::is_ascii_whitespace).unwrap_or(line.len());
        let (method, rest) = line.split_at(cut);
        if has_scheme(method) && rest.is_empty() {
            notes.push("the method GET was assumed".to_owned());
            return Ok(Head { method: b"GET".to_vec(), target: method.to_vec(), scheme: None });
        }
        if method.is_empty() || method.len() > 64 || !method.iter().all(|&octet| is_token(octet)) || rest.is_empty() {
            return Err(IntakeError::at(text, at, "the first line is no request line: it wants a method, a blank and a target")
                .hint("a request begins like `GET /path HTTP/1.1`; a curl command and a HAR file are read too"));
        }
        let rest = rest.trim_ascii();
        let version = memchr::memrchr2(b' ', b'\t', rest).filter(|&blank| is_version(rest.get(blank + 1..).unwrap_or_default()));
        let target = rest.get(..version.unwrap_or(rest.len())).unwrap_or(rest).trim_ascii();
        if target.is_empty() || is_version(target) {
            return Err(IntakeError::at(text, at, "the request line has no target"));
        }
        if target.iter().any(u8::is_ascii_whitespace) {
            notes.push("the request's target holds a blank, which no target may (RFC 9112 section 3.2)".to_owned());
        }
        Ok(Head { method: method.to_vec(), target: target.to_vec(), scheme: None })
    }

    /// The pseudo-header fields of RFC 9113 section 8.3.1; `:authority` is read where a Host field is.
    fn of_pseudo_fields(text: &[u8], at: usize, fields: &Fields) -> Result<Head, IntakeError> {
        let of = |name| values(fields, name).next().map(<[u8]>::to_vec);
        let missing = |name| IntakeError::at(text, at, format!("the pseudo-header field {name} is missing"));
        let method = of(":method").ok_or_else(|| missing(":method"))?;
        if method.is_empty() || method.len() > 64 || !method.iter().all(|&octet| is_token(octet)) {
            return Err(IntakeError::at(text, at, "the pseudo-header field :method is no method"));
        }
        Ok(Head { method, target: of(":path").ok_or_else(|| missing(":path"))?, scheme: of(":scheme") })
    }

    /// The absolute URL (RFC 9112 section 3.3).
    fn url(&self, text: &[u8], at: usize, fields: &Fields, https: Option<bool>, notes: &mut Vec<String>) -> Result<Vec<u8>, IntakeError> {
        let mut hosts = values(fields, "host").chain(values(fields, ":authority"));
        let host = hosts.next();
        if hosts.any(|other| Some(other) != host) {
            notes.push("there are several hosts; the first was taken".to_owned());
        }
        if has_scheme(&self.target) {
            let differs = |host: &&[u8]| authority(&self.target) != *host;
            if host.filter(differs).is_some() {
                notes.push("the Host field names another host than the request line, which counts (RFC 9112 section 3.2.2)".to_owned());
            }
            return Ok(self.target.clone());
        }
        let (host, path): (&[u8], &[u8]) = match (self.target.first(), host) {
            (Some(b'/'), Some(host)) => (host, &self.target),
            (Some(b'/'), None) => {
                return Err(IntakeError::at(text, at, "the request has no Host field and its target no host")
                    .hint("add a `Host:` line, or write the whole URL in the first line"));
            }
            (Some(first), None) if first.is_ascii_alphanumeric() || *first == b'[' => {
                (authority(&self.target), after_authority(&self.target))
            }
            _ => return Err(IntakeError::at(text, at, "the target is neither a path nor an http or https URL")),
        };
        let port = HostAndPort::parse(host).ok().and_then(|host| host.port);
        let scheme = match (&self.scheme, https, port) {
            (Some(scheme), ..) => scheme.as_slice(),
            (None, Some(true), _) => b"https",
            (None, Some(false), _) => b"http",
            (None, None, Some(80)) => {
                notes.push("http was assumed, because of port 80".to_owned());
                b"http"
            }
            (None, None, _) => {
                notes.push("https was assumed".to_owned());
                b"https"
            }
        };
        Ok([scheme, b"://", host, path].concat())
    }
}

/// The lines of a text after a byte order mark and empty lines (RFC 9112 section 2.2 asks to skip them).
fn after_blank_lines(text: &[u8]) -> Lines<'_> {
    let mut lines = Lines::new(text);
    lines.skip_octets(if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 });
    lines.skip_blank();
    lines
}

/// The body: as many octets as Content-Length says, if they are there; otherwise all of them. A response may follow.
fn body(rest: &[u8], headers: &Fields, notes: &mut Vec<String>) -> (Option<Vec<u8>>, Option<PastedResponse>) {
    let mut body = rest;
    let mut answer = None;
    match content_length(headers) {
        Some(length) if length <= rest.len() => {
            let (own, after) = rest.split_at(length);
            body = own;
            let after = after.trim_ascii_start();
            if is_status_line(after) {
                answer = response(after).ok();
            } else if !after.is_empty() {
                notes.push("what stands behind the body, by its Content-Length, was not read".to_owned());
            }
        }
        Some(_) => notes.push("the body is shorter than its Content-Length; all of it was taken".to_owned()),
        None if is_status_line(rest.trim_ascii_start()) => {
            body = b"";
            answer = response(rest.trim_ascii_start()).ok();
        }
        None => {}
    }
    // An encoder writes a line end in a form as %0A; one at its very end comes from an editor.
    let is_form = values(headers, "content-type").any(is_form);
    if is_form && content_length(headers) != Some(body.len()) && body.ends_with(b"\n") {
        body = body.strip_suffix(b"\n").unwrap_or(body);
        body = body.strip_suffix(b"\r").unwrap_or(body);
        notes.push("the line end behind the form-encoded body was not taken as part of it".to_owned());
    }
    ((!body.is_empty()).then(|| body.to_vec()), answer)
}

fn content_length(headers: &Fields) -> Option<usize> {
    std::str::from_utf8(values(headers, "content-length").next()?).ok()?.parse().ok()
}

/// `HTTP/` and what looks like a version.
fn is_version(word: &[u8]) -> bool {
    word.get(..5).is_some_and(|start| start.eq_ignore_ascii_case(b"HTTP/"))
        && word.get(5..).is_some_and(|number| !number.is_empty() && number.iter().all(|octet| octet.is_ascii_digit() || *octet == b'.'))
}

fn is_status_line(line: &[u8]) -> bool {
    let start = line.get(..16).unwrap_or(line);
    let end = start.iter().position(u8::is_ascii_whitespace).unwrap_or(start.len());
    is_version(start.get(..end).unwrap_or_default()) && status_of(start).is_some()
}

fn status_of(line: &[u8]) -> Option<u16> {
    let code = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).nth(1)?;
    if code.len() == 3 { std::str::from_utf8(code).ok()?.parse().ok() } else { None }
}

fn has_scheme(target: &[u8]) -> bool {
    [&b"http://"[..], b"https://"].iter().any(|scheme| target.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
}

/// The authority of a URL, with or without a scheme before it.
fn authority(url: &[u8]) -> &[u8] {
    let from = memchr::memmem::find(url, b"://").filter(|_| has_scheme(url)).map_or(0, |at| at + 3);
    let rest = url.get(from..).unwrap_or_default();
    rest.get(..memchr::memchr3(b'/', b'?', b'#', rest).unwrap_or(rest.len())).unwrap_or_default()
}

fn after_authority(url: &[u8]) -> &[u8] {
    url.get(memchr::memchr3(b'/', b'?', b'#', url).unwrap_or(url.len())..).unwrap_or_default()
}
