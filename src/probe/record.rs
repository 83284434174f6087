//! What was sent and answered, written down: a fixture file that replays in `countersign test`, the profile that it was asked under, and an
//! HTTP archive. Of real credentials nothing is kept: synthetic ones stand in their places, and what was signed rightly is signed again
//! with them.

use std::collections::BTreeSet;

use super::catalogue::ground::NOBODY;
use super::conduct::{Conducted, Exchanged, Hop};
use super::judging::{Disclosure, token};
use super::means::Means;
use super::outcome::Outcome;
use super::plan::Plan;
use super::record_synthetic::{Needles, Synthetic, like};
use super::redaction::named::{self, Sort};
use super::redaction::{Redactor, SHORTEST, masked};
use super::step::{Presents, Step};
use crate::profile::answer::Answer;
use crate::profile::document::EndpointName;
use crate::profile::exchange::{Client, Exchange, Octets, Response, SentRequest};
use crate::profile::reading::Reading;
use crate::protocol::Secret;
use crate::vectors::plain;
use crate::vectors::recorded::{self, Archived, nonce_of, replace_signature, signature_of};

/// The exchanges, in the format of fixtures.
pub const FIXTURES: &str = "fixtures.json";
/// The profile at the address that was asked, under which they are judged.
pub const PROFILE: &str = "profile.json";
/// The exchanges for other tools.
pub const ARCHIVE: &str = "exchanges.har";
/// The longest body that is kept, in octets.
const LONGEST_BODY: usize = 256 * 1024;

/// A recording: files, and what there is to say of them.
#[derive(Debug, Default)]
pub struct Recording {
    /// Each file's name, and its text.
    pub files: Vec<(&'static str, String)>,
    /// How many exchanges they hold.
    pub exchanges: usize,
    /// Exchanges of which the rules find something else now that synthetic values stand in them.
    pub retold: Vec<String>,
    /// Exchanges that are too long to be kept.
    pub left_out: Vec<String>,
    /// Exchanges in which something of a secret would be left: they are not kept.
    pub withheld: Vec<String>,
}

/// One exchange of a run, with its name.
struct Took<'a> {
    id: String,
    title: String,
    hop: &'a Hop,
    exchange: Exchange,
    is_accepted: bool,
}

/// Writes down what was done.
#[must_use]
pub fn record(plan: &Plan, means: &Means, conducted: &Conducted, disclosure: &Disclosure) -> Recording {
    let mut all = taken(plan, means, conducted);
    let mut recording = Recording::default();
    let is_long = |took: &Took<'_>| {
        let answered = took.exchange.response.as_ref().map_or(0, |answer| answer.octets().len());
        answered.max(took.hop.outgoing.body.as_ref().map_or(0, Vec::len)) > LONGEST_BODY
    };
    recording.left_out = all.iter().filter(|took| is_long(took)).map(|took| took.id.clone()).collect();
    all.retain(|took| !is_long(took));
    if !disclosure.is_open {
        let hidden = Hidden::of(means, conducted, disclosure, &all);
        all.retain_mut(|took| {
            let before = recorded::findings(&plan.profile, &took.exchange);
            let is_clean = hidden.hide(took);
            if !is_clean {
                recording.withheld.push(took.id.clone());
            } else if recorded::findings(&plan.profile, &took.exchange) != before {
                recording.retold.push(took.id.clone());
            }
            is_clean
        });
    }
    let profile = &plan.profile;
    let host = plan.authorities().join(", ");
    let reference = format!("recorded with countersign probe {} at {host}", profile.id);
    let cases: Vec<_> = all.iter().map(|took| recorded::case(profile, &took.exchange, &took.id, &took.title, &reference)).collect();
    recording.exchanges = cases.len();
    let suite = format!("{}.probed", profile.id);
    let about = "exchanges of a probe, with what the profile finds in them; what is not synthetic was replaced";
    recording.files.push((FIXTURES, recorded::file(&suite, &profile.id, about, &cases)));
    recording.files.push((PROFILE, format!("{}\n", plain::pretty(profile))));
    recording.files.push((ARCHIVE, archive(&all)));
    recording
}

