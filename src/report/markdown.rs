//! Markdown (CommonMark with tables), such as for a comment below a pull request or the summary of a job: the numbers, the causes, and the
//! failures with both values.

use std::fmt::Write as _;

use super::escape;
use super::failure;
use super::matrix;
use super::words;
use crate::deviation::Cause;
use crate::diagnosis::Outcome;
use crate::judgement::{CaseRecord, Run, Side, Verdict, disagreements};

/// The most failures of a run that are shown, and the most cases of a cause or a disagreement that are named: GitHub cuts a comment at
/// 64 KiB.
const MOST: usize = 20;
const MOST_NAMED: usize = 8;
/// The most octets of a value and of running text.
const MAX_VALUE: usize = 1024;

/// Writes runs as Markdown.
#[must_use]
pub fn markdown(runs: &[Run]) -> String {
    let mut out = String::from("# OAuth 1.0a conformance\n\n");
    numbers(&mut out, runs);
    if runs.len() > 1 {
        suites(&mut out, runs);
        disagreeing(&mut out, runs);
    }
    for run in runs {
        if run.unexpected().next().is_some() {
            let _ = writeln!(out, "\n## {}", text(&words::title(run.implementation())));
            causes(&mut out, run);
            failures(&mut out, run);
        }
    }
    out
}

fn numbers(out: &mut String, runs: &[Run]) {
    out.push_str("| implementation | passed | failed | broken | inconclusive | unsupported | coverage | |\n");
    out.push_str("|---|--:|--:|--:|--:|--:|--:|---|\n");
    for run in runs {
        let totals = run.totals();
        let _ = writeln!(
            out,
            "| {} | {}/{} | {} | {} | {} | {} | {} | {} |",
            text(&words::title(run.implementation())),
            totals.passed,
            words::scored(totals),
            totals.failed + totals.unexpected_pass,
            totals.broken,
            totals.inconclusive,
            totals.unsupported,
            words::coverage(totals),
            words::ending(run),
        );
    }
}

/// The suites in which not all is as expected: the others say nothing here.
fn suites(out: &mut String, runs: &[Run]) {
    let mut names: Vec<&str> = runs.iter().flat_map(|run| run.suites.keys().map(AsRef::as_ref)).collect();
    names.sort_unstable();
    names.dedup();
    names.retain(|name| runs.iter().any(|run| run.suites.get(*name).is_some_and(|totals| totals.passed < words::scored(totals))));
    if names.is_empty() {
        return;
    }
    let heads: String = runs.iter().map(|run| format!(" {} |", text(&run.implementation().name))).collect();
    let _ = writeln!(out, "\n## Suites with differences\n\n| suite |{heads}\n|---|{}", "--:|".repeat(runs.len()));
    for name in names {
        let cell = |run: &Run| match run.suites.get(name) {
            Some(totals) if words::scored(totals) > 0 => format!(" {}/{} |", totals.passed, words::scored(totals)),
            _ => " – |".to_owned(),
        };
        let _ = writeln!(out, "| {} |{}", text(name), runs.iter().map(cell).collect::<String>());
    }
}

fn disagreeing(out: &mut String, runs: &[Run]) {
    let groups = disagreements(runs);
    let total: usize = groups.iter().map(|group| group.cases.len()).sum();
    if total == 0 {
        return;
    }
    let _ = writeln!(out, "\n## Where implementations disagree: {}\n", words::counted(total as u64, "case", "cases"));
    for group in groups.iter().take(MOST) {
        let causes: String = group.causes.iter().map(|id| format!(" {}", code(id))).collect();
        let ids = group.cases.iter().map(|split| split.record.full_id());
        let _ = writeln!(out, "- {}{causes}: {}", text(&matrix::sides(runs, group)), named(ids, group.cases.len()));
    }
    if groups.len() > MOST {
        let _ = writeln!(out, "- … and {} more ways to disagree", groups.len() - MOST);
    }
}

fn causes(out: &mut String, run: &Run) {
    let singles = run.single_causes();
    if singles.is_empty() {
        return;
    }
    let failures = words::counted(run.unexpected().count() as u64, "failure", "failures");
    let _ = writeln!(out, "\n### {failures}, {}\n", words::counted(singles.len() as u64, "cause", "causes"));
    for single in singles {
        let section = words::section_address(single.cause.section());
        let section = section.map_or(String::new(), |address| format!(" ([section {}]({address}))", single.cause.section()));
        let ids = single.cases.iter().map(|record| record.full_id());
        let _ = writeln!(
            out,
            "- **{}**: {}{section}  \n  fix: {}  \n  in {}: {}",
            code(&single.cause.to_string()),
            text(&single.cause.sentence()),
            text(single.cause.fix()),
            words::counted(single.cases.len() as u64, "failure", "failures"),
            named(ids, single.cases.len()),
        );
    }
}

