//! The cases, with what the reference answers, and one set of departures put through them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use crate::deviation::{Cause, Conduct, Deviation, Side, Stage};
use crate::diagnosis::{Diagnosis, Outcome};
use crate::implementation::{Implementation as _, Observation, Reference, Wanted};
use crate::judgement::diagnosing::{Effort, Witness, diagnose_run};
use crate::judgement::{Declared, Verdict, judge};
use crate::protocol::SignatureMethod;
use crate::vectors::{Case, Level, Operation, Question, Status};

/// The values that are compared in the diagnosis of one task, for each of its departures: one alone is found at once or not at all.
const MOST: u64 = 200_000;

/// The most failures of a task that are diagnosed: the simplest show what it is.
const MOST_FAILURES: usize = 60;

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
    /// Whether a case that is never scored was answered otherwise than by the reference.
    pub shows_in_interop: bool,
    /// The diagnoses of the failures, those that were looked at.
    pub diagnoses: Vec<Diagnosis>,
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
        let base_strings = questions.iter().map(|question| rsa_base_string(&mut reference, question)).collect();
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
        let tried = self.put_to(deviations, false);
        let is_clear = |diagnosis: &Diagnosis| diagnosis.outcome == Outcome::Explained;
        if !tried.caught.is_empty() && tried.diagnoses.iter().all(is_clear) {
            return tried;
        }
        // A server that derives wrongly may be the only one in which it shows.
        self.put_to(deviations, true)
    }

    fn put_to(&self, deviations: &[&'static Deviation], verifies: bool) -> Tried {
        let causes: Vec<Cause> = deviations.iter().map(|deviation| Cause::Deviation(deviation)).collect();
        let mut deviant = Reference::conducting(Conduct::of(&causes));
        // Only who sends otherwise is judged by what is sent: the rest would be told twice.
        let transmission = deviations.iter().any(|deviation| deviation.stage.side() == Side::Sending);
        let wanted = Wanted { transmission, stages: false };
        let declared = Declared { codes: false, transmission };
        let (mut tried, mut failures, mut witnesses) = (Tried::default(), Vec::new(), Vec::new());
        let [without, with] = &self.rights;
        let rights = if transmission { with } else { without };
        for (place, ((case, question), right)) in self.cases.iter().zip(&self.questions).zip(rights).enumerate() {
            if !deviations.iter().any(|deviation| concerns(deviation, question.operation(), verifies)) {
                continue;
            }
            let observation = match self.unchanged(place, case, deviations, &mut deviant) {
                true => right.clone(),
                false => deviant.ask_for(question, wanted),
            };
            let is_scored = case.level != Level::Interop && case.status == Status::Active;
            let is_changed = observation != *right;
            tried.shows_in_interop |= !is_scored && is_changed;
            let witness = Witness { question: Arc::clone(question), observation };
            if is_scored && is_changed && judge(case, &witness.observation, declared).verdict == Verdict::Fail {
                tried.caught.push(place);
                failures.push(witness);
            } else if is_scored && Witness::is_useful(question.operation()) {
                witnesses.push(witness);
            }
        }
        // Operations of one stage say most and cost least.
        failures.sort_by_key(|failure| weight(&failure.question));
        failures.truncate(MOST_FAILURES);
        let most = MOST * deviations.len().pow(2) as u64;
        let mut effort = Effort { most, most_each: most, watch: &mut |_, _| true };
        tried.diagnoses = diagnose_run(&failures, &witnesses, &mut effort);
        tried
    }

    /// Whether an RSA signature is known to be the reference's without making it.
    fn unchanged(&self, place: usize, case: &Case, deviations: &[&'static Deviation], deviant: &mut Reference) -> bool {
        let Some(Some(base_string)) = self.base_strings.get(place) else { return false };
        let before_the_key = |deviation: &&Deviation| deviation.stage < Stage::Secret && deviation.stage.side() == Side::Signing;
        let Question::Sign(input) = &case.question else { return false };
        deviations.iter().all(before_the_key) && deviant.ask(&Question::BaseString(input.clone())) == *base_string
    }
}

fn rsa_base_string(reference: &mut Reference, question: &Question) -> Option<Observation> {
    let Question::Sign(input) = question else { return None };
    let method = SignatureMethod::from_name(input.signature_method.as_bytes()).ok()?;
    method.is_rsa().then(|| reference.ask(&Question::BaseString(input.clone())))
}

/// Whether a departure can show in an operation. Who signs wrongly would verify wrongly too, which takes as long again.
fn concerns(deviation: &Deviation, operation: Operation, verifies: bool) -> bool {
    match deviation.stage.side() {
        Side::Signing => verifies || operation != Operation::Verify,
        Side::Sending => !matches!(operation, Operation::Verify | Operation::Normalize | Operation::BaseUri | Operation::Mac),
        Side::Verifying => matches!(operation, Operation::Verify | Operation::ParseAuthorization),
    }
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
