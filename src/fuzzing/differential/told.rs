//! A find in words, for a terminal: what differs, in which request, and why. Foreign text is made harmless.

use std::fmt::Write as _;

use super::find::{Agreement, Find, Standard};
use crate::diagnosis::Outcome;
use crate::implementation::Observation;
use crate::report::escape;
use crate::vectors::question::{Credentials, SignInput, VerifyInput};
use crate::vectors::{Output, Pair, Question, Text};

/// The most octets of a value that are shown.
const MOST: usize = 300;

/// The lines of a find; `number` counts from 1.
#[must_use]
pub fn told(find: &Find, number: usize) -> String {
    let mut out = format!("{number}. {}\n", escape::line(&find.name()));
    let mut line = |label: &str, text: &str| {
        let _ = writeln!(out, "   {label:<10}{text}");
    };
    if let Some(cause) = find.diagnosis.certain().first().filter(|_| find.diagnosis.outcome == Outcome::Explained) {
        line("cause", &format!("{} (section {})", escape::line(&cause.sentence()), cause.section()));
        line("fix", &escape::line(cause.fix()));
    }
    line(
        "found",
        &format!(
            "{} along {}, question {}",
            escape::line(&find.way()),
            if find.at.is_empty() { "no axis".to_owned() } else { find.at.join(", ") },
            find.after
        ),
    );
    match &find.question {
        Question::Sign(input) => sign(input, &mut line),
        Question::Verify(input) => verify(input, &mut line),
        _ => {}
    }
    match &find.standard {
        Standard::Reference => line("right", &answer(&find.expected)),
        Standard::Other { name, .. } => {
            line("against", &format!("{}: {}", value(&name.as_str().into()), answer(&find.expected)));
        }
    }
    line("observed", &answer(&find.observation));
    if let (Standard::Other { name, reference, .. }, Some(agreement)) = (&find.standard, find.agreement()) {
        let agrees = match agreement {
            Agreement::Standard => format!("agrees with {}", value(&name.as_str().into())),
            Agreement::Observed => "agrees with what was observed".to_owned(),
            Agreement::Neither => format!("agrees with neither: {}", answer(reference)),
        };
        line("reference", &agrees);
    }
    if !find.is_smallest {
        line("shrunk", "not to the end");
    }
    if find.others > 0 {
        line("explains", &format!("{} more", find.others));
    }
    out
}

fn value(text: &Text) -> String {
    escape::middle_cut(&escape::shown(text.as_bytes()), MOST).into_owned()
}

fn fields(headers: &[Pair], line: &mut impl FnMut(&str, &str)) {
    for (name, text) in headers {
        line("header", &format!("{}: {}", value(name), value(text)));
    }
}

fn sign(input: &SignInput, line: &mut impl FnMut(&str, &str)) {
    line("request", &format!("{} {}", value(&input.method), value(&input.url)));
    fields(&input.headers, line);
    if let Some(body) = &input.body {
        line("body", &value(body));
    }
    let credentials =
        |known: &Credentials| format!("{} {}", value(&known.identifier), known.secret.as_ref().map_or_else(String::new, value));
    line("client", &credentials(&input.client));
    if let Some(token) = &input.token {
        line("token", &credentials(token));
    }
    let named = [
        ("nonce", &input.nonce),
        ("timestamp", &input.timestamp),
        ("version", &input.version),
        ("callback", &input.callback),
        ("verifier", &input.verifier),
        ("realm", &input.realm),
    ];
    let mut others: Vec<String> =
        named.iter().filter_map(|(name, text)| text.as_ref().map(|text| format!("{name} {}", value(text)))).collect();
    others.extend(input.extra.iter().map(|(name, text)| format!("{}={}", value(name), value(text))));
    others.push(value(&input.signature_method));
    line("with", &others.join(", "));
}

fn verify(input: &VerifyInput, line: &mut impl FnMut(&str, &str)) {
    line("received", &format!("{} {}", value(&input.method), value(&input.url)));
    fields(&input.headers, line);
    if let Some(body) = &input.body {
        line("body", &value(body));
    }
    line("client", &input.client.as_ref().map_or("not known".to_owned(), |client| value(&client.identifier)));
}

fn answer(observation: &Observation) -> String {
    let cut = |text: &str| escape::middle_cut(&escape::line(text), MOST).into_owned();
    match observation {
        Observation::Answered(output) => {
            let Output { signature, stages, valid, code, .. } = &**output;
            let base_string = stages.as_ref().and_then(|stages| stages.base_string.as_ref());
            let mut all: Vec<String> = valid.iter().map(|valid| format!("valid: {valid}")).collect();
            all.extend(code.iter().map(|code| cut(code)));
            all.extend(signature.iter().map(value));
            all.extend(base_string.map(|text| format!("\n             {}", value(text))));
            all.join(" ")
        }
        Observation::Refused { code, message } => format!("refused: {} {}", cut(code.as_deref().unwrap_or_default()), cut(message)),
        Observation::Unsupported { what, .. } => format!("unsupported: {}", cut(what)),
        Observation::Broke { message, .. } => format!("broke: {}", cut(message)),
    }
}
