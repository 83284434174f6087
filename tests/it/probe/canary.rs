//! Secrets are in no report, in no writing: a server tells again all that it was sent, in every encoding there is.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use countersign::implementation::live::{Incoming, Outgoing};
use countersign::judgement::{EventLines, Run, RunStart, Runner, Sinks, Surroundings};
use countersign::probe::judging::Disclosure;
use countersign::probe::target::moved;
use countersign::probe::{Level, Means, Plan, judge};
use countersign::profile::shipped;
use countersign::protocol::{Buffer, Secret, percent_encode};
use countersign::report::{Format, render};

use super::{Counting, answer, conducted};

/// Ends in what each encoding writes in its own way.
const CANARY: &str = "c4nary/of+the\"client&<é>";
const TOKEN_CANARY: &str = "t0ken'of=the%server?~x";

fn encoded(text: &str) -> String {
    let mut out = Buffer::default();
    percent_encode(text.as_bytes(), &mut out);
    String::from_utf8(out.to_vec()).unwrap()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// A secret in every writing.
fn writings(secret: &str) -> Vec<String> {
    let json = serde_json::Value::String(secret.to_owned()).to_string();
    vec![
        secret.to_owned(),
        encoded(secret),
        encoded(secret).to_ascii_lowercase(),
        encoded(&encoded(secret)),
        encoded(secret).replace("%20", "+"),
        json.trim_matches('"').to_owned(),
        json.trim_matches('"').replace('é', "\\u00e9"),
        escaped(secret),
        STANDARD.encode(secret),
        STANDARD.encode(format!("a{secret}b")),
        STANDARD.encode(format!("ab{secret}c")),
        URL_SAFE_NO_PAD.encode(format!("{secret}&")),
        secret.bytes().map(|octet| format!("{octet:02x}")).collect(),
        secret.bytes().map(|octet| format!("{octet:02X}")).collect(),
    ]
}

/// What must be nowhere: parts that survive every writing.
fn traces(secret: &str, part: &str) -> Vec<String> {
    let hex: String = part.bytes().map(|octet| format!("{octet:02x}")).collect();
    let mut all = vec![part.to_owned(), hex.clone(), hex.to_ascii_uppercase()];
    // The middle of base64 at each alignment.
    for before in ["", "a", "ab"] {
        let text = STANDARD.encode(format!("{before}{secret}"));
        all.push(text.get(4..16).unwrap().to_owned());
    }
    all
}

/// A server that gives credentials and otherwise repeats everything, with the secrets that it knows.
fn serve(number: usize, request: &Outgoing) -> Incoming {
    if number == 1 || number.is_multiple_of(2) {
        let body = format!("oauth_token=token-{number:08}-abc&oauth_token_secret={}&oauth_callback_confirmed=true", encoded(TOKEN_CANARY));
        return answer(200, &[("Content-Type", "application/x-www-form-urlencoded"), ("X-Echo", &encoded(CANARY))], &body);
    }
    let sent: String = request.headers.iter().map(|(name, value)| format!("{name}: {}\n", String::from_utf8_lossy(value))).collect();
    let all = [writings(CANARY), writings(TOKEN_CANARY)].concat().join("\n");
    let body = format!("oauth_problem=signature_invalid&oauth_problem_advice={}\n{}\n{sent}\n{all}", encoded(CANARY), request.url);
    answer(401, &[("WWW-Authenticate", &format!("OAuth oauth_problem=\"{CANARY}\"")), ("X-Key", CANARY)], &body)
}

#[test]
fn no_report_holds_a_secret_in_any_writing() {
    let means = Means { is_loopback: true, ..Means::of_client("canary-client", CANARY.as_bytes()) };
    let plan = Plan::of(&moved(&shipped::profile("rfc5849").unwrap().unwrap(), "http://127.0.0.1:9"), Level::Attacks, &means);
    let mut server = Counting(0, |number, request: &_| Ok(serve(number, request)));
    let conducted = conducted(&plan, &means, &mut server);
    let secrets: Vec<Secret> = means.secret.iter().cloned().chain(conducted.secrets.iter().cloned()).collect();
    let records = judge(&plan, &means, &conducted, &Disclosure { secrets, ..Disclosure::default() }).records;
    assert!(records.len() > 50);
    // What was signed is not there either: with a base string it could be guessed from.
    let signatures: Vec<String> = conducted
        .exchanged
        .iter()
        .flat_map(|exchanged| exchanged.hop.iter().chain(&exchanged.first))
        .flat_map(|hop| &hop.parameters)
        .filter(|(name, value)| name == "oauth_signature" && value.len() > 20)
        .map(|(_, value)| encoded(&String::from_utf8_lossy(value)))
        .collect();
    assert!(signatures.len() > 20);
    let (mut run, mut events) = (Run::collector(true), EventLines::new(Vec::new()));
    {
        let mut sinks = Sinks(vec![&mut run, &mut events]);
        let start = RunStart { selected: records.len() as u64, ..RunStart::default() };
        let mut runner = Runner::start(start, Surroundings::STILL, &mut sinks).unwrap();
        records.iter().for_each(|record| runner.tell(record).unwrap());
        runner.finish().unwrap();
    }
    let mut outputs = vec![("events".to_owned(), events.into_inner())];
    for format in Format::ALL {
        let mut out = Vec::new();
        render(std::slice::from_ref(&run), *format, &mut out).unwrap();
        outputs.push((format!("{format:?}"), out));
    }
    let traces = [traces(CANARY, "c4nary"), traces(TOKEN_CANARY, "t0ken")].concat();
    let mut holds_redacted = false;
    for (name, output) in outputs {
        let text = String::from_utf8_lossy(&output);
        holds_redacted |= text.contains("(redacted)");
        for trace in &traces {
            let at = text.find(trace.as_str());
            assert!(
                at.is_none(),
                "{name} holds {trace}: …{}…",
                at.map(|at| text.get(at.saturating_sub(80)..).unwrap_or_default().chars().take(200).collect::<String>())
                    .unwrap_or_default()
            );
        }
        for signature in &signatures {
            assert!(!text.contains(signature.as_str()), "{name} holds the signature {signature}");
        }
    }
    assert!(holds_redacted);
}

#[test]
fn what_is_open_shows_everything() {
    // Otherwise the test above would pass for want of anything to find.
    let means = Means { is_loopback: true, ..Means::of_client("canary-client", CANARY.as_bytes()) };
    let plan = Plan::of(&moved(&shipped::profile("rfc5849").unwrap().unwrap(), "http://127.0.0.1:9"), Level::Controls, &means);
    let mut server = Counting(0, |number, request: &_| Ok(serve(number, request)));
    let conducted = conducted(&plan, &means, &mut server);
    let records = judge(&plan, &means, &conducted, &Disclosure { is_open: true, ..Disclosure::default() }).records;
    let all: String = records.iter().filter_map(|record| record.exchange.as_ref()?.response.clone()).collect();
    assert!(all.contains(&encoded(CANARY)) && all.contains(&encoded(TOKEN_CANARY)), "{all}");
}
