//! A request explained for whoever sent it: the cause first, then the first stage that differs with its octets marked, the right value,
//! the fix, and a line that gives the wrong value again.

use serde::Serialize;

use super::escape;
use super::page::{Layout, Page};
use super::paint::Tone;
use super::sign::Disclosure;
use crate::deviation::Cause;
use crate::diagnosis::apart::Probe;
use crate::diagnosis::{Diagnosis, Outcome};
use crate::intake::Weight;
use crate::judgement::{Explanation, Told, plain};
use crate::protocol::Derivation;
use crate::vectors::Text;

/// What to write beside the explanation.
#[derive(Clone, Copy, Debug)]
pub struct ExplanationOptions<'a> {
    /// Width and colour.
    pub layout: Layout,
    /// Whether signatures may be shown.
    pub disclosure: Disclosure,
    /// What was assumed when the request was read.
    pub notes: &'a [String],
    /// The options that derive the request again with `countersign sign`.
    pub again: &'a str,
    /// A further request that would tell the candidates apart.
    pub apart: Option<&'a Probe>,
}

/// The most candidates that are listed.
const MOST: usize = 6;

/// Writes an explanation.
#[must_use]
pub fn explanation(explanation: &Explanation, options: &ExplanationOptions<'_>) -> String {
    let mut page = Page::new(options.layout);
    for note in options.notes {
        page.labelled(0, "note: ", note);
    }
    findings(&mut page, explanation);
    for (told, whose) in [(&explanation.client, "the signed value"), (&explanation.server, "the server's value")] {
        if let Some(told) = told {
            page.blank();
            value(&mut page, explanation, told, whose, options);
        }
    }
    right(&mut page, explanation, options);
    page.finish()
}

fn findings(page: &mut Page, explanation: &Explanation) {
    if explanation.findings.is_empty() {
        return;
    }
    page.blank();
    page.toned(Tone::Heading, "the request as it is sent");
    for finding in &explanation.findings {
        let (label, tone) = match finding.weight {
            Weight::Must => ("wrong: ", Tone::Bad),
            Weight::Should => ("look:  ", Tone::Odd),
        };
        let at = finding.at.map_or(String::new(), |at| format!(", octet {at} of the header"));
        let label = page.paint(tone, label);
        page.labelled(2, "", &format!("{label}{} (section {}{at})", finding.what, finding.section));
    }
}

fn value(page: &mut Page, explanation: &Explanation, told: &Told, whose: &str, options: &ExplanationOptions<'_>) {
    let diagnosis = &told.diagnosis;
    match diagnosis.outcome {
        Outcome::Right => {
            let right = match told.characters {
                Some(characters) => format!("{whose}: its first {characters} characters are right"),
                None => format!("{whose} is right"),
            };
            page.toned(Tone::Good, &right);
            page.text(2, "the request is signed as RFC 5849 says; if it is refused, look at key, token, clock and nonce");
        }
        Outcome::Explained => {
            let causes = diagnosis.sets.first().map(Vec::as_slice).unwrap_or_default();
            let number =
                if causes.len() == 1 { "one cause explains".to_owned() } else { format!("{} causes together explain", causes.len()) };
            page.toned(Tone::Heading, &format!("{number} {whose}"));
            causes.iter().for_each(|cause| self::cause(page, cause));
        }
        Outcome::Ambiguous => {
            let certain = diagnosis.certain();
            if certain.is_empty() {
                let number = diagnosis.sets.len();
                page.toned(Tone::Heading, &format!("one of {number} candidates explains {whose}, and this request cannot tell them apart"));
            } else {
                page.toned(Tone::Heading, &format!("several causes together explain {whose}; certain is"));
                certain.iter().for_each(|cause| self::cause(page, cause));
                page.blank();
                page.text(0, "with one of these, which this request cannot tell apart");
            }
            for set in diagnosis.sets.iter().take(MOST) {
                let rest: Vec<&Cause> = set.iter().filter(|cause| !certain.contains(cause)).collect();
                let ids: Vec<String> = rest.iter().map(|cause| cause.to_string()).collect();
                page.blank();
                page.toned(Tone::Bad, &format!("  {}", escape::line(&ids.join(" with "))));
                rest.iter().for_each(|cause| page.text(4, &format!("{} (section {})", cause.sentence(), cause.section())));
            }
            if diagnosis.sets.len() > MOST {
                page.blank();
                page.text(2, &format!("… and {} more", diagnosis.sets.len() - MOST));
            }
            if let Some(probe) = options.apart {
                page.blank();
                page.text(2, "this request would tell them apart; sign it and compare:");
                for line in probe.lines() {
                    page.raw(&format!("    {}", escape::line(&line)));
                }
            }
        }
        Outcome::Unexplained => {
            page.toned(Tone::Bad, &format!("{whose} is not explained"));
            let complete = match diagnosis.complete {
                0 => String::new(),
                1 => ", among them every single mistake in the table".to_owned(),
                number => format!(", among them all combinations of up to {number} mistakes"),
            };
            page.text(2, &format!("{} derivations were compared{complete}; a wrong secret looks the same", diagnosis.tried));
            page.text(2, "the base string that was signed (--base-string) tells more than a signature");
        }
    }
    if let Some(one_in) = diagnosis.one_in {
        let chance = match diagnosis.outcome {
            Outcome::Right => format!("one signature in {one_in} begins so by chance"),
            _ => format!("one search in {one_in} finds a wrong cause by chance"),
        };
        page.text(2, &format!("only the beginning of the signature was compared: {chance}"));
    }
    let wrong = told.base_string.clone().or_else(|| told.derivation.as_ref().map(|derivation| derivation.base_string.to_vec()));
    if let (Some(wrong), false) = (wrong, diagnosis.outcome == Outcome::Right) {
        difference(page, &explanation.right, told.derivation.as_ref(), &wrong);
    }
    if diagnosis.outcome == Outcome::Explained && !options.again.is_empty() {
        page.text(2, "this gives the wrong value again:");
        page.raw(&format!("    {}", escape::line(&format!("countersign sign {} --deviate {}", options.again, ids(diagnosis)))));
    }
}

