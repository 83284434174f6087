//! Checks of a request's form: method, URL, places, presence and values of parameters, header and body.

use super::address;
use super::assessment::Facts;
use super::document::Place;
use super::outcome::{Judged, any_of, shown};
use super::reading::Found;
use super::value::Value;
use crate::protocol::{Code, Url};

pub(super) fn method(facts: &Facts<'_>, one_of: &[String]) -> Judged {
    let method = &facts.exchange.request.method;
    let wrong = !one_of.contains(method);
    Judged::client(Code::MalformedRequest, wrong.then(|| format!("the method is {}, not {}", method.escape_debug(), any_of(one_of))))
}

pub(super) fn url(facts: &Facts<'_>) -> Judged {
    let Some(endpoint) = facts.endpoint().filter(|endpoint| !endpoint.urls.is_empty()) else { return Judged::Not };
    let sent = &facts.exchange.request.url;
    if endpoint.urls.iter().any(|url| address::matches(url, sent)) {
        return Judged::Kept;
    }
    let shown = sent.split('?').next().unwrap_or_default().escape_debug();
    let former = endpoint.former_urls.iter().any(|url| address::matches(url, sent));
    let why = if former { "is a former URL of this endpoint; it is now" } else { "is not the URL of this endpoint, which is" };
    Judged::client(Code::MalformedRequest, Some(format!("{shown} {why} {}", any_of(&endpoint.urls))))
}

pub(super) fn scheme(facts: &Facts<'_>, one_of: &[String]) -> Judged {
    let Ok(url) = Url::parse(facts.exchange.request.url.as_bytes()) else { return Judged::Not };
    let wrong = !one_of.iter().any(|scheme| url.scheme.eq_ignore_ascii_case(scheme.as_bytes()));
    Judged::client(Code::InsecureTransport, wrong.then(|| format!("the request did not go over {}", any_of(one_of))))
}

/// The places of parameters with the `oauth_` prefix, each once. Those of extensions may stand elsewhere.
fn places(facts: &Facts<'_>) -> Vec<Place> {
    let mut places = Vec::new();
    for found in facts.reading.parameters.iter().filter(|found| found.name.starts_with(b"oauth_")) {
        if !places.contains(&found.place) {
            places.push(found.place);
        }
    }
    places
}

pub(super) fn place(facts: &Facts<'_>, one_of: &[Place]) -> Judged {
    let places = places(facts);
    if places.is_empty() {
        return Judged::Not;
    }
    let elsewhere = places.iter().find(|place| !one_of.contains(place));
    let because = elsewhere.map(|place| {
        format!("protocol parameters stand in the {}, not in the {}", place.as_str(), any_of(one_of.iter().map(|place| place.as_str())))
    });
    Judged::client(Code::MalformedRequest, because)
}

pub(super) fn one_place(facts: &Facts<'_>) -> Judged {
    let places = places(facts);
    let because = || {
        format!("protocol parameters stand in several places: {}", places.iter().map(|place| place.as_str()).collect::<Vec<_>>().join(", "))
    };
    Judged::client(Code::ParameterScattered, (places.len() > 1).then(because))
}

/// An empty value is as good as none: nobody can use it.
pub(super) fn required(facts: &Facts<'_>, names: &[String]) -> Judged {
    let absent: Vec<&String> = names.iter().filter(|name| facts.reading.value(name).is_none_or(<[u8]>::is_empty)).collect();
    let because = (!absent.is_empty()).then(|| format!("missing or empty: {}", list(&absent)));
    Judged::client(Code::ParameterAbsent, because).about(absent)
}

pub(super) fn forbidden(facts: &Facts<'_>, names: &[String]) -> Judged {
    let present: Vec<&String> = names.iter().filter(|name| facts.reading.found(name).is_some()).collect();
    let because = (!present.is_empty()).then(|| format!("not taken here: {}", list(&present)));
    Judged::client(Code::ParameterRejected, because).about(present)
}

pub(super) fn listed(facts: &Facts<'_>, names: &[String]) -> Judged {
    let is_listed = |found: &&Found<'_>| names.iter().any(|name| *name.as_bytes() == *found.name);
    let mut others: Vec<String> =
        facts.reading.protocol().filter(|found| !is_listed(found)).map(|found| String::from_utf8_lossy(&found.name).into_owned()).collect();
    others.dedup();
    let because = (!others.is_empty()).then(|| format!("not in the documentation: {}", list(&others)));
    Judged::client(Code::ParameterRejected, because).about(others)
}

