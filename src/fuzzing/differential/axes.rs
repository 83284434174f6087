//! Requests to be signed. They begin in the subset that every implementation handles alike, and leave it in one direction after the other:
//! each axis is something that implementations are known to get wrong.

use std::borrow::Cow;

use crate::fuzzing::numbers::Numbers;
use crate::protocol::{SignatureMethod, body_hash};
use crate::vectors::question::{Credentials, SignInput, Transmission};
use crate::vectors::{Pair, Text};

/// A request in parts, before it is put together.
#[derive(Clone, Debug)]
pub struct Draft {
    method: &'static str,
    scheme: &'static str,
    authority: Cow<'static, str>,
    path: &'static str,
    query: Vec<Cow<'static, str>>,
    fragment: &'static str,
    form: Option<Vec<Cow<'static, str>>>,
    content_type: &'static str,
    client: (&'static str, &'static str),
    token: Option<(&'static str, &'static str)>,
    signature_method: &'static str,
    transmission: Transmission,
    nonce: Cow<'static, str>,
    timestamp: Cow<'static, str>,
    version: Option<&'static str>,
    callback: Option<&'static str>,
    verifier: Option<&'static str>,
    realm: Option<&'static str>,
    extra: Vec<(&'static str, &'static str)>,
    /// The value of a Host field.
    host: Option<&'static str>,
    /// A URL in the place of the parts.
    whole_url: Option<&'static str>,
    has_body_hash: bool,
}

/// A direction in which requests leave the common subset.
pub struct Axis {
    /// Its name in reports.
    pub name: &'static str,
    /// What is changed, in a few words.
    pub what: &'static str,
    widen: fn(&mut Draft, &mut Numbers),
}

