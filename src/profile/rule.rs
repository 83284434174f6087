//! A rule: one statement of a provider's documentation that can be checked.

use serde::{Deserialize, Serialize};

use super::document::EndpointName;
use super::kinds::Check;
use super::strict;

/// One statement, where it stands, and how an exchange is measured against it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// `profile.place.subject`; never used again for another statement.
    pub id: String,
    /// How much it matters.
    pub level: Level,
    /// Who can break it.
    pub side: Side,
    /// The endpoints that it speaks of.
    pub endpoints: Vec<EndpointName>,
    /// The statement in our own words.
    pub statement: String,
    /// Where it is written.
    pub sources: Vec<Citation>,
    /// The clauses of specifications behind it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spec: Vec<Clause>,
    /// The requests that it speaks of; all, if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
    /// How it is checked.
    #[serde(deserialize_with = "strict::object")]
    pub check: Check,
}

/// How much a rule matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Whoever breaks it is wrong.
    Must,
    /// Whoever breaks it had better not.
    Should,
    /// Worth telling; nothing is wrong.
    Info,
}

impl Level {
    /// Its word in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Level::Must => "must",
            Level::Should => "should",
            Level::Info => "info",
        }
    }
}

/// Who can break a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The client, in its request.
    Request,
    /// The provider, in its answer.
    Response,
    /// Either, over the life of a token.
    Flow,
}

impl Side {
    /// Its word in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Side::Request => "request",
            Side::Response => "response",
            Side::Flow => "flow",
        }
    }
}

/// A place in one of the profile's sources.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Citation {
    /// The source's id.
    pub id: String,
    /// The place there.
    pub at: String,
}

/// A clause of a specification.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// The document, as in vector files: `RFC5849`, `OAuthCore1.0`, …
    pub doc: String,
    /// The section.
    pub section: String,
}

/// The requests that a rule speaks of. A request without `oauth_signature_method` is not one of the named methods.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum When {
    /// Those with one of these signature methods.
    SignatureMethod(Vec<String>),
    /// Those with none of these signature methods.
    SignatureMethodNot(Vec<String>),
}

impl When {
    /// Whether a request with this signature method is meant.
    #[must_use]
    pub fn holds(&self, method: Option<&str>) -> bool {
        let named = |list: &[String]| method.is_some_and(|method| list.iter().any(|name| name == method));
        match self {
            When::SignatureMethod(list) => named(list),
            When::SignatureMethodNot(list) => !named(list),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_is_an_object() {
        let read = |check: &str| {
            let text = format!(
                r#"{{"id":"a.b","level":"must","side":"request","endpoints":[],"statement":"s","sources":[],"when":{{"signature_method":["X"]}},"check":{check}}}"#
            );
            serde_json::from_str::<Rule>(&text).map(|rule| rule.check).map_err(|error| error.to_string())
        };
        assert_eq!(read(r#"{"kind":"method","one_of":["GET"]}"#), Ok(Check::Method { one_of: vec!["GET".to_owned()] }));
        assert!(read(r#"["method",["GET"]]"#).unwrap_err().starts_with("invalid type: sequence, expected an object"));
        assert!(read(r#"{"kind":"parameter_value","name":"n","value":{"is":"hex"}}"#).is_ok());
        assert!(
            read(r#"{"kind":"parameter_value","name":"n","value":["hex"]}"#)
                .unwrap_err()
                .starts_with("invalid type: sequence, expected an object")
        );
        assert!(read(r#"{"kind":"methods"}"#).unwrap_err().starts_with("unknown variant `methods`"));
    }
}
