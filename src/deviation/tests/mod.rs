//! The table against figures that were computed elsewhere, and against itself.

mod details;
mod effects_request;
mod effects_sending;
mod effects_signing;
mod evidence;
mod measured;
mod probes_request;
mod probes_signing;
mod requests;
mod samples;
