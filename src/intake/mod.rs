//! What people paste, and what providers answer: pure readers of text from outside, which never fail on it.
//!
//! | room | what it reads |
//! |---|---|
//! | [`problem`] | the problem that an error answer names, from wherever it stands, with its companions |
//! | [`shape`] | the form of a body: HTML, XML, JSON, form, text |
//! | [`text`] | problems inside running text and markup |
//!
//! Nothing here says whether an answer is right: that is the business of a profile's rules.

pub mod problem;
pub mod shape;
pub mod text;

pub use problem::{Problem, read};
pub use shape::{Place, Shape};