pub(super) fn no_duplicates(facts: &Facts<'_>) -> Judged {
    let mut names: Vec<&[u8]> = facts.reading.protocol().map(|found| &*found.name).collect();
    names.sort_unstable();
    let mut twice: Vec<String> = names
        .windows(2)
        .filter_map(|pair| match pair {
            [first, second] if first == second => Some(String::from_utf8_lossy(first).into_owned()),
            _ => None,
        })
        .collect();
    twice.dedup();
    let because = (!twice.is_empty()).then(|| format!("sent more than once: {}", list(&twice)));
    Judged::client(Code::ParameterDuplicated, because).about(twice)
}

pub(super) fn value(facts: &Facts<'_>, name: &str, form: &Value) -> Judged {
    let Some(value) = facts.reading.value(name) else { return Judged::Not };
    let because = form.fault(value, facts.profile).map(|fault| format!("{name} {fault}: {}", shown(name, value)));
    Judged::client(code_of(name), because).about([name])
}

/// The code for a value that is not of its form.
fn code_of(name: &str) -> Code {
    match name {
        "oauth_version" => Code::VersionRejected,
        "oauth_timestamp" => Code::TimestampRefused,
        _ => Code::ParameterRejected,
    }
}

pub(super) fn lengths(facts: &Facts<'_>, limits: &[(String, usize)]) -> Judged {
    let length = |name: &str| facts.reading.value(name).map(|value| String::from_utf8_lossy(value).chars().count()).unwrap_or_default();
    let long: Vec<&(String, usize)> = limits.iter().filter(|(name, limit)| length(name) > *limit).collect();
    let sentence = |(name, limit): &&(String, usize)| format!("{name} has {} characters, at most {limit} are taken", length(name));
    let because = (!long.is_empty()).then(|| long.iter().map(sentence).collect::<Vec<_>>().join("; "));
    Judged::client(Code::ParameterRejected, because).about(long.iter().map(|(name, _)| name.as_str()))
}

pub(super) fn default_value(facts: &Facts<'_>, name: &str, default: &str) -> Judged {
    let Some(value) = facts.reading.value(name) else { return Judged::Not };
    let same = value.eq_ignore_ascii_case(default.as_bytes());
    Judged::client(Code::ParameterRejected, same.then(|| format!("{name} is its default, {default}, and could be left out"))).about([name])
}

pub(super) fn grammar(facts: &Facts<'_>) -> Judged {
    match &facts.reading.grammar {
        None => Judged::Not,
        Some(Ok(())) => Judged::Kept,
        Some(Err(fault)) => Judged::client(Code::MalformedHeader, Some(fault.to_string())),
    }
}

pub(super) fn form_body(facts: &Facts<'_>) -> Judged {
    if !facts.reading.protocol().any(|found| found.place == Place::Body) {
        return Judged::Not;
    }
    let because = "protocol parameters in a body without the content type application/x-www-form-urlencoded";
    Judged::client(Code::MalformedRequest, (!facts.reading.body_is_form).then(|| because.to_owned()))
}

pub(super) fn realm(facts: &Facts<'_>, one_of: &[String]) -> Judged {
    let Some(realm) = &facts.reading.realm else { return Judged::Not };
    let known = one_of.iter().any(|known| *known.as_bytes() == **realm);
    let because = || format!("the realm is {}, not {}", shown("realm", realm), any_of(one_of.iter().map(|known| format!("\"{known}\""))));
    Judged::client(Code::MalformedRequest, (!known).then(because))
}

pub(super) fn realm_required(facts: &Facts<'_>) -> Judged {
    if facts.reading.grammar.is_none() {
        return Judged::Not;
    }
    let absent = facts.reading.realm.as_ref().is_none_or(|realm| realm.is_empty());
    Judged::client(Code::ParameterAbsent, absent.then(|| "the Authorization header has no realm".to_owned())).about(["realm"])
}

pub(super) fn header_field(facts: &Facts<'_>, name: &str) -> Judged {
    let sent = |(field, value): &(String, super::exchange::Octets)| field.eq_ignore_ascii_case(name) && !value.0.trim_ascii().is_empty();
    let absent = !facts.exchange.request.headers.iter().any(sent);
    Judged::client(Code::MalformedRequest, absent.then(|| format!("the header field {name} is missing or empty")))
}

fn list(names: &[impl AsRef<str>]) -> String {
    names.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ").escape_debug().to_string()
}
