//! `countersign probe`: whether a live provider behaves as documented. The plan is printed, and nothing is sent unless somebody says so.

mod asking;
mod foreseen;
mod keeping;
mod options;
mod told;

use std::io::{self, IsTerminal as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::fail::Fail;
use super::output::{self, Outcome};
use super::progress::Tasks;
use super::reports::Opened;
use super::session::interruption;
use crate::implementation::Description;
use crate::implementation::live::{Network, Policy, Trouble};
use crate::judgement::{ExitCode, Keep, Run, RunStart, Runner, Sink, Sinks, Surroundings as Judging};
use crate::probe::drift::Drift;
use crate::probe::judging::{Disclosure, judge_until};
use crate::probe::learnt::learnt;
use crate::probe::login::{Nobody, Owner};
use crate::probe::redaction::Known;
use crate::probe::{Authorization, Conducted, Ended, Means, Pair, Plan, Redactor, Surroundings, conduct};
use crate::protocol::Secret;
use foreseen::Foreseen;
pub(in crate::cli) use options::Arguments;

/// Runs it.
pub(super) fn run(arguments: &Arguments) -> Outcome {
    let (plan, mut means) = options::plan(arguments)?;
    let foreseen = Foreseen::read(arguments, options::all_steps(&plan, &mut means))?;
    if !arguments.send {
        output::print(&told::plan(arguments, &plan))?;
        return Ok(if plan.steps.is_empty() { ExitCode::NothingExecuted } else { ExitCode::AsExpected });
    }
    options::may_send(arguments, &plan, &means)?;
    if plan.steps.is_empty() {
        output::print(&told::plan(arguments, &plan))?;
        return Ok(ExitCode::NothingExecuted);
    }
    let interrupted = interruption()?;
    let mut reports = Opened::open(&arguments.reports, arguments.expect.as_deref().map(Path::new))?;
    let kept = arguments.keeping.open(&plan)?;
    let conducted = send(arguments, &plan, &means, &interrupted);
    let is_synthetic = is_synthetic(&means);
    let again = Some(told::again(arguments));
    let closed = Disclosure { is_open: is_synthetic, secrets: secrets(&means, &conducted), codes: conducted.codes.clone(), again };
    let drift = kept.compared(&plan, &conducted, &closed);
    // Whoever interrupted the sending wants to see what came of it; a second time ends the program.
    let is_over = || conducted.ended != Ended::Interrupted && interrupted.load(Ordering::SeqCst);
    let told = Told {
        arguments,
        plan: &plan,
        means: &means,
        conducted: &conducted,
        drift: &drift,
        foreseen: foreseen.as_ref(),
        interrupted: &is_over,
    };
    let run = told.run(&closed, Some(&mut reports))?;
    reports.finish(std::slice::from_ref(&run))?;
    let notes = kept.finish(&plan, &means, &conducted, &closed, &drift)?;
    // A person's own terminal may show what no file holds.
    let is_seen = if arguments.reports.use_stdout() { io::stderr().is_terminal() } else { io::stdout().is_terminal() };
    let is_shown_whole = arguments.reveal && !is_synthetic && is_seen;
    let redactor = if is_shown_whole { Redactor::default() } else { redactor(&closed, true) };
    let open = || Disclosure { is_open: true, again: closed.again.clone(), ..Disclosure::default() };
    let open = is_shown_whole.then(|| told.run(&open(), None)).transpose()?;
    let shown = open.as_ref().unwrap_or(&run);
    let text = told::done(arguments, &plan, &conducted, learnt(&plan, &conducted), shown, &redactor);
    output::tell(&text, arguments.reports.use_stdout())?;
    if !arguments.quiet {
        notes.iter().for_each(|note| output::note(note));
    }
    match foreseen.filter(|_| arguments.update_expect) {
        Some(foreseen) => {
            let (told, code) = foreseen.update(&plan, &run, &conducted.ended)?;
            output::tell(&told, arguments.reports.use_stdout())?;
            Ok(code)
        }
        None => Ok(run.exit_code()),
    }
}

/// Carries the plan out over the network.
fn send(arguments: &Arguments, plan: &Plan, means: &Means, interrupted: &AtomicBool) -> Conducted {
    let policy = Policy { deadline: arguments.timeout, insecure: arguments.insecure, ..Policy::for_hosts(plan.authorities()) };
    let begun = Instant::now();
    let progress = Tasks::new(!arguments.quiet && io::stderr().is_terminal(), "steps");
    let until = begun.checked_add(arguments.deadline);
    let (mut person, mut nobody) = (asking::Person::new(interrupted, until, !arguments.no_open), Nobody);
    let owner: &mut dyn Owner = if means.authorization == Authorization::Once { &mut person } else { &mut nobody };
    let mut around = Surroundings {
        now: &|| SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()),
        elapsed: &|| begun.elapsed(),
        random: &|octets| getrandom::fill(octets).is_ok(),
        pause: &|time| pause(time, interrupted),
        interrupted: &|| interrupted.load(Ordering::SeqCst),
        owner,
        tell: &mut |number, _| progress.tell(number, plan.steps.len()),
        budget: arguments.budget.unwrap_or_else(|| options::budget(plan, means)),
        interval: options::interval(arguments, means),
        deadline: arguments.deadline,
    };
    let conducted = conduct(plan, means, &mut Network::new(policy), &mut around);
    progress.finish();
    conducted
}

