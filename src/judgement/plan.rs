//! What a run will do, counted in a first pass over the cases: how many are selected, and which cases are controls of those. The second
//! pass, the run itself, can then stream: no case waits for another, and memory does not grow with their number.

use std::collections::HashMap;

use crate::vectors::{Case, Status};

/// The most controls that may stand behind the first case that names them. Each is kept until it is needed; a control that stands before
/// its cases, as it should, is not.
pub const MAX_KEPT_CONTROLS: usize = 256;

/// The selected cases' number and their controls.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    selected: u64,
    kept: usize,
    /// Suite, id, place in `controls`.
    places: HashMap<Box<str>, HashMap<Box<str>, usize>>,
    /// The control itself, where it stands behind a case that needs it.
    controls: Vec<Option<Case>>,
}

/// Why no plan can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more than {MAX_KEPT_CONTROLS} controls stand behind the cases that name them")]
pub struct TooManyControls;

impl Plan {
    /// Takes a case in; all cases of the set are given, in their order. Withdrawn cases are never put, whether selected or not.
    ///
    /// # Errors
    /// If too many controls would have to be kept.
    pub fn add(&mut self, case: &Case, selected: bool) -> Result<(), TooManyControls> {
        if let Some(place) = self.place(&case.suite, &case.id)
            && case.status != Status::Withdrawn
            && let Some(control) = self.controls.get_mut(place)
        {
            if self.kept == MAX_KEPT_CONTROLS {
                return Err(TooManyControls);
            }
            self.kept += 1;
            *control = Some(case.clone());
        }
        if !selected || case.status == Status::Withdrawn {
            return Ok(());
        }
        self.selected += 1;
        if case.expectation.admits_refusal()
            && let Some(control) = &case.control
        {
            self.want(control);
        }
        Ok(())
    }

    /// Counts something that is put beside the cases: an exchange.
    pub fn add_exchange(&mut self) {
        self.selected += 1;
    }

    /// How many cases will be put.
    #[must_use]
    pub const fn selected(&self) -> u64 {
        self.selected
    }

    /// How many different controls there are.
    pub(super) fn controls(&self) -> usize {
        self.controls.len()
    }

    /// The place of a control, if the case with this id is one.
    pub(super) fn place(&self, suite: &str, id: &str) -> Option<usize> {
        self.places.get(suite)?.get(id).copied()
    }

    /// The place of the control with this full id.
    pub(super) fn place_of(&self, full_id: &str) -> Option<usize> {
        let (suite, id) = full_id.split_once('/')?;
        self.place(suite, id)
    }

    /// A control that stands behind the first case that needs it.
    pub(super) fn kept(&self, place: usize) -> Option<&Case> {
        self.controls.get(place)?.as_ref()
    }

    fn want(&mut self, full_id: &str) {
        let Some((suite, id)) = full_id.split_once('/') else { return };
        if self.place(suite, id).is_some() {
            return;
        }
        self.places.entry(suite.into()).or_default().insert(id.into(), self.controls.len());
        self.controls.push(None);
    }
}
