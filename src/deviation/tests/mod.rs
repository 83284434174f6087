//! The table against figures that were computed elsewhere, and against itself.

mod details;
mod effects;
mod evidence;
mod measured;
mod probes;
mod probes_request;
mod samples;
