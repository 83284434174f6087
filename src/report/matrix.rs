//! Several implementations beside each other: what each passed of each suite, and where they disagree. For a terminal.

use super::escape;
use super::page::Page;
use super::paint::Tone;
use super::words;
use crate::judgement::{Disagreement, Run, Totals, disagreements};

/// The most disagreements that are shown, and the most cases of one.
const MOST_GROUPS: usize = 12;
const MOST_CASES: usize = 3;
/// The widest and the narrowest column of an implementation.
const WIDEST: usize = 18;
const NARROWEST: usize = 12;
/// The longest name of a suite that is not cut.
const LONGEST: usize = 32;

/// Suites below each other, implementations beside each other; then where they disagree. `all` leaves nothing out.
pub(super) fn write(page: &mut Page, runs: &[Run], quiet: bool, all: bool) {
    page.blank();
    page.toned(Tone::Heading, "implementations beside each other");
    page.blank();
    table(page, runs, quiet);
    page.blank();
    disagreeing(page, runs, all);
}

fn table(page: &mut Page, runs: &[Run], quiet: bool) {
    let mut suites: Vec<&str> = runs.iter().flat_map(|run| run.suites.keys().map(AsRef::as_ref)).collect();
    suites.sort_unstable();
    suites.dedup();
    let longest = suites.iter().map(|suite| suite.chars().count()).max().unwrap_or_default();
    let first = longest.clamp(10, LONGEST).min(page.width() / 2);
    let name = |run: &Run| escape::line(&run.implementation().name).into_owned();
    let columns: Vec<(&Run, usize)> = runs.iter().map(|run| (run, (name(run).chars().count() + 2).clamp(NARROWEST, WIDEST))).collect();
    let mut rest = columns.as_slice();
    while !rest.is_empty() {
        // As many beside each other as fit; the others follow below.
        let mut room = page.width().saturating_sub(first);
        let fitting = rest.iter().take_while(|(_, width)| {
            let fits = *width <= room;
            room = room.saturating_sub(*width);
            fits
        });
        let (block, others) = rest.split_at(fitting.count().clamp(1, rest.len()));
        rest = others;
        page.blank();
        let heading: String = block.iter().map(|(run, width)| format!("{:>width$}", cut(&name(run), width - 1))).collect();
        page.toned(Tone::Heading, &format!("{:first$}{heading}", "suite"));
        let asked = |suite: &&&str| block.iter().any(|(run, _)| run.suites.contains_key(**suite));
        for suite in suites.iter().filter(|_| !quiet).filter(asked) {
            row(page, &cut(suite, first), block.iter().map(|(run, width)| (run.suites.get(*suite), *width)), first);
        }
        row(page, "all", block.iter().map(|(run, width)| (Some(run.totals()), *width)), first);
        let coverage = |(run, width): &(&Run, usize)| format!("{:>width$}", words::coverage(run.totals()));
        page.toned(Tone::Faint, &format!("{:first$}{}", "coverage", block.iter().map(coverage).collect::<String>()));
    }
}

/// Passed of scored; a dash where nothing is scored, and nothing where nothing was asked.
fn row<'a>(page: &mut Page, name: &str, cells: impl Iterator<Item = (Option<&'a Totals>, usize)>, first: usize) {
    let mut line = format!("{:first$}", escape::line(name));
    for (totals, width) in cells {
        let (text, tone) = cell(totals);
        let cell = format!("{text:>width$}");
        line.push_str(&match tone {
            Some(tone) => page.paint(tone, &cell),
            None => cell,
        });
    }
    page.raw(&line);
}

fn cell(totals: Option<&Totals>) -> (String, Option<Tone>) {
    let Some(totals) = totals else { return (String::new(), None) };
    let scored = words::scored(totals);
    match totals.passed {
        _ if scored == 0 && totals.unsupported > 0 => ("unsupp.".to_owned(), Some(Tone::Odd)),
        _ if scored == 0 => ("–".to_owned(), Some(Tone::Faint)),
        passed if passed == scored => (format!("{passed}/{scored}"), None),
        passed => (format!("{passed}/{scored}"), Some(Tone::Bad)),
    }
}

fn cut(name: &str, room: usize) -> String {
    if name.chars().count() <= room {
        return name.to_owned();
    }
    let kept: String = name.chars().take(room.saturating_sub(1)).collect();
    format!("{kept}…")
}

fn disagreeing(page: &mut Page, runs: &[Run], all: bool) {
    let groups = disagreements(runs);
    let total: usize = groups.iter().map(|group| group.cases.len()).sum();
    if total == 0 {
        return page.text(0, "they agree in every case that several of them were asked");
    }
    let count = words::counted(total as u64, "case", "cases");
    page.toned(Tone::Heading, &format!("where implementations disagree: {count}"));
    let (most_groups, most_cases) = if all { (usize::MAX, usize::MAX) } else { (MOST_GROUPS, MOST_CASES) };
    for group in groups.iter().take(most_groups) {
        page.blank();
        one(page, runs, group, most_cases);
    }
    if let Some(rest) = groups.len().checked_sub(most_groups).filter(|rest| *rest > 0) {
        page.blank();
        page.text(0, &format!("… and {rest} more ways to disagree: a report with --html or --verbose has all of them"));
    }
}

fn one(page: &mut Page, runs: &[Run], group: &Disagreement<'_>, most: usize) {
    let causes = if group.causes.is_empty() { String::new() } else { format!(": {}", group.causes.join(", ")) };
    let count = words::counted(group.cases.len() as u64, "case", "cases");
    page.text(0, &format!("{}{causes} ({count})", sides(runs, group)));
    for split in group.cases.iter().take(most) {
        page.labelled(2, "", &split.record.full_id());
    }
    if let Some(rest) = group.cases.len().checked_sub(most).filter(|rest| *rest > 0) {
        page.text(2, &format!("… and {rest} more"));
    }
}

/// Who stands where: `as expected b, c; otherwise a`, or `a, b / c` where none of the camps is the expected one.
pub(super) fn sides(runs: &[Run], group: &Disagreement<'_>) -> String {
    let all: Vec<String> = camps(runs, group).iter().map(|camp| short(camp)).collect();
    match all.split_first() {
        Some((first, others)) if group.first_is_expected => format!("as expected {first}; otherwise {}", others.join(" / ")),
        _ => all.join(" / "),
    }
}

/// The most names of a camp that stand in a line; of a larger one, the number says more.
const MOST_NAMES: usize = 6;

fn short(camp: &str) -> String {
    let names = camp.split(", ").count();
    if names > MOST_NAMES { format!("{names} implementations") } else { camp.to_owned() }
}

/// The names of those who stand together, camp by camp.
pub(super) fn camps(runs: &[Run], group: &Disagreement<'_>) -> Vec<String> {
    let camps = group.camps.iter().flatten().max().map_or(0, |last| last + 1);
    let members = |camp: usize| {
        let names = runs.iter().zip(&group.camps).filter(|(_, of)| **of == Some(camp));
        names.map(|(run, _)| escape::line(&run.implementation().name).into_owned()).collect::<Vec<_>>().join(", ")
    };
    (0..camps).map(members).collect()
}
