//! One moment by which all of an exchange is over, however it is cut into pieces.

use std::time::{Duration, Instant};

use super::Trouble;

/// The end of an exchange's time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadline {
    began: Instant,
    time: Duration,
}

impl Deadline {
    /// It begins now.
    pub(super) fn after(time: Duration) -> Deadline {
        Deadline { began: Instant::now(), time }
    }

    /// What is left of it; never nothing.
    ///
    /// # Errors
    /// [`Trouble::Late`] with what was waited for.
    pub(super) fn left(&self, waiting_for: &'static str) -> Result<Duration, Trouble> {
        match self.time.checked_sub(self.began.elapsed()) {
            Some(left) if !left.is_zero() => Ok(left),
            _ => Err(Trouble::Late(waiting_for)),
        }
    }
}
