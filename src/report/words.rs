//! What several reports say in the same words: who was asked, how many, and how a run went.

use super::escape;
use crate::implementation::Description;
use crate::judgement::{CaseRecord, ExitCode, Run, Totals};
use crate::vectors::{Clause, Level};

/// `oauthlib 3.2.2 (Python 3.11)`.
pub(super) fn title(implementation: &Description) -> String {
    let mut title = escape::line(&implementation.name).into_owned();
    if let Some(version) = &implementation.version {
        title = format!("{title} {}", escape::line(version));
    }
    if let Some(language) = &implementation.language {
        let version = implementation.language_version.as_deref().unwrap_or_default();
        title = format!("{title} ({})", format!("{} {}", escape::line(language), escape::line(version)).trim_end());
    }
    title
}

/// `1 case`, `2 cases`.
pub(super) fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// The numbers that are not zero, in words: `3 passed, 1 failed`.
pub(super) fn verdicts(totals: &Totals) -> String {
    let verdicts = [
        (totals.passed, "passed"),
        (totals.failed, "failed"),
        (totals.broken, "broken"),
        (totals.inconclusive, "inconclusive"),
        (totals.unexpected_pass, "passed unexpectedly"),
        (totals.known, "known to fail"),
        (totals.unsupported, "unsupported"),
        (totals.disputed, "disputed"),
        (totals.interop, "interop"),
    ];
    let told: Vec<String> = verdicts.iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{number} {word}")).collect();
    if told.is_empty() { "none was executed".to_owned() } else { told.join(", ") }
}

/// The cases that are scored: what is open, disputed or unsupported is not.
pub(super) const fn scored(totals: &Totals) -> u64 {
    totals.passed + totals.failed + totals.broken + totals.inconclusive + totals.unexpected_pass + totals.known
}

/// How much of what it offers was executed, in percent; `None` where it was asked nothing that it offers.
pub(super) const fn covered(totals: &Totals) -> Option<u64> {
    if totals.executed + totals.unsupported + totals.not_executed > 0 { Some(totals.coverage()) } else { None }
}

/// The same as the cell of a table: `95 %`, or a dash.
pub(super) fn coverage(totals: &Totals) -> String {
    covered(totals).map_or_else(|| "–".to_owned(), |percent| format!("{percent} %"))
}

/// What a run came to, in a sentence. Beside verdicts that are not as expected and cannot fail it, such as those of level `should`, it does
/// not say that all of them are.
pub(super) fn ending(run: &Run) -> &'static str {
    let totals = run.totals();
    let unexpected = totals.failed + totals.broken + totals.inconclusive + totals.unexpected_pass;
    match run.exit_code() {
        ExitCode::AsExpected if unexpected > 0 => "every verdict that can fail this run is as expected",
        code => code.sentence(),
    }
}

/// The level as a remark, where it is not `must`.
pub(super) const fn level(record: &CaseRecord) -> &'static str {
    match record.level {
        Level::Must => "",
        Level::Should => " (should)",
        Level::Interop => " (interop)",
    }
}

/// Where a clause can be read: RFCs by their number. What is no name of an RFC, or no number of a section, has no address.
pub(super) fn address(clause: &Clause) -> Option<String> {
    let number = clause.doc.strip_prefix("RFC")?.trim_start();
    let is_number = |text: &str| !text.is_empty() && text.len() < 24 && text.bytes().all(|octet| octet.is_ascii_digit() || octet == b'.');
    (is_number(number) && is_number(&clause.section))
        .then(|| format!("https://www.rfc-editor.org/rfc/rfc{number}#section-{}", clause.section))
}

/// Where a section of RFC 5849 can be read.
pub(super) fn section_address(section: &str) -> Option<String> {
    address(&Clause { doc: "RFC5849".to_owned(), section: section.to_owned() })
}
