//! The body and query that the data options of `curl` make.

use super::IntakeError;
use super::curl_options::Data;
use crate::protocol::{Buffer, percent_encode};

/// The data of a command, as the options are met.
#[derive(Default)]
pub(super) struct Collected {
    /// The pieces, joined; `None` without any.
    pub(super) octets: Option<Vec<u8>>,
    /// Whether `--json` was among them.
    pub(super) is_json: bool,
}

impl Collected {
    /// Takes the value of a data option. `at` is its place in the text.
    pub(super) fn add(&mut self, kind: Data, value: &[u8], text: &[u8], at: usize) -> Result<(), IntakeError> {
        let piece = match kind {
            Data::Raw => value.to_vec(),
            Data::OrFile | Data::Json if value.starts_with(b"@") => return Err(from_file(text, at)),
            Data::OrFile | Data::Json => value.to_vec(),
            Data::Encoded => encoded(value).ok_or_else(|| from_file(text, at))?,
        };
        self.is_json |= kind == Data::Json;
        match &mut self.octets {
            // Pieces of JSON are joined as they are; a `&` stands before every other one, even after an empty one.
            Some(octets) => {
                if kind != Data::Json {
                    octets.push(b'&');
                }
                octets.extend_from_slice(&piece);
            }
            None => self.octets = Some(piece),
        }
        Ok(())
    }
}

/// The value of `--data-urlencode` or `--url-query` as it is sent: `content`, `=content` or `name=content`, with the content encoded and
/// its blanks as `+`, as `curl` does since 7.75. `None` where `@` names a file.
pub(super) fn encoded(value: &[u8]) -> Option<Vec<u8>> {
    let special = memchr::memchr2(b'=', b'@', value);
    let (name, content) = match special.map(|at| (at, value.get(at), value.split_at(at))) {
        Some((_, Some(b'@'), _)) => return None,
        Some((_, _, (name, content))) => (name, content.get(1..).unwrap_or_default()),
        None => (&b""[..], value),
    };
    let mut out = name.to_vec();
    if !name.is_empty() {
        out.push(b'=');
    }
    // curl's own unreserved characters are those of RFC 3986, as section 3.6 has them.
    let mut buffer = Buffer::default();
    for (index, part) in content.split(|&octet| octet == b' ').enumerate() {
        if index > 0 {
            buffer.push(b'+');
        }
        percent_encode(part, &mut buffer);
    }
    out.extend_from_slice(&buffer);
    Some(out)
}

/// Appends a query to a URL, before its fragment.
pub(super) fn with_query(url: &[u8], query: &[u8]) -> Vec<u8> {
    let (before, fragment) = url.split_at(memchr::memchr(b'#', url).unwrap_or(url.len()));
    let separator: &[u8] = match memchr::memchr(b'?', before) {
        None => b"?",
        Some(at) if at + 1 == before.len() => b"",
        Some(_) => b"&",
    };
    [before, separator, query, fragment].concat()
}

/// A URL whose path has no segments `.` and `..` (RFC 3986 section 5.2.4): curl takes them out before it sends.
pub(super) fn without_dots(url: &[u8]) -> Vec<u8> {
    let authority = memchr::memmem::find(url, b"://").map_or(0, |at| at + 3);
    let start = memchr::memchr3(b'/', b'?', b'#', url.get(authority..).unwrap_or_default()).map_or(url.len(), |at| authority + at);
    let (before, rest) = url.split_at(start);
    let (path, behind) = rest.split_at(memchr::memchr2(b'?', b'#', rest).unwrap_or(rest.len()));
    let mut kept: Vec<&[u8]> = Vec::new();
    let mut segments = path.split(|&octet| octet == b'/').peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        match segment {
            b"." | b".." => {
                // The first is the empty one before the path's first slash.
                if segment == b".." && kept.len() > 1 {
                    kept.pop();
                }
                if is_last {
                    kept.push(b"");
                }
            }
            other => kept.push(other),
        }
    }
    [before, &kept.join(&b'/'), behind].concat()
}

fn from_file(text: &[u8], at: usize) -> IntakeError {
    IntakeError::at(text, at, "the data is in a file, which is not read here")
        .hint("write the data itself in place of `@` and the file's name")
}
