//! The search: parts of a derivation are put together, those with the fewest causes first, and compared with the evidence. What is found
//! is derived once more from the request before it is named.

use super::catalogue::{Catalogue, Set};
use super::evidence::{Evidence, SignatureText, Subject};
use super::keyed::Keyed;
use super::keys::{Keys, Maker};
use super::lists::Lists;
use super::normalized::{Normalized, NormalizedTexts};
use super::pool::{Item, May, Pool};
use super::uris::{Methods, Uris};
use super::{Accept, Budget, Diagnosis, Outcome};
use crate::deviation::{Cause, Conduct, Rank, Stage};
use crate::protocol::base_string::Parts;
use crate::protocol::signature::{base64_octets, digest};
use crate::protocol::{Buffer, Derivation, Recipe, Request, Secrets, SignatureMethod};

/// The most sets that a diagnosis names.
const MOST_SETS: usize = 64;

/// How many causes are combined with which of the departures: all of them first, then only those that are common.
const PHASES: [(Rank, usize); 3] = [(Rank::Plausible, 3), (Rank::Seen, 5), (Rank::Common, usize::MAX)];

/// Finds the smallest sets of causes that give the evidence.
pub fn diagnose(subject: &Subject<'_>, evidence: &Evidence<'_>, budget: &mut Budget<'_>) -> Diagnosis {
    let evidence = match evidence.signature {
        // Without a secret a signature says nothing.
        Some(_) if subject.secrets.is_none() => Evidence { signature: None, ..*evidence },
        _ => *evidence,
    };
    if evidence.is_empty() {
        return Diagnosis::unexplained();
    }
    let one_in = |tried| evidence.signature.filter(|signature| signature.truncated).map(|signature| signature.one_in(tried));
    if is_proved(subject, &evidence, &[]) {
        // Nothing is wrong with it.
        return Diagnosis { one_in: one_in(1), ..Diagnosis::of_sets(vec![Vec::new()]) };
    }
    // What explained others and explains this too needs no search; where several do, they are those that stay possible.
    let known: Vec<Vec<Cause>> = budget.known.iter().filter_map(|set| shortened(subject, &evidence, set)).collect();
    if let Some(least) = known.iter().map(Vec::len).min() {
        let mut sets: Vec<Vec<Cause>> = Vec::new();
        for set in known.into_iter().filter(|set| set.len() == least) {
            if !sets.contains(&set) {
                sets.push(set);
            }
        }
        if least == 1 || sets.len() == 1 || budget.mistakes == 0 {
            let tried = budget.known.len() as u64;
            return Diagnosis { tried, one_in: one_in(tried), ..Diagnosis::of_sets(sets) };
        }
    }
    if budget.mistakes == 0 {
        return Diagnosis::unexplained();
    }
    let (mut tried, mut complete) = (0, 0);
    let weight = 1 + octets(subject.request) / 512;
    // Of few causes every combination can be tried; they are searched once more among all others only if they do not suffice.
    let phases = if budget.among.is_empty() { &PHASES[..] } else { &[(Rank::Plausible, usize::MAX)] };
    for &(rank, most) in phases {
        let most = most.min(budget.mistakes);
        let allowed =
            if rank == Rank::Common || phases.len() == 1 { budget.most } else { tried + (budget.most - tried.min(budget.most)) / 2 };
        let watch: Option<&mut dyn FnMut(u64) -> bool> = match &mut budget.watch {
            Some(watch) => Some(&mut **watch),
            None => None,
        };
        let accept: Option<&mut Accept<'_>> = match &mut budget.accept {
            Some(accept) => Some(&mut **accept),
            None => None,
        };
        let mut search =
            Search { subject, evidence: &evidence, tried, allowed, watch, accept, stopped: false, complete: 0, weight, unwatched: 0 };
        let catalogue = if budget.among.is_empty() { Catalogue::of(subject, rank, budget.inputs) } else { Catalogue::among(budget.among) };
        let found = search.run(&catalogue, complete + 1, most);
        tried = search.tried;
        if rank == Rank::Plausible {
            complete = search.complete;
        }
        if !found.is_empty() {
            return Diagnosis { tried, complete, one_in: one_in(tried), ..Diagnosis::of_sets(found) };
        }
        if search.stopped {
            break;
        }
    }
    Diagnosis { tried, complete, outcome: Outcome::Unexplained, ..Diagnosis::unexplained() }
}

