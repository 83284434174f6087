//! Percent-encoding (RFC 5849 section 3.6). Decoding is [`super::decoding`]'s.
//!
//! All functions work on octets and append to a buffer, so that one buffer can serve a whole derivation.

use wide::u8x16;

use super::buffer::{Buffer, Padded, Step};
pub use super::decoding::{
    escape_at, form_decode, form_decoded, form_pairs, has_broken_escape, has_escape, percent_decode, percent_decoded,
    percent_decoded_if_whole, read_form,
};
use super::scan::{self, STEP};
use super::twice::TwiceEncoder;

/// A way of encoding, as a record of decisions names it.
#[derive(Clone, Copy)]
pub enum Encoder {
    /// Each octet by itself.
    Octets(&'static OctetTable),
    /// The text as a whole: for encoders that look beyond one octet.
    Whole(fn(&[u8], &mut Buffer)),
}

impl Encoder {
    /// Section 3.6.
    pub const RFC5849: Encoder = Encoder::Octets(&RFC5849_TABLE);

    /// Appends the encoded text.
    #[inline]
    pub fn encode<'a>(self, octets: impl Into<Padded<'a>>, out: &mut Buffer) {
        let octets = octets.into();
        match self {
            Encoder::Octets(table) => table.encode(octets, out),
            Encoder::Whole(encode) => encode(octets.octets(), out),
        }
    }

    /// Whether two encoders are known to be one. Two functions that do the same count as different.
    #[must_use]
    #[inline]
    pub fn is_same(self, other: Encoder) -> bool {
        match (self, other) {
            (Encoder::Octets(own), Encoder::Octets(other)) => std::ptr::eq(own, other),
            (Encoder::Whole(own), Encoder::Whole(other)) => std::ptr::fn_addr_eq(own, other),
            _ => false,
        }
    }

    /// The table with which one pass does the work of this encoder and of `again` after it, if there is one.
    #[must_use]
    #[inline]
    pub fn table_with(self, again: Encoder) -> Option<&'static OctetTable> {
        match (self, again) {
            (Encoder::Octets(first), Encoder::Octets(second)) if std::ptr::eq(first, second) && first.keeps_unreserved => Some(first),
            _ => None,
        }
    }
}

impl std::fmt::Debug for Encoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Encoder::Octets(_) => "Octets(..)",
            Encoder::Whole(_) => "Whole(..)",
        })
    }
}

static RFC5849_TABLE: OctetTable = OctetTable::RFC5849;

/// Upper-case hexadecimal digits, as section 3.6 demands.
pub const UPPER_HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Whether an octet stays as it is: ALPHA, DIGIT, `-`, `.`, `_`, `~` (section 3.6).
#[must_use]
#[inline]
pub const fn is_unreserved(octet: u8) -> bool {
    // Sums without a branch, so that sixteen octets can be compared at once.
    ((octet | 0x20).wrapping_sub(b'a') < 26)
        | (octet.wrapping_sub(b'0') < 10)
        | (octet.wrapping_sub(b'-') < 2)
        | (octet == b'_')
        | (octet == b'~')
}

/// An encoding that treats each octet by itself, as 256 rows of text.
pub struct OctetTable {
    once: [Row; 256],
    /// The text of `once` encoded again: what becomes of an octet on its way into the base string (3.4.1.3.2, then 3.4.1.1). Only
    /// filled where unreserved characters are kept, because only then a row has room for it.
    twice: [Row; 256],
    keeps_unreserved: bool,
}

/// At most seven octets of text and, in the last place, their number. A row is written whole and then counted by its number: eight
/// octets without a branch are faster than one or three with one.
pub(super) type Row = [u8; 8];

impl OctetTable {
    /// The encoding of section 3.6: everything but the unreserved characters becomes `%XX`, in upper case.
    pub const RFC5849: OctetTable = OctetTable::keeping(b"", UPPER_HEX);

    /// An encoding that keeps the unreserved characters and `also`, and writes the other octets as `%XX` with these digits.
    #[must_use]
    pub const fn keeping(also: &[u8], digits: &[u8; 16]) -> OctetTable {
        let mut once = [[0; 8]; 256];
        let mut index = 0;
        while index < 256 {
            let octet = index as u8;
            once[index] = if is_unreserved(octet) || contains(also, octet) {
                [octet, 0, 0, 0, 0, 0, 0, 1]
            } else {
                [b'%', digits[index >> 4], digits[index & 15], 0, 0, 0, 0, 3]
            };
            index += 1;
        }
        OctetTable::of_rows(once)
    }

