//! Values that stand behind the name of a credential, in whatever writing: a form, JSON, XML and pages, header fields, what programs print.
//! They are known by the name alone, in any case and with any separators, so that a secret is one before anybody has read it as such.
//! Names and values inside of other encodings than percent-encoding are not found here.

use std::ops::Range;

use super::masked;
use super::views;
use crate::profile::exchange::Response;
use crate::protocol::form_decoded;

/// How much of a name is looked at, in octets: of a longer one, its end.
const LONGEST_NAME: usize = 64;
/// The longest tag that may stand between a name and its value, in octets, and the most of them.
const LONGEST_TAG: usize = 256;
const MOST_TAGS: usize = 4;
/// How much of a value is decoded, in octets, and how much of a longer one is compared.
const LONGEST_VALUE: usize = 16 * 1024;
const SHORTEST_PART: usize = 2 * 1024;
/// The most values of one answer that are read out of it.
const MOST: usize = 64;

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::probe) enum Sort {
    /// A shared secret, or what renews a token.
    Secret,
    /// A token's identifier.
    Token,
    /// A verification code.
    Code,
    /// A signature.
    Signature,
}

/// A value, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::probe) struct Named {
    pub(in crate::probe) sort: Sort,
    pub(in crate::probe) place: Range<usize>,
    /// Whether it may be the next word of a sentence: `oauth_token_secret: missing`.
    is_prose: bool,
}

/// A value of an answer by its name.
#[derive(Clone, Debug)]
pub(in crate::probe) struct Told<'a> {
    pub(in crate::probe) sort: Sort,
    /// As it stands there.
    pub(in crate::probe) raw: &'a [u8],
    is_prose: bool,
}

impl Told<'_> {
    /// Whether it is somebody's, and no word of the answer's own.
    pub(in crate::probe) fn is_a_value(&self) -> bool {
        let is_word = self.raw.iter().all(|octet| octet.is_ascii_lowercase() || matches!(octet, b'_' | b'-' | b'.'));
        let is_nothing = [&b"null"[..], b"none", b"true", b"false"].iter().any(|word| self.raw.eq_ignore_ascii_case(word));
        !(is_nothing || is_word && self.is_prose)
    }

    /// Whether it is one of these, read as a form has it. Of a long one the beginning decides.
    pub(in crate::probe) fn is_one_of<'k>(&self, known: impl IntoIterator<Item = &'k [u8]>) -> bool {
        let mut value = form_decoded(self.beginning());
        let is_cut = self.raw.len() > LONGEST_VALUE;
        if is_cut {
            // An escape may be cut in the middle.
            value.truncate(value.len().saturating_sub(3));
            value.truncate(SHORTEST_PART);
        }
        known.into_iter().any(|known| if is_cut { known.starts_with(&value) } else { known == value })
    }

    /// Without any escapes; of a long one, the beginning.
    pub(in crate::probe) fn meant(&self) -> Vec<u8> {
        views::innermost(self.beginning())
    }

    fn beginning(&self) -> &[u8] {
        self.raw.get(..LONGEST_VALUE).unwrap_or(self.raw)
    }
}

/// The values of an answer that stand behind the name of a credential, at most [`MOST`] of them.
pub(in crate::probe) fn told(answer: &Response) -> Vec<Told<'_>> {
    told_in(answer).take(MOST).collect()
}

/// All of them, in its fields and in its body.
pub(in crate::probe) fn told_in(answer: &Response) -> impl Iterator<Item = Told<'_>> {
    let fields = answer.headers.iter().map(|(name, value)| (field(name), value.0.as_slice()));
    fields.chain([(None, answer.octets())]).flat_map(|(sort, octets)| {
        let own = sort.filter(|_| !octets.is_empty()).map(|sort| Told { sort, raw: octets, is_prose: false });
        let others = if own.is_some() { Vec::new() } else { named(octets) };
        let others = others.into_iter().map(move |Named { sort, place, is_prose }| Told {
            sort,
            raw: octets.get(place).unwrap_or_default(),
            is_prose,
        });
        own.into_iter().chain(others)
    })
}

/// What a header field of this name holds as a whole.
pub(in crate::probe) fn field(name: &str) -> Option<Sort> {
    sort_of(name.as_bytes()).or_else(|| folded(name.as_bytes()).ends_with(b"token").then_some(Sort::Token))
}

/// The octets with the values masked for which that is wanted.
pub(in crate::probe) fn without(octets: &[u8], mut is_masked: impl FnMut(&[u8]) -> bool) -> Vec<u8> {
    let (mut out, mut kept) = (Vec::with_capacity(octets.len()), 0);
    for Named { place, .. } in named(octets) {
        let value = octets.get(place.clone()).unwrap_or_default();
        if is_masked(value) {
            out.extend_from_slice(octets.get(kept..place.start).unwrap_or_default());
            out.extend_from_slice(masked(value).as_bytes());
            kept = place.end;
        }
    }
    out.extend_from_slice(octets.get(kept..).unwrap_or_default());
    out
}

