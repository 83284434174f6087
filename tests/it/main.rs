//! Tests of the whole, one module a subject.

mod cli;
mod deviant_verifiers;
mod layers;
mod profiles;
mod readme;
#[cfg(feature = "sandbox")]
mod sandbox;
mod testing;