fn archive(all: &[Took<'_>]) -> String {
    let archived = all.iter().filter_map(|took| {
        let elapsed = took.hop.answer.as_ref().map_or(0, |read| u64::try_from(read.elapsed.as_millis()).unwrap_or(u64::MAX));
        Some(Archived {
            at: took.hop.at,
            time: elapsed,
            request: &took.exchange.request,
            version: "HTTP/1.1".to_owned(),
            response: took.exchange.response.as_ref()?,
            reason: "",
            comment: format!("{}: {}", took.id, took.title),
        })
    });
    recorded::archive("countersign probe", archived)
}

/// Every exchange, in the order in which they were had.
fn taken<'a>(plan: &Plan, means: &Means, conducted: &'a Conducted) -> Vec<Took<'a>> {
    let mut all: Vec<Took<'a>> = Vec::new();
    let mut seen: Vec<[String; 4]> = Vec::new();
    for exchanged in &conducted.exchanged {
        let Some(step) = plan.steps.get(exchanged.step) else { continue };
        for (part, hop) in hops(exchanged) {
            let mut took = took(means, step, exchanged, hop, &part);
            let own = nonce_of(&took.exchange);
            // Of what was seen before, only the same nonce can matter.
            if let Some([.., nonce]) = &own {
                took.exchange.seen = seen.iter().filter(|[.., known]| known == nonce).cloned().collect();
            }
            seen.extend(own.filter(|_| took.is_accepted));
            let times = all.iter().filter(|known| known.id == took.id).count();
            if times > 0 {
                took.id = format!("{}.{}", took.id, times + 1);
            }
            all.push(took);
        }
    }
    all
}

/// The requests of a step, each with what it was for: nothing is the one that counts.
pub(super) fn hops(exchanged: &Exchanged) -> Vec<(String, &Hop)> {
    let errands = exchanged.errands.iter().enumerate().map(|(number, hop)| (format!(".errand-{}", number + 1), hop));
    let first = exchanged.first.iter().map(|hop| (".first".to_owned(), hop));
    let own = exchanged.hop.iter().map(|hop| (String::new(), hop));
    errands.chain(first).chain(own).collect()
}

fn took<'a>(means: &Means, step: &Step, exchanged: &Exchanged, hop: &'a Hop, part: &str) -> Took<'a> {
    let read = hop.answer.as_ref().ok();
    let is_errand = part.starts_with(".errand");
    let presented = exchanged.presented.as_ref().filter(|_| !is_errand || hop.endpoint == EndpointName::Authorize);
    let title = if is_errand { format!("on the way to: {}", step.title) } else { step.title.clone() };
    let is_accepted = read.is_some_and(|read| read.outcome == Outcome::Accepted);
    let presents = if is_errand { Presents::Undecided } else { step.presents };
    let exchange = Exchange {
        endpoint: hop.endpoint,
        request: SentRequest {
            method: hop.outgoing.method.clone(),
            url: hop.outgoing.url.clone(),
            headers: hop.outgoing.headers.iter().map(|(name, value)| (name.clone(), Octets(value.clone()))).collect(),
            body: hop.outgoing.body.clone().map(Octets),
        },
        client: Some(Client { identifier: means.client.clone(), secret: means.secret.clone(), public_key: None, callback: None }),
        token: presented.map(|pair| token(presents, pair)),
        now: Some(read.and_then(|read| read.says.server_time).unwrap_or(hop.at)),
        seen: Vec::new(),
        response: read.map(|read| read.response.clone()),
    };
    Took { id: format!("{}{part}", step.id), title, hop, exchange, is_accepted }
}

/// What is hidden, and by what.
struct Hidden<'a> {
    synthetic: Synthetic,
    /// Secrets that live longer than the run.
    own: Vec<&'a Secret>,
}

