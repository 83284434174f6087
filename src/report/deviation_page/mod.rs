//! The page of one deviation: what goes wrong, on which request it shows, the right and the wrong value, where it was seen, and how to
//! do it right in common languages. As text for a terminal, as JSON, and all pages as one document.
//!
//! | room | what it holds |
//! |---|---|
//! | [`mod@example`] | a request with the right and the wrong value, both derived |
//! | [`document`] | all pages as one Markdown document |
//! | `written` | a page as JSON |

pub mod document;
pub mod example;
mod written;

#[cfg(test)]
mod tests;

pub use document::deviation_document;
pub use written::deviation_json;

use self::example::Example;
use super::escape;
use super::page::{Layout, Page};
use super::paint::Tone;
use crate::deviation::{Cause, Deviation, Rank, Side, remedy};
use crate::judgement::Side as Told;
use crate::selftest::left_open;
use crate::vectors::Case;

/// Writes the page. `caught_by` are cases that catch it.
#[must_use]
pub fn deviation_page(cause: &Cause, caught_by: &[Case], layout: Layout) -> String {
    let mut page = Page::new(layout);
    page.toned(Tone::Heading, &escape::line(&cause.to_string()));
    page.text(0, &cause.sentence());
    page.blank();
    page.labelled(0, "section  ", &section(cause.section()));
    if let Cause::Deviation(deviation) = cause {
        page.labelled(0, "who      ", who(deviation));
        page.labelled(0, "common   ", rank(deviation.rank));
        if let Some(reason) = left_open::reason(deviation.id) {
            page.labelled(0, "open     ", reason);
        }
    }
    page.blank();
    page.labelled(0, "fix      ", cause.fix());
    example(&mut page, &Example::of(cause, caught_by));
    if let Some(lines) = remedy::of(&cause.to_string()) {
        page.blank();
        page.toned(Tone::Heading, "in common languages");
        for (language, code) in lines {
            page.labelled(2, &format!("{language:<11}"), code);
        }
    }
    if let Cause::Deviation(deviation) = cause {
        page.blank();
        page.toned(Tone::Heading, "seen in");
        match deviation.seen {
            [] => page.text(2, "no public report is known"),
            seen => seen.iter().for_each(|address| page.raw(&format!("  {address}"))),
        }
    }
    if !caught_by.is_empty() {
        page.blank();
        page.toned(Tone::Heading, "caught by");
        caught_by.iter().for_each(|case| page.raw(&format!("  {}", escape::line(&case.full_id()))));
    }
    page.blank();
    page.text(0, "to see what it does to an implementation:");
    page.raw(&format!("  {}", escape::line(&reproducing(cause))));
    page.finish()
}

/// The command that shows what it does.
fn reproducing(cause: &Cause) -> String {
    format!("countersign test --adapter 'countersign adapter serve --deviate {cause}'")
}

fn section(section: &str) -> String {
    if section.starts_with(|letter: char| letter.is_ascii_digit()) {
        format!("RFC 5849 section {section}, https://www.rfc-editor.org/rfc/rfc5849#section-{section}")
    } else {
        section.to_owned()
    }
}

fn who(deviation: &Deviation) -> &'static str {
    match deviation.stage.side() {
        Side::Signing => "whoever derives a signature: clients, and servers that derive it anew",
        Side::Sending => "clients that send a request or read an answer",
        Side::Verifying => "servers that verify a request",
    }
}

const fn rank(rank: Rank) -> &'static str {
    match rank {
        Rank::Common => "yes: several released libraries or many reports",
        Rank::Seen => "no: a library or a few reports",
        Rank::Plausible => "not known: plausible, no public report",
    }
}

fn example(page: &mut Page, example: &Result<Example, String>) {
    page.blank();
    page.toned(Tone::Heading, "example");
    let example = match example {
        Ok(example) => example,
        Err(reason) => return page.text(2, reason),
    };
    for line in &example.asked {
        page.text(2, line);
        if line.is_empty() {
            page.blank();
        }
    }
    page.blank();
    let what = example::what(&example.difference);
    page.text(2, &format!("{what}, right and wrong:"));
    match (&example.difference.expected, &example.difference.observed) {
        (Told::Value(right), Told::Value(wrong)) => page.compared(4, right.as_bytes(), wrong.as_bytes()),
        (right, wrong) => {
            page.labelled(4, "expected  ", &example::side(right));
            page.labelled(4, "observed  ", &example::side(wrong));
        }
    }
    if let Some(case) = &example.case {
        page.text(2, "all of it:");
        page.raw(&format!("    countersign explain {}", escape::line(case)));
    }
}
