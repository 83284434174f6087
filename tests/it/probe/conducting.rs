//! How a plan is carried out: nothing without being asked to, one request after the other, and not one more when there is reason to stop.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use countersign::implementation::live::{Incoming, Outgoing, Send, Trouble};
use countersign::judgement::Verdict;
use countersign::probe::judging::Disclosure;
use countersign::probe::login::{Nobody, Owner};
use countersign::probe::target::moved;
use countersign::probe::{Authorization, Conducted, Ended, Level, Means, Plan, Step, Surroundings, conduct, judge};
use countersign::profile::shipped;

use super::{Counting, NOW, answer, conducted, means};

fn plan(level: Level, means: &Means) -> Plan {
    Plan::of(&moved(&shipped::profile("rfc5849").unwrap().unwrap(), "http://127.0.0.1:9"), level, means)
}

fn credentials(number: usize) -> Incoming {
    let body = format!("oauth_token=token-{number:06}&oauth_token_secret=secret-{number:06}&oauth_callback_confirmed=true");
    answer(200, &[("Content-Type", "application/x-www-form-urlencoded")], &body)
}

fn without_login() -> Means {
    Means { authorization: Authorization::Never, ..means() }
}

#[test]
fn it_stops_at_the_first_sign_that_the_server_has_had_enough() {
    for (status, headers, body) in [
        (429, &[][..], ""),
        (429, &[("Retry-After", "60")][..], "slow down"),
        (503, &[("Retry-After", "10000000")][..], ""),
        (400, &[][..], "<p>Number of requests exceeded the rate limit set</p>"),
        (503, &[][..], "oauth_problem=rate%20limit%20exceeded"),
        (401, &[][..], "oauth_problem=consumer_key_refused"),
    ] {
        let means = without_login();
        let plan = plan(Level::Rules, &means);
        let mut server = Counting(0, |number, _: &_| Ok(if number < 5 { credentials(number) } else { answer(status, headers, body) }));
        let conducted = conducted(&plan, &means, &mut server);
        assert_eq!(server.0, 5, "{status} {body}");
        assert!(matches!(conducted.ended, Ended::Enough(_)), "{status} {body}: {:?}", conducted.ended);
    }
}

#[test]
fn several_forbidden_answers_make_it_ask_a_good_one_and_stop_if_that_is_forbidden_too() {
    let means = without_login();
    let plan = plan(Level::Rules, &means);
    let mut server = Counting(0, |number, _: &_| Ok(if number < 3 { credentials(number) } else { answer(403, &[], "Forbidden") }));
    let conducted = conducted(&plan, &means, &mut server);
    assert!(matches!(&conducted.ended, Ended::Enough(why) if why.contains("locked out")), "{:?}", conducted.ended);
    assert!(server.0 < 10, "{}", server.0);
}

#[test]
fn when_a_good_request_is_refused_nothing_leans_on_it() {
    let means = without_login();
    let plan = plan(Level::Rules, &means);
    let mut server = Counting(0, |_, _: &_| {
        Ok(answer(401, &[("Content-Type", "application/x-www-form-urlencoded")], "oauth_problem=consumer_key_unknown"))
    });
    let conducted = conducted(&plan, &means, &mut server);
    // The first and the last good request, and none between.
    assert_eq!(server.0, 2);
    let records = judge(&plan, &means, &conducted, &Disclosure::default()).records;
    for record in &records {
        let expected = if record.id.starts_with("rt.control") { Verdict::Fail } else { Verdict::Inconclusive };
        assert_eq!(record.verdict(), expected, "{}", record.id);
    }
    assert!(records.len() > 20, "{}", records.len());
}

