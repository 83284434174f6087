//! Implementations that make the mistakes which were found, to be asked what else those explain. They are made once: a search asks them
//! hundreds of times.

use std::collections::BTreeMap;

use super::super::find::Find;
use super::VERDICT;
use crate::deviation::{Cause, Conduct, Stage};
use crate::implementation::{Implementation as _, Observation, Reference};
use crate::judgement::diagnosing::{can_show, is_alike};
use crate::vectors::{Operation, Question};

/// One for each set of causes of each find.
#[derive(Debug, Default)]
pub(super) struct Suspects {
    each: Vec<Suspect>,
    /// Their places in that list: whoever explained something last is asked first.
    order: Vec<usize>,
    /// Whoever explained something along an axis last, or after something was done to a request: most likely the same once more.
    last: BTreeMap<&'static str, usize>,
    /// Whoever makes all the mistakes, where there are several finds: of each, the first set. Who signs makes those that were found in
    /// signatures, and who verifies may make those too.
    signer: Several,
    verifier: Several,
    /// The checks before signing that were found to be missing.
    unchecked: Vec<Cause>,
    /// Whoever leaves out all of them, and whoever makes the mistakes of one set beside.
    careless: Vec<Reference>,
    /// Whoever makes none.
    right: Reference,
}

/// Whether it is that a signer does not look at something.
fn is_check(cause: &Cause) -> bool {
    cause.stage().is_admission()
}

/// Somebody who makes the mistakes of several finds.
#[derive(Debug, Default)]
struct Several {
    reference: Option<Reference>,
    causes: Vec<Cause>,
}

impl Several {
    /// Adds causes of another find.
    fn add<'c>(&mut self, causes: impl Iterator<Item = &'c Cause>) {
        let had_others = !self.causes.is_empty();
        self.causes.extend(causes.cloned());
        self.reference = had_others.then(|| Reference::conducting(Conduct::of(&self.causes)));
    }
}

#[derive(Debug)]
struct Suspect {
    /// The number of its find.
    place: usize,
    /// Whether it makes the first set of causes that its find names.
    is_first: bool,
    causes: Vec<Cause>,
    reference: Reference,
    /// Whether it was found in a signature.
    signs: bool,
}

impl Suspects {
    /// Adds those of a find that is explained; `place` is its number.
    pub(super) fn add(&mut self, place: usize, find: &Find) {
        if !find.is_explained() {
            return;
        }
        for (number, set) in find.diagnosis.sets.iter().enumerate() {
            let reference = Reference::conducting(Conduct::of(set));
            self.order.push(self.each.len());
            let signs = find.question.operation() == Operation::Sign;
            self.each.push(Suspect { place, is_first: number == 0, causes: set.clone(), reference, signs });
        }
        let causes = || find.diagnosis.sets.first().into_iter().flatten();
        if find.question.operation() == Operation::Sign {
            self.signer.add(causes());
            // A check is missing or it is not: what was found first is the simplest.
            let known: Vec<Stage> = self.unchecked.iter().map(Cause::stage).collect();
            self.unchecked.extend(causes().filter(|cause| is_check(cause) && !known.contains(&cause.stage())).cloned());
            self.careless = self.careless();
        }
        self.verifier.add(causes());
    }

    /// Everybody who leaves out all the checks that are missing.
    fn careless(&self) -> Vec<Reference> {
        if self.unchecked.is_empty() {
            return Vec::new();
        }
        let others = self.each.iter().filter(|suspect| suspect.signs && !suspect.causes.iter().any(is_check));
        let sets = std::iter::once(&[][..]).chain(others.map(|suspect| &suspect.causes[..]));
        sets.map(|set| Reference::conducting(Conduct::of(&[&self.unchecked, set].concat()))).collect()
    }

    /// The number of the find that explains this answer: any set of a find may be what is really done; of several finds, the first set of
    /// each.
    pub(super) fn explaining(&mut self, question: &Question, observation: &Observation, at: &[&'static str]) -> Option<usize> {
        let operation = question.operation();
        let alike = |reference: &mut Reference| is_alike(operation, &reference.ask_for(question, VERDICT), observation);
        // All those whose mistakes do not show in such a question give one answer.
        let (mut is_right, right) = (None, &mut self.right);
        let mut explains = |suspect: &mut Suspect| match can_show(&suspect.causes, operation) {
            true => alike(&mut suspect.reference),
            false => *is_right.get_or_insert_with(|| alike(right)),
        };
        let likely = at.iter().filter_map(|name| self.last.get(name));
        let mut tried = likely.chain(&self.order).copied();
        if let Some(number) = tried.find(|number| self.each.get_mut(*number).is_some_and(&mut explains)) {
            let turn = self.order.iter().position(|other| *other == number).unwrap_or(0);
            self.order.get_mut(..=turn).unwrap_or_default().rotate_right(1);
            self.last.extend(at.iter().map(|name| (*name, number)));
            return self.each.get(number).map(|suspect| suspect.place);
        }
        let (several, careless) = match operation {
            Operation::Sign => (&mut self.signer, &mut self.careless[..]),
            _ => (&mut self.verifier, &mut [][..]),
        };
        // Beside missing checks every set of a find is tried: a request that must not be signed may show a mistake as well.
        let is_explained = several.reference.iter_mut().chain(careless).any(alike);
        self.each.first().filter(|_| is_explained).map(|first| first.place)
    }

    /// Of each find, whether its first causes change the answer to this question.
    pub(super) fn changing(&mut self, question: &Question, right: &Observation) -> Vec<bool> {
        let operation = question.operation();
        let changes = |suspect: &mut Suspect| {
            can_show(&suspect.causes, operation) && !is_alike(operation, &suspect.reference.ask_for(question, VERDICT), right)
        };
        self.each.iter_mut().filter(|suspect| suspect.is_first).map(changes).collect()
    }
}
