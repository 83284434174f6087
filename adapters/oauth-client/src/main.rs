//! oauth-client: `authorization_header(method, uri, consumer, token, parameters)`, which its `get` and `post` call. It takes a URI
//! without query, and the decoded parameters of query and form in one map, which replace nonce, timestamp and version where they have
//! those names. The base string is what it logs. `check_signature_request` compares the signature of a header and leaves timestamps and
//! nonces to the application.

use std::borrow::Cow;
use std::sync::Mutex;

use adapter_loop::{
    field, form, locked, no_host_field, optional, sent_signature, serve, split_url, text, unsupported, Adapter, Answer, Declined,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use oauth_client::{authorization_header, check_signature_request, percent_encode_string, GenericRequest, ParamList, Token};
use serde_json::{json, Value};

const LOGGED: &str = "Signature base string: ";

struct Noting(Mutex<Option<String>>);

static LOG: Noting = Noting(Mutex::new(None));

impl log::Log for Noting {
    fn enabled(&self, _: &log::Metadata) -> bool {
        true
    }

    fn log(&self, record: &log::Record) {
        if let (Some(base_string), Ok(mut noted)) = (record.args().to_string().strip_prefix(LOGGED), self.0.lock()) {
            *noted = Some(base_string.to_owned());
        }
    }

    fn flush(&self) {}
}

fn credentials(given: &Value) -> Result<Token<'_>, Declined> {
    Ok(Token::new(text(&given["identifier"])?, optional(&given["secret"])?.unwrap_or_default()))
}

fn sign(asked: &Value) -> Answer {
    no_host_field(asked)?;
    if asked["signature_method"] != "HMAC-SHA1" {
        return Err(Declined::Refused("it has one signature method".to_owned()));
    }
    if asked["nonce"].is_null() || asked["timestamp"].is_null() {
        return unsupported("feature:no_nonce");
    }
    let (uri, query) = split_url(text(&asked["url"])?);
    let pairs = form_urlencoded::parse(query.as_bytes()).chain(form_urlencoded::parse(form(asked)?.as_bytes()));
    let mut parameters: ParamList<'_> = pairs.collect();
    for (name, member) in [
        ("oauth_nonce", "nonce"),
        ("oauth_timestamp", "timestamp"),
        ("oauth_version", "version"),
        ("oauth_callback", "callback"),
        ("oauth_verifier", "verifier"),
        ("oauth_body_hash", "body_hash"),
    ] {
        if let Some(value) = optional(&asked[member])? {
            parameters.insert(Cow::Borrowed(name), Cow::Borrowed(value));
        }
    }
    for pair in asked["extra"].as_array().into_iter().flatten() {
        let (name, value) = (text(&pair[0])?, text(&pair[1])?);
        if !name.starts_with("oauth_") {
            return unsupported("feature:extra_without_prefix");
        }
        parameters.insert(Cow::Borrowed(name), Cow::Borrowed(value));
    }
    let token = if asked["token"].is_null() { None } else { Some(credentials(&asked["token"])?) };
    let client = credentials(&asked["client"])?;
    let (header, _) = authorization_header(text(&asked["method"])?, uri, &client, token.as_ref(), Some(&parameters));
    let base_string = LOG.0.lock().ok().and_then(|mut noted| noted.take());
    Ok(json!({ "signature": sent_signature(&header), "authorization": header, "stages": { "base_string": base_string } }))
}

/// The request as a server's framework hands it over.
struct Received {
    method: String,
    url: String,
    headers: HeaderMap<HeaderValue>,
}

impl GenericRequest for Received {
    fn headers(&self) -> &HeaderMap<HeaderValue> {
        &self.headers
    }

    fn url(&self) -> &str {
        &self.url
    }

    fn method(&self) -> &str {
        &self.method
    }
}

fn verify(asked: &Value) -> Answer {
    if asked["client"].is_null() {
        return unsupported("feature:unknown_client");
    }
    if asked["seen"].as_array().is_some_and(|seen| !seen.is_empty()) {
        return unsupported("feature:nonces");
    }
    if !asked["allowed_methods"].is_null() {
        return unsupported("feature:allowed_methods");
    }
    if field(asked, "authorization").is_none() {
        return unsupported("feature:other_transmissions");
    }
    let mut headers = HeaderMap::new();
    for pair in asked["headers"].as_array().into_iter().flatten() {
        let name = HeaderName::try_from(text(&pair[0])?).map_err(|error| Declined::Refused(error.to_string()))?;
        let value = HeaderValue::from_bytes(text(&pair[1])?.as_bytes()).map_err(|error| Declined::Refused(error.to_string()))?;
        headers.append(name, value);
    }
    let request = Received { method: text(&asked["method"])?.to_owned(), url: text(&asked["url"])?.to_owned(), headers };
    let secret = optional(&asked["client"]["secret"])?.unwrap_or_default();
    let valid = check_signature_request(request, secret, optional(&asked["token"]["secret"])?, as_received);
    valid.map(|valid| json!({ "valid": valid })).map_err(|error| Declined::Refused(error.to_string()))
}

fn as_received(url: &str) -> Cow<'_, str> {
    Cow::Borrowed(url)
}

fn percent_encode(asked: &Value) -> Answer {
    Ok(json!({ "encoded": percent_encode_string(text(&asked["text"])?) }))
}

fn main() {
    if log::set_logger(&LOG).is_ok() {
        log::set_max_level(log::LevelFilter::Debug);
    }
    serve(&Adapter {
        name: "oauth-client",
        version: locked(include_str!("../Cargo.lock"), "oauth-client"),
        homepage: "https://crates.io/crates/oauth-client",
        operations: &[("sign", sign), ("verify", verify), ("percent_encode", percent_encode)],
        signature_methods: &["HMAC-SHA1"],
        features: &["stages", "form_body", "extra_parameters", "callback", "verifier", "fixed_nonce", "body_hash"],
    });
}
