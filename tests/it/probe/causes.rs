//! Why a good request was not answered: answers as providers gave them, each with the cause that must be told.

use countersign::implementation::live::{Incoming, Outgoing, Trouble};
use countersign::probe::judging::Disclosure;
use countersign::probe::target::moved;
use countersign::probe::{Authorization, Level, Means, Plan, judge};
use countersign::profile::shipped;

use super::{Counting, answer, conducted, found, means};

/// Half a minute ahead of the clock of these tests, which stands at 1 700 000 000.
const NOW: &str = "Tue, 14 Nov 2023 22:13:50 GMT";

#[track_caller]
fn tells(profile: &str, status: u16, headers: &[(&str, &str)], body: &str, cause: &str) {
    let means = Means { authorization: Authorization::Never, ..means() };
    let plan = Plan::of(&moved(&shipped::profile(profile).unwrap().unwrap(), "http://127.0.0.1:9"), Level::Controls, &means);
    let mut server = Counting(0, |_, _: &_| Ok(answer(status, headers, body)));
    let conducted = conducted(&plan, &means, &mut server);
    let records = judge(&plan, &means, &conducted, &Disclosure::default()).records;
    let first = found(&records[..1]);
    assert_eq!(first.first().map(String::as_str), Some(format!("rt.control-first: {cause}").as_str()), "{status} {body}: {first:?}");
    // Every cause says what to do.
    assert!(records[0].exchange.as_ref().unwrap().advice.is_some(), "{cause}");
}

#[test]
fn causes_are_told_apart() {
    let html = &[("Content-Type", "text/html"), ("Date", NOW)][..];
    let page = |problem: &str| format!("<html><h1>HTTP Status 401 - oauth_problem={problem}</h1></html>");
    // The threads are those of the facts on live providers: E1, E4, E5, E7, E10, E18 and their like.
    tells("etrade", 401, html, &page("signature_invalid"), "signature.wrong");
    tells("etrade", 401, html, &page("consumer_key_rejected"), "client.rejected");
    tells("etrade", 401, html, &page("token_rejected"), "token.rejected");
    tells("etrade", 400, html, "<html><p>Number of requests exceeded the rate limit set</p></html>", "server.rate-limit");
    tells("etrade", 400, html, "<html><h1>Bad Request</h1></html>", "answer.bare");
    tells("yahoo", 401, &[], "oauth_problem=consumer_key_unknown", "client.unknown");
    tells("yahoo", 400, &[], "oauth_problem=parameter_rejected&oauth_parameters_rejected=oauth_callback", "callback.refused");
    tells("tumblr", 400, &[], "Out-of-band (\"oob\") callbacks are not supported by this implementation.", "callback.refused");
    tells(
        "twitter",
        403,
        &[("Content-Type", "application/json")],
        "{\"errors\":[{\"code\":415,\"message\":\"not approved\"}]}",
        "callback.refused",
    );
    tells(
        "twitter",
        401,
        &[("Content-Type", "application/json"), ("Date", "Tue, 14 Nov 2023 23:13:20 GMT")],
        "{\"errors\":[{\"code\":135,\"message\":\"Timestamp out of bounds\"}]}",
        "clock.skew",
    );
    tells(
        "twitter",
        401,
        &[("Content-Type", "application/json"), ("Date", "Tue, 14 Nov 2023 22:13:20 GMT")],
        "{\"errors\":[{\"code\":135,\"message\":\"Timestamp out of bounds\"}]}",
        "server.clock",
    );
    tells(
        "rfc5849",
        401,
        &[("Date", NOW)],
        "oauth_problem=timestamp_refused&oauth_acceptable_timestamps=1700003300-1700003900",
        "server.clock",
    );
    tells("rfc5849", 401, &[], "oauth_problem=timestamp_refused&oauth_acceptable_timestamps=1700003300-1700003900", "clock.skew");
    tells("rfc5849", 400, &[], "oauth_problem=parameter_absent&oauth_parameters_absent=oauth_consumer_key%26oauth_nonce", "header.lost");
    tells("rfc5849", 400, &[], "No OAuth parameters supplied", "header.lost");
    tells("rfc5849", 400, &[], "oauth_problem=parameter_absent&oauth_parameters_absent=scope", "parameter.absent");
    tells("rfc5849", 301, &[("Location", "https://www.provider.example/initiate")], "", "answer.redirect");
    tells("rfc5849", 404, &[], "", "server.moved");
    tells("rfc5849", 400, &[], "{\"error\": \"v1_retired\"}", "server.retired");
    tells("rfc5849", 500, html, "<h1>oops</h1>", "server.error");
    tells("rfc5849", 503, html, "<h1>back soon</h1>", "server.unavailable");
    tells("rfc5849", 200, html, "<html><h1>log in</h1></html>", "answer.page");
    tells("rfc5849", 200, &[], "{\"oauth_token\":\"t\"}", "answer.not-form");
    tells("rfc5849", 200, &[], "", "answer.empty");
    tells("rfc5849", 401, &[("WWW-Authenticate", "Basic realm=\"x\"")], "", "answer.other-scheme");
    tells("rfc5849", 401, &[], "", "answer.bare");
    tells("rfc5849", 401, &[], "oauth_problem=OST_OAUTH_SIGNATURE_INVALID_ERROR", "signature.wrong");
    tells("rfc5849", 401, &[], "oauth_problem=something_else", "problem.unknown");
}

