//! One implementation: its causes first, then the cases that are not as expected, then the others, folded away.

use std::collections::BTreeMap;

use maud::{Markup, html as template};

use super::anchors::Anchors;
use super::{case, overview};
use crate::diagnosis::Outcome;
use crate::judgement::{CaseRecord, Run, Verdict};
use crate::report::{escape, words};

/// The most cases that are shown with all that is known of them; those beyond are told by name.
const MOST_DETAILED: usize = 5000;
/// The most cases of a cause that are named before the rest is folded away.
const MOST_NAMED: usize = 6;
/// The most that is shown of an adapter's standard error.
const MAX_LOG: usize = 16 * 1024;

pub(super) fn section(run: &Run, number: usize, anchors: &Anchors) -> Markup {
    let of = run.implementation();
    let homepage = of.homepage.as_deref().filter(|address| is_web(address));
    template! {
        section.run {
            h2 id=(anchors.run(number)) { (words::title(of)) }
            p.numbers.(overview::tone(run)) {
                (words::counted(run.totals().selected, "case", "cases")) ": " (words::verdicts(run.totals())) "; "
                strong { (words::ending(run)) } "."
                @if let Some(homepage) = homepage { " " a href=(homepage) rel="noopener noreferrer" { (escape::line(homepage)) } }
            }
            (causes(run, number, anchors))
            (unexpected(run, number, anchors))
            (unscored(run, number, anchors))
            (passed(run, number, anchors))
            (logs(run))
        }
    }
}

/// An address that a page may lead to: an adapter says what it likes.
fn is_web(address: &str) -> bool {
    let is_shown = address.bytes().all(|octet| octet.is_ascii_graphic());
    (address.starts_with("https://") || address.starts_with("http://")) && address.len() < 512 && is_shown
}

fn causes(run: &Run, number: usize, anchors: &Anchors) -> Markup {
    let singles = run.single_causes();
    let ambiguous: Vec<_> = run.cause_groups().into_iter().filter(|group| group.sets.len() > 1).collect();
    let unexplained = run.unsettled(Outcome::Unexplained).count() as u64;
    let all = (singles.len() + ambiguous.len()) as u64;
    template! {
        @if all > 0 {
            h3 { (overview::causes(run).unwrap_or_default()) }
            div.causes {
                @for single in &singles {
                    article.cause {
                        h4 { code { (escape::line(&single.cause.to_string())) } " " span.count { (words::counted(single.cases.len() as u64, "failure", "failures")) } }
                        p {
                            (escape::line(&single.cause.sentence()))
                            @if let Some(address) = words::section_address(single.cause.section()) {
                                " (" a href=(address) { "section " (single.cause.section()) } ")"
                            }
                        }
                        p.fix { b { "Fix: " } (single.cause.fix()) }
                        (named(&single.cases, number, anchors))
                    }
                }
                @for group in &ambiguous {
                    article.cause {
                        h4 { "one of " (group.sets.len()) " explanations " span.count { (words::counted(group.cases.len() as u64, "failure", "failures")) } }
                        ul {
                            @for set in group.sets.iter().take(6) {
                                @let ids: Vec<String> = set.iter().map(ToString::to_string).collect();
                                li { code { (escape::line(&ids.join(" with "))) } }
                            }
                        }
                        (named(&group.cases, number, anchors))
                    }
                }
            }
            @if unexplained > 0 { p { (words::counted(unexplained, "failure stays", "failures stay")) " unexplained." } }
        }
    }
}

fn named(cases: &[&CaseRecord], number: usize, anchors: &Anchors) -> Markup {
    let (first, rest) = cases.split_at(cases.len().min(MOST_NAMED));
    let list = |cases: &[&CaseRecord]| {
        template! { ul.ids { @for record in cases { li { a href={ "#" (anchors.case(number, record)) } { (case::id(record)) } } } } }
    };
    template! {
        (list(first))
        @if !rest.is_empty() { details { summary { "and " (rest.len()) " more" } (list(rest)) } }
    }
}

fn by_suite<'a>(records: impl Iterator<Item = &'a CaseRecord>) -> BTreeMap<&'a str, Vec<&'a CaseRecord>> {
    let mut suites: BTreeMap<&str, Vec<&CaseRecord>> = BTreeMap::new();
    for record in records {
        suites.entry(&record.suite).or_default().push(record);
    }
    suites
}

fn unexpected(run: &Run, number: usize, anchors: &Anchors) -> Markup {
    let total = run.unexpected().count();
    template! {
        @if total > 0 {
            h3 { (words::counted(total as u64, "case is not as expected", "cases are not as expected")) }
            @for (suite, records) in by_suite(run.unexpected().take(MOST_DETAILED)) {
                h4 id=(anchors.suite(number, suite)) { (escape::line(suite)) }
                @for record in records { (case::folded(record, &anchors.case(number, record), &run.start)) }
            }
            @if total > MOST_DETAILED {
                p { "These are told by name only:" }
                ul.ids { @for record in run.unexpected().skip(MOST_DETAILED) { li id=(anchors.case(number, record)) { (case::id(record)) } } }
            }
        }
    }
}

/// What no verdict scores, by its kind.
fn unscored(run: &Run, number: usize, anchors: &Anchors) -> Markup {
    let kinds = [
        (Verdict::KnownFailure, "known to fail"),
        (Verdict::Unsupported, "not supported"),
        (Verdict::Disputed, "disputed: the published value is in doubt, and what it did is told"),
        (Verdict::Interop, "left open by the RFC: what it did is told, and never scored"),
    ];
    template! {
        @for (verdict, words) in kinds {
            @let records: Vec<&CaseRecord> = run.records.iter().filter(|record| record.verdict() == verdict).collect();
            @if !records.is_empty() {
                details.more {
                    summary { b { (records.len()) } " " (words) }
                    @for record in records.iter().take(MOST_DETAILED) { (case::folded(record, &anchors.case(number, record), &run.start)) }
                    @if records.len() > MOST_DETAILED {
                        ul.ids { @for record in records.iter().skip(MOST_DETAILED) { li id=(anchors.case(number, record)) { (case::id(record)) } } }
                    }
                }
            }
        }
    }
}

fn passed(run: &Run, number: usize, anchors: &Anchors) -> Markup {
    let suites = by_suite(run.records.iter().filter(|record| record.verdict() == Verdict::Pass));
    let failing = by_suite(run.unexpected());
    let total: usize = suites.values().map(Vec::len).sum();
    template! {
        @if total > 0 {
            details.more.passed {
                summary { b { (total) } " passed" }
                @for (suite, records) in suites {
                    @let anchor = anchors.suite(number, suite);
                    // The suite's own place is where its failures are, if it has some.
                    @let anchor = if failing.contains_key(suite) { format!("{anchor}/passed") } else { anchor };
                    h4 id=(anchor) { (escape::line(suite)) " " span.count { (records.len()) } }
                    ul.passed {
                        @for record in records {
                            li id=(anchors.case(number, record)) { code { (escape::line(&record.id)) } " " span.title { (escape::line(&record.title)) } }
                        }
                    }
                }
            }
        }
    }
}

fn logs(run: &Run) -> Markup {
    template! {
        @for log in &run.logs {
            details.more {
                summary { "what it wrote on its standard error" }
                // In elements of their own: a log in which a line began with it could be obeyed.
                pre { @for line in escape::lines(&escape::middle_cut(log, MAX_LOG)).lines() { span { (line) } "\n" } }
            }
        }
    }
}
