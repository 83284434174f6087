//! Requests as a server receives them: signed by the reference, then left as they are, written differently without another meaning, or changed
//! in one place. What must become of them the reference says.

use crate::fuzzing::numbers::Numbers;
use crate::implementation::{Implementation as _, Observation, Reference};
use crate::vectors::question::{ServerClient, SignInput, Transmission, VerifyInput};
use crate::vectors::{Output, Question, Text};

/// What is done to a request that was signed.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    /// What, in a few words.
    pub what: &'static str,
    make: fn(&mut VerifyInput, &mut Numbers) -> Option<()>,
}

/// Everything that is done to requests: nothing first, then what changes no meaning, then what does.
pub const CHANGES: &[Change] = &[
    Change { what: "nothing", make: |_, _| Some(()) },
    Change { what: "the letter case of the scheme's name in the header", make: |input, _| in_header(input, "OAuth ", "oauth ") },
    Change { what: "the white space of the header", make: |input, _| in_header(input, ", ", " ,\t ") },
    Change { what: "a realm that was added", make: |input, _| in_header(input, "OAuth ", "OAuth realm=\"x\", ") },
    Change { what: "the order of the parameters", make: order },
    Change { what: "an escape in lower case", make: lower_case_escape },
    Change {
        what: "the letter case of the host",
        make: |input, _| {
            in_url(input, |url| {
                let end = host_end(url)?;
                let host = url.get(..end)?.to_ascii_uppercase();
                Some(format!("{host}{}", url.get(end..)?))
            })
        },
    },
    Change { what: "a fragment", make: |input, _| in_url(input, |url| Some(format!("{url}#f"))) },
    Change {
        what: "the method",
        make: |input, _| {
            input.method = if input.method.as_str() == Some("GET") { "POST" } else { "GET" }.into();
            Some(())
        },
    },
    Change {
        what: "the path",
        make: |input, _| {
            in_url(input, |url| {
                let end = host_end(url)?;
                Some(format!("{}/x{}", url.get(..end)?, url.get(end..)?))
            })
        },
    },
    Change {
        what: "a parameter that was added",
        make: |input, _| {
            in_url(input, |url| (!url.contains('#')).then(|| format!("{url}{}x=y", if url.contains('?') { "&" } else { "?" })))
        },
    },
    Change {
        what: "a value of the query",
        make: |input, _| {
            in_url(input, |url| {
                let at = url.find('?')?;
                let equals = at + url.get(at..)?.find('=')? + 1;
                Some(format!("{}x{}", url.get(..equals)?, url.get(equals..)?))
            })
        },
    },
    Change {
        what: "the form",
        make: |input, _| {
            let body = input.body.as_mut()?;
            *body = format!("{}&x=y", body.as_str()?).into();
            Some(())
        },
    },
    Change { what: "the signature's first character", make: |input, _| in_header(input, "oauth_signature=\"", "oauth_signature=\"A") },
    Change { what: "the signature's end", make: |input, _| in_header(input, "%3D\"", "\"") },
    Change { what: "the nonce", make: |input, _| in_header(input, "oauth_nonce=\"", "oauth_nonce=\"x") },
    Change { what: "the timestamp", make: |input, _| in_header(input, "oauth_timestamp=\"", "oauth_timestamp=\"9") },
    Change { what: "a timestamp that is no number", make: |input, _| in_header(input, "oauth_timestamp=\"", "oauth_timestamp=\"-") },
    Change { what: "the client", make: |input, _| in_header(input, "oauth_consumer_key=\"", "oauth_consumer_key=\"x") },
    Change { what: "the token", make: |input, _| in_header(input, "oauth_token=\"", "oauth_token=\"x") },
    Change { what: "the signature method's name", make: |input, _| in_header(input, "HMAC-SHA1", "HMAC-SHA256") },
    Change { what: "another version", make: |input, _| in_header(input, "oauth_version=\"1.0\"", "oauth_version=\"2.0\"") },
    Change { what: "a protocol parameter twice", make: |input, _| in_header(input, "OAuth ", "OAuth oauth_nonce=\"n\", ") },
    Change {
        what: "protocol parameters in two places",
        make: |input, _| in_url(input, |url| Some(format!("{url}{}oauth_x=y", if url.contains('?') { "&" } else { "?" }))),
    },
    Change { what: "no nonce", make: |input, _| in_header(input, "oauth_nonce=", "oauth_nunce=") },
    Change { what: "a nonce that was seen", make: seen },
    Change {
        what: "a clock that is far ahead",
        make: |input, _| {
            input.now = Some(2_000_000_000);
            input.window = Some(300);
            Some(())
        },
    },
    Change {
        what: "a client that is not known",
        make: |input, _| {
            input.client = None;
            Some(())
        },
    },
    Change {
        what: "another client secret",
        make: |input, _| {
            input.client.as_mut()?.secret = Some("other".into());
            Some(())
        },
    },
    Change {
        what: "another token secret",
        make: |input, _| {
            input.token.as_mut()?.secret = Some("other".into());
            Some(())
        },
    },
];

