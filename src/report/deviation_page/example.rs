//! The example on the page of a deviation: a request on which it shows, with the right and the wrong value, both derived when the page is
//! written. It is one of the requests that a diagnosis proposes, or else the question of a case that catches it.

use crate::deviation::{Cause, Conduct, Side as At};
use crate::diagnosis::apart;
use crate::implementation::{Implementation as _, Observation, Reference, Wanted};
use crate::judgement::{Declared, Difference, Side, judge};
use crate::selftest::unshown;
use crate::vectors::question::{SignInput, TokenResponseInput, VerifyInput};
use crate::vectors::{Case, Expectation, Level, Pair, Question, Status, Text};

/// An example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// What is asked, in lines.
    pub asked: Vec<String>,
    /// The case that it is taken from.
    pub case: Option<String>,
    /// What differs.
    pub difference: Difference,
}

impl Example {
    /// The example of a cause, of these cases that catch it.
    ///
    /// # Errors
    /// Why there can be none, in a sentence.
    pub fn of(cause: &Cause, cases: &[Case]) -> Result<Example, String> {
        if let Some(shown) = apart::shown_by(cause) {
            let what = crate::judgement::What::Field(if shown.what == "the base string" { "base_string" } else { "signature" });
            let difference = Difference::of_values(what, &shown.right, &shown.wrong);
            return Ok(Example { asked: shown.probe.lines(), case: None, difference });
        }
        let mut cases: Vec<&Case> = cases.iter().collect();
        // Where a request is signed there is more to see than where it is refused.
        let is_signed = |case: &Case| matches!(case.question, Question::Sign(_) | Question::BaseString(_));
        cases.sort_by_key(|case| (!is_signed(case), size(&case.question)));
        let shown = cases.into_iter().find_map(|case| {
            let difference = difference(cause, case)?;
            Some(Example { asked: asked(&case.question), case: Some(case.full_id()), difference })
        });
        shown.ok_or_else(|| match unshown::reason(&cause.to_string()) {
            Some(reason) => format!("no request may show it: {reason}"),
            None => "it shows on no request that is known here".to_owned(),
        })
    }
}

/// What differs most tellingly between the answers of the reference and of somebody with this cause.
fn difference(cause: &Cause, case: &Case) -> Option<Difference> {
    let is_sent = matches!(cause, Cause::Deviation(deviation) if deviation.stage.side() == At::Sending);
    let wanted = Wanted { transmission: is_sent, stages: true };
    let right = Reference::new().ask_for(&case.question, wanted);
    let wrong = Reference::conducting(Conduct::of([cause])).ask_for(&case.question, wanted);
    let expectation = match right {
        Observation::Answered(output) => Expectation::Answer(output),
        Observation::Refused { code, .. } => Expectation::Refuse(code.into_iter().collect()),
        Observation::Unsupported { .. } | Observation::Broke { .. } => return None,
    };
    // Only what differs is wanted of the judge, not how binding it is.
    let case = Case { expectation, level: Level::Must, status: Status::Active, ..case.clone() };
    let judged = judge(&case, &wrong, Declared { codes: false, transmission: is_sent });
    let mut differences = judged.differences;
    differences.sort_by_key(|difference| !difference.is_stage());
    differences.into_iter().next()
}

/// How much there is to read.
fn size(question: &Question) -> usize {
    asked(question).iter().map(String::len).sum()
}

/// What is asked, in lines.
fn asked(question: &Question) -> Vec<String> {
    match question {
        Question::Sign(input) | Question::BaseString(input) => signed(input),
        Question::Verify(input) => received(input),
        Question::PercentEncode(input) | Question::PercentDecode(input) | Question::FormDecode(input) => vec![shown(&input.text)],
        Question::ParseAuthorization(input) => vec![format!("Authorization: {}", shown(&input.header))],
        Question::ParseTokenResponse(input) => answered(input),
        Question::BaseUri(input) => std::iter::once(shown(&input.url)).chain(fields(&input.headers)).collect(),
        Question::Normalize(input) => fields(&input.parameters).collect(),
        Question::Mac(input) => vec![shown(&input.signature_method), shown(&input.base_string)],
        Question::BodyHash(input) => {
            std::iter::once(shown(&input.signature_method)).chain(input.body.iter().map(|body| format!("body {}", shown(body)))).collect()
        }
    }
}

