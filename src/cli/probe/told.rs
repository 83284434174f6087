//! What a person is told: the plan, and what came of it.

use super::super::output;
use super::options::{Arguments, AuthorizeWord};
use crate::judgement::Run;
use crate::probe::learnt::Learnt;
use crate::probe::{Conducted, Ended, Plan, Redactor, Step};
use crate::profile::EndpointName;
use crate::report::probed::{self, PlanText, PlannedStep, ProbeText};
use crate::report::shell::quote;

/// The plan.
pub(super) fn plan(arguments: &Arguments, plan: &Plan) -> String {
    let steps = |name: EndpointName| -> Vec<PlannedStep> { plan.steps.iter().filter(|step| step.endpoint == name).map(planned).collect() };
    let endpoints = plan.targets.iter().map(|target| (asked(plan, target.name), steps(target.name)));
    let notes = if plan.steps.is_empty() {
        vec!["nothing can be asked".to_owned()]
    } else {
        let needs = if arguments.client.is_none() { " --client KEY --secret-env NAME" } else { "" };
        vec![
            format!(
                "{} steps, at most {} requests to {}; nothing was sent",
                plan.steps.len(),
                plan.requests(),
                plan.authorities().join(", ")
            ),
            format!("to send them: {} --send{needs}{}", again(arguments).trim_end_matches(" --send"), production(plan)),
        ]
    };
    let text = PlanText {
        title: title(plan),
        warnings: plan.warnings(),
        endpoints: endpoints.filter(|(_, steps)| !steps.is_empty()).collect(),
        left_out: left_out(plan),
        notes,
    };
    probed::plan(&text, output::layout(false), arguments.verbose)
}

fn production(plan: &Plan) -> &'static str {
    let is_live = plan.targets.iter().any(|target| target.url.starts_with("https://"));
    if is_live { " --production" } else { "" }
}

fn planned(step: &Step) -> PlannedStep {
    let wanted = match step.wanted {
        crate::probe::Wanted::Accepted => "accepted",
        crate::probe::Wanted::Refused(_) => "refused",
        crate::probe::Wanted::Either => "either",
        crate::probe::Wanted::NoServerError => "no 5xx",
    };
    PlannedStep { id: step.id.clone(), title: step.title.clone(), wanted: wanted.to_owned(), checks: step.checks.join(", ") }
}

fn left_out(plan: &Plan) -> Vec<(String, String)> {
    plan.left_out.iter().map(|left| (left.what.clone(), left.why.clone())).collect()
}

fn title(plan: &Plan) -> String {
    format!("{} ({}), level {}", plan.profile.name, plan.profile.id, plan.level.as_str())
}

/// How an endpoint is asked, in one line.
fn asked(plan: &Plan, name: EndpointName) -> String {
    let Some(target) = plan.target(name) else { return name.to_string() };
    if name == EndpointName::Authorize {
        return format!("{name}  GET {}", target.url);
    }
    format!("{name}  {} {}, {} in the {}", target.method, target.url, target.signature_method.as_str(), target.place.as_str())
}

/// How much of the name that a server gives itself is told.
const LONGEST_NAME: usize = 80;

