//! Readers of foreign text: nothing panics or hangs, what they give is not much larger than what they were given, and what can be written is
//! read back.

use std::ops::ControlFlow;

use super::{naive, shown};
use crate::implementation::wire::{FromAdapter, FromRunner};
use crate::implementation::{Observation, Wanted};
use crate::intake::answer::Answer;
use crate::intake::pasted::{PastedRequest, PastedResponse, any, curl, har, http_text};
use crate::intake::problem;
use crate::intake::signed::SignedRequest;
use crate::judgement::{EventLines, Expectations, Keep, Run, replay};
use crate::profile::fixture::Fixtures;
use crate::profile::{Profile, check};
use crate::protocol::Header;
use crate::protocol::token_response::{self, Step};
use crate::report::shell::quote;
use crate::report::{Format, TextOptions, read_json, render, text};
use crate::vectors::{Corpus, format};

/// How many times larger than its text something that was read may be, and what it may have beside that.
const MOST_TIMES: usize = 16;
const MOST_BESIDE: usize = 4096;

fn is_bounded(what: &str, read: usize, given: usize) {
    assert!(read <= given * MOST_TIMES + MOST_BESIDE, "{what}: {read} octets were read out of {given}");
}

/// Pasted text of any form: HTTP text, a `curl` command, a HAR file; and the signed request in it. A word that was quoted for a shell is the
/// same word in a `curl` command.
///
/// # Panics
/// Where one of it is not so.
pub fn pasted(data: &[u8]) {
    for entry in [None, Some(1)] {
        if let Ok(read) = any::read(data, entry, Some(true)) {
            request(&read.request, data.len());
            read.response.iter().for_each(|answer| response(answer, data.len()));
        }
    }
    if let Ok(read) = curl::request(data) {
        request(&read, data.len());
    }
    if let Ok((read, _)) = har::exchange(data, None) {
        request(&read, data.len());
    }
    if let Ok((read, answer)) = http_text::exchange(data, None) {
        request(&read, data.len());
        answer.iter().for_each(|answer| response(answer, data.len()));
    }
    if let Ok(answer) = http_text::response(data) {
        response(&answer, data.len());
    }
    quoted(data);
}

fn request(read: &PastedRequest, given: usize) {
    let fields: usize = read.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
    let size = read.method.len() + read.url.len() + fields + read.body.as_ref().map_or(0, Vec::len);
    is_bounded("a request", size, given);
    if let Ok(signed) = SignedRequest::read(read) {
        let findings = signed.requirements(Some(137_131_201));
        is_bounded("the findings of a request", findings.iter().map(|finding| finding.what.len()).sum::<usize>() / 16, size);
        let headers = signed.list();
        assert!(signed.request(&headers).is_ok(), "a request that was read cannot be signed again");
    }
}

fn response(read: &PastedResponse, given: usize) {
    let fields: usize = read.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
    is_bounded("an answer", fields + read.body.len(), given);
    let _ = Answer::read(read.status, &read.headers, &read.body);
}

fn quoted(data: &[u8]) {
    // No word of a command holds the octet 0, and `@` names a file.
    if data.is_empty() || data.contains(&0) || data.starts_with(b"@") || data.len() > 10_000 {
        return;
    }
    let command = format!("curl --data-raw {} http://h/", quote(data));
    match curl::request(command.as_bytes()) {
        Ok(read) => assert_eq!(read.body.as_deref().map(shown), Some(shown(data)), "a quoted word is read as another one: {command}"),
        Err(fault) => panic!("a quoted word cannot be read: {fault}: {command}"),
    }
}

