//! What may be the matter with a request, or with the server that receives it, and what may look like it: each is one change of a scene. Which
//! of them make a request wrong is not said here; the naive checks find that out.

use super::checks::Scene;

/// One thing that is not as usual.
#[derive(Clone, Copy)]
pub struct Circumstance {
    /// What, in a few words.
    pub what: &'static str,
    /// Brings it about.
    pub arrange: fn(&mut Scene),
}

impl std::fmt::Debug for Circumstance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.what)
    }
}

/// How often every circumstance stands among the seeds.
pub const ROUNDS: usize = 6;

const fn row(what: &'static str, arrange: fn(&mut Scene)) -> Circumstance {
    Circumstance { what, arrange }
}

/// All of them. Which of two come first makes a difference where both are brought about.
pub const CIRCUMSTANCES: &[Circumstance] = &[
    row("nothing", |_| {}),
    // Protocol parameters (3.1).
    row("oauth_version=1.0", |scene| add(scene, "oauth_version", "1.0")),
    row("oauth_version=2.0", |scene| add(scene, "oauth_version", "2.0")),
    row("oauth_version=1.0a", |scene| add(scene, "oauth_version", "1.0a")),
    row("an empty oauth_version", |scene| add(scene, "oauth_version", "")),
    row("no oauth_consumer_key", |scene| remove(scene, "oauth_consumer_key")),
    row("no oauth_signature_method", |scene| remove(scene, "oauth_signature_method")),
    row("no oauth_timestamp", |scene| remove(scene, "oauth_timestamp")),
    row("no oauth_nonce", |scene| remove(scene, "oauth_nonce")),
    row("no oauth_token", |scene| remove(scene, "oauth_token")),
    row("an empty oauth_nonce", |scene| set(scene, "oauth_nonce", "")),
    row("an empty oauth_consumer_key", |scene| {
        set(scene, "oauth_consumer_key", "");
        scene.server.client = Some((Vec::new(), Some(scene.asked.client_secret.clone())));
    }),
    row("an empty oauth_token", |scene| {
        remove(scene, "oauth_token");
        scene.asked.token_secret.clear();
        scene.server.token = None;
        add(scene, "oauth_token", "");
    }),
    row("oauth_nonce twice", |scene| add(scene, "oauth_nonce", "other")),
    row("oauth_version twice", |scene| {
        add(scene, "oauth_version", "1.0");
        add(scene, "oauth_version", "1.0");
    }),
    row("oauth_signature twice", |scene| add(scene, "oauth_signature", "x")),
    row("an unknown oauth_ parameter", |scene| add(scene, "oauth_x", "y z")),
    row("an unknown oauth_ parameter twice", |scene| {
        add(scene, "oauth_x", "y");
        add(scene, "oauth_x", "z");
    }),
    row("another parameter twice", |scene| {
        add(scene, "x", "y");
        add(scene, "x", "y");
    }),
    row("a name with a capital letter", |scene| add(scene, "OAuth_nonce", "y")),
    // One place (3.5).
    row("an oauth_ parameter elsewhere", |scene| scene.elsewhere.push((b"oauth_x".to_vec(), b"y".to_vec()))),
    row("oauth_nonce elsewhere too", |scene| scene.elsewhere.push((b"oauth_nonce".to_vec(), b"y".to_vec()))),
    row("another parameter elsewhere", |scene| scene.elsewhere.push((b"x".to_vec(), b"y".to_vec()))),
    // Signature methods (3.2, 3.4).
    row("PLAINTEXT", |scene| set(scene, "oauth_signature_method", "PLAINTEXT")),
    row("PLAINTEXT over TLS", plaintext),
    row("PLAINTEXT over TLS without timestamp and nonce", |scene| {
        plaintext(scene);
        remove(scene, "oauth_timestamp");
        remove(scene, "oauth_nonce");
    }),
    row("PLAINTEXT over TLS with a timestamp alone", |scene| {
        plaintext(scene);
        remove(scene, "oauth_nonce");
    }),
    row("a method that nobody knows", |scene| set(scene, "oauth_signature_method", "HMAC-MD5")),
    row("a method in lower case", |scene| set(scene, "oauth_signature_method", "hmac-sha1")),
    row("a method for which the client has no key", |scene| set(scene, "oauth_signature_method", "RSA-SHA1")),
    row("a method that is allowed", |scene| scene.server.allowed = Some(vec!["HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512"])),
    row("methods of which only others are allowed", |scene| scene.server.allowed = Some(vec!["PLAINTEXT", "RSA-SHA1"])),
    // Credentials (3.2).
    row("a client that is not known", |scene| scene.server.client = None),
    row("another client", |scene| longer(scene.server.client.as_mut().map(|(identifier, _)| identifier))),
    row("a client with a shorter name", |scene| shorter(scene.server.client.as_mut().map(|(identifier, _)| identifier))),
    row("a client without a secret", |scene| scene.server.client = Some((scene.asked.client.clone(), None))),
    row("another client secret", |scene| longer(scene.server.client.as_mut().and_then(|(_, secret)| secret.as_mut()))),
    row("a token that is not known", |scene| scene.server.token = None),
    row("another token", |scene| longer(scene.server.token.as_mut().map(|(identifier, _)| identifier))),
    row("another token secret", |scene| longer(scene.server.token.as_mut().map(|(_, secret)| secret))),
    row("a token that is asked for", |scene| scene.server.token = Some((b"t".to_vec(), b"s".to_vec()))),
    row("an empty client secret", |scene| {
        scene.asked.client_secret.clear();
        scene.server.client = Some((scene.asked.client.clone(), Some(Vec::new())));
    }),
    row("secrets with reserved characters", |scene| {
        scene.asked.client_secret = b"a&b+c %".to_vec();
        scene.server.client = Some((scene.asked.client.clone(), Some(b"a&b+c %".to_vec())));
    }),
    row("a client secret of another letter case", |scene| {
        if let Some((_, Some(secret))) = &mut scene.server.client {
            swap_case(secret);
        }
    }),
    // Timestamps (3.3).
    row("a clock that is right", |scene| clock(scene, 1000, 1000, 300)),
    row("a clock that is ahead, in the window", |scene| clock(scene, 1000, 1300, 300)),
    row("a clock that is behind, in the window", |scene| clock(scene, 1000, 700, 300)),
    row("a clock that is too far ahead", |scene| clock(scene, 1000, 1301, 300)),
    row("a clock that is too far behind", |scene| clock(scene, 1000, 699, 300)),
    row("a window of nothing", |scene| clock(scene, 1000, 1001, 0)),
    row("a clock without a window", |scene| {
        clock(scene, 1000, 9_000_000, 0);
        scene.server.window = None;
    }),
    row("the timestamp 0", |scene| set(scene, "oauth_timestamp", "0")),
    row("the timestamp 000", |scene| set(scene, "oauth_timestamp", "000")),
    row("a timestamp with leading zeros", |scene| set(scene, "oauth_timestamp", "0001000")),
    row("an empty timestamp", |scene| set(scene, "oauth_timestamp", "")),
    row("a negative timestamp", |scene| set(scene, "oauth_timestamp", "-1000")),
    row("a timestamp with a sign", |scene| set(scene, "oauth_timestamp", "+1000")),
    row("a timestamp with a blank", |scene| set(scene, "oauth_timestamp", " 1000")),
    row("a timestamp with a fraction", |scene| set(scene, "oauth_timestamp", "1000.5")),
    row("a timestamp in other digits", |scene| set(scene, "oauth_timestamp", "١٢٣")),
    row("a timestamp beyond every clock", |scene| {
        clock(scene, 1000, 1000, 300);
        set(scene, "oauth_timestamp", "18446744073709552616");
    }),
    row("a timestamp beyond every clock without one", |scene| set(scene, "oauth_timestamp", "99999999999999999999999")),
    // Nonces (3.3).
    row("a nonce that was seen", |scene| seen(scene, |_| {})),
    row("a nonce that another client used", |scene| seen(scene, |[client, ..]| client.push(b'x'))),
    row("a nonce that was used with another token", |scene| seen(scene, |[_, token, ..]| token.push(b'x'))),
    row("a nonce that was used at another time", |scene| seen(scene, |[_, _, timestamp, _]| timestamp.push(b'1'))),
    row("a nonce that begins like one that was seen", |scene| seen(scene, |[.., nonce]| nonce.push(b'x'))),
    // Signatures (3.2).
    row("a signature without its last character", |scene| scene.signature = |value| _ = value.pop()),
    row("a signature with another character", |scene| scene.signature = |value| value.push(b'=')),
    row("a signature with a blank", |scene| scene.signature = |value| value.push(b' ')),
    row("an empty signature", |scene| scene.signature = Vec::clear),
    row("half a signature", |scene| scene.signature = |value| value.truncate(value.len() / 2)),
    row("a signature of another letter case", |scene| scene.signature = |value| swap_case(value)),
    row("a signature with another beginning", |scene| {
        scene.signature = |value| value.iter_mut().take(1).for_each(|octet| *octet = if *octet == b'A' { b'B' } else { b'A' });
    }),
    row("a signature whose unused bits are set", |scene| {
        scene.signature = |value| {
            if let Some(octet) = value.iter_mut().rev().find(|octet| **octet != b'=') {
                *octet = octet.wrapping_add(1);
            }
        };
    }),
    // Body hashes.
    row("a right body hash", |scene| hash(scene, |_| {})),
    row("a wrong body hash", |scene| hash(scene, |value| swap_case(value))),
    row("a body hash without padding", |scene| hash(scene, |value| _ = value.pop())),
    // How a header is written (3.5.1).
    row("a scheme in lower case", |scene| scene.writing.scheme = "oauth "),
    row("a scheme in upper case behind a blank", |scene| scene.writing.scheme = " OAUTH\t"),
    row("no blanks in a header", |scene| scene.writing.separator = ","),
    row("many blanks in a header", |scene| scene.writing.separator = " \t,\r\n  "),
    row("empty elements in a header", |scene| (scene.writing.separator, scene.writing.end) = (", ,,", ",")),
    row("a realm", |scene| scene.writing.scheme = "OAuth realm=\"a, b\\\"=\", "),
    row("a realm in capital letters", |scene| scene.writing.scheme = "OAuth Realm=\"x\",REALM2=\"y\","),
    row("everything escaped", |scene| scene.writing.all_escaped = true),
    row("backslashes in quotes", |scene| scene.writing.backslashes = true),
    row("another order", |scene| scene.parameters.reverse()),
    row("another scheme", |scene| scene.writing.scheme = "Basic "),
    row("a scheme that begins alike", |scene| scene.writing.scheme = "OAuth2 "),
    // How it must not be written.
    row("a value without quotes", |scene| scene.broken = Some((|header| header.extend(b", x=y"), "malformed_header"))),
    row("a value in single quotes", |scene| scene.broken = Some((|header| header.extend(b", x='y'"), "malformed_header"))),
    row("a value that does not end", |scene| scene.broken = Some((|header| header.extend(b", x=\"y"), "malformed_header"))),
    row("a name without a value", |scene| scene.broken = Some((|header| header.extend(b", x"), "malformed_header"))),
    row("something behind a value", |scene| scene.broken = Some((|header| header.extend(b" x=\"y\""), "malformed_header"))),
    row("two realms", |scene| {
        scene.broken = Some((|header| header.extend(b", realm=\"a\", Realm=\"a\""), "malformed_header"));
    }),
    row("a broken escape", |scene| {
        scene.broken = Some((|header| header.extend(b", x=\"%4\""), "invalid_percent_encoding"));
    }),
    // Several fields where one may stand.
    row("another Authorization field", |scene| {
        scene.fields.push((b"AUTHORIZATION", b"Basic eDp5".to_vec()));
        scene.broken = Some((|_| {}, "malformed_request"));
    }),
];

