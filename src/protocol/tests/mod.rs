//! Tests of the room as a whole: derivations against the values of RFC 5849 and of other programs, and a verifier's every check.

mod admission;
mod deriving;
mod signing;
mod verifying;

use super::Parameters;
use super::transmission::ProtocolParameters;

/// The protocol parameters of the photos request of section 1.2, with another signature method.
fn photos(signature_method: &str) -> Parameters {
    let mut list = Parameters::new();
    ProtocolParameters {
        client: b"dpf43f3p2l4k3l03",
        token: Some(b"nnch734d00sl2jdk"),
        signature_method: signature_method.as_bytes(),
        timestamp: Some(b"137131202"),
        nonce: Some(b"chapoH"),
        ..ProtocolParameters::default()
    }
    .append_to(&mut list);
    list
}

const PHOTOS: &[u8] = b"http://photos.example.net/photos?file=vacation.jpg&size=original";
const CLIENT_SECRET: &[u8] = b"kd94hf93k423kf44";
const TOKEN_SECRET: &[u8] = b"pfkkdhi9sl3r4s00";
