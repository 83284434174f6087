//! A child process behind pipes, from its start to its end. It knows octets and not the protocol; how they are written and read without
//! waiting longer than somebody wants to is the business of `streams`.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::descendants;
use super::streams::{Hearing, Streams};

/// How much of the standard error is kept, in octets: the end of it.
pub(super) const STDERR_LIMIT: usize = 64 * 1024;

/// How long a process that was killed may take to be gone, and its last words to be read.
const AFTERMATH: Duration = Duration::from_secs(1);

/// How often is looked whether a process has ended.
const STEP: Duration = Duration::from_millis(1);

/// A running child. Dropping it kills it and what it started.
pub(super) struct Process {
    child: Child,
    /// Its input and its output.
    pub(super) streams: Streams,
    stderr: Arc<Mutex<Tail>>,
    /// Nothing is ever sent here; it closes when all of the standard error is read.
    stderr_over: Receiver<()>,
    /// How it ended, once it was waited for: from then on its number may be somebody else's.
    ended: Option<Option<ExitStatus>>,
}

impl Process {
    /// Starts a process with pipes for its three streams, on Unix in a process group of its own. What it says is heard by `hearing`, under
    /// `number`.
    ///
    /// # Errors
    /// What the system says: there is no such program, it may not be run, no threads are left.
    pub(super) fn start(command: &mut Command, number: u64, hearing: &Hearing) -> io::Result<Process> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let mut child = descendants::spawn(command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()))?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (stderr_ends, stderr_over) = mpsc::sync_channel(0);
        let stderr = Arc::new(Mutex::new(Tail::default()));
        let tail = Arc::clone(&stderr);
        // From here on, whatever goes wrong drops the process and so kills it.
        let mut process = Process { child, streams: Streams::default(), stderr, stderr_over, ended: None };
        if let (Some(stdin), Some(stdout), Some(stderr)) = pipes {
            process.streams = Streams::of(stdin, stdout, number, hearing)?;
            thread::Builder::new().name("adapter stderr".to_owned()).spawn(move || keep(stderr, &tail, stderr_ends))?;
        }
        Ok(process)
    }

    /// Sends lines, their ends included; what it does not take now it gets as soon as it does. A process that is gone is noticed by its
    /// output.
    pub(super) fn send(&mut self, lines: &[u8]) {
        self.streams.send(lines);
    }

    /// Whether it ends by itself within so long.
    pub(super) fn ends_within(&mut self, patience: Duration) -> bool {
        let deadline = Instant::now() + patience;
        while self.ended.is_none() && !self.has_ended() {
            if Instant::now() >= deadline {
                return false;
            }
            self.streams.wind_up();
            thread::sleep(STEP);
        }
        true
    }

    /// Closes the input, behind what was sent.
    pub(super) fn close_input(&mut self) {
        self.streams.close();
    }

    /// Closes the input, waits a while for the process to end by itself, and kills what is left of it and of what it started. The status
    /// is `None` if not even that ended it.
    pub(super) fn end(&mut self, patience: Duration) -> Option<ExitStatus> {
        if let Some(status) = self.ended {
            return status;
        }
        self.close_input();
        self.ends_within(patience);
        let descendants = descendants::of(&self.child);
        self.kill();
        descendants::kill(&descendants);
        let deadline = Instant::now() + AFTERMATH;
        let status = loop {
            match self.child.try_wait() {
                Ok(None) if Instant::now() < deadline => thread::sleep(STEP),
                found => break found.ok().flatten(),
            }
        };
        descendants::forget(&self.child);
        descendants::end_orphans(deadline);
        // The stream can outlive the process in the hands of a descendant that could not be found.
        let _ = self.stderr_over.recv_timeout(deadline.saturating_duration_since(Instant::now()));
        self.ended = Some(status);
        status
    }

    /// The last of its standard error.
    pub(super) fn stderr(&self) -> Vec<u8> {
        self.stderr.lock().unwrap_or_else(PoisonError::into_inner).0.iter().copied().collect()
    }

    /// Whether the process has ended. It stays a zombie until it is waited for, so that its number, which is its group's, cannot become
    /// somebody else's before the group is killed.
    #[cfg(unix)]
    fn has_ended(&mut self) -> bool {
        use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        !matches!(waitid(WaitId::Pid(Pid::from_child(&self.child)), options), Ok(None))
    }

    #[cfg(not(unix))]
    fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    #[cfg(unix)]
    fn kill(&mut self) {
        use rustix::process::{Pid, Signal, kill_process_group};
        // The one error is that nobody is left.
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
    }

    /// Without process groups, children of the child live on.
    #[cfg(not(unix))]
    fn kill(&mut self) {
        let _ = self.child.kill();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end(Duration::ZERO);
    }
}

/// The end of a text.
#[derive(Default)]
struct Tail(VecDeque<u8>);

impl Tail {
    fn append(&mut self, octets: &[u8]) {
        self.0.extend(octets);
        let surplus = self.0.len().saturating_sub(STDERR_LIMIT);
        self.0.drain(..surplus);
    }
}

/// `_over` is dropped at the end.
fn keep(mut stderr: ChildStderr, tail: &Mutex<Tail>, _over: SyncSender<()>) {
    let mut part = [0; 4096];
    loop {
        match stderr.read(&mut part) {
            Ok(0) => return,
            Ok(length) => tail.lock().unwrap_or_else(PoisonError::into_inner).append(part.get(..length).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_long_text_is_kept() {
        let mut tail = Tail::default();
        for number in 0..40_000_u32 {
            tail.append(&number.to_le_bytes());
        }
        assert_eq!(tail.0.len(), STDERR_LIMIT);
        assert_eq!(tail.0.iter().rev().take(4).rev().copied().collect::<Vec<u8>>(), 39_999_u32.to_le_bytes());
    }
}
