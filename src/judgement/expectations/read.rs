//! Reading an expectations file: strict, every complaint with its line.

use std::cell::{Cell, RefCell};
use std::ops::Range;

use thiserror::Error;
use toml_edit::{Document, Item, Table, Value};

use super::{Entry, Expectations, Outcome};
use crate::deviation::Cause;
use crate::profile::nearest::nearest;

/// The most that a file may hold, in octets.
pub(super) const FILE_LIMIT: usize = 4 * 1024 * 1024;

/// The keys of an entry.
const KEYS: [&str; 6] = ["case", "outcome", "diagnosis", "reason", "issue", "expires"];

/// The beginning of the ids of a probe's steps.
const OF_A_PROBE: &str = "probe.";

/// What is wrong with an expectations file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{file}:{line}:{column}: {what}")]
pub struct ExpectationsError {
    /// The file.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Expectations {
    /// Reads the text of a file. `today` is `year-month-day`.
    ///
    /// # Errors
    /// The first thing in it that is not as it must be.
    pub fn read(file: &str, text: &str, today: &str) -> Result<Expectations, ExpectationsError> {
        let source = Source { file, text };
        if text.len() > FILE_LIMIT {
            return Err(source.wrong(0, format!("it is longer than {FILE_LIMIT} octets")));
        }
        let document = Document::parse(text)
            .map_err(|error| source.wrong(error.span().map_or(0, |span| span.start), error.message().trim().replace('\n', ", ")))?;
        source.format(&document)?;
        let mut entries = Vec::new();
        for (key, item) in document.iter() {
            match (key, item) {
                ("format", _) => {}
                ("expect", Item::ArrayOfTables(tables)) => {
                    for table in tables.iter() {
                        entries.push(source.entry(table)?);
                    }
                }
                ("expect", _) => return Err(source.at(item.span(), "expect is written as [[expect]], one for each entry")),
                _ => return Err(source.unknown(key, item, document.key_span(key), &["format", "expect"])),
            }
        }
        Ok(Expectations { file: file.into(), entries, today: today.to_owned(), found: RefCell::default() })
    }
}

/// A file's text, for complaints.
struct Source<'a> {
    file: &'a str,
    text: &'a str,
}

trait KeySpan {
    fn key_span(&self, key: &str) -> Option<Range<usize>>;
}

impl KeySpan for Table {
    fn key_span(&self, key: &str) -> Option<Range<usize>> {
        self.key(key)?.span()
    }
}

impl Source<'_> {
    fn wrong(&self, offset: usize, what: impl Into<String>) -> ExpectationsError {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line = before.bytes().filter(|octet| *octet == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        ExpectationsError { file: self.file.to_owned(), line, column, what: what.into(), hint: None }
    }

    fn at(&self, span: Option<Range<usize>>, what: impl Into<String>) -> ExpectationsError {
        self.wrong(span.map_or(0, |span| span.start), what)
    }

    fn line(&self, span: Option<Range<usize>>) -> usize {
        self.at(span, "").line
    }

    fn unknown(&self, key: &str, item: &Item, span: Option<Range<usize>>, known: &[&'static str]) -> ExpectationsError {
        let mut error = self.at(span.or_else(|| item.span()), format!("there is no key {key:?} here"));
        error.hint = Some(match nearest(key, known.iter().copied()) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("there are {}", known.join(", ")),
        });
        error
    }

    fn format(&self, document: &Table) -> Result<(), ExpectationsError> {
        match document.get("format") {
            Some(item) if item.as_integer() == Some(1) => Ok(()),
            Some(item) => Err(self.at(item.span(), "format must be 1")),
            None => {
                let mut error = self.wrong(0, "it has no format");
                error.hint = Some("its first line is: format = 1".to_owned());
                Err(error)
            }
        }
    }

    fn entry(&self, table: &Table) -> Result<Entry, ExpectationsError> {
        for (key, item) in table {
            if !KEYS.contains(&key) {
                return Err(self.unknown(key, item, table.key_span(key), &KEYS));
            }
        }
        let text = |key: &str| match table.get(key) {
            None => Ok(None),
            Some(item) => match item.as_str() {
                Some(text) if !text.trim().is_empty() => Ok(Some(text.to_owned())),
                Some(_) => Err(self.at(item.span(), format!("{key} is empty"))),
                None => Err(self.at(item.span(), format!("{key} must be a string"))),
            },
        };
        let needed = |key: &str| text(key)?.ok_or_else(|| self.at(table.span(), format!("the entry has no {key}")));
        let case = needed("case")?;
        let is_probe = case.starts_with(OF_A_PROBE);
        Ok(Entry {
            line: self.line(table.span()),
            case,
            outcome: self.outcome(&needed("outcome")?, table)?,
            diagnosis: text("diagnosis")?.map(|ids| self.diagnosis(&ids, is_probe, table)).transpose()?,
            reason: needed("reason")?,
            issue: text("issue")?,
            expires: self.expires(table)?,
            seen: Cell::default(),
            can_fail: Cell::default(),
            open: Cell::default(),
        })
    }

    fn outcome(&self, word: &str, table: &Table) -> Result<Outcome, ExpectationsError> {
        let words = Outcome::ALL.map(|(word, _)| word);
        Outcome::ALL.iter().find(|(known, _)| *known == word).map(|(_, outcome)| *outcome).ok_or_else(|| {
            let mut error = self.at(table.get("outcome").and_then(Item::span), format!("there is no outcome {word:?}"));
            error.hint = Some(match nearest(word, words) {
                Some(near) => format!("did you mean {near}?"),
                None => format!("there are {}", words.join(", ")),
            });
            error
        })
    }

    /// `a,b`: the ids of a set. Those of a probe are rules of some profile, which is not at hand here.
    fn diagnosis(&self, ids: &str, is_probe: bool, table: &Table) -> Result<Vec<String>, ExpectationsError> {
        let ids: Vec<String> = ids.split(',').map(|id| id.trim().to_owned()).collect();
        for id in ids.iter().filter(|_| !is_probe) {
            if let Err(unknown) = Cause::parse(id) {
                let mut error = self.at(table.get("diagnosis").and_then(Item::span), unknown.to_string());
                error.hint = nearest(id, Cause::ids()).map(|near| format!("did you mean {near}?"));
                return Err(error);
            }
        }
        Ok(ids)
    }

    /// A date, bare as TOML has it or as a string.
    fn expires(&self, table: &Table) -> Result<Option<String>, ExpectationsError> {
        let Some(item) = table.get("expires") else { return Ok(None) };
        let written = match item.as_value() {
            Some(Value::Datetime(date)) => date.value().to_string(),
            Some(Value::String(text)) => text.value().clone(),
            _ => String::new(),
        };
        let date = written.parse::<toml_edit::Datetime>().ok().filter(|date| date.date.is_some() && date.time.is_none());
        match date {
            Some(date) => Ok(Some(date.to_string())),
            None => Err(self.at(item.span(), "expires must be a date, such as 2027-06-01")),
        }
    }
}
