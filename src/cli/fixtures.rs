//! The provider fixtures that come along: judged once in every run, whatever the adapters, because they are about our own reading;
//! and those that somebody has recorded.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use super::arguments::Vectors;
use super::fail::Fail;
use super::fixture_files::{self, Beside, Found};
use super::reports::Opened;
use super::selection::Selector;
use crate::implementation::{Description, Implementation as _, Reference};
use crate::judgement::{Again, ExitCode, Run, RunStart, Runner, Surroundings, judge_exchange};
use crate::profile::fixture::{Fixture, Fixtures as File, Status};
use crate::profile::{self, Profile, shipped};
use crate::vectors::{Corpus, embedded};

/// All fixtures and the profiles that they name.
pub(super) struct Fixtures {
    files: Vec<(Arc<str>, File)>,
    profiles: BTreeMap<String, Profile>,
}

/// One fixture of a file.
#[derive(Clone, Copy)]
pub(super) struct Exchange<'a> {
    suite: &'a Arc<str>,
    profile: &'a Profile,
    fixture: &'a Fixture,
}

impl Exchange<'_> {
    /// What it is about.
    pub(super) fn title(&self) -> &str {
        &self.fixture.title
    }

    /// `suite/id`.
    pub(super) fn full_id(&self) -> String {
        format!("{}/{}", self.suite, self.fixture.id)
    }
}

impl From<profile::LoadError> for Fail {
    fn from(error: profile::LoadError) -> Fail {
        let hint = error.hint.clone();
        let fail = Fail::work(error);
        match hint {
            Some(hint) => fail.hint(hint),
            None => fail,
        }
    }
}

/// The set that comes along, or what was named: vector files, and fixtures such as a recording.
pub(super) fn opened(vectors: &Vectors) -> Result<(Fixtures, Corpus), Fail> {
    if vectors.paths.is_empty() {
        return Ok((Fixtures::embedded()?, vectors.corpus()?));
    }
    let (fixtures, others) = Fixtures::among(&vectors.paths)?;
    let corpus = if others.is_empty() { Corpus::of_texts([])? } else { Vectors { paths: others }.corpus()? };
    Ok((fixtures, corpus))
}

impl Fixtures {
    /// Those that come along.
    pub(super) fn embedded() -> Result<Fixtures, Fail> {
        let mut fixtures = Fixtures::none();
        for (path, text) in embedded::files().iter().filter(|(path, _)| path.starts_with("fixtures/") && path.ends_with(".json")) {
            let file = File::parse(&format!("vectors/{path}"), text)?;
            if !fixtures.profiles.contains_key(&file.profile) {
                let profile = shipped::profile(&file.profile)
                    .ok_or_else(|| Fail::work(format!("vectors/{path}: there is no profile {:?}", file.profile)))?;
                fixtures.profiles.insert(file.profile.clone(), profile?);
            }
            fixtures.files.push((file.suite.as_str().into(), file));
        }
        Ok(fixtures)
    }

    /// None at all.
    const fn none() -> Fixtures {
        Fixtures { files: Vec::new(), profiles: BTreeMap::new() }
    }

    /// Those among these paths. The paths among which vector files are, are given back.
    pub(super) fn among(paths: &[PathBuf]) -> Result<(Fixtures, Vec<PathBuf>), Fail> {
        let (found, others) = fixture_files::among(paths)?;
        let mut fixtures = Fixtures::none();
        let mut seen = HashSet::new();
        for Found { file, profile } in &found {
            // What is named twice is read once, as a vector file is.
            if fs::canonicalize(file).map_or(true, |file| seen.insert(file)) {
                fixtures.read(file, profile)?;
            }
        }
        Ok((fixtures, others))
    }

    /// A file of one's own: its profile is there, or comes along.
    fn read(&mut self, path: &Path, beside: &Beside) -> Result<(), Fail> {
        let file = File::read(path)?;
        let beside = beside.file_of(&file.profile);
        let own = if beside.is_file() { Some(Profile::read(&beside)?) } else { None };
        let known = self.profiles.get(&file.profile);
        let profile = match own.filter(|profile| profile.id == file.profile) {
            Some(own) if known.is_some_and(|known| *known != own) => {
                let message = format!("{}: another {:?} was read before", beside.display(), file.profile);
                return Err(Fail::usage(message).hint("one run judges by one profile of a name"));
            }
            Some(own) => own,
            None => shipped::profile(&file.profile)
                .ok_or_else(|| Fail::work(format!("{}: there is no profile {:?}", path.display(), file.profile)))??,
        };
        let known =
            |suite: &str, id: &str| self.files.iter().any(|(other, file)| **other == *suite && file.cases.iter().any(|case| case.id == id));
        if let Some(twice) = file.cases.iter().find(|fixture| known(&file.suite, &fixture.id)) {
            let message = format!("{}: another fixture {}/{} was read before", path.display(), file.suite, twice.id);
            return Err(Fail::work(message).hint("an id is used once in a run"));
        }
        self.profiles.insert(file.profile.clone(), profile);
        self.files.push((file.suite.as_str().into(), file));
        Ok(())
    }

    /// The names of their profiles.
    pub(super) fn profiles(&self) -> impl Iterator<Item = &str> {
        self.profiles.keys().map(String::as_str)
    }

    /// All of them, in the order of files. Withdrawn ones are kept for reading only.
    pub(super) fn all(&self) -> impl Iterator<Item = Exchange<'_>> {
        self.files.iter().flat_map(|(suite, file)| {
            let profile = self.profiles.get(&file.profile);
            let active = file.cases.iter().filter(|fixture| fixture.status != Status::Withdrawn);
            active.filter_map(move |fixture| Some(Exchange { suite, profile: profile?, fixture }))
        })
    }

    /// Those that are selected.
    pub(super) fn selected(&self, selector: &Selector<'_>) -> Vec<Exchange<'_>> {
        self.all().filter(|exchange| selector.takes_exchange(&exchange.full_id(), &exchange.profile.id)).collect()
    }

    /// Judges them as a part of a run.
    pub(super) fn judge(&self, exchanges: &[Exchange<'_>], runner: &mut Runner<'_>) -> io::Result<()> {
        exchanges.iter().try_for_each(|exchange| runner.tell(&judge_exchange(exchange.profile, exchange.suite, exchange.fixture)))
    }

    /// Judges them in a run of their own, beside those of adapters; `None` if all is as expected. What is not stands in all reports.
    /// `vectors` asks about the same ones again.
    pub(super) fn own_run(
        &self,
        exchanges: &[Exchange<'_>],
        corpus: &Corpus,
        vectors: Vec<String>,
        reports: &mut Opened,
    ) -> Result<Option<Run>, Fail> {
        if exchanges.is_empty() {
            return Ok(None);
        }
        let mut run = Run::collector(false);
        let implementation = Description { name: "provider fixtures".to_owned(), ..Reference::new().description().clone() };
        let countersign = env!("CARGO_PKG_VERSION").to_owned();
        let suite_digest = if reports.need_digest() { corpus.digest()? } else { String::new() };
        let again = Again { vectors, ..Again::default() };
        let start = RunStart { countersign, suite_digest, implementation, selected: exchanges.len() as u64, again, ..RunStart::default() };
        let mut runner = Runner::start(start, Surroundings::STILL, &mut run)?;
        self.judge(exchanges, &mut runner)?;
        runner.finish()?;
        if run.exit_code() == ExitCode::AsExpected {
            return Ok(None);
        }
        if let Some(mut events) = reports.events() {
            run.tell(&mut events)?;
        }
        Ok(Some(run))
    }
}
