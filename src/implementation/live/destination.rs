//! Where a request goes and what it asks for there, read from its URL and held against the policy. No name is looked up.

use std::net::{IpAddr, Ipv6Addr};

use super::trouble::shown;
use super::{Policy, Trouble};
use crate::protocol::Url;
use crate::protocol::request::HostAndPort;

/// The server of a request, and the request target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Destination {
    /// Whether TLS is spoken.
    pub(super) https: bool,
    /// The host without brackets, as it was written.
    pub(super) host: String,
    /// The address, if the host is one.
    pub(super) literal: Option<IpAddr>,
    pub(super) port: u16,
    /// What a `Host` field says (RFC 9110 section 7.2): the host, and the port if it is not the scheme's own.
    pub(super) authority: String,
    /// Path and query as they stand in the URL. An empty path is sent as `/` (RFC 9112 section 3.2.1); a fragment is never sent.
    pub(super) target: Vec<u8>,
}

impl Destination {
    /// Reads a URL.
    ///
    /// # Errors
    /// [`Trouble::NotAllowed`] for what is no http or https URL, for user information in it, and for a host that is not on the list.
    pub(super) fn of(url: &str, policy: &Policy) -> Result<Destination, Trouble> {
        let parts = Url::parse(url.as_bytes()).map_err(|error| Trouble::NotAllowed(error.to_string()))?;
        if parts.authority.contains(&b'@') {
            return Err(refused("a URL with user information is not asked"));
        }
        let https = parts.is_https();
        let text = String::from_utf8_lossy(parts.host.host).into_owned();
        let (host, literal) = match text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            Some(inside) => {
                let address: Ipv6Addr = inside.parse().map_err(|_| refused(format!("{} is no IPv6 address", shown(inside.as_bytes()))))?;
                (inside.to_owned(), Some(IpAddr::V6(address)))
            }
            None => (text.clone(), text.parse().ok()),
        };
        let port = parts.host.port.unwrap_or(default_port(https));
        if !policy.hosts.iter().any(|allowed| allows(allowed, &parts.host, https)) {
            return Err(refused(format!("{}:{port} is not among the hosts that may be asked", shown(text.as_bytes()))));
        }
        let authority = if port == default_port(https) { text } else { format!("{text}:{port}") };
        let mut target = if parts.path.is_empty() { b"/".to_vec() } else { parts.path.to_vec() };
        if let Some(query) = parts.query {
            target.push(b'?');
            target.extend_from_slice(query);
        }
        Ok(Destination { https, host, literal, port, authority, target })
    }

    /// Whether these addresses may be asked in this way: plain HTTP, and certificates that nobody vouches for, stay on this machine. All of
    /// them are looked at, so that a name cannot lead out of it by one of its addresses.
    ///
    /// # Errors
    /// [`Trouble::NotAllowed`].
    pub(super) fn permits(&self, addresses: &[IpAddr], insecure: bool) -> Result<(), Trouble> {
        let Some(outside) = addresses.iter().find(|address| !address.to_canonical().is_loopback()) else { return Ok(()) };
        let which =
            if self.literal.is_some() { self.authority.clone() } else { format!("{} ({outside})", shown(self.authority.as_bytes())) };
        if !self.https {
            return Err(refused(format!("plain HTTP is for loopback only, and {which} is elsewhere: use https")));
        }
        if insecure {
            return Err(refused(format!("an unchecked certificate is for loopback only, and {which} is elsewhere")));
        }
        Ok(())
    }
}

fn refused(why: impl Into<String>) -> Trouble {
    Trouble::NotAllowed(why.into())
}

const fn default_port(https: bool) -> u16 {
    if https { 443 } else { 80 }
}

/// Whether an entry of the list names this host and port. Hosts are compared without case (RFC 3986 section 3.2.2).
fn allows(entry: &str, asked: &HostAndPort<'_>, https: bool) -> bool {
    !entry.contains('@')
        && HostAndPort::parse(entry.as_bytes()).is_ok_and(|entry| {
            let port = default_port(https);
            entry.host.eq_ignore_ascii_case(asked.host) && entry.port.unwrap_or(port) == asked.port.unwrap_or(port)
        })
}
