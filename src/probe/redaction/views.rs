//! What a text may stand for: the octets behind its escapes, and behind what looks like base64, base32, hexadecimal or a list of numbers,
//! each octet with the place in the text that it comes from. Nothing is decided here: a word of prose is read as base64 too, and yields
//! nothing that anybody looks for.

use std::ops::Range;

use super::escapes::{Letter, backslash, number, percent, quoted, reference};

/// How often escapes are taken off: three times percent-encoded, inside of JSON, inside of HTML, and some more.
const MOST_LAYERS: usize = 8;
/// How deep encodings without escapes are looked into: base64 of base64 of hexadecimal.
const MOST_DEPTH: usize = 3;
/// The shortest run of signs that is decoded, in octets of what it stands for.
const SHORTEST_RUN: usize = 6;

/// Octets, each with its place in the text.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    pub(super) octets: Vec<u8>,
    places: Vec<(usize, usize)>,
}

impl View {
    /// The text itself.
    fn of(text: &[u8]) -> View {
        View { octets: text.to_vec(), places: (0..text.len()).map(|at| (at, at + 1)).collect() }
    }

    fn push(&mut self, octet: u8, from: usize, to: usize) {
        self.octets.push(octet);
        self.places.push((from, to));
    }

    /// Where a part of it stands in the text.
    pub(super) fn place(&self, part: &Range<usize>) -> Option<Range<usize>> {
        let (first, last) = (self.places.get(part.start)?, self.places.get(part.end.checked_sub(1)?)?);
        Some(first.0..last.1)
    }

    /// The place of what begins and ends with these octets.
    fn between(&self, first: usize, last: usize) -> (usize, usize) {
        let place = |at: usize| self.places.get(at).copied().unwrap_or_default();
        (place(first).0, place(last).1)
    }
}

/// Shows every view of a text to `look`, which is told whether it is text as somebody reads it, with escapes taken off at most. `false` if
/// there are more than can be looked at.
pub(super) fn every(text: &[u8], look: &mut dyn FnMut(&View, bool)) -> bool {
    let mut budget = text.len().saturating_mul(48).saturating_add(64 * 1024);
    descend(View::of(text), MOST_DEPTH, &mut budget, look)
}

fn descend(view: View, depth: usize, budget: &mut usize, look: &mut dyn FnMut(&View, bool)) -> bool {
    look(&view, depth == MOST_DEPTH);
    let (first, mut last) = (view, None);
    for _ in 0..MOST_LAYERS {
        let Some(next) = unescaped(last.as_ref().unwrap_or(&first)) else { break };
        look(&next, depth == MOST_DEPTH);
        last = Some(next);
    }
    if depth == 0 {
        return true;
    }
    // Apart from the other escapes: what stands behind the equals sign of a form looks like one.
    for root in last.iter().chain([&first]) {
        let Some(plain) = unquoted(root) else { continue };
        match budget.checked_sub(plain.octets.len()) {
            Some(left) => *budget = left,
            None => return false,
        }
        descend(plain, 0, budget, look);
    }
    let mut runs = Vec::new();
    let last = last.as_ref().unwrap_or(&first);
    for alphabet in &ALPHABETS {
        alphabet.decode(last, &mut runs);
    }
    numbers(last, &mut runs);
    for run in runs {
        match budget.checked_sub(run.octets.len()) {
            Some(left) => *budget = left,
            None => return false,
        }
        if !descend(run, depth - 1, budget, look) {
            return false;
        }
    }
    true
}

/// Shows the octets with escapes taken off, once and again.
pub(super) fn layers(octets: &[u8], look: &mut dyn FnMut(&[u8])) {
    let mut last = View::of(octets);
    for _ in 0..MOST_LAYERS {
        let Some(next) = unescaped(&last) else { return };
        look(&next.octets);
        last = next;
    }
}

/// The octets with escapes taken off until there are none, or none are taken off any more.
pub(super) fn innermost(octets: &[u8]) -> Vec<u8> {
    let mut last = octets.to_vec();
    layers(octets, &mut |layer| last = layer.to_vec());
    last
}

/// The octets with all escapes taken off at once; `None` where there are none.
fn unescaped(view: &View) -> Option<View> {
    memchr::memchr3(b'%', b'\\', b'&', &view.octets)?;
    without(view, |octet, rest| match octet {
        b'%' => percent(rest),
        b'\\' => backslash(rest),
        b'&' => reference(rest),
        _ => None,
    })
}

/// The octets without the escapes and the soft line breaks of quoted-printable; `None` where there are none.
fn unquoted(view: &View) -> Option<View> {
    memchr::memchr(b'=', &view.octets)?;
    without(view, |octet, rest| if octet == b'=' { quoted(rest) } else { None })
}

