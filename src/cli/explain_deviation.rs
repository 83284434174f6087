//! `countersign explain --deviation ID`: all about one mistake.

use super::adapter::causes;
use super::fail::Fail;
use super::output::{self, Outcome};
use crate::deviation::Cause;
use crate::judgement::ExitCode;
use crate::report;
use crate::vectors::Corpus;

/// Prints the page of a deviation.
pub(super) fn run(id: &str, json: bool) -> Outcome {
    if json {
        return Err(Fail::usage("the page of a deviation has no JSON form").hint("`countersign list deviations` has a line for each"));
    }
    let causes = causes(&[id.to_owned()])?;
    let Some(cause) = causes.first() else { return Err(Fail::usage("there is no deviation without an id")) };
    let caught_by = match cause {
        Cause::Deviation(deviation) => catchers(deviation.id)?,
        Cause::Input(_) => Vec::new(),
    };
    output::print(&report::deviation_page(cause, &caught_by, output::layout(false)))?;
    Ok(ExitCode::AsExpected)
}

/// The cases that say of themselves that they catch it.
fn catchers(id: &str) -> Result<Vec<String>, Fail> {
    let mut found = Vec::new();
    for case in Corpus::embedded()?.cases() {
        let case = case?;
        if case.kills.iter().any(|killed| killed == id) {
            found.push(case.full_id());
        }
    }
    Ok(found)
}
