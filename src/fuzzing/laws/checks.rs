//! The checks of a verifier (RFC 5849 sections 3.1 to 3.3 and 3.5): what it says of a request is what the naive checks say, whatever is wrong
//! with it and however it is written.

use arbitrary::Unstructured;

use super::asked::Asked;
use super::circumstances::{self, CIRCUMSTANCES};
use super::naive::{self, Pair, Wire};
use super::naive_checks::{Server, faults};
use super::naive_signature::signature;
use super::{shown, verification};
use crate::protocol::nonce::{NonceKey, SeenNonces};
use crate::protocol::verification::{Checks, Knowledge, KnownClient, KnownToken, Received, Refusal, Verifier};
use crate::protocol::{Header, Recipe, SignatureMethod, Url};

/// A request that is to be sent, and who receives it.
#[derive(Clone, Debug)]
pub struct Scene {
    /// The rest of the request.
    pub asked: Asked,
    /// The protocol parameters, without the signature.
    pub parameters: Vec<Pair>,
    /// Where they are sent: 0 for the header, 1 for the query, 2 for the form, if there is one.
    pub place: u8,
    /// Parameters that stand in a second place.
    pub elsewhere: Vec<Pair>,
    /// What is done to the signature.
    pub signature: Change,
    /// How the header is written.
    pub writing: Writing,
    /// What is done to the header once it is written, and the word for what is wrong with it then.
    pub broken: Option<(Change, &'static str)>,
    /// Header fields beside Host, Content-Type and Authorization.
    pub fields: Vec<(&'static [u8], Vec<u8>)>,
    /// What the server knows.
    pub server: Server,
}

/// What is done to octets.
pub type Change = fn(&mut Vec<u8>);

/// How an Authorization field is written.
#[derive(Clone, Copy, Debug)]
pub struct Writing {
    /// The scheme's name and what follows it.
    pub scheme: &'static str,
    /// What stands between two parameters.
    pub separator: &'static str,
    /// What stands behind the last.
    pub end: &'static str,
    /// Whether every octet of a value is escaped, with digits in lower case.
    pub all_escaped: bool,
    /// Whether each octet of a value has a backslash before it, which means nothing (RFC 2616 section 2.2).
    pub backslashes: bool,
}

impl Scene {
    /// A request as it should be: signed by the right client, with what the server knows.
    fn of(asked: Asked, method: &[u8], place: u8) -> Scene {
        let mut parameters: Vec<Pair> = Vec::new();
        let mut add = |name: &str, value: &[u8]| parameters.push((name.as_bytes().to_vec(), value.to_vec()));
        add("oauth_consumer_key", &asked.client);
        if !asked.token.is_empty() {
            add("oauth_token", &asked.token);
        }
        add("oauth_signature_method", method);
        add("oauth_timestamp", &asked.timestamp);
        add("oauth_nonce", &asked.nonce);
        parameters.extend(asked.extra().map(|(name, value)| (name.to_vec(), value.to_vec())));
        let token = (!asked.token.is_empty()).then(|| (asked.token.clone(), asked.token_secret.clone()));
        let server = Server { client: Some((asked.client.clone(), Some(asked.client_secret.clone()))), token, ..Server::default() };
        let writing = Writing { scheme: "OAuth ", separator: ", ", end: "", all_escaped: false, backslashes: false };
        let signature = |_: &mut Vec<u8>| {};
        Scene { asked, parameters, place, elsewhere: Vec::new(), signature, writing, broken: None, fields: Vec::new(), server }
    }

    /// The value of a parameter.
    pub fn value(&mut self, name: &str) -> Option<&mut Vec<u8>> {
        self.parameters.iter_mut().find(|(known, _)| known == name.as_bytes()).map(|(_, value)| value)
    }

    fn is_form(&self) -> bool {
        let headers = [(&b"content-type"[..], &self.asked.content_type[..])];
        !self.asked.content_type.is_empty() && naive::is_form(&Wire { method: b"", url: b"", headers: &headers, body: None })
    }

    /// The request as it is sent, with this signature.
    fn sent(&self, signature: Option<&[u8]>) -> Sent {
        let mut sent = Sent { url: self.asked.url.clone(), fields: Vec::new(), body: self.asked.body().map(<[u8]>::to_vec) };
        for (name, value) in [("Host", &self.asked.host), ("Content-Type", &self.asked.content_type)] {
            if !value.is_empty() {
                sent.fields.push((name.as_bytes().to_vec(), value.clone()));
            }
        }
        sent.fields.extend(self.fields.iter().map(|(name, value)| (name.to_vec(), value.clone())));
        let mut parameters = self.parameters.clone();
        parameters.extend(signature.map(|value| (b"oauth_signature".to_vec(), value.to_vec())));
        // What stands elsewhere stands in the query, or in the header where the others are in the query.
        let (place, other) = match self.place % 3 {
            1 => (1, 0),
            2 if self.is_form() => (2, 1),
            _ => (0, 1),
        };
        for (place, parameters) in [(place, &parameters), (other, &self.elsewhere)] {
            match (place, parameters.is_empty()) {
                (_, true) => {}
                (0, _) => sent.fields.push((b"Authorization".to_vec(), self.header(parameters))),
                (1, _) => sent.add_to_query(&pairs(parameters)),
                _ => {
                    let body = sent.body.get_or_insert_default();
                    if !body.is_empty() {
                        body.push(b'&');
                    }
                    body.extend(pairs(parameters));
                }
            }
        }
        sent
    }

    fn header(&self, parameters: &[Pair]) -> Vec<u8> {
        let Writing { scheme, separator, end, all_escaped, backslashes } = self.writing;
        let mut header = scheme.as_bytes().to_vec();
        for (number, (name, value)) in parameters.iter().enumerate() {
            if number > 0 {
                header.extend(separator.bytes());
            }
            header.extend(naive::encode(name));
            header.extend(b"=\"");
            let text = if all_escaped { escaped(value) } else { naive::encode(value) };
            for octet in text {
                header.extend(backslashes.then_some(b'\\'));
                header.push(octet);
            }
            header.push(b'"');
        }
        header.extend(end.bytes());
        if let Some((broken, _)) = self.broken {
            broken(&mut header);
        }
        header
    }
}

/// What lies on the wire, but for the method.
#[derive(Clone, Debug)]
struct Sent {
    url: Vec<u8>,
    fields: Vec<(Vec<u8>, Vec<u8>)>,
    body: Option<Vec<u8>>,
}

impl Sent {
    fn add_to_query(&mut self, text: &[u8]) {
        let hash = self.url.iter().position(|octet| *octet == b'#').unwrap_or(self.url.len());
        let (before, fragment) = self.url.split_at(hash);
        let joint: &[u8] = if before.contains(&b'?') { b"&" } else { b"?" };
        self.url = [before, joint, text, fragment].concat();
    }

    fn fields(&self) -> Vec<(&[u8], &[u8])> {
        self.fields.iter().map(|(name, value)| (&name[..], &value[..])).collect()
    }
}

fn pairs(parameters: &[Pair]) -> Vec<u8> {
    let joined: Vec<Vec<u8>> = parameters.iter().map(|(name, value)| [naive::encode(name), naive::encode(value)].join(&b'=')).collect();
    joined.join(&b'&')
}

fn escaped(octets: &[u8]) -> Vec<u8> {
    octets.iter().flat_map(|octet| format!("%{octet:02x}").into_bytes()).collect()
}

/// In one or two circumstances, of which some make a request wrong and some do not: it is accepted if the naive checks find nothing wrong with
/// it, and refused by one of the words that they have for it otherwise.
///
/// # Panics
/// Where it is not so.
pub fn checks(asked: &Asked) {
    const METHODS: [&str; 4] = ["HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512", "HMAC-SHA1"];
    let mut choices: Unstructured<'_> = asked.choices();
    let mut octet = || choices.arbitrary::<u8>().unwrap_or(0);
    let (first, second, method, place) = (octet(), octet(), octet(), octet());
    let Some(asked) = verification::prepared(asked) else { return };
    let method = METHODS.get(usize::from(method) % METHODS.len()).copied().unwrap_or_default();
    let mut scene = Scene::of(asked, method.as_bytes(), place);
    let mut what = Vec::new();
    // Every other input is put in one circumstance alone: two may hide each other.
    for number in [Some(first), Some(second).filter(|second| *second >= 0x80)].into_iter().flatten() {
        if let Some(circumstance) = CIRCUMSTANCES.get(usize::from(number) % CIRCUMSTANCES.len()) {
            (circumstance.arrange)(&mut scene);
            what.push(circumstance.what);
        }
    }
    // A field that cannot be read says nothing of what else is wrong.
    if what.len() == 1 || scene.broken.is_none() {
        judged(&scene, &what);
    }
}

/// Holds what a verifier says of a scene against what the naive checks say.
fn judged(scene: &Scene, what: &[&str]) {
    let method = &scene.asked.method;
    let unsigned = scene.sent(None);
    let fields = unsigned.fields();
    let wire = Wire { method, url: &unsigned.url, headers: &fields, body: unsigned.body.as_deref() };
    let name = scene.parameters.iter().find(|(name, _)| name == b"oauth_signature_method").map(|(_, value)| &value[..]);
    let client_secret = scene.asked.client_secret.as_slice();
    let text = naive::base_string(&wire).unwrap_or_default();
    let mut value = signature(name.unwrap_or_default(), &text, client_secret, &scene.asked.token_secret).unwrap_or_else(|| b"x".to_vec());
    (scene.signature)(&mut value);

    let sent = scene.sent(Some(&value));
    if Url::parse(&sent.url).is_err() {
        return;
    }
    let fields = sent.fields();
    let wire = Wire { method, url: &sent.url, headers: &fields, body: sent.body.as_deref() };
    let said = said(&wire, &scene.server).map_err(|refusal| refusal.code.as_str());
    let told = || {
        let fields: Vec<String> = fields.iter().map(|(name, value)| format!("[{}: {}]", shown(name), shown(value))).collect();
        format!("{} {} {} {:?}", shown(method), shown(&sent.url), fields.join(" "), sent.body.as_deref().map(shown))
    };
    let has_header = fields.iter().any(|(name, _)| *name == b"Authorization");
    if let Some((_, word)) = scene.broken.filter(|_| has_header) {
        assert_eq!(said, Err(word), "with {what:?}: {}", told());
        return;
    }
    let Some(faults) = faults(&wire, &scene.server) else { panic!("the naive checks cannot read it: {}", told()) };
    match said {
        Ok(()) => assert!(faults.is_empty(), "accepted with {what:?}, though {faults:?}: {}", told()),
        Err(word) => assert!(faults.contains(word), "{word} is said with {what:?}, and not one of {faults:?}: {}", told()),
    }
}

fn said(wire: &Wire<'_>, server: &Server) -> Result<(), Refusal> {
    let headers: Vec<Header<'_>> = wire.headers.iter().map(|(name, value)| Header { name, value }).collect();
    let received = Received { method: wire.method, url: wire.url, headers: &headers, body: wire.body };
    let client = |(identifier, secret): &'_ (Vec<u8>, Option<Vec<u8>>)| (identifier.clone(), secret.clone());
    let client = server.client.as_ref().map(client);
    let allowed: Option<Vec<SignatureMethod>> = server
        .allowed
        .as_ref()
        .map(|names| names.iter().filter_map(|name| SignatureMethod::ALL.into_iter().find(|method| method.as_str() == *name)).collect());
    let knowledge = Knowledge {
        client: client.as_ref().map(|(identifier, secret)| KnownClient { identifier, secret: secret.as_deref(), public_key: None }),
        token: server.token.as_ref().map(|(identifier, secret)| KnownToken { identifier, secret }),
        now: server.now,
        window: server.window,
        allowed_methods: allowed.as_deref(),
    };
    let seen = server.seen.iter().map(|[client, token, timestamp, nonce]| NonceKey { client, token, timestamp, nonce });
    Verifier::default().verify(&Checks::RFC5849, &Recipe::RFC5849, &received, &knowledge, &mut SeenNonces::of(seen))
}

/// The seeds of a search: every circumstance alone, with requests of the vectors and in every place.
#[must_use]
pub fn seeds(asked: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let each = |number: usize, octets: &Vec<u8>| {
        let circumstance = u8::try_from(number % CIRCUMSTANCES.len()).unwrap_or(0);
        let round = u8::try_from(number / CIRCUMSTANCES.len() % 12).unwrap_or(0);
        Asked { choices: vec![circumstance, 0, round / 3, round], ..Asked::of(octets) }.to_octets()
    };
    asked
        .iter()
        .cycle()
        .take(circumstances::ROUNDS * CIRCUMSTANCES.len())
        .enumerate()
        .map(|(number, octets)| each(number, octets))
        .collect()
}
