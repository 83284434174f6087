//! Secrets that a server tells in some other form than the one it should: none is in a report or in a recording, whatever writing and
//! whatever name it stands in.

use countersign::implementation::live::{Incoming, Outgoing, Trouble};
use countersign::probe::judging::Disclosure;
use countersign::probe::record::{PROFILE, Recording, record};
use countersign::probe::target::moved;
use countersign::probe::{Authorization, Conducted, Level, Means, Plan, judge};
use countersign::profile::shipped;
use countersign::protocol::Secret;

use super::{Counting, answer, conducted};

const OWN: &str = "c4nary-of-the-client-that-is-long";
/// What the server makes up, and tells in its own way.
const TOLD: &str = "Secr3tReal/XYZ+0123456789";

fn means() -> Means {
    Means { is_loopback: true, ..Means::of_client("canary-client", OWN.as_bytes()) }
}

fn plan(level: Level, means: &Means) -> Plan {
    Plan::of(&moved(&shipped::profile("rfc5849").unwrap().unwrap(), "http://127.0.0.1:9"), level, means)
}

fn closed(means: &Means, conducted: &Conducted) -> Disclosure {
    let secrets = means.secret.iter().chain(&conducted.secrets).cloned().collect();
    Disclosure { secrets, codes: conducted.codes.clone(), ..Disclosure::default() }
}

/// Everything that is told and written of a probe of this server.
fn told(means: &Means, level: Level, server: impl FnMut(usize, &Outgoing) -> Result<Incoming, Trouble>) -> (String, Recording, Conducted) {
    let plan = plan(level, means);
    let conducted = conducted(&plan, means, &mut Counting(0, server));
    let disclosure = closed(means, &conducted);
    let records = judge(&plan, means, &conducted, &disclosure).records;
    (format!("{records:?}"), record(&plan, means, &conducted, &disclosure), conducted)
}

fn encoded(text: &str) -> String {
    text.replace('/', "%2F").replace('+', "%2B")
}

#[track_caller]
fn holds_none(why: &str, secret: &str, texts: &[(&str, &str)]) {
    // The whole, and a piece that no writing changes.
    let piece: String = secret.chars().take_while(char::is_ascii_alphanumeric).collect();
    for (name, text) in texts {
        let at = text.find(&piece);
        let around = at.map(|at| text.get(at.saturating_sub(80)..).unwrap_or_default().chars().take(160).collect::<String>());
        assert!(at.is_none(), "{why}: {name} holds …{}…", around.unwrap_or_default());
    }
}

#[test]
fn a_secret_is_one_by_its_name_in_whatever_form_it_comes() {
    let form = "application/x-www-form-urlencoded";
    for (why, status, fields, body) in [
        ("json", 200, &[("Content-Type", "application/json")][..], "{\"oauth_token\":\"a\",\"oauth_token_secret\":\"@\"}"),
        ("json with escapes", 200, &[("Content-Type", "application/json")], "{\"oauth_token\":\"a\",\"oauth_token_secret\":\"#\"}"),
        ("location", 302, &[("Location", "/x?oauth_token=a&oauth_token_secret=%")], ""),
        ("page", 200, &[("Content-Type", "text/html")], "<pre>oauth_token=a&amp;oauth_token_secret=%</pre>"),
        ("table", 200, &[("Content-Type", "text/html")], "<td>oauth_token_secret</td><td>@</td>"),
        ("xml", 200, &[("Content-Type", "text/xml")], "<r><oauth_token>a</oauth_token><oauth_token_secret>@</oauth_token_secret></r>"),
        ("other names", 200, &[("Content-Type", form)], "token=a&token_secret=%&oauth_callback_confirmed=true"),
        ("capitals", 200, &[("Content-Type", form)], "OAUTH_TOKEN=a&OAUTH_TOKEN_SECRET=%&oauth_callback_confirmed=true"),
        ("field", 200, &[("X-Token-Secret", "@")], "oauth_token=abc&oauth_callback_confirmed=true"),
        ("refusal", 401, &[("Content-Type", form)], "oauth_problem=nonce_used&oauth_token=abc&oauth_token_secret=%"),
        ("refusal in json", 401, &[("Content-Type", "application/json")], "{\"consumer_secret\": \"@\", \"message\": \"#\"}"),
        (
            "good, and again",
            200,
            &[("X-Debug", "@ is the secret")],
            "oauth_token=abcdefgh&oauth_token_secret=%&oauth_callback_confirmed=true",
        ),
    ] {
        let write = |text: &str, number: usize| {
            // Another one with every answer.
            let secret = format!("{TOLD}-{number}");
            text.replace('@', &secret).replace('#', &secret.replace('/', "\\/").replace('+', "\\u002b")).replace('%', &encoded(&secret))
        };
        let server = |number: usize, _: &Outgoing| {
            let fields: Vec<(&str, String)> = fields.iter().map(|(name, value)| (*name, write(value, number))).collect();
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            Ok(answer(status, &fields, &write(body, number)))
        };
        let (reports, recording, conducted) = told(&means(), Level::Controls, server);
        let learnt = |secret: &Secret| secret.expose().starts_with(TOLD.as_bytes());
        assert!(conducted.secrets.iter().any(learnt), "{why}: it is learnt");
        let files = recording.files.iter().map(|(name, text)| (*name, text.as_str()));
        let texts: Vec<(&str, &str)> = files.chain([("the report", reports.as_str())]).collect();
        holds_none(why, TOLD, &texts);
        assert!(recording.exchanges > 0 && recording.withheld.is_empty(), "{why}: {:?}", recording.withheld);
    }
}

