//! The provider fixtures that come along: judged once in every run, whatever the adapters, because they are about our own reading;
//! and those that somebody has recorded.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::fail::Fail;
use super::files;
use super::selection::Selector;
use crate::implementation::{Implementation as _, Reference};
use crate::judgement::{Run, RunStart, Runner, Surroundings, judge_exchange};
use crate::probe::record::{FIXTURES, PROFILE};
use crate::profile::fixture::{Fixture, Fixtures as File, Status};
use crate::profile::load::{MAX_FILE, Sort};
use crate::profile::{self, Profile, shipped};
use crate::vectors::embedded;

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

    /// Those among these paths: files of fixtures, and folders that were recorded. The other paths are given back.
    pub(super) fn among(paths: &[PathBuf]) -> Result<(Fixtures, Vec<PathBuf>), Fail> {
        let (mut fixtures, mut others) = (Fixtures::none(), Vec::new());
        for path in paths {
            let inside = path.join(FIXTURES);
            let file = if path.is_dir() { &inside } else { path };
            let is_one = file.is_file()
                && file.extension().is_some_and(|extension| extension == "json")
                // What cannot be read is told by who reads vector files.
                && files::octets(file, MAX_FILE).is_ok_and(|octets| Sort::of(&String::from_utf8_lossy(&octets)) == Sort::Fixtures);
            if is_one {
                fixtures.read(file)?;
            } else {
                others.push(path.clone());
            }
        }
        Ok((fixtures, others))
    }

    /// A file of one's own: its profile stands beside it, or comes along.
    fn read(&mut self, path: &Path) -> Result<(), Fail> {
        let file = File::read(path)?;
        let beside = path.with_file_name(PROFILE);
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
        self.profiles.insert(file.profile.clone(), profile);
        self.files.push((file.suite.as_str().into(), file));
        Ok(())
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

    /// Judges them in a run of their own; `None` if none is selected.
    pub(super) fn own_run(&self, exchanges: &[Exchange<'_>]) -> Result<Option<Run>, Fail> {
        if exchanges.is_empty() {
            return Ok(None);
        }
        let mut run = Run::collector(false);
        let start =
            RunStart { implementation: Reference::new().description().clone(), selected: exchanges.len() as u64, ..RunStart::default() };
        let mut runner = Runner::start(start, Surroundings::STILL, &mut run)?;
        self.judge(exchanges, &mut runner)?;
        runner.finish()?;
        Ok(Some(run))
    }
}
