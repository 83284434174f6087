//! Departures that collect parameters out of bodies that are no forms (RFC 5849 section 3.4.1.3.1: only single-part forms are collected).

use serde_json::Value;

use crate::deviation::Deviation;
use crate::deviation::rows::departures;
use crate::protocol::{Parameters, Request, Source};

const FORMS_ONLY: &str = "sign the parameters of a body only if its media type is application/x-www-form-urlencoded";

pub(in crate::deviation) const TABLE: &[Deviation] = departures![
    "collect.json-members" Collect "3.4.1.3.1",
        "the members of a JSON body are signed as parameters, an array as a repeated name",
        FORMS_ONLY,
        Common [
            "https://github.com/ddo/oauth-1.0a/issues/110",
            "https://github.com/AFNetworking/AFOAuth1Client/issues/72",
            "https://github.com/Kong/mashape-oauth/issues/14",
            "https://github.com/joestump/python-oauth2/issues/115",
        ],
        |practice| practice.recipe.steps.add(|request, list| each_member(request, |name, value| match value {
            Value::Array(items) => items.iter().for_each(|item| push(list, name, &text(item))),
            value => push(list, name, &text(value)),
        }));
    "collect.json-members-numbered" Collect "3.4.1.3.1",
        "the members of a JSON body are signed as parameters, the items of an array with their numbers in brackets",
        FORMS_ONLY,
        Seen ["https://github.com/AFNetworking/AFOAuth1Client/issues/72"],
        |practice| practice.recipe.steps.add(|request, list| each_member(request, |name, value| match value {
            Value::Array(items) => items.iter().enumerate().for_each(|(place, item)| push(list, &format!("{name}[{place}]"), &text(item))),
            value => push(list, name, &text(value)),
        }));
    "collect.json-members-bracketed" Collect "3.4.1.3.1",
        "the members of a JSON body are signed as parameters, the items of an array with empty brackets behind the name",
        FORMS_ONLY,
        Plausible [],
        |practice| practice.recipe.steps.add(|request, list| each_member(request, |name, value| match value {
            Value::Array(items) => items.iter().for_each(|item| push(list, &format!("{name}[]"), &text(item))),
            value => push(list, name, &text(value)),
        }));
    "collect.json-members-comma" Collect "3.4.1.3.1",
        "the members of a JSON body are signed as parameters, the items of an array joined by commas",
        FORMS_ONLY,
        Seen ["https://github.com/ddo/oauth-1.0a/issues/110"],
        |practice| practice.recipe.steps.add(|request, list| each_member(request, |name, value| match value {
            Value::Array(items) => push(list, name, &items.iter().map(text).collect::<Vec<_>>().join(",")),
            value => push(list, name, &text(value)),
        }));
    "collect.json-members-as-json" Collect "3.4.1.3.1",
        "the members of a JSON body are signed as parameters, arrays and objects as the JSON text that they are",
        FORMS_ONLY,
        Plausible [],
        |practice| practice.recipe.steps.add(|request, list| each_member(request, |name, value| push(list, name, &text(value))));
    "collect.body-as-value" Collect "3.4.1.3.1",
        "the text of the body is signed as the value of a parameter named body",
        FORMS_ONLY,
        Plausible [],
        |practice| practice.recipe.steps.add(|request, list| {
            if let (Some(body), Ok(None)) = (request.body, request.form()) {
                list.push(b"body", body, Source::Body);
            }
        });
    "collect.multipart-fields" Collect "3.4.1.3.1",
        "the text fields of a multipart body are signed as parameters, its files are not",
        "sign no part of a multipart body, unless the provider asks for it",
        Seen ["https://github.com/guzzle/oauth-subscriber/pull/7"],
        |practice| practice.recipe.steps.add(fields);
];

fn push(list: &mut Parameters, name: &str, value: &str) {
    list.push(name.as_bytes(), value.as_bytes(), Source::Body);
}

/// The members of a body that is a JSON object and no form.
fn each_member(request: &Request<'_>, mut member: impl FnMut(&str, &Value)) {
    if let (Some(body), Ok(None)) = (request.body, request.form())
        && let Ok(Value::Object(members)) = serde_json::from_slice(body)
    {
        members.iter().for_each(|(name, value)| member(name, value));
    }
}

/// A string without its quotes, anything else as JSON.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Appends the fields of a multipart body that are no files (RFC 7578 section 4).
fn fields(request: &Request<'_>, list: &mut Parameters) {
    let Some((body, boundary)) = multipart(request) else { return };
    let delimiter = [b"\r\n--", boundary].concat();
    // The first delimiter need not have a line end before it.
    let body = [b"\r\n", body].concat();
    let mut rest = body.as_slice();
    while let Some(at) = memchr::memmem::find(rest, &delimiter) {
        rest = rest.get(at + delimiter.len()..).unwrap_or_default();
        let part = rest.get(..memchr::memmem::find(rest, &delimiter).unwrap_or_default()).unwrap_or_default();
        if let Some(end) = memchr::memmem::find(part, b"\r\n\r\n")
            && let Some(name) = name_of(part.get(..end).unwrap_or_default())
        {
            list.push(name, part.get(end + 4..).unwrap_or_default(), Source::Body);
        }
    }
}

/// The body and the boundary of a multipart request.
fn multipart<'a>(request: &Request<'a>) -> Option<(&'a [u8], &'a [u8])> {
    let content_type = request.field("content-type", "").ok()??;
    let is_multipart = content_type.split_first_chunk::<20>().is_some_and(|(kind, _)| kind.eq_ignore_ascii_case(b"multipart/form-data;"));
    let mark = b"boundary=";
    let boundary = content_type.get(memchr::memmem::find(content_type, mark)? + mark.len()..)?;
    let boundary = boundary.split(|&octet| octet == b';').next()?.trim_ascii();
    let boundary = boundary.strip_prefix(b"\"").and_then(|quoted| quoted.strip_suffix(b"\"")).unwrap_or(boundary);
    // Every line that begins with two hyphens would be the delimiter of an empty boundary.
    (is_multipart && !boundary.is_empty()).then_some((request.body?, boundary))
}

/// The name of a field that is no file.
fn name_of(head: &[u8]) -> Option<&[u8]> {
    let quoted = |mark: &[u8]| {
        let behind = head.get(memchr::memmem::find(head, mark)? + mark.len()..)?;
        behind.get(..memchr::memchr(b'"', behind)?)
    };
    if quoted(b"; filename=\"").is_some() { None } else { quoted(b"; name=\"") }
}
