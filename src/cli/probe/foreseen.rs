//! What a probe is known to find: the file is read before anything is sent, and brought up to date if somebody wants that.

use std::path::Path;

use super::super::expect;
use super::super::fail::Fail;
use super::super::files;
use super::super::implementations;
use super::super::output;
use super::options::Arguments;
use crate::judgement::expectations::{Expectations, update};
use crate::judgement::probed::PROBE;
use crate::judgement::{CaseRecord, ExitCode, Run};
use crate::probe::{Ended, Plan};

/// A file of expectations, and the steps that there can be.
pub(super) struct Foreseen {
    name: String,
    text: String,
    is_new: bool,
    pub(super) known: Expectations,
    /// The ids of all steps, whatever was selected.
    all: Vec<String>,
}

impl Foreseen {
    /// Reads it. One that is to be written need not be there yet.
    pub(super) fn read(arguments: &Arguments, all: Vec<String>) -> Result<Option<Foreseen>, Fail> {
        let Some(name) = &arguments.expect else { return Ok(None) };
        let path = Path::new(name);
        let is_new = arguments.update_expect && !path.exists();
        let text = if is_new { expect::NEW.to_owned() } else { files::text(path, files::MAX_FILE)? };
        let known = Expectations::read(name, &text, &implementations::today())?;
        Ok(Some(Foreseen { name: name.clone(), text, is_new, known, all }))
    }

    /// Tells expectations which steps there are, and which of them are put.
    pub(super) fn see(&self, expectations: &Expectations, plan: &Plan) {
        let is_put = |id: &str| plan.steps.iter().any(|step| step.id == id);
        self.all.iter().for_each(|id| expectations.see_id(&format!("{PROBE}.{}/{id}", plan.profile.id), true, is_put(id)));
    }

    /// Writes down what was found: new findings are added, what is not found any more is taken away, comments stay. What it did, and what is
    /// still otherwise than the file says.
    pub(super) fn update(&self, plan: &Plan, run: &Run, ended: &Ended) -> Result<(String, ExitCode), Fail> {
        let code = run.exit_code();
        if *ended != Ended::Finished || code == ExitCode::Interrupted {
            return Ok((format!("{}: the probe did not come to its end, and the file stays as it is\n", self.name), code));
        }
        // What has changed since a recording is no step.
        let suite = format!("{PROBE}.{}", plan.profile.id);
        let records: Vec<CaseRecord> = run.records.iter().filter(|record| *record.suite == *suite).cloned().collect();
        let changes = update(&self.known, &self.text, &records, true);
        let changes = changes.ok_or_else(|| Fail::work(format!("{}: it cannot be edited", self.name)))?;
        let now = Expectations::read(&self.name, &changes.text, &implementations::today())?;
        self.see(&now, plan);
        records.iter().for_each(|record| now.apply(&mut record.clone()));
        let left = now.findings(true);
        let mut told = expect::told(&changes.changes, run, &self.name, false);
        left.iter().for_each(|finding| expect::write_finding(&mut told, finding));
        if self.is_new || changes.text != self.text {
            output::write_file(Path::new(&self.name), changes.text.as_bytes())?;
        }
        Ok((told, if left.is_empty() { ExitCode::AsExpected } else { ExitCode::Unexpected }))
    }
}
