//! The questions: vector files of format 1 (`vectors/README.md`), read, checked and embedded.
//!
//! | room | what it holds |
//! |---|---|
//! | [`case`], [`question`], [`answer`], [`text`] | a case, what it asks, what may be answered, and the values in both |
//! | [`needs`] | what an implementation must offer to be asked a case |
//! | [`corpus`], [`embedded`], [`retired`] | a set of files, the one that comes along, and what became of old ids |
//! | [`read`], [`load`], [`load_error`] | from files and texts to cases, with limits, and what can be wrong |
//! | [`lint`], [`recompute`], [`mod@format`], [`export`], [`mod@add`], [`evidence`] | care of vector files |
//! | [`recorded`], [`plain`] | exchanges written down: fixtures and HTTP archives; JSON in which nothing deceives |
//! | [`clauses`], [`glob`] | the specification's requirements with their cases, and patterns of ids |
//!
//! Nothing here asks anybody a question or judges an answer.

pub mod add;
pub mod answer;
pub mod case;
pub mod clauses;
pub mod corpus;
pub mod embedded;
pub mod evidence;
pub mod export;
pub mod format;
pub mod glob;
pub(crate) mod input;
pub mod lint;
pub mod load;
pub mod load_error;
pub mod needs;
pub mod plain;
pub mod question;
pub mod read;
pub mod recompute;
pub mod recorded;
pub mod retired;
pub mod text;

mod lines;
mod position;
mod register;
mod spot;
mod written;

#[cfg(test)]
mod tests;

pub use answer::{Expectation, Output, Stages};
pub use case::{Case, Clause, Level, Place, Provenance, SourceKind, Status};
pub use corpus::{Cases, Corpus};
pub use load_error::LoadError;
pub use needs::Need;
pub use question::{Operation, Question};
pub use read::Suite;
pub use text::{Pair, Text};
pub use written::Flag;
