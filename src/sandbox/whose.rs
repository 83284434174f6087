//! Whose request it is: of a client with a made-up secret, or perhaps of somebody's real one. It is decided once, before anything else is
//! done with a request, so that no route and no fault is forgotten; what may be real is not kept.

use super::provider::{Asked, Provider};
use crate::profile::document::Place;
use crate::protocol::authorization::is_oauth;
use crate::protocol::encoding::percent_decoded;

/// Whether a request may carry what belongs to a real client. Where one is configured, all that is not positively of another one may;
/// elsewhere what carries credentials or a signature without the key of one of ours.
pub(super) fn is_real(provider: &Provider, asked: &Asked<'_>) -> bool {
    !is_of_ours(provider, asked) && (provider.lock().store.has_real() || carries(asked))
}

/// Whether all that tells of a client tells of one with a made-up secret, and something does.
fn is_of_ours(provider: &Provider, asked: &Asked<'_>) -> bool {
    let reading = &asked.reading;
    let mut credentials = asked.incoming.fields("authorization");
    let header = match (credentials.next(), credentials.next()) {
        (None, _) => None,
        // Of several fields one is read, and of another scheme none.
        (Some(header), None) if is_oauth(header) => Some(header),
        _ => return false,
    };
    if asked.incoming.fields("proxy-authorization").next().is_some() {
        return false;
    }
    let is_read = reading.body_is_form || reading.parameters.iter().any(|found| found.place == Place::Body);
    if !is_read && asked.incoming.body.as_deref().is_some_and(speaks_of_credentials) {
        return false;
    }
    let keys: Vec<_> = reading.parameters.iter().filter(|found| is_key(&found.name)).collect();
    if header.is_some() && !keys.iter().any(|found| found.place == Place::Header) {
        return false;
    }
    let state = provider.lock();
    let synthetic = |client: &[u8]| state.store.client(client).is_some_and(|client| !client.real);
    let presented = reading.parameters.iter().filter(|found| found.name.ends_with(b"token"));
    let mut owners = presented.filter_map(|found| state.store.token(&found.value)).map(|token| token.client.as_slice()).peekable();
    let has_owner = owners.peek().is_some();
    // A user on the way to the authorization page carries a token alone.
    owners.all(synthetic) && keys.iter().all(|found| synthetic(&found.value)) && (!keys.is_empty() || has_owner && !carries(asked))
}

/// A key, also misspelt.
fn is_key(name: &[u8]) -> bool {
    const WORD: &[u8] = b"consumer";
    let mut met = 0;
    for letter in name.iter().filter(|octet| octet.is_ascii_alphabetic()).map(u8::to_ascii_lowercase) {
        // No letter but the first begins the word anew: `c` stands in it once.
        met = if WORD.get(met) == Some(&letter) { met + 1 } else { usize::from(WORD.first() == Some(&letter)) };
        if met == WORD.len() {
            return true;
        }
    }
    false
}

/// Whether a request carries credentials, or a signature, or a key of whatever client.
fn carries(asked: &Asked<'_>) -> bool {
    let is_credentials = |name: &[u8]| name.eq_ignore_ascii_case(b"authorization") || name.eq_ignore_ascii_case(b"proxy-authorization");
    let incoming = asked.incoming;
    incoming.headers.iter().any(|(name, value)| is_credentials(name) || speaks_of_credentials(name) || speaks_of_credentials(value))
        || speaks_of_credentials(&incoming.target)
        || incoming.body.as_deref().is_some_and(speaks_of_credentials)
}

/// Whether a text names a signature or a key, however it is written and however often it is encoded.
fn speaks_of_credentials(text: &[u8]) -> bool {
    let once = percent_decoded(text);
    let twice = percent_decoded(&once);
    [text, &once, &twice].iter().any(|text| {
        let letters = letters(text);
        holds(&letters, b"signature") || holds(&letters, b"consumerkey")
    })
}

fn holds(text: &[u8], word: &[u8]) -> bool {
    memchr::memmem::find(text, word).is_some()
}

/// The letters of a text, small ones all of them.
fn letters(text: &[u8]) -> Vec<u8> {
    text.iter().filter(|octet| octet.is_ascii_alphabetic()).map(u8::to_ascii_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_recognized_however_it_is_written() {
        for text in [
            "oauth_signature=x",
            "OAUTH-Signature: x",
            "%6fauth%5Fsig%6Eature",
            "oauth%255Fsi%2567nature",
            "oauth_consumerkey",
            "consumer-key",
        ] {
            assert!(speaks_of_credentials(text.as_bytes()), "{text}");
        }
        for text in ["", "x=plain", "%", "%zz%4", "/oauth/request_token?oauth_token=t", "a sign of nature"] {
            assert!(!speaks_of_credentials(text.as_bytes()), "{text}");
        }
        assert!(is_key(b"x_con-sumercon_sumer") && is_key(b"CCONSUMER") && !is_key(b"consume") && !is_key(b"cons"));
        assert!(is_key(b"oauth_consumerkey") && is_key(b"oauth_consumer_key") && !is_key(b"oauth_token"));
    }
}
