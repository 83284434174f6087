//! Parameters normalization (RFC 5849 section 3.4.1.3.2): encoding, order, joining. Each parameter is kept in two forms: encoded, as the
//! normalized parameters show it, and encoded once more, as the base string shows it.

use super::buffer::{Buffer, Padded};
use super::encoding::Encoder;
use super::parameters::Parameters;

/// Encoded parameters. Each one's text is `name=value&`, so that joining is copying.
#[derive(Clone, Default)]
pub struct EncodedParameters {
    once: Buffer,
    /// The same texts encoded as a part of the base string, separators included; empty if that encoder looks beyond one octet.
    twice: Buffer,
    entries: Vec<Entry>,
    /// Keys of [`order_by_octets`] and entries in their new order, kept for the next request.
    keys: Vec<(u128, u32)>,
    spare: Vec<Entry>,
}

#[derive(Clone, Copy)]
struct Entry {
    start: usize,
    /// Where the name ends.
    middle: usize,
    /// Behind the separator.
    end: usize,
    twice_start: usize,
    twice_end: usize,
}

/// How often the text that is asked for has been encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// As in the normalized parameters.
    Once,
    /// As in the base string.
    Twice,
}

/// An encoded parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EncodedParameter<'a> {
    /// Its encoded name.
    pub name: &'a [u8],
    /// Its encoded value.
    pub value: &'a [u8],
}

impl EncodedParameters {
    /// Forgets all parameters and keeps the memory.
    pub fn clear(&mut self) {
        self.once.clear();
        self.twice.clear();
        self.entries.clear();
    }

    /// Encodes decoded parameters: names and values (3.4.1.3.2 step 1), and the texts again as the base string will hold them.
    pub fn encode(&mut self, decoded: &Parameters, name: Encoder, value: Encoder, part: Encoder) {
        self.clear();
        let (mut equals, mut ampersand) = (Buffer::default(), Buffer::default());
        let twice = matches!(part, Encoder::Octets(_));
        if twice {
            part.encode(b"=", &mut equals);
            part.encode(b"&", &mut ampersand);
        }
        for (octets_of_name, octets_of_value) in decoded.padded() {
            let (start, twice_start) = (self.once.len(), self.twice.len());
            self.encode_one(octets_of_name, name, part, twice);
            let middle = self.once.len();
            self.once.push(b'=');
            self.twice.append(&equals);
            self.encode_one(octets_of_value, value, part, twice);
            self.once.push(b'&');
            self.twice.append(&ampersand);
            self.entries.push(Entry { start, middle, end: self.once.len(), twice_start, twice_end: self.twice.len() });
        }
    }

    #[inline]
    fn encode_one(&mut self, octets: Padded<'_>, encoder: Encoder, part: Encoder, twice: bool) {
        match encoder.table_with(part) {
            Some(table) => table.encode_twice(octets, &mut self.once, &mut self.twice),
            None => {
                let start = self.once.len();
                encoder.encode(octets.octets(), &mut self.once);
                if twice {
                    part.encode(self.once.get(start..).unwrap_or_default(), &mut self.twice);
                }
            }
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The parameters in their present order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = EncodedParameter<'_>> {
        self.entries.iter().map(|entry| view(&self.once, *entry))
    }

    /// Sorts by a comparison of encoded parameters.
    pub fn sort_by(&mut self, mut compare: impl FnMut(EncodedParameter<'_>, EncodedParameter<'_>) -> std::cmp::Ordering) {
        let once = &self.once;
        self.entries.sort_by(|left, right| compare(view(once, *left), view(once, *right)));
    }

    /// Whether the texts of [`Level::Twice`] are there.
    #[must_use]
    pub fn has_twice(&self) -> bool {
        self.is_empty() || !self.twice.is_empty()
    }
}

fn view(once: &[u8], entry: Entry) -> EncodedParameter<'_> {
    EncodedParameter {
        name: once.get(entry.start..entry.middle).unwrap_or_default(),
        value: once.get(entry.middle + 1..entry.end - 1).unwrap_or_default(),
    }
}

impl std::fmt::Debug for EncodedParameters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
        f.debug_list().entries(self.iter().map(|parameter| (text(parameter.name), text(parameter.value)))).finish()
    }
}

