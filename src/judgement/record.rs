//! One case as it was judged: everything that a report tells of it. It can be written to an event
//! stream and read out of it again.

use std::sync::Arc;

use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

use super::difference::Difference;
use super::expectations::Foreseen;
use super::judge::{Judgement, Met};
use super::probed::ToldExchange;
use super::verdict::Verdict;
use crate::diagnosis::Diagnosis;
use crate::implementation::Observation;
use crate::profile::fixture::{Expected as ExpectedFindings, ExpectedProblem};
use crate::vectors::input::Input;
use crate::vectors::{Case, Clause, Expectation, Level, Place, Question, Status};

/// A judged case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseRecord {
    /// The suite.
    pub suite: Arc<str>,
    /// The name in the suite.
    pub id: String,
    /// The operation's name: one of [`crate::vectors::Operation`], `exchange`, or `probe`.
    pub operation: &'static str,
    /// How binding the expected answer is.
    pub level: Level,
    /// Whether the case counts.
    pub status: Status,
    /// The requirement in one phrase.
    pub title: String,
    /// The clauses that say so.
    pub spec: Vec<Clause>,
    /// Where the case stands; `None` for an exchange.
    pub place: Option<Place>,
    /// What is wrong with a disputed value, or another remark of the file.
    pub note: Option<String>,
    /// What was asked. A report has it of every case that did not pass; an exchange has none.
    pub question: Option<Arc<Question>>,
    /// What may be answered.
    pub expected: Expected,
    /// What was done.
    pub observed: Observed,
    /// The conclusion.
    pub judgement: Judgement,
    /// Why a refusal that was expected proves nothing, for [`Verdict::Inconclusive`].
    pub reason: Option<String>,
    /// What explains a failure; `None` if nobody looked.
    pub diagnosis: Option<Diagnosis>,
    /// What the expectations file says of it.
    pub foreseen: Option<Foreseen>,
    /// The exchange with a live server, for people.
    pub exchange: Option<Box<ToldExchange>>,
    /// How long the answer took, in microseconds.
    pub duration_us: u64,
    /// Its number in the run: failures are told when all of them are known, and reports show them where they were put.
    pub number: u64,
}

/// What may be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// To a question.
    Answer(Expectation),
    /// The findings of an exchange.
    Findings(ExpectedFindings),
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observed {
    /// By an implementation.
    Implementation(Observation),
    /// What an exchange gives under its profile.
    Findings(Found),
}

/// What an exchange gives under its profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The broken rules in the profile's order, each with the reason for a person.
    pub findings: Vec<(String, String)>,
    /// The problem that the answer names.
    pub problem: Option<ExpectedProblem>,
}

impl CaseRecord {
    /// Puts a case and what came of it together.
    #[must_use]
    pub fn new(case: Case, observation: Observation, judgement: Judgement, duration_us: u64) -> CaseRecord {
        CaseRecord {
            suite: case.suite,
            id: case.id,
            operation: case.question.operation().as_str(),
            level: case.level,
            status: case.status,
            title: case.title,
            spec: case.spec,
            place: Some(case.place),
            note: case.note,
            question: Some(Arc::new(case.question)),
            expected: Expected::Answer(case.expectation),
            observed: Observed::Implementation(observation),
            judgement,
            reason: None,
            diagnosis: None,
            foreseen: None,
            exchange: None,
            duration_us,
            number: u64::MAX,
        }
    }

    /// `suite/id`.
    #[must_use]
    pub fn full_id(&self) -> String {
        format!("{}/{}", self.suite, self.id)
    }

    /// What was asked, of a case that reports show: what passed is not asked about, and its questions would be most of a report.
    #[must_use]
    pub fn told_question(&self) -> Option<&Question> {
        self.question.as_deref().filter(|_| self.judgement.verdict != Verdict::Pass)
    }

    /// What was asked, as JSON, of a case that reports show.
    #[must_use]
    pub fn input(&self) -> Option<serde_json::Value> {
        self.told_question().and_then(|question| serde_json::to_value(Input(question)).ok())
    }

    /// The verdict.
    #[must_use]
    pub const fn verdict(&self) -> Verdict {
        self.judgement.verdict
    }

    /// Whether its verdict can fail a run of this strictness.
    #[must_use]
    pub fn counts(&self, strict: bool) -> bool {
        self.status == Status::Active && (self.level == Level::Must || strict && self.level == Level::Should)
    }

    /// The reason that the file gives for the reading that was met, or is nearest, if there are several.
    #[must_use]
    pub fn because(&self) -> Option<&str> {
        let Expected::Answer(Expectation::OneOf(branches)) = &self.expected else { return None };
        branches.get(self.judgement.branch?).map(|(because, _)| because.as_str())
    }

    /// The difference to tell first: the first stage that differs, because what follows differs because of it, or else what decided.
    #[must_use]
    pub fn first_difference(&self) -> Option<&Difference> {
        let differences = &self.judgement.differences;
        differences.iter().find(|difference| difference.is_stage()).or_else(|| differences.first())
    }
}

