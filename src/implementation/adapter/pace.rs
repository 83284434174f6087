//! How fast a process answers, and how long it can be left alone with what it has to do. Two threads are woken for an answer that is read as
//! it comes, and that takes longer than to read it; of a process that has much to do, several can be read at once.

use std::time::{Duration, Instant};

/// Whoever has fewer questions left is read from at once.
const FEWEST: usize = 16;

/// Waking up takes part of this: a shorter pause saves nothing.
pub(super) const LEAST: Duration = Duration::from_micros(200);

/// The longest pause: nobody waits longer for an answer that is there.
pub(super) const MOST: Duration = Duration::from_millis(8);

/// What is known of a process's pace.
#[derive(Debug)]
pub(super) struct Pace {
    /// How long an answer takes; rather too short than too long.
    each: Duration,
    /// When it was heard last, or looked after.
    since: Instant,
    /// Whether what is heard next is a sign of its pace: it was listened to all the time.
    is_sign: bool,
}

impl Pace {
    /// Nothing is known.
    pub(super) const fn new(since: Instant) -> Pace {
        Pace { each: Duration::ZERO, since, is_sign: false }
    }

    /// Until now nobody listened: when it said what is heard next is not known.
    pub(super) const fn was_left_alone(&mut self, now: Instant) {
        self.since = now;
        self.is_sign = false;
    }

    /// So many answers came at once, and so many questions are left to it.
    pub(super) fn hear(&mut self, answers: usize, left: usize, now: Instant) {
        let passed = now.saturating_duration_since(self.since);
        let Some(each) = u32::try_from(answers).ok().and_then(|answers| passed.checked_div(answers)) else { return };
        self.since = now;
        let is_sign = std::mem::replace(&mut self.is_sign, true);
        self.each = match each.checked_sub(self.each) {
            // It has nothing left to do: it was left alone for too long.
            _ if left == 0 => Duration::ZERO,
            _ if !is_sign => self.each,
            // One slow answer does not make a slow process.
            Some(longer) => self.each + longer / 8,
            None => each,
        };
    }

    /// Whether it may have answered so many questions since it was heard last.
    pub(super) fn is_through(&self, left: usize, now: Instant) -> bool {
        let all = self.each.saturating_mul(u32::try_from(left).unwrap_or(u32::MAX));
        now.saturating_duration_since(self.since) >= all.max(LEAST)
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

    /// A pace of one answer in so many microseconds, each read as it came.
    fn pace(each: u64, left: usize) -> (Pace, Instant) {
        let mut now = Instant::now();
        let mut pace = Pace::new(now);
        for _ in 0..50 {
            now += Duration::from_micros(each);
            pace.hear(1, left, now);
        }
        (pace, now)
    }

    fn pause(each: u64, left: usize) -> Duration {
        pace(each, left).0.pause(left)
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
        let (mut pace, now) = pace(500, 64);
        assert_eq!(pace.pause(64), MOST);
        pace.hear(64, 0, now + MOST);
        assert_eq!(pace.pause(64), Duration::ZERO);
    }

    #[test]
    fn what_was_said_while_nobody_listened_is_no_sign() {
        let (mut pace, now) = pace(200, 32);
        let before = pace.pause(32);
        // Many lie ready, or nothing came for long because whoever listens had other things to do.
        for (left_alone, heard) in [(MOST, MOST), (MOST * 2, MOST * 100)] {
            pace.was_left_alone(now + left_alone);
            pace.hear(32, 32, now + heard);
            assert_eq!(pace.pause(32), before);
        }
        let now = now + MOST * 100;
        pace.hear(1, 32, now + Duration::from_micros(100));
        assert!(pace.pause(32) < before);
    }

    #[test]
    fn a_process_is_through_when_it_had_the_time_for_its_questions() {
        let (pace, now) = pace(200, 32);
        assert!(!pace.is_through(32, now + Duration::from_millis(5)));
        assert!(pace.is_through(20, now + Duration::from_millis(5)));
        // Of a quick one nobody looks after every question.
        assert!(!pace.is_through(0, now));
    }
}
