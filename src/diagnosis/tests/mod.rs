//! Diagnoses of values that departures gave.

mod singles;
