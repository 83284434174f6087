//! Failures of `verify`. One answer is one bit, and many departures give the same; what a verifier does wrong shows in the pattern of all
//! its answers. A departure is named for a failure if it gives that answer, and if every answer of the run that it would change was
//! changed. Of several, those are named that explain the most failures. Who derives signatures wrongly mostly does so on both sides: what
//! signatures showed already is tried all together.

use std::cmp::Reverse;

use super::standing::Hiding;
use super::verdicts::Noted;
use super::{RunDiagnosis, SUPPORT, Witness, can_show};
use crate::deviation::{Cause, Conduct, Deviation, Side, all};
use crate::diagnosis::Diagnosis;
use crate::implementation::{Observation, Reference};
use crate::vectors::{Operation, Question};

/// A departure that explains failures, as long as nobody speaks against it.
struct Candidate {
    /// Its place in the table.
    number: usize,
    deviation: &'static Deviation,
    /// The places of the failures that it explains.
    explained: Vec<usize>,
    /// How many answers speak against it.
    against: usize,
}

/// What signatures showed to be wrong, all together.
struct Shown {
    /// What explained the most signatures comes first.
    causes: Vec<Cause>,
    /// The places of the failures that it explains.
    explained: Vec<usize>,
    /// How many answers speak against it.
    against: usize,
}

impl RunDiagnosis<'_> {
    /// Diagnoses `verify`. Of failures before the first that is asked about, only what they say of the others is known then.
    pub(super) fn verifying(&mut self) {
        let failed = self.places(|operation| operation == Operation::Verify);
        if !failed.iter().any(|place| self.speaks(*place)) {
            return;
        }
        let candidates = self.candidates(&failed);
        let shown = self.shown_by_signatures(&failed);
        for place in failed {
            let of_place = || candidates.iter().filter(|candidate| candidate.explained.contains(&place));
            let weight = |candidate: &Candidate| (candidate.explained.len(), Reverse(candidate.against));
            let best = of_place().map(weight).max();
            let is_best =
                |shown: &&Shown| shown.explained.contains(&place) && best <= Some((shown.explained.len(), Reverse(shown.against)));
            if let Some(shown) = shown.as_ref().filter(is_best) {
                let needed = self.failures.get(place).map(|failure| needed_for(failure, &shown.causes));
                self.set(place, Diagnosis::of_sets(needed.into_iter().collect()));
                continue;
            }
            let sets = of_place().filter(|candidate| Some(weight(candidate)) == best);
            let sets = sets.map(|candidate| vec![candidate.deviation.into()]);
            let diagnosis = Diagnosis::of_sets(sets.collect());
            self.set(place, diagnosis);
        }
    }

    /// What signatures showed to be wrong, as far as it explains failures at these places and few answers speak against it. What explains the
    /// fewest signatures is left out first: it may be none of the mistakes.
    fn shown_by_signatures(&self, failed: &[usize]) -> Option<Shown> {
        let of_verify = |witness: &&Witness| witness.question.operation() == Operation::Verify;
        let mut best: Option<Shown> = None;
        let mut last = Vec::new();
        for number in (1..=self.established.len()).rev() {
            let causes = together(self.established.get(..number).unwrap_or_default());
            if causes.is_empty() || causes == last {
                continue;
            }
            let mut deviant = Reference::conducting(Conduct::of(&causes));
            let mut gives = |witness: &Witness| witness.is_answered_by(&mut deviant);
            let explained: Vec<usize> =
                (failed.iter().copied()).filter(|place| self.failures.get(*place).is_some_and(&mut gives)).collect();
            let most = explained.len().div_ceil(SUPPORT);
            let against = self.rights.iter().copied().filter(of_verify).filter(|right| !gives(right)).take(most).count();
            let is_asked = explained.iter().any(|place| *place >= self.first);
            let is_better = |known: &Shown| (known.explained.len(), Reverse(known.against)) < (explained.len(), Reverse(against));
            if is_asked && against < most && best.as_ref().is_none_or(is_better) {
                best = Some(Shown { causes: causes.clone(), explained, against });
            }
            last = causes;
        }
        best
    }

    /// The departures that explain some of the failures at these places, and that few answers speak against, in the order of the table.
    /// Those are left out beside which another one explains more of all of theirs.
    fn candidates(&mut self, failed: &[usize]) -> Vec<Candidate> {
        // RSA takes longer than everything else together, and few departures need it.
        let of_verify = |witness: &&Witness| witness.question.operation() == Operation::Verify;
        let (slow, mut rights): (Vec<&Witness>, Vec<&Witness>) =
            self.rights.iter().copied().filter(of_verify).partition(|right| names_rsa(&right.question));
        // The sooner somebody speaks against a departure, the fewer are asked.
        rights.sort_by_cached_key(|right| Reverse((accepts(&right.observation), octets(&right.question))));
        let slow: Vec<Noted<'_>> = slow.into_iter().map(|right| self.verdicts.note(right)).collect();
        let rights: Vec<Noted<'_>> = rights.into_iter().map(|right| self.verdicts.note(right)).collect();
        let failures: Vec<Noted<'_>> = self.failures.iter().map(|failure| self.verdicts.note(failure)).collect();
        let first = self.first;
        let is_slow = |place: &usize| failures.get(*place).is_some_and(|failure| names_rsa(&failure.witness.question));
        let (slow_failed, quick_failed): (Vec<usize>, Vec<usize>) = failed.iter().copied().partition(is_slow);
        let mut open: Vec<Candidate> = Vec::new();
        for (number, deviation) in all().enumerate().filter(|(_, deviation)| deviation.stage.side() != Side::Sending) {
            let mut asked = self.verdicts.of(number, deviation);
            let mut gives = |place: &usize| failures.get(*place).is_some_and(|failure| asked.gives(*failure));
            // Whatever explains none of those that are asked about is none of their causes.
            if first > 0 && !failed.iter().filter(|place| **place >= first).any(&mut gives) {
                continue;
            }
            let explained: Vec<usize> = quick_failed.iter().copied().filter(gives).collect();
            if !explained.is_empty() || !slow_failed.is_empty() {
                open.push(Candidate { number, deviation, explained, against: 0 });
            }
        }
        open.sort_by_key(|candidate| Reverse(candidate.explained.len()));
        let mut candidates: Vec<Candidate> = Vec::new();
        // How many failures are explained by whoever explains most, of those that explain the one at a place.
        let mut most_explained = vec![0; failures.len()];
        for Candidate { number, deviation, mut explained, .. } in open {
            let at_most = explained.len() + slow_failed.len();
            let can_be_best = |place: &&usize| **place >= first && most_explained.get(**place).is_some_and(|most| *most <= at_most);
            if !explained.iter().chain(&slow_failed).any(|place| can_be_best(&place)) {
                continue;
            }
            let mut asked = self.verdicts.of(number, deviation);
            // An answer that would have been changed and was not speaks against it; beside many that it explains, a few may be refused
            // because of another mistake.
            let most = at_most.div_ceil(SUPPORT);
            let mut hiding = Hiding::of([&Cause::from(deviation)], &self.established);
            // Those of which that is known come first: of most departures enough were found before.
            let is_out = |against: usize| against >= most.max(1);
            let known = rights.iter().filter(|right| asked.is_known_against(**right) && !hiding.hides_in(right.witness)).take(most).count();
            if is_out(known) {
                continue;
            }
            let mut against = rights.iter().filter(|right| !asked.gives(**right) && !hiding.hides_in(right.witness)).take(most).count();
            if is_out(against) {
                continue;
            }
            explained.extend(slow_failed.iter().copied().filter(|place| failures.get(*place).is_some_and(|failure| asked.gives(*failure))));
            if explained.is_empty() {
                continue;
            }
            against += slow.iter().filter(|right| !asked.gives(**right) && !hiding.hides_in(right.witness)).count();
            if against < explained.len().div_ceil(SUPPORT) {
                for place in &explained {
                    most_explained.get_mut(*place).into_iter().for_each(|most| *most = explained.len().max(*most));
                }
                candidates.push(Candidate { number, deviation, explained, against });
            }
        }
        candidates.sort_by_key(|candidate| candidate.number);
        candidates
    }
}

