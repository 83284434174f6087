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

/// Base32 by RFC 4648, a bit at a time.
fn base32(octets: &[u8]) -> String {
    let bits: Vec<u8> = octets.iter().flat_map(|octet| (0..8).rev().map(move |bit| octet >> bit & 1)).collect();
    let sign = |group: &[u8]| {
        let value = group.iter().chain(&[0; 4]).take(5).fold(0, |value, bit| value << 1 | usize::from(*bit));
        char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[value])
    };
    bits.chunks(5).map(sign).collect()
}

/// A secret in every writing, by rules that are written down here and nowhere else.
fn writings(secret: &str) -> Vec<String> {
    let json = serde_json::Value::String(secret.to_owned()).to_string();
    let json = json.strip_prefix('"').unwrap().strip_suffix('"').unwrap();
    let each = |write: fn(u8) -> String| -> String { secret.bytes().map(write).collect() };
    let letters = |write: fn(char) -> String| -> String { secret.chars().map(write).collect() };
    let pairs = |sign: &str| secret.bytes().map(|octet| format!("{octet:02x}")).collect::<Vec<_>>().join(sign);
    vec![
        secret.to_owned(),
        encoded(secret),
        encoded(secret).to_ascii_lowercase(),
        encoded(secret).to_ascii_uppercase(),
        encoded(&encoded(secret)),
        encoded(&encoded(&encoded(secret))),
        encoded(secret).replace("%20", "+"),
        each(|octet| format!("%{octet:02x}")),
        each(|octet| format!("%{octet:02X}")),
        each(|octet| format!("%25{octet:02x}")),
        json.to_owned(),
        json.replace('é', "\\u00e9"),
        json.replace('\\', "\\\\"),
        letters(|letter| format!("\\u{:04x}", u32::from(letter))),
        letters(|letter| format!("\\u{{{:x}}}", u32::from(letter))),
        each(|octet| format!("\\x{octet:02x}")),
        each(|octet| format!("\\{octet:03o}")),
        escaped(secret),
        escaped(&escaped(secret)),
        letters(|letter| format!("&#{};", u32::from(letter))),
        letters(|letter| format!("&#x{:x};", u32::from(letter))),
        letters(|letter| format!("&#x{:04X};", u32::from(letter))),
        letters(|letter| format!("&#{}", u32::from(letter))),
        letters(|letter| format!("&#x{:x}", u32::from(letter))),
        letters(|letter| format!("&#{} ", u32::from(letter))),
        letters(|letter| format!("%u{:04x}", u32::from(letter))),
        letters(|letter| format!("%u{:04X}", u32::from(letter))),
        each(|octet| format!("={octet:02X}")),
        letters(|letter| format!("{letter}=\r\n")),
        each(|octet| format!("={octet:02X}=\n")),
        STANDARD.encode(secret),
        STANDARD.encode(format!("a{secret}b")),
        STANDARD.encode(format!("ab{secret}c")),
        URL_SAFE_NO_PAD.encode(format!("{secret}&")),
        STANDARD.encode(STANDARD.encode(format!("a{secret}"))),
        STANDARD.encode(encoded(secret)),
        encoded(&STANDARD.encode(format!("k:{secret}"))),
        base32(secret.as_bytes()),
        base32(format!("abc{secret}").as_bytes()),
        base32(secret.as_bytes()).to_ascii_lowercase(),
        pairs(""),
        pairs("").to_ascii_uppercase(),
        pairs(" "),
        pairs(":").to_ascii_uppercase(),
        pairs(", 0x"),
        secret.bytes().map(|octet| octet.to_string()).collect::<Vec<_>>().join(","),
        secret.chars().rev().collect(),
        secret.to_ascii_uppercase(),
    ]
}

/// What must be nowhere: the middle of each writing.
fn traces(secret: &str) -> Vec<String> {
    let middle = |writing: &String| {
        let letters: Vec<char> = writing.chars().collect();
        letters[letters.len() / 4..letters.len() * 3 / 4].iter().collect::<String>()
    };
    writings(secret).iter().map(middle).collect()
}

/// The writings that an answer holds: few at a time, because not all of an answer is shown.
fn some(number: usize) -> String {
    let all = [writings(CANARY), writings(TOKEN_CANARY)].concat();
    let some: Vec<String> = all.iter().cycle().skip(number / 2 * 3 % all.len()).take(3).cloned().collect();
    some.join("\n")
}

/// A server that gives credentials and otherwise repeats everything, with the secrets that it knows.
fn serve(number: usize, request: &Outgoing) -> Incoming {
    if number == 1 || number.is_multiple_of(2) {
        let body = format!("oauth_token=token-{number:08}-abc&oauth_token_secret={}&oauth_callback_confirmed=true", encoded(TOKEN_CANARY));
        return answer(200, &[("Content-Type", "application/x-www-form-urlencoded"), ("X-Echo", &encoded(CANARY))], &body);
    }
    let sent: String = request.headers.iter().map(|(name, value)| format!("{name}: {}\n", String::from_utf8_lossy(value))).collect();
    let body =
        format!("oauth_problem=signature_invalid&oauth_problem_advice={}\n{}\n{}\n{sent}", encoded(CANARY), some(number), request.url);
    let last = some(number + 1).lines().last().unwrap_or_default().to_owned();
    answer(401, &[("WWW-Authenticate", &format!("OAuth oauth_problem=\"{CANARY}\"")), ("X-Key", CANARY), ("X-Writing", &last)], &body)
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
    let traces = [traces(CANARY), traces(TOKEN_CANARY), vec!["c4nary".to_owned(), "t0ken".to_owned()]].concat();
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
    let plan = Plan::of(&moved(&shipped::profile("rfc5849").unwrap().unwrap(), "http://127.0.0.1:9"), Level::Attacks, &means);
    let mut server = Counting(0, |number, request: &_| Ok(serve(number, request)));
    let conducted = conducted(&plan, &means, &mut server);
    let records = judge(&plan, &means, &conducted, &Disclosure { is_open: true, ..Disclosure::default() }).records;
    let all: String = records.iter().filter_map(|record| record.exchange.as_ref()?.response.clone()).collect();
    for writing in [writings(CANARY), writings(TOKEN_CANARY)].concat() {
        assert!(all.contains(&writing), "{writing}");
    }
}
