//! Checks of a refusal: whether there is one, its status, the problem it names and the form in which it comes.

use super::answer::Answer;
use super::assessment::Facts;
use super::error_answer::value_at;
use super::kinds::{Fault, Shape};
use super::outcome::{Judged, any_of, shown};
use crate::protocol::Code;

pub(super) fn problem(answer: &Answer<'_>, one_of: &[String]) -> Judged {
    let Some(problem) = &answer.response.told.problem else { return Judged::Not };
    let known = one_of.contains(problem);
    Judged::provider(
        (!known).then(|| format!("oauth_problem is {}, which is not one of the list", shown("oauth_problem", problem.as_bytes()))),
    )
}

pub(super) fn problem_status(answer: &Answer<'_>, problems: &[String], one_of: &[u16]) -> Judged {
    let Some(problem) = answer.response.told.problem.as_ref().filter(|problem| problems.contains(problem)) else { return Judged::Not };
    let status = answer.response.status;
    Judged::provider((!one_of.contains(&status)).then(|| format!("{problem} comes with status {status}, not {}", any_of(one_of))))
}

pub(super) fn shape(answer: &Answer<'_>, one_of: &[Shape]) -> Judged {
    let Some(shape) = answer.response.told.shape.filter(|shape| *shape != Shape::Empty && answer.is_error()) else { return Judged::Not };
    let because = || format!("the error comes as {}, not as {}", shape.as_str(), any_of(one_of.iter().map(|shape| shape.as_str())));
    Judged::provider((!one_of.contains(&shape)).then(because))
}

pub(super) fn refused(facts: &Facts<'_>, answer: &Answer<'_>, codes: &[Fault]) -> Judged {
    let Some(fault) = facts.faults.iter().find(|fault| codes.iter().any(|code| code.0 == **fault)) else { return Judged::Not };
    Judged::provider((!answer.is_error()).then(|| format!("a request with the fault {fault} was not refused")))
}

/// The one fault of the request. With several, which of them the provider saw first is its own affair.
fn only_fault(facts: &Facts<'_>) -> Option<Code> {
    match facts.faults.as_slice() {
        [fault] => Some(*fault),
        _ => None,
    }
}

pub(super) fn status(facts: &Facts<'_>, answer: &Answer<'_>, codes: &[Fault], one_of: &[u16]) -> Judged {
    let Some(fault) = refused_for(facts, answer, codes) else { return Judged::Not };
    let status = answer.response.status;
    Judged::provider((!one_of.contains(&status)).then(|| format!("the fault {fault} is answered {status}, not {}", any_of(one_of))))
}

pub(super) fn problem_of(facts: &Facts<'_>, answer: &Answer<'_>, code: Fault, one_of: &[String]) -> Judged {
    let Some(problem) = answer.response.told.problem.as_ref().filter(|_| only_fault(facts) == Some(code.0)) else { return Judged::Not };
    let known = one_of.contains(problem);
    let because = || format!("the fault {} is answered {}, not {}", code.0, shown("oauth_problem", problem.as_bytes()), any_of(one_of));
    Judged::provider((!known).then(because))
}

/// The one fault of a request that was refused, if it is among these.
fn refused_for(facts: &Facts<'_>, answer: &Answer<'_>, codes: &[Fault]) -> Option<Code> {
    only_fault(facts).filter(|fault| answer.is_error() && codes.iter().any(|code| code.0 == *fault))
}

/// A body that is no JSON is judged by the form that it should have.
pub(super) fn value_of(facts: &Facts<'_>, answer: &Answer<'_>, codes: &[Fault], at: &str, one_of: &[String]) -> Judged {
    let Some(fault) = refused_for(facts, answer, codes) else { return Judged::Not };
    let Some(value) = value_at(answer.response.octets(), at) else { return Judged::Not };
    let because = match &value {
        None => Some(format!("the answer to the fault {fault} has no value at {at}")),
        Some(value) if one_of.contains(value) => None,
        Some(value) => Some(format!("the answer to the fault {fault} has {} at {at}, not {}", shown(at, value.as_bytes()), any_of(one_of))),
    };
    Judged::provider(because)
}

pub(super) fn text_of(facts: &Facts<'_>, answer: &Answer<'_>, codes: &[Fault], one_of: &[String]) -> Judged {
    let Some(fault) = refused_for(facts, answer, codes) else { return Judged::Not };
    let told = one_of.iter().any(|text| answer.holds(text));
    let texts = || any_of(one_of.iter().map(|text| format!("\"{text}\"")));
    Judged::provider((!told).then(|| format!("the answer to the fault {fault} does not hold {}", texts())))
}
