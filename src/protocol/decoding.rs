//! The decoding of header values (RFC 5849 section 3.5.1) and of queries and forms (section 3.4.1.3.1; HTML 4.01 section 17.13.4). The
//! inverse of [`super::encoding`], in the same steps of sixteen octets.

use super::buffer::{Buffer, Padded};
use super::encoding::{Run, UPPER_HEX, WINDOW, Writer, head, put_run};
use super::error::Malformed;
use super::scan::{self, STEP};

/// Decodes `%XX` and nothing else; a plus sign stays a plus sign. The inverse of [`super::percent_encode`], and the reading of header values
/// (section 3.5.1).
///
/// # Errors
/// [`Malformed::PercentEncoding`] with the octet of the first `%` that two hexadecimal digits do not follow. All of the text is in `out`
/// then too, such a `%` as it is.
pub fn percent_decode<'a>(text: impl Into<Padded<'a>>, out: &mut Buffer) -> Result<(), Malformed> {
    decode(text.into(), out, b'+', |at| Err(Malformed::PercentEncoding(at)))
}

/// A text without its escapes, as [`percent_decode`] reads it; what is no escape is kept. For those who look for something in foreign text
/// and do not judge how it is written.
#[must_use]
pub fn percent_decoded(text: &[u8]) -> Vec<u8> {
    let mut out = Buffer::default();
    // The error comes with everything decoded.
    let _ = percent_decode(text, &mut out);
    out.to_vec()
}

/// A text without its escapes, if all of them are whole.
#[must_use]
pub fn percent_decoded_if_whole(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Buffer::default();
    percent_decode(text, &mut out).is_ok().then(|| out.to_vec())
}

/// Decodes one name or value of a query or form: `%XX`, and `+` for a space (section 3.4.1.3.1).
///
/// A `%` without two hexadecimal digits is kept as text: the specification is silent, and a pair that is dropped would travel unsigned.
pub fn form_decode<'a>(text: impl Into<Padded<'a>>, out: &mut Buffer) {
    // Nothing here is an error.
    let _ = decode(text.into(), out, b' ', |_| Ok(()));
}

/// One name or value of a query or form, as [`form_decode`] reads it.
#[must_use]
pub fn form_decoded(text: &[u8]) -> Vec<u8> {
    let mut out = Buffer::default();
    form_decode(text, &mut out);
    out.to_vec()
}