/// The causes of several sets that show in verdicts and can be there together: of two of one stage, the first.
fn together(sets: &[Vec<Cause>]) -> Vec<Cause> {
    let mut together: Vec<Cause> = Vec::new();
    for cause in sets.iter().flatten().filter(|cause| can_show(std::slice::from_ref(cause), Operation::Verify)) {
        if !together.iter().any(|known| known.stage() == cause.stage()) {
            together.push(cause.clone());
        }
    }
    together
}

/// Those of some causes, which together answer as was answered, that this takes. The last are left out first.
fn needed_for(failure: &Witness, causes: &[Cause]) -> Vec<Cause> {
    let mut needed = causes.to_vec();
    for place in (0..causes.len()).rev() {
        let mut fewer = needed.clone();
        fewer.remove(place);
        if failure.is_answered_by(&mut Reference::conducting(Conduct::of(&fewer))) {
            needed = fewer;
        }
    }
    needed
}

/// How long a request is: the longer, the more departures show in it.
fn octets(question: &Question) -> usize {
    let Question::Verify(input) = question else { return 0 };
    let texts = input.headers.iter().map(|(_, value)| value).chain([&input.url]).chain(&input.body);
    texts.map(|text| text.as_bytes().len()).sum()
}

/// Whether a request to verify names RSA somewhere: a guess that costs time only.
fn names_rsa(question: &Question) -> bool {
    let Question::Verify(input) = question else { return false };
    let texts = input.headers.iter().map(|(_, value)| value).chain([&input.url]).chain(&input.body);
    texts.into_iter().any(|text| memchr::memmem::find(text.as_bytes(), b"RSA-").is_some())
}

/// Whether a request was accepted; nothing if it was not judged.
pub(super) fn accepts(observation: &Observation) -> Option<bool> {
    match observation {
        Observation::Answered(output) => output.valid,
        Observation::Refused { .. } => Some(false),
        _ => None,
    }
}
