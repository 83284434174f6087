//! Failures of `sign` and `base_string`: the search of [`crate::diagnosis`], first for few causes over all failures, then with what was
//! found on the others, at last deeper. What is only wrong as it is sent is looked for among the departures of sending.

use super::{Effort, RunDiagnosis, Witness};
use crate::deviation::{Cause, Conduct, all};
use crate::diagnosis::{Budget, DEFAULT_MISTAKES, Diagnosis, Evidence, Outcome, SignatureText, Subject, diagnose};
use crate::implementation::reference::with_subject;
use crate::implementation::{Implementation as _, Observation, Reference, Wanted};
use crate::protocol::SignatureMethod;
use crate::protocol::signature::base64_octets;
use crate::vectors::{Output, Question, Text};

/// One look at the failures that are still unexplained.
struct Round {
    /// The most causes in a set.
    mistakes: usize,
    /// The most comparisons for one failure.
    most: u64,
    /// Whether only those causes are combined that others of the run were explained by.
    among_known: bool,
}

/// The rounds. Who makes seven mistakes at once makes them one by one elsewhere: those are combined before all others.
const ROUNDS: [Round; 6] = [
    Round { mistakes: 1, most: 50_000, among_known: false },
    Round { mistakes: DEFAULT_MISTAKES, most: 20_000, among_known: true },
    Round { mistakes: 2, most: 200_000, among_known: false },
    Round { mistakes: DEFAULT_MISTAKES, most: 20_000, among_known: true },
    Round { mistakes: 3, most: 1_000_000, among_known: false },
    Round { mistakes: DEFAULT_MISTAKES, most: u64::MAX, among_known: false },
];

/// A look at failures that something explains which was ruled out before: the sets that are known are all that is tried.
const AGAIN: Round = Round { mistakes: 0, most: LEAST, among_known: false };

/// What explained failures of the run so far.
#[derive(Default)]
pub(super) struct Known {
    certain: Vec<Vec<Cause>>,
    possible: Vec<Vec<Cause>>,
}

/// Failures that were looked at again, and those of them that stay unexplained.
pub(super) struct Again {
    looked_at: Vec<usize>,
    left: Vec<usize>,
}