    const fn of_rows(once: [Row; 256]) -> OctetTable {
        let mut keeps_unreserved = true;
        let mut twice = [[0; 8]; 256];
        let mut index = 0;
        while index < 256 {
            if is_unreserved(index as u8) && (once[index][7] != 1 || once[index][0] != index as u8) {
                keeps_unreserved = false;
            }
            index += 1;
        }
        index = 0;
        while keeps_unreserved && index < 256 {
            let mut read = 0;
            while read < once[index][7] {
                let again = once[once[index][read as usize] as usize];
                let mut copied = 0;
                while copied < again[7] {
                    twice[index][(twice[index][7] + copied) as usize] = again[copied as usize];
                    copied += 1;
                }
                twice[index][7] += again[7];
                read += 1;
            }
            index += 1;
        }
        OctetTable { once, twice, keeps_unreserved }
    }

    /// The text of one octet.
    #[must_use]
    #[inline]
    pub fn row(&self, octet: u8) -> &[u8] {
        let row = &self.once[octet as usize];
        row.get(..row[7] as usize).unwrap_or_default()
    }

    /// Appends the encoded text.
    pub fn encode(&self, octets: Padded<'_>, out: &mut Buffer) {
        let mut text = Writer::new(out, octets.length * 3);
        let (mut memory, mut left) = (octets.rest(), octets.length);
        while left > 0
            && let Some(step) = memory.first_chunk()
        {
            text.window(|window: &mut [u8; WINDOW], written| {
                cut(step, left.min(STEP), self.specials(head(step)), |run, octet| {
                    put_run(window, written, step, run);
                    if let Some(octet) = octet {
                        put_row(window, written, &self.once[octet as usize]);
                    }
                });
            });
            memory = memory.get(STEP..).unwrap_or_default();
            left = left.saturating_sub(STEP);
        }
        while left > 0 {
            let length = left.min(STEP);
            text.window(|window: &mut [u8; WINDOW], written| self.encode_number(number_of(octets.rest(), memory), length, window, written));
            memory = memory.get(STEP..).unwrap_or_default();
            left -= length;
        }
        text.finish();
    }

    /// Encodes octets that lie in a number, the first one lowest: what a step is where less is left than a step and what is read behind it.
    /// Octets that were just put together in memory are slow to read in other pieces.
    #[inline(always)]
    fn encode_number(&self, octets: u128, length: usize, window: &mut [u8; WINDOW], written: &mut usize) {
        let mut specials = self.specials(&octets.to_le_bytes()) & ((1 << length) - 1);
        let mut from = 0;
        while specials != 0 {
            let place = specials.trailing_zeros() as usize % STEP;
            put_octets(window, written, u8x16::new((octets >> (8 * (from % STEP))).to_le_bytes()), place - from);
            put_row(window, written, &self.once[(octets >> (8 * place)) as usize & 0xff]);
            from = place + 1;
            specials &= specials - 1;
        }
        put_octets(window, written, u8x16::new((octets >> (8 * (from % STEP))).to_le_bytes()), length - from);
    }

    /// Appends the encoded text to `once`, and to `twice` what becomes of it when it is encoded again. Only for a table that
    /// [`Encoder::table_with`] gave.
    pub fn encode_twice(&self, octets: Padded<'_>, once: &mut Buffer, twice: &mut Buffer) {
        let mut encoder = TwiceEncoder::new(self, octets.length, 0, once, twice);
        encoder.put(octets, None);
        encoder.finish();
    }

    /// The text of one octet, and of the same encoded again.
    #[inline(always)]
    pub(super) fn row_of(&self, octet: u8) -> &Row {
        &self.once[octet as usize]
    }

    #[inline(always)]
    pub(super) fn second_row_of(&self, octet: u8) -> &Row {
        &self.twice[octet as usize]
    }

    /// The octets of a step that do not stay as they are: all of them, if this table does not keep the unreserved characters.
    #[inline(always)]
    fn specials(&self, octets: &[u8; STEP]) -> u32 {
        if self.keeps_unreserved { scan::reserved(octets) } else { u32::MAX }
    }
}

