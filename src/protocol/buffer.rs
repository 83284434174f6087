//! Octets that grow and are filled again and again: the memory behind them stays initialised, so a writer gets room without clearing it
//! first. This is what makes a derivation that keeps every stage about as fast as one that keeps none.

use std::ops::{Deref, Range};

use super::scan::STEP;

/// Octets that can be filled again. Reads like a slice.
#[derive(Clone, Default)]
pub struct Buffer {
    /// Initialised memory; what lies beyond `length` is left over from earlier fillings.
    octets: Vec<u8>,
    length: usize,
}

/// Short parts are copied in two blocks of this many octets.
const BLOCK: usize = 32;

impl Buffer {
    /// Forgets the octets and keeps the memory.
    #[inline]
    pub fn clear(&mut self) {
        self.length = 0;
    }

    /// Appends one octet.
    #[inline]
    pub fn push(&mut self, octet: u8) {
        if let Some(place) = self.room(1).first_mut() {
            *place = octet;
        }
        self.length += 1;
    }

    /// Appends octets.
    #[inline]
    pub fn append(&mut self, octets: &[u8]) {
        self.append_padded(Padded::from(octets));
    }

    /// Appends octets and others behind them.
    #[inline]
    pub(super) fn append_two(&mut self, first: &[u8], second: &[u8]) {
        let length = first.len() + second.len();
        if let Some((before, after)) = self.room(length).get_mut(..length).and_then(|place| place.split_at_mut_checked(first.len())) {
            copy(first, before);
            copy(second, after);
        }
        self.length += length;
    }

    /// Appends octets, each changed on its way.
    #[inline]
    pub(super) fn append_changed(&mut self, octets: &[u8], change: impl Fn(&u8) -> u8) {
        if let Some(place) = self.room(octets.len()).get_mut(..octets.len()) {
            for (index, octet) in octets.iter().enumerate() {
                place[index] = change(octet);
            }
        }
        self.length += octets.len();
    }

    /// Appends a part of something. Short parts are copied in whole blocks where there is memory for them, because a copy of a length
    /// that is known beforehand is several times faster than one of a length that is not.
    #[inline]
    pub fn append_padded(&mut self, part: Padded<'_>) {
        let length = part.length;
        let room = self.room(length + 2 * BLOCK);
        match (part.memory.first_chunk::<{ 2 * BLOCK }>(), room.first_chunk_mut::<{ 2 * BLOCK }>()) {
            (Some(source), Some(place)) if length <= 2 * BLOCK => *place = *source,
            _ => {
                if let Some(place) = room.get_mut(..length) {
                    copy(part.octets(), place);
                }
            }
        }
        self.length += length;
    }

    /// Appends parts of another buffer. Parts that lie one behind the other are copied as one.
    #[inline]
    pub fn append_all(&mut self, from: &Buffer, parts: impl Iterator<Item = Range<usize>>) {
        let mut joined = 0..0;
        for part in parts {
            if part.start != joined.end {
                self.append_padded(from.padded(joined));
                joined = part.start..part.start;
            }
            joined.end = part.end;
        }
        self.append_padded(from.padded(joined));
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

    /// As [`Buffer::room`], together with the length that whoever writes there counts up.
    #[inline]
    pub(super) fn lend(&mut self, length: usize) -> (&mut [u8], &mut usize) {
        let needed = self.length + length;
        if self.octets.len() < needed {
            self.grow(needed);
        }
        (self.octets.get_mut(self.length..).unwrap_or_default(), &mut self.length)
    }

    /// Counts octets that were written into [`Buffer::room`].
    #[inline]
    pub fn advance(&mut self, length: usize) {
        self.length = self.octets.len().min(self.length + length);
    }

    /// Shortens to this length.
    #[inline]
    pub fn truncate(&mut self, length: usize) {
        self.length = self.length.min(length);
    }

    /// Overwrites all memory with zeros, and keeps it.
    pub fn wipe(&mut self) {
        // What lies beyond was never written to.
        zeroize::Zeroize::zeroize(self.octets.as_mut_slice());
        self.length = 0;
    }

    #[cold]
    fn grow(&mut self, needed: usize) {
        let size = needed.max(self.octets.len() * 2).max(4 * BLOCK);
        if self.length == 0 {
            // Memory that comes as zeros from the system costs nothing where it is never written to.
            self.octets = vec![0; size];
        } else {
            self.octets.resize(size, 0);
        }
    }
}

/// A part of a buffer with whatever memory lies behind it, so that the last octets can be read in a whole step.
#[derive(Clone, Copy)]
pub struct Padded<'a> {
    memory: &'a [u8],
    /// The length of the part, in octets.
    pub length: usize,
}

