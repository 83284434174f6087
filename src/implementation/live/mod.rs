//! A live server: one request out, one answer in, over HTTP or HTTPS.
//!
//! | room | what it holds |
//! |---|---|
//! | [`message`] | what is sent and what came back, as octets |
//! | [`trouble`] | why there was no answer |

pub mod message;
pub mod trouble;

pub use message::{Incoming, Outgoing};
pub use trouble::Trouble;

/// Somebody who puts one request to a server and brings its answer: the network, or a test.
pub trait Send {
    /// Sends one request, once, and reads its answer. No redirect is followed and nothing is sent again.
    ///
    /// # Errors
    /// Why there was no whole answer.
    fn send(&mut self, request: &Outgoing) -> Result<Incoming, Trouble>;
}
