//! A signed request put to RFC 5849 sections 3.2 and 3.3 and to the profile's rules: first what the specification checks, then what the
//! provider asks for on top, and the nonce last, so that nobody can use up nonces with requests that are refused anyway.

use std::borrow::Cow;
use std::sync::Arc;

use subtle::ConstantTimeEq as _;

use super::explanation::{Explanation, LONGEST};
use super::hints::with_hint;
use super::provider::{Asked, Provider};
use super::refusal::Refused;
use super::store::{Client, Token};
use crate::profile::document::{Endpoint, EndpointName, SecretsUsed};
use crate::profile::exchange::{Exchange, Octets, SentRequest};
use crate::profile::kinds::Check;
use crate::profile::reading::Reading;
use crate::profile::{Finding, Level, Party, Profile, Side, check_request};
use crate::protocol::authorization::Authorization;
use crate::protocol::nonce::{NonceKey, NonceMemory, Registration};
use crate::protocol::verification::{Checks, Knowledge, KnownClient, KnownToken, Received, Refusal, Verifier};
use crate::protocol::{Buffer, Code, Derivation, Header, Malformed, Parameters, Recipe, Request, Secrets, SignatureMethod, Source, Url};

/// The rules that a request is refused for: what the client must do, but for those that are checked here with secrets and memory.
pub(super) fn law(profile: &Profile, own_window: bool) -> Profile {
    let mut law = profile.clone();
    law.rules.retain(|rule| {
        let here = match rule.check {
            Check::Signature { .. } | Check::NonceFresh { .. } | Check::Verifier {} => true,
            Check::TimestampWithin { .. } => own_window,
            _ => false,
        };
        rule.level == Level::Must && rule.side != Side::Response && !here
    });
    law
}

/// What is said of a client that is not known.
const NOT_OURS: &str = "the client key is none of this sandbox's, which are printed at its start; a real one has no business here";

/// A request that was accepted.
#[derive(Debug)]
pub(super) struct Verified<'a> {
    /// The client.
    pub(super) client: Arc<Client>,
    /// The token as it was when the request came.
    pub(super) token: Option<Token>,
    /// All parameters.
    pub(super) reading: &'a Reading<'a>,
}

/// A request that was not, with what its signature implies.
#[derive(Debug)]
pub(super) struct NotVerified {
    pub(super) refused: Refused,
    pub(super) explanation: Option<Explanation>,
}

/// Verifies a request to an endpoint; `seen` becomes what was known when it came, unless it may be of a real client.
pub(super) fn verify<'a>(
    provider: &Provider,
    asked: &'a Asked<'_>,
    name: EndpointName,
    endpoint: &Endpoint,
    verifier: &mut Verifier,
    seen: &mut Option<Exchange>,
) -> Result<Verified<'a>, Box<NotVerified>> {
    let reading = &asked.reading;
    let presented = reading.value("oauth_token").filter(|token| !token.is_empty());
    let known = provider.known(reading.value("oauth_consumer_key").unwrap_or_default(), presented);
    let exchange = Exchange {
        endpoint: name,
        request: sent_request(asked),
        client: known.client.as_ref().map(|client| client.in_exchange()),
        token: known.token.as_ref().map(|token| token.in_exchange(asked.off)),
        now: Some(asked.clock()),
        seen: Vec::new(),
        response: None,
    };
    let broken = || {
        check_request(&provider.law, &exchange, reading).into_iter().filter(|finding| finding.by == Party::Client && finding.code.is_some())
    };
    let headers = headers(asked);
    let case = Case { provider, asked, name, endpoint, headers: &headers, client: known.client.as_deref(), token: known.token.as_ref() };
    let mut nonce = Deferred::default();
    let refused = match case.put(presented.is_some(), verifier, &mut nonce) {
        Err(refusal) => Some(case.name_rule(refusal, broken().collect(), verifier)),
        Ok(()) => broken().next().map(of_finding).or_else(|| provider.register(&nonce, asked.now).err()),
    };
    let refused = refused.map(|refused| match refused.code {
        Code::ClientUnknown => Refused { because: NOT_OURS.into(), ..refused },
        _ => refused,
    });
    let refused = refused.map(|refused| with_hint(provider, asked, endpoint, refused));
    let result = match (refused, known.client.clone()) {
        (None, Some(client)) => Ok(Verified { client, token: known.token, reading }),
        (None, None) => {
            let refused = Refused::new(Code::ClientUnknown, NOT_OURS);
            Err(Box::new(NotVerified { refused, explanation: None }))
        }
        (Some(refused), client) => {
            let wrong = refused.code == Code::SignatureInvalid && provider.settings.explains;
            let explanation = client.filter(|_| wrong).and_then(|client| explain(provider, asked, &headers, &client, &case.token));
            Err(Box::new(NotVerified { refused, explanation }))
        }
    };
    *seen = Some(exchange).filter(|_| !asked.real);
    result
}

