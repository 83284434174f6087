//! All rules of a profile put to one exchange: request and flow first, then the answer, because whether a refusal was right depends on
//! what was wrong with the request.

use super::answer::Answer;
use super::document::{Endpoint, EndpointName, Profile};
use super::exchange::{Client, Exchange, Token};
use super::kinds::Check;
use super::outcome::{Finding, Judged, Outcome, Party};
use super::reading::Reading;
use super::rule::{Level, Rule, Side};
use super::{credential_checks, lifetime_checks, redirect_checks, refusal_checks, request_checks, response_checks};
use crate::protocol::Code;

/// The rules that an exchange breaks, in the profile's order.
#[must_use]
pub fn check(profile: &Profile, exchange: &Exchange) -> Vec<Finding> {
    assess(profile, exchange).into_iter().filter_map(|(_, outcome)| broken(outcome)).collect()
}

/// The rules for requests, and those on a token's life, that an exchange breaks whose request was read before: what a server asks, which
/// has not answered yet.
#[must_use]
pub fn check_request(profile: &Profile, exchange: &Exchange, reading: &Reading<'_>) -> Vec<Finding> {
    let facts = Facts { profile, exchange, reading, answer: None, faults: Vec::new() };
    profile.rules.iter().filter(|rule| rule.side != Side::Response).filter_map(|rule| broken(facts.put(rule))).collect()
}

fn broken(outcome: Outcome) -> Option<Finding> {
    match outcome {
        Outcome::Broken(finding) => Some(finding),
        Outcome::Kept | Outcome::NotJudged => None,
    }
}

/// Each rule of the profile with what comes of it, in the profile's order.
#[must_use]
pub fn assess<'p>(profile: &'p Profile, exchange: &Exchange) -> Vec<(&'p Rule, Outcome)> {
    let reading = Reading::of(&exchange.request);
    let answer = exchange.response.as_ref().map(|response| Answer::under(profile, response));
    let mut facts = Facts { profile, exchange, reading: &reading, answer, faults: Vec::new() };
    let mut assessed: Vec<(&Rule, Outcome)> = profile.rules.iter().map(|rule| (rule, Outcome::NotJudged)).collect();
    for (rule, outcome) in assessed.iter_mut().filter(|(rule, _)| rule.side != Side::Response) {
        *outcome = facts.put(rule);
    }
    facts.faults = assessed.iter().filter_map(|(_, outcome)| fault(outcome)).collect();
    facts.faults.sort_unstable();
    facts.faults.dedup();
    for (rule, outcome) in assessed.iter_mut().filter(|(rule, _)| rule.side == Side::Response) {
        *outcome = facts.put(rule);
    }
    assessed
}

/// The code of a fault for which the provider should refuse: the client broke something that must be.
fn fault(outcome: &Outcome) -> Option<Code> {
    match outcome {
        Outcome::Broken(finding) if finding.level == Level::Must && finding.by == Party::Client => finding.code,
        _ => None,
    }
}

/// What is known of an exchange while it is judged.
pub(super) struct Facts<'a> {
    pub(super) profile: &'a Profile,
    pub(super) exchange: &'a Exchange,
    pub(super) reading: &'a Reading<'a>,
    pub(super) answer: Option<Answer<'a>>,
    /// What the client did wrong, each code once; known before the answer is judged.
    pub(super) faults: Vec<Code>,
}

impl<'a> Facts<'a> {
    fn put(&self, rule: &Rule) -> Outcome {
        let meant = rule.endpoints.contains(&self.exchange.endpoint)
            && rule.when.as_ref().is_none_or(|when| when.holds(self.reading.text("oauth_signature_method")));
        if meant { self.judge(&rule.check).under(rule) } else { Outcome::NotJudged }
    }

