//! The same request several times at the same time: a server that looks for a nonce before it keeps it is found out, and one that does both
//! at once is not.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign::implementation::live::{Network, Outgoing, Policy, Send as _, Trouble};
use countersign::judgement::{CaseRecord, Verdict};
use countersign::probe::judging::Disclosure;
use countersign::probe::target::moved;
use countersign::probe::{Authorization, Level, Means, Plan, judge};
use countersign::profile::shipped;

use super::{Counting, answer, conducted, found, means};

const STEP: &str = "rt.oauth_nonce-at-once";

/// What a server does with a nonce.
#[derive(Clone, Copy, PartialEq)]
enum Memory {
    /// It looks, does something else, and then keeps it.
    LooksFirst,
    /// It looks and keeps it in one.
    AtOnce,
    /// It answers the first, and drops all others.
    Drops,
    /// It refuses all that come while one is worked at, and that one too.
    Refuses,
}

struct Server {
    seen: Mutex<BTreeSet<String>>,
    memory: Memory,
    /// How many requests are being answered, and how many were at most.
    busy: AtomicUsize,
    most: AtomicUsize,
}

impl Server {
    fn start(memory: Memory) -> (String, Arc<Server>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = Arc::new(Server { seen: Mutex::default(), memory, busy: AtomicUsize::new(0), most: AtomicUsize::new(0) });
        let own = Arc::clone(&server);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let server = Arc::clone(&own);
                std::thread::spawn(move || server.serve(stream));
            }
        });
        (url, server)
    }

    fn serve(&self, mut stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head).is_ok_and(|octets| octets == 0) {
                return;
            }
        }
        let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
        let _ = reader.read_exact(&mut vec![0; length.unwrap_or(0)]);
        let nonce = head.split_once("oauth_nonce=\"").map(|(_, rest)| rest.split('"').next().unwrap_or_default().to_owned());
        let busy = self.busy.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(busy, Ordering::SeqCst);
        let is_good = self.takes(&nonce.unwrap_or_default());
        self.busy.fetch_sub(1, Ordering::SeqCst);
        if !is_good && self.memory == Memory::Drops {
            return;
        }
        let body = if is_good { "oauth_token=a&oauth_token_secret=b&oauth_callback_confirmed=true" } else { "oauth_problem=nonce_used" };
        let status = if is_good { "200 OK" } else { "401 Unauthorized" };
        let fields = format!("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: close", body.len());
        let _ = stream.write_all(format!("HTTP/1.1 {status}\r\n{fields}\r\n\r\n{body}").as_bytes());
    }

    /// As if it asked a database, until something else is asked too.
    fn work(&self) {
        for _ in 0..100 {
            if self.busy.load(Ordering::SeqCst) > 1 {
                return std::thread::sleep(Duration::from_millis(20));
            }
            std::thread::sleep(Duration::from_millis(3));
        }
    }

    fn takes(&self, nonce: &str) -> bool {
        let insert = || self.seen.lock().unwrap().insert(nonce.to_owned());
        match self.memory {
            Memory::AtOnce | Memory::Drops => {
                let is_new = insert();
                self.work();
                is_new
            }
            Memory::LooksFirst => {
                let is_new = !self.seen.lock().unwrap().contains(nonce);
                self.work();
                insert();
                is_new
            }
            Memory::Refuses => {
                let is_new = insert();
                self.work();
                is_new && self.most.load(Ordering::SeqCst) < 2
            }
        }
    }
}

fn plan(url: &str, means: &Means) -> Plan {
    let mut plan = Plan::of(&moved(&shipped::profile("rfc5849").unwrap().unwrap(), url), Level::Attacks, means);
    plan.select(&[STEP.to_owned(), "rt.oauth_nonce-repeated".to_owned()]).unwrap();
    plan
}

