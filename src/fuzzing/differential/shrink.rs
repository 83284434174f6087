//! Smaller requests: what can be left out or replaced by something simpler, tried in an order in which much goes first.

use crate::protocol::encoding::escape_at;
use crate::vectors::question::{Credentials, SignInput, Transmission, VerifyInput};
use crate::vectors::{Question, Text};

/// The most questions that are put for one shrinking.
const MOST_ASKED: usize = 400;

/// What a shrinking came to.
#[derive(Clone, Debug)]
pub struct Shrunk {
    /// The smallest question that was reached.
    pub question: Question,
    /// Whether nothing smaller was left to be tried.
    pub is_smallest: bool,
}

/// The smallest question that is reached for which `differs` still says so; `None` of it ends the shrinking.
pub fn shrink(question: Question, differs: &mut dyn FnMut(&Question) -> Option<bool>) -> Shrunk {
    let (mut smallest, mut asked) = (question, 0);
    loop {
        let least = size(&smallest);
        let mut smaller = None;
        for candidate in candidates(&smallest).filter(|candidate| size(candidate) < least) {
            let told = if asked == MOST_ASKED { None } else { differs(&candidate) };
            asked += 1;
            if told != Some(false) {
                smaller = Some(told.map(|_| candidate));
                break;
            }
        }
        match smaller {
            Some(Some(candidate)) => smallest = candidate,
            stopped => return Shrunk { question: smallest, is_smallest: stopped.is_none() },
        }
    }
}

/// How much there is to look at: octets, and something for every part that is not as usual.
#[must_use]
pub fn size(question: &Question) -> usize {
    let length = |text: &Text| text.as_bytes().iter().map(|octet| 1 + usize::from(!octet.is_ascii_lowercase())).sum::<usize>();
    match question {
        Question::Sign(input) => {
            let optional = [&input.version, &input.callback, &input.verifier, &input.realm, &input.nonce, &input.timestamp, &input.body];
            let credentials = |known: &Credentials| 4 + length(&known.identifier) + known.secret.as_ref().map_or(0, length);
            length(&input.method)
                + length(&input.url)
                + length(&input.signature_method)
                + input.headers.iter().map(|(name, value)| 4 + length(name) + length(value)).sum::<usize>()
                + optional.into_iter().flatten().map(|text| 4 + length(text)).sum::<usize>()
                + input.extra.iter().map(|(name, value)| 4 + length(name) + length(value)).sum::<usize>()
                + credentials(&input.client)
                + input.token.as_ref().map_or(0, credentials)
                + usize::from(input.transmission != Transmission::Header) * 8
                + usize::from(input.method.as_bytes() != b"GET") * 4
        }
        Question::Verify(input) => {
            let credentials = |identifier: &Text, secret: Option<&Text>| 4 + length(identifier) + secret.map_or(0, length);
            length(&input.method)
                + length(&input.url)
                + input.headers.iter().map(|(name, value)| 4 + length(name) + length(value)).sum::<usize>()
                + input.body.as_ref().map_or(0, |body| 4 + length(body))
                + input.client.as_ref().map_or(0, |client| credentials(&client.identifier, client.secret.as_ref()))
                + input.token.as_ref().map_or(0, |token| credentials(&token.identifier, token.secret.as_ref()))
                + 4 * (input.seen.len() + usize::from(input.window.is_some()) + usize::from(input.now.is_some()))
                + usize::from(input.method.as_bytes() != b"GET") * 4
        }
        _ => 0,
    }
}

/// What is left out or replaced.
type Change<'a, T> = Box<dyn Fn(&mut T) + 'a>;

/// What could be done, before it is: most of it never is, because the first that succeeds ends a round.
struct Changes<'a, T>(Vec<Change<'a, T>>);

impl<'a, T: Clone> Changes<'a, T> {
    const fn new() -> Changes<'a, T> {
        Changes(Vec::new())
    }

    fn add(&mut self, change: impl Fn(&mut T) + 'a) {
        self.0.push(Box::new(change));
    }

    fn of(self, input: &'a T) -> impl Iterator<Item = Box<T>> + 'a {
        self.0.into_iter().map(|change| {
            let mut changed = Box::new(input.clone());
            change(&mut changed);
            changed
        })
    }
}

fn candidates(question: &Question) -> Box<dyn Iterator<Item = Question> + '_> {
    match question {
        Question::Sign(input) => Box::new(sign_changes(input).of(input).map(Question::Sign)),
        Question::Verify(input) => Box::new(verify_changes(input).of(input).map(Question::Verify)),
        _ => Box::new(std::iter::empty()),
    }
}