fn headers<'a>(asked: &'a Asked<'_>) -> Vec<Header<'a>> {
    asked.incoming.headers.iter().map(|(name, value)| Header { name, value }).collect()
}

/// The request as the rules read it. Octets beyond UTF-8 in method and target break no rule that others would not break too.
pub(super) fn sent_request(asked: &Asked<'_>) -> SentRequest {
    let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    SentRequest {
        method: text(&asked.incoming.method),
        url: asked.plain_url.to_owned(),
        headers: asked.incoming.headers.iter().map(|(name, value)| (text(name), Octets::from(value))).collect(),
        body: asked.incoming.body.as_ref().map(Octets::from),
    }
}

fn of_finding(finding: Finding) -> Refused {
    let code = finding.code.unwrap_or(Code::MalformedRequest);
    Refused { rule: Some(finding.rule), parameters: finding.parameters, ..Refused::new(code, finding.because) }
}

/// A request with what the server knows of it.
struct Case<'a> {
    provider: &'a Provider,
    asked: &'a Asked<'a>,
    name: EndpointName,
    endpoint: &'a Endpoint,
    headers: &'a [Header<'a>],
    client: Option<&'a Client>,
    token: Option<&'a Token>,
}

impl Case<'_> {
    fn put(&self, has_token: bool, verifier: &mut Verifier, nonce: &mut Deferred) -> Result<(), Refusal> {
        let settings = &self.provider.settings;
        let client = self.client.map(|client| KnownClient {
            identifier: &client.identifier,
            secret: client.secret.as_ref().map(|secret| secret.expose()),
            public_key: client.public_key.as_ref(),
        });
        // A request token is no access token, and a token that has ended is none at all.
        let usable = |token: &&Token| Some(token.token_type) == self.endpoint.token && token.revoked.is_none() && token.exchanged.is_none();
        let token = self.token.filter(usable).map(|token| KnownToken { identifier: &token.identifier, secret: token.secret.expose() });
        let needs_token = self.endpoint.required.iter().any(|required| required == "oauth_token")
            || (settings.resource_needs_token && self.name == EndpointName::Resource);
        // One that nobody can present: the verifier then says that the token is missing.
        let token = if needs_token && !has_token { Some(KnownToken { identifier: b"", secret: b"" }) } else { token };
        let knowledge = Knowledge {
            client,
            token,
            now: Some(self.asked.clock()),
            window: self.provider.window_of(self.name),
            allowed_methods: Some(self.provider.methods_of(self.endpoint)),
        };
        let mut checks = Checks::RFC5849;
        if !settings.strict_transport {
            // On loopback nobody listens, and there is no TLS to be had: http stands for https.
            checks.transport = |_| Ok(());
        }
        if self.provider.is_lenient(self.name) {
            checks.read_header = read_leniently;
        }
        let received = Received {
            method: &self.asked.incoming.method,
            url: self.asked.url,
            headers: self.headers,
            body: self.asked.incoming.body.as_deref(),
        };
        let result = verifier.verify(&checks, &Recipe::RFC5849, &received, &knowledge, nonce);
        let client_alone = self.endpoint.secrets.contains(&SecretsUsed::Client) && token.is_some_and(|token| !token.secret.is_empty());
        match result {
            // Some renewals are signed without the token's secret.
            Err(refusal) if refusal.code == Code::SignatureInvalid && client_alone => {
                let token = token.map(|token| KnownToken { secret: b"", ..token });
                verifier.verify(&checks, &Recipe::RFC5849, &received, &Knowledge { token, ..knowledge }, nonce).map_err(|_| refusal)
            }
            result => result,
        }
    }

    /// The specification's refusal in the words of the profile, where a rule says the same.
    fn name_rule(&self, refusal: Refusal, broken: Vec<Finding>, verifier: &Verifier) -> Refused {
        let base_string = (refusal.code == Code::SignatureInvalid).then(|| verifier.derivation.base_string.to_vec());
        let same = broken.into_iter().find(|finding| finding.code == Some(refusal.code)).map(of_finding);
        let ended = self.token.filter(|_| refusal.code == Code::TokenRejected).and_then(|token| match token {
            Token { revoked: Some(_), .. } => Some(("token_revoked", "the token was revoked or replaced")),
            Token { exchanged: Some(_), .. } => {
                Some(("token_used", "the request token was exchanged before: it and its verifier serve once"))
            }
            _ => None,
        });
        let refused = match (same, ended) {
            (Some(refused), _) => refused,
            (None, Some((problem, because))) => Refused::new(refusal.code, because).naming(problem),
            (None, None) => {
                let rule =
                    self.provider.profile.rules.iter().find(|rule| rule.endpoints.contains(&self.name) && says(&rule.check, refusal.code));
                let rule = rule.map(|rule| rule.id.clone());
                Refused { rule, ..Refused::new(refusal.code, refusal.because) }
            }
        };
        Refused { base_string, ..refused }
    }
}

