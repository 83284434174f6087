//! What people paste, and what providers answer: pure readers of text from outside, which never fail on it.
//!
//! | room | what it reads |
//! |---|---|
//! | [`pasted`] | a request as people paste it: HTTP text, a `curl` command, a HAR file |
//! | [`signed`] | its protocol parameters and signature, and what is left to be signed again |
//! | [`answer`] | what a server's answer says of the request: base string, expected signature, clock |
//! | [`problem`] | the problem that an error answer names, from wherever it stands, with its companions |
//! | [`shape`] | the form of a body: HTML, XML, JSON, form, text |
//! | [`text`] | problems inside running text and markup |
//!
//! ```
//! use countersign::intake::{Answer, SignedRequest, pasted};
//!
//! let text = br#"curl https://api.example.com/x -H 'Authorization: OAuth, oauth_nonce="a1b2c3d4", oauth_signature="b+c="'"#;
//! let pasted = pasted::any::read(text, None, None)?;
//! let signed = SignedRequest::read(&pasted.request)?;
//! assert_eq!(signed.signature.as_deref(), Some(&b"b+c="[..]));
//! assert_eq!(signed.findings[0].what, "a comma follows the scheme");
//! assert_eq!(signed.requirements(None)[0].what, "oauth_consumer_key is missing");
//!
//! let answer = Answer::read(Some(401), &vec![], b"Invalid signature. Expected signature base string: GET&https%3A%2F%2Fh%2F&a%3Db");
//! assert_eq!(answer.base_strings, [b"GET&https%3A%2F%2Fh%2F&a%3Db"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
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

pub mod answer;
pub mod pasted;
pub mod problem;
pub mod shape;
pub mod signed;
pub mod text;

pub use answer::Answer;
pub use pasted::{IntakeError, Pasted, PastedRequest, PastedResponse};
pub use problem::{Problem, read};
pub use shape::{Place, Shape};
pub use signed::{Finding, SignedRequest, Weight};
