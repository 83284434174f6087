//! What people paste, and what providers answer: pure readers of text from outside, which never fail on it.
//!
//! | room | what it reads |
//! |---|---|
//! | [`problem`] | the problem that an error answer names, from wherever it stands, with its companions |
//! | [`shape`] | the form of a body: HTML, XML, JSON, form, text |
//! | [`text`] | problems inside running text and markup |
//!
//! ```
//! let page = b"<h1>HTTP Status 401 - oauth_problem=timestamp_refused,oauth_acceptable_timestamps=1699999705-1700000305</h1>";
//! let answer = countersign::intake::read([("Content-Type", &b"text/html"[..])], page);
//! let problem = answer.problem.expect("the page names one");
//! assert_eq!((problem.name.as_str(), problem.place.as_str()), ("timestamp_refused", "html"));
//! assert_eq!(problem.acceptable_timestamps(), Some((1_699_999_705, 1_700_000_305)));
//! ```
//!
//! Nothing here says whether an answer is right: that is the business of a profile's rules.

pub mod pasted;
pub mod problem;
pub mod shape;
pub mod text;

pub use problem::{Problem, read};
pub use shape::{Place, Shape};
