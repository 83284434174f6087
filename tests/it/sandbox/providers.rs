//! Every profile that comes along, served: one good request through each of its endpoints, made of nothing but the profile, and one refusal
//! in the provider's own words.

use countersign::profile::document::{Endpoint, EndpointName, Place};
use countersign::profile::fixture::Fixtures;
use countersign::profile::kinds::Check;
use countersign::profile::rule::Level;
use countersign::profile::value::Value;
use countersign::profile::{Party, Profile, check, shipped};
use countersign::protocol::transmission::{body, header, query};
use countersign::protocol::{
    Derivation, Header, Parameters, PrivateKey, Recipe, Request, Secrets, SignatureMethod, Source, Url, signature,
};
use countersign::sandbox::{Sandbox, recording};

use super::{Answer, CLIENT, COUNTER, FORM, NOW, SECRET, builder, send};

/// What a request carries beside what every request to its endpoint does.
#[derive(Clone, Default)]
struct Carried {
    token: Option<(String, String)>,
    values: Vec<(&'static str, String)>,
    /// In place of the provider's signature.
    signature: Option<&'static str>,
    /// A parameter that is left out.
    without: Option<&'static str>,
    timestamp: Option<u64>,
}

impl Carried {
    fn token(token: &(String, String)) -> Carried {
        Carried { token: Some(token.clone()), ..Carried::default() }
    }

    fn but(mut self, name: &'static str, value: &str) -> Carried {
        self.values.retain(|(known, _)| *known != name);
        self.with(name, value)
    }

    fn with(mut self, name: &'static str, value: &str) -> Carried {
        self.values.push((name, value.to_owned()));
        self
    }
}

/// A client that knows a profile and nothing else.
struct Served {
    sandbox: Sandbox,
    profile: Profile,
}

impl Served {
    fn new(name: &str) -> Served {
        let profile = shipped::profile(name).unwrap().unwrap();
        Served { sandbox: builder(name).auto_approve(true).explains(false).start().unwrap(), profile }
    }

    /// A value that the rules of the endpoint take.
    fn value(&self, endpoint: EndpointName, name: &str, carried: &Carried) -> String {
        let given = carried.values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
        let token = || carried.token.as_ref().map(|(identifier, _)| identifier.clone()).unwrap_or_default();
        let rules = self.profile.rules.iter().filter(|rule| rule.endpoints.contains(&endpoint) && rule.level == Level::Must);
        let mut ruled = rules.filter_map(|rule| match &rule.check {
            Check::ParameterValue { name: known, value: Value::OneOf { values } } if known == name => values.first().cloned(),
            _ => None,
        });
        given.unwrap_or_else(|| match name {
            "oauth_consumer_key" | "key" => CLIENT.to_owned(),
            "oauth_token" | "token" => token(),
            "oauth_timestamp" => carried.timestamp.unwrap_or(NOW).to_string(),
            "oauth_nonce" => format!("nonce{:015}", COUNTER.fetch_add(1, std::sync::atomic::Ordering::SeqCst)),
            "oauth_signature_method" => self.endpoint(endpoint).signature_methods[0].clone(),
            _ => ruled.next_back().unwrap_or_else(|| "x".to_owned()),
        })
    }

    fn endpoint(&self, name: EndpointName) -> &Endpoint {
        &self.profile.endpoints[&name]
    }

