//! An endpoint as it is asked: one URL, one method, one place and one signature method out of those that the profile documents.

use super::means::Means;
use crate::profile::document::{Endpoint, EndpointName, Place, SecretsUsed, TokenType};
use crate::profile::kinds::Check;
use crate::profile::value::Value;
use crate::profile::{Level, Profile, address};
use crate::protocol::{SignatureMethod, Url};

/// An endpoint as it is asked.
#[derive(Clone, Debug)]
pub struct Target {
    /// Which one.
    pub name: EndpointName,
    /// Its URL.
    pub url: String,
    /// The HTTP method.
    pub method: String,
    /// Where the protocol parameters stand.
    pub place: Place,
    /// The signature method.
    pub signature_method: SignatureMethod,
    /// Whether the token's secret signs too.
    pub with_token_secret: bool,
    /// The token that is presented.
    pub token: Option<TokenType>,
    /// The parameters that must be there.
    pub required: Vec<String>,
    /// The realm of the header.
    pub realm: Option<String>,
    /// Parameters that somebody gave for it.
    pub parameters: Vec<(String, String)>,
}

/// The paths of RFC 5849 section 1.2, for a server of one's own whose profile names none.
const OF_THE_RFC: [(EndpointName, &str); 4] = [
    (EndpointName::RequestToken, "/initiate"),
    (EndpointName::Authorize, "/authorize"),
    (EndpointName::AccessToken, "/token"),
    (EndpointName::Resource, "/photos"),
];

/// What a client can fill in by itself.
const KNOWN: [&str; 11] = [
    "oauth_consumer_key",
    "oauth_signature_method",
    "oauth_signature",
    "oauth_timestamp",
    "oauth_nonce",
    "oauth_version",
    "oauth_callback",
    "oauth_token",
    "oauth_verifier",
    "oauth_session_handle",
    "oauth_body_hash",
];

impl Target {
    /// The endpoint of a profile, or why it cannot be asked.
    ///
    /// # Errors
    /// One sentence.
    pub fn of(profile: &Profile, name: EndpointName, means: &Means) -> Result<Target, String> {
        let endpoint = profile.endpoints.get(&name).ok_or("the profile has no such endpoint")?;
        let url = url(profile, name, endpoint, means)?;
        if endpoint.signature_methods.is_empty() && name != EndpointName::Authorize {
            return Err("its requests are not signed".to_owned());
        }
        let signature_method =
            if name == EndpointName::Authorize { SignatureMethod::HmacSha1 } else { signature_method(endpoint, means, &url)? };
        let own = |required: &&String| !KNOWN.contains(&required.as_str()) && !means.parameters.iter().any(|(known, _)| known == *required);
        let mut parameters = given(endpoint, name, means);
        for required in endpoint.required.iter().filter(own).filter(|_| name != EndpointName::Authorize) {
            match documented(profile, name, required) {
                Some(value) => parameters.push((required.clone(), value)),
                None => return Err(format!("it asks for the parameter {required}: give it with --parameter {required}=VALUE")),
            }
        }
        let realm = means.realm.clone().or_else(|| realm(profile, name));
        let is_asked_for = profile.rules.iter().any(|rule| rule.endpoints.contains(&name) && matches!(rule.check, Check::RealmRequired {}));
        if is_asked_for && realm.as_ref().is_none_or(String::is_empty) {
            return Err("it asks for a realm: give it with --realm".to_owned());
        }
        let place = endpoint.places.first().copied().unwrap_or(Place::Header);
        let methods = || endpoint.methods.iter().map(String::as_str);
        let method = if place == Place::Body { methods().find(|method| *method != "GET").or(Some("POST")) } else { methods().next() };
        Ok(Target {
            name,
            url,
            method: method.unwrap_or("GET").to_owned(),
            place,
            signature_method,
            with_token_secret: endpoint.secrets.contains(&SecretsUsed::ClientAndToken),
            token: endpoint.token,
            required: endpoint.required.clone(),
            realm,
            parameters,
        })
    }

    /// The authority that it is asked at.
    #[must_use]
    pub fn authority(&self) -> &str {
        let rest = self.url.split_once("://").map_or("", |(_, rest)| rest);
        rest.split(['/', '?', '#']).next().unwrap_or_default()
    }

    /// Whether a good request carries this parameter.
    #[must_use]
    pub fn requires(&self, name: &str) -> bool {
        self.required.iter().any(|required| required == name)
    }
}

