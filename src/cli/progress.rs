//! Progress on a terminal: a line on stderr that goes away. Short runs show none.

use std::io;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::implementation::Description;
use crate::judgement::{Event, Sink};

/// Redraws a second; a run of a hundred thousand cases must not spend its time on drawing.
const REDRAWS: u8 = 10;

/// Cases between two looks at the clock.
const STRIDE: u64 = 64;

/// The line.
pub(super) struct Progress {
    bar: ProgressBar,
    done: u64,
}

impl Progress {
    /// A line for so many cases, or none.
    pub(super) fn new(shown: bool, cases: u64) -> Progress {
        let target = if shown { ProgressDrawTarget::stderr_with_hz(REDRAWS) } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(cases), target);
        if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos}/{len} {msg}") {
            bar.set_style(style);
        }
        Progress { bar, done: 0 }
    }

    /// Takes the line away.
    pub(super) fn finish(self) {
        self.bar.finish_and_clear();
    }
}

impl Sink for Progress {
    fn take(&mut self, implementation: &Description, event: Event<'_>) -> io::Result<()> {
        match event {
            Event::RunStart(_) => self.bar.set_message(crate::report::escape::line(&implementation.name).into_owned()),
            Event::Case(_) => {
                self.done += 1;
                // The first quarter of a second belongs to the work: most runs are over by then.
                if self.done.is_multiple_of(STRIDE) && self.bar.elapsed() > Duration::from_millis(250) {
                    self.bar.set_position(self.done);
                }
            }
            Event::AdapterLog(_) | Event::RunEnd(_) => {}
        }
        Ok(())
    }
}

/// A search whose end nobody knows: how many values were compared.
pub(super) struct Search {
    bar: ProgressBar,
}

impl Search {
    /// A line, or none.
    pub(super) fn new(shown: bool) -> Search {
        let target = if shown { ProgressDrawTarget::stderr_with_hz(REDRAWS) } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
            bar.set_style(style);
        }
        Search { bar }
    }

    /// Shows how far the search is.
    pub(super) fn tell(&self, tried: u64) {
        if self.bar.elapsed() > Duration::from_millis(250) {
            self.bar.set_message(format!("{tried} derivations compared"));
            self.bar.tick();
        }
    }

    /// Takes the line away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// Tasks of which many are done at once.
pub(super) struct Tasks {
    bar: ProgressBar,
}

impl Tasks {
    /// A line that says what is done, or none.
    pub(super) fn new(shown: bool, what: &'static str) -> Tasks {
        let target = if shown { ProgressDrawTarget::stderr_with_hz(REDRAWS) } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(0), target);
        if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos}/{len} {msg}") {
            bar.set_style(style);
        }
        bar.set_message(what);
        Tasks { bar }
    }

    /// Shows how many are done.
    pub(super) fn tell(&self, done: usize, total: usize) {
        if self.bar.elapsed() < Duration::from_millis(250) {
            return;
        }
        self.bar.set_length(total as u64);
        self.bar.set_position(done as u64);
    }

    /// Takes the line away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// A search for differences: how many questions, how fast, what was found.
pub(super) struct Fuzzing {
    bar: ProgressBar,
}

impl Fuzzing {
    /// A line, or none.
    pub(super) fn new(shown: bool) -> Fuzzing {
        Fuzzing { bar: Search::new(shown).bar }
    }

    /// Shows how far it is.
    pub(super) fn tell(&self, progress: &crate::fuzzing::differential::Progress, elapsed: Duration) {
        if self.bar.is_hidden() || !progress.asked.is_multiple_of(STRIDE) || elapsed < Duration::from_millis(250) {
            return;
        }
        let rate = progress.asked as f64 / elapsed.as_secs_f64();
        let (looked, all) = progress.axes;
        self.bar.set_message(format!("{} questions, {rate:.0} a second, {} finds, {looked}/{all} axes", progress.asked, progress.finds));
        self.bar.tick();
    }

    /// Does something that prints, with the line away.
    pub(super) fn hidden<T>(&self, print: impl FnOnce() -> T) -> T {
        self.bar.suspend(print)
    }

    /// Takes the line away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
