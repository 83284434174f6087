//! The signature base string (RFC 5849 section 3.4.1): that of a second derivation, and the same however the same request is written.

use super::asked::Asked;
use super::{naive, naive_signature, shown};
use crate::protocol::{Buffer, Malformed};
use crate::protocol::{Derivation, Header, Parameters, Recipe, Request, SignatureMethod, Url, percent_encode, transmission};

const METHOD: SignatureMethod = SignatureMethod::HmacSha1;

/// The base string is the naive one, and so is the signature; and the base string does not change with how the same request is written
/// (`REWRITINGS`). One of them is looked at, that which the choices of the input name: a fuzzer puts several times as many requests in the same
/// time, and what is left out of one input is looked at in another.
///
/// # Panics
/// Where one of it is not so.
pub fn base_string(asked: &Asked) {
    holds(&Recipe::RFC5849, asked, &is_in_turn);
}

/// [`base_string`] with every rewriting: what a fuzzer finds there is found here too.
///
/// # Panics
/// As there.
pub fn every_rewriting(asked: &Asked) {
    holds(&Recipe::RFC5849, asked, &|_, _| true);
}

/// Whether it is the turn of the rewriting at this place.
const fn is_in_turn(place: usize, turn: u8) -> bool {
    place == turn as usize % REWRITINGS.len()
}

/// What must hold of whoever derives by this recipe.
fn holds(recipe: &Recipe, asked: &Asked, is_looked_at: &dyn Fn(usize, u8) -> bool) {
    let headers = asked.headers();
    let protocol = asked.protocol(METHOD);
    let Ok(request) = asked.request(&headers, &protocol) else { return };
    let mut derivation = Derivation::default();
    if is_signed(recipe, asked, &request, &mut derivation) {
        agrees_with_the_naive(asked, &request, &derivation.base_string);
        is_same_when_rewritten(recipe, asked, &request, &mut derivation, is_looked_at);
    }
}

/// The base string that is derived is that of the rewritings too.
fn is_same_when_rewritten(
    recipe: &Recipe,
    asked: &Asked,
    request: &Request<'_>,
    derivation: &mut Derivation,
    is_looked_at: &dyn Fn(usize, u8) -> bool,
) {
    let right = derivation.base_string.to_vec();
    let mut choices = asked.choices();
    let mut choice = || choices.arbitrary::<u8>().unwrap_or(1);
    let (order, turn) = (choice(), choice());
    let original = Original { asked, request, order };
    for (_, (what, rewrite)) in REWRITINGS.iter().enumerate().filter(|(place, _)| is_looked_at(*place, turn)) {
        rewrite(&original, &mut |request| {
            let told = derivation.derive_base_string(recipe, request);
            let is_same = told.is_ok() && derivation.base_string[..] == right[..];
            assert!(is_same, "the base string changes with {what}: {told:?}, {} and not {}", shown(&derivation.base_string), shown(&right));
        });
    }
}

/// The signature is the naive one of the base string, by each method that needs no RSA key (sections 3.4.2 and 3.4.4). Says whether there is
/// one: there is none for a request that has no base string.
fn is_signed(recipe: &Recipe, asked: &Asked, request: &Request<'_>, derivation: &mut Derivation) -> bool {
    const METHODS: [SignatureMethod; 4] =
        [SignatureMethod::HmacSha1, SignatureMethod::HmacSha256, SignatureMethod::HmacSha512, SignatureMethod::Plaintext];
    let number = asked.choices.len() + asked.url.len();
    let method = METHODS.get(number % METHODS.len()).copied().unwrap_or(METHOD);
    if let Err(fault) = derivation.derive(recipe, request, method, &asked.secrets()) {
        let has_none = derivation.derive_base_string(recipe, request).is_err();
        assert!(has_none, "a request with a base string is not signed: {fault}");
        return false;
    }
    let text = &derivation.base_string;
    let naive = naive_signature::signature(method.as_str().as_bytes(), text, &asked.client_secret, &asked.token_secret);
    let signature = &derivation.signature;
    let is_same = naive.as_deref() == Some(signature);
    assert!(is_same, "the signature differs from the naive one: {} and not {:?}", shown(signature), naive.as_deref().map(shown));
    true
}

/// The naive derivation reads the header that was written; where no header can be written, it gets the parameters in the query.
fn agrees_with_the_naive(asked: &Asked, request: &Request<'_>, right: &[u8]) {
    let in_header: Result<Vec<u8>, Malformed> = transmission::header(request.realm, request.protocol, b"s");
    let is_readable = request.protocol.iter().all(|parameter| {
        // No header has a parameter without a name, and one of this name is the realm.
        !parameter.name.is_empty() && !parameter.name.eq_ignore_ascii_case(b"realm")
    });
    let in_query;
    let mut fields: Vec<(&[u8], &[u8])> = request.headers.iter().map(|header| (header.name, header.value)).collect();
    let url = match &in_header {
        Ok(header) if is_readable => {
            fields.push((b"Authorization", header));
            request.url.text
        }
        _ => {
            in_query = transmission::query(&request.url, request.protocol, b"s");
            &in_query
        }
    };
    let wire = naive::Wire { method: &asked.method, url, headers: &fields, body: request.body };
    let naive = naive::base_string(&wire);
    let is_same = naive.as_deref() == Some(right);
    assert!(is_same, "the base string differs from the naive one: {} and not {:?}", shown(right), naive.as_deref().map(shown));
}

