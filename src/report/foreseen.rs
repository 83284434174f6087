//! What an expectations file has to do with a run: entries to be pasted, and where the file is not as the run was.

use super::escape;
use super::page::Page;
use super::paint::Tone;
use super::words::counted;
use crate::judgement::{CaseRecord, Run};

/// The findings about the file.
pub(super) fn findings(page: &mut Page, run: &Run) {
    let findings = run.end.as_ref().map_or(&[][..], |end| &end.expectations);
    if findings.is_empty() {
        return;
    }
    page.blank();
    let count = counted(findings.len() as u64, "expectation is not as the run was", "expectations are not as the run was");
    page.toned(Tone::Heading, &count);
    for finding in findings {
        let place = format!("{}:{}: ", escape::line(&finding.file), finding.line);
        page.labelled(2, &place, &format!("{}: {}", escape::line(&finding.case), escape::line(&finding.message)));
    }
}

/// What the file says of a failure, and the entry that would make it a known one.
pub(super) fn entry(page: &mut Page, record: &CaseRecord, is_wanted: bool) {
    if let Some(foreseen) = &record.foreseen {
        let otherwise = foreseen.otherwise.as_deref().unwrap_or("as expected");
        page.labelled(2, &format!("{}:{}: ", escape::line(&foreseen.file), foreseen.line), otherwise);
    }
    #[cfg(feature = "reports")]
    if is_wanted
        && record.foreseen.is_none()
        && let Some(text) = crate::judgement::expectations::entry(record)
    {
        page.text(2, "to expect it:");
        text.lines().for_each(|line| page.raw(&format!("    {}", escape::line(line))));
    }
    #[cfg(not(feature = "reports"))]
    let _ = is_wanted;
}