fn signed(input: &SignInput) -> Vec<String> {
    let mut lines = request(&input.method, &input.url, &input.headers, input.body.as_ref());
    lines.push(format!("signed by {} for client {}", shown(&input.signature_method), shown(&input.client.identifier)));
    let named = [
        ("token", input.token.as_ref().map(|token| &token.identifier)),
        ("oauth_timestamp", input.timestamp.as_ref()),
        ("oauth_nonce", input.nonce.as_ref()),
        ("oauth_version", input.version.as_ref()),
        ("oauth_callback", input.callback.as_ref()),
        ("oauth_verifier", input.verifier.as_ref()),
        ("oauth_body_hash", input.body_hash.as_ref()),
        ("realm", input.realm.as_ref()),
    ];
    lines.extend(named.into_iter().filter_map(|(name, value)| Some(format!("{name} {}", shown(value?)))));
    lines.extend(input.extra.iter().map(|(name, value)| format!("{} {}", shown(name), shown(value))));
    lines
}

fn received(input: &VerifyInput) -> Vec<String> {
    let mut lines = request(&input.method, &input.url, &input.headers, input.body.as_ref());
    let number = |name: &str, value: Option<i64>| value.map(|value| format!("{name} {value}"));
    lines.extend(number("the server's clock says", input.now));
    lines.extend(number("its window is", input.window));
    lines.extend(input.seen.iter().map(|(client, token, timestamp, nonce)| {
        let token = token.as_ref().map(shown).unwrap_or_default();
        format!("seen before: client {}, token {token}, timestamp {}, nonce {}", shown(client), shown(timestamp), shown(nonce))
    }));
    let allowed = input.allowed_methods.as_ref().map(|names| names.iter().map(shown).collect::<Vec<_>>().join(", "));
    lines.extend(allowed.map(|names| format!("allowed methods: {names}")));
    lines
}

fn answered(input: &TokenResponseInput) -> Vec<String> {
    let head = std::iter::once(format!("status {}", input.status)).chain(fields(&input.headers));
    head.chain([String::new(), shown(&input.body)]).collect()
}

fn request(method: &Text, url: &Text, headers: &[Pair], body: Option<&Text>) -> Vec<String> {
    let mut lines = vec![format!("{} {}", shown(method), shown(url))];
    lines.extend(fields(headers));
    if let Some(body) = body {
        lines.extend([String::new(), shown(body), String::new()]);
    }
    lines
}

fn fields(pairs: &[Pair]) -> impl Iterator<Item = String> {
    pairs.iter().map(|(name, value)| format!("{}: {}", shown(name), shown(value)))
}

fn shown(text: &Text) -> String {
    crate::report::escape::shown(text.as_bytes())
}

/// What differs, in words.
#[must_use]
pub(super) fn what(difference: &Difference) -> String {
    let what = difference.what.to_string();
    match what.strip_prefix("stage ").unwrap_or(&what) {
        "base_string" => "the base string".to_owned(),
        "base_uri" => "the base string URI".to_owned(),
        "normalized" => "the normalized parameters".to_owned(),
        "key" => "the key".to_owned(),
        "outcome" | "valid" => "the verdict".to_owned(),
        other => format!("the {}", other.replace('_', " ")),
    }
}

/// One side of the difference: octets, or words.
#[must_use]
pub(super) fn side(side: &Side) -> String {
    match side {
        Side::Absent => "(not there)".to_owned(),
        Side::Words(words) => words.clone(),
        Side::Value(value) => shown(value),
    }
}
