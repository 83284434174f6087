//! Workflow commands for GitHub Actions (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions>). GitHub shows
//! but a few of a step, so each cause is told once, at the line of its first case, before the failures that have none.

use std::fmt::Write as _;

use super::escape;
use super::failure;
use super::words;
use crate::judgement::{CaseRecord, CauseGroup, ExitCode, Run};
use crate::vectors::Place;

/// The most octets of a message; the middle of a longer one is left out.
const MAX_MESSAGE: usize = 4 * 1024;
/// The most cases of a cause that are named.
const MOST: usize = 10;

/// Writes runs as workflow commands, one a line.
#[must_use]
pub fn github(runs: &[Run]) -> String {
    let mut out = String::new();
    for run in runs {
        let groups = run.cause_groups();
        for group in &groups {
            cause(&mut out, run, group, runs.len() > 1);
        }
        for record in run.unexpected().filter(|record| record.diagnosis.as_ref().is_none_or(|diagnosis| diagnosis.sets.is_empty())) {
            case(&mut out, run, record, runs.len() > 1);
        }
        summary(&mut out, run);
    }
    out
}

fn cause(out: &mut String, run: &Run, group: &CauseGroup<'_>, several: bool) {
    let ids: Vec<String> = group.sets.iter().map(|set| set.iter().map(ToString::to_string).collect::<Vec<_>>().join(" with ")).collect();
    let failures = words::counted(group.cases.len() as u64, "failure", "failures");
    let mut message = String::new();
    match group.sets {
        [set] => {
            for cause in set {
                let _ = writeln!(message, "{} (section {})\nfix: {}", cause.sentence(), cause.section(), cause.fix());
            }
        }
        sets => {
            let _ = writeln!(message, "one of {} explanations that these cases cannot tell apart", sets.len());
        }
    }
    let cases: Vec<String> = group.cases.iter().take(MOST).map(|record| record.full_id()).collect();
    let more = if group.cases.len() > MOST { format!(" and {} more", group.cases.len() - MOST) } else { String::new() };
    let _ = write!(message, "in: {}{more}", cases.join(", "));
    let counts = group.cases.iter().any(|record| record.counts(run.start.strict));
    let place = group.cases.iter().find_map(|record| record.place.as_ref());
    let title = format!("{}{} ({failures})", who(run, several), escape::middle_cut(&ids.join(" or "), 256));
    command(out, counts, place, &title, &message);
}

fn case(out: &mut String, run: &Run, record: &CaseRecord, several: bool) {
    let done = record.first_difference().map_or_else(|| failure::deed(record), |difference| format!("{} differs", difference.what));
    let message = format!("{}\n{done}\n{}", record.title, failure::requirement(record));
    let title = format!("{}{}", who(run, several), record.full_id());
    command(out, record.counts(run.start.strict), record.place.as_ref(), &title, &message);
}

fn who(run: &Run, several: bool) -> String {
    if several { format!("{}: ", run.implementation().name) } else { String::new() }
}

fn summary(out: &mut String, run: &Run) {
    let totals = run.totals();
    let told = format!("{}: {}", words::counted(totals.selected, "case", "cases"), words::verdicts(totals));
    let code = run.exit_code();
    let word = if code == ExitCode::AsExpected { "notice" } else { "error" };
    let message = data(&format!("{told}; {}", words::ending(run)));
    let _ = writeln!(out, "::{word} title={}::{message}", property(&words::title(run.implementation())));
}

fn command(out: &mut String, counts: bool, place: Option<&Place>, title: &str, message: &str) {
    let word = if counts { "error" } else { "warning" };
    let place = place.map_or(String::new(), |place| format!("file={},line={},", property(&place.file), place.line));
    let _ = writeln!(out, "::{word} {place}title={}::{}", property(title), data(message));
}

/// What stands behind the second `::`. Nothing that begins a line of a log is left of a line end.
fn data(text: &str) -> String {
    escape::lines(&escape::middle_cut(text, MAX_MESSAGE)).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    let text = escape::line(&escape::middle_cut(text, MAX_MESSAGE)).replace('%', "%25");
    text.replace(':', "%3A").replace(',', "%2C")
}
