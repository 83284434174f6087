//! Other secrets than those that were given (RFC 5849 section 3.4.2).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::{Deviation, Rank, Stage};
use crate::protocol::recipe::TakeSecrets;
use crate::protocol::{Buffer, Parameters, Request, Secrets, form_decode, percent_decode};

macro_rules! secrets {
    ($($id:literal $sentence:literal, $fix:literal, $rank:ident $seen:expr, $take:expr;)*) => {
        &[$(Deviation {
            id: $id,
            stage: Stage::Secret,
            section: "3.4.2",
            sentence: $sentence,
            fix: $fix,
            seen: &$seen,
            rank: Rank::$rank,
            apply: |practice| practice.recipe.secrets = {
                const TAKE: TakeSecrets = $take;
                Some(TAKE)
            },
        },)*]
    };
}

pub(super) const TABLE: &[Deviation] = secrets![
    "secret.token-secret-left-out" "the token's secret is left out of the key",
        "put the token's secret behind the &: for the token request, the secret of the temporary credentials",
        Common [
            "https://github.com/meteor/meteor/issues/1167",
            "https://github.com/yiisoft/yii2-authclient/issues/41",
            "https://github.com/scribejava/scribejava/issues/634",
            "https://github.com/mountain-loop/yaak/issues/611",
        ],
        |secrets, _, client, _| client.append(secrets.client());
    "secret.client-secret-left-out" "the client's secret is left out of the key",
        "put the client's secret before the &", Plausible [],
        |secrets, _, _, token| token.append(secrets.token());
    "secret.swapped" "the two secrets are swapped",
        "the client's secret stands before the &, and the token's behind it", Plausible [],
        |secrets, _, client, token| { client.append(secrets.token()); token.append(secrets.client()); };
    "secret.token-for-its-secret" "the token is taken for its secret",
        "sign with oauth_token_secret; oauth_token is its identifier", Plausible [],
        |secrets, request, client, token| { client.append(secrets.client()); identifier(request, "oauth_token", token); };
    "secret.client-key-for-its-secret" "the client's key is taken for its secret",
        "sign with the consumer secret; oauth_consumer_key is its identifier", Plausible [],
        |secrets, request, client, token| { identifier(request, "oauth_consumer_key", client); token.append(secrets.token()); };
    "secret.identifiers" "client key and token are taken for their secrets",
        "sign with the two secrets; oauth_consumer_key and oauth_token are their identifiers", Plausible [],
        |_, request, client, token| { identifier(request, "oauth_consumer_key", client); identifier(request, "oauth_token", token); };
    "secret.client-secret-twice" "the client's secret stands on both sides of the &",
        "put the token's secret behind the &, or nothing if there is no token", Plausible [],
        |secrets, _, client, token| { client.append(secrets.client()); token.append(secrets.client()); };
    "secret.undefined" "a missing token secret becomes the word undefined, as in JavaScript",
        "put nothing behind the & if there is no token secret", Plausible [],
        |secrets, _, client, token| or_word(secrets, b"undefined", client, token);
    "secret.null" "a missing token secret becomes the word null, as in Java and JavaScript",
        "put nothing behind the & if there is no token secret", Plausible [],
        |secrets, _, client, token| or_word(secrets, b"null", client, token);
    "secret.none" "a missing token secret becomes the word None, as in Python",
        "put nothing behind the & if there is no token secret", Plausible [],
        |secrets, _, client, token| or_word(secrets, b"None", client, token);
    "secret.line-end" "a line end stands behind the client's secret, as in a file from which it was read",
        "take the line end off what is read from a file or a prompt", Plausible [],
        |secrets, _, client, token| { client.append(secrets.client()); client.push(b'\n'); token.append(secrets.token()); };
    "secret.token-secret-line-end" "a line end stands behind the token's secret, as in an answer or a file from which it was read",
        "take the line end off what is read from an answer or a file", Plausible [],
        |secrets, _, client, token| { client.append(secrets.client()); token.append(secrets.token()); token.push(b'\n'); };
    "secret.line-ends" "a line end stands behind both secrets, as in the files from which they were read",
        "take the line end off what is read from a file", Plausible [],
        |secrets, _, client, token| each(secrets, client, token, |secret, out| { out.append(secret); out.push(b'\n'); });
    "secret.quoted" "the secrets stand in double quotes, as in the file from which they were read",
        "take the quotes off what is read from a file", Plausible [],
        |secrets, _, client, token| each(secrets, client, token, |secret, out| { out.push(b'"'); out.append(secret); out.push(b'"'); });
    "secret.trimmed" "white space around the secrets is dropped",
        "take the secrets as they were issued", Plausible [],
        |secrets, _, client, token| each(secrets, client, token, |secret, out| out.append(secret.trim_ascii()));
    "secret.percent-decoded" "the secrets are percent-decoded before they are used",
        "take the secrets as they were issued; only an answer's body is decoded, once", Plausible [],
        |secrets, _, client, token| each(secrets, client, token, |secret, out| {
            let start = out.len();
            if percent_decode(secret, out).is_err() {
                out.truncate(start);
                out.append(secret);
            }
        });
    "secret.form-decoded" "the secrets are decoded like form values before they are used, a + as a space",
        "take the secrets as they were issued; only an answer's body is decoded, once", Plausible [],
        |secrets, _, client, token| each(secrets, client, token, |secret, out| form_decode(secret, out));
    "secret.base64-decoded" "the secrets are taken for base64 and decoded",
        "take the secrets as they were issued, also where they look like base64", Plausible [],
        |secrets, _, client, token| each(secrets, client, token, base64_decoded);
    "secret.hex-decoded" "the secrets are taken for hexadecimal digits and decoded",
        "take the secrets as they were issued, also where they look like hexadecimal digits", Plausible [],
        |secrets, _, client, token| each(secrets, client, token, hex_decoded);
];

