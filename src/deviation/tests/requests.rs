//! Requests on which departures are told apart. The probes A to H were made for that: each holds as many traps as one request can. Their right
//! signatures, and the wrong ones in the tables beside this file, were computed by a program in Python that shares nothing with this crate.

use crate::deviation::{Cause, Conduct};
use crate::protocol::{Derivation, Header, Malformed, Parameters, PrivateKey, Request, Secrets, SignatureMethod, Url};

/// A request to be signed, with its secrets.
pub(super) struct Probe {
    pub(super) name: &'static str,
    pub(super) method: &'static str,
    pub(super) url: &'static str,
    pub(super) content_type: Option<&'static str>,
    pub(super) headers: &'static [(&'static str, &'static str)],
    pub(super) body: Option<&'static [u8]>,
    pub(super) protocol: &'static [(&'static str, &'static str)],
    pub(super) realm: Option<&'static str>,
    pub(super) client_secret: &'static str,
    pub(super) token_secret: &'static str,
    pub(super) signature_method: SignatureMethod,
    pub(super) private_key: Option<&'static str>,
}

impl Probe {
    /// The derivation under these departures.
    pub(super) fn derive(&self, ids: &[&str]) -> Result<Derivation, Malformed> {
        let causes: Vec<Cause> = ids.iter().map(|id| Cause::parse(id).unwrap()).collect();
        let protocol = Parameters::of_header(self.protocol.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())));
        let content_type = self.content_type.map(|value| ("Content-Type", value));
        let fields = content_type.iter().chain(self.headers);
        let headers: Vec<Header<'_>> = fields.map(|(name, value)| Header { name: name.as_bytes(), value: value.as_bytes() }).collect();
        let request = Request {
            method: self.method.as_bytes(),
            url: Url::parse(self.url.as_bytes())?,
            headers: &headers,
            body: self.body,
            protocol: &protocol,
            realm: self.realm.map(str::as_bytes),
        };
        let key = self.private_key.map(PrivateKey::from_pem).transpose()?;
        let secrets = Secrets::new(self.client_secret.as_bytes(), self.token_secret.as_bytes()).with_private_key(key.as_ref());
        let mut derivation = Derivation::default();
        Conduct::of(&causes).derive(&mut derivation, &request, self.signature_method, &secrets)?;
        Ok(derivation)
    }

    /// The signature under these departures.
    pub(super) fn signature(&self, ids: &[&str]) -> String {
        match self.derive(ids) {
            Ok(derivation) => String::from_utf8_lossy(&derivation.signature).into_owned(),
            Err(fault) => format!("{fault:?}"),
        }
    }
}

/// A request with nothing in it, for the rest of another.
pub(super) const PLAIN: Probe = Probe {
    name: "plain",
    method: "GET",
    url: "http://example.com/",
    content_type: None,
    headers: &[],
    body: None,
    protocol: &[],
    realm: None,
    client_secret: "cs",
    token_secret: "ts",
    signature_method: SignatureMethod::HmacSha1,
    private_key: None,
};

/// The probe of this name.
pub(super) fn probe(name: &str) -> &'static Probe {
    PROBES.iter().find(|probe| probe.name == name).unwrap()
}

