//! Parameters as ordered lists of pairs (RFC 5849 section 3.4.1.3): where they come from, how they are encoded, sorted and joined.

use super::buffer::{Buffer, Padded};
use super::encoding;

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
    /// Whether it was written without `=` in a query or form. The specification makes no difference.
    pub bare: bool,
}

/// A list of decoded parameters: all octets stand in one buffer, which can be used again. The order is that of filling.
#[derive(Clone, Default)]
pub struct Parameters {
    octets: Buffer,
    entries: Vec<Entry>,
}

/// Three offsets into the buffer: the value follows its name.
#[derive(Clone, Copy)]
struct Entry {
    start: usize,
    middle: usize,
    end: usize,
    source: Source,
    bare: bool,
}

impl Entry {
    /// The same parameter where so many octets stand before its list.
    #[inline]
    fn behind(&self, shift: usize) -> Entry {
        Entry { start: self.start + shift, middle: self.middle + shift, end: self.end + shift, ..*self }
    }
}

impl Parameters {
    /// An empty list.
    #[must_use]
    #[inline]
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
    #[inline]
    pub fn clear(&mut self) {
        self.octets.clear();
        self.entries.clear();
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

    /// The octets of all names and values together.
    #[must_use]
    #[inline]
    pub fn octets(&self) -> usize {
        self.octets.len()
    }

    /// The parameters in the order of the list.
    #[inline]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Parameter<'_>> + Clone {
        self.entries.iter().map(|entry| self.parameter(*entry))
    }

    /// The value of the first parameter with this name.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<&[u8]> {
        self.iter().find(|parameter| parameter.name == name.as_bytes()).map(|parameter| parameter.value)
    }

    /// Appends a pair as it is.
    #[inline]
    pub fn push(&mut self, name: &[u8], value: &[u8], source: Source) {
        let start = self.octets.len();
        self.octets.append_two(name, value);
        let middle = start + name.len();
        self.entries.push(Entry { start, middle, end: middle + value.len(), source, bare: false });
    }

    /// [`Parameters::push`] for parts of something.
    #[inline(never)]
    pub(super) fn push_padded(&mut self, name: Padded<'_>, value: Padded<'_>, source: Source) {
        let start = self.octets.len();
        self.octets.append_padded(name);
        let middle = self.octets.len();
        self.octets.append_padded(value);
        self.entries.push(Entry { start, middle, end: self.octets.len(), source, bare: false });
    }

    /// Appends a pair whose name and value two functions write.
    pub fn push_with(&mut self, source: Source, name: impl FnOnce(&mut Buffer), value: impl FnOnce(&mut Buffer)) {
        let start = self.octets.len();
        name(&mut self.octets);
        let middle = self.octets.len();
        value(&mut self.octets);
        self.entries.push(Entry { start, middle, end: self.octets.len(), source, bare: false });
    }

    /// Appends a parameter as it is, with all that is known of it.
    pub fn push_parameter(&mut self, parameter: Parameter<'_>) {
        self.push(parameter.name, parameter.value, parameter.source);
        if let Some(entry) = self.entries.last_mut() {
            entry.bare = parameter.bare;
        }
    }

    /// Marks the last parameter as written without `=`.
    #[inline]
    pub fn mark_bare(&mut self) {
        if let Some(entry) = self.entries.last_mut() {
            entry.bare = true;
        }
    }

    /// Appends the pairs of a query or form, decoded (section 3.4.1.3.1).
    pub fn push_form(&mut self, text: &[u8], source: Source) {
        let entries = &mut self.entries;
        encoding::read_form(text, &mut self.octets, |start, middle, end, bare| {
            entries.push(Entry { start, middle, end, source, bare });
        });
    }

    /// Appends another list.
    pub fn append(&mut self, other: &Parameters) {
        let shift = self.octets.len();
        self.octets.append_padded(Padded::from(&other.octets));
        self.entries.extend(other.entries.iter().map(|entry| entry.behind(shift)));
    }

    /// Appends those of another list for which `keep` says so.
    pub(super) fn append_those(&mut self, other: &Parameters, keep: impl Fn(Parameter<'_>) -> bool) {
        let shift = self.octets.len();
        self.octets.append_padded(Padded::from(&other.octets));
        self.entries.reserve(other.entries.len());
        for entry in &other.entries {
            if keep(other.parameter(*entry)) {
                self.entries.push(entry.behind(shift));
            }
        }
    }

    /// Keeps the parameters for which `keep` says so.
    pub fn retain(&mut self, mut keep: impl FnMut(Parameter<'_>) -> bool) {
        let octets = &self.octets;
        self.entries.retain(|entry| keep(view(octets, *entry)));
    }

    /// Names and values in the order of the list, with the memory behind them, and whether they are known to be bare.
    #[inline]
    pub(super) fn padded(&self) -> impl ExactSizeIterator<Item = (Padded<'_>, Padded<'_>, bool)> {
        self.entries.iter().map(|entry| self.padded_texts(entry))
    }

    /// The same of one parameter.
    #[inline]
    pub(super) fn padded_at(&self, number: usize) -> Option<(Padded<'_>, Padded<'_>, bool)> {
        self.entries.get(number).map(|entry| self.padded_texts(entry))
    }

    #[inline]
    fn padded_texts(&self, entry: &Entry) -> (Padded<'_>, Padded<'_>, bool) {
        (self.octets.padded(entry.start..entry.middle), self.octets.padded(entry.middle..entry.end), entry.bare)
    }

    #[inline]
    fn parameter(&self, entry: Entry) -> Parameter<'_> {
        view(&self.octets, entry)
    }
}

#[inline]
fn view(octets: &[u8], entry: Entry) -> Parameter<'_> {
    Parameter {
        name: octets.get(entry.start..entry.middle).unwrap_or_default(),
        value: octets.get(entry.middle..entry.end).unwrap_or_default(),
        source: entry.source,
        bare: entry.bare,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_can_be_filled_again() {
        let mut list = Parameters::new();
        list.push_form(b"a=1&b=%32+", Source::Query);
        list.clear();
        list.push_form(b"c", Source::Body);
        let only: Vec<_> = list.iter().collect();
        assert_eq!(only, [Parameter { name: b"c", value: b"", source: Source::Body, bare: true }]);
        let mut twice = list.clone();
        twice.append(&list);
        assert_eq!(twice.len(), 2);
        assert_eq!(format!("{twice:?}"), r#"[("c", ""), ("c", "")]"#);
    }

    #[test]
    fn a_parameter_is_copied_with_its_mark_and_the_last_one_can_be_marked() {
        let mut list = Parameters::new();
        list.mark_bare();
        list.push(b"a", b"1", Source::Query);
        let bare = Parameter { name: b"b", value: b"", source: Source::Body, bare: true };
        list.push_parameter(bare);
        list.push_parameter(Parameter { bare: false, ..bare });
        assert_eq!(list.iter().map(|parameter| parameter.bare).collect::<Vec<_>>(), [false, true, false]);
        assert_eq!(list.iter().nth(1), Some(bare));
        list.mark_bare();
        assert_eq!(list.iter().map(|parameter| parameter.bare).collect::<Vec<_>>(), [false, true, true]);
        assert_eq!(
            list.padded().map(|(name, value, bare)| (name.octets(), value.octets(), bare)).nth(2),
            Some((&b"b"[..], &b""[..], true))
        );
        let mut copy = Parameters::new();
        copy.append(&list);
        assert_eq!(copy.iter().collect::<Vec<_>>(), list.iter().collect::<Vec<_>>());
    }
}
