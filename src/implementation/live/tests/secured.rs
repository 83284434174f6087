//! TLS: whose certificate is taken, and servers that break it. Certificates are made when a test runs.

use std::io::{Read as _, Write};
use std::net::{IpAddr, Ipv4Addr, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, SanType, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};

use super::{LONG, PATIENCE, SHORT, exchange_with, freezes, get, policy, request, serve, stays};
use crate::implementation::live::dialling::Names;
use crate::implementation::live::tls::Trust;
use crate::implementation::live::{Incoming, Network, Outgoing, Policy, Trouble};

const GOOD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// An authority that only a test trusts.
struct Authority {
    certificate: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Authority {
        Authority::named("an authority")
    }

    fn named(name: &str) -> Authority {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap().der().clone();
        Authority { certificate, issuer: Issuer::new(params, key) }
    }

    /// A certificate for these names, from the one year to the other.
    fn signs(&self, names: &[&str], from: i32, to: i32) -> Identity {
        let key = KeyPair::generate().unwrap();
        let params = params(names, from, to);
        Identity { certificate: params.signed_by(&key, &self.issuer).unwrap().der().clone(), key }
    }
}

fn params(names: &[&str], from: i32, to: i32) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.subject_alt_names = names
        .iter()
        .map(|name| match name.parse::<IpAddr>() {
            Ok(address) => SanType::IpAddress(address),
            Err(_) => SanType::DnsName((*name).try_into().unwrap()),
        })
        .collect();
    params.not_before = date_time_ymd(from, 1, 1);
    params.not_after = date_time_ymd(to, 1, 1);
    params
}

/// A certificate with its key.
struct Identity {
    certificate: CertificateDer<'static>,
    key: KeyPair,
}

impl Identity {
    fn self_signed(names: &[&str]) -> Identity {
        let key = KeyPair::generate().unwrap();
        Identity { certificate: params(names, 2000, 4000).self_signed(&key).unwrap().der().clone(), key }
    }

    fn config(self, versions: &[&'static SupportedProtocolVersion]) -> ServerConfig {
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(self.key.serialize_der()));
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate], key)
            .unwrap()
    }
}

const BOTH: &[&SupportedProtocolVersion] = &[&rustls::version::TLS13, &rustls::version::TLS12];

type Session<'a> = StreamOwned<ServerConnection, &'a mut TcpStream>;

/// A server that speaks TLS and then does this.
fn secured(config: ServerConfig, script: impl FnOnce(&mut Session<'_>) + Send + 'static) -> std::net::SocketAddr {
    serve(move |stream| {
        let mut session = StreamOwned::new(ServerConnection::new(Arc::new(config)).unwrap(), stream);
        script(&mut session);
    })
}

/// Reads the head of a request and answers; whether the connection in TLS is ended in order is the caller's business.
fn answers(session: &mut Session<'_>, octets: &[u8]) {
    let (mut all, mut block) = (Vec::new(), [0; 4096]);
    while !all.ends_with(b"\r\n\r\n") {
        match session.read(&mut block) {
            Ok(octets @ 1..) => all.extend_from_slice(&block[..octets]),
            _ => return,
        }
    }
    let _ = session.write_all(octets);
    let _ = session.flush();
}

fn ends(session: &mut Session<'_>) {
    session.conn.send_close_notify();
    let _ = session.flush();
}

/// Asks a server under the name `h`, trusting this authority.
#[track_caller]
fn ask(address: std::net::SocketAddr, authority: &Authority, request: Outgoing, deadline: Duration) -> Result<Incoming, Trouble> {
    let mut network = Network::new(Policy { deadline, ..Policy::for_hosts([format!("h:{}", address.port()), address.to_string()]) });
    network.trust = Trust::Roots(vec![authority.certificate.clone()]);
    network.names = Names::new(|_| Ok(vec![Ipv4Addr::LOCALHOST.into()]));
    exchange_with(&request, network)
}

fn tls(why: &str) -> Result<Vec<u8>, Trouble> {
    Err(Trouble::Tls(why.to_owned()))
}

#[test]
fn a_certificate_is_taken_for_its_names_in_its_time_from_its_authority() {
    let (authority, other, namesake) = (Authority::new(), Authority::named("another"), Authority::new());
    let ok = || Ok(b"ok".to_vec());
    let another = || tls("the certificate is for another name");
    for (identity, host, expected) in [
        (authority.signs(&["h"], 2000, 4000), "h", ok()),
        (authority.signs(&["x", "h"], 2000, 4000), "H", ok()),
        (authority.signs(&["127.0.0.1"], 2000, 4000), "127.0.0.1", ok()),
        (authority.signs(&["h"], 2000, 2001), "h", tls("the certificate has expired")),
        (authority.signs(&["h"], 3999, 4000), "h", tls("the certificate is not valid yet")),
        (authority.signs(&["x"], 2000, 4000), "h", another()),
        (authority.signs(&["x.h", "*.h"], 2000, 4000), "h", another()),
        (authority.signs(&["h"], 2000, 4000), "127.0.0.1", another()),
        (authority.signs(&[], 2000, 4000), "h", another()),
        (other.signs(&["h"], 2000, 4000), "h", tls("the certificate comes from nobody who is trusted")),
        (namesake.signs(&["h"], 2000, 4000), "h", tls("the certificate has a wrong signature")),
        (Identity::self_signed(&["h"]), "h", tls("the certificate comes from nobody who is trusted")),
    ] {
        let address = secured(identity.config(BOTH), |session| answers(session, GOOD));
        let url = format!("https://{host}:{}/", address.port());
        assert_eq!(ask(address, &authority, get(url.clone()), LONG).map(|answer| answer.body), expected, "{url}");
    }
}

#[test]
fn both_versions_are_spoken() {
    let authority = Authority::new();
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let address = secured(authority.signs(&["h"], 2000, 4000).config(&[version]), |session| answers(session, GOOD));
        assert_eq!(ask(address, &authority, get(format!("https://h:{}/", address.port())), LONG).unwrap().body, b"ok", "{version:?}");
    }
}

