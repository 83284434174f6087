//! What the cases that went right say of a set of causes: those whose value it would have changed speak against it. Where another mistake
//! that is known by now hides the set, they do not: whoever makes both mistakes gives the right answer there.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::{RunDiagnosis, SUPPORT, Witness};
use crate::deviation::{Cause, Conduct, Rank, Stage};
use crate::diagnosis::Outcome;
use crate::implementation::Reference;
use crate::vectors::Question;

/// The most sets that may hide others.
const MOST_ESTABLISHED: usize = 12;

/// What is known of the sets that were looked at.
#[derive(Default)]
pub(super) struct Standings {
    list: Vec<Standing>,
    places: HashMap<Vec<String>, usize>,
}

/// What is known of one set.
#[derive(Default)]
struct Standing {
    causes: Vec<Cause>,
    /// The failures whose value it gives.
    supports: Vec<usize>,
    /// The cases that went right and speak against it, as many as it takes.
    against: Vec<usize>,
    /// How many of those that went right were looked at.
    looked_at: usize,
    /// What was established by then.
    version: u64,
    /// Whether a search was told that it is contradicted, and nobody has looked again since.
    was_ruled_out: bool,
}

impl Standing {
    /// So many cases speak against it for good. Of many failures that it explains, some may be hidden in ways that are not known.
    fn most(&self) -> usize {
        self.supports.len().max(1).div_ceil(SUPPORT)
    }

    fn is_contradicted(&self) -> bool {
        self.against.len() >= self.most()
    }
}

impl RunDiagnosis<'_> {
    /// Whether the cases that went right speak against a set: those whose value it would have changed are more than a few beside the
    /// failures whose value it gives.
    ///
    /// A mistake of input belongs to one request, and says nothing of others.
    pub(super) fn speaks_against(&mut self, causes: &[Cause]) -> bool {
        let lasting: Vec<Cause> = causes.iter().filter(|cause| is_lasting(cause)).cloned().collect();
        if lasting.is_empty() {
            return false;
        }
        let ids: Vec<String> = lasting.iter().map(Cause::to_string).collect();
        let number = match self.standings.places.get(&ids) {
            Some(number) => *number,
            None => {
                let mut deviant = Reference::conducting(Conduct::of(&lasting));
                let mut gives = |failure: &Witness| is_looked_at(failure) && failure.is_answered_by(&mut deviant);
                let supports = (0..).zip(self.failures).filter(|(_, failure)| gives(failure)).map(|(place, _)| place).collect();
                self.standings.list.push(Standing { causes: lasting, supports, ..Standing::default() });
                self.standings.places.insert(ids, self.standings.list.len() - 1);
                self.standings.list.len() - 1
            }
        };
        let is_contradicted = self.look_at(number);
        if let Some(standing) = self.standings.list.get_mut(number) {
            standing.was_ruled_out |= is_contradicted;
        }
        is_contradicted
    }

    /// Brings up to date what is known of a set; whether it is contradicted.
    fn look_at(&mut self, number: usize) -> bool {
        let Some(standing) = self.standings.list.get_mut(number) else { return false };
        let mut hiding = Hiding::of(&standing.causes, &self.established);
        if standing.version < self.version {
            standing.version = self.version;
            standing.against.retain(|place| self.rights.get(*place).is_some_and(|right| !hiding.hides_in(right)));
        }
        let most = standing.most();
        let mut deviant = Reference::conducting(Conduct::of(&standing.causes));
        while standing.against.len() < most
            && let Some(right) = self.rights.get(standing.looked_at)
        {
            if is_looked_at(right)
                && can_speak_against(right, &standing.causes)
                && !right.is_answered_by(&mut deviant)
                && !hiding.hides_in(right)
            {
                standing.against.push(standing.looked_at);
            }
            standing.looked_at += 1;
        }
        standing.is_contradicted()
    }

    /// Sets that were ruled out, and that nothing speaks against any more beside what was established since; with the failures that they
    /// explain, and that have no shorter explanation.
    pub(super) fn acquitted(&mut self) -> (Vec<Vec<Cause>>, Vec<usize>) {
        let (mut sets, mut places) = (Vec::new(), Vec::new());
        for number in 0..self.standings.list.len() {
            if !self.standings.list.get(number).is_some_and(|standing| standing.was_ruled_out) || self.look_at(number) {
                continue;
            }
            let Some(standing) = self.standings.list.get_mut(number) else { continue };
            standing.was_ruled_out = false;
            let Standing { causes, supports, .. } = standing;
            let is_worse = |place: &&usize| {
                let sets = self.found.get(**place).map(|diagnosis| diagnosis.sets.as_slice()).unwrap_or_default();
                self.foreseen.get(**place) == Some(&false) && sets.iter().all(|set| set.len() >= causes.len() && *set != *causes)
            };
            let of_set: Vec<usize> = supports.iter().filter(is_worse).copied().collect();
            if !of_set.is_empty() {
                sets.push(causes.clone());
                places.extend(of_set);
            }
        }
        places.sort_unstable();
        places.dedup();
        (sets, places)
    }

    /// Takes note of a set that explains a failure.
    pub(super) fn establish_set(&mut self, set: &[Cause]) {
        let lasting: Vec<Cause> = set.iter().filter(|cause| is_lasting(cause)).cloned().collect();
        if !lasting.is_empty() && self.established.len() < MOST_ESTABLISHED && !self.established.contains(&lasting) {
            self.established.push(lasting);
            self.version += 1;
            self.against.clear();
        }
    }

    /// Takes note of all sets that explain failures by themselves; those that explain most come first.
    pub(super) fn establish(&mut self) {
        let mut sets: Vec<(&[Cause], usize)> = Vec::new();
        for diagnosis in self.found.iter().filter(|diagnosis| diagnosis.outcome == Outcome::Explained) {
            for set in &diagnosis.sets {
                match sets.iter_mut().find(|(known, _)| known == set) {
                    Some((_, number)) => *number += 1,
                    None => sets.push((set, 1)),
                }
            }
        }
        sets.sort_by_key(|(_, number)| Reverse(*number));
        let sets: Vec<Vec<Cause>> = sets.into_iter().map(|(set, _)| set.to_vec()).collect();
        if sets == self.established {
            return;
        }
        self.established.clear();
        sets.iter().for_each(|set| self.establish_set(set));
    }

    /// Says of failures that nothing explains what would have, and who speaks against it.
    pub(super) fn name_who_speaks_against(&mut self) {
        for (place, diagnosis) in self.found.iter_mut().enumerate() {
            if diagnosis.outcome != Outcome::Unexplained || diagnosis.note.is_some() {
                continue;
            }
            let gives = |standing: &&Standing| standing.is_contradicted() && standing.supports.contains(&place);
            let order = |standing: &&Standing| (standing.causes.len(), Reverse(standing.supports.len()), uncommon(&standing.causes));
            let Some(standing) = self.standings.list.iter().filter(gives).min_by_key(order) else { continue };
            let ids: Vec<String> = standing.causes.iter().map(Cause::to_string).collect();
            let name = standing.against.first().and_then(|place| self.names.get(*place)).filter(|name| !name.is_empty());
            let who = name.map_or("another case", |name| name);
            diagnosis.note =
                Some(format!("{} gives this value, but would have changed that of {who}, which went right", ids.join(" with ")));
        }
    }
}

