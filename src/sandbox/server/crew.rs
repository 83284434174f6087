//! How many threads there are. A few do all the work, while their memory is hot; one that has to wait for a peer, or thinks for long, steps
//! out, and another takes its place until it comes back.

use std::io;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// Starts a further thread.
type Hire = Box<dyn Fn() -> io::Result<()> + Send + Sync>;

/// The threads of a sandbox, as numbers.
pub struct Crew {
    /// How many work at once.
    size: usize,
    counts: Mutex<Counts>,
    hire: OnceLock<Hire>,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    all: usize,
    /// Those with nothing to do: one looks after the connections, others wait to do so after it.
    idle: usize,
    /// Those that have stepped out.
    away: usize,
}

impl std::fmt::Debug for Crew {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Crew").field("size", &self.size).field("counts", &*self.counts()).finish_non_exhaustive()
    }
}

impl Crew {
    pub(super) const fn new(size: usize) -> Crew {
        Crew { size, counts: Mutex::new(Counts { all: 0, idle: 0, away: 0 }), hire: OnceLock::new() }
    }

    /// Hires the first, who is idle, and whoever is needed later.
    pub(super) fn begin(&self, hire: Hire) -> io::Result<()> {
        let hire = self.hire.get_or_init(|| hire);
        self.counts().added();
        hire().inspect_err(|_| self.counts().left_idle())
    }

    /// One who was idle has something to do.
    pub(super) fn works(&self) {
        self.change(|counts| counts.idle = counts.idle.saturating_sub(1));
    }

    /// One who worked has nothing to do any more. Whether he is still needed; if not, he has left.
    pub(super) fn rests(&self) -> bool {
        let mut counts = self.counts();
        let is_needed = counts.present() <= self.size;
        if is_needed {
            counts.idle += 1;
        } else {
            counts.all -= 1;
        }
        is_needed
    }

    /// Whoever calls this does something long until what it gives is dropped. `None` if there would be nobody left who looks after the
    /// others: where no further thread can be had, nobody may wait for a peer.
    pub(super) fn step_out(&self) -> Option<Away<'_>> {
        self.change(|counts| counts.away += 1);
        // Whatever comes of it, who is counted comes back.
        let away = Away(self);
        let somebody_stays = self.counts().present() > 0;
        somebody_stays.then_some(away)
    }

    /// Changes the numbers, and sees to it that somebody is idle, if there may be one more.
    fn change(&self, change: impl FnOnce(&mut Counts)) {
        let mut counts = self.counts();
        change(&mut counts);
        if counts.idle > 0 || counts.present() >= self.size {
            return;
        }
        counts.added();
        drop(counts);
        // Without a further thread, those that are there go on alone.
        if self.hire.get().is_none_or(|hire| hire().is_err()) {
            self.counts().left_idle();
        }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    const fn present(&self) -> usize {
        self.all.saturating_sub(self.away)
    }

    const fn added(&mut self) {
        self.all += 1;
        self.idle += 1;
    }

    const fn left_idle(&mut self) {
        self.all = self.all.saturating_sub(1);
        self.idle = self.idle.saturating_sub(1);
    }
}

/// One who has stepped out.
#[derive(Debug)]
pub struct Away<'a>(&'a Crew);

impl Drop for Away<'_> {
    fn drop(&mut self) {
        let mut counts = self.0.counts();
        counts.away = counts.away.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn crew(size: usize) -> (Crew, Arc<AtomicUsize>) {
        let (crew, hired) = (Crew::new(size), Arc::new(AtomicUsize::new(0)));
        let count = Arc::clone(&hired);
        let hire = move || (count.fetch_add(1, Ordering::SeqCst) < 5).then_some(()).ok_or(io::ErrorKind::OutOfMemory.into());
        crew.begin(Box::new(hire)).unwrap();
        (crew, hired)
    }

    fn counts(crew: &Crew) -> [usize; 3] {
        let counts = crew.counts();
        [counts.all, counts.idle, counts.away]
    }

    #[test]
    fn one_is_idle_until_there_are_enough() {
        let (crew, hired) = crew(2);
        crew.works();
        assert_eq!(counts(&crew), [2, 1, 0]);
        crew.works();
        assert_eq!(counts(&crew), [2, 0, 0], "there may be no more");
        assert!(crew.rests());
        crew.works();
        assert_eq!(hired.load(Ordering::SeqCst), 2);
    }

    #[test]
    fn who_steps_out_is_replaced_and_one_too_many_leaves() {
        let (crew, _) = crew(1);
        crew.works();
        let away = crew.step_out().unwrap();
        assert_eq!(counts(&crew), [2, 1, 1]);
        crew.works();
        let second = crew.step_out().unwrap();
        assert_eq!(counts(&crew), [3, 1, 2]);
        drop(away);
        assert!(!crew.rests(), "another is there already");
        assert_eq!(counts(&crew), [2, 1, 1]);
        drop(second);
        assert!(!crew.rests());
        assert_eq!(counts(&crew), [1, 1, 0]);
    }

    #[test]
    fn where_no_thread_can_be_had_the_others_go_on() {
        let (crew, hired) = crew(9);
        for _ in 0..8 {
            crew.works();
        }
        assert_eq!(counts(&crew), [5, 0, 0]);
        assert!(hired.load(Ordering::SeqCst) > 5, "more were asked for");
        let away: Vec<Away<'_>> = std::iter::from_fn(|| crew.step_out()).collect();
        assert_eq!(away.len(), 4, "one stays");
        drop(away);
        assert!(crew.rests());
        assert_eq!(counts(&crew), [5, 1, 0]);
    }
}
