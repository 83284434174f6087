//! The vectors as `cargo test`: the macro makes tests that pass for the reference, and what a test says of a signer that is wrong,
//! refuses, panics or does not support something.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use countersign::deviation::{Cause, Conduct};
use countersign::implementation::{Implementation as _, Observation, Reference};
use countersign::testing::{Declined, Settings, Signed, Signer, Signing, Whole, case, causes, coverage};
use countersign::vectors::Question;
use countersign::vectors::question::SignInput;

/// The reference in process, as a test a case.
mod reference {
    countersign::conformance_tests! {
        implementation: super::Reference::new(),
        operations: [percent_encode, mac],
        strict: true,
    }
}

/// Signs as the reference does, but for what the closure makes of the request before.
struct Scripted(fn(&mut SignInput) -> Result<(), Declined>);

impl Signer for Scripted {
    fn signature_methods(&self) -> Vec<&'static str> {
        vec!["HMAC-SHA1", "PLAINTEXT"]
    }

    fn features(&self) -> Vec<&'static str> {
        vec!["form_body", "duplicates", "no_version", "fixed_nonce"]
    }

    fn name(&self) -> String {
        "scripted".to_owned()
    }

    fn sign(&mut self, request: &SignInput) -> Result<Signed, Declined> {
        let mut request = request.clone();
        self.0(&mut request)?;
        match Reference::new().ask(&Question::Sign(Box::new(request))) {
            Observation::Answered(output) => Ok(Signed::header(output.authorization.unwrap())),
            Observation::Refused { message, .. } => Err(Declined::Refused(message)),
            other => panic!("{other:?}"),
        }
    }
}

const PORT: &str = "sign.uri/default-port-http";

fn ask(script: fn(&mut SignInput) -> Result<(), Declined>, settings: &Settings<'_>, id: &str) -> Result<String, String> {
    case(&mut Signing::new(Scripted(script)), settings, &Whole::new(), id)
}

/// The port stays in the base string URI, because it is no default port of this scheme.
#[expect(clippy::unnecessary_wraps, reason = "a script may decline")]
fn keeps_the_port(request: &mut SignInput) -> Result<(), Declined> {
    let url = request.url.as_str().unwrap().replace(":80/", ":8080/");
    request.url = url.into();
    Ok(())
}

#[test]
fn a_right_signer_passes_in_silence() {
    assert_eq!(ask(|_| Ok(()), &Settings::new(&["sign"]), PORT), Ok(String::new()));
    assert_eq!(ask(|_| Ok(()), &Settings::new(&["sign"]), "sign.refuse/url-no-host"), Ok(String::new()));
}

#[test]
fn a_wrong_signer_gets_the_whole_failure() {
    let failure = ask(keeps_the_port, &Settings::new(&["sign"]), PORT).unwrap_err();
    for part in
        ["FAILED sign.uri/default-port-http", "RFC5849 section 3.4.1.2", "signature, from octet", "countersign explain sign.uri/default"]
    {
        assert!(failure.contains(part), "{part}\n{failure}");
    }
}

/// Signs with one departure.
fn deviant(id: &str) -> Reference {
    Reference::conducting(Conduct::of(&[Cause::parse(id).unwrap()]))
}

#[test]
fn a_failure_is_told_with_the_cause_that_the_whole_run_leaves() {
    let settings = Settings { coverage: 0, ..Settings::new(&["sign"]) };
    let whole = Whole::new();
    // This request alone is explained by several departures.
    let failure = case(&mut deviant("uri.host-field-ignored"), &settings, &whole, "sign.uri/host-field-port").unwrap_err();
    let reason = "uri.host-field-ignored: the host of the URL is signed where the Host field names another one";
    for part in [
        "\n  cause: uri.host-field-ignored: the host of the URL is signed",
        &format!("\n  to expect it:\n    known: {{ {reason:?} => [\"sign.uri/host-field-port\"] }},\n"),
    ] {
        assert!(failure.contains(part), "{part}\n{failure}");
    }
}

#[test]
fn causes_says_what_is_behind_all_failures_and_what_it_prints_expects_them() {
    let causes =
        |known: &[(&str, &[&str])], id: &str| causes(&mut deviant(id), &Settings { known, ..Settings::new(&["sign"]) }, &Whole::new());
    let told = causes(&[], "uri.host-field-ignored").unwrap_err();
    let (_, entry) = told.split_once("    known: {\n").unwrap();
    let ids: Vec<&str> = entry.lines().filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix("\",")).collect();
    assert!(ids.len() > 3 && ids.contains(&"sign.uri/host-field-port"), "{told}");
    assert!(told.starts_with(&format!("{} cases are not as expected\n", ids.len())), "{told}");
    assert!(told.contains("\nuri.host-field-ignored (") && told.contains("\n  fix: "), "{told}");
    assert_eq!(causes(&[("so it is", &ids)], "uri.host-field-ignored"), Ok(String::new()));
    // One that is taken off the list is told again, alone.
    let told = causes(&[("so it is", &ids[1..])], "uri.host-field-ignored").unwrap_err();
    assert!(told.starts_with("1 case is not as expected\n") && told.contains(ids[0]), "{told}");
}

