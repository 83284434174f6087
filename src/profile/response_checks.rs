//! Checks of an answer: status, media type, form, parameters.

use std::ops::Range;

use super::answer::Answer;
use super::assessment::Facts;
use super::error_answer::value_at;
use super::kinds::Confirmed;
use super::outcome::{Judged, any_of, shown};
use super::value::Value;

pub(super) fn status(answer: &Answer<'_>, spoken_of: Range<u16>, one_of: &[u16]) -> Judged {
    let status = answer.response.status;
    if !spoken_of.contains(&status) {
        return Judged::Not;
    }
    Judged::provider((!one_of.contains(&status)).then(|| format!("the status is {status}, not {}", any_of(one_of))))
}

pub(super) fn text_status(answer: &Answer<'_>, text: &str, one_of: &[u16]) -> Judged {
    if answer.holds(text) { status(answer, 0..u16::MAX, one_of) } else { Judged::Not }
}

pub(super) fn value_status(answer: &Answer<'_>, at: &str, value: &str, one_of: &[u16]) -> Judged {
    match value_at(answer.response.octets(), at) {
        Some(Some(found)) if found == value => status(answer, 0..u16::MAX, one_of),
        _ => Judged::Not,
    }
}

pub(super) fn content_type(answer: &Answer<'_>, one_of: &[String]) -> Judged {
    if !answer.is_success() {
        return Judged::Not;
    }
    let field = answer.response.field("content-type").unwrap_or_default();
    let essence = field.split(|&octet| octet == b';').next().unwrap_or_default().trim_ascii();
    let known = one_of.iter().any(|known| essence.eq_ignore_ascii_case(known.as_bytes()));
    let sent = if essence.is_empty() { "missing".to_owned() } else { shown("content-type", essence) };
    Judged::provider((!known).then(|| format!("the content type is {sent}, not {}", any_of(one_of))))
}

pub(super) fn form(answer: &Answer<'_>) -> Judged {
    if !answer.is_success() {
        return Judged::Not;
    }
    Judged::provider(answer.form_fault.map(|fault| format!("the body {fault}")))
}

/// A body that is no form has no parameters to be missed; that it is none is another rule's business.
fn spoken_of(answer: &Answer<'_>) -> bool {
    answer.is_success() && answer.looks_like_form
}

/// An empty value is as good as none, as in a request: no client can go on with it.
pub(super) fn parameters(answer: &Answer<'_>, names: &[String]) -> Judged {
    if !spoken_of(answer) {
        return Judged::Not;
    }
    let absent: Vec<&String> = names.iter().filter(|name| answer.value(name).is_none_or(<[u8]>::is_empty)).collect();
    let shown = |name: &&String| if answer.value(name).is_some() { format!("{name} (it is empty)") } else { (*name).clone() };
    let because = || format!("the answer lacks {}", absent.iter().map(shown).collect::<Vec<_>>().join(", "));
    Judged::provider((!absent.is_empty()).then(because)).about(absent.iter().map(|name| name.as_str()))
}

pub(super) fn value(facts: &Facts<'_>, answer: &Answer<'_>, name: &str, form: &Value) -> Judged {
    let Some(value) = answer.value(name).filter(|_| spoken_of(answer)) else { return Judged::Not };
    Judged::provider(form.fault(value, facts.profile).map(|fault| format!("{name} {fault}: {}", shown(name, value)))).about([name])
}

pub(super) fn callback_confirmed(facts: &Facts<'_>, answer: &Answer<'_>, when: Confirmed) -> Judged {
    const NAME: &str = "oauth_callback_confirmed";
    let Some(value) = answer.value(NAME).filter(|_| spoken_of(answer)) else { return Judged::Not };
    let configured = facts.client().and_then(|client| client.callback.as_ref()).map(|callback| !callback.is_empty());
    let because = match (when, value, configured) {
        (Confirmed::Always, b"true", _) => None,
        (Confirmed::Always, _, _) => Some("it is always true"),
        (Confirmed::Configured, b"true", Some(false)) => Some("no callback is configured for the client"),
        (Confirmed::Configured, b"false", Some(true)) => Some("a callback is configured for the client"),
        (Confirmed::Configured, b"true" | b"false", _) => None,
        (Confirmed::Configured, _, _) => Some("it is true or false"),
    };
    Judged::provider(because.map(|because| format!("{NAME} is {}, but {because}", shown(NAME, value)))).about([NAME])
}
