//! How fast a process answers, and how long it can be left alone with what it has to do. Two threads are woken for an answer that is read as
//! it comes, and that takes longer than to read it; of a process that has much to do, several can be read at once.

use std::time::{Duration, Instant};

/// Whoever has fewer questions left is read from at once.
const FEWEST: usize = 16;

/// Waking up takes part of this: a shorter pause saves nothing.
const LEAST: Duration = Duration::from_micros(200);

/// The longest pause: nobody waits longer for an answer that is there.
pub(super) const MOST: Duration = Duration::from_millis(8);

/// What is known of a process's pace.
#[derive(Debug)]
pub(super) struct Pace {
    /// How long an answer takes; rather too short than too long.
    each: Duration,
    /// Since when it was waited for.
    since: Instant,
}

impl Pace {
    /// Nothing is known.
    pub(super) const fn new(since: Instant) -> Pace {
        Pace { each: Duration::ZERO, since }
    }

    /// From now on it is waited for: what was done before is no sign of its pace.
    pub(super) const fn wait(&mut self, now: Instant) {
        self.since = now;
    }

    /// So many answers came at once, and so many questions are left to it.
    pub(super) fn hear(&mut self, answers: usize, left: usize, now: Instant) {
        let Some(each) = u32::try_from(answers).ok().and_then(|answers| now.saturating_duration_since(self.since).checked_div(answers))
        else {
            return;
        };
        self.since = now;
        self.each = match each.checked_sub(self.each) {
            // It has nothing left to do: it was left alone for too long.
            _ if left == 0 => Duration::ZERO,
            // One slow answer does not make a slow process.
            Some(longer) => self.each + longer / 8,
            None => each,
        };
    }

    /// How long it can be left alone with so many questions: until it has answered half of them.
    pub(super) fn pause(&self, left: usize) -> Duration {
        let half = self.each.saturating_mul(u32::try_from(left / 2).unwrap_or(u32::MAX)).min(MOST);
        if left < FEWEST || half < LEAST { Duration::ZERO } else { half }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pause beside so many questions, after answers of this pace that were read as they came.
    fn pause(each: u64, left: usize) -> Duration {
        let mut now = Instant::now();
        let mut pace = Pace::new(now);
        for _ in 0..50 {
            pace.wait(now);
            now += Duration::from_micros(each);
            pace.hear(1, left, now);
        }
        pace.pause(left)
    }

    #[test]
    fn a_slow_process_with_much_to_do_is_left_alone_for_a_while_and_no_other() {
        assert_eq!(pause(500, 64), MOST);
        let some = pause(30, 32);
        assert!(some > LEAST && some <= Duration::from_micros(480), "{some:?}");
        assert_eq!(pause(250, FEWEST - 1), Duration::ZERO);
        assert_eq!(pause(5, 64), Duration::ZERO);
        assert!(pause(5, 64) < pause(10, 64));
    }

    #[test]
    fn who_was_left_alone_for_too_long_is_not_left_alone_again() {
        let now = Instant::now();
        let mut pace = Pace::new(now);
        pace.hear(1, 64, now + MOST * 100);
        assert_eq!(pace.pause(64), MOST);
        pace.hear(64, 0, now + MOST * 101);
        assert_eq!(pace.pause(64), Duration::ZERO);
        // What was done in the meantime is not its pace.
        pace.wait(now + MOST * 200);
        pace.hear(1, 64, now + MOST * 200 + Duration::from_micros(5));
        assert_eq!(pace.pause(64), Duration::ZERO);
    }
}
