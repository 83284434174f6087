//! Where implementations disagree: cases that several of them were asked and did not all take in the same way. Which of them is right is
//! the verdict's business; where the specification leaves a case open, this is all that there is to see.

use std::collections::BTreeMap;

use super::judge::Met;
use super::record::{CaseRecord, Observed};
use super::run::{Run, Standing};
use super::verdict::Verdict;
use crate::implementation::{Break, Observation};

/// Cases in which the same implementations stand together, for the same reasons.
#[derive(Clone, Debug)]
pub struct Disagreement<'a> {
    /// Of each run, in their order, the number of its camp; `None` if it was not asked, or does not offer what the case needs. Camps are
    /// numbered by the first run in them, but what is as expected comes first.
    pub camps: Vec<Option<usize>>,
    /// Whether the first camp is what is expected.
    pub first_is_expected: bool,
    /// The ids of what explains the failures, if all cases have it in common; empty if there are none.
    pub causes: Vec<String>,
    /// The cases in the order of their ids.
    pub cases: Vec<Split<'a>>,
}

/// One case in which implementations differ.
#[derive(Clone, Debug)]
pub struct Split<'a> {
    /// A record of the case.
    pub record: &'a CaseRecord,
    /// What each of the runs made of it.
    pub standings: Vec<Standing<'a>>,
}

/// What makes two answers the same.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Way {
    /// As expected; of several readings, which one.
    Met(Option<usize>),
    /// It refused.
    Refused,
    Broke(Break),
    /// Something else, by everything that decides.
    Differs(Vec<String>),
}

/// The disagreements of runs on the same cases: those of most cases first.
#[must_use]
pub fn disagreements(runs: &[Run]) -> Vec<Disagreement<'_>> {
    if runs.len() < 2 {
        return Vec::new();
    }
    let mut cases: BTreeMap<(&str, &str), Vec<Option<&CaseRecord>>> = BTreeMap::new();
    for (place, run) in runs.iter().enumerate() {
        for record in &run.records {
            let known = cases.entry((&record.suite, &record.id)).or_insert_with(|| vec![None; runs.len()]);
            if let Some(slot) = known.get_mut(place) {
                *slot = Some(record);
            }
        }
    }
    let mut found: Vec<Disagreement<'_>> = Vec::new();
    for records in cases.into_values() {
        let Some(&record) = records.iter().flatten().next() else { continue };
        let standings: Vec<Standing<'_>> = runs.iter().zip(&records).map(|(run, known)| standing(run, *known, record)).collect();
        let ways: Vec<Option<Way>> = standings.iter().map(way).collect();
        let Some((camps, first_is_expected)) = camps(&ways) else { continue };
        let causes = causes(&records);
        let same =
            |known: &&mut Disagreement<'_>| known.camps == camps && known.first_is_expected == first_is_expected && known.causes == causes;
        let split = Split { record, standings };
        match found.iter_mut().find(same) {
            Some(known) => known.cases.push(split),
            None => found.push(Disagreement { camps, first_is_expected, causes, cases: vec![split] }),
        }
    }
    // The sort is stable: equal groups stay in the order of their first case.
    found.sort_by_key(|group| std::cmp::Reverse(group.cases.len()));
    found
}

fn standing<'a>(run: &'a Run, known: Option<&'a CaseRecord>, any: &CaseRecord) -> Standing<'a> {
    match known {
        Some(record) => Standing::Record(record),
        None if run.passed_unkept(any) => Standing::Passed,
        None => Standing::NotAsked,
    }
}

fn way(standing: &Standing<'_>) -> Option<Way> {
    let record = match standing {
        Standing::NotAsked => return None,
        Standing::Passed => return Some(Way::Met(None)),
        Standing::Record(record) => record,
    };
    let judgement = &record.judgement;
    match (&record.observed, judgement.met) {
        (Observed::Implementation(Observation::Unsupported { .. }), _) => None,
        (Observed::Implementation(Observation::Broke { why, .. }), _) => Some(Way::Broke(*why)),
        // A refusal that proves nothing is one all the same.
        (_, Some(Met::Refusal)) if record.verdict() == Verdict::Inconclusive => Some(Way::Met(judgement.branch)),
        (_, Some(_)) => Some(Way::Met(judgement.branch)),
        (Observed::Implementation(Observation::Refused { .. }), None) => Some(Way::Refused),
        (_, None) => {
            let deciding = judgement.differences.iter().filter(|difference| !difference.is_stage());
            Some(Way::Differs(deciding.map(|difference| format!("{}: {:?}", difference.what, difference.observed)).collect()))
        }
    }
}

/// The camp of each, and whether the first is as expected; `None` if there is but one.
fn camps(ways: &[Option<Way>]) -> Option<(Vec<Option<usize>>, bool)> {
    let mut distinct: Vec<&Way> = Vec::new();
    for way in ways.iter().flatten() {
        if !distinct.contains(&way) {
            distinct.push(way);
        }
    }
    if distinct.len() < 2 {
        return None;
    }
    distinct.sort_by_key(|way| !matches!(way, Way::Met(_)));
    let expected = distinct.iter().filter(|way| matches!(way, Way::Met(_))).count();
    let camp = |way: &Option<Way>| way.as_ref().and_then(|way| distinct.iter().position(|known| *known == way));
    Some((ways.iter().map(camp).collect(), expected == 1))
}

fn causes(records: &[Option<&CaseRecord>]) -> Vec<String> {
    let mut causes = Vec::new();
    for diagnosis in records.iter().flatten().filter_map(|record| record.diagnosis.as_ref()) {
        for id in diagnosis.certain().iter().map(ToString::to_string) {
            if !causes.contains(&id) {
                causes.push(id);
            }
        }
    }
    causes
}
