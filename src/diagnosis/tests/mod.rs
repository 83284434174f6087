//! Diagnoses of values that departures gave.

pub(super) mod singles;