fn add(scene: &mut Scene, name: &str, value: &str) {
    scene.parameters.push((name.as_bytes().to_vec(), value.as_bytes().to_vec()));
}

fn remove(scene: &mut Scene, name: &str) {
    scene.parameters.retain(|(known, _)| known != name.as_bytes());
}

fn set(scene: &mut Scene, name: &str, new: &str) {
    if let Some(value) = scene.value(name) {
        *value = new.as_bytes().to_vec();
    }
}

fn longer(value: Option<&mut Vec<u8>>) {
    value.into_iter().for_each(|value| value.push(b'x'));
}

fn shorter(value: Option<&mut Vec<u8>>) {
    value.into_iter().for_each(|value| _ = value.pop());
}

fn swap_case(value: &mut [u8]) {
    value.iter_mut().filter(|octet| octet.is_ascii_alphabetic()).for_each(|octet| *octet ^= 0x20);
}

fn clock(scene: &mut Scene, timestamp: u64, now: u64, window: u64) {
    set(scene, "oauth_timestamp", &timestamp.to_string());
    (scene.server.now, scene.server.window) = (Some(now), Some(window));
}

fn plaintext(scene: &mut Scene) {
    set(scene, "oauth_signature_method", "PLAINTEXT");
    let colon = scene.asked.url.iter().position(|octet| *octet == b':').unwrap_or(0);
    scene.asked.url.splice(..colon, *b"https");
}

fn seen(scene: &mut Scene, change: fn(&mut [Vec<u8>; 4])) {
    let mut value = |name: &str| scene.value(name).cloned().unwrap_or_default();
    let mut this = [value("oauth_consumer_key"), value("oauth_token"), value("oauth_timestamp"), value("oauth_nonce")];
    change(&mut this);
    scene.server.seen.push(this);
}

fn hash(scene: &mut Scene, change: fn(&mut Vec<u8>)) {
    let method = scene.value("oauth_signature_method").cloned().unwrap_or_default();
    let body = scene.asked.body().unwrap_or_default();
    let mut value = super::naive_signature::body_hash(&method, body);
    change(&mut value);
    scene.parameters.push((b"oauth_body_hash".to_vec(), value));
}
