//! Percent-encoding (RFC 5849 section 3.6) and the decoding of queries and forms (section 3.4.1.3.1; HTML 4.01 section 17.13.4).
//!
//! All functions work on octets and append to a buffer, so that one buffer can serve a whole derivation.

use super::buffer::{Buffer, Padded, Step};
use super::error::Malformed;
use super::scan::{self, STEP};

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
    pub fn is_same(self, other: Encoder) -> bool {
        match (self, other) {
            (Encoder::Octets(own), Encoder::Octets(other)) => std::ptr::eq(own, other),
            (Encoder::Whole(own), Encoder::Whole(other)) => std::ptr::fn_addr_eq(own, other),
            _ => false,
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

    /// The text of one octet.
    #[must_use]
    pub fn row(&self, octet: u8) -> &[u8] {
        let row = &self.once[octet as usize];
        row.get(..row[7] as usize).unwrap_or_default()
    }

    /// Appends the encoded text.
    pub fn encode(&self, octets: Padded<'_>, out: &mut Buffer) {
        let mut text = Writer::new(out, octets.length * 3);
        octets.for_each_step(|_, step, length| {
            text.window(|window: &mut [u8; ONCE], written| {
                self.cut(step, length, |run, octet| {
                    put_run(window, written, step, run);
                    if let Some(octet) = octet {
                        put_row(window, written, &self.once[octet as usize]);
                    }
                });
            });
        });
        text.finish();
    }

    /// Appends the encoded text to `once`, and to `twice` what becomes of it when it is encoded again. Only for a table that
    /// [`Encoder::table_with`] gave.
    pub fn encode_twice(&self, octets: Padded<'_>, once: &mut Buffer, twice: &mut Buffer) {
        let (mut first, mut second) = (Writer::new(once, octets.length * 3), Writer::new(twice, octets.length * 5));
        self.write_twice(octets, None, &mut first, &mut second);
        first.finish();
        second.finish();
    }

    /// [`OctetTable::encode_twice`] into rooms that are large enough, and a separator behind the text: as it is in `once`, encoded in
    /// `twice`.
    #[inline(always)]
    pub(super) fn write_twice(&self, octets: Padded<'_>, separator: Option<u8>, once: &mut Writer<'_>, twice: &mut Writer<'_>) {
        octets.for_each_step(|_, step, length| {
            once.window(|first_window: &mut [u8; ONCE], first_written| {
                twice.window(|second_window: &mut [u8; TWICE], second_written| {
                    self.cut(step, length, |run, octet| {
                        put_run(first_window, first_written, step, run);
                        put_run(second_window, second_written, step, run);
                        if let Some(octet) = octet {
                            put_row(first_window, first_written, &self.once[octet as usize]);
                            put_row(second_window, second_written, &self.twice[octet as usize]);
                        }
                    });
                });
            });
        });
        if let Some(octet) = separator {
            once.octet(octet);
            twice.row(&self.once[octet as usize]);
        }
    }

    /// Cuts a step into runs that stay as they are, each but the last followed by an octet that does not.
    #[inline(always)]
    fn cut(&self, step: &Step, length: usize, mut put: impl FnMut(Run, Option<u8>)) {
        let all = if self.keeps_unreserved { 0 } else { u32::MAX };
        let mut specials = (scan::reserved(head(step)) | all) & ((1 << length) - 1);
        let mut from = 0;
        while specials != 0 {
            let place = specials.trailing_zeros() as usize;
            put(Run { from, length: place - from }, Some(step[place % STEP]));
            from = place + 1;
            specials &= specials - 1;
        }
        put(Run { from, length: length - from }, None);
    }
}

fn head(step: &Step) -> &[u8; STEP] {
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
struct Run {
    from: usize,
    length: usize,
}

/// Room for the text of one step: a power of two and one step more, so that an offset below the power of two needs no other check.
const ONCE: usize = 64 + STEP;
/// The same for a text that is encoded twice.
const TWICE: usize = 128 + STEP;

/// Puts a run into a window. Sixteen octets are written and then counted by their length: a copy whose length is known beforehand needs
/// no call and no branch.
#[inline(always)]
fn put_run<const ROOM: usize>(window: &mut [u8; ROOM], written: &mut usize, step: &Step, run: Run) {
    let (at, from) = (*written & (ROOM - STEP - 1), run.from & (STEP - 1));
    window[at..at + STEP].copy_from_slice(&step[from..from + STEP]);
    *written += run.length;
}

/// Puts a row into a window, likewise.
#[inline(always)]
fn put_row<const ROOM: usize>(window: &mut [u8; ROOM], written: &mut usize, row: &Row) {
    let at = *written & (ROOM - STEP - 1);
    window[at..at + 8].copy_from_slice(row);
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
        let (room, length) = buffer.lend(most + TWICE);
        Writer { room, length, written: 0 }
    }

    /// The octets written so far.
    #[inline(always)]
    pub(super) fn written(&self) -> usize {
        self.written
    }

    /// Lets `write` put the text of one step into a window and count it.
    #[inline(always)]
    fn window<const ROOM: usize>(&mut self, write: impl FnOnce(&mut [u8; ROOM], &mut usize)) {
        if let Some(window) = self.room.get_mut(self.written..).and_then(<[u8]>::first_chunk_mut) {
            let mut written = 0;
            write(window, &mut written);
            self.written += written;
        }
    }

    #[inline(always)]
    fn octet(&mut self, octet: u8) {
        if let Some(place) = self.room.get_mut(self.written) {
            *place = octet;
        }
        self.written += 1;
    }

    #[inline(always)]
    fn row(&mut self, row: &Row) {
        if let Some(place) = self.room.get_mut(self.written..self.written + 8) {
            place.copy_from_slice(row);
        }
        self.written += row[7] as usize;
    }

    /// Counts what was written.
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
pub fn percent_encode(octets: &[u8], out: &mut Buffer) {
    RFC5849_TABLE.encode(octets.into(), out);
}

/// Decodes `%XX` and nothing else; a plus sign stays a plus sign. The inverse of [`percent_encode`], and the reading of header values
/// (section 3.5.1).
///
/// # Errors
/// [`Malformed::PercentEncoding`] with the octet of a `%` that two hexadecimal digits do not follow.
pub fn percent_decode<'a>(text: impl Into<Padded<'a>>, out: &mut Buffer) -> Result<(), Malformed> {
    decode(text.into(), out, b'+', |at| Err(Malformed::PercentEncoding(at)))
}

/// Decodes one name or value of a query or form: `%XX`, and `+` for a space (section 3.4.1.3.1).
///
/// A `%` without two hexadecimal digits is kept as text: the specification is silent, and a pair that is dropped would travel unsigned.
pub fn form_decode<'a>(text: impl Into<Padded<'a>>, out: &mut Buffer) {
    // Nothing here is an error.
    let _ = decode(text.into(), out, b' ', |_| Ok(()));
}

