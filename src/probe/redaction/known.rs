//! What is looked for: secrets by every few octets in a row, so that the beginning, the middle and the end of one are found too, and the
//! time that a text takes does not depend on how many secrets there are.

use std::collections::HashMap;
use std::ops::Range;

use super::SHORTEST;
use super::views;
use crate::protocol::Secret;

/// How much of a long secret is a secret too, in octets.
const PART: usize = 12;
/// How much of a secret's beginning is one where the text is cut behind it, in octets.
const SHORTEST_CUT: usize = 4;
/// The octets of secrets that are looked for, of each and of all together; of more, the last ones.
const LONGEST: usize = 4 * 1024;
const MOST: usize = 2 * 1024 * 1024;
/// The shortest verification code that is looked for where it stands alone, in octets.
const SHORTEST_CODE: usize = 4;
/// The most such codes.
const MOST_CODES: usize = 256;
/// The bits of the filter before the table.
const FILTER: u32 = 20;

/// Secrets that are looked for.
#[derive(Default)]
pub struct Known {
    grams: HashMap<u64, Gram>,
    /// Most octets of a text are in no secret: this says so without asking the table.
    filter: Vec<u64>,
    /// How each secret begins, in order.
    heads: Vec<Vec<u8>>,
    codes: Vec<Vec<u8>>,
}

/// Eight octets of a secret.
#[derive(Clone, Copy)]
struct Gram {
    /// How many in a row make a secret.
    needed: usize,
    /// Whether a secret ends here.
    ends: bool,
}

/// Where something was found, and whether it goes on behind it.
pub(super) struct Hit {
    pub(super) part: Range<usize>,
    pub(super) goes_on: bool,
}

