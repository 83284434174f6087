//! URLs (RFC 5849 section 3.4.1.2) and Authorization fields (section 3.5.1) as they are read.

use super::encoding::{pairs, shown_pairs};
use super::{naive, shown};
use crate::protocol::authorization::{Authorization, is_oauth};
use crate::protocol::base_string::{UriRecipe, base_string_uri};
use crate::protocol::{Buffer, Parameters, Request, Sending, Url};

/// A URL's parts put together are the URL up to its fragment; its base string URI is that of the naive reader, and its own base string URI.
///
/// # Panics
/// Where one of it is not so.
pub fn urls(data: &[u8]) {
    let Ok(url) = Url::parse(data) else { return };
    let query = url.query.map(|query| [b"?", query].concat()).unwrap_or_default();
    let whole = [url.scheme, b"://", url.authority, url.path, &query[..]].concat();
    assert!(data.starts_with(&whole), "the parts of a URL are not the URL: {}", shown(&whole));
    assert!(matches!(data.get(whole.len()), None | Some(b'#')), "something of a URL is in none of its parts");
    assert!(!url.host.host.is_empty(), "a URL without a host");
    let uri = base_uri(url);
    let wire = naive::Wire { method: b"GET", url: data, headers: &[], body: None };
    assert_eq!(uri.as_deref().map(shown), naive::base_uri(&wire).as_deref().map(shown), "the base string URI differs from the naive one");
    let Some(uri) = uri else { return };
    let again = Url::parse(&uri).ok().and_then(base_uri);
    assert_eq!(again.as_deref().map(shown), Some(shown(&uri)), "a base string URI is not its own base string URI");
}

fn base_uri(url: Url<'_>) -> Option<Vec<u8>> {
    let protocol = Parameters::new();
    let request = Request { method: b"GET", url, headers: &[], body: None, protocol: &protocol, realm: None };
    let mut out = Buffer::default();
    base_string_uri(&UriRecipe::RFC5849, &request, &mut out).ok().map(|()| out.to_vec())
}

/// A field that is read is read as the naive reader does, and as the same after it was written again. Buffers of an earlier reading make
/// no difference.
///
/// # Panics
/// Where one of it is not so.
pub fn headers(data: &[u8]) {
    let read = Authorization::parse(data);
    let mut again = Authorization::default();
    let mut quoted = Buffer::default();
    // Something to be forgotten.
    let _ = again.parse_again(b"OAuth realm=\"\\\"old\", old=\"%41\"", &mut quoted);
    assert_eq!(again.parse_again(data, &mut quoted).err(), read.as_ref().err().cloned(), "buffers that were used change what is said");
    let Ok(read) = read else { return };
    assert!(is_oauth(data), "a field of another scheme is read");
    assert_eq!(
        (&again.realm, pairs(&again.parameters)),
        (&read.realm, pairs(&read.parameters)),
        "buffers that were used change what is read"
    );
    let Some((realm, naive)) = naive::authorization(data) else { panic!("the naive reader cannot read it") };
    assert_eq!(read.realm.as_deref().map(shown), realm.as_deref().map(shown), "the realm is read differently than by the naive reader");
    assert_eq!(pairs(&read.parameters), shown_pairs(&naive), "a field is read differently than by the naive reader");

    // A parameter of this name can be read where its name is escaped, and would be written as the realm.
    if read.parameters.iter().any(|parameter| parameter.name.eq_ignore_ascii_case(b"realm")) {
        return;
    }
    let Ok(written) = Sending::RFC5849.header(read.realm.as_deref(), &read.parameters) else { return };
    match Authorization::parse(&written) {
        Err(fault) => panic!("a field that was written cannot be read: {fault}: {}", shown(&written)),
        Ok(back) => assert_eq!(
            (back.realm.as_deref().map(shown), pairs(&back.parameters)),
            (read.realm.as_deref().map(shown), pairs(&read.parameters)),
            "a field that was read and written again is read as something else"
        ),
    }
}