impl std::fmt::Debug for Axis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Every axis, those first that most implementations should handle.
pub const AXES: &[Axis] = &[
    Axis { name: "form", what: "a form-encoded body", widen: form },
    Axis { name: "reserved", what: "reserved characters in names and values", widen: |draft, numbers| piece(draft, numbers, RESERVED) },
    Axis { name: "non-ascii", what: "characters beyond ASCII", widen: |draft, numbers| piece(draft, numbers, NON_ASCII) },
    Axis { name: "empty", what: "empty names and values", widen: |draft, numbers| piece(draft, numbers, &["a=", "=", "=b", "z=&z="]) },
    Axis { name: "bare", what: "names without `=`", widen: |draft, numbers| piece(draft, numbers, &["c2", "flag&flag", "%20", "a&"]) },
    Axis { name: "duplicates", what: "names that stand there more than once", widen: duplicates },
    Axis { name: "order", what: "names and values whose order is easily mistaken", widen: |draft, numbers| piece(draft, numbers, ORDER) },
    Axis { name: "plus", what: "plus signs in the query and blanks written as such", widen: |draft, numbers| piece(draft, numbers, PLUS) },
    Axis { name: "escapes", what: "escapes in lower case, of what needs none", widen: |draft, numbers| piece(draft, numbers, ESCAPES) },
    Axis { name: "raw", what: "characters that a client should have escaped", widen: |draft, numbers| piece(draft, numbers, RAW) },
    Axis {
        name: "broken-escapes",
        what: "`%` without two digits",
        widen: |draft, numbers| piece(draft, numbers, &["a=%", "a=%zz", "a=100%", "%4=1"]),
    },
    Axis {
        name: "octets",
        what: "escapes that are no UTF-8",
        widen: |draft, numbers| piece(draft, numbers, &["a=%FF", "a=%C3", "%80=%ED%A0%80", "a=%00"]),
    },
    Axis {
        name: "separators",
        what: "`&&`, `;` and `=` in values",
        widen: |draft, numbers| piece(draft, numbers, &["a=1&&b=2", "a=1;b=2", "a=b=c", "a==", "x=?y", "x=?y&z=1"]),
    },
    Axis {
        name: "brackets",
        what: "brackets and dots in names",
        widen: |draft, numbers| piece(draft, numbers, &["a[]=1", "a[b]=c&a[0]=d", "a.b=1", "a%5B%5D=1"]),
    },
    Axis {
        name: "spaced",
        what: "blanks, tabs and line ends in values",
        widen: |draft, numbers| piece(draft, numbers, &["a=%20b%20", "a=%09", "a=x%0Ay", "a=x%0D%0Ay"]),
    },
    Axis { name: "default-port", what: "the scheme's default port", widen: default_port },
    Axis {
        name: "port",
        what: "another port",
        widen: |draft, numbers| draft.authority.to_mut().push_str(numbers.one_of(&[":8080", ":81", ":444", ":65535", ":1"])),
    },
    Axis { name: "host-case", what: "upper case in scheme and host", widen: host_case },
    Axis {
        name: "host",
        what: "other hosts",
        widen: |draft, numbers| {
            draft.authority = numbers.one_of(&["127.0.0.1", "[::1]", "[2001:DB8::1]", "xn--bcher-kva.example", "h.", "a-b.c"]).into();
        },
    },
    Axis {
        name: "user",
        what: "user information",
        widen: |draft, numbers| draft.authority.to_mut().insert_str(0, numbers.one_of(&["user:pass@", "u@"])),
    },
    Axis { name: "empty-path", what: "no path", widen: |draft, _| draft.path = "" },
    Axis { name: "path", what: "paths that are easily normalized", widen: |draft, numbers| draft.path = numbers.one_of(PATHS) },
    Axis { name: "fragment", what: "a fragment", widen: |draft, numbers| draft.fragment = numbers.one_of(&["#f", "#", "#?a=b"]) },
    Axis {
        name: "method",
        what: "other methods, also in lower case",
        widen: |draft, numbers| draft.method = numbers.one_of(&["PUT", "DELETE", "HEAD", "PATCH", "OPTIONS", "get", "Post", "X-A"]),
    },
    Axis {
        name: "form-method",
        what: "a form with any method",
        widen: |draft, numbers| {
            form(draft, numbers);
            draft.method = numbers.one_of(&["GET", "PUT", "DELETE", "PATCH"]);
        },
    },
    Axis { name: "both", what: "parameters in query and form", widen: both },
    Axis { name: "content-type", what: "other ways to write the media type", widen: content_type },
    Axis { name: "body", what: "a body that is no form", widen: body },
    Axis { name: "secrets", what: "secrets with reserved characters, beyond ASCII, empty", widen: secrets },
    Axis { name: "identifiers", what: "identifiers with reserved characters", widen: identifiers },
    Axis { name: "no-token", what: "no token", widen: |draft, _| draft.token = None },
    Axis {
        name: "empty-token",
        what: "empty token credentials",
        widen: |draft, numbers| draft.token = Some(("", numbers.one_of(&["", "ts"]))),
    },
    Axis { name: "nonce", what: "other nonces and timestamps", widen: nonce },
    Axis {
        name: "version",
        what: "oauth_version present or not",
        widen: |draft, _| draft.version = if draft.version.is_some() { None } else { Some("1.0") },
    },
    Axis { name: "callback", what: "a callback or a verifier", widen: callback },
    Axis {
        name: "realm",
        what: "a realm",
        widen: |draft, numbers| draft.realm = Some(numbers.one_of(&["Photos", "http://h/", "a\"b\\c", "", "ü"])),
    },
    Axis {
        name: "extra",
        what: "further protocol parameters",
        widen: |draft, numbers| {
            draft.extra.push((
                numbers.one_of(&["xoauth_requestor_id", "scope", "oauth_session_handle", "a"]),
                numbers.one_of(&["", "a b", "ü", "1&2=3"]),
            ))
        },
    },
    Axis {
        name: "transmission",
        what: "protocol parameters in query or body",
        widen: |draft, numbers| draft.transmission = if numbers.once_in(2) { Transmission::Query } else { Transmission::Body },
    },
    Axis {
        name: "signature-method",
        what: "other signature methods",
        widen: |draft, numbers| draft.signature_method = numbers.one_of(&["HMAC-SHA256", "HMAC-SHA512", "PLAINTEXT"]),
    },
    Axis {
        name: "host-field",
        what: "a Host field that is not that of the URL",
        widen: |draft, numbers| draft.host = Some(numbers.one_of(&["other.example", "Other.Example", "h:8080", "h:80", "h:443"])),
    },
    Axis { name: "body-hash", what: "a body hash", widen: body_hashed },
    Axis {
        name: "protocol-names",
        what: "names of protocol parameters in the query",
        widen: |draft, numbers| {
            piece(
                draft,
                numbers,
                &["oauth_x=1", "oauth_token=other", "oauth_signature=x", "realm=x", "oauth_nonce=%2520", "oauth_version="],
            )
        },
    },
    Axis {
        name: "bad-timestamp",
        what: "what is no timestamp",
        widen: |draft, numbers| draft.timestamp = numbers.one_of(&["0", "-1", "abc", "1.5", "", "1 "]).into(),
    },
    Axis { name: "bad-nonce", what: "an empty nonce", widen: |draft, _| draft.nonce = "".into() },
    Axis {
        name: "bad-version",
        what: "versions that there are not",
        widen: |draft, numbers| draft.version = Some(numbers.one_of(&["2.0", "1.0a", "1", ""])),
    },
    Axis {
        name: "bad-realm",
        what: "a realm that no header can hold",
        widen: |draft, numbers| draft.realm = Some(numbers.one_of(&["a\r\nb", "a\nb", "\u{7f}", "a\0"])),
    },
    Axis { name: "bad-client", what: "no client identifier", widen: |draft, _| draft.client.0 = "" },
    Axis {
        name: "bad-names",
        what: "further protocol parameters with names that they must not have",
        widen: |draft, numbers| draft.extra.push((numbers.one_of(&["oauth_nonce", "realm", "", "oauth_signature"]), "x")),
    },
    Axis {
        name: "bad-url",
        what: "URLs that are not absolute, or not of HTTP",
        widen: |draft, numbers| {
            draft.whole_url =
                Some(numbers.one_of(&["/a/b", "a", "//h/a", "ftp://h/a", "http:///a", "http://h:65536/a", "http://h:x/", "mailto:a@b"]))
        },
    },
    Axis { name: "length", what: "long values and many parameters", widen: length },
];

