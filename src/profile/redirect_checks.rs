//! Checks of the redirection that ends the resource owner's authorization (RFC 5849 section 2.2).

use super::answer::Answer;
use super::assessment::Facts;
use super::outcome::{Judged, shown};
use super::value::Value;

pub(super) fn parameters(facts: &Facts<'_>, answer: &Answer<'_>, names: &[String]) -> Judged {
    if !answer.is_redirection() {
        return Judged::Not;
    }
    let is_absent = |name: &&str| answer.location_value(name).is_none_or(|value| value.is_empty());
    let absent: Vec<&str> = names.iter().map(String::as_str).filter(is_absent).collect();
    if !absent.is_empty() {
        return Judged::provider(Some(format!("the callback does not get {}", absent.join(", ")))).about(absent);
    }
    let sent = if names.iter().any(|name| name == "oauth_token") { answer.location_value("oauth_token") } else { None };
    let other = match (sent, facts.token()) {
        (Some(sent), Some(token)) => sent != token.identifier.as_bytes(),
        _ => false,
    };
    Judged::provider(other.then(|| "the callback gets another oauth_token".to_owned())).about(["oauth_token"])
}

pub(super) fn value(facts: &Facts<'_>, answer: &Answer<'_>, name: &str, form: &Value) -> Judged {
    let Some(value) = answer.location_value(name).filter(|_| answer.is_redirection()) else { return Judged::Not };
    Judged::provider(form.fault(&value, facts.profile).map(|fault| format!("{name} {fault}: {}", shown(name, &value)))).about([name])
}

/// The callback of the first request, or the one configured for the client; what is added stands at the end of its query. A callback
/// without a path may get the empty one's other spelling, `/` (RFC 3986 section 6.2.3).
pub(super) fn to_callback(facts: &Facts<'_>, answer: &Answer<'_>) -> Judged {
    if !answer.is_redirection() {
        return Judged::Not;
    }
    let sent = facts.token().and_then(|token| token.callback.as_deref()).filter(|callback| *callback != "oob");
    let configured = facts.exchange.client.as_ref().and_then(|client| client.callback.as_deref());
    let Some(callback) = sent.or(configured).filter(|callback| !callback.is_empty()) else { return Judged::Not };
    let because = match answer.location() {
        None => Some("the redirection has no Location"),
        Some(location) => match location.strip_prefix(callback) {
            None => Some("the user is not sent to the callback as it was given"),
            Some(added) => {
                let separator = if callback.ends_with(['?', '&']) {
                    ""
                } else if callback.contains('?') {
                    "&"
                } else {
                    "?"
                };
                let bare = callback.split_once("://").is_some_and(|(_, rest)| !rest.contains(['/', '?', '#']));
                let added = if bare { added.strip_prefix('/').unwrap_or(added) } else { added };
                (!added.starts_with(separator)).then_some("what is added does not stand at the end of the callback's query")
            }
        },
    };
    Judged::provider(because.map(str::to_owned))
}
