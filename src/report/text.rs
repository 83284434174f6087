//! The report for a terminal: the numbers of each suite, every failure with its requirement, the difference and the lines that reproduce
//! it, and what was not scored. Progress and the clock are the caller's.

use std::time::Duration;

use super::escape;
use super::failure;
use super::foreseen;
use super::matrix;
use super::page::{Layout, Page};
use super::paint::Tone;
use super::words::{self, counted, title};
use crate::judgement::{CaseRecord, ExitCode, Run, Totals, Verdict};

/// What to write, beside the runs.
#[derive(Clone, Copy, Debug, Default)]
pub struct TextOptions<'a> {
    /// Width and colour.
    pub layout: Layout,
    /// No numbers of suites.
    pub quiet: bool,
    /// What was not scored, case by case, and what adapters wrote on their standard error.
    pub verbose: bool,
    /// How long each run took, in the order of the runs.
    pub elapsed: &'a [Duration],
    /// The most failures of a run that are shown; 0 = all.
    pub most: usize,
}

/// Writes finished runs for people. The same runs and options give the same text.
#[must_use]
pub fn text(runs: &[Run], options: &TextOptions<'_>) -> String {
    let mut page = Page::new(options.layout);
    for (index, run) in runs.iter().enumerate() {
        page.blank();
        page.toned(Tone::Heading, &title(run.implementation()));
        if !options.quiet {
            page.blank();
            suites(&mut page, run);
        }
        super::diagnosis::write_causes(&mut page, run);
        failures(&mut page, run, options.most);
        foreseen::findings(&mut page, run);
        if options.verbose {
            unscored(&mut page, run);
            logs(&mut page, run);
        }
        page.blank();
        summary(&mut page, run, options.elapsed.get(index).copied());
    }
    if runs.len() > 1 {
        matrix::write(&mut page, runs, options.quiet, options.verbose);
    }
    page.finish()
}

/// The columns of numbers: heading, tone of a number that is not zero, and the number.
type Column = (&'static str, Tone, fn(&Totals) -> u64);

const COLUMNS: [Column; 6] = [
    ("passed", Tone::Good, |totals| totals.passed),
    ("failed", Tone::Bad, |totals| totals.failed + totals.unexpected_pass),
    ("broken", Tone::Bad, |totals| totals.broken),
    ("unclear", Tone::Bad, |totals| totals.inconclusive),
    ("unsupp.", Tone::Odd, |totals| totals.unsupported),
    ("other", Tone::Faint, |totals| totals.interop + totals.disputed + totals.known),
];

const COLUMN: usize = 8;

/// The longest name of a suite that is not cut, wherever it stands.
const LONGEST: usize = 40;

fn suites(page: &mut Page, run: &Run) {
    if run.suites.is_empty() {
        return;
    }
    let longest = run.suites.keys().map(|name| escape::line(name).chars().count()).max().unwrap_or_default().clamp("suite".len(), LONGEST);
    let mut columns = COLUMNS.to_vec();
    if page.width() < longest + 1 + columns.len() * COLUMN {
        // But for the first one, what is nought everywhere gives way to the names.
        let mut first = true;
        columns.retain(|(.., number)| std::mem::take(&mut first) || run.suites.values().any(|totals| number(totals) > 0));
    }
    // A line is longer than the page before a number stands there without its name.
    let name_width = page.width().saturating_sub(columns.len() * COLUMN).max(longest + 1);
    let headings: String = columns.iter().map(|(heading, ..)| format!("{heading:>COLUMN$}")).collect();
    page.toned(Tone::Faint, &format!("{:name_width$}{headings}", "suite"));
    for (suite, totals) in &run.suites {
        numbers(page, suite, totals, name_width, &columns);
    }
}

fn numbers(page: &mut Page, name: &str, totals: &Totals, name_width: usize, columns: &[Column]) {
    let name = escape::line(name);
    let mut line = if name.chars().count() > name_width.saturating_sub(1) {
        let kept: String = name.chars().take(name_width.saturating_sub(2)).collect();
        format!("{kept}… ")
    } else {
        format!("{name:name_width$}")
    };
    for (_, tone, number) in columns {
        let number = number(totals);
        let text = format!("{number:>COLUMN$}");
        line.push_str(&if number == 0 { text } else { page.paint(*tone, &text) });
    }
    page.raw(&line);
}

fn failures(page: &mut Page, run: &Run, most: usize) {
    let total = run.unexpected().count();
    if total == 0 {
        return;
    }
    let most = if most == 0 { total } else { most };
    page.blank();
    page.toned(Tone::Heading, &counted(total as u64, "case is not as expected", "cases are not as expected"));
    for record in run.unexpected().take(most) {
        page.blank();
        failure::write(page, record, run.start.strict, &failure::commands(record, &run.start.again));
        foreseen::entry(page, record, !run.start.again.implementation.is_empty());
    }
    if total > most {
        page.blank();
        page.text(0, &format!("… and {} more: a report with --html or --json has all of them", total - most));
    }
}

/// What each case did that no verdict scores.
fn unscored(page: &mut Page, run: &Run) {
    let records: Vec<&CaseRecord> = run.records.iter().filter(|record| is_unscored(record.verdict())).collect();
    if records.is_empty() {
        return;
    }
    page.blank();
    page.toned(Tone::Heading, "not scored");
    for record in records {
        let what = failure::deed(record);
        page.labelled(0, &format!("{:<12} ", record.verdict().as_str()), &format!("{}: {what}", record.full_id()));
    }
}

const fn is_unscored(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Interop | Verdict::Disputed | Verdict::Unsupported | Verdict::KnownFailure)
}