fn without(view: &View, escape: impl Fn(u8, &[u8]) -> Option<(Letter, usize)>) -> Option<View> {
    let octets = view.octets.as_slice();
    let (mut out, mut at, mut is_other) = (View::default(), 0, false);
    while let Some(&octet) = octets.get(at) {
        match escape(octet, octets.get(at..).unwrap_or_default()) {
            Some((letter, length)) => {
                let (from, to) = view.between(at, at + length - 1);
                match letter {
                    Letter::Nothing => {}
                    Letter::Octet(octet) => out.push(octet, from, to),
                    Letter::Scalar(letter) => {
                        letter.encode_utf8(&mut [0; 4]).as_bytes().iter().for_each(|octet| out.push(*octet, from, to));
                    }
                }
                (at, is_other) = (at + length, true);
            }
            None => {
                let (from, to) = view.between(at, at);
                out.push(octet, from, to);
                at += 1;
            }
        }
    }
    is_other.then_some(out)
}

/// An encoding in which each sign holds some bits.
struct Alphabet {
    bits: usize,
    value: fn(u8) -> Option<u8>,
    skips: fn(u8) -> bool,
    /// How many bits a run may begin before the first octet.
    shifts: &'static [usize],
}

const ALPHABETS: [Alphabet; 4] = [
    Alphabet { bits: 6, value: base64, skips: is_line_end, shifts: &[0, 2, 4, 6] },
    Alphabet { bits: 5, value: base32, skips: is_line_end, shifts: &[0, 1, 2, 3, 4, 5, 6, 7] },
    Alphabet { bits: 5, value: base32_hex, skips: is_line_end, shifts: &[0, 1, 2, 3, 4, 5, 6, 7] },
    Alphabet { bits: 4, value: hex, skips: is_separator, shifts: &[0, 4] },
];

