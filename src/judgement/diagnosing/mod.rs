//! Failures of a whole run are diagnosed together: what explains the simple ones is tried first on the others, and no cause is named that
//! a case which went right speaks against.
//!
//! | room | which failures |
//! |---|---|
//! | `signing` | `sign` and `base_string`: a search over the derivation |
//! | `answers` | all other operations: departures whose answer is the observed one |
//! | `verifying` | `verify`: one bit a case, so that only the pattern of the whole run says something |
//!
//! | room | what else |
//! |---|---|
//! | `foreseen` | failures whose causes somebody has written down |
//! | `sent` | what is only wrong as it is sent |
//! | `standing` | what the cases that went right say of a set of causes |
//! | `needless` | which of several sets is meant, and causes that are not needed beside those of other failures |
//! | `overruled` | causes that failures with other causes speak against |
//!
//! [`Verdicts`] keeps what was asked for it from one diagnosis to the next.

mod answers;
mod foreseen;
mod needless;
mod overruled;
mod sent;
mod signing;
mod standing;
#[cfg(test)]
mod tests;
mod verdicts;
mod verifying;
#[cfg(test)]
mod whole_runs;

use std::collections::HashMap;
use std::sync::Arc;

use self::needless::lasting;
use self::signing::Known;
use self::standing::{Hiding, Standings};
use self::verdicts::Noted;
pub use self::verdicts::Verdicts;
use crate::deviation::{Cause, Conduct, Side, all};
use crate::diagnosis::{Diagnosis, Outcome};
use crate::implementation::{Implementation as _, Observation, Reference, Wanted};
use crate::vectors::{Operation, Question};

/// The most failures that are kept to be looked at.
pub const MOST_FAILURES: usize = 2000;
/// The most cases that went right that are kept to be looked at.
pub const MOST_WITNESSES: usize = 4000;

/// The most sets that a diagnosis names.
const MOST_SETS: usize = 64;

/// A question and what came of it.
#[derive(Clone, Debug)]
pub struct Witness {
    /// The question.
    pub question: Arc<Question>,
    /// What was done.
    pub observation: Observation,
}

impl Witness {
    /// Whether a case of this operation can speak against a cause.
    #[must_use]
    pub fn is_useful(operation: Operation) -> bool {
        operation != Operation::Mac
    }

    /// Whether an RSA signature is asked for: it takes longer than everything else, and says what an HMAC of another case says too.
    fn is_rsa(&self) -> bool {
        Witness::asks_for_rsa(&self.question)
    }

    fn asks_for_rsa(question: &Question) -> bool {
        matches!(question, Question::Sign(input) if input.signature_method.as_bytes().starts_with(b"RSA-"))
    }

    /// Whether somebody answers alike.
    fn is_answered_by(&self, implementation: &mut Reference) -> bool {
        let own = implementation.ask_for(&self.question, NOTHING_ELSE);
        is_alike(self.question.operation(), &own, &self.observation)
    }
}

/// How many more failures than others a set explains for each case that speaks against it and not against them.
const OUTWEIGHS: usize = 3;

fn ids(set: &[Cause]) -> Vec<String> {
    set.iter().map(Cause::to_string).collect()
}

/// The most cases that are counted against a set.
const MOST_AGAINST: usize = 200;

/// How many failures that a set explains outweigh one case that it would have changed and that went right.
const SUPPORT: usize = 10;

/// What is known of a run beside what was asked and answered.
#[derive(Clone, Copy, Debug, Default)]
pub struct Aside<'a> {
    /// The names of the cases that went right, in their order: whoever speaks against a cause is named.
    pub names: &'a [String],
    /// The causes that somebody has written down for the failures, in their order.
    pub foreseen: &'a [Option<Vec<Cause>>],
    /// The names of the failures, in their order: one that speaks against another's cause is named.
    pub failed: &'a [String],
    /// Cases that RFC 5849 leaves open, with what was answered: where several sets explain a failure, those are meant that answer alike.
    pub open: &'a [Witness],
}

/// The answer alone, without what is sent and without stages.
const NOTHING_ELSE: Wanted = Wanted { transmission: false, stages: false };

/// Whether two answers are the same as far as the derivation goes: the same signature, base string or verdict, or else all of the answer.
/// Why something was refused is free.
#[must_use]
pub fn is_alike(operation: Operation, one: &Observation, other: &Observation) -> bool {
    match (operation, one, other) {
        (Operation::Verify, ..) => verifying::accepts(one) == verifying::accepts(other),
        (Operation::Sign | Operation::BaseString, Observation::Answered(one), Observation::Answered(other)) => {
            one.signature == other.signature && one.base_string == other.base_string
        }
        _ => answers::is_same(one, other),
    }
}

