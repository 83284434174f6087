//! Signature methods: the values of other programs for a key and a base string that can be read here.

use super::super::signature::{base64_text, digest, rsa_verifies, sign};
use super::super::{Buffer, Malformed, PrivateKey, PublicKey, Secrets, SignatureMethod, body_hash};

/// Made for these tests with `openssl genrsa 512`: small, so that nobody takes it for a key.
pub(super) const PKCS1: &str = "-----BEGIN RSA PRIVATE KEY-----
MIIBOgIBAAJBAMAAJ21H+fTKuUJXsdV4C1Zb9Gi+T7ro8OH0KbNiwoE7vsZlQKqx
8DxL14Qs5nyjDyFnqunUIel1ii8/Dz1oRpMCAwEAAQJBAI78DmCd55Hbnxe/Axq8
aYUIuf1/LRU/AJTlJmEHPV7Legxjasxfn8oR9QbL9zJNJREHYs747V1UWJCHR9wT
jBECIQDyEBcCfOuSXT7vL1ro6w5BtDH7BPMSLrqGfHwSgL0RBQIhAMsOKp8R/mf5
qorw2dkSHqavKURlWOydxznYgeGPN2y3AiAfdxX2ndRlXzeaEdbIZh2hTtIcZiVO
nMJkTvQ114Q8HQIgGj/Ckr2ovZgwy7VG9CC7haCvHQBc9nmO/5NVduskpxECIA5U
qbMQItbiTdWzYk+OeU8QrFC4Bpp8F/uHwveNzpWl
-----END RSA PRIVATE KEY-----
";
/// The same key as `openssl pkcs8 -topk8 -nocrypt` writes it.
const PKCS8: &str = "-----BEGIN PRIVATE KEY-----
MIIBVAIBADANBgkqhkiG9w0BAQEFAASCAT4wggE6AgEAAkEAwAAnbUf59Mq5Qlex
1XgLVlv0aL5Puujw4fQps2LCgTu+xmVAqrHwPEvXhCzmfKMPIWeq6dQh6XWKLz8P
PWhGkwIDAQABAkEAjvwOYJ3nkdufF78DGrxphQi5/X8tFT8AlOUmYQc9Xst6DGNq
zF+fyhH1Bsv3Mk0lEQdizvjtXVRYkIdH3BOMEQIhAPIQFwJ865JdPu8vWujrDkG0
MfsE8xIuuoZ8fBKAvREFAiEAyw4qnxH+Z/mqivDZ2RIepq8pRGVY7J3HOdiB4Y83
bLcCIB93Ffad1GVfN5oR1shmHaFO0hxmJU6cwmRO9DXXhDwdAiAaP8KSvai9mDDL
tUb0ILuFoK8dAFz2eY7/k1V26ySnEQIgDlSpsxAi1uJN1bNiT455TxCsULgGmnwX
+4fC943OlaU=
-----END PRIVATE KEY-----";
/// Its public half, by `openssl rsa -pubout`, and by `openssl rsa -RSAPublicKey_out`.
pub(super) const PUBLIC: [&str; 2] = [
    "-----BEGIN PUBLIC KEY-----
MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAMAAJ21H+fTKuUJXsdV4C1Zb9Gi+T7ro
8OH0KbNiwoE7vsZlQKqx8DxL14Qs5nyjDyFnqunUIel1ii8/Dz1oRpMCAwEAAQ==
-----END PUBLIC KEY-----",
    "-----BEGIN RSA PUBLIC KEY-----
MEgCQQDAACdtR/n0yrlCV7HVeAtWW/Rovk+66PDh9CmzYsKBO77GZUCqsfA8S9eE
LOZ8ow8hZ6rp1CHpdYovPw89aEaTAgMBAAE=
-----END RSA PUBLIC KEY-----",
];

/// The base string of the photos request for a method.
pub(super) fn base_string(method: &str) -> String {
    format!(
        "GET&http%3A%2F%2Fphotos.example.net%2Fphotos&file%3Dvacation.jpg%26oauth_consumer_key%3Ddpf43f3p2l4k3l03%26oauth_nonce%3DchapoH\
         %26oauth_signature_method%3D{method}%26oauth_timestamp%3D137131202%26oauth_token%3Dnnch734d00sl2jdk%26size%3Doriginal"
    )
}

fn signed(method: SignatureMethod, text: &str, secrets: &Secrets<'_>) -> Result<String, Malformed> {
    let mut octets = Buffer::default();
    sign(method, b"kd94hf93k423kf44&pfkkdhi9sl3r4s00", text.as_bytes(), secrets, &mut octets)?;
    let mut out = Buffer::default();
    base64_text(&octets, &mut out);
    Ok(String::from_utf8(out.to_vec()).unwrap())
}

/// Values by `hmac` and `hashlib` of Python 3.11; the first is section 1.2's.
#[test]
fn each_hmac_has_its_own_hash() {
    for (method, expected) in [
        (SignatureMethod::HmacSha1, "MdpQcU8iPSUjWoN/UDMsK2sui9I="),
        (SignatureMethod::HmacSha256, "HtMwoX2zenlFjgGg/SNEoKEQmL7CzxYFEKzs7er044Y="),
        (SignatureMethod::HmacSha512, "GnPni/I//SEqvsTDz9Hl/oqxAlzMUgeQVrspr+N1EWltelChqWWuhrgewHZy90k8K2weeJkkURa/W10NRXY7uQ=="),
    ] {
        assert!(!method.is_rsa());
        assert_eq!(signed(method, &base_string(method.as_str()), &Secrets::new(b"", b"")).unwrap(), expected);
    }
}

