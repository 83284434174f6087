//! Attacks on signature, freshness and what is covered (`AV-S…`): each is signed with the real key, so that only the named defect can be
//! the reason for a refusal.

use super::equivalents::replace;
use super::ground::Ground;
use super::{set, step};
use crate::implementation::live::Outgoing;
use crate::probe::draft::{Sent, authorization};
use crate::probe::step::{Edit, Level, Step, Wanted};
use crate::profile::document::{EndpointName, Place};
use crate::profile::kinds::{Check, Direction};
use crate::protocol::{Code, Secret, SignatureMethod};

/// How often a request is sent at the same time.
const AT_ONCE: usize = 8;

/// Every attack on an endpoint.
pub(in crate::probe) fn of(ground: &Ground<'_>, steps: &mut Vec<Step>) {
    let from = steps.len();
    signature(ground, steps);
    coverage(ground, steps);
    replays(ground, steps);
    timestamps(ground, steps);
    methods(ground, steps);
    elsewhere(ground, steps);
    for step in steps.iter_mut().skip(from) {
        step.level = Level::Attacks;
    }
}

fn signature(ground: &Ground<'_>, steps: &mut Vec<Step>) {
    let name = ground.name();
    let mut add = |id: &str, title: &str, attack: &str, edit: Edit| {
        let row = step(name, id, title).edit(edit).refused(Code::SignatureInvalid);
        steps.push(row.by(attack));
    };
    let is_hmac = !ground.target.signature_method.is_rsa() && ground.target.signature_method != SignatureMethod::Plaintext;
    if is_hmac {
        add("signature-alias", "the signature is written with unused bits of base64 set", "AV-S03", Edit::Between(alias));
        let empty = |draft: &mut crate::probe::draft::Draft| {
            (draft.client_secret, draft.token_secret) = (Secret::default(), Secret::default());
        };
        add("signature-empty-key", "it is signed with the key &", "AV-S32", Edit::Before(empty));
        add(
            "signature-client-empty",
            "it is signed with an empty client secret",
            "AV-S32",
            Edit::Before(|draft| draft.client_secret = Secret::default()),
        );
    }
    add(
        "signature-short",
        "the signature is cut short",
        "AV-S01",
        Edit::Between(|sent| {
            let half = sent.value("oauth_signature").map(|value| value.get(..value.len() / 2).unwrap_or_default().to_vec());
            sent.set("oauth_signature", &half.unwrap_or_default());
        }),
    );
    add("signature-not-ascii", "the signature is é", "AV-S05", Edit::Between(|sent| sent.set("oauth_signature", "é".as_bytes())));
    add("signature-nul", "the signature holds NUL", "AV-S05", Edit::Between(|sent| sent.set("oauth_signature", b"AAAA\0AAAA")));
    add("signature-long", "the signature has 4096 characters", "AV-S05", Edit::Between(|sent| sent.set("oauth_signature", &[b'A'; 4096])));
    let row = step(name, "client-unknown-empty-key", "nobody has this oauth_consumer_key, and it is signed with the key &");
    let row = row.edit(set("oauth_consumer_key", super::ground::NOBODY)).edit(Edit::Before(|draft| {
        (draft.client_secret, draft.token_secret) = (Secret::default(), Secret::default());
    }));
    steps.push(row.refused(Code::ClientUnknown).by("AV-S33"));
}

/// The same octets in base64 with another last character, if there are unused bits.
fn alias(sent: &mut Sent) {
    let Some(mut signature) = sent.value("oauth_signature").map(<[u8]>::to_vec) else { return };
    if let Some(at) = signature.iter().rposition(|octet| *octet != b'=')
        && let Some(octet) = signature.get_mut(at)
    {
        // The lowest bit of the last character before the padding is not used.
        *octet = match *octet {
            b'Z' => b'a',
            b'z' => b'0',
            b'9' => b'+',
            other => other.saturating_add(1),
        };
    }
    sent.set("oauth_signature", &signature);
}

