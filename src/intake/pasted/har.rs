//! A HAR file, as browsers and proxies export it, or one entry of it: the request that carries OAuth parameters, and its response. An entry
//! that cannot be read is passed over and named, unless it is the one that is wanted.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use memchr::memmem;
use serde_json::error::Category;

use super::har_document::{Bounded, Document, Entries, Entry, Pair, Pairs, PostData, Request, Response};
use super::{Fields, IntakeError, MAX_HAR, PastedRequest, PastedResponse, check_url, limited, shown, values};
use crate::protocol::{Buffer, Url, percent_encode};

/// The most entries that a message lists.
const MAX_LISTED: usize = 20;

/// Reads a file. `entry` is the index of the entry from 0; without it, it is the only one with OAuth parameters, or the only one.
///
/// # Errors
/// [`IntakeError`] for a broken document, for an entry that is wanted and cannot be read, and for several candidates: they are listed with
/// index, method, host and path.
pub fn exchange(text: &[u8], entry: Option<usize>) -> Result<(PastedRequest, Option<PastedResponse>), IntakeError> {
    limited(text, MAX_HAR)?;
    let mut entries = entries(text)?;
    let index = match entry {
        Some(index) => index,
        None => only_candidate(text, &entries)?,
    };
    if index >= entries.len() {
        return Err(IntakeError::at(text, 0, format!("there is no entry {index}: the file has {}, from 0", entries.len())));
    }
    let passed_over = unreadable(text, &entries);
    let Entry { request, response } = entries.swap_remove(index).map_err(|unreadable| unreadable.told(text, index))?;
    let request = request.ok_or_else(|| IntakeError::at(text, 0, format!("entry {index} has no request")))?;
    let mut request = pasted(text, index, *request)?;
    request.notes.extend(passed_over.map(|which| format!("{which} cannot be read and is passed over")));
    Ok((request, response.map(|response| answered(*response))))
}

/// An entry that cannot be read. Which line that is is counted only where it is told: a file may have many.
struct Unreadable {
    octet: usize,
    what: &'static str,
}

impl Unreadable {
    fn told(&self, text: &[u8], index: usize) -> IntakeError {
        IntakeError::at(text, self.octet, format!("entry {index}: {}", self.what))
    }
}

/// The entries, each by itself.
fn entries(text: &[u8]) -> Result<Vec<Result<Entry, Unreadable>>, IntakeError> {
    let json = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mark = text.len() - json.len();
    // The parser's own message may quote a value of the document, so only its place is taken.
    let whole = |error: serde_json::Error| {
        let what = match error.classify() {
            Category::Data => "the JSON is no HAR file, nor an entry of one",
            Category::Eof => "the JSON ends too early",
            _ => "the JSON is broken",
        };
        IntakeError::at(text, mark + octet_of(json, &error), what)
    };
    let shape = same_length_text(json);
    let list: Option<Entries<'_>> = if json.trim_ascii_start().starts_with(b"[") {
        Some(serde_json::from_str(&shape).map_err(whole)?)
    } else {
        let document: Document<'_> = serde_json::from_str(&shape).map_err(whole)?;
        document.log.map(|log| log.entries.unwrap_or(Bounded(Vec::new())))
    };
    let entries = match list {
        None => vec![Ok(serde_json::from_slice(json).map_err(whole)?)],
        Some(list) => {
            let written = list.0.into_iter().map(|written| {
                let start = written.get().as_ptr() as usize - shape.as_ptr() as usize;
                let octets = json.get(start..start + written.get().len()).unwrap_or_default();
                serde_json::from_slice(octets).map_err(|error| {
                    let what = match error.classify() {
                        Category::Data => "what stands here is not what HAR files have in this place",
                        _ => "what stands here cannot be read",
                    };
                    Unreadable { octet: mark + start + octet_of(octets, &error), what }
                })
            });
            written.collect()
        }
    };
    if entries.iter().all(|entry: &Result<Entry, _>| entry.as_ref().is_ok_and(|entry| entry.request.is_none())) {
        return Err(IntakeError::at(b"", 0, "the JSON has no entry with a request").hint("a HAR file has its requests in log.entries"));
    }
    Ok(entries)
}

