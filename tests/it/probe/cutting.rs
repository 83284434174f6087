//! What is shown is cut, and what a server sends has no end: neither leaves a piece of a secret, nor takes more than a bounded amount of
//! anything.

use std::cell::Cell;

use countersign::implementation::live::{Incoming, Outgoing, Trouble};
use countersign::judgement::CaseRecord;
use countersign::probe::drift::{Recorded, compare};
use countersign::probe::judging::{Disclosure, judge_until};
use countersign::probe::record::{FIXTURES, PROFILE, record};
use countersign::probe::redaction::Known;
use countersign::probe::target::moved;
use countersign::probe::{Authorization, Conducted, Level, Means, Plan, judge};
use countersign::profile::fixture::Fixtures;
use countersign::profile::shipped;

use super::{Counting, answer, conducted};

const CANARY: &str = "c4nary-of-the-client-that-is-long";
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

fn means() -> Means {
    Means { is_loopback: true, ..Means::of_client("canary-client", CANARY.as_bytes()) }
}

fn plan(level: Level, means: &Means) -> Plan {
    Plan::of(&moved(&shipped::profile("rfc5849").unwrap().unwrap(), "http://127.0.0.1:9"), level, means)
}

fn closed(means: &Means, conducted: &Conducted) -> Disclosure {
    let secrets = means.secret.iter().chain(&conducted.secrets).cloned().collect();
    Disclosure { secrets, codes: conducted.codes.clone(), ..Disclosure::default() }
}

/// The records of a probe of this server, as text.
fn told(level: Level, server: impl FnMut(usize, &Outgoing) -> Result<Incoming, Trouble>) -> (Vec<CaseRecord>, String) {
    let means = means();
    let plan = plan(level, &means);
    let conducted = conducted(&plan, &means, &mut Counting(0, server));
    let records = judge(&plan, &means, &conducted, &closed(&means, &conducted)).records;
    let text = format!("{records:?}");
    (records, text)
}

#[track_caller]
fn holds_nothing(text: &str, why: &str) {
    let at = text.find("c4n").or_else(|| text.find("%634"));
    let around = at.map(|at| text.chars().skip(at.saturating_sub(60)).take(160).collect::<String>());
    assert!(at.is_none(), "{why}: …{}…", around.unwrap_or_default());
}

#[test]
fn secrets_are_taken_out_before_a_text_is_cut() {
    let percent: String = CANARY.bytes().map(|octet| format!("%{octet:02x}")).collect();
    let (form, place) = ("oauth_problem", "http://127.0.0.1:9/");
    let mut seen = 0;
    for secret in [CANARY, &percent] {
        // With the secret one octet later each time, the cut comes to every place in it: of a body, a field, words of a problem in a sentence
        // and by themselves, and an address.
        for before in (1335..1368).chain(570..601) {
            let filler = "x ".repeat(before / 2);
            let (_, text) = told(Level::Controls, |_, _: &_| {
                Ok(answer(401, &[("X-Filled", &format!("{filler}{secret}"))], &format!("{filler}{secret}{}", " z".repeat(400))))
            });
            holds_nothing(&text, &format!("{before} {secret}"));
            seen += usize::from(text.contains("(redacted)"));
        }
        for before in (30..61).chain(370..401) {
            let word = "y".repeat(before) + "_";
            // The second is told in a sentence of its own.
            for more in ["", "&about=signature"] {
                let body = format!("{form}={word}{secret}&{form}_advice={word}{secret}{more}");
                let (_, text) = told(Level::Controls, |_, _: &_| Ok(answer(401, &[FORM], &body)));
                holds_nothing(&text, &format!("{before} {secret}"));
            }
        }
        for before in 65..101 {
            let word = "y".repeat(before) + "_";
            let (_, text) = told(Level::Controls, |_, _: &_| Ok(answer(302, &[("Location", &format!("{place}{word}{secret}"))], "")));
            holds_nothing(&text, &format!("{before} {secret}"));
        }
    }
    assert!(seen > 100, "{seen}");
}