#[test]
fn a_server_that_refuses_everything_after_the_first_request_proves_nothing_by_it() {
    let means = without_login();
    let plan = plan(Level::Rules, &means);
    let no = || answer(401, &[("Content-Type", "application/x-www-form-urlencoded")], "oauth_problem=signature_invalid");
    // But one bad request it takes: that stays a finding.
    let mut server = Counting(0, |number, request: &Outgoing| {
        let is_taken = request.headers.iter().any(|(_, value)| String::from_utf8_lossy(value).contains("oauth_version=\"2.0\""));
        Ok(if number == 1 || is_taken { credentials(number) } else { no() })
    });
    let conducted = conducted(&plan, &means, &mut server);
    let records = judge(&plan, &means, &conducted, &Disclosure::default()).records;
    let verdict = |id: &str| records.iter().find(|record| record.id == id).unwrap().verdict();
    assert_eq!(verdict("rt.control-first"), Verdict::Pass);
    assert_eq!(verdict("rt.control-last"), Verdict::Fail);
    assert_eq!(verdict("rt.oauth_version-2.0"), Verdict::Fail);
    for id in ["rt.signature-changed", "rt.oauth_nonce-missing", "rt.order", "rt.scheme-case"] {
        assert_eq!(verdict(id), Verdict::Inconclusive, "{id}");
    }
}

/// A world that stands still.
fn still<'a>(owner: &'a mut dyn Owner, tell: &'a mut dyn FnMut(usize, &Step)) -> Surroundings<'a> {
    Surroundings {
        now: &|| NOW,
        elapsed: &|| Duration::ZERO,
        random: &|octets| {
            octets.fill(7);
            true
        },
        pause: &|_| {},
        interrupted: &|| false,
        owner,
        tell,
        budget: 10_000,
        interval: Duration::ZERO,
        deadline: Duration::from_secs(60),
    }
}

/// A plan carried out in this world.
fn in_world(around: &mut Surroundings<'_>, server: &mut dyn Send) -> Conducted {
    let means = without_login();
    conduct(&plan(Level::Rules, &means), &means, server, around)
}

#[test]
fn budget_interruption_and_deadline_end_it_between_requests() {
    let mut server = Counting(0, |number, _: &_| Ok(credentials(number)));
    let done = in_world(&mut Surroundings { budget: 7, ..still(&mut Nobody, &mut |_, _| {}) }, &mut server);
    assert_eq!((server.0, done.requests, done.ended), (7, 7, Ended::Budget));

    let asked = Cell::new(0);
    let interrupted = || {
        asked.set(asked.get() + 1);
        asked.get() > 4
    };
    let mut server = Counting(0, |number, _: &_| Ok(credentials(number)));
    let done = in_world(&mut Surroundings { interrupted: &interrupted, ..still(&mut Nobody, &mut |_, _| {}) }, &mut server);
    assert_eq!((server.0, done.ended), (4, Ended::Interrupted));

    let time = Cell::new(0);
    let elapsed = || {
        time.set(time.get() + 1);
        Duration::from_secs(time.get())
    };
    let mut server = Counting(0, |number, _: &_| Ok(credentials(number)));
    let done = in_world(
        &mut Surroundings { elapsed: &elapsed, deadline: Duration::from_secs(9), ..still(&mut Nobody, &mut |_, _| {}) },
        &mut server,
    );
    assert_eq!(done.ended, Ended::Deadline);
    assert!(server.0 < 9, "{}", server.0);

    let mut nobody = Counting(0, |_, _: &_| Ok(answer(200, &[], "")));
    let done = in_world(&mut Surroundings { budget: 0, ..still(&mut Nobody, &mut |_, _| {}) }, &mut nobody);
    assert_eq!((nobody.0, done.requests), (0, 0));
}

#[test]
fn nothing_is_sent_after_the_deadline_though_it_was_waited_for() {
    // There is no use in waiting for a request that may not be sent any more.
    let waited = Cell::new(Duration::ZERO);
    let pause = |time: Duration| waited.set(waited.get() + time);
    let mut server = Counting(0, |number, _: &_| Ok(credentials(number)));
    let (interval, deadline) = (Duration::from_secs(10), Duration::from_secs(9));
    let done = in_world(&mut Surroundings { pause: &pause, interval, deadline, ..still(&mut Nobody, &mut |_, _| {}) }, &mut server);
    assert_eq!((server.0, done.ended, waited.get()), (1, Ended::Deadline, Duration::ZERO));
    // And a wait may take longer than it should.
    let pause = |time: Duration| waited.set(waited.get() + time * 5);
    let elapsed = || waited.get();
    let mut server = Counting(0, |number, _: &_| Ok(credentials(number)));
    let interval = Duration::from_secs(2);
    let done = in_world(
        &mut Surroundings { pause: &pause, elapsed: &elapsed, interval, deadline, ..still(&mut Nobody, &mut |_, _| {}) },
        &mut server,
    );
    assert_eq!((server.0, done.ended), (1, Ended::Deadline));
}

