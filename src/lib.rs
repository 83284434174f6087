//! countersign tells whether an OAuth 1.0a implementation (RFC 5849) signs, verifies and answers as the standard says and as a provider
//! documents.
//!
//! # Five words
//!
//! | word | meaning | type |
//! |---|---|---|
//! | case | one question, with what may be answered and the clause that says so | [`vectors::Case`] |
//! | implementation | whoever is asked: the reference, a program behind the adapter protocol | [`implementation::Implementation`] |
//! | observation | what it did: answered, refused, does not offer this, or broke | [`implementation::Observation`] |
//! | verdict | what follows from expectation and observation | [`judgement::Verdict`] |
//! | recipe | the decisions of RFC 5849 section 3.4 as a record of functions | [`protocol::Recipe`] |
//!
//! # The one flow
//!
//! ```text
//! vectors/**/*.json ─▶ Corpus ─▶ Case { question, expectation }
//!                                  │ the question alone, never the expectation
//!                                  ▼
//!              Implementation::ask(&Question) ─▶ Observation
//!                                  ▼
//!                      judge(&Case, &Observation) ─▶ Judgement
//!                                  ▼
//!                  Runner ─▶ events ─▶ Run ─▶ report ─▶ exit code
//! ```
//!
//! The main loop is [`judgement::Runner::put`]. A provider fixture enters with its observation ready: an exchange is checked against a
//! provider's rules by [`profile::check`].
//!
//! # The layers
//!
//! A module uses only what stands below it; a test checks that.
//!
//! | layer | rooms |
//! |---|---|
//! | 9 | `cli`: arguments in, exit code out; the only place that prints |
//! | 8 | [`testing`]: `cargo test` for a signer of your own; [`fuzzing`]: requests that nobody thought of, and laws that hold for any input |
//! | 7 | [`report`]: how we tell it, pure functions; [`probe`]: what a live provider is asked, and what follows |
//! | 6 | [`selftest`]: whether the vectors have teeth |
//! | 5 | [`judgement`]: what we conclude |
//! | 4 | [`implementation`]: who is asked; `sandbox`: a mock provider (feature `sandbox`) |
//! | 3 | [`vectors`]: the questions |
//! | 2 | [`diagnosis`]: which departures reproduce an observation; [`profile`]: a provider's documented rules; [`intake`]: what providers write in errors |
//! | 1 | [`deviation`]: the table of named departures |
//! | 0 | [`protocol`]: RFC 5849 as pure functions |
//!
//! # An example
//!
//! The photos request of RFC 5849 section 1.2:
//!
//! ```
//! use countersign::protocol::transmission::ProtocolParameters;
//! use countersign::protocol::{Parameters, Recipe, Request, Secrets, SignatureMethod, Url, derive};
//!
//! let mut protocol = Parameters::new();
//! ProtocolParameters {
//!     client: b"dpf43f3p2l4k3l03",
//!     token: Some(b"nnch734d00sl2jdk"),
//!     signature_method: b"HMAC-SHA1",
//!     timestamp: Some(b"137131202"),
//!     nonce: Some(b"chapoH"),
//!     ..ProtocolParameters::default()
//! }
//! .append_to(&mut protocol);
//! let request = Request {
//!     method: b"GET",
//!     url: Url::parse(b"http://photos.example.net/photos?file=vacation.jpg&size=original")?,
//!     headers: &[],
//!     body: None,
//!     protocol: &protocol,
//!     realm: None,
//! };
//! let secrets = Secrets::new(b"kd94hf93k423kf44", b"pfkkdhi9sl3r4s00");
//! let derivation = derive(&Recipe::RFC5849, &request, SignatureMethod::HmacSha1, &secrets)?;
//! assert_eq!(&*derivation.base_uri, b"http://photos.example.net/photos");
//! assert_eq!(&*derivation.signature, b"MdpQcU8iPSUjWoN/UDMsK2sui9I=");
//! # Ok::<(), countersign::protocol::Malformed>(())
//! ```

pub mod deviation;
pub mod diagnosis;
pub mod fuzzing;
pub mod implementation;
pub mod intake;
pub mod judgement;
pub mod probe;
pub mod profile;
pub mod protocol;
pub mod report;
pub mod selftest;
pub mod testing;
pub mod vectors;

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "sandbox")]
pub mod sandbox;

/// The Rust of the README compiles; a part of it is about the sandbox.
#[cfg(all(doctest, feature = "sandbox"))]
#[doc = include_str!("../README.md")]
struct Readme;
