//! What must hold between the cases of a whole set: no full id twice, and every control there and positive. It remembers 128 bits an id,
//! so that a hundred thousand cases cost a few megabytes and not their names.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{DefaultHasher, Hasher};
use std::sync::Arc;

use super::case::{Case, Place, Status};
use super::load_error::LoadError;

/// The ids that were read so far, and the controls that were asked for.
#[derive(Default)]
pub(super) struct Register {
    files: Vec<Arc<str>>,
    seen: HashMap<u128, Seen>,
    wanted: HashMap<u128, Wanted>,
}

#[derive(Clone, Copy)]
struct Seen {
    file: u32,
    line: u32,
    positive: bool,
}

/// A control, with the first case that names it.
struct Wanted {
    control: String,
    id: String,
    file: u32,
    line: u32,
}

impl Register {
    /// Takes a case in.
    ///
    /// # Errors
    /// If its full id was seen before; both places are named.
    pub(super) fn add(&mut self, case: &Case) -> Result<(), LoadError> {
        let file = self.file(&case.place.file);
        let line = u32::try_from(case.place.line).unwrap_or(u32::MAX);
        let positive = case.status == Status::Active && !case.expectation.admits_refusal();
        match self.seen.entry(key(&case.suite, &case.id)) {
            Entry::Vacant(place) => {
                place.insert(Seen { file, line, positive });
            }
            Entry::Occupied(first) => {
                let at = format!("{}:{}", name(&self.files, first.get().file), first.get().line);
                return Err(error(&case.place, &case.id, format!("its id {:?} stands there twice, first at {at}", case.full_id())));
            }
        }
        if let Some(control) = &case.control {
            let (suite, id) = control.split_once('/').unwrap_or_default();
            self.wanted.entry(key(suite, id)).or_insert_with(|| Wanted { control: control.clone(), id: case.id.clone(), file, line });
        }
        Ok(())
    }

    /// Looks at the controls once all cases were added.
    ///
    /// # Errors
    /// The first control, in the order of the set, that is not there or could be satisfied by a refusal.
    pub(super) fn finish(self) -> Result<(), LoadError> {
        let mut faults: Vec<(&Wanted, String)> = Vec::new();
        for (key, wanted) in &self.wanted {
            let control = &wanted.control;
            match self.seen.get(key) {
                Some(Seen { positive: true, .. }) => {}
                Some(Seen { file, line, .. }) => {
                    let at = format!("{}:{line}", name(&self.files, *file));
                    faults.push((wanted, format!("its control {control:?} at {at} is not an active case that must be accepted")));
                }
                None => faults.push((wanted, format!("its control {control:?} is not there"))),
            }
        }
        match faults.into_iter().min_by_key(|(wanted, _)| (wanted.file, wanted.line)) {
            None => Ok(()),
            Some((wanted, reason)) => {
                let file = self.files.get(wanted.file as usize).cloned().unwrap_or_default();
                Err(error(&Place { file, line: wanted.line as usize }, &wanted.id, reason))
            }
        }
    }

    fn file(&mut self, file: &Arc<str>) -> u32 {
        if self.files.last().is_none_or(|last| last != file) {
            self.files.push(file.clone());
        }
        u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX)
    }
}

fn name(files: &[Arc<str>], file: u32) -> &str {
    files.get(file as usize).map_or("", |name| name)
}

fn error(place: &Place, id: &str, reason: String) -> LoadError {
    LoadError { file: place.file.to_string(), line: place.line, column: 1, thing: format!("case \"{id}\""), reason, hint: None }
}

/// 128 bits of a full id. Two halves with different beginnings: different ids have different keys for all that chance can do.
fn key(suite: &str, id: &str) -> u128 {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        hasher.write_u8(salt);
        hasher.write(suite.as_bytes());
        hasher.write_u8(b'/');
        hasher.write(id.as_bytes());
        u128::from(hasher.finish())
    };
    half(0) << 64 | half(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::read::{read_case, read_file};
    use crate::vectors::spot::Spot;

    fn cases(suite: &str, cases: &str) -> Vec<Case> {
        let text = format!(r#"{{"format": 1, "suite": "{suite}", "operation": "verify", "cases": [{cases}]}}"#);
        let file: Arc<str> = format!("{suite}.json").into();
        let (suite, ranges) = read_file(&file, &text).unwrap();
        ranges
            .into_iter()
            .zip(2..)
            .map(|(range, line)| {
                let spot = Spot { file: &file, text: &text, line: 1, start: range.start, end: range.end };
                read_case(&suite, &spot, line).unwrap()
            })
            .collect()
    }

    fn case(id: &str, control: &str, expect: &str) -> String {
        let control = if control.is_empty() { String::new() } else { format!(r#""control": "{control}","#) };
        format!(
            r#"{{"id": "{id}", "rev": 1, "status": "active", "level": "must", "title": "t", "spec": [], {control}
                "input": {{"method": "GET", "url": "u"}}, "expect": {expect}, "source": {{"kind": "derived", "ref": ""}}}}"#
        )
    }

    fn register(all: &[Vec<Case>]) -> Result<(), String> {
        let mut register = Register::default();
        for case in all.iter().flatten() {
            register.add(case).map_err(|error| error.to_string())?;
        }
        register.finish().map_err(|error| error.to_string())
    }

    const YES: &str = r#"{"valid": true}"#;
    const NO: &str = r#"{"refuse": {"codes": []}}"#;

    #[test]
    fn controls_are_found_before_and_after_and_in_other_files() {
        let a = cases("a", &[case("x", "y", NO), case("y", "", YES), case("z", "b/y", NO)].join(","));
        assert_eq!(register(&[a, cases("b", &case("y", "", YES))]), Ok(()));
    }

    #[test]
    fn an_id_stands_once_in_the_whole_set() {
        let a = cases("a", &[case("x", "", YES), case("y", "", YES)].join(","));
        let again = cases("a", &case("y", "", YES));
        assert_eq!(register(&[a, again]), Err("a.json:2:1: case \"y\": its id \"a/y\" stands there twice, first at a.json:3".to_owned()));
    }

    #[test]
    fn a_control_is_there_and_positive() {
        let a = cases("a", &[case("x", "none", NO), case("y", "b/y", NO)].join(","));
        let b = cases("b", &case("y", "", NO));
        assert_eq!(register(&[a.clone(), b.clone()]), Err("a.json:2:1: case \"x\": its control \"a/none\" is not there".to_owned()));
        let only = vec![a[1].clone()];
        assert_eq!(
            register(&[only, b]),
            Err("a.json:3:1: case \"y\": its control \"b/y\" at b.json:2 is not an active case that must be accepted".to_owned())
        );
    }
}