impl Known {
    /// Looks for these secrets, and for these verification codes, which may be short.
    #[must_use]
    pub fn of<'a>(secrets: impl IntoIterator<Item = &'a Secret>, codes: impl IntoIterator<Item = &'a Secret>) -> Known {
        let mut known = Known::default();
        let all: Vec<&[u8]> = secrets.into_iter().map(Secret::expose).filter(|secret| secret.len() >= SHORTEST).collect();
        let mut left = MOST;
        for secret in all.into_iter().rev() {
            // One that is cut has no end that is known.
            let is_whole = secret.len() < LONGEST;
            let secret = secret.get(..LONGEST).unwrap_or(secret);
            let Some(rest) = left.checked_sub(secret.len()) else { break };
            left = rest;
            known.add(secret, is_whole);
        }
        known.heads.sort_unstable();
        known.heads.dedup();
        let is_code = |code: &&[u8]| code.len() >= SHORTEST_CODE && code.len() < SHORTEST;
        known.codes = codes.into_iter().map(Secret::expose).filter(is_code).map(<[u8]>::to_vec).collect();
        known.codes.sort_unstable();
        known.codes.dedup();
        known.codes.truncate(MOST_CODES);
        known
    }

    /// Whether there is nothing to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.grams.is_empty() && self.codes.is_empty()
    }

    /// How many things are looked for.
    #[must_use]
    pub fn len(&self) -> usize {
        self.grams.len() + self.codes.len()
    }

    fn add(&mut self, secret: &[u8], is_whole: bool) {
        let head = secret.get(..PART).unwrap_or(secret);
        self.heads.push(head.iter().map(|octet| folded(*octet)).collect());
        self.gram(secret, is_whole);
        let reversed: Vec<u8> = secret.iter().rev().copied().collect();
        self.gram(&reversed, true);
        // One that looks like an escape is met with the escape taken off, where others are taken off with it.
        if memchr::memchr3(b'%', b'\\', b'&', secret).is_some() {
            views::layers(secret, &mut |octets| self.gram(octets, is_whole));
        }
    }

    fn gram(&mut self, secret: &[u8], is_whole: bool) {
        let is_short = secret.len() < PART + 4;
        let needed = (if is_short { secret.len() } else { PART }).saturating_sub(SHORTEST - 1);
        if needed == 0 {
            return;
        }
        let last = secret.len() - SHORTEST;
        for (at, gram) in secret.windows(SHORTEST).enumerate() {
            let gram = gram.iter().fold(0_u64, |gram, octet| gram << 8 | u64::from(folded(*octet)));
            let known = self.grams.entry(gram).or_insert(Gram { needed, ends: false });
            known.needed = known.needed.min(needed);
            known.ends |= is_whole && at == last;
            if self.filter.is_empty() {
                self.filter = vec![0; 1 << FILTER >> 6];
            }
            let bit = bit_of(gram);
            if let Some(word) = self.filter.get_mut(bit >> 6) {
                *word |= 1 << (bit & 63);
            }
        }
    }

    fn look_up(&self, gram: u64) -> Option<Gram> {
        let bit = bit_of(gram);
        self.filter.get(bit >> 6).filter(|word| *word >> (bit & 63) & 1 == 1)?;
        self.grams.get(&gram).copied()
    }

    /// Secrets and parts of secrets in these octets.
    pub(super) fn secrets_in(&self, octets: &[u8], found: &mut Vec<Hit>) {
        if self.grams.is_empty() {
            return;
        }
        let (mut gram, mut run) = (0_u64, Run::default());
        for (at, octet) in octets.iter().enumerate() {
            gram = gram << 8 | u64::from(folded(*octet));
            let Some(from) = (at + 1).checked_sub(SHORTEST) else { continue };
            match self.look_up(gram) {
                Some(known) => run.add(from, known),
                None => run.finish(found),
            }
        }
        run.finish(found);
    }

    /// Verification codes that stand alone.
    pub(super) fn codes_in(&self, octets: &[u8], found: &mut Vec<Hit>) {
        let is_word = |at: Option<usize>| at.and_then(|at| octets.get(at)).is_some_and(u8::is_ascii_alphanumeric);
        for code in &self.codes {
            for at in memchr::memmem::find_iter(octets, code) {
                let end = at + code.len();
                if !is_word(at.checked_sub(1)) && !is_word(Some(end)) {
                    found.push(Hit { part: at..end, goes_on: false });
                }
            }
        }
    }

    /// The beginnings of secrets behind which a text is cut: three points follow.
    pub(super) fn cut_in(&self, octets: &[u8], found: &mut Vec<Hit>) {
        if self.heads.is_empty() {
            return;
        }
        for mark in ["…", "..."] {
            for end in memchr::memmem::find_iter(octets, mark) {
                // An escape may be cut too.
                let half = octets.get(end.saturating_sub(8)..end).unwrap_or_default();
                let half = half.iter().rposition(|octet| matches!(octet, b'%' | b'\\' | b'&')).map(|at| end.saturating_sub(8) + at);
                for until in [Some(end), half].into_iter().flatten() {
                    if let Some(length) = self.head_before(octets.get(..until).unwrap_or_default()) {
                        found.push(Hit { part: until - length..end, goes_on: false });
                    }
                }
            }
        }
    }

    /// How much of the end of this text is the beginning of a secret.
    fn head_before(&self, text: &[u8]) -> Option<usize> {
        (SHORTEST_CUT..PART).rev().find(|length| {
            let Some(from) = text.len().checked_sub(*length) else { return false };
            let end: Vec<u8> = text.iter().skip(from).map(|octet| folded(*octet)).collect();
            let is_whole_word = from.checked_sub(1).and_then(|at| text.get(at)).is_none_or(|octet| !octet.is_ascii_alphanumeric());
            let next = self.heads.partition_point(|head| head.as_slice() < end.as_slice());
            is_whole_word && self.heads.get(next).is_some_and(|head| head.starts_with(&end))
        })
    }
}

/// Eight octets after the other that are in secrets.
#[derive(Default)]
struct Run {
    from: usize,
    length: usize,
    needed: usize,
    ends: bool,
}

impl Run {
    fn add(&mut self, from: usize, gram: Gram) {
        if self.length == 0 {
            *self = Run { from, length: 0, needed: gram.needed, ends: false };
        }
        self.length += 1;
        self.needed = self.needed.min(gram.needed);
        self.ends = gram.ends;
    }

    fn finish(&mut self, found: &mut Vec<Hit>) {
        if self.length > 0 && self.length >= self.needed {
            found.push(Hit { part: self.from..self.from + self.length + SHORTEST - 1, goes_on: !self.ends });
        }
        self.length = 0;
    }
}

/// Some write everything in small letters, or large ones; forms write a blank as a plus.
const fn folded(octet: u8) -> u8 {
    if octet == b'+' { b' ' } else { octet.to_ascii_lowercase() }
}

const fn bit_of(gram: u64) -> usize {
    (gram.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - FILTER)) as usize
}
