//! A child process behind pipes: what is written to it and read from it passes through threads of their own, so that nobody waits longer
//! than he wants to. It knows lines and not the protocol.

use std::collections::VecDeque;
use std::io::{self, BufReader, Read, Write};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::implementation::wire::{LINE_LIMIT, Line, Lines};

/// How much of the standard error is kept, in octets: the end of it.
pub(super) const STDERR_LIMIT: usize = 64 * 1024;

/// How long a process that was killed may take to be gone, and its last words to be read.
const AFTERMATH: Duration = Duration::from_secs(1);

/// How often is looked whether a process has ended.
const STEP: Duration = Duration::from_millis(1);

/// A running child. Dropping it kills its process group.
pub(super) struct Process {
    child: Child,
    /// To the thread that writes; `None` when the input is closed.
    input: Option<SyncSender<Vec<u8>>>,
    output: Receiver<Heard>,
    stderr: Arc<Mutex<Tail>>,
    /// Nothing is ever sent here; it closes when all of the standard error is read.
    stderr_over: Receiver<()>,
    ended: bool,
}

/// What came out of a process.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// A line, without its end.
    Line(Vec<u8>),
    /// A line that did not end before the output did.
    Unfinished,
    /// A line beyond the limit.
    TooLong,
    /// The output is over.
    Over,
    /// Nothing until the deadline.
    Nothing,
}

impl Process {
    /// Starts a process with pipes for its three streams, on Unix in a process group of its own.
    ///
    /// # Errors
    /// What the system says: there is no such program, it may not be run, no threads are left.
    pub(super) fn start(command: &mut Command) -> io::Result<Process> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let streams = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        // Room for a hello and a question. In lock-step, more than that waits only for somebody who answers without reading.
        let (input, to_write) = mpsc::sync_channel(2);
        let (heard, output) = mpsc::sync_channel(1);
        let (stderr_ends, stderr_over) = mpsc::sync_channel(0);
        let stderr = Arc::new(Mutex::new(Tail::default()));
        let tail = Arc::clone(&stderr);
        // From here on, whatever goes wrong drops the process and so kills it.
        let process = Process { child, input: Some(input), output, stderr, stderr_over, ended: false };
        if let (Some(stdin), Some(stdout), Some(stderr)) = streams {
            thread::Builder::new().name("adapter stdin".to_owned()).spawn(move || write(stdin, &to_write))?;
            thread::Builder::new().name("adapter stdout".to_owned()).spawn(move || read(stdout, &heard))?;
            thread::Builder::new().name("adapter stderr".to_owned()).spawn(move || keep(stderr, &tail, stderr_ends))?;
        }
        Ok(process)
    }

    /// Hands a line, its end included, to the thread that writes. `false` if the process does not read what it is sent; one that is
    /// gone is noticed by its output.
    pub(super) fn send(&self, line: Vec<u8>) -> bool {
        match self.input.as_ref().map(|input| input.try_send(line)) {
            Some(Err(TrySendError::Full(_))) => false,
            Some(Ok(()) | Err(TrySendError::Disconnected(_))) | None => true,
        }
    }

    /// What comes out next, until the deadline.
    pub(super) fn hear(&self, deadline: Instant) -> Heard {
        match self.output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(heard) => heard,
            Err(RecvTimeoutError::Timeout) => Heard::Nothing,
            Err(RecvTimeoutError::Disconnected) => Heard::Over,
        }
    }

    /// Closes the input, waits a while for the process to end by itself, and kills what is left of its group. The status is `None` if
    /// not even that ended it.
    pub(super) fn end(&mut self, patience: Duration) -> Option<ExitStatus> {
        self.ended = true;
        self.input = None;
        let deadline = Instant::now() + patience;
        while !self.has_ended() && Instant::now() < deadline {
            thread::sleep(STEP);
        }
        self.kill();
        let deadline = Instant::now() + AFTERMATH;
        let status = loop {
            match self.child.try_wait() {
                Ok(None) if Instant::now() < deadline => thread::sleep(STEP),
                found => break found.ok().flatten(),
            }
        };
        // The stream can outlive the process in the hands of a grandchild that left the group.
        let _ = self.stderr_over.recv_timeout(deadline.saturating_duration_since(Instant::now()));
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
        if !self.ended {
            self.end(Duration::ZERO);
        }
    }
}

fn write(mut stdin: ChildStdin, lines: &Receiver<Vec<u8>>) {
    for line in lines {
        // A process that closed its input ends soon, or does not answer in time.
        if stdin.write_all(&line).and_then(|()| stdin.flush()).is_err() {
            return;
        }
    }
}

fn read(stdout: ChildStdout, heard: &SyncSender<Heard>) {
    let mut lines = Lines::new(BufReader::new(stdout), LINE_LIMIT);
    loop {
        let (found, last) = match lines.next(|| Ok(())) {
            Ok(Some(Line::Whole(line))) if line.trim_ascii().is_empty() => continue,
            Ok(Some(Line::Whole(line))) => (Heard::Line(line.to_vec()), false),
            Ok(Some(Line::Unfinished(_))) => (Heard::Unfinished, true),
            Ok(Some(Line::TooLong)) => (Heard::TooLong, true),
            Ok(None) | Err(_) => (Heard::Over, true),
        };
        if heard.send(found).is_err() || last {
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
