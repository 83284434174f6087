//! How often an implementation broke, and how often it may: counted once for every answer that comes in, whatever becomes of it.

use crate::implementation::Observation;

/// A count of breaks with a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Breaks {
    count: u32,
    most: u32,
}

impl Breaks {
    /// None so far, of so many; with a budget of none the first is one too many.
    #[must_use]
    pub const fn of(most: u32) -> Breaks {
        Breaks { count: 0, most }
    }

    /// Counts an answer, if it is a break.
    pub fn hear(&mut self, observation: &Observation) {
        if matches!(observation, Observation::Broke { .. }) {
            self.count = self.count.saturating_add(1);
        }
    }

    /// Whether it broke more often than it may, and is to be asked no more.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        self.count > self.most
    }
}
