//! The closed set of kinds of check. A rule is data: its kind and the kind's parameters say all that is needed to judge an exchange.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::calendar::Zone;
use super::document::{EndpointName, NonceScope, Place, SecretsUsed, TokenType};
use super::strict;
use super::value::Value;
use crate::protocol::Code;

/// How a rule is checked: `{"kind": "method", "one_of": ["GET"]}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[allow(missing_docs, reason = "a kind's sentence names its members")]
pub enum Check {
    // The request's form.
    /// The HTTP method is one of these.
    Method { one_of: Vec<String> },
    /// The URL is one of the endpoint's; the query does not matter.
    Url {},
    /// The URL's scheme is one of these.
    Scheme { one_of: Vec<String> },
    /// The protocol parameters stand in one of these places.
    Place { one_of: Vec<Place> },
    /// The protocol parameters stand in one place.
    OnePlace {},
    /// These are there and not empty.
    RequiredParameters { names: Vec<String> },
    /// These are not there.
    ForbiddenParameters { names: Vec<String> },
    /// No protocol parameters are there but these.
    ListedParameters { names: Vec<String> },
    /// No protocol parameter is there twice.
    NoDuplicates {},
    /// This one has this form, where it is sent.
    ParameterValue {
        name: String,
        #[serde(deserialize_with = "strict::object")]
        value: Value,
    },
    /// This one is the identifier of these credentials, where it is sent.
    ParameterIs { name: String, credential: Credential },
    /// None of these is longer, in characters.
    ParameterLengths { limits: Vec<(String, usize)> },
    /// This one is not sent with just its default value.
    DefaultValue { name: String, value: String },
    /// The Authorization header follows its grammar (RFC 5849 section 3.5.1).
    HeaderGrammar {},
    /// Protocol parameters in a body come with the content type of a form (section 3.5.2).
    FormBody {},
    /// The realm is one of these, where one is sent.
    Realm { one_of: Vec<String> },
    /// An Authorization header of the OAuth scheme carries a realm.
    RealmRequired {},
    /// This header field is there and not empty.
    HeaderField { name: String },

    // Credentials, signature, freshness.
    /// `oauth_signature_method` is one of these, letter case included.
    SignatureMethod { one_of: Vec<String> },
    /// The signature is the one computed with any of these secrets (section 3.4).
    Signature { secrets: Vec<SecretsUsed> },
    /// A PLAINTEXT signature has its `&` percent-encoded once.
    PlaintextWire {},
    /// `oauth_body_hash`, where it is sent, is this hash of the body.
    BodyHash { hash: Hash },
    /// `oauth_timestamp` is so near to the clock, or so near on this side of it.
    TimestampWithin {
        seconds: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        only: Option<Direction>,
    },
    /// The nonce was not seen with the same values of these.
    NonceFresh { per: Vec<NonceScope> },
    /// The server knows the client.
    ClientKnown {},
    /// The server knows the token.
    TokenKnown {},
    /// The token is of this type.
    TokenType {
        #[serde(rename = "type")]
        token_type: TokenType,
    },
    /// `oauth_verifier` is the one that belongs to the token.
    Verifier {},

    // The answer.
    /// An answer below 400 has one of these statuses.
    SuccessStatus { one_of: Vec<u16> },
    /// Every answer has one of these statuses.
    Status { one_of: Vec<u16> },
    /// An answer of 400 or more has one of these statuses.
    ErrorStatus { one_of: Vec<u16> },
    /// An answer of 500 or more has one of these statuses.
    ServerError { one_of: Vec<u16> },
    /// An answer with this text in its body has one of these statuses.
    TextStatus { text: String, one_of: Vec<u16> },
    /// An answer with this value at a JSON pointer has one of these statuses.
    ValueStatus { at: String, value: String, one_of: Vec<u16> },
    /// A success has one of these media types, parameters aside.
    ContentType { one_of: Vec<String> },
    /// A success is form-encoded.
    ResponseForm {},
    /// A success carries these parameters, not empty.
    ResponseParameters { names: Vec<String> },
    /// A success's parameter has this form, where it is sent.
    ResponseValue {
        name: String,
        #[serde(deserialize_with = "strict::object")]
        value: Value,
    },
    /// `oauth_callback_confirmed` says what it should.
    CallbackConfirmed { when: Confirmed },
    /// A redirection's Location carries these query parameters, not empty.
    RedirectParameters { names: Vec<String> },
    /// A redirection's query parameter has this form, where it is sent.
    RedirectValue {
        name: String,
        #[serde(deserialize_with = "strict::object")]
        value: Value,
    },
    /// A redirection goes to the callback and keeps its query.
    RedirectToCallback {},
    /// A problem that is named is one of these.
    Problem { one_of: Vec<String> },
    /// An answer that names one of these problems has one of these statuses.
    ProblemStatus { problems: Vec<String>, one_of: Vec<u16> },
    /// An error's body has one of these forms, if there is a body.
    ErrorShape { one_of: Vec<Shape> },
    /// A request with one of these faults is refused.
    Refusal { codes: Vec<Fault> },
    /// A refusal for one of these faults, and no other, has one of these statuses.
    RefusalStatus { codes: Vec<Fault>, one_of: Vec<u16> },
    /// A refusal for this fault, and no other, names one of these problems, if any.
    RefusalProblem { code: Fault, one_of: Vec<String> },
    /// A JSON refusal for one of these faults, and no other, has one of these values at a JSON pointer.
    RefusalValue { codes: Vec<Fault>, at: String, one_of: Vec<String> },
    /// A refusal for one of these faults, and no other, holds one of these texts.
    RefusalText { codes: Vec<Fault>, one_of: Vec<String> },