impl RunDiagnosis<'_> {
    /// Diagnoses `sign` and `base_string`. Nothing is looked at any more once somebody ended it.
    pub(super) fn signing(&mut self, effort: &mut Effort<'_>) {
        let is_signing = |operation| matches!(operation, crate::vectors::Operation::Sign | crate::vectors::Operation::BaseString);
        let mut open = self.places(is_signing);
        let total = open.len();
        self.known.certain = self.established.clone();
        for round in &ROUNDS {
            // Simple ones first: what explains them is tried on the others.
            open.sort_by_key(|place| self.failures.get(*place).map(|failure| weight(&failure.question)));
            // RSA signatures take long to make.
            let (slow, quick): (Vec<usize>, Vec<usize>) =
                std::mem::take(&mut open).into_iter().partition(|place| self.failures.get(*place).is_some_and(Witness::is_rsa));
            for places in [quick, slow] {
                let Some(left) = self.look(places, round, total, effort) else { return };
                open.extend(left);
                while let Some(again) = self.again(total, effort) {
                    open.retain(|place| !again.looked_at.contains(place));
                    open.extend(again.left);
                }
            }
        }
        self.by_what_is_known(is_signing);
    }

    /// Where the search came to its end before it came to a failure, what explained others may explain it too: sets that are only possible
    /// were not enough before, because the search may have found others beside them.
    fn by_what_is_known(&mut self, is_signing: impl Fn(crate::vectors::Operation) -> bool) {
        let sets = [together(&self.known.certain), self.known.possible.clone()].concat();
        for place in self.places(is_signing) {
            let Some(failure) = self.failures.get(place) else { continue };
            let Some(Diagnosis { outcome: Outcome::Unexplained, tried, complete, .. }) = self.found.get(place) else { continue };
            let (tried, complete) = (*tried, *complete);
            let found = self.one(failure, &sets, &[], 0, 0);
            if found.outcome != Outcome::Unexplained {
                self.set(place, Diagnosis { tried, complete, ..found });
            }
        }
    }

    /// Looks once more at failures that something explains which was ruled out before: what is known by now may hide what else is wrong in
    /// the cases that ruled it out. Nothing if there are none.
    pub(super) fn again(&mut self, total: usize, effort: &mut Effort<'_>) -> Option<Again> {
        let (sets, looked_at) = self.acquitted();
        if looked_at.is_empty() {
            return None;
        }
        add(&sets, &mut self.known.certain);
        let left = self.look(looked_at.clone(), &AGAIN, total, effort)?;
        Some(Again { looked_at, left })
    }

    /// Looks at some failures once; those that stay unexplained, or nothing if somebody ended it. Of `total` failures in all.
    fn look(&mut self, places: Vec<usize>, round: &Round, total: usize, effort: &mut Effort<'_>) -> Option<Vec<usize>> {
        let mut left = Vec::new();
        for (number, place) in places.into_iter().enumerate() {
            let Some(failure) = self.failures.get(place) else { continue };
            let mistakes = if failure.is_rsa() && !round.among_known { round.mistakes.min(2) } else { round.mistakes };
            // Half of what is left for each but the simplest, so that the first do not take all of it.
            let share = if number == 0 { effort.most } else { effort.most / 2 };
            let most = round.most.min(effort.most_each).min(share.max(LEAST).min(effort.most));
            let sets = [together(&self.known.certain), self.known.possible.clone()].concat();
            let among = if round.among_known { causes_of(&sets) } else { Vec::new() };
            // Of one cause nothing can be combined.
            let diagnosis = match round.among_known && among.len() < 2 {
                true => Diagnosis::unexplained(),
                false => self.one(failure, &sets, &among, mistakes, most),
            };
            effort.most = effort.most.saturating_sub(diagnosis.tried);
            match diagnosis.outcome {
                Outcome::Unexplained if effort.most > 0 => left.push(place),
                Outcome::Explained => {
                    add(&diagnosis.sets, &mut self.known.certain);
                    diagnosis.sets.iter().for_each(|set| self.establish_set(set));
                }
                Outcome::Ambiguous => add(&diagnosis.sets, &mut self.known.possible),
                _ => {}
            }
            self.set(place, diagnosis);
            let is_open = |operation| matches!(operation, crate::vectors::Operation::Sign | crate::vectors::Operation::BaseString);
            let is_unexplained = |place: &usize| self.found.get(*place).is_some_and(|found| found.outcome == Outcome::Unexplained);
            let open = self.places(is_open).into_iter().filter(is_unexplained).count();
            if !(effort.watch)(total.saturating_sub(open), total) {
                return None;
            }
        }
        Some(left)
    }

    pub(super) fn one(&mut self, failure: &Witness, known: &[Vec<Cause>], among: &[Cause], mistakes: usize, most: u64) -> Diagnosis {
        let (input, output) = match (&*failure.question, &failure.observation) {
            (Question::Sign(input) | Question::BaseString(input), Observation::Answered(output)) => (input, output),
            _ => return Diagnosis::unexplained(),
        };
        // Stages without the value that was asked for say nothing of it.
        if let Some(field) = output.lacks(failure.question.operation()) {
            return Diagnosis::unexplained().noted(Some(format!("its answer has no {field}")));
        }
        let Some(lax) = self.unchecked(&failure.question) else { return Diagnosis::unexplained() };
        let searched = with_subject(&Conduct::of(&lax).practice.admission, input, |request, method, secrets| {
            let subject = Subject {
                request,
                method: method.unwrap_or(SignatureMethod::HmacSha1),
                secrets: output.signature.is_some().then_some(*secrets),
                hosts: &[],
                paths: &[],
            };
            let mut accept = |causes: &[Cause]| !self.speaks_against(causes);
            let mut search = |evidence: &Evidence<'_>| {
                let mut budget = Budget { most, mistakes, known, among, inputs: false, accept: Some(&mut accept), watch: None };
                diagnose(&subject, evidence, &mut budget)
            };
            let length = other_length(method, output);
            let whole = search(&evidence(output, true));
            // Stages that an adapter works out by itself may not be those that were signed.
            if whole.outcome == Outcome::Unexplained && output.stages.is_some() && output.signature.is_some() {
                let alone = search(&evidence(output, false));
                return Diagnosis { tried: whole.tried + alone.tried, ..alone }.noted(length);
            }
            whole.noted(length)
        });
        match searched {
            Ok(diagnosis) if !lax.is_empty() => {
                let sets: Vec<Vec<Cause>> = diagnosis.sets.iter().map(|set| with_lax(set, &lax, failure)).collect();
                let diagnosis = Diagnosis { tried: diagnosis.tried, complete: diagnosis.complete, ..Diagnosis::of_sets(sets) };
                if diagnosis.outcome == Outcome::Explained { self.sending(&failure.question, output, diagnosis) } else { diagnosis }
            }
            Ok(diagnosis) if matches!(diagnosis.outcome, Outcome::Right | Outcome::Explained) => {
                self.sending(&failure.question, output, diagnosis)
            }
            Ok(diagnosis) => diagnosis,
            Err(_) => Diagnosis::unexplained(),
        }
    }

    /// The checks that were not made of a request that must be refused and was signed: none for other requests, and nothing if no such
    /// checks are known. Who refuses one request for the same reason makes the check.
    fn unchecked(&mut self, question: &Question) -> Option<Vec<Cause>> {
        let wanted = Wanted { transmission: false, stages: false };
        let answers =
            |causes: &[Cause]| matches!(Reference::conducting(Conduct::of(causes)).ask_for(question, wanted), Observation::Answered(_));
        if answers(&[]) {
            return Some(Vec::new());
        }
        let table: Vec<Cause> = all().filter(|deviation| deviation.stage.is_admission()).map(Cause::Deviation).collect();
        let mut alone: Vec<&Cause> = table.iter().filter(|cause| answers(std::slice::from_ref(*cause))).collect();
        alone.retain(|cause| !self.speaks_against(std::slice::from_ref(*cause)));
        // Of a narrow and a wide one, that which lets more through of what was signed.
        let lets_through = |cause: &&Cause| {
            let signed = self.failures.iter().filter(|failure| matches!(failure.observation, Observation::Answered(_)));
            let mut lax = Reference::conducting(Conduct::of([*cause]));
            let asked = signed.filter(|failure| question.operation() == failure.question.operation() && !failure.is_rsa());
            asked.filter(|failure| matches!(lax.ask_for(&failure.question, wanted), Observation::Answered(_))).count()
        };
        alone.sort_by_cached_key(|cause| std::cmp::Reverse(lets_through(cause)));
        if let Some(cause) = alone.first() {
            return Some(vec![(*cause).clone()]);
        }
        // The widest of each stage, and then those of them that are needed.
        let mut lax: Vec<Cause> = table;
        lax.dedup_by(|later, earlier| {
            let same = later.stage() == earlier.stage();
            if same {
                std::mem::swap(later, earlier);
            }
            same
        });
        if !answers(&lax) {
            return None;
        }
        let mut place = 0;
        while place < lax.len() {
            let mut fewer = lax.clone();
            fewer.remove(place);
            if answers(&fewer) {
                lax = fewer;
            } else {
                place += 1;
            }
        }
        (!self.speaks_against(&lax)).then_some(lax)
    }
}

