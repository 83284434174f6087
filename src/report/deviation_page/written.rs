//! The page of one deviation as JSON.

use serde::Serialize;

use super::example::{self, Example};
use super::{rank, who};
use crate::deviation::{Cause, remedy};
use crate::judgement::plain;
use crate::selftest::left_open;
use crate::vectors::Case;

#[derive(Serialize)]
struct Written<'a> {
    format: u32,
    id: String,
    sentence: String,
    section: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    who: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    common: Option<&'static str>,
    /// What in the text leaves it open, if it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    left_open: Option<&'static str>,
    fix: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    example: Option<WrittenExample<'a>>,
    /// Why there is no example.
    #[serde(skip_serializing_if = "Option::is_none")]
    no_example: Option<&'a str>,
    languages: Vec<Line>,
    seen: &'a [&'a str],
    caught_by: Vec<String>,
    reproduce: String,
}

#[derive(Serialize)]
struct WrittenExample<'a> {
    asked: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<&'a str>,
    what: String,
    right: String,
    wrong: String,
}

#[derive(Serialize)]
struct Line {
    language: &'static str,
    code: &'static str,
}

/// Writes the page as JSON. `caught_by` are cases that catch it.
#[must_use]
pub fn deviation_json(cause: &Cause, caught_by: &[Case]) -> String {
    let deviation = match cause {
        Cause::Deviation(deviation) => Some(*deviation),
        Cause::Input(_) => None,
    };
    let example = Example::of(cause, caught_by);
    let written = Written {
        format: 1,
        id: cause.to_string(),
        sentence: cause.sentence(),
        section: cause.section(),
        who: deviation.map(who),
        common: deviation.map(|deviation| rank(deviation.rank)),
        left_open: deviation.and_then(|deviation| left_open::reason(deviation.id)),
        fix: cause.fix(),
        example: example.as_ref().ok().map(|example| WrittenExample {
            asked: &example.asked,
            case: example.case.as_deref(),
            what: example::what(&example.difference),
            right: example::side(&example.difference.expected),
            wrong: example::side(&example.difference.observed),
        }),
        no_example: example.as_ref().err().map(String::as_str),
        languages: remedy::of(&cause.to_string()).into_iter().flatten().map(|(language, code)| Line { language, code }).collect(),
        seen: deviation.map_or(&[], |deviation| deviation.seen),
        caught_by: caught_by.iter().map(Case::full_id).collect(),
        reproduce: super::reproducing(cause),
    };
    let mut out = Vec::new();
    // Into memory nothing can fail to be written.
    let _ = plain::write_pretty(&written, &mut out);
    out.push(b'\n');
    String::from_utf8_lossy(&out).into_owned()
}
