//! The things of each list: as a line of three columns, and with the members that they have as JSON. Members may be added within format 1.

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use crate::cli::adapter::causes;
use crate::cli::fail::Fail;
use crate::cli::fixtures::Exchange;
use crate::deviation::{Input, Rank, all};
use crate::implementation::wire::Fault;
use crate::judgement::plain;
use crate::profile::document::State;
use crate::profile::{Profile, Rule};
use crate::vectors::clauses::{Binding, Covered, Requirement};
use crate::vectors::{Case, Clause, Level, Status};

/// A thing that stands on one line.
pub(super) trait Listed: Serialize {
    /// Its columns.
    fn columns(&self) -> [String; 3];
}

/// `{"format": 1, "NAME": […]}`.
pub(super) fn document(name: &'static str, things: &[impl Serialize]) -> String {
    struct Document<'a, T>(&'static str, &'a [T]);
    impl<T: Serialize> Serialize for Document<'_, T> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut members = serializer.serialize_map(Some(2))?;
            members.serialize_entry("format", &1)?;
            members.serialize_entry(self.0, self.1)?;
            members.end()
        }
    }
    let mut out = Vec::new();
    // Into memory nothing can fail to be written.
    let _ = plain::write_pretty(&Document(name, things), &mut out);
    out.push(b'\n');
    String::from_utf8_lossy(&out).into_owned()
}

/// A case, or an exchange of a provider fixture.
#[derive(Serialize)]
pub(super) struct ListedCase {
    id: String,
    operation: &'static str,
    level: Level,
    status: Status,
    title: String,
    spec: Vec<Clause>,
    flags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    control: Option<String>,
    kills: Vec<String>,
}

impl ListedCase {
    pub(super) fn of(case: Case) -> ListedCase {
        ListedCase {
            id: case.full_id(),
            operation: case.question.operation().as_str(),
            level: case.level,
            status: case.status,
            title: case.title,
            spec: case.spec,
            flags: case.flags,
            control: case.control,
            kills: case.kills,
        }
    }

    /// What is found in it is demanded, so it is `must`.
    pub(super) fn of_exchange(exchange: Exchange<'_>) -> ListedCase {
        ListedCase {
            id: exchange.full_id(),
            operation: "exchange",
            level: Level::Must,
            status: Status::Active,
            title: exchange.title().to_owned(),
            spec: Vec::new(),
            flags: Vec::new(),
            control: None,
            kills: Vec::new(),
        }
    }
}

impl Listed for ListedCase {
    fn columns(&self) -> [String; 3] {
        let level = match (self.status, self.level) {
            (Status::Withdrawn, _) => "withdrawn",
            (Status::Disputed, _) => "disputed",
            (Status::Active, Level::Must) => "must",
            (Status::Active, Level::Should) => "should",
            (Status::Active, Level::Interop) => "interop",
        };
        [self.id.clone(), level.to_owned(), self.title.clone()]
    }
}

/// A profile that comes along.
#[derive(Serialize)]
pub(super) struct ListedProfile {
    id: String,
    name: String,
    state: State,
    rules: usize,
}

impl ListedProfile {
    pub(super) fn of(Profile { id, name, state, rules, .. }: Profile) -> ListedProfile {
        ListedProfile { id, name, state, rules: rules.len() }
    }
}

impl Listed for ListedProfile {
    fn columns(&self) -> [String; 3] {
        [self.id.clone(), format!("{} rules", self.rules), self.name.clone()]
    }
}

/// A rule has the members that it has in its profile.
impl Listed for Rule {
    fn columns(&self) -> [String; 3] {
        [self.id.clone(), self.level.as_str().to_owned(), self.statement.clone()]
    }
}

/// A clause of RFC 5849: with cases, or with why there are none.
#[derive(Serialize)]
pub(super) struct ListedClause<'a> {
    id: &'a str,
    section: &'a str,
    level: &'static str,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cases: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    untestable: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checked_by: Option<&'a str>,
}

impl ListedClause<'_> {
    pub(super) fn of(Requirement { id, section, level, text, covered }: &Requirement) -> ListedClause<'_> {
        let (cases, untestable, checked_by) = match covered {
            Covered::Cases(cases) => (Some(cases.as_slice()), None, None),
            Covered::Untestable { why, checked_by } => (None, Some(why.as_str()), Some(checked_by.as_str())),
        };
        ListedClause { id, section, level: Binding::as_str(*level), text, cases, untestable, checked_by }
    }
}

/// A departure that a diagnosis can name, or a kind of mistake of input.
#[derive(Serialize)]
pub(super) struct ListedDeviation {
    pub(super) id: String,
    rank: &'static str,
    section: String,
    sentence: String,
    fix: String,
    /// An id that can be given to `explain`: of a mistake of input, one with a value.
    #[serde(skip)]
    pub(super) sample: String,
}

impl Listed for ListedDeviation {
    fn columns(&self) -> [String; 3] {
        [self.id.clone(), self.rank.to_owned(), self.sentence.clone()]
    }
}

/// All departures in the order of their stages, then the kinds of mistakes of input.
pub(super) fn deviations() -> Result<Vec<ListedDeviation>, Fail> {
    let table = all().map(|deviation| ListedDeviation {
        id: deviation.id.to_owned(),
        rank: match deviation.rank {
            Rank::Common => "common",
            Rank::Seen => "seen",
            Rank::Plausible => "plausible",
        },
        section: deviation.section.to_owned(),
        sentence: deviation.sentence.to_owned(),
        fix: deviation.fix.to_owned(),
        sample: deviation.id.to_owned(),
    });
    let inputs = Input::KINDS.iter().map(|(kind, parameter, sentence)| {
        let id = if parameter.is_empty() { (*kind).to_owned() } else { format!("{kind}:{parameter}") };
        let sample = Input::SAMPLES.iter().find(|sample| sample.split(':').next() == Some(kind));
        let sample = sample.map_or_else(|| id.clone(), |sample| (*sample).to_owned());
        let cause = causes(std::slice::from_ref(&sample))?.into_iter().next();
        let (section, fix) = cause.map_or_else(Default::default, |cause| (cause.section().to_owned(), cause.fix().to_owned()));
        Ok(ListedDeviation { id, rank: "seen", section, sentence: (*sentence).to_owned(), fix, sample })
    });
    table.map(Ok).chain(inputs).collect()
}

/// A way to misbehave on purpose.
#[derive(Serialize)]
pub(super) struct ListedFault {
    name: &'static str,
    of: &'static str,
    sentence: &'static str,
    /// What a good client does, at a sandbox.
    #[serde(skip_serializing_if = "Option::is_none")]
    good_client: Option<&'static str>,
}

impl Listed for ListedFault {
    fn columns(&self) -> [String; 3] {
        let good = self.good_client.map_or_else(String::new, |good| format!(": a good client {good}"));
        [self.name.to_owned(), self.of.to_owned(), format!("{}{good}", self.sentence)]
    }
}

/// The faults of adapters, and those of the sandbox.
pub(super) fn faults() -> Vec<ListedFault> {
    let of_adapters = Fault::ALL.iter().map(|(_, name, sentence)| ListedFault { name, of: "adapter", sentence, good_client: None });
    #[cfg(feature = "sandbox")]
    let of_sandbox = crate::sandbox::faults::TABLE.iter().map(|fault| ListedFault {
        name: fault.name,
        of: "sandbox",
        sentence: fault.sentence,
        good_client: Some(fault.good),
    });
    #[cfg(not(feature = "sandbox"))]
    let of_sandbox = std::iter::empty();
    of_adapters.chain(of_sandbox).collect()
}
