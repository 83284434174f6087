//! What is asked only to learn how a provider is: methods, places and signature methods that its profile does not list, how old a timestamp
//! may be, the other form of a callback. Either outcome is right, so none of these can fail; they stand at level `attacks`.

use super::catalogue::ground::Ground;
use super::catalogue::{set, step};
use super::means::Authorization;
use super::plan::CALLBACK;
use super::step::{Edit, Level, Step, Wanted};
use crate::profile::document::{EndpointName, Place};
use crate::protocol::{Secret, SignatureMethod};

/// How old timestamps are that are tried, in seconds, beside those about the documented window.
const AGES: [i64; 10] = [30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 86_400];
/// How far ahead.
const AHEAD: [i64; 3] = [60, 300, 3600];

/// Adds them behind what is asked of an endpoint anyway.
pub(super) fn of(ground: &Ground<'_>, callback: Option<&str>, steps: &mut Vec<Step>) {
    let name = ground.target.name;
    let freely = ground.means.authorization == Authorization::Freely;
    let may = match name {
        EndpointName::RequestToken | EndpointName::Resource => true,
        // What is accepted here uses credentials up, or changes them.
        EndpointName::AccessToken | EndpointName::Renew => freely,
        EndpointName::Authorize | EndpointName::Revoke => false,
    };
    if !may {
        return;
    }
    let from = steps.len();
    form(ground, steps);
    signature_methods(ground, steps);
    credentials(ground, steps);
    if matches!(name, EndpointName::RequestToken | EndpointName::Resource) {
        timestamps(ground, steps);
    }
    if let Some(callback) = callback.filter(|_| name == EndpointName::RequestToken) {
        callbacks(name, callback, steps);
    }
    for step in steps.iter_mut().skip(from) {
        step.level = Level::Attacks;
        step.wanted = Wanted::Either;
        step.severity = crate::vectors::Level::Interop;
    }
}

/// Methods and places that are asked by no other step.
fn form(ground: &Ground<'_>, steps: &mut Vec<Step>) {
    let (name, target) = (ground.target.name, ground.target);
    // What the others do at a resource is not undone: somebody may have data there.
    let is_harmless = |method: &str| matches!(method, "GET" | "HEAD") || ground.means.is_loopback || name != EndpointName::Resource;
    let documented = ground.profile.endpoints.get(&name).map(|endpoint| endpoint.methods.as_slice()).unwrap_or_default();
    let mut methods = vec!["GET", "POST", "PUT", "DELETE"];
    methods.extend(documented.iter().map(String::as_str).filter(|method| !["GET", "POST", "PUT", "DELETE"].contains(method)));
    for method in methods.into_iter().filter(|method| is_harmless(method)) {
        let is_asked =
            method == target.method || steps.iter().any(|step| matches!(step.edits.as_slice(), [Edit::Method(known)] if known == method));
        if is_asked || target.place == Place::Body && method == "GET" {
            continue;
        }
        let row = step(name, &format!("also-{method}"), format!("whether it takes {method} too"));
        steps.push(row.edit(Edit::Method(method.to_owned())).by("RFC5849").section("3.4.1.1"));
    }
    for place in [Place::Header, Place::Query, Place::Body] {
        let is_it = |step: &Step| matches!(step.edits.first(), Some(Edit::Place(known)) if *known == place);
        let needs_post = place == Place::Body && target.method == "GET";
        if place == target.place || steps.iter().any(is_it) || needs_post && !is_harmless("POST") {
            continue;
        }
        let row = step(name, &format!("also-{}", place.as_str()), format!("whether it takes parameters in the {} too", place.as_str()));
        let row = row.edit(Edit::Place(place)).by("RFC5849").section("3.5");
        steps.push(if needs_post { row.edit(Edit::Method("POST".to_owned())) } else { row });
    }
}

fn signature_methods(ground: &Ground<'_>, steps: &mut Vec<Step>) {
    let target = ground.target;
    if target.signature_method.is_rsa() || ground.means.secret.is_none() {
        return;
    }
    let is_plain = target.signature_method == SignatureMethod::Plaintext;
    for method in ["HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512", "PLAINTEXT"] {
        let is_asked = method == target.signature_method.as_str()
            || steps.iter().any(|step| matches!(step.edits.as_slice(), [Edit::SignatureMethod(known)] if known == method));
        // Elsewhere the secret would be sent to somebody who has not asked for it.
        if is_asked || is_plain || method == "PLAINTEXT" && !ground.means.is_loopback {
            continue;
        }
        let row = step(target.name, &format!("also-{method}"), format!("whether it takes {method} too"));
        steps.push(row.edit(Edit::SignatureMethod(method.to_owned())).by("RFC5849").section("3.4"));
    }
}

/// What is documented as required and left out by no other step, and the token's secret.
fn credentials(ground: &Ground<'_>, steps: &mut Vec<Step>) {
    let (name, target) = (ground.target.name, ground.target);
    for parameter in target.required.iter().filter(|parameter| parameter.starts_with("oauth_")) {
        let is_asked = steps.iter().any(|step| matches!(step.edits.as_slice(), [Edit::Without(known)] if known == parameter));
        if !is_asked {
            let row = step(name, &format!("{parameter}-missing"), format!("whether it needs {parameter}"));
            steps.push(row.edit(Edit::Without(parameter.clone())).by("RFC5849").section("3.1"));
        }
    }
    let has_secret = target.with_token_secret && target.token.is_some() && !target.signature_method.is_rsa();
    if has_secret && !steps.iter().any(|step| step.id.ends_with(".signature-token-secret")) {
        let none = Edit::Before(|draft| draft.token_secret = Secret::default());
        steps.push(step(name, "signature-token-secret", "whether it needs the token's secret").edit(none).by("RFC5849").section("3.4"));
    }
}

fn timestamps(ground: &Ground<'_>, steps: &mut Vec<Step>) {
    if ground.target.signature_method == SignatureMethod::Plaintext {
        return;
    }
    let window = i64::try_from(ground.profile.timestamp_window).unwrap_or(i64::MAX / 4);
    let about = [window, window + 5];
    let mut later: Vec<i64> = AGES.iter().chain(&about).map(|age| -age).chain(AHEAD.into_iter().chain(about)).collect();
    later.sort_unstable();
    later.dedup();
    for seconds in later {
        if steps.iter().any(|step| matches!(step.edits.as_slice(), [Edit::Later(known)] if *known == seconds)) {
            continue;
        }
        let (word, side) = if seconds < 0 { ("old", "old") } else { ("ahead", "ahead of the clock") };
        let id = format!("timestamp-{}-{word}", seconds.unsigned_abs());
        let row = step(ground.target.name, &id, format!("whether it takes a timestamp {} seconds {side}", seconds.unsigned_abs()));
        steps.push(row.edit(Edit::Later(seconds)).by("RFC5849").section("3.3"));
    }
}

fn callbacks(name: EndpointName, callback: &str, steps: &mut Vec<Step>) {
    let other = if callback == "oob" { CALLBACK } else { "oob" };
    let is_it =
        |step: &Step| matches!(step.edits.as_slice(), [Edit::Set(known, value)] if known == "oauth_callback" && value == other.as_bytes());
    if !steps.iter().any(is_it) {
        let row = step(name, "also-callback", format!("whether it takes the callback {other} too"));
        steps.push(row.edit(set("oauth_callback", other)).by("RFC5849").section("2.1"));
    }
}
