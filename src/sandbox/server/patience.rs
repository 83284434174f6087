//! How much time is spent on explaining: a diagnosis ends after a moment, and all of them together take a part of the time only, so that
//! wrong signatures in great number do not keep the sandbox from its work.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::crew::{Away, Crew};

/// How long one diagnosis may take.
const ONE: Duration = Duration::from_millis(700);
/// What has been saved at the beginning, and the most that can be.
const SAVED: Duration = Duration::from_secs(15);
/// One part in so many of the time is saved.
const PART: u32 = 4;

/// The time that is left for diagnoses.
#[derive(Debug)]
pub struct Patience {
    account: Mutex<(Duration, Instant)>,
    one: Duration,
    crew: Arc<Crew>,
}

impl Patience {
    pub(super) fn new(crew: Arc<Crew>) -> Patience {
        Patience { account: Mutex::new((SAVED, Instant::now())), one: ONE, crew }
    }

    /// Begins a diagnosis, if there is time for one. Others do this thread's work meanwhile.
    pub(in crate::sandbox) fn begin(&self) -> Option<Running<'_>> {
        let mut account = self.account.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let saved = now.saturating_duration_since(account.1) / PART;
        *account = ((account.0 + saved).min(SAVED), now);
        // What it may cost is taken at once: several threads must not spend the same.
        account.0 = account.0.checked_sub(self.one)?;
        Some(Running { patience: self, began: now, _away: self.crew.step_out() })
    }
}

/// A diagnosis that is going on.
#[derive(Debug)]
pub struct Running<'a> {
    patience: &'a Patience,
    began: Instant,
    _away: Option<Away<'a>>,
}

impl Running<'_> {
    /// Whether there is time left for it.
    pub(in crate::sandbox) fn goes_on(&self) -> bool {
        self.began.elapsed() < self.patience.one
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let left = self.patience.one.saturating_sub(self.began.elapsed());
        self.patience.account.lock().unwrap_or_else(PoisonError::into_inner).0 += left;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patience(saved: Duration, one: Duration) -> Patience {
        Patience { account: Mutex::new((saved, Instant::now())), one, ..Patience::new(Arc::new(Crew::new(1))) }
    }

    #[test]
    fn time_is_spent_once_and_what_is_left_comes_back() {
        let patience = patience(Duration::from_secs(7), Duration::from_secs(3));
        let (first, second) = (patience.begin(), patience.begin());
        assert!(first.is_some() && second.is_some());
        assert!(patience.begin().is_none());
        drop(first);
        assert!(patience.begin().is_some());
    }

    #[test]
    fn a_diagnosis_ends() {
        assert!(!patience(SAVED, Duration::ZERO).begin().unwrap().goes_on());
    }
}