/// Sorts by name, and equal names by value, in ascending octet order of the encoded text (step 2).
///
/// The first sixteen octets of a name are compared as one number; names that agree in them are compared whole. Filling short names
/// with zeros loses nothing, because a tie is always looked at again.
pub fn order_by_octets(parameters: &mut EncodedParameters) {
    let EncodedParameters { once, entries, keys, spare, .. } = parameters;
    keys.clear();
    keys.extend(entries.iter().zip(0_u32..).map(|(entry, index)| (leading_octets(once, *entry), index)));
    let entry = |index: u32| entries.get(index as usize).copied();
    keys.sort_unstable_by(|left, right| {
        left.0.cmp(&right.0).then_with(|| match (entry(left.1), entry(right.1)) {
            (Some(first), Some(second)) => view(once, first).cmp(&view(once, second)),
            _ => left.1.cmp(&right.1),
        })
    });
    spare.clear();
    spare.extend(keys.iter().filter_map(|&(_, index)| entry(index)));
    std::mem::swap(entries, spare);
}

fn leading_octets(once: &[u8], entry: Entry) -> u128 {
    let length = entry.middle - entry.start;
    match once.get(entry.start..).and_then(|rest| rest.first_chunk::<16>()) {
        // What follows a short name is shifted out.
        Some(chunk) if length >= 16 => u128::from_be_bytes(*chunk),
        Some(_) if length == 0 => 0,
        Some(chunk) => u128::from_be_bytes(*chunk) & (u128::MAX << (8 * (16 - length))),
        None => {
            let mut chunk = [0; 16];
            for (place, octet) in chunk.iter_mut().zip(view(once, entry).name) {
                *place = *octet;
            }
            u128::from_be_bytes(chunk)
        }
    }
}

/// Joins the parameters in their order: `=` between name and value, also when the value is empty, and `&` between pairs (steps 3
/// and 4); at [`Level::Twice`] the separators are encoded like the rest.
pub fn join(parameters: &EncodedParameters, level: Level, out: &mut Buffer) {
    let mut separator = 0;
    for entry in &parameters.entries {
        match level {
            Level::Once => {
                out.append_part(&parameters.once, entry.start..entry.end);
                separator = 1;
            }
            Level::Twice => {
                out.append_part(&parameters.twice, entry.twice_start..entry.twice_end);
                separator = 3;
            }
        }
    }
    out.truncate(out.len() - separator);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalized(pairs: &[(&str, &str)], level: Level) -> String {
        let decoded = Parameters::of_header(pairs.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())));
        let mut encoded = EncodedParameters::default();
        encoded.encode(&decoded, Encoder::RFC5849, Encoder::RFC5849, Encoder::RFC5849);
        order_by_octets(&mut encoded);
        let mut out = Buffer::default();
        join(&encoded, level, &mut out);
        String::from_utf8(out.to_vec()).unwrap()
    }

    fn sorted(pairs: &[(&str, &str)]) -> String {
        normalized(pairs, Level::Once)
    }

    #[test]
    fn names_are_sorted_before_values_and_in_octet_order() {
        assert_eq!(sorted(&[("b", "1"), ("a-b", "2"), ("a", "3"), ("a10", "4"), ("B", "5")]), "B=5&a=3&a-b=2&a10=4&b=1");
        assert_eq!(sorted(&[("a", "2"), ("a", "10"), ("a", ""), ("a", "1")]), "a=&a=1&a=10&a=2");
        assert_eq!(sorted(&[("é", "1"), ("z", "2"), ("", "3"), ("Z", "4")]), "=3&%C3%A9=1&Z=4&z=2");
        assert_eq!(sorted(&[]), "");
    }

    #[test]
    fn names_that_agree_in_sixteen_octets_are_compared_whole() {
        assert_eq!(
            sorted(&[("abcdefghijklmnopZ", "1"), ("abcdefghijklmnop", "2"), ("abcdefghijklmnopA", "3"), ("abcdefghijklmno", "4")]),
            "abcdefghijklmno=4&abcdefghijklmnop=2&abcdefghijklmnopA=3&abcdefghijklmnopZ=1"
        );
    }

    #[test]
    fn what_is_encoded_twice_is_the_first_text_encoded_again() {
        let pairs = [("b c", "é&="), ("a", ""), ("a", "%"), ("", "")];
        let mut again = Buffer::default();
        Encoder::RFC5849.encode(normalized(&pairs, Level::Once).as_bytes(), &mut again);
        assert_eq!(normalized(&pairs, Level::Twice).as_bytes(), &*again);
    }

    #[test]
    fn an_encoder_of_whole_texts_leaves_no_second_text() {
        let decoded = Parameters::of_header([(&b"a"[..], &b"b"[..])]);
        let mut encoded = EncodedParameters::default();
        encoded.encode(
            &decoded,
            Encoder::RFC5849,
            Encoder::Whole(|octets, out| out.append(octets)),
            Encoder::Whole(|octets, out| out.append(octets)),
        );
        assert!(!encoded.has_twice());
        assert_eq!(format!("{encoded:?}"), r#"[("a", "b")]"#);
    }
}