fn failures(out: &mut String, run: &Run) {
    let total = run.unexpected().count();
    let _ = writeln!(out, "\n### {}", words::counted(total as u64, "case is not as expected", "cases are not as expected"));
    for record in run.unexpected().take(MOST) {
        one(out, record);
    }
    if total > MOST {
        let _ = writeln!(out, "\n… and {} more: a report with `--html` or `--json` has all of them", total - MOST);
    }
}

fn one(out: &mut String, record: &CaseRecord) {
    let word = match record.verdict() {
        Verdict::Fail => "failed",
        verdict => verdict.as_str(),
    };
    let _ = writeln!(out, "\n#### {}{}: {}\n", code(&record.full_id()), words::level(record), word.replace('_', " "));
    let _ = writeln!(out, "{} ({})", text(&record.title), text(&failure::requirement(record)));
    if let Some(diagnosis) = &record.diagnosis {
        let certain: Vec<String> = diagnosis.certain().iter().map(|cause: &Cause| code(&cause.to_string())).collect();
        match diagnosis.outcome {
            Outcome::Explained => drop(writeln!(out, "\ncause: {}", certain.join(" with "))),
            Outcome::Ambiguous => {
                let sets: Vec<String> = diagnosis.ids().iter().take(4).map(|ids| code(&ids.join(" with "))).collect();
                let _ = writeln!(out, "\none of these causes: {}", sets.join(", "));
            }
            Outcome::Right | Outcome::Unexplained => out.push_str("\ncause: unexplained\n"),
        }
    }
    match record.first_difference() {
        Some(difference) if matches!(record.verdict(), Verdict::Fail) => {
            let at = difference.first_difference.map_or(String::new(), |at| format!(", from octet {at}"));
            let _ = writeln!(out, "\n{}{at}:\n", text(&difference.what.to_string()));
            block(out, &format!("expected  {}\nobserved  {}", side(&difference.expected), side(&difference.observed)));
        }
        _ => drop(writeln!(out, "\n{}", text(&failure::deed(record)))),
    }
}

fn side(side: &Side) -> String {
    match side {
        Side::Absent => "(not there)".to_owned(),
        Side::Words(words) => escape::line(&escape::middle_cut(words, MAX_VALUE)).into_owned(),
        Side::Value(value) => {
            let octets = value.as_bytes();
            let shown = escape::shown(octets.get(..octets.len().min(MAX_VALUE)).unwrap_or_default());
            if octets.len() > MAX_VALUE { format!("{shown}… {} octets more", octets.len() - MAX_VALUE) } else { shown }
        }
    }
}

/// The first few, and how many more there are.
fn named(ids: impl Iterator<Item = String>, total: usize) -> String {
    let named: Vec<String> = ids.take(MOST_NAMED).map(|id| code(&id)).collect();
    let more = if total > MOST_NAMED { format!(" and {} more", total - MOST_NAMED) } else { String::new() };
    format!("{}{more}", named.join(", "))
}

/// Running text of one line in which nothing is markup: CommonMark lets every ASCII punctuation be escaped.
pub(super) fn text(text: &str) -> String {
    let cut = escape::middle_cut(text, MAX_VALUE);
    let line = escape::line(&cut);
    let line = line.trim();
    let mut out = String::new();
    // What makes a list or a heading of the line that it begins.
    let number = line.bytes().take_while(u8::is_ascii_digit).count();
    for (place, letter) in line.char_indices() {
        match letter {
            // On GitHub these name somebody or make a link, and obey no backslash.
            '@' => out.push_str("&#64;"),
            '#' => out.push_str("&#35;"),
            ':' if line.get(place..).is_some_and(|rest| rest.starts_with("://")) => out.push_str("&#58;"),
            '.' if line.get(..place).is_some_and(|before| before.to_ascii_lowercase().ends_with("www")) => out.push_str("&#46;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '|' | '~' | '!' | '&' | '$' => {
                out.push('\\');
                out.push(letter);
            }
            '-' | '+' | '=' | ':' if place == 0 => {
                out.push('\\');
                out.push(letter);
            }
            '.' | ')' if number > 0 && place == number => {
                out.push('\\');
                out.push(letter);
            }
            letter => out.push(letter),
        }
    }
    out
}

/// A span of code on one line, also inside a table: what would end the span or the cell is written otherwise.
pub(super) fn code(text: &str) -> String {
    let text = escape::line(&escape::middle_cut(text, MAX_VALUE)).replace('`', "'").replace('|', "\\u{7c}");
    format!("`{text}`")
}

/// A block of code, fenced by more backticks than stand in it.
pub(super) fn block(out: &mut String, content: &str) {
    let mut longest = 2;
    let mut run = 0;
    for letter in content.chars() {
        run = if letter == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    let _ = writeln!(out, "{fence}text\n{content}\n{fence}");
}