/// Whether causes can change what [`is_alike`] looks at: how a server checks shows in no signature, and how a client sends in no verdict.
#[must_use]
pub fn can_show(causes: &[Cause], operation: Operation) -> bool {
    match operation {
        Operation::Sign | Operation::BaseString => causes.iter().any(|cause| cause.stage().side() != Side::Verifying),
        Operation::Verify => causes.iter().any(|cause| cause.stage().side() != Side::Sending),
        _ => true,
    }
}

fn is_refusal(observation: &Observation) -> bool {
    verifying::accepts(observation) == Some(false)
}

/// How much the diagnosis of a run may cost.
pub struct Effort<'a> {
    /// The most values that are compared in all.
    pub most: u64,
    /// The most values that are compared for one failure.
    pub most_each: u64,
    /// Is told how many failures were looked at and how many there are; `false` ends the diagnosis.
    pub watch: &'a mut dyn FnMut(usize, usize) -> bool,
}

/// The values that are compared for a run unless said otherwise.
pub const DEFAULT_MOST: u64 = 4_000_000;

/// Diagnoses failures: one diagnosis for each, in their order. `rights` are cases of the same run that went as expected.
#[must_use]
pub fn diagnose_run(failures: &[Witness], rights: &[Witness], effort: &mut Effort<'_>) -> Vec<Diagnosis> {
    diagnose_with(failures, rights, Aside::default(), effort)
}

/// [`diagnose_run`], where more is known of the run.
#[must_use]
pub fn diagnose_with(failures: &[Witness], rights: &[Witness], aside: Aside<'_>, effort: &mut Effort<'_>) -> Vec<Diagnosis> {
    let mut reference = Reference::new();
    // Of a case with several readings, another one may have been met than the reference's: it says nothing of departures.
    let kept = rights.iter().enumerate().filter(|(_, right)| !right.is_rsa() && right.is_answered_by(&mut reference));
    let (names, rights): (Vec<&str>, Vec<&Witness>) =
        kept.map(|(place, right)| (aside.names.get(place).map_or("", String::as_str), right)).unzip();
    diagnosed(failures, rights, (names, aside), effort, (0, &mut Verdicts::default()))
}

/// [`diagnose_run`], where each of `rights` is known to be answered as the reference answers.
#[must_use]
pub fn diagnose_beside(failures: &[Witness], rights: Vec<&Witness>, effort: &mut Effort<'_>) -> Vec<Diagnosis> {
    diagnosed(failures, rights, (Vec::new(), Aside::default()), effort, (0, &mut Verdicts::default()))
}

/// The diagnosis of the last of `failures` alone: what [`diagnose_beside`] says of it, for less, because nobody asks about the others. They
/// say what is likely. `verdicts` are those of the diagnoses before.
#[must_use]
pub fn diagnose_last(failures: &[Witness], rights: Vec<&Witness>, effort: &mut Effort<'_>, verdicts: &mut Verdicts) -> Diagnosis {
    let last = failures.len().saturating_sub(1);
    verdicts.tidy();
    diagnosed(failures, rights, (Vec::new(), Aside::default()), effort, (last, verdicts)).pop().unwrap_or_else(Diagnosis::unexplained)
}

