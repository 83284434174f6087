//! The judge, rule by rule.

use super::{answer, answered, case, encode, encoding, refuse, refused, request};
use crate::implementation::{Break, Observation};
use crate::judgement::difference::MAX_DIFFERENCES;
use crate::judgement::{Declared, Difference, Judgement, Met, Side, Verdict, judge};
use crate::vectors::question::{HeaderInput, SignInput, Transmission, VerifyInput};
use crate::vectors::{Case, Expectation, Level, Output, Pair, Question, Stages, Status, Text};

const ALL: Declared = Declared { codes: true, transmission: true };
const NONE: Declared = Declared { codes: false, transmission: false };

fn told(differences: &[Difference]) -> Vec<String> {
    let side = |side: &Side| match side {
        Side::Absent => "-".to_owned(),
        Side::Value(value) => format!("{value:?}"),
        Side::Words(words) => words.clone(),
    };
    let at = |difference: &Difference| difference.first_difference.map_or(String::new(), |at| format!(" @{at}"));
    differences.iter().map(|one| format!("{}: {} / {}{}", one.what, side(&one.expected), side(&one.observed), at(one))).collect()
}

#[track_caller]
fn passes(case: &Case, observation: &Observation, declared: Declared) -> Judgement {
    let judgement = judge(case, observation, declared);
    assert_eq!(judgement.verdict, Verdict::Pass, "{:?}", told(&judgement.differences));
    judgement
}

#[track_caller]
fn fails(case: &Case, observation: &Observation, declared: Declared, differences: &[&str]) {
    let judgement = judge(case, observation, declared);
    assert_eq!((judgement.verdict, told(&judgement.differences)), (Verdict::Fail, differences.iter().map(|&one| one.to_owned()).collect()));
}

fn encoded(text: &str) -> Observation {
    answered(Output { encoded: Some(text.into()), ..Output::default() })
}

fn valid(valid: bool, code: Option<&str>) -> Observation {
    answered(Output { valid: Some(valid), code: code.map(str::to_owned), ..Output::default() })
}

fn verify(expectation: Expectation) -> Case {
    case("v", Question::Verify(Box::<VerifyInput>::default()), expectation)
}

fn sign(input: SignInput, expected: Output) -> Case {
    case("x", Question::Sign(Box::new(input)), answer(expected))
}

fn signed(authorization: Option<&str>, url: Option<&str>, body: Option<&str>) -> Observation {
    let text = |value: Option<&str>| value.map(Text::from);
    let signature = Some("a+b=".into());
    answered(Output { signature, authorization: text(authorization), url: text(url), body: text(body), ..Output::default() })
}

fn signature() -> Output {
    Output { signature: Some("a+b=".into()), ..Output::default() }
}

#[test]
fn a_given_field_is_compared_and_others_are_free() {
    let case = encoding("a", "a b", "a%20b");
    assert_eq!(passes(&case, &encoded("a%20b"), NONE).met, Some(Met::Answer));
    let both = answered(Output { encoded: Some("a%20b".into()), decoded: Some("x".into()), ..Output::default() });
    passes(&case, &both, NONE);
    fails(&case, &encoded("a+b"), NONE, &["encoded: \"a%20b\" / \"a+b\" @1"]);
    fails(&case, &answered(Output::default()), NONE, &["encoded: \"a%20b\" / -"]);
    fails(&case, &refused(Some("malformed_url")), ALL, &["outcome: an answer / a refusal: malformed_url"]);
}

#[test]
fn breaking_and_not_offering_have_their_own_verdicts_at_every_level() {
    let mut case = encoding("a", "a", "a");
    for level in [Level::Must, Level::Should, Level::Interop] {
        case.level = level;
        let broke = Observation::Broke { why: Break::Crash, message: String::new() };
        let unsupported = Observation::Unsupported { what: "feature:x".to_owned(), message: String::new() };
        assert_eq!(judge(&case, &broke, ALL).verdict, Verdict::Broken);
        assert_eq!(judge(&case, &unsupported, ALL).verdict, Verdict::Unsupported);
    }
}

#[test]
fn what_is_open_or_disputed_never_fails_and_is_still_compared() {
    let mut case = encoding("a", "a", "a");
    case.level = Level::Interop;
    let judgement = judge(&case, &encoded("b"), NONE);
    assert_eq!((judgement.verdict, judgement.met, judgement.differences.len()), (Verdict::Interop, None, 1));
    assert_eq!(judge(&case, &encoded("a"), NONE).met, Some(Met::Answer));
    (case.level, case.status) = (Level::Must, Status::Disputed);
    assert_eq!(judge(&case, &encoded("b"), NONE).verdict, Verdict::Disputed);
}

