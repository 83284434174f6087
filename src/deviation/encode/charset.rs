//! Other octets for the same text (RFC 5849 section 3.6: text is UTF-8 first). Each is a step on the list of parameters, so that it goes
//! with every encoder. Octets that are no UTF-8 stay as they are.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;

use crate::deviation::list::rewrite;
use crate::deviation::{Deviation, Rank, Stage};
use crate::protocol::{Parameter, Parameters};

macro_rules! charsets {
    ($($id:literal $change:expr, $sentence:literal, $fix:literal, $rank:ident $seen:expr;)*) => {
        &[$(Deviation {
            id: $id,
            stage: Stage::Charset,
            section: "3.6",
            sentence: $sentence,
            fix: $fix,
            seen: &$seen,
            rank: Rank::$rank,
            apply: |practice| practice.recipe.steps.add(|_, list| change_each(list, $change)),
        },)*]
    };
}

pub(in crate::deviation) const TABLE: &[Deviation] = charsets![
    "charset.latin-1" |text| each_character(text, |character, out| out.push(u8::try_from(character).unwrap_or(b'?'))),
        "text is encoded as ISO-8859-1 and not as UTF-8, and what does not fit becomes ?",
        "turn text into UTF-8 before it is percent-encoded: é is %C3%A9",
        Common [
            "https://github.com/restsharp/RestSharp/issues/1945",
            "https://github.com/joestump/python-oauth2/issues/48",
            "https://github.com/bytespider/jsOAuth/issues/7",
        ];
    "charset.windows-1252" |text| each_character(text, |character, out| out.push(windows_1252(character))),
        "text is encoded as Windows-1252 and not as UTF-8, and what does not fit becomes ?",
        "turn text into UTF-8 before it is percent-encoded: € is %E2%82%AC",
        Plausible [];
    "charset.question-marks" |text| each_character(text, |character, out| out.push(if character.is_ascii() { character as u8 } else { b'?' })),
        "every character beyond ASCII becomes ?",
        "turn text into UTF-8 before it is percent-encoded, not into ASCII",
        Seen ["https://github.com/joestump/python-oauth2/issues/48"];
    "charset.ascii-only" |text| each_character(text, |character, out| out.extend(character.is_ascii().then_some(character as u8))),
        "characters beyond ASCII are left out",
        "turn text into UTF-8 before it is percent-encoded, not into ASCII",
        Plausible [];
    "charset.utf-8-twice" |text| Cow::Owned(text.iter().map(|octet| char::from(*octet)).collect::<String>().into_bytes()),
        "text that is UTF-8 already is taken for ISO-8859-1 and turned into UTF-8 again",
        "encode the octets as they are once they are UTF-8: é is %C3%A9 and not %C3%83%C2%A9",
        Common [
            "https://github.com/carlos-emr/carlos/issues/3007",
            "https://metacpan.org/release/KGRENNAN/Net-OAuth-0.28",
            "https://metacpan.org/release/GSG/LWP-Authen-OAuth-1.01",
        ];
    "charset.cesu-8" |text| each_character(text, cesu_8),
        "characters beyond U+FFFF are encoded as two surrogates of three octets each, as hand-written UTF-8 encoders in JavaScript do",
        "encode code points and not UTF-16 code units: 😀 is %F0%9F%98%80",
        Plausible [];
    "charset.nfc" |text| normalized(text, |text| text.nfc().collect()),
        "text is brought to Unicode normalization form C before it is encoded",
        "sign the octets that are sent: e with a combining accent stays two characters",
        Seen ["https://rubygems.org/gems/signet/versions/0.17.0"];
    "charset.nfd" |text| normalized(text, |text| text.nfd().collect()),
        "text is brought to Unicode normalization form D before it is encoded, as file names are on macOS",
        "sign the octets that are sent: é stays one character",
        Plausible [];
    "charset.line-ends-crlf" |text| line_ends(text, b"\r\n"),
        "line ends in values become CR LF, as in forms that a browser sends",
        "sign the octets that are sent, line ends included",
        Plausible [];
    "charset.line-ends-lf" |text| line_ends(text, b"\n"),
        "line ends in values become LF",
        "sign the octets that are sent, line ends included",
        Plausible [];
];

