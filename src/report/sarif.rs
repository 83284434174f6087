//! SARIF 2.1.0 (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>): a run for each implementation, a rule for each
//! cause, a result for each failure at the line of the vector file that demands it.

use std::io;

use serde::Serialize;
use serde_json::{Value, json};

use super::escape;
use super::failure;
use super::words;
use crate::deviation::Cause;
use crate::diagnosis::Outcome;
use crate::judgement::{CaseRecord, ExitCode, Run, Verdict, plain};

/// The most octets of a text; the middle of a longer one is left out.
const MAX_TEXT: usize = 16 * 1024;

/// Writes runs as a SARIF log.
///
/// # Errors
/// The writer's.
pub fn sarif(runs: &[Run], mut out: impl io::Write) -> io::Result<()> {
    let log = Log { schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: runs.iter().map(written).collect() };
    plain::write_pretty(&log, &mut out)?;
    out.write_all(b"\n")
}

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: Vec<Value>,
}

fn written(run: &Run) -> Value {
    let mut rules: Vec<Rule> = Vec::new();
    let results: Vec<Value> = run.unexpected().map(|record| result(run, record, &mut rules)).collect();
    let name = &run.implementation().name;
    let code = run.exit_code();
    let worked = matches!(code, ExitCode::AsExpected | ExitCode::Unexpected | ExitCode::NothingExecuted);
    json!({
        "tool": { "driver": {
            "name": "countersign",
            "version": run.start.countersign,
            "rules": rules.iter().map(Rule::written).collect::<Vec<_>>(),
        } },
        // A trailing slash: what stands before it says which analysis this is, and there is no id of the single run.
        "automationDetails": { "id": format!("countersign/{}/", name.replace('/', "-")) },
        "invocations": [ { "executionSuccessful": worked, "exitCode": code.number(), "exitCodeDescription": words::ending(run) } ],
        "results": results,
        "columnKind": "unicodeCodePoints",
        "properties": {
            "implementation": run.implementation(),
            "suite_digest": run.start.suite_digest,
            "totals": run.totals(),
        },
    })
}

/// What results are grouped by: what explains them, or why nothing does.
#[derive(PartialEq, Eq)]
struct Rule {
    id: String,
    text: String,
    help: Option<String>,
    address: Option<String>,
}

impl Rule {
    fn of(record: &CaseRecord) -> Rule {
        let plain = |id: &str, text: &str| Rule { id: id.to_owned(), text: text.to_owned(), help: None, address: None };
        match (&record.diagnosis, record.verdict()) {
            (Some(diagnosis), _) if diagnosis.outcome == Outcome::Explained => {
                let causes: Vec<&Cause> = diagnosis.sets.iter().flatten().collect();
                let joined =
                    |part: &dyn Fn(&Cause) -> String, by: &str| causes.iter().map(|cause| part(cause)).collect::<Vec<_>>().join(by);
                Rule {
                    id: joined(&|cause| cause.to_string(), "+"),
                    text: joined(&|cause| cause.sentence(), "; "),
                    help: Some(joined(&|cause| format!("fix: {}", cause.fix()), "\n")),
                    address: causes.first().and_then(|cause| words::section_address(cause.section())),
                }
            }
            (Some(diagnosis), _) if diagnosis.outcome == Outcome::Ambiguous => {
                plain("ambiguous", "several sets of departures explain it, and this request cannot tell them apart")
            }
            (_, Verdict::Broken) => plain("broken", "it crashed, did not answer in time, or broke the protocol"),
            (_, Verdict::Inconclusive) => plain("inconclusive", "it refused what must be refused, but that proves nothing"),
            (_, Verdict::UnexpectedPass) => plain("unexpected-pass", "it passed although it is expected to fail"),
            (Some(_), _) => plain("unexplained", "no known departure gives this value"),
            (None, _) => plain("failed", "it did something else than is expected"),
        }
    }

    fn written(&self) -> Value {
        let mut rule = json!({ "id": text(&self.id), "shortDescription": { "text": text(&self.text) } });
        if let Some(members) = rule.as_object_mut() {
            if let Some(help) = &self.help {
                members.insert("help".to_owned(), json!({ "text": text(help) }));
            }
            if let Some(address) = &self.address {
                members.insert("helpUri".to_owned(), json!(address));
            }
        }
        rule
    }
}

fn result(run: &Run, record: &CaseRecord, rules: &mut Vec<Rule>) -> Value {
    let rule = Rule::of(record);
    let index = rules.iter().position(|known| *known == rule).unwrap_or_else(|| {
        rules.push(rule);
        rules.len() - 1
    });
    let id = rules.get(index).map(|rule| text(&rule.id));
    let full_id = record.full_id();
    let mut location = json!({ "logicalLocations": [ { "fullyQualifiedName": text(&full_id), "kind": "member" } ] });
    if let (Some(place), Some(members)) = (&record.place, location.as_object_mut()) {
        let line = place.line.max(1);
        let place = json!({ "artifactLocation": { "uri": uri(&place.file) }, "region": { "startLine": line } });
        members.insert("physicalLocation".to_owned(), place);
    }
    json!({
        "ruleId": id,
        "ruleIndex": index,
        "level": if record.counts(run.start.strict) { "error" } else { "warning" },
        "message": { "text": text(&message(record)) },
        "locations": [ location ],
        "partialFingerprints": { "case/v1": text(&full_id) },
        "properties": { "verdict": record.verdict().as_str(), "level": record.level, "operation": record.operation },
    })
}

fn message(record: &CaseRecord) -> String {
    let clauses = failure::clauses(&record.spec).join("; ");
    let clauses = if clauses.is_empty() { String::new() } else { format!(" ({clauses})") };
    let done = record.first_difference().map_or_else(
        || failure::deed(record),
        |difference| {
            let at = difference.first_difference.map_or(String::new(), |at| format!(" from octet {at}"));
            format!("{} differs{at}", difference.what)
        },
    );
    let mut told = format!("{}: {}{clauses}: {done}", record.full_id(), record.title);
    if let Some(diagnosis) = record.diagnosis.as_ref().filter(|diagnosis| diagnosis.outcome == Outcome::Ambiguous) {
        let sets: Vec<String> = diagnosis.ids().iter().take(8).map(|ids| ids.join(" with ")).collect();
        told.push_str(&format!("; one of: {}", sets.join(", or ")));
    }
    told
}

fn text(text: &str) -> String {
    escape::lines(&escape::middle_cut(text, MAX_TEXT)).into_owned()
}

/// A path as a URI reference (RFC 3986): relative to where the run was, or of the scheme `file`.
fn uri(path: &str) -> String {
    let mut uri = String::from(if path.starts_with('/') { "file://" } else { "" });
    for octet in path.bytes() {
        match octet {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(octet)),
            _ => uri.push_str(&format!("%{octet:02X}")),
        }
    }
    uri
}
