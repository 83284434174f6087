//! Where a search has looked, and what it leaves aside: axes and changes along which something unexplained was found. More of it would be
//! found and nothing else.

use std::collections::BTreeSet;

use super::super::axes::AXES;

/// Names of axes and changes. Every question asks for those of its axes, so that they are known by their numbers.
#[derive(Debug, Default)]
pub(super) struct Names {
    all: BTreeSet<&'static str>,
    /// The numbers of those that are axes, one bit each.
    axes: u64,
}

// One bit each.
const _: () = assert!(AXES.len() <= u64::BITS as usize);

impl Names {
    pub(super) fn contains(&self, name: &str) -> bool {
        self.all.contains(name)
    }

    /// Whether the axis of this number is one of them.
    pub(super) const fn has_axis(&self, number: usize) -> bool {
        self.axes >> number & 1 == 1
    }

    pub(super) fn extend(&mut self, names: &[&'static str]) {
        for name in names {
            self.all.insert(name);
            if let Some(number) = AXES.iter().position(|axis| axis.name == *name) {
                self.axes |= 1 << number;
            }
        }
    }

    /// Adds axes by their numbers.
    pub(super) fn extend_with_axes(&mut self, numbers: &[usize]) {
        for number in numbers {
            if !self.has_axis(*number) {
                self.axes |= 1 << *number;
                self.all.extend(AXES.get(*number).map(|axis| axis.name));
            }
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn into_set(self) -> BTreeSet<&'static str> {
        self.all
    }
}