/// The parameters that somebody gave for an endpoint.
fn given(endpoint: &Endpoint, name: EndpointName, means: &Means) -> Vec<(String, String)> {
    let is_meant = |(known, _): &&(String, String)| {
        endpoint.required.contains(known) || endpoint.optional.contains(known) || name == EndpointName::RequestToken
    };
    means.parameters.iter().filter(is_meant).cloned().collect()
}

/// A value that the documentation gives for a parameter.
fn documented(profile: &Profile, name: EndpointName, parameter: &str) -> Option<String> {
    profile.rules.iter().filter(|rule| rule.endpoints.contains(&name)).find_map(|rule| match &rule.check {
        Check::ParameterValue { name, value: Value::OneOf { values } | Value::ListOf { values } } if name == parameter => {
            values.first().cloned()
        }
        _ => None,
    })
}

/// A realm that some requests must carry, or the one of the samples.
fn realm(profile: &Profile, name: EndpointName) -> Option<String> {
    let ruled = profile.rules.iter().filter(|rule| rule.endpoints.contains(&name) && rule.level == Level::Must);
    let one = ruled.filter_map(|rule| match &rule.check {
        Check::Realm { one_of } => one_of.first().cloned(),
        _ => None,
    });
    one.into_iter().next().or_else(|| profile.realm.clone())
}

fn url(profile: &Profile, name: EndpointName, endpoint: &Endpoint, means: &Means) -> Result<String, String> {
    let origin = || {
        let mut urls = profile.endpoints.values().flat_map(|endpoint| &endpoint.urls);
        urls.find_map(|url| {
            let (scheme, rest) = url.split_once("://")?;
            Some(format!("{scheme}://{}", rest.split(['/', '?']).next()?))
        })
    };
    if let Some((_, path)) = means.paths.iter().find(|(known, _)| *known == name) {
        if path.contains("://") {
            return Ok(path.clone());
        }
        return origin().map(|origin| format!("{origin}{path}")).ok_or_else(|| format!("--path {name}={path} needs --url"));
    }
    let url = endpoint.urls.first().ok_or_else(|| format!("the profile has no URL for it: give one with --path {name}=URL"))?;
    if url.contains(['{', '}', '*']) {
        return Err(format!("its URL has a part of one's own, {url}: give it with --path {name}=URL"));
    }
    Url::parse(url.as_bytes()).map(|_| url.clone()).map_err(|error| format!("its URL cannot be used: {error}"))
}

/// The signature method: the one that was asked for, or the strongest that there is a key for. PLAINTEXT only where nobody listens.
fn signature_method(endpoint: &Endpoint, means: &Means, url: &str) -> Result<SignatureMethod, String> {
    let known: Vec<SignatureMethod> =
        endpoint.signature_methods.iter().filter_map(|name| SignatureMethod::from_name(name.as_bytes()).ok()).collect();
    let has_key = |method: &SignatureMethod| if method.is_rsa() { means.private_key.is_some() } else { means.secret.is_some() };
    let is_safe = |method: &SignatureMethod| *method != SignatureMethod::Plaintext || means.is_loopback || url.starts_with("https://");
    if let Some(name) = &means.signature_method {
        let method = SignatureMethod::from_name(name.as_bytes()).map_err(|_| format!("there is no signature method {name}"))?;
        if !known.contains(&method) {
            return Err(format!("it takes {}, not {name}", endpoint.signature_methods.join(", ")));
        }
        return Some(method).filter(has_key).ok_or_else(|| format!("there is no key for {name}"));
    }
    let rank = |method: &SignatureMethod| match method {
        SignatureMethod::Plaintext => 2,
        method if method.is_rsa() => 1,
        _ => 0,
    };
    let usable = known.iter().filter(|method| has_key(method) && is_safe(method));
    let why = || {
        let named = endpoint.signature_methods.join(", ");
        format!("there is no key for {named}: give --secret-env, --secret-file, --secret-stdin or --private-key-file")
    };
    usable.copied().min_by_key(rank).ok_or_else(why)
}

/// A profile at another address: as [`Profile::moved_to`], and endpoints without a URL stand where RFC 5849 section 1.2 has them.
#[must_use]
pub fn moved(profile: &Profile, base: &str) -> Profile {
    let base = base.trim_end_matches('/');
    let mut moved = profile.moved_to(base);
    for (name, endpoint) in &mut moved.endpoints {
        // The places of addresses are for customers, and this server is one's own.
        endpoint.urls = endpoint.urls.iter().map(|url| address::filled(url)).collect();
        if endpoint.urls.is_empty()
            && let Some((_, path)) = OF_THE_RFC.iter().find(|(known, _)| known == name)
        {
            endpoint.urls.push(format!("{base}{path}"));
        }
    }
    moved
}
