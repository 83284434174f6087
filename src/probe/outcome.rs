//! What an answer is: accepted, refused, or neither. Whether that is right is another question.

use std::time::Duration;

use super::redaction::Redactor;
use crate::implementation::live::{Incoming, Trouble};
use crate::intake;
use crate::profile::Profile;
use crate::profile::answer::Answer as Form;
use crate::profile::document::{EndpointName, SuccessFormat};
use crate::profile::exchange::{Octets, Response, Told};
use crate::profile::kinds::Shape;

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was answered as good requests are.
    Accepted,
    /// It was refused.
    Refused,
    /// The server failed: a status of 500 or more.
    ServerError,
    /// The server sends elsewhere.
    Redirected,
    /// A status of success without what belongs to it.
    Odd,
    /// There was no whole answer.
    Silent(Trouble),
}

/// An answer with all that is read out of it. It is read once: an answer may be large.
#[derive(Clone, Debug)]
pub struct Read {
    /// The answer, in the form that rules are put to.
    pub response: Response,
    /// What it says of the request.
    pub says: intake::Answer,
    /// What came of the request.
    pub outcome: Outcome,
    /// From the first octet sent to the last one read.
    pub elapsed: Duration,
    /// The protocol parameters of a form-encoded body, decoded.
    said: Vec<(Vec<u8>, Vec<u8>)>,
}

/// The most protocol parameters of an answer that are looked at.
const MOST_SAID: usize = 64;

impl Read {
    /// Reads an answer of an endpoint.
    #[must_use]
    pub fn of(profile: &Profile, name: EndpointName, incoming: Incoming) -> Read {
        let fields = incoming.headers.iter().map(|(name, value)| (name.clone().into_bytes(), value.clone())).collect();
        let says = intake::Answer::read(Some(incoming.status), &fields, &incoming.body);
        let kind = incoming.field("content-type").map(|kind| String::from_utf8_lossy(kind).into_owned());
        let shape = intake::Shape::of(kind.as_deref(), &String::from_utf8_lossy(&incoming.body));
        let response = Response {
            status: incoming.status,
            headers: incoming.headers.into_iter().map(|(name, value)| (name, Octets(value))).collect(),
            body: Some(Octets(incoming.body)),
            told: Told { problem: says.problem.as_ref().map(|problem| problem.name.clone()), shape: Shape::from_word(shape.as_str()) },
        };
        let form = Form::under(profile, &response);
        let outcome = outcome(profile, name, &form, &says);
        let is_protocol = |(name, _): &(Vec<u8>, Vec<u8>)| name.starts_with(b"oauth_") || name.starts_with(b"xoauth_");
        let said = form.parameters.into_iter().filter(is_protocol).take(MOST_SAID).collect();
        Read { response, says, outcome, elapsed: incoming.elapsed, said }
    }

    /// Lets go of most of a large body, and of values in it.
    pub fn cut(&mut self, most: usize) {
        for (name, value) in &mut self.said {
            name.truncate(most);
            value.truncate(most);
            value.shrink_to_fit();
        }
        if let Some(body) = &mut self.response.body {
            body.0.truncate(most);
            body.0.shrink_to_fit();
        }
    }

    /// The problem and the status in a phrase, without secrets: `401, token_rejected`.
    #[must_use]
    pub fn phrase(&self, redactor: &Redactor) -> String {
        match &self.says.problem {
            Some(problem) => format!("{}, {}", self.response.status, redactor.word(&problem.name, 60)),
            None => self.response.status.to_string(),
        }
    }

    /// A value of a form-encoded answer.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<Vec<u8>> {
        self.said.iter().find(|(known, _)| known == name.as_bytes()).map(|(_, value)| value.clone())
    }
}

fn outcome(profile: &Profile, name: EndpointName, form: &Form<'_>, says: &intake::Answer) -> Outcome {
    let response = form.response;
    if form.refused_inside && response.status < 500 {
        return Outcome::Refused;
    }
    if name == EndpointName::Authorize {
        return match response.status {
            500.. => Outcome::ServerError,
            400.. => Outcome::Refused,
            300.. if form.location().is_none() => Outcome::Odd,
            // Where the client gets a problem, the resource owner was not even asked.
            300.. if form.location_value("oauth_problem").is_some() || form.location_value("error").is_some() => Outcome::Refused,
            _ => Outcome::Accepted,
        };
    }
    // Some providers say that they refuse with a status of 500.
    let is_documented = || profile.errors.iter().any(|error| error.status == response.status && !error.codes.is_empty());
    match response.status {
        500.. if !is_documented() => Outcome::ServerError,
        400.. => Outcome::Refused,
        300.. => Outcome::Redirected,
        200..300 if says.problem.is_some() => Outcome::Refused,
        200..300 => {
            let endpoint = profile.endpoints.get(&name);
            let gives = endpoint.is_some_and(|endpoint| endpoint.response.format == SuccessFormat::Form);
            let given = || form.value("oauth_token").is_some_and(|token| !token.is_empty());
            if !gives || given() { Outcome::Accepted } else { Outcome::Odd }
        }
        _ => Outcome::Odd,
    }
}
