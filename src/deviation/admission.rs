//! Signers that sign what they must refuse (RFC 5849 sections 3.1, 3.3 and 3.5): one check is not made. What they derive is in the rooms of
//! signing.

use super::Deviation;
use super::rows::departures;
use crate::protocol::Url;

pub(super) const TABLE: &[Deviation] = departures![
    "signer.scheme-unchecked" AdmitUrl "3.4.1.2", "a URL whose scheme is neither http nor https is signed",
        "refuse URLs of other schemes: there is no base string URI for them", Plausible [],
        |practice| practice.admission.url = |text| Url::parse_with_any_scheme(text);
    "signer.version-unchecked" AdmitVersion "3.1", "a request is signed whatever its oauth_version",
        "refuse to sign with an oauth_version other than 1.0, or leave it out", Plausible [],
        |practice| practice.admission.version = |_| Ok(());
    "signer.timestamp-unchecked" AdmitTimestamp "3.3", "a request is signed with a timestamp that is no positive integer",
        "take the timestamp from the clock, in seconds, or refuse what is no positive integer", Plausible [],
        |practice| practice.admission.timestamp = |_| Ok(());
    "signer.presence-unchecked" AdmitPresence "3.1", "a request is signed without a timestamp or without a nonce, or with an empty nonce",
        "make timestamp and nonce where the caller gives none, or refuse to sign", Plausible [],
        |practice| practice.admission.presence = |_| Ok(());
    "signer.client-unchecked" AdmitClient "3.1", "a request is signed for an empty client identifier",
        "refuse to sign without client credentials", Plausible [],
        |practice| practice.admission.client = |_| Ok(());
    "signer.realm-unchecked" AdmitRealm "3.5.1", "a realm with a line break or another control character is written into the Authorization header",
        "refuse control characters in the realm: they end the header field, and what follows is another one", Plausible [],
        |practice| {
            practice.admission.realm = |_| Ok(());
            practice.sending.realm_check = |_| Ok(());
        };
    "signer.names-unchecked" AdmitNames "3.1", "a request is signed in which a protocol parameter stands more than once",
        "refuse further protocol parameters whose names stand there already", Plausible [],
        |practice| practice.admission.names = |_| Ok(());
    "signer.body-unchecked" AdmitBody "3.5.2", "protocol parameters are written into a body that is not form-encoded",
        "refuse to send protocol parameters in a body of another kind, or send them in the header", Plausible [],
        |practice| practice.admission.body = |_| Ok(());
    "signer.body-hash-with-form" AdmitBodyHash "body hash 4.1.1", "oauth_body_hash is signed and sent with a form-encoded body",
        "leave oauth_body_hash out of requests with a form: the signature covers the form already", Plausible [],
        |practice| practice.admission.body_hash = |_, _| Ok(());
];
