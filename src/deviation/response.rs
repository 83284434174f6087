//! Other readings of token responses (RFC 5849 sections 2.1 and 2.3).

use super::rewriting::{replaced, with_whole_escapes};
use super::{Deviation, Rank, Stage};
use crate::protocol::token_response::{Step, TokenResponse, read};
use crate::protocol::verification::Refusal;
use crate::protocol::{Buffer, Code, Encoder, Header, Parameters, Secret, Source, form_decoded};

macro_rules! responses {
    ($($id:literal $section:literal $sentence:literal, $fix:literal, $rank:ident $seen:expr, $read:expr;)*) => {
        &[$(Deviation {
            id: $id,
            stage: Stage::Response,
            section: $section,
            sentence: $sentence,
            fix: $fix,
            seen: &$seen,
            rank: Rank::$rank,
            apply: |practice| practice.read_response = $read,
        },)*]
    };
}

pub(super) const TABLE: &[Deviation] = responses![
    "response.confirmation-unchecked" "2.1" "temporary credentials are accepted without oauth_callback_confirmed",
        "refuse an answer without oauth_callback_confirmed=true: it comes from a server that knows nothing of the callback", Common [
            "https://github.com/magento/magento2/issues/14152",
            "https://oauth.net/advisories/2009-1/",
        ],
        |_, status, headers, body| read(Step::Token, status, headers, body);
    "response.confirmation-value-ignored" "2.1" "temporary credentials are accepted with any value of oauth_callback_confirmed",
        "compare oauth_callback_confirmed with true", Plausible [],
        |step, status, headers, body| match read(step, status, headers, body) {
            Err(refusal) if refusal.code == Code::CallbackUnconfirmed => {
                let other = read(Step::Token, status, headers, body)?;
                if other.parameters.first("oauth_callback_confirmed").is_some() { Ok(other) } else { Err(refusal) }
            }
            other => other,
        };
    "response.confirmation-without-case" "2.1" "oauth_callback_confirmed is compared without regard to letter case",
        "compare oauth_callback_confirmed with true, in lower case", Plausible [],
        |step, status, headers, body| match read(step, status, headers, body) {
            Err(refusal) if refusal.code == Code::CallbackUnconfirmed => {
                let other = read(Step::Token, status, headers, body)?;
                let is_true = other.parameters.first("oauth_callback_confirmed").is_some_and(|value| value.eq_ignore_ascii_case(b"true"));
                if is_true { Ok(other) } else { Err(refusal) }
            }
            other => other,
        };
    "response.confirmation-always-asked-for" "2.3" "oauth_callback_confirmed is asked for with token credentials too",
        "ask for oauth_callback_confirmed with temporary credentials only", Plausible [],
        |_, status, headers, body| read(Step::Temporary, status, headers, body);
    "response.status-ignored" "2.1" "the status of the answer is not looked at",
        "take credentials only from an answer with status 200", Plausible [],
        |step, _, headers, body| read(step, 200, headers, body);
    "response.plus-kept" "2.1" "a + in the answer is not read as a space",
        "decode the answer as a form", Plausible [],
        |step, status, headers, body| read(step, status, headers, &replaced(body, b"+", b"%2B"));
    "response.not-decoded" "2.1" "names and values of the answer are not decoded",
        "decode the answer as a form, each value once", Plausible [],
        |step, status, headers, body| read(step, status, headers, &replaced(&replaced(body, b"%", b"%25"), b"+", b"%2B"));
    "response.decoded-twice" "2.1" "values of the answer are decoded twice",
        "decode the answer as a form, each value once", Seen ["https://github.com/scribejava/scribejava/issues/105"],
        |step, status, headers, body| {
            let once = read(step, status, headers, body)?;
            let mut parameters = Parameters::new();
            for parameter in once.parameters.iter() {
                parameters.push(&form_decoded(parameter.name), &form_decoded(parameter.value), parameter.source);
            }
            let secret = Secret::new(form_decoded(once.secret.expose()));
            Ok(TokenResponse { identifier: form_decoded(&once.identifier), secret, parameters })
        };
    "response.broken-escapes-kept" "3.6" "a % without two hexadecimal digits is kept as text",
        "refuse an answer with a broken escape", Plausible [],
        |step, status, headers, body| read(step, status, headers, &with_whole_escapes(body));
    "response.cut-at-each-equals" "2.1" "a value ends at its first =, so that the = of base64 is lost",
        "cut each pair at its first = only", Plausible [],
        |step, status, headers, body| {
            let cut = |piece: &[u8]| piece.splitn(3, |octet| *octet == b'=').take(2).collect::<Vec<_>>().join(&b'=');
            let pieces: Vec<Vec<u8>> = body.split(|octet| *octet == b'&').map(cut).collect();
            read(step, status, headers, &pieces.join(&b'&'))
        };
    "response.first-wins" "2.1" "a parameter may stand in the answer more than once, and its first value counts",
        "refuse an answer with several values of oauth_token or oauth_token_secret", Plausible [],
        |step, status, headers, body| read(step, status, headers, &once_each(body, false));
    "response.last-wins" "2.1" "a parameter may stand in the answer more than once, and its last value counts",
        "refuse an answer with several values of oauth_token or oauth_token_secret", Plausible [],
        |step, status, headers, body| read(step, status, headers, &once_each(body, true));
    "response.secret-missing-accepted" "2.1" "an answer without oauth_token_secret is accepted, with an empty secret",
        "refuse an answer without oauth_token_secret", Plausible [],
        |step, status, headers, body| with_default(step, status, headers, body, b"oauth_token_secret=");
    "response.token-missing-accepted" "2.1" "an answer without oauth_token is accepted, with an empty token",
        "refuse an answer without oauth_token", Plausible [],
        |step, status, headers, body| with_placeholder(step, status, headers, body);
    "response.credentials-unchecked" "2.1" "an answer is accepted without looking whether oauth_token and oauth_token_secret are there",
        "refuse an answer without oauth_token or without oauth_token_secret", Seen ["https://pypi.org/project/Authlib/1.9.9/"],
        |step, status, headers, body| unchecked(step, status, headers, body);
    "response.unchecked" "2.1" "an answer is accepted whatever is in it: neither the credentials nor oauth_callback_confirmed are looked at",
        "refuse an answer without oauth_token, oauth_token_secret or, for temporary credentials, oauth_callback_confirmed=true", Seen [
            "https://rubygems.org/gems/oauth/versions/0.5.4",
        ],
        |_, status, headers, body| unchecked(Step::Token, status, headers, body);
    "response.names-without-case" "2.1" "names of the answer are compared without regard to letter case",
        "compare names octet by octet", Plausible [],
        |step, status, headers, body| {
            let lower = |piece: &[u8]| {
                let name = piece.iter().position(|octet| *octet == b'=').unwrap_or(piece.len());
                let mut piece = piece.to_vec();
                piece.iter_mut().take(name).for_each(|octet| octet.make_ascii_lowercase());
                piece
            };
            let pieces: Vec<Vec<u8>> = body.split(|octet| *octet == b'&').map(lower).collect();
            read(step, status, headers, &pieces.join(&b'&'))
        };
    "response.further-parameters-dropped" "2.1" "further parameters of the answer are dropped",
        "hand on what a server sends beside the credentials, such as user_id or xoauth_yahoo_guid", Plausible [],
        |step, status, headers, body| {
            let mut response = read(step, status, headers, body)?;
            let known = [&b"oauth_token"[..], b"oauth_token_secret", b"oauth_callback_confirmed"];
            response.parameters.retain(|parameter| known.contains(&parameter.name));
            Ok(response)
        };
    "response.json-accepted" "2.1" "an answer in JSON is accepted",
        "take an answer in application/x-www-form-urlencoded only", Plausible [],
        |step, status, headers, body| {
            let Ok(serde_json::Value::Object(members)) = serde_json::from_slice(body) else { return read(step, status, headers, body) };
            let mut form = Buffer::default();
            for (name, value) in &members {
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                if !form.is_empty() {
                    form.push(b'&');
                }
                Encoder::RFC5849.encode(name.as_bytes(), &mut form);
                form.push(b'=');
                Encoder::RFC5849.encode(value.as_bytes(), &mut form);
            }
            read(step, status, headers, &form)
        };
];

