//! Parameters normalization (RFC 5849 section 3.4.1.3.2): encoding, order, joining. Each parameter is kept in two forms: encoded, as the
//! normalized parameters show it, and encoded once more, as the base string shows it.

use std::ops::Range;

use super::buffer::{Buffer, Padded};
use super::encoding::{Encoder, OctetTable};
use super::order::{Keys, leading_octets, leading_octets_encoded};
use super::parameters::Parameters;
use super::twice::{Places, TwiceEncoder};

/// Encoded parameters. Each one's text is `name=value&`, so that joining is copying.
#[derive(Clone, Default)]
pub struct EncodedParameters {
    once: Buffer,
    /// The same texts encoded as a part of the base string, separators included; empty if that encoder looks beyond one octet.
    twice: Buffer,
    entries: Vec<Entry>,
    /// Whether the entries may have another order than the texts. Otherwise all texts are copied at once.
    is_rearranged: bool,
    /// The length of the encoded separator at the end of each of those texts.
    twice_separator: usize,
    /// Keys of [`order_by_octets`] and entries in their new order, kept for the next request.
    keys: Keys,
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
    /// One for a bare parameter, or nothing. A whole word, because entries are copied in whole words soon after they were written, and a
    /// processor waits where a load is wider than the store before it.
    bare: usize,
}

/// The encoders of one derivation.
#[derive(Clone, Copy, Debug)]
pub struct Encoders {
    /// Of names (3.4.1.3.2 step 1).
    pub name: Encoder,
    /// Of values (3.4.1.3.2 step 1).
    pub value: Encoder,
    /// Of the values of protocol parameters, where an implementation treats them differently; `None`, by the specification.
    pub protocol_value: Option<Encoder>,
    /// Of the parts of the base string (3.4.1.1).
    pub part: Encoder,
}

impl Encoders {
    /// Section 3.6 everywhere.
    pub const RFC5849: Encoders =
        Encoders { name: Encoder::RFC5849, value: Encoder::RFC5849, protocol_value: None, part: Encoder::RFC5849 };

    /// The table that does all the work in one pass, if there is one.
    #[inline]
    fn one_table(&self) -> Option<&'static OctetTable> {
        // Each is the table of the parts, so both are one.
        let tables = self.name.table_with(self.part).zip(self.value.table_with(self.part));
        tables.filter(|_| self.protocol_value.is_none()).map(|(table, _)| table)
    }
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
    /// Whether it was written without `=` in a query or form.
    pub bare: bool,
}

impl EncodedParameters {
    /// Forgets all parameters and keeps the memory.
    #[inline]
    pub fn clear(&mut self) {
        self.once.clear();
        self.twice.clear();
        self.entries.clear();
        self.is_rearranged = false;
    }

    /// Encodes decoded parameters: names and values (3.4.1.3.2 step 1), and the texts again as the base string will hold them.
    pub fn encode(&mut self, decoded: &Parameters, encoders: &Encoders) {
        self.clear();
        match encoders.one_table() {
            Some(table) => self.encode_by(table, decoded, 0..decoded.len()),
            None => self.encode_each(decoded, encoders),
        }
    }

    /// [`EncodedParameters::encode`] and then [`order_by_octets`]. Where one table does all the work, a look at the names tells the order
    /// beforehand, so that the texts are written in it.
    pub(super) fn encode_in_order(&mut self, decoded: &Parameters, encoders: &Encoders) {
        let Some(table) = encoders.one_table().filter(|_| decoded.len() <= Keys::MOST) else {
            self.encode(decoded, encoders);
            return order_by_octets(self);
        };
        self.clear();
        let mut keys = std::mem::take(&mut self.keys);
        keys.sort(decoded.len(), |number| decoded.padded_at(number).map_or(0, |(name, ..)| leading_octets_encoded(table, name)));
        self.encode_by(table, decoded, keys.numbers());
        let once = &self.once;
        self.is_rearranged = keys.settle(&mut self.entries, |left, right| view(once, *left).cmp(&view(once, *right)));
        self.keys = keys;
    }

    /// One table does all the work, in one pass over the parameters in the order of these numbers.
    #[inline(always)]
    fn encode_by(&mut self, table: &OctetTable, decoded: &Parameters, order: impl Iterator<Item = usize>) {
        let EncodedParameters { once, twice, entries, twice_separator, .. } = self;
        *twice_separator = table.row(b'&').len();
        let mut encoder = TwiceEncoder::new(table, decoded.octets(), 2 * decoded.len(), once, twice);
        let mut start = Places::default();
        entries.reserve(decoded.len());
        for number in order {
            let Some((name, value, bare)) = decoded.padded_at(number) else { continue };
            let middle = encoder.put(name, Some(b'=')).once - 1;
            let behind = encoder.put(value, Some(b'&'));
            entries.push(Entry {
                start: start.once,
                middle,
                end: behind.once,
                twice_start: start.twice,
                twice_end: behind.twice,
                bare: usize::from(bare),
            });
            start = behind;
        }
        encoder.finish();
    }

