//! The normalized parameters that departures give (RFC 5849 section 3.4.1.3.2): every list of [`Lists`], encoded, sorted and joined in
//! every way.

use super::catalogue::{Catalogue, Set};
use super::lists::Lists;
use super::pool::{Item, Pool};
use crate::deviation::{Conduct, Stage};
use crate::protocol::normalization::EncodedParameters;
use crate::protocol::{Buffer, Encoder, Parameters, Recipe, Request};

/// The most values that are kept, and the most octets in them.
const MOST: usize = 60_000;
const MOST_OCTETS: usize = 64 << 20;

/// The most causes that are considered between a list and its text.
const MOST_CAUSES: usize = 4;

/// Normalized parameters, with the encoding that the parts of the base string get.
#[derive(Clone, Debug)]
pub struct Normalized {
    /// The text.
    pub text: Vec<u8>,
    /// The encoding of the base string's parts.
    pub part: Encoder,
    /// Which of the encodings it is: equal numbers, equal encodings.
    pub part_number: u16,
}

/// One way from a list to its text.
struct Way {
    set: Set,
    recipe: Recipe,
    part_number: u16,
}

/// The normalized parameters that may have been signed; they are found level by level, as the search needs them.
pub struct NormalizedTexts<'a> {
    request: &'a Request<'a>,
    lists: Lists<'a>,
    /// By the number of causes.
    ways: Vec<Vec<Way>>,
    pool: Pool<Normalized>,
    encoded: EncodedParameters,
}

impl<'a> NormalizedTexts<'a> {
    /// The text that the specification gives, for a start.
    #[must_use]
    pub fn new(request: &'a Request<'a>, lists: Lists<'a>, catalogue: &Catalogue) -> NormalizedTexts<'a> {
        let ways = ways(catalogue);
        let mut encoded = EncodedParameters::default();
        let own = Parameters::new();
        let list = lists.pool().level(0).first().map_or(&own, |item| &item.value);
        let (key, value) = match ways.first().and_then(|level| level.first()) {
            Some(way) => write(way, list, request, &mut encoded),
            None => (Vec::new(), Normalized { text: Vec::new(), part: Encoder::RFC5849, part_number: 0 }),
        };
        let most = MOST.min(MOST_OCTETS / (2 * key.len() + 100));
        NormalizedTexts { request, lists, ways, pool: Pool::new(key, value, most), encoded }
    }

    /// Finds the texts of the next number of causes.
    pub fn grow(&mut self) {
        let cost = self.pool.reached() + 1;
        while self.lists.pool().reached() < cost {
            self.lists.grow();
        }
        for of_list in 0..=cost {
            let Some(ways) = self.ways.get(cost - of_list) else { continue };
            for Item { value: list, sets } in self.lists.pool().level(of_list) {
                for way in ways {
                    let (key, value) = write(way, list, self.request, &mut self.encoded);
                    for set in sets {
                        self.pool.add(key.clone(), value.clone(), [set.as_slice(), &way.set].concat());
                    }
                }
            }
        }
        self.pool.end_level();
    }

    /// The texts by the number of causes.
    #[must_use]
    pub fn pool(&self) -> &Pool<Normalized> {
        &self.pool
    }
}

fn write(way: &Way, list: &Parameters, request: &Request<'_>, encoded: &mut EncodedParameters) -> (Vec<u8>, Normalized) {
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
    let mut text = Buffer::default();
    recipe.join.append(encoded, &mut text);
    let text = text.to_vec();
    let mut key = text.clone();
    key.extend_from_slice(&way.part_number.to_le_bytes());
    (key, Normalized { text, part: recipe.encode.part, part_number: way.part_number })
}

/// The combinations of causes between list and text, by their number.
fn ways(catalogue: &Catalogue) -> Vec<Vec<Way>> {
    let numbers = catalogue.of_stages(|stage| (Stage::Encode..=Stage::Join).contains(&stage));
    let mut parts: Vec<Encoder> = Vec::new();
    let mut way = |set: Set| {
        let recipe = Conduct::of(catalogue.causes(&set)).practice.recipe;
        let part = recipe.encode.part;
        let known = parts.iter().position(|known| known.is_same(part));
        let place = known.unwrap_or_else(|| {
            parts.push(part);
            parts.len() - 1
        });
        Way { set, recipe, part_number: u16::try_from(place).unwrap_or(u16::MAX) }
    };
    let mut levels = vec![vec![way(Vec::new())]];
    for _ in 0..MOST_CAUSES {
        let mut level = Vec::new();
        for shorter in levels.last().into_iter().flatten() {
            let behind = catalogue.last_stage(&shorter.set);
            for &number in &numbers {
                if behind.is_none() || catalogue.last_stage(&[number]) > behind {
                    let mut set = shorter.set.clone();
                    set.push(number);
                    level.push(way(set));
                }
            }
        }
        // Thousands of ways to write each of thousands of lists would be no search any more.
        level.truncate(2000);
        levels.push(level);
    }
    levels
}