/// Sixteen octets of a text, and sixteen that lie behind them.
pub(super) type Step = [u8; 2 * STEP];

impl<'a> Padded<'a> {
    /// The first `length` octets of a text, with the rest of it behind them.
    #[must_use]
    #[inline]
    pub fn of(text: &'a [u8], length: usize) -> Padded<'a> {
        Padded { memory: text, length: length.min(text.len()) }
    }

    /// The part and whatever lies behind it.
    #[inline]
    pub(super) fn rest(&self) -> &'a [u8] {
        self.memory
    }

    /// The part alone.
    #[must_use]
    #[inline]
    pub fn octets(&self) -> &'a [u8] {
        self.memory.get(..self.length).unwrap_or_default()
    }

    /// Gives the part out in steps: where it begins, the step, and how many octets of it belong to the part. A step is lent from
    /// where it lies and not copied, because octets that were just written are slow to read in other pieces.
    #[inline(always)]
    pub(super) fn for_each_step(self, mut take: impl FnMut(usize, &Step, usize)) {
        let mut at = 0;
        while at < self.length {
            let rest = self.memory.get(at..).unwrap_or_default();
            let last: Step;
            let step = match rest.first_chunk() {
                Some(step) => step,
                None => {
                    last = last_step(rest);
                    &last
                }
            };
            take(at, step, STEP.min(self.length - at));
            at += STEP;
        }
    }
}

/// A step of which there is less than a whole one.
#[inline]
pub(super) fn last_step(rest: &[u8]) -> Step {
    let mut octets = [0; 2 * STEP];
    if let Some(place) = octets.get_mut(..rest.len()) {
        copy(rest, place);
    }
    octets
}

impl<'a> From<&'a Buffer> for Padded<'a> {
    #[inline]
    fn from(buffer: &'a Buffer) -> Padded<'a> {
        Padded { memory: &buffer.octets, length: buffer.length }
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Padded<'a> {
    #[inline]
    fn from(octets: &'a [u8; N]) -> Padded<'a> {
        Padded { memory: octets, length: N }
    }
}

impl<'a> From<&'a [u8]> for Padded<'a> {
    #[inline]
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
    #[inline]
    fn eq(&self, other: &[u8]) -> bool {
        **self == *other
    }
}

impl std::fmt::Debug for Buffer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(self))
    }
}

/// Copies between slices of the same length. Lengths up to four steps are copied as two blocks that may overlap.
#[inline]
fn copy(from: &[u8], to: &mut [u8]) {
    #[inline]
    fn ends<const N: usize>(from: &[u8], to: &mut [u8]) -> Option<()> {
        let (first, last) = (*from.first_chunk::<N>()?, *from.last_chunk::<N>()?);
        *to.first_chunk_mut::<N>()? = first;
        *to.last_chunk_mut::<N>()? = last;
        Some(())
    }
    let copied = match from.len() {
        16..=32 => ends::<16>(from, to),
        8..=15 => ends::<8>(from, to),
        4..=7 => ends::<4>(from, to),
        2..=3 => ends::<2>(from, to),
        33..=64 => ends::<32>(from, to),
        _ => None,
    };
    if copied.is_none() && from.len() == to.len() {
        to.copy_from_slice(from);
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
        buffer.advance(usize::MAX / 2);
        assert!(buffer.len() >= 300 && buffer.iter().all(|octet| *octet == 0));
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
                to.append_padded(from.padded(start..end));
                assert_eq!(&to[1..], &text[start..end]);
                to.clear();
                to.push(b'!');
                to.append(&text[start..end]);
                assert_eq!(&to[1..], &text[start..end]);
            }
        }
    }

    #[test]
    fn what_lies_behind_the_end_is_not_compared_and_not_printed() {
        let mut buffer = Buffer::default();
        buffer.append(b"abc");
        buffer.truncate(2);
        assert!(buffer == b"ab"[..] && buffer != b"abc"[..] && buffer != b"a"[..]);
        assert_eq!(format!("{buffer:?}"), "\"ab\"");
        assert_eq!(Padded::of(b"abc", 2).octets(), b"ab");
        assert_eq!(Padded::of(b"abc", 9).octets(), b"abc");
    }

    #[test]
    fn parts_are_appended_in_the_order_in_which_they_are_named() {
        let mut from = Buffer::default();
        let text: Vec<u8> = (0..=255).cycle().take(400).collect();
        from.append(&text);
        for first in 0..200 {
            let mut to = Buffer::default();
            to.append(b"!");
            to.append_all(&from, [first..400, 0..first].into_iter());
            assert_eq!(&to[1..], [&text[first..], &text[..first]].concat());
        }
    }
}
