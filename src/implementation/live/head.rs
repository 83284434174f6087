//! The head of an answer (RFC 9112 section 4): status and fields as they were sent. Interim answers are read and dropped.

use super::trouble::{LONGEST, shown};
use super::wire::{MOMENT, Read, Wire};
use super::{Policy, Trouble};

/// What every answer begins with.
const BEGINNING: &[u8] = b"HTTP/";

/// A head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) status: u16,
    /// The minor version: 0 or 1.
    pub(super) minor: u8,
    pub(super) headers: Vec<(String, Vec<u8>)>,
}

impl Head {
    /// The words of a list field, over all fields of this name (RFC 9110 section 5.6.1).
    pub(super) fn words<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        let fields = self.headers.iter().filter(move |(field, _)| field.eq_ignore_ascii_case(name));
        fields.flat_map(|(_, value)| value.split(|octet| *octet == b',')).map(<[u8]>::trim_ascii)
    }

    /// Reads the final answer's head.
    ///
    /// # Errors
    /// What [`Trouble`] says.
    pub(super) fn read(wire: &mut Wire, policy: &Policy) -> Result<Head, Trouble> {
        for _ in 0..=policy.interim {
            let head = one(wire, policy)?;
            match head.status {
                // Nobody asked for another protocol (RFC 9110 section 7.8).
                101 => return Err(Trouble::NotHttp("it goes over to another protocol (status 101)".to_owned())),
                100..200 => {}
                _ => return Ok(head),
            }
        }
        Err(Trouble::TooMany("interim answers", policy.interim))
    }
}

fn one(wire: &mut Wire, policy: &Policy) -> Result<Head, Trouble> {
    let mut looked_at = 0;
    let end = loop {
        let held = wire.held();
        if !held.iter().zip(BEGINNING).all(|(have, want)| have == want) {
            // As much of it as is told, so that the same server is told alike each time.
            wire.gathers(LONGEST + 1, MOMENT);
            let held = wire.held();
            return Err(Trouble::NotHttp(format!("it begins with \"{}\"", shown(held.get(..=LONGEST).unwrap_or(held)))));
        }
        let end = end_of_head(held, looked_at);
        if end.unwrap_or(held.len()) > policy.head {
            return Err(Trouble::TooLarge("the head", policy.head));
        }
        if let Some(end) = end {
            break end;
        }
        // A line end may be the last of what there is, and what follows it is not there yet.
        looked_at = held.len().saturating_sub(2);
        let (is_empty, waiting_for) = (held.is_empty(), if held.is_empty() { "an answer" } else { "the end of the head" });
        match wire.more(waiting_for)? {
            Read::More => {}
            Read::End | Read::Broken if is_empty => return Err(Trouble::Cut("an answer")),
            Read::End | Read::Broken => return Err(Trouble::Cut("the end of the head")),
        }
    };
    let head = parse(wire.held().get(..end).unwrap_or_default(), policy)?;
    wire.used(end);
    Ok(head)
}

/// Where the empty line ends that ends a head. A line may end without CR: RFC 9112 section 2.2 lets a recipient take that, and scripts
/// behind old gateways need it.
fn end_of_head(octets: &[u8], from: usize) -> Option<usize> {
    memchr::memchr_iter(b'\n', octets.get(from..)?).find_map(|position| {
        let next = from + position + 1;
        match octets.get(next..)? {
            [b'\n', ..] => Some(next + 1),
            [b'\r', b'\n', ..] => Some(next + 2),
            _ => None,
        }
    })
}

/// Folded lines, blanks before a colon and NULs are refused by the parser: they are read in two ways (RFC 9112 sections 5.1 and 5.2).
fn parse(octets: &[u8], policy: &Policy) -> Result<Head, Trouble> {
    let mut fields = vec![httparse::EMPTY_HEADER; policy.fields];
    let mut response = httparse::Response::new(&mut fields);
    match response.parse(octets) {
        Ok(httparse::Status::Complete(length)) if length == octets.len() => {}
        Ok(_) => return Err(Trouble::NotHttp("its head ends twice".to_owned())),
        Err(httparse::Error::TooManyHeaders) => return Err(Trouble::TooMany("header fields", policy.fields)),
        Err(error) => return Err(Trouble::NotHttp(error.to_string())),
    }
    let status = response.code.unwrap_or_default();
    if status < 100 {
        return Err(Trouble::NotHttp(format!("status {status:03}")));
    }
    let headers = response.headers.iter().map(|field| (field.name.to_owned(), field.value.to_vec())).collect();
    Ok(Head { status, minor: response.version.unwrap_or_default(), headers })
}