pub(super) const PROBES: &[Probe] = &[
    Probe {
        name: "A",
        method: "POST",
        url: "HTTPS://Api.Example.COM:443/r%20v/%7eX;v=1/a+b/x!/c%2Fd/?b=2%20x&a=~*-.&a=1&a=&e=&f&u=%C3%A9&d=e%CC%81&%EE%80%80=1&%F0%90%80%80=2&n%5B%5D=q+r&p=%252F&z=%7B&z=a&s=x;y=1&a10=t&a-b=w&B=Z&v.w=k=l&i=10&i=9&t=%20&h=/,:@",
        content_type: Some("application/x-www-form-urlencoded; charset=UTF-8"),
        body: Some(b"c=%21%27%28%29&a=0&nl=x%0D%0Ay"),
        protocol: &[
            ("oauth_consumer_key", "c&k"),
            ("oauth_token", "t/k="),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "1700000000"),
            ("oauth_nonce", "n+1"),
            ("oauth_version", "1.0"),
        ],
        realm: Some("Photos"),
        client_secret: "cs%&",
        token_secret: "ts ~é",
        ..PLAIN
    },
    Probe {
        name: "B",
        method: "PUT",
        url: "http://api.example.com:8080//a/../b?a=1",
        content_type: Some("application/json"),
        body: Some(b"{\"b\":\"x y\",\"c\":[1,2]}"),
        protocol: &[
            ("oauth_consumer_key", "c&k"),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "1700000000"),
            ("oauth_nonce", "n1"),
            ("oauth_version", "1.0"),
        ],
        client_secret: "cs",
        token_secret: "",
        ..PLAIN
    },
    Probe {
        name: "C",
        method: "GET",
        url: "http://user:pw@Example.com?x=1#top",
        protocol: &[
            ("oauth_consumer_key", "c&k"),
            ("oauth_token", "t/k="),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "1700000000"),
            ("oauth_nonce", "n2"),
            ("oauth_version", "1.0"),
        ],
        client_secret: "cs",
        token_secret: "ts",
        ..PLAIN
    },
    Probe {
        name: "D",
        method: "PUT",
        url: "http://example.com/r",
        content_type: Some("application/x-www-form-urlencoded"),
        body: Some(b"x=1&y=2"),
        protocol: &[
            ("oauth_consumer_key", "c&k"),
            ("oauth_token", "t/k="),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "1700000000"),
            ("oauth_nonce", "n3"),
            ("oauth_version", "1.0"),
        ],
        client_secret: "cs",
        token_secret: "ts",
        ..PLAIN
    },
    Probe {
        name: "E",
        method: "POST",
        url: "http://example.com/up?q=1",
        content_type: Some("multipart/form-data; boundary=b"),
        body: Some(b"--b\r\nContent-Disposition: form-data; name=\"m\"\r\n\r\n5\r\n--b--\r\n"),
        protocol: &[
            ("oauth_consumer_key", "c&k"),
            ("oauth_token", "t/k="),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "1700000000"),
            ("oauth_nonce", "n4"),
            ("oauth_version", "1.0"),
        ],
        client_secret: "cs",
        token_secret: "ts",
        ..PLAIN
    },
    Probe {
        name: "F",
        method: "POST",
        url: "https://example.com/initiate",
        protocol: &[
            ("oauth_consumer_key", "ck"),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "1700000000"),
            ("oauth_nonce", "n5"),
            ("oauth_version", "1.0"),
            ("oauth_callback", "https://c.example/cb?x=a%20b&y=1+2"),
        ],
        client_secret: "cs",
        token_secret: "",
        ..PLAIN
    },
    Probe {
        name: "G",
        method: "GET",
        url: "http://[2001:DB8:0::1]:8080/x",
        protocol: &[
            ("oauth_consumer_key", "c&k"),
            ("oauth_token", "t/k="),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "1700000000"),
            ("oauth_nonce", "n6"),
            ("oauth_version", "1.0"),
        ],
        client_secret: "cs",
        token_secret: "ts",
        ..PLAIN
    },
    Probe {
        name: "H",
        method: "GET",
        url: "https://example.com:80/a//b?ok=1&bad=%zz&raw=100%",
        protocol: &[
            ("oauth_consumer_key", "c&k"),
            ("oauth_token", "t/k="),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "1700000000"),
            ("oauth_nonce", "n7"),
            ("oauth_version", "1.0"),
        ],
        client_secret: "cs",
        token_secret: "ts",
        ..PLAIN
    },
    Probe {
        name: "rsa",
        url: "http://photos.example.net/photos?file=vacaction.jpg&size=original",
        protocol: &[
            ("oauth_consumer_key", "dpf43f3p2l4k3l03"),
            ("oauth_signature_method", "RSA-SHA1"),
            ("oauth_timestamp", "1196666512"),
            ("oauth_nonce", "13917289812797014437"),
            ("oauth_version", "1.0"),
        ],
        client_secret: "",
        token_secret: "",
        signature_method: SignatureMethod::RsaSha1,
        private_key: Some(WIKI_KEY),
        ..PLAIN
    },
    Probe {
        name: "plaintext",
        url: "https://example.com/",
        client_secret: "cs%&",
        token_secret: "ts ~é",
        signature_method: SignatureMethod::Plaintext,
        ..PLAIN
    },
];

