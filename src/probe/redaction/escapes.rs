//! Escapes, each with what it stands for and how long it is: percent-encoding, those of JSON, C, Python, Perl and JavaScript, HTML's
//! character references, and quoted-printable. They are read more leniently than anybody writes them.

use crate::protocol::decoding::escape_at;

/// What an escape stands for.
pub(super) enum Letter {
    /// A line break that is none.
    Nothing,
    Octet(u8),
    Scalar(char),
}

/// A number out of some digits.
pub(super) fn number(digits: &[u8], radix: u32) -> Option<u32> {
    u32::from_str_radix(std::str::from_utf8(digits).ok().filter(|text| !text.starts_with('+'))?, radix).ok()
}

/// `%63`, and `%u0063` as JavaScript's `escape` writes it.
pub(super) fn percent(rest: &[u8]) -> Option<(Letter, usize)> {
    if matches!(rest.get(1), Some(b'u' | b'U')) {
        return unit(rest, b"%u");
    }
    Some((Letter::Octet(escape_at(rest)?), 3))
}

/// `\u0063`, `\u{63}`, `\U00000063`, `\x63`, `\143`, `\n`, `\/`, in either case.
pub(super) fn backslash(rest: &[u8]) -> Option<(Letter, usize)> {
    let scalar = |number: u32, length| char::from_u32(number).map(|letter| (Letter::Scalar(letter), length));
    let octet = |number: u32, length| u8::try_from(number).ok().map(|octet| (Letter::Octet(octet), length));
    match *rest.get(1)? {
        b'u' | b'U' => {
            if rest.get(2) == Some(&b'{') {
                let end = rest.iter().take(12).position(|octet| *octet == b'}')?;
                return scalar(number(rest.get(3..end)?, 16)?, end + 1);
            }
            let long = rest.get(2..10).and_then(|digits| number(digits, 16)).filter(|number| *number < 0x11_0000);
            if let Some(found) = long.and_then(|long| scalar(long, 10)) {
                return Some(found);
            }
            unit(rest, b"\\u")
        }
        b'x' | b'X' if rest.get(2) == Some(&b'{') => {
            let end = rest.iter().take(12).position(|octet| *octet == b'}')?;
            scalar(number(rest.get(3..end)?, 16)?, end + 1)
        }
        b'x' | b'X' => octet(number(rest.get(2..4)?, 16)?, 4),
        b'0'..=b'7' => octet(number(rest.get(1..4)?, 8)?, 4),
        b'n' => octet(10, 2),
        b'r' => octet(13, 2),
        b't' => octet(9, 2),
        sign if sign.is_ascii_punctuation() => octet(u32::from(sign), 2),
        _ => None,
    }
}

/// Four digits behind a sign of two octets: a letter, or with the next four the half of one (UTF-16).
fn unit(rest: &[u8], sign: &[u8; 2]) -> Option<(Letter, usize)> {
    let scalar = |number: u32, length| char::from_u32(number).map(|letter| (Letter::Scalar(letter), length));
    let unit = number(rest.get(2..6)?, 16)?;
    if !(0xd800..0xdc00).contains(&unit) {
        return scalar(unit, 6);
    }
    let is_pair = rest.get(6..8).is_some_and(|next| next.eq_ignore_ascii_case(sign));
    let low = number(rest.get(8..12).filter(|_| is_pair)?, 16)?.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
    scalar(0x1_0000 + ((unit - 0xd800) << 10) + low, 12)
}

/// The names of ASCII signs in HTML.
const NAMES: [(&[u8], u8); 32] = [
    (b"amp", b'&'),
    (b"lt", b'<'),
    (b"gt", b'>'),
    (b"quot", b'"'),
    (b"apos", b'\''),
    (b"nbsp", b' '),
    (b"excl", b'!'),
    (b"num", b'#'),
    (b"dollar", b'$'),
    (b"percnt", b'%'),
    (b"lpar", b'('),
    (b"rpar", b')'),
    (b"ast", b'*'),
    (b"plus", b'+'),
    (b"comma", b','),
    (b"hyphen", b'-'),
    (b"period", b'.'),
    (b"sol", b'/'),
    (b"colon", b':'),
    (b"semi", b';'),
    (b"equals", b'='),
    (b"quest", b'?'),
    (b"commat", b'@'),
    (b"lsqb", b'['),
    (b"bsol", b'\\'),
    (b"rsqb", b']'),
    (b"lowbar", b'_'),
    (b"grave", b'`'),
    (b"lcub", b'{'),
    (b"verbar", b'|'),
    (b"rcub", b'}'),
    (b"tilde", b'~'),
];

/// `&#99;`, `&#x63;`, `&amp;`; of the numbers, the semicolon may be missing, or a blank stand there before the next.
pub(super) fn reference(rest: &[u8]) -> Option<(Letter, usize)> {
    if rest.get(1) != Some(&b'#') {
        let end = rest.iter().take(8).position(|octet| *octet == b';')?;
        let name = rest.get(1..end)?;
        return NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, octet)| (Letter::Octet(*octet), end + 1));
    }
    let (from, radix) = if matches!(rest.get(2), Some(b'x' | b'X')) { (3, 16) } else { (2, 10) };
    let digits: usize = rest.iter().skip(from).take(12).take_while(|octet| char::from(**octet).is_digit(radix)).count();
    let letter = char::from_u32(number(rest.get(from..from + digits).filter(|digits| !digits.is_empty())?, radix)?)?;
    let end = from + digits;
    let is_ended = rest.get(end) == Some(&b';') || rest.get(end..end + 3) == Some(b" &#");
    Some((Letter::Scalar(letter), end + usize::from(is_ended)))
}

/// `=63`, and the line break behind an equals sign (RFC 2045 section 6.7).
pub(super) fn quoted(rest: &[u8]) -> Option<(Letter, usize)> {
    let length = [&b"=\r\n"[..], b"=\n"].into_iter().find(|soft| rest.starts_with(soft)).map(<[u8]>::len);
    if let Some(length) = length {
        return Some((Letter::Nothing, length));
    }
    let octet = number(rest.get(1..3)?, 16).and_then(|octet| u8::try_from(octet).ok())?;
    Some((Letter::Octet(octet), 3))
}
