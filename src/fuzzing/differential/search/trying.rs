//! One bit is explained by much: whoever is named as the cause of a verdict is tried on other requests, drawn until some are found in which
//! he shows.

use super::super::axes::{AXES, request};
use super::super::find::Kind;
use super::super::verifying::Doing;
use super::{Search, VERDICT, is_right};
use crate::deviation::{Cause, Conduct};
use crate::implementation::{Implementation as _, Reference};
use crate::judgement::diagnosing::is_alike;
use crate::vectors::Operation;

/// How many requests are drawn.
const DRAWN: usize = 400;
/// How many of those in which he shows are asked.
const ASKED: usize = 3;

impl Search<'_> {
    /// Whether a request is answered rightly that these causes would have changed. That answer speaks against them from now on.
    ///
    /// To every second one is done what was done where they were found, `done`: they may not show anywhere else.
    pub(super) fn refutes(&mut self, causes: &[Cause], kind: Kind, done: Option<Doing>) -> bool {
        let mut suspect = Reference::conducting(Conduct::of(causes));
        let mut asked = 0;
        for number in 0..DRAWN {
            let axis = self.numbers.below(AXES.len());
            let input = request(&[axis], &mut self.numbers);
            // What must be accepted is refused, or something lets pass what was done to a request.
            let doing = match kind {
                _ if done.is_some() && number % 2 == 1 => done,
                Kind::Rejects => Some(Doing::NOTHING),
                _ => Doing::of(&mut self.numbers),
            };
            let question = doing.and_then(|doing| self.received(&(Box::new(input), doing)));
            let Some(question) = question.filter(|question| self.offer.lacks_for(question).is_none()) else { continue };
            let right = self.right(&question, VERDICT);
            if is_alike(Operation::Verify, &right, &suspect.ask_for(&question, VERDICT)) {
                continue;
            }
            let Some(observation) = self.ask(&question) else { return false };
            if is_right(&question, &right, &observation) {
                self.rights.keep(question, observation);
                return true;
            }
            asked += 1;
            if asked == ASKED {
                return false;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::super::Limits;
    use super::*;
    use crate::fuzzing::numbers::Numbers;

    fn is_refuted(made: &[&str], named: &str, kind: Kind) -> (bool, usize) {
        is_refuted_where(made, named, kind, None)
    }

    fn is_refuted_where(made: &[&str], named: &str, kind: Kind, done: Option<Doing>) -> (bool, usize) {
        let causes = |ids: &[&str]| ids.iter().map(|id| Cause::parse(id).unwrap()).collect::<Vec<_>>();
        let mut implementation = Reference::conducting(Conduct::of(&causes(made)));
        let limits = Limits { runs: 0, breaks: 1, sign: false, verify: true };
        let mut search = Search::new(&mut implementation, None, 1, limits);
        (search.refutes(&causes(&[named]), kind, done), search.rights.iter().count())
    }

    #[test]
    fn whoever_does_not_do_it_answers_rightly_where_it_would_show_and_whoever_does_it_never_does() {
        for (id, kind) in [
            ("verify.version-required", Kind::Rejects),
            ("verify.token-always-required", Kind::Rejects),
            ("collect.token-empty-added", Kind::Rejects),
            ("uri.host-field-without-port", Kind::Rejects),
            ("verify.signature-unchecked", Kind::Accepts),
        ] {
            assert_eq!(is_refuted(&[], id, kind), (true, 1), "{id}");
            assert_eq!(is_refuted(&[id], id, kind), (false, 0), "{id}");
        }
        // It shows only where it was found, after what was done there.
        let named = "plaintext.without-ampersand";
        let done = std::iter::from_fn({
            let mut numbers = Numbers::new(1);
            move || Doing::of(&mut numbers)
        });
        let done = done.into_iter().find(|doing| doing.what() == "PLAINTEXT");
        assert_eq!(is_refuted_where(&[], named, Kind::Rejects, done), (true, 1));
        assert_eq!(is_refuted_where(&[named], named, Kind::Rejects, done), (false, 0));
        // Where another mistake gives the same bit, nobody speaks against it.
        assert_eq!(is_refuted(&["uri.host-field-ignored"], "uri.host-field-without-port", Kind::Rejects), (false, 0));
    }
}
