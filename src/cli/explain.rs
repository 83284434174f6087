//! `countersign explain CASE-ID`: how a case's answer is derived, clause by clause.

use clap::Args;

use super::arguments::Vectors;
use super::fail::Fail;
use super::output::{self, Outcome};
use crate::judgement::ExitCode;
use crate::report;
use crate::vectors::Corpus;
use crate::vectors::load_error::nearest;

/// Show how a case's answer is derived, clause by clause, with invisible and escaped bytes made plain.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  countersign explain sign.uri/default-port-http")]
pub(super) struct Arguments {
    /// The full id of a case; `countersign list cases` shows them
    #[arg(value_name = "CASE-ID")]
    case: String,
    #[command(flatten)]
    vectors: Vectors,
}

/// Runs it.
pub(super) fn run(arguments: &Arguments) -> Outcome {
    let corpus = arguments.vectors.corpus()?;
    let Some(case) = corpus.find(&arguments.case)? else { return Err(unknown(&corpus, &arguments.case)?) };
    output::print(&report::explain(&case, output::layout(false)))?;
    Ok(ExitCode::AsExpected)
}

fn unknown(corpus: &Corpus, id: &str) -> Result<Fail, Fail> {
    let ids = corpus.cases().map(|case| case.map(|case| case.full_id())).collect::<Result<Vec<_>, _>>()?;
    let fail = Fail::usage(format!("there is no case {id:?}"));
    let same_end = ids.iter().find(|known| known.split_once('/').is_some_and(|(_, end)| end == id)).map(String::as_str);
    Ok(match same_end.or_else(|| nearest(id, ids.iter().map(String::as_str))) {
        Some(near) => fail.hint(format!("did you mean {near}?")),
        None => fail.hint("`countersign list cases` shows all ids"),
    })
}
