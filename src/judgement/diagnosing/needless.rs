//! What failures say of each other's causes. What explains one may be the simplest by itself; when the whole run is known, the mistakes that
//! others show may explain it too, and may not go together with it. Who makes those need not make one more.

use std::collections::HashMap;

use super::signing::LEAST;
use super::{Kin, RunDiagnosis, Witness, ids};
use crate::deviation::{Cause, Conduct};
use crate::diagnosis::{Diagnosis, Outcome};
use crate::implementation::Reference;
use crate::vectors::Operation;

/// A set that is the only explanation of failures, and their places.
pub(super) type Group = (Vec<Cause>, Vec<usize>);

/// The most failures of a group that are asked about another set.
const MOST_ASKED: usize = 50;

impl RunDiagnosis<'_> {
    /// The sets that are the only explanation of failures; those of `verify` are left out, because one bit is explained by many.
    pub(super) fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for place in self.places(|operation| operation != Operation::Verify) {
            let Some(Diagnosis { outcome: Outcome::Explained, sets, .. }) = self.found.get(place) else { continue };
            let [set] = sets.as_slice() else { continue };
            match groups.iter_mut().find(|(known, _)| known == set) {
                Some((_, places)) => places.push(place),
                None => groups.push((set.clone(), vec![place])),
            }
        }
        groups
    }

    /// The failures of a group that its set does not explain together with another; none where the two cannot be together.
    fn contradict<'a>(&'a self, (own, places): &'a Group, set: &[Cause]) -> impl Iterator<Item = &'a Witness> + 'a {
        let more: Vec<Cause> = lasting(set).filter(|cause| !own.contains(cause)).cloned().collect();
        let is_asked = !more.is_empty() && !clashes(own, &more);
        let mut deviant = Reference::conducting(Conduct::of(own.iter().chain(&more)));
        let failures = places.iter().filter_map(|place| self.failures.get(*place)).filter(|failure| !failure.is_rsa());
        failures.take(if is_asked { MOST_ASKED } else { 0 }).filter(move |failure| !failure.is_answered_by(&mut deviant))
    }

    /// Where several sets explain a failure, those are kept whose causes take part in the most failures of the run: an implementation makes
    /// its mistakes everywhere. One that is left is the explanation.
    pub(super) fn settle(&mut self) {
        let groups = self.groups();
        let mut support: HashMap<String, usize> = HashMap::new();
        for diagnosis in &self.found {
            let mut ids = needed(diagnosis, &groups).into_iter().map(ids).collect::<Vec<_>>().concat();
            ids.sort_unstable();
            ids.dedup();
            ids.into_iter().for_each(|id| *support.entry(id).or_default() += 1);
        }
        // A set is as strong as its weakest cause.
        let strength = |set: &Vec<String>| {
            let each = || set.iter().map(|id| support.get(id).copied().unwrap_or(0));
            (each().min(), each().sum::<usize>())
        };
        for diagnosis in self.found.iter_mut().filter(|diagnosis| diagnosis.outcome == Outcome::Ambiguous) {
            let ids = diagnosis.ids();
            let most = ids.iter().map(strength).max();
            let mut is_kept = ids.iter().map(|ids| Some(strength(ids)) == most).collect::<Vec<_>>().into_iter();
            diagnosis.sets.retain(|_| is_kept.next().unwrap_or(true));
            if diagnosis.sets.len() == 1 {
                diagnosis.outcome = Outcome::Explained;
            }
        }
    }

    /// Puts the causes of other failures in the place of a set that is not needed beside them: together they explain all of its failures,
    /// and each of them explains more by itself, or those that do speak against it.
    pub(super) fn replace_needless(&mut self) {
        let mut groups = self.groups();
        groups.sort_by_key(|(_, places)| places.len());
        let mut place = 0;
        while let Some((set, failures)) = groups.get(place) {
            match self.without(set, failures, &groups) {
                Some(instead) => {
                    for (failure, diagnosis) in instead {
                        self.set(failure, diagnosis);
                    }
                    groups.remove(place);
                }
                None => place += 1,
            }
        }
    }

    /// Diagnoses of these failures without their set, if it is not needed.
    fn without(&mut self, set: &[Cause], failures: &[usize], groups: &[Group]) -> Option<Vec<(usize, Diagnosis)>> {
        let others: Vec<&Group> = groups.iter().filter(|(other, _)| other != set).collect();
        // Who makes one mistake and another makes both wherever either shows.
        let own: Group = (set.to_vec(), failures.to_vec());
        let speaks_against = |group: &Group| {
            clashes(&group.0, set) || self.contradict(group, set).next().is_some() || self.contradict(&own, &group.0).next().is_some()
        };
        let is_doubtful = others.iter().filter(|(_, places)| places.len() > failures.len()).any(|group| speaks_against(group));
        let least = if is_doubtful { 0 } else { failures.len() };
        let together = together(&others, least);
        if together.is_empty() || set.iter().all(|cause| together.contains(cause)) {
            return None;
        }
        let mut instead = Vec::new();
        for place in failures {
            let found = self.explained_by(self.failures.get(*place)?, &together)?;
            let before = self.found.get(*place)?;
            instead.push((*place, Diagnosis { tried: before.tried, complete: before.complete, note: before.note.clone(), ..found }));
        }
        Some(instead)
    }

    /// The diagnosis of a failure by those of some causes that it takes; nothing if they do not explain it.
    fn explained_by(&mut self, failure: &Witness, causes: &[Cause]) -> Option<Diagnosis> {
        if Kin::of(failure.question.operation()) == Kin::Signing {
            let found = self.one(failure, &[causes.to_vec()], &[], 0, LEAST);
            return (found.outcome == Outcome::Explained).then_some(found);
        }
        let gives = |causes: &[Cause]| failure.is_answered_by(&mut Reference::conducting(Conduct::of(causes)));
        let mut kept = causes.to_vec();
        if !gives(&kept) {
            return None;
        }
        let mut place = 0;
        while place < kept.len() {
            let mut fewer = kept.clone();
            fewer.remove(place);
            if gives(&fewer) {
                kept = fewer;
            } else {
                place += 1;
            }
        }
        Some(Diagnosis::of_sets(vec![kept]))
    }
}

