//! The probe against servers of which everything is known: sandboxes that serve the shipped profiles, sandboxes that misbehave, and small
//! servers that are wrong on purpose.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod at_once;
mod canary;
mod causes;
mod circle;
#[cfg(feature = "cli")]
mod command;
#[cfg(feature = "cli")]
mod command_secrets;
mod conducting;
mod cutting;
mod deviants;
mod drift;
mod faults;
mod planning;
mod profile_back;
mod recording;
mod told_secrets;

use std::cell::Cell;
use std::time::{Duration, Instant};

use countersign::implementation::live::{Incoming, Network, Outgoing, Policy, Send, Trouble};
use countersign::judgement::{CaseRecord, Observed};
use countersign::probe::judging::Disclosure;
use countersign::probe::login::Nobody;
use countersign::probe::{Conducted, Level, Means, Plan, Surroundings, conduct, judge};
use countersign::sandbox::{Builder, Client, Clock, Sandbox};

const NOW: u64 = 1_700_000_000;
const CLIENT: &str = "kestrel-client";
const SECRET: &str = "kestrel-secret-of-the-client";

/// A sandbox whose clock stands, which allows everything, and which does not explain: that takes time.
fn sandbox(profile: &str) -> Builder {
    Sandbox::builder().profile(profile).client(Client::new(CLIENT, SECRET)).clock(Clock::manual(NOW)).auto_approve(true).explains(false)
}

/// What a probe of a server on this machine may use.
fn means() -> Means {
    Means { authorization: countersign::probe::Authorization::Freely, is_loopback: true, ..Means::of_client(CLIENT, SECRET.as_bytes()) }
}

/// Carries a plan out by a clock that stands.
fn conducted(plan: &Plan, means: &Means, sender: &mut dyn Send) -> Conducted {
    let (begun, counter) = (Instant::now(), Cell::new(0_u64));
    let random = |octets: &mut [u8]| {
        counter.set(counter.get() + 1);
        let number = counter.get().wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
        octets.iter_mut().zip(number.iter().cycle()).for_each(|(octet, random)| *octet = *random);
        true
    };
    let mut around = Surroundings {
        now: &|| NOW,
        elapsed: &|| begun.elapsed(),
        random: &random,
        pause: &|_| {},
        interrupted: &|| false,
        owner: &mut Nobody,
        tell: &mut |_, _| {},
        budget: 10_000,
        interval: Duration::ZERO,
        deadline: Duration::from_secs(60),
    };
    conduct(plan, means, sender, &mut around)
}

/// A plan for this sandbox, carried out.
fn carried_out(sandbox: &Sandbox, profile: &str, level: Level, means: &Means) -> (Plan, Conducted) {
    let documented = countersign::profile::shipped::profile(profile).unwrap().unwrap();
    let plan = Plan::of(&countersign::probe::target::moved(&documented, &sandbox.origin()), level, means);
    let policy = Policy { deadline: Duration::from_secs(15), ..Policy::for_hosts(plan.authorities()) };
    let conducted = conducted(&plan, means, &mut Network::new(policy));
    (plan, conducted)
}

/// The records of a probe of this sandbox.
fn probe(sandbox: &Sandbox, profile: &str, level: Level, means: &Means) -> Vec<CaseRecord> {
    probe_within(sandbox, profile, level, means, Duration::from_secs(15))
}

/// The same, with so much time for each request.
fn probe_within(sandbox: &Sandbox, profile: &str, level: Level, means: &Means, deadline: Duration) -> Vec<CaseRecord> {
    let documented = countersign::profile::shipped::profile(profile).unwrap().unwrap();
    let plan = Plan::of(&countersign::probe::target::moved(&documented, &sandbox.origin()), level, means);
    let conducted = conducted(&plan, means, &mut Network::new(Policy { deadline, ..Policy::for_hosts(plan.authorities()) }));
    judge(&plan, means, &conducted, &Disclosure { is_open: true, ..Disclosure::default() }).records
}

/// What was found, as `step: rule`, of every level.
fn found(records: &[CaseRecord]) -> Vec<String> {
    let rules = |record: &CaseRecord| match &record.observed {
        Observed::Findings(found) => found.findings.iter().map(|(rule, _)| format!("{}: {rule}", record.id)).collect::<Vec<_>>(),
        Observed::Implementation(_) => Vec::new(),
    };
    records.iter().flat_map(rules).collect()
}

/// Everything that is not as expected, in words.
fn unexpected(records: &[CaseRecord]) -> Vec<String> {
    let words = |record: &CaseRecord| {
        let because = record.reason.clone().unwrap_or_else(|| format!("{:?}", record.observed));
        format!(
            "{} {}: {because}\n{}",
            record.verdict().as_str(),
            record.id,
            record.exchange.as_ref().map_or("", |told| told.response.as_deref().unwrap_or(""))
        )
    };
    records.iter().filter(|record| record.verdict().is_unexpected()).map(words).collect()
}

/// Somebody who counts what is sent, and answers by a function.
struct Counting<F>(usize, F);

impl<F: FnMut(usize, &Outgoing) -> Result<Incoming, Trouble>> Send for Counting<F> {
    fn send(&mut self, request: &Outgoing) -> Result<Incoming, Trouble> {
        self.0 += 1;
        (self.1)(self.0, request)
    }
}

/// An answer with this status and body.
fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Incoming {
    Incoming {
        status,
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect(),
        body: body.as_bytes().to_vec(),
        elapsed: Duration::from_millis(1),
    }
}
