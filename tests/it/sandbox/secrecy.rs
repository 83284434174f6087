//! What somebody's real client sends is in no recording, on no page and in no line, wherever and however wrongly it is sent.

use std::sync::Arc;

use base64::Engine as _;
use countersign::profile::shipped;
use countersign::protocol::Secret;
use countersign::sandbox::{Client, Sandbox, recording};

use super::{CLIENT, FORM, SECRET, Signer, builder, get, send};

/// Its letters and digits are the same in every percent-encoding.
const CANARY: &str = "C4naryS3cretOfARealClient";
/// What a signature of HMAC looks like.
const SIGNATURE: &str = "Q0FOQVJZLVNJR05BVFVSRS1P";

fn with_real_client() -> Sandbox {
    let real = Client::without_secret("real-key").with_real_secret(Secret::new(CANARY.as_bytes().to_vec()));
    Sandbox::builder().profile("etrade").client(real).auto_approve(true).start().unwrap()
}

fn without() -> Sandbox {
    Sandbox::builder().profile("etrade").client(Client::new(CLIENT, SECRET)).auto_approve(true).start().unwrap()
}

/// Everything that is kept or told of the exchanges.
fn kept(sandbox: &Sandbox) -> String {
    let exchanges = sandbox.exchanges();
    let mut text = recording::har(&exchanges);
    text.push_str(&recording::fixtures(&exchanges, &shipped::profile("etrade").unwrap().unwrap()));
    text.push_str(&get(sandbox, "/_countersign/").body);
    text.push_str(&get(sandbox, "/_countersign/exchanges?after=0").body);
    for entry in &exchanges {
        text.push_str(&format!("{}\n{:?}\n{entry:?}\n", entry.line(), entry.details()));
    }
    text
}

#[track_caller]
fn holds_nothing(text: &str, what: &str) {
    for secret in [CANARY, SIGNATURE] {
        let encoder = base64::engine::general_purpose::STANDARD_NO_PAD;
        // In base64 a text looks in three ways, by what stands before it; its ends depend on its neighbours.
        let encoded = (0..3).map(|before| encoder.encode(["x".repeat(before), secret.to_owned()].concat())[4..24].to_owned());
        let octets = format!("{:?}", secret.as_bytes());
        let octets = octets.trim_matches(['[', ']']).to_owned();
        for form in encoded.chain([secret.to_owned(), octets]) {
            assert!(!text.contains(&form), "{what}: {form} is kept");
        }
    }
}

/// Requests with a real client's credentials, each sent in a wrong way: target, further fields, body.
fn mistakes() -> Vec<(&'static str, String, String, String)> {
    let mut all = Vec::new();
    for (method, signature) in [("PLAINTEXT", format!("{CANARY}%2526")), ("HMAC-SHA1", SIGNATURE.to_owned())] {
        let pairs = |key: &str| format!("oauth_consumer_key={key}&oauth_signature_method={method}&oauth_signature={signature}");
        let header = |key: &str| format!("OAuth {}", pairs(key).replace('=', "=\"").replace('&', "\", ") + "\"");
        let good = format!("Authorization: {}\r\n", header("real-key"));
        let mut add = |what, target: &str, fields: &str, body: &str| {
            all.push((what, target.to_owned(), fields.to_owned(), body.to_owned()));
        };
        for (what, target) in [
            ("right path", "/oauth/request_token"),
            ("mistyped path", "/oauth/requst_token"),
            ("former URL", "/accounts/rest/accountlist"),
            ("authorization", "/e/t/etws/authorize?key=real-key&token=none"),
            ("fault", "/_fault/redirect-host/v1/accounts/list"),
            ("fault and wrong path", "/_fault/redirect-host/nowhere"),
            ("clock fault", "/_fault/clock-ahead/oauth/request_token"),
            ("fault of answers", "/_fault/server-error/oauth/request_token"),
        ] {
            add(what, target, &good, "");
            let joined = if target.contains('?') { '&' } else { '?' };
            add(what, &format!("{target}{joined}{}", pairs("real-key")), "", "");
        }
        let target = "/oauth/request_token";
        add("no scheme", target, &good.replace("OAuth ", ""), "");
        add("other scheme", target, &good.replace("OAuth ", "Bearer "), "");
        add("field for proxies", target, &good.replace("Authorization", "Proxy-Authorization"), "");
        add("misspelt field", target, &good.replace("Authorization", "Authorisation"), "");
        add("misspelt key", target, &good.replace("oauth_consumer_key", "oauth_consumerkey"), "");
        add(
            "misspelt key in the query",
            &format!("{target}?{}", pairs("real-key").replace("oauth_consumer_key", "oauth_consumerkey")),
            "",
            "",
        );
        add("empty key first", &format!("{target}?oauth_consumer_key=&{}", pairs("real-key")), "", "");
        add("empty key in the header", target, &good.replace("OAuth ", "OAuth oauth_consumer_key=\"\", "), "");
        add("key of ours first", &format!("{target}?oauth_consumer_key={CLIENT}&{}", pairs("real-key")), "", "");
        add("key of ours beside an unread header", &format!("{target}?oauth_consumer_key={CLIENT}"), &good.replace("OAuth ", ""), "");
        add("no key", target, &format!("Authorization: OAuth oauth_signature=\"{signature}\"\r\n"), "");
        add("no question mark", &format!("{target}&{}", pairs("real-key")), "", "");
        add("encoded names", &format!("{target}?{}", pairs("real-key").replace("oauth_", "%6fauth%5F")), "", "");
        add("form", target, &format!("Content-Type: {FORM}\r\n"), &pairs("real-key"));
        add("body of another type", target, "Content-Type: application/json\r\n", &format!("{{\"oauthSignature\": \"{signature}\"}}"));
        add("secret as a name", target, &format!("Authorization: OAuth oauth_consumer_key=\"real-key\", {signature}=\"\"\r\n"), "");
        add("several headers", target, &format!("Authorization: OAuth oauth_consumer_key=\"{CLIENT}\"\r\n{good}"), "");
    }
    all
}

