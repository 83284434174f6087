//! Requests as a server receives them: signed by the reference, then left as they are, written differently without another meaning, or changed
//! in one place; or signed with something that no signer should sign. What must become of them the reference says.

use crate::deviation::{Cause, Conduct};
use crate::fuzzing::numbers::Numbers;
use crate::implementation::{Observation, Reference, Wanted};
use crate::protocol::{SignatureMethod, body_hash};
use crate::vectors::question::{ServerClient, SignInput, Transmission, VerifyInput};
use crate::vectors::{Output, Text};

/// What is done to a request that was signed; `None` of it, where there is nothing to be changed.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    /// What, in a few words.
    pub what: &'static str,
    make: fn(&mut VerifyInput) -> Option<()>,
}

/// What is done to a request that stays as it was signed.
pub const NOTHING: &str = "nothing";

/// Everything that is done to requests: nothing first, then what changes no meaning, then what does.
pub const CHANGES: &[Change] = &[
    Change { what: NOTHING, make: |_| Some(()) },
    Change { what: "the letter case of the scheme's name in the header", make: |input| in_header(input, "OAuth ", "oauth ") },
    Change { what: "the white space of the header", make: |input| in_header(input, ", ", " ,\t ") },
    Change { what: "a realm that was added", make: |input| in_header(input, "OAuth ", "OAuth realm=\"x\", ") },
    Change { what: "the order of the parameters", make: order },
    Change { what: "an escape in lower case", make: lower_case_escape },
    Change {
        what: "the letter case of the host",
        make: |input| {
            in_url(input, |url| {
                let end = host_end(url)?;
                let host = url.get(..end)?.to_ascii_uppercase();
                Some(format!("{host}{}", url.get(end..)?))
            })
        },
    },
    Change { what: "a fragment", make: |input| in_url(input, |url| Some(format!("{url}#f"))) },
    Change {
        what: "the method",
        make: |input| {
            input.method = if input.method.as_str() == Some("GET") { "POST" } else { "GET" }.into();
            Some(())
        },
    },
    Change {
        what: "the path",
        make: |input| {
            in_url(input, |url| {
                let end = host_end(url)?;
                Some(format!("{}/x{}", url.get(..end)?, url.get(end..)?))
            })
        },
    },
    Change {
        what: "a parameter that was added",
        make: |input| in_url(input, |url| (!url.contains('#')).then(|| format!("{url}{}x=y", if url.contains('?') { "&" } else { "?" }))),
    },
    Change {
        what: "a value of the query",
        make: |input| {
            in_url(input, |url| {
                let at = url.find('?')?;
                let equals = at + url.get(at..)?.find('=')? + 1;
                Some(format!("{}x{}", url.get(..equals)?, url.get(equals..)?))
            })
        },
    },
    Change {
        what: "the form",
        make: |input| {
            let body = input.body.as_mut()?;
            *body = format!("{}&x=y", body.as_str()?).into();
            Some(())
        },
    },
    Change { what: "the signature's first character", make: |input| in_header(input, "oauth_signature=\"", "oauth_signature=\"A") },
    Change { what: "the signature's end", make: |input| in_header(input, "%3D\"", "\"") },
    Change { what: "the nonce", make: |input| in_header(input, "oauth_nonce=\"", "oauth_nonce=\"x") },
    Change { what: "the timestamp", make: |input| in_header(input, "oauth_timestamp=\"", "oauth_timestamp=\"9") },
    Change { what: "a timestamp that is no number", make: |input| in_header(input, "oauth_timestamp=\"", "oauth_timestamp=\"-") },
    Change { what: "the client", make: |input| in_header(input, "oauth_consumer_key=\"", "oauth_consumer_key=\"x") },
    Change { what: "the token", make: |input| in_header(input, "oauth_token=\"", "oauth_token=\"x") },
    Change { what: "the signature method's name", make: |input| in_header(input, "HMAC-SHA1", "HMAC-SHA256") },
    Change { what: "another version", make: |input| in_header(input, "oauth_version=\"1.0\"", "oauth_version=\"2.0\"") },
    Change { what: "a protocol parameter twice", make: |input| in_header(input, "OAuth ", "OAuth oauth_nonce=\"n\", ") },
    Change {
        what: "protocol parameters in two places",
        make: |input| in_url(input, |url| Some(format!("{url}{}oauth_x=y", if url.contains('?') { "&" } else { "?" }))),
    },
    Change { what: "no nonce", make: |input| in_header(input, "oauth_nonce=", "oauth_nunce=") },
    Change { what: "a nonce that was seen", make: seen },
    Change {
        what: "a clock that is far ahead",
        make: |input| {
            input.now = Some(2_000_000_000);
            input.window = Some(300);
            Some(())
        },
    },
    Change {
        what: "a client that is not known",
        make: |input| {
            input.client = None;
            Some(())
        },
    },
    Change {
        what: "another client secret",
        make: |input| {
            input.client.as_mut()?.secret = Some("other".into());
            Some(())
        },
    },
    Change {
        what: "another token secret",
        make: |input| {
            input.token.as_mut()?.secret = Some("other".into());
            Some(())
        },
    },
    Change { what: "a value without quotes", make: |input| in_header(input, "\"HMAC-SHA1\"", "HMAC-SHA1") },
    Change { what: "a value in single quotes", make: |input| in_header(input, "\"HMAC-SHA1\"", "'HMAC-SHA1'") },
    Change {
        what: "a second Authorization field",
        make: |input| {
            let field = input.headers.iter().find(|(name, _)| name.as_bytes().eq_ignore_ascii_case(b"authorization"))?.clone();
            input.headers.push(field);
            Some(())
        },
    },
];