    /// The general way, one encoder after the other.
    fn encode_each(&mut self, decoded: &Parameters, encoders: &Encoders) {
        let part = encoders.part;
        for (octets_of_name, octets_of_value, bare) in decoded.padded() {
            let (start, twice_start) = (self.once.len(), self.twice.len());
            self.encode_one(octets_of_name, encoders.name, part);
            let middle = self.once.len();
            self.separate(b'=', part);
            let of_protocol = encoders.protocol_value.filter(|_| octets_of_name.octets().starts_with(b"oauth_"));
            self.encode_one(octets_of_value, of_protocol.unwrap_or(encoders.value), part);
            let before = self.twice.len();
            self.separate(b'&', part);
            self.twice_separator = self.twice.len() - before;
            self.entries.push(Entry {
                start,
                middle,
                end: self.once.len(),
                twice_start,
                twice_end: self.twice.len(),
                bare: usize::from(bare),
            });
        }
    }

    fn separate(&mut self, separator: u8, part: Encoder) {
        self.once.push(separator);
        if let Encoder::Octets(table) = part {
            self.twice.append(table.row(separator));
        }
    }

    fn encode_one(&mut self, octets: Padded<'_>, encoder: Encoder, part: Encoder) {
        let start = self.once.len();
        encoder.encode(octets, &mut self.once);
        if let Encoder::Octets(_) = part {
            part.encode(self.once.padded(start..self.once.len()), &mut self.twice);
        }
    }

    /// How many there are.
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The parameters in their present order.
    #[inline]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = EncodedParameter<'_>> {
        self.entries.iter().map(|entry| view(&self.once, *entry))
    }

    /// Sorts by a comparison of encoded parameters.
    pub fn sort_by(&mut self, mut compare: impl FnMut(EncodedParameter<'_>, EncodedParameter<'_>) -> std::cmp::Ordering) {
        self.is_rearranged = true;
        let once = &self.once;
        self.entries.sort_by(|left, right| compare(view(once, *left), view(once, *right)));
    }

    /// Whether the texts of [`Level::Twice`] are there.
    #[must_use]
    #[inline]
    pub fn has_twice(&self) -> bool {
        self.is_empty() || !self.twice.is_empty()
    }
}

#[inline]
fn view(once: &[u8], entry: Entry) -> EncodedParameter<'_> {
    EncodedParameter {
        name: once.get(entry.start..entry.middle).unwrap_or_default(),
        value: once.get(entry.middle + 1..entry.end - 1).unwrap_or_default(),
        bare: entry.bare != 0,
    }
}

impl std::fmt::Debug for EncodedParameters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
        f.debug_list().entries(self.iter().map(|parameter| (text(parameter.name), text(parameter.value)))).finish()
    }
}

/// Sorts by name, and equal names by value, in ascending octet order of the encoded text (step 2).
pub fn order_by_octets(parameters: &mut EncodedParameters) {
    let EncodedParameters { once, entries, keys, spare, is_rearranged, .. } = parameters;
    *is_rearranged = true;
    let whole = |left: &Entry, right: &Entry| view(once, *left).cmp(&view(once, *right));
    if entries.len() > Keys::MOST {
        return entries.sort_unstable_by(whole);
    }
    keys.sort(entries.len(), |number| entries.get(number).map_or(0, |entry| leading_octets(once.padded(entry.start..entry.middle))));
    spare.clear();
    spare.extend(keys.numbers().filter_map(|number| entries.get(number)));
    std::mem::swap(entries, spare);
    keys.settle(entries, whole);
}

/// Whether this is the specification's order. As with [`super::collection::collect`], what is not recognized costs time alone.
#[inline]
pub(super) fn is_rfc5849(order: fn(&mut EncodedParameters)) -> bool {
    std::ptr::fn_addr_eq(order, order_by_octets as fn(&mut EncodedParameters))
}

/// How names, values and pairs are put together.
#[derive(Clone, Copy, Debug)]
pub enum Join {
    /// Section 3.4.1.3.2, steps 3 and 4.
    RFC5849,
    /// Another way.
    Other(fn(&EncodedParameters, &mut Buffer)),
}

impl Join {
    /// Appends the joined parameters.
    #[inline]
    pub fn append(self, parameters: &EncodedParameters, out: &mut Buffer) {
        match self {
            Join::RFC5849 => join(parameters, Level::Once, out),
            Join::Other(join) => join(parameters, out),
        }
    }

    /// Whether it is the specification's way.
    #[must_use]
    pub const fn is_rfc5849(self) -> bool {
        matches!(self, Join::RFC5849)
    }
}