/// The request as it is received, signed by the reference; `None` where it cannot be signed.
#[must_use]
pub fn received(input: &SignInput, reference: &mut Reference) -> Option<VerifyInput> {
    let Observation::Answered(output) = reference.ask(&Question::Sign(Box::new(input.clone()))) else { return None };
    let Output { authorization, url, body, .. } = *output;
    let mut headers = input.headers.clone();
    let has_type = headers.iter().any(|(name, _)| name.as_bytes().eq_ignore_ascii_case(b"content-type"));
    if input.transmission == Transmission::Body && !has_type {
        headers.push(("Content-Type".into(), "application/x-www-form-urlencoded".into()));
    }
    headers.extend(authorization.map(|value| (Text::from("Authorization"), value)));
    let seconds = input.timestamp.as_ref()?.as_str()?.parse().ok()?;
    Some(VerifyInput {
        method: input.method.clone(),
        url: url.unwrap_or_else(|| input.url.clone()),
        headers,
        body: body.or_else(|| input.body.clone()),
        client: Some(ServerClient { identifier: input.client.identifier.clone(), secret: input.client.secret.clone(), public_key: None }),
        token: input.token.clone().filter(|token| !token.identifier.as_bytes().is_empty()),
        now: Some(seconds),
        window: Some(300),
        ..VerifyInput::default()
    })
}

impl Change {
    /// Changes a request; `None` where there is nothing to be changed.
    pub fn make(&self, input: &mut VerifyInput, numbers: &mut Numbers) -> Option<()> {
        (self.make)(input, numbers)
    }
}

fn in_header(input: &mut VerifyInput, old: &str, new: &str) -> Option<()> {
    let (_, value) = input.headers.iter_mut().find(|(name, _)| name.as_bytes().eq_ignore_ascii_case(b"authorization"))?;
    let text = value.as_str()?;
    let changed = text.contains(old).then(|| text.replacen(old, new, 1))?;
    *value = changed.into();
    Some(())
}

fn in_url(input: &mut VerifyInput, change: impl FnOnce(&str) -> Option<String>) -> Option<()> {
    let changed = change(input.url.as_str()?)?;
    input.url = changed.into();
    Some(())
}

/// Where the authority of a URL ends.
fn host_end(url: &str) -> Option<usize> {
    let begin = url.find("://")? + 3;
    // User information has a letter case.
    let rest = url.get(begin..)?;
    let end = begin + rest.find(['/', '?', '#']).unwrap_or(rest.len());
    (!url.get(..end)?.contains('@')).then_some(end)
}

fn order(input: &mut VerifyInput, _: &mut Numbers) -> Option<()> {
    let (_, value) = input.headers.iter_mut().find(|(name, _)| name.as_bytes().eq_ignore_ascii_case(b"authorization"))?;
    let mut parameters: Vec<&str> = value.as_str()?.strip_prefix("OAuth ")?.split(", ").collect();
    parameters.reverse();
    let changed = format!("OAuth {}", parameters.join(", "));
    *value = changed.into();
    Some(())
}

fn lower_case_escape(input: &mut VerifyInput, _: &mut Numbers) -> Option<()> {
    in_header(input, "%3D", "%3d").or_else(|| in_header(input, "%2B", "%2b")).or_else(|| in_header(input, "%2F", "%2f"))
}

fn seen(input: &mut VerifyInput, _: &mut Numbers) -> Option<()> {
    let find = |name: &str| {
        let (_, value) = input.headers.iter().find(|(known, _)| known.as_bytes().eq_ignore_ascii_case(b"authorization"))?;
        let (_, rest) = value.as_str()?.split_once(&format!("{name}=\""))?;
        let value = rest.split('"').next()?;
        // Only values that stand there as they are.
        (!value.contains('%')).then(|| Text::from(value))
    };
    let token = input.token.as_ref().map(|token| token.identifier.clone());
    let entry = (find("oauth_consumer_key")?, token, find("oauth_timestamp")?, find("oauth_nonce")?);
    input.seen.push(entry);
    Some(())
}