/// What is asked of a signer without scruples: the request is signed as it stands, so that nothing else is wrong with it, or nothing at all.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// What, in a few words.
    pub what: &'static str,
    make: fn(&mut SignInput) -> Option<()>,
}

/// Everything that is asked of it.
pub const WISHES: &[Wish] = &[
    Wish { what: "the version 2.0, signed", make: |input| version(input, "2.0") },
    Wish { what: "the version 1.0a, signed", make: |input| version(input, "1.0a") },
    Wish { what: "the version 1, signed", make: |input| version(input, "1") },
    Wish { what: "an empty version, signed", make: |input| version(input, "") },
    Wish { what: "no version, signed", make: |input| input.version.take().map(|_| ()) },
    Wish { what: "the timestamp 0, signed", make: |input| timestamp(input, "0") },
    Wish { what: "a timestamp that is no number, signed", make: |input| timestamp(input, "abc") },
    Wish { what: "a negative timestamp, signed", make: |input| timestamp(input, "-137131200") },
    Wish { what: "a timestamp with a fraction, signed", make: |input| timestamp(input, "137131200.5") },
    Wish { what: "an old timestamp, signed", make: |input| timestamp(input, "1000") },
    Wish { what: "a timestamp to come, signed", make: |input| timestamp(input, "9137131200") },
    Wish { what: "no timestamp, signed", make: |input| input.timestamp.take().map(|_| ()) },
    Wish { what: "no nonce, signed", make: |input| input.nonce.take().map(|_| ()) },
    Wish { what: "an empty nonce, signed", make: |input| input.nonce.as_mut().map(|nonce| *nonce = "".into()) },
    Wish {
        what: "no client identifier, signed",
        make: |input| {
            input.client.identifier = "".into();
            Some(())
        },
    },
    Wish { what: "PLAINTEXT", make: plaintext },
    Wish {
        what: "PLAINTEXT without timestamp and nonce",
        make: |input| {
            (input.timestamp, input.nonce) = (None, None);
            plaintext(input)
        },
    },
    Wish {
        what: "PLAINTEXT over http",
        make: |input| {
            let rest = input.url.as_str()?.strip_prefix("http://").is_some();
            input.signature_method = "PLAINTEXT".into();
            rest.then_some(())
        },
    },
    Wish { what: "a protocol parameter twice, signed", make: |input| extra(input, "oauth_nonce", "other") },
    Wish { what: "an unknown protocol parameter, signed", make: |input| extra(input, "oauth_x", "y z") },
    Wish {
        what: "a right body hash",
        make: |input| {
            let method = SignatureMethod::from_name(input.signature_method.as_bytes()).ok()?;
            input.body_hash = Some(body_hash(method, input.body.as_ref().map(Text::as_bytes)).as_str().into());
            Some(())
        },
    },
    Wish {
        what: "a wrong body hash",
        make: |input| {
            input.body_hash = Some("AAAAAAAAAAAAAAAAAAAAAAAAAAA=".into());
            Some(())
        },
    },
];

fn version(input: &mut SignInput, version: &str) -> Option<()> {
    input.version = Some(version.into());
    Some(())
}

fn timestamp(input: &mut SignInput, timestamp: &str) -> Option<()> {
    input.timestamp = Some(timestamp.into());
    Some(())
}

fn extra(input: &mut SignInput, name: &str, value: &str) -> Option<()> {
    input.extra.push((name.into(), value.into()));
    Some(())
}

