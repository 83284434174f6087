//! A thread for each stream of each process: for systems whose pipes cannot be waited for together.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::process::{ChildStdin, ChildStdout};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender, TrySendError};
use std::thread;
use std::time::Duration;

use super::{Heard, PART};

/// Parts of output that may wait to be read, of all processes together.
const PARTS: usize = 4;

/// How long a thread that reads waits before it looks again whether there is room for what it read.
const NO_ROOM: Duration = Duration::from_millis(1);

/// Where the outputs of all processes of an adapter come together, each under its process's number.
type Ear = SyncSender<(u64, Heard)>;

/// Input and output of one process.
#[derive(Default)]
pub(in super::super) struct Streams {
    /// To the thread that writes; `None` when the input is closed.
    input: Option<Sender<Vec<u8>>>,
    /// How long the thread that reads waits before it reads again, in microseconds.
    pause: Arc<AtomicU32>,
    /// Whether nobody listens any more.
    is_unheard: Arc<AtomicBool>,
}

impl Streams {
    /// Takes over the pipes of the process with this number.
    ///
    /// # Errors
    /// What the system says: no threads are left.
    pub(in super::super) fn of(stdin: ChildStdin, stdout: ChildStdout, number: u64, hearing: &Hearing) -> io::Result<Streams> {
        // Whoever sends bounds what is on its way: a process that does not read is not sent more than may be unanswered.
        let (input, to_write) = mpsc::channel();
        let streams = Streams { input: Some(input), ..Streams::default() };
        let (ear, pause, is_unheard) = (hearing.ear.clone(), Arc::clone(&streams.pause), Arc::clone(&streams.is_unheard));
        thread::Builder::new().name("adapter stdin".to_owned()).spawn(move || write(stdin, &to_write))?;
        thread::Builder::new().name("adapter stdout".to_owned()).spawn(move || read(stdout, number, &ear, &pause, &is_unheard))?;
        Ok(streams)
    }

    /// Hands octets to the thread that writes.
    pub(in super::super) fn send(&mut self, octets: &[u8]) {
        if let Some(input) = &self.input {
            let _ = input.send(octets.to_vec());
        }
    }

    /// Nobody listens any more: the threads write what was sent, and pass over what it says, so that it can come to its end.
    pub(in super::super) fn wind_up(&mut self) {
        self.is_unheard.store(true, Ordering::Relaxed);
    }

    /// Closes the input, behind what was sent.
    pub(in super::super) fn close(&mut self) {
        self.input = None;
    }

    /// From now on so much time passes between two readings of its output, so that more comes together.
    pub(in super::super) fn pause(&mut self, pause: Duration) {
        self.pause.store(u32::try_from(pause.as_micros()).unwrap_or(0), Ordering::Relaxed);
    }
}

/// Whoever listens to all processes of an adapter.
pub(in super::super) struct Hearing {
    ear: Ear,
    heard: Receiver<(u64, Heard)>,
}

impl Hearing {
    pub(in super::super) fn new() -> Hearing {
        let (ear, heard) = mpsc::sync_channel(PARTS);
        Hearing { ear, heard }
    }

    /// Takes back what was heard.
    pub(in super::super) fn reuse(&mut self, _: Heard) {}

    /// What one of the processes says next, under its number, within so long.
    pub(in super::super) fn hear(&mut self, _: &mut [&mut Streams], patience: Duration) -> Option<(u64, Heard)> {
        self.heard.recv_timeout(patience).ok()
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

fn read(mut stdout: ChildStdout, number: u64, ear: &Ear, pause: &AtomicU32, is_unheard: &AtomicBool) {
    let mut part = vec![0; PART];
    loop {
        let pause = pause.load(Ordering::Relaxed);
        if pause > 0 {
            thread::sleep(Duration::from_micros(pause.into()));
        }
        let heard = match stdout.read(&mut part) {
            Ok(0) => Heard::Over,
            Ok(length) => Heard::Part(part.get(..length).unwrap_or_default().to_vec()),
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(_) => Heard::Over,
        };
        let is_over = heard == Heard::Over;
        if !tell(ear, (number, heard), is_unheard) || is_over {
            return;
        }
    }
}

/// Waits until there is room for what was heard, or nobody listens to this process; `false` if nobody listens to any.
fn tell(ear: &Ear, mut heard: (u64, Heard), is_unheard: &AtomicBool) -> bool {
    while !is_unheard.load(Ordering::Relaxed) {
        heard = match ear.try_send(heard) {
            Ok(()) => return true,
            Err(TrySendError::Disconnected(_)) => return false,
            Err(TrySendError::Full(heard)) => heard,
        };
        thread::sleep(NO_ROOM);
    }
    true
}
