//! What can be asked (`vectors/README.md`, operations): the input of each operation, as it stands in vector files and on the wire.
//!
//! What follows is that page.
#![doc = include_str!("../../vectors/README.md")]

use serde::{Deserialize, Serialize};

use super::text::{Pair, Text};

/// What an implementation is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each is its own name; vectors/README.md has the table")]
pub enum Operation {
    Sign,
    BaseString,
    Verify,
    PercentEncode,
    PercentDecode,
    ParseAuthorization,
    ParseTokenResponse,
    BaseUri,
    Normalize,
    Mac,
    FormDecode,
    BodyHash,
}

impl Operation {
    /// Every operation, in the order of the documentation.
    pub const ALL: [Operation; 12] = [
        Operation::Sign,
        Operation::BaseString,
        Operation::Verify,
        Operation::PercentEncode,
        Operation::PercentDecode,
        Operation::ParseAuthorization,
        Operation::ParseTokenResponse,
        Operation::BaseUri,
        Operation::Normalize,
        Operation::Mac,
        Operation::FormDecode,
        Operation::BodyHash,
    ];

    /// Its name in files and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Operation::Sign => "sign",
            Operation::BaseString => "base_string",
            Operation::Verify => "verify",
            Operation::PercentEncode => "percent_encode",
            Operation::PercentDecode => "percent_decode",
            Operation::ParseAuthorization => "parse_authorization",
            Operation::ParseTokenResponse => "parse_token_response",
            Operation::BaseUri => "base_uri",
            Operation::Normalize => "normalize",
            Operation::Mac => "mac",
            Operation::FormDecode => "form_decode",
            Operation::BodyHash => "body_hash",
        }
    }
}

impl std::fmt::Display for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One question, without its expectation: all that an implementation is told.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each carries the input of the operation of its name")]
pub enum Question {
    Sign(Box<SignInput>),
    BaseString(Box<SignInput>),
    Verify(Box<VerifyInput>),
    PercentEncode(TextInput),
    PercentDecode(TextInput),
    ParseAuthorization(HeaderInput),
    ParseTokenResponse(TokenResponseInput),
    BaseUri(BaseUriInput),
    Normalize(NormalizeInput),
    Mac(MacInput),
    FormDecode(TextInput),
    BodyHash(BodyHashInput),
}

impl Question {
    /// The operation it belongs to.
    #[must_use]
    pub const fn operation(&self) -> Operation {
        match self {
            Question::Sign(_) => Operation::Sign,
            Question::BaseString(_) => Operation::BaseString,
            Question::Verify(_) => Operation::Verify,
            Question::PercentEncode(_) => Operation::PercentEncode,
            Question::PercentDecode(_) => Operation::PercentDecode,
            Question::ParseAuthorization(_) => Operation::ParseAuthorization,
            Question::ParseTokenResponse(_) => Operation::ParseTokenResponse,
            Question::BaseUri(_) => Operation::BaseUri,
            Question::Normalize(_) => Operation::Normalize,
            Question::Mac(_) => Operation::Mac,
            Question::FormDecode(_) => Operation::FormDecode,
            Question::BodyHash(_) => Operation::BodyHash,
        }
    }
}

/// Client or token credentials of a request to be signed. The secret may be missing where nothing is signed (`base_string`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// The identifier.
    pub identifier: Text,
    /// The shared secret: synthetic, so it may be printed.
    #[serde(default)]
    pub secret: Option<Text>,
}

/// How the protocol parameters are to be sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each is its own name; RFC 5849 section 3.5")]
pub enum Transmission {
    #[default]
    Header,
    Body,
    Query,
}

