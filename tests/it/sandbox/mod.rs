//! The sandbox over its sockets: every request is octets written to a plain connection, signed by the reference where it is signed.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod attacks;
mod bounds;
#[cfg(feature = "cli")]
mod command;
mod explaining;
mod faults;
mod flow;
#[cfg(feature = "probe")]
mod live;
mod providers;
mod secrecy;
mod vectors;
mod wire;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use countersign::protocol::transmission::{ProtocolParameters, header};
use countersign::protocol::{Derivation, Parameters, Recipe, Request, Secrets, SignatureMethod, Url};
use countersign::sandbox::{Builder, Client, Clock, Sandbox};

const NOW: u64 = 1_700_000_000;
const CLIENT: &str = "kestrel-client";
const SECRET: &str = "kestrel-secret";

/// An answer as it was written.
#[derive(Clone, Debug)]
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Answer {
    fn read(octets: &[u8]) -> Answer {
        let text = String::from_utf8_lossy(octets);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no head: {text:?}"));
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines.map(|line| line.split_once(": ").unwrap()).map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Answer { status, headers, body: body.to_owned() }
    }

    fn field(&self, name: &str) -> &str {
        self.headers.iter().find(|(field, _)| field.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
    }

    /// A value of a form-encoded body.
    fn value(&self, name: &str) -> String {
        let mut form = Parameters::new();
        form.push_form(self.body.as_bytes(), countersign::protocol::Source::Body);
        String::from_utf8(form.first(name).unwrap_or_else(|| panic!("no {name} in {self:?}")).to_vec()).unwrap()
    }

    fn refused(&self) -> &str {
        self.field("X-Countersign-Refused")
    }
}

fn connect(sandbox: &Sandbox) -> TcpStream {
    let stream = TcpStream::connect(sandbox.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

/// Sends octets, says that nothing follows, and reads to the end.
fn exchange(sandbox: &Sandbox, octets: &[u8]) -> Vec<u8> {
    let mut stream = connect(sandbox);
    // The other side may have had enough of it before the end.
    let _ = stream.write_all(octets);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    answer
}

fn send(sandbox: &Sandbox, octets: &[u8]) -> Answer {
    Answer::read(&exchange(sandbox, octets))
}

/// Signs requests as a client does that makes no mistakes.
#[derive(Clone)]
struct Signer {
    origin: String,
    host: String,
    client: String,
    secret: String,
    token: Option<(String, String)>,
    callback: Option<String>,
    verifier: Option<String>,
    extra: Vec<(String, String)>,
    version: Option<&'static str>,
    method: &'static str,
    timestamp: String,
    nonce: String,
    /// What is signed in place of the origin.
    signed_origin: Option<String>,
}

impl Signer {
    fn of(sandbox: &Sandbox) -> Signer {
        Signer {
            origin: sandbox.origin(),
            host: sandbox.origin().split_once("://").unwrap().1.to_owned(),
            client: CLIENT.to_owned(),
            secret: SECRET.to_owned(),
            token: None,
            callback: None,
            verifier: None,
            extra: Vec::new(),
            version: Some("1.0"),
            method: "HMAC-SHA1",
            timestamp: NOW.to_string(),
            nonce: format!("n{}", COUNTER.fetch_add(1, std::sync::atomic::Ordering::SeqCst)),
            signed_origin: None,
        }
    }

    fn token(mut self, token: &(String, String)) -> Signer {
        self.token = Some(token.clone());
        self
    }

    fn callback(mut self, callback: &str) -> Signer {
        self.callback = Some(callback.to_owned());
        self
    }

    fn verifier(mut self, verifier: &str) -> Signer {
        self.verifier = Some(verifier.to_owned());
        self
    }

    fn authorization(&self, method: &str, target: &str, body: Option<&str>) -> String {
        let mut protocol = Parameters::new();
        ProtocolParameters {
            client: self.client.as_bytes(),
            token: self.token.as_ref().map(|(token, _)| token.as_bytes()),
            signature_method: self.method.as_bytes(),
            timestamp: Some(self.timestamp.as_bytes()),
            nonce: Some(self.nonce.as_bytes()),
            version: self.version.map(str::as_bytes),
            callback: self.callback.as_deref().map(str::as_bytes),
            verifier: self.verifier.as_deref().map(str::as_bytes),
            body_hash: None,
        }
        .append_to(&mut protocol);
        for (name, value) in &self.extra {
            protocol.push(name.as_bytes(), value.as_bytes(), countersign::protocol::Source::Header);
        }
        let url = format!("{}{target}", self.signed_origin.as_ref().unwrap_or(&self.origin));
        let form = countersign::protocol::Header { name: b"Content-Type", value: FORM.as_bytes() };
        let headers = if body.is_some() { vec![form] } else { Vec::new() };
        let request = Request {
            method: method.as_bytes(),
            url: Url::parse(url.as_bytes()).unwrap(),
            headers: &headers,
            body: body.map(str::as_bytes),
            protocol: &protocol,
            realm: None,
        };
        let secrets = Secrets::new(self.secret.as_bytes(), self.token.as_ref().map(|(_, secret)| secret.as_bytes()).unwrap_or_default());
        let mut derivation = Derivation::default();
        let named = SignatureMethod::from_name(self.method.as_bytes()).unwrap();
        derivation.derive(&Recipe::RFC5849, &request, named, &secrets).unwrap();
        String::from_utf8(header(None, &protocol, &derivation.signature).unwrap()).unwrap()
    }

    /// The whole request, signed in its header.
    fn request(&self, method: &str, target: &str) -> Vec<u8> {
        self.with_body(method, target, None)
    }

    fn with_body(&self, method: &str, target: &str, body: Option<&str>) -> Vec<u8> {
        let authorization = self.authorization(method, target, body);
        let host = &self.host;
        let entity = body.map(|body| format!("Content-Type: {FORM}\r\nContent-Length: {}\r\n", body.len())).unwrap_or_default();
        let body = body.unwrap_or_default();
        format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\n{entity}Authorization: {authorization}\r\nConnection: close\r\n\r\n{body}")
            .into_bytes()
    }
}

const FORM: &str = "application/x-www-form-urlencoded";
static COUNTER: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);

/// A sandbox whose clock stands.
fn builder(profile: &str) -> Builder {
    Sandbox::builder().profile(profile).client(Client::new(CLIENT, SECRET)).clock(Clock::manual(NOW))
}

fn get(sandbox: &Sandbox, target: &str) -> Answer {
    let host = sandbox.origin();
    let host = host.split_once("://").unwrap().1;
    send(sandbox, format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").as_bytes())
}