fn ids(diagnosis: &Diagnosis) -> String {
    let ids: Vec<String> = diagnosis.sets.iter().take(1).flatten().map(Cause::to_string).collect();
    super::shell::quote(ids.join(",").as_bytes())
}

fn cause(page: &mut Page, cause: &Cause) {
    page.blank();
    page.toned(Tone::Bad, &format!("  {}", escape::line(&cause.to_string())));
    page.text(4, &format!("{} (RFC 5849 section {})", cause.sentence(), cause.section()));
    page.labelled(4, "fix: ", cause.fix());
    if let Cause::Deviation(deviation) = cause {
        page.labelled(4, "more: ", &format!("countersign explain --deviation {}", deviation.id));
    }
}

/// The first stage that differs.
fn difference(page: &mut Page, right: &Derivation, deviant: Option<&Derivation>, wrong: &[u8]) {
    type Stage<'a> = (&'a str, &'a [u8], Option<&'a [u8]>);
    let stages: [Stage<'_>; 3] = [
        ("base string URI", &right.base_uri, deviant.map(|derivation| &*derivation.base_uri)),
        ("normalized parameters", &right.normalized, deviant.map(|derivation| &*derivation.normalized)),
        ("signature base string", &right.base_string, Some(wrong)),
    ];
    if let Some((name, expected, Some(observed))) =
        stages.into_iter().find(|(_, expected, observed)| observed.is_some_and(|it| it != *expected))
    {
        page.blank();
        page.text(2, &format!("{name} is the first stage that differs"));
        page.compared(4, expected, observed);
    }
}

fn right(page: &mut Page, explanation: &Explanation, options: &ExplanationOptions<'_>) {
    page.blank();
    page.toned(Tone::Heading, "the right base string");
    page.value(2, "", &explanation.right.base_string);
    if explanation.is_signed {
        page.blank();
        page.toned(Tone::Heading, "the right signature");
        match options.disclosure {
            Disclosure::Real => page.text(2, "(hidden: --reveal shows it)"),
            _ => page.value(2, "", &explanation.right.signature),
        }
    }
}

#[derive(Serialize)]
struct Written<'a> {
    format: u32,
    settled: bool,
    findings: Vec<WrittenFinding<'a>>,
    client: Option<WrittenTold>,
    server: Option<WrittenTold>,
    right: Right<'a>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct WrittenFinding<'a> {
    what: &'a str,
    section: &'a str,
    level: &'static str,
    at: Option<usize>,
}

#[derive(Serialize)]
struct WrittenTold {
    result: &'static str,
    sets: Vec<Vec<WrittenCause>>,
    tried: u64,
    complete: usize,
    one_in: Option<u64>,
}

#[derive(Serialize)]
struct WrittenCause {
    id: String,
    sentence: String,
    section: &'static str,
    fix: &'static str,
}

#[derive(Serialize)]
struct Right<'a> {
    base_uri: &'a Text,
    normalized: &'a Text,
    base_string: &'a Text,
    signature: Option<&'a Text>,
}

/// The same as JSON, format 1.
#[must_use]
pub fn explanation_json(explanation: &Explanation, options: &ExplanationOptions<'_>) -> String {
    let finding = |finding: &'_ crate::intake::Finding| (finding.what.clone(), finding.section, finding.weight, finding.at);
    let findings: Vec<_> = explanation.findings.iter().map(finding).collect();
    let text = |octets: &[u8]| Text::from(octets);
    let derivation = &explanation.right;
    let (base_uri, normalized, base_string) = (text(&derivation.base_uri), text(&derivation.normalized), text(&derivation.base_string));
    let is_shown = explanation.is_signed && options.disclosure != Disclosure::Real;
    let signature = is_shown.then(|| text(&derivation.signature));
    let written = Written {
        format: 1,
        settled: explanation.is_settled(),
        findings: findings
            .iter()
            .map(|(what, section, weight, at)| WrittenFinding {
                what,
                section,
                level: if *weight == Weight::Must { "must" } else { "should" },
                at: *at,
            })
            .collect(),
        client: explanation.client.as_ref().map(written_told),
        server: explanation.server.as_ref().map(written_told),
        right: Right { base_uri: &base_uri, normalized: &normalized, base_string: &base_string, signature: signature.as_ref() },
        notes: options.notes,
    };
    let mut out = Vec::new();
    // Writing into memory does not fail.
    let _ = plain::write_pretty(&written, &mut out);
    out.push(b'\n');
    String::from_utf8_lossy(&out).into_owned()
}

fn written_told(told: &Told) -> WrittenTold {
    let cause =
        |cause: &Cause| WrittenCause { id: cause.to_string(), sentence: cause.sentence(), section: cause.section(), fix: cause.fix() };
    let Diagnosis { outcome, sets, tried, complete, one_in, .. } = &told.diagnosis;
    WrittenTold {
        result: outcome.as_str(),
        sets: sets.iter().map(|set| set.iter().map(cause).collect()).collect(),
        tried: *tried,
        complete: *complete,
        one_in: *one_in,
    }
}