/// The diagnoses of those from `first` on are whole. `names` is what the cases that went right are called.
fn diagnosed(
    failures: &[Witness],
    mut rights: Vec<&Witness>,
    (names, aside): (Vec<&str>, Aside<'_>),
    effort: &mut Effort<'_>,
    (first, verdicts): (usize, &mut Verdicts),
) -> Vec<Diagnosis> {
    // Who has names has left out RSA already.
    rights.retain(|right| !right.is_rsa());
    let mut run = RunDiagnosis {
        failures,
        first,
        rights,
        open: aside.open.iter().filter(|case| Kin::of(case.question.operation()) == Kin::Signing && !case.is_rsa()).collect(),
        names,
        failed: aside.failed.iter().map(String::as_str).collect(),
        found: vec![Diagnosis::unexplained(); failures.len()],
        foreseen: vec![false; failures.len()],
        sent: Vec::new(),
        known: Known::default(),
        established: Vec::new(),
        version: 0,
        standings: Standings::default(),
        against: HashMap::new(),
        verdicts,
    };
    run.foreseeing(aside.foreseen);
    run.answers();
    run.signing(effort);
    run.reconsider(effort);
    run.verifying();
    run.weigh();
    // Which of several verdicts' causes is meant, those of the others say.
    let is_open = |found: &Diagnosis| found.outcome == Outcome::Ambiguous;
    if run.first > 0 && run.found.get(run.first..).is_some_and(|found| found.iter().any(is_open)) {
        run.first = 0;
        run.verifying();
        run.weigh();
    }
    run.settle();
    run.replace_needless();
    run.overrule();
    run.found.iter_mut().for_each(|diagnosis| diagnosis.sets.truncate(MOST_SETS));
    run.name_who_speaks_against();
    run.found
}

/// A run while it is diagnosed.
struct RunDiagnosis<'a> {
    failures: &'a [Witness],
    /// The first failure that is asked about. The diagnoses of those before it may be left out where they say nothing of the others.
    first: usize,
    rights: Vec<&'a Witness>,
    /// Cases of signing with several readings: whatever was answered.
    open: Vec<&'a Witness>,
    /// What the cases that went right are called; empty if nobody said.
    names: Vec<&'a str>,
    /// What the failures are called; empty if nobody said.
    failed: Vec<&'a str>,
    found: Vec<Diagnosis>,
    /// Which of the failures have the causes that were foreseen. They are not looked at again.
    foreseen: Vec<bool>,
    /// Sets of departures of sending that were found.
    sent: Vec<Vec<Cause>>,
    /// What explained failures of signing.
    known: Known,
    /// Sets that explain failures: where one of them hides another set, nothing can be said of that other.
    established: Vec<Vec<Cause>>,
    /// Counts how often they changed.
    version: u64,
    /// What the cases that went right say of sets of causes.
    standings: Standings,
    /// How many of them speak against a set, for the operations that are looked at together.
    against: HashMap<(Vec<String>, Kin), Against>,
    /// What departures say to single questions.
    verdicts: &'a mut Verdicts,
}

/// How many answers speak against a set.
#[derive(Clone, Copy, Debug)]
struct Against {
    count: usize,
    /// Whether these are all that are counted; otherwise there may be more.
    is_all: bool,
}

/// Operations in which the same departures show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kin {
    Signing,
    Other(Operation),
}

impl Kin {
    const fn of(operation: Operation) -> Kin {
        match operation {
            Operation::Sign | Operation::BaseString => Kin::Signing,
            other => Kin::Other(other),
        }
    }
}

