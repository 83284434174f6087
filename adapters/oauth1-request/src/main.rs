//! oauth1-request: `Builder::new(client, method).nonce(…).timestamp(…).authorize(method, uri, &parameters)`, and `to_form` and `to_query`.
//! It takes a URI without query, and the decoded parameters of query and form in one list.
//! A signature method of its caller's can note the base string; here it wraps those of the library.

use std::cell::RefCell;
use std::fmt::{Display, Write};
use std::num::NonZeroU64;

use adapter_loop::{form, locked, no_host_field, optional, sent_signature, serve, split_url, text, unsupported, Adapter, Answer, Declined};
use oauth1_request::signature_method::rsa_sha1_09::{DecodePrivateKey as _, RsaPrivateKey, RsaSha1};
use oauth1_request::signature_method::{Sign, SignatureMethod};
use oauth1_request::{Builder, Credentials, ParameterList, HMAC_SHA1, PLAINTEXT};
use rsa::pkcs1::DecodeRsaPrivateKey as _;
use serde_json::{json, Value};

thread_local! {
    static BASE_STRING: RefCell<String> = const { RefCell::new(String::new()) };
}

fn sign(asked: &Value) -> Answer {
    match text(&asked["signature_method"])? {
        "HMAC-SHA1" => sign_with(asked, Noting(HMAC_SHA1)),
        "PLAINTEXT" => sign_with(asked, Noting(PLAINTEXT)),
        "RSA-SHA1" => {
            let pem = optional(&asked["private_key"])?.unwrap_or_default();
            let key = RsaPrivateKey::from_pkcs8_pem(pem).or_else(|_| RsaPrivateKey::from_pkcs1_pem(pem));
            sign_with(asked, Noting(RsaSha1::new(key.map_err(|error| Declined::Refused(error.to_string()))?)))
        }
        _ => Err(Declined::Refused("there is no type for this signature method".to_owned())),
    }
}

fn sign_with<M: SignatureMethod + Clone>(asked: &Value, signature_method: M) -> Answer {
    no_host_field(asked)?;
    let (uri, query) = split_url(text(&asked["url"])?);
    let form = form(asked)?;
    let pairs = form_urlencoded::parse(query.as_bytes()).chain(form_urlencoded::parse(form.as_bytes()));
    let parameters: ParameterList<_, _> = pairs.collect::<Vec<_>>().into();

    let (Some(nonce), Some(timestamp)) = (optional(&asked["nonce"])?, optional(&asked["timestamp"])?) else {
        return unsupported("feature:no_nonce");
    };
    let number: NonZeroU64 = timestamp.parse().map_err(|error| Declined::Refused(format!("{error}")))?;
    if number.to_string() != timestamp {
        return unsupported("feature:timestamp_text");
    }
    let version = optional(&asked["version"])?;
    if version.is_some_and(|version| version != "1.0") {
        return unsupported("feature:other_version");
    }
    let mut builder = Builder::new(credentials(&asked["client"])?, signature_method);
    builder
        .token(if asked["token"].is_null() { None } else { Some(credentials(&asked["token"])?) })
        .callback(optional(&asked["callback"])?)
        .verifier(optional(&asked["verifier"])?)
        .nonce(nonce)
        .timestamp(number)
        .version(version.is_some());
    let method = text(&asked["method"])?;
    BASE_STRING.take();
    // One list of parameters is signed and written to one place.
    let (place, sent) = match asked["transmission"].as_str().unwrap_or("header") {
        "header" => ("authorization", builder.authorize(method, uri, &parameters)),
        "body" if !query.is_empty() => return unsupported("feature:query_and_body"),
        "body" if form.is_empty() && !asked["body"].is_null() && asked["body"] != "" => return unsupported("feature:other_body"),
        "body" => ("body", builder.to_form(method, uri, &parameters)),
        _ if !form.is_empty() => return unsupported("feature:query_and_body"),
        _ => ("url", builder.to_query(method, uri.to_owned(), &parameters)),
    };
    let mut output = json!({ "signature": sent_signature(&sent), place: sent });
    let base_string = BASE_STRING.take();
    if asked["signature_method"] != "PLAINTEXT" {
        output["stages"] = json!({ "base_string": base_string });
    }
    Ok(output)
}

fn credentials(given: &Value) -> Result<Credentials<&str>, Declined> {
    Ok(Credentials::new(text(&given["identifier"])?, optional(&given["secret"])?.unwrap_or_default()))
}

/// A signature method that notes what the library hands to it, as the documentation of `Sign` says that it is to be written.
#[derive(Clone)]
struct Noting<M>(M);

impl<M: SignatureMethod> SignatureMethod for Noting<M> {
    type Sign = NotingSign<M::Sign>;

    fn sign_with(self, client_secret: &str, token_secret: Option<&str>) -> Self::Sign {
        NotingSign(self.0.sign_with(client_secret, token_secret))
    }
}

struct NotingSign<S>(S);

impl<S: Sign> Sign for NotingSign<S> {
    type Signature = S::Signature;

    fn get_signature_method_name(&self) -> &'static str {
        self.0.get_signature_method_name()
    }

    fn request_method(&mut self, method: &str) {
        note(format_args!("{method}&"));
        self.0.request_method(method);
    }

    fn uri<T: Display>(&mut self, uri: T) {
        note(format_args!("{uri}&"));
        self.0.uri(uri);
    }

    fn parameter<V: Display>(&mut self, key: &str, value: V) {
        note(format_args!("{key}%3D{value}"));
        self.0.parameter(key, value);
    }

    fn delimiter(&mut self) {
        note("%26");
        self.0.delimiter();
    }

    fn end(self) -> Self::Signature {
        self.0.end()
    }

    fn use_nonce(&self) -> bool {
        self.0.use_nonce()
    }

    fn use_timestamp(&self) -> bool {
        self.0.use_timestamp()
    }
}

fn note(part: impl Display) {
    BASE_STRING.with_borrow_mut(|noted| write!(noted, "{part}").unwrap_or_default());
}

fn main() {
    serve(&Adapter {
        name: "oauth1-request",
        version: locked(include_str!("../Cargo.lock"), "oauth1-request"),
        homepage: "https://crates.io/crates/oauth1-request",
        operations: &[("sign", sign)],
        signature_methods: &["HMAC-SHA1", "RSA-SHA1", "PLAINTEXT"],
        features: &["stages", "form_body", "duplicates", "callback", "verifier", "no_version", "fixed_nonce", "transmission"],
    });
}
