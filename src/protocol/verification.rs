//! Verifying a request (RFC 5849 sections 3.2 and 3.3) as a record of checks, one function each. A deviant verifier is the same record
//! with one field replaced.

use std::borrow::Cow;

use super::authorization::{self, Authorization};
use super::buffer::Buffer;
use super::credentials::Secrets;
use super::error::{Code, Malformed};
use super::nonce::{NonceKey, NonceMemory, Registration};
use super::parameters::{Parameter, Parameters, Source};
use super::recipe::{Derivation, Recipe};
use super::request::{Header, Request, Url};
use super::signature::{self, PublicKey, SignatureMethod, base64_octets, is_same_text, rsa_verifies};

/// Why a request or an answer is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The public word.
    pub code: Code,
    /// One sentence for a person; it holds no secret.
    pub because: Cow<'static, str>,
}

impl Refusal {
    /// A refusal with its reason.
    #[must_use]
    pub const fn new(code: Code, because: &'static str) -> Refusal {
        Refusal { code, because: Cow::Borrowed(because) }
    }
}

impl From<Malformed> for Refusal {
    fn from(fault: Malformed) -> Refusal {
        Refusal { code: fault.code(), because: Cow::Owned(fault.to_string()) }
    }
}

/// A request as a server receives it.
#[derive(Clone, Copy, Debug)]
pub struct Received<'a> {
    /// The HTTP method.
    pub method: &'a [u8],
    /// The URL it was received at, scheme and authority included.
    pub url: &'a [u8],
    /// The header fields in their order.
    pub headers: &'a [Header<'a>],
    /// The entity body.
    pub body: Option<&'a [u8]>,
}

/// Client credentials as the server knows them.
#[derive(Clone, Copy)]
pub struct KnownClient<'a> {
    /// The identifier.
    pub identifier: &'a [u8],
    /// The shared secret; `None` for a client that has none and can only use RSA.
    pub secret: Option<&'a [u8]>,
    /// The RSA public key, if one is registered.
    pub public_key: Option<&'a PublicKey>,
}

/// Temporary or token credentials as the server knows them.
#[derive(Clone, Copy)]
pub struct KnownToken<'a> {
    /// The identifier.
    pub identifier: &'a [u8],
    /// The shared secret.
    pub secret: &'a [u8],
}

/// What the server knows beside the request.
#[derive(Clone, Copy, Default)]
pub struct Knowledge<'a> {
    /// The client; `None` = unknown.
    pub client: Option<KnownClient<'a>>,
    /// The token; `None` = unknown, or none is asked for.
    pub token: Option<KnownToken<'a>>,
    /// The time in seconds since 1970; without it timestamps are not judged against a window.
    pub now: Option<u64>,
    /// The greatest difference between timestamp and `now`, in seconds either way.
    pub window: Option<u64>,
    /// The signature methods that are accepted; `None` = all.
    pub allowed_methods: Option<&'a [SignatureMethod]>,
}

/// The request with everything that has been read out of it, as each check sees it.
pub struct Examined<'a> {
    /// The request; its `protocol` list is that of the Authorization header.
    pub request: Request<'a>,
    /// All parameters of the request with their places, `oauth_signature` included.
    pub parameters: &'a Parameters,
    /// Those of them whose names begin with `oauth_`, in their order.
    pub protocol: Vec<Parameter<'a>>,
    /// What the server knows.
    pub knowledge: Knowledge<'a>,
}

impl<'a> Examined<'a> {
    /// A protocol parameter's value, decoded.
    #[must_use]
    #[inline]
    pub fn get(&self, name: &str) -> Option<&'a [u8]> {
        self.protocol.iter().find(|parameter| parameter.name == name.as_bytes()).map(|parameter| parameter.value)
    }

    /// The token's identifier, if one is presented: an empty one counts as none (section 2.1 and appendix A).
    #[must_use]
    pub fn token(&self) -> Option<&'a [u8]> {
        self.get("oauth_token").filter(|token| !token.is_empty())
    }

    /// The signature method, if it is one.
    ///
    /// # Errors
    /// `signature_method_rejected`.
    pub fn method(&self) -> Result<SignatureMethod, Refusal> {
        Ok(SignatureMethod::from_name(self.get("oauth_signature_method").unwrap_or_default())?)
    }
}

/// A check of a request: it passes or gives the refusal.
pub type Check = fn(&Examined<'_>) -> Result<(), Refusal>;

/// Finds the value of the Authorization field that holds the protocol parameters, if there is one.
pub type FindHeader = for<'a> fn(&[Header<'a>]) -> Result<Option<&'a [u8]>, Refusal>;

/// Reads such a value; the buffer is for whatever the reading needs.
pub type ReadHeader = fn(&[u8], &mut Authorization, &mut Buffer) -> Result<(), Malformed>;

