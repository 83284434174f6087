//! A signed request as it would be sent (RFC 5849 section 3.5): header, URL or body. The protocol parameters and the signature must be
//! there, encoded by section 3.6 to the octet, in any order; what the caller brought must still be there, in its order, however encoded.

use super::difference::{Difference, Side, What};
use super::judge::{Declared, of_options};
use crate::protocol::authorization::Authorization;
use crate::protocol::encoding::percent_decoded_if_whole;
use crate::protocol::transmission::{self, ProtocolParameters};
use crate::protocol::{Buffer, Malformed, Parameters, Source, Url, form_decoded, percent_encode};
use crate::vectors::question::{SignInput, Transmission};
use crate::vectors::{Output, Text};

/// Judges what was returned, or had to be, beside the signature.
pub(super) fn compare(input: &SignInput, expected: &Output, observed: &Output, declared: Declared, differences: &mut Vec<Difference>) {
    let told = expected.authorization.as_ref().filter(|_| expected.signature.is_none()).and_then(signature_in);
    if told.is_some() && told != observed.signature {
        differences.push(of_options(What::Field("signature"), told.as_ref(), observed.signature.as_ref()));
    }
    // A wrong signature is one difference and not two: the request has to carry the one that was answered.
    let signature = observed.signature.as_ref().or(expected.signature.as_ref());
    let carried = Carried { input, signature: signature.map(Text::as_bytes) };
    match &observed.authorization {
        Some(header) => carried.authorization(expected.authorization.as_ref(), header, differences),
        None => missed("authorization", expected.authorization.as_ref(), declared, differences),
    }
    match &observed.url {
        Some(url) if input.transmission == Transmission::Query => carried.url(expected.url.as_ref(), url, differences),
        Some(url) => unlike("url", expected.url.as_ref(), url, differences),
        None => missed("url", expected.url.as_ref(), declared, differences),
    }
    match &observed.body {
        Some(body) if input.transmission == Transmission::Body => carried.body(expected.body.as_ref(), body, differences),
        Some(body) => unlike("body", expected.body.as_ref(), body, differences),
        None => missed("body", expected.body.as_ref(), declared, differences),
    }
}

/// The signature of an expected header whose file tells it nowhere else.
fn signature_in(header: &Text) -> Option<Text> {
    Authorization::parse(header.as_bytes()).ok()?.parameters.first("oauth_signature").map(Text::from)
}

fn missed(field: &'static str, expected: Option<&Text>, declared: Declared, differences: &mut Vec<Difference>) {
    if declared.transmission && expected.is_some() {
        differences.push(of_options(What::Field(field), expected, None));
    }
}

fn unlike(field: &'static str, expected: Option<&Text>, observed: &Text, differences: &mut Vec<Difference>) {
    if expected.is_some_and(|expected| expected != observed) {
        differences.push(of_options(What::Field(field), expected, Some(observed)));
    }
}

/// The protocol parameters of an input, all but the signature, in the order in which the reference sends them.
pub(crate) fn protocol_parameters(input: &SignInput) -> Parameters {
    let mut list = Parameters::new();
    ProtocolParameters {
        client: input.client.identifier.as_bytes(),
        token: input.token.as_ref().map(|token| token.identifier.as_bytes()),
        signature_method: input.signature_method.as_bytes(),
        timestamp: input.timestamp.as_ref().map(Text::as_bytes),
        nonce: input.nonce.as_ref().map(Text::as_bytes),
        version: input.version.as_ref().map(Text::as_bytes),
        callback: input.callback.as_ref().map(Text::as_bytes),
        verifier: input.verifier.as_ref().map(Text::as_bytes),
        body_hash: input.body_hash.as_ref().map(Text::as_bytes),
    }
    .append_to(&mut list);
    for (name, value) in &input.extra {
        list.push(name.as_bytes(), value.as_bytes(), Source::Header);
    }
    list
}

/// What a signed request has to carry.
struct Carried<'a> {
    input: &'a SignInput,
    signature: Option<&'a [u8]>,
}

