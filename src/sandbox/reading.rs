//! Requests out of octets that come in pieces: what was read is kept until a request is whole. It reads no socket and knows no time.

use super::http::{BadRequest, Framing, Incoming, framing, head, too_large};
use super::limits::Limits;

/// What has come of a connection's next request.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// What was read and not used yet.
    buffer: Vec<u8>,
    /// The request whose head is whole.
    begun: Option<Begun>,
}

/// A request whose body is to come.
#[derive(Debug)]
struct Begun {
    incoming: Incoming,
    body: Body,
    /// Whether the peer waits to be told to send the body.
    waits: bool,
}

#[derive(Debug)]
enum Body {
    Length(usize),
    Chunks(Chunks),
}

/// Chunks as far as they have come (RFC 9112 section 7.1).
#[derive(Debug, Default)]
struct Chunks {
    /// Their data, put together.
    body: Vec<u8>,
    next: Part,
    /// The octets of extensions and trailers, which are dropped.
    dropped: usize,
}

/// What comes next in a body of chunks.
#[derive(Debug, Default)]
enum Part {
    #[default]
    Size,
    Data(usize),
    Trailers,
}

/// How much of a request is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nothing.
    Nothing,
    /// A part of the head.
    Head,
    /// The head, and perhaps a part of the body.
    Body,
}

/// The room that is kept for what comes after a body.
const KEPT: usize = 32 * 1024;

/// The longest line of a chunk's size or a trailer.
const LINE: usize = 4096;

impl Reading {
    /// Takes octets as they come.
    pub(super) fn push(&mut self, octets: &[u8]) {
        self.buffer.extend_from_slice(octets);
    }

    /// How much of the next request is there.
    pub(super) const fn stage(&self) -> Stage {
        match (&self.begun, self.buffer.is_empty()) {
            (Some(_), _) => Stage::Body,
            (None, true) => Stage::Nothing,
            (None, false) => Stage::Head,
        }
    }

    /// Whether the peer is to be told to send the body (RFC 9110 section 10.1.1); so once for a request.
    pub(super) fn is_to_continue(&mut self) -> bool {
        self.begun.as_mut().is_some_and(|begun| std::mem::take(&mut begun.waits)) && self.buffer.is_empty()
    }

    /// The next request, if it is whole.
    ///
    /// # Errors
    /// [`BadRequest`] for what is no HTTP/1.x or beyond the limits: nothing can be read behind it.
    pub(super) fn next(&mut self, limits: &Limits) -> Result<Option<Incoming>, BadRequest> {
        let mut begun = match self.begun.take() {
            Some(begun) => begun,
            None => {
                let Some((incoming, length)) = self.head(limits)? else { return Ok(None) };
                self.buffer.drain(..length);
                let body = match framing(&incoming, limits)? {
                    Framing::None => return Ok(Some(incoming)),
                    Framing::Length(length) => Body::Length(length),
                    Framing::Chunked => Body::Chunks(Chunks::default()),
                };
                // An older client knows nothing of it (RFC 9110 section 10.1.1).
                let waits = incoming.minor > 0 && incoming.lists("expect", "100-continue");
                Begun { incoming, body, waits }
            }
        };
        let whole = match &mut begun.body {
            Body::Length(length) => self.take(*length),
            Body::Chunks(chunks) => self.chunks(chunks, limits)?.then(|| std::mem::take(&mut chunks.body)),
        };
        if whole.is_none() {
            self.begun = Some(begun);
            return Ok(None);
        }
        // A connection that is idle keeps little.
        if self.buffer.capacity() > KEPT {
            self.buffer.shrink_to(KEPT);
        }
        Ok(Some(Incoming { body: whole, ..begun.incoming }))
    }

    fn head(&self, limits: &Limits) -> Result<Option<(Incoming, usize)>, BadRequest> {
        if self.buffer.is_empty() { Ok(None) } else { head(&self.buffer, limits) }
    }

    /// So many octets, if they are there.
    fn take(&mut self, length: usize) -> Option<Vec<u8>> {
        (self.buffer.len() >= length).then(|| self.buffer.drain(..length).collect())
    }

    /// Puts chunks together as far as they have come; extensions and trailers are read and dropped. Whether that was all.
    fn chunks(&mut self, chunks: &mut Chunks, limits: &Limits) -> Result<bool, BadRequest> {
        loop {
            match chunks.next {
                Part::Size => {
                    let Some(line) = self.line()? else { return Ok(false) };
                    let bad = || BadRequest::new(400, "a chunk has no size");
                    // For httparse, a line without a digit is a zero.
                    let size = match httparse::parse_chunk_size(&line) {
                        _ if !line.first().is_some_and(u8::is_ascii_hexdigit) => return Err(bad()),
                        Ok(httparse::Status::Complete((_, size))) => usize::try_from(size).map_err(|_| bad())?,
                        _ => return Err(bad()),
                    };
                    if size > limits.body.saturating_sub(chunks.body.len()) {
                        return Err(too_large(limits));
                    }
                    let digits = line.iter().take_while(|octet| octet.is_ascii_hexdigit()).count();
                    chunks.drops(line.len().saturating_sub(digits + 2), limits)?;
                    chunks.next = if size == 0 { Part::Trailers } else { Part::Data(size) };
                }
                Part::Data(size) => {
                    let Some(data) = self.take(size + 2) else { return Ok(false) };
                    let Some(data) = data.strip_suffix(b"\r\n") else {
                        return Err(BadRequest::new(400, "a chunk is longer than its size"));
                    };
                    chunks.body.extend_from_slice(data);
                    chunks.next = Part::Size;
                }
                Part::Trailers => {
                    let Some(line) = self.line()? else { return Ok(false) };
                    if line == b"\r\n" {
                        return Ok(true);
                    }
                    chunks.drops(line.len(), limits)?;
                }
            }
        }
    }

