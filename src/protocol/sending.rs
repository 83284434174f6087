//! Sending (RFC 5849 section 3.5) as a record of decisions, like the recipe: what is sent of the protocol parameters, and how it is
//! written into header, body or query.

use super::buffer::Buffer;
use super::encoding::Encoder;
use super::error::Malformed;
use super::parameters::{Parameter, Parameters, Source};
use super::request::{Request, Url};

/// The decisions of section 3.5.
#[derive(Clone, Copy, Debug)]
pub struct Sending {
    /// What is done to the protocol parameters between signing and sending: nothing, by the specification.
    pub pick: fn(&Request<'_>, &mut Parameters),
    /// The scheme's name and what follows it in the Authorization header (3.5.1).
    pub scheme: &'static str,
    /// What stands between two parameters of the header (3.5.1 item 3).
    pub separator: &'static str,
    /// What stands before and behind a value in the header (3.5.1 item 1).
    pub quote: &'static str,
    /// How the realm is written, without its quotes (3.5.1 item 4; RFC 2617 section 1.2).
    pub realm: fn(&[u8], &mut Buffer),
    /// Whether a realm is sent: always, by the specification, also an empty one.
    pub realm_is_sent: fn(&[u8]) -> bool,
    /// What is said of a realm that no header can hold.
    pub realm_check: fn(&[u8]) -> Result<(), Malformed>,
    /// Encoding of names.
    pub encode_name: Encoder,
    /// Encoding of values, but that of the signature.
    pub encode_value: Encoder,
    /// Encoding of the signature.
    pub encode_signature: Encoder,
}

/// The name of the parameter that carries the signature.
const SIGNATURE: &[u8] = b"oauth_signature";

impl Sending {
    /// The specification's own decisions.
    pub const RFC5849: Sending = Sending {
        pick: |_, _| {},
        scheme: "OAuth ",
        separator: ", ",
        quote: "\"",
        realm: quoted_realm,
        realm_is_sent: |_| true,
        realm_check: without_controls,
        encode_name: Encoder::RFC5849,
        encode_value: Encoder::RFC5849,
        encode_signature: Encoder::RFC5849,
    };

    /// What is sent: the protocol parameters with the signature behind them.
    #[must_use]
    pub fn sent(&self, request: &Request<'_>, signature: &[u8]) -> Parameters {
        let mut sent = request.protocol.clone();
        sent.push(SIGNATURE, signature, Source::Header);
        (self.pick)(request, &mut sent);
        sent
    }

    /// The value of the Authorization header (3.5.1).
    ///
    /// # Errors
    /// [`Malformed::Parameter`] for a realm with a control character, which would end the field.
    pub fn header(&self, realm: Option<&[u8]>, sent: &Parameters) -> Result<Vec<u8>, Malformed> {
        let mut out = Buffer::default();
        out.append(self.scheme.as_bytes());
        let mut separator = "";
        if let Some(realm) = realm.filter(|realm| (self.realm_is_sent)(realm)) {
            (self.realm_check)(realm)?;
            out.append(b"realm=\"");
            (self.realm)(realm, &mut out);
            out.push(b'"');
            separator = self.separator;
        }
        for parameter in sent.iter() {
            out.append(separator.as_bytes());
            self.encode_name.encode(parameter.name, &mut out);
            out.push(b'=');
            out.append(self.quote.as_bytes());
            self.encode(parameter, &mut out);
            out.append(self.quote.as_bytes());
            separator = self.separator;
        }
        Ok(out.to_vec())
    }

    /// A form body with the protocol parameters after what it held (3.5.2).
    #[must_use]
    pub fn body(&self, body: Option<&[u8]>, sent: &Parameters) -> Vec<u8> {
        let mut out = Buffer::default();
        out.append(body.unwrap_or_default());
        self.append_pairs(sent, &mut out);
        out.to_vec()
    }

    /// The URL with the protocol parameters at the end of its query (3.5.3). A fragment stays behind it.
    #[must_use]
    pub fn query(&self, url: &Url<'_>, sent: &Parameters) -> Vec<u8> {
        let (before, fragment) = url.text.split_at(url.text.iter().position(|&octet| octet == b'#').unwrap_or(url.text.len()));
        let mut query = Buffer::default();
        query.append(url.query.unwrap_or_default());
        self.append_pairs(sent, &mut query);
        let before = before.split(|&octet| octet == b'?').next().unwrap_or_default();
        [before, b"?", &query, fragment].concat()
    }

    fn append_pairs(&self, sent: &Parameters, out: &mut Buffer) {
        for parameter in sent.iter() {
            if !out.is_empty() {
                out.push(b'&');
            }
            self.encode_name.encode(parameter.name, out);
            out.push(b'=');
            self.encode(parameter, out);
        }
    }

    fn encode(&self, parameter: Parameter<'_>, out: &mut Buffer) {
        let encoder = if parameter.name == SIGNATURE { self.encode_signature } else { self.encode_value };
        encoder.encode(parameter.value, out);
    }
}

/// A control character would end the field.
fn without_controls(realm: &[u8]) -> Result<(), Malformed> {
    if realm.iter().any(u8::is_ascii_control) {
        return Err(Malformed::Parameter("the realm holds a control character (RFC 5849 section 3.5.1, RFC 2617 section 1.2)"));
    }
    Ok(())
}

/// A quoted-string and not encoded: quotes and backslashes in it are escaped.
fn quoted_realm(realm: &[u8], out: &mut Buffer) {
    for &octet in realm {
        if matches!(octet, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(octet);
    }
}

#[cfg(test)]
mod tests {
    use super::super::authorization::Authorization;
    use super::*;

    #[test]
    fn a_written_header_is_read_back() {
        let sent = Parameters::of_header([(&b"x y"[..], &b"\"%+\xff"[..]), (b"z", b"")]);
        let header = Sending::RFC5849.header(Some(b"a \"b\" \\"), &sent).unwrap();
        assert_eq!(String::from_utf8_lossy(&header), "OAuth realm=\"a \\\"b\\\" \\\\\", x%20y=\"%22%25%2B%FF\", z=\"\"");
        let back = Authorization::parse(&header).unwrap();
        assert_eq!(back.realm.unwrap(), b"a \"b\" \\");
        assert_eq!(back.parameters.first("x y").unwrap(), b"\"%+\xff");
        assert!(Sending::RFC5849.header(Some(b"a\r\nb"), &sent).is_err());
    }

    #[test]
    fn the_signature_is_sent_last_with_its_own_encoding_and_what_is_picked_comes_after() {
        let protocol = Parameters::of_header([(&b"a"[..], &b"="[..])]);
        let url = Url::parse(b"http://h/").unwrap();
        let request = Request { method: b"GET", url, headers: &[], body: None, protocol: &protocol, realm: None };
        let raw = Encoder::Whole(|octets, out| out.append(octets));
        let sending = Sending { pick: |_, sent| sent.push(b"b", b"=", Source::Header), encode_signature: raw, ..Sending::RFC5849 };
        let sent = sending.sent(&request, b"s+=");
        assert_eq!(sending.header(None, &sent).unwrap(), b"OAuth a=\"%3D\", oauth_signature=\"s+=\", b=\"%3D\"");
        assert_eq!(sending.body(None, &sent), b"a=%3D&oauth_signature=s+=&b=%3D");
        let sent = Sending::RFC5849.sent(&request, b"s+=");
        assert_eq!(Sending::RFC5849.query(&request.url, &sent), b"http://h/?a=%3D&oauth_signature=s%2B%3D");
    }
}
