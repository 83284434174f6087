//! Small providers, written here by hand, each wrong in one way that real ones were: each is found by name, and nothing else is. The sound
//! one has no finding, so that no finding comes from the server's other habits.

use std::collections::{BTreeSet, HashMap};

use countersign::implementation::live::{Incoming, Outgoing, Send, Trouble};
use countersign::judgement::Observed;
use countersign::probe::judging::Disclosure;
use countersign::probe::target::moved;
use countersign::probe::{Level, Plan, judge};
use countersign::profile::shipped;
use countersign::protocol::nonce::{NonceKey, NonceMemory, Registration, SeenNonces};
use countersign::protocol::verification::{Checks, Knowledge, KnownClient, KnownToken, Received, Refusal, Verifier};
use countersign::protocol::{Code, Header, Parameters, Recipe, SignatureMethod, Source};

use super::{CLIENT, NOW, SECRET, answer, conducted, means};

/// What a server does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flaw {
    None,
    NoNonces,
    NoncesRaw,
    VerifierIgnored,
    AuthorizationIgnored,
    ExchangedTwice,
    DuplicatesTaken,
    ServerErrorAtHeaders,
    TokenSecretNotNeeded,
    AnyMethod,
    PlaintextTaken,
    TimestampsIgnored,
    CallbackOfTheUrl,
    SignaturesIgnored,
    RealmInQueryIgnored,
    SignatureTrimmed,
    TemporaryAsAccess,
    UnknownClientTaken,
    CallbackNotAsked,
    Unconfirmed,
    SameVerifier,
    VersionIgnored,
    SchemesMixed,
    SecretTold,
    OverStrictOrder,
}

struct Temporary {
    secret: String,
    callback: String,
    verifier: Option<String>,
    exchanged: bool,
}

struct Provider {
    flaw: Flaw,
    paths: [&'static str; 4],
    methods: &'static [SignatureMethod],
    nonces: SeenNonces,
    raw: BTreeSet<String>,
    temporary: HashMap<String, Temporary>,
    access: HashMap<String, String>,
    issued: u32,
}

impl Provider {
    fn of(profile: &str, flaw: Flaw) -> Provider {
        let (paths, methods): ([&str; 4], &'static [SignatureMethod]) = match profile {
            "etrade" => (
                ["/oauth/request_token", "/e/t/etws/authorize", "/oauth/access_token", "/v1/accounts/list"],
                if flaw == Flaw::PlaintextTaken {
                    &[SignatureMethod::HmacSha1, SignatureMethod::Plaintext]
                } else {
                    &[SignatureMethod::HmacSha1]
                },
            ),
            _ => (["/initiate", "/authorize", "/token", "/photos"], &[SignatureMethod::HmacSha1, SignatureMethod::Plaintext]),
        };
        Provider {
            flaw,
            paths,
            methods,
            nonces: SeenNonces::default(),
            raw: BTreeSet::new(),
            temporary: HashMap::new(),
            access: HashMap::new(),
            issued: 0,
        }
    }

    fn fresh(&mut self, what: &str) -> String {
        self.issued += 1;
        format!("{what}-{:08x}", self.issued.wrapping_mul(2_654_435_761))
    }

    fn serve(&mut self, request: &Outgoing) -> Incoming {
        let (path, query) = target(&request.url);
        let place = self.paths.iter().position(|known| *known == path);
        // E*TRADE's endpoints take GET alone, and most of them only the header.
        if self.paths[0] == "/oauth/request_token" {
            let in_query = query.first("oauth_consumer_key").is_some() && !path.ends_with("/access_token") && !path.ends_with("/list");
            if request.method != "GET" || in_query {
                return answer(400, &[("Content-Type", "text/html")], "<h1>Bad Request</h1>");
            }
        }
        match place {
            Some(1) => self.authorize(&query),
            Some(place) => match self.signed(request, place) {
                Ok(reply) => reply,
                Err(refusal) => refused(self.flaw, &refusal),
            },
            // The revocation and renewal of E*TRADE's, which this server does not have to get wrong.
            None if path.ends_with("renew_access_token") || path.ends_with("revoke_access_token") => match self.signed(request, 3) {
                Ok(reply) => reply,
                Err(refusal) => refused(self.flaw, &refusal),
            },
            None => answer(404, &[], "nothing here"),
        }
    }

