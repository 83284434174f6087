//! What an adapter's process started and left behind. Its process group dies with it; whoever left the group is found here, on Linux: by
//! the tree of processes, and, once [`adopt_orphans`] was called, as an orphan that the system hands to this process.

use std::io;
use std::process::{Child, Command};
use std::time::Instant;

/// From now on, whatever an adapter leaves behind becomes a child of this process, and is ended with the adapter. For programs whose
/// only children are adapters: every other child would be taken for an orphan. It does something on Linux alone.
pub fn adopt_orphans() {
    system::adopt_orphans();
}

/// Starts a child that is none of the orphans.
pub(super) fn spawn(command: &mut Command) -> io::Result<Child> {
    system::spawn(command)
}

/// The child was waited for.
pub(super) fn forget(child: &Child) {
    system::forget(child.id());
}

/// All living descendants of a child.
pub(super) fn of(child: &Child) -> Vec<u32> {
    system::of(child.id())
}

/// Kills processes. Whoever is gone already is no error.
pub(super) fn kill(processes: &[u32]) {
    system::kill(processes);
}

/// Ends adopted orphans, and what they start meanwhile, until none is left or the deadline has come.
pub(super) fn end_orphans(deadline: Instant) {
    system::end_orphans(deadline);
}

#[cfg(target_os = "linux")]
mod system {
    use std::fs;
    use std::io;
    use std::process::{Child, Command};
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Mutex, PoisonError};
    use std::thread;
    use std::time::{Duration, Instant};

    use rustix::process::{Pid, Signal, WaitOptions, getpid, kill_process, set_child_subreaper, waitpid};

    static ADOPTING: AtomicBool = AtomicBool::new(false);

    /// The children that are adapters. A child is born and written down under one lock, so that nobody takes it for an orphan.
    static ADAPTERS: Mutex<Vec<u32>> = Mutex::new(Vec::new());

    pub(super) fn adopt_orphans() {
        if set_child_subreaper(Some(getpid())).is_ok() {
            ADOPTING.store(true, Ordering::Relaxed);
        }
    }

    pub(super) fn spawn(command: &mut Command) -> io::Result<Child> {
        let mut adapters = ADAPTERS.lock().unwrap_or_else(PoisonError::into_inner);
        let child = command.spawn()?;
        adapters.push(child.id());
        Ok(child)
    }

    pub(super) fn forget(child: u32) {
        ADAPTERS.lock().unwrap_or_else(PoisonError::into_inner).retain(|known| *known != child);
    }

    /// Every living process with its parent.
    fn processes() -> Vec<(u32, u32)> {
        let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
        let numbers = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
        numbers.filter_map(|number| Some((number, parent(&fs::read_to_string(format!("/proc/{number}/stat")).ok()?)?))).collect()
    }

    /// The fourth field; the second is a name in brackets that may hold anything.
    fn parent(stat: &str) -> Option<u32> {
        stat.rsplit_once(')')?.1.split_ascii_whitespace().nth(1)?.parse().ok()
    }

    pub(super) fn of(process: u32) -> Vec<u32> {
        below(vec![process], &processes()).split_off(1)
    }

    /// The processes that are given, and all that stand below them.
    fn below(mut found: Vec<u32>, processes: &[(u32, u32)]) -> Vec<u32> {
        let mut next = 0;
        while let Some(&above) = found.get(next) {
            next += 1;
            found.extend(processes.iter().filter(|(_, parent)| *parent == above).map(|(number, _)| *number));
        }
        found
    }

    pub(super) fn kill(processes: &[u32]) {
        for number in processes.iter().filter_map(|number| Pid::from_raw(i32::try_from(*number).ok()?)) {
            let _ = kill_process(number, Signal::KILL);
        }
    }

    pub(super) fn end_orphans(deadline: Instant) {
        if !ADOPTING.load(Ordering::Relaxed) {
            return;
        }
        let own = getpid().as_raw_nonzero().get().unsigned_abs();
        loop {
            let orphans: Vec<u32> = {
                let adapters = ADAPTERS.lock().unwrap_or_else(PoisonError::into_inner);
                let all = processes();
                let strange = |(number, parent): &(u32, u32)| *parent == own && !adapters.contains(number);
                below(all.iter().filter(|process| strange(process)).map(|(number, _)| *number).collect(), &all)
            };
            if orphans.is_empty() || Instant::now() >= deadline {
                return;
            }
            kill(&orphans);
            for number in orphans.iter().filter_map(|number| Pid::from_raw(i32::try_from(*number).ok()?)) {
                let _ = waitpid(Some(number), WaitOptions::NOHANG);
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn the_parent_is_read_behind_any_name() {
            assert_eq!(parent("17 (a) S 3 17 17 0"), Some(3));
            assert_eq!(parent("17 (a) S 3) (b) Z 4 17"), Some(4));
            assert_eq!(parent(""), None);
        }

        #[test]
        fn a_tree_is_found_from_its_root() {
            let processes = [(1, 0), (2, 1), (3, 2), (4, 3), (5, 1), (6, 5)];
            assert_eq!(below(vec![2], &processes), [2, 3, 4]);
            assert_eq!(below(vec![7], &processes), [7]);
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::io;
    use std::process::{Child, Command};
    use std::time::Instant;

    pub(super) fn adopt_orphans() {}

    pub(super) fn spawn(command: &mut Command) -> io::Result<Child> {
        command.spawn()
    }

    pub(super) fn forget(_: u32) {}

    pub(super) fn of(_: u32) -> Vec<u32> {
        Vec::new()
    }

    pub(super) fn kill(_: &[u32]) {}

    pub(super) fn end_orphans(_: Instant) {}
}