/// How much there is to sign, roughly.
fn octets(request: &Request<'_>) -> u64 {
    let url = request.url.path.len() + request.url.query.map_or(0, <[u8]>::len);
    (url + request.body.map_or(0, <[u8]>::len) + request.protocol.octets()) as u64
}

/// Whether these causes give the evidence, derived anew from the request.
#[must_use]
pub fn is_proved(subject: &Subject<'_>, evidence: &Evidence<'_>, causes: &[Cause]) -> bool {
    let conduct = Conduct::of(causes);
    let mut derivation = Derivation::default();
    let is = |wanted: Option<&[u8]>, value: &[u8]| wanted.is_none_or(|wanted| wanted == value);
    // Making an RSA signature takes a thousand times longer than all else: not for a text that was not signed.
    if subject.method.is_rsa() && evidence.signature.is_some() {
        let derived = conduct.derive_base_string(&mut derivation, subject.request);
        let is_own = std::ptr::fn_addr_eq(conduct.practice.recipe.sign, Recipe::RFC5849.sign)
            && std::ptr::fn_addr_eq(conduct.practice.recipe.text, Recipe::RFC5849.text);
        if derived.is_err()
            || !is(evidence.base_string, &derivation.base_string)
            || (is_own
                && opened(subject, evidence).is_some_and(|opened| !opened.ends_with(&digest(subject.method, &derivation.base_string))))
        {
            return false;
        }
    }
    let derived = match (&subject.secrets, evidence.signature) {
        (Some(secrets), Some(_)) => conduct.derive(&mut derivation, subject.request, subject.method, secrets),
        _ => conduct.derive_base_string(&mut derivation, subject.request),
    };
    derived.is_ok()
        && is(evidence.base_uri, &derivation.base_uri)
        && is(evidence.normalized, &derivation.normalized)
        && is(evidence.base_string, &derivation.base_string)
        && evidence.signature.is_none_or(|wanted| wanted.is_met_by(&derivation.signature))
}

/// The octets that a whole RSA signature in the specification's form was made of.
fn opened(subject: &Subject<'_>, evidence: &Evidence<'_>) -> Option<Vec<u8>> {
    let octets = evidence.signature.filter(|wanted| !wanted.truncated).and_then(|wanted| base64_octets(wanted.text))?;
    subject.secrets.filter(|_| subject.method.is_rsa())?.private_key()?.public_key().open(&octets)
}

/// A set that is known from elsewhere, without the causes that change nothing here; nothing if it does not give the evidence.
fn shortened(subject: &Subject<'_>, evidence: &Evidence<'_>, set: &[Cause]) -> Option<Vec<Cause>> {
    let mut kept = set.to_vec();
    if !is_proved(subject, evidence, &kept) {
        return None;
    }
    let mut place = 0;
    while place < kept.len() {
        let mut fewer = kept.clone();
        fewer.remove(place);
        if is_proved(subject, evidence, &fewer) {
            kept = fewer;
        } else {
            place += 1;
        }
    }
    Some(kept)
}

/// One search over the departures of some ranks.
struct Search<'a, 'w> {
    subject: &'a Subject<'a>,
    evidence: &'a Evidence<'a>,
    tried: u64,
    allowed: u64,
    watch: Option<&'w mut dyn FnMut(u64) -> bool>,
    accept: Option<&'w mut Accept<'w>>,
    stopped: bool,
    complete: usize,
    /// What one derivation costs beside that of a short request, and what was spent since somebody was asked.
    weight: u64,
    unwatched: u64,
}

