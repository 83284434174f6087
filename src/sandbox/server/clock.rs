//! The sandbox's clock: the machine's with an offset, or one that stands still until somebody moves it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// A clock in seconds since 1970. Clones show the same time.
#[derive(Clone, Debug)]
pub struct Clock(Kind);

#[derive(Clone, Debug)]
enum Kind {
    System(i64),
    Manual(Arc<AtomicU64>),
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub const fn system() -> Clock {
        Clock::ahead(0)
    }

    /// The machine's clock, so many seconds ahead of the time; a negative number is behind.
    #[must_use]
    pub const fn ahead(seconds: i64) -> Clock {
        Clock(Kind::System(seconds))
    }

    /// A clock that stands at this time.
    #[must_use]
    pub fn manual(now: u64) -> Clock {
        Clock(Kind::Manual(Arc::new(AtomicU64::new(now))))
    }

    /// Moves a clock that stands, and all clones of it; the machine's is left alone.
    pub fn set(&self, now: u64) {
        if let Kind::Manual(time) = &self.0 {
            time.store(now, Ordering::SeqCst);
        }
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> u64 {
        match &self.0 {
            Kind::Manual(time) => time.load(Ordering::SeqCst),
            Kind::System(offset) => {
                let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs());
                now.saturating_add_signed(*offset)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_of_a_clock_that_stands_are_moved_together() {
        let clock = Clock::manual(5);
        let other = clock.clone();
        clock.set(7);
        assert_eq!(other.now(), 7);
        assert!(Clock::ahead(3600).now() >= Clock::system().now() + 3599);
        assert_eq!(Clock::ahead(i64::MIN).now(), 0);
    }
}
