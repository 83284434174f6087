//! countersign
pub mod intake;
pub mod profile;
pub mod protocol;