/// What the signature must cover.
fn coverage(ground: &Ground<'_>, steps: &mut Vec<Step>) {
    let name = ground.name();
    let mut add = |id: &str, title: &str, attack: &str, edits: Vec<Edit>| {
        steps.push(step(name, id, title).edits(edits).refused(Code::SignatureInvalid).by(attack).section("3.4.1"));
    };
    add(
        "query-added",
        "a parameter was added to the query after signing",
        "AV-S02",
        vec![Edit::After(|outgoing| query(outgoing, "countersign=1"))],
    );
    add("query-realm", "?realm=evil was added after signing", "AV-S20", vec![Edit::After(|outgoing| query(outgoing, "realm=evil"))]);
    if name == EndpointName::Resource {
        let changed = |outgoing: &mut Outgoing| outgoing.url = outgoing.url.replace("countersign=1", "countersign=2");
        add(
            "query-changed",
            "a value in the query was changed after signing",
            "AV-S02",
            vec![Edit::Query("countersign=1"), Edit::After(changed)],
        );
        let removed = |outgoing: &mut Outgoing| outgoing.url = outgoing.url.replace("&countersign=1", "").replace("?countersign=1", "");
        add(
            "query-removed",
            "a parameter was removed from the query after signing",
            "AV-S02",
            vec![Edit::Query("countersign=1"), Edit::After(removed)],
        );
        let swapped = |outgoing: &mut Outgoing| outgoing.url = outgoing.url.replace("countersign=other", "other=countersign");
        add(
            "query-swapped",
            "name and value in the query changed places after signing",
            "AV-S02",
            vec![Edit::Query("countersign=other"), Edit::After(swapped)],
        );
    }
    if ground.target.place == Place::Header {
        let unsigned = |outgoing: &mut Outgoing| replace(outgoing, "oauth_consumer_key=", "oauth_nonce=\"unsigned\", oauth_consumer_key=");
        let row =
            step(name, "header-unsigned-second", "an unsigned second oauth_nonce stands before the signed one").edit(Edit::After(unsigned));
        steps.push(row.refused(Code::ParameterDuplicated).by("AV-S18").section("3.1"));
        let both = |outgoing: &mut Outgoing| {
            let Some(header) = authorization(outgoing) else { return };
            let text = String::from_utf8_lossy(header).replace("OAuth ", "");
            let pairs: Vec<String> = text.split(", ").filter(|part| !part.starts_with("realm")).map(|part| part.replace('"', "")).collect();
            query(outgoing, &pairs.join("&"));
        };
        let row = step(name, "places-both", "all protocol parameters stand in the header and in the query").edit(Edit::After(both));
        steps.push(row.refused(Code::ParameterScattered).by("AV-S19").section("3.5"));
    }
    if ground.target.method == "POST" && ground.target.place == Place::Header {
        let form = Edit::Before(|draft| draft.form = Some("countersign=1".to_owned()));
        let changed = Edit::After(|outgoing| outgoing.body = Some(b"countersign=2".to_vec()));
        let moved = Edit::After(|outgoing| {
            outgoing.body = Some(Vec::new());
            query(outgoing, "countersign=2");
        });
        for (id, title, edit) in [
            ("form-changed", "a value in the form was changed after signing", changed),
            ("form-moved", "a parameter was moved from the form to the query after signing, and changed", moved),
        ] {
            steps.push(
                step(name, id, title).edit(form.clone()).edit(edit).refused(Code::SignatureInvalid).by("AV-S21").section("3.4.1.3.1"),
            );
        }
    }
}

/// Adds to the query of what goes out.
fn query(outgoing: &mut Outgoing, pairs: &str) {
    let separator = if outgoing.url.contains('?') { "&" } else { "?" };
    outgoing.url = format!("{}{separator}{pairs}", outgoing.url);
}

