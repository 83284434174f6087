//! Pipes that never make anybody wait: what a process does not take yet is kept, and written when it does.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::process::{ChildStdin, ChildStdout};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::ioctl_fionbio;

use super::{Heard, PART};

/// Input and output of one process.
#[derive(Default)]
pub(in super::super) struct Streams {
    /// `None` when it is closed.
    input: Option<ChildStdin>,
    /// What was sent and not written yet. Whoever sends bounds it: a process that does not read is not sent more than may be unanswered.
    unwritten: Vec<u8>,
    /// Whether nothing more will be sent.
    is_closing: bool,
    /// `None` when it is over.
    output: Option<ChildStdout>,
    number: u64,
    /// Until when it is left alone, so that more comes together.
    quiet_until: Option<Instant>,
}

impl Streams {
    /// Takes over the pipes of the process with this number.
    ///
    /// # Errors
    /// What the system says.
    pub(in super::super) fn of(input: ChildStdin, output: ChildStdout, number: u64, _: &Hearing) -> io::Result<Streams> {
        ioctl_fionbio(&input, true)?;
        ioctl_fionbio(&output, true)?;
        Ok(Streams { input: Some(input), output: Some(output), number, ..Streams::default() })
    }

    /// Writes, as far as the process takes it now.
    pub(in super::super) fn send(&mut self, octets: &[u8]) {
        if self.is_closing || self.input.is_none() {
            return;
        }
        if self.unwritten.is_empty() {
            let written = self.write(octets);
            self.unwritten.extend_from_slice(octets.get(written..).unwrap_or_default());
        } else {
            self.unwritten.extend_from_slice(octets);
            self.go_on_writing();
        }
    }

    /// Writes what was not taken before.
    fn go_on_writing(&mut self) {
        if !self.unwritten.is_empty() {
            let unwritten = std::mem::take(&mut self.unwritten);
            let written = self.write(&unwritten);
            self.unwritten = unwritten;
            self.unwritten.drain(..written);
        }
        if self.is_closing && self.unwritten.is_empty() {
            self.input = None;
        }
    }

    /// How much could be written. A process that closed its input ends soon, or does not answer in time: what is sent to it is lost.
    fn write(&mut self, octets: &[u8]) -> usize {
        let mut written = 0;
        while let (Some(input), Some(rest)) = (&mut self.input, octets.get(written..).filter(|rest| !rest.is_empty())) {
            match input.write(rest) {
                Ok(more) if more > 0 => written += more,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return written,
                _ => self.input = None,
            }
        }
        octets.len()
    }

    /// Closes the input, behind what was sent.
    pub(in super::super) fn close(&mut self) {
        self.is_closing = true;
        self.go_on_writing();
    }

    /// Nobody listens any more: writes what was sent, and passes over what it says, so that it can come to its end.
    pub(in super::super) fn wind_up(&mut self) {
        self.go_on_writing();
        let _ = self.read(&mut [0; 4096], &mut Vec::new());
    }

    /// From now on so much time passes before its output is read, so that more comes together.
    pub(in super::super) fn pause(&mut self, pause: Duration) {
        self.quiet_until = (!pause.is_zero()).then(|| Instant::now() + pause);
    }

    /// What it says, if it says something.
    fn read(&mut self, part: &mut [u8], spare: &mut Vec<u8>) -> Option<Heard> {
        let heard = match self.output.as_mut()?.read(part) {
            Ok(length) if length > 0 => {
                let mut said = std::mem::take(spare);
                said.clear();
                said.extend_from_slice(part.get(..length).unwrap_or_default());
                return Some(Heard::Part(said));
            }
            Err(error) if matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock) => return None,
            _ => Heard::Over,
        };
        self.output = None;
        Some(heard)
    }
}

/// Whoever listens to all processes of an adapter.
pub(in super::super) struct Hearing {
    part: Vec<u8>,
    /// Memory for what is heard.
    spare: Vec<u8>,
    /// Whoever was heard last is heard again after the others.
    turn: usize,
}

impl Hearing {
    pub(in super::super) fn new() -> Hearing {
        Hearing { part: vec![0; PART], spare: Vec::new(), turn: 0 }
    }

    /// Takes back the memory of what was heard.
    pub(in super::super) fn reuse(&mut self, heard: Heard) {
        if let Heard::Part(part) = heard {
            self.spare = part;
        }
    }

    /// What one of the processes says next, under its number, within so long.
    pub(in super::super) fn hear(&mut self, all: &mut [&mut Streams], patience: Duration) -> Option<(u64, Heard)> {
        let deadline = Instant::now() + patience;
        // Whoever has nothing else to do waits until the first of them may be read from.
        if let Some(until) = all.iter().map(|streams| streams.quiet_until).min().flatten() {
            thread::sleep(until.min(deadline).saturating_duration_since(Instant::now()));
            if let Some(heard) = self.read(all, |_| true) {
                return Some(heard);
            }
        }
        loop {
            let is_ready = ready(all, deadline.saturating_duration_since(Instant::now()));
            all.iter_mut().for_each(|streams| streams.go_on_writing());
            if let Some(heard) = self.read(all, |place| is_ready.get(place) == Some(&true)) {
                return Some(heard);
            }
            if Instant::now() >= deadline {
                return None;
            }
        }
    }

    fn read(&mut self, all: &mut [&mut Streams], is_wanted: impl Fn(usize) -> bool) -> Option<(u64, Heard)> {
        for step in 1..=all.len() {
            let place = (self.turn + step) % all.len();
            let Some(streams) = all.get_mut(place).filter(|_| is_wanted(place)) else { continue };
            if let Some(heard) = streams.read(&mut self.part, &mut self.spare) {
                self.turn = place;
                return Some((streams.number, heard));
            }
        }
        None
    }
}

/// Waits until something can be read or written; of which of them something can be read.
fn ready(all: &[&mut Streams], patience: Duration) -> Vec<bool> {
    let mut places = Vec::with_capacity(all.len());
    let mut waited_for = Vec::with_capacity(all.len());
    for (place, streams) in all.iter().enumerate() {
        if let Some(output) = &streams.output {
            places.push(Some(place));
            waited_for.push(PollFd::from_borrowed_fd(output.as_fd(), PollFlags::IN));
        }
        if let Some(input) = streams.input.as_ref().filter(|_| !streams.unwritten.is_empty()) {
            places.push(None);
            waited_for.push(PollFd::from_borrowed_fd(input.as_fd(), PollFlags::OUT));
        }
    }
    // Whoever is interrupted looks at the time and comes again.
    let _ = poll(&mut waited_for, Timespec::try_from(patience).ok().as_ref());
    let mut is_ready = vec![false; all.len()];
    for (place, waited_for) in places.into_iter().zip(&waited_for) {
        if !waited_for.revents().is_empty()
            && let Some(is_ready) = place.and_then(|place| is_ready.get_mut(place))
        {
            *is_ready = true;
        }
    }
    is_ready
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    /// Far more than a pipe holds.
    const MUCH: usize = 1 << 20;

    #[test]
    fn what_a_process_does_not_take_is_kept() {
        let mut child = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let hearing = Hearing::new();
        let mut streams = Streams::of(child.stdin.take().unwrap(), child.stdout.take().unwrap(), 7, &hearing).unwrap();
        streams.send(&[b'a'; MUCH]);
        assert!((1..MUCH).contains(&streams.unwritten.len()));
        streams.close();
        assert!(streams.input.is_some(), "it is closed behind what was sent");
        drop(streams);
        child.wait().unwrap();
    }
}
