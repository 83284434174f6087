//! One case: the requirement, what explains it, what differs, what was asked, what is expected and what was answered, and how to see it
//! again.

use maud::{Markup, html as template};

use super::fields;
use crate::deviation::Cause;
use crate::diagnosis::{Diagnosis, Outcome};
use crate::implementation::Observation;
use crate::judgement::{Again, CaseRecord, Difference, Expected, Observed, RunStart, Side, ToldExchange, Verdict};
use crate::report::{escape, failure, words};
use crate::vectors::Expectation;

/// The most sets of an ambiguous diagnosis that are shown.
const MOST_SETS: usize = 6;

/// The class of a verdict's colour.
pub(super) const fn tone(record: &CaseRecord, strict: bool) -> &'static str {
    match record.verdict() {
        Verdict::Pass => "good",
        Verdict::Fail | Verdict::Broken | Verdict::UnexpectedPass | Verdict::Inconclusive
            if matches!(record.level, crate::vectors::Level::Must) || strict =>
        {
            "bad"
        }
        Verdict::Fail | Verdict::Broken | Verdict::UnexpectedPass | Verdict::Inconclusive => "odd",
        Verdict::Unsupported | Verdict::KnownFailure | Verdict::Disputed | Verdict::Interop => "faint",
    }
}

/// A folded case. `anchor` is inside of it, so that a link opens it.
pub(super) fn folded(record: &CaseRecord, anchor: &str, start: &RunStart) -> Markup {
    template! {
        details.case.(tone(record, start.strict)) {
            summary {
                span.verdict { (record.verdict().as_str().replace('_', " ")) }
                span.id { (id(record)) (words::level(record)) }
                span.title { (escape::line(&record.title)) }
            }
            div.body id=(anchor) { (body(record, &start.again)) }
        }
    }
}

/// An id that may be broken behind its suite.
pub(super) fn id(record: &CaseRecord) -> Markup {
    template! { code { (escape::line(&record.suite)) "/" wbr; (escape::line(&record.id)) } }
}

fn body(record: &CaseRecord, again: &Again) -> Markup {
    template! {
        p.requirement { (requirement(record)) }
        @if let Some(note) = &record.note { p.note { (escape::line(note)) } }
        @if let Some(diagnosis) = &record.diagnosis { (diagnosed(diagnosis)) }
        @if let Some(because) = record.because() {
            p { @if record.judgement.met.is_some() { "reading: " } @else { "nearest reading: " } (escape::line(because)) }
        }
        (differences(record))
        @if let Some(input) = record.input() {
            h5 { "What was asked" }
            (request(&input))
        }
        h5 { "What is expected" }
        (expected(record))
        h5 { "What it answered" }
        (observed(record))
        @if let Some(exchange) = &record.exchange { (exchanged(exchange)) }
        h5 { "To see it again" }
        pre.again { @for line in failure::commands(record, again).iter().take(2) { span { (escape::line(line)) } "\n" } }
    }
}

/// What went to a live server and came back, what is written about it, and what to do.
fn exchanged(exchange: &ToldExchange) -> Markup {
    template! {
        h5 { "The request" }
        pre { (escape::lines(&exchange.request)) }
        @if let Some(response) = &exchange.response {
            h5 { "The answer" }
            pre { (escape::lines(response)) }
        }
        h5 { "What is written" }
        @for document in &exchange.documents { p { (escape::line(document)) } }
        @if let Some(advice) = &exchange.advice {
            h5 { "What to do" }
            p { (escape::line(advice)) }
        }
    }
}

fn requirement(record: &CaseRecord) -> Markup {
    template! {
        @for clause in &record.spec {
            @let name = format!("{} section {}", clause.doc, clause.section);
            @match words::address(clause) {
                Some(address) => a href=(address) { (escape::line(&name)) },
                None => (escape::line(&name)),
            }
            " · "
        }
        (record.operation)
        @if let Some(place) = &record.place { " · " code { (escape::line(&place.file)) ":" (place.line) } }
    }
}