/// Somebody who interrupts while the code is waited for.
struct Gone<'a>(&'a Cell<bool>);

impl Owner for Gone<'_> {
    fn verifier(&mut self, _: &str) -> Result<String, String> {
        self.0.set(true);
        Err("somebody interrupted".to_owned())
    }
}

#[test]
fn an_interruption_of_the_person_who_is_asked_ends_it() {
    let means = Means { authorization: Authorization::Once, is_loopback: true, ..Means::of_client("k", b"some secret of it") };
    let plan = Plan::of(&moved(&shipped::profile("rfc5849").unwrap().unwrap(), "http://127.0.0.1:9"), Level::Rules, &means);
    let is_gone = Cell::new(false);
    let interrupted = || is_gone.get();
    let mut server = Counting(0, |number, _: &_| Ok(credentials(number)));
    let mut owner = Gone(&is_gone);
    let done = conduct(&plan, &means, &mut server, &mut Surroundings { interrupted: &interrupted, ..still(&mut owner, &mut |_, _| {}) });
    assert_eq!(done.ended, Ended::Interrupted);
    assert!(is_gone.get() && server.0 == done.requests);
    // No step after it was looked at.
    assert!(done.exchanged.iter().all(|exchanged| exchanged.not_sent.as_ref().is_none_or(|why| why == "somebody interrupted")));
}

#[test]
fn requests_keep_their_distance() {
    let waits = RefCell::new(Vec::new());
    let pause = |time: Duration| waits.borrow_mut().push(time);
    let mut server = Counting(0, |number, _: &_| Ok(credentials(number)));
    let done = in_world(
        &mut Surroundings { pause: &pause, interval: Duration::from_secs(1), budget: 6, ..still(&mut Nobody, &mut |_, _| {}) },
        &mut server,
    );
    // None before the first, and no time has passed between the others.
    assert_eq!(done.requests, 6);
    assert_eq!(*waits.borrow(), [Duration::from_secs(1); 5]);
}

#[test]
fn a_server_that_is_gone_is_asked_once() {
    let mut server = Counting(0, |_, _: &_| Err(Trouble::NoConnection("127.0.0.1:9".to_owned())));
    let done = in_world(&mut still(&mut Nobody, &mut |_, _| {}), &mut server);
    assert_eq!((server.0, &done.ended), (1, &Ended::Network(Trouble::NoConnection("127.0.0.1:9".to_owned()))));
}

/// Somebody who gives a code once.
struct Asked(Vec<String>);

impl Owner for Asked {
    fn verifier(&mut self, url: &str) -> Result<String, String> {
        self.0.push(url.to_owned());
        Ok("code".to_owned())
    }
}

#[test]
fn a_person_is_asked_once_with_a_url_of_the_documented_names() {
    let means = Means { authorization: Authorization::Once, is_loopback: true, ..Means::of_client("k+y", b"some secret of it") };
    let plan = Plan::of(&moved(&shipped::profile("etrade").unwrap().unwrap(), "http://127.0.0.1:9"), Level::Rules, &means);
    let mut server = Counting(0, |number, _: &_| Ok(credentials(number)));
    let mut owner = Asked(Vec::new());
    conduct(&plan, &means, &mut server, &mut still(&mut owner, &mut |_, _| {}));
    assert_eq!(owner.0.len(), 1);
    // E*TRADE's own names, each value encoded once.
    assert!(owner.0[0].starts_with("http://127.0.0.1:9/e/t/etws/authorize?key=k%2By&token=token-"), "{}", owner.0[0]);
}
