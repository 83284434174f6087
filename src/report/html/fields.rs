//! Inputs and outputs as rows of names and values, whatever the operation, and two values beside each other with their octets marked.

use maud::{Markup, html as template};
use serde_json::Value;

use crate::report::escape;
use crate::report::mark::{Marked, mark};

/// The most octets of a value that are shown; the middle of a longer one is left out.
const MAX_VALUE: usize = 4 * 1024;
/// The most columns of a compared value.
const MAX_COLUMNS: usize = 2000;
/// The most items of a list.
const MAX_ITEMS: usize = 100;

/// A table of an object's members. Members that are null or empty say nothing; those of objects inside stand under both names.
pub(super) fn table(value: &Value, leave_out: &[&str]) -> Markup {
    let mut rows = Vec::new();
    collect(value, "", leave_out, &mut rows);
    template! {
        @if !rows.is_empty() {
            dl.fields {
                @for (name, values) in rows {
                    div {
                        dt { (escape::line(&name)) }
                        dd { @for value in values { code { (value) } } }
                    }
                }
            }
        }
    }
}

/// The intermediate values of a signature in the order in which they are made.
pub(super) fn stages(value: &Value) -> Markup {
    let rows =
        ["base_uri", "normalized", "base_string", "key"].into_iter().filter_map(|name| value.get(name).map(|value| (name, one(value))));
    template! {
        dl.fields { @for (name, value) in rows { div { dt { (name) } dd { code { (value) } } } } }
    }
}

fn collect(value: &Value, prefix: &str, leave_out: &[&str], rows: &mut Vec<(String, Vec<String>)>) {
    let Value::Object(members) = value else { return };
    for (name, value) in members.iter().filter(|(name, _)| !leave_out.contains(&name.as_str())) {
        let name = if prefix.is_empty() { name.clone() } else { format!("{prefix} {name}") };
        match value {
            Value::Null => {}
            Value::Array(items) if items.is_empty() => {}
            Value::Array(items) => {
                let mut shown: Vec<String> = items.iter().take(MAX_ITEMS).map(item).collect();
                if items.len() > MAX_ITEMS {
                    shown.push(format!("… and {} more", items.len() - MAX_ITEMS));
                }
                rows.push((name, shown));
            }
            Value::Object(inner) if !inner.contains_key("base64") => collect(value, &name, &[], rows),
            // A key in PEM is read in its lines; everywhere else a line end is a part of the value.
            Value::String(text) if text.starts_with("-----BEGIN ") => {
                let cut = escape::middle_cut(text, MAX_VALUE);
                rows.push((name, cut.lines().map(|line| escape::line(line).into_owned()).collect()));
            }
            value => rows.push((name, vec![one(value)])),
        }
    }
}

/// A pair as `name = value`, anything else as it is.
fn item(value: &Value) -> String {
    match value.as_array().map(Vec::as_slice) {
        Some([name, value]) => format!("{} = {}", one(name), one(value)),
        Some(parts) => parts.iter().map(one).collect::<Vec<_>>().join(", "),
        None => one(value),
    }
}

/// One value as text.
pub(super) fn one(value: &Value) -> String {
    match value {
        Value::Null => "(none)".to_owned(),
        Value::String(text) => shown(&escape::middle_cut(text, MAX_VALUE)),
        Value::Object(members) => match members.get("base64").and_then(Value::as_str) {
            Some(text) => format!("base64: {}", escape::line(&escape::middle_cut(text, MAX_VALUE))),
            None => escape::line(&escape::middle_cut(&value.to_string(), MAX_VALUE)).into_owned(),
        },
        value => value.to_string(),
    }
}

/// In quotes where the ends would not be seen.
fn shown(text: &str) -> String {
    let is_bare = !text.is_empty() && !text.starts_with(' ') && !text.ends_with(' ');
    if is_bare { escape::value(text.as_bytes()) } else { escape::quoted(text.as_bytes()) }
}

/// Octets as text.
pub(super) fn octets(octets: &[u8]) -> String {
    let kept = escape::value(octets.get(..octets.len().min(MAX_VALUE)).unwrap_or_default());
    if octets.len() > MAX_VALUE { format!("{kept}… {} octets more", octets.len() - MAX_VALUE) } else { kept }
}

/// Two values with what differs marked.
pub(super) fn compared(expected: &[u8], observed: &[u8]) -> Markup {
    let (wanted, given) = mark(expected, observed, MAX_COLUMNS);
    template! {
        dl.compared {
            div { dt { "expected" } dd { (marked(&wanted, false)) } }
            div { dt { "observed" } dd { (marked(&given, true)) } }
        }
    }
}

fn marked(value: &Marked, is_wrong: bool) -> Markup {
    let is_empty = value.before.is_empty() && value.differing.is_empty() && value.behind.is_empty();
    template! {
        @if is_empty {
            span.nothing { "(empty)" }
        } @else {
            code {
                (value.before)
                @if value.differing.is_empty() {
                    // The other side has more here.
                    @if is_wrong { del.gap {} } @else { ins.gap {} }
                } @else if is_wrong {
                    del { (value.differing) }
                } @else {
                    ins { (value.differing) }
                }
                (value.behind)
            }
        }
    }
}
