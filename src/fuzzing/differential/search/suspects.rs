//! Implementations that make the mistakes which were found, to be asked what else those explain. They are made once: a search asks them
//! hundreds of times.

use std::collections::BTreeMap;

use super::super::find::Find;
use super::VERDICT;
use crate::deviation::{Cause, Conduct};
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

/// Lists with one check of each stage, so that each check is in one of them: the first of each stage, and the others beside those.
fn one_of_each_stage(checks: &[Cause]) -> Vec<Vec<Cause>> {
    let mut first: Vec<Cause> = Vec::new();
    let mut others = Vec::new();
    for check in checks {
        let is_new = first.iter().all(|known| known.stage() != check.stage());
        if is_new { &mut first } else { &mut others }.push(check.clone());
    }
    let beside = |other: &Cause| {
        let rest = first.iter().filter(|check| check.stage() != other.stage());
        std::iter::once(other).chain(rest).cloned().collect()
    };
    let lists: Vec<Vec<Cause>> = others.iter().map(beside).collect();
    std::iter::once(first).chain(lists).collect()
}

/// Somebody who makes the mistakes of several finds.
#[derive(Debug, Default)]
struct Several {
    reference: Option<Reference>,
    causes: Vec<Cause>,
    finds: usize,
}

impl Several {
    /// Adds causes of another find.
    fn add(&mut self, causes: &[Cause]) {
        self.finds += 1;
        self.causes.extend_from_slice(causes);
    }

    /// Somebody who makes them all, where there are several finds.
    fn conduct(&mut self) {
        self.reference = (self.finds > 1).then(|| Reference::conducting(Conduct::of(&self.causes)));
    }
}

#[derive(Debug)]
struct Suspect {
    /// The number of its find.
    place: usize,
    /// Whether it makes the first set of causes that is left of those that its find named.
    is_first: bool,
    causes: Vec<Cause>,
    reference: Reference,
    /// Whether it was found in a signature.
    signs: bool,
    /// Whether a later answer spoke for another set of the same find, and against this one.
    is_refuted: bool,
}

/// What explains an answer.
#[derive(Debug)]
pub(super) struct Explained {
    /// The number of the find.
    pub(super) place: usize,
    /// Sets that this find named and that do not explain the answer, where one of its sets does.
    pub(super) refuted: Vec<Vec<Cause>>,
}

impl Explained {
    const fn of(place: usize) -> Explained {
        Explained { place, refuted: Vec::new() }
    }
}

impl Suspects {
    /// Adds those of a find that is explained; `place` is its number.
    pub(super) fn add(&mut self, place: usize, find: &Find) {
        if !find.is_explained() {
            return;
        }
        for set in &find.diagnosis.sets {
            let reference = Reference::conducting(Conduct::of(set));
            self.order.push(self.each.len());
            let signs = find.question.operation() == Operation::Sign;
            self.each.push(Suspect { place, is_first: false, causes: set.clone(), reference, signs, is_refuted: false });
        }
        self.put_together();
    }

    /// Makes anew whoever makes the mistakes of several finds: of each find the first set that no later answer refuted.
    fn put_together(&mut self) {
        (self.signer, self.verifier, self.unchecked) = (Several::default(), Several::default(), Vec::new());
        let mut last = None;
        for suspect in self.each.iter_mut().filter(|suspect| !suspect.is_refuted) {
            suspect.is_first = last.replace(suspect.place) != Some(suspect.place);
            if !suspect.is_first {
                continue;
            }
            if suspect.signs {
                self.signer.add(&suspect.causes);
                let new = suspect.causes.iter().filter(|cause| is_check(cause) && !self.unchecked.contains(cause));
                self.unchecked.extend(new.cloned().collect::<Vec<_>>());
            }
            self.verifier.add(&suspect.causes);
        }
        self.signer.conduct();
        self.verifier.conduct();
        self.careless = self.careless();
    }