#[test]
fn a_certificate_of_nobody_is_taken_on_this_machine_when_that_is_asked_for() {
    for insecure in [true, false] {
        for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
            let address = secured(Identity::self_signed(&["somebody"]).config(&[version]), |session| answers(session, GOOD));
            let network = Network::new(Policy { insecure, ..policy(address, LONG) });
            let result = exchange_with(&get(format!("https://{address}/")), network).map(|answer| answer.body);
            assert_eq!(result, if insecure { Ok(b"ok".to_vec()) } else { tls("the certificate comes from nobody who is trusted") });
        }
    }
    let mut network = Network::new(Policy { insecure: true, deadline: LONG, ..Policy::for_hosts(["h"]) });
    network.names = Names::new(|_| Ok(vec![[192, 0, 2, 1].into()]));
    let why = "an unchecked certificate is for loopback only, and h (192.0.2.1) is elsewhere";
    assert_eq!(exchange_with(&get("https://h/"), network), Err(Trouble::NotAllowed(why.to_owned())));
}

#[test]
fn what_is_no_tls_is_told_and_cut_at_the_deadline() {
    let authority = Authority::new();
    let none = Err(Trouble::Tls("the server does not speak TLS here".to_owned()));
    let handshake = "the end of the TLS handshake";
    let refuses = Err(Trouble::Tls("the server refuses it (HandshakeFailure)".to_owned()));
    type Script = Box<dyn FnOnce(&mut TcpStream) + Send>;
    let says = |octets: &'static [u8]| -> Script {
        Box::new(move |stream| {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(octets);
            stays(stream);
        })
    };
    let cases: Vec<(Script, Duration, Result<Incoming, Trouble>)> = vec![
        (says(b"HTTP/1.1 400 Bad Request\r\n\r\n"), LONG, none.clone()),
        (says(b"\0\0\0\0\0\0\0\0\0\0"), LONG, none.clone()),
        (says(b"\x15\x03\x03\0\x02\x02\x28"), LONG, refuses),
        (says(b"\x16\x03\x03\xff\xff"), LONG, none),
        (says(b""), SHORT, Err(Trouble::Late(handshake))),
        (says(b"\x16\x03\x03\x00\x40"), SHORT, Err(Trouble::Late(handshake))),
        (Box::new(|_| ()), LONG, Err(Trouble::Cut(handshake))),
        (
            Box::new(|stream| {
                let _ = stream.read(&mut [0; 4096]);
            }),
            LONG,
            Err(Trouble::Cut(handshake)),
        ),
        (
            Box::new(|stream| {
                let _ = stream.set_nodelay(true);
                let _ = stream.write_all(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc");
                let began = Instant::now();
                while stream.write_all(b"\x03").is_ok() && began.elapsed() < PATIENCE {
                    thread::sleep(Duration::from_millis(5));
                }
            }),
            SHORT,
            Err(Trouble::Late(handshake)),
        ),
    ];
    for (number, (script, deadline, expected)) in cases.into_iter().enumerate() {
        let address = serve(script);
        let result = ask(address, &authority, get(format!("https://h:{}/", address.port())), deadline);
        assert_eq!(result, expected, "case {number}");
    }
}

#[test]
fn a_server_that_wants_a_certificate_of_ours_refuses_and_says_so() {
    let authority = Authority::new();
    let identity = authority.signs(&["h"], 2000, 4000);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(authority.certificate.clone()).unwrap();
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build().unwrap();
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![identity.certificate], PrivateKeyDer::from(PrivatePkcs8KeyDer::from(identity.key.serialize_der())))
        .unwrap();
    let address = secured(config, |session| {
        answers(session, GOOD);
        stays(session.sock);
    });
    let result = ask(address, &authority, get(format!("https://h:{}/", address.port())), LONG);
    assert_eq!(result, Err(Trouble::Tls("the server refuses it (CertificateRequired)".to_owned())));
}

