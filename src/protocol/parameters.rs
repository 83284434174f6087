//! Parameters as ordered lists of pairs (RFC 5849 section 3.4.1.3): where they come from, how they are encoded, sorted and joined.

use super::encoding::{self, Encoder};
use super::error::Malformed;
use super::request::Request;

/// Where a parameter stands in a request (section 3.4.1.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The query component of the URL.
    Query,
    /// The Authorization header.
    Header,
    /// A form-encoded body.
    Body,
}

/// One parameter of a [`Parameters`] list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter<'a> {
    /// Its name.
    pub name: &'a [u8],
    /// Its value; empty if it has none.
    pub value: &'a [u8],
    /// Where it was found.
    pub source: Source,
}

/// A list of parameters: all octets stand in one buffer, which can be used again. Whether they are decoded or encoded is the
/// business of whoever filled it; the order is that of filling until somebody sorts.
#[derive(Clone, Default)]
pub struct Parameters {
    octets: Vec<u8>,
    entries: Vec<Entry>,
    /// Keys of [`order_by_octets`], kept for the next list.
    keys: Vec<(u128, u32)>,
    /// The reordered entries of [`order_by_octets`], likewise.
    spare: Vec<Entry>,
}

/// Three offsets into the buffer: the value follows its name.
#[derive(Clone, Copy)]
struct Entry {
    start: usize,
    middle: usize,
    end: usize,
    source: Source,
}

impl Parameters {
    /// An empty list.
    #[must_use]
    pub fn new() -> Parameters {
        Parameters::default()
    }

    /// A list of protocol parameters as they will stand in the header: decoded pairs.
    pub fn of_header<'a>(pairs: impl IntoIterator<Item = (&'a [u8], &'a [u8])>) -> Parameters {
        let mut list = Parameters::new();
        for (name, value) in pairs {
            list.push(name, value, Source::Header);
        }
        list
    }

    /// Forgets all parameters and keeps the buffers.
    pub fn clear(&mut self) {
        self.octets.clear();
        self.entries.clear();
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

    /// The octets of all names and values together.
    #[must_use]
    pub fn octets(&self) -> usize {
        self.octets.len()
    }

    /// The parameters in the order of the list.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Parameter<'_>> + Clone {
        self.entries.iter().map(|entry| self.parameter(*entry))
    }

    /// The value of the first parameter with this name.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<&[u8]> {
        self.iter().find(|parameter| parameter.name == name.as_bytes()).map(|parameter| parameter.value)
    }

    /// Appends a pair as it is.
    pub fn push(&mut self, name: &[u8], value: &[u8], source: Source) {
        self.push_with(source, |octets| octets.extend_from_slice(name), |octets| octets.extend_from_slice(value));
    }

    /// Appends a pair whose name and value two functions write.
    pub fn push_with(&mut self, source: Source, name: impl FnOnce(&mut Vec<u8>), value: impl FnOnce(&mut Vec<u8>)) {
        let start = self.octets.len();
        name(&mut self.octets);
        let middle = self.octets.len();
        value(&mut self.octets);
        self.entries.push(Entry { start, middle, end: self.octets.len(), source });
    }

    /// Appends the pairs of a query or form, decoded (section 3.4.1.3.1).
    pub fn push_form(&mut self, text: &[u8], source: Source) {
        self.octets.reserve(text.len());
        for (name, value) in encoding::form_pairs(text) {
            self.push_with(source, |octets| encoding::form_decode(name, octets), |octets| encoding::form_decode(value, octets));
        }
    }

    /// Appends another list.
    pub fn append(&mut self, other: &Parameters) {
        let shift = self.octets.len();
        self.octets.extend_from_slice(&other.octets);
        self.entries.extend(other.entries.iter().map(|entry| Entry {
            start: entry.start + shift,
            middle: entry.middle + shift,
            end: entry.end + shift,
            source: entry.source,
        }));
    }

    /// Keeps the parameters for which `keep` says so.
    pub fn retain(&mut self, mut keep: impl FnMut(Parameter<'_>) -> bool) {
        let octets = &self.octets;
        self.entries.retain(|entry| keep(view(octets, *entry)));
    }

    /// Replaces this list by `decoded`, each name and value encoded (section 3.4.1.3.2, step 1).
    pub fn encode_from(&mut self, decoded: &Parameters, encode_name: Encoder, encode_value: Encoder) {
        self.clear();
        self.octets.reserve(decoded.octets.len());
        for parameter in decoded.iter() {
            self.push_with(parameter.source, |octets| encode_name(parameter.name, octets), |octets| encode_value(parameter.value, octets));
        }
    }

    fn parameter(&self, entry: Entry) -> Parameter<'_> {
        view(&self.octets, entry)
    }
}

fn view(octets: &[u8], entry: Entry) -> Parameter<'_> {
    Parameter {
        name: octets.get(entry.start..entry.middle).unwrap_or_default(),
        value: octets.get(entry.middle..entry.end).unwrap_or_default(),
        source: entry.source,
    }
}