/// Joins the parameters in their order: `=` between name and value, also when the value is empty, and `&` between pairs (steps 3
/// and 4); at [`Level::Twice`] the separators are encoded like the rest.
pub fn join(parameters: &EncodedParameters, level: Level, out: &mut Buffer) {
    let EncodedParameters { once, twice, entries, twice_separator, is_rearranged, .. } = parameters;
    if entries.is_empty() {
        return;
    }
    // The text behind the last pair is a separator too many.
    let separator = match level {
        Level::Once => {
            append_texts(once, *is_rearranged, entries.iter().map(|entry| entry.start..entry.end), out);
            1
        }
        Level::Twice => {
            append_texts(twice, *is_rearranged, entries.iter().map(|entry| entry.twice_start..entry.twice_end), out);
            *twice_separator
        }
    };
    out.truncate(out.len() - separator);
}

#[inline]
fn append_texts(texts: &Buffer, is_rearranged: bool, places: impl Iterator<Item = Range<usize>>, out: &mut Buffer) {
    if is_rearranged { out.append_all(texts, places) } else { out.append_padded(Padded::from(texts)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalized(pairs: &[(&str, &str)], level: Level) -> String {
        let decoded = Parameters::of_header(pairs.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())));
        let mut encoded = EncodedParameters::default();
        encoded.encode(&decoded, &Encoders::RFC5849);
        order_by_octets(&mut encoded);
        let mut out = Buffer::default();
        join(&encoded, level, &mut out);
        let mut at_once = EncodedParameters::default();
        at_once.encode_in_order(&decoded, &Encoders::RFC5849);
        let mut same = Buffer::default();
        join(&at_once, level, &mut same);
        assert_eq!(out, same[..]);
        assert!(at_once.iter().eq(encoded.iter()));
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
    fn names_that_begin_alike_are_compared_whole() {
        assert_eq!(
            sorted(&[("abcdefghijklmnopZ", "1"), ("abcdefghijklmnop", "2"), ("abcdefghijklmnopA", "3"), ("abcdefghijklmn", "4")]),
            "abcdefghijklmn=4&abcdefghijklmnop=2&abcdefghijklmnopA=3&abcdefghijklmnopZ=1"
        );
        assert_eq!(sorted(&[("a.", "1"), ("a", "2"), ("a", "1")]), "a=1&a=2&a.=1");
    }

    #[test]
    fn more_parameters_than_a_key_has_numbers_are_sorted_too() {
        let pairs: Vec<_> = (0..Keys::MOST + 3).rev().map(|number| format!("{number:06}")).collect();
        let decoded = Parameters::of_header(pairs.iter().map(|name| (name.as_bytes(), &b""[..])));
        let mut encoded = EncodedParameters::default();
        encoded.encode(&decoded, &Encoders::RFC5849);
        order_by_octets(&mut encoded);
        assert!(encoded.iter().map(|parameter| parameter.name.to_vec()).eq(pairs.iter().rev().map(|name| name.as_bytes().to_vec())));
    }

    #[test]
    fn what_is_sorted_again_is_joined_in_its_new_order() {
        let decoded = Parameters::of_header([(&b"b"[..], &b"1"[..]), (b"a", b"2"), (b"c", b"3")]);
        let mut encoded = EncodedParameters::default();
        for _ in 0..2 {
            encoded.encode_in_order(&decoded, &Encoders::RFC5849);
            encoded.sort_by(|left, right| right.cmp(&left));
            for (level, expected) in [(Level::Once, "c=3&b=1&a=2"), (Level::Twice, "c%3D3%26b%3D1%26a%3D2")] {
                let mut out = Buffer::default();
                join(&encoded, level, &mut out);
                assert_eq!(String::from_utf8_lossy(&out), expected);
            }
        }
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
        let plain = Encoder::Whole(|octets, out| out.append(octets));
        encoded.encode(&decoded, &Encoders { value: plain, part: plain, ..Encoders::RFC5849 });
        assert!(!encoded.has_twice());
        assert_eq!(format!("{encoded:?}"), r#"[("a", "b")]"#);
    }

    #[test]
    fn there_is_room_for_the_longest_text_of_every_octet_and_for_separators_alone() {
        for (octets, once, twice) in [(&b"\xff"[..], "%FF=%FF", "%25FF%3D%25FF"), (b"", "=", "%3D")] {
            let decoded = Parameters::of_header((0..500).map(|_| (octets, octets)));
            let mut encoded = EncodedParameters::default();
            encoded.encode(&decoded, &Encoders::RFC5849);
            for (level, pair, separator) in [(Level::Once, once, "&"), (Level::Twice, twice, "%26")] {
                let mut out = Buffer::default();
                join(&encoded, level, &mut out);
                assert_eq!(String::from_utf8(out.to_vec()).unwrap(), vec![pair; 500].join(separator));
            }
        }
    }
}