fn each(secrets: &Secrets<'_>, client: &mut Buffer, token: &mut Buffer, change: fn(&[u8], &mut Buffer)) {
    change(secrets.client(), client);
    // What is not there is not read from anywhere.
    if !secrets.token().is_empty() {
        change(secrets.token(), token);
    }
}

fn or_word(secrets: &Secrets<'_>, word: &[u8], client: &mut Buffer, token: &mut Buffer) {
    client.append(secrets.client());
    token.append(if secrets.token().is_empty() { word } else { secrets.token() });
}

/// A protocol parameter, wherever in the request it stands.
fn identifier(request: &Request<'_>, name: &str, out: &mut Buffer) {
    let mut all = Parameters::new();
    if request.gather(&mut all).is_ok() {
        out.append(all.first(name).unwrap_or_default());
    }
}

/// What is no base64 stays as it is.
fn base64_decoded(secret: &[u8], out: &mut Buffer) {
    let unpadded = secret.strip_suffix(b"==").or_else(|| secret.strip_suffix(b"=")).unwrap_or(secret);
    match STANDARD_NO_PAD.decode(unpadded) {
        Ok(octets) => out.append(&octets),
        Err(_) => out.append(secret),
    }
}

/// What is no even number of hexadecimal digits stays as it is.
fn hex_decoded(secret: &[u8], out: &mut Buffer) {
    let digit = |octet: &u8| char::from(*octet).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let octets: Option<Vec<u8>> = secret
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => Some(digit(high)? << 4 | digit(low)?),
            _ => None,
        })
        .collect();
    out.append(octets.as_deref().unwrap_or(secret));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deviation::{Practice, find};
    use crate::protocol::Url;

    fn taken(id: &str, client: &[u8], token: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let mut practice = Practice::RFC5849;
        (find(id).unwrap().apply)(&mut practice);
        let protocol = Parameters::of_header([(&b"oauth_consumer_key"[..], &b"ck"[..])]);
        let url = Url::parse(b"http://h/?oauth_token=t%20k").unwrap();
        let request = Request { method: b"GET", url, headers: &[], body: None, protocol: &protocol, realm: None };
        let (mut taken_client, mut taken_token) = (Buffer::default(), Buffer::default());
        practice.recipe.secrets.unwrap()(&Secrets::new(client, token), &request, &mut taken_client, &mut taken_token);
        (taken_client.to_vec(), taken_token.to_vec())
    }

    #[test]
    fn secrets_are_taken_as_the_sentence_says() {
        for (id, (client, token), (taken_client, taken_token)) in [
            ("secret.identifiers", ("a", "b"), ("ck", "t k")),
            ("secret.undefined", ("a", ""), ("a", "undefined")),
            ("secret.null", ("a", "b"), ("a", "b")),
            ("secret.line-ends", ("a", ""), ("a\n", "")),
            ("secret.percent-decoded", ("a%2Bb", "%zz"), ("a+b", "%zz")),
            ("secret.form-decoded", ("a+b", "%zz"), ("a b", "%zz")),
            ("secret.base64-decoded", ("YWI=", "-"), ("ab", "-")),
            ("secret.hex-decoded", ("6162", "616"), ("ab", "616")),
        ] {
            let expected = (taken_client.as_bytes().to_vec(), taken_token.as_bytes().to_vec());
            assert_eq!(taken(id, client.as_bytes(), token.as_bytes()), expected, "{id}");
        }
    }
}
