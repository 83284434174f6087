//! Faults on purpose, each of which must be told from all others by what comes of it: those of an adapter by the observations of a run, those
//! of the sandbox by the octets of its answer.
//!
//! | room | what it holds |
//! |---|---|
//! | [`adapters`] | what each fault of an adapter comes to |
//! | `answers` | what each fault of the sandbox writes (feature `sandbox`) |
//!
//! Opening connections is somebody else's part: he hands in the octets.

pub mod adapters;
#[cfg(feature = "sandbox")]
pub mod answers;

/// Who misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// An adapter.
    Adapter,
    /// The sandbox.
    Sandbox,
}

impl Of {
    /// Its word in lists.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Of::Adapter => "adapter",
            Of::Sandbox => "sandbox",
        }
    }
}

/// One fault that was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultTried {
    /// Its name.
    pub name: &'static str,
    /// Whose it is.
    pub of: Of,
    /// The faults that what was seen can be, by their names; or why nothing was seen.
    pub taken_for: Result<Vec<&'static str>, String>,
    /// What was seen, in a few words.
    pub seen: String,
}

impl FaultTried {
    /// Whether it was seen as itself, and as nothing else.
    #[must_use]
    pub fn is_told(&self) -> bool {
        self.taken_for.as_ref().is_ok_and(|names| *names == [self.name])
    }
}