/// Whether a rule that is checked here says the same as a refusal.
fn says(check: &Check, code: Code) -> bool {
    matches!((check, code), (Check::Signature { .. }, Code::SignatureInvalid) | (Check::TimestampWithin { .. }, Code::TimestampRefused))
}

/// Strictly if that can be, otherwise as far as it goes: for providers whose rules do not refuse a header for its grammar.
fn read_leniently(value: &[u8], into: &mut Authorization, quoted: &mut Buffer) -> Result<(), Malformed> {
    if into.parse_again(value, quoted).is_ok() {
        return Ok(());
    }
    into.realm = None;
    into.parameters.clear();
    let reading = Reading::of_parts("", std::iter::once((&b"Authorization"[..], value)), None);
    for found in &reading.parameters {
        into.parameters.push(&found.name, &found.value, Source::Header);
    }
    into.realm = reading.realm.map(Cow::into_owned);
    Ok(())
}

/// Keeps the nonce to be registered when everything else is right.
#[derive(Debug, Default)]
pub(super) struct Deferred(Option<[Vec<u8>; 4]>);

impl Deferred {
    pub(super) fn key(&self) -> Option<NonceKey<'_>> {
        self.0.as_ref().map(|[client, token, timestamp, nonce]| NonceKey { client, token, timestamp, nonce })
    }
}

impl NonceMemory for Deferred {
    fn register(&mut self, key: NonceKey<'_>) -> Registration {
        self.0 = Some([key.client, key.token, key.timestamp, key.nonce].map(<[u8]>::to_vec));
        Registration::Fresh
    }
}

/// What a wrong signature implies, if there is time to find out.
fn explain(provider: &Provider, asked: &Asked<'_>, headers: &[Header<'_>], client: &Client, token: &Option<&Token>) -> Option<Explanation> {
    let reading = &asked.reading;
    let signature = reading.value("oauth_signature")?;
    let method = SignatureMethod::from_name(reading.value("oauth_signature_method")?).ok()?;
    let secret = client.secret.as_ref().filter(|_| !method.is_rsa())?;
    if asked.url.len() + asked.incoming.body.as_ref().map_or(0, Vec::len) > LONGEST {
        return None;
    }
    let running = provider.patience.begin()?;
    let in_header = reading.parameters.iter().filter(|found| found.place == crate::profile::document::Place::Header);
    let in_header = in_header.filter(|found| *found.name != *b"oauth_signature");
    let protocol = Parameters::of_header(in_header.map(|found| (&*found.name, &*found.value)));
    let headers: Vec<Header<'_>> = headers.iter().copied().filter(|header| !header.name.eq_ignore_ascii_case(b"authorization")).collect();
    let request = Request {
        method: &asked.incoming.method,
        url: Url::parse(asked.url).ok()?,
        headers: &headers,
        body: asked.incoming.body.as_deref(),
        protocol: &protocol,
        realm: reading.realm.as_deref(),
    };
    for other in provider.other_tokens(&client.identifier, token.map(|token| token.identifier.as_slice())) {
        let secrets = Secrets::new(secret.expose(), other.secret.expose());
        let mut derivation = Derivation::default();
        let derived = derivation.derive(&Recipe::RFC5849, &request, method, &secrets);
        if derived.is_ok() && bool::from(derivation.signature.ct_eq(signature)) {
            return Some(Explanation::of_other_secret(other.token_type));
        }
    }
    let secrets = Secrets::new(secret.expose(), token.map(|token| token.secret.expose()).unwrap_or_default());
    let (hosts, paths) = provider.around(asked.path);
    Some(Explanation::of(&request, method, secrets, signature, (&hosts, &paths), &running))
}
