//! How it is told: pure functions from finished runs, cases and derivations to text. Nothing here prints, looks at a clock or asks whether
//! there is a terminal; the same input gives the same octets.
//!
//! | room | what it writes |
//! |---|---|
//! | [`text()`] | runs for a terminal |
//! | [`json()`] | runs as JSON, format 1 |
//! | `junit` | runs as JUnit XML, with the feature `cli` |
//! | [`tap()`], [`sarif()`], [`markdown()`], [`github()`], [`badge()`] | runs for other programs and pages |
//! | `html` | runs as one page for a browser, with the feature `cli` |
//! | [`changes`] | what changed between two runs |
//! | [`format`](mod@format) | all of these by their names |
//! | [`explain()`] | the derivation of a case, clause by clause |
//! | [`explanation()`] | a request that did not get through, explained |
//! | [`deviation_page()`] | all about one deviation |
//! | [`selftest()`] | whether the vectors have teeth |
//! | [`sign()`] | the derivation of one request, and the lines to send and recompute it |
//! | [`escape`], [`page`], [`paint`], [`shell`] | foreign text made harmless, lines and wrapping, colours, quoting |

pub mod badge;
pub mod changes;
pub mod deviation_page;
pub mod escape;
pub mod explain;
pub mod explanation;
pub mod format;
pub mod github;
#[cfg(feature = "reports")]
pub mod html;
pub mod json;
#[cfg(feature = "reports")]
pub mod junit;
pub mod markdown;
pub mod page;
pub mod paint;
pub mod probed;
pub mod sarif;
pub mod selftest;
pub mod shell;
pub mod sign;
pub mod tap;
pub mod text;

mod commands;
mod diagnosis;
mod failure;
mod foreseen;
mod mark;
mod matrix;
mod words;

#[cfg(test)]
mod tests;

pub use badge::badge;
pub use deviation_page::{deviation_document, deviation_json, deviation_page};
pub use diagnosis::causes;
pub use explain::explain;
pub use explanation::{ExplanationOptions, explanation, explanation_json};
pub use failure::failure;
pub use format::{Format, render};
pub use github::github;
#[cfg(feature = "reports")]
pub use html::html;
pub use json::{json, read_json};
#[cfg(feature = "reports")]
pub use junit::junit;
pub use markdown::markdown;
pub use page::Layout;
pub use paint::Colour;
pub use sarif::sarif;
pub use selftest::{kills, selftest, selftest_json};
pub use sign::{Disclosure, SignedRequest, sign, sign_json};
pub use tap::tap;
pub use text::{TextOptions, text};
