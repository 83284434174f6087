//! `countersign list`: what there is. One line a thing, in the order of the files, so that it can be searched and compared; or the same
//! things as JSON.

mod things;

use clap::{Args, Subcommand};

use super::arguments::Vectors;
use super::explain_deviation;
use super::fail::Fail;
use super::fixtures;
use super::output::{self, Outcome};
use super::sections;
use super::selection::Selection;
use crate::judgement::ExitCode;
use crate::profile::{Profile, Rule, shipped};
use crate::report::escape;
use crate::vectors::clauses::{self, Covered, Requirement};
use crate::vectors::glob;
use things::{Listed, ListedCase, ListedClause, ListedDeviation, ListedProfile, document};

/// List what there is.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
    /// The same as JSON: an object with format 1 and one array, which is named as the list is
    #[arg(long, global = true)]
    json: bool,
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
    #[arg(long, conflicts_with = "json")]
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
    let json = arguments.json;
    let text = match &arguments.what {
        What::Cases(arguments) => listed("cases", &cases(arguments)?, json),
        What::Profiles => listed("profiles", &profiles()?, json),
        What::Rules(arguments) => listed("rules", &rules(arguments)?, json),
        What::Clauses(arguments) => {
            let clauses = list_clauses(arguments)?;
            if json { document("clauses", &clauses.iter().map(ListedClause::of).collect::<Vec<_>>()) } else { paragraphs(&clauses) }
        }
        What::Faults => listed("faults", &things::faults(), json),
        What::Deviations(arguments) if arguments.markdown => explain_deviation::document(&super::adapter::causes(
            &deviations(arguments)?.into_iter().map(|one| one.sample).collect::<Vec<_>>(),
        )?)?,
        What::Deviations(arguments) => listed("deviations", &deviations(arguments)?, json),
    };
    output::print(&text)?;
    Ok(ExitCode::AsExpected)
}

/// Things as lines or as JSON.
fn listed<T: Listed>(name: &'static str, things: &[T], json: bool) -> String {
    if json { document(name, things) } else { table(&things.iter().map(Listed::columns).collect::<Vec<_>>()) }
}

fn cases(arguments: &Cases) -> Result<Vec<ListedCase>, Fail> {
    let (fixtures, corpus) = fixtures::opened(&arguments.vectors)?;
    let selector = arguments.selection.selector(&corpus, fixtures.profiles())?;
    let (mut taken, mut ids) = (Vec::new(), Vec::new());
    for case in corpus.cases() {
        let case = case?;
        ids.push(case.full_id());
        if selector.takes(&case) {
            taken.push(ListedCase::of(case));
        }
    }
    taken.extend(fixtures.selected(&selector).into_iter().map(ListedCase::of_exchange));
    ids.extend(fixtures.all().map(|exchange| exchange.full_id()));
    selector.check(&ids)?;
    Ok(taken)
}

fn shipped_profiles() -> Result<Vec<Profile>, Fail> {
    shipped::TEXTS.iter().filter_map(|(name, _)| shipped::profile(name)).map(|profile| profile.map_err(Fail::from)).collect()
}

fn profiles() -> Result<Vec<ListedProfile>, Fail> {
    Ok(shipped_profiles()?.into_iter().map(ListedProfile::of).collect())
}

fn rules(arguments: &Rules) -> Result<Vec<Rule>, Fail> {
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
    Ok(selected.flat_map(|profile| profile.rules).collect())
}

fn deviations(Deviations { globs, .. }: &Deviations) -> Result<Vec<ListedDeviation>, Fail> {
    let all = things::deviations()?;
    for glob in globs {
        if !all.iter().any(|one| glob::matches(glob, &one.id)) {
            return Err(super::adapter::nearest_cause(Fail::usage(format!("no deviation matches {glob:?}")), glob));
        }
    }
    let is_taken = |one: &ListedDeviation| globs.is_empty() || globs.iter().any(|glob| glob::matches(glob, &one.id));
    Ok(all.into_iter().filter(is_taken).collect())
}

fn list_clauses(arguments: &Clauses) -> Result<Vec<Requirement>, Fail> {
    let all = clauses::all().map_err(Fail::work)?;
    let Some(wanted) = arguments.section.as_deref() else { return Ok(all) };
    let taken: Vec<Requirement> = all.iter().filter(|clause| sections::is_within(&clause.section, wanted)).cloned().collect();
    if taken.is_empty() {
        let known = all.into_iter().map(|clause| clause.section).collect();
        return Err(Fail::usage(format!("no clause is of section {wanted:?}")).hint(sections::there_are(wanted, &known)));
    }
    Ok(taken)
}

fn paragraphs(clauses: &[Requirement]) -> String {
    let one = |Requirement { id, level, text, covered, .. }: &Requirement| {
        let covered = match covered {
            Covered::Cases(cases) => cases.join(" "),
            Covered::Untestable { why, checked_by } => format!("no vector: {why}; {checked_by}"),
        };
        escape::lines(&format!("{id} ({})\n    {text}\n    {covered}\n", level.as_str())).into_owned()
    };
    clauses.iter().map(one).collect()
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
