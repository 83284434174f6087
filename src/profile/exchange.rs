//! An exchange as data: a request as the server received it, what the server knew, and the answer.
//!
//! It is read from fixture files, and built by whoever has had an exchange: the sandbox, the probe, a person with a recording. What the
//! answer says of itself (its problem, the form of its body) is filled in by the caller, because reading error pages is `intake`'s work.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::document::{EndpointName, TokenType};
use super::kinds::Shape;
use super::strict;
use crate::protocol::Secret;

/// A request, what the server knew, and the answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// The endpoint that was meant; the URL may be another, which is then a finding.
    pub endpoint: EndpointName,
    /// The request as it was received.
    pub request: SentRequest,
    /// The client as the server knows it; `None` = unknown to it.
    #[serde(default)]
    pub client: Option<Client>,
    /// The token as the server knows it; `None` = none, or unknown to it.
    #[serde(default)]
    pub token: Option<Token>,
    /// When the request arrived, in seconds since 1970; without it nothing is judged by time.
    #[serde(default)]
    pub now: Option<u64>,
    /// Earlier requests as `[client, token, timestamp, nonce]`; an absent token is empty.
    #[serde(default)]
    pub seen: Vec<[String; 4]>,
    /// The answer; `None` = none was seen.
    #[serde(default)]
    pub response: Option<Response>,
}

/// A request as it was received.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentRequest {
    /// The HTTP method.
    pub method: String,
    /// The absolute URL.
    pub url: String,
    /// The header fields in their order.
    #[serde(default)]
    pub headers: Vec<(String, Octets)>,
    /// The body.
    #[serde(default)]
    pub body: Option<Octets>,
}

/// Client credentials as the server knows them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// The identifier.
    pub identifier: String,
    /// The shared secret; `None` = not known to us, so that HMAC and PLAINTEXT signatures are not judged.
    #[serde(default, deserialize_with = "secret")]
    pub secret: Option<Secret>,
    /// The RSA public key as PEM text.
    #[serde(default)]
    pub public_key: Option<String>,
    /// The callback configured for the client: empty = none, `None` = not known to us.
    #[serde(default)]
    pub callback: Option<String>,
}

/// Temporary or token credentials as the server knows them. All times are in seconds since 1970.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// The identifier.
    pub identifier: String,
    /// The shared secret; `None` = not known to us.
    #[serde(default, deserialize_with = "secret")]
    pub secret: Option<Secret>,
    /// Temporary or token credentials.
    #[serde(rename = "type")]
    pub token_type: TokenType,
    /// The verification code that the user was given.
    #[serde(default)]
    pub verifier: Option<String>,
    /// `oauth_callback` of the request that it was made for.
    #[serde(default)]
    pub callback: Option<String>,
    /// When it was issued.
    #[serde(default)]
    pub issued: Option<u64>,
    /// When it was last used.
    #[serde(default)]
    pub last_used: Option<u64>,
    /// When it was last renewed.
    #[serde(default)]
    pub renewed: Option<u64>,
    /// When it was revoked.
    #[serde(default)]
    pub revoked: Option<u64>,
    /// When it was exchanged for token credentials.
    #[serde(default)]
    pub exchanged: Option<u64>,
    /// Its life in seconds as the answer told it.
    #[serde(default)]
    pub lifetime: Option<u64>,
}

/// An answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The header fields in their order.
    #[serde(default)]
    pub headers: Vec<(String, Octets)>,
    /// The body; `None` and empty are the same.
    #[serde(default)]
    pub body: Option<Octets>,
    /// What the answer says of itself; never in a file.
    #[serde(skip)]
    pub told: Told,
}

/// What an answer says of itself, as `intake` reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// The value of `oauth_problem`, from wherever it stands.
    pub problem: Option<String>,
    /// The form of the body; `None` = nobody looked, so nothing is judged by it.
    pub shape: Option<Shape>,
}

impl Response {
    /// The value of a header field; the first, if there are several.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&[u8]> {
        self.headers.iter().find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.0.trim_ascii())
    }

    /// The body's octets.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        self.body.as_ref().map(|body| body.0.as_slice()).unwrap_or_default()
    }
}

/// Octets that are text in a file where they are UTF-8, and `{"base64": "…"}` otherwise.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Octets(pub Vec<u8>);

impl std::fmt::Debug for Octets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(&self.0))
    }
}

impl<T: AsRef<[u8]>> From<T> for Octets {
    fn from(octets: T) -> Octets {
        Octets(octets.as_ref().to_vec())
    }
}

impl<'de> Deserialize<'de> for Octets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Octets, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Text(String),
            #[serde(deserialize_with = "strict::object")]
            Encoded(Encoded),
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Encoded {
            base64: String,
        }
        let either = Either::deserialize(deserializer).map_err(|_| D::Error::custom("neither a text nor {\"base64\": \"…\"}"))?;
        match either {
            Either::Text(text) => Ok(Octets(text.into_bytes())),
            Either::Encoded(encoded) => crate::protocol::signature::base64_octets(encoded.base64.as_bytes())
                .map(Octets)
                .ok_or_else(|| D::Error::custom("the base64 cannot be decoded")),
        }
    }
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Secret>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.map(|text| Secret::new(text.into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_are_text_or_base64() {
        let read = |text: &str| serde_json::from_str::<Octets>(text).map(|octets| octets.0).map_err(|error| error.to_string());
        assert_eq!(read(r#""ä""#), Ok("ä".as_bytes().to_vec()));
        assert_eq!(read(r#"{"base64":"/w=="}"#), Ok(vec![0xff]));
        assert!(read(r#"{"base64":"/w="}"#).unwrap_err().contains("cannot be decoded"));
        assert!(read(r#"{"base46":"/w=="}"#).unwrap_err().contains("neither a text"));
        assert!(read("1").is_err());
        assert!(read(r#"["/w=="]"#).unwrap_err().contains("neither a text"));
    }

    #[test]
    fn secrets_of_an_exchange_are_not_printed() {
        let text = r#"{"endpoint":"resource","request":{"method":"GET","url":"https://h/"},"client":{"identifier":"k","secret":"hunter2"},
            "token":{"identifier":"t","secret":"hunter2","type":"access"}}"#;
        let exchange: Exchange = serde_json::from_str(text).unwrap();
        assert!(!format!("{exchange:?}").contains("hunter2"));
    }
}
