//! Tests of the readers of pasted text.

mod curl_commands;
mod har_files;
mod hostile;
mod http_texts;
mod samples;
mod words;

use super::PastedRequest;

/// A request in one text: method, URL, fields and body, a line each.
fn told(request: &PastedRequest) -> String {
    let text = |octets: &[u8]| octets.escape_ascii().to_string();
    let mut lines = vec![format!("{} {}", text(&request.method), text(&request.url))];
    lines.extend(request.headers.iter().map(|(name, value)| format!("{}: {}", text(name), text(value))));
    lines.extend(request.body.iter().map(|body| format!("<{}>", text(body))));
    lines.join("\n")
}