/// The checks of sections 3.1 to 3.3 and 3.5, in the order in which they are made. What can be said without a secret comes before
/// what needs one, and the nonce is remembered last, so that nobody can burn nonces with bad signatures.
#[derive(Clone, Copy, Debug)]
pub struct Checks {
    /// Finding the Authorization field of the OAuth scheme (3.5.1).
    pub find_header: FindHeader,
    /// Reading it (3.5.1).
    pub read_header: ReadHeader,
    /// Which of the parameters whose names begin with `oauth_` count, and in which order: the first of a name is the one that is looked
    /// at. All of them, by the specification.
    pub protocol: fn(&mut Vec<Parameter<'_>>),
    /// The protocol parameters stand in one place, each at most once (3.1, 3.2, 3.5).
    pub places: Check,
    /// `oauth_version` is `1.0` or absent (3.1, 3.2).
    pub version: Check,
    /// What is required is there (3.1).
    pub presence: Check,
    /// The signature method is known and allowed (3.2, 3.4).
    pub method: Check,
    /// PLAINTEXT comes over TLS (3.4.4).
    pub transport: Check,
    /// The client is known (3.2).
    pub client: Check,
    /// The token is known (3.2).
    pub token: Check,
    /// The timestamp is a positive integer inside the window (3.3).
    pub timestamp: Check,
    /// The signature is the one computed (3.2).
    pub signature: fn(&Examined<'_>, &mut Derivation, &Recipe) -> Result<(), Refusal>,
    /// `oauth_body_hash` matches, where it is sent (body hash draft 4.2.1 and 4.2.2).
    pub body_hash: Check,
    /// The nonce is new (3.2, 3.3).
    pub nonce: fn(&Examined<'_>, &mut dyn NonceMemory) -> Result<(), Refusal>,
}

impl Checks {
    /// The specification's own checks.
    pub const RFC5849: Checks = Checks {
        find_header,
        read_header: |value, into, quoted| into.parse_again(value, quoted),
        protocol: |_| {},
        places,
        version,
        presence,
        method,
        transport,
        client,
        token,
        timestamp,
        signature: signature_matches,
        body_hash: body_hash_matches,
        nonce,
    };

    /// Makes all checks, up to the first refusal.
    fn make(
        &self,
        examined: &Examined<'_>,
        derivation: &mut Derivation,
        recipe: &Recipe,
        nonces: &mut dyn NonceMemory,
    ) -> Result<(), Refusal> {
        for check in [self.places, self.version, self.presence, self.method, self.transport, self.client, self.token, self.timestamp] {
            check(examined)?;
        }
        (self.signature)(examined, derivation, recipe)?;
        (self.body_hash)(examined)?;
        (self.nonce)(examined, nonces)
    }
}

/// Verifies requests one after the other; its buffers are used again.
#[derive(Clone, Debug, Default)]
pub struct Verifier {
    header: Authorization,
    quoted: Buffer,
    all: Parameters,
    /// Memory for the list of protocol parameters, empty between two requests.
    spare: Vec<Parameter<'static>>,
    /// The derivation of the last request that came as far as its signature.
    pub derivation: Derivation,
}

impl Verifier {
    /// Verifies a request with these checks and this recipe.
    ///
    /// # Errors
    /// The first check's refusal.
    pub fn verify(
        &mut self,
        checks: &Checks,
        recipe: &Recipe,
        received: &Received<'_>,
        knowledge: &Knowledge<'_>,
        nonces: &mut dyn NonceMemory,
    ) -> Result<(), Refusal> {
        let url = Url::parse(received.url)?;
        self.header.realm = None;
        self.header.parameters.clear();
        if let Some(value) = (checks.find_header)(received.headers)? {
            (checks.read_header)(value, &mut self.header, &mut self.quoted)?;
        }
        let request = Request {
            method: received.method,
            url,
            headers: received.headers,
            body: received.body,
            protocol: &self.header.parameters,
            realm: self.header.realm.as_deref(),
        };
        self.all.clear();
        request.gather(&mut self.all)?;
        let mut protocol: Vec<Parameter<'_>> = std::mem::take(&mut self.spare);
        for parameter in self.all.iter() {
            if parameter.name.first_chunk() == Some(b"oauth_") {
                protocol.push(parameter);
            }
        }
        (checks.protocol)(&mut protocol);
        let examined = Examined { request, parameters: &self.all, protocol, knowledge: *knowledge };
        let result = checks.make(&examined, &mut self.derivation, recipe, nonces);
        self.spare = emptied(examined.protocol);
        result
    }
}

/// The memory of a list without the parameters: what collects the items of a list into another of the same size keeps its memory.
fn emptied(mut list: Vec<Parameter<'_>>) -> Vec<Parameter<'static>> {
    list.clear();
    list.into_iter().map(|_| Parameter { name: b"", value: b"", source: Source::Header, bare: false }).collect()
}

/// The Authorization field of the OAuth scheme, if there is one. Fields of other schemes are somebody else's.
///
/// # Errors
/// `malformed_request` for several Authorization fields.
pub fn find_header<'a>(headers: &[Header<'a>]) -> Result<Option<&'a [u8]>, Refusal> {
    let mut fields = headers.iter().filter(|header| header.name.eq_ignore_ascii_case(b"authorization"));
    let field = fields.next().map(|field| field.value);
    if fields.next().is_some() {
        return Err(Refusal::new(Code::MalformedRequest, "several Authorization fields (RFC 2616 section 14.8 has one)"));
    }
    Ok(field.filter(|value| authorization::is_oauth(value)))
}

/// Section 3.5: protocol parameters, and all others with the `oauth_` prefix, come from one and only one place. Section 3.1: none
/// stands there more than once.
fn places(examined: &Examined<'_>) -> Result<(), Refusal> {
    let place = examined.protocol.first().map(|first| first.source);
    let scattered = examined.protocol.iter().any(|parameter| Some(parameter.source) != place);
    if has_equal_names(&examined.protocol) {
        return Err(Refusal::new(Code::ParameterDuplicated, "a protocol parameter stands there more than once (RFC 5849 section 3.1)"));
    }
    if scattered {
        return Err(Refusal::new(Code::ParameterScattered, "protocol parameters stand in more than one place (RFC 5849 section 3.5)"));
    }
    Ok(())
}

/// A handful of names is compared each with each; many, which no honest client sends, are sorted first.
fn has_equal_names(parameters: &[Parameter<'_>]) -> bool {
    const HANDFUL: usize = 16;
    let mut names = parameters.iter().map(|parameter| parameter.name);
    if parameters.len() <= HANDFUL {
        return std::iter::from_fn(|| names.next().map(|name| names.clone().any(|other| other == name))).any(|is_equal| is_equal);
    }
    let mut names: Vec<&[u8]> = names.collect();
    names.sort_unstable();
    names.windows(2).any(|pair| matches!(pair, [first, second] if first == second))
}

fn version(examined: &Examined<'_>) -> Result<(), Refusal> {
    match examined.get("oauth_version") {
        None | Some(b"1.0") => Ok(()),
        Some(_) => Err(Refusal::new(Code::VersionRejected, "oauth_version is not 1.0 (RFC 5849 section 3.1)")),
    }
}

/// Section 3.1. PLAINTEXT may leave timestamp and nonce out. An empty token may be left out, so it is never required here: whether
/// one is needed the server knows, see [`token`].
fn presence(examined: &Examined<'_>) -> Result<(), Refusal> {
    let absent = |name: &'static str| examined.get(name).is_none_or(<[u8]>::is_empty).then_some(name);
    let plaintext = || examined.get("oauth_signature_method") == Some(b"PLAINTEXT");
    let dated = || absent("oauth_timestamp").or_else(|| absent("oauth_nonce")).filter(|_| !plaintext());
    match absent("oauth_consumer_key").or_else(|| absent("oauth_signature_method")).or_else(|| absent("oauth_signature")).or_else(dated) {
        None => Ok(()),
        Some(name) => {
            Err(Refusal { code: Code::ParameterAbsent, because: format!("{name} is missing or empty (RFC 5849 section 3.1)").into() })
        }
    }
}

fn method(examined: &Examined<'_>) -> Result<(), Refusal> {
    let method = examined.method()?;
    if examined.knowledge.allowed_methods.is_some_and(|allowed| !allowed.contains(&method)) {
        return Err(Refusal::new(Code::SignatureMethodRejected, "the signature method is not allowed here (RFC 5849 section 3.2)"));
    }
    // A client without a key of the method's kind never agreed to that method: an empty key would be everybody's key.
    let usable =
        examined.knowledge.client.is_none_or(|client| if method.is_rsa() { client.public_key.is_some() } else { client.secret.is_some() });
    if usable {
        Ok(())
    } else {
        Err(Refusal::new(Code::SignatureMethodRejected, "the client has no key for this signature method (RFC 5849 section 3.4)"))
    }
}

fn transport(examined: &Examined<'_>) -> Result<(), Refusal> {
    if examined.method()? == SignatureMethod::Plaintext && !examined.request.url.is_https() {
        return Err(Refusal::new(Code::InsecureTransport, "PLAINTEXT without TLS (RFC 5849 section 3.4.4)"));
    }
    Ok(())
}

fn client(examined: &Examined<'_>) -> Result<(), Refusal> {
    match examined.knowledge.client {
        Some(client) if Some(client.identifier) == examined.get("oauth_consumer_key") => Ok(()),
        _ => Err(Refusal::new(Code::ClientUnknown, "the client is unknown (RFC 5849 section 3.2)")),
    }
}

/// A token that is known is taken for the one that is needed, so that a request without one is refused. Section 3.1 lets `oauth_token`
/// be left out, so others may take such a request for one of the client alone.
fn token(examined: &Examined<'_>) -> Result<(), Refusal> {
    match (examined.token(), examined.knowledge.token) {
        (None, None) => Ok(()),
        (Some(presented), Some(known)) if presented == known.identifier => Ok(()),
        (None, Some(_)) => Err(Refusal::new(Code::ParameterAbsent, "oauth_token is missing (RFC 5849 section 3.1)")),
        _ => Err(Refusal::new(Code::TokenRejected, "the token is unknown (RFC 5849 section 3.2)")),
    }
}

/// Section 3.3: a positive integer, in ASCII digits; leading zeros, of which the text says nothing, are let through. That timestamps grow
/// was a rule of Core 1.0 and is none here.
fn timestamp(examined: &Examined<'_>) -> Result<(), Refusal> {
    let Some(text) = examined.get("oauth_timestamp") else { return Ok(()) };
    let refused = |because| Err(Refusal::new(Code::TimestampRefused, because));
    // The text has no greatest number. One that does not fit is in any case after every window.
    let mut number = Some(0_u64);
    for octet in text {
        if !octet.is_ascii_digit() {
            return refused("the timestamp is not a positive integer (RFC 5849 section 3.3)");
        }
        number = number.and_then(|number| number.checked_mul(10)?.checked_add(u64::from(octet - b'0')));
    }
    if number == Some(0) {
        return refused("the timestamp is not a positive integer (RFC 5849 section 3.3)");
    }
    match (examined.knowledge.now, examined.knowledge.window) {
        (Some(now), Some(window)) if number.is_none_or(|number| now.abs_diff(number) > window) => {
            refused("the timestamp is outside the window (RFC 5849 section 3.3)")
        }
        _ => Ok(()),
    }
}

/// Section 3.2: computes the signature anew and compares the values, HMAC and PLAINTEXT as text in constant time. A text with other
/// octets is another value, even if a lenient base64 reader would not see the difference.
fn signature_matches(examined: &Examined<'_>, derivation: &mut Derivation, recipe: &Recipe) -> Result<(), Refusal> {
    let method = examined.method()?;
    let presented = examined.get("oauth_signature").unwrap_or_default();
    let client = examined.knowledge.client;
    derivation.derive_base_string_of(recipe, &examined.request, Some(examined.parameters))?;
    let matches = if method.is_rsa() {
        let key = client.and_then(|client| client.public_key);
        match (key, base64_octets(presented)) {
            (Some(key), Some(octets)) => rsa_verifies(method, key, &derivation.base_string, &octets),
            _ => false,
        }
    } else {
        let token = if examined.token().is_some() { examined.knowledge.token.map(|token| token.secret) } else { None };
        let secrets = Secrets::new(client.and_then(|client| client.secret).unwrap_or_default(), token.unwrap_or_default());
        derivation.derive_signature(recipe, &examined.request, method, &secrets)?;
        is_same_text(&derivation.signature, presented)
    };
    if matches { Ok(()) } else { Err(Refusal::new(Code::SignatureInvalid, "the signature is not the one computed (RFC 5849 section 3.2)")) }
}

fn body_hash_matches(examined: &Examined<'_>) -> Result<(), Refusal> {
    let Some(presented) = examined.get("oauth_body_hash") else { return Ok(()) };
    if examined.request.form()?.is_some() {
        return Err(Refusal::new(Code::ParameterRejected, "oauth_body_hash with a form-encoded body (body hash draft, section 4.2.1)"));
    }
    if signature::body_hash(examined.method()?, examined.request.body).as_bytes() == presented {
        Ok(())
    } else {
        Err(Refusal::new(Code::BodyHashInvalid, "oauth_body_hash does not match the body (body hash draft, section 4.2.2)"))
    }
}

fn nonce(examined: &Examined<'_>, memory: &mut dyn NonceMemory) -> Result<(), Refusal> {
    let (Some(timestamp), Some(nonce)) = (examined.get("oauth_timestamp"), examined.get("oauth_nonce")) else { return Ok(()) };
    let client = examined.get("oauth_consumer_key").unwrap_or_default();
    match memory.register(NonceKey { client, token: examined.token().unwrap_or_default(), timestamp, nonce }) {
        Registration::Fresh => Ok(()),
        Registration::Used => Err(Refusal::new(Code::NonceUsed, "the nonce was used before (RFC 5849 section 3.3)")),
        Registration::Full => Err(Refusal::new(Code::NonceUsed, "no room to remember another nonce (RFC 5849 section 4.10)")),
    }
}
