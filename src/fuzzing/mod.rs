//! Fuzzing: requests that nobody thought of, put to implementations beside the reference, and laws that hold for any input.
//!
//! | room | what it holds |
//! |---|---|
//! | [`differential`] | an implementation beside the reference: what differs, shrunk, diagnosed, kept once |
//! | `laws` | what must hold whatever the input (feature `fuzzing`); the targets of `fuzz/` and tests call them |
//! | [`numbers`] | numbers that come from a seed |
//!
//! Nothing here looks at a clock, a file or chance.

pub mod differential;
#[cfg(any(test, feature = "fuzzing"))]
pub mod laws;
pub mod numbers;
