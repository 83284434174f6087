//! Implementations that make the mistakes which were found, to be asked what else those explain. They are made once: a search asks them
//! hundreds of times.

use std::collections::BTreeMap;

use super::super::find::Find;
use super::VERDICT;
use crate::deviation::{Cause, Conduct};
use crate::implementation::{Implementation as _, Observation, Reference};
use crate::judgement::diagnosing::{can_show, is_alike};
use crate::vectors::{Operation, Question};

/// How many signatures that another set of its find explains a set may not explain by itself: then others hide it.
const MOST_LOOKS: usize = 64;

/// One for each set of causes of each find.
#[derive(Debug, Default)]
pub(super) struct Suspects {
    pub(super) each: Vec<Suspect>,
    /// Their places in that list: whoever explained something last is asked first.
    pub(super) order: Vec<usize>,
    /// Whoever explained something along an axis last, or after something was done to a request: most likely the same once more.
    last: BTreeMap<&'static str, usize>,
    /// Whoever makes all the mistakes, where there are several finds: of each, the first set. Who signs makes those that were found in
    /// signatures, and who verifies may make those too.
    signer: Several,
    verifier: Several,
    /// The checks before signing that were found to be missing.
    pub(super) unchecked: Vec<Cause>,
    /// Whoever leaves out all of them.
    careless: Vec<Reference>,
    /// Whoever makes none.
    right: Reference,
}

/// Whether it is that a signer does not look at something.
pub(super) fn is_check(cause: &Cause) -> bool {
    cause.stage().is_admission()
}

/// Lists with one check of each stage, so that each check is in one of them: the first of each stage, and the others beside those.
pub(super) fn one_of_each_stage(checks: &[Cause]) -> Vec<Vec<Cause>> {
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
pub(super) struct Suspect {
    /// The number of its find.
    pub(super) place: usize,
    /// Whether it makes the first set of causes that is left of those that its find named.
    pub(super) is_first: bool,
    pub(super) causes: Vec<Cause>,
    pub(super) reference: Reference,
    /// Whether it was found in a signature.
    pub(super) signs: bool,
    /// Whether a later answer spoke for another set of the same find, and against this one.
    pub(super) is_refuted: bool,
    /// Whether these are mistakes of several finds that were seen together.
    pub(super) is_seen_together: bool,
    /// How often another set of its find explained a signature that it does not.
    pub(super) looks: usize,
}

impl Suspect {
    /// Whoever makes these mistakes, found with this number.
    pub(super) fn new(place: usize, causes: Vec<Cause>, signs: bool) -> Suspect {
        let reference = Reference::conducting(Conduct::of(&causes));
        Suspect { place, is_first: false, causes, reference, signs, is_refuted: false, is_seen_together: false, looks: 0 }
    }

    /// Whether it makes a set of mistakes of one find, as far as is known.
    pub(super) const fn is_of_one_find(&self) -> bool {
        !self.is_refuted && !self.is_seen_together
    }
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
            self.order.push(self.each.len());
            self.each.push(Suspect::new(place, set.clone(), find.question.operation() == Operation::Sign));
        }
        self.put_together();
    }

    /// Makes anew whoever makes the mistakes of several finds: of each find the first set that no later answer refuted.
    pub(super) fn put_together(&mut self) {
        (self.signer, self.verifier, self.unchecked) = (Several::default(), Several::default(), Vec::new());
        let mut last = None;
        for suspect in self.each.iter_mut().filter(|suspect| suspect.is_of_one_find()) {
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
        let unchecked = if self.unchecked.is_empty() { Vec::new() } else { one_of_each_stage(&self.unchecked) };
        self.careless = unchecked.iter().map(|checks| Reference::conducting(Conduct::of(checks))).collect();
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
        if several.reference.iter_mut().chain(careless).any(alike) {
            return self.each.first().map(|first| Explained::of(first.place));
        }
        if operation == Operation::Sign { self.together(question, observation).map(Explained::of) } else { None }
    }

    /// Where one set of a find in signatures explains a signature by itself, the other sets of that find must do so too, by themselves or
    /// beside other finds: those that do not are what is given back, and they are asked no more.
    fn refute_others(&mut self, number: usize, question: &Question, observation: &Observation) -> Vec<Vec<Cause>> {
        let Some(place) = self.each.get(number).filter(|suspect| suspect.signs && suspect.is_of_one_find()).map(|suspect| suspect.place)
        else {
            return Vec::new();
        };
        let mut refuted = Vec::new();
        for other in 0..self.each.len() {
            let Some(rival) = self.each.get_mut(other).filter(|rival| rival.place == place && other != number) else { continue };
            if !rival.is_of_one_find() || rival.looks == MOST_LOOKS {
                continue;
            }
            if is_alike(Operation::Sign, &rival.reference.ask_for(question, VERDICT), observation) {
                continue;
            }
            rival.looks += 1;
            // Another mistake may hide it here.
            let causes = rival.causes.clone();
            if !self.gives_beside_others(&causes, Some(place), question, observation) {
                self.each.get_mut(other).into_iter().for_each(|rival| rival.is_refuted = true);
                refuted.push(causes);
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
        self.each.iter_mut().filter(|suspect| suspect.is_first && suspect.is_of_one_find()).map(changes).collect()
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
