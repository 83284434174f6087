//! What a search begins with: the vectors, in the form that each target reads. Every kind of fault that a case is about is a place from which
//! others are near.

use super::asked::Asked;
use crate::implementation::wire::{FromAdapter, FromRunner, Id};
use crate::implementation::{Implementation as _, Observation, Reference};
use crate::judgement::{EventLines, Keep, Plan, Run, RunStart, Runner, Sinks, Surroundings};
use crate::profile::shipped;
use crate::report::json;
use crate::vectors::{Case, Corpus, LoadError, Question, embedded};

/// The vectors, read once.
#[derive(Debug)]
pub struct Material {
    cases: Vec<Case>,
}

impl Material {
    /// The embedded vectors.
    ///
    /// # Errors
    /// None that a released crate has.
    pub fn embedded() -> Result<Material, LoadError> {
        Ok(Material { cases: Corpus::embedded()?.cases().collect::<Result<Vec<_>, _>>()? })
    }

    fn questions(&self) -> impl Iterator<Item = &Question> {
        self.cases.iter().map(|case| &case.question)
    }

    /// What `of` makes of each question.
    fn each(&self, of: impl FnMut(&Question) -> Option<Vec<u8>>) -> Vec<Vec<u8>> {
        let mut all: Vec<Vec<u8>> = self.questions().filter_map(of).filter(|seed| seed.len() <= MOST_OCTETS).collect();
        all.sort();
        all.dedup();
        all
    }
}

/// The longest seed; what is longer slows a search down.
const MOST_OCTETS: usize = 4096;

/// Requests, each with choices of its own.
#[must_use]
pub fn asked(material: &Material) -> Vec<Vec<u8>> {
    let mut number = 0_u16;
    material.each(|question| match question {
        Question::Sign(input) | Question::BaseString(input) => {
            number = number.wrapping_add(1);
            let [high, low] = number.wrapping_mul(40_503).to_be_bytes();
            // Octets that decide: which departure, which order, which place, which octet.
            let choices = [low, high, low.wrapping_mul(7), high ^ low].repeat(6);
            Some(Asked { choices, ..Asked::of_input(input) }.to_octets())
        }
        _ => None,
    })
}

/// Texts to be encoded and decoded.
#[must_use]
pub fn texts(material: &Material) -> Vec<Vec<u8>> {
    material.each(|question| match question {
        Question::PercentEncode(input) | Question::PercentDecode(input) => Some(input.text.as_bytes().to_vec()),
        Question::ParseTokenResponse(input) => Some(input.body.as_bytes().to_vec()),
        _ => None,
    })
}

/// Queries and forms.
#[must_use]
pub fn forms(material: &Material) -> Vec<Vec<u8>> {
    material.each(|question| match question {
        Question::FormDecode(input) => Some(input.text.as_bytes().to_vec()),
        Question::Sign(input) => input.body.as_ref().map(|body| body.as_bytes().to_vec()),
        _ => None,
    })
}

/// URLs.
#[must_use]
pub fn urls(material: &Material) -> Vec<Vec<u8>> {
    material.each(|question| match question {
        Question::BaseUri(input) => Some(input.url.as_bytes().to_vec()),
        Question::Sign(input) => Some(input.url.as_bytes().to_vec()),
        _ => None,
    })
}

/// Authorization fields.
#[must_use]
pub fn headers(material: &Material) -> Vec<Vec<u8>> {
    material.each(|question| match question {
        Question::ParseAuthorization(input) => Some(input.header.as_bytes().to_vec()),
        Question::Verify(input) => {
            let field = input.headers.iter().find(|(name, _)| name.as_bytes().eq_ignore_ascii_case(b"authorization"));
            field.map(|(_, value)| value.as_bytes().to_vec())
        }
        _ => None,
    })
}

/// Token responses.
#[must_use]
pub fn token_responses(material: &Material) -> Vec<Vec<u8>> {
    material.each(|question| match question {
        Question::ParseTokenResponse(input) => Some(input.body.as_bytes().to_vec()),
        _ => None,
    })
}