/// Decodes escapes, writes `plus` for a plus sign, and asks what to do about a broken escape.
#[inline(always)]
fn decode(text: Padded<'_>, out: &mut Buffer, plus: u8, broken: impl Fn(usize) -> Result<(), Malformed>) -> Result<(), Malformed> {
    let mut writer = Writer::new(out, text.length);
    // Octets of the next step that the last escape of this one has taken.
    let mut taken = 0;
    let mut result = Ok(());
    text.for_each_step(|begin, step, length| {
        writer.window(|window: &mut [u8; WINDOW], written| {
            // What an escape of the step before has taken are digits, and digits are not special.
            let mut specials = scan::either(head(step), b'%', b'+') & ((1 << length) - 1);
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
                window[usize::from(*written as u8)] = octet;
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

/// The octet that the escape at the begin of a text stands for, if one stands there.
#[must_use]
pub fn escape_at(text: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = text else { return None };
    escaped(*high, *low)
}

/// Whether a text has an escape somewhere.
#[must_use]
pub fn has_escape(text: &[u8]) -> bool {
    memchr::memchr_iter(b'%', text).any(|at| escape_at(text.get(at..).unwrap_or_default()).is_some())
}

/// Whether a text has a `%` somewhere that two hexadecimal digits do not follow.
#[must_use]
pub fn has_broken_escape(text: &[u8]) -> bool {
    memchr::memchr_iter(b'%', text).any(|at| escape_at(text.get(at..).unwrap_or_default()).is_none())
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
/// where in `octets` its name starts, its value starts and its value ends, and whether it is written without `=`.
///
/// Empty pieces (`a&&b`) are skipped, as most parsers do; the specification is silent about them. A piece without `=` is a name with
/// an empty value (section 3.4.1.3.1, `c2`); an empty name (`=v`) is a name, as nothing forbids it. A semicolon separates nothing: HTML
/// 4.01 appendix B.2.2 recommends that to servers, section 17.13.4 does not write it. Brackets, octets that are no UTF-8, controls
/// and what cannot stand in a URI are octets like others: what is replaced or dropped here would make different requests sign alike.
pub fn read_form(text: &[u8], octets: &mut Buffer, mut pair: impl FnMut(usize, usize, usize, bool)) {
    let begin = octets.len();
    let mut writer = Writer::new(octets, text.len());
    let (mut start, mut middle, mut piece, mut taken) = (begin, None, 0, 0);
    Padded::from(text).for_each_step(|at, step, length| {
        let before = begin + writer.written();
        writer.window(|window: &mut [u8; WINDOW], written| {
            let specials = scan::either(head(step), b'%', b'+') | scan::either(head(step), b'&', b'=');
            let mut specials = specials & ((1 << length) - 1);
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
                            pair(start, middle.unwrap_or(end), end, middle.is_none());
                        }
                        (start, middle, piece) = (end, None, at + place + 1);
                        None
                    }
                    b'=' if middle.is_none() => {
                        middle = Some(before + *written);
                        None
                    }
                    b'=' => Some(b'='),
                    _ => match escaped(step[place + 1], step[place + 2]) {
                        Some(octet) => {
                            from = place + 3;
                            Some(octet)
                        }
                        // Or it stands at the end of the text, behind which a step holds zeros.
                        None => Some(keep_percent()),
                    },
                };
                if let Some(octet) = octet {
                    window[usize::from(*written as u8)] = octet;
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
        pair(start, middle.unwrap_or(end), end, middle.is_none());
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

    #[test]
    fn form_decoding_keeps_broken_escapes_and_turns_plus_into_space() {
        for (text, expected) in [
            (&b"a+b%20c"[..], &b"a b c"[..]),
            (b"%", b"%"),
            (b"%4", b"%4"),
            (b"%zz", b"%zz"),
            (b"%0g%g0", b"%0g%g0"),
            (b"%%41", b"%A"),
            (b"0123456789abcde%41tail", b"0123456789abcdeAtail"),
            (b"0123456789abcd%4", b"0123456789abcd%4"),
            (b"%e9%E9", b"\xe9\xe9"),
        ] {
            assert_eq!(written(|out| form_decode(text, out)), expected, "{}", String::from_utf8_lossy(text));
            assert_eq!(form_decoded(text), expected, "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn percent_decoding_names_the_octet_of_a_broken_escape() {
        for (text, at) in [(&b"%"[..], 0), (b"a%4", 1), (b"ab%g0", 2), (b"%41%+1", 3), (b"%0", 0), (b"%0g", 0)] {
            assert_eq!(percent_decode(text, &mut Buffer::default()), Err(Malformed::PercentEncoding(at)));
            assert!(has_broken_escape(text), "{}", String::from_utf8_lossy(text));
            assert_eq!(percent_decoded_if_whole(text), None, "{}", String::from_utf8_lossy(text));
        }
        assert_eq!(percent_decoded_if_whole(b"+%41%2b"), Some(b"+A+".to_vec()));
        assert_eq!(written(|out| percent_decode(b"a+b%2b%2B", out).unwrap()), b"a+b++");
    }

    #[test]
    fn an_escape_is_a_percent_sign_and_two_hexadecimal_digits() {
        for (text, octet) in [(&b"%41"[..], Some(b'A')), (b"%e9%", Some(0xe9)), (b"%E9", Some(0xe9)), (b"%4", None), (b"%4g", None)] {
            assert_eq!(escape_at(text), octet, "{}", String::from_utf8_lossy(text));
            assert_eq!(has_escape(&[b"%a", text].concat()), octet.is_some(), "{}", String::from_utf8_lossy(text));
        }
        assert_eq!(
            (escape_at(b"a%41"), has_broken_escape(b"a%41"), has_broken_escape(b"a+"), has_escape(b"")),
            (None, false, false, false)
        );
        assert_eq!(percent_decoded(b"+%41%zz%4%%2B"), b"+A%zz%4%+");
    }

    #[test]
    fn pieces_are_split_at_the_first_equals_sign_and_empty_ones_skipped() {
        let mut octets = Buffer::default();
        octets.append(b"before");
        let mut places = Vec::new();
        read_form(b"&a=1&&b==2+%3D&c&=%&&%=%4&a-long-name-of-more-than-a-step=and%20a%20value%2", &mut octets, |start, middle, end, _| {
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
                read_form(text, &mut octets, |start, middle, end, _| pairs.push((start, middle, end)));
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

    #[test]
    fn pairs_as_they_are_written_are_cut_and_not_decoded() {
        let pairs: Vec<_> = form_pairs(b"&a=%41&&b&=c&d==e&").collect();
        let expected: [(&[u8], &[u8]); 4] = [(b"a", b"%41"), (b"b", b""), (b"", b"c"), (b"d", b"=e")];
        assert_eq!(pairs, expected);
    }

    #[test]
    fn what_lies_behind_the_end_of_a_text_is_not_read() {
        for (text, length, at) in [(&b"a%41"[..], 3, 1), (b"a%41", 2, 1), (b"0123456789abcdef0123456789abcd%41", 32, 30)] {
            assert_eq!(percent_decode(Padded::of(text, length), &mut Buffer::default()), Err(Malformed::PercentEncoding(at)));
            assert_eq!(written(|out| form_decode(Padded::of(text, length), out)), text[..length]);
            let (mut octets, mut ends) = (Buffer::default(), Vec::new());
            read_form(&text[..length], &mut octets, |_, _, end, _| ends.push(end));
            assert_eq!((&*octets, ends), (&text[..length], vec![length]));
        }
    }
}