/// Waits, but not for an interruption.
fn pause(time: Duration, interrupted: &AtomicBool) {
    let until = Instant::now() + time;
    while let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
        if interrupted.load(Ordering::SeqCst) {
            return;
        }
        std::thread::sleep(left.min(Duration::from_millis(50)));
    }
}

/// Whether all credentials are those that a sandbox makes up and prints. Others are real, wherever they are used: they come from the
/// environment, a file or stdin.
fn is_synthetic(means: &Means) -> bool {
    let is_made = |octets: &[u8], before: &str| {
        let digits = octets.strip_prefix(before.as_bytes());
        digits.is_some_and(|digits| digits.len() == 24 && digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')))
    };
    let is_secret = |secret: &Secret| is_made(secret.expose(), "secret-");
    let is_token = |token: &Pair| is_made(&token.identifier, "token-") && is_secret(&token.secret);
    means.is_loopback
        && is_made(means.client.as_bytes(), "sandbox-")
        && means.secret.as_ref().is_none_or(is_secret)
        && means.token.as_ref().is_none_or(is_token)
        && means.private_key.is_none()
}

/// What takes the secrets of a run out of texts; in files that programs read, a short code may be a word of theirs.
fn redactor(disclosure: &Disclosure, has_codes: bool) -> Redactor {
    if disclosure.is_open {
        return Redactor::default();
    }
    let codes = if has_codes { disclosure.codes.as_slice() } else { &[] };
    Redactor::with(&Arc::new(Known::of(&disclosure.secrets, codes)), [])
}

/// Every secret that is known: ours, and those that came back.
fn secrets(means: &Means, conducted: &Conducted) -> Vec<Secret> {
    let token = means.token.as_ref();
    let own = [means.secret.clone(), token.map(|token| token.secret.clone()), token.map(|token| Secret::new(token.identifier.clone()))];
    let key = means.private_key.as_ref().map(|key| Secret::new(key.expose_pem().to_vec()));
    own.into_iter().flatten().chain(key).chain(conducted.secrets.iter().cloned()).collect()
}

/// A finished probe, to be judged and told.
struct Told<'a> {
    arguments: &'a Arguments,
    plan: &'a Plan,
    means: &'a Means,
    conducted: &'a Conducted,
    /// What has changed since a recording.
    drift: &'a Drift,
    /// What is known to be found.
    foreseen: Option<&'a Foreseen>,
    /// Whether somebody wants it to end.
    interrupted: &'a dyn Fn() -> bool,
}

impl Told<'_> {
    /// The one flow: judged steps become a run's events, for every report.
    fn run(&self, disclosure: &Disclosure, mut reports: Option<&mut Opened>) -> Result<Run, Fail> {
        let judged = judge_until(self.plan, self.means, self.conducted, disclosure, self.interrupted);
        let start = RunStart {
            countersign: env!("CARGO_PKG_VERSION").to_owned(),
            suite_digest: String::new(),
            implementation: Description {
                name: format!("{} at {}", self.plan.profile.id, self.plan.authorities().join(", ")),
                version: None,
                language: None,
                language_version: None,
                homepage: None,
            },
            selected: (self.plan.steps.len() + self.drift.records.len()) as u64,
            strict: self.arguments.strict,
            ..RunStart::default()
        };
        if let Some(foreseen) = self.foreseen {
            foreseen.see(&foreseen.known, self.plan);
        }
        let mut run = Run::keeping(Keep::Every);
        {
            let mut sinks = Sinks(vec![&mut run]);
            let mut events = reports.as_mut().and_then(|reports| reports.events());
            if let Some(events) = &mut events {
                sinks.0.push(events as &mut dyn Sink);
            }
            let mut runner = Runner::start(
                start,
                Judging { expectations: self.foreseen.map(|foreseen| &foreseen.known), ..Judging::STILL },
                &mut sinks,
            )?;
            judged.records.into_iter().chain(self.drift.records.iter().cloned()).try_for_each(|record| runner.settle(record))?;
            let ended = judged.is_interrupted.then_some(ExitCode::Interrupted);
            if let Some(code) = ended.or(stopped(&self.conducted.ended, self.conducted.requests)) {
                runner.end_with(code);
            }
            runner.finish()?;
        }
        Ok(run)
    }
}

/// What a run ends with that did not come to its end.
fn stopped(ended: &Ended, requests: usize) -> Option<ExitCode> {
    match ended {
        Ended::Interrupted => Some(ExitCode::Interrupted),
        Ended::Enough(_) => Some(ExitCode::Network),
        // A server that breaks HTTP is a finding.
        Ended::Network(Trouble::NotHttp(_) | Trouble::TooLarge(..) | Trouble::TooMany(..) | Trouble::Body(_)) => None,
        Ended::Network(_) => Some(ExitCode::Network),
        _ if requests == 0 => Some(ExitCode::NothingExecuted),
        _ => None,
    }
}
