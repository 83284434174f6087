//! Percent-encoding (RFC 5849 section 3.6) and the decoding of queries and forms (section 3.4.1.3.1; HTML 4.01 section 17.13.4).
//!
//! All functions work on octets and append to a buffer, so that one buffer can serve a whole derivation.

use super::buffer::{Buffer, Padded};
use super::error::Malformed;

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
    pub fn encode(self, octets: &[u8], out: &mut Buffer) {
        match self {
            Encoder::Octets(table) => table.encode(octets, out),
            Encoder::Whole(encode) => encode(octets, out),
        }
    }

    /// The table with which one pass does the work of this encoder and of `again` after it, if there is one.
    #[must_use]
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

/// Octets that are looked at together, as one word.
const STEP: usize = 8;

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
type Row = [u8; 8];

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

    /// Appends the encoded text.
    pub fn encode(&self, octets: &[u8], out: &mut Buffer) {
        let mut text = Writer::new(out, octets.len() * 3);
        self.walk(Padded::from(octets), |piece| match piece {
            Piece::Run(run, length) => text.run(run, length),
            Piece::Special(octet) => text.row(&self.once[octet as usize]),
        });
        let written = text.written;
        out.advance(written);
    }

    /// Appends the encoded text to `once`, and to `twice` what becomes of it when it is encoded again. Only for a table that
    /// [`Encoder::table_with`] gave.
    pub fn encode_twice(&self, octets: Padded<'_>, once: &mut Buffer, twice: &mut Buffer) {
        let (mut first, mut second) = (Writer::new(once, octets.length * 3), Writer::new(twice, octets.length * 5));
        self.walk(octets, |piece| match piece {
            Piece::Run(run, length) => {
                first.run(run, length);
                second.run(run, length);
            }
            Piece::Special(octet) => {
                first.row(&self.once[octet as usize]);
                second.row(&self.twice[octet as usize]);
            }
        });
        let written = (first.written, second.written);
        once.advance(written.0);
        twice.advance(written.1);
    }

    /// Cuts a text into runs that stay as they are and octets that do not.
    #[inline(always)]
    fn walk(&self, octets: Padded<'_>, mut put: impl FnMut(Piece<'_>)) {
        let all_special = if self.keeps_unreserved { 0 } else { EACH * 0x80 };
        let mut at = 0;
        while at < octets.length {
            let length = STEP.min(octets.length - at);
            let rest = octets.rest(at);
            let step = first_step(rest);
            // Only the octets of the text itself, not the memory behind it.
            let mut specials = (reserved(u64::from_le_bytes(step)) | all_special) & (u64::MAX >> (64 - 8 * length));
            let mut from = 0;
            while specials != 0 {
                let place = specials.trailing_zeros() as usize / 8;
                put(Piece::Run(rest.get(from..).unwrap_or_default(), place - from));
                put(Piece::Special(step[place % STEP]));
                from = place + 1;
                specials &= specials - 1;
            }
            put(Piece::Run(rest.get(from..).unwrap_or_default(), length - from));
            at += length;
        }
    }
}

/// What an encoder makes of a text.
enum Piece<'a> {
    /// Octets that stay, at most one step of them, with whatever memory lies behind them.
    Run(&'a [u8], usize),
    /// An octet that has a row of its own.
    Special(u8),
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

/// One in each octet of a word.
const EACH: u64 = 0x0101_0101_0101_0101;

/// The first step of a text; octets that are not there are zero.
#[inline(always)]
fn first_step(text: &[u8]) -> [u8; STEP] {
    match text.first_chunk::<STEP>() {
        Some(step) => *step,
        None => {
            let mut step = [0; STEP];
            step.iter_mut().zip(text).for_each(|(place, octet)| *place = *octet);
            step
        }
    }
}

/// The highest bit of every octet that is not unreserved. Eight octets are compared at once: no sum carries into its neighbour,
/// because the highest bits are put aside first.
#[inline(always)]
const fn reserved(word: u64) -> u64 {
    let low = word & (EACH * 0x7f);
    let letters = within(low | (EACH * 0x20), b'a', b'z');
    let others = within(low, b'0', b'9') | within(low, b'-', b'.') | within(low, b'_', b'_') | within(low, b'~', b'~');
    (!(letters | others) | word) & (EACH * 0x80)
}

/// The highest bit of every octet from `first` to `last`, for octets below 128.
#[inline(always)]
const fn within(low: u64, first: u8, last: u8) -> u64 {
    (low + EACH * (0x80 - first as u64)) & !(low + EACH * (0x7f - last as u64)) & (EACH * 0x80)
}

/// The highest bit of every octet that is this one (below 128).
#[inline(always)]
const fn equal(word: u64, octet: u8) -> u64 {
    within(word & (EACH * 0x7f), octet, octet) & !word
}

/// Writes into the room of a buffer. Steps and rows are written whole and then counted by their length: a copy whose length is known
/// beforehand needs no call and no branch.
struct Writer<'a> {
    room: &'a mut [u8],
    written: usize,
}