fn diagnosed(diagnosis: &Diagnosis) -> Markup {
    template! {
        @match diagnosis.outcome {
            Outcome::Explained => {
                @for cause in diagnosis.sets.iter().flatten() {
                    p.cause { strong { code { (escape::line(&cause.to_string())) } } " " (escape::line(&cause.sentence())) }
                }
            }
            Outcome::Ambiguous => {
                p { "One of these causes, which this request cannot tell apart:" }
                ul {
                    @for set in diagnosis.sets.iter().take(MOST_SETS) {
                        @let ids: Vec<String> = set.iter().map(Cause::to_string).collect();
                        li { code { (escape::line(&ids.join(" with "))) } }
                    }
                    @if diagnosis.sets.len() > MOST_SETS { li { "… and " (diagnosis.sets.len() - MOST_SETS) " more" } }
                }
            }
            Outcome::Unexplained | Outcome::Right => {
                p.cause {
                    "Unexplained"
                    @if let Some(note) = &diagnosis.note { ": " (escape::line(note)) }
                    @else if diagnosis.tried > 0 { ": none of " (diagnosis.tried) " derivations gives this value" }
                    "."
                }
            }
        }
    }
}

fn differences(record: &CaseRecord) -> Markup {
    let all = &record.judgement.differences;
    let stages = all.iter().filter(|difference| difference.is_stage());
    let others = all.iter().filter(|difference| !difference.is_stage());
    template! {
        @for difference in stages.chain(others) { (one(difference)) }
    }
}

fn one(difference: &Difference) -> Markup {
    let what = difference.what.to_string();
    template! {
        h5 {
            code { (escape::line(what.strip_prefix("stage ").unwrap_or(&what))) }
            @if difference.is_stage() { " is the first stage that differs" } @else { " differs" }
            @if let Some(at) = difference.first_difference { ", from octet " (at) }
        }
        @match (&difference.expected, &difference.observed) {
            (Side::Value(expected), Side::Value(observed)) => (fields::compared(expected.as_bytes(), observed.as_bytes())),
            (expected, observed) => {
                dl.compared {
                    div { dt { "expected" } dd { (side(expected)) } }
                    div { dt { "observed" } dd { (side(observed)) } }
                }
            }
        }
    }
}

fn side(side: &Side) -> Markup {
    template! {
        @match side {
            Side::Absent => span.nothing { "(not there)" },
            Side::Value(value) => code { (fields::octets(value.as_bytes())) },
            Side::Words(words) => (escape::line(&escape::middle_cut(words, 1024))),
        }
    }
}

/// A request as it looks on the wire, and what else was given.
fn request(input: &serde_json::Value) -> Markup {
    let text = |name: &str| input.get(name).filter(|value| !value.is_null()).map(fields::one);
    let headers = input.get("headers").and_then(serde_json::Value::as_array).map(Vec::as_slice).unwrap_or_default();
    template! {
        @if let (Some(method), Some(url)) = (text("method"), text("url")) {
            pre.http {
                b { (method) } " " (url) "\n"
                @for header in headers.iter().take(100) {
                    @let part = |place: usize| header.get(place).map(fields::one).unwrap_or_default();
                    span { (part(0)) ": " (part(1)) } "\n"
                }
                @if let Some(body) = text("body") { "\n" span { (body) } "\n" }
            }
            (fields::table(input, &["method", "url", "headers", "body"]))
        } @else {
            (fields::table(input, &[]))
        }
    }
}

fn expected(record: &CaseRecord) -> Markup {
    let written = || serde_json::to_value(&record.expected).unwrap_or_default();
    template! {
        @match &record.expected {
            Expected::Answer(Expectation::OneOf(branches)) => {
                ol {
                    @for (number, (because, expectation)) in branches.iter().enumerate() {
                        @let branch = written().get("one_of").and_then(|all| all.get(number)).cloned().unwrap_or_default();
                        li {
                            (escape::line(because))
                            @match expectation {
                                Expectation::Refuse(_) => p { (escape::line(&failure::expectation(expectation))) },
                                _ => (answer(&branch)),
                            }
                        }
                    }
                }
            }
            Expected::Answer(expectation @ Expectation::Refuse(_)) => p { (escape::line(&failure::expectation(expectation))) },
            Expected::Answer(Expectation::Answer(_)) => (answer(&written())),
            Expected::Findings(findings) if findings.findings.is_empty() => p { "no findings" },
            Expected::Findings(_) => (fields::table(&written(), &[])),
        }
    }
}

/// An output, its stages below it.
fn answer(output: &serde_json::Value) -> Markup {
    template! {
        (fields::table(output, &["stages", "because"]))
        @if let Some(stages) = output.get("stages") {
            p.stages { "stages" }
            (fields::stages(stages))
        }
    }
}

fn observed(record: &CaseRecord) -> Markup {
    let output = match &record.observed {
        Observed::Implementation(Observation::Answered(output)) => serde_json::to_value(output).ok(),
        _ => None,
    };
    template! {
        p { (escape::line(&failure::deed(record))) }
        @if let Some(output) = output { (answer(&output)) }
    }
}
