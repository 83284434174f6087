//! What a refused request implies beyond what is wrong with it: the usual ways to write a credential or a timestamp wrongly. No hint
//! repeats a value.

use super::provider::{Asked, Provider};
use super::refusal::Refused;
use crate::profile::document::Endpoint;
use crate::profile::value::{positive_integer, timestamp_hint};
use crate::protocol::decoding::percent_decoded;
use crate::protocol::{Code, form_decoded};

/// The window that is thought of where a provider has none, in seconds.
const USUAL_WINDOW: u64 = 300;

/// The same refusal with what helps to find the mistake, if something is seen.
pub(super) fn with_hint(provider: &Provider, asked: &Asked<'_>, endpoint: &Endpoint, refused: Refused) -> Refused {
    let hint = match refused.code {
        Code::TokenRejected => token(provider, asked).map(str::to_owned),
        Code::ClientUnknown => client(provider, asked).map(str::to_owned),
        Code::TimestampRefused => timestamp(provider, asked).map(str::to_owned),
        Code::SignatureMethodRejected => Some(methods(provider, endpoint)),
        _ => None,
    };
    match hint.filter(|hint| !refused.because.contains(hint)) {
        Some(hint) => Refused { because: format!("{}; {hint}", refused.because).into(), ..refused },
        None => refused,
    }
}

/// Another writing of the token that the server knows.
fn token(provider: &Provider, asked: &Asked<'_>) -> Option<&'static str> {
    let client = asked.reading.value("oauth_consumer_key")?;
    let presented = asked.reading.value("oauth_token")?;
    let knows = |token: &[u8]| token != presented && provider.known(client, Some(token)).token.is_some();
    let plus: Vec<u8> = presented.iter().map(|octet| if *octet == b' ' { b'+' } else { *octet }).collect();
    if knows(&percent_decoded(presented)) {
        Some("it is a token of this server, percent-encoded once too often: decode the answer that it came in")
    } else if knows(&plus) {
        Some("it is a token of this server with a blank for each +: the answer that it came in was decoded once too often")
    } else if knows(&form_decoded(presented)) {
        Some("it is a token of this server, encoded as in a form once too often: decode the answer that it came in")
    } else if knows(presented.trim_ascii()) {
        Some("it is a token of this server with white space around it")
    } else {
        None
    }
}

fn client(provider: &Provider, asked: &Asked<'_>) -> Option<&'static str> {
    let presented = asked.reading.value("oauth_consumer_key")?;
    let trimmed = presented.trim_ascii();
    let is_one = trimmed != presented && provider.known(trimmed, None).client.is_some();
    is_one.then_some("without the white space around it, it is one of them")
}

fn timestamp(provider: &Provider, asked: &Asked<'_>) -> Option<&'static str> {
    let timestamp = positive_integer(asked.reading.text("oauth_timestamp")?)?;
    timestamp_hint(timestamp, asked.clock(), provider.window().unwrap_or(USUAL_WINDOW))
}

fn methods(provider: &Provider, endpoint: &Endpoint) -> String {
    let names: Vec<&str> = provider.methods_of(endpoint).iter().map(|method| method.as_str()).collect();
    format!("allowed here: {}", names.join(", "))
}
