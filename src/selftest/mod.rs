//! Whether the vectors have teeth and a diagnosis tells the truth: every departure is put through all vectors as an implementation. It must
//! be caught by a case that counts, and be diagnosed as itself.
//!
//! | room | what it holds |
//! |---|---|
//! | [`mod@bench`] | the cases with the reference's answers, and one departure put through them |
//! | `combinations` | which departures are tried together |
//! | [`together`] | what is made of several departures at once |
//! | [`left_open`] | departures that no `must` case can catch |
//! | [`unshown`] | departures that need a request which nobody may send |
//! | [`faults`] | misbehaviour on purpose, of adapters and of the sandbox |
//! | here | all departures alone, some together, and what the vectors say of themselves |

pub mod bench;
mod combinations;
pub mod faults;
pub mod left_open;
#[cfg(test)]
mod mutants;
pub mod together;
pub mod unshown;

use std::collections::{BTreeMap, BTreeSet};

pub use bench::{Bench, Tried};

use self::combinations::combinations;
use self::faults::FaultTried;
use self::together::NamedTogether;
use crate::deviation::{Cause, Deviation, all};
use crate::diagnosis::Outcome;
use crate::vectors::Level;

/// What a selftest came to.
#[derive(Debug, Default)]
pub struct Selftest {
    /// Each departure alone, in the order of the table.
    pub singles: Vec<Single>,
    /// Random combinations.
    pub combinations: Vec<Combination>,
    /// Cases whose `kills` names a departure that they do not catch: case, id.
    pub false_kills: Vec<(String, String)>,
    /// Departures that are caught, or show in a case that is never scored, and that no case names in `kills`.
    pub unnamed: Vec<&'static str>,
    /// Active `must` cases that catch no departure, in file order.
    pub idle: Vec<String>,
    /// The faults that were tried; whoever may start programs and open connections does it.
    pub faults: Vec<FaultTried>,
}

/// One departure alone.
#[derive(Debug)]
pub struct Single {
    /// The departure.
    pub deviation: &'static Deviation,
    /// The active cases of level `must`, or else of `should`, that catch it, or else those that are never scored and show it; each with how
    /// many departures it catches or shows, the most telling first.
    pub cases: Vec<(String, usize)>,
    /// How many active cases of level `must` catch it, and of `should`.
    pub caught_must: usize,
    /// See [`Single::caught_must`].
    pub caught_should: usize,
    /// Whether it changes the answer to a case that is never scored.
    pub shows_in_interop: bool,
    /// Whether it was diagnosed as itself.
    pub diagnosis: Named,
}

/// What a diagnosis made of a departure that was there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// Itself and nothing else, in at least one failure.
    Itself,
    /// A set of departures that it belongs to and that these requests cannot tell apart.
    OneOf(Vec<String>),
    /// No failure was explained.
    Unexplained,
    /// A departure that was not there, and this one not beside it: a false cause.
    Wrongly(Vec<String>),
    /// There was no failure to diagnose: nothing failed, or only RSA signatures, whose octets are not looked at.
    NotCaught,
}

/// A combination of departures of different stages.
#[derive(Debug)]
pub struct Combination {
    /// The departures.
    pub ids: Vec<&'static str>,
    /// How many cases failed.
    pub failures: usize,
    /// What the diagnoses of those that were looked at name.
    pub named: NamedTogether,
}

/// What is asked of a selftest.
pub struct Plan<'a> {
    /// How many random combinations of two, and of three.
    pub pairs: usize,
    /// See [`Plan::pairs`].
    pub triples: usize,
    /// What they are chosen by.
    pub seed: u64,
    /// Only departures for which this says so.
    pub takes: &'a (dyn Fn(&Deviation) -> bool + Sync),
    /// Is told how much is done and how much there is.
    pub watch: &'a (dyn Fn(usize, usize) + Sync),
}

