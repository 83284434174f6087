//! Signature base strings and expected signatures inside any text: found by their form, because every server shows them in its own way.

use super::plain::unescaped;
use crate::protocol::encoding::percent_decoded_if_whole;

/// The longest base string that is taken, in octets.
const MAX_BASE_STRING: usize = 64 * 1024;
/// The most base strings, and the most signatures, that are taken.
const MAX_FOUND: usize = 8;
/// How far before a signature the word that says whose it is may stand, in octets.
const MAX_REACH: usize = 80;

/// What was found.
#[derive(Default)]
pub(super) struct Echo {
    pub(super) base_strings: Vec<Vec<u8>>,
    pub(super) signatures: Vec<Vec<u8>>,
}

impl Echo {
    /// Reads a header field's value or a body.
    pub(super) fn read(&mut self, text: &[u8]) {
        let text = unescaped(text);
        self.find_base_strings(&text);
        self.find_signatures(&text);
    }

    /// A base string has the form `METHOD&http…` (RFC 5849 section 3.4.1.1), also percent-encoded as a whole: `METHOD%26http…`.
    fn find_base_strings(&mut self, text: &[u8]) {
        let mut from = 0;
        while let Some(at) = next_http(text, from).filter(|_| self.base_strings.len() < MAX_FOUND) {
            from = at + 4;
            let Some(found) = base_string_at(text, at) else { continue };
            from = found.end;
            if !self.base_strings.contains(&found.octets) {
                self.base_strings.push(found.octets);
            }
        }
    }

    /// A signature is base64 of a hash or an RSA signature, and a word before it says that it is the server's.
    fn find_signatures(&mut self, text: &[u8]) {
        let (mut at, mut last) = (0, 0);
        while let Some(length) = text.get(at..).and_then(|rest| rest.iter().position(|&octet| is_base64(octet))) {
            let start = at + length;
            let rest = text.get(start..).unwrap_or_default();
            let end = start + rest.iter().position(|&octet| !is_base64(octet)).unwrap_or(rest.len());
            at = end;
            let token = text.get(start..end).unwrap_or_default();
            // `ours=abc=`, `expected=abc=`: what stands before the value is a name.
            let cut = memchr::memchr(b'=', token).filter(|&cut| cut < token.len() / 2 && !ends_token(token, cut)).map_or(0, |cut| cut + 1);
            let start = start + cut;
            let Some(signature) = signature(text.get(start..end).unwrap_or_default()) else { continue };
            // A word before another signature is that one's.
            let before = text.get(last.max(start.saturating_sub(MAX_REACH))..start).unwrap_or_default();
            last = end;
            if is_servers(before) && self.signatures.len() < MAX_FOUND && !self.signatures.contains(&signature) {
                self.signatures.push(signature);
            }
        }
    }
}

/// A base string and where it ends in the text.
struct Found {
    octets: Vec<u8>,
    end: usize,
}

/// The next `http`, in either case, from a place on.
fn next_http(text: &[u8], from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    memchr::memchr2_iter(b'h', b'H', rest)
        .find(|&at| rest.get(at..at + 4).is_some_and(|word| word.eq_ignore_ascii_case(b"http")))
        .map(|at| from + at)
}

