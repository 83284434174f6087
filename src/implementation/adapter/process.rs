//! A child process behind pipes: what is written to it and read from it passes through threads of their own, so that nobody waits longer
//! than he wants to. It knows octets and not the protocol.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::descendants;

/// How much of the standard error is kept, in octets: the end of it.
pub(super) const STDERR_LIMIT: usize = 64 * 1024;

/// How long a process that was killed may take to be gone, and its last words to be read.
const AFTERMATH: Duration = Duration::from_secs(1);

/// How often is looked whether a process has ended.
const STEP: Duration = Duration::from_millis(1);

/// The most that is read at once.
const PART: usize = 64 * 1024;

/// A running child. Dropping it kills it and what it started.
pub(super) struct Process {
    child: Child,
    /// To the thread that writes; `None` when the input is closed.
    input: Option<Sender<Vec<u8>>>,
    /// How long the thread that reads waits before it reads again, in microseconds.
    pause: Arc<AtomicU32>,
    stderr: Arc<Mutex<Tail>>,
    /// Nothing is ever sent here; it closes when all of the standard error is read.
    stderr_over: Receiver<()>,
    /// How it ended, once it was waited for: from then on its number may be somebody else's.
    ended: Option<Option<ExitStatus>>,
}

/// What came out of a process.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// Some octets of its output.
    Part(Vec<u8>),
    /// The output is over.
    Over,
}

/// Where the outputs of all processes of an adapter come together, each under its process's number.
pub(super) type Ear = SyncSender<(u64, Heard)>;

impl Process {
    /// Starts a process with pipes for its three streams, on Unix in a process group of its own. What it says goes to `ear`, under
    /// `number`.
    ///
    /// # Errors
    /// What the system says: there is no such program, it may not be run, no threads are left.
    pub(super) fn start(command: &mut Command, number: u64, ear: Ear) -> io::Result<Process> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let mut child = descendants::spawn(command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()))?;
        let streams = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        // Whoever sends bounds what is on its way: a process that does not read is not sent more than may be unanswered.
        let (input, to_write) = mpsc::channel();
        let (stderr_ends, stderr_over) = mpsc::sync_channel(0);
        let stderr = Arc::new(Mutex::new(Tail::default()));
        let tail = Arc::clone(&stderr);
        // From here on, whatever goes wrong drops the process and so kills it.
        let pause = Arc::new(AtomicU32::new(0));
        let process = Process { child, input: Some(input), pause: Arc::clone(&pause), stderr, stderr_over, ended: None };
        if let (Some(stdin), Some(stdout), Some(stderr)) = streams {
            thread::Builder::new().name("adapter stdin".to_owned()).spawn(move || write(stdin, &to_write))?;
            thread::Builder::new().name("adapter stdout".to_owned()).spawn(move || read(stdout, number, &ear, &pause))?;
            thread::Builder::new().name("adapter stderr".to_owned()).spawn(move || keep(stderr, &tail, stderr_ends))?;
        }
        Ok(process)
    }

    /// Hands lines, their ends included, to the thread that writes. A process that is gone is noticed by its output.
    pub(super) fn send(&self, lines: Vec<u8>) {
        if let Some(input) = &self.input {
            let _ = input.send(lines);
        }
    }

    /// From now on so much time passes between two readings of its output, so that more comes together.
    pub(super) fn pause_between_reads(&self, pause: Duration) {
        self.pause.store(u32::try_from(pause.as_micros()).unwrap_or(0), Ordering::Relaxed);
    }

    /// Whether it ends by itself within so long.
    pub(super) fn ends_within(&mut self, patience: Duration) -> bool {
        let deadline = Instant::now() + patience;
        while self.ended.is_none() && !self.has_ended() {
            if Instant::now() >= deadline {
                return false;
            }
            thread::sleep(STEP);
        }
        true
    }

    /// Closes the input.
    pub(super) fn close_input(&mut self) {
        self.input = None;
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

fn write(mut stdin: ChildStdin, lines: &Receiver<Vec<u8>>) {
    for lines in lines {
        // A process that closed its input ends soon, or does not answer in time.
        if stdin.write_all(&lines).and_then(|()| stdin.flush()).is_err() {
            return;
        }
    }
}

fn read(mut stdout: ChildStdout, number: u64, ear: &Ear, pause: &AtomicU32) {
    let mut part = vec![0; PART];
    loop {
        let pause = pause.load(Ordering::Relaxed);
        if pause > 0 {
            thread::sleep(Duration::from_micros(pause.into()));
        }
        let heard = match stdout.read(&mut part) {
            Ok(0) => Heard::Over,
            Ok(length) => Heard::Part(part.get(..length).unwrap_or_default().to_vec()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => Heard::Over,
        };
        let is_over = heard == Heard::Over;
        if ear.send((number, heard)).is_err() || is_over {
            return;
        }
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