/// The parts that a search puts together.
struct Tables<'a> {
    methods: &'a Pool<Vec<u8>>,
    uris: &'a Pool<Vec<u8>>,
    texts: &'a Pool<Normalized>,
    concatenations: &'a [Concatenation],
    signing: Option<&'a Signing<'a>>,
}

/// A way to put the parts of a base string together, and the causes that give it.
struct Concatenation {
    set: Set,
    concatenate: fn(&Parts<'_>, &mut Buffer),
}

/// What is needed to compare signatures.
struct Signing<'a> {
    secrets: Secrets<'a>,
    method: SignatureMethod,
    wanted: SignatureText<'a>,
    keys: Keys<'a>,
    makers: Vec<Maker>,
    /// The HMACs of the keys, in the order of the pool.
    keyed: Vec<Option<Keyed>>,
    /// The wanted octets, if the wanted text is whole and in the specification's form.
    octets: Option<Vec<u8>>,
    /// The digest that an RSA signature was made of.
    digest: Option<Vec<u8>>,
}

impl Search<'_, '_> {
    /// Goes through all combinations of `from` to `most` causes, until some give the evidence.
    fn run(&mut self, catalogue: &Catalogue, from: usize, most: usize) -> Vec<Vec<Cause>> {
        let methods = Methods::new(self.subject, catalogue);
        let mut uris = Uris::new(self.subject, catalogue);
        let mut texts =
            NormalizedTexts::new(self.subject.request, Lists::new(self.subject, catalogue), catalogue, self.evidence.normalized);
        let concatenations = concatenations(catalogue);
        let mut signing = match (self.subject.secrets, self.evidence.signature) {
            (Some(secrets), Some(wanted)) => Some(Signing::new(self.subject, secrets, wanted, catalogue)),
            _ => None,
        };
        // No way to make a signature gives one of this length.
        if signing.as_ref().is_some_and(|signing| signing.makers.is_empty()) {
            self.complete = most;
            return Vec::new();
        }
        // Where the base string changes nothing, as for PLAINTEXT, only keys are tried.
        let is_of_key = signing.as_ref().is_some_and(|signing| !signing.reads_text()) && self.evidence.is_signature_only();
        for total in 1..=most {
            // What a level is made of costs as much as what it is compared with.
            let mut may = || {
                self.count(1);
                !self.stopped
            };
            if !is_of_key {
                uris.grow(&mut may);
                texts.grow(&mut may);
            }
            if let Some(signing) = &mut signing {
                signing.grow(&mut may);
            }
            if self.stopped {
                return Vec::new();
            }
            if total < from {
                continue;
            }
            let tables = Tables {
                methods: methods.pool(),
                uris: uris.pool(),
                texts: texts.pool(),
                concatenations: &concatenations,
                signing: signing.as_ref(),
            };
            let sets = self.level(&tables, total);
            let found = self.prove(catalogue, sets);
            if !found.is_empty() || self.stopped {
                return found;
            }
            let is_key_whole = signing.as_ref().is_none_or(|signing| signing.keys.pool().is_whole());
            if is_key_whole && (is_of_key || uris.pool().is_whole() && texts.is_whole()) {
                self.complete = total;
            }
        }
        Vec::new()
    }

    /// All combinations of exactly `total` causes.
    fn level(&mut self, tables: &Tables<'_>, total: usize) -> Vec<Set> {
        let mut sets = Vec::new();
        for of_text in 0..=total {
            for text in tables.texts.level(of_text) {
                if self.evidence.normalized.is_some_and(|wanted| wanted != text.value.text) {
                    continue;
                }
                let mut encoded = Buffer::default();
                match &text.value.as_part {
                    Some(part) => encoded.append(part),
                    None => text.value.part.encode(text.value.text.as_slice(), &mut encoded),
                }
                for concatenation in tables.concatenations {
                    let is_own = concatenation.set.is_empty();
                    // The end of a base string is its parameters: most candidates end here.
                    if is_own && self.evidence.base_string.is_some_and(|wanted| !wanted.ends_with(&encoded)) {
                        continue;
                    }
                    let Some(left) = (total - of_text).checked_sub(concatenation.set.len()) else { continue };
                    let own = is_own.then_some(&*encoded);
                    self.beginnings(tables, text, concatenation, own, left, &mut sets);
                    if self.stopped {
                        return sets;
                    }
                }
            }
        }
        sets
    }

