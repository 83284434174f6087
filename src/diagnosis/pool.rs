//! Distinct values, each with the smallest sets of causes that give it. Values are found by the number of causes, fewest first, so that
//! the first sets of a value are its smallest.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

use super::catalogue::{Catalogue, Number, Set};

/// The most sets that are kept of one value.
pub const MOST_SETS: usize = 64;

/// Is asked whether one more value may be derived.
pub type May<'a> = &'a mut dyn FnMut() -> bool;

/// A value with what gives it.
#[derive(Clone, Debug)]
pub struct Item<V> {
    /// The value.
    pub value: V,
    /// The smallest sets of causes that give it, all of one size.
    pub sets: Vec<Set>,
}

impl<V> Item<V> {
    /// How many causes it takes.
    #[must_use]
    pub fn cost(&self) -> usize {
        self.sets.first().map_or(0, Vec::len)
    }
}

/// Distinct values by the number of causes.
#[derive(Debug)]
pub struct Pool<V> {
    items: Vec<Item<V>>,
    /// By key; the same on every run, so the hasher has no random state.
    places: HashMap<Vec<u8>, usize, BuildHasherDefault<DefaultHasher>>,
    /// Where the values of each cost begin.
    levels: Vec<usize>,
    /// The most values that are kept.
    most: usize,
    /// Whether nothing was left out so far.
    is_whole: bool,
}

impl<V> Pool<V> {
    /// A pool with the value that no cause gives: the specification's own.
    pub fn new(key: Vec<u8>, value: V, most: usize) -> Pool<V> {
        let mut pool = Pool { items: Vec::new(), places: HashMap::default(), levels: vec![0], most, is_whole: true };
        pool.add(&key, || value, Vec::new());
        pool.levels.push(pool.items.len());
        pool
    }

    /// The items of a cost; none if it was not reached.
    #[must_use]
    pub fn level(&self, cost: usize) -> &[Item<V>] {
        match (self.levels.get(cost), self.levels.get(cost + 1)) {
            (Some(start), Some(end)) => self.items.get(*start..*end).unwrap_or_default(),
            _ => &[],
        }
    }

    /// The place of a cost's first item among all items.
    #[must_use]
    pub fn start_of(&self, cost: usize) -> usize {
        self.levels.get(cost).copied().unwrap_or(self.items.len())
    }

    /// The greatest cost that was reached.
    #[must_use]
    pub fn reached(&self) -> usize {
        self.levels.len() - 2
    }

    /// All items.
    pub fn items(&self) -> &[Item<V>] {
        &self.items
    }

    /// All values, to be cleared.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.items.iter_mut().map(|item| &mut item.value)
    }

    /// Whether nothing was left out so far, for want of room or because somebody ended it.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Adds a value, unless it is there, and a set that gives it. A value that takes fewer causes is known already and keeps its sets.
    pub fn add(&mut self, key: &[u8], value: impl FnOnce() -> V, set: Set) {
        match self.places.get(key) {
            Some(&place) => {
                if let Some(item) = self.items.get_mut(place)
                    && item.cost() == set.len()
                    && item.sets.len() < MOST_SETS
                    && !item.sets.contains(&set)
                {
                    item.sets.push(set);
                }
            }
            None if self.items.len() < self.most => {
                self.places.insert(key.to_vec(), self.items.len());
                self.items.push(Item { value: value(), sets: vec![set] });
            }
            None => self.is_whole = false,
        }
    }

    /// Ends a level: what was added since is of the next cost.
    pub fn end_level(&mut self) {
        self.levels.push(self.items.len());
    }

    /// Ends a level before its end.
    pub fn cut_level(&mut self) {
        self.is_whole = false;
        self.end_level();
    }

    /// Adds the level behind the last: every set of that level with one more cause of a later stage. `derive` gives key and value of a
    /// set, or nothing if it does not apply; a cause that changes nothing is left out.
    ///
    /// `may` is asked before each derivation; once it says no, the rest of the level is left out.
    ///
    /// Behind the second level only those causes are tried that changed something before: what has no effect alone or beside one other
    /// is taken to have none.
    pub fn grow(
        &mut self,
        catalogue: &Catalogue,
        numbers: &[Number],
        may: May<'_>,
        mut derive: impl FnMut(&[Number]) -> Option<(Vec<u8>, V)>,
    ) {
        let last = self.reached();
        let effective: Vec<Number>;
        let numbers = if last < 2 {
            numbers
        } else {
            let used = |number: &&Number| self.items.iter().any(|item| item.sets.iter().any(|set| set.contains(*number)));
            effective = numbers.iter().filter(used).copied().collect();
            &effective
        };
        let Some(start) = self.levels.get(last).copied() else { return };
        let end = self.items.len();
        for place in start..end {
            let sets = self.items.get(place).map(|item| item.sets.clone()).unwrap_or_default();
            for set in sets {
                let behind = catalogue.last_stage(&set);
                for &number in numbers {
                    let stage = catalogue.cause(number).map(crate::deviation::Cause::stage);
                    if behind.is_some() && stage <= behind {
                        continue;
                    }
                    if !may() {
                        return self.cut_level();
                    }
                    let mut longer = set.clone();
                    longer.push(number);
                    if let Some((key, value)) = derive(&longer)
                        && self.places.get(&key) != Some(&place)
                    {
                        self.add(&key, || value, longer);
                    }
                }
            }
        }
        self.end_level();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_is_whole_until_something_is_left_out() {
        let mut pool = Pool::new(b"own".to_vec(), 0, 2);
        pool.add(b"one", || 1, vec![1]);
        pool.add(b"one", || 1, vec![2]);
        pool.end_level();
        assert!(pool.is_whole());
        assert_eq!(pool.level(1).iter().map(|item| (item.value, item.sets.clone())).collect::<Vec<_>>(), [(1, vec![vec![1], vec![2]])]);
        pool.add(b"two", || 2, vec![3]);
        assert!(!pool.is_whole());
        let mut ended = Pool::new(Vec::new(), (), 2);
        ended.cut_level();
        assert!(!ended.is_whole());
    }
}
