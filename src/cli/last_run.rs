//! What failed last time: `--failed` asks for it again. The ids of the last run in each folder are kept among the user's state files
//! (`$XDG_STATE_HOME`, or `.local/state` at home); without such a place nothing is kept.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::fail::Fail;
use super::{files, output, report};
use crate::judgement::{Keep, Run};

/// The most ids that are kept.
const MOST: usize = 100_000;

/// Keeps the ids of what failed. Whether that works is no matter of the run.
pub(super) fn keep(runs: &[Run]) {
    let Some(file) = place() else { return };
    let failed: BTreeSet<String> = failed(runs);
    let text: String = failed.iter().take(MOST).map(|id| format!("{id}\n")).collect();
    if file.parent().is_some_and(|folder| std::fs::create_dir_all(folder).is_ok()) {
        let _ = output::write_file(&file, text.as_bytes());
    }
}

/// The ids of what failed: in this events file or JSON report, or in the last run that was made in this folder.
pub(super) fn read(file: &str) -> Result<BTreeSet<String>, Fail> {
    if !file.is_empty() {
        return Ok(failed(&report::runs(Path::new(file), Keep::Unexpected)?));
    }
    let none = || Fail::usage("no run was made in this folder before").hint("name one: --failed=FILE, of --events or --json");
    let file = place().filter(|file| file.is_file()).ok_or_else(none)?;
    Ok(files::text(&file, files::MAX_FILE)?.lines().map(str::to_owned).collect())
}

fn failed(runs: &[Run]) -> BTreeSet<String> {
    runs.iter().flat_map(Run::unexpected).map(crate::judgement::CaseRecord::full_id).collect()
}

/// The file for the current folder. Projects do not get in each other's way: what can be read of its name is cut, and letters are replaced
/// in it, but the digest is that of all of it.
fn place() -> Option<PathBuf> {
    let home = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let state = home("XDG_STATE_HOME").or_else(|| Some(home("HOME")?.join(".local/state")))?;
    let folder = std::env::current_dir().ok()?;
    let name: String =
        folder.to_string_lossy().chars().map(|letter| if letter.is_ascii_alphanumeric() || letter == '-' { letter } else { '_' }).collect();
    let end = name.len().saturating_sub(100);
    let digest = Sha256::digest(folder.as_os_str().as_encoded_bytes());
    let digest: String = digest.iter().take(16).map(|octet| format!("{octet:02x}")).collect();
    Some(state.join("countersign").join(format!("failed{}-{digest}.txt", name.get(end..)?)))
}
