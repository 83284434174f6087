//! Signatures (RFC 5849 sections 3.4.2 and 3.4.4) a second time, written from the text and without a line of [`crate::protocol`]: the key, HMAC
//! as RFC 2104 has it, and base64 bit by bit. RSA is not here: its numbers are somebody else's work in both.

use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::naive::encode;

/// A hash function.
type Hash = fn(&[u8]) -> Vec<u8>;

/// The signature of a base string; `None` for a method that is not one of HMAC or PLAINTEXT.
#[must_use]
pub fn signature(method: &[u8], base_string: &[u8], client_secret: &[u8], token_secret: &[u8]) -> Option<Vec<u8>> {
    let key = [encode(client_secret), encode(token_secret)].join(&b'&');
    let (hash, block): (Hash, usize) = match method {
        b"PLAINTEXT" => return Some(key),
        b"HMAC-SHA1" => (sha1, 64),
        b"HMAC-SHA256" => (sha256, 64),
        b"HMAC-SHA512" => (sha512, 128),
        _ => return None,
    };
    Some(base64(&hmac(hash, block, &key, base_string)))
}

/// The value of `oauth_body_hash` (body hash draft, section 3.2), with the hash of the signature method, or SHA-1 where it has none.
#[must_use]
pub fn body_hash(method: &[u8], body: &[u8]) -> Vec<u8> {
    let hash: Hash = if method.ends_with(b"SHA256") {
        sha256
    } else if method.ends_with(b"SHA512") {
        sha512
    } else {
        sha1
    };
    base64(&hash(body))
}

fn sha1(text: &[u8]) -> Vec<u8> {
    Sha1::digest(text).to_vec()
}

fn sha256(text: &[u8]) -> Vec<u8> {
    Sha256::digest(text).to_vec()
}

fn sha512(text: &[u8]) -> Vec<u8> {
    Sha512::digest(text).to_vec()
}

/// RFC 2104 section 2.
fn hmac(hash: Hash, block: usize, key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut key = if key.len() > block { hash(key) } else { key.to_vec() };
    key.resize(block, 0);
    let with = |pad: u8| key.iter().map(|octet| octet ^ pad).collect::<Vec<u8>>();
    let inner = hash(&[&with(0x36)[..], text].concat());
    hash(&[with(0x5c), inner].concat())
}

/// RFC 4648 section 4, with its padding.
#[must_use]
pub fn base64(octets: &[u8]) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = Vec::new();
    for group in octets.chunks(3) {
        let octet = |at: usize| usize::from(group.get(at).copied().unwrap_or(0));
        let number = octet(0) << 16 | octet(1) << 8 | octet(2);
        for place in 0..4 {
            let digit = ALPHABET.get(number >> (18 - 6 * place) & 63).filter(|_| place <= group.len());
            out.push(digit.copied().unwrap_or(b'='));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::naive::{Wire, base_string};
    use super::*;

    /// RFC 5849 section 1.2, the request for photos and the one for temporary credentials.
    #[test]
    fn the_signatures_of_the_specification_come_out() {
        let photos = b"OAuth realm=\"Photos\", oauth_consumer_key=\"dpf43f3p2l4k3l03\", oauth_token=\"nnch734d00sl2jdk\", \
            oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"137131202\", oauth_nonce=\"chapoH\"";
        let initiate = b"OAuth realm=\"Photos\", oauth_consumer_key=\"dpf43f3p2l4k3l03\", oauth_signature_method=\"HMAC-SHA1\", \
            oauth_timestamp=\"137131200\", oauth_nonce=\"wIjqoS\", oauth_callback=\"http%3A%2F%2Fprinter.example.com%2Fready\"";
        for (method, url, header, token_secret, expected) in [
            (
                &b"GET"[..],
                &b"http://photos.example.net/photos?file=vacation.jpg&size=original"[..],
                &photos[..],
                &b"pfkkdhi9sl3r4s00"[..],
                "MdpQcU8iPSUjWoN/UDMsK2sui9I=",
            ),
            (b"POST", b"https://photos.example.net/initiate", initiate, b"", "74KNZJeDHnMBp0EMJ9ZHt/XKycU="),
        ] {
            let headers = [(&b"Authorization"[..], header)];
            let text = base_string(&Wire { method, url, headers: &headers, body: None }).unwrap();
            let signed = signature(b"HMAC-SHA1", &text, b"kd94hf93k423kf44", token_secret).unwrap();
            assert_eq!(String::from_utf8(signed).unwrap(), expected);
        }
        assert_eq!(signature(b"PLAINTEXT", b"", b"a&b", b"").unwrap(), b"a%26b&");
    }

    /// RFC 4231 sections 4.3 and 4.7: a short key, and one that is longer than a block of either hash.
    #[test]
    fn the_authentication_codes_of_rfc_4231_come_out() {
        let hex = |octets: Vec<u8>| octets.iter().map(|octet| format!("{octet:02x}")).collect::<String>();
        assert_eq!(
            hex(hmac(sha256, 64, b"Jefe", b"what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        let long = b"Test Using Larger Than Block-Size Key - Hash Key First";
        assert_eq!(hex(hmac(sha256, 64, &[0xaa; 131], long)), "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
        assert!(hex(hmac(sha512, 128, &[0xaa; 131], long)).starts_with("80b24263c7c1a3ebb71493c1dd7be8b4"));
    }

    /// RFC 4648 section 10.
    #[test]
    fn the_texts_of_rfc_4648_come_out() {
        for (octets, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(octets.as_bytes()), text.as_bytes());
        }
    }
}
