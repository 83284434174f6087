//! The profile file, format 1 (`vectors/schema/profile-1.json`): what a provider's endpoints take and answer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::address;
pub use super::error_answer::{ErrorAnswer, ToldInside};
use super::rule::Rule;
use super::strict;
use super::value::Value;

/// A provider's documentation as data.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The schema's address, for editors; never read.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Always 1.
    pub format: u32,
    /// A short name; every rule's id begins with it.
    pub id: String,
    /// The provider's name.
    pub name: String,
    /// Whether the service still speaks OAuth 1.0a.
    pub state: State,
    /// What is peculiar about it, in a few sentences.
    pub about: String,
    /// The documents that the rules cite.
    pub sources: Vec<Source>,
    /// The greatest difference between timestamp and clock, in seconds either way.
    pub timestamp_window: u64,
    /// What a nonce may not be repeated with.
    pub nonce_per: Vec<NonceScope>,
    /// What `oauth_callback` may be.
    pub callback: CallbackForms,
    /// The realm of the documentation's samples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub realm: Option<String>,
    /// How long tokens last.
    pub tokens: Tokens,
    /// The endpoints.
    pub endpoints: BTreeMap<EndpointName, Endpoint>,
    /// Error answers that were documented or seen.
    pub errors: Vec<ErrorAnswer>,
    /// What in a body says that a request was refused although the status is a good one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told_inside: Vec<ToldInside>,
    /// Departures from the RFC's recipe.
    pub deviations: Deviations,
    /// Every statement that can be checked.
    pub rules: Vec<Rule>,
}

impl Profile {
    /// The rule with this id.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// The source with this id.
    #[must_use]
    pub fn source(&self, id: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.id == id)
    }

    /// The same provider at another address: each endpoint's path at `base` (`http://127.0.0.1:8080`), whose scheme is then as good as
    /// the documented one. For a sandbox or a proxy of the user's own.
    #[must_use]
    pub fn moved_to(&self, base: &str) -> Profile {
        let base = base.trim_end_matches('/');
        let mut moved = self.clone();
        for endpoint in moved.endpoints.values_mut() {
            endpoint.urls = endpoint.urls.iter().map(|url| format!("{base}{}", address::path_and_query(url))).collect();
            endpoint.former_urls.clear();
        }
        let scheme = base.split("://").next().unwrap_or_default();
        for rule in &mut moved.rules {
            rule.check.admit_scheme(scheme);
        }
        moved
    }
}

/// Whether a provider still speaks OAuth 1.0a.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It does.
    Active,
    /// It once did.
    Retired,
}

/// A document that can be opened.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Its name inside the profile.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
    /// What sort of document it is.
    pub kind: SourceKind,
    /// The day on which it was read, `YYYY-MM-DD`.
    pub read: String,
}

/// What sort of document a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// The provider's own documentation.
    Vendor,
    /// An RFC.
    Rfc,
    /// OAuth Core and its like.
    Specification,
    /// An extension's draft.
    Extension,
    /// A public issue with the answer that somebody got.
    Issue,
    /// The source text of a client that worked.
    Suite,
    /// The source text of a server.
    Server,
    /// What somebody else wrote about it.
    Page,
    /// What the provider itself answered to a probe.
    Probe,
}

/// What a nonce may not be repeated with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NonceScope {
    /// The client's identifier.
    Client,
    /// The token's identifier; an absent one is empty.
    Token,
    /// The timestamp as sent.
    Timestamp,
}

/// What `oauth_callback` may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CallbackForms {
    /// The word `oob`.
    pub oob: bool,
    /// A URL of the client's.
    pub url: bool,
}

/// How long tokens last.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    /// Request tokens, the RFC's temporary credentials.
    pub temporary: Lifetime,
    /// Access tokens, the RFC's token credentials.
    pub access: Lifetime,
}

/// How long one sort of token lasts. What is left out is not documented.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Lifetime {
    /// Its life in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
    /// It lives as long as `oauth_expires_in` said.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub declared: bool,
    /// It ends with the calendar day there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub midnight: Option<super::calendar::Zone>,
    /// It sleeps after so many seconds without a request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle: Option<u64>,
}

/// What an endpoint is for. The order is that of the flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EndpointName {
    /// Temporary credentials (RFC 5849 section 2.1).
    RequestToken,
    /// The resource owner's authorization (section 2.2).
    Authorize,
    /// Token credentials (section 2.3).
    AccessToken,
    /// A new life for token credentials.
    Renew,
    /// The end of token credentials.
    Revoke,
    /// A protected resource (section 3).
    Resource,
}

impl EndpointName {
    /// Every name, in the order of the flow.
    pub const ALL: [EndpointName; 6] = [
        EndpointName::RequestToken,
        EndpointName::Authorize,
        EndpointName::AccessToken,
        EndpointName::Renew,
        EndpointName::Revoke,
        EndpointName::Resource,
    ];

    /// Its word in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            EndpointName::RequestToken => "request_token",
            EndpointName::Authorize => "authorize",
            EndpointName::AccessToken => "access_token",
            EndpointName::Renew => "renew",
            EndpointName::Revoke => "revoke",
            EndpointName::Resource => "resource",
        }
    }
}

impl std::fmt::Display for EndpointName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One endpoint: what it takes and what it answers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// Its URLs, as [`address`] reads them; empty = any.
    pub urls: Vec<String>,
    /// URLs that it once had.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former_urls: Vec<String>,
    /// HTTP methods; empty = any.
    pub methods: Vec<String>,
    /// Where protocol parameters may stand, the preferred place first.
    pub places: Vec<Place>,
    /// Parameters that must be there.
    pub required: Vec<String>,
    /// Parameters that may be there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub optional: Vec<String>,
    /// Parameters that must not be there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forbidden: Vec<String>,
    /// Signature methods; empty = the request is not signed.
    pub signature_methods: Vec<String>,
    /// Which secrets sign; several = any of them.
    pub secrets: Vec<SecretsUsed>,
    /// Which token is presented, if any.
    pub token: Option<TokenType>,
    /// The answer to a good request.
    pub response: Success,
}

/// Where a parameter stands (RFC 5849 section 3.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The Authorization header.
    Header,
    /// The body.
    Body,
    /// The query of the URL.
    Query,
}

impl Place {
    /// Its word in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Place::Header => "header",
            Place::Body => "body",
            Place::Query => "query",
        }
    }
}

/// Which secrets make the signature's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretsUsed {
    /// The client's alone; the token's part is empty.
    Client,
    /// The client's and the token's.
    ClientAndToken,
}

/// Temporary or token credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenType {
    /// A request token.
    Temporary,
    /// An access token.
    Access,
}

/// The answer to a good request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Success {
    /// Its status.
    pub status: u16,
    /// Where its parameters stand.
    pub format: SuccessFormat,
    /// Its content type, where it is another than the format's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Its parameters and their forms.
    pub parameters: Vec<AnswerParameter>,
}

/// Where the parameters of a good answer stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SuccessFormat {
    /// In a form-encoded body.
    Form,
    /// In the query of a redirection's Location.
    Redirect,
    /// Nothing is documented.
    Any,
}

/// A parameter of a good answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerParameter {
    /// Its name.
    pub name: String,
    /// Its form.
    #[serde(deserialize_with = "strict::object")]
    pub value: Value,
    /// It may be left out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
}

/// Ids of the deviation table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Deviations {
    /// A client that does not depart so is refused.
    pub required: Vec<String>,
    /// A client may depart so.
    pub tolerated: Vec<String>,
}