#[test]
fn names_of_parameters_and_fields_are_no_way_out() {
    let (records, text) = told(Level::Controls, |number, _: &_| {
        let body =
            format!("oauth_token=t-{number}&oauth_token_secret=s-{number}&oauth_callback_confirmed=true&{}{CANARY}=1", "n".repeat(50));
        Ok(answer(200, &[FORM, (&format!("X-{CANARY}"), "1\x01")], &body))
    });
    holds_nothing(&text, "names");
    assert!(text.contains("answer.parameter-unknown") && text.contains("answer.field-control"), "{records:?}");
}

#[test]
fn a_server_that_speaks_no_http_says_nothing_of_a_secret_either() {
    for length in 4..CANARY.len() {
        // As the network shows it: the beginning of a line, cut.
        let shown = format!("the first line is \"SSH-2.0 {}…\"", &CANARY[..length]);
        let (_, text) = told(Level::Controls, |_, _: &_| Err(Trouble::NotHttp(shown.clone())));
        assert!(text.contains("SSH-2.0"));
        holds_nothing(&text, &shown);
    }
}

#[test]
fn what_is_masked_tells_its_length_and_no_hash() {
    let (_, text) = told(Level::Controls, |number, _: &_| {
        Ok(answer(200, &[FORM], &format!("oauth_token=token-{number:010}&oauth_token_secret=secret-{number:010}")))
    });
    assert!(text.contains("oauth_token_secret=(17 octets)") && text.contains("oauth_signature=\\\"("), "{text}");
    assert!(!text.contains("sha256"), "{text}");
}

#[test]
fn a_short_code_is_blank_where_it_is_known() {
    let means = Means { authorization: Authorization::Freely, ..means() };
    let plan = plan(Level::Rules, &means);
    let mut server = Counting(0, |number, request: &Outgoing| {
        if request.url.contains("/authorize") {
            let page =
                format!("<p>AWXY4Z and WXY4ZA are words.</p><p>Your code: <code id=\"verifier\">WXY4Z</code> <i>WXY4Z</i></p>{number}");
            return Ok(answer(200, &[("Content-Type", "text/html")], &page));
        }
        Ok(answer(200, &[FORM], &format!("oauth_token=t-{number}&oauth_token_secret=s-{number}&oauth_callback_confirmed=true")))
    });
    let conducted = conducted(&plan, &means, &mut server);
    let pages = |disclosure: &Disclosure| -> String {
        let records = judge(&plan, &means, &conducted, disclosure).records;
        records.iter().filter(|record| record.id.starts_with("auth.")).map(|record| format!("{:?}", record.exchange)).collect()
    };
    let open = pages(&Disclosure { is_open: true, ..Disclosure::default() });
    assert!(open.contains(">WXY4Z<"), "{open}");
    let shown = pages(&closed(&means, &conducted));
    assert!(shown.contains("AWXY4Z and WXY4ZA are words") && !shown.contains(">WXY4Z<"), "{shown}");
}

#[test]
fn however_much_a_server_gives_what_is_kept_and_looked_for_is_bounded() {
    let means = Means { authorization: Authorization::Freely, ..means() };
    let plan = plan(Level::Attacks, &means);
    let mut asked = 0_usize;
    let mut server = Counting(0, |number, _: &_| {
        asked = number;
        let long = format!("{number:08}-").repeat(60_000 / 9);
        Ok(answer(200, &[FORM, ("Location", "/")], &format!("oauth_token={long}&oauth_token_secret={long}x&oauth_callback_confirmed=true")))
    });
    let conducted = conducted(&plan, &means, &mut server);
    assert!(asked > 100, "{asked}");
    // What is looked for.
    let octets: usize = conducted.secrets.iter().map(|secret| secret.expose().len()).sum();
    assert!(octets <= 1 << 20 && conducted.secrets.iter().all(|secret| secret.expose().len() <= 4096), "{octets}");
    assert!(octets > 1 << 19, "{octets}");
    let known = Known::of(&conducted.secrets, &conducted.codes);
    assert!(known.len() <= 2 * octets, "{} in {octets}", known.len());
    // What is sent: no request carries a token of that length.
    let hops = || conducted.exchanged.iter().flat_map(|exchanged| exchanged.errands.iter().chain(&exchanged.first).chain(&exchanged.hop));
    let token = |hop: &countersign::probe::conduct::Hop| {
        let lengths = hop.parameters.iter().filter(|(name, _)| name == "oauth_token").map(|(_, value)| value.len());
        lengths.chain([hop.outgoing.url.len()]).max().unwrap()
    };
    assert!(hops().all(|hop| token(hop) < 30_000));
    // What is kept of the answers.
    let kept: usize = hops().filter_map(|hop| hop.answer.as_ref().ok()).map(|read| read.response.octets().len()).sum();
    assert!(kept < 24 << 20, "{kept}");
    // And what is told.
    let records = judge(&plan, &means, &conducted, &closed(&means, &conducted)).records;
    let text: usize = records.iter().map(|record| format!("{record:?}").len()).sum();
    assert!(text < 4 << 20, "{text}");
}

