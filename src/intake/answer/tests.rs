//! Answers as servers give them.

use super::*;
use crate::intake::pasted::http_text;

const BASE: &str = "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q";
const SIGNATURE: &str = "eqJ8zD1bKeUa3InpDyegGDAbSnM=";

fn read(body: &str) -> Answer {
    Answer::read(Some(401), &Vec::new(), body.as_bytes())
}

/// An independent encoder writes what is read.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|octet| {
            if octet.is_ascii_alphanumeric() || b"-._~".contains(&octet) { char::from(octet).to_string() } else { format!("%{octet:02X}") }
        })
        .collect()
}

#[test]
fn a_base_string_is_found_in_every_wrapping() {
    let once = encoded(BASE);
    for body in [
        BASE.to_owned(),
        format!("OAuth error. Invalid signature. Expected signature base string: {BASE}"),
        format!("Expected signature base string: {BASE}."),
        format!("<p>Base_String: <b>{}</b></p>", BASE.replace('&', "&amp;")),
        format!("<base_string>{}</base_string>", BASE.replace('&', "&#38;")),
        format!("<e><![CDATA[{BASE}]]></e>"),
        format!("{{\"base_string\":\"{BASE}\"}}"),
        format!("{{\"base_string\":\"{}\",\"x\":1}}", BASE.replace('&', "\\u0026")),
        format!("base=[{BASE}] signature=[x]"),
        format!("base string was '{BASE}', sorry"),
        format!("(using {BASE} )"),
        format!("oauth_problem=signature_invalid&oauth_signature=x&oauth_signature_base_string={once}&oauth_signature_method=RSA-SHA1"),
        format!("OAuth oauth_problem=\"signature_invalid\", oauth_signature_base_string=\"{once}\""),
        format!("debug=%C3%AF{once}&b"),
        format!("debug=%3D{once}%0A").replace("%0A", "&b"),
    ] {
        assert_eq!(read(&body).base_strings, [BASE.as_bytes()], "{body}");
    }
    let field = vec![(b"X-Base-String".to_vec(), BASE.as_bytes().to_vec())];
    assert_eq!(Answer::read(None, &field, b"").base_strings, [BASE.as_bytes()]);
    let challenge = format!("OAuth realm=\"x\", oauth_problem=\"signature_invalid\", oauth_signature_base_string=\"{once}\"");
    assert_eq!(Answer::read(None, &vec![(b"WWW-Authenticate".to_vec(), challenge.into_bytes())], b"").base_strings, [BASE.as_bytes()]);
}

#[test]
fn a_wrong_base_string_is_taken_as_it_is() {
    for base in ["get&http%3a%2f%2fh%2F&a=1&b=(2)!*'", "GET&http://h/x&a%3D1", "GET&HTTPS%3A%2F%2FH%2F&"] {
        assert_eq!(read(&format!("base string: {base} and more")).base_strings, [base.as_bytes()], "{base}");
    }
}

#[test]
fn what_only_looks_like_a_base_string_is_left() {
    for body in [
        "",
        "&http%3A",
        "GET&httpd",
        "see <a href=\"/x?a=GET&http=1\">",
        "http://h/?x=1&https://y",
        "1&http%3A%2F%2F",
        "%3D&http%3A",
        "x %41&http%3A",
    ] {
        assert_eq!(read(body).base_strings, [b""; 0], "{body}");
    }
    let two = format!("{BASE} {BASE} GET&http%3A%2F%2Fh%2F&");
    assert_eq!(read(&two).base_strings.len(), 2);
    let many: String = (0..20).map(|number| format!("GET&http%3A%2F%2Fh%2F{number}& ")).collect();
    assert_eq!(read(&many).base_strings.len(), MAX_TAKEN);
}

const MAX_TAKEN: usize = 8;

#[test]
fn the_servers_own_signature_is_told_from_the_one_that_was_sent() {
    let sent = "pWRf4W9k9nogID/O90Ng29bR2K0=";
    for body in [
        format!("oauth_signature [{sent}] does not match expected value [{SIGNATURE}]"),
        format!("Invalid signature ours= {SIGNATURE} yours={sent}"),
        format!("Invalid signature ours={SIGNATURE} yours={sent}"),
        format!("Expected value \"{SIGNATURE}\". Received value \"cEWvmwSskPc LnpusZ6j aUd5UQ=\""),
        format!("{{\"expected\":\"{}\",\"actual\":\"{sent}\"}}", SIGNATURE.replace('/', "\\/")),
        format!("got {sent}, expected {SIGNATURE}"),
        format!("<p>Provided signature {sent} does not match the calculated {SIGNATURE}</p>"),
        format!("computed_signature={}&signature={}", encoded(SIGNATURE), encoded(sent)),
        format!("the signature should be &quot;{SIGNATURE}&quot;"),
    ] {
        assert_eq!(read(&body).signatures, [SIGNATURE.as_bytes()], "{body}");
    }
    // HMAC-SHA256 and HMAC-SHA512 are longer: OpenSSL's digests of the empty text stand for them.
    for longer in [
        "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==",
    ] {
        assert_eq!(read(&format!("expected {longer}")).signatures, [longer.as_bytes()]);
    }
    for body in [
        format!("oauth_problem=signature_invalid&oauth_signature={}", encoded(sent)),
        format!("your signature {sent} is wrong"),
        format!("signature {sent} was unexpected"),
        "expected eqJ8zD1bKeUa3InpDyegGDAbSnN=".to_owned(),
        "expected something else altogether, says the server".to_owned(),
        format!("expected{} {sent}", " ".repeat(80)),
    ] {
        assert_eq!(read(&body).signatures, [b""; 0], "{body}");
    }
}

