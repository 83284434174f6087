//! What an echoed base string or an expected signature shows: whether the server derives what we do, or which departure it has taken.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use crate::diagnosis::{Budget, SignatureText};
use crate::judgement::{Clues, Explanation};
use crate::probe::conduct::Hop;
use crate::probe::means::{Means, Pair};
use crate::probe::outcome::Read;
use crate::protocol::{Parameters, Request, Secrets, SignatureMethod, Url};

/// The most values that are compared for one answer, and for all of them: what a server shows decides how long it takes, and it may show
/// something else with every answer.
const MOST: u64 = 200_000;
const MOST_OF_ALL: u64 = 1_000_000;

/// What servers show, each text diagnosed once.
pub struct Shown<'a> {
    interrupted: &'a dyn Fn() -> bool,
    /// The most for one answer, and what is left for all of them.
    most: u64,
    left: Cell<u64>,
    told: RefCell<BTreeMap<[Vec<u8>; 3], Option<String>>>,
}

impl<'a> Shown<'a> {
    /// Diagnoses until somebody interrupts.
    #[must_use]
    pub fn until(interrupted: &'a dyn Fn() -> bool) -> Shown<'a> {
        Shown { interrupted, most: MOST, left: Cell::new(MOST_OF_ALL), told: RefCell::default() }
    }

    /// What the answer's base string or signature shows, in words.
    #[must_use]
    pub fn diagnosed(&self, hop: &Hop, read: &Read, means: &Means, presented: Option<&Pair>) -> Option<String> {
        let (base_string, signature) = (read.says.base_strings.first(), read.says.signatures.first());
        if base_string.is_none() && signature.is_none() {
            return None;
        }
        let text = |shown: Option<&Vec<u8>>| shown.cloned().unwrap_or_default();
        let question = [hop.base_string.clone(), text(base_string), text(signature)];
        if let Some(known) = self.told.borrow().get(&question) {
            return known.clone();
        }
        let told = self.derived(hop, base_string, signature, means, presented);
        self.told.borrow_mut().insert(question, told.clone());
        told
    }

    fn derived(
        &self,
        hop: &Hop,
        base_string: Option<&Vec<u8>>,
        signature: Option<&Vec<u8>>,
        means: &Means,
        presented: Option<&Pair>,
    ) -> Option<String> {
        let unsigned = hop.parameters.iter().filter(|(name, _)| name != "oauth_signature");
        let protocol = Parameters::of_header(unsigned.map(|(name, value)| (name.as_bytes(), value.as_slice())));
        let method = hop.parameters.iter().find(|(name, _)| name == "oauth_signature_method").map(|(_, value)| value.as_slice())?;
        let url: &str = hop.outgoing.url.split("oauth_").next().map(|before| before.trim_end_matches(['?', '&']))?;
        let request = Request {
            method: hop.outgoing.method.as_bytes(),
            url: Url::parse(url.as_bytes()).ok()?,
            headers: &[],
            body: None,
            protocol: &protocol,
            realm: None,
        };
        let token = presented.map(|pair| pair.secret.expose()).unwrap_or_default();
        let clues = Clues {
            secrets: means.secret.as_ref().map(|secret| Secrets::new(secret.expose(), token)),
            servers_base_string: base_string.map(Vec::as_slice),
            expected_by_server: signature.map(|text| SignatureText { text, truncated: false }),
            ..Clues::default()
        };
        let most = self.left.get().min(self.most);
        if most == 0 {
            return None;
        }
        let mut go_on = |_: u64| !(self.interrupted)();
        let mut budget = Budget { most, watch: Some(&mut go_on), ..Budget::default() };
        let explanation = Explanation::of(&request, SignatureMethod::from_name(method).ok()?, &clues, Vec::new(), &mut budget).ok()?;
        let diagnosis = explanation.server?.diagnosis;
        self.left.set(self.left.get().saturating_sub(diagnosis.tried));
        match diagnosis.ids().as_slice() {
            [] => None,
            [first, ..] if first.is_empty() => Some("the server derives the same as we do: the secret is another one".to_owned()),
            [first, ..] => Some(format!("the server derives it otherwise: {}", first.join(", "))),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::implementation::live::{Incoming, Outgoing};
    use crate::profile::document::EndpointName;
    use crate::profile::shipped;

    fn hop(base_string: &str) -> Hop {
        let parameters = ["oauth_consumer_key", "oauth_nonce", "oauth_timestamp"].map(|name| (name.to_owned(), b"137131200".to_vec()));
        let method = ("oauth_signature_method".to_owned(), b"HMAC-SHA1".to_vec());
        let profile = shipped::profile("rfc5849").unwrap().unwrap();
        let body = format!("Expected signature base string: {base_string}").into_bytes();
        let incoming = Incoming { status: 401, headers: Vec::new(), body, elapsed: Duration::ZERO };
        Hop {
            endpoint: EndpointName::RequestToken,
            outgoing: Outgoing { method: "POST".to_owned(), url: "http://h/initiate".to_owned(), headers: Vec::new(), body: None },
            parameters: parameters.into_iter().chain([method]).collect(),
            base_string: b"POST&http%3A%2F%2Fh%2Finitiate&".to_vec(),
            at: 0,
            answer: Ok(Read::of(&profile, EndpointName::RequestToken, incoming)),
        }
    }

    /// What is left of so much when servers have shown these.
    fn left_after(interrupted: &dyn Fn() -> bool, left: u64, numbers: impl IntoIterator<Item = usize>) -> u64 {
        let means = Means::of_client("137131200", b"kestrel-secret");
        let shown = Shown { most: left / 5, left: Cell::new(left), ..Shown::until(interrupted) };
        for number in numbers {
            let hop = hop(&format!("POST&http%3A%2F%2Fh%2Finitiate&a%3D{number}"));
            assert_eq!(shown.diagnosed(&hop, hop.answer.as_ref().unwrap(), &means, None), None);
        }
        shown.left.get()
    }

    #[test]
    fn what_answers_show_takes_a_bounded_time_each_and_together_and_the_same_text_none() {
        let once = left_after(&|| false, 150_000, [0]);
        assert!((100_000..150_000).contains(&once), "{once}");
        assert_eq!(left_after(&|| false, 150_000, [0, 0, 0]), once);
        assert_eq!(left_after(&|| false, 150_000, 0..12), 0);
    }

    #[test]
    fn whoever_interrupts_does_not_wait_for_what_a_server_shows() {
        let (waited, interrupted) = (left_after(&|| false, 250_000, [0]), left_after(&|| true, 250_000, [0]));
        assert!(interrupted > waited, "{interrupted} {waited}");
    }
}
