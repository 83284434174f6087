//! One HTML page of finished runs: it needs nothing beside itself, no script and no network, is readable on a phone and on paper, and has
//! an anchor for every implementation and every case. Only cases whose records were kept are in it.
//!
//! What stands in it of others is escaped twice: what a reader cannot see is made visible, and the template escapes markup.

mod anchors;
mod case;
mod fields;
mod overview;
mod run;

use maud::{DOCTYPE, Markup, PreEscaped, html as template};

use self::anchors::Anchors;
use super::words;
use crate::judgement::Run;

const STYLE: &str = include_str!("style.css");

/// No script, nothing from elsewhere: also where a page is opened that somebody has tampered with.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// Writes runs as one page.
#[must_use]
pub fn html(runs: &[Run]) -> String {
    let anchors = Anchors::of(runs);
    let title = match runs {
        [run] => format!("{}: OAuth 1.0a conformance", words::title(run.implementation())),
        runs => format!("{}: OAuth 1.0a conformance", words::counted(runs.len() as u64, "implementation", "implementations")),
    };
    let page: Markup = template! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (overview::header(runs))
                main {
                    (overview::cards(runs, &anchors))
                    @if runs.len() > 1 {
                        (overview::disagreeing(runs, &anchors))
                    }
                    (overview::matrix(runs, &anchors))
                    @for (number, run) in runs.iter().enumerate() {
                        (run::section(run, number, &anchors))
                    }
                }
                (overview::footer(runs))
            }
        }
    };
    let mut text = page.into_string();
    text.push('\n');
    text
}