/// A form in which each name stands once.
fn once_each(body: &[u8], last: bool) -> Vec<u8> {
    let name = |piece: &[u8]| piece.split(|octet| *octet == b'=').next().unwrap_or_default().to_vec();
    let mut pieces: Vec<&[u8]> = body.split(|octet| *octet == b'&').collect();
    if last {
        pieces.reverse();
    }
    let mut seen = std::collections::HashSet::new();
    pieces.retain(|piece| seen.insert(name(piece)));
    if last {
        pieces.reverse();
    }
    pieces.join(&b'&')
}

/// Reads with a parameter that is added where one is missing.
fn with_default(step: Step, status: u16, headers: &[Header<'_>], body: &[u8], default: &[u8]) -> Result<TokenResponse, Refusal> {
    match read(step, status, headers, body) {
        Err(refusal) if refusal.code == Code::ParameterAbsent => {
            read(step, status, headers, &[body.trim_ascii_end(), b"&", default].concat()).map_err(|_| refusal)
        }
        other => other,
    }
}

/// Reads with a token that is added where one is missing or empty, and taken out again.
fn with_placeholder(step: Step, status: u16, headers: &[Header<'_>], body: &[u8]) -> Result<TokenResponse, Refusal> {
    let without: Vec<&[u8]> =
        body.split(|octet| *octet == b'&').filter(|piece| !matches!(*piece, b"oauth_token=" | b"oauth_token")).collect();
    let mut response = match read(step, status, headers, body) {
        Err(refusal) if refusal.code == Code::ParameterAbsent => {
            with_default(step, status, headers, &without.join(&b'&'), b"oauth_token=placeholder").map_err(|_| refusal)?
        }
        other => return other,
    };
    response.parameters.retain(|parameter| parameter.name != b"oauth_token");
    response.identifier.clear();
    Ok(response)
}

/// Reads with credentials that are added where they are missing, and hands on what was there.
fn unchecked(step: Step, status: u16, headers: &[Header<'_>], body: &[u8]) -> Result<TokenResponse, Refusal> {
    match read(step, status, headers, body) {
        Err(refusal) if refusal.code == Code::ParameterAbsent => {
            let mut parameters = Parameters::new();
            parameters.push_form(body.trim_ascii_end(), Source::Body);
            let given = |name: &str| parameters.first(name).unwrap_or_default().to_vec();
            let (identifier, secret) = (given("oauth_token"), Secret::new(given("oauth_token_secret")));
            // All else is looked at as it is of an answer with credentials.
            let confirmed =
                [&b"oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed="[..], &given("oauth_callback_confirmed")].concat();
            read(step, status, headers, &confirmed).map_err(|_| refusal)?;
            Ok(TokenResponse { identifier, secret, parameters })
        }
        other => other,
    }
}