#[test]
fn problem_clock_and_advice_are_read() {
    let text = "HTTP/1.1 401 Unauthorized\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nWWW-Authenticate: OAuth oauth_problem=\"timestamp_refused\", oauth_acceptable_timestamps=\"1-600\", oauth_problem_advice=\"set%20your%0Aclock\"\r\n\r\n<html></html>";
    let response = http_text::response(text.as_bytes()).unwrap();
    let answer = Answer::read(response.status, &response.headers, &response.body);
    assert_eq!(answer.problem.as_ref().unwrap().name, "timestamp_refused");
    assert_eq!((answer.timestamps_acceptable, answer.server_time, answer.is_refusal), (Some((1, 600)), Some(784_111_777), true));
    assert_eq!(answer.advice, ["set your clock"]);
    for (status, body, advice, is_refusal) in [
        (401, "Failed to validate oauth signature and token", &["Failed to validate oauth signature and token"][..], true),
        (200, r#"{"meta":{"code":401,"description":"TOKEN_IP_MISMATCHED"}}"#, &["TOKEN_IP_MISMATCHED"], false),
        (401, r#"{"errors":[{"code":32,"message":"Could not\nauthenticate you."}]}"#, &["Could not authenticate you."], true),
        (
            200,
            "oauth_problem=token_rejected&oauth_problem_advice=The access token has not been authorized",
            &["The access token has not been authorized"],
            true,
        ),
        (500, "<html><body>no</body></html>", &[], true),
        (200, "oauth_token=a&oauth_token_secret=b", &[], false),
    ] {
        let answer = Answer::read(Some(status), &Vec::new(), body.as_bytes());
        assert_eq!((answer.advice, answer.is_refusal), (advice.iter().map(|text| (*text).to_owned()).collect(), is_refusal), "{body}");
    }
    let long = Answer::read(None, &Vec::new(), format!("{{\"message\":\"{}\"}}", "é".repeat(1000)).as_bytes());
    assert_eq!(long.advice[0].chars().count(), MAX_ADVICE + 1);
}

#[test]
fn pages_of_etrade_and_yahoo_are_read() {
    let tomcat =
        "<html><head><title> - Error report</title></head><body><h1>HTTP Status 401 - oauth_problem=signature_invalid</h1></body></html>";
    let yahoo = "<?xml version='1.0'?><yahoo:error><yahoo:description>Please provide valid credentials. OAuth oauth_problem=\"OST_OAUTH_SIGNATURE_INVALID_ERROR\", realm=\"yahooapis.com\"</yahoo:description></yahoo:error>";
    for (body, name) in [(tomcat, "signature_invalid"), (yahoo, "OST_OAUTH_SIGNATURE_INVALID_ERROR")] {
        let answer = read(body);
        assert_eq!((answer.problem.unwrap().name.as_str(), answer.base_strings.len(), answer.advice.len()), (name, 0, 0), "{body}");
    }
}

#[test]
fn answers_cut_and_mangled_at_every_octet_are_read() {
    let once = encoded(BASE);
    let body = format!(
        "Base: {BASE} &amp; {once} ours={SIGNATURE} yours= \\u0026 {{\"message\":\"x\"}} oauth_problem=\"a\",oauth_acceptable_timestamps=1-2"
    );
    let body = body.as_bytes();
    let mut found = 0;
    for at in 0..body.len() {
        for other in [0, b'%', b'&', b'"', b'\\', b' ', b'=', 0xff] {
            let mut mangled = body.to_vec();
            mangled[at] = other;
            found += Answer::read(None, &Vec::new(), &mangled).base_strings.len();
        }
        let date = [&body[at..], b"GMT"].concat();
        let _ = Answer::read(Some(0), &vec![(b"Date".to_vec(), date)], &body[..at]);
    }
    assert!(found > 1000, "{found}");
}

#[test]
fn the_longest_answers_take_no_time() {
    let started = std::time::Instant::now();
    for part in [
        "GET&http%3A",
        "GET%26http%253A ",
        "http",
        "&http",
        "h",
        "expected ",
        "eqJ8zD1bKeUa3InpDyegGDAbSnM= ",
        "A",
        "%",
        "=",
        "&",
        "\\",
        "&#",
        "a=",
        "[",
        "oauth_a=b ",
    ] {
        let body = part.repeat(MAX_BODY / part.len());
        let _ = Answer::read(Some(401), &vec![(b"X".to_vec(), body.clone().into_bytes())], body.as_bytes());
    }
    let letter = |number: usize| char::from(b'a' + u8::try_from(number % 26).unwrap());
    let names: String = (0..MAX_BODY / 13)
        .map(|number| format!("oauth_{}{}{}{}=x,", letter(number), letter(number / 26), letter(number / 676), letter(number / 17_576)))
        .collect();
    let _ = Answer::read(Some(401), &Vec::new(), format!("sorry, {names}").as_bytes());
    assert!(started.elapsed() < std::time::Duration::from_secs(30), "{:?}", started.elapsed());
}