#[test]
fn nothing_of_a_real_client_is_kept_whatever_goes_wrong() {
    for (which, sandbox) in [("real", with_real_client()), ("none", without())] {
        let host = sandbox.address();
        let mistakes = mistakes();
        assert!(mistakes.len() < 100, "all of them are among the last exchanges");
        for (what, target, fields, body) in &mistakes {
            let length = body.len();
            let head = format!("Host: {host}\r\n{fields}Content-Length: {length}\r\nConnection: close\r\n");
            let answer = send(&sandbox, format!("POST {target} HTTP/1.1\r\n{head}\r\n{body}").as_bytes());
            assert!(answer.status >= 300, "{what}: {answer:?}");
            let last = sandbox.exchanges().last().map(Arc::clone).unwrap();
            assert!(last.is_real(), "{which}: {what}: {target} {fields}");
            holds_nothing(&format!("{last:?}\n{}\n{:?}", last.line(), last.details()), &format!("{which}: {what}"));
        }
        assert_eq!(sandbox.exchanges().len(), mistakes.len());
        holds_nothing(&kept(&sandbox), which);
    }
}

/// Of a real client that does everything right, signature and base string together would let its secret be guessed.
#[test]
fn a_right_request_of_a_real_client_is_not_kept_either() {
    let sandbox = with_real_client();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs().to_string();
    for method in ["HMAC-SHA1", "PLAINTEXT"] {
        let signer =
            Signer { client: "real-key".to_owned(), secret: CANARY.to_owned(), method, timestamp: now.clone(), ..Signer::of(&sandbox) };
        let request = signer.callback("oob").request("GET", "/oauth/request_token");
        let text = String::from_utf8(request.clone()).unwrap();
        let signature = text.split_once("oauth_signature=\"").unwrap().1.split_once('"').unwrap().0.to_owned();
        send(&sandbox, &request);
        let text = kept(&sandbox);
        holds_nothing(&text, method);
        let base64 = signature.replace("%3D", "=").replace("%2B", "+").replace("%2F", "/");
        assert!(!text.contains(&signature) && !text.contains(&base64), "{method}: {text}");
    }
}

#[test]
fn what_is_of_a_made_up_client_is_kept() {
    let real = Client::without_secret("real-key").with_real_secret(Secret::new(CANARY.as_bytes().to_vec()));
    let sandbox = builder("rfc5849").client(real).auto_approve(true).start().unwrap();
    let asked = send(&sandbox, &Signer::of(&sandbox).callback("http://client.example/cb").request("POST", "/initiate"));
    let token = asked.value("oauth_token").replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    assert_eq!(get(&sandbox, &format!("/authorize?oauth_token={token}")).status, 302);
    assert_eq!(send(&sandbox, &Signer { secret: "wrong".to_owned(), ..Signer::of(&sandbox) }.request("GET", "/photos")).status, 401);
    let exchanges = sandbox.exchanges();
    assert_eq!(exchanges.len(), 3);
    assert!(exchanges.iter().all(|entry| !entry.is_real()), "{exchanges:?}");
    // What tells of nobody is perhaps the real client's.
    get(&sandbox, "/photos?x=plain");
    assert!(sandbox.exchanges().last().unwrap().is_real());
    let alone = without();
    get(&alone, "/v1/accounts/list?x=plain");
    assert!(!alone.exchanges().last().unwrap().is_real());
}
