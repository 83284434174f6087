//! Connections that wait for their peers. One idle thread looks after all of them, and after the door, and queues those at which something
//! happens; idle threads take them from the queue, and look in turn.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::Shutdown;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use mio::{Events, Interest, Poll, Registry, Token, Waker};

use super::connection::Connection;
use super::door::{Door, Entered};

/// All open connections.
#[derive(Debug)]
pub(super) struct Waiting {
    eye: Mutex<Eye>,
    registry: Registry,
    waker: Waker,
    /// Those that have something to do, the longest first.
    queue: Mutex<VecDeque<Arc<Connection>>>,
    open: Mutex<HashMap<usize, Arc<Connection>>>,
    closed: Condvar,
    /// Where further ones come in, until the end.
    door: Mutex<Option<Door>>,
    /// Whether nobody is to look any more.
    over: AtomicBool,
    /// The shortest time for which a connection waits. None that begins to wait is overdue before.
    shortest: Duration,
}

/// What the one who looks holds.
#[derive(Debug)]
struct Eye {
    poll: Poll,
    events: Events,
    /// When a connection may be overdue at the earliest.
    overdue: Instant,
}

/// How many events are taken at once.
const EVENTS: usize = 256;

/// The tokens of no connection.
const WAKE: Token = Token(usize::MAX);
const DOOR: Token = Token(usize::MAX - 1);

/// When those are looked at again whose time was not known.
const SOON: Duration = Duration::from_millis(50);

