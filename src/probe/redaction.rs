//! Secrets in all their writings, taken out of every text. What a text is made of is redacted where it is known; this sweeps what is left:
//! an answer that repeats the request, a message of somebody else's.
//!
//! A text is looked at as it stands, with all escapes taken off, and as what its base64, base32, hexadecimal and numbers stand for, inside
//! each other too. A secret shorter than [`SHORTEST`] is not looked for: it would be found everywhere, and what is blank would tell of it.
//! Verification codes are shorter, and are looked for where they stand alone.

use std::ops::Range;
use std::sync::Arc;

use crate::protocol::Secret;

mod escapes;
mod known;
pub(in crate::probe) mod named;
mod views;

pub use known::Known;

/// The shortest secret that is looked for, in octets.
pub const SHORTEST: usize = 8;
/// What stands in place of a secret.
pub const BLANK: &str = "(redacted)";
/// How much of a text is looked at in one piece, in octets.
const PIECE: usize = 32 * 1024;
/// How much of a piece is looked at again with the next.
const OVERLAP: usize = 4 * 1024;
/// The longest value that is read out of an answer: a longer one was cut, and nobody knows what stood behind it.
const READ: usize = 512;
/// How much of the end of a text is not shown where the text goes on: as much as a part of a secret that is too short to be found can take,
/// in the longest writing.
const CUT_END: usize = 128;

/// Secrets in all their writings.
#[derive(Default)]
pub struct Redactor {
    /// Those of the whole run.
    run: Arc<Known>,
    own: Known,
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Redactor").field("run", &self.run.len()).field("own", &self.own.len()).finish()
    }
}

impl Redactor {
    /// Looks for these.
    #[must_use]
    pub fn of<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Redactor {
        Redactor { run: Arc::default(), own: Known::of(secrets, []) }
    }

    /// Looks for what is known in a run, and for these.
    #[must_use]
    pub fn with<'a>(run: &Arc<Known>, own: impl IntoIterator<Item = &'a Secret>) -> Redactor {
        Redactor { run: Arc::clone(run), own: Known::of(own, []) }
    }

    /// Whether there is nothing to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.run.is_empty() && self.own.is_empty()
    }

    /// The octets without secrets.
    #[must_use]
    pub fn sweep_octets(&self, octets: &[u8]) -> Vec<u8> {
        blanked(octets, self.spans(octets))
    }

    /// The text without secrets.
    #[must_use]
    pub fn sweep(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.sweep_octets(text.as_bytes())).into_owned()
    }

    /// The beginning of a text without secrets: what goes on behind its end is not known, so that its last word is left out.
    #[must_use]
    pub fn sweep_beginning(&self, octets: &[u8]) -> Vec<u8> {
        if self.is_empty() {
            return octets.to_vec();
        }
        let mut end = octets.len().saturating_sub(CUT_END);
        while end.checked_sub(1).and_then(|at| octets.get(at)).is_some_and(|octet| is_word(*octet)) {
            end -= 1;
        }
        // Of a secret that reaches over the end, the mark is left.
        let spans = self.spans(octets).into_iter().filter(|span| span.start < end).map(|span| span.start..span.end.min(end)).collect();
        blanked(octets.get(..end).unwrap_or_default(), spans)
    }

    /// A word of somebody else's of a length that fits into a sentence: without secrets first, and then cut.
    #[must_use]
    pub fn word(&self, text: &str, most: usize) -> String {
        // What reads answers cuts long values.
        let swept = if text.len() < READ { self.sweep_octets(text.as_bytes()) } else { self.sweep_beginning(text.as_bytes()) };
        let swept = String::from_utf8_lossy(&swept);
        match swept.char_indices().nth(most) {
            Some((end, _)) => format!("{}…", swept.get(..end).unwrap_or_default()),
            None => swept.into_owned(),
        }
    }

    /// Where secrets stand, in order.
    fn spans(&self, octets: &[u8]) -> Vec<Range<usize>> {
        let mut spans: Vec<Range<usize>> = Vec::new();
        if self.is_empty() {
            return spans;
        }
        let mut from = 0;
        loop {
            let piece = octets.get(from..octets.len().min(from + PIECE)).unwrap_or_default();
            self.look_at(octets, from, piece, &mut spans);
            if from + piece.len() >= octets.len() {
                break;
            }
            from += PIECE - OVERLAP;
        }
        spans.sort_unstable_by_key(|span| (span.start, span.end));
        spans
    }

    fn look_at(&self, octets: &[u8], from: usize, piece: &[u8], spans: &mut Vec<Range<usize>>) {
        let mut hits = Vec::new();
        let is_all = views::every(piece, &mut |view, is_text| {
            for known in [&*self.run, &self.own] {
                known.secrets_in(&view.octets, &mut hits);
                if is_text {
                    known.codes_in(&view.octets, &mut hits);
                    known.cut_in(&view.octets, &mut hits);
                }
            }
            for mut hit in hits.drain(..) {
                while hit.goes_on && view.octets.get(hit.part.end).is_some_and(|octet| is_word(*octet)) {
                    hit.part.end += 1;
                }
                let Some(mut place) = view.place(&hit.part) else { continue };
                place = place.start + from..place.end + from;
                // What goes on behind this piece.
                while hit.goes_on && hit.part.end == view.octets.len() && octets.get(place.end).is_some_and(|octet| is_word(*octet)) {
                    place.end += 1;
                }
                spans.push(place);
            }
        });
        if !is_all {
            // Somebody hides something in more writings than can be looked at.
            spans.push(from..from + piece.len());
        }
    }
}

