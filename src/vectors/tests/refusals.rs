//! What is refused in the text of a vector file, with its place, its reason and its hint.

use super::{case, plain, suite};
use crate::vectors::read::{MAX_PARAMETERS, MAX_STRING};
use crate::vectors::{Corpus, LoadError};

fn error(text: String) -> LoadError {
    match Corpus::of_texts([("f.json", text)]).map(|corpus| corpus.cases().collect::<Result<Vec<_>, _>>()) {
        Ok(Ok(cases)) => panic!("{} cases were read", cases.len()),
        Ok(Err(error)) | Err(error) => error,
    }
}

#[track_caller]
fn refused(text: String, message: &str, hint: Option<&str>) {
    let error = error(text);
    assert_eq!(error.to_string(), format!("f.json:{message}"));
    assert_eq!(error.hint.as_deref(), hint);
}

/// A suite in which the text `from` of the plain case becomes `to`; the column is counted.
#[track_caller]
fn refused_case(from: &str, to: &str, at: &str, message: &str, hint: Option<&str>) {
    let before = plain("x");
    assert!(before.contains(from), "{from}");
    let after = before.replacen(from, to, 1);
    let column = after.find(at).unwrap() + 1;
    refused(suite(&[after]), &format!("4:{column}: {message}"), hint);
}

#[test]
fn a_plain_suite_is_read() {
    let corpus = Corpus::of_texts([("f.json", suite(&[plain("x"), plain("y")]))]).unwrap();
    let cases: Vec<_> = corpus.cases().collect::<Result<_, _>>().unwrap();
    assert_eq!(
        cases.iter().map(|case| (case.full_id(), case.place.line)).collect::<Vec<_>>(),
        [("s/x".to_owned(), 4), ("s/y".to_owned(), 5)]
    );
    assert_eq!(corpus.suites().len(), 1);
    assert_eq!(corpus.find("s/y").unwrap().as_ref(), cases.get(1));
    assert_eq!(corpus.find("s/z").unwrap(), None);
    assert_eq!(corpus.find("y").unwrap(), None);
}

#[test]
fn members_are_known_and_stand_once() {
    let x = "case \"x\": ";
    refused_case("\"rev\"", "\"rve\"", "\"rve\"", &format!("{x}unknown field \"rve\""), Some("did you mean \"rev\"?"));
    refused_case(
        "\"method\"",
        "\"secrt\" : 1, \"method\"",
        "\"secrt\"",
        &format!("{x}unknown field \"secrt\""),
        Some("known are method, url, headers, body, client, token, now, window, seen, allowed_methods"),
    );
    refused_case("{\"valid\"", "{\"vaild\"", "\"vaild\"", &format!("{x}unknown field \"vaild\""), Some("did you mean \"valid\"?"));
    refused_case("\"title\"", "\"rev\": 1, \"title\"", "\"rev\": 1, \"title\"", &format!("{x}duplicate field \"rev\""), None);
    refused_case("\"valid\"", "\"valid\": true, \"valid\"", "\"valid\": true}", &format!("{x}duplicate field \"valid\""), None);
    refused_case("\"title\": \"t\",", "", "{\"id\"", &format!("{x}missing field \"title\""), None);
    refused_case("\"url\": \"http://h/\"", "\"body\": \"\"", "{\"method\"", &format!("{x}missing field \"url\""), None);
}

