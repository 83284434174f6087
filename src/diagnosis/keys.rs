//! The last part of a derivation, as departures make it: the key (RFC 5849 sections 3.4.2 and 3.4.4), the octets of a signature, and
//! their text.

use super::catalogue::{Catalogue, Set};
use super::evidence::{SignatureText, Subject};
use super::pool::{May, Pool};
use crate::deviation::input::with_inputs;
use crate::deviation::{Conduct, Stage};
use crate::protocol::recipe::Sign;
use crate::protocol::{Buffer, Recipe, Secrets, SignatureMethod};

/// The most keys that are kept.
const MOST: usize = 4000;

/// The keys that may have been signed with; empty for RSA, whose key no departure changes. They are found level by level, as the search
/// needs them.
pub struct Keys<'a> {
    subject: &'a Subject<'a>,
    secrets: Secrets<'a>,
    catalogue: &'a Catalogue,
    numbers: Set,
    pool: Pool<Vec<u8>>,
}

impl<'a> Keys<'a> {
    /// The key that the specification makes, for a start.
    #[must_use]
    pub fn new(subject: &'a Subject<'a>, secrets: Secrets<'a>, catalogue: &'a Catalogue) -> Keys<'a> {
        let value = derive(subject, &secrets, catalogue, &[]).unwrap_or_default();
        Keys { subject, secrets, catalogue, numbers: catalogue.of_stages(Stage::is_key), pool: Pool::new(value.clone(), value, MOST) }
    }

    /// Finds the keys of the next number of causes.
    pub fn grow(&mut self, may: May<'_>) {
        let (subject, secrets, catalogue) = (self.subject, self.secrets, self.catalogue);
        self.pool.grow(catalogue, &self.numbers, may, |set| derive(subject, &secrets, catalogue, set).map(|key| (key.clone(), key)));
    }

    /// The keys by the number of causes.
    #[must_use]
    pub fn pool(&self) -> &Pool<Vec<u8>> {
        &self.pool
    }
}

fn derive(subject: &Subject<'_>, secrets: &Secrets<'_>, catalogue: &Catalogue, set: &[u16]) -> Option<Vec<u8>> {
    let conduct = Conduct::of(catalogue.causes(set));
    let recipe = &conduct.practice.recipe;
    with_inputs(&conduct.inputs, subject.request, |request| {
        let mut out = Buffer::default();
        if !subject.method.is_rsa() {
            recipe.write_key(secrets, request, &mut out);
        }
        Ok(out.to_vec())
    })
    .ok()
}

impl Drop for Keys<'_> {
    fn drop(&mut self) {
        use zeroize::Zeroize as _;
        self.pool.values_mut().for_each(|key| key.zeroize());
    }
}

/// A way to make a signature of a key and a base string, and to write it.
pub struct Maker {
    /// The causes that give it.
    pub set: Set,
    sign: Sign,
    text: fn(&[u8], &mut Buffer),
}

impl Maker {
    /// The ways whose signatures can have this text: the length of a signature does not depend on what is signed, so most others are
    /// ruled out beforehand. PLAINTEXT has no such length.
    #[must_use]
    pub fn all(subject: &Subject<'_>, secrets: &Secrets<'_>, catalogue: &Catalogue, wanted: SignatureText<'_>) -> Vec<Maker> {
        let numbers = |wanted: Stage| {
            let found = catalogue.of_stages(|stage| stage == wanted).into_iter().map(Some);
            std::iter::once(None).chain(found).collect::<Vec<_>>()
        };
        let mut makers = Vec::new();
        let own = octets_of(Recipe::RFC5849.sign, subject.method, secrets);
        for mac in numbers(Stage::Mac) {
            // Making an RSA signature takes a thousand times longer than an HMAC: one for each way shows what can be known.
            let octets = subject.method.is_rsa().then(|| {
                let sign = Conduct::of(catalogue.causes(mac.as_slice())).practice.recipe.sign;
                octets_of(sign, subject.method, secrets)
            });
            // A departure from HMAC changes no RSA signature.
            if mac.is_some() && octets.as_ref().is_some_and(|octets| *octets == own) {
                continue;
            }
            for text in numbers(Stage::Text) {
                let set: Set = [mac, text].into_iter().flatten().collect();
                let recipe = Conduct::of(catalogue.causes(&set)).practice.recipe;
                let maker = Maker { set, sign: recipe.sign, text: recipe.text };
                let can_make = match &octets {
                    Some(octets) => octets.as_ref().is_some_and(|octets| maker.can_write(octets, wanted)),
                    None => maker.can_make(subject.method, secrets, wanted),
                };
                if can_make {
                    makers.push(maker);
                }
            }
        }
        makers.sort_by_key(|maker| maker.set.len());
        makers
    }

