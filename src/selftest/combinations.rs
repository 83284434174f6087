//! Which departures are tried together: random ones, the same for the same seed.

use super::Plan;
use crate::deviation::{Deviation, Side, Stage};

/// Random combinations of departures of signing, of different stages, each once: fewer than were asked for where there are not so many.
pub(super) fn combinations(deviations: &[&'static Deviation], plan: &Plan<'_>) -> Vec<Vec<&'static Deviation>> {
    let signing: Vec<_> = deviations.iter().filter(|deviation| deviation.stage.side() == Side::Signing).copied().collect();
    let mut numbers = Numbers(plan.seed);
    let mut choose = |size: usize| {
        let mut chosen: Vec<&'static Deviation> = Vec::new();
        // A table of one stage alone would never give two.
        for _ in 0..1000 {
            let Some(deviation) = signing.get(numbers.below(signing.len())) else { break };
            let clashes = |other: &&Deviation| other.stage == deviation.stage || excludes(other.stage, deviation.stage);
            if !chosen.iter().any(clashes) {
                chosen.push(deviation);
            }
            if chosen.len() == size {
                break;
            }
        }
        chosen
    };
    let mut combinations: Vec<Vec<&'static Deviation>> = Vec::new();
    for size in std::iter::repeat_n(2, plan.pairs).chain(std::iter::repeat_n(3, plan.triples)) {
        // Of few departures there may be no other combination.
        for _ in 0..50 {
            let chosen = choose(size);
            let is_same = |known: &Vec<&'static Deviation>| known.len() == chosen.len() && known.iter().all(|one| chosen.contains(one));
            if chosen.len() > 1 && !combinations.iter().any(is_same) {
                combinations.push(chosen);
                break;
            }
        }
    }
    combinations
}

/// Whether the later of two stages hides the earlier one: a URI that is another one as a whole has no parts.
fn excludes(one: Stage, other: Stage) -> bool {
    (one == Stage::Uri && other.is_uri()) || (other == Stage::Uri && one.is_uri())
}

/// Reproducible random numbers (SplitMix64): the same seed, the same combinations.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let bound = u64::try_from(bound).unwrap_or(u64::MAX).max(1);
        usize::try_from((mixed ^ (mixed >> 31)) % bound).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deviation::all;

    fn drawn(ids: &[&str], pairs: usize, triples: usize, seed: u64) -> Vec<Vec<&'static str>> {
        let deviations: Vec<_> = all().filter(|deviation| ids.is_empty() || ids.contains(&deviation.id)).collect();
        let plan = Plan { pairs, triples, seed, takes: &|_| true, watch: &|_, _| {} };
        combinations(&deviations, &plan).into_iter().map(|several| several.into_iter().map(|one| one.id).collect()).collect()
    }

    #[test]
    fn each_combination_is_drawn_once_and_the_same_for_the_same_seed() {
        let few = ["uri.user-kept", "method.lower-case", "join.comma-and-blank"];
        let mut all_of_them: Vec<Vec<&str>> = drawn(&few, 9, 9, 1);
        all_of_them.iter_mut().for_each(|ids| ids.sort_unstable());
        all_of_them.sort_unstable();
        assert_eq!(
            all_of_them,
            [
                vec!["join.comma-and-blank", "method.lower-case"],
                vec!["join.comma-and-blank", "method.lower-case", "uri.user-kept"],
                vec!["join.comma-and-blank", "uri.user-kept"],
                vec!["method.lower-case", "uri.user-kept"],
            ]
        );
        let many = drawn(&[], 20, 20, 7);
        assert_eq!(many.iter().map(Vec::len).collect::<Vec<_>>(), [[2; 20], [3; 20]].concat());
        assert_eq!(many, drawn(&[], 20, 20, 7));
        assert_ne!(many, drawn(&[], 20, 20, 8));
    }

    #[test]
    fn departures_of_one_stage_are_not_drawn_together() {
        assert_eq!(drawn(&["method.lower-case", "method.capitalized"], 3, 3, 1), Vec::<Vec<&str>>::new());
        assert_eq!(drawn(&[], 0, 0, 1), Vec::<Vec<&str>>::new());
    }
}
