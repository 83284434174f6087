//! A judged case read out of an event or a JSON report again. What it holds is what any report tells of it; members that a later version
//! adds are ignored.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::value::RawValue;

use super::difference::{Difference, Side, What};
use super::expectations::Foreseen;
use super::judge::{Judgement, Met};
use super::probed::{PROBE, ToldExchange};
use super::record::{CaseRecord, Expected, Found, Observed};
use super::verdict::Verdict;
use crate::deviation::Cause;
use crate::diagnosis::{Diagnosis, Outcome};
use crate::implementation::{Break, Observation};
use crate::profile::fixture::{Expected as ExpectedFindings, ExpectedProblem};
use crate::vectors::input;
use crate::vectors::{Clause, Expectation, Level, Operation, Output, Place, Status, Text};

/// The operation of an exchange, which is no question.
const EXCHANGE: &str = "exchange";

/// The members of a case.
#[derive(serde::Deserialize)]
struct Written<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    operation: Cow<'a, str>,
    level: Level,
    status: Status,
    verdict: Verdict,
    #[serde(default)]
    title: String,
    #[serde(default)]
    spec: Vec<Clause>,
    #[serde(default)]
    place: Option<String>,
    #[serde(default)]
    note: Option<String>,
    #[serde(borrow, default)]
    input: Option<&'a RawValue>,
    #[serde(borrow)]
    expected: &'a RawValue,
    #[serde(borrow)]
    observation: &'a RawValue,
    #[serde(default)]
    differences: Vec<WrittenDifference>,
    #[serde(default)]
    met_by: Option<MetBy>,
    #[serde(default)]
    because: Option<String>,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    diagnosis: Option<WrittenDiagnosis>,
    #[serde(default)]
    expectation: Option<Foreseen>,
    #[serde(default)]
    exchange: Option<Box<ToldExchange>>,
    #[serde(default)]
    duration_us: u64,
    #[serde(default)]
    number: Option<u64>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum MetBy {
    Answer,
    Refusal,
}

impl<'de> Deserialize<'de> for CaseRecord {
    /// Reads a case out of a text: it cannot be read out of a [`serde_json::Value`].
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<CaseRecord, D::Error> {
        Written::deserialize(deserializer)?.record().map_err(D::Error::custom)
    }
}

impl Written<'_> {
    fn record(self) -> Result<CaseRecord, String> {
        let (suite, id) = self.id.split_once('/').ok_or_else(|| format!("the id {:?} has no suite", self.id))?;
        let in_member = |name: &str, error: serde_json::Error| format!("{}: {name}: {error}", self.id);
        let asked = Operation::ALL.into_iter().find(|operation| operation.as_str() == self.operation);
        let operation = match asked {
            Some(operation) => operation.as_str(),
            None if self.operation == EXCHANGE => EXCHANGE,
            None if self.operation == PROBE => PROBE,
            None => return Err(format!("there is no operation {:?}", self.operation)),
        };
        let (expected, observed) = if asked.is_some() {
            let expectation = expectation(self.expected.get()).map_err(|error| in_member("expected", error))?;
            let observation: Deed = serde_json::from_str(self.observation.get()).map_err(|error| in_member("observation", error))?;
            (Expected::Answer(expectation), Observed::Implementation(observation.into()))
        } else {
            let findings: ExpectedFindings = serde_json::from_str(self.expected.get()).map_err(|error| in_member("expected", error))?;
            let found: WrittenFound = serde_json::from_str(self.observation.get()).map_err(|error| in_member("observation", error))?;
            (Expected::Findings(findings), Observed::Findings(found.into()))
        };
        let question = match (asked, self.input) {
            (Some(operation), Some(text)) => Some(Arc::new(input::read(operation, text.get()).map_err(|error| in_member("input", error))?)),
            _ => None,
        };
        let branch = match (&expected, &self.because) {
            (Expected::Answer(Expectation::OneOf(branches)), Some(because)) => branches.iter().position(|(known, _)| known == because),
            _ => None,
        };
        let differences = self.differences.into_iter().map(WrittenDifference::read).collect::<Result<_, _>>()?;
        let met = self.met_by.map(|by| match by {
            MetBy::Answer => Met::Answer,
            MetBy::Refusal => Met::Refusal,
        });
        Ok(CaseRecord {
            suite: suite.into(),
            id: id.to_owned(),
            operation,
            level: self.level,
            status: self.status,
            title: self.title,
            spec: self.spec,
            place: self.place.as_deref().map(place).transpose()?,
            note: self.note,
            question,
            expected,
            observed,
            judgement: Judgement { verdict: self.verdict, met, branch, differences },
            reason: self.reason,
            diagnosis: self.diagnosis.map(WrittenDiagnosis::read).transpose()?,
            foreseen: self.expectation,
            exchange: self.exchange,
            duration_us: self.duration_us,
            number: self.number.unwrap_or(u64::MAX),
        })
    }
}

