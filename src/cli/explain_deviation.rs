//! `countersign explain --deviation ID`: all about one mistake.

use super::adapter::causes;
use super::fail::Fail;
use super::output::{self, Outcome};
use crate::deviation::Cause;
use crate::judgement::ExitCode;
use crate::report;
use crate::vectors::{Case, Corpus};

/// Prints the page of a deviation.
pub(super) fn run(id: &str, json: bool) -> Outcome {
    let causes = causes(&[id.to_owned()])?;
    let Some(cause) = causes.first() else { return Err(Fail::usage("there is no deviation without an id")) };
    let caught_by = match cause {
        Cause::Deviation(deviation) => catchers(deviation.id)?,
        Cause::Input(_) => Vec::new(),
    };
    let text =
        if json { report::deviation_json(cause, &caught_by) } else { report::deviation_page(cause, &caught_by, output::layout(false)) };
    output::print(&text)?;
    Ok(ExitCode::AsExpected)
}

/// Prints the pages of all deviations as one Markdown document.
pub(super) fn document(causes: &[Cause]) -> Result<String, Fail> {
    let cases = Corpus::embedded()?.cases().collect::<Result<Vec<Case>, _>>()?;
    Ok(report::deviation_document(causes, &cases))
}

/// The cases that say of themselves that they catch it.
fn catchers(id: &str) -> Result<Vec<Case>, Fail> {
    let is_catcher = |case: &Result<Case, _>| case.as_ref().map_or(true, |case: &Case| case.kills.iter().any(|killed| killed == id));
    Ok(Corpus::embedded()?.cases().filter(is_catcher).collect::<Result<_, _>>()?)
}
