//! The header fields of an HTTP text (RFC 9112 section 5), read leniently: lines end with CRLF or LF, and folded lines are joined.

use super::{Fields, IntakeError, MAX_FIELD, MAX_FIELDS, shown};

/// Lines of a text, with the octet at which each begins; neither CRLF nor LF is part of a line.
pub(super) struct Lines<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a [u8]) -> Lines<'a> {
        Lines { text, at: 0 }
    }

    /// Where the next line begins.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Passes over some octets.
    pub(super) fn skip_octets(&mut self, octets: usize) {
        self.at = (self.at + octets).min(self.text.len());
    }

    /// Passes over empty lines.
    pub(super) fn skip_blank(&mut self) {
        let mut ahead = Lines { ..*self };
        while ahead.next().is_some_and(|(_, line)| line.trim_ascii().is_empty()) {
            self.at = ahead.at;
        }
    }

    /// What has not been read.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = (usize, &'a [u8]);

    fn next(&mut self) -> Option<(usize, &'a [u8])> {
        let (at, rest) = (self.at, self.rest());
        if rest.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        self.at = at + (end + 1).min(rest.len());
        let line = rest.get(..end).unwrap_or_default();
        Some((at, line.strip_suffix(b"\r").unwrap_or(line)))
    }
}

/// Reads fields up to and with the empty line, or to the end. `indent` is what each line is indented by, as in a quoted text.
pub(super) fn read(text: &[u8], lines: &mut Lines<'_>, indent: &[u8], notes: &mut Vec<String>) -> Result<Fields, IntakeError> {
    let mut fields = Fields::new();
    let mut is_folded = false;
    for (at, line) in lines.by_ref() {
        let line = line.strip_prefix(indent).unwrap_or(line);
        if line.trim_ascii().is_empty() {
            break;
        }
        match fields.last_mut() {
            Some((name, value)) if goes_on(line, value) => {
                is_folded = true;
                if !value.is_empty() {
                    value.push(b' ');
                }
                value.extend_from_slice(line.trim_ascii());
                if name.len() + value.len() > MAX_FIELD {
                    return Err(too_long(text, at));
                }
            }
            _ => fields.push(field(text, at, line)?),
        }
        if fields.len() > MAX_FIELDS {
            return Err(IntakeError::at(text, at, format!("there are more than {MAX_FIELDS} header fields")));
        }
    }
    if is_folded {
        notes.push("folded header lines were joined with a blank (RFC 9112 section 5.2)".to_owned());
    }
    Ok(fields)
}

/// Whether a line belongs to the field before it: it begins with white space (an obsolete fold), or, as documentation prints it, it
/// follows a comma and is no field of its own.
fn goes_on(line: &[u8], value: &[u8]) -> bool {
    line.first().is_some_and(|first| matches!(first, b' ' | b'\t')) || value.ends_with(b",") && name_of(line).is_none()
}

fn field(text: &[u8], at: usize, line: &[u8]) -> Result<(Vec<u8>, Vec<u8>), IntakeError> {
    if line.len() > MAX_FIELD {
        return Err(too_long(text, at));
    }
    let Some((name, value)) = name_of(line) else {
        return Err(IntakeError::at(text, at, "the line is no header field: it has no name with a colon")
            .hint("an empty line ends the header; the body follows it"));
    };
    if value.iter().any(|&octet| octet == 0 || octet == b'\r') {
        return Err(IntakeError::at(text, at, format!("the value of {} holds a control character", shown(name))));
    }
    Ok((name.to_vec(), value.trim_ascii().to_vec()))
}

fn too_long(text: &[u8], at: usize) -> IntakeError {
    IntakeError::at(text, at, format!("the header field has more than {MAX_FIELD} octets"))
}

/// Name and value, if the line begins with a token and a colon; a pseudo-header field of HTTP/2 begins with a colon of its own.
fn name_of(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let from = usize::from(line.first() == Some(&b':'));
    let colon = memchr::memchr(b':', line.get(from..)?)? + from;
    let name = line.get(..colon)?.trim_ascii_end();
    let token = name.get(from..)?;
    (!token.is_empty() && token.iter().all(|&octet| is_token(octet))).then(|| (name, line.get(colon + 1..).unwrap_or_default()))
}

/// A character of a token (RFC 9110 section 5.6.2).
pub(super) fn is_token(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&octet)
}
