//! What is concluded: cases are put to an implementation, what it does is judged, and all of it is told as one stream of events.
//!
//! | room | what it holds |
//! |---|---|
//! | [`judge()`], [`verdict`], [`difference`] | what follows from an expectation and an observation, purely |
//! | [`runner`], [`plan`] | the main loop: cases in their order, controls, what is not offered, when to stop |
//! | `asking` | questions ahead of their answers, and what is known of the controls |
//! | [`expectations`] | what is known to fail |
//! | [`exchange`] | fixtures of providers, which come with their observation |
//! | [`probed`] | what was asked of a live server, as a case |
//! | [`explanation`] | one request that did not get through, explained |
//! | [`events`], [`record`], [`plain`] | what happened, who takes it, and its JSON Lines form |
//! | [`mod@replay`] | finished runs out of a file of events |
//! | [`diagnosing`], [`causes`] | the failures of a whole run, explained and grouped |
//! | [`comparing`], [`regressions`], [`merging`] | several runs: where they disagree, what changed, shards put together |
//! | [`run`], [`totals`] | a finished run, its numbers, and its exit code |
//!
//! ```
//! use countersign::implementation::{Implementation as _, Reference};
//! use countersign::judgement::{ExitCode, Plan, Run, RunStart, Runner, Surroundings};
//!
//! let cases: Vec<countersign::vectors::Case> = Vec::new();
//! let (mut plan, mut reference, mut run) = (Plan::default(), Reference::new(), Run::collector(false));
//! for case in &cases {
//!     plan.add(case, true).unwrap();
//! }
//! let start = RunStart { implementation: reference.description().clone(), selected: plan.selected(), ..RunStart::default() };
//! let mut runner = Runner::start(start, Surroundings::STILL, &mut run).unwrap();
//! runner.put(&mut reference, &plan, cases.into_iter().map(Ok::<_, String>), &|_| true).unwrap();
//! assert_eq!(runner.finish().unwrap().exit_code, ExitCode::NothingExecuted);
//! ```
//!
//! It prints nothing.

pub mod causes;
pub mod comparing;
pub mod diagnosing;
pub mod difference;
pub mod events;
pub mod exchange;
pub mod expectations;
pub mod explanation;
pub mod judge;
pub mod merging;
pub mod plan;
pub mod probed;
pub mod record;
pub mod regressions;
pub mod replay;
pub mod run;
pub mod runner;
pub mod totals;
pub mod verdict;

mod asking;
pub(crate) mod parameters;
mod read_record;
mod transmitted;

#[cfg(test)]
pub(super) mod tests;

pub use causes::{CauseGroup, SingleCause};
pub use comparing::{Disagreement, Split, disagreements};
pub use difference::{Difference, Side, What, first_difference};
pub use events::{Again, Event, EventLines, RunEnd, RunStart, Sink, Sinks};
pub use exchange::judge_exchange;
pub use expectations::{Expectations, Foreseen};
pub use explanation::{Clues, Explanation, Told};
pub use judge::{Declared, Judgement, Met, judge};
pub use merging::{Merged, NotShards, merge};
pub use plan::{Plan, TooManyControls};
pub use probed::{ProbeFinding, Probed, ToldExchange};
pub use record::{CaseRecord, Expected, Found, Observed};
pub use regressions::{Change, Changed, changes};
pub use replay::{ReplayError, Replayed, replay};
pub use run::{Keep, Run, Standing};
pub use runner::{RunError, Runner, Surroundings};
pub use totals::{ExitCode, Totals};
pub use verdict::Verdict;

pub use crate::vectors::plain;

pub(crate) use transmitted::protocol_parameters;
