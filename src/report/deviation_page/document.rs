//! The pages of all deviations as one Markdown document: a list of contents, and for each a heading with an anchor of its own id.

use std::fmt::Write as _;

use super::example::{self, Example};
use super::{rank, section, who};
use crate::deviation::{Cause, remedy};
use crate::report::markdown::{block, code, text};
use crate::selftest::left_open;
use crate::vectors::Case;

/// Writes the document: the pages in the order of `causes`, each with those of the cases that name it in `kills`.
#[must_use]
pub fn deviation_document(causes: &[Cause], cases: &[Case]) -> String {
    let mut out = String::from("# Deviations\n\nDepartures from RFC 5849 that a diagnosis can name. Right and wrong values are derived.\n");
    let mut room = String::new();
    for cause in causes {
        let id = cause.to_string();
        let own = id.split('.').next().unwrap_or_default();
        if own != room {
            own.clone_into(&mut room);
            let _ = writeln!(out, "\n- {}", text(own));
        }
        let _ = writeln!(out, "  - [{}](#{})", text(&id), anchor(&id));
    }
    for cause in causes {
        let id = cause.to_string();
        let caught_by: Vec<Case> = cases.iter().filter(|case| case.kills.contains(&id)).cloned().collect();
        one(&mut out, cause, &caught_by);
    }
    out
}

/// An id as an anchor: what no address could hold is a hyphen there.
fn anchor(id: &str) -> String {
    id.chars().map(|letter| if letter.is_ascii_alphanumeric() || letter == '.' { letter } else { '-' }).collect()
}

fn one(out: &mut String, cause: &Cause, caught_by: &[Case]) {
    let id = cause.to_string();
    let _ = writeln!(out, "\n## <a id=\"{}\"></a>{}\n\n{}\n", anchor(&id), text(&id), text(&cause.sentence()));
    let _ = writeln!(out, "- {}", text(&section(cause.section())));
    if let Cause::Deviation(deviation) = cause {
        let _ = writeln!(out, "- who: {}", text(who(deviation)));
        let _ = writeln!(out, "- common: {}", text(rank(deviation.rank)));
        if let Some(reason) = left_open::reason(deviation.id) {
            let _ = writeln!(out, "- left open: {}", text(reason));
        }
    }
    let _ = writeln!(out, "- fix: {}", text(cause.fix()));
    match Example::of(cause, caught_by) {
        Err(reason) => {
            let _ = writeln!(out, "\nNo example: {}", text(&reason));
        }
        Ok(example) => {
            let _ = writeln!(out, "\nExample:\n");
            block(out, &example.asked.join("\n"));
            let _ = writeln!(out, "\n{}, right and wrong:\n", text(&example::what(&example.difference)));
            let (right, wrong) = (example::side(&example.difference.expected), example::side(&example.difference.observed));
            block(out, &format!("{right}\n{wrong}"));
            if let Some(case) = &example.case {
                let _ = writeln!(out, "\nAll of it: {}", code(&format!("countersign explain {case}")));
            }
        }
    }
    if let Some(lines) = remedy::of(&id) {
        let _ = writeln!(out, "\nIn common languages:\n");
        for (language, line) in lines {
            let _ = writeln!(out, "- {}: {}", text(language), code(line));
        }
    }
    if let Cause::Deviation(deviation) = cause
        && !deviation.seen.is_empty()
    {
        let _ = writeln!(out, "\nSeen in:\n");
        for address in deviation.seen {
            let _ = writeln!(out, "- <{address}>");
        }
    }
    if !caught_by.is_empty() {
        let cases: Vec<String> = caught_by.iter().map(|case| code(&case.full_id())).collect();
        let _ = writeln!(out, "\nCaught by {}", cases.join(", "));
    }
}
