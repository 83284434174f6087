//! Lines for a shell: `curl` sends a signed request to the octet, `openssl` computes its signature anew.

use super::shell::quote;
use super::sign::{Sent, SignedRequest};
use crate::protocol::{Request, SignatureMethod};

/// A `curl` line. `--globoff` and `--path-as-is` keep the URL as it was signed, and a body is sent with no Content-Type but the request's.
pub(super) fn curl(request: &Request<'_>, sent: &Sent) -> String {
    let mut line = String::from("curl --globoff --path-as-is");
    if request.method == b"HEAD" {
        line.push_str(" --head");
    } else {
        line.push_str(&format!(" --request {}", quote(request.method)));
    }
    if let Some(authorization) = &sent.authorization {
        line.push_str(&format!(" --header {}", quote(&[b"Authorization: ", authorization.as_slice()].concat())));
    }
    for header in request.headers {
        // An empty field has its own form; with a colon curl would leave the field out.
        let field = if header.value.is_empty() { [header.name, b";"].concat() } else { [header.name, b": ", header.value].concat() };
        line.push_str(&format!(" --header {}", quote(&field)));
    }
    let mut before = String::new();
    if let Some(body) = &sent.body {
        let typed = request.headers.iter().any(|header| header.name.eq_ignore_ascii_case(b"content-type"));
        let is_form = sent.body.as_deref() != request.body;
        if !typed && !is_form {
            line.push_str(" --header Content-Type:");
        }
        if body.contains(&0) {
            before = format!("printf {} | ", octal(body));
            line.push_str(" --data-binary @-");
        } else {
            line.push_str(&format!(" --data-raw {}", quote(body)));
        }
    }
    format!("{before}{line} {}", quote(&sent.url))
}

/// A word for `printf` in which every octet that is not a letter or digit is octal: no argument can hold a NUL.
fn octal(octets: &[u8]) -> String {
    let mut word = String::from("'");
    for octet in octets {
        if octet.is_ascii_alphanumeric() {
            word.push(char::from(*octet));
        } else {
            word.push_str(&format!("\\{octet:03o}"));
        }
    }
    word.push('\'');
    word
}

/// An `openssl` line. What is hidden stands there as a variable of the shell.
pub(super) fn openssl(signed: &SignedRequest<'_>, hide_key: bool, hide_base_string: bool) -> String {
    let base_string = if hide_base_string { "\"$BASE_STRING\"".to_owned() } else { quote(&signed.derivation.base_string) };
    let key = if hide_key { "\"$KEY\"".to_owned() } else { quote(signed.derivation.key()) };
    let digest = match signed.method {
        SignatureMethod::HmacSha1 | SignatureMethod::RsaSha1 => "-sha1",
        SignatureMethod::HmacSha256 | SignatureMethod::RsaSha256 => "-sha256",
        SignatureMethod::HmacSha512 | SignatureMethod::RsaSha512 => "-sha512",
        // There is nothing to compute: the key is the signature (section 3.4.4).
        SignatureMethod::Plaintext => return format!("printf %s {key}"),
    };
    let with = if signed.method.is_rsa() {
        format!("-sign {}", signed.private_key_file.map_or("private_key.pem".to_owned(), |file| quote(file.as_bytes())))
    } else {
        format!("-hmac {key}")
    };
    format!("printf %s {base_string} | openssl dgst {digest} {with} -binary | openssl base64 -A")
}