/// The sets of a diagnosis that a failure speaks for: those that are the only explanation of others, or all of them. What such a set explains
/// too needs no other.
fn needed<'a>(diagnosis: &'a Diagnosis, groups: &[Group]) -> Vec<&'a [Cause]> {
    let all = || diagnosis.sets.iter().map(Vec::as_slice);
    let needed: Vec<&[Cause]> = all().filter(|set| groups.iter().any(|(own, _)| own == set)).collect();
    if needed.is_empty() { all().collect() } else { needed }
}

/// The causes that explain more failures than `least`, alone or beside others, the strongest first; one of each stage.
fn together(groups: &[&Group], least: usize) -> Vec<Cause> {
    let mut support: HashMap<String, (&Cause, usize)> = HashMap::new();
    for (set, places) in groups {
        for cause in lasting(set) {
            support.entry(cause.to_string()).or_insert((cause, 0)).1 += places.len();
        }
    }
    let mut strongest: Vec<(String, (&Cause, usize))> = support.into_iter().filter(|(_, (_, number))| *number > least).collect();
    strongest.sort_by(|(one, (_, of_one)), (other, (_, of_other))| of_other.cmp(of_one).then_with(|| one.cmp(other)));
    let mut together: Vec<Cause> = Vec::new();
    for (_, (cause, _)) in strongest {
        if !clashes(&together, std::slice::from_ref(cause)) {
            together.push(cause.clone());
        }
    }
    together
}

/// Whether two sets cannot be together: of two causes of one stage only one can be there.
pub(super) fn clashes(one: &[Cause], other: &[Cause]) -> bool {
    one.iter().any(|cause| other.iter().any(|known| known != cause && known.stage() == cause.stage()))
}

/// A mistake of input belongs to one request.
pub(super) fn lasting(set: &[Cause]) -> impl Iterator<Item = &Cause> {
    set.iter().filter(|cause| matches!(cause, Cause::Deviation(_)))
}
