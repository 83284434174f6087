//! Answers that break HTTP, written to a connection. Each ends after [`LONGEST`] or [`MOST`], when the client has gone, or when the sandbox
//! stops.

use std::io;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use super::Shared;
use super::connection::{Connection, Read};
use crate::sandbox::faults::Wire;
use crate::sandbox::faults::wires::{LONGEST, MOST, bomb};
use crate::sandbox::http::Reply;

/// It takes a moment to be made.
static BOMB: OnceLock<Vec<u8>> = OnceLock::new();

/// Writes an answer in its way; the connection ends with it.
pub(super) fn write(connection: &Connection, shared: &Shared, reply: &Reply) -> io::Result<()> {
    let good = reply.octets(true, false);
    let head = || {
        let head = String::from_utf8_lossy(&reply.head(true)).into_owned();
        head.trim_end_matches("\r\n").to_owned()
    };
    // The head without its length, to which another one is added.
    let other = || head().lines().filter(|line| !line.starts_with("Content-Length")).collect::<Vec<_>>().join("\r\n");
    let body = reply.body.as_slice();
    let with = |fields: &str, body: &[u8]| [other().as_bytes(), b"\r\n", fields.as_bytes(), b"\r\n\r\n", body].concat();
    let length = body.len();
    let all = |octets: &[u8]| connection.write_until(octets, Instant::now() + shared.limits.answer_time);
    match reply.wire {
        Wire::Good => all(&good),
        Wire::Close => Ok(()),
        Wire::Truncated => all(good.get(..good.len() - length / 2 - 1).unwrap_or_default()),
        Wire::HalfHead => all(head().as_bytes().get(..head().len() / 2).unwrap_or_default()),
        Wire::Length(more) => {
            let said = i64::try_from(length).unwrap_or(i64::MAX).saturating_add(more).max(0);
            all(&with(&format!("Content-Length: {said}"), body))?;
            if more > 0 { wait(connection, shared) } else { Ok(()) }
        }
        Wire::LengthText(said) => all(&with(&format!("Content-Length: {said}"), body)),
        Wire::LengthTwice => all(&with(&format!("Content-Length: {length}\r\nContent-Length: {}", length + 7), body)),
        Wire::LengthAndChunks => {
            let chunk = [format!("{length:x}\r\n").as_bytes(), body, b"\r\n0\r\n\r\n"].concat();
            all(&with(&format!("Content-Length: {length}\r\nTransfer-Encoding: chunked"), &chunk))
        }
        Wire::Chunk(size) => all(&with("Transfer-Encoding: chunked", format!("{size}\r\nabc").as_bytes())),
        Wire::Bomb => {
            let bomb = BOMB.get_or_init(|| bomb(64 * 1024 * 1024));
            all(&with(&format!("Content-Encoding: gzip\r\nContent-Length: {}", bomb.len()), bomb))
        }
        Wire::NotGzip => all(&with(&format!("Content-Encoding: gzip\r\nContent-Length: {length}"), body)),
        Wire::NoHead => all(body),
        Wire::StatusLine(line) => {
            let head = head();
            let fields = head.split_once("\r\n").map_or("", |(_, fields)| fields);
            all(&[line.as_bytes(), b"\r\n", fields.as_bytes(), b"\r\n\r\n", body].concat())
        }
        Wire::Field(line) => all(&[head().as_bytes(), b"\r\n", line, b"\r\n\r\n", body].concat()),
        Wire::TwoAnswers => all(&[good.as_slice(), b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"].concat()),
        Wire::Silence => wait(connection, shared),
        Wire::SlowHead => slowly(connection, shared, &good),
        Wire::SlowBody => {
            all(good.get(..good.len() - length).unwrap_or_default())?;
            slowly(connection, shared, body)
        }
        Wire::EndlessHead => {
            all(head().as_bytes())?;
            endlessly(connection, shared, b"\r\nX-More: 0123456789012345678901234567890123456789")
        }
        Wire::EndlessBody => {
            all(&with("Transfer-Encoding: chunked", b""))?;
            endlessly(connection, shared, &[b"400\r\n", [b'x'; 1024].as_slice(), b"\r\n"].concat())
        }
        Wire::EndlessInterim => endlessly(connection, shared, b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
    }
}

/// Says nothing, while there is somebody who waits.
fn wait(connection: &Connection, shared: &Shared) -> io::Result<()> {
    let until = Instant::now() + LONGEST;
    let mut block = [0; 1024];
    while Instant::now() < until && !shared.is_stopping() {
        if let Read::End = connection.read_until(&mut block, Instant::now() + Duration::from_millis(50)) {
            break;
        }
    }
    Ok(())
}

fn slowly(connection: &Connection, shared: &Shared, octets: &[u8]) -> io::Result<()> {
    let until = Instant::now() + LONGEST;
    for octet in octets {
        connection.write_until(&[*octet], Instant::now() + LONGEST)?;
        let next = Instant::now() + Duration::from_secs(1);
        while Instant::now() < next {
            if shared.is_stopping() || Instant::now() > until {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    Ok(())
}

fn endlessly(connection: &Connection, shared: &Shared, part: &[u8]) -> io::Result<()> {
    let until = Instant::now() + LONGEST;
    let block = part.repeat(16 * 1024 / part.len().max(1) + 1);
    let mut written = 0;
    while written < MOST && Instant::now() < until && !shared.is_stopping() {
        connection.write_until(&block, until)?;
        written += block.len();
    }
    Ok(())
}
