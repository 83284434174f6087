//! Tests of the table.

mod effects_signing;
mod probes_signing;
mod requests;