impl Selftest {
    /// Puts the departures through the cases of a bench.
    #[must_use]
    pub fn run(bench: &Bench, plan: &Plan<'_>) -> Selftest {
        let deviations: Vec<&'static Deviation> = all().filter(|deviation| (plan.takes)(deviation)).collect();
        let combinations = combinations(&deviations, plan);
        let total = deviations.len() + combinations.len();
        let tasks: Vec<Vec<&'static Deviation>> = deviations.iter().map(|deviation| vec![*deviation]).chain(combinations).collect();
        let tried = bench.try_all(&tasks, &|done| (plan.watch)(done, total));

        let mut selftest = Selftest::default();
        let mut kills: BTreeMap<usize, Vec<&'static str>> = BTreeMap::new();
        for (task, tried) in tasks.iter().zip(&tried) {
            if let [deviation] = task.as_slice() {
                tried.caught.iter().chain(&tried.shown).for_each(|place| kills.entry(*place).or_default().push(deviation.id));
            }
        }
        for (task, tried) in tasks.iter().zip(&tried) {
            match task.as_slice() {
                [deviation] => selftest.singles.push(single(bench, deviation, tried, &kills)),
                several => selftest.combinations.push(combination(several, tried)),
            }
        }
        let is_whole = deviations.len() == all().count();
        let named: BTreeSet<&str> = bench.cases().iter().flat_map(|case| &case.kills).map(String::as_str).collect();
        let caught = selftest.singles.iter().filter(|single| single.is_caught() || single.shows_in_interop);
        selftest.unnamed = caught.map(|single| single.deviation.id).filter(|id| !named.contains(id)).collect();
        for (place, case) in bench.cases().iter().enumerate() {
            let killed = kills.get(&place).map(Vec::as_slice).unwrap_or_default();
            let named = case.kills.iter().filter(|id| deviations.iter().any(|deviation| deviation.id == id.as_str()) || is_whole);
            selftest.false_kills.extend(named.filter(|id| !killed.contains(&id.as_str())).map(|id| (case.full_id(), id.clone())));
            if is_whole && bench.counts(place) && case.level == Level::Must && killed.is_empty() {
                selftest.idle.push(case.full_id());
            }
        }
        selftest
    }

    /// The departures that no active case of level `must` or `should` catches, that do not only show in cases that are never scored, and
    /// that are not known to need a request which nobody may send.
    pub fn uncaught(&self) -> impl Iterator<Item = &Single> {
        self.singles.iter().filter(|single| !single.is_caught() && !single.is_interop_only() && !single.is_unshown())
    }

    /// The departures that are said to be shown by no request, and are.
    pub fn shown_all_the_same(&self) -> impl Iterator<Item = &Single> {
        self.singles.iter().filter(|single| single.is_unshown() && (single.is_caught() || single.shows_in_interop))
    }

    /// The departures that no active case of level `must` catches, and of which it is not known what in the text leaves them open.
    pub fn not_by_must(&self) -> impl Iterator<Item = &Single> {
        self.singles.iter().filter(|single| single.caught_must == 0 && !single.is_unshown() && single.left_open().is_none())
    }

    /// The departures that are said to be left open, and that a case of level `must` catches.
    pub fn caught_all_the_same(&self) -> impl Iterator<Item = &Single> {
        self.singles.iter().filter(|single| single.caught_must > 0 && single.left_open().is_some())
    }

    /// The departures that were not diagnosed as themselves.
    pub fn misnamed(&self) -> impl Iterator<Item = &Single> {
        self.singles.iter().filter(|single| match &single.diagnosis {
            Named::Itself => false,
            Named::NotCaught => single.is_caught() || single.shows_in_interop,
            Named::OneOf(_) | Named::Unexplained | Named::Wrongly(_) => true,
        })
    }

    /// The combinations that nothing shows, or of which not even half of the failures that were looked at was explained by what was there.
    pub fn unexplained(&self) -> impl Iterator<Item = &Combination> {
        self.combinations.iter().filter(|tried| {
            let explained = tried.named.there + tried.named.inseparable;
            explained == 0 || explained < tried.named.unexplained
        })
    }

