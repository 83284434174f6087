//! Where several sets of causes explain a find, whoever makes them is told apart by requests that they answer differently.

use super::super::axes::{AXES, request};
use super::super::verifying::Doing;
use super::{Search, VERDICT, Watch};
use crate::deviation::{Cause, Conduct};
use crate::diagnosis::{Diagnosis, Outcome};
use crate::implementation::{Implementation as _, Observation, Reference};
use crate::judgement::diagnosing::is_alike;
use crate::vectors::{Operation, Question};

/// How many requests are drawn.
const DRAWN: usize = 400;
/// How many of those that tell somebody apart are asked, and how many of the answers say something.
const ASKED: usize = 40;
const TELLING: usize = 16;

impl Search<'_> {
    /// A diagnosis without the sets that answer another request differently, where another of its sets answers as the implementation does.
    /// Requests are drawn along the axes of the find and others, for `sign` as they are, and for `verify` as they were signed or after
    /// what was `done` where it was found.
    pub(super) fn told_apart(
        &mut self,
        diagnosis: Diagnosis,
        operation: Operation,
        at: &[&'static str],
        done: Option<Doing>,
        watch: Watch<'_>,
    ) -> Diagnosis {
        if diagnosis.outcome != Outcome::Ambiguous || self.against.is_some() {
            return diagnosis;
        }
        let own = own_axes(at);
        let mut left: Vec<(Vec<Cause>, Reference)> =
            diagnosis.sets.iter().map(|set| (set.clone(), Reference::conducting(Conduct::of(set)))).collect();
        let (mut asked, mut telling) = (0, 0);
        for number in 0..DRAWN {
            // Those of the find and all the others by turns.
            let (turn, is_near) = (number / 2, number % 2 == 0);
            let axis = own.get(turn % own.len().max(1)).copied().filter(|_| is_near).unwrap_or(turn % AXES.len());
            let input = Box::new(request(&[axis], &mut self.numbers));
            let question = match operation {
                Operation::Sign => Some(Question::Sign(input)),
                _ => self.received(&(input, done.filter(|_| number / 3 % 2 == 0).unwrap_or(Doing::NOTHING))),
            };
            let Some(question) = question.filter(|question| self.offer.lacks_for(question).is_none()) else { continue };
            let answers: Vec<Observation> = left.iter_mut().map(|(_, reference)| reference.ask_for(&question, VERDICT)).collect();
            let is_telling = answers.iter().skip(1).any(|answer| answers.first().is_none_or(|first| !is_alike(operation, first, answer)));
            if !is_telling {
                continue;
            }
            if !self.goes_on(watch) {
                break;
            }
            let Some(observation) = self.ask(&question) else { break };
            let agrees: Vec<bool> = answers.iter().map(|answer| is_alike(operation, answer, &observation)).collect();
            // Whoever answers as none of them makes another mistake beside, which says nothing of these; and what was found before may hide
            // one of them.
            asked += 1;
            if agrees.contains(&true) {
                telling += 1;
                let hides = |set: &[Cause]| self.suspects.gives_beside_others(set, None, &question, &observation);
                let mut agrees = agrees.into_iter();
                left.retain(|(set, _)| agrees.next() == Some(true) || operation == Operation::Sign && hides(set));
            }
            if left.len() < 2 || asked == ASKED || telling == TELLING {
                break;
            }
        }
        let sets = left.into_iter().map(|(set, _)| set).collect();
        Diagnosis { tried: diagnosis.tried, complete: diagnosis.complete, one_in: diagnosis.one_in, ..Diagnosis::of_sets(sets) }
    }
}

/// The axes of a find among all of them, by their numbers: what was done to a request is none.
pub(super) fn own_axes(at: &[&'static str]) -> Vec<usize> {
    at.iter().filter_map(|name| AXES.iter().position(|axis| axis.name == *name)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Limits;
    use super::*;

    #[test]
    fn who_answers_as_the_implementation_does_is_left() {
        let causes = |id: &str| vec![Cause::parse(id).unwrap()];
        for (operation, at, ids) in [
            (Operation::Sign, ["empty-token", "empty"], ["collect.token-empty-left-out", "collect.empty-optional-left-out"]),
            (Operation::Sign, ["path", "octets"], ["uri.path-raw", "uri.path-raw-but-blanks"]),
            (Operation::Verify, ["nothing", "extra"], ["collect.header-others-ignored", "collect.header-others-not-decoded"]),
        ] {
            for made in ids {
                let mut implementation = Reference::conducting(Conduct::of(&causes(made)));
                let limits = Limits { runs: 0, breaks: 1, sign: true, verify: true };
                let mut search = Search::new(&mut implementation, None, 1, limits);
                let both = Diagnosis::of_sets(ids.map(causes).into());
                let told = search.told_apart(both, operation, &at, None, &mut |_, _| true);
                assert_eq!((told.outcome, told.ids()), (Outcome::Explained, vec![vec![made.to_owned()]]));
                // Whoever watches may have heard enough.
                let both = Diagnosis::of_sets(ids.map(causes).into());
                assert_eq!(search.told_apart(both.clone(), operation, &at, None, &mut |_, _| false), both);
            }
        }
    }
}
