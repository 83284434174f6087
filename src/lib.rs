//! countersign
pub mod protocol;
