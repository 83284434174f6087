//! The network: one connection a request, and everything about it within the policy. Redirects are answers like others; there is no proxy,
//! no second try, no connection that is used again.

use std::time::Instant;

use super::body::Framing;
use super::deadline::Deadline;
use super::destination::Destination;
use super::dialling::{self, Names};
use super::head::Head;
use super::wire::Wire;
use super::{Incoming, Outgoing, Policy, Send, Trouble, writing};

/// Puts requests to live servers.
#[derive(Debug)]
pub struct Network {
    policy: Policy,
    names: Names,
    /// The most octets of the last answer that were held at once, before they were put into its body.
    pub(super) most_held: usize,
}

impl Network {
    /// A network within this policy.
    #[must_use]
    pub const fn new(policy: Policy) -> Network {
        Network { policy, names: Names::new(dialling::by_the_system), most_held: 0 }
    }

    /// The policy.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }
}

impl Send for Network {
    fn send(&mut self, request: &Outgoing) -> Result<Incoming, Trouble> {
        let deadline = Deadline::after(self.policy.deadline);
        let destination = Destination::of(&request.url, &self.policy)?;
        let octets = writing::octets(request, &destination)?;
        let addresses = self.names.addresses(&destination, deadline)?;
        destination.permits(&addresses, self.policy.insecure)?;
        if destination.https {
            return Err(Trouble::Tls("not spoken yet".to_owned()));
        }
        let stream = dialling::connect(&destination, &addresses, deadline)?;
        let began = Instant::now();
        let mut wire = Wire::new(stream, deadline, octets);
        let answer = read(&mut wire, &request.method, &self.policy);
        self.most_held = wire.most_held;
        let (head, body) = answer?;
        Ok(Incoming { status: head.status, headers: head.headers, body, elapsed: began.elapsed() })
    }
}

fn read(wire: &mut Wire, method: &str, policy: &Policy) -> Result<(Head, Vec<u8>), Trouble> {
    let head = Head::read(wire, policy)?;
    let framing = Framing::of(&head, method)?;
    let too_large = Trouble::TooLarge("the body", policy.body);
    if matches!(framing, Framing::Length(length) if length > policy.body as u64) {
        return Err(too_large);
    }
    let mut body = Vec::new();
    framing.read(wire, policy, |piece| {
        if piece.len() > policy.body.saturating_sub(body.len()) {
            return Err(too_large.clone());
        }
        body.extend_from_slice(piece);
        Ok(())
    })?;
    Ok((head, body))
}
