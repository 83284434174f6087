//! A live server: one request out, one answer in, over HTTP or HTTPS. The server is not trusted: what it costs is bounded in time and size
//! by a [`Policy`], and what could be read in two ways is not read.
//!
//! | room | what it holds |
//! |---|---|
//! | [`message`] | what is sent and what came back, as octets |
//! | [`trouble`] | why there was no answer |
//! | [`policy`] | what an exchange may cost, and who may be asked |
//! | `network` | the network (feature `probe`), out of: |
//! | `destination`, `writing` | where a request goes, and its octets |
//! | `deadline`, `dialling`, `tls` | one moment by which all is over; from a name to a connection; in TLS |
//! | `channel`, `wire` | a connection in pieces; its two directions under the deadline |
//! | `head`, `body`, `coding` | what came back: its head, where its body ends, how it is unpacked |

#[cfg(feature = "probe")]
mod body;
#[cfg(feature = "probe")]
mod channel;
#[cfg(feature = "probe")]
mod coding;
#[cfg(feature = "probe")]
mod deadline;
#[cfg(feature = "probe")]
mod destination;
#[cfg(feature = "probe")]
mod dialling;
#[cfg(feature = "probe")]
mod head;
pub mod message;
#[cfg(feature = "probe")]
mod network;
pub mod policy;
#[cfg(test)]
#[cfg(feature = "probe")]
mod tests;
#[cfg(feature = "probe")]
mod tls;
pub mod trouble;
#[cfg(feature = "probe")]
mod wire;
#[cfg(feature = "probe")]
mod writing;

pub use message::{Incoming, Outgoing};
#[cfg(feature = "probe")]
pub use network::Network;
pub use policy::Policy;
pub use trouble::Trouble;

/// Somebody who puts one request to a server and brings its answer: the network, or a test.
pub trait Send {
    /// Sends one request, once, and reads its answer. No redirect is followed and nothing is sent again.
    ///
    /// # Errors
    /// Why there was no whole answer.
    fn send(&mut self, request: &Outgoing) -> Result<Incoming, Trouble>;

    /// Sends requests at the same time, and brings an answer to each. Who can do one thing at a time sends one after the other.
    fn send_at_once(&mut self, requests: &[Outgoing]) -> Vec<Result<Incoming, Trouble>> {
        requests.iter().map(|request| self.send(request)).collect()
    }
}