/// The octet that the parser means by line and column.
fn octet_of(json: &[u8], error: &serde_json::Error) -> usize {
    let start = match error.line().checked_sub(2) {
        None => 0,
        Some(nth) => memchr::memchr_iter(b'\n', json).nth(nth).map_or(json.len(), |end| end + 1),
    };
    (start + error.column()).saturating_sub(1)
}

/// A text in which everything stands where it stands in the octets: what is not UTF-8 may be in an entry that nobody asks for.
fn same_length_text(octets: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(octets) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(octets.len());
    for chunk in octets.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(std::iter::repeat_n('?', chunk.invalid().len()));
    }
    Cow::Owned(text)
}

/// Which entries cannot be read: `entry 1 (line 12)`, `entries 1 (line 12), 4 (line 80)`.
fn unreadable(text: &[u8], entries: &[Result<Entry, Unreadable>]) -> Option<String> {
    let bad = || entries.iter().enumerate().filter_map(|(index, entry)| Some((index, entry.as_ref().err()?)));
    let count = bad().count();
    let line = |unreadable: &Unreadable, index| unreadable.told(text, index).line;
    let places: Vec<String> =
        bad().take(MAX_LISTED).map(|(index, unreadable)| format!("{index} (line {})", line(unreadable, index))).collect();
    let more = if count > MAX_LISTED { ", …" } else { "" };
    (count > 0).then(|| format!("{} {}{more}", if count == 1 { "entry" } else { "entries" }, places.join(", ")))
}

fn only_candidate(text: &[u8], entries: &[Result<Entry, Unreadable>]) -> Result<usize, IntakeError> {
    if entries.len() == 1 {
        return Ok(0);
    }
    let candidates: Vec<_> = entries
        .iter()
        .enumerate()
        .filter_map(|(index, entry)| Some((index, &**entry.as_ref().ok()?.request.as_ref()?)))
        .filter(|(_, request)| holds_oauth(request))
        .collect();
    match candidates.as_slice() {
        [(index, _)] => Ok(*index),
        [] => Err(match unreadable(text, entries) {
            Some(which) => IntakeError::at(text, 0, format!("no entry that can be read has OAuth parameters: {which} cannot"))
                .hint("name the entry by its number, --entry: then it is said what is wrong in it"),
            None => IntakeError::at(text, 0, "no entry has OAuth parameters")
                .hint("Chrome leaves Authorization fields out of a HAR file: export it with sensitive data, or name the entry"),
        }),
        several => {
            let mut what = format!("{} entries have OAuth parameters:", several.len());
            for (index, request) in several.iter().take(MAX_LISTED) {
                what.push_str(&format!("\n  {index} {}", address(request)));
            }
            if several.len() > MAX_LISTED {
                what.push_str("\n  …");
            }
            Err(IntakeError::at(text, 0, what).hint("name the entry by its number: --entry"))
        }
    }
}

/// Method, host and path, without the query: that may hold credentials.
fn address(request: &Request) -> String {
    let url = request.url.as_deref().unwrap_or_default();
    let place = match Url::parse(url.as_bytes()) {
        Ok(url) => [url.host.host, url.path].concat(),
        Err(_) => b"(no URL)".to_vec(),
    };
    format!("{} {}", shown(request.method.as_deref().unwrap_or_default().as_bytes()), shown_long(&place))
}

fn shown_long(place: &[u8]) -> String {
    String::from_utf8_lossy(place).chars().filter(|letter| !letter.is_control()).take(120).collect()
}

