//! Signers that sign what they must refuse (RFC 5849 sections 3.1, 3.3 and 3.5): one check is not made. What they derive is in the rooms of
//! signing.

use super::Deviation;
use super::rows::departures;
use crate::protocol::Url;
use crate::protocol::admission::Admission;

pub(super) const TABLE: &[Deviation] = departures![
    "signer.scheme-unchecked" AdmitUrl "3.4.1.2", "a URL whose scheme is neither http nor https is signed",
        "refuse URLs of other schemes: there is no base string URI for them", Plausible [],
        |practice| practice.admission.url = |text| Url::parse_with_any_scheme(text);
    "signer.port-unchecked" AdmitUrl "3.4.1.2", "a URL is signed whose port is no number",
        "refuse URLs whose port is no number up to 65535", Seen [
            "https://central.sonatype.com/artifact/oauth.signpost/signpost-core/1.2.1.2",
            "https://pypi.org/project/Authlib/1.9.9/",
        ],
        |practice| practice.admission.url = |text| Url::parse(text).or_else(|fault| {
            let any = Url::of_any_text(text);
            if is_web(&any) && !any.authority.is_empty() { Ok(any) } else { Err(fault) }
        });
    "signer.authority-unchecked" AdmitUrl "3.4.1.2", "a URL is signed that has no host, or something that is none",
        "refuse URLs without a host", Seen ["https://pypi.org/project/oauth2/1.9.0.post1/"],
        |practice| practice.admission.url = |text| Url::parse(text).or_else(|fault| {
            let any = Url::of_any_text(text);
            if is_web(&any) { Ok(any) } else { Err(fault) }
        });
    "signer.url-unchecked" AdmitUrl "3.4.1.2", "what is no absolute URL of http or https is signed",
        "refuse URLs without scheme or host, and those of other schemes: there is no base string URI for them", Common [
            "https://www.npmjs.com/package/oauth-1.0a/v/2.2.6",
            "https://metacpan.org/release/KGRENNAN/Net-OAuth-0.28",
            "https://metacpan.org/dist/WWW-OAuth",
            "https://www.npmjs.com/package/oauth/v/0.10.2",
        ],
        |practice| practice.admission.url = |text| Ok(Url::of_any_text(text));
    "signer.version-unchecked" AdmitVersion "3.1", "a request is signed whatever its oauth_version",
        "refuse to sign with an oauth_version other than 1.0, or leave it out", Common ["https://www.npmjs.com/package/oauth/v/0.10.2", "https://metacpan.org/dist/WWW-OAuth", "https://rubygems.org/gems/simple_oauth/versions/0.3.1"],
        |practice| practice.admission.version = |_| Ok(());
    "signer.version-empty-accepted" AdmitVersion "3.1", "a request is signed with an empty oauth_version",
        "refuse an empty oauth_version, or leave it out", Plausible [],
        |practice| practice.admission.version = |asked| if asked.version == Some(b"") { Ok(()) } else { (Admission::RFC5849.version)(asked) };
    "signer.version-refused-only-if-empty" AdmitVersion "3.1", "a request is signed with any oauth_version that is not empty",
        "refuse to sign with an oauth_version other than 1.0, or leave it out", Seen ["https://pecl.php.net/package/oauth/2.0.7"],
        |practice| practice.admission.version = |asked| if asked.version == Some(b"") { (Admission::RFC5849.version)(asked) } else { Ok(()) };
    "signer.timestamp-refused-only-if-empty" AdmitTimestamp "3.3", "a request is signed with any timestamp that is not empty, whether it is a positive integer or not",
        "take the timestamp from the clock, in seconds, or refuse what is no positive integer", Seen ["https://pecl.php.net/package/oauth/2.0.7"],
        |practice| practice.admission.timestamp = |asked| if asked.timestamp == Some(b"") { (Admission::RFC5849.timestamp)(asked) } else { Ok(()) };
    "signer.timestamp-unchecked" AdmitTimestamp "3.3", "a request is signed with a timestamp that is no positive integer",
        "take the timestamp from the clock, in seconds, or refuse what is no positive integer", Common ["https://pypi.org/project/oauthlib/4.0.1/", "https://rubygems.org/gems/oauth/versions/0.5.4", "https://www.npmjs.com/package/oauth/v/0.10.2"],
        |practice| practice.admission.timestamp = |_| Ok(());
    "signer.presence-unchecked" AdmitPresence "3.1", "a request is signed without a timestamp or without a nonce, or with an empty nonce",
        "make timestamp and nonce where the caller gives none, or refuse to sign", Plausible [],
        |practice| practice.admission.presence = |_| Ok(());
    "signer.client-unchecked" AdmitClient "3.1", "a request is signed for an empty client identifier",
        "refuse to sign without client credentials", Plausible [],
        |practice| practice.admission.client = |_| Ok(());
    "signer.realm-line-breaks-refused-only" AdmitRealm "3.5.1", "of the control characters only line breaks are refused in a realm",
        "refuse all control characters in the realm", Seen ["https://rubygems.org/gems/oauth/versions/0.5.4"],
        |practice| {
            practice.admission.realm = |realm| if realm.iter().any(|octet| matches!(octet, b'\r' | b'\n')) { (Admission::RFC5849.realm)(realm) } else { Ok(()) };
            practice.sending.realm_check = |_| Ok(());
        };
    "signer.realm-unchecked" AdmitRealm "3.5.1", "a realm with a line break or another control character is written into the Authorization header",
        "refuse control characters in the realm: they end the header field, and what follows is another one", Common ["https://pypi.org/project/oauthlib/4.0.1/", "https://metacpan.org/release/KGRENNAN/Net-OAuth-0.28", "https://metacpan.org/dist/WWW-OAuth"],
        |practice| {
            practice.admission.realm = |_| Ok(());
            practice.sending.realm_check = |_| Ok(());
        };
    "signer.names-unchecked" AdmitNames "3.1", "a request is signed in which a protocol parameter stands more than once",
        "refuse further protocol parameters whose names stand there already", Common ["https://central.sonatype.com/artifact/oauth.signpost/signpost-core/1.2.1.2", "https://packages.debian.org/bookworm/liboauth-dev"],
        |practice| practice.admission.names = |_| Ok(());
    "signer.body-unchecked" AdmitBody "3.5.2", "protocol parameters are written into a body that is not form-encoded",
        "refuse to send protocol parameters in a body of another kind, or send them in the header", Seen ["https://rubygems.org/gems/oauth/versions/0.5.4"],
        |practice| practice.admission.body = |_| Ok(());
    "signer.body-hash-with-form" AdmitBodyHash "body hash 4.1.1", "a request with a form-encoded body is signed although oauth_body_hash is asked for with it",
        "leave oauth_body_hash out of requests with a form: the signature covers the form already", Common ["https://metacpan.org/dist/WWW-OAuth", "https://packages.debian.org/bookworm/liboauth-dev"],
        |practice| practice.admission.body_hash = |_, _| Ok(());
];

/// Whether the scheme is http or https.
fn is_web(url: &Url<'_>) -> bool {
    url.is_https() || url.scheme.eq_ignore_ascii_case(b"http")
}
