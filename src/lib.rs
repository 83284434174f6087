//! countersign
pub mod implementation;
pub mod intake;
pub mod judgement;
pub mod profile;
pub mod protocol;
pub mod vectors;
