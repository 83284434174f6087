//! One bit is explained by much: whoever is named as the cause of a verdict is tried on other requests, drawn until some are found in which
//! he shows.

use super::super::axes::{AXES, request};
use super::super::find::Kind;
use super::super::verifying::Doing;
use super::apart::own_axes;
use super::{Search, VERDICT, is_right};
use crate::deviation::{Cause, Conduct};
use crate::implementation::{Implementation as _, Reference};
use crate::judgement::diagnosing::is_alike;
use crate::vectors::Operation;

/// How many requests are drawn.
const DRAWN: usize = 400;
/// How many of those in which he shows are asked.
const ASKED: usize = 3;
/// How many along the axes of the find are asked in which he does not show.
const ASKED_BESIDE: usize = 6;

/// What other requests say of the causes of a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tried {
    /// Nothing against them.
    Standing,
    /// One is answered rightly that they would have changed. That answer speaks against them from now on.
    Refuted,
    /// One like that of the find is answered wrongly in the same way where they change nothing: something else is behind both.
    Needless,
}

impl Search<'_> {
    /// Tries causes on other requests. Every second one is along the axes of the find, `at`, and to it is done what was done there,
    /// `done`: they may not show anywhere else.
    pub(super) fn tried(&mut self, causes: &[Cause], kind: Kind, at: &[&'static str], done: Option<Doing>) -> Tried {
        let mut suspect = Reference::conducting(Conduct::of(causes));
        let own = own_axes(at);
        let (mut asked, mut asked_beside) = (0, 0);
        for number in 0..DRAWN {
            if asked == ASKED && (asked_beside == ASKED_BESIDE || own.is_empty()) {
                break;
            }
            let is_near = number % 2 == 1;
            let axis = own.get(number / 4 % own.len().max(1)).copied().filter(|_| number % 4 == 1);
            let input = request(&[axis.unwrap_or_else(|| self.numbers.below(AXES.len()))], &mut self.numbers);
            // What must be accepted is refused, or something lets pass what was done to a request.
            let doing = match kind {
                _ if is_near && done.is_some() => done,
                Kind::Rejects => Some(Doing::NOTHING),
                _ => Doing::of(&mut self.numbers),
            };
            let question = doing.and_then(|doing| self.received(&(Box::new(input), doing)));
            let Some(question) = question.filter(|question| self.offer.lacks_for(question).is_none()) else { continue };
            let right = self.right(&question, VERDICT);
            if is_alike(Operation::Verify, &right, &suspect.ask_for(&question, VERDICT)) {
                if axis.is_none() || asked_beside == ASKED_BESIDE {
                    continue;
                }
                asked_beside += 1;
                let Some(observation) = self.ask(&question) else { break };
                if self.kind(&question, &right, &observation) == Some(kind)
                    && self.suspects.explaining(&question, &observation, &[]).is_none()
                {
                    return Tried::Needless;
                }
                continue;
            }
            if asked == ASKED {
                continue;
            }
            asked += 1;
            let Some(observation) = self.ask(&question) else { break };
            if is_right(&question, &right, &observation) {
                self.rights.keep(question, observation);
                return Tried::Refuted;
            }
        }
        Tried::Standing
    }
}

#[cfg(test)]
mod tests {
    use super::super::Limits;
    use super::*;
    use crate::fuzzing::numbers::Numbers;
    use crate::implementation::{Description, Implementation, Observation, Offer};
    use crate::vectors::{Output, Question};

    fn is_refuted(made: &[&str], named: &str, kind: Kind) -> (bool, usize) {
        is_refuted_where(made, named, kind, None)
    }

    fn is_refuted_where(made: &[&str], named: &str, kind: Kind, done: Option<Doing>) -> (bool, usize) {
        let causes = |ids: &[&str]| ids.iter().map(|id| Cause::parse(id).unwrap()).collect::<Vec<_>>();
        let mut implementation = Reference::conducting(Conduct::of(&causes(made)));
        let limits = Limits { runs: 0, breaks: 1, sign: false, verify: true };
        let mut search = Search::new(&mut implementation, None, 1, limits);
        (search.tried(&causes(&[named]), kind, &[], done) == Tried::Refuted, search.rights.iter().count())
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

    /// The reference, which refuses a timestamp with fewer digits than ten.
    struct OfTenDigits(Reference);

    impl Implementation for OfTenDigits {
        fn description(&self) -> &Description {
            self.0.description()
        }

        fn offer(&self) -> &Offer {
            self.0.offer()
        }

        fn ask(&mut self, question: &Question) -> Observation {
            let digits = |header: &str| header.split_once("oauth_timestamp=\"")?.1.find('"');
            let is_short = |header: &str| digits(header).is_some_and(|digits| digits < 10);
            match question {
                Question::Verify(input) if input.headers.iter().any(|(_, value)| is_short(&value.to_text())) => {
                    Observation::Answered(Box::new(Output { valid: Some(false), ..Output::default() }))
                }
                _ => self.0.ask(question),
            }
        }
    }

    #[test]
    fn where_more_goes_wrong_in_the_same_way_something_else_is_behind_it() {
        let mut implementation = OfTenDigits(Reference::new());
        let limits = Limits { runs: 0, breaks: 1, sign: false, verify: true };
        let mut search = Search::new(&mut implementation, None, 1, limits);
        // Of a timestamp with zeros in front the cause gives the same bit.
        let causes = [Cause::parse("values.numbers-rewritten").unwrap()];
        let tried = search.tried(&causes, Kind::Rejects, &["nothing", "nonce"], Some(Doing::NOTHING));
        assert_eq!(tried, Tried::Needless);
    }
}
