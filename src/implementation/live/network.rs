//! The network: one connection a request, and everything about it within the policy. Redirects are answers like others; there is no proxy,
//! no second try, no connection that is used again.

use std::io;
use std::sync::Arc;
use std::thread::ScopedJoinHandle;
use std::time::Instant;

use rustls::ClientConfig;

use super::body::Framing;
use super::channel::Channel;
use super::coding::{Coding, Unpacking};
use super::deadline::Deadline;
use super::destination::Destination;
use super::dialling::{self, Names};
use super::head::Head;
use super::tls::{self, Trust};
use super::wire::{MOMENT, Wire};
use super::{Incoming, Outgoing, Policy, Send, Trouble, writing};

/// Puts requests to live servers.
#[derive(Debug)]
pub struct Network {
    pub(super) policy: Policy,
    pub(super) names: Names,
    pub(super) trust: Trust,
    /// Made when it is needed for the first time.
    tls: Option<Arc<ClientConfig>>,
    /// The most octets of the last answer that were held at once, before they were put into its body.
    pub(super) most_held: usize,
}

impl Network {
    /// A network within this policy.
    #[must_use]
    pub fn new(policy: Policy) -> Network {
        let trust = if policy.insecure { Trust::Anybody } else { Trust::Roots(Vec::new()) };
        Network { policy, names: Names::new(dialling::by_the_system), trust, tls: None, most_held: 0 }
    }

    /// The policy.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    fn open(&mut self, destination: &Destination, deadline: Deadline) -> Result<Channel, Trouble> {
        let addresses = self.names.addresses(destination, deadline)?;
        destination.permits(&addresses, self.policy.insecure)?;
        let mut stream = dialling::connect(destination, &addresses, deadline)?;
        if !destination.https {
            return Ok(Channel::Clear(stream));
        }
        let config = match &self.tls {
            Some(config) => Arc::clone(config),
            None => Arc::clone(self.tls.insert(tls::config(self.trust.clone())?)),
        };
        let session = tls::agree(&mut stream, config, destination, deadline)?;
        Ok(Channel::Tls(stream, Box::new(session)))
    }

    /// Another one like it, for a thread of its own.
    fn another(&self) -> Network {
        let (policy, names, trust) = (self.policy.clone(), self.names.another(), self.trust.clone());
        Network { policy, names, trust, tls: self.tls.clone(), most_held: 0 }
    }
}

impl Send for Network {
    fn send(&mut self, request: &Outgoing) -> Result<Incoming, Trouble> {
        let deadline = Deadline::after(self.policy.deadline);
        let destination = Destination::of(&request.url, &self.policy)?;
        let octets = writing::octets(request, &destination)?;
        let mut wire = Wire::new(self.open(&destination, deadline)?, deadline, octets);
        let answer = read(&mut wire, &request.method, &self.policy);
        self.most_held = wire.most_held;
        answer
    }

    fn send_at_once(&mut self, requests: &[Outgoing]) -> Vec<Result<Incoming, Trouble>> {
        // Each connects by itself: a server that does one thing at a time would wait for the first while others wait for it.
        std::thread::scope(|scope| {
            let begin = |request| {
                let mut own = self.another();
                std::thread::Builder::new().spawn_scoped(scope, move || own.send(request))
            };
            let threads: Vec<_> = requests.iter().map(begin).collect();
            let lost = |why: &str| Err(Trouble::NoConnection(format!("the server: {why}")));
            let answer = |thread: io::Result<ScopedJoinHandle<'_, Result<Incoming, Trouble>>>| match thread {
                Ok(thread) => thread.join().unwrap_or_else(|_| lost("its thread ended")),
                Err(_) => lost("there is no thread for it"),
            };
            threads.into_iter().map(answer).collect()
        })
    }
}

/// Reads an answer to a request with this method.
pub(super) fn read(wire: &mut Wire, method: &str, policy: &Policy) -> Result<Incoming, Trouble> {
    let began = Instant::now();
    let head = Head::read(wire, policy)?;
    let framing = Framing::of(&head, method)?;
    let mut body = Vec::new();
    if framing != Framing::None {
        let coding = Coding::of(&head)?;
        let mut unpacking = Unpacking::new(coding, policy.body);
        framing.read(wire, policy, coding.most_packed(policy.body), |piece| unpacking.take(piece))?;
        body = unpacking.finish()?;
    }
    let elapsed = began.elapsed();
    // Octets behind the end are a wrong length, or a second answer: two readers would read two things. A body where there is none (RFC 9112
    // section 6.3, rule 1) is a mistake that many make, and nobody reads it.
    if framing != Framing::None && wire.gathers(1, MOMENT) {
        return Err(Trouble::Body("octets follow its end".to_owned()));
    }
    Ok(Incoming { status: head.status, headers: head.headers, body, elapsed })
}
