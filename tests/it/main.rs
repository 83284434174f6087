//! Tests of the whole, one module a subject.

mod layers;
mod profiles;
mod readme;
mod testing;
