//! Secrets in all their writings, taken out of every text. What a text is made of is redacted where it is known; this sweeps what is left:
//! an answer that repeats the request, a message of somebody else's.
//!
//! A secret shorter than [`SHORTEST`] is not looked for: it would be found everywhere, and what is blank would tell of it.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use memchr::memmem::Finder;

use super::draft::encoded;
use crate::protocol::signature::digest;
use crate::protocol::{Secret, SignatureMethod};

/// The shortest secret that is looked for, in octets.
pub const SHORTEST: usize = 8;
/// How much of a long secret's beginning is a secret too, in octets.
const BEGINNING: usize = 12;
/// What stands in place of a secret.
pub const BLANK: &str = "(redacted)";
/// The most secrets that are looked for; of more, the last ones.
const MOST: usize = 600;

/// Secrets in all their writings.
#[derive(Default)]
pub struct Redactor {
    needles: Vec<Vec<u8>>,
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Redactor").field("needles", &self.needles.len()).finish()
    }
}

impl Redactor {
    /// Looks for these.
    #[must_use]
    pub fn of<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Redactor {
        let mut all: Vec<&[u8]> = secrets.into_iter().map(Secret::expose).filter(|secret| secret.len() >= SHORTEST).collect();
        if all.len() > MOST {
            all.drain(..all.len() - MOST);
        }
        all.sort_unstable();
        all.dedup();
        let mut needles: Vec<Vec<u8>> = all.into_iter().flat_map(writings).collect();
        // The longest first: what is left of it would still tell.
        needles.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
        needles.dedup();
        Redactor { needles }
    }

    /// Whether there is nothing to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.needles.is_empty()
    }

    /// The octets without secrets.
    #[must_use]
    pub fn sweep_octets(&self, octets: &[u8]) -> Vec<u8> {
        let mut swept = octets.to_vec();
        for needle in &self.needles {
            let finder = Finder::new(needle);
            let Some(mut at) = finder.find(&swept) else { continue };
            let mut out = Vec::with_capacity(swept.len());
            let mut rest = swept.as_slice();
            loop {
                out.extend_from_slice(rest.get(..at).unwrap_or_default());
                out.extend_from_slice(BLANK.as_bytes());
                rest = rest.get(at + needle.len()..).unwrap_or_default();
                match finder.find(rest) {
                    Some(next) => at = next,
                    None => break,
                }
            }
            out.extend_from_slice(rest);
            swept = out;
        }
        swept
    }

    /// The text without secrets.
    #[must_use]
    pub fn sweep(&self, text: &str) -> String {
        if self.is_empty() {
            return text.to_owned();
        }
        String::from_utf8_lossy(&self.sweep_octets(text.as_bytes())).into_owned()
    }
}

/// A value that is not shown: how long it is, and enough of a hash to see whether it is the same as another.
#[must_use]
pub fn masked(value: &[u8]) -> String {
    // A short one could be found again by trying all there are.
    if value.len() < 16 {
        return format!("({} octets)", value.len());
    }
    let hash: String = digest(SignatureMethod::HmacSha256, value).iter().take(4).map(|octet| format!("{octet:02x}")).collect();
    format!("({} octets, sha256 {hash}…)", value.len())
}

/// Every writing of a secret that is looked for.
fn writings(secret: &[u8]) -> Vec<Vec<u8>> {
    let mut all = writings_of(secret);
    if secret.len() >= BEGINNING + 4 {
        all.extend(writings_of(secret.get(..BEGINNING).unwrap_or(secret)));
    }
    all
}

fn writings_of(secret: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![secret.to_vec()];
    let mut percent = secret.to_vec();
    for _ in 0..3 {
        percent = encoded(&percent).into_bytes();
        all.push(lower_hex(&percent));
        all.push(percent.clone());
    }
    all.push(form(secret));
    let text = String::from_utf8_lossy(secret).into_owned();
    all.extend(json(&text));
    for (quote, apostrophe) in [("&quot;", "&#39;"), ("&#34;", "&#x27;"), ("&quot;", "&apos;")] {
        let html = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', quote).replace('\'', apostrophe);
        all.push(html.into_bytes());
    }
    for engine in [&STANDARD, &URL_SAFE] {
        for before in 0..3 {
            all.extend(inside_base64(engine, secret, before));
        }
    }
    let hex: String = secret.iter().map(|octet| format!("{octet:02x}")).collect();
    all.push(hex.to_ascii_uppercase().into_bytes());
    all.push(hex.into_bytes());
    all.retain(|writing| writing.len() >= SHORTEST);
    all
}

