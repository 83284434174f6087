//! The order of parameters (RFC 5849 section 3.4.1.3.2 step 2) with numbers in place of texts: the first fourteen octets of an encoded
//! name and the parameter's number are sorted as one integer. Names that agree so far are compared whole afterwards. Filling short
//! names with zeros loses nothing, because a tie is always looked at again.

use std::cmp::Ordering;

use super::buffer::Padded;
use super::encoding::OctetTable;
use super::scan;

/// Sorted keys, one a parameter. Their memory is used again.
#[derive(Clone, Default)]
pub(super) struct Keys(Vec<u128>);

impl Keys {
    /// The greatest number of parameters: a number takes two octets of its key.
    pub(super) const MOST: usize = 1 << 16;

    /// Sorts so many keys, not more than [`Keys::MOST`], each of the leading octets of the name with this number. They are laid out as the
    /// last ones were sorted: a client asks the same again and again, and what is sorted already takes no time to sort.
    #[inline]
    pub(super) fn sort(&mut self, count: usize, leading: impl Fn(usize) -> u128) {
        if self.0.len() == count {
            for key in &mut self.0 {
                let number = *key as usize % Keys::MOST;
                *key = leading(number) | number as u128;
            }
        } else {
            self.0.clear();
            self.0.extend((0..count).map(|number| leading(number) | number as u128));
        }
        self.0.sort_unstable();
    }

    /// The parameters' numbers in the order of their keys.
    #[inline]
    pub(super) fn numbers(&self) -> impl ExactSizeIterator<Item = usize> {
        self.0.iter().map(|key| *key as usize % Keys::MOST)
    }

    /// Sorts what stands in the order of the keys wherever those leave the order open, and tells whether they do anywhere.
    pub(super) fn settle<T>(&self, items: &mut [T], mut compare: impl FnMut(&T, &T) -> Ordering) -> bool {
        let tied = |left: &u128, right: &u128| left / Keys::MOST as u128 == right / Keys::MOST as u128;
        if !self.0.windows(2).any(|pair| matches!(pair, [left, right] if tied(left, right))) {
            return false;
        }
        let mut rest = items;
        for chunk in self.0.chunk_by(tied) {
            let (first, behind) = rest.split_at_mut(chunk.len().min(rest.len()));
            first.sort_unstable_by(&mut compare);
            rest = behind;
        }
        true
    }
}

/// The octets of a name that a key has room for.
const ROOM: usize = 14;

/// The first octets of an encoded name in the upper part of a number.
#[inline]
pub(super) fn leading_octets(name: Padded<'_>) -> u128 {
    let chunk = match name.rest().first_chunk::<16>() {
        Some(chunk) => u128::from_be_bytes(*chunk),
        None => name.octets().iter().zip((0..16).rev()).fold(0, |sum, (octet, place)| sum | u128::from(*octet) << (8 * place)),
    };
    // What lies behind a short name is cut off.
    chunk & LEADING[name.length.min(ROOM)]
}

/// The same of a name that is yet to be encoded, with a table that keeps the unreserved characters.
#[inline]
pub(super) fn leading_octets_encoded(table: &OctetTable, name: Padded<'_>) -> u128 {
    match name.rest().first_chunk() {
        Some(step) if scan::reserved(step) & ((1 << name.length.min(ROOM)) - 1) == 0 => leading_octets(name),
        _ => {
            let text = name.octets().iter().flat_map(|octet| table.row(*octet)).take(ROOM);
            text.zip((0..16).rev()).fold(0, |sum, (octet, place)| sum | u128::from(*octet) << (8 * place))
        }
    }
}

/// By number of octets: what keeps so many of a key.
static LEADING: [u128; ROOM + 1] = leading_masks();

const fn leading_masks() -> [u128; ROOM + 1] {
    let mut masks = [0; ROOM + 1];
    let mut octets = 1;
    while octets < masks.len() {
        masks[octets] = u128::MAX << (128 - 8 * octets);
        octets += 1;
    }
    masks
}

#[cfg(test)]
mod tests {
    use super::super::buffer::Buffer;
    use super::super::encoding::UPPER_HEX;
    use super::*;

    #[test]
    fn a_name_leads_with_the_same_octets_before_and_after_it_is_encoded() {
        for table in [OctetTable::RFC5849, OctetTable::keeping(b"[]", UPPER_HEX)] {
            for length in 0..40 {
                for place in 0..=length {
                    let mut text = vec![b'a'; 40];
                    text[place] = b'[';
                    let name = Padded::of(&text, length);
                    let mut encoded = Buffer::default();
                    table.encode(name, &mut encoded);
                    let mut leading = encoded.to_vec();
                    leading.resize(14, 0);
                    leading.truncate(14);
                    let expected = leading.iter().fold(0_u128, |sum, octet| sum << 8 | u128::from(*octet)) << 16;
                    assert_eq!(leading_octets_encoded(&table, name), expected, "{length} {place}");
                    assert_eq!(leading_octets(Padded::from(&encoded)), expected);
                    assert_eq!(leading_octets(Padded::from(&encoded[..])), expected);
                    assert_eq!(leading_octets_encoded(&table, Padded::from(&text[..length])), expected);
                }
            }
        }
    }

    #[test]
    fn keys_that_agree_are_settled_by_the_comparison_and_others_are_not() {
        let leading = |text: &str| leading_octets(Padded::from(text.as_bytes()));
        let names = ["b", "abcdefghijklmnZ", "a", "abcdefghijklmnA"];
        let mut keys = Keys::default();
        keys.sort(names.len(), |number| leading(names[number]));
        let mut sorted: Vec<_> = keys.numbers().map(|number| names[number]).collect();
        assert_eq!(sorted, ["a", "abcdefghijklmnZ", "abcdefghijklmnA", "b"]);
        let mut compared = 0;
        keys.settle(&mut sorted, |left, right| {
            compared += 1;
            left.cmp(right)
        });
        assert_eq!((sorted, compared), (vec!["a", "abcdefghijklmnA", "abcdefghijklmnZ", "b"], 1));
    }

    #[test]
    fn the_order_of_the_last_names_leaves_no_trace_in_that_of_the_next() {
        let leading = |text: &str| leading_octets(Padded::from(text.as_bytes()));
        let mut keys = Keys::default();
        for names in [&["c", "a", "b"][..], &["b", "c", "a"], &["a", "b", "c"], &["a", "c"], &["x", "a", "z", "b"], &[], &["a"]] {
            keys.sort(names.len(), |number| leading(names[number]));
            let mut expected = names.to_vec();
            expected.sort_unstable();
            assert_eq!(keys.numbers().map(|number| names[number]).collect::<Vec<_>>(), expected);
        }
    }
}