/// Answers of servers, and the bodies of the fixtures.
#[must_use]
pub fn answers(material: &Material) -> Vec<Vec<u8>> {
    let mut all = token_responses(material);
    all.push(b"oauth_problem=timestamp_refused&oauth_acceptable_timestamps=1-2&oauth_problem_advice=x".to_vec());
    all.push(b"OAuth realm=\"r\", oauth_problem=\"signature_invalid\"".to_vec());
    all.push(b"{\"error\":{\"message\":\"Invalid signature. Expected signature base string: GET&http%3A%2F%2Fh%2F&a%3Db\"}}".to_vec());
    all.push(
        b"<html><body><pre>oauth_problem=nonce_used &amp; base_string: POST&amp;https%3A%2F%2Fh%2F&amp;a</pre></body></html>".to_vec(),
    );
    all.push(b"<?xml version=\"1.0\"?><error><code>1</code><message>Sun, 06 Nov 1994 08:49:37 GMT</message></error>".to_vec());
    all
}

/// The same requests as HTTP text, as `curl` commands and as entries of a HAR file.
#[must_use]
pub fn pasted(material: &Material) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for question in material.questions() {
        let Question::Verify(input) = question else { continue };
        let (method, url) = (input.method.to_text(), input.url.to_text());
        let body = input.body.as_ref().map(|body| body.to_text().into_owned()).unwrap_or_default();
        let path = url.splitn(4, '/').nth(3).unwrap_or_default();
        let host = url.split('/').nth(2).unwrap_or_default();
        let (mut lines, mut options, mut fields) = (String::new(), String::new(), Vec::new());
        for (name, value) in &input.headers {
            let (name, value) = (name.to_text(), value.to_text());
            lines.push_str(&format!("{name}: {value}\r\n"));
            options.push_str(&format!(" -H {}", crate::report::shell::quote(format!("{name}: {value}").as_bytes())));
            fields.push(serde_json::json!({"name": name, "value": value}));
        }
        all.push(format!("{method} /{path} HTTP/1.1\r\nHost: {host}\r\n{lines}\r\n{body}").into_bytes());
        let data = if body.is_empty() { String::new() } else { format!(" --data-raw {}", crate::report::shell::quote(body.as_bytes())) };
        all.push(format!("curl -X {method}{options}{data} {}", crate::report::shell::quote(url.as_bytes())).into_bytes());
        let har = serde_json::json!({"log": {"entries": [
            {"request": {"method": method, "url": url, "headers": fields, "postData": {"text": body}}, "response": {"status": 401, "headers": []}}]}});
        all.push(har.to_string().into_bytes());
    }
    all.retain(|seed| seed.len() <= MOST_OCTETS);
    all.sort();
    all.dedup();
    all
}

/// Questions and answers as messages.
#[must_use]
pub fn wire(material: &Material) -> Vec<Vec<u8>> {
    let mut reference = Reference::new();
    let mut all = vec![
        br#"{"type":"hello","protocol":{"min":1,"max":1},"runner":{"name":"countersign","version":"0.1.0"}}"#.to_vec(),
        br#"{"type":"hello","protocol":1,"implementation":{"name":"x","version":"1"},"operations":["sign"],"signature_methods":["HMAC-SHA1"],"features":["stages"],"max_in_flight":1}"#.to_vec(),
        br#"{"type":"error","id":"c1","message":"m","traceback":"t"}"#.to_vec(),
        br#"{"type":"unsupported","id":"c1","what":"signature_method:RSA-SHA1","message":"m"}"#.to_vec(),
        br#"{"type":"bye"}"#.to_vec(),
        // What is wrong, or unknown, in a part that not everybody looks at.
        br#"{"type":"result","id":"c1","output":{"signature":"s","url":5}}"#.to_vec(),
        br#"{"type":"result","id":"c1","output":{"signature":"s","body":"\ud800"}}"#.to_vec(),
        br#"{"type":"result","id":"c1","output":{"valid":true,"authorization":{"base64":"/w=="}},"stages":{"key":[]}}"#.to_vec(),
        br#"{"type":"result","id":"c1","output":{"signature":"s","later":{}},"later":[[]],"stages":{"key":null,"later":1}}"#.to_vec(),
    ];
    for (number, question) in material.questions().enumerate() {
        let id = Id::of_number(number as u64);
        let mut line = Vec::new();
        FromRunner::write_run(&id, question, &mut line);
        all.push(line.trim_ascii_end().to_vec());
        // An RSA signature takes longer than it is worth here.
        if matches!(question, Question::Sign(input) if input.private_key.is_none()) || matches!(question, Question::ParseAuthorization(_)) {
            let observation = reference.ask(question);
            if !matches!(observation, Observation::Broke { .. }) {
                let mut line = Vec::new();
                FromAdapter::Answer { id: Some(id), observation }.write(&mut line);
                all.push(line.trim_ascii_end().to_vec());
            }
        }
    }
    all.retain(|seed| seed.len() <= MOST_OCTETS);
    all
}

