//! A request to be signed, with its credentials, out of octets: fields one after the other, so that a fuzzer changes one of them at a time,
//! puts two together, and is told in words what it found. The same octets can be made of a case of the vectors.

use arbitrary::{Arbitrary, Unstructured};

use crate::protocol::transmission::ProtocolParameters;
use crate::protocol::{Header, Malformed, Parameters, Request, Secrets, SignatureMethod, Source, Url};
use crate::vectors::Text;
use crate::vectors::question::{Credentials, SignInput};

/// What stands between two fields: an octet that no UTF-8 text holds.
const BETWEEN: u8 = 0xfe;

/// A request to be signed.
#[derive(Clone, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is its own name; an empty one is not there")]
pub struct Asked {
    pub method: Vec<u8>,
    pub url: Vec<u8>,
    pub host: Vec<u8>,
    pub content_type: Vec<u8>,
    pub body: Vec<u8>,
    pub client: Vec<u8>,
    pub client_secret: Vec<u8>,
    pub token: Vec<u8>,
    pub token_secret: Vec<u8>,
    pub nonce: Vec<u8>,
    pub timestamp: Vec<u8>,
    /// Further protocol parameters, `name=value&name=value`, not encoded.
    pub extra: Vec<u8>,
    pub realm: Vec<u8>,
    /// What a law decides by: which octet is changed, and to what.
    pub choices: Vec<u8>,
}

impl Asked {
    /// The request that these octets mean. Any octets mean one.
    #[must_use]
    pub fn of(data: &[u8]) -> Asked {
        let mut asked = Asked::default();
        let mut rest = data;
        let [fields @ .., last] = asked.fields_mut();
        for field in fields {
            let end = memchr::memchr(BETWEEN, rest).unwrap_or(rest.len());
            *field = rest.get(..end).unwrap_or_default().to_vec();
            rest = rest.get(end + 1..).unwrap_or_default();
        }
        // What stands behind the last field belongs to it.
        *last = rest.to_vec();
        asked
    }

    /// The octets that mean it.
    #[must_use]
    pub fn to_octets(&self) -> Vec<u8> {
        let mut copy = self.clone();
        copy.fields_mut().map(std::mem::take).join(&BETWEEN)
    }

    /// The request of a case.
    #[must_use]
    pub fn of_input(input: &SignInput) -> Asked {
        let field = |wanted: &[u8]| {
            let value = input.headers.iter().find(|(name, _)| name.as_bytes().eq_ignore_ascii_case(wanted));
            value.map(|(_, value)| value.as_bytes().to_vec()).unwrap_or_default()
        };
        let text = |text: &Option<Text>| text.as_ref().map(|text| text.as_bytes().to_vec()).unwrap_or_default();
        let secret = |credentials: &Credentials| text(&credentials.secret);
        let extra: Vec<Vec<u8>> = input.extra.iter().map(|(name, value)| [name.as_bytes(), value.as_bytes()].join(&b'=')).collect();
        Asked {
            method: input.method.as_bytes().to_vec(),
            url: input.url.as_bytes().to_vec(),
            host: field(b"host"),
            content_type: field(b"content-type"),
            body: text(&input.body),
            client: input.client.identifier.as_bytes().to_vec(),
            client_secret: secret(&input.client),
            token: input.token.as_ref().map(|token| token.identifier.as_bytes().to_vec()).unwrap_or_default(),
            token_secret: input.token.as_ref().map(secret).unwrap_or_default(),
            nonce: text(&input.nonce),
            timestamp: text(&input.timestamp),
            extra: extra.join(&b'&'),
            realm: text(&input.realm),
            choices: Vec::new(),
        }
    }

    fn fields_mut(&mut self) -> [&mut Vec<u8>; 14] {
        [
            &mut self.method,
            &mut self.url,
            &mut self.host,
            &mut self.content_type,
            &mut self.body,
            &mut self.client,
            &mut self.client_secret,
            &mut self.token,
            &mut self.token_secret,
            &mut self.nonce,
            &mut self.timestamp,
            &mut self.extra,
            &mut self.realm,
            &mut self.choices,
        ]
    }

