//! From the text of a vector file to its suite and its cases (`vectors/README.md`), with the place of whatever is wrong. It reads no file
//! and knows one case at a time: what holds between cases is `register`'s business.

use std::ops::Range;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::answer::Expectation;
use super::case::{Case, Place};
use super::load_error::LoadError;
use super::needs::FEATURES;
use super::position::{self, Step};
use super::question::{Operation, Question};
use super::spot::{NOT_UTF8, Spot};
use super::written::{Expect, File, Flag, Flags, Head, Line, Refuse};
use crate::profile::load::has_byte_order_mark;
use crate::profile::nearest::nearest;
use crate::profile::strict;
use crate::protocol::Code;

/// The largest JSON file, in octets.
pub const MAX_FILE: usize = 16 << 20;
/// The longest line of JSON Lines, in octets.
pub const MAX_LINE: usize = 4 << 20;
/// The deepest nesting of JSON.
pub const MAX_DEPTH: usize = 64;
/// The longest string, in octets as it is written.
pub const MAX_STRING: usize = 1 << 20;
/// The most parameters in one list, query or form of a case.
pub const MAX_PARAMETERS: usize = 10_000;
/// The longest id of a case or name of a suite, in octets.
pub const MAX_ID: usize = 128;
/// The most flags that a file explains.
pub const MAX_FLAGS: usize = 1_000;

/// The only format that there is.
const FORMAT: u32 = 1;

/// What a vector file says about all of its cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suite {
    /// Its name; with a case's id it is the full id.
    pub name: Arc<str>,
    /// What all of its cases ask for.
    pub operation: Operation,
    /// One phrase about it; may be empty.
    pub about: String,
    /// The flags that its cases use, explained, in the order of the file.
    pub flags: Vec<(String, Flag)>,
    /// The file, as it was named or found; embedded ones begin with `vectors/`.
    pub file: Arc<str>,
}

/// Reads a text's octets as UTF-8 without a byte order mark.
pub(super) fn utf8<'a>(file: &str, octets: &'a [u8], line: usize) -> Result<&'a str, LoadError> {
    if line == 1 && has_byte_order_mark(octets) {
        let error = LoadError { line: 1, column: 1, ..LoadError::of_file(file, "begins with a byte order mark") };
        return Err(error.with_hint("save it as UTF-8 without a byte order mark"));
    }
    std::str::from_utf8(octets).map_err(|error| {
        let valid = octets.get(..error.valid_up_to()).and_then(|valid| std::str::from_utf8(valid).ok()).unwrap_or_default();
        Spot::whole(file, valid, line).error(valid.len(), "the file", "not UTF-8 from here on").with_hint(NOT_UTF8)
    })
}

/// Reads a whole JSON file: its suite, and where in the text its cases stand.
///
/// # Errors
/// The first fault of the suite; those of cases are found when they are read.
pub(super) fn read_file(file: &Arc<str>, text: &str) -> Result<(Suite, Vec<Range<usize>>), LoadError> {
    let spot = Spot::whole(file, text, 1);
    let read: File<'_> = strict::from_str(text).map_err(|error| spot.json_error(&error, "the suite"))?;
    let File { _schema: _, format, suite, operation, about, flags, cases } = read;
    let suite = check_suite(&spot, file, Head { _schema: None, format, suite, operation, about, flags })?;
    let origin = text.as_ptr() as usize;
    let ranges: Vec<Range<usize>> = cases
        .iter()
        .map(|case| {
            let start = case.get().as_ptr() as usize - origin;
            start..start + case.get().len()
        })
        .collect();
    if ranges.is_empty() {
        return Err(spot.error(position::locate(text, &[Step::Member("cases")]), "the suite", "it has no cases"));
    }
    Ok((suite, ranges))
}

/// Reads the first line of a JSON Lines file.
///
/// # Errors
/// The first fault of the suite.
pub(super) fn read_head(file: &Arc<str>, text: &str) -> Result<Suite, LoadError> {
    let spot = Spot::whole(file, text, 1);
    let head: Head = strict::from_str(text)
        .map_err(|error| spot.json_error(&error, "the suite").with_hint("the first line of JSON Lines is the suite without its cases"))?;
    check_suite(&spot, file, head)
}

fn check_suite(spot: &Spot<'_>, file: &Arc<str>, head: Head) -> Result<Suite, LoadError> {
    let at = |member: &'static str| position::locate(spot.text, &[Step::Member(member)]);
    if head.format != FORMAT {
        let error = spot.error(at("format"), "the suite", format!("format {} is not known", head.format));
        return Err(error.with_hint("this program reads format 1"));
    }
    let lower = |octet: u8| octet.is_ascii_lowercase() || octet.is_ascii_digit() || matches!(octet, b'.' | b'_' | b'-');
    if head.suite.is_empty() || head.suite.len() > MAX_ID || !head.suite.bytes().all(lower) {
        let reason = format!("its name is not one to {MAX_ID} of a-z, 0-9, \".\", \"_\", \"-\"");
        return Err(spot.error(at("suite"), "the suite", reason));
    }
    let Flags(flags) = head.flags;
    Ok(Suite { name: head.suite.into(), operation: head.operation, about: head.about, flags, file: file.clone() })
}