    fn authorize(&mut self, query: &Parameters) -> Incoming {
        let token = query.first("oauth_token").or(query.first("token")).map(|token| String::from_utf8_lossy(token).into_owned());
        let code = if self.flaw == Flaw::SameVerifier { "always".to_owned() } else { self.fresh("code") };
        let Some(temporary) = token.as_ref().and_then(|token| self.temporary.get_mut(token)) else { return answer(401, &[], "unknown") };
        temporary.verifier = Some(code.clone());
        let evil = query.first("oauth_callback").filter(|_| self.flaw == Flaw::CallbackOfTheUrl);
        let callback = evil.map_or_else(|| temporary.callback.clone(), |callback| String::from_utf8_lossy(callback).into_owned());
        if callback == "oob" {
            return answer(200, &[("Content-Type", "text/html")], &format!("<p id=\"verifier\">{code}</p>"));
        }
        answer(302, &[("Location", &format!("{callback}?oauth_token={}&oauth_verifier={code}", token.unwrap_or_default()))], "")
    }

    fn signed(&mut self, request: &Outgoing, place: usize) -> Result<Incoming, Refusal> {
        let all = parameters(request);
        let text = |name: &str| all.first(name).map(|value| String::from_utf8_lossy(value).into_owned());
        let token = self.verify(request, place, &all)?;
        match place {
            0 => {
                let callback = text("oauth_callback").filter(|callback| !callback.is_empty());
                let callback = match callback {
                    Some(callback) if callback == "oob" || callback.starts_with("http://countersign.invalid/cal") => callback,
                    None if self.flaw == Flaw::CallbackNotAsked => "oob".to_owned(),
                    None => return Err(Refusal::new(Code::ParameterAbsent, "callback")),
                    Some(_) => return Err(Refusal::new(Code::ParameterRejected, "callback")),
                };
                let only_oob = self.paths[0] == "/oauth/request_token";
                if only_oob && callback != "oob" {
                    return Err(Refusal::new(Code::ParameterRejected, "callback"));
                }
                let (identifier, secret) = (self.fresh("temporary"), self.fresh("secret"));
                self.temporary.insert(identifier.clone(), Temporary { secret: secret.clone(), callback, verifier: None, exchanged: false });
                let confirmed = if self.flaw == Flaw::Unconfirmed { "false" } else { "true" };
                Ok(form(&format!("oauth_token={identifier}&oauth_token_secret={secret}&oauth_callback_confirmed={confirmed}")))
            }
            2 => {
                let flaw = self.flaw;
                let rejected = || Refusal::new(Code::TokenRejected, "token");
                let presented = text("oauth_verifier").filter(|verifier| !verifier.is_empty());
                let presented = presented.ok_or_else(|| Refusal::new(Code::ParameterAbsent, "verifier"))?;
                let temporary = self.temporary.get_mut(&token.unwrap_or_default()).ok_or_else(rejected)?;
                let is_right = match &temporary.verifier {
                    Some(verifier) => *verifier == presented || flaw == Flaw::VerifierIgnored,
                    None => flaw == Flaw::AuthorizationIgnored,
                };
                if !is_right || temporary.exchanged && flaw != Flaw::ExchangedTwice {
                    return Err(rejected());
                }
                temporary.exchanged = true;
                let (identifier, secret) = (self.fresh("access"), self.fresh("secret"));
                self.access.insert(identifier.clone(), secret.clone());
                Ok(form(&format!("oauth_token={identifier}&oauth_token_secret={secret}")))
            }
            _ => {
                if request.url.contains("revoke") {
                    self.access.remove(&token.unwrap_or_default());
                }
                Ok(answer(200, &[("Content-Type", "application/json")], "{}"))
            }
        }
    }