/// The first finding of a probe of this server.
fn first_cause(server: impl FnMut(usize, &Outgoing) -> Result<Incoming, Trouble>) -> String {
    let means = Means { authorization: Authorization::Never, ..means() };
    let plan = Plan::of(&moved(&shipped::profile("rfc5849").unwrap().unwrap(), "http://127.0.0.1:9"), Level::Controls, &means);
    let conducted = conducted(&plan, &means, &mut Counting(0, server));
    let records = judge(&plan, &means, &conducted, &Disclosure::default()).records;
    found(&records[..1]).first().cloned().unwrap_or_default()
}

#[test]
fn a_refusal_that_repeats_the_request_says_nothing_with_it() {
    let header = |request: &Outgoing| {
        let field = request.headers.iter().find(|(name, _)| name == "Authorization");
        String::from_utf8_lossy(&field.unwrap().1).into_owned()
    };
    let json = |request: &Outgoing| serde_json::json!({ "headers": { "authorization": header(request) } }).to_string();
    assert_eq!(first_cause(|_, request| Ok(answer(401, &[], &format!("you sent {}", header(request))))), "rt.control-first: answer.bare");
    assert_eq!(first_cause(|_, request| Ok(answer(401, &[], &json(request)))), "rt.control-first: answer.bare");
    let form = "oauth_token=abc&oauth_token_secret=def&oauth_callback_confirmed=true";
    for status in [400, 401, 403] {
        assert_eq!(first_cause(|_, _| Ok(answer(status, &[], form))), "rt.control-first: answer.bare", "{status}");
    }
    // What it says beside that is heard.
    let says = |text: &'static str| move |_: usize, request: &Outgoing| Ok(answer(401, &[], &format!("{text}: {}", header(request))));
    assert_eq!(first_cause(says("the callback is not registered")), "rt.control-first: callback.refused");
    assert_eq!(first_cause(says("Invalid signature")), "rt.control-first: signature.wrong");
    assert_eq!(first_cause(|_, _| Ok(answer(401, &[], "oauth_callback=oob is not allowed"))), "rt.control-first: callback.refused");
}

#[test]
fn a_date_that_is_further_away_than_timestamps_may_be_is_told_with_what_it_means() {
    let form = "oauth_token=abc&oauth_token_secret=def&oauth_callback_confirmed=true";
    let probed = |date: &'static str| {
        let means = Means { authorization: Authorization::Never, ..means() };
        let plan = Plan::of(&moved(&shipped::profile("rfc5849").unwrap().unwrap(), "http://127.0.0.1:9"), Level::Controls, &means);
        let fields = [("Content-Type", "application/x-www-form-urlencoded"), ("Date", date)];
        let conducted = conducted(&plan, &means, &mut Counting(0, |_, _: &Outgoing| Ok(answer(200, &fields, form))));
        let records = judge(&plan, &means, &conducted, &Disclosure::default()).records;
        let told: Vec<String> = found(&records).into_iter().filter(|found| found.contains("answer.date-away")).collect();
        (told, format!("{records:?}"))
    };
    for (date, side) in [
        ("Fri, 31 Dec 9999 23:59:59 GMT", "ahead of"),
        ("Sun, 13 Nov 2022 22:13:20 GMT", "behind"),
        ("Tue, 14 Nov 2023 22:18:21 GMT", "301 s ahead of"),
    ] {
        let (told, text) = probed(date);
        assert_eq!(told, ["rt.control-first: answer.date-away"], "{date}");
        assert!(
            text.contains(&format!("{side} this machine's clock")) && text.contains("refused by a server whose clock is right"),
            "{text}"
        );
    }
    for date in ["Tue, 14 Nov 2023 22:18:20 GMT", "Tue, 14 Nov 2023 22:08:20 GMT", "no date"] {
        assert!(probed(date).0.is_empty(), "{date}");
    }
}

#[test]
fn a_base_string_that_the_server_shows_is_compared_with_ours() {
    let means = Means { authorization: Authorization::Never, ..means() };
    let plan = Plan::of(&moved(&shipped::profile("rfc5849").unwrap().unwrap(), "http://127.0.0.1:9"), Level::Controls, &means);
    // A server behind something that ends TLS signs another scheme.
    let mut server = Counting(0, |_, request: &countersign::implementation::live::Outgoing| {
        let header = String::from_utf8_lossy(&request.headers.iter().find(|(name, _)| name == "Authorization").unwrap().1).into_owned();
        let mut pairs: Vec<String> = header.trim_start_matches("OAuth ").split(", ").map(|pair| pair.replace('"', "")).collect();
        pairs.retain(|pair| !pair.starts_with("oauth_signature="));
        pairs.sort();
        let joined = pairs.join("&").replace('%', "%25").replace('&', "%26").replace('=', "%3D");
        let base = format!("POST&https%3A%2F%2F127.0.0.1%3A9%2Finitiate&{joined}");
        Ok(answer(401, &[], &format!("Invalid signature. Expected signature base string: {base}")))
    });
    let conducted = conducted(&plan, &means, &mut server);
    let records = judge(&plan, &means, &conducted, &Disclosure::default()).records;
    let countersign::judgement::Observed::Findings(found) = &records[0].observed else { panic!() };
    let (rule, because) = &found.findings[0];
    assert!(rule == "signature.wrong" && because.contains("input.scheme:https"), "{rule}: {because}");
}