    /// The combinations of which a failure was given a cause that was not there, and that a request tells from what was.
    pub fn false_causes(&self) -> impl Iterator<Item = &Combination> {
        self.combinations.iter().filter(|tried| tried.named.falsely > 0)
    }

    /// The faults that were not seen as themselves, or were seen as something else too.
    pub fn mistaken(&self) -> impl Iterator<Item = &FaultTried> {
        self.faults.iter().filter(|tried| !tried.is_told())
    }

    /// Whether everything is as it should be.
    #[must_use]
    pub fn is_passed(&self) -> bool {
        self.uncaught().next().is_none()
            && self.shown_all_the_same().next().is_none()
            && self.not_by_must().next().is_none()
            && self.caught_all_the_same().next().is_none()
            && self.misnamed().next().is_none()
            && self.unexplained().next().is_none()
            && self.false_causes().next().is_none()
            && self.false_kills.is_empty()
            && self.unnamed.is_empty()
            && self.mistaken().next().is_none()
    }
}

impl Single {
    /// Whether a case that counts catches it.
    #[must_use]
    pub const fn is_caught(&self) -> bool {
        self.caught_must + self.caught_should > 0
    }

    /// Whether it is known to need a request which nobody may send.
    #[must_use]
    pub fn is_unshown(&self) -> bool {
        self.unshown().is_some()
    }

    /// Why no request that may be sent shows it, if that is known.
    #[must_use]
    pub fn unshown(&self) -> Option<&'static str> {
        unshown::reason(self.deviation.id)
    }

    /// What in the text keeps `must` cases from catching it, if that is known.
    #[must_use]
    pub fn left_open(&self) -> Option<&'static str> {
        left_open::reason(self.deviation.id)
    }

    /// Whether it shows only where RFC 5849 leaves room, so that no vector may fail it.
    #[must_use]
    pub const fn is_interop_only(&self) -> bool {
        !self.is_caught() && self.shows_in_interop
    }
}

fn single(bench: &Bench, deviation: &'static Deviation, tried: &Tried, kills: &BTreeMap<usize, Vec<&'static str>>) -> Single {
    let caught = |level| tried.caught.iter().filter(|place| bench.level(**place) == Some(level)).count();
    let level = if caught(Level::Must) > 0 { Level::Must } else { Level::Should };
    let of_level = |place: &&usize| bench.level(**place) == Some(level);
    let telling: Vec<&usize> =
        if tried.caught.is_empty() { tried.shown.iter().collect() } else { tried.caught.iter().filter(of_level).collect() };
    let mut cases: Vec<(String, usize)> = telling
        .into_iter()
        .filter_map(|place| Some((bench.cases().get(*place)?.full_id(), kills.get(place).map_or(0, Vec::len))))
        .collect();
    cases.sort_by_key(|(_, kills)| *kills);
    Single {
        deviation,
        cases,
        caught_must: caught(Level::Must),
        caught_should: caught(Level::Should),
        shows_in_interop: !tried.shown.is_empty(),
        diagnosis: named(deviation, tried),
    }
}

fn named(deviation: &'static Deviation, tried: &Tried) -> Named {
    if tried.diagnoses.is_empty() {
        return Named::NotCaught;
    }
    let itself = vec![Cause::Deviation(deviation)];
    let mut together: Option<Vec<String>> = None;
    let mut wrongly = None;
    for diagnosis in tried.diagnoses.iter().filter(|diagnosis| !diagnosis.sets.is_empty()) {
        if !diagnosis.sets.contains(&itself) {
            wrongly = Some(diagnosis.ids().concat());
        } else if diagnosis.outcome == Outcome::Explained {
            together = Some(vec![deviation.id.to_owned()]);
        } else {
            // What stays possible in every failure.
            let ids: Vec<String> = diagnosis.ids().into_iter().filter(|set| set.len() == 1).flatten().collect();
            together = Some(match together {
                None => ids,
                Some(known) => known.into_iter().filter(|id| ids.contains(id)).collect(),
            });
        }
    }
    match (wrongly, together) {
        (Some(ids), _) => Named::Wrongly(ids),
        (None, None) => Named::Unexplained,
        (None, Some(ids)) if ids.len() == 1 => Named::Itself,
        (None, Some(ids)) => Named::OneOf(ids),
    }
}

