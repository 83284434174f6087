//! Octets to a peer that may read them slowly: all of them by one deadline, however many pieces it takes them in.

use std::io::{self, ErrorKind, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Writes everything within `time`.
///
/// # Errors
/// `TimedOut` if the peer has not taken everything by then; what the connection says.
pub(super) fn write_all(mut stream: &TcpStream, mut octets: &[u8], time: Duration) -> io::Result<()> {
    let until = Instant::now() + time;
    while !octets.is_empty() {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        // The time-out of a socket is that of one piece: a peer that takes a little now and then would stay for ever.
        stream.set_write_timeout(Some(left))?;
        match stream.write(octets) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(length) => octets = octets.get(length..).unwrap_or_default(),
            Err(error) if matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn a_peer_that_takes_a_little_now_and_then_is_left_at_the_deadline() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let slow = std::thread::spawn(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            let mut piece = vec![0; 256 * 1024];
            let mut all = 0;
            // It never keeps the writer waiting for as long as the deadline, and would need seconds for everything.
            while let Ok(length @ 1..) = stream.read(&mut piece) {
                all += length;
                std::thread::sleep(Duration::from_millis(20));
            }
            all
        });
        let (stream, _) = listener.accept().unwrap();
        let octets = vec![b'x'; 64 * 1024 * 1024];
        let begun = Instant::now();
        let ended = write_all(&stream, &octets, Duration::from_millis(300)).unwrap_err();
        assert_eq!(ended.kind(), ErrorKind::TimedOut);
        assert!(begun.elapsed() >= Duration::from_millis(300));
        drop(stream);
        let all = slow.join().unwrap();
        assert!(all > 0 && all < octets.len(), "{all} octets were read");
    }

    #[test]
    fn a_peer_that_reads_gets_everything() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let reader = std::thread::spawn(move || {
            let mut all = Vec::new();
            TcpStream::connect(address).unwrap().read_to_end(&mut all).unwrap();
            all
        });
        let (stream, _) = listener.accept().unwrap();
        let octets: Vec<u8> = (0..8 * 1024 * 1024_u32).map(|number| number.to_le_bytes()[0]).collect();
        write_all(&stream, &octets, Duration::from_secs(60)).unwrap();
        drop(stream);
        assert!(reader.join().unwrap() == octets);
    }
}