impl Carried<'_> {
    /// Name and text of each protocol parameter, the signature last, each text encoded by section 3.6 and written by `write`.
    fn texts(&self, write: fn(&[u8], &[u8]) -> Vec<u8>) -> Vec<Piece> {
        let protocol = protocol_parameters(self.input);
        let signature: Option<(&[u8], &[u8])> = self.signature.map(|signature| (&b"oauth_signature"[..], signature));
        let pairs = protocol.iter().map(|parameter| (parameter.name, parameter.value)).chain(signature);
        pairs.map(|(name, value)| Piece { name: name.to_vec(), text: write(name, value) }).collect()
    }

    fn authorization(&self, expected: Option<&Text>, header: &Text, differences: &mut Vec<Difference>) {
        let realm = self.input.realm.as_ref().map(Text::as_bytes);
        let signature = self.signature.unwrap_or_default();
        // What the reference writes needs no second look.
        if expected.is_none()
            && transmission::header(realm, &protocol_parameters(self.input), signature).is_ok_and(|own| own == header.as_bytes())
        {
            return;
        }
        let read = match Authorization::parse(header.as_bytes()) {
            Ok(read) => read,
            Err(fault) => return differences.push(ungrammatical(&fault, header)),
        };
        let wanted = self.texts(|name, value| [&encoded(name), &b"=\""[..], &encoded(value), b"\""].concat());
        let rest = without("authorization", &wanted, header_pieces(header.as_bytes()), differences);
        for piece in rest {
            let what = What::Inside { field: "authorization", name: piece.name.into() };
            differences.push(Difference::new(what, Side::Absent, Side::Value(piece.text.into())));
        }
        let wanted = match expected.map(|expected| Authorization::parse(expected.as_bytes())) {
            Some(Ok(expected)) => expected.realm,
            Some(Err(_)) | None => realm.map(<[u8]>::to_vec),
        };
        if let Some(wanted) = wanted
            && Some(&wanted) != read.realm.as_ref()
        {
            let (wanted, given) = (Text::from(wanted), read.realm.map(Text::from));
            let what = What::Inside { field: "authorization", name: "realm".into() };
            differences.push(of_options(what, Some(&wanted), given.as_ref()));
        }
    }

    fn url(&self, expected: Option<&Text>, observed: &Text, differences: &mut Vec<Difference>) {
        let wanted = match expected {
            Some(expected) => expected.as_bytes().to_vec(),
            None => match Url::parse(self.input.url.as_bytes()) {
                Ok(url) => transmission::query(&url, &protocol_parameters(self.input), self.signature.unwrap_or_default()),
                Err(_) => return,
            },
        };
        if wanted == observed.as_bytes() {
            return;
        }
        let (wanted_parts, given) = (UrlParts::of(&wanted), UrlParts::of(observed.as_bytes()));
        if wanted_parts.before != given.before {
            differences.push(Difference::of_values(What::Field("url"), wanted_parts.before, given.before));
        }
        self.form("url", wanted_parts.query, given.query, differences);
        if wanted_parts.fragment != given.fragment {
            let what = What::Inside { field: "url", name: "fragment".into() };
            differences.push(Difference::of_values(what, wanted_parts.fragment, given.fragment));
        }
    }

    fn body(&self, expected: Option<&Text>, observed: &Text, differences: &mut Vec<Difference>) {
        let input = self.input;
        let is_content_type = |name: &Text| name.as_bytes().eq_ignore_ascii_case(b"content-type");
        let content_type = input.headers.iter().find(|(name, _)| is_content_type(name)).map(|(_, value)| value.as_bytes());
        let wanted = match expected {
            Some(expected) => expected.as_bytes().to_vec(),
            None => {
                let own = input.body.as_ref().map(Text::as_bytes);
                match transmission::body(own, content_type, &protocol_parameters(self.input), self.signature.unwrap_or_default()) {
                    Ok(body) => body,
                    Err(_) => return,
                }
            }
        };
        if wanted != observed.as_bytes() {
            self.form("body", &wanted, observed.as_bytes(), differences);
        }
    }

    /// Compares two forms: protocol parameters as texts in any order, the caller's own pairs decoded and in their order.
    fn form(&self, field: &'static str, expected: &[u8], observed: &[u8], differences: &mut Vec<Difference>) {
        let protocol = self.texts(|name, value| [&encoded(name), &b"="[..], &encoded(value)].concat());
        // What the file expects is the caller's own where it is no protocol parameter.
        let own = without(field, &protocol, form_pieces(expected), &mut Vec::new());
        let given = without(field, &protocol, form_pieces(observed), differences);
        let decoded = |piece: &Piece| (piece.name.clone(), form_decoded(after_equals(&piece.text)));
        let parted = own.iter().zip(&given).position(|(left, right)| decoded(left) != decoded(right));
        let parted = parted.unwrap_or(own.len().min(given.len()));
        let text = |piece: &Piece| Text::from(piece.text.clone());
        let (wanted, given) = (own.get(parted), given.get(parted));
        if let Some(named) = wanted.or(given) {
            let what = What::Inside { field, name: named.name.clone().into() };
            differences.push(of_options(what, wanted.map(text).as_ref(), given.map(text).as_ref()));
        }
    }
}

