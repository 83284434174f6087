//! What is written to child processes and read from them, by somebody who waits for several of them and no longer than he wants to.
//!
//! | room | where |
//! |---|---|
//! | `polled` | Unix: nobody else takes part, so that an answer costs one waiting and one reading |
//! | `threaded` | elsewhere: a thread for each stream |

#[cfg(unix)]
mod polled;
#[cfg(test)]
mod tests;
#[cfg(any(not(unix), test))]
mod threaded;

#[cfg(unix)]
pub(super) use polled::{Hearing, Streams};
#[cfg(not(unix))]
pub(super) use threaded::{Hearing, Streams};

/// What came out of a process.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// Some octets of its output.
    Part(Vec<u8>),
    /// The output is over.
    Over,
}

/// The most that is read at once.
const PART: usize = 64 * 1024;
