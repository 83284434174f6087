//! Progress on a terminal: a line on stderr that goes away. Short runs show none.

use std::io;
use std::sync::OnceLock;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::implementation::Description;
use crate::judgement::{Event, Sink};

/// Redraws a second; a run of a hundred thousand cases must not spend its time on drawing.
const REDRAWS: u8 = 10;

/// Cases between two looks at the clock.
const STRIDE: u64 = 64;

/// The first quarter of a second belongs to the work: most runs are over by then.
const LATE: Duration = Duration::from_millis(250);

/// A line that is not drawn before its time.
struct Line {
    bar: ProgressBar,
    is_wanted: bool,
    is_drawn: OnceLock<()>,
}

impl Line {
    fn new(is_wanted: bool, length: Option<u64>, template: &str) -> Line {
        let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Line { bar, is_wanted, is_drawn: OnceLock::new() }
    }

    /// Whether there is something to be drawn: from its time on.
    fn is_due(&self) -> bool {
        if !self.is_wanted || self.bar.elapsed() < LATE {
            return false;
        }
        self.is_drawn.get_or_init(|| self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(REDRAWS)));
        true
    }
}

/// A part of a known whole, as a line.
const BAR: &str = "{bar:24} {pos}/{len} {msg}";
/// Work whose end nobody knows.
const SPINNER: &str = "{spinner} {msg}";

/// The line.
pub(super) struct Progress {
    line: Line,
    done: u64,
}

impl Progress {
    /// A line for so many cases, or none.
    pub(super) fn new(shown: bool, cases: u64) -> Progress {
        Progress { line: Line::new(shown, Some(cases), BAR), done: 0 }
    }

    /// Takes the line away.
    pub(super) fn finish(self) {
        self.line.bar.finish_and_clear();
    }
}

impl Sink for Progress {
    fn take(&mut self, implementation: &Description, event: Event<'_>) -> io::Result<()> {
        match event {
            Event::RunStart(_) => self.line.bar.set_message(crate::report::escape::line(&implementation.name).into_owned()),
            Event::Case(_) => {
                self.done += 1;
                if self.done.is_multiple_of(STRIDE) && self.line.is_due() {
                    self.line.bar.set_position(self.done);
                }
            }
            Event::AdapterLog(_) | Event::RunEnd(_) => {}
        }
        Ok(())
    }
}

/// A search whose end nobody knows: how many values were compared.
pub(super) struct Search {
    line: Line,
}

impl Search {
    /// A line, or none.
    pub(super) fn new(shown: bool) -> Search {
        Search { line: Line::new(shown, None, SPINNER) }
    }

    /// Shows how far the search is.
    pub(super) fn tell(&self, tried: u64) {
        if self.line.is_due() {
            self.line.bar.set_message(format!("{tried} derivations compared"));
            self.line.bar.tick();
        }
    }

    /// Takes the line away.
    pub(super) fn finish(&self) {
        self.line.bar.finish_and_clear();
    }
}

/// Tasks of which many are done at once.
pub(super) struct Tasks {
    line: Line,
}

impl Tasks {
    /// A line that says what is done, or none.
    pub(super) fn new(shown: bool, what: &'static str) -> Tasks {
        let line = Line::new(shown, Some(0), BAR);
        line.bar.set_message(what);
        Tasks { line }
    }

    /// Shows how many are done.
    pub(super) fn tell(&self, done: usize, total: usize) {
        if self.line.is_due() {
            self.line.bar.set_length(total as u64);
            self.line.bar.set_position(done as u64);
        }
    }

    /// Takes the line away.
    pub(super) fn finish(&self) {
        self.line.bar.finish_and_clear();
    }
}

/// A search for differences: how many questions, how fast, what was found.
pub(super) struct Fuzzing {
    line: Line,
}

impl Fuzzing {
    /// A line, or none.
    pub(super) fn new(shown: bool) -> Fuzzing {
        Fuzzing { line: Line::new(shown, None, SPINNER) }
    }

    /// Shows how far it is.
    pub(super) fn tell(&self, progress: &crate::fuzzing::differential::Progress, elapsed: Duration) {
        if !progress.asked.is_multiple_of(STRIDE) || !self.line.is_due() {
            return;
        }
        let rate = progress.asked as f64 / elapsed.as_secs_f64();
        let (looked, all) = progress.axes;
        self.line
            .bar
            .set_message(format!("{} questions, {rate:.0} a second, {} finds, {looked}/{all} axes", progress.asked, progress.finds));
        self.line.bar.tick();
    }

    /// Does something that prints, with the line away.
    pub(super) fn hidden<T>(&self, print: impl FnOnce() -> T) -> T {
        self.line.bar.suspend(print)
    }

    /// Takes the line away.
    pub(super) fn finish(&self) {
        self.line.bar.finish_and_clear();
    }
}
