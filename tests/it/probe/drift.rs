//! What has changed since a recording: nothing at the same server, each change by its name at another one.

use countersign::implementation::live::{Incoming, Outgoing, Send, Trouble};
use countersign::judgement::{CaseRecord, Observed};
use countersign::probe::drift::{Drift, Recorded, compare};
use countersign::probe::judging::Disclosure;
use countersign::probe::record::{FIXTURES, record};
use countersign::probe::target::moved;
use countersign::probe::{Level, Means, Plan};
use countersign::profile::fixture::Fixtures;
use countersign::profile::shipped;

use super::circle::means_for;
use super::{answer, carried_out, conducted, sandbox};

fn recorded(plan: &Plan, means: &Means, conducted: &countersign::probe::Conducted) -> Recorded {
    let recording = record(plan, means, conducted, &Disclosure::default());
    let text = &recording.files.iter().find(|(name, _)| *name == FIXTURES).unwrap().1;
    Recorded::of(vec![Fixtures::parse(FIXTURES, text).unwrap()], &plan.profile.id)
}

fn names(drift: &Drift) -> Vec<String> {
    let of = |record: &CaseRecord| match &record.observed {
        Observed::Findings(found) => found.findings.iter().map(|(rule, _)| format!("{}: {rule}", record.id)).collect::<Vec<_>>(),
        Observed::Implementation(_) => Vec::new(),
    };
    drift.records.iter().flat_map(of).collect()
}

#[test]
fn the_same_server_has_not_changed() {
    for name in ["etrade", "flickr", "rfc5849"] {
        let sandbox = sandbox(name).start().unwrap();
        let means = means_for(&sandbox);
        let (plan, first) = carried_out(&sandbox, name, Level::Rules, &means);
        let recorded = recorded(&plan, &means, &first);
        let sandbox = super::sandbox(name).start().unwrap();
        let means = means_for(&sandbox);
        let (plan, second) = carried_out(&sandbox, name, Level::Rules, &means);
        let drift = compare(&plan, &second, &recorded, &Disclosure::default());
        assert!(drift.records.is_empty(), "{name}: {:?}", names(&drift));
        assert!(drift.unchanged > 20, "{name}: {}", drift.unchanged);
    }
}

/// A provider that gives temporary credentials, in one way or another.
struct Provider(fn(bool) -> Incoming);

impl Send for Provider {
    fn send(&mut self, request: &Outgoing) -> Result<Incoming, Trouble> {
        let header = request.headers.iter().find(|(name, _)| name == "Authorization").map(|(_, value)| value.clone()).unwrap_or_default();
        Ok((self.0)(header.windows(15).any(|part| part == b"oauth_version=\"")))
    }
}

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

fn usual(is_odd: bool) -> Incoming {
    if is_odd {
        return answer(
            401,
            &[FORM, ("WWW-Authenticate", "OAuth realm=\"x\"")],
            "oauth_problem=version_rejected&oauth_acceptable_versions=1.0-1.0",
        );
    }
    answer(
        200,
        &[FORM, ("Cache-Control", "no-store")],
        "oauth_token=abcdefgh12&oauth_token_secret=ijklmnop34&oauth_callback_confirmed=true",
    )
}

#[test]
fn each_change_has_its_name() {
    let means = Means { is_loopback: true, ..Means::of_client("the-client", b"the-secret-of-it") };
    let mut plan = Plan::of(&moved(&shipped::profile("rfc5849").unwrap().unwrap(), "http://127.0.0.1:9"), Level::Rules, &means);
    plan.select(&["rt.oauth_version-2.0".to_owned()]).unwrap();
    let before = recorded(&plan, &means, &conducted(&plan, &means, &mut Provider(usual)));
    type Answer = fn(bool) -> Incoming;
    let changed: [(&str, Answer, &[&str]); 9] = [
        ("nothing", usual, &[]),
        (
            "new values",
            |odd| {
                if odd {
                    usual(odd)
                } else {
                    answer(
                        200,
                        &[("Cache-Control", "no-store"), FORM, ("Date", "x")],
                        "oauth_token=qrstuvwx56&oauth_token_secret=y&oauth_callback_confirmed=true",
                    )
                }
            },
            &[],
        ),
        ("status", |odd| Incoming { status: if odd { 400 } else { 200 }, ..usual(odd) }, &["rt.oauth_version-2.0: drift.status"]),
        (
            "media type",
            |odd| Incoming {
                headers: if odd {
                    vec![("Content-Type".to_owned(), b"text/plain".to_vec()), ("WWW-Authenticate".to_owned(), b"OAuth".to_vec())]
                } else {
                    usual(odd).headers
                },
                ..usual(odd)
            },
            &["rt.oauth_version-2.0: drift.content-type"],
        ),
        (
            "field",
            |odd| {
                if odd {
                    usual(odd)
                } else {
                    Incoming { headers: vec![("content-type".to_owned(), FORM.1.as_bytes().to_vec())], ..usual(odd) }
                }
            },
            &["rt.control-first: drift.fields", "rt.control-last: drift.fields"],
        ),
        (
            "problem",
            |odd| {
                if odd {
                    answer(
                        401,
                        &[FORM, ("WWW-Authenticate", "OAuth")],
                        "oauth_problem=parameter_rejected&oauth_acceptable_versions=1.0-1.0",
                    )
                } else {
                    usual(odd)
                }
            },
            &["rt.oauth_version-2.0: drift.problem"],
        ),
        (
            "parameters",
            |odd| {
                if odd {
                    usual(odd)
                } else {
                    answer(
                        200,
                        &[FORM, ("Cache-Control", "no-store")],
                        "oauth_token=a&oauth_token_secret=b&oauth_callback_confirmed=true&x=1",
                    )
                }
            },
            &["rt.control-first: drift.parameters", "rt.control-last: drift.parameters"],
        ),
        (
            "value",
            |odd| {
                if odd {
                    usual(odd)
                } else {
                    answer(200, &[FORM, ("Cache-Control", "no-store")], "oauth_token=a&oauth_token_secret=b&oauth_callback_confirmed=false")
                }
            },
            &["rt.control-first: drift.value", "rt.control-last: drift.value"],
        ),
        (
            "outcome",
            |_| usual(false),
            &[
                "rt.oauth_version-2.0: drift.companions",
                "rt.oauth_version-2.0: drift.fields",
                "rt.oauth_version-2.0: drift.outcome",
                "rt.oauth_version-2.0: drift.parameters",
                "rt.oauth_version-2.0: drift.problem",
                "rt.oauth_version-2.0: drift.status",
                "rt.oauth_version-2.0: drift.value",
            ],
        ),
    ];
    for (what, server, expected) in changed {
        let now = conducted(&plan, &means, &mut Provider(server));
        let drift = compare(&plan, &now, &before, &Disclosure::default());
        assert_eq!(names(&drift), expected, "{what}");
    }
}