/// By `openssl dgst -sha1 -sign` and `-sha256 -sign` of OpenSSL 3.0 over the same text, that of RSA-SHA1.
pub(super) const RSA_SHA1: &str = "QheMhMwyeOksJDnLsyv/IhIqqmY4GLvSXrOlTmedrqum+kG/br+3vPgO/x3R6J4RuSWeSYwdX194ZGW50YOjhw==";
const RSA_SHA256: &str = "XTm9yos1m7CZ7gcl51kKob7AgXGNAYQQfROfx2AG914iYs852Xkq4M30E/gbTzZI7SuyHnZUZ/S07hsdbhm8yA==";

#[test]
fn rsa_signs_as_openssl_does_and_verifies_what_it_signed() {
    let text = base_string("RSA-SHA1");
    for pem in [PKCS1, PKCS8] {
        let key = PrivateKey::from_pem(pem).unwrap();
        assert!(key.expose_pem() == pem.as_bytes());
        assert_eq!(format!("{key:?}"), "PrivateKey(..)");
        for public in PUBLIC {
            assert_eq!(PublicKey::from_pem(public).unwrap(), key.public_key());
        }
        let secrets = Secrets::new(b"c", b"t").with_private_key(Some(&key));
        assert_eq!((secrets.client(), secrets.token(), secrets.private_key().is_some()), (&b"c"[..], &b"t"[..], true));
        for (method, other, expected) in [
            (SignatureMethod::RsaSha1, SignatureMethod::RsaSha256, RSA_SHA1),
            (SignatureMethod::RsaSha256, SignatureMethod::RsaSha512, RSA_SHA256),
        ] {
            assert!(method.is_rsa() && other.is_rsa());
            assert_eq!(signed(method, &text, &secrets).unwrap(), expected);
            let octets = super::super::signature::base64_octets(expected.as_bytes()).unwrap();
            assert!(rsa_verifies(method, &key.public_key(), text.as_bytes(), &octets));
            assert!(!rsa_verifies(other, &key.public_key(), text.as_bytes(), &octets));
            assert!(!rsa_verifies(method, &key.public_key(), b"another text", &octets));
        }
        // Sixty-four octets of digest and their prefix do not fit into such a key.
        assert_eq!(signed(SignatureMethod::RsaSha512, &text, &secrets), Err(Malformed::Key("it cannot sign such a digest")));
    }
    assert_eq!(signed(SignatureMethod::RsaSha1, &text, &Secrets::new(b"c", b"t")), Err(Malformed::Key("there is none")));
}

/// RFC 8017 section 9.2: 00 01, at least eight FF, 00, and behind them the digest, here without its prefix.
#[test]
fn an_opened_signature_shows_the_padded_octets() {
    let key = PrivateKey::from_pem(PKCS1).unwrap();
    let opened = key.public_key().open(&key.sign_bare(b"digest").unwrap()).unwrap();
    // As a number it has no leading zero.
    assert_eq!(opened, [&[1][..], &[0xff; 55], &[0], b"digest"].concat());
    assert_eq!(key.public_key().open(&[0xff; 64]), None);
    assert_eq!(key.public_key().open(&[0xff; 65]), None);
    assert_eq!(key.sign_bare(&[0; 60]), None);
}

/// Of the empty text, by `sha1sum`, `sha256sum` and `sha512sum`.
#[test]
fn a_digest_is_of_the_hash_that_the_method_names() {
    let hex = |method| digest(method, b"").iter().map(|octet| format!("{octet:02x}")).collect::<String>();
    for method in [SignatureMethod::HmacSha1, SignatureMethod::RsaSha1, SignatureMethod::Plaintext] {
        assert_eq!(hex(method), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    }
    for method in [SignatureMethod::HmacSha256, SignatureMethod::RsaSha256] {
        assert_eq!(hex(method), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
    for method in [SignatureMethod::HmacSha512, SignatureMethod::RsaSha512] {
        assert!(hex(method).starts_with("cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"));
        assert!(body_hash(method, None).starts_with("z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP"));
    }
}

/// The modulus, by `openssl rsa -noout -modulus`; its last octet is 93.
const MODULUS: &str = "C000276D47F9F4CAB94257B1D5780B565BF468BE4FBAE8F0E1F429B362C2813B\
                       BEC66540AAB1F03C4BD7842CE67CA30F2167AAE9D421E9758A2F3F0F3D684693";

/// Both exponents are odd, so that the number before the modulus, which is -1, is its own signature. The modulus itself is no number of this
/// arithmetic.
#[test]
fn numbers_below_the_modulus_can_be_signed_and_opened() {
    let key = PrivateKey::from_pem(PKCS1).unwrap();
    let modulus: Vec<u8> = (0..64).map(|at| u8::from_str_radix(&MODULUS[2 * at..2 * at + 2], 16).unwrap()).collect();
    let mut before = modulus.clone();
    before[63] -= 1;
    assert_eq!(key.public_key().open(&before), Some(before.clone()));
    assert_eq!(key.public_key().open(&modulus), None);
    assert_eq!(key.sign_unpadded(&before), Some(before));
    assert_eq!(key.sign_unpadded(&modulus), None);
    // One is its own signature too, and is written in the length of the modulus.
    assert_eq!(key.sign_unpadded(&[1]), Some([&[0; 63][..], &[1]].concat()));
    let signed = key.sign_unpadded(b"any octets").unwrap();
    assert_eq!(key.public_key().open(&signed), Some(b"any octets".to_vec()));
}

/// Three octets of zeros are `AAAA`.
#[test]
fn a_long_text_has_room() {
    let mut out = Buffer::default();
    base64_text(&[0; 600], &mut out);
    assert_eq!(std::str::from_utf8(&out).unwrap(), "A".repeat(800));
}
