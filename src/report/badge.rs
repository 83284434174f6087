//! What shields.io draws a badge from (<https://shields.io/badges/endpoint-badge>).

use std::io;

use serde::Serialize;

use super::words;
use crate::judgement::{ExitCode, Run, plain};

/// The members of an endpoint's answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Badge {
    schema_version: u32,
    label: &'static str,
    message: String,
    color: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_error: bool,
}

/// Writes runs as one badge: of one implementation how many of the scored cases passed, of several how many are as expected.
///
/// # Errors
/// The writer's.
pub fn badge(runs: &[Run], mut out: impl io::Write) -> io::Result<()> {
    let code = runs.iter().map(Run::exit_code).reduce(ExitCode::and).unwrap_or(ExitCode::NothingExecuted);
    let (color, is_error) = match code {
        ExitCode::AsExpected => ("brightgreen", false),
        ExitCode::Unexpected => ("red", false),
        ExitCode::NothingExecuted => ("lightgrey", false),
        _ => ("lightgrey", true),
    };
    let badge = Badge { schema_version: 1, label: "OAuth 1.0a", message: message(runs, code), color, is_error };
    plain::write_pretty(&badge, &mut out)?;
    out.write_all(b"\n")
}

fn message(runs: &[Run], code: ExitCode) -> String {
    match (runs, code) {
        (_, ExitCode::NothingExecuted) => "nothing executed".to_owned(),
        // A number of a run that was stopped would look like a result.
        (_, code) if !matches!(code, ExitCode::AsExpected | ExitCode::Unexpected) => "not finished".to_owned(),
        ([run], _) => {
            let totals = run.totals();
            let told = format!("{}/{}", totals.passed, words::scored(totals));
            if totals.coverage() < 100 { format!("{told}, {} % covered", totals.coverage()) } else { told }
        }
        (runs, _) => {
            let good = runs.iter().filter(|run| run.exit_code() == ExitCode::AsExpected).count();
            format!("{good} of {} conform", runs.len())
        }
    }
}