fn holds_oauth(request: &Request) -> bool {
    let has = |text: &str| memmem::find(text.as_bytes(), b"oauth_").is_some();
    let in_field = |pair: &Pair| {
        pair.name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case("authorization")) && pair.value.as_deref().is_some_and(has)
    };
    let in_query = request.url.as_deref().and_then(|url| url.split_once('?')).is_some_and(|(_, query)| has(query));
    let in_post = request.post_data.as_ref().is_some_and(|post| {
        post.text.as_deref().is_some_and(|text| memmem::find(text.as_bytes(), b"oauth_signature").is_some())
            || post.params.iter().flat_map(|pairs| &pairs.0).any(|pair| pair.name.as_deref() == Some("oauth_signature"))
    });
    in_query || in_post || request.headers.iter().flat_map(|pairs| &pairs.0).any(in_field)
}

fn pasted(text: &[u8], index: usize, request: Request) -> Result<PastedRequest, IntakeError> {
    let mut notes = Vec::new();
    let url = request.url.unwrap_or_default().into_bytes();
    check_url(&url, b"", 0).map_err(|error| IntakeError::at(text, 0, format!("entry {index}: {}", error.what)))?;
    let method = request.method.filter(|method| !method.is_empty()).unwrap_or_else(|| {
        notes.push("the method GET was assumed".to_owned());
        "GET".to_owned()
    });
    let mut headers = fields(request.headers);
    let body = request.post_data.and_then(|post| body(post, &mut headers, &mut notes));
    Ok(PastedRequest { method: method.into_bytes(), url, headers, body, notes })
}

/// The text as it was sent; where a tool gives the parameters alone, they are encoded anew.
fn body(post: PostData, headers: &mut Fields, notes: &mut Vec<String>) -> Option<Vec<u8>> {
    let has_type = values(headers, "content-type").next().is_some();
    if let Some(mime_type) = post.mime_type.filter(|mime_type| !has_type && !mime_type.is_empty()) {
        notes.push("the Content-Type was taken from postData".to_owned());
        headers.push((b"Content-Type".to_vec(), mime_type.into_bytes()));
    }
    if let Some(text) = post.text.filter(|text| !text.is_empty()) {
        return Some(text.into_bytes());
    }
    let is_form = values(headers, "content-type").any(crate::protocol::request::is_form);
    let pairs = post.params.map(|pairs| pairs.0).filter(|pairs| is_form && !pairs.is_empty())?;
    notes.push("the body was put together from postData.params: how it was encoded is not in the file".to_owned());
    let mut out = Buffer::default();
    for (index, pair) in pairs.iter().enumerate() {
        if index > 0 {
            out.push(b'&');
        }
        percent_encode(pair.name.as_deref().unwrap_or_default().as_bytes(), &mut out);
        out.push(b'=');
        percent_encode(pair.value.as_deref().unwrap_or_default().as_bytes(), &mut out);
    }
    Some(out.to_vec())
}

/// The fields, but for the pseudo-header fields of HTTP/2.
fn fields(pairs: Option<Pairs>) -> Fields {
    let pairs = pairs.map(|pairs| pairs.0).unwrap_or_default().into_iter();
    pairs
        .filter_map(|pair| pair.name.map(|name| (name.into_bytes(), pair.value.unwrap_or_default().into_bytes())))
        .filter(|(name, _)| !name.starts_with(b":"))
        .collect()
}

fn answered(response: Response) -> PastedResponse {
    let status = response.status.and_then(|status| status.get().parse().ok()).filter(|status| (100..1000).contains(status));
    let body = response.content.map(|content| {
        let text = content.text.unwrap_or_default();
        let is_base64 = content.encoding.is_some_and(|encoding| encoding.eq_ignore_ascii_case("base64"));
        if is_base64 { STANDARD.decode(&text).unwrap_or_else(|_| text.into_bytes()) } else { text.into_bytes() }
    });
    PastedResponse { status, headers: fields(response.headers), body: body.unwrap_or_default() }
}
