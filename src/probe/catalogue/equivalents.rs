//! Writings of one good request that must all be accepted: a server that refuses one is stricter than its documentation.

use super::ground::Ground;
use super::{set, step};
use crate::probe::draft::authorization;
use crate::probe::step::{Edit, Step};
use crate::profile::document::{EndpointName, Place};
use crate::profile::kinds::Check;
use crate::protocol::SignatureMethod;

/// What else an endpoint documents: other methods, places and signature methods.
pub(in crate::probe) fn documented(ground: &Ground<'_>, steps: &mut Vec<Step>) {
    let Some(endpoint) = ground.profile.endpoints.get(&ground.name()) else { return };
    let (name, target) = (ground.name(), ground.target);
    let of_method = ground.rule(|check| matches!(check, Check::Method { .. }));
    // Elsewhere than where credentials are given, a method may do something.
    let is_safe = |method: &&String| {
        let does_nothing = matches!(method.as_str(), "GET" | "HEAD");
        **method != target.method
            && !(target.place == Place::Body && does_nothing)
            && (does_nothing || matches!(name, EndpointName::RequestToken | EndpointName::AccessToken))
    };
    for method in endpoint.methods.iter().filter(is_safe) {
        let row = step(name, &format!("method-{method}"), format!("the method is {method}"));
        steps.push(row.edit(Edit::Method(method.clone())).by(&of_method).section("3.4.1.1"));
    }
    let of_place = ground.rule(|check| matches!(check, Check::Place { .. }));
    for place in endpoint.places.iter().filter(|place| **place != target.place) {
        let row = step(name, &format!("place-{}", place.as_str()), format!("the protocol parameters stand in the {}", place.as_str()));
        let row = row.edit(Edit::Place(*place)).by(&of_place).section("3.5");
        let other = || {
            endpoint
                .methods
                .iter()
                .find(|method| *method != "GET")
                .cloned()
                .or_else(|| endpoint.methods.is_empty().then(|| "POST".to_owned()))
        };
        let may_post = ground.means.is_loopback || matches!(name, EndpointName::RequestToken | EndpointName::AccessToken);
        match (*place == Place::Body && target.method == "GET").then(|| other().filter(|_| may_post)) {
            None => steps.push(row),
            Some(Some(method)) => steps.push(row.edit(Edit::Method(method))),
            Some(None) => {}
        }
    }
    let of_signature = ground.rule(|check| matches!(check, Check::SignatureMethod { .. }));
    for method in &endpoint.signature_methods {
        let Ok(known) = SignatureMethod::from_name(method.as_bytes()) else { continue };
        let is_safe = known != SignatureMethod::Plaintext || ground.means.is_loopback;
        if known != target.signature_method && !known.is_rsa() && !target.signature_method.is_rsa() && is_safe {
            let row = step(name, &format!("signature_method-{method}"), format!("it is signed with {method}"));
            steps.push(row.edit(Edit::SignatureMethod(method.clone())).by(&of_signature).section("3.4"));
        }
    }
    if endpoint.optional.iter().any(|optional| optional == "oauth_version") {
        let row = step(name, "oauth_version-1.0", "oauth_version is 1.0");
        steps.push(row.edit(set("oauth_version", "1.0")).by("RFC5849").section("3.1"));
    }
}

/// Writings that make no difference.
pub(in crate::probe) fn writings(ground: &Ground<'_>, steps: &mut Vec<Step>) {
    let name = ground.name();
    let mut add = |id: &str, title: &str, section: &'static str, edit: Edit| {
        steps.push(step(name, id, title).edit(edit).by("RFC5849").section(section));
    };
    add("order", "the protocol parameters stand in another order", "3.5.1", Edit::Between(|sent| sent.parameters.reverse()));
    if ground.target.place == Place::Header {
        add("scheme-case", "the scheme is written oauth", "3.5.1", Edit::After(|outgoing| replace(outgoing, "OAuth ", "oauth ")));
        let rename = |outgoing: &mut crate::implementation::live::Outgoing| {
            outgoing.headers.iter_mut().filter(|(name, _)| name == "Authorization").for_each(|(name, _)| "authorization".clone_into(name));
        };
        add("field-case", "the field is written authorization", "3.5.1", Edit::After(rename));
        add(
            "header-tight",
            "no blank stands behind the header's commas",
            "3.5.1",
            Edit::After(|outgoing| replace(outgoing, "\", ", "\",")),
        );
        add(
            "header-wide",
            "several blanks stand behind the header's commas",
            "3.5.1",
            Edit::After(|outgoing| replace(outgoing, "\", ", "\",   ")),
        );
    }
    if name == EndpointName::Resource {
        for (id, title, query) in [
            ("query-plus", "a + in the query stands for a blank", "countersign=a+b"),
            ("query-blank", "a blank in the query is written %20", "countersign=a%20b"),
            ("query-encoded-plus", "a plus in the query is written %2B", "countersign=a%2Bb"),
            ("query-marks", "marks in the query are not encoded", "countersign=~*!(),'"),
            ("query-encoded", "unreserved characters in the query are encoded", "countersign=%61%7E%2D"),
            ("query-utf8", "the query holds UTF-8", "countersign=%C3%A9%E2%82%AC"),
            ("query-empty-value", "a value in the query is empty", "countersign="),
            ("query-no-value", "a name in the query has no value", "countersign"),
            ("query-twice", "a name stands twice in the query, with two values", "countersign=b&countersign=a"),
            ("query-brackets", "a name in the query has brackets", "countersign%5B%5D=1&countersign%5B%5D=2"),
        ] {
            add(id, title, "3.4.1.3", Edit::Query(query));
        }
    }
    if ground.target.place == Place::Header && !ground.documents(|check| matches!(check, Check::Realm { .. })) {
        // Which realms there are is the server's to say.
        let other = Edit::Before(|draft| draft.realm = Some("countersign".to_owned()));
        let row = step(name, "realm-any", "the realm is another one, which is never signed");
        steps.push(row.edit(other).by("RFC5849").section("3.5.1").should());
    }
    let bad = Edit::Between(|sent| sent.set("oauth_signature", b"AAAAAAAAAAAAAAAAAAAAAAAAAAA="));
    let row = step(name, "oauth_nonce-not-burnt", "a request with a wrong signature had the same nonce before").after([bad]);
    steps.push(row.by("AV-S12").section("3.3").should());
    let seconds = ground.musts().find_map(|rule| match &rule.check {
        Check::TimestampWithin { seconds, .. } => Some((rule.id.clone(), i64::try_from(*seconds / 2).unwrap_or_default())),
        _ => None,
    });
    if let Some((rule, seconds)) = seconds.filter(|(_, seconds)| *seconds > 0) {
        let row = step(name, "oauth_timestamp-inside", format!("oauth_timestamp is {seconds} seconds old, which is allowed"));
        steps.push(row.edit(Edit::Later(-seconds)).by(rule).section("3.3"));
    }
}

/// Replaces a part of the Authorization header.
pub(super) fn replace(outgoing: &mut crate::implementation::live::Outgoing, from: &str, to: &str) {
    if let Some(header) = authorization(outgoing) {
        *header = String::from_utf8_lossy(header).replace(from, to).into_bytes();
    }
}