fn base64(octet: u8) -> Option<u8> {
    Some(match octet {
        b'A'..=b'Z' => octet - b'A',
        b'a'..=b'z' => octet - b'a' + 26,
        b'0'..=b'9' => octet - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

fn base32(octet: u8) -> Option<u8> {
    Some(match octet {
        b'A'..=b'Z' => octet - b'A',
        b'a'..=b'z' => octet - b'a',
        b'2'..=b'7' => octet - b'2' + 26,
        _ => return None,
    })
}

fn base32_hex(octet: u8) -> Option<u8> {
    digit(octet, 32)
}

fn hex(octet: u8) -> Option<u8> {
    digit(octet, 16)
}

/// A digit of so many, in either case.
fn digit(octet: u8, radix: u32) -> Option<u8> {
    char::from(octet).to_digit(radix).and_then(|digit| u8::try_from(digit).ok())
}

const fn is_line_end(octet: u8) -> bool {
    matches!(octet, b'\r' | b'\n')
}

/// What stands between pairs of hexadecimal digits, or between numbers.
const fn is_separator(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t' | b'\r' | b'\n' | b':' | b'-' | b',' | b'.' | b';' | b'_' | b'|')
}

impl Alphabet {
    fn decode(&self, view: &View, runs: &mut Vec<View>) {
        let mut run: Vec<(u8, usize)> = Vec::new();
        let mut at = 0;
        while let Some(&octet) = view.octets.get(at) {
            if self.bits == 4 && octet == b'0' && matches!(view.octets.get(at + 1), Some(b'x' | b'X')) {
                at += 2;
                continue;
            }
            match (self.value)(octet) {
                Some(value) => run.push((value, at)),
                None if (self.skips)(octet) => {}
                None => self.finish(view, &mut run, runs),
            }
            at += 1;
        }
        self.finish(view, &mut run, runs);
    }

    /// The octets that a run of signs holds, wherever the first of them begins.
    fn finish(&self, view: &View, run: &mut Vec<(u8, usize)>, runs: &mut Vec<View>) {
        if run.len() * self.bits >= SHORTEST_RUN * 8 {
            for shift in self.shifts {
                let mut out = View::default();
                let (mut held, mut bits) = (0_u32, 0_usize);
                for (number, (value, _)) in run.iter().enumerate() {
                    held = (held << self.bits | u32::from(*value)) & 0xffff;
                    bits += self.bits;
                    if number * self.bits + self.bits <= *shift {
                        bits = 0;
                        continue;
                    }
                    if number * self.bits < *shift {
                        bits = (number + 1) * self.bits - shift;
                    }
                    if bits >= 8 {
                        bits -= 8;
                        // The signs that hold this octet's first and last bit.
                        let end = (number + 1) * self.bits - bits;
                        let first = run.get((end - 8) / self.bits).map_or(0, |(_, at)| *at);
                        let last = run.get((end - 1) / self.bits).map_or(0, |(_, at)| *at);
                        let (from, to) = view.between(first, last);
                        out.push((held >> bits & 0xff) as u8, from, to);
                    }
                }
                runs.push(out);
            }
        }
        run.clear();
    }
}

/// Lists of numbers, each an octet: `[99, 52, 110]`.
fn numbers(view: &View, runs: &mut Vec<View>) {
    let (mut run, mut at) = (View::default(), 0);
    let mut finish = |run: &mut View| {
        let done = std::mem::take(run);
        if done.octets.len() >= SHORTEST_RUN {
            runs.push(done);
        }
    };
    while let Some(&octet) = view.octets.get(at) {
        let digits = view.octets.iter().skip(at).take(4).take_while(|octet| octet.is_ascii_digit()).count();
        let value = view.octets.get(at..at + digits).and_then(|digits| number(digits, 10)).and_then(|value| u8::try_from(value).ok());
        match value {
            Some(value) if (1..=3).contains(&digits) => {
                let (from, to) = view.between(at, at + digits - 1);
                run.push(value, from, to);
            }
            None if digits == 0 && is_separator(octet) => {}
            _ => finish(&mut run),
        }
        at += digits.max(1);
    }
    finish(&mut run);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let mut all = Vec::new();
        assert!(every(text.as_bytes(), &mut |view, _| all.push(String::from_utf8_lossy(&view.octets).into_owned())));
        all
    }

    #[test]
    fn what_a_text_stands_for_is_among_its_views() {
        // Written down by hand, or by the tools that people use: printf, base64, base32, xxd.
        for text in [
            "kestrel/9",
            "%6b%65%73%74%72%65%6c%2F%39",
            "kestrel%25252F9",
            "kestrel\\/9",
            "\\u006b\\u0065\\U0073trel/9",
            "\\x6bestrel\\u{2f}9",
            "\\153estrel\\0579",
            "&#107;&#x65;strel&sol;9",
            "kestrel&amp;#x2f;9",
            "a2VzdHJlbC85",
            "eGtlc3RyZWwvOXk=",
            "eHlrZXN0cmVsLzl6",
            "NNSXG5DSMVWC6OI=",
            "DDIN6T3ICLM2UE8=",
            "YTJWemRISmxiQzg1",
            "6b657374 72656c 2f39",
            "x6:b6:57:37:47:26:56:c2:f3:9",
            "0x6b, 0x65, 0x73, 0x74, 0x72, 0x65, 0x6c, 0x2f, 0x39",
            "[107,101,115,116,114,101,108,47,57]",
            "%u006bestrel%u002F9",
            "\\x{6b}estrel/9",
            "&#107&#101&#115trel/9",
            "&#x6B&#x65&#x73trel/9",
            "&#107 &#101 &#115 &#116 &#114 &#101 &#108 &#47 &#57",
            "=6B=65=73trel=2F9",
            "kes=\r\ntrel/=\n9",
            "k=\r\ne=\r\ns=\r\nt=\r\nr=\r\ne=\r\nl=\r\n/=\r\n9",
            "key%3D=6Bestrel%252F9",
        ] {
            assert!(all(text).iter().any(|view| view.contains("kestrel/9")), "{text}: {:?}", all(text));
        }
    }

    #[test]
    fn every_digit_stands_for_its_place_and_nothing_else_is_one() {
        // RFC 4648, tables 1 to 4 and section 8; what base32 and hexadecimal write in capitals, others write small.
        let upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        let lower = upper.to_ascii_lowercase();
        let numerals = "0123456789";
        for (value, digits, also) in [
            (base64 as fn(u8) -> Option<u8>, format!("{upper}{lower}{numerals}+/"), None),
            (base64, format!("{upper}{lower}{numerals}-_"), None),
            (base32, format!("{upper}234567"), Some(format!("{lower}234567"))),
            (base32_hex, format!("{numerals}{}", &upper[..22]), Some(format!("{numerals}{}", &lower[..22]))),
            (hex, format!("{numerals}{}", &upper[..6]), Some(format!("{numerals}{}", &lower[..6]))),
        ] {
            for octet in 0..=255 {
                let place = |digits: &str| digits.bytes().position(|digit| digit == octet).map(|place| u8::try_from(place).unwrap());
                let expected = place(&digits).or_else(|| also.as_deref().and_then(place));
                if expected.is_some() || !b"+-/_".contains(&octet) {
                    assert_eq!(value(octet), expected, "{octet} of {digits}");
                }
            }
        }
    }

    #[test]
    fn an_octet_knows_where_it_comes_from() {
        for (text, expected) in [("ab%2Fcd", "%2F"), ("ab&#47;cd", "&#47;"), ("ab%252Fcd", "%252F"), ("xx Ly8vLy8v yy", "Ly")] {
            let mut found = None;
            every(text.as_bytes(), &mut |view, _| {
                let at = view.octets.iter().position(|octet| *octet == b'/');
                let place = at.and_then(|at| view.place(&(at..at + 1)));
                found = found.take().or(place);
            });
            assert_eq!(&text[found.unwrap()], expected);
        }
    }

    #[test]
    fn what_is_no_escape_stays_and_no_octets_are_a_surprise() {
        for text in
            ["%", "%4", "%zz", "\\", "\\u12", "\\ud800", "\\u{110000}", "&", "&#", "&#x", "&#xffffffff;", "&nosuch;", "\\u{}", "&#;"]
        {
            assert!(all(text).contains(&text.to_owned()), "{text}");
        }
        let wild: Vec<u8> = (0..=255_u8).cycle().take(3000).map(|octet| octet.wrapping_mul(31)).collect();
        assert!(every(&wild, &mut |view, _| assert_eq!(view.octets.len(), view.places.len())));
    }
}