/// The private key that the OAuth wiki publishes with its test cases.
const WIKI_KEY: &str = "\
-----BEGIN PRIVATE KEY-----\n\
MIICdgIBADANBgkqhkiG9w0BAQEFAASCAmAwggJcAgEAAoGBALRiMLAh9iimur8V\n\
A7qVvdqxevEuUkW4K+2KdMXmnQbG9Aa7k7eBjK1S+0LYmVjPKlJGNXHDGuy5Fw/d\n\
7rjVJ0BLB+ubPK8iA/Tw3hLQgXMRRGRXXCn8ikfuQfjUS1uZSatdLB81mydBETlJ\n\
hI6GH4twrbDJCR2Bwy/XWXgqgGRzAgMBAAECgYBYWVtleUzavkbrPjy0T5FMou8H\n\
X9u2AC2ry8vD/l7cqedtwMPp9k7TubgNFo+NGvKsl2ynyprOZR1xjQ7WgrgVB+mm\n\
uScOM/5HVceFuGRDhYTCObE+y1kxRloNYXnx3ei1zbeYLPCHdhxRYW7T0qcynNmw\n\
rn05/KO2RLjgQNalsQJBANeA3Q4Nugqy4QBUCEC09SqylT2K9FrrItqL2QKc9v0Z\n\
zO2uwllCbg0dwpVuYPYXYvikNHHg+aCWF+VXsb9rpPsCQQDWR9TT4ORdzoj+Nccn\n\
qkMsDmzt0EfNaAOwHOmVJ2RVBspPcxt5iN4HI7HNeG6U5YsFBb+/GZbgfBT3kpNG\n\
WPTpAkBI+gFhjfJvRw38n3g/+UeAkwMI2TJQS4n8+hid0uus3/zOjDySH3XHCUno\n\
cn1xOJAyZODBo47E+67R4jV1/gzbAkEAklJaspRPXP877NssM5nAZMU0/O/NGCZ+\n\
3jPgDUno6WbJn5cqm8MqWhW1xGkImgRk+fkDBquiq4gPiT898jusgQJAd5Zrr6Q8\n\
AO/0isr/3aa6O6NLQxISLKcPDk2NOccAfS/xOtfOz4sJYM3+Bs4Io9+dZGSDCA54\n\
Lw03eHTNQghS0A==\n\
-----END PRIVATE KEY-----\n";

#[test]
fn the_probes_are_derived_as_independent_programs_do() {
    for (name, signature) in [
        ("A", "SVve0+dV8BJwLXQ9xALVKJsBlbE="),
        ("B", "LF0N+vLKSc5ffPyYMkk3SdGB32U="),
        ("C", "lVvJOouaKq3wRgfvDffOpSQAcZw="),
        ("D", "BN5D6lWGCsgZ/IMj8o91ZX3aBsE="),
        ("E", "OZPvIXBqGXoo4lV2qtu0Wp7+Dag="),
        ("F", "4rFa8gttBhj4/Qd8kDaeiqol2+A="),
        ("G", "W6vK5tk91izACfYvLzVwGC+Mvgs="),
        ("H", "Y83Ouu//wl6Mx0xA7KjGd7MBL7g="),
        (
            "rsa",
            "jvTp/wX1TYtByB1m+Pbyo0lnCOLIsyGCH7wke8AUs3BpnwZJtAuEJkvQL2/9n4s5wUmUl4aCI4BwpraNx4RtEXMe5qg5T1LVTGliMRpKasKsW//e+RinhejgCuzoH26dyF8iY2ZZ/5D1ilgeijhV/vBka5twt399mXwaYdCwFYE=",
        ),
        ("plaintext", "cs%25%26&ts%20~%C3%A9"),
    ] {
        assert_eq!(probe(name).signature(&[]), signature, "{name}");
    }
}