/// The first sixteen octets of the rest of a text, or all that there are, as a number.
#[inline(always)]
fn number_of(text: &[u8], rest: &[u8]) -> u128 {
    match (rest.first_chunk(), text.last_chunk()) {
        (Some(octets), _) => u128::from_le_bytes(*octets),
        // What stands before them in the text is shifted out.
        (None, Some(octets)) if !rest.is_empty() => u128::from_le_bytes(*octets) >> (8 * (STEP - rest.len())),
        _ => rest.iter().rev().fold(0, |number, octet| number << 8 | u128::from(*octet)),
    }
}

/// Cuts the first `length` octets of a step into runs that stay as they are, each but the last followed by one of the special octets.
#[inline(always)]
pub(super) fn cut(step: &Step, length: usize, specials: u32, mut put: impl FnMut(Run, Option<u8>)) {
    let mut specials = specials & ((1 << length) - 1);
    let mut from = 0;
    while specials != 0 {
        let place = specials.trailing_zeros() as usize;
        put(Run { from, length: place - from }, Some(step[place % STEP]));
        from = place + 1;
        specials &= specials - 1;
    }
    put(Run { from, length: length - from }, None);
}

#[inline]
pub(super) fn head(step: &Step) -> &[u8; STEP] {
    step.first_chunk().unwrap_or(&[0; STEP])
}

const fn contains(octets: &[u8], octet: u8) -> bool {
    let mut index = 0;
    while index < octets.len() {
        if octets[index] == octet {
            return true;
        }
        index += 1;
    }
    false
}

/// Octets of a step that stay as they are.
#[derive(Clone, Copy)]
pub(super) struct Run {
    pub(super) from: usize,
    pub(super) length: usize,
}

/// Room for the text of one step. An octet counts what is written there, and behind any place that it can name lies a whole step, so that
/// no place needs another check.
pub(super) const WINDOW: usize = 256 + STEP;

/// Puts a run into a window. Sixteen octets are written and then counted by their length: a copy whose length is known beforehand needs
/// no call and no branch.
#[inline(always)]
pub(super) fn put_run(window: &mut [u8; WINDOW], written: &mut usize, step: &Step, run: Run) {
    put_octets(window, written, octets_of(step, run), run.length);
}

/// The octets of a run, and what lies behind them.
#[inline(always)]
pub(super) fn octets_of(step: &Step, run: Run) -> u8x16 {
    let from = run.from & (STEP - 1);
    // Nothing is added: an operation makes it a value in a register, where a mere copy of memory is made anew for each place it goes to.
    u8x16::new(step[from..].first_chunk().copied().unwrap_or_default()) | u8x16::splat(0)
}

/// Puts the first of sixteen octets into a window, as [`put_run`] does. As one value they can be put into two without being read twice.
#[inline(always)]
pub(super) fn put_octets(window: &mut [u8; WINDOW], written: &mut usize, octets: u8x16, length: usize) {
    let at = usize::from(*written as u8);
    if let Some(place) = window[at..].first_chunk_mut() {
        *place = octets.to_array();
    }
    *written += length;
}

/// Puts a row into a window, likewise.
#[inline(always)]
pub(super) fn put_row(window: &mut [u8; WINDOW], written: &mut usize, row: &Row) {
    let at = usize::from(*written as u8);
    if let Some(place) = window[at..].first_chunk_mut() {
        *place = *row;
    }
    *written += row[7] as usize;
}

/// Writes into the room of a buffer.
pub(super) struct Writer<'a> {
    room: &'a mut [u8],
    length: &'a mut usize,
    written: usize,
}