/// The same request again in another writing.
fn replays(ground: &Ground<'_>, steps: &mut Vec<Step>) {
    let name = ground.name();
    let can =
        matches!(name, EndpointName::RequestToken | EndpointName::Resource) && ground.target.signature_method != SignatureMethod::Plaintext;
    if !can {
        return;
    }
    let rule = ground.rule(|check| matches!(check, Check::NonceFresh { .. }));
    // At somebody's live service that would be a burst of requests.
    if ground.means.is_loopback {
        let row = step(name, "oauth_nonce-at-once", "the very same request several times at the same time").after([]).at_once(AT_ONCE);
        steps.push(row.refused(Code::NonceUsed).by(&rule).by("AV-S10").section("3.3"));
    }
    let mut add = |id: &str, title: &str, attack: &str, edit: Edit| {
        steps.push(step(name, id, title).after([]).edit(edit).refused(Code::NonceUsed).by(&rule).by(attack).section("3.3"));
    };
    add(
        "replay-order",
        "the same request again, its parameters in another order",
        "AV-S09",
        Edit::Between(|sent| sent.parameters.reverse()),
    );
    if ground.target.place == Place::Header {
        let encoded = |outgoing: &mut Outgoing| {
            let Some(header) = authorization(outgoing) else { return };
            let text = String::from_utf8_lossy(header).into_owned();
            let Some((before, after)) = text.split_once("oauth_nonce=\"") else { return };
            let Some(first) = after.bytes().next() else { return };
            let rest = after.get(1..).unwrap_or_default();
            *header = format!("{before}oauth_nonce=\"%{first:02X}{rest}").into_bytes();
        };
        add("replay-encoded", "the same request again, the first letter of its nonce percent-encoded", "AV-S08", Edit::After(encoded));
        add(
            "replay-case",
            "the same request again, the scheme written oAUTH",
            "AV-S09",
            Edit::After(|outgoing| replace(outgoing, "OAuth ", "oAUTH ")),
        );
        add(
            "replay-blanks",
            "the same request again, with other blanks",
            "AV-S09",
            Edit::After(|outgoing| replace(outgoing, "\", ", "\" ,\t")),
        );
    }
    let moves = ground.profile.endpoints.get(&name).is_some_and(|endpoint| endpoint.places.contains(&Place::Query));
    if ground.target.place == Place::Header && moves {
        add(
            "replay-moved",
            "the same request again, its parameters in the query",
            "AV-S09",
            Edit::Between(|sent| sent.place = Place::Query),
        );
    }
    let row = step(name, "nonce-next-second", "the same nonce with the next timestamp").after([]).edit(Edit::Later(1));
    steps.push(row.wants(Wanted::Either).by("AV-S11").section("3.3").open());
}

fn timestamps(ground: &Ground<'_>, steps: &mut Vec<Step>) {
    if ground.target.signature_method == SignatureMethod::Plaintext {
        return;
    }
    let name = ground.name();
    let rule = ground.rule(|check| matches!(check, Check::ParameterValue { name, .. } if name == "oauth_timestamp"));
    for (id, value) in [
        ("negative", "-1"),
        ("exponent", "1e9"),
        ("underscore", "1_700_000_000"),
        ("full-width", "１７０００００００"),
        ("hexadecimal", "0x6553f100"),
        ("fraction", "1700000000.5"),
    ] {
        let row = step(name, &format!("oauth_timestamp-{id}"), format!("oauth_timestamp is {value}")).edit(set("oauth_timestamp", value));
        steps.push(row.refused(Code::TimestampRefused).by(&rule).by("AV-S15").section("3.3"));
    }
    let digits = "9".repeat(40);
    let row = step(name, "oauth_timestamp-digits", "oauth_timestamp has forty digits").edit(set("oauth_timestamp", digits));
    steps.push(row.wants(Wanted::NoServerError).by("AV-S15").section("3.3"));
    for (id, seconds, title) in [("hour", -3_600, "an hour old"), ("day", -86_400, "a day old")] {
        let row = step(name, &format!("oauth_timestamp-{id}"), format!("oauth_timestamp is {title}")).edit(Edit::Later(seconds));
        steps.push(row.wants(Wanted::Either).by("AV-S13").section("3.3").open());
    }
    for (id, value, title) in [("1970", "1", "of 1970"), ("5138", "99999999999", "of the year 5138")] {
        let row = step(name, &format!("oauth_timestamp-{id}"), format!("oauth_timestamp is {title}")).edit(set("oauth_timestamp", value));
        let row = row.by(if id == "5138" { "AV-S14" } else { "AV-S13" }).section("3.3");
        let only_past = ground.documents(|check| matches!(check, Check::TimestampWithin { only: Some(Direction::Past), .. }));
        steps.push(if id == "5138" && !only_past {
            row.refused(Code::TimestampRefused).should()
        } else {
            row.wants(Wanted::Either).open()
        });
    }
}

