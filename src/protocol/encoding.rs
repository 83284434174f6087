//! Percent-encoding (RFC 5849 section 3.6) and the decoding of queries and forms (section 3.4.1.3.1; HTML 4.01 section 17.13.4).
//!
//! All functions work on octets and append to a buffer, so that one buffer can serve a whole derivation.

use super::error::Malformed;

/// A way of encoding: reads octets, appends text. The one of the specification is [`percent_encode`].
pub type Encoder = fn(&[u8], &mut Vec<u8>);

/// Upper-case hexadecimal digits, as section 3.6 demands.
const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Octets read at a time: one comparison of all decides whether they can be copied as they are.
const STEP: usize = 16;

/// Whether an octet stays as it is: ALPHA, DIGIT, `-`, `.`, `_`, `~` (section 3.6).
#[must_use]
pub const fn is_unreserved(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_' | b'~')
}

/// One row an octet: its encoded text, and the length of that text.
struct Escapes {
    text: [[u8; 4]; 256],
    length: [u8; 256],
}

static ESCAPES: Escapes = escapes();

const fn escapes() -> Escapes {
    let mut table = Escapes { text: [[0; 4]; 256], length: [3; 256] };
    let mut index = 0;
    while index < 256 {
        let octet = index as u8;
        if is_unreserved(octet) {
            table.text[index] = [octet, 0, 0, 0];
            table.length[index] = 1;
        } else {
            table.text[index] = [b'%', HEX[index >> 4], HEX[index & 15], 0];
        }
        index += 1;
    }
    table
}

/// Encodes octets by section 3.6: everything but the unreserved characters becomes `%XX`, in upper case.
///
/// ```
/// let mut out = Vec::new();
/// countersign::protocol::percent_encode("é ~*".as_bytes(), &mut out);
/// assert_eq!(out, b"%C3%A9%20~%2A");
/// ```
pub fn percent_encode(octets: &[u8], out: &mut Vec<u8>) {
    out.reserve(octets.len());
    let (steps, rest) = octets.as_chunks::<STEP>();
    for step in steps {
        if step.iter().fold(true, |all, &octet| all & is_unreserved(octet)) {
            out.extend_from_slice(step);
        } else {
            escape(step, out);
        }
    }
    escape(rest, out);
}

/// Encodes at most [`STEP`] octets without a branch for each: four octets are always written, and one or three of them kept.
fn escape(octets: &[u8], out: &mut Vec<u8>) {
    let mut text = [0_u8; STEP * 3 + 1];
    let mut length = 0;
    for &octet in octets.iter().take(STEP) {
        if let Some(place) = text.get_mut(length..length + 4) {
            place.copy_from_slice(&ESCAPES.text[octet as usize]);
        }
        length += ESCAPES.length[octet as usize] as usize;
    }
    out.extend_from_slice(text.get(..length).unwrap_or_default());
}

/// Decodes `%XX` and nothing else; a plus sign stays a plus sign. The inverse of [`percent_encode`], and the reading of header values
/// (section 3.5.1).
///
/// # Errors
/// [`Malformed::PercentEncoding`] with the octet of a `%` that two hexadecimal digits do not follow.
pub fn percent_decode(text: &[u8], out: &mut Vec<u8>) -> Result<(), Malformed> {
    let mut at = 0;
    while let Some(&octet) = text.get(at) {
        if octet == b'%' {
            out.push(escaped(text, at).ok_or(Malformed::PercentEncoding(at))?);
            at += 3;
        } else {
            out.push(octet);
            at += 1;
        }
    }
    Ok(())
}

