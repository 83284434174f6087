//! Synthetic values in place of real ones: of the same length and the same sort of characters, so that a rule on a value's form finds the
//! same. They are made of their number in the list and of nothing that could be guessed back.

use std::collections::BTreeMap;

use memchr::memmem;

use super::draft::encoded;
use super::redaction::SHORTEST;
use crate::protocol::SignatureMethod;
use crate::protocol::signature::digest;

/// Real values, each with the synthetic one that stands in its place.
#[derive(Default)]
pub(super) struct Synthetic {
    pairs: BTreeMap<Vec<u8>, Vec<u8>>,
    /// A part of each that no writing changes.
    marks: Vec<(memmem::Finder<'static>, Vec<u8>)>,
}

/// Those of them that are in a text, in all their writings, the longest first.
#[derive(Default)]
pub(super) struct Needles {
    needles: Vec<(Vec<u8>, Vec<u8>)>,
    short: Vec<(Vec<u8>, Vec<u8>)>,
}

impl std::fmt::Debug for Synthetic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Synthetic").field("pairs", &self.pairs.len()).finish()
    }
}

impl Synthetic {
    /// Synthetic values for these; of each as often as it comes the same.
    pub(super) fn of(values: impl IntoIterator<Item = Vec<u8>>) -> Synthetic {
        let mut synthetic = Synthetic::default();
        for value in values.into_iter().filter(|value| !value.is_empty()) {
            let number = synthetic.pairs.len();
            synthetic.pairs.entry(value).or_insert_with_key(|value| like(value, number));
        }
        let mark = |value: &Vec<u8>| (memmem::Finder::new(longest_run(value)).into_owned(), value.clone());
        synthetic.marks = synthetic.pairs.keys().map(mark).collect();
        synthetic
    }

    /// The synthetic value, or the same where it is none of the real ones.
    pub(super) fn value(&self, value: &[u8]) -> Vec<u8> {
        self.pairs.get(value).cloned().unwrap_or_else(|| value.to_vec())
    }

    /// As [`Self::value`], for text.
    pub(super) fn text(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.value(text.as_bytes())).into_owned()
    }

    /// What there is to replace in this text.
    pub(super) fn found_in(&self, text: &[u8]) -> Needles {
        let mut needles = Needles::default();
        for (_, old) in self.marks.iter().filter(|(mark, _)| mark.find(text).is_some()) {
            needles.add(old, &self.value(old));
        }
        needles
    }
}

