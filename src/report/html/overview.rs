//! What the page begins with: who was asked and how it went, where they disagree, and the numbers of every suite.

use maud::{Markup, html as template};

use super::anchors::Anchors;
use super::case;
use crate::judgement::{Disagreement, ExitCode, Run, Totals, disagreements};
use crate::report::{escape, matrix as sides, words};

/// The most disagreements, and the most cases of one that are not folded away.
const MOST_GROUPS: usize = 200;
const MOST_CASES: usize = 3;

pub(super) fn header(runs: &[Run]) -> Markup {
    let start = runs.first().map(|run| &run.start);
    template! {
        header {
            p.mark { "countersign" }
            h1 { "OAuth 1.0a conformance" }
            p.about {
                "Each implementation is asked what RFC 5849 demands; what it answers is compared octet by octet, and a mistake is named only if the "
                "same mistake gives the same wrong value again."
                @if let Some(start) = start {
                    " "
                    @if !start.countersign.is_empty() { "countersign " (escape::line(&start.countersign)) }
                    @if !start.suite_digest.is_empty() {
                        @let short: String = start.suite_digest.chars().take(19).collect();
                        ", vectors " code title=(escape::line(&start.suite_digest)) { (escape::line(&short)) }
                    }
                }
            }
        }
    }
}

/// One card an implementation.
pub(super) fn cards(runs: &[Run], anchors: &Anchors) -> Markup {
    template! {
        section.cards aria-label="Summary" {
            @for (number, run) in runs.iter().enumerate() {
                @let totals = run.totals();
                a.card.(tone(run)) href={ "#" (anchors.run(number)) } {
                    span.name { (escape::line(&run.implementation().name)) }
                    span.version { (version(run)) }
                    span.score { b { (totals.passed) } " of " (words::scored(totals)) " passed" }
                    (bar(totals))
                    span.coverage {
                        @match words::covered(totals) {
                            Some(percent) => { (percent) " % of what it offers was executed" }
                            None => "it was asked nothing that it offers"
                        }
                    }
                    span.sentence { (words::ending(run)) }
                    @if let Some(told) = causes(run) { span.causes-told { (told) } }
                }
            }
        }
    }
}

pub(super) const fn tone(run: &Run) -> &'static str {
    match run.end.as_ref() {
        Some(end) => match end.exit_code {
            ExitCode::AsExpected => "good",
            ExitCode::NothingExecuted => "odd",
            _ => "bad",
        },
        None => "bad",
    }
}

/// `37 failures, 1 cause`.
pub(super) fn causes(run: &Run) -> Option<String> {
    let failures = run.unexpected().count() as u64;
    let singles = run.single_causes().len();
    let causes = singles + run.cause_groups().iter().filter(|group| group.sets.len() > 1).count();
    let failures = (failures > 0).then(|| words::counted(failures, "failure", "failures"))?;
    Some(if causes == 0 { failures } else { format!("{failures}, {}", words::counted(causes as u64, "cause", "causes")) })
}

/// `3.2.2, Python 3.11`.
fn version(run: &Run) -> String {
    let of = run.implementation();
    let language = of.language.as_ref().map(|name| match &of.language_version {
        Some(version) => format!("{name} {version}"),
        None => name.clone(),
    });
    let parts: Vec<String> = of.version.iter().cloned().chain(language).collect();
    escape::line(&parts.join(", ")).into_owned()
}

/// The scored cases as one line of colours; a number that is not zero is never too small to be seen.
fn bar(totals: &Totals) -> Markup {
    let parts = [
        ("good", totals.passed, "passed"),
        ("bad", totals.failed + totals.unexpected_pass, "failed"),
        ("broken", totals.broken, "broken"),
        ("odd", totals.inconclusive, "inconclusive"),
        ("faint", totals.known, "known to fail"),
        ("none", totals.unsupported, "unsupported"),
    ];
    template! {
        span.bar aria-hidden="true" {
            @for (tone, number, name) in parts {
                @if number > 0 { span.(tone) style={ "flex-grow:" (number) } title={ (number) " " (name) } {} }
            }
        }
    }
}