impl<'a> Hidden<'a> {
    fn of(means: &'a Means, conducted: &'a Conducted, disclosure: &'a Disclosure, all: &[Took<'_>]) -> Hidden<'a> {
        let mut values: Vec<Vec<u8>> = vec![means.client.clone().into_bytes()];
        let presented = conducted.exchanged.iter().filter_map(|exchanged| exchanged.presented.as_ref());
        for pair in means.token.iter().chain(presented) {
            values.push(pair.identifier.clone());
            values.push(pair.secret.expose().to_vec());
            values.extend(pair.handle.iter().chain(&pair.verifier).cloned());
        }
        values.extend(all.iter().filter_map(|took| took.exchange.response.as_ref()).flat_map(given));
        let own: Vec<&Secret> = means.secret.iter().chain(means.token.iter().map(|token| &token.secret)).collect();
        // What the run learnt by any other way; a private key is in no request.
        let known = own.iter().copied().chain(&conducted.secrets).chain(&disclosure.secrets);
        values.extend(known.map(|secret| secret.expose().to_vec()).filter(|secret| !secret.starts_with(b"-----BEGIN")));
        // What the probe itself made up is nobody's.
        values.retain(|value| value.as_slice() != NOBODY.as_bytes());
        Hidden { synthetic: Synthetic::of(values), own }
    }

    /// Synthetic values in the place of real ones. `false` if something of a real one is left.
    #[must_use]
    fn hide(&self, took: &mut Took<'_>) -> bool {
        let exchange = &mut took.exchange;
        let old = Reading::of(&exchange.request).value("oauth_signature").map(<[u8]>::to_vec);
        let right = RightWith::of(exchange);
        let redactor = self.redactor(exchange, old.as_deref());
        let mut needles = self.synthetic.found_in(&whole(exchange));
        let request = &mut exchange.request;
        request.url = String::from_utf8_lossy(&needles.within(request.url.as_bytes())).into_owned();
        let headers = request.headers.iter_mut().map(|(_, value)| value);
        headers.chain(&mut request.body).for_each(|octets| octets.0 = needles.within(&octets.0));
        if let Some(client) = &mut exchange.client {
            client.identifier = self.synthetic.text(&client.identifier);
            client.secret = client.secret.as_ref().map(|secret| Secret::new(self.synthetic.value(secret.expose())));
        }
        if let Some(token) = &mut exchange.token {
            token.identifier = self.synthetic.text(&token.identifier);
            token.secret = token.secret.as_ref().map(|secret| Secret::new(self.synthetic.value(secret.expose())));
            token.verifier = token.verifier.as_ref().map(|code| self.synthetic.text(code));
        }
        for [client, token, ..] in &mut exchange.seen {
            (*client, *token) = (self.synthetic.text(client), self.synthetic.text(token));
        }
        if let (Some(old), Some(new)) = (old, sign_again(exchange, right))
            && old.len() >= SHORTEST
        {
            needles.add(&old, &new);
        }
        if let Some(answer) = &mut exchange.response {
            let told: BTreeSet<Vec<u8>> = named::told_in(answer).filter(|told| told.is_a_value()).map(|told| told.raw.to_vec()).collect();
            hide_answer(answer, took.hop.endpoint, took.is_accepted, &needles);
            mask(answer, &told);
            // A name that holds a value is no field that anybody reads.
            let is_clean = |name: &str| needles.within(name.as_bytes()) == name.as_bytes() && redactor.sweep(name) == name;
            answer.headers.retain(|(name, _)| is_clean(name));
        }
        // What is left of real values in a writing that was not thought of. All at once first: mostly nothing is.
        let text = whole(exchange);
        if redactor.sweep_octets(&text) != text {
            exchange.request.url = redactor.sweep(&exchange.request.url);
            parts(exchange).into_iter().for_each(|part| part.0 = redactor.sweep_octets(&part.0));
            let text = whole(exchange);
            return redactor.sweep_octets(&text) == text;
        }
        true
    }

    /// Knows what this exchange can hold: an answer repeats what it was sent, or what it gives.
    fn redactor(&self, exchange: &Exchange, signature: Option<&[u8]>) -> Redactor {
        let mut here: Vec<Secret> = exchange.response.iter().flat_map(given).map(Secret::new).collect();
        here.extend(signature.map(|signature| Secret::new(signature.to_vec())));
        if let Some(token) = &exchange.token {
            here.push(Secret::new(token.identifier.clone().into_bytes()));
            here.extend(token.verifier.as_ref().map(|code| Secret::new(code.clone().into_bytes())));
            here.extend(token.secret.clone());
        }
        Redactor::of(here.iter().chain(self.own.iter().copied()))
    }
}

/// The octets of an exchange in which somebody's values can stand, but for the URL.
fn parts(exchange: &mut Exchange) -> Vec<&mut Octets> {
    let request = &mut exchange.request;
    let mut parts: Vec<&mut Octets> = request.headers.iter_mut().map(|(_, value)| value).chain(&mut request.body).collect();
    if let Some(answer) = &mut exchange.response {
        parts.extend(answer.headers.iter_mut().map(|(_, value)| value).chain(&mut answer.body));
    }
    parts
}