    /// All methods, URIs and keys for one text of parameters, with exactly `left` causes.
    fn beginnings(
        &mut self,
        tables: &Tables<'_>,
        text: &Item<Normalized>,
        concatenation: &Concatenation,
        own: Option<&[u8]>,
        left: usize,
        sets: &mut Vec<Set>,
    ) {
        let part = text.value.part;
        let mut base_string = Buffer::default();
        for of_method in 0..=left {
            for method in tables.methods.level(of_method) {
                for of_uri in 0..=left - of_method {
                    for uri in tables.uris.level(of_uri) {
                        if self.evidence.base_uri.is_some_and(|wanted| wanted != uri.value) {
                            continue;
                        }
                        base_string.clear();
                        match own {
                            Some(encoded) => {
                                part.encode(method.value.as_slice(), &mut base_string);
                                base_string.push(b'&');
                                part.encode(uri.value.as_slice(), &mut base_string);
                                base_string.push(b'&');
                                base_string.append(encoded);
                            }
                            None => {
                                let parts = Parts {
                                    method: &method.value,
                                    uri: &uri.value,
                                    normalized: &text.value.text,
                                    twice: None,
                                    encode: part,
                                };
                                (concatenation.concatenate)(&parts, &mut base_string);
                            }
                        }
                        if self.evidence.base_string.is_some_and(|wanted| wanted != &*base_string) {
                            self.count(1);
                            continue;
                        }
                        let of_key = left - of_method - of_uri;
                        let ends = match tables.signing {
                            // Makers that are costly are tried only beside few other causes.
                            Some(signing) => signing.ends(&base_string, of_key, total_of(text, concatenation) + of_method + of_uri, self),
                            None if of_key == 0 => {
                                self.count(1);
                                vec![Set::new()]
                            }
                            None => Vec::new(),
                        };
                        for end in ends {
                            product(&[&method.sets, &uri.sets, &text.sets], &concatenation.set, &end, sets);
                        }
                        if self.stopped {
                            return;
                        }
                    }
                }
            }
        }
    }

    /// Counts comparisons and looks whether the search may go on: the sooner, the longer the request is.
    fn count(&mut self, number: u64) {
        const STRIDE: u64 = 1 << 14;
        self.tried += number;
        self.unwatched += number * self.weight;
        if self.unwatched >= STRIDE {
            self.unwatched = 0;
            let go_on = self.watch.as_mut().is_none_or(|watch| watch(self.tried));
            self.stopped |= !go_on || self.tried >= self.allowed;
        }
    }

    /// The causes of those sets that give the evidence when everything is derived anew.
    fn prove(&mut self, catalogue: &Catalogue, mut sets: Vec<Set>) -> Vec<Vec<Cause>> {
        sets.sort_unstable();
        sets.dedup();
        let mut found = Vec::new();
        for set in sets {
            let causes: Vec<Cause> = catalogue.causes(&set).cloned().collect();
            let is_accepted = |accept: &mut &mut dyn FnMut(&[Cause]) -> bool| accept(&causes);
            if is_proved(self.subject, self.evidence, &causes) && self.accept.as_mut().is_none_or(is_accepted) {
                found.push(causes);
                if found.len() == MOST_SETS {
                    break;
                }
            }
        }
        // The more common explanation first; the order is that of the catalogue otherwise.
        found.sort_by_key(|causes| {
            causes.iter().filter(|cause| !matches!(cause, Cause::Deviation(deviation) if deviation.rank == Rank::Common)).count()
        });
        found
    }
}