#[test]
fn a_refusal_is_a_reject_or_valid_false() {
    let case = verify(refuse(&["nonce_used"]));
    for observation in [refused(Some("nonce_used")), valid(false, Some("nonce_used"))] {
        assert_eq!(passes(&case, &observation, ALL).met, Some(Met::Refusal));
    }
    fails(&case, &valid(true, None), ALL, &["outcome: a refusal: nonce_used / valid"]);
    fails(&case, &answered(Output::default()), ALL, &["outcome: a refusal: nonce_used / an answer"]);
    let case = verify(answer(Output { valid: Some(false), ..Output::default() }));
    assert_eq!(passes(&case, &refused(None), ALL).met, Some(Met::Refusal));
}

#[test]
fn codes_count_only_for_those_who_declare_them() {
    let case = verify(refuse(&["nonce_used", "timestamp_refused"]));
    for code in [None, Some("signature_invalid")] {
        passes(&case, &refused(code), NONE);
        passes(&case, &valid(false, code), NONE);
    }
    fails(&case, &refused(None), ALL, &["code: nonce_used or timestamp_refused / -"]);
    fails(&case, &valid(false, Some("other")), ALL, &["code: nonce_used or timestamp_refused / \"other\""]);
    passes(&verify(refuse(&[])), &refused(Some("anything")), ALL);
}

#[test]
fn a_valid_request_that_is_refused_fails() {
    let case = verify(answer(Output { valid: Some(true), ..Output::default() }));
    assert_eq!(passes(&case, &valid(true, None), ALL).met, Some(Met::Answer));
    fails(&case, &valid(false, Some("nonce_used")), ALL, &["outcome: valid / a refusal: nonce_used"]);
    fails(&case, &refused(None), ALL, &["outcome: valid / a refusal"]);
    fails(&case, &answered(Output::default()), ALL, &["valid: true / -"]);
}

#[test]
fn any_reading_will_do_and_the_nearest_one_is_told() {
    let reading = |because: &str, expectation| (because.to_owned(), expectation);
    let text = |text: &str| answer(Output { encoded: Some(text.into()), ..Output::default() });
    let case = case(
        "a",
        encode("a"),
        Expectation::OneOf(vec![reading("no", refuse(&["malformed_url"])), reading("x", text("x")), reading("y", text("y"))]),
    );
    let branch = |observation| {
        let judgement = judge(&case, &observation, ALL);
        (judgement.verdict, judgement.branch, told(&judgement.differences))
    };
    assert_eq!(branch(encoded("y")), (Verdict::Pass, Some(2), vec![]));
    assert_eq!(branch(refused(Some("malformed_url"))), (Verdict::Pass, Some(0), vec![]));
    assert_eq!(branch(encoded("z")), (Verdict::Fail, Some(1), vec!["encoded: \"x\" / \"z\" @0".to_owned()]));
    assert_eq!(branch(refused(None)), (Verdict::Fail, Some(0), vec!["code: malformed_url / -".to_owned()]));
}

#[test]
fn parsed_parameters_have_no_order_and_realm_has_three_values() {
    let pairs = |list: &[(&str, &str)]| Some(list.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect::<Vec<Pair>>());
    let question = Question::ParseAuthorization(HeaderInput::default());
    let expected = Output { realm: Some(None), parameters: pairs(&[("a", "1"), ("b", "2")]), ..Output::default() };
    let case = case("p", question, answer(expected.clone()));
    let given = |realm, list: &[(&str, &str)]| answered(Output { realm, parameters: pairs(list), ..Output::default() });
    passes(&case, &given(Some(None), &[("b", "2"), ("a", "1")]), NONE);
    passes(&case, &given(None, &[("a", "1"), ("b", "2")]), NONE);
    fails(&case, &given(Some(Some("r".into())), &[("a", "1"), ("b", "2")]), NONE, &["realm: - / \"r\""]);
    fails(&case, &given(None, &[("a", "1"), ("b", "x")]), NONE, &["parameters: b: \"2\" / \"x\" @0"]);
    fails(&case, &answered(Output::default()), NONE, &["parameters: a list / -"]);
    let mut free = case.clone();
    free.expectation = answer(Output { realm: None, ..expected });
    passes(&free, &given(Some(Some("r".into())), &[("a", "1"), ("b", "2")]), NONE);
}