#[test]
fn a_body_that_ends_with_the_connection_ends_with_its_word_for_it() {
    let authority = Authority::new();
    let (open, closed) = (b"HTTP/1.1 200 OK\r\n\r\nok", Err(Trouble::Cut("the end of the body")));
    for (octets, is_ended, expected) in
        [(&open[..], true, Ok(b"ok".to_vec())), (open, false, closed), (GOOD, true, Ok(b"ok".to_vec())), (GOOD, false, Ok(b"ok".to_vec()))]
    {
        let address = secured(authority.signs(&["h"], 2000, 4000).config(BOTH), move |session| {
            answers(session, octets);
            if is_ended {
                ends(session);
            }
        });
        let result = ask(address, &authority, get(format!("https://h:{}/", address.port())), LONG);
        assert_eq!(result.map(|answer| answer.body), expected, "{is_ended}");
    }
}

#[test]
fn what_breaks_a_connection_in_tls_is_told() {
    let authority = Authority::new();
    let config = || authority.signs(&["h"], 2000, 4000).config(BOTH);
    let ask = |address: std::net::SocketAddr, deadline| ask(address, &authority, get(format!("https://h:{}/", address.port())), deadline);
    let in_the_clear = secured(config(), |session| {
        answers(session, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na");
        let _ = session.sock.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        stays(session.sock);
    });
    assert_eq!(ask(in_the_clear, LONG), Err(Trouble::Tls("the server does not speak TLS here".to_owned())));
    let forged = secured(config(), |session| {
        answers(session, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na");
        let _ = session.sock.write_all(b"\x17\x03\x03\x00\x20aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
        stays(session.sock);
    });
    assert_eq!(ask(forged, LONG), Err(Trouble::Tls("what the server sent cannot be decrypted".to_owned())));
    let silent = secured(config(), |session| {
        answers(session, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na");
        stays(session.sock);
    });
    assert_eq!(ask(silent, SHORT), Err(Trouble::Late("the end of the body")));
    // Records of one octet, and each of them octet by octet: there is hardly ever anything to be read.
    let slow = secured(config(), |session| {
        answers(session, b"HTTP/1.1 200 OK\r\n\r\n");
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            let (mut records, mut sent) = (Vec::new(), true);
            let _ = session.conn.writer().write_all(b"x");
            let _ = session.conn.write_tls(&mut records);
            for octet in records {
                thread::sleep(Duration::from_millis(5));
                sent = session.sock.write_all(&[octet]).is_ok();
            }
            if !sent {
                break;
            }
        }
    });
    assert_eq!(ask(slow, SHORT), Err(Trouble::Late("the end of the body")));
}

#[test]
fn a_large_request_goes_out_in_tls_while_its_answer_is_read() {
    const LARGE: usize = 8 * 1024 * 1024;
    let authority = Authority::new();
    let post = |address: std::net::SocketAddr| Outgoing {
        method: "POST".to_owned(),
        body: Some(vec![b'x'; LARGE]),
        ..get(format!("https://h:{}/", address.port()))
    };
    let reads_all = secured(authority.signs(&["h"], 2000, 4000).config(BOTH), |session| {
        let (mut octets, mut block) = (0, [0; 16 * 1024]);
        let _ = session.write_all(b"HTTP/1.1 100 Continue\r\n\r\n");
        while octets < LARGE {
            match session.read(&mut block) {
                Ok(length @ 1..) => octets += length,
                _ => return,
            }
        }
        let _ = session.write_all(GOOD);
        stays(session.sock);
    });
    assert_eq!(ask(reads_all, &authority, post(reads_all), LONG).unwrap().body, b"ok");
    let reads_nothing = secured(authority.signs(&["h"], 2000, 4000).config(BOTH), |session| {
        let _ = session.write_all(GOOD);
        freezes();
    });
    assert_eq!(ask(reads_nothing, &authority, post(reads_nothing), LONG).unwrap().body, b"ok");
}

#[test]
fn https_is_not_taken_for_http() {
    let authority = Authority::new();
    let address = secured(authority.signs(&["h"], 2000, 4000).config(BOTH), |session| answers(session, GOOD));
    let result = exchange_with(&get(format!("http://{address}/")), Network::new(policy(address, LONG)));
    assert_eq!(result, Err(Trouble::NotHttp(r#"it begins with "\x15\x03\x03\x00\x02\x022""#.to_owned())));
    let plain = serve(|stream| {
        request(stream);
        let _ = stream.write_all(GOOD);
    });
    let result = ask(plain, &authority, get(format!("https://h:{}/", plain.port())), SHORT);
    assert_eq!(result, Err(Trouble::Late("the end of the TLS handshake")));
}