const RESERVED: &[&str] =
    &["a=%26", "a=%3D%25", "a=%2B%2F", "%40=1", "a=!*'()", "a=%21%2A%27%28%29", "a=~-._", "a=%7E", "a=$,;:@", "a=%22%5C%3C"];
const NON_ASCII: &[&str] = &["a=%C3%BC", "%C3%A9=1", "a=%E2%82%AC", "a=%F0%9F%98%80", "a=%E4%B8%AD%E6%96%87", "a=u%CC%88", "a=%C2%A0"];
const ORDER: &[&str] = &[
    "a=2&a=1",
    "a=1&B=2",
    "b=1&A=2",
    "a=10&a=9",
    "ab=1&a=2",
    "a-b=1&a=2",
    "a=&a=1",
    "a=%7E&a=z",
    "a%3D=1&a=2",
    "a=b&a=%20",
    "z=1&%C3%A9=2",
    "a=Z&a=a",
    "%EF%BF%BD=1&%F0%9F%98%80=2",
];
const PLUS: &[&str] = &["a=1+2", "a+b=c", "a=%2B+%20", "a=+", "a=1%202"];
const ESCAPES: &[&str] = &["a=%c3%bc", "a=%7e", "a=%41", "%61=1", "a=%2d%2E%5f", "a=%3d"];
const RAW: &[&str] = &["a=ü", "a=b c", "a=<b>", "a={b}", "a=\"b\"", "a=b|c", "a=`b^", "a=b/c:d", "a='b'"];
const PATHS: &[&str] = &[
    "/a//b", "/a/../b", "/a/./b", "/a;v=1/b", "/%7Ea", "/~a", "/a%2Fb", "/a%2fb", "/A/B", "/a b", "/ü", "/%C3%BC", "/a+b", "/a/", "/a%",
    "//", "/a@b:c", "/a.b-c_d", "/a'b", "/(a)*!",
];

