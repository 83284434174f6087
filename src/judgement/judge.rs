//! The judge: what follows from an expectation and an observation (`vectors/README.md`, operations). It is pure, it asks nobody, and it
//! knows nothing of other cases: controls and expectations files are the runner's business.

use super::difference::{Difference, MAX_DIFFERENCES, Side, What};
use super::parameters;
use super::transmitted;
use super::verdict::Verdict;
use crate::implementation::{Observation, Offer};
use crate::vectors::{Case, Expectation, Level, Output, Question, Stages, Status, Text};

/// What an implementation has declared, as far as it bears on a verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// `codes`: the word of a refusal is compared.
    pub codes: bool,
    /// `transmission`: a request that can be sent (`authorization`, `url`, `body`) is not only judged when it is returned but missed
    /// when it is not.
    pub transmission: bool,
}

impl Declared {
    /// Reads it out of an offer.
    #[must_use]
    pub fn of(offer: &Offer) -> Declared {
        let has = |name: &str| offer.features.iter().any(|feature| feature == name);
        Declared { codes: has("codes"), transmission: has("transmission") }
    }
}

/// What is concluded of one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// How the expectation was met; `None` if it was not, also where that has no bearing on the verdict.
    pub met: Option<Met>,
    /// Of several readings, the one (from 0) that was met, or else the one that the differences are measured against.
    pub branch: Option<usize>,
    /// What differs, what decides first; at most [`MAX_DIFFERENCES`].
    pub differences: Vec<Difference>,
}

/// How an expectation was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Met {
    /// By an answer.
    Answer,
    /// By a refusal: it means something only beside an accepted control.
    Refusal,
}

/// Judges one case.
///
/// A refusal is an observation of [`Observation::Refused`] or an answer with `valid: false`. Cases of level `interop` and disputed cases
/// get their own verdict whatever was done, unless the implementation broke or does not offer them.
#[must_use]
pub fn judge(case: &Case, observation: &Observation, declared: Declared) -> Judgement {
    let plain = |verdict| Judgement { verdict, met: None, branch: None, differences: Vec::new() };
    match observation {
        Observation::Broke { .. } => return plain(Verdict::Broken),
        Observation::Unsupported { .. } => return plain(Verdict::Unsupported),
        Observation::Answered(_) | Observation::Refused { .. } => {}
    }
    let compared = compare(&case.question, &case.expectation, observation, declared);
    let (met, differences) = match compared.result {
        Ok(met) => (Some(met), Vec::new()),
        Err(mut differences) => {
            differences.truncate(MAX_DIFFERENCES);
            (None, differences)
        }
    };
    let verdict = match (case.status, case.level) {
        (Status::Disputed | Status::Withdrawn, _) => Verdict::Disputed,
        (Status::Active, Level::Interop) => Verdict::Interop,
        (Status::Active, _) if met.is_some() => Verdict::Pass,
        (Status::Active, _) => Verdict::Fail,
    };
    Judgement { verdict, met, branch: compared.branch, differences }
}

struct Compared {
    result: Result<Met, Vec<Difference>>,
    branch: Option<usize>,
}

fn compare(question: &Question, expectation: &Expectation, observation: &Observation, declared: Declared) -> Compared {
    let result = match expectation {
        Expectation::Answer(expected) if expected.valid == Some(false) => refusal(expected.code.as_slice(), observation, declared),
        Expectation::Answer(expected) => answer(question, expected, observation, declared),
        Expectation::Refuse(codes) => refusal(codes, observation, declared),
        Expectation::OneOf(branches) => return one_of(question, branches, observation, declared),
    };
    Compared { result, branch: None }
}

/// Any reading will do. If none does, the differences are those to the first reading of the same kind: an answer is measured against
/// an answer.
fn one_of(question: &Question, branches: &[(String, Expectation)], observation: &Observation, declared: Declared) -> Compared {
    let refused = is_refusal(observation);
    let mut nearest: Option<(usize, bool, Vec<Difference>)> = None;
    for (index, (_, expectation)) in branches.iter().enumerate() {
        match compare(question, expectation, observation, declared).result {
            Ok(met) => return Compared { result: Ok(met), branch: Some(index) },
            Err(differences) => {
                let same_kind = expectation.admits_refusal() == refused;
                if nearest.as_ref().is_none_or(|(_, same, _)| same_kind && !same) {
                    nearest = Some((index, same_kind, differences));
                }
            }
        }
    }
    let (branch, differences) = nearest.map_or((None, Vec::new()), |(index, _, differences)| (Some(index), differences));
    Compared { result: Err(differences), branch }
}

pub(super) fn is_refusal(observation: &Observation) -> bool {
    match observation {
        Observation::Answered(output) => output.valid == Some(false),
        Observation::Refused { .. } => true,
        Observation::Unsupported { .. } | Observation::Broke { .. } => false,
    }
}

fn refusal(codes: &[String], observation: &Observation, declared: Declared) -> Result<Met, Vec<Difference>> {
    let code = match observation {
        Observation::Refused { code, .. } => code,
        Observation::Answered(output) if output.valid == Some(false) => &output.code,
        _ => return Err(vec![Difference::new(What::Outcome, Side::Words(refusal_words(codes)), Side::Words(told(observation)))]),
    };
    if !declared.codes || codes.is_empty() || code.as_ref().is_some_and(|code| codes.contains(code)) {
        return Ok(Met::Refusal);
    }
    let observed = code.as_deref().map_or(Side::Absent, |code| Side::Value(code.into()));
    Err(vec![Difference::new(What::Field("code"), Side::Words(codes.join(" or ")), observed)])
}

