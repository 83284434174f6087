//! The page of one deviation: what goes wrong, on which request it shows, the right and the wrong value, where it was seen, and how to
//! do it right in common languages.

use super::escape;
use super::page::{Layout, Page};
use super::paint::Tone;
use crate::deviation::{Cause, Deviation, Rank, Side, remedy};
use crate::diagnosis::apart;

/// Writes the page. `caught_by` are the cases that catch it.
#[must_use]
pub fn deviation_page(cause: &Cause, caught_by: &[String], layout: Layout) -> String {
    let mut page = Page::new(layout);
    page.toned(Tone::Heading, &escape::line(&cause.to_string()));
    page.text(0, &cause.sentence());
    page.blank();
    page.labelled(0, "section  ", &section(cause.section()));
    if let Cause::Deviation(deviation) = cause {
        page.labelled(0, "who      ", who(deviation));
        page.labelled(0, "common   ", rank(deviation.rank));
    }
    page.blank();
    page.labelled(0, "fix      ", cause.fix());
    example(&mut page, cause);
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
        caught_by.iter().for_each(|id| page.raw(&format!("  {}", escape::line(id))));
    }
    page.blank();
    page.text(0, "to see what it does to an implementation:");
    page.raw(&format!("  countersign test --adapter 'countersign adapter serve --deviate {cause}'"));
    page.finish()
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

/// The first of the proposed requests on which it shows.
fn example(page: &mut Page, cause: &Cause) {
    let Some(shown) = apart::shown_by(cause) else { return };
    page.blank();
    page.toned(Tone::Heading, "example");
    for line in shown.probe.lines() {
        page.raw(&format!("  {}", escape::line(&line)));
    }
    page.blank();
    page.text(2, &format!("{}, right and wrong:", shown.what));
    page.compared(4, &shown.right, &shown.wrong);
}
