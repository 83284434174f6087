//! Tests of the whole, one module a subject.

mod deviant_verifiers;
mod layers;
mod profiles;
