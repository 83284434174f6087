//! The normalized parameters that departures give (RFC 5849 section 3.4.1.3.2): every list of [`Lists`], encoded, sorted and joined in
//! every way.

use super::catalogue::{Catalogue, Set};
use super::lists::Lists;
use super::pool::{Item, May, Pool};
use crate::deviation::{Conduct, Stage};
use crate::protocol::base_string::Parts;
use crate::protocol::normalization::EncodedParameters;
use crate::protocol::{Buffer, Encoder, Parameters, Recipe, Request};

/// The most values that are kept, and the most octets in them.
const MOST: usize = 60_000;
const MOST_OCTETS: usize = 64 << 20;

/// The most causes that are considered between a list and its text.
const MOST_CAUSES: usize = 4;

/// The most combinations of each number of causes beyond two.
const MOST_WAYS: usize = 2000;

/// Normalized parameters, with the encoding that the parts of the base string get.
#[derive(Clone, Debug)]
pub struct Normalized {
    /// The text.
    pub text: Vec<u8>,
    /// The encoding of the base string's parts.
    pub part: Encoder,
    /// Which of the encodings it is: equal numbers, equal encodings.
    pub part_number: u16,
    /// The text as a part of the base string, where that is not just [`Normalized::text`] encoded.
    pub as_part: Option<Vec<u8>>,
}

/// One way from a list to its text.
struct Way {
    set: Set,
    recipe: Recipe,
    part_number: u16,
    /// Whether it puts the base string together in a way of its own.
    puts_together: bool,
}

/// The normalized parameters that may have been signed; they are found level by level, as the search needs them.
pub struct NormalizedTexts<'a> {
    request: &'a Request<'a>,
    lists: Lists<'a>,
    ways: Ways<'a>,
    pool: Pool<Normalized>,
    /// The text that is looked for, if it is known: no other one is kept.
    wanted: Option<&'a [u8]>,
    memory: Memory,
}

/// Memory that is used again for each text.
#[derive(Default)]
struct Memory {
    encoded: EncodedParameters,
    text: Buffer,
    key: Vec<u8>,
}

impl<'a> NormalizedTexts<'a> {
    /// The text that the specification gives, for a start. Of the others only `wanted` is kept, if it is known.
    #[must_use]
    pub fn new(request: &'a Request<'a>, lists: Lists<'a>, catalogue: &'a Catalogue, wanted: Option<&'a [u8]>) -> NormalizedTexts<'a> {
        let ways = Ways::new(catalogue);
        let mut memory = Memory::default();
        let own = Parameters::new();
        let list = lists.pool().level(0).first().map_or(&own, |item| &item.value);
        let value = match ways.levels.first().and_then(|level| level.first()) {
            Some(way) => {
                memory.write(way, list, request);
                let as_part = memory.end(way);
                memory.normalized(way, as_part)
            }
            None => Normalized { text: Vec::new(), part: Encoder::RFC5849, part_number: 0, as_part: None },
        };
        let most = MOST.min(MOST_OCTETS / (2 * memory.key.len() + 100));
        NormalizedTexts { request, lists, ways, pool: Pool::new(memory.key.clone(), value, most), wanted, memory }
    }

    /// Finds the texts of the next number of causes.
    pub fn grow(&mut self, may: May<'_>) {
        let cost = self.pool.reached() + 1;
        while self.lists.pool().reached() < cost {
            self.lists.grow(may);
        }
        self.ways.grow();
        for of_list in 0..=cost {
            let Some(ways) = self.ways.levels.get(cost - of_list) else { continue };
            for Item { value: list, sets } in self.lists.pool().level(of_list) {
                for way in ways {
                    if !may() {
                        return self.pool.cut_level();
                    }
                    self.memory.write(way, list, self.request);
                    if self.wanted.is_some_and(|wanted| wanted != &*self.memory.text) {
                        continue;
                    }
                    let as_part = self.memory.end(way);
                    let memory = &self.memory;
                    for set in sets {
                        let value = || memory.normalized(way, as_part.clone());
                        self.pool.add(&memory.key, value, [set.as_slice(), &way.set].concat());
                    }
                }
            }
        }
        self.pool.end_level();
    }

    /// Whether no combination was left out so far.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.pool.is_whole() && self.lists.pool().is_whole() && self.ways.is_whole
    }

    /// The texts by the number of causes.
    #[must_use]
    pub const fn pool(&self) -> &Pool<Normalized> {
        &self.pool
    }
}