/// Decodes escapes, writes `plus` for a plus sign, and asks what to do about a broken escape.
#[inline(always)]
fn decode(text: Padded<'_>, out: &mut Buffer, plus: u8, broken: impl Fn(usize) -> Result<(), Malformed>) -> Result<(), Malformed> {
    let mut writer = Writer::new(out, text.length);
    // Octets of the next step that the last escape of this one has taken.
    let mut taken = 0;
    let mut result = Ok(());
    text.for_each_step(|begin, step, length| {
        writer.window(|window: &mut [u8; ONCE], written| {
            let mut specials = scan::either(head(step), b'%', b'+') & ((1 << length) - 1) & (u32::MAX << taken);
            let mut from = taken;
            while specials != 0 {
                let place = specials.trailing_zeros() as usize % STEP;
                put_run(window, written, step, Run { from, length: place - from });
                from = place + 1;
                let octet = if step[place] == b'+' {
                    plus
                } else {
                    // What lies behind the end of the text may look like digits.
                    let inside = begin + place + 2 < text.length;
                    match escaped(step[place + 1], step[place + 2]).filter(|_| inside) {
                        Some(octet) => {
                            from = place + 3;
                            octet
                        }
                        None => {
                            if result.is_ok() {
                                result = broken(begin + place);
                            }
                            keep_percent()
                        }
                    }
                };
                window[*written & (ONCE - STEP - 1)] = octet;
                *written += 1;
                // Digits are not special, so the next bit is behind this escape without waiting for its value.
                specials &= specials - 1;
            }
            taken = from.saturating_sub(length);
            put_run(window, written, step, Run { from, length: length.saturating_sub(from) });
        });
    });
    writer.finish();
    result
}