    // A token's life.
    /// A request token lives so long, or as long as the answer said.
    TokenLifetime { seconds: u64 },
    /// A token lives as long as the answer said.
    DeclaredLifetime {},
    /// An access token sleeps after so long without a request.
    TokenIdle { seconds: u64 },
    /// An access token ends with the calendar day there.
    TokenEndsAtMidnight { zone: Zone },
    /// A renewed access token is good again, until it sleeps or the day there ends.
    RenewalHolds { zone: Zone, seconds: u64 },
    /// A request token is exchanged once.
    TokenUnused {},
    /// A revoked token is refused.
    RevokedIsRefused {},
}

impl Check {
    /// The kind's word in files.
    #[must_use]
    pub fn kind(&self) -> String {
        let word = |value: serde_json::Value| value.get("kind").and_then(|kind| kind.as_str().map(str::to_owned));
        serde_json::to_value(self).ok().and_then(word).unwrap_or_default()
    }

    /// Makes a scheme as good as those of the file.
    pub(super) fn admit_scheme(&mut self, scheme: &str) {
        if let Check::Scheme { one_of } = self
            && !one_of.iter().any(|known| known == scheme)
        {
            one_of.push(scheme.to_owned());
        }
    }
}

/// Whose identifier a parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Credential {
    /// The client's.
    Client,
    /// The token's.
    Token,
}

/// A hash of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum Hash {
    /// That of the body hash draft.
    #[serde(rename = "SHA-1")]
    Sha1,
    /// SHA-256.
    #[serde(rename = "SHA-256")]
    Sha256,
}

/// One side of the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Behind it.
    Past,
    /// Ahead of it.
    Future,
}

/// When `oauth_callback_confirmed` is `true`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Confirmed {
    /// Always.
    Always,
    /// When a callback is configured for the client, and `false` otherwise.
    Configured,
}

/// The form of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each is its own name")]
pub enum Shape {
    Html,
    Xml,
    Json,
    Form,
    Text,
    Empty,
}

impl Shape {
    /// Every form.
    pub const ALL: [Shape; 6] = [Shape::Html, Shape::Xml, Shape::Json, Shape::Form, Shape::Text, Shape::Empty];

    /// The form with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Shape> {
        Shape::ALL.into_iter().find(|shape| shape.as_str() == word)
    }

    /// Its word in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Shape::Html => "html",
            Shape::Xml => "xml",
            Shape::Json => "json",
            Shape::Form => "form",
            Shape::Text => "text",
            Shape::Empty => "empty",
        }
    }
}

/// A [`Code`] in a profile file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault(pub Code);

impl<'de> Deserialize<'de> for Fault {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Fault, D::Error> {
        let word = String::deserialize(deserializer)?;
        Code::from_word(&word).map(Fault).ok_or_else(|| serde::de::Error::custom(format!("unknown code \"{word}\"")))
    }
}

impl Serialize for Fault {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.as_str())
    }
}

impl Check {
    /// The endpoints, beside the rule's own, whose data the check reads.
    #[must_use]
    pub fn endpoint_read(&self) -> Option<EndpointName> {
        match self {
            Check::ParameterValue { value, .. } | Check::ResponseValue { value, .. } | Check::RedirectValue { value, .. } => {
                value.endpoint()
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Check, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn a_check_is_read_by_its_kind() {
        assert_eq!(read(r#"{"kind":"method","one_of":["GET"]}"#), Ok(Check::Method { one_of: vec!["GET".to_owned()] }));
        assert_eq!(read(r#"{"kind":"url"}"#), Ok(Check::Url {}));
        assert_eq!(read(r#"{"kind":"token_type","type":"access"}"#), Ok(Check::TokenType { token_type: TokenType::Access }));
        assert_eq!(read(r#"{"kind":"refusal","codes":["nonce_used"]}"#), Ok(Check::Refusal { codes: vec![Fault(Code::NonceUsed)] }));
        assert_eq!(Check::NoDuplicates {}.kind(), "no_duplicates");
    }

    #[test]
    fn unknown_kinds_members_and_words_are_refused() {
        for (text, part) in [
            (r#"{"kind":"methods","one_of":["GET"]}"#, "unknown variant `methods`"),
            (r#"{"kind":"url","x":1}"#, "unknown field `x`"),
            (r#"{"kind":"method"}"#, "missing field `one_of`"),
            (r#"{"kind":"refusal","codes":["nonce"]}"#, "unknown code \"nonce\""),
            (r#"{"one_of":["GET"]}"#, "missing field `kind`"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