/// Where an object belongs, a list of its members' values is refused at its bracket, on whichever line it goes on.
#[test]
fn a_list_is_no_object() {
    let x = "case \"x\": invalid type: list, expected an object";
    for (from, to, at) in [
        (r#"{"doc": "RFC5849", "section": "3.2"}"#, r#"["RFC5849", "3.2"]"#, r#"["RFC"#),
        (r#""url": "http://h/""#, r#""url": "http://h/", "client": [ "c", "s"]"#, r#"[ "c"#),
        (r#""url": "http://h/""#, r#""url": "http://h/", "token": []"#, "[]"),
        (r#"{"valid": true}"#, r#"{"refuse": [[]]}"#, "[[]]"),
        (r#"{"valid": true}"#, r#"{"valid": true, "stages": [null, null]}"#, "[null"),
        (r#"{"kind": "derived", "ref": "https://e/"}"#, r#"["derived", "https://e/", ["x 1"]]"#, r#"["derived"#),
    ] {
        refused_case(from, to, at, x, None);
    }
    let before = plain("x");
    let input = before.find("{\"method\"").unwrap();
    let after = format!("{}[\n\n\"GET\", \"http://h/\"]{}", &before[..input], &before[before.find(", \"expect\"").unwrap()..]);
    refused(suite(&[after]), &format!("4:{}: {x}", input + 1), None);
    let flags = suite(std::slice::from_ref(&before)).replacen("{\"description\": \"d\"}", "[\"d\", \"e\", []]", 1);
    refused(flags, "3:20: the suite: invalid type: list, expected an object", None);
    refused(format!("[\n{}]", suite(&[before])), "1:1: the suite: invalid type: list, expected an object", None);
}

#[test]
fn an_object_is_no_word() {
    let told = "case \"x\": invalid type: object, expected a string";
    refused_case("\"must\"", "{\"must\": null}", "\"must\"", told, None);
}

#[test]
fn values_have_their_types() {
    let x = "case \"x\": ";
    refused_case("\"t\"", "17", "17", &format!("{x}invalid type: integer \"17\", expected a string"), None);
    refused_case("\"must\"", "\"most\"", "\"most\"", &format!("{x}unknown value \"most\""), Some("did you mean \"must\"?"));
    refused_case(
        "\"rev\": 1",
        "\"rev\": -1",
        "-1",
        &format!("{x}invalid value: integer \"-1\", expected a whole number from 0 to 4294967295"),
        None,
    );
    refused_case("\"rev\": 1", "\"rev\": 0", "\"rev\"", &format!("{x}rev counts from 1"), None);
    refused_case(
        "\"rev\": 1",
        "\"rev\": 99999999999999999999999",
        "99999999999999999999999",
        &format!("{x}invalid type: floating point \"1e+23\", expected a whole number from 0 to 4294967295"),
        None,
    );
    refused_case("\"t\"", "{\"a\": 1}", "{\"a\"", &format!("{x}invalid type: object, expected a string"), None);
    refused_case(
        "\"rev\": 1",
        "\"rev\": [ 1 ]",
        "[ 1",
        &format!("{x}invalid type: list, expected a whole number from 0 to 4294967295"),
        None,
    );
    refused_case("\"GET\"", "[[]]", "[[]]", &format!("{x}invalid type: list, expected a string or {{\"base64\": \"…\"}}"), None);
    let deep = format!("{}{}", "[".repeat(70), "]".repeat(70));
    let before = plain("x").replacen("\"GET\"", &deep, 1);
    let column = before.find("[[[").unwrap() + 1 + 62;
    refused(suite(&[before]), &format!("4:{column}: case \"x\": nested deeper than 64 levels"), None);
    let base64 = Some("octets that are not UTF-8 are written {\"base64\": \"…\"}");
    for escape in ["\\ud800", "\\uDFFF"] {
        let message = format!("{x}{escape} is half of a surrogate pair, no Unicode character");
        refused_case("\"GET\"", &format!("\"a{escape}b\""), escape, &message, base64);
    }
    refused_case("\"GET\"", "{\"base64\": \"/\"}", "\"/\"", &format!("{x}not base64 with padding"), None);
}

#[test]
fn a_text_is_json_from_end_to_end() {
    let whole = suite(&[plain("x")]);
    let error = error(format!("{whole} {{}}"));
    assert_eq!(error.to_string(), "f.json:6:2: the suite: trailing characters");
    for cut in (1..whole.len() - 1).rev().step_by(7) {
        let error = self::error(whole[..cut].to_owned());
        assert!(error.reason.starts_with("cut off (EOF while parsing"), "{error}");
    }
    refused(String::new(), "1:1: the suite: it is empty", None);
    refused(suite(&["{\"id\": \"x\", }".to_owned()]), "4:13: the suite: key must be a string", None);
}

#[test]
fn a_suite_is_of_format_1_with_a_name_and_an_operation() {
    let with = |from: &str, to: &str| suite(&[plain("x")]).replacen(from, to, 1);
    refused(with("\"format\": 1", "\"format\": 2"), "2:1: the suite: format 2 is not known", Some("this program reads format 1"));
    refused(with("\"verify\"", "\"vreify\""), "2:41: the suite: unknown value \"vreify\"", Some("did you mean \"verify\"?"));
    refused(
        with("\"suite\": \"s\"", "\"suite\": \"S\""),
        "2:14: the suite: its name is not one to 128 of a-z, 0-9, \".\", \"_\", \"-\"",
        None,
    );
    refused(
        with("\"Known\"", "\"A\": {\"description\": \"d\"}, \"A\": {\"description\": \"d\"}, \"Known\""),
        "3:38: the suite: duplicate flag \"A\"",
        None,
    );
    refused(suite(&[]), "3:43: the suite: it has no cases", None);
}

#[test]
fn names_are_resolved_inside_the_file() {
    let x = "case \"x\": ";
    let rules = "its id is not one to 128 of A-Z, a-z, 0-9, \".\", \"_\", \"-\"";
    refused_case("\"x\"", "\"a/b\"", "\"id\"", &format!("a case: {rules}"), None);
    refused_case("\"x\"", "\"\"", "\"id\"", &format!("a case: {rules}"), None);
    refused_case("\"x\"", &format!("{:?}", "a".repeat(129)), "\"id\"", &format!("a case: {rules}"), None);
    refused_case(
        "\"input\"",
        "\"flags\": [\"Known\", \"Knwon\"], \"input\"",
        "\"Knwon\"",
        &format!("{x}the flag \"Knwon\" is not explained in this file"),
        Some("did you mean \"Known\"?"),
    );
    refused_case(
        "\"input\"",
        "\"flags\": [\"Else\"], \"input\"",
        "\"Else\"",
        &format!("{x}the flag \"Else\" is not explained in this file"),
        Some("add it to the suite's \"flags\""),
    );
    refused_case("\"input\"", "\"control\": \"a/b/c\", \"input\"", "\"control\"", &format!("{x}its control is no id"), None);
    let hint = "\"signature_method:NAME\", or \"feature:NAME\" with one of stages, form_body, duplicates, extra_parameters, realm, callback, verifier, no_version, fixed_nonce, transmission, body_hash, codes";
    refused_case(
        "\"input\"",
        "\"requires\": [\"feature:realms\"], \"input\"",
        "\"feature:realms\"",
        &format!("{x}\"feature:realms\" cannot be required"),
        Some(hint),
    );
    refused_case(
        "\"input\"",
        "\"requires\": [\"signature_method:\"], \"input\"",
        "\"signature_method:\"",
        &format!("{x}\"signature_method:\" cannot be required"),
        Some(hint),
    );
}

#[test]
fn what_is_expected_can_be_answered() {
    let x = "case \"x\": ";
    let expect = |to: &str, at: &str, reason: &str, hint| refused_case("{\"valid\": true}", to, at, &format!("{x}{reason}"), hint);
    expect("{\"signature\": \"a\"}", "\"signature\"", "verify has no output \"signature\"", Some("it has valid, code"));
    expect("{}", "\"expect\"", "nothing is expected", None);
    expect(
        "{\"valid\": false, \"code\": \"nonce_usde\"}",
        "\"code\"",
        "the code \"nonce_usde\" is not known",
        Some("did you mean \"nonce_used\"?"),
    );
    expect(
        "{\"refuse\": {\"codes\": [\"whatever\"]}}",
        "\"codes\"",
        "the code \"whatever\" is not known",
        Some("vectors/README.md has the list"),
    );
    expect("{\"refuse\": {\"codes\": []}, \"valid\": true}", "\"expect\"", "nothing stands beside \"refuse\"", None);
    expect("{\"because\": \"b\", \"valid\": true}", "\"because\"", "\"because\" stands in branches of \"one_of\" only", None);
    let yes = "{\"because\": \"b\", \"valid\": true}";
    expect(&format!("{{\"one_of\": [{yes}]}}"), "\"one_of\"", "\"one_of\" needs two branches", None);
    expect(&format!("{{\"one_of\": [{yes}, {yes}], \"valid\": true}}"), "\"expect\"", "nothing stands beside \"one_of\"", None);
    expect(&format!("{{\"one_of\": [{yes}, {{\"valid\": false}}]}}"), "{\"valid\": false}", "a branch without \"because\"", None);
    let nested = format!("{{\"one_of\": [{yes}, {{\"because\": \"c\", \"one_of\": [{yes}, {yes}]}}]}}");
    expect(&nested, "{\"because\": \"c\"", "a branch is itself a choice", None);
}

#[test]
fn a_branch_in_a_branch_without_end_is_no_way_to_break_us() {
    let nested = format!("{}{}", "{\"one_of\": [".repeat(10_000), "]}".repeat(10_000));
    assert!(error(suite(&[case("x", "", "", &nested)])).reason.starts_with("nested deeper than 64"));
    let arrays = "[".repeat(1_000_000);
    assert!(error(arrays.clone()).reason.starts_with("nested deeper than 64"));
    assert!(error(format!("{{\"flags\": {arrays}")).reason.starts_with("nested deeper than 64"));
}

#[test]
fn numbers_and_lists_have_limits() {
    let with = |input: &str| suite(&[case("x", "", input, r#"{"valid": true}"#)]);
    assert_eq!(error(with(", \"window\": -1")).reason, "a window is not negative");
    assert_eq!(error(with(", \"now\": 1e400")).reason, "number out of range");
    let query = |count: usize| format!(", \"body\": \"{}\"", vec!["a"; count].join("&"));
    assert_eq!(error(with(&query(MAX_PARAMETERS + 1))).reason, "more than 10000 parameters in one list");
    assert!(Corpus::of_texts([("f.json", with(&query(MAX_PARAMETERS)))]).unwrap().cases().all(|case| case.is_ok()));
    let body = |length: usize| format!(", \"body\": \"{}\"", "a".repeat(length));
    assert_eq!(error(with(&body(MAX_STRING + 1))).reason, "a string is longer than 1 MiB");
    assert!(Corpus::of_texts([("f.json", with(&body(MAX_STRING)))]).unwrap().cases().all(|case| case.is_ok()));
    let response = suite(&[plain("x")]).replacen("\"verify\"", "\"parse_token_response\"", 1);
    let response =
        response.replacen("\"method\": \"GET\", \"url\": \"http://h/\"", "\"step\": \"token\", \"status\": 99, \"body\": \"\"", 1);
    let response = response.replacen("\"valid\": true", "\"secret\": \"\"", 1);
    assert_eq!(error(response).reason, "a status is a number from 100 to 599");
}

#[test]
fn nothing_comes_after_an_error() {
    let text = suite(&[plain("x"), plain("x"), plain("y")]);
    let corpus = Corpus::of_texts([("f.json", text)]).unwrap();
    let mut cases = corpus.cases();
    assert!(cases.next().unwrap().is_ok());
    assert_eq!(
        cases.next().unwrap().unwrap_err().to_string(),
        "f.json:5:1: case \"x\": its id \"s/x\" stands there twice, first at f.json:4"
    );
    assert!(cases.next().is_none());
}

#[test]
fn no_octet_in_the_wrong_place_makes_us_panic() {
    let whole = suite(&[case("x", "\"flags\": [\"Known\"],", ", \"seen\": [[\"a\", null, \"1\", \"n\"]]", r#"{"valid": true}"#)]);
    let mut read = 0;
    for at in 0..whole.len() {
        for octet in ["\"", "{", "]", ",", "\\", "1", "\u{0}", "é"] {
            let text = [&whole[..at], octet, &whole[at + 1..]].concat();
            if let Ok(corpus) = Corpus::of_texts([("f.json", text)]) {
                read += usize::from(corpus.cases().all(|case| case.map_err(|error| assert!(error.line > 0, "{error}")).is_ok()));
            }
        }
    }
    // Some only change what is inside a string.
    assert!(read > 0 && read < whole.len() * 8);
}