    fn ask(&self, name: EndpointName, carried: &Carried) -> Answer {
        let endpoint = self.endpoint(name);
        let place = endpoint.places[0];
        let method = endpoint.methods.first().map_or("GET", String::as_str);
        let url = self.sandbox.url(name).unwrap();
        let mut protocol = Parameters::new();
        let mut others = Parameters::new();
        let sent = endpoint.required.iter().map(String::as_str);
        let sent: Vec<&str> = sent
            .chain(carried.values.iter().map(|(name, _)| *name).filter(|name| !endpoint.required.iter().any(|known| known == name)))
            .collect();
        let needs_token = carried.token.is_some() && !sent.iter().any(|name| name.ends_with("token"));
        let signed = !endpoint.signature_methods.is_empty();
        for parameter in sent
            .into_iter()
            .chain(needs_token.then_some("oauth_token"))
            .filter(|name| *name != "oauth_signature" && Some(*name) != carried.without)
        {
            let value = match parameter {
                "oauth_body_hash" if !carried.values.iter().any(|(known, _)| *known == "oauth_body_hash") => {
                    signature::body_hash(self.method(name), None)
                }
                parameter => self.value(name, parameter, carried),
            };
            let of_protocol = signed && parameter.starts_with("oauth_");
            let target = if of_protocol { &mut protocol } else { &mut others };
            target.push(parameter.as_bytes(), value.as_bytes(), Source::Header);
        }
        let form = |parameters: &Parameters| String::from_utf8(query(&Url::parse(b"http://h/").unwrap(), parameters, b"")).unwrap();
        let others = form(&others);
        let others = others.strip_prefix("http://h/?").unwrap().trim_end_matches("oauth_signature=").trim_end_matches('&');
        let (url, entity) = match (place, others) {
            (_, "") => (url, None),
            (Place::Body, others) => (url, Some(others.to_owned())),
            (_, others) => (format!("{url}{}{others}", if url.contains('?') { '&' } else { '?' }), None),
        };
        if !signed {
            return self.send(method, &url, None, None);
        }
        let made = self.sign(name, method, &url, entity.as_deref(), &protocol, carried);
        let parsed = Url::parse(url.as_bytes()).unwrap();
        let text = |octets: Vec<u8>| String::from_utf8(octets).unwrap();
        match place {
            Place::Header => {
                let realm = self.profile.realm.as_ref().map(String::as_bytes);
                self.send(method, &url, Some(&text(header(realm, &protocol, &made).unwrap())), entity.as_deref())
            }
            Place::Query => self.send(method, &text(query(&parsed, &protocol, &made)), None, entity.as_deref()),
            Place::Body => {
                let entity = body(entity.as_deref().map(str::as_bytes), Some(FORM.as_bytes()), &protocol, &made).unwrap();
                self.send(method, &url, None, Some(&text(entity)))
            }
        }
    }

    fn method(&self, name: EndpointName) -> SignatureMethod {
        SignatureMethod::from_name(self.endpoint(name).signature_methods[0].as_bytes()).unwrap()
    }

    fn sign(&self, name: EndpointName, method: &str, url: &str, entity: Option<&str>, protocol: &Parameters, carried: &Carried) -> Vec<u8> {
        if let Some(signature) = carried.signature {
            return signature.as_bytes().to_vec();
        }
        let form = [Header { name: b"Content-Type", value: FORM.as_bytes() }];
        let request = Request {
            method: method.as_bytes(),
            url: Url::parse(url.as_bytes()).unwrap(),
            headers: if entity.is_some() { &form } else { &[] },
            body: entity.map(str::as_bytes),
            protocol,
            realm: None,
        };
        let token = carried.token.as_ref().map(|(_, secret)| secret.as_bytes()).unwrap_or_default();
        let key = self.sandbox.private_key().map(|pem| PrivateKey::from_pem(pem).unwrap());
        let secrets = Secrets::new(SECRET.as_bytes(), token).with_private_key(key.as_ref());
        let mut derivation = Derivation::default();
        derivation.derive(&Recipe::RFC5849, &request, self.method(name), &secrets).unwrap();
        derivation.signature.to_vec()
    }

    fn send(&self, method: &str, url: &str, authorization: Option<&str>, entity: Option<&str>) -> Answer {
        let origin = self.sandbox.origin();
        let target = url.strip_prefix(&origin).unwrap();
        let host = origin.split_once("://").unwrap().1;
        let authorization = authorization.map(|value| format!("Authorization: {value}\r\n")).unwrap_or_default();
        let about = entity.map(|body| format!("Content-Type: {FORM}\r\nContent-Length: {}\r\n", body.len())).unwrap_or_default();
        let fields: String = self
            .profile
            .rules
            .iter()
            .filter_map(|rule| match &rule.check {
                Check::HeaderField { name } => Some(format!("{name}: kestrel/1.0\r\n")),
                _ => None,
            })
            .collect();
        let body = entity.unwrap_or_default();
        let request =
            format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\n{fields}{about}{authorization}Connection: close\r\n\r\n{body}");
        send(&self.sandbox, request.as_bytes())
    }

    /// What a first request carries: a callback, where the provider takes one.
    fn first(&self) -> Carried {
        match (self.profile.callback.url, self.profile.callback.oob) {
            (true, _) => Carried::default().with("oauth_callback", "https://client.example/cb"),
            (false, true) => Carried::default().with("oauth_callback", "oob"),
            (false, false) => Carried::default(),
        }
    }

