//! The network against servers that do one wrong thing each. Every server is a thread on loopback with one connection; every exchange is
//! held against its answer or its trouble, against its deadline, and against what was held in memory.

mod anything;
mod bodies;
mod codings;
mod heads;
mod places;
mod requests;
mod secured;
mod timing;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use super::{Incoming, Network, Outgoing, Policy, Send as _, Trouble};

/// The deadline of exchanges that are to be late.
const SHORT: Duration = Duration::from_millis(500);
/// The deadline of those that are to be over by themselves, also where a machine has much else to do.
const LONG: Duration = Duration::from_secs(20);
/// By how much a deadline may be missed.
const GRACE: Duration = Duration::from_millis(500);
/// A server's own patience.
const PATIENCE: Duration = Duration::from_secs(5);

/// Starts a server of one connection.
fn serve(script: impl FnOnce(&mut TcpStream) + Send + 'static) -> SocketAddr {
    serve_at("127.0.0.1:0", script)
}

fn serve_at(place: &str, script: impl FnOnce(&mut TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind(place).unwrap();
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
    answering_at("127.0.0.1:0", octets)
}

fn answering_at(place: &str, octets: impl Into<Vec<u8>>) -> (SocketAddr, Receiver<Vec<u8>>) {
    let (octets, (sender, receiver)) = (octets.into(), mpsc::channel());
    let address = serve_at(place, move |stream| {
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
    exchange_with(request, Network::new(policy))
}

#[track_caller]
fn exchange_with(request: &Outgoing, mut network: Network) -> Result<Incoming, Trouble> {
    let (most, deadline) = (network.policy().head + 16 * 1024, network.policy().deadline);
    let began = Instant::now();
    let result = network.send(request);
    let elapsed = began.elapsed();
    assert!(elapsed <= deadline + GRACE, "{elapsed:?} for {request:?}: {result:?}");
    assert!(network.most_held <= most, "{} octets were held for {request:?}", network.most_held);
    result
}

/// What is expected of an exchange: a status and a body, or a trouble.
type Expected = Result<(u16, Vec<u8>), Trouble>;

fn good(status: u16, body: impl Into<Vec<u8>>) -> Expected {
    Ok((status, body.into()))
}

fn not_http(why: &str) -> Expected {
    Err(Trouble::NotHttp(why.to_owned()))
}

fn bad_body(why: &str) -> Expected {
    Err(Trouble::Body(why.to_owned()))
}

type Script = Box<dyn FnOnce(&mut TcpStream) + Send>;

/// A server that does one thing, and what comes of it.
struct Behaviour {
    name: String,
    method: &'static str,
    body: Option<Vec<u8>>,
    script: Script,
    expected: Expected,
}

/// A server that does this once it has the request.
fn does(name: &str, expected: Expected, script: impl FnOnce(&mut TcpStream) + Send + 'static) -> Behaviour {
    let script = Box::new(|stream: &mut TcpStream| {
        request(stream);
        script(stream);
    });
    Behaviour { name: name.to_owned(), method: "GET", body: None, script, expected }
}

/// A server that answers with these octets and closes the connection.
fn says(octets: impl Into<Vec<u8>>, expected: Expected) -> Behaviour {
    let octets = octets.into();
    let name: String = octets.escape_ascii().take(200).map(char::from).collect();
    does(&name, expected, move |stream| {
        let _ = stream.write_all(&octets);
    })
}

/// A server that answers with these octets and then says nothing more, until nobody listens.
fn says_and_stays(octets: impl Into<Vec<u8>>, expected: Expected) -> Behaviour {
    let octets = octets.into();
    let name: String = octets.escape_ascii().take(200).map(char::from).collect();
    does(&name, expected, move |stream| {
        let _ = stream.write_all(&octets);
        stays(stream);
    })
}

/// A server that begins with the first octets and goes on with the others without an end.
fn never_ends(name: &str, first: &'static [u8], others: &'static [u8], expected: Expected) -> Behaviour {
    let others = others.repeat(16 * 1024 / others.len().max(1));
    does(name, expected, move |stream| {
        let _ = stream.write_all(first);
        // Without an end for whoever has a limit; where there is none, the test fails and the machine goes on.
        for _ in 0..4096 {
            if stream.write_all(&others).is_err() {
                break;
            }
        }
    })
}

/// Neither reads nor writes, and does not go either.
fn freezes() {
    thread::sleep(PATIENCE);
}

/// Waits until the other side has gone.
fn stays(stream: &mut TcpStream) {
    let mut block = [0; 4096];
    while let Ok(1..) = stream.read(&mut block) {}
}

/// Puts each behaviour to the network, all at once, and names those from which something else came.
#[track_caller]
fn comes_of(behaviours: Vec<Behaviour>, deadline: Duration) {
    let running: Vec<_> = behaviours
        .into_iter()
        .map(|behaviour| {
            thread::spawn(move || {
                let Behaviour { name, method, body, script, expected } = behaviour;
                let address = serve(script);
                let request = Outgoing { method: method.to_owned(), body, ..get(format!("http://{address}/")) };
                let result = exchange_with(&request, Network::new(policy(address, deadline)));
                let found = result.map(|answer| (answer.status, answer.body));
                (found != expected).then(|| format!("{name}: {} instead of {}", told(&found), told(&expected)))
            })
        })
        .collect();
    let failed: Vec<String> =
        running.into_iter().filter_map(|thread| thread.join().unwrap_or_else(|_| Some("something above".to_owned()))).collect();
    assert!(failed.is_empty(), "{} failed:\n{}", failed.len(), failed.join("\n"));
}

fn told(result: &Expected) -> String {
    match result {
        Ok((status, body)) => format!("{status} with {} octets: {}", body.len(), super::trouble::shown(body)),
        Err(trouble) => format!("{trouble:?}"),
    }
}