/// The base string whose URI begins at `at`, if it is one.
fn base_string_at(text: &[u8], at: usize) -> Option<Found> {
    let before = text.get(..at)?;
    let is_encoded = before.ends_with(b"%26");
    let method_end = if is_encoded { at - 3 } else { before.strip_suffix(b"&")?.len() };
    let method = method_before(text.get(..method_end)?);
    if method == 0 {
        return None;
    }
    let start = method_end - method;
    let after = text.get(at + 4..)?;
    let after = after.strip_prefix(b"s").or_else(|| after.strip_prefix(b"S")).unwrap_or(after);
    let colon: &[&[u8]] = if is_encoded { &[b"%253A", b"%253a", b"%3A", b"%3a"] } else { &[b"%3A", b"%3a", b":"] };
    if !colon.iter().any(|colon| after.starts_with(colon)) {
        return None;
    }
    let open = start.checked_sub(1).and_then(|at| text.get(at)).copied();
    let whole = text.get(start..)?;
    let whole = whole.get(..MAX_BASE_STRING).unwrap_or(whole);
    let length = whole.iter().position(|&octet| ends_base_string(octet, open, is_encoded)).unwrap_or(whole.len());
    // A sentence may go on behind it.
    let mut octets = whole.get(..length)?;
    while let Some(shorter) = octets.strip_suffix(b".").or_else(|| octets.strip_suffix(b",")) {
        octets = shorter;
    }
    let end = start + length;
    if !is_encoded {
        return Some(Found { octets: octets.to_vec(), end });
    }
    Some(Found { octets: percent_decoded_if_whole(octets)?, end })
}

/// The length of the method at the end of a text.
fn method_before(text: &[u8]) -> usize {
    const LONGEST: usize = 20;
    let letters = text.iter().rev().take(LONGEST + 1).take_while(|octet| octet.is_ascii_alphabetic()).count();
    let start = text.len() - letters;
    // The letters of an escape such as %3D or %0A belong to it.
    let before = text.get(start.saturating_sub(2)..start).unwrap_or_default();
    let escape = match before {
        [.., b'%'] if letters >= 2 => 2,
        [b'%', digit] if digit.is_ascii_hexdigit() => 1,
        _ => 0,
    };
    let letters = letters.saturating_sub(escape);
    if letters <= LONGEST { letters } else { 0 }
}

/// Where a base string ends: at what closes it, at white space, at markup. A wrong one may hold characters that it should not, such as
/// `'` and `)`, so these only end one that they opened.
fn ends_base_string(octet: u8, open: Option<u8>, is_encoded: bool) -> bool {
    let close = match open {
        Some(b'(') => Some(b')'),
        Some(b'[') => Some(b']'),
        Some(b'{') => Some(b'}'),
        Some(quote @ (b'\'' | b'`')) => Some(quote),
        _ => None,
    };
    octet.is_ascii_whitespace()
        || octet.is_ascii_control()
        || !octet.is_ascii()
        || matches!(octet, b'"' | b'<' | b'>' | b'\\')
        || Some(octet) == close
        // As a whole it is a form's value, which `&` ends.
        || is_encoded && matches!(octet, b'&' | b';')
}

/// A character of base64, percent-encoded or not.
fn is_base64(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/' | b'=' | b'%')
}

/// Whether nothing but padding follows.
fn ends_token(token: &[u8], at: usize) -> bool {
    token.get(at..).is_some_and(|rest| rest.iter().all(|&octet| octet == b'='))
}

/// The signature that a text is: base64 of 20, 32 or 64 octets, or of an RSA signature, canonical and padded.
fn signature(text: &[u8]) -> Option<Vec<u8>> {
    const LONGEST: usize = 2048;
    if text.len() < 28 || text.len() > LONGEST {
        return None;
    }
    let decoded = percent_decoded_if_whole(text)?;
    let octets = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, &decoded).ok()?;
    matches!(octets.len(), 20 | 32 | 64 | 128 | 256 | 384 | 512).then_some(decoded)
}

/// Whether the last word that tells whose a signature is says that it is the server's.
fn is_servers(before: &[u8]) -> bool {
    const SERVERS: [&str; 8] = ["expected", "expecting", "ours", "computed", "calculated", "should be", "should have been", "correct"];
    const CLIENTS: [&str; 11] =
        ["received", "yours", "provided", "actual", "got", "sent", "supplied", "presented", "given", "oauth_signature", "your signature"];
    let before = String::from_utf8_lossy(before).to_ascii_lowercase();
    let last = |words: &[&str]| words.iter().filter_map(|word| before.rfind(word).map(|at| at + word.len())).max();
    match (last(&SERVERS), last(&CLIENTS)) {
        (Some(servers), Some(clients)) => servers > clients,
        (servers, _) => servers.is_some(),
    }
}
