//! How a provider would refuse: the status, problem and form of its answer to a fault, out of its own rules. A sandbox answers so.

use super::document::{EndpointName, ErrorAnswer, Profile};
use super::kinds::{Check, Fault, Shape};
use super::rule::Rule;
use crate::protocol::Code;

/// An answer to a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentedRefusal {
    /// The status.
    pub status: u16,
    /// The value of `oauth_problem`.
    pub problem: String,
    /// The form of the body.
    pub shape: Shape,
}

impl Profile {
    /// How this endpoint refuses a request with this fault. What the provider does not say is taken from RFC 5849 section 3.2 (status)
    /// and the problem reporting extension (problem).
    #[must_use]
    pub fn refusal(&self, endpoint: EndpointName, code: Code) -> DocumentedRefusal {
        let rules = || self.rules.iter().filter(move |rule| rule.endpoints.contains(&endpoint));
        let problem = rules().find_map(|rule| problem_of(rule, code)).unwrap_or_else(|| usual_problem(code).to_owned());
        let by_code = rules().find_map(|rule| status_of(rule, code));
        let by_problem = || rules().find_map(|rule| status_of_problem(rule, &problem));
        let seen = || self.errors.iter().find(|error| error.problems.contains(&problem)).map(|error| error.status);
        let shape = rules().find_map(|rule| match &rule.check {
            Check::ErrorShape { one_of } => one_of.first().copied(),
            _ => None,
        });
        let own = self.error_answer(endpoint, code);
        let shape = own.and_then(|answer| answer.shape).or(shape);
        let by_answer = || own.map(|answer| answer.status);
        let status = by_code.or_else(by_answer).or_else(by_problem).or_else(seen).unwrap_or_else(|| usual_status(code));
        DocumentedRefusal { status, shape: shape.unwrap_or(Shape::Form), problem }
    }

    /// The answer that was documented or seen for a fault at this endpoint, if there is one.
    #[must_use]
    pub fn error_answer(&self, endpoint: EndpointName, code: Code) -> Option<&ErrorAnswer> {
        self.errors.iter().find(|error| error.answers(endpoint, Fault(code)))
    }
}

fn problem_of(rule: &Rule, fault: Code) -> Option<String> {
    match &rule.check {
        Check::RefusalProblem { code, one_of } if code.0 == fault => one_of.first().cloned(),
        _ => None,
    }
}

fn status_of(rule: &Rule, fault: Code) -> Option<u16> {
    match &rule.check {
        Check::RefusalStatus { codes, one_of } if codes.iter().any(|code| code.0 == fault) => one_of.first().copied(),
        _ => None,
    }
}

fn status_of_problem(rule: &Rule, problem: &str) -> Option<u16> {
    match &rule.check {
        Check::ProblemStatus { problems, one_of } if problems.iter().any(|known| known == problem) => one_of.first().copied(),
        _ => None,
    }
}

/// RFC 5849 section 3.2: 401 for credentials, signature and nonce, 400 for everything else.
fn usual_status(code: Code) -> u16 {
    match code {
        Code::ClientUnknown | Code::TokenRejected | Code::SignatureInvalid | Code::NonceUsed | Code::TimestampRefused => 401,
        _ => 400,
    }
}

/// The value of `oauth_problem` in the problem reporting extension.
fn usual_problem(code: Code) -> &'static str {
    match code {
        Code::ClientUnknown => "consumer_key_unknown",
        Code::ParameterDuplicated
        | Code::ParameterScattered
        | Code::BodyHashInvalid
        | Code::MalformedHeader
        | Code::InvalidPercentEncoding
        | Code::MalformedUrl
        | Code::MalformedRequest => "parameter_rejected",
        Code::InsecureTransport | Code::KeyUnusable => "signature_method_rejected",
        other => other.as_str(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::shipped;

    #[track_caller]
    fn refuses(profile: &str, endpoint: EndpointName, code: Code, status: u16, problem: &str, shape: Shape) {
        let profile = shipped::profile(profile).unwrap().unwrap();
        assert_eq!(profile.refusal(endpoint, code), DocumentedRefusal { status, problem: problem.to_owned(), shape });
    }

    #[test]
    fn each_provider_refuses_in_its_own_way() {
        use EndpointName::{AccessToken, RequestToken};
        refuses("etrade", RequestToken, Code::ParameterAbsent, 400, "parameter_absent", Shape::Html);
        refuses("etrade", RequestToken, Code::SignatureInvalid, 401, "signature_invalid", Shape::Html);
        refuses("yahoo", AccessToken, Code::ClientUnknown, 400, "consumer_key_unknown", Shape::Form);
        refuses("yahoo", AccessToken, Code::ParameterDuplicated, 400, "parameter_rejected", Shape::Form);
        refuses("rfc5849", AccessToken, Code::NonceUsed, 401, "nonce_used", Shape::Form);
    }
}
