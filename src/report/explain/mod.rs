//! A case explained: what is asked, how the answer is derived clause by clause, and whether that is what the file expects. It computes
//! everything anew through [`crate::protocol`]; nothing is copied from the expected values.

mod signing;
mod verifying;

use super::failure;
use super::page::{Layout, Page};
use super::paint::Tone;
use crate::implementation::{Implementation as _, Observation, Reference};
use crate::judgement::{Declared, Judgement, judge};
use crate::protocol::{Parameter, Source};
use crate::vectors::question::{Step, TokenResponseInput};
use crate::vectors::{Case, Expectation, Level, Output, Pair, Question, SourceKind, Status, Text};

/// Explains a case. A withdrawn one too: it shows what a published value should have been.
#[must_use]
pub fn explain(case: &Case, layout: Layout) -> String {
    let mut page = Page::new(layout);
    head(&mut page, case);
    let observation = Reference::new().ask(&case.question);
    let judgement = judge(case, &observation, Declared { codes: true, transmission: true });
    let explained = Explained { case, observation: &observation, judgement: &judgement, expected: expected(case, &judgement) };
    match &case.question {
        Question::Sign(input) => signing::write(&mut page, &explained, input, true),
        Question::BaseString(input) => signing::write(&mut page, &explained, input, false),
        Question::Verify(input) => verifying::write(&mut page, input),
        question => plain(&mut page, &explained, question),
    }
    conclusion(&mut page, &explained);
    page.finish()
}

/// A case and what the reference makes of it.
struct Explained<'a> {
    case: &'a Case,
    observation: &'a Observation,
    judgement: &'a Judgement,
    /// The answer that the computed one is held against, if one is expected.
    expected: Option<&'a Output>,
}

impl Explained<'_> {
    /// What the reference answered.
    fn answered(&self) -> Option<&Output> {
        match self.observation {
            Observation::Answered(output) => Some(output),
            _ => None,
        }
    }
}

/// The answer of the reading that was met, or the first answer that is expected.
fn expected<'a>(case: &'a Case, judgement: &Judgement) -> Option<&'a Output> {
    let answer = |expectation: &'a Expectation| match expectation {
        Expectation::Answer(output) => Some(&**output),
        _ => None,
    };
    match &case.expectation {
        Expectation::OneOf(branches) => {
            let met = judgement.branch.and_then(|branch| branches.get(branch)).and_then(|(_, expectation)| answer(expectation));
            met.or_else(|| branches.iter().find_map(|(_, expectation)| answer(expectation)))
        }
        expectation => answer(expectation),
    }
}

fn head(page: &mut Page, case: &Case) {
    page.toned(Tone::Heading, &super::escape::line(&case.full_id()));
    page.text(0, &case.title);
    page.blank();
    page.labelled(2, "clauses    ", &failure::clauses(&case.spec).join("; "));
    let (level, status) = (level(case.level), status(case.status));
    page.labelled(2, "level      ", &format!("{level}, {status}, rev {}", case.rev));
    page.labelled(2, "place      ", &format!("{}:{}", case.place.file, case.place.line));
    page.labelled(2, "source     ", &format!("{}: {}", kind(case.source.kind), case.source.reference));
    for (label, list) in [("confirmed  ", &case.source.confirmed_by), ("flags      ", &case.flags), ("kills      ", &case.kills)] {
        if !list.is_empty() {
            page.labelled(2, label, &list.join(", "));
        }
    }
    for (label, text) in [("control    ", &case.control), ("note       ", &case.note)] {
        if let Some(text) = text {
            page.labelled(2, label, text);
        }
    }
}

const fn level(level: Level) -> &'static str {
    match level {
        Level::Must => "must",
        Level::Should => "should",
        Level::Interop => "interop",
    }
}

const fn status(status: Status) -> &'static str {
    match status {
        Status::Active => "active",
        Status::Disputed => "disputed",
        Status::Withdrawn => "withdrawn",
    }
}

const fn kind(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Rfc => "rfc",
        SourceKind::Erratum => "erratum",
        SourceKind::Vendor => "vendor",
        SourceKind::Suite => "suite",
        SourceKind::Incident => "incident",
        SourceKind::Derived => "derived",
    }
}

/// The heading of a step: the section that says so, and what it is about.
fn step(page: &mut Page, section: &str, about: &str) {
    page.blank();
    let section = page.paint(Tone::Faint, &format!("{section:<11}"));
    let about = page.paint(Tone::Heading, about);
    page.raw(&format!("{section}{about}"));
}

/// A computed value beside the expected one.
fn beside(page: &mut Page, computed: &[u8], expected: Option<&Text>) {
    page.value(2, "", computed);
    match expected {
        None => {}
        Some(expected) if expected.as_bytes() == computed => page.toned(Tone::Good, "  = as expected"),
        Some(expected) => {
            page.toned(Tone::Bad, "  ! the file expects another value");
            page.compared(4, expected.as_bytes(), computed);
        }
    }
}

/// An input as it was given.
fn given(page: &mut Page, label: &str, value: &[u8]) {
    page.value(2, &format!("{label:<11}"), value);
}

/// Decoded parameters, each with the place where it stands.
fn parameters<'a>(page: &mut Page, list: impl Iterator<Item = Parameter<'a>>) {
    for parameter in list {
        let place = match parameter.source {
            Source::Query => "query",
            Source::Header => "header",
            Source::Body => "body",
        };
        pair(page, &format!("{place:<7} "), parameter.name, parameter.value);
    }
}