/// Versions and signature methods that are none.
fn methods(ground: &Ground<'_>, steps: &mut Vec<Step>) {
    let name = ground.name();
    for (id, value) in [("1.0a", "1.0a"), ("one", "1"), ("empty", "")] {
        let row = step(name, &format!("oauth_version-{id}"), format!("oauth_version is \"{value}\"")).edit(set("oauth_version", value));
        // An empty value may pass for none.
        let row = row.by("AV-S16").refused(Code::VersionRejected);
        steps.push(if id == "empty" { row.wants(Wanted::Either).open() } else { row });
    }
    let rule = ground.rule(|check| matches!(check, Check::SignatureMethod { .. }));
    for (id, value) in [("none", "none"), ("empty", "")] {
        let row = step(name, &format!("signature_method-{id}"), format!("oauth_signature_method is \"{value}\""));
        let row = row.edit(Edit::SignatureMethod(value.to_owned()));
        let code = if value.is_empty() { Code::ParameterAbsent } else { Code::SignatureMethodRejected };
        steps.push(row.refused(code).by(&rule).by("AV-S30"));
    }
    let unsigned = step(name, "signature_method-none-empty", "oauth_signature_method is \"none\" and the signature is empty");
    let unsigned = unsigned.edit(Edit::SignatureMethod("none".to_owned())).edit(Edit::Between(|sent| sent.set("oauth_signature", b"")));
    steps.push(unsigned.refused(Code::SignatureMethodRejected).by(&rule).by("AV-S30"));
    let lower = ground.target.signature_method.as_str().to_ascii_lowercase();
    let row = step(name, "signature_method-lower-case", format!("oauth_signature_method is {lower}"));
    steps.push(row.edit(set("oauth_signature_method", lower)).refused(Code::SignatureMethodRejected).by(rule).by("AV-S30").should());
}

/// Signed for another method, scheme, host or path.
fn elsewhere(ground: &Ground<'_>, steps: &mut Vec<Step>) {
    let name = ground.name();
    if ground.target.signature_method == SignatureMethod::Plaintext {
        // Its signature does not depend on the request.
        return;
    }
    let mut add = |id: &str, title: &str, attack: &str, edits: Vec<Edit>| {
        steps.push(step(name, id, title).edits(edits).refused(Code::SignatureInvalid).by(attack).section("3.4.1.2"));
    };
    let endpoint = ground.profile.endpoints.get(&name);
    let takes =
        |method: &str| endpoint.is_some_and(|endpoint| endpoint.methods.is_empty() || endpoint.methods.iter().any(|known| known == method));
    if ground.target.place == Place::Header {
        if takes("POST") && ground.target.method == "GET" && ground.means.is_loopback {
            add(
                "method-signed-get",
                "it was signed for GET and comes with POST",
                "AV-S25",
                vec![Edit::After(|outgoing| "POST".clone_into(&mut outgoing.method))],
            );
        } else if takes("GET") && ground.target.method != "GET" {
            add(
                "method-signed-other",
                "it was signed for another method and comes with GET",
                "AV-S25",
                vec![Edit::After(|outgoing| "GET".clone_into(&mut outgoing.method))],
            );
        }
        let scheme = Edit::Before(|draft| draft.url = other_scheme(&draft.url));
        let back = Edit::Between(|sent| sent.url = other_scheme(&sent.url));
        add("scheme-signed-other", "it was signed for the other scheme", "AV-S26", vec![scheme.clone(), back.clone()]);
        let forged = Edit::After(|outgoing| {
            let other = if outgoing.url.starts_with("https") { "http" } else { "https" };
            outgoing.headers.push(("X-Forwarded-Proto".to_owned(), other.as_bytes().to_vec()));
        });
        add("scheme-forwarded", "it was signed for the other scheme, and X-Forwarded-Proto says so", "AV-S26", vec![scheme, back, forged]);
    }
}

fn other_scheme(url: &str) -> String {
    match url.strip_prefix("https://") {
        Some(rest) => format!("http://{rest}"),
        None => format!("https://{}", url.strip_prefix("http://").unwrap_or(url)),
    }
}