/// In words, that a signature has not as many octets as its method gives, if it is so.
fn other_length(method: Option<SignatureMethod>, output: &Output) -> Option<String> {
    let (method, text) = (method?, output.signature.as_ref()?.as_bytes());
    let wanted = digest_length(method)?;
    let name = method.as_str();
    match base64_octets(text).map(|octets| octets.len()) {
        Some(found) if found == wanted => None,
        Some(found) => Some(format!("a signature of {name} has {wanted} octets, this has {found}")),
        None => Some(format!("a signature of {name} has {wanted} octets in base64, this is no base64")),
    }
}

/// How many octets an HMAC has (RFC 5849 section 3.4.2).
const fn digest_length(method: SignatureMethod) -> Option<usize> {
    match method {
        SignatureMethod::HmacSha1 => Some(20),
        SignatureMethod::HmacSha256 => Some(32),
        SignatureMethod::HmacSha512 => Some(64),
        _ => None,
    }
}

/// The fewest comparisons that are worth a search.
pub(super) const LEAST: u64 = 2_000;

/// The causes of some sets, each once; a mistake of input belongs to one request.
fn causes_of(sets: &[Vec<Cause>]) -> Vec<Cause> {
    let mut causes: Vec<Cause> = Vec::new();
    for cause in sets.iter().flatten() {
        if matches!(cause, Cause::Deviation(_)) && !causes.contains(cause) {
            causes.push(cause.clone());
        }
    }
    causes
}

/// A set with the checks that were not made; without them if it gives the answer by itself, because it makes a check needless.
fn with_lax(set: &[Cause], lax: &[Cause], failure: &Witness) -> Vec<Cause> {
    if failure.is_answered_by(&mut Reference::conducting(Conduct::of(set))) { set.to_vec() } else { [set, lax].concat() }
}

/// The length of what a question asks to be signed.
pub(super) fn weight(question: &Question) -> usize {
    match question {
        Question::Sign(input) | Question::BaseString(input) => {
            input.url.as_bytes().len() + input.body.as_ref().map_or(0, |body| body.as_bytes().len())
        }
        _ => 0,
    }
}

/// Adds sets that are not there yet.
pub(super) fn add(sets: &[Vec<Cause>], to: &mut Vec<Vec<Cause>>) {
    for set in sets {
        if !to.contains(set) {
            to.push(set.clone());
        }
    }
}

/// Sets that are known, and all of them together in front: an implementation makes its mistakes everywhere.
fn together(known: &[Vec<Cause>]) -> Vec<Vec<Cause>> {
    let mut union: Vec<Cause> = Vec::new();
    for cause in known.iter().flatten() {
        let clashes = union.iter().any(|other| other.stage() == cause.stage());
        // Mistakes of input belong to one request.
        if !clashes && matches!(cause, Cause::Deviation(_)) {
            union.push(cause.clone());
        }
    }
    std::iter::once(union).filter(|union| !union.is_empty()).chain(known.iter().cloned()).collect()
}

fn evidence(output: &Output, with_stages: bool) -> Evidence<'_> {
    let stages = output.stages.as_ref().filter(|_| with_stages);
    Evidence {
        base_uri: stages.and_then(|stages| stages.base_uri.as_ref()).map(Text::as_bytes),
        normalized: stages.and_then(|stages| stages.normalized.as_ref()).map(Text::as_bytes),
        base_string: stages.and_then(|stages| stages.base_string.as_ref()).or(output.base_string.as_ref()).map(Text::as_bytes),
        signature: output.signature.as_ref().map(|text| SignatureText::whole(text.as_bytes())),
    }
}