#[test]
fn causes_counts_what_no_departure_explains() {
    struct Broken(fn() -> Result<Signed, Declined>);
    impl Signer for Broken {
        fn signature_methods(&self) -> Vec<&'static str> {
            vec!["HMAC-SHA1"]
        }
        fn features(&self) -> Vec<&'static str> {
            vec!["fixed_nonce"]
        }
        fn sign(&mut self, _: &SignInput) -> Result<Signed, Declined> {
            self.0()
        }
    }
    let told = |script| causes(&mut Signing::new(Broken(script)), &Settings::new(&["sign"]), &Whole::new()).unwrap_err();
    for (script, reason) in [
        ((|| panic!("it fell")) as fn() -> Result<Signed, Declined>, "it breaks"),
        (|| Err(Declined::Refused("no".to_owned())), "it refuses what must be answered"),
        (|| Ok(Signed::header("Basic x")), "its answer has no signature"),
    ] {
        let told = told(script);
        let row = told.lines().find(|line| line.trim_start_matches([' ', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']) == reason);
        let number = row.unwrap_or_else(|| panic!("{reason}\n{told}")).trim().split(' ').next().unwrap();
        let entry = told.split_once(&format!("        {reason:?} => [\n")).unwrap().1.split("        ],\n").next().unwrap();
        assert_eq!(entry.lines().count().to_string(), number, "{told}");
    }
}

#[test]
fn what_the_library_says_when_it_refuses_is_told() {
    let refuses = |_: &mut SignInput| Err(Declined::Refused("the key is not loaded".to_owned()));
    let failure = ask(refuses, &Settings::new(&["sign"]), PORT).unwrap_err();
    assert!(failure.contains("\n    observed  a refusal\n    message   the key is not loaded\n"), "{failure}");
}

#[test]
fn a_known_failure_has_to_fail() {
    let known = Settings { known: &[("ports stay", &["sign.uri/default-port-*"])], ..Settings::new(&["sign"]) };
    let note = ask(keeps_the_port, &known, PORT).unwrap();
    assert_eq!(note, "known to fail: sign.uri/default-port-http: ports stay\n");
    let failure = ask(|_| Ok(()), &known, PORT).unwrap_err();
    assert!(failure.starts_with("sign.uri/default-port-http passes, but is known to fail: ports stay\nhint: "), "{failure}");
}

#[test]
fn what_is_not_supported_passes_and_says_so() {
    let settings = Settings::new(&["sign"]);
    let note = ask(|_| Ok(()), &settings, "sign.hmac-sha2/plain");
    assert_eq!(note, Ok("unsupported: sign.hmac-sha2/plain: signature_method:HMAC-SHA256\n".to_owned()));
    let note = ask(|_| Err(Declined::Unsupported("ports".to_owned())), &settings, PORT);
    assert_eq!(note, Ok("unsupported: sign.uri/default-port-http: ports\n".to_owned()));
    // What it declares it may not decline.
    let failure = ask(|_| Err(Declined::Unsupported("signature_method:HMAC-SHA1".to_owned())), &settings, PORT).unwrap_err();
    assert!(failure.contains("it declares signature_method:HMAC-SHA1"), "{failure}");
}

#[test]
fn a_refusal_of_everything_proves_nothing() {
    let settings = Settings::new(&["sign"]);
    let failure = ask(|_| Err(Declined::Refused("no".to_owned())), &settings, "sign.refuse/url-no-host").unwrap_err();
    assert!(failure.contains("INCONCLUSIVE sign.refuse/url-no-host") && failure.contains("its control"), "{failure}");
}

#[test]
fn a_panic_is_told_with_its_case() {
    let failure = ask(|_| panic!("it fell"), &Settings::new(&["sign"]), PORT).unwrap_err();
    assert!(failure.contains("BROKEN sign.uri/default-port-http") && failure.contains("it fell"), "{failure}");
}

#[test]
fn a_case_that_is_not_there_is_no_pass() {
    assert_eq!(ask(|_| Ok(()), &Settings::new(&["sign"]), "sign.uri/none"), Err("sign.uri/none: there is no such case".to_owned()));
}

#[test]
fn coverage_says_what_was_missing() {
    let covered = |settings: &Settings<'_>| coverage(&mut Signing::new(Scripted(keeps_the_port)), settings, &Whole::new());
    let note = covered(&Settings { coverage: 50, ..Settings::new(&["sign"]) }).unwrap();
    assert!(note.starts_with("coverage: ") && note.contains(" % of "), "{note}");
    let failure = covered(&Settings::new(&["sign"])).unwrap_err();
    for missing in ["100 % at least", "  feature:realm\n", "  signature_method:RSA-SHA1\n"] {
        assert!(failure.contains(missing), "{missing}\n{failure}");
    }
    let stale = Settings { coverage: 0, known: &[("ports stay", &[PORT, "sign.key/*"])], ..Settings::new(&["sign"]) };
    assert_eq!(covered(&stale), Err("sign.key/*: no case that fails is meant by it, but it is known to fail: ports stay\n".to_owned()));
}

#[test]
fn an_operation_that_is_not_offered_is_not_covered() {
    let settings = Settings { coverage: 1, ..Settings::new(&["verify"]) };
    let failure = coverage(&mut Signing::new(Scripted(|_| Ok(()))), &settings, &Whole::new()).unwrap_err();
    assert!(failure.starts_with("coverage: 0 % of 0 cases\n"), "{failure}");
}
