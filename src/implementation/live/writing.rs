//! A request as octets (RFC 9112 section 3). It stands on the wire as it was given, wrong fields and repeated ones included: a server is
//! to be tested with them. Only what would end a line early is refused.

use super::destination::Destination;
use super::{Outgoing, Trouble};

/// Writes a request. `Host`, `Content-Length` and `Connection: close` are added where they are not given.
///
/// # Errors
/// [`Trouble::NotAllowed`] for octets that would make another request of it.
pub(super) fn octets(request: &Outgoing, destination: &Destination) -> Result<Vec<u8>, Trouble> {
    let refused = |what: &str| Err(Trouble::NotAllowed(what.to_owned()));
    let breaks_line = |octet: &u8| octet.is_ascii_control() || *octet == b' ';
    if request.method.is_empty() || request.method.as_bytes().iter().any(breaks_line) {
        return refused("the method is empty, or has a blank or a control character");
    }
    if destination.target.iter().any(breaks_line) {
        return refused("the path or query has a blank or a control character: write it as a percent-escape");
    }
    let breaks_field = |octet: &u8| matches!(octet, b'\r' | b'\n' | 0);
    if request.headers.iter().any(|(name, value)| name.bytes().any(|octet| breaks_field(&octet)) || value.iter().any(breaks_field)) {
        return refused("a header field has a line end or a NUL in it");
    }
    let has = |name: &str| request.headers.iter().any(|(field, _)| field.eq_ignore_ascii_case(name));
    let mut out = Vec::with_capacity(1024 + request.body.as_ref().map_or(0, Vec::len));
    out.extend_from_slice(request.method.as_bytes());
    out.push(b' ');
    out.extend_from_slice(&destination.target);
    out.extend_from_slice(b" HTTP/1.1\r\n");
    let mut field = |name: &str, value: &[u8]| {
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b": ");
        out.extend_from_slice(value);
        out.extend_from_slice(b"\r\n");
    };
    if !has("host") {
        field("Host", destination.authority.as_bytes());
    }
    for (name, value) in &request.headers {
        field(name, value);
    }
    // RFC 9110 section 8.6: a method that usually has content says so even if it has none, or servers answer with 411.
    let announced = request.body.as_ref().map(Vec::len).or_else(|| ["POST", "PUT", "PATCH"].contains(&&*request.method).then_some(0));
    if let Some(length) = announced.filter(|_| !has("content-length") && !has("transfer-encoding")) {
        field("Content-Length", length.to_string().as_bytes());
    }
    if !has("connection") {
        field("Connection", b"close");
    }
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(request.body.as_deref().unwrap_or_default());
    Ok(out)
}
