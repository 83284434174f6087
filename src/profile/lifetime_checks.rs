//! Checks of a token's life: how long it lasts, when it sleeps, and what renewing, exchanging and revoking do to it.
//!
//! A client breaks such a rule by using a token after its end, whatever the provider answers; a provider breaks it by refusing a token
//! before its end, or by taking one that is revoked.

use super::assessment::Facts;
use super::calendar::Zone;
use super::document::TokenType;
use super::exchange::Token;
use super::outcome::Judged;
use crate::protocol::Code;

/// A life in seconds: what the answer told, or the documented one. With a documented one only request tokens are meant.
pub(super) fn lifetime(facts: &Facts<'_>, documented: Option<u64>) -> Judged {
    let Some((token, age)) = token_and_age(facts) else { return Judged::Not };
    if documented.is_some() && token.token_type != TokenType::Temporary {
        return Judged::Not;
    }
    let Some(limit) = token.lifetime.or(documented) else { return Judged::Not };
    if age <= limit && told(facts, &["token_expired", "access_token_expired"]) {
        return Judged::provider(Some(format!("a token of {age} s is called expired, it lasts {limit} s")));
    }
    let next = if token.token_type == TokenType::Temporary { "start again" } else { "renew it or start again" };
    Judged::client(Code::TokenRejected, (age > limit).then(|| format!("the token is {age} s old, it lasts {limit} s: {next}")))
}

fn token_and_age<'a>(facts: &Facts<'a>) -> Option<(&'a Token, u64)> {
    let token = facts.token()?;
    Some((token, facts.exchange.now?.saturating_sub(token.issued?)))
}

fn told(facts: &Facts<'_>, problems: &[&str]) -> bool {
    let problem = facts.answer.as_ref().and_then(|answer| answer.response.told.problem.as_deref());
    problem.is_some_and(|problem| problems.contains(&problem))
}

/// The last moment at which anything was done with the token.
fn last_touched(token: &Token) -> Option<u64> {
    [token.issued, token.last_used, token.renewed].into_iter().flatten().max()
}

fn access_token<'a>(facts: &Facts<'a>) -> Option<(&'a Token, u64)> {
    Some((facts.token().filter(|token| token.token_type == TokenType::Access)?, facts.exchange.now?))
}

pub(super) fn idle(facts: &Facts<'_>, seconds: u64) -> Judged {
    let Some((token, now)) = access_token(facts) else { return Judged::Not };
    let Some(touched) = last_touched(token) else { return Judged::Not };
    let idle = now.saturating_sub(touched);
    Judged::client(
        Code::TokenRejected,
        (idle > seconds).then(|| format!("the token was not used for {idle} s and sleeps after {seconds}: renew it")),
    )
}

pub(super) fn midnight(facts: &Facts<'_>, zone: Zone) -> Judged {
    let Some((token, now)) = access_token(facts) else { return Judged::Not };
    let Some(issued) = token.issued else { return Judged::Not };
    let ended = zone.day(now) > zone.day(issued);
    let because =
        || format!("the token was issued on another day: it ended at midnight, {}, and the user must log in again", zone.as_str());
    Judged::client(Code::TokenRejected, ended.then(because))
}

pub(super) fn renewal(facts: &Facts<'_>, zone: Zone, seconds: u64) -> Judged {
    let (Some((token, now)), Some(answer)) = (access_token(facts), &facts.answer) else { return Judged::Not };
    let Some(renewed) = token.renewed else { return Judged::Not };
    let awake = last_touched(token).is_some_and(|touched| now.saturating_sub(touched) <= seconds);
    if !awake || zone.day(now) != zone.day(renewed) || token.revoked.is_some() {
        return Judged::Not;
    }
    let refused = answer.response.status == 401 || told(facts, &["token_rejected", "token_expired", "token_revoked", "token_used"]);
    Judged::provider(refused.then(|| "a token is refused that was renewed on the same day".to_owned()))
}

pub(super) fn unused(facts: &Facts<'_>) -> Judged {
    let Some(token) = facts.token().filter(|token| token.token_type == TokenType::Temporary) else { return Judged::Not };
    let because = "the request token was exchanged before: it and its verifier serve once";
    Judged::client(Code::TokenRejected, token.exchanged.map(|_| because.to_owned()))
}

pub(super) fn revoked(facts: &Facts<'_>) -> Judged {
    let (Some(token), Some(answer)) = (facts.token(), &facts.answer) else { return Judged::Not };
    if token.revoked.is_none() {
        return Judged::Not;
    }
    Judged::provider((!answer.is_error()).then(|| "a revoked token was not refused".to_owned()))
}