    /// Token credentials by the profile's own handshake, or those that a sandbox without one gives out; with what else the answer said.
    fn credentials(&self) -> Option<((String, String), Option<Answer>)> {
        if !self.profile.endpoints.contains_key(&EndpointName::RequestToken) {
            let token = self.sandbox.token()?;
            let text = |octets: &[u8]| String::from_utf8(octets.to_vec()).unwrap();
            return Some(((text(&token.identifier), text(token.secret.expose())), None));
        }
        let given = |answer: &Answer, name: EndpointName| {
            let documented = &self.endpoint(name).response;
            let content_type = documented.content_type.as_deref().unwrap_or(FORM);
            assert_eq!((answer.status, answer.field("Content-Type")), (documented.status, content_type), "{}: {answer:?}", self.profile.id);
            (answer.value("oauth_token"), answer.value("oauth_token_secret"))
        };
        let temporary = self.ask(EndpointName::RequestToken, &self.first());
        let asked = temporary;
        let temporary = given(&asked, EndpointName::RequestToken);
        let has_user = self.profile.endpoints.contains_key(&EndpointName::Authorize);
        let allowed = if has_user { self.ask(EndpointName::Authorize, &Carried::token(&temporary)) } else { asked };
        let verifier = match allowed.status {
            200 => allowed.field("X-Countersign-Verifier").to_owned(),
            302 => {
                let mut back = Parameters::new();
                back.push_form(allowed.field("Location").split_once('?').unwrap().1.as_bytes(), Source::Query);
                String::from_utf8(back.first("oauth_verifier").unwrap().to_vec()).unwrap()
            }
            _ => panic!("{}: {allowed:?}", self.profile.id),
        };
        let answer = self.ask(EndpointName::AccessToken, &Carried::token(&temporary).with("oauth_verifier", &verifier));
        Some((given(&answer, EndpointName::AccessToken), Some(answer)))
    }
}

#[test]
fn every_profile_can_be_used_from_its_data_alone() {
    for (name, _) in shipped::TEXTS {
        let served = Served::new(name);
        let credentials = served.credentials();
        let token = credentials.as_ref().map(|(token, _)| Carried::token(token)).unwrap_or_default();
        let answer = served.ask(EndpointName::Resource, &token);
        assert_eq!((answer.status, answer.refused()), (200, ""), "{name}: {answer:?}");
        if let (true, Some((_, Some(answer)))) = (served.profile.endpoints.contains_key(&EndpointName::Renew), &credentials) {
            let has_handle = served.endpoint(EndpointName::Renew).required.iter().any(|name| name == "oauth_session_handle");
            let renewal =
                if has_handle { token.clone().with("oauth_session_handle", &answer.value("oauth_session_handle")) } else { token.clone() };
            assert_eq!(served.ask(EndpointName::Renew, &renewal).status, 200, "{name}");
        }
        // Recorded, they are exchanges with the provider itself: at its addresses, signed for them.
        let recorded = Fixtures::parse("recorded", &recording::fixtures(&served.sandbox.exchanges(), &served.profile)).unwrap();
        let asked = recorded.cases.iter().find(|case| case.input.endpoint == EndpointName::Resource).unwrap();
        assert!(!asked.input.request.url.contains("127.0.0.1") || served.endpoint(EndpointName::Resource).urls.is_empty(), "{name}");
        for case in &recorded.cases {
            let broken = check(&served.profile, &case.input)
                .into_iter()
                .filter(|finding| finding.by == Party::Client && finding.level == Level::Must);
            let broken: Vec<String> = broken.map(|finding| format!("{}: {}", finding.rule, finding.because)).collect();
            let transport = broken.iter().all(|rule| served.endpoint(case.input.endpoint).urls.is_empty() && rule.contains("https"));
            assert!(transport, "{name}: {}: {broken:?}", case.title);
        }
        if served.profile.endpoints.contains_key(&EndpointName::Revoke) {
            assert_eq!(served.ask(EndpointName::Revoke, &token).status, 200, "{name}");
            assert_ne!(served.ask(EndpointName::Resource, &token).refused(), "", "{name}: it was revoked");
        }
    }
}

/// Provider, endpoint, what is wrong, and of the answer: the status, the content type, a part of the body, the rule.
type Refusal = (&'static str, EndpointName, fn(Carried) -> Carried, u16, &'static str, &'static str, &'static str);

fn wrong_signature(carried: Carried) -> Carried {
    Carried { signature: Some("d3Jvbmcgc2lnbmF0dXJlIQ=="), ..carried }
}

fn another_secret(carried: Carried) -> Carried {
    Carried { signature: Some("another-secret&"), ..carried }
}

fn no_nonce(carried: Carried) -> Carried {
    Carried { without: Some("oauth_nonce"), ..carried }
}

fn long_ago(carried: Carried) -> Carried {
    Carried { timestamp: Some(NOW - 7200), ..carried }
}

/// As they were documented or seen; the bodies are written down here once more, so that a profile cannot be its own witness.
const REFUSALS: [Refusal; 26] = {
    use EndpointName::{AccessToken, RequestToken, Resource};
    const JSON: &str = "application/json";
    [
        (
            "twitter",
            RequestToken,
            wrong_signature,
            401,
            "application/json; charset=utf-8",
            r#"{"errors":[{"code":32,"#,
            "twitter.signature.rt",
        ),
        ("twitter", Resource, no_nonce, 400, "application/json; charset=utf-8", r#"{"errors":[{"code":215,"#, "twitter.api.required"),
        ("twitter", RequestToken, long_ago, 401, "application/json; charset=utf-8", r#"{"errors":[{"code":135,"#, ""),
        (
            "tumblr",
            RequestToken,
            wrong_signature,
            401,
            "text/plain",
            "oauth_signature does not match expected value",
            "tumblr.signature.rt",
        ),
        (
            "tumblr",
            RequestToken,
            |carried| carried.but("oauth_callback", "oob"),
            401,
            "text/plain",
            "Out-of-band (\"oob\") callbacks are not supported",
            "tumblr.rt.callback",
        ),
        ("tumblr", RequestToken, long_ago, 401, "text/plain", "oauth_timestamp is too far away; we believe it is now 1700000000", ""),
        (
            "flickr",
            RequestToken,
            wrong_signature,
            401,
            "text/plain",
            "oauth_problem=signature_invalid&debug_sbs=GET&http%3A%2F%2F127.0.0.1",
            "flickr.signature.rt",
        ),
        ("flickr", Resource, wrong_signature, 200, JSON, r#"{"stat":"fail","code":96,"#, "flickr.signature"),
        ("trello", AccessToken, wrong_signature, 500, "text/plain", "Invalid Signature", "trello.signature"),
        ("discogs", RequestToken, no_nonce, 401, "text/plain", "Parameter not found: oauth_nonce", "discogs.rt.required"),
        ("netsuite", Resource, wrong_signature, 401, JSON, r#""o:errorCode":"INVALID_LOGIN""#, "netsuite.signature"),
        ("netsuite", AccessToken, wrong_signature, 401, "text/plain", "INVALID_LOGIN_ATTEMPT", "netsuite.signature"),
        (
            "mastercard",
            Resource,
            wrong_signature,
            401,
            JSON,
            "Acceptable signature base string: GET&http%3A%2F%2F127.0.0.1",
            "mastercard.signature",
        ),
        (
            "mastercard",
            Resource,
            |carried| carried.with("oauth_body_hash", "x"),
            400,
            JSON,
            r#""ReasonCode":"INVALID_BODY_HASH""#,
            "mastercard.body_hash",
        ),
        (
            "woocommerce",
            Resource,
            long_ago,
            401,
            "application/json; charset=UTF-8",
            r#""message":"Invalid timestamp.","data":{"status":401}}"#,
            "woocommerce.timestamp",
        ),
        (
            "woocommerce",
            Resource,
            no_nonce,
            401,
            "application/json; charset=UTF-8",
            "missing_parameter\",\"message\":\"Missing OAuth parameter oauth_nonce\"",
            "woocommerce.required",
        ),
        (
            "mediawiki",
            RequestToken,
            wrong_signature,
            200,
            "text/plain",
            "Error: An error occurred in the OAuth protocol: Invalid signature",
            "mediawiki.signature.rt",
        ),
        ("mediawiki", Resource, long_ago, 200, JSON, "Expired timestamp, yours", "mediawiki.timestamp"),
        ("lti11", Resource, wrong_signature, 401, "text/plain", "Invalid signature", "lti11.signature"),
        (
            "lti11",
            Resource,
            |carried| carried.with("lti_version", "LTI-2p0"),
            400,
            FORM,
            "oauth_problem=parameter_rejected",
            "lti11.lti_version",
        ),
        (
            "magento",
            AccessToken,
            wrong_signature,
            401,
            FORM,
            "oauth_problem=The signature is invalid. Verify and try again.",
            "magento.signature",
        ),
        ("magento", RequestToken, no_nonce, 400, FORM, "oauth_problem=\"oauth_nonce\" is required.", "magento.rt.required"),
        (
            "bricklink",
            Resource,
            wrong_signature,
            200,
            "application/json;charset=UTF-8",
            r#"{"meta":{"code":401,"message":"BAD_OAUTH_REQUEST""#,
            "bricklink.signature",
        ),
        ("trademe", Resource, another_secret, 401, "text/xml", "<ErrorDescription>", "trademe.signature"),
        (
            "etrade",
            RequestToken,
            wrong_signature,
            401,
            "text/html;charset=utf-8",
            "<h1>HTTP Status 401 - oauth_problem=signature_invalid",
            "etrade.rt.signature",
        ),
        ("yahoo", AccessToken, another_secret, 400, FORM, "oauth_problem=signature_invalid", "yahoo.at.signature"),
    ]
};

#[test]
fn every_provider_refuses_in_its_own_words() {
    let mut untold: Vec<&str> = shipped::TEXTS.iter().map(|(name, _)| *name).filter(|name| *name != "rfc5849").collect();
    for (name, endpoint, wrong, status, content_type, part, rule) in REFUSALS {
        untold.retain(|untold| *untold != name);
        let served = Served::new(name);
        let token = match endpoint {
            EndpointName::Resource => served.credentials().map(|(token, _)| token),
            EndpointName::AccessToken => {
                let answer = served.ask(EndpointName::RequestToken, &served.first());
                Some((answer.value("oauth_token"), answer.value("oauth_token_secret")))
            }
            _ => None,
        };
        let plain = if endpoint == EndpointName::RequestToken { served.first() } else { Carried::default() };
        let carried = wrong(Carried { token: token.clone(), ..plain });
        let answer = served.ask(endpoint, &carried);
        assert_eq!((answer.status, answer.field("Content-Type")), (status, content_type), "{name}: {answer:?}");
        assert!(answer.body.contains(part), "{name}: {answer:?}");
        assert_eq!(answer.field("X-Countersign-Rule"), rule, "{name}: {answer:?}");
        assert_ne!(answer.refused(), "", "{name}");
        // In words of its own a provider names no problem in the challenge either.
        let of_its_own = !answer.body.contains("oauth_problem_advice");
        assert_eq!(answer.field("WWW-Authenticate").contains("oauth_problem=\""), !of_its_own, "{name}: {answer:?}");
        // And the answer is one that the provider's own rules take.
        for entry in served.sandbox.exchanges() {
            let Some(exchange) = entry.exchange() else { continue };
            let findings = check(served.sandbox.profile(), &exchange);
            let own: Vec<String> = findings
                .into_iter()
                .filter(|finding| finding.by == Party::Provider && finding.level != Level::Info)
                .map(|finding| format!("{}: {}", finding.rule, finding.because))
                .collect();
            assert_eq!(own, Vec::<String>::new(), "{name}: {}", entry.line());
        }
    }
    assert_eq!(untold, Vec::<&str>::new(), "no refusal is told of");
}

/// What a provider repeats is what was sent to it: a number, no number, or more than anybody wants back.
#[test]
fn a_refused_timestamp_is_told_beside_the_clock() {
    use EndpointName::{RequestToken, Resource};
    let told = |name: &str, endpoint: EndpointName, sent: &str| {
        let served = Served::new(name);
        let plain = match endpoint {
            RequestToken => served.first(),
            _ => served.credentials().map(|(token, _)| Carried::token(&token)).unwrap_or_default(),
        };
        let answer = served.ask(endpoint, &plain.with("oauth_timestamp", sent));
        assert_eq!(answer.refused(), "timestamp_refused", "{name}: {answer:?}");
        if answer.field("Content-Type") != "application/json" {
            return answer.body;
        }
        let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(body["error"], "mwoauth-oauth-exception", "{name}: {answer:?}");
        body["message"].as_str().unwrap().to_owned()
    };
    for (name, endpoint, before) in [
        ("mediawiki", RequestToken, "Error: An error occurred in the OAuth protocol: "),
        ("mediawiki", Resource, "An error occurred in the OAuth protocol: "),
        ("lti11", Resource, ""),
    ] {
        for sent in ["1699990000", "yesterday \"noon\", {now}"] {
            let whole = format!("{before}Expired timestamp, yours {sent}, ours 1700000000");
            assert_eq!(told(name, endpoint, sent), whole, "{name} {endpoint}");
        }
        let long = told(name, endpoint, &"z".repeat(5000));
        let whole = format!("{before}Expired timestamp, yours {} ... (cut, of 5000 octets), ours 1700000000", "z".repeat(4096));
        assert_eq!(long, whole, "{name} {endpoint}");
    }
}