/// Decodes one name or value of a query or form: `%XX`, and `+` for a space (section 3.4.1.3.1).
///
/// A `%` without two hexadecimal digits is kept as text: the specification is silent, and a pair that is dropped would travel unsigned.
pub fn form_decode(text: &[u8], out: &mut Vec<u8>) {
    let (steps, rest) = text.as_chunks::<STEP>();
    // Octets of an escape that the last step has read beyond its own end.
    let mut skip = 0;
    for (index, step) in steps.iter().enumerate() {
        if skip == 0 && step.iter().fold(true, |all, &octet| all & (octet != b'%') & (octet != b'+')) {
            out.extend_from_slice(step);
        } else {
            skip = unescape(text, index * STEP + skip, (index + 1) * STEP, out);
        }
    }
    unescape(text, text.len() - rest.len() + skip, text.len(), out);
}

/// Decodes from `at` to `end` and says how many octets beyond `end` the last escape took.
fn unescape(text: &[u8], mut at: usize, end: usize, out: &mut Vec<u8>) -> usize {
    while at < end {
        match text.get(at) {
            Some(b'%') => match escaped(text, at) {
                Some(octet) => {
                    out.push(octet);
                    at += 3;
                    continue;
                }
                None => out.push(b'%'),
            },
            Some(b'+') => out.push(b' '),
            Some(&octet) => out.push(octet),
            None => break,
        }
        at += 1;
    }
    at.saturating_sub(end)
}

/// The octet that the three characters at `at` stand for, if they are an escape.
fn escaped(text: &[u8], at: usize) -> Option<u8> {
    let high = char::from(*text.get(at + 1)?).to_digit(16)?;
    let low = char::from(*text.get(at + 2)?).to_digit(16)?;
    u8::try_from(high * 16 + low).ok()
}

/// The pieces of a query or form, split at `&` and at the first `=`, not yet decoded. Empty pieces (`a&&b`) are skipped, as most
/// parsers do; the specification is silent about them. A piece without `=` is a name with an empty value (section 3.4.1.3.1, `c2`).
pub fn form_pairs(text: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    text.split(|&octet| octet == b'&').filter(|piece| !piece.is_empty()).map(|piece| match piece.iter().position(|&octet| octet == b'=') {
        Some(at) => (&piece[..at], &piece[at + 1..]),
        None => (piece, &[][..]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(octets: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        percent_encode(octets, &mut out);
        out
    }

    #[test]
    fn every_octet_is_encoded_as_the_percent_encoding_crate_does() {
        let all: Vec<u8> = (0..=255).collect();
        let naive: String =
            all.iter().map(|&octet| if is_unreserved(octet) { char::from(octet).to_string() } else { format!("%{octet:02X}") }).collect();
        assert_eq!(String::from_utf8(encoded(&all)).unwrap(), naive);
    }

    #[test]
    fn lengths_around_a_step_lose_nothing() {
        for length in 0..70 {
            for special in 0..length {
                let mut text = vec![b'a'; length];
                text[special] = b'%';
                let once = encoded(&text);
                assert_eq!(once.len(), length + 2);
                let mut back = Vec::new();
                percent_decode(&once, &mut back).unwrap();
                assert_eq!(back, text);
                let mut form = Vec::new();
                form_decode(&once, &mut form);
                assert_eq!(form, text);
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
            let mut out = Vec::new();
            form_decode(text, &mut out);
            assert_eq!(out, expected, "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn percent_decoding_names_the_octet_of_a_broken_escape() {
        for (text, at) in [(&b"%"[..], 0), (b"a%4", 1), (b"ab%g0", 2), (b"%41%+1", 3), (b"%0", 0)] {
            assert_eq!(percent_decode(text, &mut Vec::new()), Err(Malformed::PercentEncoding(at)));
        }
        let mut out = Vec::new();
        percent_decode(b"a+b%2b%2B", &mut out).unwrap();
        assert_eq!(out, b"a+b++");
    }

    #[test]
    fn pieces_are_split_at_the_first_equals_sign_and_empty_ones_skipped() {
        let pairs: Vec<_> = form_pairs(b"&a=1&&b==2&c&=d&").collect();
        let expected: Vec<(&[u8], &[u8])> = vec![(b"a", b"1"), (b"b", b"=2"), (b"c", b""), (b"", b"d")];
        assert_eq!(pairs, expected);
    }
}
