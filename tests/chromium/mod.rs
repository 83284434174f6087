//! Where the browser is, for the tests that need one.

use std::path::PathBuf;

/// Chromium: the one that the environment names, or else one in the path.
pub(crate) fn chromium() -> PathBuf {
    if let Some(named) = std::env::var_os("CHROMIUM") {
        return named.into();
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let found = std::env::split_paths(&path).flat_map(|folder| names.map(|name| folder.join(name))).find(|program| program.is_file());
    found.unwrap_or_else(|| panic!("no Chromium in the path: install it, or name one in the environment variable CHROMIUM"))
}
