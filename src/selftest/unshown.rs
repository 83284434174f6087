//! Departures that show only in a request which nobody may send: the reference refuses to sign it and to accept it, whatever the departure,
//! so that none of its answers changes. Whoever sends such a request all the same is caught by the case that is named.

/// A departure, the case that fails whoever makes it, and why the reference cannot show it.
pub type Unshown = (&'static str, &'static str, &'static str);

/// The departures.
pub const UNSHOWN: &[Unshown] = &[(
    "collect.form-left-out-beside-body-hash",
    "sign.sources/form-beside-body-hash",
    "the body hash draft forbids oauth_body_hash beside a form (sections 4.1.1 and 4.2.1)",
)];

/// Why no request shows this departure, if it is one of them.
#[must_use]
pub fn reason(id: &str) -> Option<&'static str> {
    UNSHOWN.iter().find(|(known, ..)| *known == id).map(|(.., reason)| *reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deviation::{Cause, Conduct};
    use crate::implementation::Observation;
    use crate::judgement::{Declared, Verdict, judge};
    use crate::protocol::{Derivation, Header, Parameters, Request, Secrets, SignatureMethod, Url};
    use crate::vectors::{Case, Corpus, Output, Question, Text};

    /// The verdict on who signs the request of a `sign` case with these causes, and does not ask whether it may be sent.
    fn verdict_on(case: &Case, causes: &[Cause]) -> Verdict {
        let Question::Sign(input) = &case.question else { panic!("{} does not ask for a signature", case.id) };
        let token = input.token.as_ref().unwrap();
        let mut protocol = vec![
            ("oauth_consumer_key", input.client.identifier.as_bytes()),
            ("oauth_token", token.identifier.as_bytes()),
            ("oauth_signature_method", input.signature_method.as_bytes()),
        ];
        let optional = [("oauth_timestamp", &input.timestamp), ("oauth_nonce", &input.nonce), ("oauth_version", &input.version)];
        protocol.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?.as_bytes()))));
        let extra = input.extra.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
        let protocol = Parameters::of_header(protocol.into_iter().map(|(name, value)| (name.as_bytes(), value)).chain(extra));
        let headers: Vec<Header<'_>> =
            input.headers.iter().map(|(name, value)| Header { name: name.as_bytes(), value: value.as_bytes() }).collect();
        let request = Request {
            method: input.method.as_bytes(),
            url: Url::parse(input.url.as_bytes()).unwrap(),
            headers: &headers,
            body: input.body.as_ref().map(Text::as_bytes),
            protocol: &protocol,
            realm: None,
        };
        let secret = |secret: &Option<Text>| secret.as_ref().map(|text| text.as_bytes().to_vec()).unwrap_or_default();
        let (client, token) = (secret(&input.client.secret), secret(&token.secret));
        let mut derivation = Derivation::default();
        let secrets = Secrets::new(&client, &token);
        Conduct::of(causes).derive(&mut derivation, &request, SignatureMethod::HmacSha1, &secrets).unwrap();
        let signature = Some(Text::from(String::from_utf8(derivation.signature.to_vec()).unwrap()));
        let observation = Observation::Answered(Output { signature, ..Output::default() }.into());
        judge(case, &observation, Declared { codes: false, transmission: false }).verdict
    }

    #[test]
    fn the_named_case_fails_who_signs_with_the_departure_and_nobody_else() {
        for (id, case, _) in UNSHOWN {
            let corpus = Corpus::embedded().unwrap();
            let case = corpus.cases().map(Result::unwrap).find(|known| known.full_id() == *case).unwrap();
            assert_eq!(verdict_on(&case, &[]), Verdict::Pass, "{id}");
            assert_eq!(verdict_on(&case, &[Cause::parse(id).unwrap()]), Verdict::Fail, "{id}");
        }
    }
}