/// A request that is written in other ways.
struct Original<'a> {
    asked: &'a Asked,
    request: &'a Request<'a>,
    /// In which order its parameters are put.
    order: u8,
}

/// Is shown the same request, written differently.
type Same<'s> = &'s mut dyn FnMut(&Request<'_>);

/// Writes it differently.
type Rewrite = fn(&Original<'_>, Same<'_>);

/// What the base string does not change with: the order of parameters, how they are escaped, a default port, user information, a fragment,
/// the letter case of scheme, host and method, and the place of the protocol parameters (section 3.5). What cannot be written is not shown.
const REWRITINGS: [(&str, Rewrite); 13] = [
    ("the letter case of the scheme", |own, same| own.with_scheme(&swapped(own.request.url.scheme), same)),
    ("the letter case of the host", |own, same| own.with_authority(&[own.user(), &swapped(own.host())], same)),
    ("user information", |own, same| own.with_authority(&[b"user:pass@", own.host()], same)),
    ("a fragment", |own, same| own.with_url(own.request.url.authority, own.request.url.query, b"#f?x=y", same)),
    ("a default port", with_default_port),
    ("the order of the query", |own, same| own.with_query(&|query| turned(query, own.order), same)),
    ("how a query is escaped", |own, same| own.with_query(&escaped_again, same)),
    ("the letter case of the method", |own, same| same(&Request { method: &swapped(own.request.method), ..own.request.clone() })),
    ("the order of the protocol parameters", reversed),
    ("the order of the form", |own, same| own.with_form(&|form| turned(form, own.order), same)),
    ("how a form is escaped", |own, same| own.with_form(&escaped_again, same)),
    ("sending in the query", sent_in_the_query),
    ("sending in the body", sent_in_the_body),
];

impl<'a> Original<'a> {
    /// The authority without and with its end: user information, and host and port.
    fn split(&self) -> (&'a [u8], &'a [u8]) {
        let authority = self.request.url.authority;
        authority.split_at(authority.iter().rposition(|octet| *octet == b'@').map_or(0, |at| at + 1))
    }

    fn user(&self) -> &'a [u8] {
        self.split().0
    }

    fn host(&self) -> &'a [u8] {
        self.split().1
    }

    fn put(&self, scheme: &[u8], authority: &[u8], query: Option<&[u8]>, tail: &[u8], same: Same<'_>) {
        let (mark, query): (&[u8], &[u8]) = query.map_or((b"", b""), |query| (b"?", query));
        let text = [scheme, b"://", authority, self.request.url.path, mark, query, tail].concat();
        match Url::parse(&text) {
            Ok(url) => same(&Request { url, ..self.request.clone() }),
            Err(fault) => panic!("written differently, the URL is none any more: {fault}: {}", shown(&text)),
        }
    }

    fn with_url(&self, authority: &[u8], query: Option<&[u8]>, tail: &[u8], same: Same<'_>) {
        self.put(self.request.url.scheme, authority, query, tail, same);
    }

    fn with_scheme(&self, scheme: &[u8], same: Same<'_>) {
        self.put(scheme, self.request.url.authority, self.request.url.query, b"", same);
    }

    fn with_authority(&self, parts: &[&[u8]], same: Same<'_>) {
        self.with_url(&parts.concat(), self.request.url.query, b"", same);
    }

    fn with_query(&self, write: &dyn Fn(&[u8]) -> Vec<u8>, same: Same<'_>) {
        if let Some(query) = self.request.url.query {
            self.with_url(self.request.url.authority, Some(&write(query)), b"", same);
        }
    }

    fn with_form(&self, write: &dyn Fn(&[u8]) -> Vec<u8>, same: Same<'_>) {
        if let Ok(Some(form)) = self.request.form() {
            same(&Request { body: Some(&write(form)), ..self.request.clone() });
        }
    }
}

fn with_default_port(own: &Original<'_>, same: Same<'_>) {
    if own.request.url.host.port.is_none() {
        let port: &[u8] = if own.request.url.is_https() { b"443" } else { b"80" };
        let colon: &[u8] = if own.host().ends_with(b":") { b"" } else { b":" };
        own.with_authority(&[own.request.url.authority, colon, port], same);
    }
}

fn reversed(own: &Original<'_>, same: Same<'_>) {
    let mut list: Vec<_> = own.request.protocol.iter().collect();
    list.reverse();
    let mut protocol = Parameters::new();
    list.into_iter().for_each(|parameter| protocol.push_parameter(parameter));
    same(&Request { protocol: &protocol, ..own.request.clone() });
}