/// Escapes with small digits, as some encoders write them.
fn lower_hex(text: &[u8]) -> Vec<u8> {
    let mut out = text.to_vec();
    let mut at = 0;
    while let Some(found) = out.get(at..).and_then(|rest| memchr::memchr(b'%', rest)) {
        let from = at + found + 1;
        if let Some(digits) = out.get_mut(from..from + 2) {
            digits.make_ascii_lowercase();
        }
        at = from;
    }
    out
}

/// As forms write it: a blank is a plus.
fn form(secret: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(encoded(secret).as_bytes()).replace("%20", "+").into_bytes()
}

/// Inside a JSON string, with all beyond ASCII as it is and as escapes, and with a slash escaped.
fn json(text: &str) -> Vec<Vec<u8>> {
    let quoted = serde_json::Value::String(text.to_owned()).to_string();
    let inside = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default().to_owned();
    let mut ascii = String::new();
    for letter in inside.chars() {
        if letter.is_ascii() {
            ascii.push(letter);
        } else {
            letter.encode_utf16(&mut [0; 2]).iter().for_each(|unit| ascii.push_str(&format!("\\u{unit:04x}")));
        }
    }
    vec![inside.replace('/', "\\/").into_bytes(), inside.into_bytes(), ascii.into_bytes()]
}

/// The characters of base64 that a secret alone decides, when so many octets stand before it: those at both ends depend on its
/// neighbours too.
fn inside_base64(engine: &base64::engine::GeneralPurpose, secret: &[u8], before: usize) -> Option<Vec<u8>> {
    let padded = [vec![0; before], secret.to_vec()].concat();
    let text = engine.encode(&padded);
    // The first character that holds no bit of what stands before; the last whole one.
    let from = (before * 8).div_ceil(6);
    let to = padded.len() * 8 / 6;
    text.as_bytes().get(from..to).map(<[u8]>::to_vec).filter(|inside| inside.len() >= SHORTEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANARY: &str = "c4nary+/ \"x'é<&>=secret";

    #[test]
    fn a_secret_is_found_in_every_writing() {
        let redactor = Redactor::of(&[Secret::new(CANARY.as_bytes().to_vec())]);
        let percent = encoded(CANARY.as_bytes());
        let twice = encoded(percent.as_bytes());
        let hex: String = CANARY.bytes().map(|octet| format!("{octet:02X}")).collect();
        // Written down by rules other than ours: each with the secret in the middle of something.
        for text in [
            CANARY.to_owned(),
            percent.clone(),
            percent.to_ascii_lowercase(),
            twice,
            percent.replace("%20", "+"),
            serde_json::json!({ "a": CANARY }).to_string(),
            "c4nary+/ &quot;x&#39;é&lt;&amp;&gt;=secret".to_owned(),
            STANDARD.encode(CANARY),
            STANDARD.encode(format!("x{CANARY}y")),
            STANDARD.encode(format!("xy{CANARY}")),
            URL_SAFE.encode(format!("xyz{CANARY}")),
            hex.clone(),
            hex.to_ascii_lowercase(),
        ] {
            let swept = redactor.sweep(&format!("before {text} after"));
            assert!(swept.contains(BLANK), "{text}");
            assert!(swept.starts_with("before ") && swept.ends_with(" after"), "{swept}");
            for part in ["c4nary", "secret", "63346e61", "Y2FuYXJ5", "YzRuYXJ5"] {
                assert!(!swept.to_ascii_lowercase().contains(&part.to_ascii_lowercase()), "{text}: {swept}");
            }
        }
    }

    #[test]
    fn the_beginning_of_a_secret_is_one_too_and_short_ones_are_not_looked_for() {
        let redactor = Redactor::of(&[Secret::new(b"0123456789abcdefghij".to_vec()), Secret::new(b"test".to_vec())]);
        assert_eq!(redactor.sweep("key 0123456789ab… of a test"), "key (redacted)… of a test");
        assert_eq!(redactor.sweep("0123456789abcdefghij0123456789abcdefghij"), "(redacted)(redacted)");
        assert!(Redactor::of(&[Secret::new(b"short".to_vec())]).is_empty());
    }

    #[test]
    fn what_is_masked_can_be_told_apart_and_not_read() {
        let (one, other) = (masked(b"hunter2hunter2hunter2"), masked(b"hunter2hunter2hunter3"));
        assert_ne!(one, other);
        assert_eq!(masked(b"ABC12"), "(5 octets)");
        assert!(!one.contains("hunter") && one.starts_with("(21 octets, sha256 "));
    }
}