fn sign_changes(input: &SignInput) -> Changes<'_, SignInput> {
    let mut all = Changes::<SignInput>::new();
    all.add(|input| (input.body, input.headers) = (None, Vec::new()));
    all.add(|input| input.token = None);
    all.add(|input| input.extra.clear());
    all.add(|input| input.callback = None);
    all.add(|input| input.verifier = None);
    all.add(|input| input.realm = None);
    all.add(|input| input.version = None);
    all.add(|input| input.transmission = Transmission::Header);
    all.add(|input| input.method = "GET".into());
    all.add(|input| input.signature_method = "HMAC-SHA1".into());
    all.add(|input| input.nonce = Some("n".into()));
    all.add(|input| input.timestamp = Some("1".into()));
    all.add(|input| input.client = Credentials { identifier: "c".into(), secret: Some("s".into()) });
    all.add(|input| input.client.identifier = "c".into());
    all.add(|input| input.client.secret = Some("s".into()));
    if input.token.is_some() {
        all.add(|input| input.token = Some(Credentials { identifier: "t".into(), secret: Some("s".into()) }));
        for (identifier, secret) in [(Some("t"), None), (None, Some("s"))] {
            all.add(move |input| {
                if let Some(token) = &mut input.token {
                    identifier.into_iter().for_each(|text| token.identifier = text.into());
                    secret.into_iter().for_each(|text| token.secret = Some(text.into()));
                }
            });
        }
    }
    for (place, text) in simpler(&input.url, input.body.as_ref()) {
        all.add(move |input| place.put(&text, &mut input.url, &mut input.body));
    }
    if input.headers.iter().any(|(_, value)| value.as_bytes() != FORM.as_bytes()) {
        all.add(|input| input.headers.iter_mut().for_each(|(_, value)| *value = FORM.into()));
    }
    let texts: [(Access, Option<&Text>); 6] = [
        (|input| Some(&mut input.client.identifier), Some(&input.client.identifier)),
        (|input| input.client.secret.as_mut(), input.client.secret.as_ref()),
        (|input| input.nonce.as_mut(), input.nonce.as_ref()),
        (|input| input.callback.as_mut(), input.callback.as_ref()),
        (|input| input.verifier.as_mut(), input.verifier.as_ref()),
        (
            |input| input.token.as_mut().and_then(|token| token.secret.as_mut()),
            input.token.as_ref().and_then(|token| token.secret.as_ref()),
        ),
    ];
    for (access, text) in texts {
        for shorter in text.and_then(Text::as_str).map(shorter).unwrap_or_default() {
            all.add(move |input| {
                if let Some(text) = access(input) {
                    *text = shorter.as_str().into();
                }
            });
        }
    }
    all
}

/// A text of a request that can be made shorter.
type Access = fn(&mut SignInput) -> Option<&mut Text>;

const FORM: &str = "application/x-www-form-urlencoded";

/// Where a request has parameters that are cut at `&`.
enum Place {
    Url,
    Body,
}

impl Place {
    fn put(&self, text: &str, url: &mut Text, body: &mut Option<Text>) {
        match self {
            Place::Url => *url = text.into(),
            Place::Body => *body = Some(text.into()),
        }
    }
}

/// Simpler texts of a URL and of a body, which are the same for a request to be signed and a received one.
fn simpler(url: &Text, body: Option<&Text>) -> impl Iterator<Item = (Place, String)> {
    let urls = url.as_str().map(urls).unwrap_or_default().into_iter().map(|text| (Place::Url, text));
    let bodies = body.and_then(Text::as_str).map(forms).unwrap_or_default().into_iter().map(|text| (Place::Body, text));
    urls.chain(bodies)
}

/// A received request without something. What was signed is made smaller before ([`super::search`]); here goes what the verdict does not hang
/// on, signed or not.
fn verify_changes(input: &VerifyInput) -> Changes<'_, VerifyInput> {
    let mut all = Changes::<VerifyInput>::new();
    all.add(|input| input.seen.clear());
    all.add(|input| (input.now, input.window) = (None, None));
    all.add(|input| input.headers.retain(|(name, _)| is_authorization(name)));
    all.add(|input| input.body = None);
    all.add(|input| input.token = None);
    for number in 0..input.headers.len() {
        all.add(move |input| _ = input.headers.remove(number));
    }
    for (number, (name, value)) in input.headers.iter().enumerate() {
        let Some(value) = value.as_str().filter(|_| is_authorization(name)) else { continue };
        for shorter in without_a_parameter(value) {
            all.add(move |input| {
                if let Some((_, value)) = input.headers.get_mut(number) {
                    *value = shorter.as_str().into();
                }
            });
        }
    }
    for (place, text) in simpler(&input.url, input.body.as_ref()) {
        all.add(move |input| place.put(&text, &mut input.url, &mut input.body));
    }
    all
}