impl Serialize for CaseRecord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("CaseRecord", 21)?;
        fields.serialize_field("id", &format_args!("{}/{}", self.suite, self.id))?;
        fields.serialize_field("operation", self.operation)?;
        fields.serialize_field("level", &self.level)?;
        fields.serialize_field("status", &self.status)?;
        fields.serialize_field("verdict", &self.judgement.verdict)?;
        fields.serialize_field("title", &self.title)?;
        fields.serialize_field("spec", &self.spec)?;
        if let Some(place) = &self.place {
            fields.serialize_field("place", &format_args!("{}:{}", place.file, place.line))?;
        }
        if let Some(note) = &self.note {
            fields.serialize_field("note", note)?;
        }
        if let Some(question) = self.told_question() {
            fields.serialize_field("input", &Input(question))?;
        }
        fields.serialize_field("expected", &self.expected)?;
        fields.serialize_field("observation", &self.observed)?;
        if self.judgement.met.is_none() && !self.judgement.differences.is_empty() {
            fields.serialize_field("differences", &self.judgement.differences)?;
        }
        if let Some(met) = self.judgement.met {
            fields.serialize_field("met_by", if met == Met::Answer { "answer" } else { "refusal" })?;
        }
        if let Some(because) = self.because() {
            fields.serialize_field("because", because)?;
        }
        if let Some(reason) = &self.reason {
            fields.serialize_field("reason", reason)?;
        }
        if let Some(diagnosis) = &self.diagnosis {
            fields.serialize_field("diagnosis", &WrittenDiagnosis(diagnosis))?;
        }
        if let Some(foreseen) = &self.foreseen {
            fields.serialize_field("expectation", foreseen)?;
        }
        if let Some(exchange) = &self.exchange {
            fields.serialize_field("exchange", exchange)?;
        }
        fields.serialize_field("duration_us", &self.duration_us)?;
        if self.number != u64::MAX {
            fields.serialize_field("number", &self.number)?;
        }
        fields.end()
    }
}

impl Serialize for Expected {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Expected::Answer(expectation) => Written(expectation).serialize(serializer),
            Expected::Findings(expected) => {
                let mut map = serializer.serialize_map(None)?;
                map.serialize_entry("findings", &expected.findings)?;
                if let Some(problem) = &expected.problem {
                    map.serialize_entry("problem", &WrittenProblem(problem))?;
                }
                map.end()
            }
        }
    }
}

/// An expectation as it stands in a vector file.
struct Written<'a>(&'a Expectation);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        struct Codes<'a> {
            codes: &'a [String],
        }
        #[derive(serde::Serialize)]
        struct Branch<'a> {
            because: &'a str,
            #[serde(flatten)]
            expectation: Written<'a>,
        }
        match self.0 {
            Expectation::Answer(output) => output.serialize(serializer),
            Expectation::Refuse(codes) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("refuse", &Codes { codes })?;
                map.end()
            }
            Expectation::OneOf(branches) => {
                let branches: Vec<Branch<'_>> =
                    branches.iter().map(|(because, expectation)| Branch { because, expectation: Written(expectation) }).collect();
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("one_of", &branches)?;
                map.end()
            }
        }
    }
}

/// A diagnosis as it stands in reports: its result and the sets, each cause by its id.
struct WrittenDiagnosis<'a>(&'a Diagnosis);

impl Serialize for WrittenDiagnosis<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Diagnosis", 5)?;
        fields.serialize_field("result", self.0.outcome.as_str())?;
        fields.serialize_field("sets", &self.0.ids())?;
        if self.0.tried > 0 {
            fields.serialize_field("tried", &self.0.tried)?;
        }
        if self.0.complete > 0 {
            fields.serialize_field("complete", &self.0.complete)?;
        }
        if let Some(one_in) = self.0.one_in {
            fields.serialize_field("one_in", &one_in)?;
        }
        if let Some(note) = &self.0.note {
            fields.serialize_field("note", note)?;
        }
        fields.end()
    }
}

struct WrittenProblem<'a>(&'a ExpectedProblem);

impl Serialize for WrittenProblem<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Problem", 3)?;
        fields.serialize_field("name", &self.0.name)?;
        fields.serialize_field("place", &self.0.place)?;
        fields.serialize_field("parameters", &self.0.parameters)?;
        fields.end()
    }
}

impl Serialize for Observed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self {
            Observed::Implementation(Observation::Answered(output)) => {
                map.serialize_entry("kind", "answered")?;
                map.serialize_entry("output", output)?;
            }
            Observed::Implementation(Observation::Refused { code, message }) => {
                map.serialize_entry("kind", "refused")?;
                map.serialize_entry("code", code)?;
                map.serialize_entry("message", message)?;
            }
            Observed::Implementation(Observation::Unsupported { what, message }) => {
                map.serialize_entry("kind", "unsupported")?;
                map.serialize_entry("what", what)?;
                map.serialize_entry("message", message)?;
            }
            Observed::Implementation(Observation::Broke { why, message }) => {
                map.serialize_entry("kind", "broke")?;
                map.serialize_entry("why", why)?;
                map.serialize_entry("message", message)?;
            }
            Observed::Findings(found) => {
                #[derive(serde::Serialize)]
                struct Finding<'a> {
                    rule: &'a str,
                    because: &'a str,
                }
                let findings: Vec<Finding<'_>> = found.findings.iter().map(|(rule, because)| Finding { rule, because }).collect();
                map.serialize_entry("kind", "answered")?;
                map.serialize_entry("findings", &findings)?;
                if let Some(problem) = &found.problem {
                    map.serialize_entry("problem", &WrittenProblem(problem))?;
                }
            }
        }
        map.end()
    }
}