    /// Verifies a request, but for the flaw; the token that it presents.
    fn verify(&mut self, request: &Outgoing, place: usize, all: &Parameters) -> Result<Option<String>, Refusal> {
        let headers: Vec<Header<'_>> = request
            .headers
            .iter()
            .map(|(name, value)| Header { name: name.as_bytes(), value })
            .filter(|header| !header.name.is_empty())
            .collect();
        let token = all.first("oauth_token").filter(|token| !token.is_empty()).map(|token| String::from_utf8_lossy(token).into_owned());
        let secret = token.as_ref().and_then(|token| match place {
            2 => self.temporary.get(token).map(|temporary| temporary.secret.clone()),
            3 if self.flaw == Flaw::TemporaryAsAccess && self.temporary.contains_key(token) => {
                self.temporary.get(token).map(|temporary| temporary.secret.clone())
            }
            3 => self.access.get(token).cloned(),
            _ => None,
        });
        if place > 0 && token.is_none() {
            return Err(Refusal::new(Code::ParameterAbsent, "token"));
        }
        let mut checks = Checks { transport: |_| Ok(()), ..Checks::RFC5849 };
        self.bend(&mut checks);
        let named = all.first("oauth_consumer_key").map(<[u8]>::to_vec).unwrap_or_default();
        let known = named == CLIENT.as_bytes() || self.flaw == Flaw::UnknownClientTaken && !named.is_empty();
        let client_secret: &[u8] = if named == CLIENT.as_bytes() { SECRET.as_bytes() } else { b"" };
        let client = known.then_some(KnownClient { identifier: &named, secret: Some(client_secret), public_key: None });
        let known_token = token
            .as_ref()
            .zip(secret.as_ref())
            .map(|(token, secret)| KnownToken { identifier: token.as_bytes(), secret: secret.as_bytes() });
        let knowledge = Knowledge { client, token: known_token, now: Some(NOW), window: Some(300), allowed_methods: Some(self.methods) };
        let mut forgetful = Forgetful;
        let raw = self.raw_nonce(request);
        let mut verifier = Verifier::default();
        let mut last = Err(Refusal::new(Code::SignatureInvalid, "none"));
        for (method, url, knowledge) in self.readings(request, &knowledge) {
            let received = Received { method: &method, url: &url, headers: &headers, body: request.body.as_deref() };
            let memory: &mut dyn NonceMemory = match self.flaw {
                Flaw::NoNonces | Flaw::NoncesRaw => &mut forgetful,
                _ => &mut self.nonces,
            };
            last = verifier.verify(&checks, &Recipe::RFC5849, &received, &knowledge, memory);
            if !matches!(&last, Err(refusal) if refusal.code == Code::SignatureInvalid) {
                break;
            }
        }
        last?;
        if self.flaw == Flaw::NoncesRaw && !self.raw.insert(raw) {
            return Err(Refusal::new(Code::NonceUsed, "nonce"));
        }
        Ok(token)
    }

    /// The checks that the flaw leaves out.
    fn bend(&self, checks: &mut Checks) {
        match self.flaw {
            Flaw::DuplicatesTaken => {
                checks.places = |examined| {
                    let first = examined.protocol.first().map(|first| first.source);
                    let scattered = examined.protocol.iter().any(|parameter| Some(parameter.source) != first);
                    if scattered { Err(Refusal::new(Code::ParameterScattered, "places")) } else { Ok(()) }
                };
                // The last one counts.
                checks.protocol = |protocol| protocol.reverse();
            }
            Flaw::TimestampsIgnored => checks.timestamp = |_| Ok(()),
            Flaw::SignaturesIgnored => checks.signature = |_, _, _| Ok(()),
            Flaw::VersionIgnored => checks.version = |_| Ok(()),
            Flaw::SignatureTrimmed => {
                checks.signature = |examined, derivation, recipe| {
                    let presented = examined.get("oauth_signature").unwrap_or_default().to_vec();
                    let result = (Checks::RFC5849.signature)(examined, derivation, recipe);
                    let is_same = presented.len() > 8
                        && presented.len() == derivation.signature.len()
                        && derivation.signature.get(..presented.len() - 2) == presented.get(..presented.len() - 2);
                    if is_same { Ok(()) } else { result }
                };
            }
            Flaw::OverStrictOrder => {
                checks.presence = |examined| {
                    let first = examined.protocol.first().map(|first| first.name);
                    let is_first = first == Some(b"oauth_consumer_key");
                    if is_first { (Checks::RFC5849.presence)(examined) } else { Err(Refusal::new(Code::ParameterAbsent, "order")) }
                };
            }
            _ => {}
        }
    }

