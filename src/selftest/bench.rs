//! The cases, with what the reference answers, and one set of departures put through them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::together::{self, NamedTogether};
use crate::deviation::{Cause, Conduct, Deviation, Side, Stage};
use crate::diagnosis::{Diagnosis, Outcome};
use crate::implementation::{Implementation as _, Observation, Reference, Wanted};
use crate::judgement::diagnosing::{Effort, Witness, diagnose_beside, is_alike};
use crate::judgement::{Declared, Verdict, judge};
use crate::protocol::SignatureMethod;
use crate::vectors::{Case, Level, Operation, Question, Status};

/// The values that are compared in the diagnosis of one task, for each of its departures: one alone is found at once or not at all.
const MOST: u64 = 200_000;

/// How many failures of a departure are diagnosed, until it is decided: the simplest show what it is.
const FAILURES: [usize; 2] = [12, 60];

/// The most failures of a departure that are diagnosed, beside those of `verify`.
const MOST_FAILURES: usize = 400;

/// The most failures of several departures together that are diagnosed.
const FAILURES_OF_SEVERAL: usize = 30;

/// Cases with the reference's answers.
pub struct Bench {
    cases: Vec<Case>,
    questions: Vec<Arc<Question>>,
    /// The reference's base string for RSA: making the signature takes longer than everything else together.
    base_strings: Vec<Option<Observation>>,
    /// The reference's answers, without the request as it is sent, and with it.
    rights: [Vec<Observation>; 2],
}

/// What came of one set of departures.
#[derive(Debug, Default)]
pub struct Tried {
    /// The places of the active cases, of level `must` and `should`, that failed.
    pub caught: Vec<usize>,
    /// The places of the cases that are never scored and were answered otherwise than by the reference.
    pub shown: Vec<usize>,
    /// The diagnoses of the failures, those that were looked at.
    pub diagnoses: Vec<Diagnosis>,
    /// Of several departures: what the diagnoses name.
    pub named: NamedTogether,
}

/// What was answered with a set of departures.
#[derive(Default)]
struct Put {
    tried: Tried,
    /// In the order in which they are looked at.
    failures: Vec<Witness>,
    /// Answers that are the reference's.
    rights: Vec<Witness>,
    /// Other answers than the reference's to cases that are never scored, and those that are the reference's.
    open: Vec<Witness>,
    open_rights: Vec<Witness>,
}

impl Bench {
    /// A bench of these cases; withdrawn ones are left out.
    #[must_use]
    pub fn new(cases: impl IntoIterator<Item = Case>) -> Bench {
        let cases: Vec<Case> = cases.into_iter().filter(|case| case.status != Status::Withdrawn).collect();
        let questions: Vec<Arc<Question>> = cases.iter().map(|case| Arc::new(case.question.clone())).collect();
        let mut reference = Reference::new();
        let rights = [false, true].map(|transmission| {
            let wanted = Wanted { transmission, stages: false };
            questions.iter().map(|question| reference.ask_for(question, wanted)).collect()
        });
        let [without, _] = &rights;
        let base_strings =
            questions.iter().zip(without).map(|(question, right)| rsa_base_string(&mut reference, question, right)).collect();
        Bench { cases, questions, base_strings, rights }
    }

    /// The cases.
    #[must_use]
    pub fn cases(&self) -> &[Case] {
        &self.cases
    }

    /// Whether a case is active.
    #[must_use]
    pub fn counts(&self, place: usize) -> bool {
        self.cases.get(place).is_some_and(|case| case.status == Status::Active)
    }

    /// The questions with the reference's answers, what is sent left out.
    pub(super) fn answered(&self) -> impl Iterator<Item = (&Question, &Observation)> {
        let [without, _] = &self.rights;
        self.questions.iter().map(AsRef::as_ref).zip(without)
    }

    /// The level of an active case.
    #[must_use]
    pub fn level(&self, place: usize) -> Option<Level> {
        self.cases.get(place).filter(|case| case.status == Status::Active).map(|case| case.level)
    }

