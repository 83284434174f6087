//! `countersign list`: what there is. One line a thing, in the order of the files, so that it can be searched and compared.

use clap::{Args, Subcommand};

use super::arguments::Vectors;
use super::explain_deviation;
use super::fail::Fail;
use super::fixtures;
use super::output::{self, Outcome};
use super::sections;
use super::selection::Selection;
use crate::deviation::{Input, Rank, all};
use crate::implementation::wire::Fault;
use crate::judgement::ExitCode;
use crate::profile::{Profile, shipped};
use crate::report::escape;
use crate::vectors::clauses::{self, Covered};
use crate::vectors::{Level, Status, glob};

/// List what there is.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The cases, with level, status and title
    Cases(Cases),
    /// The provider profiles that come along
    Profiles,
    /// The rules of a profile, or of all
    Rules(Rules),
    /// Every MUST and SHOULD of RFC 5849 with its cases, or why no vector can test it and what does
    Clauses(Clauses),
    /// The departures from RFC 5849 that a diagnosis can name; `countersign explain --deviation ID` has a page for each
    Deviations(Deviations),
    /// The ways in which `countersign adapter serve --fault NAME` and `countersign sandbox --fault NAME` misbehave
    Faults,
}

#[derive(Debug, Args)]
struct Deviations {
    /// Ids to list, with `*` for any text, such as 'uri.*'
    #[arg(value_name = "ID-GLOB")]
    globs: Vec<String>,
    /// The pages of them all as one Markdown document, each with an anchor
    #[arg(long)]
    markdown: bool,
}

#[derive(Debug, Args)]
struct Cases {
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    vectors: Vectors,
}

#[derive(Debug, Args)]
struct Rules {
    /// A profile, such as etrade
    profile: Option<String>,
}

#[derive(Debug, Args)]
struct Clauses {
    /// Only this section and those below it
    #[arg(long, value_name = "N.N")]
    section: Option<String>,
}

/// Runs it.
pub(super) fn run(arguments: &Arguments) -> Outcome {
    let text = match &arguments.what {
        What::Cases(arguments) => cases(arguments)?,
        What::Profiles => profiles()?,
        What::Rules(arguments) => rules(arguments)?,
        What::Clauses(arguments) => list_clauses(arguments)?,
        What::Faults => list_faults(),
        What::Deviations(arguments) => deviations(arguments)?,
    };
    output::print(&text)?;
    Ok(ExitCode::AsExpected)
}

fn cases(arguments: &Cases) -> Result<String, Fail> {
    let (fixtures, corpus) = fixtures::opened(&arguments.vectors)?;
    let selector = arguments.selection.selector(&corpus)?;
    let (mut rows, mut ids) = (Vec::new(), Vec::new());
    for case in corpus.cases() {
        let case = case?;
        let id = case.full_id();
        if selector.takes(&case) {
            let level = match (case.status, case.level) {
                (Status::Withdrawn, _) => "withdrawn",
                (Status::Disputed, _) => "disputed",
                (Status::Active, Level::Must) => "must",
                (Status::Active, Level::Should) => "should",
                (Status::Active, Level::Interop) => "interop",
            };
            rows.push([id.clone(), level.to_owned(), case.title]);
        }
        ids.push(id);
    }
    if arguments.selection.asks_for_exchanges() {
        rows.extend(
            fixtures.selected(&selector).iter().map(|exchange| [exchange.full_id(), "must".to_owned(), exchange.title().to_owned()]),
        );
    }
    ids.extend(fixtures.all().map(|exchange| exchange.full_id()));
    selector.check(&ids)?;
    Ok(table(&rows))
}

fn shipped_profiles() -> Result<Vec<Profile>, Fail> {
    shipped::TEXTS.iter().filter_map(|(name, _)| shipped::profile(name)).map(|profile| profile.map_err(Fail::from)).collect()
}

fn profiles() -> Result<String, Fail> {
    let rows: Vec<_> =
        shipped_profiles()?.into_iter().map(|profile| [profile.id, format!("{} rules", profile.rules.len()), profile.name]).collect();
    Ok(table(&rows))
}