    /// What the server takes the request for: one reading, but where the flaw lies there.
    fn readings<'a>(&self, request: &Outgoing, knowledge: &Knowledge<'a>) -> Vec<(Vec<u8>, Vec<u8>, Knowledge<'a>)> {
        let (method, url) = (request.method.clone().into_bytes(), request.url.clone().into_bytes());
        let mut readings = vec![(method.clone(), url.clone(), *knowledge)];
        match self.flaw {
            Flaw::AnyMethod => readings.extend([&b"GET"[..], b"POST"].map(|method| (method.to_vec(), url.clone(), *knowledge))),
            Flaw::TokenSecretNotNeeded => {
                let token = knowledge.token.map(|token| KnownToken { secret: b"", ..token });
                readings.push((method, url, Knowledge { token, ..*knowledge }));
            }
            Flaw::RealmInQueryIgnored => {
                let without = request.url.replace("?realm=evil", "").replace("&realm=evil", "").into_bytes();
                readings.push((method, without, *knowledge));
            }
            Flaw::SchemesMixed => readings.push((method, request.url.replacen("http://", "https://", 1).into_bytes(), *knowledge)),
            _ => {}
        }
        readings
    }

    /// The nonce as it was written, with what else it is remembered by.
    fn raw_nonce(&self, request: &Outgoing) -> String {
        let text: String = request
            .headers
            .iter()
            .map(|(_, value)| String::from_utf8_lossy(value).into_owned())
            .chain([request.url.clone(), String::from_utf8_lossy(request.body.as_deref().unwrap_or_default()).into_owned()])
            .collect();
        let after = |name: &str| {
            text.split(&format!("{name}="))
                .nth(1)
                .map(|rest| rest.trim_start_matches('"').split(['"', '&', ',']).next().unwrap_or_default().to_owned())
        };
        format!("{:?} {:?} {:?}", after("oauth_nonce"), after("oauth_timestamp"), after("oauth_token"))
    }
}

impl Send for Provider {
    fn send(&mut self, request: &Outgoing) -> Result<Incoming, Trouble> {
        if self.flaw == Flaw::ServerErrorAtHeaders {
            let header = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization"));
            if header.is_some_and(|(_, value)| {
                value.starts_with(b"OAuth") && countersign::protocol::authorization::Authorization::parse(value).is_err()
            }) {
                return Ok(answer(500, &[("Content-Type", "text/html")], "<h1>Internal Server Error</h1>"));
            }
        }
        Ok(self.serve(request))
    }
}

struct Forgetful;

impl NonceMemory for Forgetful {
    fn register(&mut self, _: NonceKey<'_>) -> Registration {
        Registration::Fresh
    }
}

fn target(url: &str) -> (String, Parameters) {
    let rest = url.split_once("://").unwrap().1;
    let rest = rest.get(rest.find(['/', '?']).unwrap_or(rest.len())..).unwrap();
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut parameters = Parameters::new();
    parameters.push_form(query.as_bytes(), Source::Query);
    (path.to_owned(), parameters)
}

/// All parameters, read as far as they go.
fn parameters(request: &Outgoing) -> Parameters {
    let (_, mut all) = target(&request.url);
    if let Some(body) = &request.body {
        all.push_form(body, Source::Body);
    }
    let header = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    if let Some(read) = header.and_then(|(_, value)| countersign::protocol::authorization::Authorization::parse(value).ok()) {
        all.append(&read.parameters);
    }
    all
}

fn form(body: &str) -> Incoming {
    answer(200, &[("Content-Type", "application/x-www-form-urlencoded")], body)
}

fn refused(flaw: Flaw, refusal: &Refusal) -> Incoming {
    let status = match refusal.code {
        Code::SignatureInvalid | Code::ClientUnknown | Code::TokenRejected | Code::NonceUsed | Code::TimestampRefused => 401,
        _ => 400,
    };
    let told = if flaw == Flaw::SecretTold { format!("&key={SECRET}") } else { String::new() };
    answer(status, &[("Content-Type", "application/x-www-form-urlencoded")], &format!("oauth_problem={}{told}", refusal.code))
}