#[test]
fn judging_ends_when_somebody_interrupts() {
    let means = means();
    let plan = plan(Level::Rules, &means);
    let mut server = Counting(0, |number, _: &_| {
        Ok(answer(200, &[FORM], &format!("oauth_token=t-{number}&oauth_token_secret=s-{number}&oauth_callback_confirmed=true")))
    });
    let conducted = conducted(&plan, &means, &mut server);
    let asked = Cell::new(0);
    let interrupted = || {
        asked.set(asked.get() + 1);
        asked.get() > 3
    };
    let judged = judge_until(&plan, &means, &conducted, &Disclosure::default(), &interrupted);
    assert_eq!((judged.records.len(), judged.is_interrupted), (3, true));
    let whole = judge(&plan, &means, &conducted, &Disclosure::default());
    assert!(whole.records.len() > 20 && !whole.is_interrupted);
    assert_eq!(format!("{:?}", whole.records[..3].to_vec()), format!("{:?}", judged.records));
}

#[test]
fn what_has_changed_is_told_without_a_piece_of_a_secret() {
    let means = means();
    let plan = plan(Level::Controls, &means);
    let given = |location: &str, problem: &str| {
        let headers = [("Location", format!("http://127.0.0.1:9/{location}"))];
        let body = format!("oauth_problem={problem}");
        let mut server = Counting(0, |_, _: &_| Ok(answer(302, &[FORM, (headers[0].0, &headers[0].1)], &body)));
        conducted(&plan, &means, &mut server)
    };
    let before = given("before", "token_rejected");
    let recording = record(&plan, &means, &before, &closed(&means, &before));
    let text = &recording.files.iter().find(|(name, _)| *name == FIXTURES).unwrap().1;
    let mut seen = 0;
    for length in (40..90).chain(180..250) {
        let word = "y".repeat(length) + "_";
        let after = given(&format!("{word}{CANARY}"), &format!("{word}{CANARY}"));
        let recorded = Recorded::of(vec![Fixtures::parse(FIXTURES, text).unwrap()], &plan.profile.id);
        let drift = compare(&plan, &after, &recorded, &closed(&means, &after));
        let told = format!("{:?}", drift.records);
        assert!(told.contains("drift.fields") && told.contains("drift.problem"), "{told}");
        holds_nothing(&told, &format!("{length}"));
        seen += usize::from(told.contains("(redacted)"));
    }
    assert!(seen > 100, "{seen}");
}

#[test]
fn a_recording_has_no_field_that_is_named_like_a_secret_of_before() {
    let means = means();
    let plan = plan(Level::Rules, &means);
    let mut server = Counting(0, |number: usize, _: &_| {
        let before = format!("X-kestrel-secret-{:04}", number.saturating_sub(1));
        let body = format!("oauth_token=t-{number}&oauth_token_secret=kestrel-secret-{number:04}&oauth_callback_confirmed=true");
        Ok(answer(200, &[FORM, (&before, "1"), (&format!("X-{CANARY}"), "1"), ("X-Plain", "1")], &body))
    });
    let conducted = conducted(&plan, &means, &mut server);
    let recording = record(&plan, &means, &conducted, &closed(&means, &conducted));
    assert!(recording.exchanges > 20);
    for (name, text) in &recording.files {
        assert!(!text.contains("X-kestrel") && !text.contains("kestrel-secret-") && !text.contains(CANARY), "{name}");
        assert!(*name == PROFILE || text.contains("X-Plain"), "{name}");
    }
}