/// The deepest indentation of what an adapter wrote that is kept.
const MAX_INDENT: usize = 16;

fn logs(page: &mut Page, run: &Run) {
    for log in &run.logs {
        page.blank();
        page.toned(Tone::Heading, "standard error of the adapter");
        for line in escape::lines(&escape::middle_cut(log, 4096)).lines() {
            let line = line.replace('\t', "    ");
            let said = line.trim_start_matches(' ');
            // The indentation of a traceback is kept, also below a cut.
            page.text(2 + (line.len() - said.len()).min(MAX_INDENT), said);
        }
    }
}

fn summary(page: &mut Page, run: &Run, elapsed: Option<Duration>) {
    let totals = run.totals();
    let told = words::verdicts(totals);
    let took = elapsed.map_or(String::new(), |elapsed| format!(" in {}", seconds(elapsed)));
    page.text(0, &format!("{}{took}: {told}", counted(totals.selected, "case", "cases")));
    notes(page, run);
    // The reference needs none: its order is always the same.
    if run.start.seed != 0 {
        page.text(0, &format!("seed {}: --seed puts the same questions in the same way again", run.start.seed));
    }
    let code = run.exit_code();
    let tone = if code == ExitCode::AsExpected { Tone::Good } else { Tone::Bad };
    page.toned(tone, words::ending(run));
}

/// What the numbers do not say by themselves.
fn notes(page: &mut Page, run: &Run) {
    let totals = run.totals();
    if totals.should_failed > 0 && !run.start.strict {
        let count = counted(totals.should_failed, "case of level should is", "cases of level should are");
        page.labelled(0, "note: ", &format!("{count} not as expected; that fails the run only with --strict"));
    }
    if totals.interop > 0 {
        let [met, refused] = run.readings;
        let count = counted(totals.interop, "interop case is", "interop cases are");
        let told = format!("{count} not scored, because the RFC leaves them open: {met} met by an answer, {refused} by a refusal");
        page.labelled(0, "note: ", &told);
    }
    if totals.disputed > 0 {
        let count = counted(totals.disputed, "case has", "cases have");
        page.labelled(0, "note: ", &format!("{count} a disputed expectation and cannot fail"));
    }
    if totals.not_offered > 0 {
        let count = counted(totals.not_offered, "case is", "cases are");
        page.labelled(0, "note: ", &format!("{count} of operations that it does not offer: outside of coverage"));
    }
    if totals.unsupported > 0 {
        page.labelled(0, "note: ", &format!("of what it offers, {} % was executed", totals.coverage()));
    }
    if totals.not_executed > 0 {
        let count = counted(totals.not_executed, "case was", "cases were");
        page.labelled(0, "note: ", &format!("{count} not reached"));
    }
}

fn seconds(elapsed: Duration) -> String {
    let milliseconds = elapsed.as_millis();
    if milliseconds < 1000 { format!("{milliseconds} ms") } else { format!("{}.{} s", milliseconds / 1000, milliseconds % 1000 / 100) }
}
