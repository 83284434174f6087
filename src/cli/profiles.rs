//! A profile by its name, or by the path of a file.

use std::path::Path;

use super::fail::Fail;
use crate::profile::nearest::nearest;
use crate::profile::{Profile, shipped};

/// One that comes along, or one's own.
pub(super) fn named(name: &str) -> Result<Profile, Fail> {
    if let Some(profile) = shipped::profile(name) {
        return profile.map_err(Fail::from);
    }
    let path = Path::new(name);
    if path.exists() || name.ends_with(".json") {
        return Profile::read(path).map_err(Fail::from);
    }
    let fail = Fail::usage(format!("there is no profile {name:?}"));
    let known = || shipped::TEXTS.iter().map(|(name, _)| *name);
    Err(match nearest(name, known()) {
        Some(near) => fail.hint(format!("did you mean {near}?")),
        None => fail.hint(format!("there are {}; a file of one's own ends in .json", known().collect::<Vec<_>>().join(", "))),
    })
}
