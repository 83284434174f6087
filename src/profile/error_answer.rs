//! How a provider says no: the error answers that were documented or seen, and where it hides a refusal behind a good status.

use serde::{Deserialize, Serialize};

use super::document::EndpointName;
use super::kinds::{Fault, Shape};
use super::rule::Citation;

/// An error answer that was documented or seen.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorAnswer {
    /// Its status.
    pub status: u16,
    /// The form of its body, where something is said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shape: Option<Shape>,
    /// The problems that it names.
    pub problems: Vec<String>,
    /// The faults that are answered so; empty = nothing is said of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<Fault>,
    /// The endpoints that answer so; empty = all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub endpoints: Vec<EndpointName>,
    /// Its content type, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Its body, for a sandbox to answer with: `{because}` is our own reason, `{parameters}` the parameters it is about,
    /// `{base_string}` the base string that the server computed, `{timestamp}` what the client sent as its timestamp, `{now}` the
    /// server's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// What it looks like, in our own words.
    pub note: String,
    /// Where that is written.
    pub sources: Vec<Citation>,
}

impl ErrorAnswer {
    /// Whether this endpoint answers a fault so.
    pub(super) fn answers(&self, endpoint: EndpointName, fault: Fault) -> bool {
        self.codes.contains(&fault) && (self.endpoints.is_empty() || self.endpoints.contains(&endpoint))
    }
}

/// What in a body tells a refusal from a success where the status does not.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ToldInside {
    /// A value of a JSON body.
    Json {
        /// Where it stands, as a JSON pointer (RFC 6901).
        at: String,
        /// Its values in a success, as text; any other is a refusal.
        good: Vec<String>,
    },
    /// How the body of a refusal begins.
    StartsWith(String),
}

impl ToldInside {
    /// Whether a body tells of a refusal. One that lacks the value tells nothing.
    #[must_use]
    pub fn is_refusal(&self, body: &[u8]) -> bool {
        match self {
            ToldInside::Json { at, good } => value_at(body, at).flatten().is_some_and(|value| !good.contains(&value)),
            ToldInside::StartsWith(text) => !text.is_empty() && unmarked(body).starts_with(text.as_bytes()),
        }
    }
}

/// A body without the byte order mark that some servers put before their JSON.
fn unmarked(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// The value at a JSON pointer, as text; `None` = the body is no JSON, `Some(None)` = there is no text, number or boolean.
pub(super) fn value_at(body: &[u8], pointer: &str) -> Option<Option<String>> {
    let body: serde_json::Value = serde_json::from_slice(unmarked(body)).ok()?;
    Some(match body.pointer(pointer) {
        Some(serde_json::Value::String(text)) => Some(text.clone()),
        Some(value @ (serde_json::Value::Number(_) | serde_json::Value::Bool(_))) => Some(value.to_string()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_inside_a_body_is_told_by_its_value() {
        let inside = ToldInside::Json { at: "/meta/code".to_owned(), good: vec!["200".to_owned(), "201".to_owned()] };
        for (body, expected) in [
            (r#"{"meta":{"code":401,"message":"BAD_OAUTH_REQUEST"}}"#, true),
            (r#"{"meta":{"code":"401"}}"#, true),
            ("\u{feff}{\"meta\":{\"code\":401}}", true),
            (r#"{"meta":{"code":200},"data":{}}"#, false),
            (r#"{"meta":{"code":null}}"#, false),
            (r#"{"data":{}}"#, false),
            ("<html>", false),
            ("", false),
        ] {
            assert_eq!(inside.is_refusal(body.as_bytes()), expected, "{body}");
        }
        let begins = ToldInside::StartsWith("Error: ".to_owned());
        assert!(begins.is_refusal("\u{feff}Error: Invalid signature".as_bytes()));
        assert!(begins.is_refusal(b"Error: Invalid signature") && !begins.is_refusal(b"oauth_token=Error: ") && !begins.is_refusal(b""));
    }
}
