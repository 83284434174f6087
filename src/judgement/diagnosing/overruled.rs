//! What failures say against each other's causes. A failure that one set explains alone speaks against another set that would have shown in
//! it: whoever makes that mistake too, or in place of it, gives another value there. A set that many more failures speak against than it
//! explains is no cause, although it gives the values of those.

use std::collections::HashMap;
use std::sync::Arc;

use super::needless::{Group, clashes, lasting};
use super::{NOTHING_ELSE, OUTWEIGHS, RunDiagnosis, Witness, ids};
use crate::deviation::{Cause, Conduct};
use crate::diagnosis::{Diagnosis, Outcome};
use crate::implementation::{Implementation as _, Reference};
use crate::vectors::Operation;

/// The most answers of deviants that are looked at for all sets of a run.
const MOST_ANSWERS: usize = 400_000;

/// A failure that speaks against a set, and the set that explains it.
type Speaker = (usize, Vec<Cause>);

impl RunDiagnosis<'_> {
    /// Takes back the sets that failures with other causes speak against. Where none is left, it is said which was taken back and by whom.
    pub(super) fn overrule(&mut self) {
        let groups = self.groups();
        let supports = self.supports();
        let mut left = MOST_ANSWERS;
        let mut known: HashMap<Vec<String>, Option<Speaker>> = HashMap::new();
        for place in self.places(|operation| operation != Operation::Verify) {
            let Some(diagnosis) = self.found.get(place) else { continue };
            if !matches!(diagnosis.outcome, Outcome::Explained | Outcome::Ambiguous) {
                continue;
            }
            let mut kept: Vec<Vec<Cause>> = Vec::new();
            let mut taken_back: Option<(Vec<String>, Speaker)> = None;
            for set in diagnosis.sets.clone() {
                let ids = ids(&set);
                let support = supports.get(&ids).copied().unwrap_or(1);
                let speaker = known.entry(ids.clone()).or_insert_with(|| self.who_overrules(&set, support, &groups, &mut left));
                match speaker {
                    Some(speaker) => taken_back = taken_back.or_else(|| Some((ids, speaker.clone()))),
                    None => kept.push(set),
                }
            }
            let Some((ids, (speaker, of))) = taken_back else { continue };
            let Some(diagnosis) = self.found.get_mut(place) else { continue };
            let (tried, complete) = (diagnosis.tried, diagnosis.complete);
            *diagnosis = Diagnosis { tried, complete, ..Diagnosis::of_sets(kept) };
            if diagnosis.outcome == Outcome::Unexplained {
                let who = self.failed.get(speaker).copied().filter(|name| !name.is_empty()).unwrap_or("another case");
                let of: Vec<String> = of.iter().map(ToString::to_string).collect();
                diagnosis.note =
                    Some(format!("{} gives this value, but not that of {who}, which {} explains", ids.join(" with "), of.join(" with ")));
            }
        }
    }

    /// The first of the failures that speak against a set, if they are many more than those that it explains.
    fn who_overrules(&self, set: &[Cause], support: usize, groups: &[Group], left: &mut usize) -> Option<Speaker> {
        let set: Vec<Cause> = lasting(set).cloned().collect();
        if set.is_empty() {
            return None;
        }
        let most = support.saturating_mul(OUTWEIGHS);
        // Fewer cannot speak against it.
        let stronger: Vec<&Group> = groups.iter().filter(|(own, places)| *own != set && places.len() > support).collect();
        if stronger.iter().map(|(_, places)| places.len()).sum::<usize>() <= most {
            return None;
        }
        let (mut first, mut count) = (None, 0);
        let mut alone = Reference::conducting(Conduct::of(&set));
        let mut none = Reference::new();
        for (own, places) in stronger {
            let others = own.iter().filter(|cause| !set.contains(cause) && !clashes(std::slice::from_ref(*cause), &set));
            let mut both = Reference::conducting(Conduct::of(set.iter().chain(others)));
            for place in places {
                let Some(failure) = self.failures.get(*place).filter(|failure| !failure.is_rsa()) else { continue };
                *left = left.checked_sub(1)?;
                let mut shows = || {
                    let right =
                        Witness { question: Arc::clone(&failure.question), observation: none.ask_for(&failure.question, NOTHING_ELSE) };
                    !right.is_answered_by(&mut alone)
                };
                if failure.is_answered_by(&mut both) || !shows() || failure.is_answered_by(&mut alone) {
                    continue;
                }
                first.get_or_insert_with(|| (*place, own.clone()));
                count += 1;
                if count > most {
                    return first;
                }
            }
        }
        None
    }
}