/// `FILE:LINE`.
fn place(text: &str) -> Result<Place, String> {
    let parts = text.rsplit_once(':').and_then(|(file, line)| Some((file, line.parse().ok()?)));
    let (file, line) = parts.ok_or_else(|| format!("the place {text:?} is not FILE:LINE"))?;
    Ok(Place { file: file.into(), line })
}

#[derive(serde::Deserialize)]
struct Codes {
    codes: Vec<String>,
}

/// Reads an expectation as it stands in a vector file.
fn expectation(text: &str) -> serde_json::Result<Expectation> {
    #[derive(serde::Deserialize)]
    struct Kind<'a> {
        #[serde(default)]
        refuse: Option<Codes>,
        #[serde(borrow, default)]
        one_of: Option<Vec<BTreeMap<String, &'a RawValue>>>,
    }
    let kind: Kind<'_> = serde_json::from_str(text)?;
    if let Some(Codes { codes }) = kind.refuse {
        return Ok(Expectation::Refuse(codes));
    }
    let Some(branches) = kind.one_of else { return serde_json::from_str(text).map(Expectation::Answer) };
    let mut read = Vec::with_capacity(branches.len());
    for mut branch in branches {
        let because = branch.remove("because").ok_or_else(|| serde_json::Error::custom("a reading without because"))?;
        if branch.contains_key("one_of") {
            return Err(serde_json::Error::custom("a reading that is itself a choice"));
        }
        // What is left is an expectation of its own.
        read.push((serde_json::from_str(because.get())?, expectation(&serde_json::to_string(&branch)?)?));
    }
    Ok(Expectation::OneOf(read))
}

/// What an implementation did.
#[derive(serde::Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Deed {
    Answered {
        output: Box<Output>,
    },
    Refused {
        code: Option<String>,
        #[serde(default)]
        message: String,
    },
    Unsupported {
        #[serde(default)]
        what: String,
        #[serde(default)]
        message: String,
    },
    Broke {
        why: Break,
        #[serde(default)]
        message: String,
    },
}

impl From<Deed> for Observation {
    fn from(deed: Deed) -> Observation {
        match deed {
            Deed::Answered { output } => Observation::Answered(output),
            Deed::Refused { code, message } => Observation::Refused { code, message },
            Deed::Unsupported { what, message } => Observation::Unsupported { what, message },
            Deed::Broke { why, message } => Observation::Broke { why, message },
        }
    }
}

#[derive(serde::Deserialize)]
struct WrittenFound {
    #[serde(default)]
    findings: Vec<WrittenFinding>,
    #[serde(default)]
    problem: Option<ExpectedProblem>,
}

#[derive(serde::Deserialize)]
struct WrittenFinding {
    rule: String,
    because: String,
}

impl From<WrittenFound> for Found {
    fn from(found: WrittenFound) -> Found {
        let findings = found.findings.into_iter().map(|finding| (finding.rule, finding.because)).collect();
        Found { findings, problem: found.problem }
    }
}

#[derive(serde::Deserialize)]
struct WrittenDifference {
    what: String,
    #[serde(default)]
    expected: Option<Text>,
    #[serde(default)]
    observed: Option<Text>,
    #[serde(default)]
    first_difference: Option<usize>,
    #[serde(default)]
    in_words: Option<InWords>,
}

#[derive(Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum InWords {
    Expected,
    Observed,
    Both,
}

impl WrittenDifference {
    fn read(self) -> Result<Difference, String> {
        let side = |text: Option<Text>, in_words: bool| match text {
            None => Side::Absent,
            Some(text) if in_words => Side::Words(text.to_text().into_owned()),
            Some(text) => Side::Value(text),
        };
        let is = |one: InWords| self.in_words == Some(one) || self.in_words == Some(InWords::Both);
        Ok(Difference {
            what: What::read(&self.what).ok_or_else(|| format!("a difference in {:?}, which is nothing that can differ", self.what))?,
            expected: side(self.expected, is(InWords::Expected)),
            observed: side(self.observed, is(InWords::Observed)),
            first_difference: self.first_difference,
        })
    }
}

#[derive(serde::Deserialize)]
struct WrittenDiagnosis {
    result: String,
    #[serde(default)]
    sets: Vec<Vec<String>>,
    #[serde(default)]
    tried: u64,
    #[serde(default)]
    complete: usize,
    #[serde(default)]
    one_in: Option<u64>,
    #[serde(default)]
    note: Option<String>,
}

impl WrittenDiagnosis {
    fn read(self) -> Result<Diagnosis, String> {
        let all = [Outcome::Right, Outcome::Explained, Outcome::Ambiguous, Outcome::Unexplained];
        let outcome = all.into_iter().find(|outcome| outcome.as_str() == self.result);
        let cause = |id: &String| Cause::parse(id).map_err(|error| error.to_string());
        Ok(Diagnosis {
            outcome: outcome.ok_or_else(|| format!("a diagnosis cannot be {:?}", self.result))?,
            sets: self.sets.iter().map(|set| set.iter().map(cause).collect()).collect::<Result<_, _>>()?,
            tried: self.tried,
            complete: self.complete,
            one_in: self.one_in,
            note: self.note,
        })
    }
}