/// Answers of servers: error pages in any format, base strings that they show, dates.
///
/// # Panics
/// Where what is read is not bounded.
pub fn answers(data: &[u8]) {
    let types: [&[u8]; 5] = [b"text/html", b"application/json", b"text/xml", b"application/x-www-form-urlencoded", b"text/plain"];
    for content_type in types {
        let headers = vec![
            (b"Content-Type".to_vec(), content_type.to_vec()),
            (b"WWW-Authenticate".to_vec(), data.to_vec()),
            (b"Date".to_vec(), data.to_vec()),
        ];
        let answer = Answer::read(Some(401), &headers, data);
        let strings = answer.base_strings.iter().chain(&answer.signatures).map(Vec::len);
        is_bounded("an answer", strings.sum::<usize>() + answer.advice.iter().map(String::len).sum::<usize>(), 2 * data.len());
    }
    let read = problem::read([("WWW-Authenticate", data)], data);
    if let Some(problem) = read.problem {
        let _ = (problem.acceptable_timestamps(), problem.parameter_names());
    }
}

/// Token responses of both steps: what a form says that is one is read, and nothing else is; nor is an answer of another status.
///
/// # Panics
/// Where what is read is not bounded, or not what a form holds.
pub fn token_responses(data: &[u8]) {
    let form = [Header { name: b"Content-Type", value: b"application/x-www-form-urlencoded" }];
    for (step, headers) in [(Step::Temporary, &form[..]), (Step::Token, &form), (Step::Temporary, &[]), (Step::Token, &[])] {
        let read = token_response::read(step, 200, headers, data);
        assert!(headers.is_empty() || read.is_ok() == is_token_response(step, data), "{step:?}: the naive reader says otherwise");
        let Ok(read) = read else { continue };
        is_bounded("a token response", read.parameters.octets(), data.len());
        assert_eq!(read.parameters.first("oauth_token").map(shown), Some(shown(&read.identifier)), "the identifier is another one");
        assert_eq!(read.parameters.first("oauth_token_secret").map(shown), Some(shown(read.secret.expose())), "the secret is another one");
        assert!(is_token_response(step, data), "{step:?}: the naive reader takes no credentials out of it");
        for status in [100, 199, 300, 302, 400, 401, 500] {
            assert!(
                token_response::read(step, status, headers, data).is_err(),
                "credentials are read out of an answer with status {status}"
            );
        }
    }
}

/// Whether a form holds credentials (sections 2.1 and 2.3): both parameters once, the identifier not empty, whole escapes, and the callback
/// confirmed where temporary ones were asked for. One line end behind it is let through.
fn is_token_response(step: Step, data: &[u8]) -> bool {
    let data = data.strip_suffix(b"\n").unwrap_or(data);
    let data = data.strip_suffix(b"\r").unwrap_or(data);
    let pairs = naive::form(data);
    let once = |wanted: &[u8]| {
        let mut values = pairs.iter().filter(|(name, _)| name == wanted).map(|(_, value)| &value[..]);
        values.next().filter(|_| values.next().is_none())
    };
    naive::first_broken_escape(data).is_none()
        && once(b"oauth_token").is_some_and(|identifier| !identifier.is_empty())
        && once(b"oauth_token_secret").is_some()
        && (step == Step::Token || once(b"oauth_callback_confirmed") == Some(b"true"))
}

/// Messages of the adapter protocol in both directions: what is read and written again is read as the same.
///
/// # Panics
/// Where it is not.
pub fn wire(data: &[u8]) {
    if let Ok(message) = FromRunner::read(data) {
        let mut line = Vec::new();
        message.write(&mut line);
        assert_eq!(line.iter().filter(|octet| **octet == b'\n').count(), 1, "a message is not one line");
        assert_eq!(FromRunner::read(line.trim_ascii_end()), Ok(message), "a question is read as another one");
        is_bounded("a question", line.len(), data.len());
    }
    let whole = FromAdapter::read(data);
    let part = FromAdapter::read_for(data, Wanted { transmission: false, stages: false });
    assert_eq!(part.map(decisive), whole.clone().map(decisive), "a part of an answer is not that of the whole");
    if let Ok(message) = whole {
        // Operations of later versions are left out; where nothing else is offered, what is left cannot be read again.
        if matches!(&message, FromAdapter::Hello(hello) if hello.offer.operations.is_empty()) {
            return;
        }
        let mut line = Vec::new();
        message.clone().write(&mut line);
        assert_eq!(line.iter().filter(|octet| **octet == b'\n').count(), 1, "a message is not one line");
        assert_eq!(FromAdapter::read(line.trim_ascii_end()), Ok(message), "an answer is read as another one");
        is_bounded("an answer", line.len(), data.len());
    }
}

