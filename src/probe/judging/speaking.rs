//! Which rules of a profile have a say in a step.

use crate::probe::step::{Step, Wanted};
use crate::profile::kinds::Check;

/// Whether a rule says something of the answer that the step itself has not said. How a fault is refused is only asked where the request
/// has that fault and no other.
pub(super) fn speaks(check: &Check, step: &Step, own: bool) -> bool {
    if matches!(check, Check::RenewalHolds { .. }) {
        return step.wanted == Wanted::Accepted;
    }
    let Wanted::Refused(Some(code)) = step.wanted else {
        let of_refusals = matches!(
            check,
            Check::RefusalStatus { .. }
                | Check::RefusalProblem { .. }
                | Check::RefusalValue { .. }
                | Check::RefusalText { .. }
                | Check::Refusal { .. }
        );
        // What is refused before it comes to the provider's own checks is refused by whatever stands before them.
        let of_errors = matches!(
            check,
            Check::ErrorShape { .. }
                | Check::ErrorStatus { .. }
                | Check::Status { .. }
                | Check::Problem { .. }
                | Check::ProblemStatus { .. }
                | Check::ServerError { .. }
        );
        return !of_refusals && (step.wanted == Wanted::Accepted || !of_errors);
    };
    match check {
        Check::Refusal { .. } | Check::RevokedIsRefused {} => !own,
        // A repetition that is written otherwise may be refused for its writing.
        Check::RefusalStatus { .. } | Check::RefusalValue { .. } | Check::RefusalText { .. } | Check::RefusalProblem { .. }
            if step.first.is_some() && !step.edits.is_empty() =>
        {
            false
        }
        Check::RefusalStatus { codes, .. } | Check::RefusalValue { codes, .. } | Check::RefusalText { codes, .. } => {
            codes.iter().any(|known| known.0 == code)
        }
        Check::RefusalProblem { code: known, .. } => known.0 == code,
        _ => true,
    }
}