/// How many causes are none of the common ones.
fn uncommon(causes: &[Cause]) -> usize {
    causes.iter().filter(|cause| !matches!(cause, Cause::Deviation(deviation) if deviation.rank == Rank::Common)).count()
}

/// Whether somebody makes a mistake again and again.
fn is_lasting(cause: &Cause) -> bool {
    matches!(cause, Cause::Deviation(_))
}

/// Whether a case says something of how signatures are derived, for little.
fn is_looked_at(witness: &Witness) -> bool {
    matches!(*witness.question, Question::Sign(_) | Question::BaseString(_)) && !witness.is_rsa()
}

/// Whether a case that went right can speak against causes at all. Whoever makes the key of an HMAC in one place may write a PLAINTEXT
/// signature in another, and need not make the same mistake there.
pub(super) fn can_speak_against(right: &Witness, causes: &[Cause]) -> bool {
    let is_plaintext = matches!(&*right.question, Question::Sign(input) if input.signature_method.as_bytes() == b"PLAINTEXT");
    !is_plaintext || !causes.iter().any(|cause| matches!(cause.stage(), Stage::Secret | Stage::EncodeSecret | Stage::Key))
}

/// A set of causes beside what was established: each by itself, and all together.
pub(super) struct Hiding {
    sets: Vec<Vec<Cause>>,
    deviants: Option<Vec<Reference>>,
}

impl Hiding {
    pub(super) fn of<'a>(causes: impl IntoIterator<Item = &'a Cause>, established: &[Vec<Cause>]) -> Hiding {
        let causes: Vec<Cause> = causes.into_iter().cloned().collect();
        let mut whole = causes.clone();
        let mut sets: Vec<Vec<Cause>> = Vec::new();
        for set in established {
            // Of two causes of one stage only one can be there.
            let clashes = |other: &&Cause, with: &[Cause]| with.iter().any(|cause| cause.stage() == other.stage());
            let others: Vec<Cause> = set.iter().filter(|other| !clashes(other, &causes)).cloned().collect();
            if !others.is_empty() {
                let more: Vec<Cause> = others.iter().filter(|other| !clashes(other, &whole)).cloned().collect();
                whole.extend(more);
                sets.push([causes.as_slice(), &others].concat());
            }
        }
        if sets.len() > 1 {
            sets.push(whole);
        }
        Hiding { sets, deviants: None }
    }

    /// Whether a right answer stays the right one with both.
    pub(super) fn hides_in(&mut self, right: &Witness) -> bool {
        let make = || self.sets.iter().map(|set| Reference::conducting(Conduct::of(set))).collect();
        self.deviants.get_or_insert_with(make).iter_mut().any(|deviant| right.is_answered_by(deviant))
    }
}
