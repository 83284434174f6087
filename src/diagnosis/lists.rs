//! The lists of parameters that departures collect (RFC 5849 section 3.4.1.3.1), decoded, before they are encoded and sorted.

use super::catalogue::{Catalogue, Number, Set};
use super::evidence::Subject;
use super::pool::{May, Pool};
use crate::deviation::input::with_inputs;
use crate::deviation::{Conduct, Stage};
use crate::protocol::{Parameters, Source};

/// The most lists that are kept, and the most octets in them.
const MOST: usize = 20_000;
const MOST_OCTETS: usize = 64 << 20;

/// The lists that may have been signed; they are found level by level, as the search needs them.
pub struct Lists<'a> {
    subject: &'a Subject<'a>,
    catalogue: &'a Catalogue,
    numbers: Set,
    pool: Pool<Parameters>,
}

impl<'a> Lists<'a> {
    /// The list that the specification collects, for a start.
    #[must_use]
    pub fn new(subject: &'a Subject<'a>, catalogue: &'a Catalogue) -> Lists<'a> {
        let is_wanted = |stage: Stage| stage.is_list() || matches!(stage, Stage::InputParameter | Stage::InputBody);
        let (key, list) = derive(subject, catalogue, &[]).unwrap_or_default();
        let most = MOST.min(MOST_OCTETS / (2 * key.len() + 100));
        Lists { subject, catalogue, numbers: catalogue.of_stages(is_wanted), pool: Pool::new(key, list, most) }
    }

    /// Finds the lists of the next number of causes.
    pub fn grow(&mut self, may: May<'_>) {
        let (subject, catalogue) = (self.subject, self.catalogue);
        self.pool.grow(catalogue, &self.numbers, may, |set| derive(subject, catalogue, set));
    }

    /// The lists by the number of causes.
    #[must_use]
    pub const fn pool(&self) -> &Pool<Parameters> {
        &self.pool
    }
}

fn derive(subject: &Subject<'_>, catalogue: &Catalogue, set: &[Number]) -> Option<(Vec<u8>, Parameters)> {
    let conduct = Conduct::of(catalogue.causes(set));
    let recipe = &conduct.practice.recipe;
    let list = with_inputs(&conduct.inputs, subject.request, |request| {
        let mut list = Parameters::new();
        (recipe.collect)(recipe.read, request, &mut list)?;
        recipe.steps.take(request, &mut list);
        Ok(list)
    })
    .ok()?;
    Some((key(&list), list))
}

/// What makes two lists different: names, values, order, and what some later departures look at.
fn key(list: &Parameters) -> Vec<u8> {
    let mut key = Vec::with_capacity(list.octets() + 10 * list.len());
    for parameter in list.iter() {
        // Lengths and not separators, because any octet may stand in a name.
        key.extend_from_slice(&(parameter.name.len() as u32).to_le_bytes());
        key.extend_from_slice(parameter.name);
        key.extend_from_slice(&(parameter.value.len() as u32).to_le_bytes());
        key.extend_from_slice(parameter.value);
        key.push(match parameter.source {
            Source::Query => 0,
            Source::Header => 1,
            Source::Body => 2,
        });
        key.push(u8::from(parameter.bare));
    }
    key
}