impl RunDiagnosis<'_> {
    /// The places of the failures of some operations.
    fn places(&self, wanted: impl Fn(Operation) -> bool) -> Vec<usize> {
        let is_open = |place: &usize| self.foreseen.get(*place) == Some(&false);
        let is_wanted =
            |place: &usize| is_open(place) && self.failures.get(*place).is_some_and(|failure| wanted(failure.question.operation()));
        (0..self.failures.len()).filter(is_wanted).collect()
    }

    /// Whether a failure says something: a refusal does not where nothing of its operation was accepted in the whole run. Who refuses
    /// everything, for whatever reason, gives the refusals of every departure.
    fn speaks(&self, place: usize) -> bool {
        let Some(failure) = self.failures.get(place) else { return false };
        let operation = failure.question.operation();
        let accepted = |witness: &Witness| witness.question.operation() == operation && !is_refusal(&witness.observation);
        !is_refusal(&failure.observation) || self.rights.iter().copied().chain(self.failures).any(accepted)
    }

    /// Looks again at what was ruled out, once it is known what explains most of the others.
    fn reconsider(&mut self, effort: &mut Effort<'_>) {
        const MOST: usize = 3;
        for _ in 0..MOST {
            let found = self.found.clone();
            self.weigh();
            self.settle();
            self.establish();
            self.found = found;
            if self.again(self.failures.len(), effort).is_none() {
                return;
            }
        }
    }

    fn set(&mut self, place: usize, diagnosis: Diagnosis) {
        if let Some(found) = self.found.get_mut(place) {
            *found = diagnosis;
        }
    }

    /// Where several sets explain a failure, those are kept that the fewest answers speak against: an answer that went right and that they
    /// would have changed, also beside what else is wrong. Who reads forms wrongly and queries too would have failed with a form. One that
    /// explains many more failures than those stays too: what hides it somewhere may not be known.
    ///
    /// The pattern of all answers of `verify` is looked at already. Who signs rightly derives rightly, so signatures speak there too.
    fn weigh(&mut self) {
        let supports = self.supports();
        for place in 0..self.failures.len() {
            let Some(failure) = self.failures.get(place) else { continue };
            let kin = match failure.question.operation() {
                // Nobody asks about it, and what explains it says nothing of the others.
                Operation::Verify if place < self.first => continue,
                Operation::Verify => Kin::Signing,
                other => Kin::of(other),
            };
            let sets = match self.found.get(place) {
                Some(diagnosis) if diagnosis.outcome == Outcome::Ambiguous => diagnosis.sets.clone(),
                _ => continue,
            };
            let support = |set: &[Cause]| supports.get(&ids(set)).copied().unwrap_or(0);
            let mut fewest = usize::MAX;
            let mut counts: Vec<usize> = Vec::new();
            for set in &sets {
                // Beyond this many it is kept in no case, however many they are.
                let most = fewest.saturating_add(support(set) / OUTWEIGHS);
                let count = self.count_against(set, kin, most) + self.count_open_against(set, failure.question.operation());
                fewest = fewest.min(count);
                counts.push(count);
            }
            // If signatures speak against every set, client and server do not derive alike, and say nothing of each other.
            if failure.question.operation() == Operation::Verify && fewest > 0 {
                continue;
            }
            let of_fewest = sets.iter().zip(&counts).filter(|(_, count)| **count == fewest).map(|(set, _)| support(set)).max();
            let is_kept = |set: &[Cause], count: usize| {
                let more = support(set).saturating_sub(of_fewest.unwrap_or(0));
                more >= (count - fewest).saturating_mul(OUTWEIGHS)
            };
            let kept: Vec<Vec<Cause>> = sets
                .into_iter()
                .zip(&counts)
                .filter(|(set, count)| **count == fewest || is_kept(set, **count))
                .map(|(set, _)| set)
                .collect();
            if let Some(diagnosis) = self.found.get_mut(place) {
                if kept.len() == 1 {
                    diagnosis.outcome = Outcome::Explained;
                }
                diagnosis.sets = kept;
            }
        }
    }

    /// How many failures each set explains; those of `verify` are left out, because one bit is explained by many.
    fn supports(&self) -> HashMap<Vec<String>, usize> {
        let mut supports: HashMap<Vec<String>, usize> = HashMap::new();
        for (failure, diagnosis) in self.failures.iter().zip(&self.found) {
            if failure.question.operation() != Operation::Verify {
                diagnosis.ids().into_iter().for_each(|ids| *supports.entry(ids).or_default() += 1);
            }
        }
        supports
    }

    /// How many of the answers that RFC 5849 leaves open are not those of a set. They tell sets apart; whether a set may be named at all they do
    /// not say, because who makes a mistake may have another reading there too.
    fn count_open_against(&self, set: &[Cause], operation: Operation) -> usize {
        if operation == Operation::Verify || !can_show(set, Operation::Sign) {
            return 0;
        }
        let mut deviant = Reference::conducting(Conduct::of(lasting(set)));
        self.open.iter().filter(|case| !case.is_answered_by(&mut deviant)).count()
    }

    /// How many answers that went right a set would have changed, or more than `most` if they are more. A mistake of input belongs to one
    /// request, and changes no other.
    fn count_against(&mut self, set: &[Cause], kin: Kin, most: usize) -> usize {
        let lasting: Vec<Cause> = set.iter().filter(|cause| matches!(cause, Cause::Deviation(_))).cloned().collect();
        if kin == Kin::Signing && !can_show(&lasting, Operation::Sign) {
            return 0;
        }
        let key = (lasting.iter().map(ToString::to_string).collect(), kin);
        // One that many speak against is not meant, however many they are.
        let limit = most.saturating_add(1).min(MOST_AGAINST);
        if let Some(known) = self.against.get(&key).filter(|known| known.is_all || known.count >= limit) {
            return known.count;
        }
        let mut hiding = Hiding::of(&lasting, &self.established);
        let mut of_kin: Vec<&Witness> = self.rights.iter().copied().filter(|right| Kin::of(right.question.operation()) == kin).collect();
        // The longer a request is, the more shows in it.
        of_kin.sort_by_cached_key(|right| std::cmp::Reverse(signing::weight(&right.question)));
        let alone = match lasting.as_slice() {
            [Cause::Deviation(only)] => all().zip(0..).find(|(known, _)| known == only),
            _ => None,
        };
        of_kin.retain(|right| standing::can_speak_against(right, &lasting));
        let count = match alone {
            Some((deviation, place)) => {
                let of_kin: Vec<Noted<'_>> = of_kin.into_iter().map(|right| self.verdicts.note(right)).collect();
                let mut asked = self.verdicts.of(place, deviation);
                of_kin.into_iter().filter(|right| !asked.gives(*right) && !hiding.hides_in(right.witness)).take(limit).count()
            }
            None => {
                let mut deviant = Reference::conducting(Conduct::of(&lasting));
                of_kin.into_iter().filter(|right| !right.is_answered_by(&mut deviant) && !hiding.hides_in(right)).take(limit).count()
            }
        };
        let is_all = count < limit || limit == MOST_AGAINST;
        self.against.insert(key, Against { count, is_all });
        count
    }
}
