//! What a peer may cost: memory for what is kept and shown, time for what is written, and nothing for what nobody reads.

use countersign::sandbox::{Limits, Sandbox};

use super::{FORM, SECRET, Signer, builder, get, send};

/// A wrongly signed request whose form is one value of so many octets that all have to be encoded.
fn long_form(sandbox: &Sandbox, length: usize) -> Vec<u8> {
    let host = sandbox.address();
    let signer = Signer { secret: format!("not {SECRET}"), ..Signer::of(sandbox) };
    let authorization = signer.authorization("POST", "/photos", None);
    let fields = format!("Host: {host}\r\nContent-Type: {FORM}\r\nAuthorization: {authorization}\r\nConnection: close\r\n");
    let head = format!("POST /photos HTTP/1.1\r\n{fields}Content-Length: {length}\r\n\r\n");
    [head.as_bytes(), b"a=", vec![0xff; length - 2].as_slice()].concat()
}

#[test]
fn a_long_base_string_is_neither_kept_nor_shown_whole() {
    let sandbox = builder("rfc5849").start().unwrap();
    let long = 1024 * 1024;
    for _ in 0..5 {
        assert_eq!(send(&sandbox, &long_form(&sandbox, long)).refused(), "signature_invalid");
    }
    // In the base string each octet is three, and its percent sign three again (RFC 5849 section 3.4.1).
    for entry in sandbox.exchanges() {
        let base_string = entry.refused.as_ref().unwrap().base_string.clone().unwrap();
        assert!(base_string.len() < 65_536 + 100, "{}", base_string.len());
        assert!(base_string.starts_with(b"POST&http%3A%2F%2F") && base_string.ends_with(b" octets)"));
        let told: usize = entry.details().iter().map(|(_, text)| text.len()).sum();
        assert!(told < 20_000, "{told}");
    }
    for target in ["/_countersign/", "/_countersign/exchanges?after=0"] {
        let page = get(&sandbox, target).body;
        assert!(page.matches("<article").count() == 5 && page.len() < 5 * 100_000, "{target}: {}", page.len());
    }
}

#[test]
fn a_long_reason_is_neither_kept_nor_told_whole() {
    let sandbox = builder("etrade").start().unwrap();
    let answer = get(&sandbox, &format!("/{}", "x".repeat(15_000)));
    assert!(answer.status == 404 && answer.field("X-Countersign-Because").len() > 15_000);
    let entry = sandbox.exchanges().last().cloned().unwrap();
    assert!(entry.line().len() < 3000, "{}", entry.line().len());
    assert!(entry.refused.as_ref().unwrap().because.len() < 5000);
    assert!(entry.reply.headers.iter().all(|(_, value)| value.len() < 5000));
}

#[test]
fn the_page_is_no_longer_than_it_may_be() {
    let limits = Limits { exchanges: 2000, ..Limits::default() };
    let sandbox = builder("rfc5849").limits(limits).explains(false).start().unwrap();
    let body = (0..200).map(|at| format!("p{at}={}", "<".repeat(500))).collect::<Vec<_>>().join("&");
    for _ in 0..120 {
        assert_eq!(send(&sandbox, &Signer::of(&sandbox).with_body("POST", "/photos", Some(&body))).status, 200);
    }
    let page = get(&sandbox, "/_countersign/").body;
    assert!(page.len() < 5 * 1024 * 1024 && page.contains("data-number=\"120\"") && page.contains("are not shown"), "{}", page.len());
}