/// Suites below each other, implementations beside each other.
pub(super) fn matrix(runs: &[Run], anchors: &Anchors) -> Markup {
    let mut suites: Vec<&str> = runs.iter().flat_map(|run| run.suites.keys().map(AsRef::as_ref)).collect();
    suites.sort_unstable();
    suites.dedup();
    template! {
        @if !suites.is_empty() {
            section {
                h2 id="~suites" { "Suites" }
                div.scroll tabindex="0" role="region" aria-labelledby="~suites" {
                    table.matrix {
                        thead {
                            tr {
                                th scope="col" { "suite" }
                                @for (number, run) in runs.iter().enumerate() {
                                    th scope="col" { a href={ "#" (anchors.run(number)) } { (escape::line(&run.implementation().name)) } }
                                }
                            }
                        }
                        tbody {
                            @for suite in suites {
                                tr {
                                    th scope="row" { (escape::line(suite)) }
                                    @for (number, run) in runs.iter().enumerate() {
                                        (cell(run.suites.get(suite), &anchors.suite(number, suite)))
                                    }
                                }
                            }
                        }
                        tfoot {
                            tr {
                                th scope="row" { "all" }
                                @for run in runs { td { (run.totals().passed) "/" (words::scored(run.totals())) } }
                            }
                            tr {
                                th scope="row" { "coverage" }
                                @for run in runs { td { (words::coverage(run.totals())) } }
                            }
                        }
                    }
                }
                p.hint { "Passed of scored. What the RFC leaves open, and what is disputed, is told and never scored: " span.faint { "+ n" } "." }
            }
        }
    }
}

fn cell(totals: Option<&Totals>, anchor: &str) -> Markup {
    let Some(totals) = totals else { return template! { td.empty { span title="not offered" { "–" } } } };
    let scored = words::scored(totals);
    let open = totals.interop + totals.disputed;
    let tone = match totals.passed {
        _ if scored == 0 => "empty",
        passed if passed == scored => "good",
        0 => "worst",
        _ => "bad",
    };
    template! {
        td.(tone) {
            @if scored > 0 { a href={ "#" (anchor) } { (totals.passed) "/" (scored) } }
            @if open > 0 { " " span.faint { "+ " (open) } }
            @if totals.unsupported > 0 { " " span.faint title="unsupported" { "(" (totals.unsupported) " unsupp.)" } }
        }
    }
}

/// Where implementations disagree.
pub(super) fn disagreeing(runs: &[Run], anchors: &Anchors) -> Markup {
    let groups = disagreements(runs);
    let total: usize = groups.iter().map(|group| group.cases.len()).sum();
    template! {
        section {
            h2 id="~disagreements" { "Where implementations disagree" }
            @if total == 0 {
                p { "They agree in every case that several of them were asked." }
            } @else {
                p {
                    (words::counted(total as u64, "case", "cases")) ", grouped by who stands with whom: "
                    span.camp.good { "as expected" } " " span.camp.bad { "otherwise" } " "
                    span.camp.odd { "one of several readings" }
                }
                div.splits {
                    @for group in groups.iter().take(MOST_GROUPS) { (disagreement(runs, group, anchors)) }
                }
                @if groups.len() > MOST_GROUPS { p { "… and " (groups.len() - MOST_GROUPS) " more ways to disagree." } }
            }
        }
    }
}

fn disagreement(runs: &[Run], group: &Disagreement<'_>, anchors: &Anchors) -> Markup {
    // The link leads to one who differs, where the difference is shown.
    let last = group.camps.iter().flatten().max();
    let number = group.camps.iter().position(|camp| camp.is_some() && camp.as_ref() == last).unwrap_or_default();
    let camps = sides::camps(runs, group);
    let list = |from: usize, most: usize| {
        template! {
            ul.ids {
                @for split in group.cases.iter().skip(from).take(most) {
                    li { a href={ "#" (anchors.case(number, split.record)) } { (case::id(split.record)) } " " span.title { (escape::line(&split.record.title)) } }
                }
            }
        }
    };
    template! {
        article.split {
            h3 {
                @for (camp, names) in camps.iter().enumerate() {
                    @let tone = match (group.first_is_expected, camp) {
                        (true, 0) => "good",
                        (true, _) => "bad",
                        (false, _) => "odd",
                    };
                    span.camp.(tone) { (names) } " "
                }
                span.count { (words::counted(group.cases.len() as u64, "case", "cases")) }
            }
            @if !group.causes.is_empty() {
                p.cause { @for id in &group.causes { code { (escape::line(id)) } " " } }
            }
            (list(0, MOST_CASES))
            @if group.cases.len() > MOST_CASES {
                details { summary { "and " (group.cases.len() - MOST_CASES) " more" } (list(MOST_CASES, usize::MAX)) }
            }
        }
    }
}

pub(super) fn footer(runs: &[Run]) -> Markup {
    let strict = runs.iter().any(|run| run.start.strict);
    template! {
        footer {
            p {
                "This page stands by itself: no script, nothing loaded from elsewhere. "
                @if strict { "Cases of level should count as failures here. " } @else { "Cases of level should are told and do not fail a run. " }
                "Clauses are those of " a href="https://www.rfc-editor.org/rfc/rfc5849" { "RFC 5849" } "."
            }
        }
    }
}
