//! Encoding twice at once (RFC 5849 sections 3.4.1.3.2 and 3.4.1.1): names and values become a part of the normalized parameters, and
//! those a part of the base string.

use super::buffer::{Buffer, Padded, Step, last_step};
use super::encoding::{OctetTable, Run, WINDOW, Writer, cut, head, octets_of, put_octets, put_row};
use super::scan::{self, STEP};

/// Encodes texts with a table that [`super::Encoder::table_with`] gave, appends them to a buffer, and to another what they are encoded
/// once more.
pub(super) struct TwiceEncoder<'a> {
    table: &'a OctetTable,
    once: Writer<'a>,
    twice: Writer<'a>,
    at: Places,
}

/// Where the next octet goes in a text, and in the same text encoded again.
#[derive(Clone, Copy, Default)]
pub(super) struct Places {
    pub(super) once: usize,
    pub(super) twice: usize,
}

impl<'a> TwiceEncoder<'a> {
    /// For so many octets together, and so many separators.
    pub(super) fn new(
        table: &'a OctetTable,
        octets: usize,
        separators: usize,
        once: &'a mut Buffer,
        twice: &'a mut Buffer,
    ) -> TwiceEncoder<'a> {
        // An octet takes at most three, and five after the second time; a separator one, and three.
        let once = Writer::new(once, 3 * octets + separators);
        let twice = Writer::new(twice, 5 * octets + 3 * separators);
        TwiceEncoder { table, once, twice, at: Places::default() }
    }

    /// Encodes a text, with a separator behind it: as it is at first, encoded the second time. Tells where that ends.
    #[inline(always)]
    pub(super) fn put(&mut self, text: Padded<'_>, separator: Option<u8>) -> Places {
        let table = self.table;
        let (mut memory, mut left) = (text.rest(), text.length);
        // All but the last step of a long text: nothing else is asked there.
        while left > 4 * STEP
            && let Some(step) = memory.first_chunk()
            && let (Some(first), Some(second)) = (self.once.place(self.at.once), self.twice.place(self.at.twice))
        {
            let (mut in_first, mut in_second) = (0, 0);
            let specials = scan::reserved(head(step));
            if is_dense(specials) {
                put_each(table, head(step), (first, &mut in_first), (second, &mut in_second));
            } else {
                (in_first, in_second) = put_runs(table, step, STEP, specials, first, second);
            }
            self.at = Places { once: self.at.once + in_first, twice: self.at.twice + in_second };
            memory = memory.get(STEP..).unwrap_or_default();
            left -= STEP;
        }
        loop {
            let copy;
            let step = match memory.first_chunk() {
                Some(step) => step,
                None => {
                    copy = rare_last_step(memory);
                    &copy
                }
            };
            let (Some(first), Some(second)) = (self.once.place(self.at.once), self.twice.place(self.at.twice)) else { return self.at };
            let length = left.min(STEP);
            let specials = scan::reserved(head(step)) & ((1 << length) - 1);
            let (mut in_first, mut in_second) = (length, length);
            if specials == 0 {
                let octets = octets_of(step, Run { from: 0, length });
                put_octets(first, &mut 0, octets, length);
                put_octets(second, &mut 0, octets, length);
            } else {
                (in_first, in_second) = put_runs(table, step, length, specials, first, second);
            }
            if let Some(octet) = separator.filter(|_| left <= STEP) {
                first[usize::from(in_first as u8)] = octet;
                in_first += 1;
                put_row(second, &mut in_second, table.row_of(octet));
            }
            self.at = Places { once: self.at.once + in_first, twice: self.at.twice + in_second };
            if left <= STEP {
                return self.at;
            }
            memory = memory.get(STEP..).unwrap_or_default();
            left -= STEP;
        }
    }

    /// Counts what was written.
    pub(super) fn finish(self) {
        self.once.finish_at(self.at.once);
        self.twice.finish_at(self.at.twice);
    }
}

/// Whether a step has so many special octets that it is faster put octet by octet than run by run. They are counted with a table, because
/// not every processor of the baseline can count bits.
#[inline(always)]
fn is_dense(specials: u32) -> bool {
    BITS[specials as usize & 0xff] + BITS[specials as usize >> 8 & 0xff] > DENSE
}

const DENSE: u8 = 5;

/// How many bits an octet has.
static BITS: [u8; 256] = {
    let mut table = [0; 256];
    let mut octet = 1;
    while octet < 256 {
        table[octet] = (octet & 1) as u8 + table[octet >> 1];
        octet += 1;
    }
    table
};

/// Puts the octets of a whole step into the windows of both texts, one by one: no branch depends on what they are.
#[inline(never)]
fn put_each(
    table: &OctetTable,
    octets: &[u8; STEP],
    (first, in_first): (&mut [u8; WINDOW], &mut usize),
    (second, in_second): (&mut [u8; WINDOW], &mut usize),
) {
    for octet in octets {
        put_row(first, in_first, table.row_of(*octet));
        put_row(second, in_second, table.second_row_of(*octet));
    }
}

/// Puts the first `length` octets of a step into the windows of both texts, run by run, and tells how long they became. Not a part of its
/// caller, so that both lengths stay in registers.
#[inline(never)]
fn put_runs(
    table: &OctetTable,
    step: &Step,
    length: usize,
    specials: u32,
    first: &mut [u8; WINDOW],
    second: &mut [u8; WINDOW],
) -> (usize, usize) {
    let (mut in_first, mut in_second) = (0, 0);
    cut(step, length, specials, |run, octet| {
        let octets = octets_of(step, run);
        put_octets(first, &mut in_first, octets, run.length);
        put_octets(second, &mut in_second, octets, run.length);
        if let Some(octet) = octet {
            put_row(first, &mut in_first, table.row_of(octet));
            put_row(second, &mut in_second, table.second_row_of(octet));
        }
    });
    (in_first, in_second)
}

/// A parameter is followed by others or by memory that is left over, so that it hardly ever ends where memory does.
#[cold]
#[inline(never)]
fn rare_last_step(rest: &[u8]) -> Step {
    last_step(rest)
}
