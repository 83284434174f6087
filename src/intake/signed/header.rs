//! A lenient reader of the Authorization field (RFC 5849 section 3.5.1, RFC 2617 section 1.2): it takes what people and libraries write,
//! and says what is wrong with it. What the strict reader takes gives the same parameters here.

use super::Finding;
use super::value::raw;
use crate::intake::pasted::{MAX_FIELDS, shown};
use crate::protocol::Source;
use crate::protocol::authorization::Authorization;
use crate::protocol::encoding::{has_escape, percent_decoded_if_whole};

/// The most findings about one field.
const MAX_FINDINGS: usize = 100;

/// Typographic quotes as UTF-8, which word processors and web pages put in place of `"`.
const TYPOGRAPHIC: [&[u8; 3]; 3] = [b"\xe2\x80\x9c", b"\xe2\x80\x9d", b"\xe2\x80\x9e"];

/// Whether a field that is not of the OAuth scheme was meant to be.
pub(super) fn is_meant(value: &[u8]) -> bool {
    value.windows(6).any(|part| part.eq_ignore_ascii_case(b"oauth_"))
}

/// Reads a field's value.
pub(super) fn read(value: &[u8], findings: &mut Vec<Finding>) -> Authorization {
    let mut reader = Reader { text: value, at: 0, findings: Vec::new() };
    let mut out = Authorization::default();
    reader.scheme();
    while out.parameters.len() < MAX_FIELDS && reader.next_parameter(&mut out) {}
    reader.findings.truncate(MAX_FINDINGS);
    findings.append(&mut reader.findings);
    out
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    findings: Vec<Finding>,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.rest().first().copied()
    }

    /// A finding here, about the grammar.
    fn note(&mut self, section: &'static str, what: impl Into<String>) {
        self.add(Finding::must(section, what).at(self.at));
    }

    /// Takes a finding, once for each text.
    fn add(&mut self, finding: Finding) {
        if self.findings.len() < MAX_FINDINGS && !self.findings.iter().any(|have| have.what == finding.what) {
            self.findings.push(finding);
        }
    }

    fn skip_white(&mut self) -> bool {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_ascii_start().len();
        rest.len() > self.rest().len()
    }

    /// The scheme and what follows it.
    fn scheme(&mut self) {
        self.skip_white();
        if self.rest().get(..14).is_some_and(|start| start.eq_ignore_ascii_case(b"authorization:")) {
            self.note("3.5.1", "the value begins with the field's own name");
            self.at += 14;
            self.skip_white();
        }
        let rest = self.rest();
        let end = rest.iter().position(|octet| !octet.is_ascii_alphanumeric() && !b"_-.".contains(octet)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        let names_parameter = behind.trim_ascii_start().starts_with(b"=");
        if names_parameter || word.is_empty() {
            self.note("3.5.1", "the scheme OAuth is missing before the parameters");
            return;
        }
        if !word.eq_ignore_ascii_case(b"OAuth") {
            let known =
                [&b"Basic"[..], b"Bearer", b"Digest", b"OAuth1", b"OAuth2"].into_iter().find(|known| word.eq_ignore_ascii_case(known));
            let name = known.map(|known| format!(", but {}", shown(known))).unwrap_or_default();
            self.note("3.5.1", format!("the scheme is not OAuth{name}"));
        }
        self.at += end;
        match behind.first() {
            Some(b',') => self.note("3.5.1", "a comma follows the scheme"),
            Some(b':') => {
                self.note("3.5.1", "a colon follows the scheme");
                self.at += 1;
            }
            Some(octet) if !octet.is_ascii_whitespace() => self.note("3.5.1", "no blank follows the scheme"),
            _ => {}
        }
    }

    /// Reads separators and a parameter; whether there was one.
    fn next_parameter(&mut self, out: &mut Authorization) -> bool {
        let is_first = out.parameters.is_empty() && out.realm.is_none();
        self.separators(is_first);
        let start = self.at;
        let rest = self.rest();
        if rest.is_empty() {
            return false;
        }
        let end = rest.iter().position(|octet| octet.is_ascii_whitespace() || b"=,;&\"'".contains(octet)).unwrap_or(rest.len());
        let name = rest.get(..end).unwrap_or_default();
        self.at += end;
        let white = self.skip_white();
        if self.peek() != Some(b'=') {
            self.note("3.5.1", "something that is no parameter stands there: it has no `=`");
            // At least one octet is passed over, so that the end is reached.
            self.at = self.at.max(start + 1);
            return true;
        }
        if white {
            self.note("3.5.1", "white space stands before `=`");
        }
        self.at += 1;
        if self.skip_white() {
            self.note("3.5.1", "white space stands behind `=`");
        }
        let at = self.at;
        let value = self.value();
        if name.eq_ignore_ascii_case(b"realm") {
            self.realm(value, at, out);
        } else {
            self.parameter(name, &value, at, start, out);
        }
        true
    }

    fn separators(&mut self, is_first: bool) {
        let mut has_comma = is_first;
        let mut other = None;
        loop {
            self.skip_white();
            match self.peek() {
                Some(b',') => has_comma = true,
                Some(octet @ (b';' | b'&')) => other = Some(octet),
                _ => break,
            }
            self.at += 1;
        }
        if self.rest().is_empty() {
            return;
        }
        match other {
            Some(octet) => self.note("3.5.1", format!("parameters are separated by `{}`, not by commas", char::from(octet))),
            None if !has_comma => self.note("3.5.1", "no comma stands between two parameters"),
            None => {}
        }
    }

    /// A value without its quotes and backslashes.
    fn value(&mut self) -> Vec<u8> {
        let rest = self.rest();
        if let Some(behind) = rest.strip_prefix(b"\\\"") {
            self.note("3.5.1", "quotes are escaped with backslashes");
            self.at += 2;
            return self.up_to(behind, b"\\\"");
        }
        if let Some(quote) = TYPOGRAPHIC.iter().find(|quote| rest.starts_with(**quote)) {
            self.note("3.5.1", "typographic quotes stand in place of `\"`");
            let inside = rest.get(quote.len()..).unwrap_or_default();
            let mut places = memchr::memchr2_iter(quote[0], b'"', inside);
            let closing = places.find_map(|end| {
                let rest = inside.get(end..)?;
                let is_typographic = TYPOGRAPHIC.iter().any(|quote| rest.starts_with(*quote));
                if is_typographic { Some((end, quote.len())) } else { rest.starts_with(b"\"").then_some((end, 1)) }
            });
            let (end, close) = closing.unwrap_or((inside.len(), 0));
            self.at += quote.len() + end + close;
            return inside.get(..end).unwrap_or_default().to_vec();
        }
        match rest.first() {
            Some(b'"') => {
                self.at += 1;
                self.quoted()
            }
            Some(b'\'') => {
                self.note("3.5.1", "values are in single quotes");
                self.at += 1;
                self.up_to(rest.get(1..).unwrap_or_default(), b"'")
            }
            _ => {
                if rest.first().is_some_and(|first| !b",;&".contains(first)) {
                    self.note("3.5.1", "values are not in quotes");
                } else {
                    self.note("3.5.1", "a value is missing, with its quotes");
                }
                let end = rest.iter().position(|octet| octet.is_ascii_whitespace() || b",;&\"".contains(octet)).unwrap_or(rest.len());
                self.at += end;
                rest.get(..end).unwrap_or_default().to_vec()
            }
        }
    }

    /// Up to a closing quote, or to the next comma where it is missing.
    fn up_to(&mut self, inside: &'a [u8], quote: &[u8]) -> Vec<u8> {
        let (end, close) = match memchr::memmem::find(inside, quote) {
            Some(end) => (end, quote.len()),
            None => {
                self.note("3.5.1", "a closing quote is missing");
                (memchr::memchr(b',', inside).unwrap_or(inside.len()), 0)
            }
        };
        self.at += end + close;
        inside.get(..end).unwrap_or_default().to_vec()
    }

    /// A quoted-string behind its first quote (RFC 2616 section 2.2).
    fn quoted(&mut self) -> Vec<u8> {
        let inside = self.rest();
        let mut out = Vec::new();
        let mut octets = inside.iter().copied().enumerate();
        while let Some((at, octet)) = octets.next() {
            match octet {
                b'"' => {
                    self.at += at + 1;
                    return out;
                }
                b'\\' => out.extend(octets.next().map(|(_, kept)| kept)),
                other => out.push(other),
            }
        }
        self.up_to(inside, b"\"")
    }

    fn realm(&mut self, value: Vec<u8>, at: usize, out: &mut Authorization) {
        if has_escape(&value) {
            self.findings
                .push(Finding::should("3.5.1", "realm is percent-encoded; it is a quoted-string and is taken as it stands").at(at));
        }
        if out.realm.replace(value).is_some() {
            self.note("3.5.1", "realm stands there twice");
        }
    }

    fn parameter(&mut self, name: &[u8], value: &[u8], at: usize, start: usize, out: &mut Authorization) {
        let lower = name.to_ascii_lowercase();
        if name != lower && lower.starts_with(b"oauth_") {
            self.add(Finding::must("3.1", format!("{} has letters in upper case: names are compared exactly", shown(name))).at(start));
        }
        for finding in raw(name, value) {
            self.add(finding.at(at));
        }
        let decoded = |text: &[u8]| percent_decoded_if_whole(text).unwrap_or_else(|| text.to_vec());
        out.parameters.push(&decoded(name), &decoded(value), Source::Header);
    }
}