fn plaintext(input: &mut SignInput) -> Option<()> {
    let rest = input.url.as_str()?.split_once("://")?.1;
    input.url = format!("https://{rest}").into();
    input.signature_method = "PLAINTEXT".into();
    Some(())
}

/// A signer that signs whatever it is asked to.
#[must_use]
pub fn without_scruples() -> Reference {
    const CARELESS: [&str; 6] = [
        "signer.version-unchecked",
        "signer.timestamp-unchecked",
        "signer.presence-unchecked",
        "signer.client-unchecked",
        "signer.names-unchecked",
        "signer.body-hash-with-form",
    ];
    let causes: Vec<Cause> = CARELESS.iter().filter_map(|id| Cause::parse(id).ok()).collect();
    Reference::conducting(Conduct::of(&causes))
}

/// What is done to a request, before or after it is signed.
#[derive(Clone, Copy, Debug)]
pub enum Doing {
    /// Before.
    Wished(&'static Wish),
    /// After.
    Changed(&'static Change),
}

impl Doing {
    /// It stays as it was signed.
    pub const NOTHING: Doing = Doing::Changed(&Change { what: NOTHING, make: |_| Some(()) });

    /// One of everything that can be done.
    #[must_use]
    pub fn of(numbers: &mut Numbers) -> Option<Doing> {
        let number = numbers.below(CHANGES.len() + WISHES.len());
        match number.checked_sub(CHANGES.len()) {
            None => CHANGES.get(number).map(Doing::Changed),
            Some(number) => WISHES.get(number).map(Doing::Wished),
        }
    }

    /// What, in a few words.
    #[must_use]
    pub const fn what(&self) -> &'static str {
        match self {
            Doing::Wished(wish) => wish.what,
            Doing::Changed(change) => change.what,
        }
    }

    /// The request that a server receives; `None` where nothing comes of it. The server's clock is that of whoever signs as it should.
    #[must_use]
    pub fn received(&self, input: &SignInput, signer: &mut Reference) -> Option<VerifyInput> {
        let now = input.timestamp.as_ref()?.as_str()?.parse().ok()?;
        match self {
            Doing::Wished(wish) => {
                let mut wished = input.clone();
                (wish.make)(&mut wished)?;
                received(&wished, now, signer)
            }
            Doing::Changed(change) => {
                let mut received = received(input, now, signer)?;
                (change.make)(&mut received)?;
                Some(received)
            }
        }
    }
}

/// Of a signature only the request is wanted that is sent with it.
const SENT: Wanted = Wanted { transmission: true, stages: false };

/// The request as it is received, signed; `None` where it cannot be signed.
fn received(input: &SignInput, now: i64, signer: &mut Reference) -> Option<VerifyInput> {
    let Observation::Answered(output) = signer.sign_for(input, SENT) else { return None };
    let Output { authorization, url, body, .. } = *output;
    let mut headers = input.headers.clone();
    let has_type = headers.iter().any(|(name, _)| name.as_bytes().eq_ignore_ascii_case(b"content-type"));
    if input.transmission == Transmission::Body && !has_type {
        headers.push(("Content-Type".into(), "application/x-www-form-urlencoded".into()));
    }
    headers.extend(authorization.map(|value| (Text::from("Authorization"), value)));
    Some(VerifyInput {
        method: input.method.clone(),
        url: url.unwrap_or_else(|| input.url.clone()),
        headers,
        body: body.or_else(|| input.body.clone()),
        client: Some(ServerClient { identifier: input.client.identifier.clone(), secret: input.client.secret.clone(), public_key: None }),
        token: input.token.clone().filter(|token| !token.identifier.as_bytes().is_empty()),
        now: Some(now),
        window: Some(300),
        ..VerifyInput::default()
    })
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

fn order(input: &mut VerifyInput) -> Option<()> {
    let (_, value) = input.headers.iter_mut().find(|(name, _)| name.as_bytes().eq_ignore_ascii_case(b"authorization"))?;
    let mut parameters: Vec<&str> = value.as_str()?.strip_prefix("OAuth ")?.split(", ").collect();
    parameters.reverse();
    let changed = format!("OAuth {}", parameters.join(", "));
    *value = changed.into();
    Some(())
}

fn lower_case_escape(input: &mut VerifyInput) -> Option<()> {
    in_header(input, "%3D", "%3d").or_else(|| in_header(input, "%2B", "%2b")).or_else(|| in_header(input, "%2F", "%2f"))
}

fn seen(input: &mut VerifyInput) -> Option<()> {
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