#[test]
fn a_signing_answer_without_a_signature_fails_and_stages_only_locate() {
    let stages = |base_uri: &str, key: &str| {
        Some(Stages { base_uri: Some(base_uri.into()), base_string: Some("same".into()), key: Some(key.into()), ..Stages::default() })
    };
    let case = sign(request(), Output { stages: stages("http://h/", "cs&ts"), ..signature() });
    let given = |signature: Option<&str>, stages| answered(Output { signature: signature.map(Text::from), stages, ..Output::default() });
    passes(&case, &given(Some("a+b="), stages("http://other/", "x")), NONE);
    fails(&case, &given(Some("z"), None), NONE, &["signature: \"a+b=\" / \"z\" @0"]);
    fails(
        &case,
        &given(Some("z"), stages("http://h:80/", "x")),
        NONE,
        &["signature: \"a+b=\" / \"z\" @0", "stage base_uri: \"http://h/\" / \"http://h:80/\" @8"],
    );
    fails(&case, &given(Some("z"), stages("http://h/", "x")), NONE, &["signature: \"a+b=\" / \"z\" @0", "stage key: \"cs&ts\" / \"x\" @0"]);
    fails(&case, &given(None, None), NONE, &["signature: \"a+b=\" / -"]);
    fails(&sign(request(), Output::default()), &given(None, None), NONE, &["signature: a signature / -"]);
}

const HEADER: &str = r#"OAuth oauth_consumer_key="c%20k", oauth_token="tk", oauth_signature_method="HMAC-SHA1", oauth_timestamp="1", oauth_nonce="n", oauth_version="1.0", oauth_signature="a%2Bb%3D""#;