/// What is found of level must and should, each rule once.
fn findings(profile: &str, flaw: Flaw) -> BTreeSet<String> {
    let means = means();
    let documented = moved(&shipped::profile(profile).unwrap().unwrap(), "http://127.0.0.1:9");
    let plan = Plan::of(&documented, Level::Attacks, &means);
    let conducted = conducted(&plan, &means, &mut Provider::of(profile, flaw));
    let records = judge(&plan, &means, &conducted, &Disclosure { is_open: true, ..Disclosure::default() }).records;
    assert!(records.len() > 100, "{}", records.len());
    let mut found = BTreeSet::new();
    for record in records.iter().filter(|record| record.verdict().is_unexpected()) {
        match &record.observed {
            Observed::Findings(all) if record.reason.is_none() => {
                found.extend(record.judgement.differences.iter().map(|difference| difference.what.to_string().replace("findings: ", "")));
                assert!(!all.findings.is_empty(), "{}", record.id);
            }
            _ => drop(found.insert(format!("{}: {}", record.id, record.reason.as_deref().unwrap_or_default()))),
        }
    }
    found
}

#[track_caller]
fn finds(profile: &str, flaw: Flaw, expected: &[&str]) {
    let found = findings(profile, flaw);
    let expected: BTreeSet<String> = expected.iter().map(|&id| id.to_owned()).collect();
    assert_eq!(found, expected, "{flaw:?}");
}

#[test]
fn of_a_sound_provider_nothing_is_found() {
    finds("rfc5849", Flaw::None, &[]);
    finds("etrade", Flaw::None, &[]);
}

#[test]
fn every_flaw_is_found_by_name_and_nothing_else_is() {
    finds("rfc5849", Flaw::NoNonces, &["rfc5849.nonce"]);
    finds("rfc5849", Flaw::NoncesRaw, &["rfc5849.nonce"]);
    finds("rfc5849", Flaw::VerifierIgnored, &["rfc5849.at.verifier"]);
    finds("rfc5849", Flaw::AuthorizationIgnored, &["AV-S35"]);
    finds("rfc5849", Flaw::ExchangedTwice, &["rfc5849.at.once"]);
    // Where the last one counts, nobody has the token, and that is answered 401.
    finds("rfc5849", Flaw::DuplicatesTaken, &["rfc5849.duplicates", "rfc5849.err.bad_request"]);
    finds("rfc5849", Flaw::ServerErrorAtHeaders, &["AV-S43"]);
    finds("rfc5849", Flaw::TokenSecretNotNeeded, &["rfc5849.at.signature", "rfc5849.resource.signature"]);
    finds("rfc5849", Flaw::AnyMethod, &["AV-S25"]);
    finds("rfc5849", Flaw::TimestampsIgnored, &["AV-S14", "rfc5849.timestamp"]);
    finds("rfc5849", Flaw::CallbackOfTheUrl, &["AV-S39", "rfc5849.auth.cb.url"]);
    finds("rfc5849", Flaw::RealmInQueryIgnored, &["AV-S20"]);
    finds("rfc5849", Flaw::SignatureTrimmed, &["AV-S03"]);
    finds("rfc5849", Flaw::TemporaryAsAccess, &["rfc5849.resource.token"]);
    finds("rfc5849", Flaw::UnknownClientTaken, &["AV-S33"]);
    finds("rfc5849", Flaw::CallbackNotAsked, &["rfc5849.rt.callback.required"]);
    finds("rfc5849", Flaw::Unconfirmed, &["rfc5849.rt.resp.cbc"]);
    finds("rfc5849", Flaw::SameVerifier, &["auth.verifier-repeated"]);
    finds("rfc5849", Flaw::VersionIgnored, &["AV-S16", "rfc5849.version"]);
    finds("rfc5849", Flaw::SchemesMixed, &["AV-S26"]);
    finds("rfc5849", Flaw::SecretTold, &["answer.secret-told"]);
    finds("rfc5849", Flaw::OverStrictOrder, &["RFC5849"]);
    finds(
        "etrade",
        Flaw::PlaintextTaken,
        &["etrade.api.sigmethod", "etrade.at.sigmethod", "etrade.renew.sigmethod", "etrade.revoke.sigmethod", "etrade.rt.sigmethod"],
    );
}

#[test]
fn a_server_that_checks_no_signature_is_found_at_every_endpoint() {
    let found = findings("rfc5849", Flaw::SignaturesIgnored);
    for rule in ["rfc5849.rt.signature", "rfc5849.at.signature", "rfc5849.resource.signature", "AV-S02", "AV-S20"] {
        assert!(found.contains(rule), "{rule}: {found:?}");
    }
}
