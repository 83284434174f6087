//! A sandbox with a fault, asked over its socket by a client that signs as it should: what it writes is taken as far as it comes.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::profile::document::TokenType;
use crate::protocol::transmission::{ProtocolParameters, header};
use crate::protocol::{Derivation, Parameters, Recipe, Request, Secrets, SignatureMethod, Source, Url};
use crate::sandbox::faults::{At, Fault};
use crate::sandbox::{Client, Clock, Sandbox, Token};
use crate::selftest::faults::answers::{Answer, find, taken_for};
use crate::selftest::faults::{FaultTried, Of};

/// Where the sandbox's clock stands.
const NOW: u64 = 1_700_000_000;

/// How long somebody must be silent before nothing more is waited for, once what is known of him is there.
const SILENCE: Duration = Duration::from_millis(600);

/// How long is waited at most: a machine may be busy.
const LONGEST: Duration = Duration::from_secs(20);

/// The most octets that are taken.
const MOST: usize = 2 * 1024 * 1024;

/// How much of an answer is told.
const TOLD: usize = 60;

/// Credentials, made up: a client's and a token's.
const CLIENT: [&str; 2] = ["kestrel-client", "kestrel-secret"];
const TOKEN: [&str; 2] = ["access", "access-secret"];

/// Starts a sandbox and asks what the fault strikes.
pub(super) fn sandbox(fault: &'static Fault) -> FaultTried {
    let (taken_for, seen) = match ask(fault) {
        Ok(answer) => (Ok(taken_for(&answer)), begin(&answer)),
        Err(why) => (Err(why), String::new()),
    };
    FaultTried { name: fault.name, of: Of::Sandbox, taken_for, seen }
}

fn ask(fault: &'static Fault) -> Result<Answer, String> {
    let [client, secret] = CLIENT;
    let sandbox = Sandbox::builder()
        .profile("rfc5849")
        .client(Client::new(client, secret))
        .token(Token::new(TokenType::Access, client, TOKEN[0], TOKEN[1]))
        .clock(Clock::manual(NOW))
        .auto_approve(true)
        .start()
        .map_err(|error| error.to_string())?;
    let (address, prefix) = (sandbox.address(), format!("/_fault/{}", fault.name));
    let initiate = |path: &str| signed(address, "POST", path, None);
    let request = match fault.at {
        At::Temporary | At::Credentials => initiate(&format!("{prefix}/initiate"))?,
        At::Callback => {
            let asked = exchange(address, &initiate("/initiate")?, None).map_err(|error| error.to_string())?;
            let token = token_of(&asked).ok_or("there were no temporary credentials")?;
            format!("GET {prefix}/authorize?oauth_token={token} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").into_bytes()
        }
        At::Resource | At::Signed => signed(address, "GET", &format!("{prefix}/photos"), Some(TOKEN))?,
    };
    exchange(address, &request, Some(fault.name)).map_err(|error| error.to_string())
}

/// A request that is signed as it should be.
fn signed(address: SocketAddr, method: &str, target: &str, token: Option<[&str; 2]>) -> Result<Vec<u8>, String> {
    let mut protocol = Parameters::new();
    let timestamp = NOW.to_string();
    ProtocolParameters {
        client: CLIENT[0].as_bytes(),
        token: token.map(|[token, _]| token.as_bytes()),
        signature_method: b"HMAC-SHA1",
        timestamp: Some(timestamp.as_bytes()),
        nonce: Some(b"once"),
        callback: token.is_none().then_some(b"http://client.example/cb"),
        ..ProtocolParameters::default()
    }
    .append_to(&mut protocol);
    let url = format!("http://{address}{target}");
    let url = Url::parse(url.as_bytes()).map_err(|error| error.to_string())?;
    let request = Request { method: method.as_bytes(), url, headers: &[], body: None, protocol: &protocol, realm: None };
    let secrets = Secrets::new(CLIENT[1].as_bytes(), token.map_or(&b""[..], |[_, secret]| secret.as_bytes()));
    let mut derivation = Derivation::default();
    derivation.derive(&Recipe::RFC5849, &request, SignatureMethod::HmacSha1, &secrets).map_err(|error| error.to_string())?;
    let header = header(None, &protocol, &derivation.signature).map_err(|error| error.to_string())?;
    let head = format!("{method} {target} HTTP/1.1\r\nHost: {address}\r\nAuthorization: ");
    Ok([head.as_bytes(), &header, b"\r\nConnection: close\r\n\r\n"].concat())
}

/// The token of a form, still encoded as it is in a URL.
fn token_of(answer: &Answer) -> Option<String> {
    let body = memchr::memmem::find(&answer.octets, b"\r\n\r\n").and_then(|place| answer.octets.get(place + 4..))?;
    let mut form = Parameters::new();
    form.push_form(body, Source::Body);
    let mut encoded = crate::protocol::Buffer::default();
    crate::protocol::percent_encode(form.first("oauth_token")?, &mut encoded);
    String::from_utf8(encoded.to_vec()).ok()
}

/// Sends octets, and takes what comes: to the end, or until nothing more comes and it is what is expected of the fault.
fn exchange(address: SocketAddr, request: &[u8], fault: Option<&str>) -> io::Result<Answer> {
    let mut stream = TcpStream::connect_timeout(&address, LONGEST)?;
    stream.set_read_timeout(Some(SILENCE))?;
    stream.set_write_timeout(Some(LONGEST))?;
    stream.write_all(request)?;
    let mark = fault.and_then(find);
    let (mut answer, mut block, until) = (Answer::default(), vec![0; 65_536], Instant::now() + LONGEST);
    while answer.octets.len() < MOST {
        match stream.read(&mut block) {
            Ok(0) => answer.is_over = true,
            Ok(length) => answer.octets.extend_from_slice(block.get(..length).unwrap_or_default()),
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                if mark.is_some_and(|mark| mark.check(&answer).is_ok()) || Instant::now() > until {
                    break;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // A connection that is reset is over too.
            Err(_) => answer.is_over = true,
        }
        if answer.is_over {
            break;
        }
    }
    Ok(answer)
}

/// The first line of an answer, and whether the connection is over.
fn begin(answer: &Answer) -> String {
    let text = String::from_utf8_lossy(&answer.octets);
    let first: String = text.lines().next().unwrap_or_default().chars().take(TOLD).collect();
    let end = if answer.is_over { "the connection ended" } else { "the connection stayed open" };
    if first.is_empty() { end.to_owned() } else { format!("{first}; {end}") }
}
