//! A live provider put to the test: what a profile documents and RFC 5849 demands, one request for each, between good requests that must
//! be answered.
//!
//! | room | what it holds |
//! |---|---|
//! | [`means`] | credentials and what else a probe may use |
//! | [`target`] | an endpoint as it is asked: URL, method, place, signature method |
//! | [`step`], [`plan`], `catalogue` | what will be asked, in which order, what must come of it, and what is left out and why |
//! | [`draft`] | one request, signed by the reference and changed before or after |
//! | [`conduct()`], [`login`], [`signals`] | the plan carried out over any [`Send`](crate::implementation::live::Send), and when to stop |
//! | [`outcome`], [`answers`], [`causes`] | what an answer is, what is wrong with it whatever it is, and why a good request was refused |
//! | [`judging`], [`learnt`] | records for the one flow, and what was learnt of the provider |
//! | [`mod@record`], [`drift`] | exchanges written down, and what has changed since |
//! | [`draft_profile`] | from what was seen back to a profile |
//! | [`redaction`] | secrets in all their writings, taken out of every text |
//!
//! ```
//! use countersign::probe::{Level, Means, Plan};
//! use countersign::profile::shipped;
//!
//! let profile = shipped::profile("etrade").expect("it comes along")?;
//! let plan = Plan::of(&profile, Level::Rules, &Means::of_client("key", b"secret"));
//! assert!(plan.steps.iter().any(|step| step.id == "rt.oauth_callback-missing"));
//! assert!(plan.left_out.iter().any(|left| left.what == "resource"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! It opens no connection, reads no clock and prints nothing: all of that is handed in.

pub mod answers;
pub mod causes;
pub mod conduct;
pub mod draft;
pub mod draft_profile;
pub mod drift;
pub mod judging;
pub mod learnt;
pub mod login;
pub mod means;
pub mod outcome;
pub mod plan;
pub mod record;
pub mod redaction;
pub mod signals;
pub mod step;
pub mod target;

mod catalogue;
mod draft_profile_endpoint;
mod draft_profile_rules;
mod draft_profile_steps;
mod record_synthetic;

pub use conduct::{Conducted, Ended, Exchanged, Surroundings, conduct};
pub use judging::{Judged, judge};
pub use means::{Authorization, Means, Pair};
pub use plan::{LeftOut, Plan};
pub use redaction::Redactor;
pub use step::{Edit, Level, Step, Wanted};
pub use target::Target;