    /// What a law decides by.
    #[must_use]
    pub fn choices(&self) -> Unstructured<'_> {
        Unstructured::new(&self.choices)
    }

    /// The header fields, without Authorization.
    #[must_use]
    pub fn headers(&self) -> Vec<Header<'_>> {
        let fields = [Header { name: b"Host", value: &self.host }, Header { name: b"Content-Type", value: &self.content_type }];
        fields.into_iter().filter(|field| !field.value.is_empty()).collect()
    }

    /// The body, if there is one.
    #[must_use]
    pub fn body(&self) -> Option<&[u8]> {
        if self.body.is_empty() && self.content_type.is_empty() { None } else { Some(&self.body) }
    }

    /// The names and values of `extra`.
    pub fn extra(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.extra.split(|octet| *octet == b'&').filter(|piece| !piece.is_empty()).map(|piece| {
            let equals = piece.iter().position(|octet| *octet == b'=').unwrap_or(piece.len());
            (piece.get(..equals).unwrap_or_default(), piece.get(equals + 1..).unwrap_or_default())
        })
    }

    /// The protocol parameters, without the signature.
    #[must_use]
    pub fn protocol(&self, method: SignatureMethod) -> Parameters {
        let mut list = Parameters::new();
        let given = |octets: &'static str| octets;
        let present = |octets: &'_ [u8]| !octets.is_empty();
        ProtocolParameters {
            client: &self.client,
            token: Some(self.token.as_slice()).filter(|token| present(token)),
            signature_method: given(method.as_str()).as_bytes(),
            timestamp: Some(&self.timestamp),
            nonce: Some(&self.nonce),
            version: None,
            callback: None,
            verifier: None,
            body_hash: None,
        }
        .append_to(&mut list);
        self.extra().for_each(|(name, value)| list.push(name, value, Source::Header));
        list
    }

    /// The request with these header fields and protocol parameters.
    ///
    /// # Errors
    /// Where the URL is none.
    pub fn request<'a>(&'a self, headers: &'a [Header<'a>], protocol: &'a Parameters) -> Result<Request<'a>, Malformed> {
        Ok(Request { method: &self.method, url: Url::parse(&self.url)?, headers, body: self.body(), protocol, realm: self.realm() })
    }

    /// The realm, if there is one.
    #[must_use]
    pub fn realm(&self) -> Option<&[u8]> {
        Some(self.realm.as_slice()).filter(|realm| !realm.is_empty())
    }

    /// The secrets.
    #[must_use]
    pub fn secrets(&self) -> Secrets<'_> {
        Secrets::new(&self.client_secret, &self.token_secret)
    }
}

impl<'a> Arbitrary<'a> for Asked {
    fn arbitrary(data: &mut Unstructured<'a>) -> arbitrary::Result<Asked> {
        let length = data.len();
        Ok(Asked::of(data.bytes(length)?))
    }
}

impl std::fmt::Debug for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut copy = self.clone();
        const NAMES: [&str; 14] = [
            "method",
            "url",
            "host",
            "content_type",
            "body",
            "client",
            "client_secret",
            "token",
            "token_secret",
            "nonce",
            "timestamp",
            "extra",
            "realm",
            "choices",
        ];
        let mut all = f.debug_struct("Asked");
        for (name, value) in NAMES.iter().zip(copy.fields_mut()) {
            all.field(name, &format_args!("{}", super::shown(value)));
        }
        all.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_mean_a_request_and_a_request_gives_its_octets() {
        let octets = b"GET\xfehttp://h/?a\xfe\xfe\xfe\xfec\xfes\xfe\xfe\xfen\xfe1\xfex=y=z&w\xfe\xfe\xfe\xff";
        let asked = Asked::of(octets);
        assert_eq!((asked.method.as_slice(), asked.nonce.as_slice(), asked.choices.as_slice()), (&b"GET"[..], &b"n"[..], &b"\xfe\xff"[..]));
        assert_eq!(asked.extra().collect::<Vec<_>>(), [(&b"x"[..], &b"y=z"[..]), (b"w", b"")]);
        assert_eq!(asked.to_octets(), octets);
        assert_eq!(Asked::of(b"GET").to_octets().len(), 3 + 13);
    }
}