/// What becomes of a `%` that is no escape. A call and not a value, so that the processor guesses that escapes are whole and goes on.
#[cold]
#[inline(never)]
fn keep_percent() -> u8 {
    b'%'
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

/// Reads the pairs of a query or form: split at `&` and at the first `=`, decoded as [`form_decode`] does. For each pair `pair` is told
/// where in `octets` its name starts, its value starts and its value ends.
///
/// Empty pieces (`a&&b`) are skipped, as most parsers do; the specification is silent about them. A piece without `=` is a name with
/// an empty value (section 3.4.1.3.1, `c2`).
pub fn read_form(text: &[u8], octets: &mut Buffer, mut pair: impl FnMut(usize, usize, usize)) {
    let begin = octets.len();
    let mut writer = Writer::new(octets, text.len());
    let (mut start, mut middle, mut piece, mut taken) = (begin, None, 0, 0);
    Padded::from(text).for_each_step(|at, step, length| {
        let before = begin + writer.written();
        writer.window(|window: &mut [u8; ONCE], written| {
            let specials = scan::either(head(step), b'%', b'+') | scan::either(head(step), b'&', b'=');
            let mut specials = specials & ((1 << length) - 1) & (u32::MAX << taken);
            let mut from = taken;
            while specials != 0 {
                let place = specials.trailing_zeros() as usize % STEP;
                put_run(window, written, step, Run { from, length: place - from });
                from = place + 1;
                let octet = match step[place] {
                    b'+' => Some(b' '),
                    b'&' => {
                        let end = before + *written;
                        if piece < at + place {
                            pair(start, middle.unwrap_or(end), end);
                        }
                        (start, middle, piece) = (end, None, at + place + 1);
                        None
                    }
                    b'=' if middle.is_none() => {
                        middle = Some(before + *written);
                        None
                    }
                    b'=' => Some(b'='),
                    _ => match escaped(step[place + 1], step[place + 2]).filter(|_| at + place + 2 < text.len()) {
                        Some(octet) => {
                            from = place + 3;
                            Some(octet)
                        }
                        None => Some(keep_percent()),
                    },
                };
                if let Some(octet) = octet {
                    window[*written & (ONCE - STEP - 1)] = octet;
                    *written += 1;
                }
                specials &= specials - 1;
            }
            taken = from.saturating_sub(length);
            put_run(window, written, step, Run { from, length: length.saturating_sub(from) });
        });
    });
    let end = begin + writer.written();
    if piece < text.len() {
        pair(start, middle.unwrap_or(end), end);
    }
    writer.finish();
}

/// The pieces that [`read_form`] decodes, as they are written: for those who look at the writing itself.
pub fn form_pairs(text: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    text.split(|&octet| octet == b'&').filter(|piece| !piece.is_empty()).map(|piece| {
        let equals = memchr::memchr(b'=', piece).unwrap_or(piece.len());
        (piece.get(..equals).unwrap_or_default(), piece.get(equals + 1..).unwrap_or_default())
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
                assert_eq!(written(|out| percent_decode(&once[..], out).unwrap()), text);
                assert_eq!(written(|out| form_decode(&once[..], out)), text);
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
        let mut octets = Buffer::default();
        octets.append(b"before");
        let mut places = Vec::new();
        read_form(b"&a=1&&b==2+%3D&c&=%&&%=%4&a-long-name-of-more-than-a-step=and%20a%20value%2", &mut octets, |start, middle, end| {
            places.push((start, middle, end));
        });
        let pairs: Vec<_> = places.iter().map(|&(start, middle, end)| (&octets[start..middle], &octets[middle..end])).collect();
        let expected: Vec<(&[u8], &[u8])> = vec![
            (b"a", b"1"),
            (b"b", b"=2 ="),
            (b"c", b""),
            (b"", b"%"),
            (b"%", b"%4"),
            (b"a-long-name-of-more-than-a-step", b"and a value%2"),
        ];
        assert_eq!(pairs, expected);
    }

    #[test]
    fn a_form_is_read_as_its_pieces_are_decoded() {
        let text = b"a=%41&b=+%2B&%zz=%&c==&&d&=&0123456789abcdef=0123456789%3";
        for end in 0..=text.len() {
            for begin in 0..end {
                let text = &text[begin..end];
                let (mut octets, mut pairs) = (Buffer::default(), Vec::new());
                read_form(text, &mut octets, |start, middle, end| pairs.push((start, middle, end)));
                let pairs: Vec<_> =
                    pairs.iter().map(|&(start, middle, end)| (octets[start..middle].to_vec(), octets[middle..end].to_vec())).collect();
                let naive: Vec<_> = text
                    .split(|&octet| octet == b'&')
                    .filter(|piece| !piece.is_empty())
                    .map(|piece| {
                        let mut halves = piece.splitn(2, |&octet| octet == b'=');
                        let mut half = || written(|out| form_decode(halves.next().unwrap_or_default(), out));
                        (half(), half())
                    })
                    .collect();
                assert_eq!(pairs, naive, "{}", String::from_utf8_lossy(text));
            }
        }
    }
}
