//! A mock provider on loopback that enforces a profile and explains every refusal.
//!
//! | room | what it holds |
//! |---|---|
//! | [`server`] | threads and connections, the clock, the builder: the only place with sockets |
//! | [`http`], `reading`, [`limits`] | requests and answers as octets, requests that come in pieces, and what a peer may cost |
//! | `provider`, `target`, [`routes`] | an answer to every request; where it goes, and which endpoint a path is |
//! | `whose` | whether a request may be of somebody's real client: then it is not kept |
//! | `verifying`, `hints` | a signed request put to the specification and the profile; what a refusal implies |
//! | [`nonces`], [`store`] | what is remembered |
//! | `endpoints`, `authorize` | credentials, renewal, revocation, the resource; the user's part |
//! | [`refusal`], [`explanation`] | a refusal as the provider writes it; what a wrong signature implies |
//! | [`faults`] | misbehaviour at clients |
//! | `test_key` | a key pair for providers that take RSA alone |
//! | [`entries`], `inspector`, [`recording`] | the last exchanges, a page that shows them, and files of them |
//!
//! ```
//! use std::io::{Read as _, Write as _};
//!
//! use countersign::sandbox::{Client, Sandbox};
//!
//! let sandbox = Sandbox::builder().profile("rfc5849").client(Client::new("key", "secret")).start()?;
//! let mut connection = std::net::TcpStream::connect(sandbox.address())?;
//! write!(connection, "GET /photos HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", sandbox.address())?;
//! let mut answer = String::new();
//! connection.read_to_string(&mut answer)?;
//! assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("X-Countersign-Refused: parameter_absent"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod entries;
pub mod explanation;
pub mod faults;
pub mod http;
pub mod limits;
pub mod nonces;
pub mod recording;
pub mod refusal;
pub mod routes;
pub mod server;
pub mod store;

mod authorize;
mod date;
mod endpoints;
mod hints;
mod inspector;
mod provider;
mod reading;
mod target;
mod test_key;
mod verifying;
mod whose;
mod words;

pub use entries::Entry;
pub use limits::Limits;
pub use server::Sandbox;
pub use server::builder::{Builder, StartError, access_token};
pub use server::clock::Clock;
pub use store::{Client, Token};
