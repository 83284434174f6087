//! Lines of a bounded length out of a buffered reader. What is too long is passed over and told, not kept.

use std::io::{self, BufRead, ErrorKind};

/// One line, without its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line<'a> {
    /// A whole line.
    Whole(&'a [u8]),
    /// What stands after the last line end when the input is over.
    Unfinished(&'a [u8]),
    /// A line beyond the limit, told as soon as that is known.
    TooLong,
}

/// The lines of a reader.
pub(crate) struct Lines<R> {
    reader: R,
    limit: usize,
    line: Vec<u8>,
    /// Whether the line goes on that was found too long.
    skipping: bool,
    /// Octets that the reader holds ready: while there are some, reading does not wait.
    ready: usize,
}

/// Memory beyond this is given back before the next line.
const KEPT: usize = 64 * 1024;

impl<R: BufRead> Lines<R> {
    /// The lines of at most `limit` octets.
    pub(crate) const fn new(reader: R, limit: usize) -> Lines<R> {
        Lines { reader, limit, line: Vec::new(), skipping: false, ready: 0 }
    }

    /// The next line, or `None` at the end. Before it waits for input it calls `before_waiting`, so that a writer can be flushed then
    /// and only then.
    ///
    /// # Errors
    /// What the reader or `before_waiting` says.
    pub(crate) fn next(&mut self, mut before_waiting: impl FnMut() -> io::Result<()>) -> io::Result<Option<Line<'_>>> {
        self.line.clear();
        self.line.shrink_to(KEPT);
        loop {
            if self.ready == 0 {
                before_waiting()?;
            }
            let octets = match self.reader.fill_buf() {
                Ok(octets) => octets,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let is_over = octets.is_empty();
            let end = memchr::memchr(b'\n', octets);
            let part = octets.get(..end.unwrap_or(octets.len())).unwrap_or_default();
            let is_too_long = !self.skipping && self.line.len() + part.len() > self.limit;
            if !self.skipping && !is_too_long {
                self.line.extend_from_slice(part);
            }
            let taken = part.len() + usize::from(end.is_some());
            self.ready = octets.len() - taken;
            self.reader.consume(taken);
            if is_too_long {
                self.skipping = end.is_none();
                return Ok(Some(Line::TooLong));
            }
            match end {
                Some(_) if self.skipping => self.skipping = false,
                Some(_) => return Ok(Some(Line::Whole(&self.line))),
                None if is_over && self.line.is_empty() => return Ok(None),
                None if is_over => return Ok(Some(Line::Unfinished(&self.line))),
                None => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    fn lines(text: &str, capacity: usize) -> Vec<String> {
        let mut lines = Lines::new(BufReader::with_capacity(capacity, text.as_bytes()), 4);
        let mut found = Vec::new();
        while let Some(line) = lines.next(|| Ok(())).unwrap() {
            found.push(match line {
                Line::Whole(line) => format!("{}.", String::from_utf8_lossy(line)),
                Line::Unfinished(line) => format!("{}~", String::from_utf8_lossy(line)),
                Line::TooLong => "too long".to_owned(),
            });
        }
        found
    }

    #[test]
    fn lines_come_whole_whatever_the_reader_holds() {
        for capacity in 1..12 {
            assert_eq!(lines("ab\n\nabcd\nabcde\nx", capacity), ["ab.", ".", "abcd.", "too long", "x~"]);
            assert_eq!(lines("abcdefghi", capacity), ["too long"]);
            assert_eq!(lines("abcdefghi\nabcd", capacity), ["too long", "abcd~"]);
            assert_eq!(lines("abcdefghi\nabcdefghi\na", capacity), ["too long", "too long", "a~"]);
            assert_eq!(lines("", capacity), [""; 0]);
        }
    }

    #[test]
    fn it_says_when_it_is_going_to_wait() {
        let mut lines = Lines::new(BufReader::with_capacity(8, &b"a\nb\nc\nd\nef\n"[..]), 100);
        let mut waits = Vec::new();
        loop {
            let mut waited = 0;
            let more = lines.next(|| {
                waited += 1;
                Ok(())
            });
            let more = more.unwrap().is_some();
            waits.push(waited);
            if !more {
                break;
            }
        }
        assert_eq!(waits, [1, 0, 0, 0, 1, 1]);
    }
}
