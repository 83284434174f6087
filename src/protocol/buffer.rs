//! Octets that grow and are filled again and again: the memory behind them stays initialised, so a writer gets room without clearing it
//! first. This is what makes a derivation that keeps every stage about as fast as one that keeps none.

use std::ops::{Deref, Range};

/// Octets that can be filled again. Reads like a slice.
#[derive(Clone, Default)]
pub struct Buffer {
    /// Initialised memory; what lies beyond `length` is left over from earlier fillings.
    octets: Vec<u8>,
    length: usize,
}

/// [`Buffer::append_part`] copies this many octets at a time.
const BLOCK: usize = 32;

impl Buffer {
    /// Forgets the octets and keeps the memory.
    pub fn clear(&mut self) {
        self.length = 0;
    }

    /// Appends one octet.
    pub fn push(&mut self, octet: u8) {
        if let Some(place) = self.room(1).first_mut() {
            *place = octet;
        }
        self.length += 1;
    }

    /// Appends octets.
    #[inline]
    pub fn append(&mut self, octets: &[u8]) {
        if let Some(place) = self.room(octets.len()).get_mut(..octets.len()) {
            place.copy_from_slice(octets);
        }
        self.length += octets.len();
    }

    /// Appends a part of another buffer. Whole blocks are copied where there is memory for them, because a copy of a length that is
    /// known beforehand is several times faster than one of a length that is not.
    #[inline]
    pub fn append_part(&mut self, from: &Buffer, part: Range<usize>) {
        let length = part.len();
        let blocks = length.div_ceil(BLOCK);
        match (from.octets.get(part.start..part.start + blocks * BLOCK), self.room(blocks * BLOCK).get_mut(..blocks * BLOCK)) {
            (Some(source), Some(place)) if length <= 8 * BLOCK => {
                for (source, place) in source.as_chunks::<BLOCK>().0.iter().zip(place.as_chunks_mut::<BLOCK>().0) {
                    *place = *source;
                }
                self.length += length;
            }
            _ => self.append(from.get(part).unwrap_or_default()),
        }
    }

    /// At least `length` octets of initialised memory after the last one. Whoever writes there calls [`Buffer::advance`].
    #[inline]
    pub fn room(&mut self, length: usize) -> &mut [u8] {
        let needed = self.length + length;
        if self.octets.len() < needed {
            self.grow(needed);
        }
        self.octets.get_mut(self.length..).unwrap_or_default()
    }

    /// Counts octets that were written into [`Buffer::room`].
    #[inline]
    pub fn advance(&mut self, length: usize) {
        self.length = self.octets.len().min(self.length + length);
    }

    /// Shortens to this length.
    pub fn truncate(&mut self, length: usize) {
        self.length = self.length.min(length);
    }

    /// Overwrites all memory with zeros.
    pub fn wipe(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.octets);
        self.length = 0;
    }

    #[cold]
    fn grow(&mut self, needed: usize) {
        self.octets.resize(needed.max(self.octets.len() * 2).max(4 * BLOCK), 0);
    }
}

/// A part of a buffer with whatever memory lies behind it, so that the last octets can be read in a whole step.
#[derive(Clone, Copy)]
pub struct Padded<'a> {
    /// The part, and what lies behind it.
    memory: &'a [u8],
    /// The length of the part.
    pub length: usize,
}

impl<'a> Padded<'a> {
    /// The octets from `at` on, and what lies behind them.
    #[inline]
    #[must_use]
    pub fn rest(&self, at: usize) -> &'a [u8] {
        self.memory.get(at..).unwrap_or_default()
    }

    /// The part alone.
    #[must_use]
    pub fn octets(&self) -> &'a [u8] {
        self.memory.get(..self.length).unwrap_or_default()
    }
}

impl<'a> From<&'a [u8]> for Padded<'a> {
    fn from(octets: &'a [u8]) -> Padded<'a> {
        Padded { memory: octets, length: octets.len() }
    }
}

impl Buffer {
    /// A part with what lies behind it.
    #[inline]
    #[must_use]
    pub fn padded(&self, part: Range<usize>) -> Padded<'_> {
        Padded { memory: self.octets.get(part.start..).unwrap_or_default(), length: part.len() }
    }
}

impl Deref for Buffer {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        self.octets.get(..self.length).unwrap_or_default()
    }
}

impl PartialEq<[u8]> for Buffer {
    fn eq(&self, other: &[u8]) -> bool {
        **self == *other
    }
}

impl std::fmt::Debug for Buffer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_appended_is_read_and_old_octets_are_not() {
        let mut buffer = Buffer::default();
        buffer.append(&[b'x'; 300]);
        buffer.clear();
        assert!(buffer.is_empty());
        buffer.push(b'a');
        buffer.append(b"bc");
        assert_eq!(&*buffer, b"abc");
        buffer.truncate(1);
        assert_eq!(&*buffer, b"a");
        buffer.advance(usize::MAX / 2);
        assert!(buffer.len() >= 300);
        buffer.wipe();
        assert!(buffer.is_empty());
    }

    #[test]
    fn parts_of_any_length_are_copied_whole() {
        let mut from = Buffer::default();
        let text: Vec<u8> = (0..=255).cycle().take(700).collect();
        from.append(&text);
        for start in [0, 1, 31, 32, 33, 600, 690, 700] {
            for end in start..=700 {
                let mut to = Buffer::default();
                to.push(b'!');
                to.append_part(&from, start..end);
                assert_eq!(&to[1..], &text[start..end]);
            }
        }
    }
}
