//! Diagnoses for people: of one failure, and of all failures of a run together.

use super::escape;
use super::page::{Layout, Page};
use super::paint::Tone;
use crate::deviation::Cause;
use crate::diagnosis::{Diagnosis, Outcome};
use crate::judgement::Run;

/// The most alternatives, and the most cases of a cause, that are named.
const MOST: usize = 4;

/// The diagnosis of one failure, in front of everything else that is told of it.
pub(super) fn write(page: &mut Page, diagnosis: &Diagnosis) {
    match diagnosis.outcome {
        Outcome::Explained => {
            for cause in diagnosis.sets.iter().flatten() {
                one(page, "cause: ", cause);
            }
        }
        Outcome::Ambiguous => {
            page.text(2, "one of these causes, which this request cannot tell apart:");
            for set in diagnosis.sets.iter().take(MOST) {
                let ids: Vec<String> = set.iter().map(Cause::to_string).collect();
                page.text(4, &ids.join(" with "));
            }
            if diagnosis.sets.len() > MOST {
                page.text(4, &format!("… and {} more", diagnosis.sets.len() - MOST));
            }
        }
        Outcome::Unexplained if diagnosis.note.is_some() => {
            page.text(2, &format!("cause: unexplained; {}", escape::line(diagnosis.note.as_deref().unwrap_or_default())));
        }
        Outcome::Unexplained if diagnosis.tried > 0 => {
            page.text(2, &format!("cause: unexplained; none of {} derivations gives this value", diagnosis.tried));
        }
        Outcome::Unexplained | Outcome::Right => page.text(2, "cause: unexplained"),
    }
}

fn one(page: &mut Page, label: &str, cause: &Cause) {
    page.labelled(2, label, &format!("{}: {}", escape::line(&cause.to_string()), cause.sentence()));
}

/// What is behind all failures of a run, as a text of its own; nothing if nothing is known.
#[must_use]
pub fn causes(run: &Run, layout: Layout) -> String {
    let mut page = Page::new(layout);
    write_causes(&mut page, run);
    page.finish()
}

/// What is behind all failures of a run: each cause once, with its fix and its failures.
pub(super) fn write_causes(page: &mut Page, run: &Run) {
    let total = run.unexpected().count();
    let singles = run.single_causes();
    let ambiguous: Vec<_> = run.cause_groups().into_iter().filter(|group| group.sets.len() > 1).collect();
    let unexplained = run.unsettled(Outcome::Unexplained).count();
    if singles.is_empty() && ambiguous.is_empty() {
        return;
    }
    let counted = |number: usize, one: &str, many: &str| format!("{number} {}", if number == 1 { one } else { many });
    let causes = singles.len() + ambiguous.len();
    page.blank();
    page.toned(Tone::Heading, &format!("{}, {}", counted(total, "failure", "failures"), counted(causes, "cause", "causes")));
    for single in &singles {
        page.blank();
        let number = counted(single.cases.len(), "failure", "failures");
        page.toned(Tone::Bad, &format!("{} ({number})", escape::line(&single.cause.to_string())));
        page.text(2, &format!("{} (section {})", single.cause.sentence(), single.cause.section()));
        page.labelled(2, "fix: ", single.cause.fix());
        let cases: Vec<String> = single.cases.iter().take(MOST).map(|record| record.full_id()).collect();
        let more = if single.cases.len() > MOST { format!(" and {} more", single.cases.len() - MOST) } else { String::new() };
        page.labelled(2, "in: ", &format!("{}{more}", cases.join(", ")));
    }
    for group in &ambiguous {
        page.blank();
        let number = counted(group.cases.len(), "failure", "failures");
        page.toned(Tone::Bad, &format!("one of {} explanations ({number})", group.sets.len()));
        for set in group.sets.iter().take(MOST) {
            let ids: Vec<String> = set.iter().map(Cause::to_string).collect();
            page.text(2, &ids.join(" with "));
        }
        let cases: Vec<String> = group.cases.iter().take(MOST).map(|record| record.full_id()).collect();
        page.labelled(2, "in: ", &cases.join(", "));
    }
    if unexplained > 0 {
        page.blank();
        page.text(0, &format!("{} unexplained", counted(unexplained, "failure stays", "failures stay")));
    }
}
