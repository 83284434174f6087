//! Every `verify` vector over HTTP: the sandbox is given the case's authority, scheme, clock and credentials, and its answer is judged as
//! that of any other implementation.

use countersign::implementation::{Implementation as _, Observation, Reference};
use countersign::judgement::{Declared, Verdict, judge};
use countersign::profile::EndpointName;
use countersign::profile::document::TokenType;
use countersign::protocol::{Code, SignatureMethod};
use countersign::sandbox::{Client, Clock, Limits, Sandbox, Token};
use countersign::vectors::question::VerifyInput;
use countersign::vectors::{Case, Corpus, Operation, Output, Question, Text};

use super::send;

/// A case's URL as a request line and a Host field carry it. What cannot be sent as it is (another scheme, no host) is sent in the nearest
/// form that can.
struct Wire {
    scheme: &'static str,
    authority: String,
    /// The Host field; `None` = not sent.
    host: Option<Vec<u8>>,
    target: Vec<u8>,
}

impl Wire {
    fn of(input: &VerifyInput) -> Wire {
        let url = input.url.as_bytes();
        let text = String::from_utf8_lossy(url);
        let scheme = text.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
        let field = input.headers.iter().find(|(name, _)| name.as_bytes().eq_ignore_ascii_case(b"host")).map(|(_, value)| value.as_bytes());
        let known = match scheme.as_deref() {
            Some("https") => "https",
            Some("http") => "http",
            // No http URL: a relative one comes without a host, any other in the absolute form.
            Some(_) => {
                return Wire {
                    scheme: "https",
                    authority: "api.example.net".to_owned(),
                    host: Some(b"api.example.net".to_vec()),
                    target: url.to_vec(),
                };
            }
            None => return Wire { scheme: "https", authority: "api.example.net".to_owned(), host: None, target: url.to_vec() },
        };
        let rest = &url[known.len() + 3..];
        let end = rest.iter().position(|octet| b"/?#".contains(octet)).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let authority = String::from_utf8(authority.to_vec()).unwrap();
        let target = if path.first() == Some(&b'/') { path.to_vec() } else { [b"/", path].concat() };
        let host = field.unwrap_or(authority.rsplit('@').next().unwrap().as_bytes()).to_vec();
        let authority =
            field.map_or_else(|| authority.rsplit('@').next().unwrap().to_owned(), |field| String::from_utf8(field.to_vec()).unwrap());
        Wire { scheme: known, authority, host: Some(host), target }
    }

    fn request(&self, input: &VerifyInput) -> Vec<u8> {
        let mut out = [input.method.as_bytes(), b" ", &self.target, b" HTTP/1.1\r\n"].concat();
        if let Some(host) = &self.host {
            out.extend([b"Host: ", host.as_slice(), b"\r\n"].concat());
        }
        for (name, value) in input.headers.iter().filter(|(name, _)| !name.as_bytes().eq_ignore_ascii_case(b"host")) {
            out.extend([name.as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
        if let Some(body) = &input.body {
            out.extend(format!("Content-Length: {}\r\n", body.as_bytes().len()).into_bytes());
        }
        out.extend(b"Connection: close\r\n\r\n");
        out.extend(input.body.as_ref().map(Text::as_bytes).unwrap_or_default());
        out
    }
}

fn sandbox(input: &VerifyInput, wire: &Wire) -> Sandbox {
    let seconds = |number: i64| u64::try_from(number).unwrap();
    let mut builder = Sandbox::builder()
        .profile("rfc5849")
        .authority(&wire.authority)
        .scheme(wire.scheme)
        .window(input.now.and(input.window).map(seconds))
        .clock(Clock::manual(input.now.map_or(1, seconds)))
        .resource_needs_token(input.token.is_some())
        .limits(Limits { parameters: 10_000, ..Limits::default() })
        .explains(false);
    // Every path is a resource: the cases are about verifying.
    for (name, path) in [(EndpointName::RequestToken, "/_a"), (EndpointName::Authorize, "/_b"), (EndpointName::AccessToken, "/_c")] {
        builder = builder.path(name, path);
    }
    let methods: Vec<SignatureMethod> = match &input.allowed_methods {
        Some(names) => names.iter().filter_map(|name| SignatureMethod::from_name(name.as_bytes()).ok()).collect(),
        None => SignatureMethod::ALL.to_vec(),
    };
    builder = builder.signature_methods(methods);
    // Without a client, one that nobody asks for, so that none is made up.
    let known = input.client.as_ref().map_or(&b"nobody"[..], |client| client.identifier.as_bytes());
    let mut client = match input.client.as_ref().and_then(|client| client.secret.as_ref()) {
        Some(secret) => Client::new(known, secret.as_bytes()),
        None => Client::without_secret(known),
    };
    if let Some(pem) = input.client.as_ref().and_then(|client| client.public_key.as_deref()) {
        // A key that cannot be read cannot be configured.
        client = client.clone().with_public_key(pem).unwrap_or(client);
    }
    if let Some(token) = &input.token {
        let secret = token.secret.as_ref().map(Text::as_bytes).unwrap_or_default();
        builder = builder.token(Token::new(TokenType::Access, known, token.identifier.as_bytes(), secret));
    }
    for (client, token, timestamp, nonce) in &input.seen {
        let token = token.as_ref().map(Text::as_bytes).unwrap_or_default();
        builder = builder.seen(client.as_bytes(), token, timestamp.as_bytes(), nonce.as_bytes());
    }
    builder.client(client).start().unwrap()
}

/// What the sandbox makes of a case. Its answer also says what the case must never bring about: an error of its own.
fn observe(case: &Case, input: &VerifyInput) -> Observation {
    let wire = Wire::of(input);
    let answer = send(&sandbox(input, &wire), &wire.request(input));
    assert!(answer.status < 500, "{}: {answer:?}", case.full_id());
    let valid = answer.status == 200;
    let code = Some(answer.refused().to_owned()).filter(|_| !valid);
    assert!(valid || code.as_deref().and_then(Code::from_word).is_some(), "{}: {answer:?}", case.full_id());
    Observation::Answered(Box::new(Output { valid: Some(valid), code, ..Output::default() }))
}

/// What the reference takes, and RFC 9112 section 5.2 has a server refuse before anybody looks at its parameters.
const HTTP_REFUSES: [&str; 1] = ["verify.header/folded"];

#[test]
fn the_sandbox_passes_every_verify_vector_over_http() {
    let corpus = Corpus::embedded().unwrap();
    let cases: Vec<Case> = corpus.cases().map(Result::unwrap).filter(|case| case.question.operation() == Operation::Verify).collect();
    assert!(cases.len() > 500, "{}", cases.len());
    let declared = Declared { codes: true, transmission: false };
    let mut failed = Vec::new();
    for case in &cases {
        let Question::Verify(input) = &case.question else { panic!("{}", case.full_id()) };
        let observation = observe(case, input);
        let judged = judge(case, &observation, declared);
        let is_met = judged.met.is_some() || judged.verdict == Verdict::Disputed;
        // Where the specification leaves it open, the sandbox does as the reference.
        let valid = |observation: &Observation| matches!(observation, Observation::Answered(output) if output.valid == Some(true));
        let is_alike =
            valid(&observation) == valid(&Reference::new().ask(&case.question)) || HTTP_REFUSES.contains(&case.full_id().as_str());
        if !is_met || !is_alike {
            failed.push(format!("{} ({:?}): {observation:?}", case.full_id(), case.level));
        }
    }
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), cases.len(), failed.join("\n"));
}