/// Vector files of one case each.
#[must_use]
pub fn vectors(_material: &Material) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    let is_elsewhere = |path: &str| ["schema/", "profiles/", "fixtures/"].iter().any(|folder| path.starts_with(folder));
    for (_, text) in embedded::files().iter().filter(|(path, _)| path.ends_with(".json") && !is_elsewhere(path)) {
        let Ok(mut file) = serde_json::from_str::<serde_json::Value>(text) else { continue };
        let Some(cases) = file.get("cases").and_then(|cases| cases.as_array()).cloned() else { continue };
        // Every eighth: neighbours are alike.
        for case in cases.into_iter().step_by(8) {
            file["cases"] = serde_json::Value::Array(vec![case]);
            all.push(file.to_string().into_bytes());
        }
    }
    all.retain(|seed| seed.len() <= 2 * MOST_OCTETS);
    all
}

/// Profiles.
#[must_use]
pub fn profiles(_material: &Material) -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = shipped::TEXTS.iter().map(|(_, text)| text.as_bytes().to_vec()).collect();
    let fixtures = embedded::files().iter().filter(|(path, _)| path.starts_with("fixtures/") && path.ends_with(".json"));
    all.extend(fixtures.map(|(_, text)| text.as_bytes().to_vec()));
    all
}

/// Files of known failures.
#[must_use]
pub fn expectations(_material: &Material) -> Vec<Vec<u8>> {
    let whole = "format = 1\n\n[[expect]]\ncase = \"sign.uri/relative-*\"\noutcome = \"fail\"\ndiagnosis = \"uri.scheme-null\"\n\
        reason = \"signs null//null for a relative URL\"\nissue = \"https://example.org/1\"\nexpires = 2027-06-01\n";
    let outcomes = ["reject", "unsupported", "crash", "timeout", "protocol", "error", "state_leak", "inconclusive", "flaky"];
    let each =
        outcomes.iter().map(|outcome| format!("format = 1\n[[expect]]\ncase = \"a/b\"\noutcome = \"{outcome}\"\nreason = 'r' # why\n"));
    std::iter::once(whole.to_owned()).chain(each).map(String::into_bytes).collect()
}

/// Events and JSON reports of small runs: the reference, and somebody who does not sign as it does.
#[must_use]
pub fn records(material: &Material) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    let small: Vec<Case> = material.cases.iter().step_by(material.cases.len() / 40 + 1).cloned().collect();
    for cases in small.chunks(3) {
        let mut plan = Plan::default();
        if cases.iter().any(|case| plan.add(case, true).is_err()) {
            continue;
        }
        let causes: Vec<_> =
            ["encode.space-plus", "uri.default-port-kept"].iter().filter_map(|id| crate::deviation::Cause::parse(id).ok()).collect();
        let mut implementation = Reference::conducting(crate::deviation::Conduct::of(&causes));
        let (mut lines, mut run) = (EventLines::new(Vec::new()), Run::keeping(Keep::Every));
        let start = RunStart { implementation: implementation.description().clone(), selected: plan.selected(), ..RunStart::default() };
        let done = {
            let mut sinks = Sinks(vec![&mut lines, &mut run]);
            let put = |sinks: &mut Sinks<'_>| -> Option<()> {
                let mut runner = Runner::start(start, Surroundings::STILL, sinks).ok()?;
                runner.put(&mut implementation, &plan, cases.iter().cloned().map(Ok::<_, String>), &|_| true).ok()?;
                runner.finish().ok().map(|_| ())
            };
            put(&mut sinks)
        };
        if done.is_none() {
            continue;
        }
        all.push(lines.into_inner());
        let mut report = Vec::new();
        if json(&[run], &mut report).is_ok() {
            all.push(report);
        }
    }
    all
}