/// Changes every name and value of a list.
fn change_each(list: &mut Parameters, change: fn(&[u8]) -> Cow<'_, [u8]>) {
    rewrite(list, |parameter, new| {
        new.push_parameter(Parameter { name: &change(parameter.name), value: &change(parameter.value), ..parameter });
    });
}

fn each_character(text: &[u8], write: impl Fn(char, &mut Vec<u8>)) -> Cow<'_, [u8]> {
    let Ok(characters) = std::str::from_utf8(text) else { return text.into() };
    let mut out = Vec::with_capacity(text.len());
    characters.chars().for_each(|character| write(character, &mut out));
    out.into()
}

fn normalized(text: &[u8], normalize: fn(&str) -> String) -> Cow<'_, [u8]> {
    match std::str::from_utf8(text) {
        Ok(text) if !text.is_ascii() => normalize(text).into_bytes().into(),
        _ => text.into(),
    }
}

/// The octet of Windows-1252: ISO-8859-1 but for 0x80 to 0x9F.
fn windows_1252(character: char) -> u8 {
    /// What stands at 0x80 and behind it; a space where nothing does.
    const HIGH: &str = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ";
    match u8::try_from(character) {
        Ok(octet) => octet,
        Err(_) => HIGH.chars().zip(0x80..).find(|(known, _)| *known == character).map_or(b'?', |(_, octet)| octet),
    }
}

/// UTF-8, but a character of two UTF-16 code units as if each were a character.
fn cesu_8(character: char, out: &mut Vec<u8>) {
    if character.len_utf16() == 1 {
        out.extend(character.encode_utf8(&mut [0; 4]).as_bytes());
    } else {
        for unit in character.encode_utf16(&mut [0; 2]) {
            out.extend([0xe0 | (*unit >> 12) as u8, 0x80 | (*unit >> 6 & 0x3f) as u8, 0x80 | (*unit & 0x3f) as u8]);
        }
    }
}

/// CR LF, CR and LF each as one line end of this kind.
fn line_ends<'a>(text: &'a [u8], end: &[u8]) -> Cow<'a, [u8]> {
    if !text.iter().any(|octet| matches!(octet, b'\r' | b'\n')) {
        return text.into();
    }
    let mut out = Vec::with_capacity(text.len());
    let mut before = 0;
    for &octet in text {
        match octet {
            b'\n' if before == b'\r' => {}
            b'\r' | b'\n' => out.extend(end),
            other => out.push(other),
        }
        before = octet;
    }
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(id: &str, value: &str) -> Vec<u8> {
        let change = crate::deviation::find(id).unwrap();
        let mut practice = crate::deviation::Practice::RFC5849;
        (change.apply)(&mut practice);
        let protocol = Parameters::new();
        let url = crate::protocol::Url::parse(b"http://h/").unwrap();
        let request = crate::protocol::Request { method: b"GET", url, headers: &[], body: None, protocol: &protocol, realm: None };
        let mut list = Parameters::of_header([(&b"a"[..], value.as_bytes())]);
        practice.recipe.steps.take(&request, &mut list);
        list.first("a").unwrap().to_vec()
    }

    /// The octets are those of Python's codecs `latin-1`, `cp1252` and `ascii` with `errors="replace"`, of `unicodedata.normalize`, and
    /// of Unicode Technical Report 26 for CESU-8.
    #[test]
    fn text_becomes_the_octets_of_its_charset() {
        for (id, text, octets) in [
            ("charset.latin-1", "é€", &b"\xe9?"[..]),
            ("charset.windows-1252", "é€Ÿž", b"\xe9\x80\x9f\x9e"),
            ("charset.question-marks", "aé€", b"a??"),
            ("charset.ascii-only", "aé€", b"a"),
            ("charset.utf-8-twice", "é", b"\xc3\x83\xc2\xa9"),
            ("charset.cesu-8", "é\u{10400}", b"\xc3\xa9\xed\xa0\x81\xed\xb0\x80"),
            ("charset.nfc", "e\u{301}", "é".as_bytes()),
            ("charset.nfd", "é", "e\u{301}".as_bytes()),
            ("charset.line-ends-crlf", "a\nb\r\nc\rd", b"a\r\nb\r\nc\r\nd"),
            ("charset.line-ends-lf", "a\nb\r\nc\rd\r\r\n", b"a\nb\nc\nd\n\n"),
        ] {
            assert_eq!(changed(id, text), octets, "{id}");
        }
    }
}