impl std::fmt::Debug for Parameters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.iter().map(|parameter| {
                (String::from_utf8_lossy(parameter.name).into_owned(), String::from_utf8_lossy(parameter.value).into_owned())
            }))
            .finish()
    }
}

/// The parameters that are signed (section 3.4.1.3.1): of the query, of the Authorization header, and of a form body, whatever the
/// method. It is a list and not a set. `oauth_signature` is left out wherever it stands; `realm` only in the header, where it never
/// becomes a parameter: a `realm` of query or body is signed like any other.
///
/// # Errors
/// As [`Request::form`].
pub fn collect(request: &Request<'_>, into: &mut Parameters) -> Result<(), Malformed> {
    request.gather(into)?;
    into.retain(|parameter| parameter.name != b"oauth_signature");
    Ok(())
}

/// Sorts encoded parameters by name, and equal names by value, in ascending octet order (section 3.4.1.3.2, step 2).
///
/// The first sixteen octets of a name are compared as one number; names that agree in them are compared whole. No octet is lost by
/// filling short names with zeros, because a tie is always looked at again.
pub fn order_by_octets(encoded: &mut Parameters) {
    let Parameters { octets, entries, keys, spare } = encoded;
    keys.clear();
    keys.extend(entries.iter().zip(0_u32..).map(|(entry, index)| (leading_octets(view(octets, *entry).name), index)));
    let entry = |index: u32| entries.get(index as usize).copied();
    keys.sort_unstable_by(|left, right| {
        left.0.cmp(&right.0).then_with(|| {
            let (Some(first), Some(second)) = (entry(left.1), entry(right.1)) else { return left.1.cmp(&right.1) };
            let (first, second) = (view(octets, first), view(octets, second));
            (first.name, first.value).cmp(&(second.name, second.value))
        })
    });
    spare.clear();
    spare.extend(keys.iter().filter_map(|&(_, index)| entry(index)));
    std::mem::swap(entries, spare);
}

fn leading_octets(name: &[u8]) -> u128 {
    match name.first_chunk::<16>() {
        Some(chunk) => u128::from_be_bytes(*chunk),
        None => {
            let mut chunk = [0; 16];
            if let Some(place) = chunk.get_mut(..name.len()) {
                place.copy_from_slice(name);
            }
            u128::from_be_bytes(chunk)
        }
    }
}

/// Joins encoded, sorted parameters: `=` between name and value, also when the value is empty, and `&` between pairs (section
/// 3.4.1.3.2, steps 3 and 4).
pub fn join(sorted: &Parameters, out: &mut Vec<u8>) {
    out.reserve(sorted.octets() + 2 * sorted.len());
    for (index, parameter) in sorted.iter().enumerate() {
        if index > 0 {
            out.push(b'&');
        }
        out.extend_from_slice(parameter.name);
        out.push(b'=');
        out.extend_from_slice(parameter.value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(pairs: &[(&str, &str)]) -> String {
        let mut list = Parameters::of_header(pairs.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())));
        order_by_octets(&mut list);
        let mut out = Vec::new();
        join(&list, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn names_are_sorted_before_values_and_in_octet_order() {
        assert_eq!(sorted(&[("b", "1"), ("a-b", "2"), ("a", "3"), ("a10", "4"), ("B", "5")]), "B=5&a=3&a-b=2&a10=4&b=1");
        assert_eq!(sorted(&[("a", "2"), ("a", "10"), ("a", ""), ("a", "1")]), "a=&a=1&a=10&a=2");
        assert_eq!(sorted(&[]), "");
    }

    #[test]
    fn names_that_agree_in_sixteen_octets_are_compared_whole() {
        assert_eq!(
            sorted(&[("abcdefghijklmnopZ", "1"), ("abcdefghijklmnop", "2"), ("abcdefghijklmnopA", "3"), ("abcdefghijklmno", "4")]),
            "abcdefghijklmno=4&abcdefghijklmnop=2&abcdefghijklmnopA=3&abcdefghijklmnopZ=1"
        );
        // A name shorter than sixteen octets and the same name with NUL after it (a deviant encoder may leave one).
        assert_eq!(sorted(&[("a\0", "0"), ("a", "9")]), "a=9&a\0=0");
    }

    #[test]
    fn a_list_can_be_filled_again() {
        let mut list = Parameters::new();
        list.push_form(b"a=1&b=%32+", Source::Query);
        list.clear();
        list.push_form(b"c", Source::Body);
        let only: Vec<_> = list.iter().collect();
        assert_eq!(only, [Parameter { name: b"c", value: b"", source: Source::Body }]);
        let mut twice = list.clone();
        twice.append(&list);
        assert_eq!(twice.len(), 2);
        assert_eq!(format!("{twice:?}"), r#"[("c", ""), ("c", "")]"#);
    }
}