/// All of it in one text.
fn whole(exchange: &mut Exchange) -> Vec<u8> {
    let mut whole = exchange.request.url.clone().into_bytes();
    for part in parts(exchange) {
        whole.push(b'\n');
        whole.extend_from_slice(&part.0);
    }
    whole
}

/// With which secrets a signature is right.
#[derive(Clone, Copy)]
enum RightWith {
    Both,
    TheClientAlone,
    Neither,
}

impl RightWith {
    fn of(exchange: &Exchange) -> RightWith {
        let is_right = |exchange: &Exchange| signature_of(exchange).is_some_and(|(sent, computed)| sent == computed);
        if is_right(exchange) {
            RightWith::Both
        } else if is_right(&without_token_secret(exchange)) {
            RightWith::TheClientAlone
        } else {
            RightWith::Neither
        }
    }
}

fn without_token_secret(exchange: &Exchange) -> Exchange {
    let mut alone = exchange.clone();
    alone.token = None;
    alone
}

/// The signature that stands there now: a right one if it was right, and otherwise one that is wrong in nobody's key.
fn sign_again(exchange: &mut Exchange, right: RightWith) -> Option<Vec<u8>> {
    let sent = Reading::of(&exchange.request).value("oauth_signature").map(<[u8]>::to_vec)?;
    let computed = match right {
        RightWith::Both => signature_of(exchange),
        RightWith::TheClientAlone => signature_of(&without_token_secret(exchange)),
        RightWith::Neither => None,
    };
    let new = computed.map_or_else(|| like(&sent, 1_000_000), |(_, computed)| computed);
    replace_signature(&mut exchange.request, &sent, &new);
    Some(new)
}

/// An answer without cookies, without what a protected resource tells of its owner, and with synthetic values.
fn hide_answer(answer: &mut Response, endpoint: EndpointName, is_accepted: bool, needles: &Needles) {
    answer.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("set-cookie"));
    if is_accepted && !matches!(endpoint, EndpointName::RequestToken | EndpointName::AccessToken | EndpointName::Renew) {
        answer.body = None;
    }
    for octets in answer.headers.iter_mut().map(|(_, value)| value).chain(&mut answer.body) {
        octets.0 = needles.within(&octets.0);
    }
}

/// Shorter values of an answer are nobody's.
const SHORT: usize = 3;

/// The values of an answer that are somebody's: all of a form but those that are words or numbers of the protocol, and whatever stands
/// behind a credential's name.
fn given(answer: &Response) -> Vec<Vec<u8>> {
    let form = Answer::of(answer);
    let is_given = answer.status < 400 && form.value("oauth_token").is_some();
    let is_word = |name: &[u8]| {
        let name = String::from_utf8_lossy(name);
        name == "oauth_callback_confirmed" || name.contains("expires") || name.contains("problem") || name.contains("url")
    };
    let own = form.parameters.iter().filter(|(name, _)| is_given && !is_word(name)).map(|(_, value)| value.clone());
    let mut values: Vec<Vec<u8>> = own.collect();
    for told in named::told(answer).into_iter().filter(|told| told.is_a_value() && told.sort != Sort::Signature) {
        // A refusal repeats what it was sent.
        if (told.sort == Sort::Secret || answer.status < 400) && !told.is_one_of(values.iter().map(Vec::as_slice)) {
            values.push(told.meant());
        }
    }
    values.retain(|value| value.len() >= SHORT);
    values
}

/// Masks what still stands behind a credential's name as it came: more of it than values are made up for.
fn mask(answer: &mut Response, told: &BTreeSet<Vec<u8>>) {
    let is_left = |value: &[u8]| value.len() >= SHORT && value != NOBODY.as_bytes() && told.contains(value);
    for (name, value) in &mut answer.headers {
        value.0 = if named::field(name).is_some() && is_left(&value.0) {
            masked(&value.0).into_bytes()
        } else {
            named::without(&value.0, is_left)
        };
    }
    if let Some(body) = &mut answer.body {
        body.0 = named::without(&body.0, is_left);
    }
}
