//! Puts an OAuth 1.0a library behind the adapter protocol of countersign, version 1.
//!
//! ```text
//! Build: cargo build
//! Test:  countersign test --adapter target/debug/adapter
//! ```
//!
//! Delivered, it signs with PLAINTEXT only and passes: replace what stands under YOUR LIBRARY.

use std::fmt::Display;
use std::io::{self, BufRead, Write};
use std::panic::{catch_unwind, AssertUnwindSafe};

use base64::prelude::{Engine, BASE64_STANDARD};
use serde_json::{json, Value};

// ---- YOUR LIBRARY ---------------------------------------------------------------------------------------------------

fn hello() -> Value {
    json!({
        "type": "hello",
        "protocol": 1,
        // Who is tested: this stands in every report.
        "implementation": { "name": "my-library", "version": "0.0.0", "language": "Rust", "language_version": "edition 2021" },
        // Add what the library has, and answer it in `answer`: base_string, verify, percent_decode, parse_authorization, ...
        "operations": ["sign", "percent_encode"],
        // Add what the library signs with: HMAC-SHA1, HMAC-SHA256, HMAC-SHA512, RSA-SHA1, RSA-SHA256, RSA-SHA512.
        "signature_methods": ["PLAINTEXT"],
        // Add what `sign` hands on: form_body, duplicates, extra_parameters, realm, callback, verifier, transmission, body_hash, codes.
        "features": ["fixed_nonce", "no_version"],
        // How many questions may wait in the pipe; they are answered in their order.
        "max_in_flight": 64,
    })
}

/// Call the library here with method, url, headers, body, client, token, nonce, timestamp, ... of the request.
fn sign(request: &Value) -> Result<Value, Failure> {
    let method = text(&request["signature_method"])?;
    if method != "PLAINTEXT" {
        // Leave this out when the library is called: it has to refuse names that it does not know.
        return Err(Failure::Unsupported(format!("signature_method:{method}")));
    }
    if !request["version"].is_null() && request["version"] != "1.0" {
        // Return this wherever the library refuses; the codes stand in countersign's vectors/README.md, `None` will do.
        return Err(Failure::Reject(Some("version_rejected"), "oauth_version is not 1.0".to_owned()));
    }
    let client = octets(&request["client"]["secret"])?;
    let token = octets(&request["token"]["secret"])?;
    // RFC 5849 section 3.4.4; give "authorization" beside the signature if the library makes the header.
    Ok(json!({ "signature": format!("{}&{}", percent_encode(&client), percent_encode(&token)) }))
}

/// Section 3.6: the library's own function, if it has one.
fn percent_encode(text: &[u8]) -> String {
    let encode = |&octet: &u8| match octet {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(octet).to_string(),
        _ => format!("%{octet:02X}"),
    };
    text.iter().map(encode).collect()
}

/// Add an arm for each operation that is offered.
fn answer(operation: &str, asked: &Value) -> Result<Value, Failure> {
    match operation {
        "sign" => sign(asked),
        "percent_encode" => Ok(json!({ "encoded": percent_encode(&octets(asked.get("text").ok_or("there is no text")?)?) })),
        _ => Err(Failure::Unsupported(format!("operation:{operation}"))),
    }
}

// ---- The protocol: nothing to change from here on -------------------------------------------------------------------

/// Why there is no output.
enum Failure {
    /// The library refuses the input: a code of the protocol, and a message.
    Reject(Option<&'static str>, String),
    /// The library does not offer this, such as `feature:realm`.
    Unsupported(String),
    /// Something broke.
    Error(String),
}

impl<E: Display> From<E> for Failure {
    fn from(error: E) -> Failure {
        Failure::Error(error.to_string())
    }
}

fn text(value: &Value) -> Result<&str, Failure> {
    value.as_str().ok_or_else(|| format!("{value} is no string").into())
}

/// The octets of a text: a string, `{"base64": "..."}` where they are not UTF-8, or null.
fn octets(value: &Value) -> Result<Vec<u8>, Failure> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Object(_) => Ok(BASE64_STANDARD.decode(text(&value["base64"])?)?),
        _ => text(value).map(|text| text.as_bytes().to_vec()),
    }
}

/// The response to a question; a panic in the library is an error of the case.
fn run(id: &str, message: &Value) -> Value {
    let put = || answer(text(&message["operation"])?, &message["input"]);
    match catch_unwind(AssertUnwindSafe(put)).unwrap_or_else(|_| Err("it panicked, see the standard error".into())) {
        Ok(output) => json!({ "type": "result", "id": id, "output": output }),
        Err(Failure::Reject(code, message)) => json!({ "type": "reject", "id": id, "code": code, "message": message }),
        Err(Failure::Unsupported(what)) => json!({ "type": "unsupported", "id": id, "what": what }),
        Err(Failure::Error(message)) => json!({ "type": "error", "id": id, "message": message }),
    }
}

/// The response to a message, `None` to one of a later version.
fn respond(message: &Value) -> Result<Option<Value>, Failure> {
    Ok(match text(&message["type"])? {
        "hello" => Some(hello()),
        "run" => Some(run(text(&message["id"])?, message)),
        _ => None,
    })
}

fn main() -> io::Result<()> {
    let (mut input, mut output, mut line) = (io::stdin().lock(), io::stdout().lock(), Vec::new());
    while input.read_until(b'\n', &mut line)? > 0 {
        if !line.trim_ascii().is_empty() {
            let message = serde_json::from_slice::<Value>(&line);
            if message.as_ref().is_ok_and(|message| message["type"] == "bye") {
                break;
            }
            let response = match message.map_err(Failure::from).and_then(|message| respond(&message)) {
                Ok(response) => response,
                Err(Failure::Error(message) | Failure::Unsupported(message) | Failure::Reject(_, message)) => {
                    Some(json!({ "type": "error", "message": message }))
                }
            };
            if let Some(response) = response {
                writeln!(output, "{response}")?;
                output.flush()?;
            }
        }
        line.clear();
    }
    Ok(())
}