/// A request to be signed. All of its texts are octets: most are UTF-8, and some cases ask for what is not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInput {
    /// The HTTP method, in the letter case in which the caller gives it.
    pub method: Text,
    /// The URL as the caller gives it, with its query; without protocol parameters.
    pub url: Text,
    /// The header fields of the request, without `Authorization`. A `Host` field wins over the URL (RFC 5849 section 3.4.1.2), and
    /// `Content-Type` says whether the body is a form.
    #[serde(default)]
    pub headers: Vec<Pair>,
    /// The body, if there is one. The parameters of a form are signed (section 3.4.1.3.1).
    #[serde(default)]
    pub body: Option<Text>,
    /// The client credentials.
    pub client: Credentials,
    /// Temporary or token credentials, if there are any.
    #[serde(default)]
    pub token: Option<Credentials>,
    /// `oauth_signature_method`, such as `HMAC-SHA1`; also names that no library knows and that must be refused.
    pub signature_method: Text,
    /// The RSA private key in PEM, PKCS #1 or PKCS #8, where the signature method needs one.
    #[serde(default)]
    pub private_key: Option<String>,
    /// `oauth_nonce`; `None`: the request has none.
    #[serde(default)]
    pub nonce: Option<Text>,
    /// `oauth_timestamp`, in seconds since 1970; `None`: the request has none.
    #[serde(default)]
    pub timestamp: Option<Text>,
    /// `oauth_version`; `None`: it is left out, as section 3.1 allows.
    #[serde(default)]
    pub version: Option<Text>,
    /// `oauth_callback` (section 2.1).
    #[serde(default)]
    pub callback: Option<Text>,
    /// `oauth_verifier` (section 2.3).
    #[serde(default)]
    pub verifier: Option<Text>,
    /// The realm of the Authorization field, which is not signed (section 3.5.1).
    #[serde(default)]
    pub realm: Option<Text>,
    /// `oauth_body_hash` of the extension for request bodies, as it is to be sent.
    #[serde(default)]
    pub body_hash: Option<Text>,
    /// Further protocol parameters, decoded: they are signed and sent where the others are.
    #[serde(default)]
    pub extra: Vec<Pair>,
    /// Where the protocol parameters are sent (section 3.5).
    #[serde(default)]
    pub transmission: Transmission,
}

/// Client credentials as a server knows them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerClient {
    /// The identifier.
    pub identifier: Text,
    /// The shared secret, if the client has one.
    #[serde(default)]
    pub secret: Option<Text>,
    /// The PEM of an RSA public key, if one is registered.
    #[serde(default)]
    pub public_key: Option<String>,
}

/// A request as a server received it, and what the server knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerifyInput {
    /// The HTTP method.
    pub method: Text,
    /// The URL that was asked for, with its query.
    pub url: Text,
    /// The header fields, `Authorization` among them.
    #[serde(default)]
    pub headers: Vec<Pair>,
    /// The body, if there is one.
    #[serde(default)]
    pub body: Option<Text>,
    /// The client that the server knows; `None`: it knows none.
    #[serde(default)]
    pub client: Option<ServerClient>,
    /// The token that the server knows, and its client's; `None`: it knows none.
    #[serde(default)]
    pub token: Option<Credentials>,
    /// The server's time, in seconds since 1970.
    #[serde(default)]
    pub now: Option<i64>,
    /// How many seconds a timestamp may differ from `now`, either way; `None`: timestamps are not judged.
    #[serde(default)]
    pub window: Option<i64>,
    /// Client, token, timestamp and nonce of earlier requests (RFC 5849 section 3.3); an absent token is the empty text.
    #[serde(default)]
    pub seen: Vec<(Text, Option<Text>, Text, Text)>,
    /// The signature methods that are allowed; `None`: all.
    #[serde(default)]
    pub allowed_methods: Option<Vec<Text>>,
}

/// One text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each member is explained in vectors/README.md")]
pub struct TextInput {
    pub text: Text,
}

/// The value of an Authorization field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each member is explained in vectors/README.md")]
pub struct HeaderInput {
    pub header: Text,
}

/// Which credentials a token response is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each is its own name; RFC 5849 sections 2.1 and 2.3")]
pub enum Step {
    #[default]
    Temporary,
    Token,
}

/// A token response.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each member is explained in vectors/README.md")]
pub struct TokenResponseInput {
    pub step: Step,
    pub status: i64,
    #[serde(default)]
    pub headers: Vec<Pair>,
    pub body: Text,
}

/// A URL and the header fields that say more about it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each member is explained in vectors/README.md")]
pub struct BaseUriInput {
    pub url: Text,
    #[serde(default)]
    pub headers: Vec<Pair>,
}

/// Decoded parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each member is explained in vectors/README.md")]
pub struct NormalizeInput {
    pub parameters: Vec<Pair>,
}

/// A base string and what it is signed with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each member is explained in vectors/README.md")]
pub struct MacInput {
    pub signature_method: Text,
    #[serde(default)]
    pub key: Option<Text>,
    #[serde(default)]
    pub private_key: Option<String>,
    pub base_string: Text,
}

/// A body to be hashed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each member is explained in vectors/README.md")]
pub struct BodyHashInput {
    #[serde(default)]
    pub body: Option<Text>,
    pub signature_method: Text,
}
