//! Fuzzing: requests that nobody thought of, put to implementations beside the reference, and laws that hold for any input.
//!
//! | room | what it holds |
//! |---|---|
//! | `laws` | what must hold whatever the input (feature `fuzzing`); the targets of `fuzz/` and tests call them |
//!
//! Nothing here looks at a clock, a file or chance: numbers come from a seed.

#[cfg(any(test, feature = "fuzzing"))]
pub mod laws;