/// What came of it; of a server's words without what is nobody else's to see.
pub(super) fn done(arguments: &Arguments, plan: &Plan, conducted: &Conducted, learnt: Learnt, run: &Run, redactor: &Redactor) -> String {
    let prefix = |name: EndpointName| plan.steps.iter().find(|step| step.endpoint == name).and_then(|step| step.id.split('.').next());
    let endpoints: Vec<(String, String)> =
        plan.targets.iter().filter_map(|target| Some((prefix(target.name)?.to_owned(), asked(plan, target.name)))).collect();
    let ended = match &conducted.ended {
        Ended::Finished => None,
        Ended::Enough(why) => Some(format!("stopped: {why}")),
        Ended::Interrupted => Some("interrupted: what was sent before is judged".to_owned()),
        Ended::Budget => Some("stopped: the budget of requests is used up; --budget gives more".to_owned()),
        Ended::Deadline => Some("stopped: the time for all of it is over; --deadline gives more".to_owned()),
        Ended::Network(trouble) => Some(format!("stopped: {trouble}")),
    };
    let ended = ended.map(|text| redactor.sweep(&text));
    let learnt = lines(&Learnt { server: learnt.server.as_ref().map(|name| redactor.word(name, LONGEST_NAME)), ..learnt });
    let left = left_out(plan);
    let text = ProbeText {
        title: &title(plan),
        endpoints: &endpoints,
        run,
        learnt: &learnt,
        left_out: &left,
        ended: ended.as_deref(),
        requests: conducted.requests,
        quiet: arguments.quiet,
        verbose: arguments.verbose,
        expects: arguments.expect.is_some(),
    };
    probed::probed(&text, output::layout(arguments.reports.use_stdout()))
}

/// What was learnt, a line each.
fn lines(learnt: &Learnt) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(skew) = learnt.skew {
        lines.push(match skew {
            0 => "its clock agrees with this one".to_owned(),
            skew => format!("its clock is {} s {} this one", skew.unsigned_abs(), if skew > 0 { "ahead of" } else { "behind" }),
        });
    }
    let side = |later: i64| if later < 0 { format!("{} s old", later.unsigned_abs()) } else { format!("{later} s ahead") };
    let told = |taken: bool| {
        let all: Vec<String> = learnt.timestamps.iter().filter(|(_, was)| *was == taken).map(|(later, _)| side(*later)).collect();
        if all.is_empty() { None } else { Some(all.join(", ")) }
    };
    lines.extend(told(true).map(|all| format!("it takes timestamps that are {all}")));
    lines.extend(told(false).map(|all| format!("it refuses timestamps that are {all}")));
    match learnt.remembers_nonces {
        Some(true) => lines.push("it remembers nonces".to_owned()),
        Some(false) => lines.push("it does not remember nonces".to_owned()),
        None => {}
    }
    lines.extend(learnt.server.as_ref().map(|server| format!("it calls itself {server}")));
    lines
}

/// The command that was given, without what selects steps and names reports.
pub(super) fn again(arguments: &Arguments) -> String {
    let mut words = vec!["countersign probe".to_owned(), quote(arguments.profile().as_bytes())];
    let mut push = |name: &str, value: Option<&String>| {
        if let Some(value) = value {
            words.push(format!("{name} {}", quote(value.as_bytes())));
        }
    };
    push("--url", arguments.url.as_ref());
    push("--client", arguments.client.as_ref());
    // Its identifier opens nothing and is nobody else's to know.
    push("--token", arguments.token.as_ref().map(|_| "TOKEN".to_owned()).as_ref());
    push("--callback", arguments.callback.as_ref());
    push("--realm", arguments.realm.as_ref());
    push("--signature-method", arguments.signature_method.as_ref());
    arguments.parameter.iter().for_each(|value| push("--parameter", Some(value)));
    arguments.path.iter().for_each(|value| push("--path", Some(value)));
    words.extend(arguments.secrets.again());
    if let Some(level) = arguments.level {
        words.push(format!("--level {}", format!("{level:?}").to_ascii_lowercase()));
    }
    match arguments.authorize {
        Some(AuthorizeWord::Ask) => {
            words.push("--authorize".to_owned());
            words.extend(arguments.no_open.then(|| "--no-open".to_owned()));
        }
        Some(AuthorizeWord::Get) => words.push("--authorize=get".to_owned()),
        None => {}
    }
    for (is_given, word) in [(arguments.production, "--production"), (arguments.insecure, "--insecure"), (arguments.send, "--send")] {
        if is_given {
            words.push(word.to_owned());
        }
    }
    words.join(" ")
}
