//! Which cases: the same options for every command. Ids are matched with globs; a glob that matches nothing is a mistake of the caller.

use std::cell::Cell;
use std::collections::BTreeSet;

use clap::{Args, ValueEnum};

use super::fail::Fail;
use super::last_run;
use super::meant::meant;
use super::sections::Sections;
use crate::profile::nearest::nearest;
use crate::profile::shipped;
use crate::vectors::{Case, Clause, Corpus, Level, Operation, glob};

/// The selecting options.
#[derive(Debug, Args)]
#[command(next_help_heading = "Selection")]
pub(super) struct Selection {
    /// Ids of cases, or globs (`sign.uri/*`, `**port**`); a suite's name stands for all of its cases
    #[arg(value_name = "ID-GLOB", help_heading = clap::builder::Resettable::Reset)]
    globs: Vec<String>,
    /// Only cases of this section and those below it: 3.4.1.3 of RFC 5849, or DOC:N.N, such as RFC3986:6.2.3
    #[arg(long, value_name = "SECTION")]
    section: Vec<String>,
    /// Only cases with this flag
    #[arg(long, value_name = "FLAG")]
    flag: Vec<String>,
    /// Only cases of this level
    #[arg(long, value_name = "LEVEL")]
    level: Vec<LevelName>,
    /// Only cases of this operation (`exchange`: the provider fixtures)
    #[arg(long, value_name = "OPERATION")]
    operation: Vec<String>,
    /// Only the provider fixtures of this profile
    #[arg(long, value_name = "PROFILE")]
    profile: Vec<String>,
    /// Only the i-th of n parts, cut by a stable hash of the ids
    #[arg(long, value_name = "i/n", value_parser = shard)]
    shard: Option<Shard>,
    /// Only cases that were not as expected in an earlier run: in its events or JSON report, or without a file in the last run in this
    /// folder
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    failed: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LevelName {
    Must,
    Should,
    Interop,
}

impl LevelName {
    fn is(self, level: Level) -> bool {
        matches!((self, level), (LevelName::Must, Level::Must) | (LevelName::Should, Level::Should) | (LevelName::Interop, Level::Interop))
    }
}

/// One part of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shard {
    index: u64,
    of: u64,
}

fn shard(text: &str) -> Result<Shard, String> {
    let wrong = || "write it as 1/4: the first of four".to_owned();
    let (index, of) = text.split_once('/').ok_or_else(wrong)?;
    let (index, of): (u64, u64) = (index.parse().map_err(|_| wrong())?, of.parse().map_err(|_| wrong())?);
    if (1..=of).contains(&index) { Ok(Shard { index, of }) } else { Err(wrong()) }
}

/// The selection, ready to be asked.
pub(super) struct Selector<'a> {
    options: &'a Selection,
    globs: Vec<(String, Cell<bool>)>,
    sections: Sections<'a>,
    operations: Vec<&'a str>,
    failed: Option<BTreeSet<String>>,
}

impl Selection {
    /// The part that was asked for, as it is told in events: `I/N`.
    pub(super) fn shard(&self) -> Option<String> {
        self.shard.map(|Shard { index, of }| format!("{index}/{of}"))
    }

    /// Whether nothing was said, so that everything is meant.
    pub(super) fn is_everything(&self) -> bool {
        self.globs.is_empty()
            && self.section.is_empty()
            && self.flag.is_empty()
            && self.level.is_empty()
            && self.operation.is_empty()
            && self.profile.is_empty()
            && self.shard.is_none()
            && self.failed.is_none()
    }

    /// Whether more than one kind of option narrows, so that each may match and all together nothing.
    pub(super) fn is_narrowed_twice(&self) -> bool {
        let lists = [self.globs.len(), self.section.len(), self.flag.len(), self.level.len(), self.operation.len(), self.profile.len()];
        lists.iter().filter(|length| **length > 0).count() > 1
    }