/// Every value that stands behind the name of a credential, in order. It takes time in proportion to the text.
pub(in crate::probe) fn named(octets: &[u8]) -> Vec<Named> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(name) = next_name(octets, at) {
        at = name.end;
        let Some(sort) = octets.get(name.clone()).and_then(sort_of) else { continue };
        if let Some((place, is_prose)) = behind(octets, &name) {
            at = place.end.max(at);
            found.push(Named { sort, place, is_prose });
        }
    }
    found
}

/// The next word that may be a name.
fn next_name(octets: &[u8], from: usize) -> Option<Range<usize>> {
    let is_name = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'_' | b'-');
    let start = from + octets.get(from..)?.iter().position(is_name)?;
    let length = octets.get(start..)?.iter().position(|octet| !is_name(octet));
    Some(start..length.map_or(octets.len(), |length| start + length))
}

/// Small letters and digits alone.
fn folded(name: &[u8]) -> Vec<u8> {
    let end = name.get(name.len().saturating_sub(LONGEST_NAME)..).unwrap_or_default();
    end.iter().filter(|octet| octet.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect()
}

/// What a name stands for; escapes and prefixes may stand before it.
fn sort_of(name: &[u8]) -> Option<Sort> {
    // Most words end otherwise, or are too long or too short to be asked more.
    if name.len() < b"secret".len() {
        return None;
    }
    let name = folded(name);
    let holds = |part: &[u8]| memchr::memmem::find(&name, part).is_some();
    let is_secret = name.ends_with(b"secret") || [&b"tokensecret"[..], b"consumersecret", b"clientsecret"].into_iter().any(holds);
    if is_secret || name.ends_with(b"sessionhandle") {
        Some(Sort::Secret)
    } else if name.ends_with(b"oauthtoken") {
        Some(Sort::Token)
    } else if name.ends_with(b"oauthverifier") || name.ends_with(b"countersignverifier") {
        Some(Sort::Code)
    } else if name.ends_with(b"oauthsignature") {
        Some(Sort::Signature)
    } else {
        None
    }
}

const QUOTES: [&[u8]; 9] = [b"&quot;", b"&#34;", b"&#39;", b"\\u0022", b"\\\"", b"%22", b"%2522", b"\"", b"'"];
const SIGNS: [&[u8]; 13] = [b"=>", b"=&gt;", b"=", b":=", b":", b"&#61;", b"%25253D", b"%253D", b"%253d", b"%3D", b"%3d", b"%3A", b"%3a"];

/// A place in a text, from which it is read on.
#[derive(Clone, Copy)]
struct Cursor<'a> {
    octets: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a [u8] {
        self.octets.get(self.at..).unwrap_or_default()
    }

    /// Goes over one of these, the first that fits.
    fn skip(&mut self, parts: &[&'static [u8]]) -> Option<&'static [u8]> {
        let found = parts.iter().find(|part| self.rest().starts_with(part))?;
        self.at += found.len();
        Some(found)
    }

    fn blanks(&mut self) {
        self.at += self.rest().iter().take_while(|octet| matches!(octet, b' ' | b'\t')).count();
    }

    fn space(&mut self) {
        self.at += self.rest().iter().take_while(|octet| octet.is_ascii_whitespace()).count();
    }

    /// Goes over a tag; whether it opens something.
    fn tag(&mut self) -> Option<bool> {
        let tag = self.rest().strip_prefix(b"<")?;
        let end = tag.iter().take(LONGEST_TAG).position(|octet| matches!(octet, b'<' | b'>'))?;
        if tag.get(end) != Some(&b'>') {
            return None;
        }
        self.at += end + 2;
        Some(tag.first() != Some(&b'/') && tag.get(end.checked_sub(1)?) != Some(&b'/'))
    }

    /// What stands here up to the first of these, or up to the end.
    fn until(&self, is_end: impl Fn(&[u8]) -> bool) -> Range<usize> {
        let rest = self.rest();
        let length = (0..rest.len()).find(|at| rest.get(*at..).is_some_and(&is_end)).unwrap_or(rest.len());
        self.at..self.at + length
    }
}

/// The value behind a name, and whether it may be the next word of a sentence.
pub(in crate::probe) fn behind(octets: &[u8], name: &Range<usize>) -> Option<(Range<usize>, bool)> {
    let before = octets.get(name.start.saturating_sub(LONGEST_NAME)..name.start)?;
    // An element's name, with the prefix of a namespace or without.
    let prefix = before.iter().rev().take_while(|octet| octet.is_ascii_alphanumeric() || **octet == b':').count();
    let prefix = if before.last() == Some(&b':') { prefix } else { 0 };
    let before = before.get(..before.len() - prefix)?;
    let cursor = Cursor { octets, at: name.end };
    let found = if before.ends_with(b"<") {
        Some((in_element(Cursor { at: name.start - prefix - 1, ..cursor })?, false))
    } else if before.ends_with(b"&lt;") {
        Some((in_escaped_element(cursor)?, false))
    } else {
        behind_sign(cursor, octets.get(name.clone())?)
    };
    found.filter(|(place, _)| !place.is_empty())
}

/// `<name a="b"> value </name>`
fn in_element(mut cursor: Cursor<'_>) -> Option<Range<usize>> {
    if !cursor.tag()? {
        return None;
    }
    Some(content(cursor))
}

/// What stands in an element, up to the next tag.
fn content(mut cursor: Cursor<'_>) -> Range<usize> {
    cursor.space();
    if cursor.skip(&[b"<![CDATA["]).is_some() {
        return cursor.until(|rest| rest.starts_with(b"]]>"));
    }
    let place = cursor.until(|rest| rest.starts_with(b"<"));
    let length = cursor.octets.get(place.clone()).unwrap_or_default().trim_ascii_end().len();
    place.start..place.start + length
}

/// `&lt;name&gt;value&lt;/name&gt;`
fn in_escaped_element(mut cursor: Cursor<'_>) -> Option<Range<usize>> {
    cursor.skip(&[b"&gt;"])?;
    Some(cursor.until(|rest| rest.starts_with(b"&lt;") || rest.starts_with(b"<")))
}

/// `name=value`, `"name": "value"`, `name%3Dvalue`, `<td>name</td><td>value</td>`, `name="name" value="value"`.
fn behind_sign(mut cursor: Cursor<'_>, name: &[u8]) -> Option<(Range<usize>, bool)> {
    let is_quoted = cursor.skip(&QUOTES).is_some();
    let is_quoted = cursor.skip(&[b"]"]).is_some() || is_quoted;
    if let Some(place) = in_next_element(cursor) {
        return Some((place, false));
    }
    if is_quoted && let Some(place) = in_next_attribute(cursor) {
        return Some((place, false));
    }
    cursor.blanks();
    let sign = cursor.skip(&SIGNS)?;
    cursor.blanks();
    let is_list = cursor.skip(&[b"["]).is_some();
    cursor.blanks();
    let quote = cursor.skip(&QUOTES);
    let is_prose = quote.is_none() && sign == b":" && !is_quoted && !is_list;
    // `the wrong secret: see the portal`
    if is_prose && name.eq_ignore_ascii_case(b"secret") {
        return None;
    }
    Some((value(cursor, sign, quote), is_prose))
}

/// `name</td> <td>value<`: a value in an element of its own.
fn in_next_element(mut cursor: Cursor<'_>) -> Option<Range<usize>> {
    let (mut closes, mut opens) = (false, false);
    for _ in 0..MOST_TAGS {
        cursor.space();
        if closes {
            cursor.skip(&[b":", b"="]);
            cursor.space();
        }
        if !cursor.rest().starts_with(b"<") {
            break;
        }
        let is_opening = cursor.tag()?;
        (closes, opens) = (closes || !is_opening, is_opening);
    }
    if !closes || !opens {
        return None;
    }
    Some(content(cursor))
}

/// `" value="value"`, `", "value": "value"`
fn in_next_attribute(mut cursor: Cursor<'_>) -> Option<Range<usize>> {
    cursor.space();
    cursor.skip(&[b","]);
    cursor.space();
    cursor.skip(&QUOTES);
    cursor.skip(&[b"value", b"Value", b"VALUE", b"content"])?;
    cursor.skip(&QUOTES);
    cursor.blanks();
    let sign = cursor.skip(&[b"=", b":"])?;
    cursor.blanks();
    let quote = cursor.skip(&QUOTES);
    Some(value(cursor, sign, quote))
}

/// A value from its first octet on, behind a sign and a quote.
fn value(cursor: Cursor<'_>, sign: &[u8], quote: Option<&[u8]>) -> Range<usize> {
    match quote {
        Some(quote @ (b"\"" | b"'")) => {
            let mut is_escaped = false;
            let ends = |octet: &u8| {
                let ends = !is_escaped && *quote == [*octet];
                is_escaped = *octet == b'\\' && !is_escaped;
                ends
            };
            let length = cursor.rest().iter().position(ends).unwrap_or(cursor.rest().len());
            cursor.at..cursor.at + length
        }
        Some(quote) => {
            let is_encoded = quote.starts_with(b"%");
            cursor.until(|rest| rest.starts_with(quote) || matches!(rest.first(), Some(b'"' | b'<')) || is_encoded && ends_unquoted(rest))
        }
        None if sign.contains(&b'%') => cursor.until(|rest| {
            let is_next = [&b"%26"[..], b"%2526", b"%252526", b"%22"].iter().any(|next| rest.starts_with(next));
            is_next || ends_unquoted(rest)
        }),
        None => cursor.until(ends_unquoted),
    }
}

fn ends_unquoted(rest: &[u8]) -> bool {
    matches!(rest.first(), Some(b'"' | b'\'' | b'&' | b',' | b' ' | b'\t' | b'\n' | b'\r' | b'<' | b';' | b'}' | b']'))
}

#[cfg(test)]
mod tests;