fn combination(deviations: &[&'static Deviation], tried: &Tried) -> Combination {
    Combination { ids: deviations.iter().map(|deviation| deviation.id).collect(), failures: tried.caught.len(), named: tried.named.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deviation::find;
    use crate::vectors::{Case, Corpus};

    /// The embedded cases of some suites.
    fn cases(suites: &[&str]) -> Vec<Case> {
        let is_of = |case: &Case| suites.iter().any(|suite| case.full_id().starts_with(&format!("{suite}/")));
        Corpus::embedded().unwrap().cases().map(Result::unwrap).filter(is_of).collect()
    }

    fn run(cases: Vec<Case>, ids: &[&str]) -> Selftest {
        let takes = |deviation: &Deviation| ids.contains(&deviation.id);
        Selftest::run(&Bench::new(cases), &Plan { pairs: 0, triples: 0, seed: 1, takes: &takes, watch: &|_, _| {} })
    }

    fn diagnosis(suites: &[&str], id: &str) -> Named {
        assert!(find(id).is_some(), "{id}");
        run(cases(suites), &[id]).singles.first().unwrap().diagnosis.clone()
    }

    #[test]
    fn what_went_right_with_forms_tells_a_departure_of_the_query_from_one_of_both() {
        let id = "read.query-names-not-decoded";
        let both = vec!["read.names-not-decoded".to_owned(), id.to_owned()];
        assert_eq!(diagnosis(&["sign.query"], id), Named::OneOf(both));
        assert_eq!(diagnosis(&["sign.query", "sign.form"], id), Named::Itself);
        assert_eq!(diagnosis(&["sign.query", "sign.form"], "read.names-not-decoded"), Named::Itself);
    }

    /// Each of these changes nothing but the answers to a few cases.
    #[test]
    fn departures_that_one_kind_of_request_shows_are_caught_and_named() {
        let ids = [
            "read.html-entities-decoded",
            "names.trimmed",
            "collect.cookies-signed",
            "merge.request-replaces-protocol",
            "merge.protocol-replaces-request",
            "verify.duplicates-first-wins",
            "verify.duplicates-last-wins",
            "protocol.decoded-again-in-query-and-form",
        ];
        let suites = ["sign.query", "sign.form", "sign.sources", "sign.parameters", "verify.parameters", "verify.transmission"];
        let selftest = run(cases(&suites), &ids);
        for single in &selftest.singles {
            assert_eq!((single.caught_must > 0, &single.diagnosis), (true, &Named::Itself), "{}", single.deviation.id);
        }
        assert_eq!(selftest.singles.len(), ids.len());
        assert!(selftest.is_passed());
    }

    #[test]
    fn what_no_must_case_catches_is_left_open_by_the_text_and_nothing_else_is() {
        let at = |suite: &str, level: Level, id: &str| {
            let mut cases = cases(&[suite]);
            cases.iter_mut().for_each(|case| case.level = level);
            let selftest = run(cases, &[id]);
            let ids = |singles: &mut dyn Iterator<Item = &Single>| singles.map(|single| single.deviation.id).collect::<Vec<_>>();
            (ids(&mut selftest.not_by_must()), ids(&mut selftest.caught_all_the_same()), selftest.is_passed())
        };
        let (fixed, open) = ("collect.cookies-signed", "verify.timestamp-past-accepted");
        assert_eq!(at("sign.sources", Level::Must, fixed), (vec![], vec![], true));
        assert_eq!(at("sign.sources", Level::Should, fixed), (vec![fixed], vec![], false));
        assert_eq!(at("verify.timestamp-nonce", Level::Should, open), (vec![], vec![], true));
        assert_eq!(at("verify.timestamp-nonce", Level::Must, open), (vec![], vec![open], false));
    }

    #[test]
    fn what_is_caught_and_given_no_name_fails_the_selftest() {
        let mut cases = cases(&["sign.rsa"]);
        cases.iter_mut().for_each(|case| case.kills = vec![]);
        let selftest = run(cases, &["encode.space-plus"]);
        let single = selftest.singles.first().unwrap();
        assert_eq!((single.is_caught(), &single.diagnosis), (true, &Named::NotCaught));
        assert_eq!(selftest.misnamed().count(), 1);
    }

    #[test]
    fn a_combination_that_is_mostly_unexplained_fails_the_selftest() {
        let is_passed = |failures, there, unexplained| {
            let named = NamedTogether { there, unexplained, ..NamedTogether::default() };
            let combinations = vec![Combination { ids: vec!["encode.space-plus"], failures, named }];
            Selftest { combinations, ..Selftest::default() }.is_passed()
        };
        assert!(is_passed(3, 3, 0) && is_passed(3, 2, 1));
        assert!(!is_passed(3, 1, 2) && !is_passed(3, 0, 3) && !is_passed(0, 0, 0));
        // What shows only in cases that are never scored fails none.
        assert!(is_passed(0, 3, 1) && !is_passed(0, 1, 3));
    }

    /// One of them fails verdicts alone, which say nothing of several, and the other no case at all: both show where the text leaves room.
    #[test]
    fn a_combination_that_shows_only_in_cases_that_are_never_scored_is_explained_by_them() {
        let ids = ["uri.dot-segments-removed", "values.numbers-rewritten"];
        let is_of = |case: &Case| case.kills.iter().any(|id| ids.contains(&id.as_str()));
        let corpus = Corpus::embedded().unwrap();
        let cases = corpus.cases().map(Result::unwrap).filter(is_of);
        let takes = |deviation: &Deviation| ids.contains(&deviation.id);
        let selftest = Selftest::run(&Bench::new(cases), &Plan { pairs: 1, triples: 0, seed: 1, takes: &takes, watch: &|_, _| {} });
        let named = &selftest.combinations.first().unwrap().named;
        assert!(named.there > 0 && named.unexplained == 0, "{named:?}");
        assert_eq!(selftest.unexplained().count(), 0);
    }

    #[test]
    fn a_fault_that_is_taken_for_another_fails_the_selftest() {
        let tried = |taken_for| FaultTried { name: "crash", of: faults::Of::Adapter, taken_for, seen: String::new() };
        let is_passed = |taken_for| Selftest { faults: vec![tried(taken_for)], ..Selftest::default() }.is_passed();
        assert!(is_passed(Ok(vec!["crash"])));
        for wrong in [Ok(vec![]), Ok(vec!["hang"]), Ok(vec!["crash", "hang"]), Err("it cannot be started".to_owned())] {
            assert!(!is_passed(wrong));
        }
    }

    #[test]
    fn a_kill_that_does_not_happen_is_a_finding_and_so_is_one_that_no_case_names() {
        let mut cases = cases(&["sign.sources"]);
        assert!(run(cases.clone(), &["collect.cookies-signed"]).is_passed());
        cases.iter_mut().for_each(|case| case.kills = vec![]);
        let selftest = run(cases.clone(), &["collect.cookies-signed"]);
        assert_eq!((selftest.unnamed.as_slice(), selftest.is_passed()), (&["collect.cookies-signed"][..], false));
        cases.first_mut().unwrap().kills = vec!["collect.cookies-signed".into()];
        let selftest = run(cases, &["collect.cookies-signed"]);
        assert_eq!(selftest.false_kills, [("sign.sources/plain".to_owned(), "collect.cookies-signed".to_owned())]);
        assert!(!selftest.is_passed());
    }
}