/// A parameter as it is written, with its decoded name.
struct Piece {
    name: Vec<u8>,
    text: Vec<u8>,
}

/// Takes the wanted texts out of what was found, each once, and gives the rest in its order. What is missing is a difference; if a
/// parameter of that name is there with another text, it is the other side of that difference and not in the rest.
fn without(field: &'static str, wanted: &[Piece], mut found: Vec<Piece>, differences: &mut Vec<Difference>) -> Vec<Piece> {
    let mut missing = Vec::new();
    for piece in wanted {
        match found.iter().position(|other| other.text == piece.text) {
            Some(at) => drop(found.remove(at)),
            None => missing.push(piece),
        }
    }
    for piece in missing {
        let what = What::Inside { field, name: piece.name.clone().into() };
        differences.push(match found.iter().position(|other| other.name == piece.name) {
            Some(at) => Difference::of_values(what, &piece.text, &found.remove(at).text),
            None => Difference::new(what, Side::Value(piece.text.clone().into()), Side::Absent),
        });
    }
    found
}

/// A header that cannot be read, with the octet where it breaks.
fn ungrammatical(fault: &Malformed, header: &Text) -> Difference {
    let at = match fault {
        Malformed::Header { at, .. } => Some(*at),
        _ => None,
    };
    Difference {
        what: What::Field("authorization"),
        expected: Side::Words(format!("a header of RFC 5849 section 3.5.1; {fault}")),
        observed: Side::Value(header.clone()),
        first_difference: at,
    }
}

/// The parameters of a header as they are written, realm left out. Only for a header that has been parsed, so its grammar is right.
fn header_pieces(header: &[u8]) -> Vec<Piece> {
    let mut rest = header.trim_ascii_start().get(5..).unwrap_or_default();
    let mut pieces = Vec::new();
    loop {
        let start = rest.iter().position(|&octet| octet != b',' && !octet.is_ascii_whitespace()).unwrap_or(rest.len());
        rest = rest.get(start..).unwrap_or_default();
        let Some(equals) = rest.iter().position(|&octet| octet == b'=') else { return pieces };
        let end = equals + 2 + quoted_length(rest.get(equals + 2..).unwrap_or_default());
        let (text, after) = rest.split_at(end.min(rest.len()));
        rest = after;
        let name = text.get(..equals).unwrap_or_default();
        if !name.eq_ignore_ascii_case(b"realm") {
            let name = percent_decoded_if_whole(name).unwrap_or_else(|| name.to_vec());
            pieces.push(Piece { name, text: text.to_vec() });
        }
    }
}

/// The length of a quoted-string behind its opening quote, the closing one included.
fn quoted_length(text: &[u8]) -> usize {
    let mut escaped = false;
    let end = text.iter().position(|&octet| {
        let closes = octet == b'"' && !escaped;
        escaped = octet == b'\\' && !escaped;
        closes
    });
    end.map_or(text.len(), |end| end + 1)
}

fn form_pieces(form: &[u8]) -> Vec<Piece> {
    let pieces = form.split(|&octet| octet == b'&').filter(|piece| !piece.is_empty());
    pieces
        .map(|piece| {
            let name = piece.split(|&octet| octet == b'=').next().unwrap_or_default();
            Piece { name: form_decoded(name), text: piece.to_vec() }
        })
        .collect()
}

fn after_equals(piece: &[u8]) -> &[u8] {
    let at = piece.iter().position(|&octet| octet == b'=').map_or(piece.len(), |at| at + 1);
    piece.get(at..).unwrap_or_default()
}

fn encoded(text: &[u8]) -> Vec<u8> {
    let mut out = Buffer::default();
    percent_encode(text, &mut out);
    out.to_vec()
}

/// A URL cut at its first `?` and at its fragment.
struct UrlParts<'a> {
    before: &'a [u8],
    query: &'a [u8],
    fragment: &'a [u8],
}

impl<'a> UrlParts<'a> {
    fn of(url: &'a [u8]) -> UrlParts<'a> {
        let cut = |text: &'a [u8], at: u8| text.split_at(text.iter().position(|&octet| octet == at).unwrap_or(text.len()));
        let (rest, fragment) = cut(url, b'#');
        let (before, query) = cut(rest, b'?');
        UrlParts { before, query: query.get(1..).unwrap_or_default(), fragment }
    }
}
