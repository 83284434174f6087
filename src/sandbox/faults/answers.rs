//! Answers that are not what they should be: parameters, media types, statuses.

use super::Scene;
use crate::protocol::{Parameters, Source};
use crate::sandbox::http::Reply;
use crate::sandbox::refusal::encoded;

/// The parameters of a form-encoded answer, or of the query of a Location.
pub(super) fn pairs(reply: &Reply) -> Vec<(String, String)> {
    let text =
        reply.field("Location").map_or(reply.body.as_slice(), |location| location.split(|octet| *octet == b'?').nth(1).unwrap_or_default());
    let mut form = Parameters::new();
    form.push_form(text, Source::Body);
    let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    form.iter().map(|parameter| (text(parameter.name), text(parameter.value))).collect()
}

/// The same answer with other parameters.
pub(super) fn with_pairs(mut reply: Reply, said: &[(String, String)]) -> Reply {
    let form = said.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect::<Vec<_>>().join("&");
    match reply.headers.iter_mut().find(|(name, _)| name == "Location") {
        Some((_, location)) => {
            let before = location.split(|octet| *octet == b'?').next().unwrap_or_default().to_vec();
            *location = [&before[..], b"?", form.as_bytes()].concat();
        }
        None => reply.body = form.into_bytes(),
    }
    reply
}

pub(super) fn without(said: &mut Vec<(String, String)>, name: &str) {
    said.retain(|(known, _)| known != name);
}

pub(super) fn with(said: &mut [(String, String)], name: &str, value: &str) {
    said.iter_mut().filter(|(known, _)| known == name).for_each(|(_, old)| value.clone_into(old));
}

pub(super) fn again(said: &mut Vec<(String, String)>, name: &str, value: &str) {
    said.push((name.to_owned(), value.to_owned()));
}

pub(super) fn typed(mut reply: Reply, content_type: Option<&str>) -> Reply {
    reply.headers.retain(|(name, _)| name != "Content-Type");
    match content_type {
        Some(content_type) => reply.with("Content-Type", content_type),
        None => reply,
    }
}

pub(super) fn with_body(reply: Reply, body: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Reply {
    Reply { body: body(reply.body.clone()), ..reply }
}

pub(super) fn json(reply: Reply) -> Reply {
    let object: serde_json::Map<String, serde_json::Value> = pairs(&reply).into_iter().map(|(name, value)| (name, value.into())).collect();
    let body = serde_json::Value::Object(object).to_string().into_bytes();
    typed(Reply { body, ..reply }, Some("application/json"))
}

pub(super) fn page(status: u16, text: &str) -> Reply {
    Reply::new(status, "text/html;charset=utf-8", format!("<!DOCTYPE html><html><body><h1>{text}</h1></body></html>"))
}

pub(super) fn problem(status: u16, problem: &str) -> Reply {
    Reply::new(status, "application/x-www-form-urlencoded", format!("oauth_problem={problem}"))
        .with("WWW-Authenticate", format!("OAuth realm=\"\", oauth_problem=\"{problem}\""))
}

/// Once, and then never again.
pub(super) fn first(scene: &Scene<'_>, reply: impl FnOnce() -> Reply) -> Option<Reply> {
    (scene.count == 0).then(reply)
}
