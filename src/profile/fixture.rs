//! Fixture files, format 1 (`vectors/schema/fixture-1.json`): exchanges with the findings that each must give.

use std::path::Path;

use serde::Deserialize;

use super::exchange::Exchange;
use super::load::{LoadError, read_text};
use super::rule::Clause;
use super::strict;

/// A fixture file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fixtures {
    /// The schema's address, for editors; never read.
    #[serde(rename = "$schema", default)]
    pub schema: Option<String>,
    /// Always 1.
    pub format: u32,
    /// The suite; with a case's id it is the full id.
    pub suite: String,
    /// Always `exchange`.
    pub operation: Operation,
    /// The id of the profile that judges.
    pub profile: String,
    /// What the exchanges have in common.
    pub about: String,
    /// The exchanges.
    pub cases: Vec<Fixture>,
}

/// The operation of fixture files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// An exchange is verified and read under a profile.
    Exchange,
}

/// One exchange.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fixture {
    /// A name, unique in its suite, never used again for another exchange.
    pub id: String,
    /// 1, and one more whenever its meaning changes.
    pub rev: u32,
    /// Whether it counts.
    pub status: Status,
    /// What it shows.
    pub title: String,
    /// The clauses behind it.
    #[serde(default)]
    pub spec: Vec<Clause>,
    /// The exchange.
    pub input: Exchange,
    /// What must come of it.
    pub expect: Expected,
    /// What is wrong with it, if its status is not active.
    #[serde(default)]
    pub note: Option<String>,
    /// Where it comes from.
    pub source: Provenance,
}

/// Whether a fixture counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It does.
    Active,
    /// It is judged and never fails.
    Disputed,
    /// It is known to be wrong and kept.
    Withdrawn,
}

/// What must come of an exchange.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// The rules that are broken, in the profile's order; none = clean.
    pub findings: Vec<String>,
    /// The problem that must be read out of the answer; left out = none.
    #[serde(default)]
    pub problem: Option<ExpectedProblem>,
}

/// A problem that must be read out of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedProblem {
    /// The value of `oauth_problem`.
    pub name: String,
    /// Where it stands: `challenge`, `header`, `form`, `html`, `xml`, `json` or `text`.
    pub place: String,
    /// Its companions, decoded, in their order.
    #[serde(default)]
    pub parameters: Vec<(String, String)>,
}

/// Where a fixture comes from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// `rfc`, `erratum`, `vendor`, `suite`, `incident` or `derived`.
    pub kind: String,
    /// An address that can be opened, and the place there.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Implementations that computed the same signature.
    #[serde(default)]
    pub confirmed_by: Vec<String>,
}

impl Fixtures {
    /// Reads fixtures out of text; `file` is named in messages.
    ///
    /// # Errors
    /// The first fault, with its place.
    pub fn parse(file: &str, text: &str) -> Result<Fixtures, LoadError> {
        let fixtures: Fixtures = strict::from_str(text).map_err(|error| LoadError::of_json(file, text, &error))?;
        if fixtures.format != 1 {
            return Err(LoadError::at_id(file, text, "", format!("format {} is not known, only 1 is", fixtures.format)));
        }
        for (index, case) in fixtures.cases.iter().enumerate() {
            if fixtures.cases.iter().take(index).any(|earlier| earlier.id == case.id) {
                return Err(LoadError::at_id(file, text, &case.id, format!("\"{}\" stands there twice", case.id)));
            }
            if case.status != Status::Active && case.note.is_none() {
                return Err(LoadError::at_id(file, text, &case.id, format!("\"{}\" is not active and has no note that says why", case.id)));
            }
        }
        Ok(fixtures)
    }

    /// Reads a fixture file.
    ///
    /// # Errors
    /// A fault of the file or its text; line 0 where there is no text.
    pub fn read(path: &Path) -> Result<Fixtures, LoadError> {
        let text = read_text(path)?;
        Fixtures::parse(&path.display().to_string(), &text)
    }

    /// The full id of a case.
    #[must_use]
    pub fn full_id(&self, case: &Fixture) -> String {
        format!("{}/{}", self.suite, case.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixture_file_is_read_strictly() {
        let file =
            |case: &str| format!(r#"{{"format":1,"suite":"s","operation":"exchange","profile":"etrade","about":"x","cases":[{case}]}}"#);
        let case = |more: &str| {
            format!(
                r#"{{"id":"a","rev":1,"status":"active","title":"t","input":{{"endpoint":"resource","request":{{"method":"GET","url":"https://h/"}}}},"expect":{{"findings":[]}},{more}"source":{{"kind":"derived","ref":"x"}}}}"#
            )
        };
        assert_eq!(Fixtures::parse("f", &file(&case(""))).unwrap().cases.len(), 1);
        for (text, message) in [
            (file(&case("\"levl\":1,")), "unknown field \"levl\""),
            (file(&format!("{},{}", case(""), case(""))), "\"a\" stands there twice"),
            (file(&case("").replace("active", "disputed")), "has no note"),
            (file(&case("").replace("\"status\":\"active\"", "\"status\":\"open\"")), "unknown value \"open\""),
            (file("").replace("exchange", "sign"), "unknown value \"sign\""),
            (file("").replace("\"format\":1", "\"format\":9"), "format 9"),
            (file("[\"a\", 1]"), "invalid type: list, expected an object"),
            (file(&case("").replace("{\"method\":\"GET\",\"url\":\"https://h/\"}", "[\"GET\",\"https://h/\"]")), "expected an object"),
        ] {
            let error = Fixtures::parse("f", &text).unwrap_err();
            assert!(error.to_string().starts_with("f:1:") && error.what.contains(message), "{error}");
        }
    }
}