fn is_authorization(name: &Text) -> bool {
    name.as_bytes().eq_ignore_ascii_case(b"authorization")
}

/// An Authorization field without one of its parameters.
fn without_a_parameter(value: &str) -> Vec<String> {
    let (scheme, list) = value.split_once(' ').unwrap_or((value, ""));
    let parameters: Vec<&str> = list.split(", ").collect();
    let without = |at: usize| parameters.iter().enumerate().filter(|(place, _)| *place != at).map(|(_, text)| *text).collect::<Vec<_>>();
    (0..parameters.len()).map(|at| format!("{scheme} {}", without(at).join(", "))).collect()
}

/// Simpler URLs.
fn urls(url: &str) -> Vec<String> {
    let (whole, fragment) = url.split_at(url.find('#').unwrap_or(url.len()));
    let (before, query) = match whole.split_once('?') {
        Some((before, query)) => (before, Some(query)),
        None => (whole, None),
    };
    let Some((scheme, rest)) = before.split_once("://") else { return Vec::new() };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let put = |scheme: &str, authority: &str, path: &str, query: Option<&str>, fragment: &str| {
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        format!("{scheme}://{authority}{path}{query}{fragment}")
    };
    let mut all = vec![
        put(scheme, authority, path, None, fragment),
        put(scheme, authority, path, query, ""),
        put(scheme, authority, "/", query, fragment),
        put(scheme, "h", path, query, fragment),
        put("http", authority, path, query, fragment),
        put(&scheme.to_ascii_lowercase(), authority, path, query, fragment),
        put(scheme, &authority.to_ascii_lowercase(), path, query, fragment),
    ];
    if let Some((_, port)) = authority.rsplit_once(':') {
        all.push(put(scheme, &format!("h:{port}"), path, query, fragment));
        all.push(put("http", &format!("h:{}", if port == "443" { "80" } else { port }), path, query, fragment));
    }
    if let Some((user, _)) = authority.rsplit_once('@') {
        all.push(put(scheme, &format!("{user}@h"), path, query, fragment));
    }
    if let Some(query) = query {
        all.extend(forms(query).iter().map(|query| put(scheme, authority, path, Some(query), fragment)));
    }
    all.extend(
        shorter(path)
            .iter()
            .filter(|path| path.is_empty() || path.starts_with('/'))
            .map(|path| put(scheme, authority, path, query, fragment)),
    );
    all
}

/// Simpler queries and forms: one piece, one piece less, one piece shorter.
fn forms(form: &str) -> Vec<String> {
    let pieces: Vec<&str> = form.split('&').collect();
    let mut all: Vec<String> = Vec::new();
    let half = pieces.len() / 2;
    if half > 1 {
        all.push(pieces.iter().take(half).copied().collect::<Vec<_>>().join("&"));
        all.push(pieces.iter().skip(half).copied().collect::<Vec<_>>().join("&"));
    }
    let replaced = |at: usize, new: &str| {
        let changed: Vec<&str> = pieces.iter().enumerate().map(|(place, piece)| if place == at { new } else { *piece }).collect();
        changed.join("&")
    };
    for at in 0..pieces.len().min(40) {
        let others: Vec<&str> = pieces.iter().enumerate().filter(|(place, _)| *place != at).map(|(_, piece)| *piece).collect();
        all.push(others.join("&"));
    }
    for (at, piece) in pieces.iter().enumerate().take(40) {
        all.extend(shorter(piece).iter().map(|shorter| replaced(at, shorter)));
        if let Some((name, value)) = piece.split_once('=') {
            all.push(replaced(at, &format!("a={value}")));
            all.push(replaced(at, &format!("{name}=")));
        }
    }
    all
}

/// A text without one half, or without one of its characters or escapes.
fn shorter(text: &str) -> Vec<String> {
    let mut units: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_escape = escape_at(rest.as_bytes()).is_some();
        let (unit, others) = rest.split_at(if is_escape { 3 } else { first.len_utf8() });
        units.push(unit);
        rest = others;
    }
    let mut all = Vec::new();
    if units.len() > 3 {
        let half = units.len() / 2;
        all.push(units.iter().take(half).copied().collect());
        all.push(units.iter().skip(half).copied().collect());
    }
    for at in 0..units.len().min(40) {
        all.push(units.iter().enumerate().filter(|(place, _)| *place != at).map(|(_, unit)| *unit).collect());
    }
    all
}