    fn judge(&self, check: &Check) -> Judged {
        match check {
            Check::Method { one_of } => request_checks::method(self, one_of),
            Check::Url {} => request_checks::url(self),
            Check::Scheme { one_of } => request_checks::scheme(self, one_of),
            Check::Place { one_of } => request_checks::place(self, one_of),
            Check::OnePlace {} => request_checks::one_place(self),
            Check::RequiredParameters { names } => request_checks::required(self, names),
            Check::ForbiddenParameters { names } => request_checks::forbidden(self, names),
            Check::ListedParameters { names } => request_checks::listed(self, names),
            Check::NoDuplicates {} => request_checks::no_duplicates(self),
            Check::ParameterValue { name, value } => request_checks::value(self, name, value),
            Check::ParameterLengths { limits } => request_checks::lengths(self, limits),
            Check::DefaultValue { name, value } => request_checks::default_value(self, name, value),
            Check::HeaderGrammar {} => request_checks::grammar(self),
            Check::FormBody {} => request_checks::form_body(self),
            Check::Realm { one_of } => request_checks::realm(self, one_of),
            Check::RealmRequired {} => request_checks::realm_required(self),
            Check::HeaderField { name } => request_checks::header_field(self, name),
            Check::ParameterIs { name, credential } => credential_checks::identifier(self, name, *credential),
            Check::SignatureMethod { one_of } => credential_checks::signature_method(self, one_of),
            Check::Signature { secrets } => credential_checks::signature(self, secrets),
            Check::PlaintextWire {} => credential_checks::plaintext_wire(self),
            Check::BodyHash { hash } => credential_checks::body_hash(self, *hash),
            Check::TimestampWithin { seconds, only } => credential_checks::timestamp(self, *seconds, *only),
            Check::NonceFresh { per } => credential_checks::nonce(self, per),
            Check::ClientKnown {} => credential_checks::client(self),
            Check::TokenKnown {} => credential_checks::token(self),
            Check::TokenType { token_type } => credential_checks::token_type(self, *token_type),
            Check::Verifier {} => credential_checks::verifier(self),
            Check::TokenLifetime { seconds } => lifetime_checks::lifetime(self, Some(*seconds)),
            Check::DeclaredLifetime {} => lifetime_checks::lifetime(self, None),
            Check::TokenIdle { seconds } => lifetime_checks::idle(self, *seconds),
            Check::TokenEndsAtMidnight { zone } => lifetime_checks::midnight(self, *zone),
            Check::RenewalHolds { zone, seconds } => lifetime_checks::renewal(self, *zone, *seconds),
            Check::TokenUnused {} => lifetime_checks::unused(self),
            Check::RevokedIsRefused {} => lifetime_checks::revoked(self),
            _ => self.answer.as_ref().map_or(Judged::Not, |answer| self.judge_answer(check, answer)),
        }
    }

    fn judge_answer(&self, check: &Check, answer: &Answer<'_>) -> Judged {
        match check {
            Check::SuccessStatus { one_of } => response_checks::status(answer, 100..400, one_of),
            Check::Status { one_of } => response_checks::status(answer, 100..600, one_of),
            Check::ErrorStatus { one_of } => response_checks::status(answer, 400..600, one_of),
            Check::ServerError { one_of } => response_checks::status(answer, 500..600, one_of),
            Check::TextStatus { text, one_of } => response_checks::text_status(answer, text, one_of),
            Check::ValueStatus { at, value, one_of } => response_checks::value_status(answer, at, value, one_of),
            Check::ContentType { one_of } => response_checks::content_type(answer, one_of),
            Check::ResponseForm {} => response_checks::form(answer),
            Check::ResponseParameters { names } => response_checks::parameters(answer, names),
            Check::ResponseValue { name, value } => response_checks::value(self, answer, name, value),
            Check::CallbackConfirmed { when } => response_checks::callback_confirmed(self, answer, *when),
            Check::RedirectParameters { names } => redirect_checks::parameters(self, answer, names),
            Check::RedirectValue { name, value } => redirect_checks::value(self, answer, name, value),
            Check::RedirectToCallback {} => redirect_checks::to_callback(self, answer),
            Check::Problem { one_of } => refusal_checks::problem(answer, one_of),
            Check::ProblemStatus { problems, one_of } => refusal_checks::problem_status(answer, problems, one_of),
            Check::ErrorShape { one_of } => refusal_checks::shape(answer, one_of),
            Check::Refusal { codes } => refusal_checks::refused(self, answer, codes),
            Check::RefusalStatus { codes, one_of } => refusal_checks::status(self, answer, codes, one_of),
            Check::RefusalProblem { code, one_of } => refusal_checks::problem_of(self, answer, *code, one_of),
            Check::RefusalValue { codes, at, one_of } => refusal_checks::value_of(self, answer, codes, at, one_of),
            Check::RefusalText { codes, one_of } => refusal_checks::text_of(self, answer, codes, one_of),
            // Every other kind looks at the request or at a token's life. One that were forgotten here would be a rule that no fixture
            // breaks, and a test forbids that.
            _ => Judged::Not,
        }
    }

    /// The profile's data of the endpoint.
    pub(super) fn endpoint(&self) -> Option<&'a Endpoint> {
        self.profile.endpoints.get(&self.exchange.endpoint)
    }

    /// The client, if it is the one that the request names.
    pub(super) fn client(&self) -> Option<&'a Client> {
        self.exchange.client.as_ref().filter(|client| self.reading.value("oauth_consumer_key") == Some(client.identifier.as_bytes()))
    }

    /// The token, if it is the one that the request presents. An authorization URL may present it in ways of the provider's own, so
    /// there the token is the one that was meant.
    pub(super) fn token(&self) -> Option<&'a Token> {
        let presented = |token: &&Token| {
            self.exchange.endpoint == EndpointName::Authorize || self.reading.value("oauth_token") == Some(token.identifier.as_bytes())
        };
        self.exchange.token.as_ref().filter(presented)
    }
}