fn records(memory: Memory) -> Vec<CaseRecord> {
    let (url, server) = Server::start(memory);
    let means = Means { authorization: Authorization::Never, ..means() };
    let plan = plan(&url, &means);
    let conducted = conducted(&plan, &means, &mut Network::new(Policy::for_hosts(plan.authorities())));
    assert_eq!(conducted.requests, plan.requests());
    assert!(server.most.load(Ordering::SeqCst) > 1, "no two requests came at the same time");
    judge(&plan, &means, &conducted, &Disclosure::default()).records
}

fn verdict(records: &[CaseRecord]) -> Verdict {
    records.iter().find(|record| record.id == STEP).unwrap().verdict()
}

#[test]
fn a_nonce_that_is_looked_for_before_it_is_kept_is_found_out() {
    let records = records(Memory::LooksFirst);
    let found = found(&records);
    // One after the other, nothing is wrong with it.
    assert_eq!(found, [format!("{STEP}: rfc5849.nonce")]);
    assert!(format!("{records:?}").contains(" times (200): the very same request several times at the same time"), "{records:?}");
}

#[test]
fn a_nonce_that_is_kept_at_once_is_accepted_once() {
    let records = records(Memory::AtOnce);
    assert_eq!(verdict(&records), Verdict::Pass, "{records:?}");
    // Others that are not taken at all say nothing of nonces.
    assert_eq!(verdict(&self::records(Memory::Drops)), Verdict::Inconclusive);
    // Where none is accepted, nobody knows why.
    assert_eq!(verdict(&self::records(Memory::Refuses)), Verdict::Inconclusive);
}

#[test]
fn requests_at_once_are_for_servers_on_this_machine_and_within_the_budget() {
    let means = Means { authorization: Authorization::Never, ..means() };
    let elsewhere = Means { is_loopback: false, ..Means { authorization: Authorization::Never, ..super::means() } };
    let profile = shipped::profile("rfc5849").unwrap().unwrap();
    let plan_elsewhere = Plan::of(&moved(&profile, "https://provider.example"), Level::Attacks, &elsewhere);
    assert!(plan_elsewhere.steps.iter().all(|step| step.at_once == 0));
    assert!(plan_elsewhere.left_out.iter().any(|left| left.what == "AV-S10"));
    // Of somebody who can do one thing at a time, all are asked all the same.
    let plan = plan("http://127.0.0.1:9", &means);
    let mut nonces = Vec::new();
    let mut server = Counting(0, |number, request: &Outgoing| {
        let header = request.headers.iter().find(|(name, _)| name == "Authorization").map(|(_, value)| value.clone());
        let is_new = !nonces.contains(&header);
        nonces.push(header);
        let good = format!("oauth_token=t{number}&oauth_token_secret=s&oauth_callback_confirmed=true");
        Ok(if is_new { answer(200, &[], &good) } else { answer(401, &[], "oauth_problem=nonce_used") })
    });
    let done = conducted(&plan, &means, &mut server);
    assert_eq!((server.0, done.requests), (plan.requests(), plan.requests()));
    assert_eq!(verdict(&judge(&plan, &means, &done, &Disclosure::default()).records), Verdict::Pass);
}

#[test]
fn the_network_brings_an_answer_to_each_of_several_requests() {
    let (url, server) = Server::start(Memory::LooksFirst);
    let request = |url: &str| Outgoing { method: "GET".to_owned(), url: url.to_owned(), headers: Vec::new(), body: None };
    let mut network = Network::new(Policy::for_hosts([url.replace("http://", "")]));
    let answers = network.send_at_once(&[request(&url), request("http://elsewhere.example/"), request(&url)]);
    let statuses: Vec<_> = answers.iter().map(|answer| answer.as_ref().map(|answer| answer.status)).collect();
    assert!(matches!(statuses[..], [Ok(200), Err(Trouble::NotAllowed(_)), Ok(200)]), "{statuses:?}");
    assert_eq!(server.most.load(Ordering::SeqCst), 2);
    assert!(network.send_at_once(&[]).is_empty());
}