impl Memory {
    /// Writes the text of a list.
    fn write(&mut self, way: &Way, list: &Parameters, request: &Request<'_>) {
        let Memory { encoded, text, .. } = self;
        let recipe = &way.recipe;
        // A departure that sorts before it encodes is a step of its own.
        let mut own = Parameters::new();
        let list = if recipe.steps.is_empty() {
            list
        } else {
            own.append(list);
            recipe.steps.take(request, &mut own);
            &own
        };
        encoded.encode(list, &recipe.encode);
        (recipe.order)(encoded);
        text.clear();
        recipe.join.append(encoded, text);
    }

    /// Writes the key of a text that was written; the text as a part of the base string, where that is not just the text encoded.
    fn end(&mut self, way: &Way) -> Option<Vec<u8>> {
        let Memory { encoded, text, key } = self;
        let recipe = &way.recipe;
        let as_part = way.puts_together.then(|| {
            let parts = Parts { method: b"", uri: b"", normalized: text, twice: Some(encoded), encode: recipe.encode.part };
            let mut base_string = Buffer::default();
            (recipe.concatenate)(&parts, &mut base_string);
            base_string.strip_prefix(b"&&").unwrap_or(&base_string).to_vec()
        });
        key.clear();
        key.extend_from_slice(text);
        key.extend_from_slice(&way.part_number.to_le_bytes());
        key.extend_from_slice(as_part.as_deref().unwrap_or_default());
        as_part
    }

    /// The text that was written.
    fn normalized(&self, way: &Way, as_part: Option<Vec<u8>>) -> Normalized {
        Normalized { text: self.text.to_vec(), part: way.recipe.encode.part, part_number: way.part_number, as_part }
    }
}

/// The combinations of causes between list and text, by their number; they are made level by level, as they are needed.
struct Ways<'a> {
    catalogue: &'a Catalogue,
    numbers: Set,
    parts: Vec<Encoder>,
    levels: Vec<Vec<Way>>,
    /// Whether no combination was left out so far.
    is_whole: bool,
}

impl<'a> Ways<'a> {
    fn new(catalogue: &'a Catalogue) -> Ways<'a> {
        let numbers = catalogue.of_stages(|stage| (Stage::Encode..=Stage::Join).contains(&stage));
        let mut ways = Ways { catalogue, numbers, parts: Vec::new(), levels: Vec::new(), is_whole: true };
        let own = ways.way(Vec::new());
        ways.levels.push(vec![own]);
        ways
    }

    fn way(&mut self, set: Set) -> Way {
        let recipe = Conduct::of(self.catalogue.causes(&set)).practice.recipe;
        let part = recipe.encode.part;
        let place = self.parts.iter().position(|known| known.is_same(part)).unwrap_or_else(|| {
            self.parts.push(part);
            self.parts.len() - 1
        });
        let puts_together = !std::ptr::fn_addr_eq(recipe.concatenate, Recipe::RFC5849.concatenate);
        Way { set, recipe, part_number: u16::try_from(place).unwrap_or(u16::MAX), puts_together }
    }

    fn grow(&mut self) {
        let causes = self.levels.len();
        if causes > MOST_CAUSES {
            self.is_whole = false;
            return;
        }
        // Thousands of ways to write each of thousands of lists would be no search any more.
        let most = if causes > 2 { MOST_WAYS } else { usize::MAX };
        let mut sets = Vec::new();
        for shorter in self.levels.last().into_iter().flatten() {
            let behind = self.catalogue.last_stage(&shorter.set);
            for &number in &self.numbers {
                if behind.is_some() && self.catalogue.last_stage(&[number]) <= behind {
                    continue;
                }
                if sets.len() == most {
                    self.is_whole = false;
                    break;
                }
                sets.push([shorter.set.as_slice(), &[number]].concat());
            }
        }
        let level = sets.into_iter().map(|set| self.way(set)).collect();
        self.levels.push(level);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::singles::with_request;
    use super::*;
    use crate::deviation::{Rank, Side, all};

    #[test]
    fn every_pair_of_departures_is_a_way_and_what_is_left_out_of_three_is_told() {
        let stages = Stage::Encode..=Stage::Join;
        let of_text = || all().filter(|deviation| deviation.stage.side() == Side::Signing && stages.contains(&deviation.stage));
        let pairs = of_text().map(|first| of_text().filter(|second| second.stage > first.stage).count()).sum::<usize>();
        with_request(|subject| {
            let catalogue = Catalogue::of(subject, Rank::Plausible, false);
            let mut ways = Ways::new(&catalogue);
            ways.grow();
            ways.grow();
            assert_eq!(ways.levels.iter().map(Vec::len).collect::<Vec<_>>(), [1, of_text().count(), pairs]);
            assert!(ways.is_whole);
            ways.grow();
            assert_eq!((ways.levels[3].len(), ways.is_whole), (MOST_WAYS, false));
        });
    }
}