/// Reads one case of a suite.
///
/// # Errors
/// Its first fault.
pub(super) fn read_case(suite: &Suite, spot: &Spot<'_>, line: usize) -> Result<Case, LoadError> {
    let read = Reading { suite, spot, line };
    match suite.operation {
        Operation::Sign => read.line(Question::Sign),
        Operation::BaseString => read.line(Question::BaseString),
        Operation::Verify => read.line(Question::Verify),
        Operation::PercentEncode => read.line(Question::PercentEncode),
        Operation::PercentDecode => read.line(Question::PercentDecode),
        Operation::ParseAuthorization => read.line(Question::ParseAuthorization),
        Operation::ParseTokenResponse => read.line(Question::ParseTokenResponse),
        Operation::BaseUri => read.line(Question::BaseUri),
        Operation::Normalize => read.line(Question::Normalize),
        Operation::Mac => read.line(Question::Mac),
        Operation::FormDecode => read.line(Question::FormDecode),
        Operation::BodyHash => read.line(Question::BodyHash),
    }
}

struct Reading<'a> {
    suite: &'a Suite,
    spot: &'a Spot<'a>,
    /// The line of the file on which the case begins.
    line: usize,
}

impl Reading<'_> {
    fn line<I: DeserializeOwned>(&self, question: fn(I) -> Question) -> Result<Case, LoadError> {
        let piece = self.spot.piece();
        let line: Line<I> = strict::from_str(piece).map_err(|error| self.spot.json_error(&error, &self.thing(None)))?;
        self.check_names(&line)?;
        if piece.len() > MAX_STRING
            && let Some(offset) = position::too_long(piece, MAX_STRING)
        {
            return Err(self.spot.error(offset, &self.thing(Some(&line.id)), format!("a string is longer than {} MiB", MAX_STRING >> 20)));
        }
        let id = line.id;
        let expectation = self.expectation(line.expect, &id)?;
        let question = question(line.input);
        self.check_question(&question, piece.len(), &id)?;
        Ok(Case {
            suite: self.suite.name.clone(),
            id,
            rev: line.rev,
            status: line.status,
            level: line.level,
            title: line.title,
            spec: line.spec,
            flags: line.flags,
            requires: line.requires,
            control: line.control.map(|control| self.full_id(control)),
            question,
            expectation,
            kills: line.kills,
            note: line.note,
            source: line.source,
            place: Place { file: self.suite.file.clone(), line: self.line },
        })
    }

    fn full_id(&self, control: String) -> String {
        if control.contains('/') { control } else { format!("{}/{control}", self.suite.name) }
    }

    /// What a message is about: the case by its id, also where the rest of it cannot be read.
    fn thing(&self, id: Option<&str>) -> String {
        #[derive(serde::Deserialize)]
        struct Id {
            id: String,
        }
        let read = || strict::from_str::<Id>(self.spot.piece()).ok().map(|read| read.id);
        match id.map(str::to_owned).or_else(read) {
            Some(id) if is_id(&id) => format!("case \"{id}\""),
            _ => "a case".to_owned(),
        }
    }

    #[cold]
    fn fault(&self, path: &[Step<'_>], id: &str, reason: impl Into<String>) -> LoadError {
        self.spot.error(position::locate(self.spot.piece(), path), &self.thing(Some(id)), reason)
    }

    fn check_names<I>(&self, line: &Line<I>) -> Result<(), LoadError> {
        let fault = |member, reason: String| Err(self.fault(&[Step::Member(member)], &line.id, reason));
        if !is_id(&line.id) {
            return fault("id", format!("its id is not one to {MAX_ID} of A-Z, a-z, 0-9, \".\", \"_\", \"-\""));
        }
        if line.rev == 0 {
            return fault("rev", "rev counts from 1".to_owned());
        }
        for (number, flag) in line.flags.iter().enumerate() {
            if !self.suite.flags.iter().any(|(name, _)| name == flag) {
                let path = [Step::Member("flags"), Step::Item(number)];
                let error = self.fault(&path, &line.id, format!("the flag {flag:?} is not explained in this file"));
                let near = nearest(flag, self.suite.flags.iter().map(|(name, _)| name.as_str()));
                return Err(error.with_hint(match near {
                    Some(name) => format!("did you mean {name:?}?"),
                    None => "add it to the suite's \"flags\"".to_owned(),
                }));
            }
        }
        for (number, need) in line.requires.iter().enumerate() {
            let known = match need.split_once(':') {
                Some(("feature", feature)) => FEATURES.contains(&feature),
                Some(("signature_method", method)) => !method.is_empty(),
                _ => false,
            };
            if !known {
                let path = [Step::Member("requires"), Step::Item(number)];
                let error = self.fault(&path, &line.id, format!("{need:?} cannot be required"));
                return Err(error.with_hint(format!("\"signature_method:NAME\", or \"feature:NAME\" with one of {}", FEATURES.join(", "))));
            }
        }
        match &line.control {
            Some(control) if !control.rsplit_once('/').map_or(is_id(control), |(suite, id)| is_id(suite) && is_id(id)) => {
                fault("control", "its control is no id".to_owned())
            }
            _ => Ok(()),
        }
    }

    fn expectation(&self, expect: Expect, id: &str) -> Result<Expectation, LoadError> {
        const AT: Step<'_> = Step::Member("expect");
        if expect.because.is_some() {
            return Err(self.fault(&[AT, Step::Member("because")], id, "\"because\" stands in branches of \"one_of\" only"));
        }
        let Expect { output, refuse, one_of, .. } = expect;
        let Some(branches) = one_of else { return self.reading(&[AT], output, refuse, id) };
        if output.given().next().is_some() || refuse.is_some() {
            return Err(self.fault(&[AT], id, "nothing stands beside \"one_of\""));
        }
        if branches.len() < 2 {
            return Err(self.fault(&[AT, Step::Member("one_of")], id, "\"one_of\" needs two branches"));
        }
        let mut readings = Vec::with_capacity(branches.len());
        for (number, branch) in branches.into_iter().enumerate() {
            let path = [AT, Step::Member("one_of"), Step::Item(number)];
            if branch.one_of.is_some() {
                return Err(self.fault(&path, id, "a branch is itself a choice"));
            }
            let Some(because) = branch.because.filter(|because| !because.trim().is_empty()) else {
                return Err(self.fault(&path, id, "a branch without \"because\""));
            };
            readings.push((because, self.reading(&path, branch.output, branch.refuse, id)?));
        }
        Ok(Expectation::OneOf(readings))
    }

    /// An answer or a refusal.
    fn reading(&self, path: &[Step<'_>], output: super::Output, refuse: Option<Refuse>, id: &str) -> Result<Expectation, LoadError> {
        let below = |name| [path, &[Step::Member(name)]].concat();
        if let Some(Refuse { codes }) = refuse {
            if output.given().next().is_some() {
                return Err(self.fault(path, id, "nothing stands beside \"refuse\""));
            }
            for code in &codes {
                self.check_code(code, &[&below("refuse")[..], &[Step::Member("codes")]].concat(), id)?;
            }
            return Ok(Expectation::Refuse(codes));
        }
        let operation = self.suite.operation;
        if let Some(field) = output.given().find(|field| !operation.output_fields().contains(field)) {
            let fields = operation.output_fields().join(", ");
            return Err(self
                .fault(&below(field), id, format!("{operation} has no output {field:?}"))
                .with_hint(format!("it has {fields}")));
        }
        if output.given().next().is_none() {
            return Err(self.fault(path, id, "nothing is expected"));
        }
        if let Some(code) = &output.code {
            self.check_code(code, &below("code"), id)?;
        }
        Ok(Expectation::Answer(Box::new(output)))
    }

    fn check_code(&self, code: &str, path: &[Step<'_>], id: &str) -> Result<(), LoadError> {
        if Code::from_word(code).is_some() {
            return Ok(());
        }
        let error = self.fault(path, id, format!("the code {code:?} is not known"));
        Err(match nearest(code, Code::ALL.map(Code::as_str)) {
            Some(near) => error.with_hint(format!("did you mean {near:?}?")),
            None => error.with_hint("vectors/README.md has the list"),
        })
    }

    fn check_question(&self, question: &Question, length: usize, id: &str) -> Result<(), LoadError> {
        let input = Step::Member("input");
        match question {
            Question::Verify(verify) if verify.window.is_some_and(|window| window < 0) => {
                return Err(self.fault(&[input, Step::Member("window")], id, "a window is not negative"));
            }
            Question::ParseTokenResponse(response) if !(100..=599).contains(&response.status) => {
                return Err(self.fault(&[input, Step::Member("status")], id, "a status is a number from 100 to 599"));
            }
            _ => {}
        }
        // Two octets a parameter are the least.
        if length > 2 * MAX_PARAMETERS && question.longest_list() > MAX_PARAMETERS {
            return Err(self.fault(&[input], id, format!("more than {MAX_PARAMETERS} parameters in one list")));
        }
        Ok(())
    }
}

/// Whether a text can be the id of a case.
pub(super) fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= MAX_ID
        && text.bytes().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'.' | b'_' | b'-'))
}
