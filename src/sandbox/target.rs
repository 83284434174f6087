//! Where a request goes: its target and its Host field, before anything else of it is believed.

use std::borrow::Cow;

use super::faults::{self, Fault};
use super::http::{BadRequest, Incoming};
use super::provider::Settings;
use crate::protocol::Url;
use crate::protocol::request::{HostAndPort, is_form};

/// Below here a path asks for a fault: `/_fault/NAME/…`.
const FAULTS: &str = "/_fault/";

/// Where a request goes.
#[derive(Debug)]
pub(super) struct Target {
    /// The absolute URL.
    pub(super) url: Vec<u8>,
    /// Its path, without that of a fault.
    pub(super) path: String,
    /// The fault that the path asks for.
    pub(super) fault: Option<&'static Fault>,
}

impl Target {
    /// Reads the target and the Host field. A page in somebody's browser whose name was made to lead to loopback has another Host.
    pub(super) fn read(incoming: &Incoming, settings: &Settings) -> Result<Target, BadRequest> {
        let mut hosts = incoming.fields("host");
        let host = match (hosts.next(), hosts.next()) {
            (Some(host), None) if !host.is_empty() => host,
            (None, None) if incoming.minor == 0 => settings.authority.as_bytes(),
            (Some(_), Some(_)) => return Err(BadRequest::new(400, "there are several Host fields")),
            _ => return Err(BadRequest::new(400, "there is no Host field")),
        };
        if !settings.hosts.iter().any(|known| same_host(known.as_bytes(), host, &settings.scheme)) {
            let because = format!("the Host field names another server; this one is {}", settings.authority);
            return Err(BadRequest { status: 421, because: because.into() });
        }
        let scheme = settings.scheme.as_bytes();
        let url = match incoming.target.first() {
            Some(b'/') => [scheme, b"://", settings.authority.as_bytes(), &incoming.target].concat(),
            // The absolute form (RFC 9112 section 3.2.2): it has to name the same server.
            _ => match Url::parse(&incoming.target) {
                Ok(url) if same_host(url.authority, host, &settings.scheme) && url.scheme.eq_ignore_ascii_case(scheme) => {
                    incoming.target.clone()
                }
                Ok(_) => return Err(BadRequest::new(421, "the request line names another server than the Host field")),
                Err(error) => return Err(BadRequest { status: 400, because: format!("the request target: {error}").into() }),
            },
        };
        let limit = settings.limits.parameters;
        let query = url.split(|octet| *octet == b'?').nth(1).unwrap_or_default();
        let many = |text: &[u8]| memchr::memchr_iter(b'&', text).count() >= limit;
        if many(query) || incoming.body.as_deref().is_some_and(many) && incoming.fields("content-type").any(is_form) {
            return Err(BadRequest { status: 400, because: format!("there are more than {limit} parameters").into() });
        }
        let parsed = Url::parse(&url);
        let parsed = parsed.map_err(|error| BadRequest { status: 400, because: format!("the request target: {error}").into() })?;
        let path = if parsed.path.is_empty() { "/".to_owned() } else { String::from_utf8_lossy(parsed.path).into_owned() };
        let (path, fault) = match path.strip_prefix(FAULTS) {
            None => (path, None),
            Some(rest) => {
                let (name, rest) = rest.split_once('/').unwrap_or((rest, ""));
                let fault = faults::find(name);
                let unknown = || BadRequest { status: 404, because: format!("there is no fault {}", name.escape_debug()).into() };
                (format!("/{rest}"), Some(fault.ok_or_else(unknown)?))
            }
        };
        Ok(Target { url, path, fault })
    }

    /// The URL as rules take it: without the part that asks for a fault.
    pub(super) fn plain_url(&self) -> Cow<'_, str> {
        let url = String::from_utf8_lossy(&self.url);
        let plain = self.fault.zip(url.split_once(FAULTS)).and_then(|(fault, (before, rest))| {
            let rest = rest.strip_prefix(fault.name)?;
            Some(format!("{before}{rest}"))
        });
        plain.map_or(url, Cow::Owned)
    }
}

fn same_host(known: &[u8], host: &[u8], scheme: &str) -> bool {
    let default = if scheme == "https" { 443 } else { 80 };
    match (HostAndPort::parse(known), HostAndPort::parse(host)) {
        (Ok(known), Ok(host)) => {
            known.host.eq_ignore_ascii_case(host.host) && known.port.unwrap_or(default) == host.port.unwrap_or(default)
        }
        _ => false,
    }
}
