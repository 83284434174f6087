//! Tests of the whole, one module a subject.

mod cli;
mod deviant_verifiers;
mod layers;
mod pages;
#[cfg(all(feature = "probe", feature = "sandbox"))]
mod probe;
mod profiles;
mod readme;
#[cfg(feature = "sandbox")]
mod sandbox;
mod testing;
