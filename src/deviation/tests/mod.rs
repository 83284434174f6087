//! The table against figures that were computed elsewhere, and against itself.

mod effects;
mod evidence;
mod probes;
mod probes_request;
mod samples;
