//! Addresses of endpoints as a profile writes them: a URL, perhaps with places for what differs from customer to customer, perhaps with a
//! query that is a part of the address.
//!
//! `{name}` stands for one segment and `{+name}` for anything up to the query, as in RFC 6570 (levels 1 and 2):
//! `https://{account}.example.com/rest/{+record}`. The pairs of a query have to be among those of the request:
//! `https://example.org/index.php?title=Special:OAuth/token`.

use super::reading::{resource, same_resource};
use crate::protocol::encoding::form_pairs;
use crate::protocol::form_decoded;

/// Whether a request's URL is one that an address means: scheme, host, port and path as RFC 5849 section 3.4.1.2 writes them, and at least
/// the query of the address.
#[must_use]
pub fn matches(address: &str, url: &str) -> bool {
    let (place, query) = split(address);
    let here = if place.contains('{') { resource(url).is_some_and(|url| fits(place, &url)) } else { same_resource(place, url) };
    here && holds_query(query, split(url).1)
}

/// The path of an address, with its places and its query.
#[must_use]
pub fn path_and_query(address: &str) -> &str {
    let address = address.split('#').next().unwrap_or_default();
    let after = address.split_once("://").map_or(address, |(_, rest)| rest);
    after.find(['/', '?']).and_then(|at| after.get(at..)).unwrap_or_default()
}

/// Whether a path fits one with places, and a query holds what belongs to it. Both queries are without their question mark.
#[must_use]
pub fn path_matches(wanted: &str, path: &str, query: &str) -> bool {
    let (place, own) = split(wanted);
    (if place.contains('{') { fits(place, path.as_bytes()) } else { place == path }) && holds_query(own, query)
}

/// An address with each place filled with its own name, so that it can be shown and asked for.
#[must_use]
pub fn filled(address: &str) -> String {
    let text = |part| match part {
        Part::Text(text) | Part::Place { name: text, .. } => text,
    };
    parts(address).map(text).collect()
}

/// Before and behind the question mark.
fn split(url: &str) -> (&str, &str) {
    let url = url.split('#').next().unwrap_or_default();
    url.split_once('?').unwrap_or((url, ""))
}

/// Whether all pairs of one query are in another.
fn holds_query(wanted: &str, query: &str) -> bool {
    let pairs = |text: &str| form_pairs(text.as_bytes()).map(|(name, value)| (form_decoded(name), form_decoded(value))).collect::<Vec<_>>();
    if wanted.is_empty() {
        return true;
    }
    let sent = pairs(query);
    pairs(wanted).iter().all(|pair| sent.contains(pair))
}

#[derive(Clone, Copy)]
enum Part<'a> {
    Text(&'a str),
    Place { name: &'a str, slashes: bool },
}

/// Texts and places in their order. A brace that is never closed is text.
fn parts(pattern: &str) -> impl Iterator<Item = Part<'_>> {
    pattern.split_inclusive('}').flat_map(|piece| {
        let place = piece.strip_suffix('}').and_then(|piece| piece.split_once('{'));
        let (text, name) = place.map_or((piece, None), |(text, name)| (text, Some(name)));
        let place = name.map(|name| match name.strip_prefix('+') {
            Some(name) => Part::Place { name, slashes: true },
            None => Part::Place { name, slashes: false },
        });
        std::iter::once(Part::Text(text)).chain(place)
    })
}

/// Whether a text fits a pattern as a whole. It keeps the set of positions that can be reached, so time grows with both lengths and never
/// with the number of ways in which places can be filled.
fn fits(pattern: &str, text: &[u8]) -> bool {
    let mut reached = vec![false; text.len() + 1];
    reached.first_mut().into_iter().for_each(|first| *first = true);
    for part in parts(pattern) {
        let mut next = vec![false; text.len() + 1];
        match part {
            Part::Text(literal) => {
                for (at, _) in reached.iter().enumerate().filter(|(_, reached)| **reached) {
                    if text.get(at..).is_some_and(|rest| rest.starts_with(literal.as_bytes())) {
                        next.get_mut(at + literal.len()).into_iter().for_each(|end| *end = true);
                    }
                }
            }
            Part::Place { slashes, .. } => {
                let mut inside = false;
                for ((octet, begins), end) in text.iter().zip(&reached).zip(next.iter_mut().skip(1)) {
                    inside = (inside || *begins) && *octet != b'?' && (slashes || *octet != b'/');
                    *end = inside;
                }
            }
        }
        reached = next;
    }
    reached.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_stand_for_what_differs_and_nothing_else() {
        let netsuite = "https://{account}.restlets.api.netsuite.com/rest/requesttoken";
        let store = "http://{+site}/wp-json/wc/v3/{+resource}";
        for (address, url, expected) in [
            (netsuite, "https://1234567.restlets.api.netsuite.com/rest/requesttoken", true),
            (netsuite, "https://1234567-SB1.restlets.api.netsuite.com:443/rest/requesttoken?x=1", true),
            (netsuite, "https://.restlets.api.netsuite.com/rest/requesttoken", false),
            (netsuite, "https://a/b.restlets.api.netsuite.com/rest/requesttoken", false),
            (netsuite, "http://1234567.restlets.api.netsuite.com/rest/requesttoken", false),
            (store, "http://h.example:8080/shop/wp-json/wc/v3/orders/1", true),
            (store, "http://h.example/wp-json/wc/v3/", false),
            (store, "http://h.example/wp-json/wc/v2/orders", false),
            ("https://h/x", "https://H:443/x?y", true),
            ("https://h/x", "https://h/x/", false),
            ("https://h/{x", "https://h/y", false),
        ] {
            assert_eq!(matches(address, url), expected, "{address} {url}");
        }
    }

    #[test]
    fn a_query_of_an_address_is_a_part_of_it() {
        let token = "https://h/w/index.php?title=Special:OAuth/token";
        assert!(matches(token, "https://h/w/index.php?format=json&title=Special%3AOAuth%2Ftoken"));
        assert!(!matches(token, "https://h/w/index.php?title=Special:OAuth/initiate"));
        assert!(!matches(token, "https://h/w/index.php"));
        assert_eq!(path_and_query(token), "/w/index.php?title=Special:OAuth/token");
        assert!(path_matches("/w/index.php?title=a", "/w/index.php", "x&title=a") && !path_matches("/w?title=a", "/w", ""));
    }

    #[test]
    fn an_address_can_be_filled() {
        assert_eq!(filled("https://{account}.example/{+service}?x=1"), "https://account.example/service?x=1");
        assert_eq!(filled("https://h/{x"), "https://h/{x");
        assert_eq!((path_and_query("https://h"), path_and_query("/x?y#z"), path_and_query("https://h?q")), ("", "/x?y", "?q"));
    }

    #[test]
    fn many_places_take_no_more_time_than_few() {
        let pattern = format!("http://h/{}", "{+a}x".repeat(40));
        let url = format!("http://h/{}y", "x".repeat(4000));
        assert!(!matches(&pattern, &url));
    }
}
