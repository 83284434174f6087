//! Fixtures: an exchange that was recorded or written from documentation enters with its observation ready. What it gives under its
//! profile is compared with the findings that its file expects.

use std::sync::Arc;

use super::difference::{Difference, MAX_DIFFERENCES, Side, What};
use super::judge::{Judgement, Met};
use super::record::{CaseRecord, Expected, Found, Observed};
use super::verdict::Verdict;
use crate::intake;
use crate::profile::exchange::{Exchange, Told};
use crate::profile::fixture::{Expected as ExpectedFindings, ExpectedProblem, Fixture, Status as FixtureStatus};
use crate::profile::kinds::Shape;
use crate::profile::{Profile, check};
use crate::vectors::{Clause, Level, Status, Text};

/// The operation's name in reports.
pub const OPERATION: &str = "exchange";

/// Judges a fixture of this suite under its profile. Whether a withdrawn one is judged at all is the caller's business.
#[must_use]
pub fn judge_exchange(profile: &Profile, suite: &Arc<str>, fixture: &Fixture) -> CaseRecord {
    let found = find(profile, fixture.input.clone());
    let status = match fixture.status {
        FixtureStatus::Active => Status::Active,
        FixtureStatus::Disputed => Status::Disputed,
        FixtureStatus::Withdrawn => Status::Withdrawn,
    };
    let differences = compare(&fixture.expect, &found);
    let met = differences.is_empty().then_some(Met::Answer);
    let verdict = match (status, met) {
        (Status::Disputed | Status::Withdrawn, _) => Verdict::Disputed,
        (Status::Active, Some(_)) => Verdict::Pass,
        (Status::Active, None) => Verdict::Fail,
    };
    CaseRecord {
        suite: Arc::clone(suite),
        id: fixture.id.clone(),
        operation: OPERATION,
        level: Level::Must,
        status,
        title: fixture.title.clone(),
        spec: fixture.spec.iter().map(|clause| Clause { doc: clause.doc.clone(), section: clause.section.clone() }).collect(),
        place: None,
        note: fixture.note.clone(),
        question: None,
        expected: Expected::Findings(fixture.expect.clone()),
        observed: Observed::Findings(found),
        judgement: Judgement { verdict, met, branch: None, differences },
        reason: None,
        diagnosis: None,
        foreseen: None,
        exchange: None,
        number: u64::MAX,
        duration_us: 0,
    }
}

/// What an exchange gives under a profile, its answer read by [`intake`].
#[must_use]
pub fn find(profile: &Profile, exchange: Exchange) -> Found {
    let (exchange, problem) = with_told(exchange);
    let findings = check(profile, &exchange).into_iter().map(|finding| (finding.rule, finding.because)).collect();
    Found { findings, problem }
}

/// Reads what the answer says of itself and puts it into the exchange.
fn with_told(mut exchange: Exchange) -> (Exchange, Option<ExpectedProblem>) {
    let Some(response) = &mut exchange.response else { return (exchange, None) };
    let answer = intake::read(response.headers.iter().map(|(name, value)| (name.as_str(), value.0.as_slice())), response.octets());
    let shape = match answer.shape {
        intake::Shape::Html => Shape::Html,
        intake::Shape::Xml => Shape::Xml,
        intake::Shape::Json => Shape::Json,
        intake::Shape::Form => Shape::Form,
        intake::Shape::Text => Shape::Text,
        intake::Shape::Empty => Shape::Empty,
    };
    response.told = Told { problem: answer.problem.as_ref().map(|problem| problem.name.clone()), shape: Some(shape) };
    let problem = answer.problem.map(|problem| ExpectedProblem {
        name: problem.name,
        place: problem.place.as_str().to_owned(),
        parameters: problem.parameters,
    });
    (exchange, problem)
}

fn compare(expected: &ExpectedFindings, found: &Found) -> Vec<Difference> {
    let mut differences = Vec::new();
    let inside = |rule: &str| What::Inside { field: "findings", name: rule.into() };
    let is_found = |rule: &String| found.findings.iter().any(|(other, _)| other == rule);
    for rule in expected.findings.iter().filter(|rule| !is_found(rule)) {
        differences.push(Difference::new(inside(rule), Side::Words("broken".to_owned()), Side::Absent));
    }
    for (rule, because) in found.findings.iter().filter(|(rule, _)| !expected.findings.contains(rule)) {
        differences.push(Difference::new(inside(rule), Side::Absent, Side::Words(because.clone())));
    }
    let in_order = found.findings.iter().map(|(rule, _)| rule).eq(&expected.findings);
    if differences.is_empty() && !in_order {
        let given: Vec<&str> = found.findings.iter().map(|(rule, _)| rule.as_str()).collect();
        let (wanted, given) = (expected.findings.join(", "), given.join(", "));
        differences.push(Difference::new(What::Field("findings"), Side::Words(wanted), Side::Words(given)));
    }
    compare_problem(expected.problem.as_ref(), found.problem.as_ref(), &mut differences);
    differences.truncate(MAX_DIFFERENCES);
    differences
}

fn compare_problem(expected: Option<&ExpectedProblem>, found: Option<&ExpectedProblem>, differences: &mut Vec<Difference>) {
    if expected == found {
        return;
    }
    let what = |name: &str| What::Inside { field: "problem", name: name.into() };
    let name = |problem: Option<&ExpectedProblem>| problem.map_or(Side::Absent, |problem| Side::Value(problem.name.as_str().into()));
    let (Some(wanted), Some(given)) = (expected, found) else {
        return differences.push(Difference::new(What::Field("problem"), name(expected), name(found)));
    };
    for (part, wanted, given) in [("name", &wanted.name, &given.name), ("place", &wanted.place, &given.place)] {
        if wanted != given {
            differences.push(Difference::of_values(what(part), wanted.as_bytes(), given.as_bytes()));
        }
    }
    let parted = wanted.parameters.iter().zip(&given.parameters).position(|(left, right)| left != right);
    let parted = parted.unwrap_or(wanted.parameters.len().min(given.parameters.len()));
    let (wanted, given) = (wanted.parameters.get(parted), given.parameters.get(parted));
    if let Some((named, _)) = wanted.or(given) {
        let value = |pair: Option<&(String, String)>| pair.map(|(_, value)| Text::from(value.as_str()));
        differences.push(super::judge::of_options(what(named), value(wanted).as_ref(), value(given).as_ref()));
    }
}
