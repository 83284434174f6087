//! The loop of the adapter protocol for libraries in Rust: questions on stdin, answers on stdout, one JSON object a line.
//!
//! What a library is asked and how stands in the library's own adapter; this crate knows no library.

use std::io::{BufRead as _, Write as _};
use std::panic::{catch_unwind, AssertUnwindSafe};

use base64::Engine as _;
use serde_json::{json, Value};

/// Lines are read and answered one after the other; the pipe holds those that wait.
const MAX_IN_FLIGHT: u32 = 64;

/// Why there is no answer.
pub enum Declined {
    /// The library's interface has no words for this question: `feature:…`, `signature_method:…`.
    Unsupported(String),
    /// The library has refused.
    Refused(String),
}

/// The output, with `stages` in it if there are any.
pub type Answer = Result<Value, Declined>;

/// What an adapter says of itself, and a function for each operation that it offers.
pub struct Adapter {
    pub name: &'static str,
    pub version: String,
    pub homepage: &'static str,
    pub operations: &'static [(&'static str, fn(&Value) -> Answer)],
    pub signature_methods: &'static [&'static str],
    pub features: &'static [&'static str],
}

pub fn unsupported<T>(what: &str) -> Result<T, Declined> {
    Err(Declined::Unsupported(what.to_owned()))
}

/// The version of a package in `Cargo.lock`.
pub fn locked(lock: &str, package: &str) -> String {
    let mut lines = lock.lines().skip_while(|line| *line != format!("name = \"{package}\""));
    lines.nth(1).unwrap_or_default().trim_start_matches("version = ").trim_matches('"').to_owned()
}

/// A text that is there; octets that are not UTF-8 have no place in an interface of strings.
pub fn text(value: &Value) -> Result<&str, Declined> {
    value.as_str().map_or_else(|| unsupported(if value.is_object() { "feature:octets" } else { "feature:absent_text" }), Ok)
}

/// A text that may be null.
pub fn optional(value: &Value) -> Result<Option<&str>, Declined> {
    if value.is_null() {
        Ok(None)
    } else {
        text(value).map(Some)
    }
}

/// The first header field of a name.
pub fn field<'a>(asked: &'a Value, wanted: &str) -> Option<&'a Value> {
    let fields = asked["headers"].as_array()?;
    fields.iter().find(|field| field[0].as_str().is_some_and(|name| name.eq_ignore_ascii_case(wanted))).map(|field| &field[1])
}

/// The body, if the application would say that it sends a form.
pub fn form(asked: &Value) -> Result<&str, Declined> {
    let kind = field(asked, "content-type").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
    let is_form = kind.starts_with("application/x-www-form-urlencoded");
    Ok(if is_form { optional(&asked["body"])?.unwrap_or_default() } else { "" })
}

/// An interface that takes no header fields cannot be told of a `Host` field.
pub fn no_host_field(asked: &Value) -> Result<(), Declined> {
    if field(asked, "host").is_some() {
        unsupported("feature:host_field")
    } else {
        Ok(())
    }
}

/// The URL in front of the query, and the query: these libraries take them apart. A fragment is never sent.
pub fn split_url(url: &str) -> (&str, &str) {
    let sent = url.split('#').next().unwrap_or_default();
    sent.split_once('?').unwrap_or((sent, ""))
}

/// What a receiver reads: what is between the quotes behind `oauth_signature=`, or up to the next `&`, decoded.
pub fn sent_signature(sent: &str) -> Option<String> {
    let (_, value) = sent.split_once("oauth_signature=")?;
    let value = match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next()?,
        None => value.split(['&', '#']).next()?,
    };
    // `parse` reads a form, in which a raw plus is a blank and a raw ampersand the end.
    let value = format!("s={}", value.replace('+', "%2B").replace('&', "%26"));
    form_urlencoded::parse(value.as_bytes()).next().map(|(_, decoded)| decoded.into_owned())
}

/// Octets that are not UTF-8 are written `{"base64": "…"}`.
pub fn octets(value: &[u8]) -> Value {
    match std::str::from_utf8(value) {
        Ok(text) => json!(text),
        Err(_) => json!({ "base64": base64::engine::general_purpose::STANDARD.encode(value) }),
    }
}

fn say(message: &Value) {
    let mut out = std::io::stdout().lock();
    // Whoever closes the pipe has heard enough.
    if writeln!(out, "{message}").and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

/// Answers every question.
pub fn serve(adapter: &Adapter) {
    let operations: Vec<&str> = adapter.operations.iter().map(|(name, _)| *name).collect();
    say(&json!({
        "type": "hello", "protocol": 1, "operations": operations, "signature_methods": adapter.signature_methods,
        "features": adapter.features, "max_in_flight": MAX_IN_FLIGHT,
        "implementation": { "name": adapter.name, "version": adapter.version, "language": "Rust", "homepage": adapter.homepage },
    }));
    // A panic is an answer, too; what it says goes into it.
    std::panic::set_hook(Box::new(|_| {}));
    for line in std::io::stdin().lock().lines() {
        let Some(message) = line.ok().and_then(|line| serde_json::from_str::<Value>(&line).ok()) else { return };
        match message["type"].as_str() {
            Some("run") => say(&answer(adapter, &message)),
            Some("bye") => return,
            _ => {}
        }
    }
}

fn answer(adapter: &Adapter, message: &Value) -> Value {
    let id = &message["id"];
    let Some((_, ask)) = adapter.operations.iter().find(|(name, _)| message["operation"] == *name) else {
        return json!({ "type": "unsupported", "id": id, "what": format!("operation:{}", message["operation"].as_str().unwrap_or_default()) });
    };
    match catch_unwind(AssertUnwindSafe(|| ask(&message["input"]))) {
        Ok(Ok(mut output)) => {
            let stages = output.as_object_mut().and_then(|output| output.remove("stages"));
            let mut result = json!({ "type": "result", "id": id, "output": output });
            if let Some(stages) = stages {
                result["stages"] = stages;
            }
            result
        }
        Ok(Err(Declined::Unsupported(what))) => json!({ "type": "unsupported", "id": id, "what": what }),
        Ok(Err(Declined::Refused(why))) => json!({ "type": "reject", "id": id, "message": why }),
        Err(panic) => {
            let words = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
            json!({ "type": "error", "id": id, "message": words.unwrap_or("a panic without a message") })
        }
    }
}
