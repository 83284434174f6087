//! The network against servers that do one wrong thing each. Every server is a thread on loopback with one connection; every exchange is
//! held against its answer or its trouble, against its deadline, and against what was held in memory.

mod requests;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use super::{Incoming, Network, Outgoing, Policy, Send as _, Trouble};

/// The deadline of those that are to be over by themselves, also where a machine has much else to do.
const LONG: Duration = Duration::from_secs(20);
/// By how much a deadline may be missed.
const GRACE: Duration = Duration::from_millis(500);
/// A server's own patience.
const PATIENCE: Duration = Duration::from_secs(5);

/// Starts a server of one connection.
fn serve(script: impl FnOnce(&mut TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        script(&mut stream);
    });
    address
}

/// Starts a server that answers with these octets when it has the head of a request, and hands on what it was sent.
fn answering(octets: impl Into<Vec<u8>>) -> (SocketAddr, Receiver<Vec<u8>>) {
    let (octets, (sender, receiver)) = (octets.into(), mpsc::channel());
    let address = serve(move |stream| {
        let request = request(stream);
        let _ = stream.write_all(&octets);
        let _ = sender.send(request);
    });
    (address, receiver)
}

/// An address where nobody listens.
fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// Reads a request: its head, and a body as long as it says.
fn request(stream: &mut TcpStream) -> Vec<u8> {
    let (mut all, mut block) = (Vec::new(), [0; 4096]);
    loop {
        if let Some(end) = all.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&all[..end]).to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
            if all.len() >= end + 4 + length.unwrap_or(0) {
                return all;
            }
        }
        match stream.read(&mut block) {
            Ok(octets @ 1..) => all.extend_from_slice(&block[..octets]),
            _ => return all,
        }
    }
}

fn get(url: impl Into<String>) -> Outgoing {
    Outgoing { method: "GET".to_owned(), url: url.into(), headers: Vec::new(), body: None }
}

fn policy(address: SocketAddr, deadline: Duration) -> Policy {
    Policy { deadline, ..Policy::for_hosts([address.to_string()]) }
}

/// Puts a request to a server of ours; within the deadline, whatever the server does.
#[track_caller]
fn exchange(request: &Outgoing, policy: Policy) -> Result<Incoming, Trouble> {
    let most = policy.head + 2 * 16 * 1024;
    let (deadline, began) = (policy.deadline, Instant::now());
    let mut network = Network::new(policy);
    let result = network.send(request);
    let elapsed = began.elapsed();
    assert!(elapsed <= deadline + GRACE, "{elapsed:?} for {request:?}: {result:?}");
    assert!(network.most_held <= most, "{} octets were held for {request:?}", network.most_held);
    result
}