/// When the door is tried again that could not take somebody in.
const AGAIN: Duration = Duration::from_millis(20);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Waiting {
    pub(super) fn new(mut door: Door, shortest: Duration) -> io::Result<Waiting> {
        let poll = Poll::new()?;
        poll.registry().register(&mut door.listener, DOOR, Interest::READABLE)?;
        let registry = poll.registry().try_clone()?;
        let waker = Waker::new(&registry, WAKE)?;
        let eye = Mutex::new(Eye { poll, events: Events::with_capacity(EVENTS), overdue: Instant::now() + shortest });
        let (queue, open, door) = (Mutex::default(), Mutex::default(), Mutex::new(Some(door)));
        Ok(Waiting { eye, registry, waker, queue, open, closed: Condvar::new(), door, over: AtomicBool::new(false), shortest })
    }

    /// Ends a connection.
    pub(super) fn close(&self, connection: &Connection) {
        connection.shut_down(Shutdown::Both);
        lock(&self.open).remove(&connection.number);
        self.closed.notify_all();
    }

    /// A connection that has something to do, if there is one.
    pub(super) fn next(&self) -> Option<Arc<Connection>> {
        lock(&self.queue).pop_front()
    }

    /// Puts a connection at the end of the queue.
    pub(super) fn queue(&self, connection: Arc<Connection>) {
        lock(&self.queue).push_back(connection);
    }

    /// Waits for a connection that has something to do; `None` when all is over.
    pub(super) fn wait(&self) -> Option<Arc<Connection>> {
        loop {
            if let Some(connection) = self.next() {
                return Some(connection);
            }
            let mut eye = lock(&self.eye);
            if self.over.load(Ordering::SeqCst) {
                return None;
            }
            // Whoever looked before may have seen more than he took.
            if let Some(connection) = self.next() {
                return Some(connection);
            }
            self.look(&mut eye);
        }
    }

    /// Sees what has happened meanwhile, unless somebody looks already. While all are busy with what is in the queue, nobody waits.
    pub(super) fn glance(&self) {
        if let Ok(mut eye) = self.eye.try_lock() {
            self.look_for(&mut eye, Duration::ZERO);
        }
    }

    fn look(&self, eye: &mut Eye) {
        let left = eye.overdue.saturating_duration_since(Instant::now());
        let is_kept_out = lock(&self.door).as_ref().is_some_and(Door::is_kept_out);
        self.look_for(eye, if is_kept_out { left.min(AGAIN) } else { left });
    }

    fn look_for(&self, Eye { poll, events, overdue }: &mut Eye, time: Duration) {
        if let Err(error) = poll.poll(events, Some(time))
            && error.kind() != io::ErrorKind::Interrupted
        {
            // Nothing can be done about it but not to try at once again.
            std::thread::sleep(AGAIN);
        }
        self.take_in(events.iter().any(|event| event.token() == DOOR));
        {
            let open = lock(&self.open);
            let mut queue = lock(&self.queue);
            let happened = events.iter().filter_map(|event| open.get(&event.token().0));
            queue.extend(happened.filter(|connection| connection.happens()).map(Arc::clone));
        }
        let now = Instant::now();
        if now >= *overdue {
            let open = lock(&self.open);
            let mut queue = lock(&self.queue);
            *overdue = now + self.shortest;
            for connection in open.values() {
                match connection.waits_until() {
                    Some(until) if until > now => *overdue = until.min(*overdue),
                    Some(_) if connection.happens() => queue.push_back(Arc::clone(connection)),
                    // Whoever serves it may leave it with little time.
                    _ => *overdue = (now + SOON).min(*overdue),
                }
            }
        }
    }

    /// Takes in those who stand at the door.
    fn take_in(&self, has_news: bool) {
        let mut door = lock(&self.door);
        let Some(door) = door.as_mut().filter(|door| has_news || door.is_kept_out()) else { return };
        while let Some(Entered { number, mut stream, until }) = door.next(|| lock(&self.open).len()) {
            let mut open = lock(&self.open);
            // What cannot be looked after is closed.
            if self.registry.register(&mut stream, Token(number), Interest::READABLE | Interest::WRITABLE).is_ok() {
                open.insert(number, Arc::new(Connection::new(number, stream, until)));
            }
        }
    }

    /// Closes the door, has every connection looked at, so that those which wait for nothing but a request end, and waits until there are
    /// none, at most for `grace`. Then nobody looks any more.
    pub(super) fn end(&self, grace: Duration) {
        drop(lock(&self.door).take());
        let mut open = lock(&self.open);
        {
            let mut queue = lock(&self.queue);
            queue.extend(open.values().filter(|connection| connection.happens()).map(Arc::clone));
        }
        let _ = self.waker.wake();
        let until = Instant::now() + grace;
        while !open.is_empty() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                open.values().for_each(|connection| connection.shut_down(Shutdown::Both));
                break;
            }
            open = self.closed.wait_timeout(open, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        drop(open);
        self.over.store(true, Ordering::SeqCst);
        let _ = self.waker.wake();
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::{SocketAddr, TcpListener, TcpStream};

    use super::super::connection::Read;
    use super::*;
    use crate::sandbox::limits::Limits;

    /// Connections that are looked after by a thread of their own, with their peers.
    struct Looked(Arc<Waiting>, SocketAddr);

    impl Looked {
        fn new() -> Looked {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap();
            let door = Door::new(listener, &Limits { connections: 2, ..Limits::DEFAULT }).unwrap();
            Looked(Arc::new(Waiting::new(door, Duration::from_millis(50)).unwrap()), address)
        }

        fn connect(&self) -> TcpStream {
            TcpStream::connect(self.1).unwrap()
        }
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    #[test]
    fn who_has_something_to_do_is_queued_once() {
        let looked = Looked::new();
        let mut peers = [looked.connect(), looked.connect()];
        let mut seen = Vec::new();
        // A socket that can be written to is news once.
        for _ in 0..2 {
            let connection = looked.0.wait().unwrap();
            connection.is_served();
            assert!(matches!(connection.read(&mut [0; 8]), Read::Nothing));
            assert!(connection.begins_to_wait(soon()));
            seen.push(connection.number);
        }
        seen.sort_unstable();
        assert_eq!(seen, [1, 2]);
        peers[1].write_all(b"abc").unwrap();
        let connection = looked.0.wait().unwrap();
        assert_eq!((connection.number, looked.0.next().map(|other| other.number)), (2, None));
        connection.is_served();
        assert!(matches!(connection.read(&mut [0; 8]), Read::Octets(3)));
    }

    #[test]
    fn what_happens_while_it_is_served_is_not_lost() {
        let looked = Looked::new();
        let _peer = looked.connect();
        let connection = looked.0.wait().unwrap();
        connection.is_served();
        assert!(!connection.happens(), "it is in no queue: somebody has it");
        assert!(!connection.begins_to_wait(soon()), "something has happened");
        assert!(connection.begins_to_wait(soon()));
    }

    #[test]
    fn who_waits_too_long_is_queued() {
        let looked = Looked::new();
        let until = Instant::now() + Duration::from_millis(80);
        let _peer = looked.connect();
        let connection = looked.0.wait().unwrap();
        connection.is_served();
        assert!(connection.begins_to_wait(until));
        assert_eq!(looked.0.wait().unwrap().number, 1);
        assert!(Instant::now() >= until);
    }

    #[test]
    fn an_end_wakes_those_who_look_and_waits_for_what_is_served() {
        let looked = Looked::new();
        let mut peer = looked.connect();
        let connection = looked.0.wait().unwrap();
        connection.is_served();
        assert!(connection.begins_to_wait(soon()));
        let waiting = Arc::clone(&looked.0);
        let serving = std::thread::spawn(move || {
            while let Some(connection) = waiting.wait() {
                connection.is_served();
                connection.write_until(b"bye", soon()).unwrap();
                waiting.close(&connection);
            }
        });
        looked.0.end(Duration::from_secs(60));
        serving.join().unwrap();
        assert!(lock(&looked.0.open).is_empty());
        assert!(TcpStream::connect(looked.1).is_err(), "the door is closed");
        let mut all = Vec::new();
        peer.read_to_end(&mut all).unwrap();
        assert_eq!(all, b"bye");
    }

    /// A thread that looks until `waiting` ends, so that the connection which another one serves hears of its socket.
    fn looks(waiting: &Arc<Waiting>) -> std::thread::JoinHandle<()> {
        let waiting = Arc::clone(waiting);
        std::thread::spawn(move || while waiting.wait().is_some() {})
    }

    #[test]
    fn a_peer_that_takes_a_little_now_and_then_is_left_at_the_deadline() {
        let looked = Looked::new();
        let mut peer = looked.connect();
        let connection = looked.0.wait().unwrap();
        connection.is_served();
        let looking = looks(&looked.0);
        let slow = std::thread::spawn(move || {
            let mut piece = vec![0; 256 * 1024];
            let mut all = 0;
            // It never keeps the writer waiting for as long as the deadline, and would need seconds for everything.
            while let Ok(length @ 1..) = peer.read(&mut piece) {
                all += length;
                std::thread::sleep(Duration::from_millis(20));
            }
            all
        });
        let octets = vec![b'x'; 64 * 1024 * 1024];
        let begun = Instant::now();
        let ended = connection.write_until(&octets, begun + Duration::from_millis(300)).unwrap_err();
        assert_eq!(ended.kind(), io::ErrorKind::TimedOut);
        assert!(begun.elapsed() >= Duration::from_millis(300));
        looked.0.close(&connection);
        let all = slow.join().unwrap();
        assert!(all > 0 && all < octets.len(), "{all} octets were read");
        looked.0.end(Duration::ZERO);
        looking.join().unwrap();
    }

    #[test]
    fn a_peer_that_reads_gets_everything() {
        let looked = Looked::new();
        let mut peer = looked.connect();
        let connection = looked.0.wait().unwrap();
        connection.is_served();
        let looking = looks(&looked.0);
        let reader = std::thread::spawn(move || {
            let mut all = Vec::new();
            peer.read_to_end(&mut all).unwrap();
            all
        });
        let octets: Vec<u8> = (0..8 * 1024 * 1024_u32).map(|number| number.to_le_bytes()[0]).collect();
        connection.write_until(&octets, soon()).unwrap();
        looked.0.close(&connection);
        assert!(reader.join().unwrap() == octets);
        looked.0.end(Duration::ZERO);
        looking.join().unwrap();
    }
}