    fn can_make(&self, method: SignatureMethod, secrets: &Secrets<'_>, wanted: SignatureText<'_>) -> bool {
        if method == SignatureMethod::Plaintext {
            return true;
        }
        // What does not only hash has octets of any number: of the key, or of the base string.
        let Some(octets) = self.octets(method, b"key", b"text", secrets) else { return false };
        let varies = (0..4_u8).any(|salt| {
            let (key, text) = ([salt; 7], [salt; 9]);
            self.octets(method, &key, &text, secrets).is_some_and(|other| other.len() != octets.len())
        });
        varies || self.can_write(&octets, wanted)
    }

    /// [`Maker::can_make`] for a signature whose number of octets is known. What is escaped has texts of several lengths: from that of
    /// octets that need no escape to that of those that need nothing else.
    fn can_write(&self, octets: &[u8], wanted: SignatureText<'_>) -> bool {
        let samples = [0x00, 0xff].map(|octet| vec![octet; octets.len()]);
        let lengths = || samples.iter().map(Vec::as_slice).chain([octets]).map(|sample| self.text_of(sample).len());
        let (least, most) = (lengths().min().unwrap_or(0), lengths().max().unwrap_or(0));
        wanted.text.len() <= most && (wanted.truncated || wanted.text.len() >= least)
    }

    fn text_of(&self, octets: &[u8]) -> Vec<u8> {
        let mut out = Buffer::default();
        (self.text)(octets, &mut out);
        out.to_vec()
    }

    /// The signature of a base string; nothing if the key cannot make one.
    #[must_use]
    pub fn make(&self, method: SignatureMethod, key: &[u8], base_string: &[u8], secrets: &Secrets<'_>) -> Option<Vec<u8>> {
        let octets = self.octets(method, key, base_string, secrets)?;
        Some(if method == SignatureMethod::Plaintext { octets.to_vec() } else { self.text_of(&octets) })
    }

    fn octets(&self, method: SignatureMethod, key: &[u8], base_string: &[u8], secrets: &Secrets<'_>) -> Option<Buffer> {
        let mut octets = Buffer::default();
        (self.sign)(method, key, base_string, secrets, &mut octets).ok()?;
        Some(octets)
    }

    /// Whether the signature is made of the base string, and not of the key alone.
    #[must_use]
    pub fn reads_text(&self, method: SignatureMethod, secrets: &Secrets<'_>) -> bool {
        // Making an RSA signature takes long, and it is one of the base string.
        let of_text = |text: &[u8]| self.octets(method, b"key", text, secrets).map(|octets| octets.to_vec());
        method.is_rsa() || of_text(b"text") != of_text(b"other")
    }
}

/// The octets of the signature of a text.
fn octets_of(sign: Sign, method: SignatureMethod, secrets: &Secrets<'_>) -> Option<Vec<u8>> {
    let mut octets = Buffer::default();
    sign(method, b"key", b"text", secrets, &mut octets).ok()?;
    Some(octets.to_vec())
}