    /// A line with its end, if it is there.
    fn line(&mut self) -> Result<Option<Vec<u8>>, BadRequest> {
        let end = memchr::memchr(b'\n', &self.buffer);
        if end.unwrap_or(self.buffer.len()) > LINE {
            return Err(BadRequest::new(400, "a chunk's line is too long"));
        }
        Ok(end.map(|end| self.buffer.drain(..=end).collect()))
    }
}

impl Chunks {
    /// Counts what is dropped: without a bound, a body would never end.
    fn drops(&mut self, octets: usize, limits: &Limits) -> Result<(), BadRequest> {
        self.dropped += octets;
        let is_too_much = self.dropped > limits.head;
        if is_too_much { Err(BadRequest::new(431, "the extensions and trailers of the chunks are too long")) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { body: 10, head: 100, ..Limits::DEFAULT };

    /// What comes of a text that arrives in pieces of this length: the bodies of the requests, and the end of it.
    fn read(text: &[u8], piece: usize) -> (Vec<Option<Vec<u8>>>, Result<Stage, u16>) {
        let (mut reading, mut bodies) = (Reading::default(), Vec::new());
        for piece in text.chunks(piece) {
            reading.push(piece);
            loop {
                match reading.next(&LIMITS) {
                    Ok(Some(incoming)) => bodies.push(incoming.body),
                    Ok(None) => break,
                    Err(bad) => return (bodies, Err(bad.status)),
                }
            }
        }
        (bodies, Ok(reading.stage()))
    }

    #[test]
    fn pieces_make_no_difference() {
        let text =
            b"GET / HTTP/1.1\r\n\r\nPOST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcPOST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\
            2;x=y\r\nab\r\n8\r\ncdefgh\r\n\r\n0\r\nX: trailer\r\n\r\nPOST / HTTP/1.1\r\nContent-Length: 0\r\n\r\nGE";
        let bodies = [None, Some(b"abc".to_vec()), Some(b"abcdefgh\r\n".to_vec()), Some(Vec::new())];
        for piece in 1..=text.len() {
            assert_eq!(read(text, piece), (bodies.to_vec(), Ok(Stage::Head)), "{piece}");
        }
    }

    #[test]
    fn what_is_there_has_a_name() {
        for (text, stage) in [
            (&b""[..], Stage::Nothing),
            (b"G", Stage::Head),
            (b"GET / HTTP/1.1\r\nHost: h\r\n", Stage::Head),
            (b"GET / HTTP/1.1\r\n\r\n", Stage::Nothing),
            (b"POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\n", Stage::Body),
            (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n", Stage::Body),
        ] {
            assert_eq!(read(text, 1).1, Ok(stage), "{}", text.escape_ascii());
        }
    }

    #[test]
    fn chunks_that_are_wrong_or_too_much_are_refused_in_any_pieces() {
        for (chunks, status) in [
            (&b"x\r\n"[..], 400),
            (b"\r\n", 400),
            (b";x\r\n", 400),
            (b"-1\r\n", 400),
            (b"2\r\nabc\r\n", 400),
            (b"b\r\n", 413),
            (b"8\r\nabcdefgh\r\n3\r\n", 413),
            (b"ffffffffffffffff\r\n", 413),
            (&[b"0\r\n".to_vec(), b"X: a\r\n".repeat(20)].concat(), 431),
            (&[b"1;".to_vec(), vec![b'x'; LINE]].concat(), 400),
            (&b"1;xxxxxxxxxxxxxxxxxxxxxxxxx\r\na\r\n".repeat(5), 431),
        ] {
            let text = [b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", chunks].concat();
            for piece in [1, 2, 7, text.len()] {
                assert_eq!(read(&text, piece), (Vec::new(), Err(status)), "{piece}: {}", text.escape_ascii());
            }
        }
    }

    #[test]
    fn a_long_body_leaves_no_room_behind() {
        let limits = Limits { body: 1024 * 1024, ..LIMITS };
        let mut reading = Reading::default();
        reading.push(b"POST / HTTP/1.1\r\nContent-Length: 1048576\r\n\r\n");
        reading.push(&vec![b'x'; 1024 * 1024]);
        assert_eq!(reading.next(&limits).unwrap().unwrap().body.map(|body| body.len()), Some(1024 * 1024));
        assert!(reading.buffer.capacity() <= KEPT);
    }

    #[test]
    fn a_peer_that_waits_is_told_once_and_only_while_it_waits() {
        let head = b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
        let mut reading = Reading::default();
        reading.push(head);
        assert_eq!(reading.next(&LIMITS), Ok(None));
        assert!(reading.is_to_continue() && !reading.is_to_continue());
        let mut reading = Reading::default();
        reading.push(&[&head[..], b"a"].concat());
        assert_eq!(reading.next(&LIMITS), Ok(None));
        assert!(!reading.is_to_continue(), "it has sent a part already");
    }
}
