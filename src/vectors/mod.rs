//! The questions: vector files of format 1 (`vectors/README.md`), read, checked and embedded.

pub mod answer;
pub mod case;
pub mod question;
pub mod text;

pub use answer::{Expectation, Output, Stages};
pub use case::{Case, Clause, Level, Place, Provenance, SourceKind, Status};
pub use question::{Operation, Question};
pub use text::{Pair, Text};