fn pair(page: &mut Page, label: &str, name: &[u8], value: &[u8]) {
    let name = super::escape::shown(name);
    page.value(2, &format!("{label}{name} = "), value);
}

/// The operations of one step.
fn plain(page: &mut Page, explained: &Explained<'_>, question: &Question) {
    let pairs = |page: &mut Page, list: &[Pair]| list.iter().for_each(|(name, value)| pair(page, "", name.as_bytes(), value.as_bytes()));
    let section = match question {
        Question::PercentEncode(_) | Question::PercentDecode(_) => "3.6",
        Question::ParseAuthorization(_) => "3.5.1",
        Question::ParseTokenResponse(input) if input.step == Step::Temporary => "2.1",
        Question::ParseTokenResponse(_) => "2.3",
        Question::BaseUri(_) => "3.4.1.2",
        Question::Normalize(_) => "3.4.1.3.2",
        Question::Mac(_) => "3.4.2",
        Question::FormDecode(_) => "3.4.1.3.1",
        Question::BodyHash(_) | Question::Sign(_) | Question::BaseString(_) | Question::Verify(_) => "",
    };
    step(page, section, "input");
    match question {
        Question::PercentEncode(input) | Question::PercentDecode(input) | Question::FormDecode(input) => {
            page.value(2, "", input.text.as_bytes());
        }
        Question::ParseAuthorization(input) => page.value(2, "", input.header.as_bytes()),
        Question::ParseTokenResponse(input) => token_response(page, input),
        Question::BaseUri(input) => {
            given(page, "url", input.url.as_bytes());
            pairs(page, &input.headers);
        }
        Question::Normalize(input) => pairs(page, &input.parameters),
        Question::Mac(input) => {
            given(page, "method", input.signature_method.as_bytes());
            if let Some(key) = &input.key {
                given(page, "key", key.as_bytes());
            }
            given(page, "text", input.base_string.as_bytes());
        }
        Question::BodyHash(input) => {
            given(page, "method", input.signature_method.as_bytes());
            if let Some(body) = &input.body {
                given(page, "body", body.as_bytes());
            }
        }
        Question::Sign(_) | Question::BaseString(_) | Question::Verify(_) => {}
    }
    step(page, section, "output");
    match explained.answered() {
        Some(output) => outputs(page, output, explained.expected),
        None => page.text(2, &failure_words(explained.observation)),
    }
}

fn token_response(page: &mut Page, input: &TokenResponseInput) {
    given(page, "status", input.status.to_string().as_bytes());
    for (name, value) in &input.headers {
        pair(page, "", name.as_bytes(), value.as_bytes());
    }
    given(page, "body", input.body.as_bytes());
}

fn outputs(page: &mut Page, output: &Output, expected: Option<&Output>) {
    let none = Output::default();
    let expected = expected.unwrap_or(&none);
    for (name, value, wanted) in [
        ("encoded", &output.encoded, &expected.encoded),
        ("decoded", &output.decoded, &expected.decoded),
        ("identifier", &output.identifier, &expected.identifier),
        ("secret", &output.secret, &expected.secret),
        ("base_uri", &output.base_uri, &expected.base_uri),
        ("normalized", &output.normalized, &expected.normalized),
        ("signature", &output.signature, &expected.signature),
        ("body_hash", &output.body_hash, &expected.body_hash),
    ] {
        if let Some(value) = value {
            page.labelled(2, name, "");
            beside(page, value.as_bytes(), wanted.as_ref());
        }
    }
    if let Some(Some(realm)) = &output.realm {
        page.labelled(2, "realm", "");
        beside(page, realm.as_bytes(), expected.realm.as_ref().and_then(Option::as_ref));
    }
    for (name, value) in output.parameters.iter().flatten() {
        pair(page, "", name.as_bytes(), value.as_bytes());
    }
}

/// What was done when nothing was answered.
fn failure_words(observation: &Observation) -> String {
    match observation {
        Observation::Refused { code: Some(code), message } => format!("refused: {code}: {message}"),
        Observation::Refused { code: None, message } => format!("refused: {message}"),
        Observation::Unsupported { what, .. } => format!("not supported: {what}"),
        Observation::Answered(_) | Observation::Broke { .. } => "no answer".to_owned(),
    }
}

/// What the file expects, and whether the derivation above is that.
fn conclusion(page: &mut Page, explained: &Explained<'_>) {
    step(page, "", "expected");
    match &explained.case.expectation {
        Expectation::OneOf(branches) => {
            for (index, (because, expectation)) in branches.iter().enumerate() {
                let is_met = explained.judgement.met.is_some() && explained.judgement.branch == Some(index);
                let mark = if is_met { "* " } else { "- " };
                page.labelled(2, mark, &format!("{}: {because}", failure::expectation(expectation)));
            }
        }
        expectation => page.text(2, &failure::expectation(expectation)),
    }
    if explained.judgement.met.is_some() {
        page.toned(Tone::Good, "  = the derivation is as expected");
    } else {
        page.toned(Tone::Bad, "  ! the derivation is not as expected");
        for difference in &explained.judgement.differences {
            failure::difference(page, difference, "");
        }
    }
}
