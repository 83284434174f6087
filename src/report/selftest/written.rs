//! A selftest as JSON, format 1: every departure, every combination, every fault.

use serde::Serialize;

use crate::judgement::plain;
use crate::selftest::{Named, Selftest};

#[derive(Serialize)]
struct Written<'a> {
    format: u32,
    passed: bool,
    departures: Vec<Departure<'a>>,
    combinations: Vec<Combination<'a>>,
    faults: Vec<Fault<'a>>,
    /// Cases whose `kills` names a departure that they do not catch.
    false_kills: Vec<FalseKill<'a>>,
    /// Departures that are caught and named by no case.
    unnamed: &'a [&'static str],
    /// Cases of level `must` that catch no departure.
    idle: &'a [String],
}

#[derive(Serialize)]
struct Departure<'a> {
    id: &'static str,
    /// How many active cases of each level catch it.
    must: usize,
    should: usize,
    /// Whether it changes the answer to a case that is never scored.
    interop: bool,
    /// `itself`, `one_of`, `unexplained`, `wrongly`, `not_caught`.
    diagnosis: &'static str,
    /// What in the text keeps `must` cases from catching it.
    #[serde(skip_serializing_if = "Option::is_none")]
    left_open: Option<&'static str>,
    /// Why no request that may be sent shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    unshown: Option<&'static str>,
    /// The departures that are named in place of it, or with it.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    named: &'a [String],
    /// The cases that catch it, the most telling first.
    cases: Vec<&'a str>,
}

#[derive(Serialize)]
struct Combination<'a> {
    departures: &'a [&'static str],
    failures: usize,
    /// How many failures are explained by what was there, by what no request tells from it, and falsely.
    explained: usize,
    inseparable: usize,
    falsely: usize,
    /// How many of the first kind are explained by all that was there, and how many failures have no explanation.
    whole: usize,
    unexplained: usize,
    /// The causes that were not there.
    otherwise: &'a [Vec<String>],
}

#[derive(Serialize)]
struct Fault<'a> {
    name: &'static str,
    of: &'static str,
    told: bool,
    taken_for: &'a [&'static str],
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<&'a str>,
    seen: &'a str,
}

#[derive(Serialize)]
struct FalseKill<'a> {
    case: &'a str,
    departure: &'a str,
}

/// Writes a selftest as JSON. Only plain characters stand in it.
#[must_use]
pub fn selftest_json(selftest: &Selftest) -> String {
    let departures = selftest.singles.iter().map(|single| {
        let (diagnosis, named): (_, &[String]) = match &single.diagnosis {
            Named::Itself => ("itself", &[]),
            Named::OneOf(ids) => ("one_of", ids),
            Named::Unexplained => ("unexplained", &[]),
            Named::Wrongly(ids) => ("wrongly", ids),
            Named::NotCaught => ("not_caught", &[]),
        };
        Departure {
            id: single.deviation.id,
            must: single.caught_must,
            should: single.caught_should,
            interop: single.shows_in_interop,
            diagnosis,
            left_open: single.left_open(),
            unshown: single.unshown(),
            named,
            cases: single.cases.iter().map(|(case, _)| case.as_str()).collect(),
        }
    });
    let combinations = selftest.combinations.iter().map(|tried| Combination {
        departures: &tried.ids,
        failures: tried.failures,
        explained: tried.named.there,
        inseparable: tried.named.inseparable,
        falsely: tried.named.falsely,
        whole: tried.named.whole,
        unexplained: tried.named.unexplained,
        otherwise: &tried.named.otherwise,
    });
    let faults = selftest.faults.iter().map(|tried| Fault {
        name: tried.name,
        of: tried.of.as_str(),
        told: tried.is_told(),
        taken_for: tried.taken_for.as_deref().unwrap_or_default(),
        trouble: tried.taken_for.as_ref().err().map(String::as_str),
        seen: &tried.seen,
    });
    let false_kills = selftest.false_kills.iter().map(|(case, departure)| FalseKill { case, departure });
    let written = Written {
        format: 1,
        passed: selftest.is_passed(),
        departures: departures.collect(),
        combinations: combinations.collect(),
        faults: faults.collect(),
        false_kills: false_kills.collect(),
        unnamed: &selftest.unnamed,
        idle: &selftest.idle,
    };
    let mut out = Vec::new();
    // Into memory nothing can fail to be written.
    let _ = plain::write_pretty(&written, &mut out);
    out.push(b'\n');
    String::from_utf8_lossy(&out).into_owned()
}