impl Draft {
    /// A request of the common subset.
    fn common(numbers: &mut Numbers) -> Draft {
        let pieces = numbers.below(3);
        Draft {
            method: numbers.one_of(&["GET", "POST"]),
            scheme: numbers.one_of(&["http", "https"]),
            authority: numbers.one_of(&["example.com", "photos.example.net"]).into(),
            path: numbers.one_of(&["/", "/request", "/a/b"]),
            query: (0..pieces).map(|number| format!("{}{number}={}", numbers.one_of(&["p", "q"]), numbers.below(100)).into()).collect(),
            fragment: "",
            form: None,
            content_type: "application/x-www-form-urlencoded",
            client: ("client", "secret"),
            token: Some(("token", "tokensecret")),
            signature_method: "HMAC-SHA1",
            transmission: Transmission::Header,
            nonce: format!("n{}", numbers.below(10_000)).into(),
            // Ten digits: some take no other number of them.
            timestamp: (1_371_312_000 + numbers.below(1000)).to_string().into(),
            version: Some("1.0"),
            callback: None,
            verifier: None,
            realm: None,
            extra: Vec::new(),
            host: None,
            whole_url: None,
            has_body_hash: false,
        }
    }

    fn input(self) -> SignInput {
        let question = if self.query.is_empty() { "" } else { "?" };
        let query = joined(&self.query);
        let url = [self.scheme, "://", &self.authority, self.path, question, &query, self.fragment].concat();
        let host: Option<Pair> = self.host.map(|host| ("Host".into(), host.into()));
        let content_type: Option<Pair> = self.form.as_ref().map(|_| ("Content-Type".into(), self.content_type.into()));
        let body = self.form.as_deref().map(|pieces| Text::from(joined(pieces)));
        let method = SignatureMethod::from_name(self.signature_method.as_bytes()).unwrap_or(SignatureMethod::HmacSha1);
        let hash = self.has_body_hash.then(|| body_hash(method, body.as_ref().map(Text::as_bytes)));
        let credentials = |(identifier, secret): (&str, &str)| Credentials { identifier: identifier.into(), secret: Some(secret.into()) };
        let text = |text: Option<&str>| text.map(Text::from);
        SignInput {
            method: self.method.into(),
            url: self.whole_url.map_or_else(|| url.into(), Text::from),
            headers: host.into_iter().chain(content_type).collect(),
            body,
            client: credentials(self.client),
            token: self.token.map(credentials),
            signature_method: self.signature_method.into(),
            nonce: Some(self.nonce.into()),
            timestamp: Some(self.timestamp.into()),
            version: text(self.version),
            callback: text(self.callback),
            verifier: text(self.verifier),
            realm: text(self.realm),
            body_hash: hash.map(Text::from),
            extra: self.extra.into_iter().map(|(name, value)| (name.into(), value.into())).collect(),
            transmission: self.transmission,
            ..SignInput::default()
        }
    }
}

