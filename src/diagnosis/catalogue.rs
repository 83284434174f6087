//! The causes that a search considers: departures of the table and those mistakes of input that the request suggests, sorted by stage.

use super::evidence::Subject;
use crate::deviation::{Cause, Input, Rank, Side, Stage, all, synonym};

/// A cause by its number.
pub type Number = u16;

/// Numbers of causes, in the order of their stages.
pub type Set = Vec<Number>;

/// The considered causes, in the order of their stages.
#[derive(Debug)]
pub struct Catalogue {
    causes: Vec<Cause>,
    ranks: Vec<Rank>,
}

/// The methods that may have been signed in place of the right one.
const METHODS: [&str; 7] = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"];

/// The most parameters whose absence is considered.
const MOST_PARAMETERS: usize = 40;

impl Catalogue {
    /// The causes for a request, of at least this rank, with or without mistakes of input.
    #[must_use]
    pub fn of(subject: &Subject<'_>, least: Rank, with_inputs: bool) -> Catalogue {
        let table = all().filter(|deviation| deviation.stage.side() == Side::Signing && deviation.rank <= least);
        let mut causes: Vec<(Cause, Rank)> = table.map(|deviation| (Cause::Deviation(deviation), deviation.rank)).collect();
        if with_inputs && least > Rank::Common {
            causes.extend(inputs(subject).into_iter().map(|input| (Cause::Input(input), Rank::Seen)));
        }
        causes.sort_by_key(|(cause, rank)| (cause.stage(), *rank));
        let (causes, ranks) = causes.into_iter().unzip();
        Catalogue { causes, ranks }
    }

    /// These causes and no others.
    #[must_use]
    pub fn among(few: &[Cause]) -> Catalogue {
        let rank = |cause: &Cause| match cause {
            Cause::Deviation(deviation) => deviation.rank,
            Cause::Input(_) => Rank::Seen,
        };
        let mut causes: Vec<(Cause, Rank)> = few.iter().map(|cause| (cause.clone(), rank(cause))).collect();
        causes.retain(|(cause, _)| cause.stage().side() == Side::Signing);
        causes.sort_by_key(|(cause, rank)| (cause.stage(), *rank));
        let (causes, ranks) = causes.into_iter().unzip();
        Catalogue { causes, ranks }
    }

    /// A cause.
    #[must_use]
    pub fn cause(&self, number: Number) -> Option<&Cause> {
        self.causes.get(usize::from(number))
    }

    /// How common it is.
    #[must_use]
    pub fn rank(&self, number: Number) -> Rank {
        self.ranks.get(usize::from(number)).copied().unwrap_or(Rank::Plausible)
    }

    /// The numbers of the causes of some stages, in the order of their stages.
    #[must_use]
    pub fn of_stages(&self, wanted: impl Fn(Stage) -> bool) -> Set {
        self.causes.iter().zip(0..).filter(|(cause, _)| wanted(cause.stage())).map(|(_, number)| number).collect()
    }

    /// The causes of a set.
    pub fn causes<'a>(&'a self, set: &'a [Number]) -> impl Iterator<Item = &'a Cause> + Clone {
        set.iter().filter_map(|number| self.cause(*number))
    }

    /// The stage of the last cause of a set.
    #[must_use]
    pub fn last_stage(&self, set: &[Number]) -> Option<Stage> {
        self.cause(*set.last()?).map(Cause::stage)
    }
}

/// The mistakes of input that a request suggests.
fn inputs(subject: &Subject<'_>) -> Vec<Input> {
    let request = subject.request;
    let mut inputs: Vec<Input> = METHODS
        .iter()
        .filter(|method| !request.method.eq_ignore_ascii_case(method.as_bytes()))
        .map(|method| Input::Method((*method).to_owned()))
        .collect();
    inputs.push(Input::Scheme(if request.url.is_https() { "http" } else { "https" }.to_owned()));
    inputs.extend(subject.hosts.iter().map(|host| Input::Host(host.clone())));
    inputs.extend(subject.paths.iter().map(|path| Input::Path(path.clone())));
    if request.body.is_some() {
        inputs.push(if matches!(request.form(), Ok(Some(_))) { Input::BodyNotForm } else { Input::BodyAsForm });
    }
    let mut all = crate::protocol::Parameters::new();
    if request.gather(&mut all).is_ok() {
        let mut names: Vec<&[u8]> = all.iter().map(|parameter| parameter.name).filter(|name| *name != b"oauth_signature").collect();
        names.sort_unstable();
        names.dedup();
        // A name that is no text cannot stand in an id.
        let names = names.into_iter().filter_map(|name| std::str::from_utf8(name).ok()).filter(|name| !name.is_empty());
        inputs.extend(names.take(MOST_PARAMETERS).map(|name| Input::Without(name.to_owned())));
    }
    // What the table names too is named by the table.
    inputs.retain(|input| synonym(input).is_none());
    inputs
}
