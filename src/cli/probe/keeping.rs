//! What a probe leaves behind: a recording, a comparison with an earlier one, a draft of a profile. Everything is opened before anything is
//! sent.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;

use super::super::fail::Fail;
use super::super::output::{self, Target};
use crate::probe::draft_profile::{Draft, draft};
use crate::probe::drift::{self, Drift, Recorded};
use crate::probe::judging::Disclosure;
use crate::probe::record::{FIXTURES, record};
use crate::probe::{Conducted, Means, Plan, Redactor};
use crate::profile::calendar::Zone;
use crate::profile::fixture::Fixtures;
use crate::vectors::plain;

/// Where to, and with what.
#[derive(Debug, Args)]
pub(super) struct Keeping {
    /// Write the exchanges into this folder: fixtures that replay with `countersign test --vectors DIR`, and a HAR file; real credentials
    /// are replaced by synthetic ones
    #[arg(long, value_name = "DIR")]
    record: Option<PathBuf>,
    /// Say what has changed since this recording
    #[arg(long, value_name = "DIR")]
    compare: Option<PathBuf>,
    /// Write what was observed as a draft of a profile
    #[arg(long, value_name = "FILE")]
    write_profile: Option<PathBuf>,
}

/// The same, opened.
pub(super) struct Kept<'a> {
    record: Option<&'a Path>,
    recorded: Option<Recorded>,
    profile: Option<Target>,
}

impl Keeping {
    /// Opens what is read and what is written.
    pub(super) fn open(&self, plan: &Plan) -> Result<Kept<'_>, Fail> {
        let recorded = self.compare.as_deref().map(|folder| read(folder, plan)).transpose()?;
        if let Some(folder) = &self.record {
            std::fs::create_dir_all(folder).map_err(|error| Fail::work(format!("{}: {error}", folder.display())))?;
        }
        let profile = self.write_profile.as_deref().map(Target::open).transpose()?;
        Ok(Kept { record: self.record.as_deref(), recorded, profile })
    }
}

/// A recording for this plan.
fn read(folder: &Path, plan: &Plan) -> Result<Recorded, Fail> {
    let path = if folder.is_dir() { folder.join(FIXTURES) } else { folder.to_owned() };
    let file = Fixtures::read(&path).map_err(Fail::from)?;
    let (profile, own) = (file.profile.clone(), plan.profile.id.as_str());
    let recorded = Recorded::of(vec![file], own);
    if recorded.is_empty() {
        let fail = Fail::usage(format!("{}: holds no exchange with {own}, but with {profile}", path.display()));
        return Err(fail.hint("--record makes a recording"));
    }
    Ok(recorded)
}

impl Kept<'_> {
    /// What has changed since the recording.
    pub(super) fn compared(&self, plan: &Plan, conducted: &Conducted, disclosure: &Disclosure) -> Drift {
        self.recorded.as_ref().map(|recorded| drift::compare(plan, conducted, recorded, disclosure)).unwrap_or_default()
    }

    /// Writes what is to be written, and says what there is to say of it.
    pub(super) fn finish(
        self,
        plan: &Plan,
        means: &Means,
        conducted: &Conducted,
        disclosure: &Disclosure,
        drift: &Drift,
    ) -> Result<Vec<String>, Fail> {
        let mut notes = Vec::new();
        let redactor = super::redactor(disclosure, false);
        if self.recorded.is_some() {
            let (changed, unchanged) = (drift.records.len(), drift.unchanged);
            notes.push(format!("{unchanged} steps are answered as recorded, {changed} are not or could not be asked"));
        }
        if let Some(folder) = self.record {
            let recording = record(plan, means, conducted, disclosure);
            for (name, text) in &recording.files {
                output::write_file(&folder.join(name), swept(text, &redactor).as_bytes())?;
            }
            let exchanges = match recording.exchanges {
                1 => "1 exchange is".to_owned(),
                many => format!("{many} exchanges are"),
            };
            notes.push(format!("{exchanges} written to {}", folder.display()));
            let mut listed = |what: &str, ids: &[String]| {
                if !ids.is_empty() {
                    notes.push(format!("{what}: {}", ids.join(", ")));
                }
            };
            listed("the rules find something else in these with synthetic values", &recording.retold);
            listed("too long to be recorded", &recording.left_out);
            listed("not recorded, because something of a secret would be left in them", &recording.withheld);
        }
        if let Some(mut target) = self.profile {
            let Some(Draft { profile, not_observed }) = draft(plan, conducted, &redactor, &today()) else {
                return Err(Fail::work("no profile can be drafted: no good request was answered"));
            };
            // A draft cites what the server wrote.
            let text = swept(&plain::pretty(&profile), &redactor);
            let written = target.writer().write_all(format!("{text}\n").as_bytes());
            written.map_err(|error| Fail::work(format!("the profile cannot be written: {error}")))?;
            target.finish()?;
            notes.push(format!("the draft has {} rules; not observed:", profile.rules.len()));
            notes.extend(not_observed.iter().map(|(what, why)| format!("  {what}: {why}")));
        }
        Ok(notes)
    }
}

/// A JSON text without secrets: each string of it by itself, so that it stays JSON.
fn swept(text: &str, redactor: &Redactor) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(start) = rest.find('"') {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let mut is_escaped = false;
        let end = from.bytes().skip(1).position(|octet| {
            let ends = octet == b'"' && !is_escaped;
            is_escaped = octet == b'\\' && !is_escaped;
            ends
        });
        let (literal, after) = from.split_at(end.map_or(from.len(), |end| end + 2));
        let clean = serde_json::from_str::<String>(literal).ok().and_then(|string| {
            let clean = redactor.sweep(&string);
            (clean != string).then(|| plain::pretty(&clean))
        });
        out.push_str(clean.as_deref().unwrap_or(literal));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The day, as profiles write it.
fn today() -> String {
    Zone::Utc.date(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Secret;

    #[test]
    fn a_json_text_without_secrets_is_json() {
        let redactor = Redactor::of(&[Secret::new(b"kestrel\"of\\the-secret".to_vec()), Secret::new(b"1700000000".to_vec())]);
        let text = r#"{ "a\"": ["kestrel\"of\\the-secret", "\n", 1700000000], "now 1700000000": "" }"#;
        let clean = swept(text, &redactor);
        assert_eq!(clean, r#"{ "a\"": ["(redacted)", "\n", 1700000000], "now (redacted)": "" }"#);
        assert!(serde_json::from_str::<serde_json::Value>(&clean).is_ok());
        // What is written anew obeys nobody either.
        let odd = swept(r#"["kestrel\"of\\the-secret \u009b\u202e\u007f"]"#, &redactor);
        assert_eq!(odd, r#"["(redacted) \u009b\u202e\u007f"]"#);
        assert_eq!(swept("no string \"ends", &redactor), "no string \"ends");
    }
}
