//! The names of places on the page. Somebody links to them, so they are made of names and not of numbers.

use crate::judgement::{CaseRecord, Run};

/// A name for each run, each its own. The page's own places begin with `~`, which no name does.
pub(super) struct Anchors(Vec<String>);

impl Anchors {
    pub(super) fn of(runs: &[Run]) -> Anchors {
        let mut names: Vec<String> = Vec::new();
        for run in runs {
            let name = Some(plain(&run.implementation().name)).filter(|name| !name.is_empty()).unwrap_or_else(|| "nameless".to_owned());
            let taken = |name: &String| names.contains(name);
            let free = std::iter::once(name.clone()).chain((2..).map(|number| format!("{name}~{number}"))).find(|name| !taken(name));
            names.extend(free);
        }
        Anchors(names)
    }

    /// Of an implementation.
    pub(super) fn run(&self, number: usize) -> &str {
        self.0.get(number).map_or("", String::as_str)
    }

    /// Of the cases of a suite.
    pub(super) fn suite(&self, number: usize, suite: &str) -> String {
        format!("{}/{}", self.run(number), plain(suite))
    }

    /// Of a case.
    pub(super) fn case(&self, number: usize, record: &CaseRecord) -> String {
        format!("{}/{}", self.suite(number, &record.suite), plain(&record.id))
    }
}

/// What may stand in an id and in a fragment as it is.
fn plain(name: &str) -> String {
    let kept = |letter: char| if letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '-') { letter } else { '-' };
    name.chars().take(80).map(kept).collect()
}