#[test]
fn a_returned_header_is_judged_although_none_is_expected() {
    let case = sign(request(), signature());
    passes(&case, &signed(None, None, None), ALL);
    passes(&case, &signed(Some(HEADER), None, None), NONE);
    let shuffled = r#"oauth oauth_signature="a%2Bb%3D",oauth_nonce="n" ,oauth_consumer_key="c%20k",
        oauth_version="1.0",oauth_timestamp="1",realm="a \" b",oauth_signature_method="HMAC-SHA1",,oauth_token="tk""#;
    passes(&case, &signed(Some(shuffled), None, None), NONE);
    for (from, to, difference) in [
        ("c%20k", "c+k", r#"authorization: oauth_consumer_key: "oauth_consumer_key=\"c%20k\"" / "oauth_consumer_key=\"c+k\"" @21"#),
        ("c%20k", "c k", r#"authorization: oauth_consumer_key: "oauth_consumer_key=\"c%20k\"" / "oauth_consumer_key=\"c k\"" @21"#),
        ("%2B", "%2b", r#"authorization: oauth_signature: "oauth_signature=\"a%2Bb%3D\"" / "oauth_signature=\"a%2bb%3D\"" @20"#),
        ("\"n\"", "\"%6E\"", r#"authorization: oauth_nonce: "oauth_nonce=\"n\"" / "oauth_nonce=\"%6E\"" @13"#),
        ("\"n\"", "\"\\n\"", r#"authorization: oauth_nonce: "oauth_nonce=\"n\"" / "oauth_nonce=\"\\n\"" @13"#),
        (", oauth_nonce=\"n\"", "", r#"authorization: oauth_nonce: "oauth_nonce=\"n\"" / -"#),
        ("\"n\"", "\"n\", x=\"\"", r#"authorization: x: - / "x=\"\"""#),
        ("\"n\"", "\"n\", oauth_nonce=\"n\"", r#"authorization: oauth_nonce: - / "oauth_nonce=\"n\"""#),
    ] {
        fails(&case, &signed(Some(&HEADER.replacen(from, to, 1)), None, None), NONE, &[difference]);
    }
}

#[test]
fn a_header_that_breaks_the_grammar_is_shown_at_its_octet() {
    let judgement = judge(&sign(request(), signature()), &signed(Some("OAuth a='1'"), None, None), NONE);
    assert_eq!(
        told(&judgement.differences),
        ["authorization: a header of RFC 5849 section 3.5.1; the Authorization header, octet 8: the value is not in double quotes \
          (RFC 5849 section 3.5.1) / \"OAuth a='1'\" @8"]
    );
}

#[test]
fn a_realm_is_compared_if_one_is_asked_for() {
    let case = sign(SignInput { realm: Some("a \"b\"".into()), ..request() }, signature());
    passes(&case, &signed(Some(&HEADER.replacen("OAuth ", r#"OAuth realm="a \"b\"", "#, 1)), None, None), NONE);
    fails(&case, &signed(Some(HEADER), None, None), NONE, &[r#"authorization: realm: "a \"b\"" / -"#]);
    let other = signed(Some(&HEADER.replacen("OAuth ", "OAuth realm=\"x\", ", 1)), None, None);
    fails(&case, &other, NONE, &[r#"authorization: realm: "a \"b\"" / "x" @0"#]);
}

#[test]
fn an_expected_header_is_missed_only_from_those_who_can_give_one() {
    let case = sign(request(), Output { authorization: Some(HEADER.into()), ..signature() });
    passes(&case, &signed(None, None, None), NONE);
    passes(&case, &signed(Some(HEADER), None, None), ALL);
    assert_eq!(judge(&case, &signed(None, None, None), ALL).verdict, Verdict::Fail);
}

#[test]
fn a_wrong_signature_is_one_difference_and_not_two() {
    let case = sign(request(), Output { signature: Some("right".into()), ..Output::default() });
    fails(&case, &signed(Some(HEADER), None, None), NONE, &["signature: \"right\" / \"a+b=\" @0"]);
    let told_in_header = sign(request(), Output { authorization: Some(HEADER.replace("a%2Bb%3D", "right").into()), ..Output::default() });
    fails(&told_in_header, &signed(Some(HEADER), None, None), NONE, &["signature: \"right\" / \"a+b=\" @0"]);
}

const TAIL: &str = "oauth_consumer_key=c%20k&oauth_token=tk&oauth_signature_method=HMAC-SHA1&oauth_timestamp=1&oauth_nonce=n&oauth_version=1.0&oauth_signature=a%2Bb%3D";

#[test]
fn a_signed_url_keeps_what_the_caller_brought() {
    let case = sign(SignInput { transmission: Transmission::Query, ..request() }, signature());
    let url = |query: &str| format!("http://h/x?{query}#f");
    for query in
        [format!("b=2&a=%31&{TAIL}"), format!("{TAIL}&b=%32&a=1"), format!("b=2&oauth_nonce=n&a=1&{}", TAIL.replace("oauth_nonce=n&", ""))]
    {
        passes(&case, &signed(None, Some(&url(&query)), None), NONE);
    }
    for (observed, difference) in [
        (format!("http://H/x?b=2&a=%31&{TAIL}#f"), "url: \"http://h/x\" / \"http://H/x\" @7".to_owned()),
        (format!("http://h/x?b=2&a=%31&{TAIL}"), "url: fragment: \"#f\" / \"\" @0".to_owned()),
        (url(&format!("a=1&b=2&{TAIL}")), "url: b: \"b=2\" / \"a=1\" @0".to_owned()),
        (url(&format!("b=2&{TAIL}")), "url: a: \"a=%31\" / -".to_owned()),
        (url(&format!("b=2&a=1&a=1&{TAIL}")), "url: a: - / \"a=1\"".to_owned()),
        (url(&format!("b=2&a=1&{}", TAIL.replace("c%20k", "c+k"))), {
            "url: oauth_consumer_key: \"oauth_consumer_key=c%20k\" / \"oauth_consumer_key=c+k\" @20".to_owned()
        }),
        (url(&format!("b=2&a=1&{}", TAIL.replace("%2B", "+"))), {
            "url: oauth_signature: \"oauth_signature=a%2Bb%3D\" / \"oauth_signature=a+b%3D\" @17".to_owned()
        }),
    ] {
        fails(&case, &signed(None, Some(&observed), None), NONE, &[&difference]);
    }
    let expecting = sign(
        SignInput { transmission: Transmission::Query, ..request() },
        Output { url: Some(url(&format!("b=2&a=%31&{TAIL}")).into()), ..signature() },
    );
    passes(&expecting, &signed(None, Some(&url(&format!("{TAIL}&b=2&a=1"))), None), ALL);
    assert_eq!(judge(&expecting, &signed(None, None, None), ALL).verdict, Verdict::Fail);
}

#[test]
fn a_signed_body_keeps_what_the_caller_brought() {
    let form = ("Content-Type".into(), "application/x-www-form-urlencoded".into());
    let input = SignInput { transmission: Transmission::Body, headers: vec![form], body: Some("a+b=1".into()), ..request() };
    let case = sign(input, signature());
    passes(&case, &signed(None, None, Some(&format!("a%20b=1&{TAIL}"))), NONE);
    fails(&case, &signed(None, None, Some(TAIL)), NONE, &["body: a b: \"a+b=1\" / -"]);
    fails(&case, &signed(None, None, Some("a+b=1")), NONE, &TAIL.split('&').map(missing).collect::<Vec<_>>().each());
}

fn missing(pair: &str) -> String {
    format!("body: {}: {pair:?} / -", pair.split('=').next().unwrap())
}

trait Each {
    fn each(&self) -> Vec<&str>;
}

impl Each for Vec<String> {
    fn each(&self) -> Vec<&str> {
        self.iter().map(String::as_str).collect()
    }
}

#[test]
fn a_hostile_answer_gives_few_differences() {
    let many: String = (0..10_000).map(|number| format!(", x{number}=\"\"")).collect();
    let judgement = judge(&sign(request(), signature()), &signed(Some(&format!("{HEADER}{many}")), None, None), NONE);
    assert_eq!((judgement.verdict, judgement.differences.len()), (Verdict::Fail, MAX_DIFFERENCES));
}