/// Sent along, and not signed.
const SIGNATURE: &[u8] = b"s+/=";

fn sent_in_the_query(own: &Original<'_>, same: Same<'_>) {
    let text = transmission::query(&own.request.url, own.request.protocol, SIGNATURE);
    match Url::parse(&text) {
        Ok(url) => same(&Request { url, protocol: &Parameters::new(), ..own.request.clone() }),
        Err(fault) => panic!("a URL with protocol parameters is none: {fault}: {}", shown(&text)),
    }
}

fn sent_in_the_body(own: &Original<'_>, same: Same<'_>) {
    let given = Some(own.asked.content_type.as_slice()).filter(|value| !value.is_empty());
    if given.is_none() && !own.asked.body.is_empty() {
        return;
    }
    let form = Header { name: b"content-type", value: b"application/x-www-form-urlencoded" };
    let headers: Vec<_> = own.request.headers.iter().copied().chain(given.is_none().then_some(form)).collect();
    if let Ok(body) = transmission::body(own.request.body, given, own.request.protocol, SIGNATURE) {
        same(&Request { headers: &headers, body: Some(&body), protocol: &Parameters::new(), ..own.request.clone() });
    }
}

/// ASCII letters in the other case.
fn swapped(octets: &[u8]) -> Vec<u8> {
    octets.iter().map(|octet| if octet.is_ascii_alphabetic() { octet ^ 0x20 } else { *octet }).collect()
}

/// The pieces of a form in another order.
fn turned(form: &[u8], order: u8) -> Vec<u8> {
    let mut pieces: Vec<&[u8]> = form.split(|octet| *octet == b'&').collect();
    // Not as they were, if there are several.
    let by = 1 + usize::from(order) % pieces.len().saturating_sub(1).max(1);
    let by = by % pieces.len().max(1);
    pieces.rotate_left(by);
    if order >= 0x80 {
        pieces.reverse();
    }
    pieces.join(&b'&')
}

/// A form whose pairs are escaped as section 3.6 has it, whatever they were escaped like.
fn escaped_again(form: &[u8]) -> Vec<u8> {
    let mut out = Buffer::default();
    for (name, value) in naive::form(form) {
        if !out.is_empty() {
            out.push(b'&');
        }
        percent_encode(&name, &mut out);
        out.push(b'=');
        percent_encode(&value, &mut out);
    }
    out.to_vec()
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::super::seeds::{self, Material};
    use super::*;
    use crate::deviation::{Cause, Conduct};

    fn requests() -> Vec<Asked> {
        seeds::asked(&Material::embedded().unwrap()).iter().map(|octets| Asked::of(octets)).collect()
    }

    fn deviant(id: &str) -> Recipe {
        Conduct::of([&Cause::parse(id).unwrap()]).practice.recipe
    }

    /// Whether one of the requests breaks a law.
    fn is_broken(requests: &[Asked], law: impl Fn(&Asked)) -> bool {
        requests.iter().any(|asked| catch_unwind(AssertUnwindSafe(|| law(asked))).is_err())
    }

    #[test]
    fn planted_mistakes_break_the_law() {
        let requests = requests();
        for id in [
            "order.values-unsorted",
            "read.plus-kept",
            "read.decoded-twice",
            "uri.host-case-kept",
            "uri.port-443-dropped-on-http",
            "encode.tilde",
            "empty.dropped",
            "method.case-kept",
            "key.ampersand-last",
        ] {
            let recipe = deviant(id);
            assert!(is_broken(&requests, |asked| holds(&recipe, asked, &|_, _| false)), "{id} is not noticed");
        }
    }

    #[test]
    fn each_rewriting_has_its_turn() {
        let all = |turn: u8| (0..REWRITINGS.len()).filter(move |place| is_in_turn(*place, turn));
        assert!((0..=u8::MAX).all(|turn| all(turn).count() == 1));
        assert_eq!((0..=u8::MAX).flat_map(all).collect::<std::collections::BTreeSet<_>>().len(), REWRITINGS.len());
    }

    /// Without the second derivation: each of these is a mistake that some way of writing shows.
    #[test]
    fn planted_mistakes_show_when_a_request_is_rewritten() {
        let requests = requests();
        for id in [
            "order.unsorted",
            "order.values-unsorted",
            "read.names-not-decoded",
            "uri.scheme-case-kept",
            "uri.host-case-kept",
            "uri.user-kept",
            "uri.fragment-kept",
            "uri.default-port-kept",
            "method.case-kept",
            "collect.form-left-out",
        ] {
            let recipe = deviant(id);
            let law = |asked: &Asked| {
                let (headers, protocol) = (asked.headers(), asked.protocol(METHOD));
                let Ok(request) = asked.request(&headers, &protocol) else { return };
                let mut derivation = Derivation::default();
                if derivation.derive_base_string(&recipe, &request).is_ok() {
                    is_same_when_rewritten(&recipe, asked, &request, &mut derivation, &|_, _| true);
                }
            };
            assert!(is_broken(&requests, law), "{id} is not noticed");
        }
    }
}