/// What a secret that was found in part may go on with.
const fn is_word(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_' | b'.' | b'~' | b'+' | b'/' | b'=' | b'%' | b'\\')
}

/// The octets with a mark in the place of each span.
fn blanked(octets: &[u8], spans: Vec<Range<usize>>) -> Vec<u8> {
    let (mut out, mut kept) = (Vec::with_capacity(octets.len()), 0);
    let mut is_marked = false;
    for span in spans {
        if span.start > kept || !is_marked {
            out.extend_from_slice(octets.get(kept..span.start).unwrap_or_default());
            out.extend_from_slice(BLANK.as_bytes());
            is_marked = true;
        }
        kept = kept.max(span.end);
    }
    out.extend_from_slice(octets.get(kept..).unwrap_or_default());
    out
}

/// A value that is not shown: how long it is. No hash of it: beside what was signed, that would be enough to try out secrets.
#[must_use]
pub fn masked(value: &[u8]) -> String {
    format!("({} octets)", value.len())
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};

    use super::*;
    use crate::probe::draft::encoded;

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

    fn redactor(secrets: &[&str]) -> Redactor {
        Redactor::of(&secrets.iter().map(|secret| Secret::new(secret.as_bytes().to_vec())).collect::<Vec<_>>())
    }

    #[test]
    fn a_part_of_a_secret_is_one_too_and_short_ones_are_not_looked_for() {
        let redactor = redactor(&["0123456789abcdefghij", "test"]);
        for (text, expected) in [
            ("key 0123456789ab… of a test", "key (redacted)… of a test"),
            ("0123456789abcdefghij0123456789abcdefghij", "(redacted)"),
            // The middle and the end; and what follows a part, up to what ends a word.
            ("<456789abcdef>", "<(redacted)>"),
            ("'89abcdefghij'", "'(redacted)'"),
            ("a=0123456789abXYZ-9%20x&b=1", "a=(redacted)&b=1"),
            ("0123456789ABCDEFGHIJ", "(redacted)"),
            ("jihgfedcba9876543210", "(redacted)"),
            // Cut so short that only the points behind it tell.
            ("key 01234…", "key (redacted)…"),
            ("key 01234... x", "key (redacted)... x"),
            ("key 01234 x", "key 01234 x"),
            ("key 012…", "key 012…"),
            ("0123456789a", "0123456789a"),
        ] {
            assert_eq!(redactor.sweep(text), expected, "{text}");
        }
        assert!(Redactor::of(&[Secret::new(b"short".to_vec())]).is_empty());
        assert_eq!(Redactor::default().sweep("0123456789abcdefghij"), "0123456789abcdefghij");
    }

    #[test]
    fn a_secret_that_looks_like_escapes_is_found_where_others_are_taken_off() {
        let redactor = redactor(&["100%41 \"of\" it&lt;all"]);
        for text in [
            "100%41 \"of\" it&lt;all",
            "100%41 \\\"of\\\" it&lt;all",
            "100%2541%20%22of%22%20it%26lt%3Ball",
            "100%41 &quot;of&quot; it&amp;lt;all",
        ] {
            assert_eq!(redactor.sweep(text), BLANK, "{text}");
        }
    }

    #[test]
    fn codes_are_found_where_they_stand_alone() {
        let code = Secret::new(b"WXY42".to_vec());
        let redactor = Redactor::with(&Arc::new(Known::of([], [&code])), []);
        assert!(!redactor.is_empty());
        for (text, expected) in [
            ("<b>WXY42</b> AWXY42 WXY423", "<b>(redacted)</b> AWXY42 WXY423"),
            ("verifier%3DWXY42%26x", "verifier%3D(redacted)%26x"),
            ("WXY42", "(redacted)"),
        ] {
            assert_eq!(redactor.sweep(text), expected, "{text}");
        }
    }

    #[test]
    fn a_long_text_is_swept_at_every_place_and_its_end_is_no_hole() {
        let redactor = redactor(&["0123456789abcdefghij"]);
        for before in [PIECE - OVERLAP - 10, PIECE - 10, PIECE * 2 - OVERLAP - 10, PIECE * 3] {
            let text = format!("{}0123456789abcdefghij end", ".".repeat(before));
            assert_eq!(redactor.sweep(&text), format!("{}(redacted) end", ".".repeat(before)), "{before}");
        }
        // Whatever is cut off at the end, nothing is left of the secret.
        let text = format!("{} 0123456789abcdefghij", "word ".repeat(60));
        for end in text.len() - 21..=text.len() {
            let swept = String::from_utf8(redactor.sweep_beginning(&text.as_bytes()[..end])).unwrap();
            assert!(swept.starts_with("word word ") && !swept.contains('0'), "{swept}");
        }
        assert_eq!(redactor.sweep_beginning(b"short"), b"");
    }

    #[test]
    fn however_many_secrets_there_are_the_work_is_bounded() {
        let many: Vec<Secret> = (0..5000).map(|number| Secret::new(format!("{number:05}").repeat(2000).into_bytes())).collect();
        let known = Known::of(&many, []);
        // Twice, because each is looked for backwards too.
        assert!(known.len() <= 2 * 2 * 1024 * 1024, "{}", known.len());
        let redactor = Redactor::with(&Arc::new(known), []);
        assert!(!redactor.sweep("0499904999049990499904999").contains("4999"));
    }

    #[test]
    fn what_is_masked_can_not_be_read() {
        assert_eq!(masked(b"ABC12"), "(5 octets)");
        assert_eq!(masked(b"hunter2hunter2hunter2"), "(21 octets)");
    }
}
