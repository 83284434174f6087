//! What each fault of an adapter comes to: how the run ends, which word its observations have, and what is said of them. No two have the same.

use crate::implementation::wire::Fault;
use crate::implementation::{Break, Observation};
use crate::judgement::record::Observed;
use crate::judgement::{ExitCode, Run};

/// What comes of one fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The fault.
    pub fault: Fault,
    /// How a run ends that meets it.
    pub exit_code: ExitCode,
    /// The word of every observation that is not as expected: why it broke, or what it did.
    pub word: &'static str,
    /// What is said of each of them.
    pub said: &'static str,
    /// What is said of none.
    pub unsaid: Option<&'static str>,
}

const fn mark(fault: Fault, exit_code: ExitCode, word: &'static str, said: &'static str) -> Mark {
    Mark { fault, exit_code, word, said, unsaid: None }
}

/// Every fault. One that never says hello is asked nothing.
pub const MARKS: [Mark; 11] = [
    mark(Fault::Crash, ExitCode::Adapter, "crash", "it ended before it answered"),
    mark(Fault::Hang, ExitCode::Adapter, "timeout", "it did not answer within"),
    mark(Fault::Garbage, ExitCode::Adapter, "protocol", "not a message"),
    mark(Fault::WrongId, ExitCode::Adapter, "protocol", "it answered \"nobody-asked\""),
    mark(Fault::Truncated, ExitCode::Adapter, "crash", "it ended in the middle of a line"),
    Mark { unsaid: Some("nobody-asked"), ..mark(Fault::Twice, ExitCode::Adapter, "protocol", "which is not open") },
    mark(Fault::NoHello, ExitCode::Adapter, "start", "it did not say hello within"),
    mark(Fault::RefuseAll, ExitCode::Unexpected, "refused", "on purpose"),
    mark(Fault::UnsupportedAll, ExitCode::Unexpected, "protocol", "it declares operation:percent_encode"),
    mark(Fault::ErrorAll, ExitCode::Unexpected, "error", "on purpose"),
    mark(Fault::Echo, ExitCode::Unexpected, "answered", ""),
];

impl Mark {
    /// Whether an observation with this word and text has it.
    #[must_use]
    pub fn is_of(&self, word: &str, said: &str) -> bool {
        word == self.word && said.contains(self.said) && self.unsaid.is_none_or(|unsaid| !said.contains(unsaid))
    }
}

/// What was seen of an adapter: how the run ended, and the word and the text of every observation that was not as expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// How it ended.
    pub exit_code: ExitCode,
    /// Word and text.
    pub observations: Vec<(&'static str, String)>,
}

impl Seen {
    /// What a finished run shows.
    #[must_use]
    pub fn of_run(run: &Run) -> Seen {
        let observed = run.unexpected().filter_map(|record| match &record.observed {
            Observed::Implementation(observation) => Some(told(observation)),
            Observed::Findings(_) => None,
        });
        Seen { exit_code: run.exit_code(), observations: observed.collect() }
    }

    /// What an adapter shows that could not be started.
    #[must_use]
    pub fn of_start(why: String) -> Seen {
        Seen { exit_code: ExitCode::Adapter, observations: vec![("start", why)] }
    }

    /// The names of the faults that it can be.
    #[must_use]
    pub fn taken_for(&self) -> Vec<&'static str> {
        let is_it = |mark: &&Mark| {
            !self.observations.is_empty()
                && mark.exit_code == self.exit_code
                && self.observations.iter().all(|(word, said)| mark.is_of(word, said))
        };
        MARKS.iter().filter(is_it).filter_map(|mark| name(mark.fault)).collect()
    }

    /// The first of the observations, for people.
    #[must_use]
    pub fn first(&self) -> String {
        self.observations.first().map_or_else(
            || "nothing was wrong".to_owned(),
            |(word, said)| if said.is_empty() { (*word).to_owned() } else { format!("{word}: {said}") },
        )
    }
}

/// The name of a fault.
#[must_use]
pub fn name(fault: Fault) -> Option<&'static str> {
    Fault::ALL.iter().find(|(known, ..)| *known == fault).map(|(_, name, _)| *name)
}

fn told(observation: &Observation) -> (&'static str, String) {
    match observation {
        Observation::Answered(_) => ("answered", String::new()),
        Observation::Refused { message, .. } => ("refused", message.clone()),
        Observation::Unsupported { message, .. } => ("unsupported", message.clone()),
        Observation::Broke { why, message } => (word(*why), message.clone()),
    }
}

const fn word(why: Break) -> &'static str {
    match why {
        Break::Crash => "crash",
        Break::Timeout => "timeout",
        Break::Protocol => "protocol",
        Break::Error => "error",
        Break::StateLeak => "state_leak",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_has_a_mark_and_no_two_have_the_same() {
        for (fault, name, _) in Fault::ALL {
            let marks: Vec<&Mark> = MARKS.iter().filter(|mark| mark.fault == fault).collect();
            let [mark] = marks.as_slice() else { panic!("{name} has {} marks", marks.len()) };
            let seen = Seen { exit_code: mark.exit_code, observations: vec![(mark.word, mark.said.to_owned())] };
            assert_eq!(seen.taken_for(), [name]);
        }
    }

    #[test]
    fn what_is_seen_of_no_fault_is_taken_for_none() {
        let seen = |observations: Vec<(&'static str, String)>| Seen { exit_code: ExitCode::Adapter, observations }.taken_for();
        assert!(seen(vec![]).is_empty());
        assert!(seen(vec![("crash", "something else".to_owned())]).is_empty());
        let mixed = vec![("crash", "it ended before it answered".to_owned()), ("timeout", "it did not answer within 2s".to_owned())];
        assert!(seen(mixed).is_empty());
    }
}
