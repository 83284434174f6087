//! Looking at sixteen octets at once: which of them are special. One bit an octet, the first octet lowest.

use wide::bytemuck::cast;
use wide::{i8x16, u8x16};

use super::encoding::is_unreserved;

/// Octets that are looked at together.
pub(super) const STEP: usize = 16;

/// The octets that are not unreserved (section 3.6).
#[inline(always)]
pub(super) fn reserved(step: &[u8; STEP]) -> u32 {
    let octets = u8x16::new(*step);
    let letters = within(octets | u8x16::splat(0x20), b'a', b'z');
    // Between the dots and the digits stands nothing but the slash.
    let others = within(octets, b'-', b'9') & !octets.simd_eq(u8x16::splat(b'/'));
    let marks = octets.simd_eq(u8x16::splat(b'_')) | octets.simd_eq(u8x16::splat(b'~'));
    !(letters | others | marks).to_bitmask() & 0xffff
}

/// The octets that are one of these two.
#[inline(always)]
pub(super) fn either(step: &[u8; STEP], one: u8, other: u8) -> u32 {
    let octets = u8x16::new(*step);
    (octets.simd_eq(u8x16::splat(one)) | octets.simd_eq(u8x16::splat(other))).to_bitmask()
}

/// How many unreserved characters a text begins with.
#[inline]
pub(super) fn unreserved(text: &[u8]) -> usize {
    // Most end within the first step.
    match text.first_chunk().map(reserved) {
        Some(specials) if specials != 0 => specials.trailing_zeros() as usize,
        _ => unreserved_of_many(text),
    }
}

#[inline(never)]
fn unreserved_of_many(text: &[u8]) -> usize {
    let (steps, rest) = text.as_chunks();
    for (number, step) in steps.iter().enumerate() {
        let specials = reserved(step);
        if specials != 0 {
            return number * STEP + specials.trailing_zeros() as usize;
        }
    }
    let length = match text.last_chunk() {
        // The last step reaches back over the one before it.
        Some(step) => rest.len().min((reserved(step) >> (STEP - rest.len())).trailing_zeros() as usize),
        None => rest.iter().position(|octet| !is_unreserved(*octet)).unwrap_or(rest.len()),
    };
    steps.len() * STEP + length
}

/// Where the first octet stands that `stops`. An unreserved character is never asked: it does not.
#[inline]
pub(super) fn find(text: &[u8], stops: impl Fn(u8) -> bool) -> Option<usize> {
    let (steps, rest) = text.as_chunks();
    let mut at = 0;
    for step in steps {
        let mut specials = reserved(step);
        while specials != 0 {
            let place = specials.trailing_zeros() as usize;
            if step.get(place).is_some_and(|octet| stops(*octet)) {
                return Some(at + place);
            }
            specials &= specials - 1;
        }
        at += STEP;
    }
    rest.iter().position(|octet| stops(*octet)).map(|place| at + place)
}

/// Whether there is a control character of ASCII.
#[inline]
pub(super) fn has_control(text: &[u8]) -> bool {
    any(text, |octets| within(octets, 0, 0x1f) | octets.simd_eq(u8x16::splat(0x7f)))
}

/// Whether there is anything but visible characters of ASCII.
#[inline]
pub(super) fn has_invisible(text: &[u8]) -> bool {
    any(text, |octets| !within(octets, b'!', b'~'))
}

/// Whether a test holds for any octet. It must not hold for letters.
#[inline(always)]
fn any(text: &[u8], test: impl Fn(u8x16) -> u8x16) -> bool {
    let mut found = u8x16::splat(0);
    for step in text.as_chunks().0 {
        found |= test(u8x16::new(*step));
    }
    // The last step reaches back over the one before it, or is filled up with letters.
    let last = text.last_chunk().copied().unwrap_or_else(|| {
        let mut step = [b'a'; STEP];
        for (index, octet) in text.iter().enumerate() {
            step[index % STEP] = *octet;
        }
        step
    });
    (found | test(u8x16::new(last))).to_bitmask() != 0
}

/// All ones in every octet from `first` to `last`, which are of ASCII. The range is moved to where signed numbers begin: one comparison is
/// left of two, and a processor of the baseline compares signed octets only.
#[inline(always)]
fn within(octets: u8x16, first: u8, last: u8) -> u8x16 {
    let moved: i8x16 = cast(octets - u8x16::splat(first | 0x80));
    cast(moved.simd_lt(i8x16::splat((last - first + 1) as i8 | -0x80)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_octet_is_seen_in_each_place() {
        for octet in 0..=255_u8 {
            for place in 0..STEP {
                let mut step = *b"abcdefghijklmnop";
                step[place] = octet;
                assert_eq!(reserved(&step), u32::from(!is_unreserved(octet)) << place, "{octet} at {place}");
                assert_eq!(either(&step, b'%', b'+'), u32::from(octet == b'%' || octet == b'+') << place, "{octet} at {place}");
            }
        }
    }

    #[test]
    fn a_control_or_a_blank_is_seen_in_each_place_of_a_text_of_any_length() {
        for length in 0..50 {
            let text = vec![b'~'; length];
            assert!(!has_control(&text) && !has_invisible(&text));
            for (place, octet) in (0..length).flat_map(|place| (0..=255_u8).map(move |octet| (place, octet))) {
                let mut text = text.clone();
                text[place] = octet;
                assert_eq!(has_control(&text), octet.is_ascii_control(), "{octet} at {place} of {length}");
                assert_eq!(has_invisible(&text), !octet.is_ascii_graphic(), "{octet} at {place} of {length}");
            }
        }
    }

    #[test]
    fn what_stops_is_found_in_each_place_and_what_does_not_is_passed() {
        for length in 0..50 {
            for place in 0..length {
                let mut text = vec![b'%'; length];
                text[place] = b'"';
                text[length - 1] = b'"';
                assert_eq!(find(&text, |octet| octet == b'"'), Some(place));
            }
            assert_eq!(find(&b"a%".repeat(length), |octet| octet == b'"'), None);
        }
    }

    #[test]
    fn a_text_begins_with_unreserved_characters_up_to_the_first_other() {
        for length in 0..50 {
            assert_eq!(unreserved(&vec![b'~'; length]), length);
            for place in 0..length {
                let mut text = vec![b'a'; length];
                text[place] = b'%';
                text[length - 1] = b'=';
                assert_eq!(unreserved(&text), place);
            }
        }
    }

    #[test]
    fn many_special_octets_are_all_seen() {
        assert_eq!(reserved(b" a b c d e f g h"), 0b0101_0101_0101_0101);
        assert_eq!(reserved(&[0xff; STEP]), 0xffff);
        assert_eq!(either(b"%a+b%c+d%e+f%g+h", b'%', b'+'), 0b0101_0101_0101_0101);
    }
}