impl Needles {
    /// Adds a value with the one that stands in its place.
    pub(super) fn add(&mut self, old: &[u8], new: &[u8]) {
        if old.len() < SHORTEST {
            let percent = (encoded(old).into_bytes(), encoded(new).into_bytes());
            self.short.extend([(old.to_vec(), new.to_vec()), percent]);
            return;
        }
        self.needles.extend(writings(old).into_iter().zip(writings(new)));
        self.needles.sort_by(|(one, _), (other, _)| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
        self.needles.dedup();
    }

    /// The octets with synthetic values in them. Values too short to be looked for everywhere are replaced where they stand alone.
    pub(super) fn within(&self, octets: &[u8]) -> Vec<u8> {
        let mut out = octets.to_vec();
        for (old, new) in &self.needles {
            out = replaced(&out, old, new, |_, _| true);
        }
        for (old, new) in &self.short {
            out = replaced(&out, old, new, stands_alone);
        }
        out
    }
}

/// The longest part of letters and digits: percent-encoding and its like leave it as it is.
fn longest_run(value: &[u8]) -> &[u8] {
    value.split(|octet| !octet.is_ascii_alphanumeric()).max_by_key(|run| run.len()).unwrap_or_default()
}

/// Whether a value stands between signs that separate values.
fn stands_alone(before: &[u8], after: &[u8]) -> bool {
    let ends = before.is_empty()
        || before.last().is_some_and(|octet| b"=\"'>: \n&".contains(octet))
        || before.ends_with(b"%3D")
        || before.ends_with(b"%26");
    let begins = after.first().is_none_or(|octet| b"&\"'<, \r\n;%".contains(octet));
    ends && begins
}

fn replaced(text: &[u8], old: &[u8], new: &[u8], may: impl Fn(&[u8], &[u8]) -> bool) -> Vec<u8> {
    let finder = memmem::Finder::new(old);
    let (mut out, mut from) = (Vec::with_capacity(text.len()), 0);
    while let Some(at) = text.get(from..).and_then(|rest| finder.find(rest)).map(|at| from + at) {
        let (end, before) = (at + old.len(), text.get(..at).unwrap_or_default());
        out.extend_from_slice(text.get(from..at).unwrap_or_default());
        out.extend_from_slice(if may(before, text.get(end..).unwrap_or_default()) { new } else { old });
        from = end;
    }
    out.extend_from_slice(text.get(from..).unwrap_or_default());
    out
}

/// A value of the same form: digits for digits, letters for letters of the same case, hexadecimal for hexadecimal; signs stay.
pub(super) fn like(value: &[u8], number: usize) -> Vec<u8> {
    let is_hex = |octet: &u8| octet.is_ascii_digit() || (b'a'..=b'f').contains(octet);
    // Digits alone stay digits, and letters letters: what takes a code of them takes nothing else.
    let hex = value.iter().all(is_hex) && value.iter().any(u8::is_ascii_digit) && value.iter().any(u8::is_ascii_alphabetic);
    for attempt in 0_u32.. {
        let made: Vec<u8> = value
            .iter()
            .zip(stream(number, attempt))
            .map(|(octet, random)| {
                let one_of = |from: &[u8]| from.get(usize::from(random) % from.len()).copied().unwrap_or(*octet);
                match octet {
                    _ if hex => one_of(b"0123456789abcdef"),
                    b'0'..=b'9' => one_of(b"0123456789"),
                    b'a'..=b'z' => one_of(b"abcdefghijklmnopqrstuvwxyz"),
                    b'A'..=b'Z' => one_of(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
                    _ => *octet,
                }
            })
            .collect();
        // One made of signs alone has nothing to hide.
        if made != value || !value.iter().any(u8::is_ascii_alphanumeric) || attempt > 64 {
            return made;
        }
    }
    Vec::new()
}

/// Octets without an end that look random, made of a number.
fn stream(number: usize, attempt: u32) -> impl Iterator<Item = u8> {
    (0_u32..)
        .flat_map(move |block| digest(SignatureMethod::HmacSha256, format!("countersign {number} {attempt} {block}").as_bytes()).to_vec())
}

/// The writings of a value, in an order that does not depend on it.
fn writings(value: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![value.to_vec()];
    let mut percent = value.to_vec();
    for _ in 0..3 {
        percent = encoded(&percent).into_bytes();
        all.push(lower(&percent));
        all.push(percent.clone());
    }
    let text = String::from_utf8_lossy(value).into_owned();
    all.push(encoded(value).replace("%20", "+").into_bytes());
    all.push(text.replace('/', "\\/").into_bytes());
    all.push(text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").into_bytes());
    all
}

/// Escapes with small digits, as some encoders write them.
fn lower(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut small = 0_usize;
    for octet in text {
        out.push(if small > 0 { octet.to_ascii_lowercase() } else { *octet });
        small = if *octet == b'%' { 2 } else { small.saturating_sub(1) };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_synthetic_value_has_the_form_of_the_real_one_and_nothing_of_it() {
        for value in ["c0ffee0ddba11ab1", "9uK/sT4wq0vYc7+ZxJ1mE=", "WXYZ89", "123456", "a"] {
            let made = String::from_utf8(like(value.as_bytes(), 3)).unwrap();
            assert_eq!(made.len(), value.len());
            assert_ne!(made, value);
            let sort = |letter: char| match letter {
                '0'..='9' => '0',
                'a'..='z' => 'a',
                'A'..='Z' => 'A',
                other => other,
            };
            if value != "c0ffee0ddba11ab1" {
                assert_eq!(made.chars().map(sort).collect::<String>(), value.chars().map(sort).collect::<String>());
            }
        }
        assert!(like(b"c0ffee", 1).iter().all(u8::is_ascii_hexdigit));
        assert_ne!(like(b"c0ffee0ddba11ab1", 1), like(b"c0ffee0ddba11ab1", 2));
        assert_eq!(like(b"&", 1), b"&");
    }

    #[test]
    fn values_are_replaced_in_their_writings_and_short_ones_where_they_stand_alone() {
        let synthetic = Synthetic::of([b"se/cret+value".to_vec(), b"k".to_vec(), b"ABC12".to_vec()]);
        let (long, key, code) = (synthetic.text("se/cret+value"), synthetic.text("k"), synthetic.text("ABC12"));
        assert!(long != "se/cret+value" && key != "k" && code != "ABC12");
        let percent = |text: &str| text.replace('/', "%2F").replace('+', "%2B");
        let within = |text: &str| String::from_utf8(synthetic.found_in(text.as_bytes()).within(text.as_bytes())).unwrap();
        for (text, expected) in [
            ("x se/cret+value y".to_owned(), format!("x {long} y")),
            ("a=se%2Fcret%2Bvalue&".to_owned(), format!("a={}&", percent(&long))),
            ("a=se%2fcret%2bvalue&".to_owned(), format!("a={}&", percent(&long).to_lowercase())),
            ("a%3Dse%252Fcret%252Bvalue".to_owned(), format!("a%3D{}", percent(&long).replace('%', "%25"))),
            ("oauth_consumer_key=\"k\", kk=\"kind\"".to_owned(), format!("oauth_consumer_key=\"{key}\", kk=\"kind\"")),
            ("<code>ABC12</code> ABC123".to_owned(), format!("<code>{code}</code> ABC123")),
            ("oauth_consumer_key%3Dk%26x".to_owned(), format!("oauth_consumer_key%3D{key}%26x")),
        ] {
            assert_eq!(within(&text), expected, "{text}");
        }
    }
}
