//! A provider's documentation as data, and an exchange judged by it.
//!
//! A [`Profile`] holds what a provider's endpoints take and answer, and every statement of its documentation that can be checked as a
//! [`Rule`] with an id, a level, its sources and a [`Check`]. An [`Exchange`] is a request as it was received, the answer to it, and
//! what the server knew. [`check`] gives the rules that the exchange breaks; [`assess`] says for each rule whether it was kept, broken,
//! or not touched.
//!
//! | room | what it holds |
//! |---|---|
//! | [`document`], [`rule`], [`kinds`], [`value`] | the file format: profile, rule, kinds of check, forms of values |
//! | [`address`], [`error_answer`] | where an endpoint stands, how a provider says no |
//! | [`hosts`] | present and former hosts of the profiles that come along |
//! | [`load`], [`consistency`], [`shipped`] | reading a file, what must agree in it, the profiles that come along |
//! | `strict` | JSON read no more generously than it is written down |
//! | [`nearest`] | which of the known names somebody probably meant |
//! | [`exchange`], [`fixture`] | an exchange as data; files of exchanges with the findings they must give |
//! | [`reading`], [`answer`] | request and response read leniently, so that one fault does not hide the others |
//! | [`assessment`] | all rules of a profile put to an exchange |
//! | [`calendar`] | the day at a provider's place |
//! | [`refusal`] | how the provider would refuse: status, problem, form |
//!
//! ```
//! use countersign::profile::{Exchange, check, shipped};
//!
//! let profile = shipped::profile("etrade").expect("it comes along")?;
//! let exchange: Exchange = serde_json::from_str(
//!     r#"{ "endpoint": "authorize",
//!          "request": { "method": "GET", "url": "https://us.etrade.com/e/t/etws/authorize?key=k&token=a+b%3D" },
//!          "client": { "identifier": "k" }, "token": { "identifier": "a+b=", "type": "temporary" } }"#,
//! )?;
//! let findings = check(&profile, &exchange);
//! assert_eq!(findings[0].rule, "etrade.auth.encode");
//! assert_eq!(findings[0].because, "token is not the token's identifier: its + was not percent-encoded, so it reads as a blank");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! It does not send or receive anything, and it does not read error pages: `intake` does, and its result is part of the exchange.

pub mod address;
pub mod answer;
pub mod assessment;
pub mod calendar;
pub mod consistency;
pub mod document;
pub mod error_answer;
pub mod exchange;
pub mod fixture;
pub mod hosts;
pub mod kinds;
pub mod load;
pub mod nearest;
pub mod reading;
pub mod refusal;
pub mod rule;
pub mod shipped;
pub mod value;

mod credential_checks;
mod lifetime_checks;
mod outcome;
mod redirect_checks;
mod refusal_checks;
mod request_checks;
mod response_checks;
pub(crate) mod strict;
pub(crate) mod wording;

pub use assessment::{assess, check, check_request};
pub use document::{Endpoint, EndpointName, Profile};
pub use exchange::Exchange;
pub use kinds::Check;
pub use load::LoadError;
pub use outcome::{Finding, Outcome, Party};
pub use rule::{Level, Rule, Side};
