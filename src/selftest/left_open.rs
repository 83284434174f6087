//! Departures that no case of level `must` catches, because the text leaves open what they do: each with what it says, or does not say. The
//! table is checked both ways: a departure that is missing here fails the selftest, and so does one that a `must` case catches after all.

/// Departures, with what the text says of them.
type LeftOpen = (&'static [&'static str], &'static str);

const LEFT_OPEN: &[LeftOpen] = &[
    (
        &[
            "values.invalid-utf-8-replaced",
            "values.invalid-utf-8-replaced-in-names-too",
            "values.invalid-utf-8-left-escaped",
            "values.invalid-utf-8-as-latin-1",
            "values.invalid-utf-8-dropped",
            "read.not-utf-8-not-decoded",
        ],
        "section 3.6 excepts binary values from being put into UTF-8, and says of none that it may stand in a query or a form",
    ),
    (
        &[
            "signer.version-unchecked",
            "signer.version-empty-accepted",
            "signer.version-refused-only-if-empty",
            "collect.version-empty-as-1-0",
        ],
        "section 3.1 binds the request, whose version must be 1.0; whether signer or caller sees to it is not said",
    ),
    (
        &["signer.names-unchecked", "collect.protocol-last-wins"],
        "section 3.1 binds the request, in which no parameter may stand twice; what a signer does with a caller's second value is not said",
    ),
    (
        &["signer.timestamp-unchecked", "signer.timestamp-refused-only-if-empty"],
        "section 3.3 binds the request, whose timestamp must be a positive integer; whether signer or caller sees to it is not said",
    ),
    (
        &["signer.presence-unchecked", "signer.client-unchecked"],
        "section 3.1 says what a request must carry; whether signer or caller sees to it, and whether an empty value is one, is not said",
    ),
    (&["signer.port-unchecked"], "RFC 3986 section 3.2.3 has no such port; what a client does about a URL that is none is not said"),
    (&["signer.scheme-unchecked"], "section 3.4.1.2 makes http and https URIs, and does not say what becomes of other schemes"),
    (
        &["signer.body-hash-with-form"],
        "section 4.1.1 of the body hash draft forbids it, and the draft is no part of RFC 5849: what is of it is not more than should",
    ),
    (
        &["body-hash.sha-1", "verify.body-hash-of-sha-1"],
        "section 3.1 of the body hash draft leaves the hash of other signature methods to their specifications, and HMAC-SHA256 has none",
    ),
    (
        &["response.confirmation-unchecked", "response.confirmation-value-ignored", "response.confirmation-without-case"],
        "section 2.1 binds the server, which must say true; that a client must look at it is not said",
    ),
    (
        &["response.first-wins", "response.last-wins", "response.broken-escapes-kept", "response.json-accepted"],
        "section 2.1 says what an answer is; what a client does with one that is not so is not said",
    ),
    (
        &["header-reading.broken-escapes-kept", "header-reading.ampersands-accepted"],
        "section 3.5.1 says how a header is written; what a reader does with one that is not written so is not said",
    ),
    (
        &["header-reading.realm-percent-decoded"],
        "section 3.5.1 encodes the parameters and leaves the realm to RFC 2617, which knows no escapes of this kind, in no such words",
    ),
    (
        &["verify.token-missing-accepted"],
        "section 3.1 lets a request leave oauth_token out; that a resource is for a token alone is the server's own rule",
    ),
    (&["verify.places-mixed"], "section 3.5 binds the sender to one place; section 3.2 does not list it among what a server must check"),
    (
        &["verify.timestamp-window-missing", "verify.timestamp-future-accepted", "verify.timestamp-past-accepted"],
        "section 3.2: a server may reject requests with stale timestamps, and need not",
    ),
    (
        &["verify.nonce-empty-token-is-one"],
        "section 3.2 compares nonce, timestamp and token, if there is one; whether an empty token is one is not said",
    ),
    (
        &["verify.signature-up-to-nul", "verify.signature-decoded"],
        "section 3.2 compares the signature's value and does not say whether as text or decoded; decoders of RFC 2045 section 6.8 are lenient",
    ),
    (
        &["uri.user-kept", "uri.user-name-kept"],
        "RFC 3986 counts it to the authority, which section 3.4.1.2 takes; only host and port are bound to the Host field, which never has it",
    ),
    (&["uri.ipv6-compressed"], "section 3.4.1.2 asks for lower case; whether an address is brought to another form is not said"),
    (
        &["uri.port-as-written"],
        "section 3.4.1.2 excludes the default port and binds the port to the Host field; which it is if written as : or :080 is not said",
    ),
    (
        &["uri.path-raw", "uri.path-raw-but-blanks", "uri.path-illegal-encoded", "uri.path-lone-percent-encoded"],
        "no URI of RFC 3986 has such a path; section 3.4.1.2 does not say what becomes of one that is none",
    ),
    (
        &["read.semicolon-cuts"],
        "section 3.4.1.3.1 reads as HTML 4.01 says, which joins by & in section 17.13.4 and recommends ; as well in appendix B.2.2",
    ),
    (&["empty.nameless-dropped"], "section 3.4.1.3.1 takes names and values; whether a name may be empty is not said"),
    (
        &["values.numbers-rewritten"],
        "section 3.4.1.3.1 takes the values of the request that is sent; whoever sends what was rewritten signs it rightly",
    ),
];

/// What leaves this departure open, if it is one of them.
#[must_use]
pub fn reason(id: &str) -> Option<&'static str> {
    LEFT_OPEN.iter().find(|(ids, _)| ids.contains(&id)).map(|(_, reason)| *reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deviation::find;

    #[test]
    fn each_is_a_departure_of_the_table_and_stands_here_once() {
        let mut ids: Vec<&str> = LEFT_OPEN.iter().flat_map(|(ids, _)| ids.iter().copied()).collect();
        for id in &ids {
            assert!(find(id).is_some(), "{id}");
        }
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all);
    }
}