/// The specification's way to put the parts together, and the others.
fn concatenations(catalogue: &Catalogue) -> Vec<Concatenation> {
    let numbers = catalogue.of_stages(|stage| stage == Stage::Concatenate);
    let sets = std::iter::once(Set::new()).chain(numbers.into_iter().map(|number| vec![number]));
    sets.map(|set| {
        let concatenate = Conduct::of(catalogue.causes(&set)).practice.recipe.concatenate;
        Concatenation { set, concatenate }
    })
    .collect()
}

/// How many causes a text of parameters and the way it is put into the base string take.
fn total_of(text: &Item<Normalized>, concatenation: &Concatenation) -> usize {
    text.cost() + concatenation.set.len()
}

/// Every choice of one set of each list, put together.
fn product(lists: &[&Vec<Set>; 3], concatenation: &Set, end: &Set, into: &mut Vec<Set>) {
    let [methods, uris, texts] = lists;
    for method in methods.iter() {
        for uri in uris.iter() {
            for text in texts.iter() {
                let mut set = [method.as_slice(), uri, text, concatenation, end].concat();
                set.sort_unstable();
                into.push(set);
            }
        }
    }
}

impl<'a> Signing<'a> {
    fn new(subject: &'a Subject<'a>, secrets: Secrets<'a>, wanted: SignatureText<'a>, catalogue: &'a Catalogue) -> Signing<'a> {
        let method = subject.method;
        let keys = Keys::new(subject, secrets, catalogue);
        let keyed = keys.pool().items().iter().map(|item| Keyed::new(method, &item.value)).collect();
        let octets = if wanted.truncated { None } else { base64_octets(wanted.text) };
        let digest = opened(subject, &Evidence { signature: Some(wanted), ..Evidence::default() });
        let makers = Maker::all(subject, &secrets, catalogue, wanted);
        Signing { secrets, method, wanted, keys, makers, keyed, octets, digest }
    }

    /// Whether one of the ways to make a signature reads the base string.
    fn reads_text(&self) -> bool {
        self.makers.iter().any(|maker| maker.reads_text(self.method, &self.secrets))
    }

    /// Finds the keys of the next number of causes.
    fn grow(&mut self, may: May<'_>) {
        self.keys.grow(may);
        let new = self.keys.pool().items().iter().skip(self.keyed.len()).map(|item| Keyed::new(self.method, &item.value));
        self.keyed.extend(new);
    }

    /// The ends, of exactly `cost` causes, with which a base string gives the wanted signature.
    fn ends(&self, base_string: &[u8], cost: usize, of_base_string: usize, search: &mut Search<'_, '_>) -> Vec<Set> {
        let mut ends = Vec::new();
        for maker in &self.makers {
            let Some(of_key) = cost.checked_sub(maker.set.len()) else { break };
            // Making an RSA signature takes a thousand times longer than reading one: only for the right base string.
            if self.method.is_rsa() && !maker.set.is_empty() && of_base_string > 0 {
                continue;
            }
            let start = self.keys.pool().start_of(of_key);
            for (place, key) in (start..).zip(self.keys.pool().level(of_key)) {
                search.count(1);
                if self.is_met(maker, place, &key.value, base_string) {
                    ends.extend(key.sets.iter().map(|set| [set.as_slice(), &maker.set].concat()));
                }
            }
        }
        ends
    }

    fn is_met(&self, maker: &Maker, place: usize, key: &[u8], base_string: &[u8]) -> bool {
        if maker.set.is_empty() {
            if let (Some(octets), Some(Some(keyed))) = (&self.octets, self.keyed.get(place)) {
                return keyed.with(base_string).finish(|made| made == octets);
            }
            if let Some(opened) = &self.digest {
                return opened.ends_with(&digest(self.method, base_string));
            }
        }
        maker.make(self.method, key, base_string, &self.secrets).is_some_and(|made| self.wanted.is_met_by(&made))
    }
}