    /// Everybody who leaves out all the checks that are missing; those first who make no other mistake.
    fn careless(&self) -> Vec<Reference> {
        if self.unchecked.is_empty() {
            return Vec::new();
        }
        let others = self.each.iter().filter(|suspect| suspect.signs && !suspect.is_refuted && !suspect.causes.iter().any(is_check));
        let sets = std::iter::once(&[][..]).chain(others.map(|suspect| &suspect.causes[..]));
        let (sets, unchecked) = (sets.collect::<Vec<_>>(), one_of_each_stage(&self.unchecked));
        let all = sets.iter().flat_map(|set| unchecked.iter().map(move |checks| [checks, *set].concat()));
        all.map(|causes| Reference::conducting(Conduct::of(&causes))).collect()
    }

    /// The find that explains this answer: any set of a find may be what is really done; of several finds, the first set of each.
    pub(super) fn explaining(&mut self, question: &Question, observation: &Observation, at: &[&'static str]) -> Option<Explained> {
        let operation = question.operation();
        let alike = |reference: &mut Reference| is_alike(operation, &reference.ask_for(question, VERDICT), observation);
        // All those whose mistakes do not show in such a question give one answer.
        let (mut is_right, right) = (None, &mut self.right);
        let mut explains = |suspect: &mut Suspect| match can_show(&suspect.causes, operation) {
            _ if suspect.is_refuted => false,
            true => alike(&mut suspect.reference),
            false => *is_right.get_or_insert_with(|| alike(right)),
        };
        let likely = at.iter().filter_map(|name| self.last.get(name));
        let mut tried = likely.chain(&self.order).copied();
        if let Some(number) = tried.find(|number| self.each.get_mut(*number).is_some_and(&mut explains)) {
            let turn = self.order.iter().position(|other| *other == number).unwrap_or(0);
            self.order.get_mut(..=turn).unwrap_or_default().rotate_right(1);
            self.last.extend(at.iter().map(|name| (*name, number)));
            return self.each.get(number).map(|suspect| suspect.place).map(|place| match operation {
                Operation::Sign => Explained { place, refuted: self.refute_others(number, question, observation) },
                // One bit is explained by much.
                _ => Explained::of(place),
            });
        }
        let (several, careless) = match operation {
            Operation::Sign => (&mut self.signer, &mut self.careless[..]),
            _ => (&mut self.verifier, &mut [][..]),
        };
        // Beside missing checks every set of a find is tried: a request that must not be signed may show a mistake as well.
        let is_explained = several.reference.iter_mut().chain(careless).any(alike);
        self.each.first().filter(|_| is_explained).map(|first| Explained::of(first.place))
    }

    /// Where one set of a find in signatures explains a signature by itself, the other sets of that find must do so too: those that do not
    /// are what is given back, and they are asked no more.
    fn refute_others(&mut self, number: usize, question: &Question, observation: &Observation) -> Vec<Vec<Cause>> {
        let Some(place) = self.each.get(number).filter(|suspect| suspect.signs).map(|suspect| suspect.place) else { return Vec::new() };
        let is_rival = |(other, suspect): &(usize, &mut Suspect)| *other != number && suspect.place == place && !suspect.is_refuted;
        let mut refuted = Vec::new();
        for (_, rival) in self.each.iter_mut().enumerate().filter(is_rival) {
            let answer = rival.reference.ask_for(question, VERDICT);
            if !is_alike(Operation::Sign, &answer, observation) {
                rival.is_refuted = true;
                refuted.push(rival.causes.clone());
            }
        }
        if !refuted.is_empty() {
            self.put_together();
        }
        refuted
    }

    /// Of each find, whether its first causes change the answer to this question.
    pub(super) fn changing(&mut self, question: &Question, right: &Observation) -> Vec<bool> {
        let operation = question.operation();
        let changes = |suspect: &mut Suspect| {
            can_show(&suspect.causes, operation) && !is_alike(operation, &suspect.reference.ask_for(question, VERDICT), right)
        };
        self.each.iter_mut().filter(|suspect| suspect.is_first && !suspect.is_refuted).map(changes).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_check_stands_beside_one_of_every_other_step() {
        let cause = |id: &str| Cause::parse(id).unwrap();
        let [port, scheme, client, url] =
            ["signer.port-unchecked", "signer.scheme-unchecked", "signer.client-unchecked", "signer.url-unchecked"].map(cause);
        let lists = one_of_each_stage(&[port.clone(), scheme.clone(), client.clone(), url.clone()]);
        assert_eq!(lists, [vec![port, client.clone()], vec![scheme, client.clone()], vec![url, client]]);
    }
}