    /// Reads the globs and names. An id that is retired stands for the one in its place. A name that nothing in the set bears is a mistake of
    /// the caller. `profiles` are those of its fixtures.
    pub(super) fn selector<'p>(&self, corpus: &Corpus, profiles: impl Iterator<Item = &'p str>) -> Result<Selector<'_>, Fail> {
        let operations: Vec<&str> = Operation::ALL.iter().map(|operation| operation.as_str()).chain(["exchange"]).collect();
        all_known("operation", &self.operation, &operations)?;
        let flags = corpus.suites().iter().flat_map(|suite| &suite.flags).map(|(name, _)| name.as_str());
        all_known("flag", &self.flag, &flags.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>())?;
        let profiles = profiles.chain(shipped::TEXTS.map(|(name, _)| name));
        all_known("profile", &self.profile, &profiles.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>())?;
        let now = |id: &str| corpus.retired().now(id).unwrap_or(id).to_owned();
        let failed = self.failed.as_deref().map(last_run::read).transpose()?;
        Ok(Selector {
            options: self,
            globs: self.globs.iter().map(|glob| (now(glob), Cell::new(false))).collect(),
            sections: Sections::of(&self.section),
            operations: self.operation.iter().map(String::as_str).collect(),
            failed: failed.map(|ids| ids.iter().map(|id| now(id)).collect()),
        })
    }
}

fn all_known(what: &str, wanted: &[String], known: &[&str]) -> Result<(), Fail> {
    let Some(unknown) = wanted.iter().find(|name| !known.contains(&name.as_str())) else { return Ok(()) };
    let fail = Fail::usage(format!("there is no {what} {unknown:?}"));
    Err(match nearest(unknown, known.iter().copied()) {
        Some(name) => fail.hint(format!("did you mean {name}?")),
        None if known.is_empty() => fail,
        None => fail.hint(format!("there are {}", known.join(", "))),
    })
}

/// What is selected by: the same of a case and of an exchange.
struct Candidate<'a> {
    full_id: &'a str,
    operation: &'a str,
    level: Level,
    spec: &'a [Clause],
    flags: &'a [String],
    profile: Option<&'a str>,
}

impl Selector<'_> {
    /// Whether a case is selected.
    pub(super) fn takes(&self, case: &Case) -> bool {
        // Most runs select everything, and a hundred thousand ids need not be written for that.
        if self.options.is_everything() {
            return true;
        }
        self.takes_candidate(&Candidate {
            full_id: &case.full_id(),
            operation: case.question.operation().as_str(),
            level: case.level,
            spec: &case.spec,
            flags: &case.flags,
            profile: None,
        })
    }

    /// Whether an exchange of a provider fixture is selected. Its findings are demanded, so it counts as `must`.
    pub(super) fn takes_exchange(&self, full_id: &str, profile: &str) -> bool {
        if self.options.is_everything() {
            return true;
        }
        self.takes_candidate(&Candidate {
            full_id,
            operation: "exchange",
            level: Level::Must,
            spec: &[],
            flags: &[],
            profile: Some(profile),
        })
    }

    fn takes_candidate(&self, candidate: &Candidate<'_>) -> bool {
        let options = self.options;
        let mut named = self.globs.is_empty();
        for (pattern, used) in &self.globs {
            if glob::matches(pattern, candidate.full_id) {
                used.set(true);
                named = true;
            }
        }
        let of_section = self.sections.take(candidate.spec);
        named
            && self.failed.as_ref().is_none_or(|failed| failed.contains(candidate.full_id))
            && of_section
            && (options.flag.is_empty() || options.flag.iter().any(|flag| candidate.flags.contains(flag)))
            && (options.level.is_empty() || options.level.iter().any(|level| level.is(candidate.level)))
            && (self.operations.is_empty() || self.operations.contains(&candidate.operation))
            && (options.profile.is_empty() || options.profile.iter().any(|profile| Some(profile.as_str()) == candidate.profile))
            && options.shard.is_none_or(|shard| hash(candidate.full_id) % shard.of == shard.index - 1)
    }

    /// An error for the first section that no case is of, or the first glob that matched nothing; `ids` are those that there are.
    pub(super) fn check(&self, ids: &[String]) -> Result<(), Fail> {
        self.sections.check()?;
        let Some((glob, _)) = self.globs.iter().find(|(_, used)| !used.get()) else { return Ok(()) };
        let fail = Fail::usage(format!("no case matches {glob:?}"));
        Err(match meant(glob, ids) {
            Some(near) => fail.hint(format!("did you mean {near}")),
            None => fail.hint("`countersign list cases` shows all ids"),
        })
    }
}

/// FNV-1a with 64 bits: stable over versions, machines and languages.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, octet| (hash ^ u64::from(octet)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_read_and_cut_the_same_way_everywhere() {
        assert_eq!(shard("2/4"), Ok(Shard { index: 2, of: 4 }));
        for text in ["", "1", "0/4", "5/4", "1/0", "a/b", "-1/2"] {
            assert!(shard(text).is_err(), "{text}");
        }
        // The published test value of FNV-1a for `a`.
        assert_eq!(hash("a"), 0xaf63_dc4c_8601_ec8c);
    }
}
