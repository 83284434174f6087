//! Lines for people who may not read them: what cannot be written at once waits, up to a number, and what is beyond it is dropped and
//! counted. Whoever tells never waits.

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How many texts wait.
const WAITING: usize = 256;

/// A writer with a thread of its own.
#[derive(Debug)]
pub(super) struct Teller {
    texts: Mutex<Option<SyncSender<String>>>,
    dropped: Arc<AtomicU64>,
    ended: Mutex<Receiver<()>>,
}

impl Teller {
    /// Begins to write to whatever is given.
    pub(super) fn new(mut to: impl Write + Send + 'static) -> std::io::Result<Teller> {
        let (texts, received) = sync_channel::<String>(WAITING);
        let (end, ended) = sync_channel(1);
        let dropped = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&dropped);
        std::thread::Builder::new().name("telling".to_owned()).spawn(move || {
            for text in received {
                // Where nobody can be told, nobody is.
                let _ = to.write_all(text.as_bytes());
                let dropped = count.swap(0, Ordering::SeqCst);
                if dropped > 0 {
                    let _ = writeln!(to, "{dropped} more that nobody read in time");
                }
            }
            let _ = to.flush();
            let _ = end.send(());
        })?;
        Ok(Teller { texts: Mutex::new(Some(texts)), dropped, ended: Mutex::new(ended) })
    }

    /// Tells, without waiting.
    pub(super) fn tell(&self, text: String) {
        let texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        if texts.as_ref().is_none_or(|texts| texts.try_send(text).is_err()) {
            self.dropped.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// Lets what waits be written, for a while at most; whether all was.
    pub(super) fn finish(&self, patience: Duration) -> bool {
        self.texts.lock().unwrap_or_else(PoisonError::into_inner).take();
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        !matches!(ended.recv_timeout(patience), Err(RecvTimeoutError::Timeout))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes nothing before it may, and keeps what is written.
    struct Slow(Receiver<()>, Arc<Mutex<Vec<u8>>>);

    impl Write for Slow {
        fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
            // Once the gate is gone, everything may be written.
            let _ = self.0.recv();
            self.1.lock().unwrap().extend_from_slice(octets);
            Ok(octets.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn nobody_waits_for_a_reader_and_what_is_dropped_is_counted() {
        let (open, gate) = sync_channel(0);
        let written = Arc::new(Mutex::new(Vec::new()));
        let teller = Teller::new(Slow(gate, Arc::clone(&written))).unwrap();
        for number in 0..2 * WAITING {
            teller.tell(format!("{number}\n"));
        }
        assert!(!teller.finish(Duration::from_millis(50)), "the writer waits");
        drop(open);
        assert!(teller.finish(Duration::from_secs(60)));
        let written = String::from_utf8(written.lock().unwrap().clone()).unwrap();
        let numbers = written.lines().filter(|line| line.parse::<usize>().is_ok()).count();
        let dropped: usize = written.lines().find_map(|line| line.strip_suffix(" more that nobody read in time")).unwrap().parse().unwrap();
        assert_eq!(numbers + dropped, 2 * WAITING);
        assert!(numbers >= WAITING, "{numbers} were written");
    }
}