impl<'a> Writer<'a> {
    /// For at most `most` octets of text.
    fn new(buffer: &'a mut Buffer, most: usize) -> Writer<'a> {
        Writer { room: buffer.room(most + STEP), written: 0 }
    }

    /// Appends the first `length` octets, at most one step.
    #[inline(always)]
    fn run(&mut self, run: &[u8], length: usize) {
        let Some(place) = self.room.get_mut(self.written..) else { return };
        match (run.first_chunk::<STEP>(), place.first_chunk_mut::<STEP>()) {
            (Some(run), Some(place)) => *place = *run,
            _ => place.iter_mut().zip(run.iter().take(length)).for_each(|(place, octet)| *place = *octet),
        }
        self.written += length;
    }

    #[inline(always)]
    fn row(&mut self, row: &Row) {
        if let Some(place) = self.room.get_mut(self.written..).and_then(<[u8]>::first_chunk_mut::<8>) {
            *place = *row;
        }
        self.written += row[7] as usize;
    }

    #[inline(always)]
    fn octet(&mut self, octet: u8) {
        if let Some(place) = self.room.get_mut(self.written) {
            *place = octet;
        }
        self.written += 1;
    }
}

/// Encodes octets by section 3.6: everything but the unreserved characters becomes `%XX`, in upper case.
///
/// ```
/// let mut out = Default::default();
/// countersign::protocol::percent_encode("é ~*".as_bytes(), &mut out);
/// assert_eq!(&*out, b"%C3%A9%20~%2A");
/// ```
pub fn percent_encode(octets: &[u8], out: &mut Buffer) {
    RFC5849_TABLE.encode(octets, out);
}

/// Decodes `%XX` and nothing else; a plus sign stays a plus sign. The inverse of [`percent_encode`], and the reading of header values
/// (section 3.5.1).
///
/// # Errors
/// [`Malformed::PercentEncoding`] with the octet of a `%` that two hexadecimal digits do not follow.
pub fn percent_decode(text: &[u8], out: &mut Buffer) -> Result<(), Malformed> {
    decode(text, out, b'+', |at| Err(Malformed::PercentEncoding(at)))
}

/// Decodes one name or value of a query or form: `%XX`, and `+` for a space (section 3.4.1.3.1).
///
/// A `%` without two hexadecimal digits is kept as text: the specification is silent, and a pair that is dropped would travel unsigned.
pub fn form_decode(text: &[u8], out: &mut Buffer) {
    // Nothing here is an error.
    let _ = decode(text, out, b' ', |_| Ok(()));
}

/// Decodes escapes, writes `plus` for a plus sign, and asks what to do about a broken escape.
#[inline(always)]
fn decode(text: &[u8], out: &mut Buffer, plus: u8, broken: impl Fn(usize) -> Result<(), Malformed>) -> Result<(), Malformed> {
    let mut writer = Writer::new(out, text.len());
    let mut at = 0;
    while let Some((rest, step)) = text.get(at..).and_then(|rest| Some((rest, rest.first_chunk::<STEP>()?))) {
        let word = u64::from_le_bytes(*step);
        let mut specials = equal(word, b'%') | equal(word, b'+');
        let mut from = 0;
        while specials != 0 {
            let place = specials.trailing_zeros() as usize / 8;
            writer.run(rest.get(from..).unwrap_or_default(), place - from);
            from = place + decode_one(text, at + place, plus, &mut writer, &broken)?;
            // An escape may end behind its step.
            specials &= u64::MAX.checked_shl(8 * from as u32).unwrap_or(0);
        }
        writer.run(rest.get(from..).unwrap_or_default(), STEP.saturating_sub(from));
        at += from.max(STEP);
    }
    while at < text.len() {
        at += decode_one(text, at, plus, &mut writer, &broken)?;
    }
    let written = writer.written;
    out.advance(written);
    Ok(())
}

/// Decodes what stands at `at` and says how many octets it took.
#[inline(always)]
fn decode_one(
    text: &[u8],
    at: usize,
    plus: u8,
    writer: &mut Writer<'_>,
    broken: &impl Fn(usize) -> Result<(), Malformed>,
) -> Result<usize, Malformed> {
    let mut octets = text.get(at..).unwrap_or_default().iter().copied();
    match octets.next().unwrap_or_default() {
        b'%' => match escaped(octets.next().unwrap_or_default(), octets.next().unwrap_or_default()) {
            Some(octet) => {
                writer.octet(octet);
                return Ok(3);
            }
            None => {
                broken(at)?;
                writer.octet(b'%');
            }
        },
        b'+' => writer.octet(plus),
        octet => writer.octet(octet),
    }
    Ok(1)
}

/// The octet that two hexadecimal digits stand for.
#[inline]
fn escaped(high: u8, low: u8) -> Option<u8> {
    let value = HEX_VALUES[high as usize] << 4 | HEX_VALUES[low as usize];
    (value < 0x100).then_some(value as u8)
}

/// The value of a hexadecimal digit in any letter case, or a number beyond an octet.
static HEX_VALUES: [u16; 256] = {
    let mut table = [0x100; 256];
    let mut digit = 0;
    while digit < 16 {
        table[UPPER_HEX[digit] as usize] = digit as u16;
        table[UPPER_HEX[digit].to_ascii_lowercase() as usize] = digit as u16;
        digit += 1;
    }
    table
};

/// The pieces of a query or form, split at `&` and at the first `=`, not yet decoded. Empty pieces (`a&&b`) are skipped, as most
/// parsers do; the specification is silent about them. A piece without `=` is a name with an empty value (section 3.4.1.3.1, `c2`).
pub fn form_pairs(text: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    pieces(text).filter(|piece| !piece.is_empty()).map(|piece| match memchr::memchr(b'=', piece) {
        Some(at) => (&piece[..at], &piece[at + 1..]),
        None => (piece, &[][..]),
    })
}

fn pieces(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let (piece, after) = match memchr::memchr(b'&', text) {
            Some(at) => (&text[..at], Some(&text[at + 1..])),
            None => (text, None),
        };
        rest = after;
        Some(piece)
    })
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
                assert_eq!(written(|out| percent_decode(&once, out).unwrap()), text);
                assert_eq!(written(|out| form_decode(&once, out)), text);
                let (mut first, mut second) = (Buffer::default(), Buffer::default());
                RFC5849_TABLE.encode_twice(Padded::from(&text[..]), &mut first, &mut second);
                assert_eq!((&*first, &*second), (&*once, &*encoded(&once)));
            }
        }
    }

    #[test]
    fn form_decoding_keeps_broken_escapes_and_turns_plus_into_space() {
        for (text, expected) in [
            (&b"a+b%20c"[..], &b"a b c"[..]),
            (b"%", b"%"),
            (b"%4", b"%4"),
            (b"%zz", b"%zz"),
            (b"%%41", b"%A"),
            (b"0123456789abcde%41tail", b"0123456789abcdeAtail"),
            (b"0123456789abcd%4", b"0123456789abcd%4"),
            (b"%e9%E9", b"\xe9\xe9"),
        ] {
            assert_eq!(written(|out| form_decode(text, out)), expected, "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn percent_decoding_names_the_octet_of_a_broken_escape() {
        for (text, at) in [(&b"%"[..], 0), (b"a%4", 1), (b"ab%g0", 2), (b"%41%+1", 3), (b"%0", 0)] {
            assert_eq!(percent_decode(text, &mut Buffer::default()), Err(Malformed::PercentEncoding(at)));
        }
        assert_eq!(written(|out| percent_decode(b"a+b%2b%2B", out).unwrap()), b"a+b++");
    }

    #[test]
    fn pieces_are_split_at_the_first_equals_sign_and_empty_ones_skipped() {
        let pairs: Vec<_> = form_pairs(b"&a=1&&b==2&c&=d&").collect();
        let expected: Vec<(&[u8], &[u8])> = vec![(b"a", b"1"), (b"b", b"=2"), (b"c", b""), (b"", b"d")];
        assert_eq!(pairs, expected);
    }
}
