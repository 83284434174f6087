//! What a browser makes of the sandbox's inspector page: it brings news by itself, marks where base strings differ, and runs nothing that a
//! request holds. It needs Chromium: `cargo test --test inspector`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod chromium;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use countersign::protocol::transmission::{ProtocolParameters, query};
use countersign::protocol::{Derivation, Parameters, Recipe, Request, Secrets, SignatureMethod, Url};
use countersign::sandbox::{Client, Clock, Limits, Sandbox};
use scraper::{Html, Selector};

/// A request whose signature is that of another scheme, with markup in its parameters.
fn request(sandbox: &Sandbox, number: u32) -> Vec<u8> {
    let nonce = format!("<img src=x onerror=\"document.title='owned'\">{number}");
    let mut protocol = Parameters::new();
    ProtocolParameters {
        client: b"key",
        signature_method: b"HMAC-SHA1",
        timestamp: Some(b"1700000000"),
        nonce: Some(nonce.as_bytes()),
        ..ProtocolParameters::default()
    }
    .append_to(&mut protocol);
    let signed = format!("{}/photos", sandbox.origin().replace("http:", "https:"));
    let url = Url::parse(signed.as_bytes()).unwrap();
    let request = Request { method: b"GET", url, headers: &[], body: None, protocol: &protocol, realm: None };
    let mut derivation = Derivation::default();
    derivation.derive(&Recipe::RFC5849, &request, SignatureMethod::HmacSha1, &Secrets::new(b"secret", b"")).unwrap();
    let sent = String::from_utf8(query(&url, &protocol, &derivation.signature)).unwrap();
    let target = sent.split_once("/photos").unwrap().1;
    format!("GET /photos{target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", sandbox.address()).into_bytes()
}

fn send(sandbox: &Sandbox, octets: &[u8]) {
    let mut stream = TcpStream::connect(sandbox.address()).unwrap();
    stream.write_all(octets).unwrap();
    stream.read_to_end(&mut Vec::new()).unwrap();
}

/// The page as it stands after some seconds of the browser's time.
fn dump(url: &str) -> String {
    let profile = tempfile::tempdir().unwrap();
    let output = Command::new(chromium::chromium())
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"])
        .args(["--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--virtual-time-budget=8000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(url)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_page_brings_news_marks_what_differs_and_runs_nothing_foreign() {
    const KEPT: usize = 3;
    let limits = Limits { exchanges: KEPT, ..Limits::default() };
    let client = Client::new("key", "secret");
    let sandbox = Sandbox::builder().client(client).clock(Clock::manual(1_700_000_000)).limits(limits).start().unwrap();
    let (sandbox, over) = (Arc::new(sandbox), Arc::new(AtomicBool::new(false)));
    send(&sandbox, &request(&sandbox, 0));
    let sending = {
        let (sandbox, over) = (Arc::clone(&sandbox), Arc::clone(&over));
        std::thread::spawn(move || {
            for number in 1.. {
                if over.load(Ordering::SeqCst) {
                    break;
                }
                send(&sandbox, &request(&sandbox, number));
                std::thread::sleep(Duration::from_millis(20));
            }
        })
    };
    let page = Html::parse_document(&dump(&format!("{}/_countersign/", sandbox.origin())));
    over.store(true, Ordering::SeqCst);
    sending.join().unwrap();
    let select = |selector: &str| page.select(&Selector::parse(selector).unwrap()).collect::<Vec<_>>();
    let numbers: Vec<u64> =
        select("#exchanges > article").iter().map(|article| article.attr("data-number").unwrap().parse().unwrap()).collect();
    // The page came with as many as are kept; the others it fetched, the last one on top.
    assert!(numbers.len() > KEPT, "{numbers:?}");
    assert!(numbers.windows(2).all(|pair| pair[0] > pair[1]), "{numbers:?}");
    assert_eq!(select("#state")[0].text().collect::<String>(), format!("{} exchanges", numbers.len()));
    // Both base strings, with what differs marked: the s of https.
    assert!(select("article mark").iter().any(|mark| mark.text().collect::<String>() == "s"));
    assert!(select("article dt").iter().any(|term| term.text().collect::<String>() == "fix"));
    assert!(select("img").is_empty());
    assert_eq!(select("title")[0].text().collect::<String>(), "any RFC 5849 server (sandbox)");
}
