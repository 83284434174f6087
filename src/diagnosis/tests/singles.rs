//! Every departure alone, and what a search must not claim.

use crate::deviation::{Cause, Conduct, Side, Stage, all};
use crate::diagnosis::{Budget, Evidence, Outcome, SignatureText, Subject, diagnose};
use crate::protocol::{Derivation, Header, Parameters, Request, Secrets, SignatureMethod, Source, Url};

/// A request with many traps.
pub(in crate::diagnosis) fn with_request<T>(use_it: impl FnOnce(&Subject<'_>) -> T) -> T {
    let mut protocol = Parameters::new();
    for (name, value) in [
        ("oauth_consumer_key", "ck+~ é"),
        ("oauth_token", "tk/1"),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", "1700000000"),
        ("oauth_nonce", "n%2Bo=="),
        ("oauth_version", "1.0"),
    ] {
        protocol.push(name.as_bytes(), value.as_bytes(), Source::Header);
    }
    let headers = [Header { name: b"Content-Type", value: b"application/x-www-form-urlencoded; charset=UTF-8" }];
    let url =
        b"HTTPS://u:p@API.Example.com:443/a%20b/../c//d;v=1/%7e!x/?q=1&q=0&b+c=2%2Bq&empty=&bare&a.b[0]=%C3%A9%2C*&a-b=(~)&a;s=1#frag";
    let request = Request {
        method: b"post",
        url: Url::parse(url).unwrap(),
        headers: &headers,
        body: Some(b"q=body&z=a+b&z=%7E&name%5B%5D=+x+&e=e%CC%81"),
        protocol: &protocol,
        realm: Some(b"Realm x"),
    };
    let secrets = Secrets::new(b"cs&%+ ~", b"ts /=");
    use_it(&Subject { request: &request, method: SignatureMethod::HmacSha1, secrets: Some(secrets), hosts: &[], paths: &[] })
}

/// What somebody who makes these mistakes signs.
pub(super) fn derived(subject: &Subject<'_>, causes: &[Cause]) -> Option<Derivation> {
    let mut derivation = Derivation::default();
    let secrets = subject.secrets.unwrap();
    Conduct::of(causes).derive(&mut derivation, subject.request, subject.method, &secrets).ok().map(|()| derivation)
}

#[test]
fn every_departure_is_found_by_its_signature() {
    with_request(|subject| {
        let right = derived(subject, &[]).unwrap();
        let mut missed = Vec::new();
        for deviation in all().filter(|deviation| deviation.stage.side() == Side::Signing) {
            let cause = Cause::Deviation(deviation);
            let Some(wrong) = derived(subject, std::slice::from_ref(&cause)) else { continue };
            if *wrong.signature == *right.signature {
                continue;
            }
            let evidence = Evidence { signature: Some(SignatureText::whole(&wrong.signature)), ..Evidence::default() };
            let diagnosis = diagnose(subject, &evidence, &mut Budget { mistakes: 1, ..Budget::default() });
            if !diagnosis.sets.contains(&vec![cause]) {
                missed.push((deviation.id, diagnosis.ids()));
            }
        }
        assert_eq!(missed, []);
    });
}

#[test]
fn what_is_right_is_called_right_and_what_nobody_does_is_not_explained() {
    with_request(|subject| {
        let right = derived(subject, &[]).unwrap();
        let ask = |text: &[u8]| {
            let evidence = Evidence { signature: Some(SignatureText::whole(text)), ..Evidence::default() };
            diagnose(subject, &evidence, &mut Budget { most: 20_000, ..Budget::default() })
        };
        assert_eq!(ask(&right.signature).outcome, Outcome::Right);
        let strange = ask(b"AAAAAAAAAAAAAAAAAAAAAAAAAAA=");
        assert_eq!((strange.outcome, strange.sets.len()), (Outcome::Unexplained, 0));
        assert!(strange.tried > 1000 && strange.tried < 60_000, "{}", strange.tried);
    });
}

#[test]
fn two_departures_of_the_text_are_found_together_wherever_they_stand_in_the_table() {
    with_request(|subject| {
        let last_of = |stage| all().filter(|deviation| deviation.stage == stage).last().map(Cause::Deviation).unwrap();
        let both = vec![last_of(Stage::EncodePart), last_of(Stage::Join)];
        let wrong = derived(subject, &both).unwrap();
        let evidence = Evidence { signature: Some(SignatureText::whole(&wrong.signature)), ..Evidence::default() };
        let diagnosis = diagnose(subject, &evidence, &mut Budget { mistakes: 2, ..Budget::default() });
        assert!(diagnosis.sets.contains(&both), "{:?}", diagnosis.ids());
    });
}
