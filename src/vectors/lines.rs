//! Lines of a stream, one at a time and none longer than is allowed: how JSON Lines are read without holding the file.

use std::io::{self, BufRead};

use super::load_error::LoadError;
use super::read::{self, MAX_LINE};

/// The lines of a file, counted from 1. A last line without a line end is one too.
pub(super) struct Lines<R> {
    reader: R,
    line: Vec<u8>,
    number: usize,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn of(reader: R) -> Lines<R> {
        Lines { reader, line: Vec::new(), number: 0 }
    }

    /// What the lines are read from.
    pub(super) fn reader(&self) -> &R {
        &self.reader
    }

    /// The next line that is not blank, with its number, without its line end; `None` at the end. Blank lines are what editors and `echo`
    /// leave behind, and count like any other.
    ///
    /// # Errors
    /// A line that is too long or not UTF-8, or a stream that cannot be read.
    pub(super) fn next(&mut self, file: &str) -> Result<Option<(&str, usize)>, LoadError> {
        loop {
            self.line.clear();
            self.read().map_err(|error| LoadError::of_file(file, error.to_string()))?;
            if self.line.is_empty() {
                return Ok(None);
            }
            self.number += 1;
            if self.line.len() > MAX_LINE && !self.line.ends_with(b"\n") {
                let error = LoadError::of_file(file, format!("a line is longer than {} MiB", MAX_LINE >> 20));
                return Err(LoadError { line: self.number, column: 1, ..error });
            }
            if !self.line.trim_ascii().is_empty() {
                break;
            }
        }
        let line = self.line.strip_suffix(b"\n").unwrap_or(&self.line);
        Ok(Some((read::utf8(file, line, self.number)?, self.number)))
    }

    /// Reads a line with its line end, or one octet more than is allowed. As [`BufRead::read_until`], with a search that is several
    /// times faster.
    fn read(&mut self) -> io::Result<()> {
        loop {
            let ahead = match self.reader.fill_buf() {
                Ok(ahead) => ahead,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let ahead = ahead.get(..ahead.len().min(MAX_LINE + 1 - self.line.len())).unwrap_or_default();
            let end = memchr::memchr(b'\n', ahead);
            let taken = end.map_or(ahead.len(), |end| end + 1);
            self.line.extend_from_slice(ahead.get(..taken).unwrap_or_default());
            self.reader.consume(taken);
            if end.is_some() || taken == 0 {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(octets: &[u8]) -> Result<Vec<(String, usize)>, String> {
        let mut lines = Lines::of(octets);
        let mut found = Vec::new();
        while let Some((line, number)) = lines.next("a.jsonl").map_err(|error| error.to_string())? {
            found.push((line.to_owned(), number));
        }
        Ok(found)
    }

    #[test]
    fn the_last_line_needs_no_line_end() {
        let expected = Ok(vec![("a".to_owned(), 1), ("é".to_owned(), 2)]);
        assert_eq!(all("a\né".as_bytes()), expected);
        assert_eq!(all("a\né\n".as_bytes()), expected);
        assert_eq!(all(b""), Ok(vec![]));
    }

    #[test]
    fn blank_lines_are_passed_over_and_counted() {
        assert_eq!(all(b"\n \na\n\t\r\n\nb\n\n \n"), Ok(vec![("a".to_owned(), 3), ("b".to_owned(), 6)]));
        assert_eq!(all(b"\n\n"), Ok(vec![]));
        assert_eq!(all(b"\n\na\xff"), Err("a.jsonl:3:2: the file: not UTF-8 from here on".to_owned()));
    }

    #[test]
    fn what_cannot_be_a_line_is_refused_at_its_place() {
        assert_eq!(all(b"a\nb\xffc"), Err("a.jsonl:2:2: the file: not UTF-8 from here on".to_owned()));
        assert_eq!(all(b"\xef\xbb\xbfa"), Err("a.jsonl:1:1: the file: begins with a byte order mark".to_owned()));
    }

    #[test]
    fn a_line_has_a_greatest_length() {
        let long = [vec![b'x'; MAX_LINE], b"\n".to_vec()].concat();
        assert_eq!(all(&long).unwrap().len(), 1);
        assert_eq!(all(&long[..MAX_LINE]).unwrap().len(), 1);
        let longer = [b"x".to_vec(), long].concat();
        assert_eq!(all(&longer), Err("a.jsonl:1:1: the file: a line is longer than 4 MiB".to_owned()));
        assert!(all(&vec![b'x'; 3 * MAX_LINE]).is_err());
    }
}