impl<'a> Writer<'a> {
    /// For at most `most` octets of text.
    #[inline(always)]
    pub(super) fn new(buffer: &'a mut Buffer, most: usize) -> Writer<'a> {
        let (room, length) = buffer.lend(most + WINDOW);
        Writer { room, length, written: 0 }
    }

    /// The octets written so far.
    #[inline(always)]
    pub(super) fn written(&self) -> usize {
        self.written
    }

    /// Lets `write` put the text of one step into a window and count it.
    #[inline(always)]
    pub(super) fn window(&mut self, write: impl FnOnce(&mut [u8; WINDOW], &mut usize)) {
        if let Some(window) = self.room.get_mut(self.written..).and_then(<[u8]>::first_chunk_mut) {
            let mut written = 0;
            write(window, &mut written);
            self.written += written;
        }
    }

    /// The place of the text of one step.
    #[inline(always)]
    pub(super) fn place(&mut self, at: usize) -> Option<&mut [u8; WINDOW]> {
        self.room.get_mut(at..).and_then(<[u8]>::first_chunk_mut)
    }

    /// Counts what was written up to here by somebody who counts himself.
    #[inline(always)]
    pub(super) fn finish_at(self, written: usize) {
        *self.length += written;
    }

    /// Counts what was written.
    #[inline]
    pub(super) fn finish(self) {
        *self.length += self.written;
    }
}

/// Encodes octets by section 3.6: everything but the unreserved characters becomes `%XX`, in upper case.
///
/// ```
/// let mut out = Default::default();
/// countersign::protocol::percent_encode("é ~*".as_bytes(), &mut out);
/// assert_eq!(&*out, b"%C3%A9%20~%2A");
/// ```
#[inline]
pub fn percent_encode(octets: &[u8], out: &mut Buffer) {
    RFC5849_TABLE.encode(octets.into(), out);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Buffer)) -> Vec<u8> {
        let mut out = Buffer::default();
        write(&mut out);
        out.to_vec()
    }

    fn encoded(octets: &[u8]) -> Vec<u8> {
        written(|out| percent_encode(octets, out))
    }

    #[test]
    fn every_octet_is_encoded_by_the_letter_of_the_text() {
        let all: Vec<u8> = (0..=255).collect();
        let naive: String =
            all.iter().map(|&octet| if is_unreserved(octet) { char::from(octet).to_string() } else { format!("%{octet:02X}") }).collect();
        assert_eq!(String::from_utf8(encoded(&all)).unwrap(), naive);
        let (mut once, mut twice) = (Buffer::default(), Buffer::default());
        RFC5849_TABLE.encode_twice(Padded::from(&all[..]), &mut once, &mut twice);
        assert_eq!(
            (String::from_utf8_lossy(&once).into_owned(), String::from_utf8_lossy(&twice).into_owned()),
            (naive.clone(), naive.replace('%', "%25"))
        );
    }

    #[test]
    fn lengths_around_a_step_lose_nothing() {
        for length in 0..70 {
            for special in 0..length {
                let mut text = vec![b'a'; length];
                text[special] = b'%';
                let once = encoded(&text);
                assert_eq!(once.len(), length + 2);
                assert_eq!(written(|out| percent_decode(&once[..], out).unwrap()), text);
                assert_eq!(written(|out| form_decode(&once[..], out)), text);
                let (mut first, mut second) = (Buffer::default(), Buffer::default());
                RFC5849_TABLE.encode_twice(Padded::from(&text[..]), &mut first, &mut second);
                assert_eq!((&*first, &*second), (&*once, &*encoded(&once)));
            }
        }
    }

    #[test]
    fn one_table_does_the_work_of_two_only_where_it_keeps_the_unreserved_characters() {
        let rows = |octet: u8, row: Row| {
            let mut rows = OctetTable::RFC5849.once;
            rows[octet as usize] = row;
            Encoder::Octets(Box::leak(Box::new(OctetTable::of_rows(rows))))
        };
        let escaped_tilde = rows(b'~', *b"%7E\0\0\0\0\x03");
        let another_letter = rows(b'a', *b"b\0\0\0\0\0\0\x01");
        let more_behind_it = rows(b'a', *b"ab\0\0\0\0\0\x02");
        for (encoder, text) in [(escaped_tilde, "a.0-_%7E%20"), (another_letter, "b.0-_~%20"), (more_behind_it, "ab.0-_~%20")] {
            assert!(encoder.table_with(encoder).is_none());
            assert_eq!(written(|out| encoder.encode(b"a.0-_~ ", out)), text.as_bytes());
        }
        let plus = rows(b' ', *b"+\0\0\0\0\0\0\x01");
        assert!(plus.table_with(plus).is_some());
        assert!(plus.table_with(Encoder::RFC5849).is_none());
        assert!(plus.table_with(Encoder::Whole(|_, _| {})).is_none());
        assert!(Encoder::Whole(|_, _| {}).table_with(plus).is_none());
        let whole = Encoder::Whole(percent_encode);
        assert!(plus.is_same(plus) && whole.is_same(whole));
        assert!(!plus.is_same(Encoder::RFC5849) && !plus.is_same(whole) && !whole.is_same(plus));
        assert!(!whole.is_same(Encoder::Whole(|octets, out| out.append(octets))));
    }
}
