//! What a diagnosis makes of several departures at once. It may name others than were there in one case only: when no request of the vectors
//! tells the ones from the others. That is not believed but tried.

use std::collections::HashMap;

use super::bench::Bench;
use crate::deviation::{Cause, Conduct, Deviation};
use crate::diagnosis::Diagnosis;
use crate::implementation::{Implementation as _, Reference, Wanted};
use crate::judgement::diagnosing::is_alike;
use crate::vectors::{Operation, Question};

/// What the diagnoses of several departures name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedTogether {
    /// How many failures are explained by departures that were there.
    pub there: usize,
    /// How many of these by all that were there at once.
    pub whole: usize,
    /// How many are explained by others that give the same answers to all questions.
    pub inseparable: usize,
    /// The sets that explain the others: false causes, because a question tells them from what was there. Each once.
    pub otherwise: Vec<Vec<String>>,
    /// How many failures these explain.
    pub falsely: usize,
    /// How many failures have no explanation.
    pub unexplained: usize,
}

/// Looks at the diagnoses of departures that were there.
pub(super) fn named(bench: &Bench, there: &[&'static Deviation], diagnoses: &[Diagnosis]) -> NamedTogether {
    let there: Vec<Cause> = there.iter().copied().map(Cause::Deviation).collect();
    let mut named = NamedTogether::default();
    let mut known: HashMap<Vec<String>, bool> = HashMap::new();
    for diagnosis in diagnoses {
        if diagnosis.sets.is_empty() {
            named.unexplained += 1;
            continue;
        }
        let is_there = |set: &Vec<Cause>| set.iter().all(|cause| there.contains(cause));
        let mut is_inseparable = |set: &Vec<Cause>| {
            let ids = set.iter().map(Cause::to_string).collect();
            *known.entry(ids).or_insert_with(|| replaces(bench, &there, set))
        };
        if diagnosis.sets.iter().any(is_there) {
            named.there += 1;
            named.whole += usize::from(diagnosis.sets.iter().any(|set| set.len() == there.len() && is_there(set)));
        } else if diagnosis.sets.iter().any(&mut is_inseparable) {
            named.inseparable += 1;
        } else {
            named.falsely += 1;
            let first = diagnosis.ids().into_iter().next().unwrap_or_default();
            if !named.otherwise.contains(&first) {
                named.otherwise.push(first);
            }
        }
    }
    named
}

/// Whether a set gives the same answers to all questions as what was there, if it takes the place of one departure or more.
fn replaces(bench: &Bench, there: &[Cause], set: &[Cause]) -> bool {
    let parts = (0..1_u32 << there.len().min(8)).filter(|part| part.count_ones() < u32::try_from(there.len()).unwrap_or(u32::MAX));
    let mut wholes = parts.map(|part| {
        let kept = there.iter().enumerate().filter(|(place, _)| part & (1 << place) != 0).map(|(_, cause)| cause.clone());
        kept.chain(set.iter().cloned()).collect::<Vec<Cause>>()
    });
    wholes.any(|whole| answers_alike(bench, there, &whole))
}

/// Whether two sets of departures give the same answers to all questions that ask for no RSA signature and for no verdict: what is signed
/// is the same whatever the method, and a verdict is one bit.
fn answers_alike(bench: &Bench, one: &[Cause], other: &[Cause]) -> bool {
    let wanted = Wanted { transmission: false, stages: false };
    let (mut one, mut other) = (Reference::conducting(Conduct::of(one)), Reference::conducting(Conduct::of(other)));
    bench.answered().filter(|(question, _)| is_telling(question)).all(|(question, _)| {
        let ask = |implementation: &mut Reference| implementation.ask_for(question, wanted);
        is_alike(question.operation(), &ask(&mut one), &ask(&mut other))
    })
}

fn is_telling(question: &Question) -> bool {
    match question {
        Question::Sign(input) => !input.signature_method.as_bytes().starts_with(b"RSA-"),
        _ => question.operation() != Operation::Verify,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deviation::find;
    use crate::vectors::{Case, Corpus};

    fn bench(suites: &[&str]) -> Bench {
        let is_of = |case: &Case| suites.contains(&&*case.suite);
        Bench::new(Corpus::embedded().unwrap().cases().map(Result::unwrap).filter(is_of))
    }

    fn diagnosis(ids: &[&str]) -> Diagnosis {
        Diagnosis::of_sets(vec![ids.iter().map(|id| Cause::parse(id).unwrap()).collect()])
    }

    #[test]
    fn another_set_is_a_false_cause_unless_no_question_tells_it_from_what_was_there() {
        let there = [find("uri.default-port-kept").unwrap(), find("read.query-names-not-decoded").unwrap()];
        // Whether names of forms are decoded no query shows.
        let other = diagnosis(&["uri.default-port-kept", "read.names-not-decoded"]);
        let own = diagnosis(&["uri.default-port-kept"]);
        let told = named(&bench(&["sign.query", "sign.uri"]), &there, &[own.clone(), other.clone(), Diagnosis::unexplained()]);
        assert_eq!((told.there, told.inseparable, told.falsely, told.unexplained), (1, 1, 0, 1), "{told:?}");
        let both = diagnosis(&["uri.default-port-kept", "read.query-names-not-decoded"]);
        let told = named(&bench(&["sign.uri"]), &there, &[own.clone(), both]);
        assert_eq!((told.there, told.whole), (2, 1), "{told:?}");
        let told = named(&bench(&["sign.query", "sign.uri", "sign.form"]), &there, &[own, other]);
        assert_eq!((told.there, told.inseparable, told.falsely), (1, 0, 1), "{told:?}");
        assert_eq!(told.otherwise, [["uri.default-port-kept", "read.names-not-decoded"]]);
    }
}