fn refusal_words(codes: &[String]) -> String {
    if codes.is_empty() { "a refusal".to_owned() } else { format!("a refusal: {}", codes.join(" or ")) }
}

/// What an observation is, in words.
fn told(observation: &Observation) -> String {
    let refused = |code: &Option<String>| code.as_ref().map_or_else(|| "a refusal".to_owned(), |code| format!("a refusal: {code}"));
    match observation {
        Observation::Answered(output) => match (output.valid, &output.signature) {
            (Some(true), _) => "valid".to_owned(),
            (Some(false), _) => refused(&output.code),
            (None, Some(signature)) => format!("the signature {}", signature.to_text()),
            (None, None) => "an answer".to_owned(),
        },
        Observation::Refused { code, .. } => refused(code),
        Observation::Unsupported { what, .. } => format!("unsupported: {what}"),
        Observation::Broke { .. } => "broken".to_owned(),
    }
}

fn answer(question: &Question, expected: &Output, observation: &Observation, declared: Declared) -> Result<Met, Vec<Difference>> {
    let Observation::Answered(observed) = observation else {
        let wanted = if expected.valid == Some(true) { "valid" } else { "an answer" };
        return Err(vec![Difference::new(What::Outcome, Side::Words(wanted.to_owned()), Side::Words(told(observation)))]);
    };
    if expected.valid == Some(true) && observed.valid == Some(false) {
        return Err(vec![Difference::new(What::Outcome, Side::Words("valid".to_owned()), Side::Words(told(observation)))]);
    }
    let mut differences = Vec::new();
    compare_fields(expected, observed, &mut differences);
    match question {
        Question::Sign(input) => {
            if expected.signature.is_none() && observed.signature.is_none() {
                let wanted = Side::Words("a signature".to_owned());
                differences.push(Difference::new(What::Field("signature"), wanted, Side::Absent));
            }
            transmitted::compare(input, expected, observed, declared, &mut differences);
        }
        _ => {
            for (field, expected, observed) in [
                ("authorization", &expected.authorization, &observed.authorization),
                ("url", &expected.url, &observed.url),
                ("body", &expected.body, &observed.body),
            ] {
                compare_text(field, expected.as_ref(), observed.as_ref(), &mut differences);
            }
        }
    }
    if differences.is_empty() {
        return Ok(Met::Answer);
    }
    locate(expected.stages.as_ref(), observed.stages.as_ref(), &mut differences);
    Err(differences)
}

/// The fields that are one value each; what is not given is free.
fn compare_fields(expected: &Output, observed: &Output, differences: &mut Vec<Difference>) {
    for (field, expected, observed) in [
        ("signature", &expected.signature, &observed.signature),
        ("base_string", &expected.base_string, &observed.base_string),
        ("encoded", &expected.encoded, &observed.encoded),
        ("decoded", &expected.decoded, &observed.decoded),
        ("identifier", &expected.identifier, &observed.identifier),
        ("secret", &expected.secret, &observed.secret),
        ("base_uri", &expected.base_uri, &observed.base_uri),
        ("normalized", &expected.normalized, &observed.normalized),
        ("body_hash", &expected.body_hash, &observed.body_hash),
    ] {
        compare_text(field, expected.as_ref(), observed.as_ref(), differences);
    }
    if let Some(wanted) = &expected.realm {
        let given = observed.realm.as_ref().and_then(Option::as_ref);
        if wanted.as_ref() != given {
            differences.push(of_options(What::Field("realm"), wanted.as_ref(), given));
        }
    }
    if expected.valid.is_some() && expected.valid != observed.valid {
        let words = |valid: Option<bool>| valid.map_or(Side::Absent, |valid| Side::Words(valid.to_string()));
        differences.push(Difference::new(What::Field("valid"), words(expected.valid), words(observed.valid)));
    }
    if let Some(expected) = &expected.parameters {
        match &observed.parameters {
            None => differences.push(Difference::new(What::Field("parameters"), Side::Words("a list".to_owned()), Side::Absent)),
            Some(observed) => parameters::compare(expected, observed, differences),
        }
    }
}

fn compare_text(field: &'static str, expected: Option<&Text>, observed: Option<&Text>, differences: &mut Vec<Difference>) {
    if expected.is_some() && expected != observed {
        differences.push(of_options(What::Field(field), expected, observed));
    }
}

/// A difference between values of which one may be missing.
pub(super) fn of_options(what: What, expected: Option<&Text>, observed: Option<&Text>) -> Difference {
    match (expected, observed) {
        (Some(expected), Some(observed)) => Difference::of_values(what, expected.as_bytes(), observed.as_bytes()),
        _ => {
            let side = |value: Option<&Text>| value.map_or(Side::Absent, |value| Side::Value(value.clone()));
            Difference::new(what, side(expected), side(observed))
        }
    }
}

/// Adds the first stage that differs, if both sides tell it: everything after it differs because of it.
fn locate(expected: Option<&Stages>, observed: Option<&Stages>, differences: &mut Vec<Difference>) {
    let (Some(expected), Some(observed)) = (expected, observed) else { return };
    let stages = [
        ("base_uri", &expected.base_uri, &observed.base_uri),
        ("normalized", &expected.normalized, &observed.normalized),
        ("base_string", &expected.base_string, &observed.base_string),
        ("key", &expected.key, &observed.key),
    ];
    for (stage, expected, observed) in stages {
        if let (Some(expected), Some(observed)) = (expected, observed)
            && expected != observed
        {
            differences.truncate(MAX_DIFFERENCES - 1);
            differences.push(Difference::of_values(What::Stage(stage), expected.as_bytes(), observed.as_bytes()));
            return;
        }
    }
}