#[test]
fn more_secrets_than_are_learnt_are_masked_where_they_stand() {
    // None holds a part of another.
    let secret = |number: u64| format!("q{:016x}Z", (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let many: String = (0..300).map(|number| format!("\"token_secret\":\"{}\",", secret(number))).collect();
    let server = |_: usize, _: &Outgoing| Ok(answer(401, &[("Content-Type", "application/json")], &format!("{{{many}\"a\":1}}")));
    let (reports, recording, _) = told(&means(), Level::Controls, server);
    let files = recording.files.iter().map(|(name, text)| (*name, text.as_str()));
    for (name, text) in files.chain([("the report", reports.as_str())]) {
        let held = (0..300).filter(|number| text.contains(&secret(*number))).count();
        assert_eq!(held, 0, "{name}");
    }
    assert!(recording.exchanges > 0 && recording.files.iter().any(|(_, text)| text.contains("(18 octets)")));
}

#[test]
fn what_a_sweep_does_not_clean_is_not_recorded_and_told() {
    // What stands in the place of a secret holds it.
    let means = Means { is_loopback: true, ..Means::of_client("canary-client", b"redacted") };
    let server = |_: usize, _: &Outgoing| Ok(answer(401, &[], "it is &#114;edacted"));
    let (_, recording, _) = told(&means, Level::Controls, server);
    assert_eq!(recording.exchanges, 0);
    assert_eq!(recording.withheld, ["rt.control-first", "rt.control-last"]);
    assert!(recording.files.iter().all(|(_, text)| !text.contains("redacted")));
}

#[test]
fn a_profile_is_recorded_without_characters_that_deceive() {
    let means = means();
    let mut plan = plan(Level::Controls, &means);
    plan.profile.about = "a\u{7f}b\u{9b}31mc\u{202e}".to_owned();
    let conducted = conducted(&plan, &means, &mut Counting(0, |_, _: &Outgoing| Ok(answer(401, &[], "\u{9b}no\u{202e}\u{7f}"))));
    let recording = record(&plan, &means, &conducted, &closed(&means, &conducted));
    for (name, text) in &recording.files {
        let odd = text.chars().find(|letter| *letter != '\n' && !(' '..='~').contains(letter) && letter.is_control());
        assert!(odd.is_none() && !text.contains('\u{202e}'), "{name}: {odd:?}");
    }
    let (_, profile) = recording.files.iter().find(|(name, _)| *name == PROFILE).unwrap();
    let read: serde_json::Value = serde_json::from_str(profile).unwrap();
    assert_eq!(read["about"], plan.profile.about.as_str());
}

/// What a page shows where codes stand, with the rest of the flow.
fn with_page(page: &str) -> (String, Recording, Conducted) {
    let means = Means { authorization: Authorization::Freely, ..means() };
    let server = |number: usize, request: &Outgoing| {
        let given = format!("oauth_token=token-{number:08}&oauth_token_secret=of-that-{number:08}&oauth_callback_confirmed=true");
        Ok(if request.url.contains("/authorize") {
            answer(200, &[("Content-Type", "text/html")], page)
        } else {
            answer(200, &[("Content-Type", "application/x-www-form-urlencoded")], &given)
        })
    };
    told(&means, Level::Controls, server)
}

#[test]
fn a_code_that_a_page_shows_is_told_to_nobody_whether_it_can_be_used_or_not() {
    for page in [
        "<p>your code: <code id=\"verifier\">VeriF13rCanary77</code></p> VeriF13rCanary77",
        // What stands behind the code makes it one that nobody sends.
        "<h1>\u{1b}[31m<code id=\"verifier\">VeriF13rCanary77\u{1b}]0;a\u{7}</code>",
        "<b class='oauth_verifier'>VeriF13rCanary77</b>",
        "<code id=\"verifier\">ok</code><code id=\"pin\">VeriF13rCanary77 and this</code>",
        "<a href=\"/callback?oauth_token=a&amp;oauth_verifier=VeriF13rCanary77\">go on</a> VeriF13rCanary77",
    ] {
        let (reports, recording, conducted) = with_page(page);
        let asked = conducted
            .exchanged
            .iter()
            .any(|exchanged| exchanged.errands.iter().chain(&exchanged.hop).any(|hop| hop.outgoing.url.contains("/authorize")));
        assert!(asked && reports.contains("/authorize"), "{reports}");
        let files = recording.files.iter().map(|(name, text)| (*name, text.as_str()));
        let texts: Vec<(&str, &str)> = files.chain([("the report", reports.as_str())]).collect();
        holds_none(page, "VeriF13rCanary77", &texts);
    }
}
