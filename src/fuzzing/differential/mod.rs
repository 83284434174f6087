//! Differential fuzzing of an implementation: requests that nobody wrote down, put to it and to the reference (or to another one), and every
//! difference shrunk, diagnosed and kept once.
//!
//! | room | what it holds |
//! |---|---|
//! | [`axes`] | in which directions requests leave the common subset, and requests that do |
//! | [`breaks`] | how often somebody broke, and how often he may |
//! | [`verifying`] | received requests: as signed, written differently, changed in one place |
//! | [`search`] | the search itself |
//! | [`shrink`] | smaller requests that still differ |
//! | [`find`] | what was found |
//! | [`saved`] | its vector file |
//! | [`mod@told`] | a find in words |

pub mod axes;
pub mod breaks;
pub mod find;
pub mod saved;
pub mod search;
pub mod shrink;
pub mod told;
pub mod verifying;

#[cfg(test)]
mod tests;

pub use breaks::Breaks;
pub use find::{Agreement, Control, Find, Kind, Standard};
pub use search::{Limits, Progress, Search, Searched, Watch};
pub use told::told;