    /// Puts tasks through the cases, on as many threads as there are processors; `done` is told after each.
    pub fn try_all(&self, tasks: &[Vec<&'static Deviation>], done: &(dyn Fn(usize) + Sync)) -> Vec<Tried> {
        let results: Mutex<Vec<(usize, Tried)>> = Mutex::new(Vec::new());
        let (next, finished) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(tasks.len().max(1));
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    loop {
                        let place = next.fetch_add(1, Ordering::Relaxed);
                        let Some(task) = tasks.get(place) else { break };
                        let tried = self.put(task);
                        if let Ok(mut results) = results.lock() {
                            results.push((place, tried));
                        }
                        done(finished.fetch_add(1, Ordering::Relaxed) + 1);
                    }
                });
            }
        });
        let mut results = results.into_inner().unwrap_or_default();
        results.sort_by_key(|(place, _)| *place);
        results.into_iter().map(|(_, tried)| tried).collect()
    }

    /// Puts one set of departures through the cases.
    #[must_use]
    pub fn put(&self, deviations: &[&'static Deviation]) -> Tried {
        let mut put = self.answer(deviations);
        if deviations.len() > 1 {
            let few = self.diagnose(deviations, &put, |operation| operation != Operation::Verify, FAILURES_OF_SEVERAL);
            put.tried.named = together::named(self, deviations, &few);
            put.tried.diagnoses = few;
            return put.tried;
        }
        // A few failures often suffice, and one more tells what they cannot. Who derives wrongly and serves shows it there at last.
        for most in FAILURES {
            put.tried.diagnoses = self.diagnose(deviations, &put, |operation| operation != Operation::Verify, most);
            if is_decided(deviations, &put.tried.diagnoses) || put.failures.len() <= most {
                break;
            }
        }
        if !is_decided(deviations, &put.tried.diagnoses) {
            put.tried.diagnoses = self.diagnose(deviations, &put, |_| true, MOST_FAILURES);
        }
        put.tried
    }

    /// Answers all cases with these departures.
    fn answer(&self, deviations: &[&'static Deviation]) -> Put {
        let causes: Vec<Cause> = deviations.iter().map(|deviation| Cause::Deviation(deviation)).collect();
        let mut deviant = Reference::conducting(Conduct::of(&causes));
        // Only who sends otherwise is judged by what is sent: the rest would be told twice.
        let transmission = deviations.iter().any(|deviation| deviation.stage.side() == Side::Sending);
        let wanted = Wanted { transmission, stages: false };
        let declared = Declared { codes: false, transmission };
        let mut put = Put::default();
        let [without, with] = &self.rights;
        let rights = if transmission { with } else { without };
        for (place, ((case, question), right)) in self.cases.iter().zip(&self.questions).zip(rights).enumerate() {
            // What is sent of an RSA signature is sent of an HMAC too, which takes less time; but a case that names a departure is put.
            let is_named = case.kills.iter().any(|id| deviations.iter().any(|deviation| deviation.id == id));
            let is_skipped = transmission && !is_named && matches!(self.base_strings.get(place), Some(Some(_)));
            if is_skipped || !deviations.iter().any(|deviation| concerns(deviation, question.operation())) {
                continue;
            }
            let is_scored = case.level != Level::Interop && case.status == Status::Active;
            let observation = match self.unchanged(place, case, deviations, &mut deviant) {
                Some(true) => right.clone(),
                // Another text is another signature. What it is would say no more than the HMACs of other cases.
                Some(false) => {
                    (if is_scored { &mut put.tried.caught } else { &mut put.tried.shown }).push(place);
                    continue;
                }
                None => deviant.ask_for(question, wanted),
            };
            let is_changed = observation != *right;
            let witness = Witness { question: Arc::clone(question), observation };
            if !is_scored && is_changed {
                put.tried.shown.push(place);
                put.open.push(witness);
                continue;
            }
            if is_scored && is_changed && judge(case, &witness.observation, declared).verdict == Verdict::Fail {
                put.tried.caught.push(place);
                put.failures.push(witness);
            } else if Witness::is_useful(question.operation()) && is_alike(question.operation(), &witness.observation, right) {
                (if is_scored { &mut put.rights } else { &mut put.open_rights }).push(witness);
            }
        }
        // What shows only where the text leaves room has a name too, and what stays as it is there speaks as well. Of several departures
        // no verdict is looked at.
        let is_left_out = |failure: &Witness| deviations.len() > 1 && failure.question.operation() == Operation::Verify;
        if put.failures.iter().all(is_left_out) {
            put.failures.append(&mut put.open);
            put.rights.append(&mut put.open_rights);
        }
        put.failures = in_turns(put.failures);
        put
    }

    /// Diagnoses the first failures of some operations; of `verify` all, because only all together say something.
    fn diagnose(&self, deviations: &[&'static Deviation], put: &Put, of: impl Fn(Operation) -> bool, most: usize) -> Vec<Diagnosis> {
        let is_verify = |witness: &Witness| witness.question.operation() == Operation::Verify;
        let chosen = |witness: &&Witness| of(witness.question.operation());
        let mut failures: Vec<Witness> =
            put.failures.iter().filter(|witness| !is_verify(witness)).filter(chosen).take(most).cloned().collect();
        failures.extend(put.failures.iter().filter(|witness| is_verify(witness)).filter(chosen).cloned());
        let rights: Vec<&Witness> = put.rights.iter().filter(chosen).collect();
        let most = MOST * deviations.len().pow(2) as u64;
        let mut effort = Effort { most, most_each: most, watch: &mut |_, _| true };
        diagnose_beside(&failures, rights, &mut effort)
    }

    /// Whether an RSA signature is the reference's, as far as that is known without making it: of what comes before the key.
    fn unchanged(&self, place: usize, case: &Case, deviations: &[&'static Deviation], deviant: &mut Reference) -> Option<bool> {
        let base_string = self.base_strings.get(place)?.as_ref()?;
        let before_the_key = |deviation: &&Deviation| deviation.stage < Stage::Secret && deviation.stage.side() == Side::Signing;
        let Question::Sign(input) = &case.question else { return None };
        deviations.iter().all(before_the_key).then(|| deviant.ask(&Question::BaseString(input.clone())) == *base_string)
    }
}

/// The base string of an RSA signature that the reference makes.
fn rsa_base_string(reference: &mut Reference, question: &Question, right: &Observation) -> Option<Observation> {
    let Question::Sign(input) = question else { return None };
    let method = SignatureMethod::from_name(input.signature_method.as_bytes()).ok()?;
    (method.is_rsa() && matches!(right, Observation::Answered(_))).then(|| reference.ask(&Question::BaseString(input.clone())))
}

/// Whether a departure can show in an operation.
fn concerns(deviation: &Deviation, operation: Operation) -> bool {
    match deviation.stage.side() {
        // Key and base string of `mac` are given.
        Side::Signing => operation != Operation::Mac || deviation.stage >= Stage::Secret,
        Side::Sending => !matches!(operation, Operation::Verify | Operation::Normalize | Operation::BaseUri | Operation::Mac),
        Side::Verifying => matches!(operation, Operation::Verify | Operation::ParseAuthorization),
    }
}

/// Whether a departure is named, and nothing else, for at least one of its failures.
fn is_decided(deviations: &[&'static Deviation], diagnoses: &[Diagnosis]) -> bool {
    let itself: Vec<Cause> = deviations.iter().map(|deviation| Cause::Deviation(deviation)).collect();
    diagnoses.iter().any(|diagnosis| diagnosis.outcome == Outcome::Explained && diagnosis.sets.contains(&itself))
}

/// The simplest failures of each operation, one operation after the other: each shows something else.
fn in_turns(failures: Vec<Witness>) -> Vec<Witness> {
    let mut turns: Vec<(usize, Operation, Witness)> = Vec::with_capacity(failures.len());
    let mut failures = failures;
    failures.sort_by_key(|failure| weight(&failure.question));
    for failure in failures {
        let operation = failure.question.operation();
        let turn = turns.iter().filter(|(_, other, _)| *other == operation).count();
        turns.push((turn, operation, failure));
    }
    turns.sort_by_key(|(turn, ..)| *turn);
    turns.into_iter().map(|(.., failure)| failure).collect()
}

/// Simple questions first: of one stage, then by the length of what is signed.
fn weight(question: &Question) -> (u8, usize) {
    match question {
        Question::Sign(input) | Question::BaseString(input) => {
            let body = input.body.as_ref().map_or(0, |body| body.as_bytes().len());
            (u8::from(question.operation() == Operation::Sign), input.url.as_bytes().len() + body)
        }
        _ => (0, 0),
    }
}