/// Pieces with `&` between them.
fn joined<'a>(pieces: &'a [Cow<'static, str>]) -> Cow<'a, str> {
    match pieces {
        [] => "".into(),
        [piece] => piece.as_ref().into(),
        _ => pieces.join("&").into(),
    }
}

/// A request that leaves the common subset along these axes, given by their numbers.
#[must_use]
pub fn request(axes: &[usize], numbers: &mut Numbers) -> SignInput {
    let mut draft = Draft::common(numbers);
    for axis in axes.iter().filter_map(|axis| AXES.get(*axis)) {
        (axis.widen)(&mut draft, numbers);
    }
    draft.input()
}

/// A piece for the query, or for the form where there is one.
fn piece(draft: &mut Draft, numbers: &mut Numbers, pieces: &[&'static str]) {
    let piece = numbers.one_of(pieces).into();
    let at = |list: &Vec<Cow<'static, str>>, numbers: &mut Numbers| numbers.below(list.len() + 1);
    match &mut draft.form {
        Some(form) if numbers.once_in(2) => {
            let at = at(form, numbers);
            form.insert(at, piece);
        }
        _ => {
            let at = at(&draft.query, numbers);
            draft.query.insert(at, piece);
        }
    }
}

fn form(draft: &mut Draft, numbers: &mut Numbers) {
    draft.method = "POST";
    let pieces = 1 + numbers.below(3);
    draft.form.get_or_insert_with(|| (0..pieces).map(|number| format!("f{number}=v{number}").into()).collect());
}

fn both(draft: &mut Draft, numbers: &mut Numbers) {
    form(draft, numbers);
    draft.query.push(numbers.one_of(&["a3=a", "f0=v0", "z=1"]).into());
}

fn duplicates(draft: &mut Draft, numbers: &mut Numbers) {
    piece(draft, numbers, &["a=1&a=1", "a=2&a=1", "a=1&b=2&a=3", "a=&a"]);
}

fn default_port(draft: &mut Draft, numbers: &mut Numbers) {
    let (right, wrong) = if draft.scheme == "https" { (":443", ":80") } else { (":80", ":443") };
    draft.authority.to_mut().push_str(if numbers.once_in(4) { wrong } else { right });
}

fn host_case(draft: &mut Draft, numbers: &mut Numbers) {
    if numbers.once_in(2) {
        draft.scheme = if draft.scheme == "https" { "HTTPS" } else { "HTTP" };
    }
    draft.authority.to_mut().make_ascii_uppercase();
}

fn content_type(draft: &mut Draft, numbers: &mut Numbers) {
    form(draft, numbers);
    draft.content_type = numbers.one_of(&[
        "application/x-www-form-urlencoded; charset=utf-8",
        "APPLICATION/X-WWW-FORM-URLENCODED",
        "application/x-www-form-urlencoded;charset=ISO-8859-1",
        "application/x-www-form-urlencoded-x",
    ]);
}

fn body(draft: &mut Draft, numbers: &mut Numbers) {
    draft.method = "POST";
    draft.form = Some(vec![numbers.one_of(&["{\"a\":1}", "a=b", "text"]).into()]);
    draft.content_type = numbers.one_of(&["application/json", "text/plain", "multipart/form-data; boundary=x"]);
}

/// With a body that is no form: with a form it must not stand there.
fn body_hashed(draft: &mut Draft, numbers: &mut Numbers) {
    match numbers.below(4) {
        0 => {}
        1 => form(draft, numbers),
        _ => body(draft, numbers),
    }
    draft.has_body_hash = true;
}

fn secrets(draft: &mut Draft, numbers: &mut Numbers) {
    const SECRETS: &[&str] = &["", "a&b", "a b", "a+b", "ü", "%41", "~-._", "a/b=", "!*'()"];
    if numbers.once_in(2) {
        draft.client.1 = numbers.one_of(SECRETS);
    } else if let Some((_, secret)) = &mut draft.token {
        *secret = numbers.one_of(SECRETS);
    }
}

fn identifiers(draft: &mut Draft, numbers: &mut Numbers) {
    const IDENTIFIERS: &[&str] = &["a b", "a&b", "a+b/c=", "ü", "%41", "~-._", "!*'()"];
    match &mut draft.token {
        Some((identifier, _)) if numbers.once_in(2) => *identifier = numbers.one_of(IDENTIFIERS),
        _ => draft.client.0 = numbers.one_of(IDENTIFIERS),
    }
}

fn nonce(draft: &mut Draft, numbers: &mut Numbers) {
    draft.nonce = numbers.one_of(&["a b", "+/=", "ü", "~", "0", "a&b"]).into();
    draft.timestamp = numbers.one_of(&["1", "0000001", "4294967296", "137131201"]).into();
}

fn callback(draft: &mut Draft, numbers: &mut Numbers) {
    if numbers.once_in(2) {
        draft.callback = Some(numbers.one_of(&["oob", "http://c/x?y=z&a=b c", "https://c/ü"]));
    } else {
        draft.verifier = Some(numbers.one_of(&["v", "a b+c", "ü&=", ""]));
    }
}

fn length(draft: &mut Draft, numbers: &mut Numbers) {
    let times = 1 + numbers.below(200);
    let piece = if numbers.once_in(2) { format!("l={}", "x".repeat(times * 20)) } else { vec!["m=%20"; times].join("&") };
    draft.query.push(piece.into());
}
