//! Who may be asked: hosts, schemes, loopback, names and their addresses.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use super::{LONG, SHORT, answering, exchange, exchange_with, get, nobody, policy};
use crate::implementation::live::destination::Destination;
use crate::implementation::live::dialling::{Lookup, Names};
use crate::implementation::live::{Network, Policy, Send as _, Trouble};

const GOOD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

fn destination(url: &str, hosts: &[&str]) -> Result<Destination, String> {
    Destination::of(url, &Policy::for_hosts(hosts.iter().copied())).map_err(|trouble| trouble.to_string())
}

#[test]
fn only_hosts_on_the_list_are_asked_at_their_ports() {
    for (url, entry) in [
        ("https://h/", "h"),
        ("https://h/", "H:443"),
        ("HTTPS://H:0443/", "h"),
        ("https://h:/x", "h"),
        ("http://h/", "h:80"),
        ("http://h:8080/", "h:8080"),
        ("https://[::1]:1/", "[::1]:1"),
        ("https://h./", "h."),
    ] {
        assert!(destination(url, &["other", entry]).is_ok(), "{url} {entry}");
    }
    for (url, entry) in [
        ("https://h/", "h:80"),
        ("https://h:444/", "h"),
        ("http://h:443/", "h"),
        ("https://h.evil/", "h"),
        ("https://xh/", "h"),
        ("https://h./", "h"),
        ("https://h/", "u@h"),
        ("https://h/", "*"),
        ("https://h/", ""),
        ("https://h/", "https://h"),
        ("https://[::1]:2/", "[::1]:1"),
        ("https://[0::1]/", "[::1]"),
    ] {
        let why = destination(url, &["other", entry]).unwrap_err();
        assert!(why.ends_with("is not among the hosts that may be asked"), "{url} {entry}: {why}");
    }
    assert!(destination("https://h/", &[]).is_err());
}

#[test]
fn what_is_no_url_of_a_server_is_refused() {
    let info = "a URL with user information is not asked";
    for (url, why) in [
        ("https://u:p@h/", info),
        ("https://@h/", info),
        (r"https://h\@evil/", info),
        ("https://h%40evil@h/", info),
        ("ftp://h/", "the URL is not absolute: its scheme is neither http nor https (RFC 5849 section 3.4.1.2)"),
        ("//h/", "the URL is not absolute: it has no scheme (RFC 5849 section 3.4.1.2)"),
        ("", "the URL is not absolute: it has no scheme (RFC 5849 section 3.4.1.2)"),
        ("https:///x", "the URL is not absolute: it has no host (RFC 5849 section 3.4.1.2)"),
        ("https://h:65536/", "the URL is not absolute: its port is no number up to 65535 (RFC 5849 section 3.4.1.2)"),
        ("https://[::1%25lo]/", "::1%25lo is no IPv6 address"),
        ("https://[h]/", "h is no IPv6 address"),
    ] {
        assert_eq!(destination(url, &["h", "evil", "[h]", "[::1%25lo]"]), Err(why.to_owned()), "{url}");
    }
}

#[test]
fn the_target_and_the_host_field_come_from_the_url() {
    for (url, authority, target) in [
        ("https://h", "h", "/"),
        ("https://h?a=b?c", "h", "/?a=b?c"),
        ("https://h#f", "h", "/"),
        ("https://H:443/a//../b?#f", "H", "/a//../b?"),
        ("https://h:/x", "h", "/x"),
        ("https://h:080/x", "h:80", "/x"),
        ("http://h:443/%zz", "h:443", "/%zz"),
        ("http://[::1]:80/", "[::1]", "/"),
        ("http://[::1]:81/;b", "[::1]:81", "/;b"),
    ] {
        let hosts = ["h", "h:80", "h:443", "[::1]", "[::1]:81"];
        let found = destination(url, &hosts).unwrap();
        assert_eq!((&*found.authority, &*found.target), (authority, target.as_bytes()), "{url}");
    }
}

#[test]
fn plain_http_and_unchecked_certificates_stay_on_this_machine() {
    let address = |text: &str| text.parse::<IpAddr>().unwrap();
    let at_home = ["127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1"].map(address);
    let away =
        ["0.0.0.0", "::", "10.0.0.1", "169.254.169.254", "192.168.1.1", "::ffff:10.0.0.1", "128.0.0.1", "8.8.8.8", "fe80::1"].map(address);
    let (plain, secure) = (destination("http://h/", &["h"]).unwrap(), destination("https://h/", &["h"]).unwrap());
    for home in at_home {
        for (way, insecure) in [(&plain, false), (&plain, true), (&secure, false), (&secure, true)] {
            assert_eq!(way.permits(&[home], insecure), Ok(()), "{home}");
        }
    }
    for elsewhere in away {
        let there = |text: &str| Err(Trouble::NotAllowed(text.replace("{}", &format!("h ({elsewhere})"))));
        assert_eq!(secure.permits(&[elsewhere], false), Ok(()));
        let unchecked = "an unchecked certificate is for loopback only, and {} is elsewhere";
        let in_the_clear = "plain HTTP is for loopback only, and {} is elsewhere: use https";
        for addresses in [vec![elsewhere], vec![Ipv4Addr::LOCALHOST.into(), elsewhere], vec![elsewhere, Ipv6Addr::LOCALHOST.into()]] {
            assert_eq!(secure.permits(&addresses, true), there(unchecked));
            assert_eq!(plain.permits(&addresses, false), there(in_the_clear));
        }
    }
}

/// A network that looks names up in this way.
fn network(policy: Policy, lookup: Lookup) -> Network {
    let mut network = Network::new(policy);
    network.names = Names::new(lookup);
    network
}

