//! An endpoint of a drafted profile: what it was seen to take and to answer.

use super::draft_profile::{Seen, Sight};
use super::step::Edit;
use crate::profile::answer::Answer;
use crate::profile::document::{AnswerParameter, Endpoint, EndpointName, Place, SecretsUsed, Success, SuccessFormat};
use crate::profile::value::{Value, positive_integer};

/// The endpoint as it was seen.
pub(super) fn of(sight: &Sight<'_>, name: EndpointName, not: &mut Vec<(String, String)>) -> Option<Endpoint> {
    let target = sight.plan.target(name)?;
    let taken = || sight.at(name).filter(|seen| seen.taken() == Some(true));
    let mut methods = vec![target.method.clone()];
    let mut places = vec![target.place];
    let mut signature_methods: Vec<String> = vec![target.signature_method.as_str().to_owned()];
    for seen in taken() {
        match seen.step.edits.as_slice() {
            [Edit::Method(method)] => methods.push(method.clone()),
            [Edit::Place(place)] | [Edit::Place(place), Edit::Method(_)] => places.push(*place),
            [Edit::SignatureMethod(method)] => signature_methods.push(method.clone()),
            _ => {}
        }
    }
    unique(&mut methods);
    unique(&mut places);
    unique(&mut signature_methods);
    if name == EndpointName::Authorize {
        (places, signature_methods) = (vec![Place::Query], Vec::new());
    }
    let (mut required, mut optional, mut forbidden) = (Vec::new(), Vec::new(), Vec::new());
    for seen in sight.at(name) {
        let Some((_, id)) = seen.step.id.split_once('.') else { continue };
        let missing = id.strip_suffix("-missing").filter(|parameter| parameter.starts_with("oauth_"));
        match (missing, id.strip_suffix("-forbidden"), seen.taken()) {
            (Some(parameter), _, Some(false)) => required.push(parameter.to_owned()),
            (Some(parameter), _, Some(true)) => optional.push(parameter.to_owned()),
            (_, Some(parameter), Some(false)) => forbidden.push(parameter.to_owned()),
            _ => {}
        }
    }
    if sight.find(name, "oauth_version-1.0").is_some_and(|(_, taken)| taken) {
        optional.push("oauth_version".to_owned());
    }
    // What good requests carry and none lacked.
    for parameter in target.required.iter().chain(target.parameters.iter().map(|(parameter, _)| parameter)) {
        if !required.contains(parameter) && !optional.contains(parameter) {
            not.push((format!("{name} {parameter}"), "every request had it".to_owned()));
            optional.push(parameter.clone());
        }
    }
    optional.retain(|parameter| !required.contains(parameter));
    unique(&mut required);
    unique(&mut optional);
    unique(&mut forbidden);
    Some(Endpoint {
        urls: vec![target.url.split('#').next()?.to_owned()],
        former_urls: Vec::new(),
        methods,
        places,
        required,
        optional,
        forbidden,
        signature_methods,
        secrets: secrets(sight, name, not),
        token: target.token,
        response: success(&taken().collect::<Vec<_>>(), name)?,
    })
}

pub(super) fn unique<T: PartialEq>(list: &mut Vec<T>) {
    let mut kept: Vec<T> = Vec::new();
    for one in list.drain(..) {
        if !kept.contains(&one) {
            kept.push(one);
        }
    }
    *list = kept;
}

/// Which secrets sign: the token's too, if a signature without it was refused.
fn secrets(sight: &Sight<'_>, name: EndpointName, not: &mut Vec<(String, String)>) -> Vec<SecretsUsed> {
    let Some(target) = sight.plan.target(name).filter(|_| name != EndpointName::Authorize) else { return Vec::new() };
    if target.token.is_none() || !target.with_token_secret {
        return vec![SecretsUsed::Client];
    }
    match sight.find(name, "signature-token-secret") {
        Some((_, true)) => vec![SecretsUsed::Client, SecretsUsed::ClientAndToken],
        Some((_, false)) => vec![SecretsUsed::ClientAndToken],
        None => {
            not.push((format!("{name} secrets"), "nothing was signed without the token's secret".to_owned()));
            vec![SecretsUsed::ClientAndToken]
        }
    }
}

/// The answer to good requests.
fn success(taken: &[&Seen<'_>], name: EndpointName) -> Option<Success> {
    let control = taken.iter().find(|seen| seen.step.is_control)?;
    let mut values: Vec<(String, Vec<Vec<u8>>)> = Vec::new();
    let (mut forms, mut redirections) = (0, 0);
    for seen in taken {
        let answer = Answer::of(&seen.read.response);
        let pairs: Vec<(Vec<u8>, Vec<u8>)> = if name == EndpointName::Authorize {
            redirections += usize::from(answer.location_value("oauth_verifier").is_some());
            ["oauth_token", "oauth_verifier"]
                .into_iter()
                .filter_map(|parameter| Some((parameter.as_bytes().to_vec(), answer.location_value(parameter)?)))
                .collect()
        } else if answer.value("oauth_token").is_some() {
            forms += 1;
            answer.parameters.clone()
        } else {
            Vec::new()
        };
        for (parameter, value) in pairs {
            let Ok(parameter) = String::from_utf8(parameter) else { continue };
            match values.iter_mut().find(|(known, _)| *known == parameter) {
                Some((_, all)) => all.push(value),
                None => values.push((parameter, vec![value])),
            }
        }
    }
    let (format, of) = match (forms, redirections) {
        (0, 0) => (SuccessFormat::Any, 0),
        (0, _) => (SuccessFormat::Redirect, redirections),
        _ => (SuccessFormat::Form, forms),
    };
    let is_name =
        |name: &str| !name.is_empty() && name.bytes().all(|octet| octet.is_ascii_lowercase() || octet.is_ascii_digit() || octet == b'_');
    values.retain(|(parameter, _)| is_name(parameter));
    let parameters =
        values.into_iter().map(|(name, all)| AnswerParameter { value: form(&name, &all), optional: all.len() < of, name }).collect();
    let kind = control.read.response.field("content-type").map(|kind| String::from_utf8_lossy(kind).into_owned());
    let kind = kind.map(|kind| kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    let usual = "application/x-www-form-urlencoded";
    let content_type = kind.filter(|kind| format == SuccessFormat::Form && !kind.is_empty() && kind != usual);
    Some(Success { status: control.read.response.status, format, parameters, content_type })
}

/// The form that all values have; of several, the one that says most.
fn form(name: &str, values: &[Vec<u8>]) -> Value {
    let texts: Vec<&str> = values.iter().filter_map(|value| std::str::from_utf8(value).ok()).collect();
    if name == "oauth_callback_confirmed" {
        let mut values: Vec<String> = texts.iter().map(|&text| text.to_owned()).collect();
        unique(&mut values);
        return Value::OneOf { values };
    }
    let all = |is: fn(&str) -> bool| texts.len() == values.len() && texts.iter().all(|text| is(text));
    if name.contains("expires") && all(|text| positive_integer(text).is_some()) {
        return Value::PositiveInteger {};
    }
    // A short one may be made of such digits by chance.
    const MANY: usize = 16;
    let is_hex = all(|text| text.len() >= MANY && text.bytes().all(|octet| octet.is_ascii_hexdigit()));
    if is_hex { Value::Hex {} } else { Value::Text {} }
}