fn rules(arguments: &Rules) -> Result<String, Fail> {
    let profiles = shipped_profiles()?;
    if let Some(wanted) = &arguments.profile
        && !profiles.iter().any(|profile| profile.id == *wanted)
    {
        let fail = Fail::usage(format!("there is no profile {wanted:?}"));
        let known = || profiles.iter().map(|profile| profile.id.as_str());
        return Err(match crate::profile::nearest::nearest(wanted, known()) {
            Some(near) => fail.hint(format!("did you mean {near}?")),
            None => fail.hint(format!("there are {}", known().collect::<Vec<_>>().join(", "))),
        });
    }
    let selected = profiles.into_iter().filter(|profile| arguments.profile.as_ref().is_none_or(|wanted| *wanted == profile.id));
    let rows: Vec<_> =
        selected.flat_map(|profile| profile.rules).map(|rule| [rule.id, rule.level.as_str().to_owned(), rule.statement]).collect();
    Ok(table(&rows))
}

fn deviations(Deviations { globs, markdown }: &Deviations) -> Result<String, Fail> {
    let rank = |rank| match rank {
        Rank::Common => "common",
        Rank::Seen => "seen",
        Rank::Plausible => "plausible",
    };
    let inputs = Input::KINDS.iter().map(|(kind, parameter, sentence)| {
        let id = if parameter.is_empty() { (*kind).to_owned() } else { format!("{kind}:{parameter}") };
        [id, "seen".to_owned(), (*sentence).to_owned()]
    });
    let table_rows = all().map(|deviation| [deviation.id.to_owned(), rank(deviation.rank).to_owned(), deviation.sentence.to_owned()]);
    let rows: Vec<[String; 3]> = table_rows.chain(inputs).collect();
    for glob in globs {
        if !rows.iter().any(|[id, ..]| glob::matches(glob, id)) {
            return Err(super::adapter::nearest_cause(Fail::usage(format!("no deviation matches {glob:?}")), glob));
        }
    }
    let is_taken = |row: &&[String; 3]| globs.is_empty() || globs.iter().any(|glob| glob::matches(glob, &row[0]));
    let taken: Vec<[String; 3]> = rows.iter().filter(is_taken).cloned().collect();
    if *markdown {
        let sample = |id: String| match Input::SAMPLES.iter().find(|sample| sample.split(':').next() == id.split(':').next()) {
            Some(sample) => (*sample).to_owned(),
            None => id,
        };
        let ids: Vec<String> = taken.into_iter().map(|[id, ..]| sample(id)).collect();
        return explain_deviation::document(&super::adapter::causes(&ids)?);
    }
    Ok(table(&taken))
}

/// The faults of adapters, and those of the sandbox with what a good client does.
fn list_faults() -> String {
    let of_adapters = Fault::ALL.iter().map(|(_, name, sentence)| [(*name).to_owned(), "adapter".to_owned(), (*sentence).to_owned()]);
    #[cfg(feature = "sandbox")]
    let of_sandbox = crate::sandbox::faults::TABLE
        .iter()
        .map(|fault| [fault.name.to_owned(), "sandbox".to_owned(), format!("{}: a good client {}", fault.sentence, fault.good)]);
    #[cfg(not(feature = "sandbox"))]
    let of_sandbox = std::iter::empty();
    table(&of_adapters.chain(of_sandbox).collect::<Vec<_>>())
}

fn list_clauses(arguments: &Clauses) -> Result<String, Fail> {
    let clauses = clauses::all().map_err(Fail::work)?;
    let mut rows = Vec::new();
    let is_wanted = |section: &str| arguments.section.as_deref().is_none_or(|wanted| sections::is_within(section, wanted));
    for clause in clauses.iter().filter(|clause| is_wanted(&clause.section)) {
        let covered = match &clause.covered {
            Covered::Cases(cases) => cases.join(" "),
            Covered::Untestable { why, checked_by } => format!("no vector: {why}; {checked_by}"),
        };
        rows.push([clause.id.clone(), clause.level.as_str().to_owned(), clause.text.clone(), covered]);
    }
    if let Some(wanted) = arguments.section.as_deref().filter(|_| rows.is_empty()) {
        let known = clauses.iter().map(|clause| clause.section.clone()).collect();
        return Err(Fail::usage(format!("no clause is of section {wanted:?}")).hint(sections::there_are(wanted, &known)));
    }
    Ok(rows
        .iter()
        .map(|[id, level, text, covered]| format!("{id} ({level})\n    {text}\n    {covered}\n"))
        .map(|entry| escape::lines(&entry).into_owned())
        .collect())
}

/// Columns as wide as their longest text, but the last.
fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|text| text.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..N).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let cell = escape::line(cell);
            line.push_str(&format!("{cell:width$}  ", width = *width));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