/// An answer without what may be left out of it.
fn decisive(mut message: FromAdapter) -> FromAdapter {
    if let FromAdapter::Answer { observation: Observation::Answered(output), .. } = &mut message {
        (output.authorization, output.url, output.body, output.stages) = (None, None, None, None);
    }
    message
}

/// Vector files: what can be read has one canonical form, which is its own canonical form and holds the same cases.
///
/// # Panics
/// Where it is not so.
pub fn vectors(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let read = |text: &str| {
        let corpus = Corpus::of_texts([("fuzz.json", text.to_owned())]).ok()?;
        let mut cases = Vec::new();
        let visited = corpus.for_each(&mut |case| {
            cases.push((case.full_id(), case.rev, case.question, case.expectation, case.requires, case.flags, case.title));
            ControlFlow::Continue(())
        });
        visited.is_ok().then_some(cases)
    };
    let Some(cases) = read(text) else { return };
    let Ok(canonical) = format::canonical("fuzz.json", text) else { return };
    assert_eq!(read(&canonical).as_ref(), Some(&cases), "the canonical form holds other cases");
    assert_eq!(format::canonical("fuzz.json", &canonical).ok().as_ref(), Some(&canonical), "the canonical form has another canonical form");
}

/// Profiles and fixtures, and each judged by the other.
///
/// # Panics
/// Where a reader or a check panics.
pub fn profiles(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let shipped = crate::profile::shipped::profile("etrade").and_then(Result::ok);
    if let (Ok(fixtures), Some(profile)) = (Fixtures::parse("fuzz.json", text), shipped) {
        for fixture in &fixtures.cases {
            let _ = check(&profile, &fixture.input);
        }
    }
    if let Ok(profile) = Profile::parse("fuzz.json", text) {
        for text in EXCHANGES {
            let Ok(fixtures) = Fixtures::parse("fixtures.json", text) else { continue };
            for fixture in &fixtures.cases {
                let _ = check(&profile, &fixture.input);
            }
        }
    }
}

/// Exchanges that a profile out of foreign text is put to.
const EXCHANGES: [&str; 1] = [include_str!("../../../vectors/fixtures/rfc5849/initiate.json")];

/// Files of known failures.
///
/// # Panics
/// Where the reader panics.
pub fn expectations(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Err(error) = Expectations::read("known.expect.toml", text, "2026-01-01") {
        is_bounded("the message of a fault", error.to_string().len(), text.len());
    }
}

/// Events and JSON reports of somebody else: what can be read can be told in every format, and what is told as events is read back as the same.
///
/// # Panics
/// Where it is not so.
pub fn records(data: &[u8]) {
    if let Ok(replayed) = replay("run.jsonl", data, Keep::Every) {
        told(&replayed.runs);
        if replayed.cut.is_none() && replayed.runs.iter().all(|run| run.end.is_some()) {
            let Some(lines) = events(&replayed.runs) else { return };
            match replay("run.jsonl", &lines[..], Keep::Every) {
                Ok(again) => assert_eq!(events(&again.runs).map(|lines| shown(&lines)), Some(shown(&lines)), "events are read as others"),
                Err(error) => panic!("events that were told cannot be read: {error}"),
            }
        }
    }
    if let Some(runs) = std::str::from_utf8(data).ok().and_then(|text| read_json(text).ok()) {
        told(&runs);
    }
}

fn events(runs: &[Run]) -> Option<Vec<u8>> {
    let mut lines = EventLines::new(Vec::new());
    runs.iter().try_for_each(|run| run.tell(&mut lines)).ok()?;
    Some(lines.into_inner())
}

fn told(runs: &[Run]) {
    for format in Format::ALL {
        let told = render(runs, *format, std::io::sink());
        assert!(told.is_ok(), "what was read cannot be told as {}", format.name());
    }
    let _ = text(runs, &TextOptions { verbose: true, ..TextOptions::default() });
}
