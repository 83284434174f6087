//! Tests of the table.

mod effects_sending;
mod effects_signing;
mod probes_signing;
mod requests;