#[test]
fn a_name_that_leads_away_is_not_connected_to() {
    let (address, sent) = answering(GOOD);
    let port = address.port();
    let policy = Policy { deadline: LONG, ..Policy::for_hosts([format!("localhost:{port}")]) };
    let request = get(format!("http://LocalHost:{port}/"));
    let result = exchange_with(&request, network(policy.clone(), |_| Ok(vec![[127, 0, 0, 1].into(), [192, 0, 2, 1].into()])));
    let why = format!("plain HTTP is for loopback only, and LocalHost:{port} (192.0.2.1) is elsewhere: use https");
    assert_eq!(result, Err(Trouble::NotAllowed(why)));
    // The control, to the same server, which has seen nothing of the other.
    let result = exchange_with(&request, network(policy, |_| Ok(vec![[127, 0, 0, 1].into()])));
    assert_eq!(result.unwrap().body, b"ok");
    let head = format!("GET / HTTP/1.1\r\nHost: LocalHost:{port}\r\n");
    assert!(sent.recv().unwrap().starts_with(head.as_bytes()));
}

#[test]
fn localhost_is_looked_up_by_the_system() {
    let (address, _sent) = answering(GOOD);
    let port = address.port();
    let answer =
        exchange(&get(format!("http://localhost:{port}/")), Policy { deadline: LONG, ..Policy::for_hosts([format!("localhost:{port}")]) });
    assert_eq!(answer.unwrap().body, b"ok");
}

#[test]
fn addresses_are_tried_in_their_order() {
    let (address, _sent) = answering(GOOD);
    let port = address.port();
    let policy = Policy { deadline: LONG, ..Policy::for_hosts([format!("h:{port}")]) };
    let result =
        exchange_with(&get(format!("http://h:{port}/")), network(policy, |_| Ok(vec![[127, 9, 9, 9].into(), [127, 0, 0, 1].into()])));
    assert_eq!(result.unwrap().body, b"ok");
}

#[test]
fn a_name_is_looked_up_once_in_a_run() {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    let lookup: Lookup = |name| {
        assert_eq!(name, "h");
        ASKED.fetch_add(1, Ordering::Relaxed);
        Ok(vec![[127, 0, 0, 1].into()])
    };
    let (first, second) = (answering(GOOD), answering(GOOD));
    let hosts = [&first, &second].map(|(address, _)| format!("h:{}", address.port()));
    let mut network = network(Policy { deadline: LONG, ..Policy::for_hosts(hosts.clone()) }, lookup);
    for (host, name) in hosts.iter().zip(["h", "H"]) {
        let url = format!("http://{}/", host.replace('h', name));
        assert_eq!(network.send(&get(url)).unwrap().body, b"ok");
    }
    assert_eq!(ASKED.load(Ordering::Relaxed), 1);
}

#[test]
fn a_name_without_an_address_or_without_an_answer_is_told() {
    let request = get("http://h/");
    let policy = Policy { deadline: SHORT, ..Policy::for_hosts(["h"]) };
    let missing = Err(Trouble::NoAddress("h".to_owned()));
    assert_eq!(exchange_with(&request, network(policy.clone(), |_| Err(io::ErrorKind::NotFound.into()))), missing);
    assert_eq!(exchange_with(&request, network(policy.clone(), |_| Ok(Vec::new()))), missing);
    let slow: Lookup = |_| {
        thread::sleep(Duration::from_secs(5));
        Ok(vec![[127, 0, 0, 1].into()])
    };
    assert_eq!(exchange_with(&request, network(policy, slow)), Err(Trouble::Late("the host's address")));
}

#[test]
fn a_look_up_that_is_late_is_waited_for_again_and_not_begun_again() {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    static ANSWERS: Mutex<()> = Mutex::new(());
    let lookup: Lookup = |_| {
        ASKED.fetch_add(1, Ordering::Relaxed);
        drop(ANSWERS.lock());
        Ok(vec![[127, 0, 0, 1].into()])
    };
    let (address, _sent) = answering(GOOD);
    let host = format!("h:{}", address.port());
    let silence = ANSWERS.lock();
    let mut network = network(Policy { deadline: Duration::from_millis(50), ..Policy::for_hosts([host.clone()]) }, lookup);
    let request = get(format!("http://{host}/"));
    for _ in 0..3 {
        assert_eq!(network.send(&request), Err(Trouble::Late("the host's address")));
    }
    drop(silence);
    network.policy.deadline = LONG;
    assert_eq!(network.send(&request).unwrap().body, b"ok");
    assert_eq!(ASKED.load(Ordering::Relaxed), 1);
}

#[test]
fn an_address_is_looked_up_by_nobody() {
    let lookup: Lookup = |_| Err(io::ErrorKind::NotFound.into());
    let (address, _sent) = answering(GOOD);
    let answer = exchange_with(&get(format!("http://{address}/")), network(policy(address, LONG), lookup));
    assert_eq!(answer.unwrap().body, b"ok");
    // IPv6, where this machine has it.
    if TcpListener::bind("[::1]:0").is_ok() {
        let (address, sent) = super::answering_at("[::1]:0", GOOD);
        let answer = exchange_with(&get(format!("http://{address}/x")), network(policy(address, LONG), lookup));
        assert_eq!(answer.unwrap().body, b"ok");
        assert!(sent.recv().unwrap().starts_with(format!("GET /x HTTP/1.1\r\nHost: [::1]:{}\r\n", address.port()).as_bytes()));
    }
}

#[test]
fn nobody_listening_is_told() {
    let address = nobody();
    let result = exchange(&get(format!("http://{address}/")), policy(address, LONG));
    assert_eq!(result, Err(Trouble::NoConnection(format!("{address}: connection refused"))));
}
