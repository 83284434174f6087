//! What the reference does beside what the vectors ask: the parts that it leaves out, the refusals that are its own, and that it takes what
//! it sends.

use super::*;
use crate::deviation::{Conduct, Practice};
use crate::vectors::Corpus;
use crate::vectors::question::{Credentials, ServerClient, SignInput, Transmission, VerifyInput};

fn plain() -> SignInput {
    SignInput {
        method: "GET".into(),
        url: "http://h/?a=1".into(),
        client: Credentials { identifier: "c".into(), secret: Some("s".into()) },
        signature_method: "HMAC-SHA1".into(),
        nonce: Some("n".into()),
        timestamp: Some("1".into()),
        ..SignInput::default()
    }
}

fn sign(input: SignInput, wanted: Wanted) -> Observation {
    Reference::new().ask_for(&Question::Sign(input.into()), wanted)
}

#[track_caller]
fn signed(input: SignInput) -> Output {
    match sign(input, Wanted::ALL) {
        Observation::Answered(output) => *output,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn refused(input: SignInput, expected: Code) {
    for wanted in [Wanted::ALL, Wanted { transmission: false, stages: false }] {
        match sign(input.clone(), wanted) {
            Observation::Refused { code, .. } => assert_eq!(code.as_deref(), Some(expected.as_str())),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn what_is_not_wanted_is_left_out() {
    let Observation::Answered(output) = sign(plain(), Wanted { transmission: false, stages: false }) else { panic!("it is signed") };
    assert_eq!(*output, Output { signature: signed(plain()).signature, ..Output::default() });
    let all = signed(plain());
    assert!(all.authorization.is_some() && all.stages.is_some_and(|stages| stages.key == Some("s&".into())));
}

#[test]
fn what_stands_in_a_body_beside_protocol_parameters_is_signed() {
    let form = vec![("content-type".into(), "application/x-www-form-urlencoded".into())];
    let untyped = SignInput { method: "POST".into(), body: Some("b=2".into()), transmission: Transmission::Body, ..plain() };
    let typed = SignInput { headers: form, ..untyped.clone() };
    assert_eq!(signed(untyped.clone()), signed(typed));
    let normalized = signed(untyped).stages.and_then(|stages| stages.normalized).unwrap();
    assert!(normalized.to_text().starts_with("a=1&b=2&oauth_"));
}

#[test]
fn parameters_that_section_3_1_requires_are_missed() {
    refused(SignInput { nonce: None, ..plain() }, Code::ParameterAbsent);
    refused(SignInput { nonce: Some("".into()), ..plain() }, Code::ParameterAbsent);
    refused(SignInput { timestamp: None, ..plain() }, Code::ParameterAbsent);
    refused(SignInput { client: Credentials::default(), ..plain() }, Code::ParameterAbsent);
    signed(SignInput { nonce: None, timestamp: None, signature_method: "PLAINTEXT".into(), ..plain() });
}

#[test]
fn further_parameters_have_names_of_their_own() {
    let extra = |name: &str| SignInput { extra: vec![(name.into(), "x".into())], ..plain() };
    refused(extra("oauth_nonce"), Code::ParameterDuplicated);
    refused(extra("oauth_signature"), Code::ParameterDuplicated);
    refused(extra("Realm"), Code::ParameterRejected);
    refused(extra(""), Code::ParameterRejected);
    refused(SignInput { body: Some("x".into()), transmission: Transmission::Body, ..extra("oauth_body_hash") }, Code::ParameterRejected);
    signed(extra("oauth_Nonce"));
}

#[test]
fn a_recipe_with_one_other_decision_is_another_implementation() {
    let recipe = Recipe { method: |method, out| out.append(method), ..Recipe::RFC5849 };
    let question = Question::Sign(SignInput { method: "get".into(), ..plain() }.into());
    let practice = Practice { recipe, ..Practice::RFC5849 };
    let mut deviant = Reference::conducting(Conduct { practice, inputs: Vec::new() }).named("keeps the method's case");
    assert_eq!(deviant.description().name, "keeps the method's case");
    assert_ne!(deviant.ask(&question), Reference::new().ask(&question));
}

#[test]
fn a_verifier_says_what_it_cannot_read() {
    let client = |public_key: &str| ServerClient { public_key: Some(public_key.to_owned()), ..ServerClient::default() };
    let input = VerifyInput { method: "GET".into(), url: "http://h/".into(), client: Some(client("no key")), ..VerifyInput::default() };
    for (input, code) in [
        (VerifyInput { url: "h".into(), client: None, ..input.clone() }, Code::MalformedUrl),
        (VerifyInput { client: None, now: Some(i64::MIN), window: Some(i64::MIN), ..input.clone() }, Code::ParameterAbsent),
        (input, Code::KeyUnusable),
    ] {
        let observation = Reference::new().ask(&Question::Verify(input.into()));
        let expected = Output { valid: Some(false), code: Some(code.as_str().to_owned()), ..Output::default() };
        assert_eq!(observation, Observation::Answered(Box::new(expected)));
    }
}

/// The request as a server receives it, if the reference signs it and the two share a secret.
fn received(reference: &mut Reference, sign: &SignInput) -> Option<VerifyInput> {
    let Observation::Answered(output) = reference.ask(&Question::Sign(sign.clone().into())) else { return None };
    let Credentials { identifier, secret } = sign.client.clone();
    let headers = output.authorization.map(|value| ("Authorization".into(), value));
    if sign.private_key.is_some() {
        return None;
    }
    Some(VerifyInput {
        method: sign.method.clone(),
        url: output.url.unwrap_or_else(|| sign.url.clone()),
        headers: sign.headers.iter().cloned().chain(headers).collect(),
        body: output.body.or_else(|| sign.body.clone()),
        client: Some(ServerClient { identifier, secret: Some(secret.unwrap_or_default()), public_key: None }),
        // An empty token counts as none.
        token: sign.token.clone().filter(|token| !token.identifier.as_bytes().is_empty()),
        ..VerifyInput::default()
    })
}

#[test]
fn what_the_reference_sends_it_takes() {
    let (mut reference, mut taken) = (Reference::new(), 0);
    for case in Corpus::embedded().unwrap().cases() {
        let case = case.unwrap();
        let Question::Sign(sign) = &case.question else { continue };
        let Some(verify) = received(&mut reference, sign) else { continue };
        // Two things that the specification leaves to servers are signed and not taken.
        let is_bare = sign.signature_method == "PLAINTEXT".into() && sign.url.to_text().starts_with("http:");
        let is_scattered = case.id.starts_with("oauth-prefix-in-");
        let expected = match (is_bare, is_scattered) {
            (true, _) => Some(Code::InsecureTransport),
            (_, true) => Some(Code::ParameterScattered),
            _ => None,
        };
        let Observation::Answered(output) = reference.ask(&Question::Verify(verify.into())) else { panic!("{}", case.full_id()) };
        assert_eq!(output.code.as_deref(), expected.map(Code::as_str), "{}", case.full_id());
        assert_eq!(output.valid, Some(expected.is_none()), "{}", case.full_id());
        taken += u32::from(expected.is_none());
    }
    assert!(taken > 500, "{taken}");
}
