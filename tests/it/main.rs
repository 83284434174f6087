//! Tests of the whole, one module a subject.

mod cli;
mod layers;
mod profiles;
mod readme;
mod testing;
