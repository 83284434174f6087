//! Eight requests that many mistakes change, each in its own way: the vectors `sign.probes/probe-…` as constants.

use crate::deviation::{Cause, Conduct};
use crate::protocol::{Derivation, Header, Malformed, Parameters, Request, Secrets, SignatureMethod, Source, Url};

/// A request with its credentials.
pub(super) struct Sample {
    pub(super) name: &'static str,
    pub(super) method: &'static str,
    pub(super) url: &'static str,
    pub(super) headers: &'static [(&'static str, &'static str)],
    pub(super) body: Option<&'static str>,
    pub(super) protocol: &'static [(&'static str, &'static str)],
    pub(super) realm: Option<&'static str>,
    pub(super) secrets: (&'static str, &'static str),
}

/// A GET without anything, for the rest of a sample.
pub(super) const PLAIN: Sample =
    Sample { name: "", method: "GET", url: "", headers: &[], body: None, protocol: &[], realm: None, secrets: ("cs", "ts") };

/// The common protocol parameters, with further ones behind them.
macro_rules! protocol {
    ($key:literal, $token:expr, $nonce:literal $(, $further:expr)*) => {
        &[
            ("oauth_consumer_key", $key),
            ("oauth_token", $token),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "1700000000"),
            ("oauth_nonce", $nonce),
            ("oauth_version", "1.0"),
            $($further,)*
        ]
    };
    ($key:literal, no token, $nonce:literal $(, $further:expr)*) => {
        &[
            ("oauth_consumer_key", $key),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "1700000000"),
            ("oauth_nonce", $nonce),
            ("oauth_version", "1.0"),
            $($further,)*
        ]
    };
}
pub(super) use protocol;

/// The probes, each with the right signature.
pub(super) const PROBES: [(Sample, &str); 8] = [
    (
        Sample {
            name: "A",
            method: "POST",
            url: "HTTPS://Api.Example.COM:443/r%20v/%7eX;v=1/a+b/x!/c%2Fd/?b=2%20x&a=~*-.&a=1&a=&e=&f&u=%C3%A9&d=e%CC%81&%EE%80%80=1\
                  &%F0%90%80%80=2&n%5B%5D=q+r&p=%252F&z=%7B&z=a&s=x;y=1&a10=t&a-b=w&B=Z&v.w=k=l&i=10&i=9&t=%20&h=/,:@",
            headers: &[("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")],
            body: Some("c=%21%27%28%29&a=0&nl=x%0D%0Ay"),
            protocol: protocol!("c&k", "t/k=", "n+1"),
            realm: Some("Photos"),
            secrets: ("cs%&", "ts ~é"),
        },
        "SVve0+dV8BJwLXQ9xALVKJsBlbE=",
    ),
    (
        Sample {
            name: "B",
            method: "PUT",
            url: "http://api.example.com:8080//a/../b?a=1",
            headers: &[("Content-Type", "application/json")],
            body: Some(r#"{"b":"x y","c":[1,2]}"#),
            protocol: protocol!("c&k", no token, "n1"),
            secrets: ("cs", ""),
            ..PLAIN
        },
        "LF0N+vLKSc5ffPyYMkk3SdGB32U=",
    ),
    (
        Sample { name: "C", url: "http://user:pw@Example.com?x=1#top", protocol: protocol!("c&k", "t/k=", "n2"), ..PLAIN },
        "lVvJOouaKq3wRgfvDffOpSQAcZw=",
    ),
    (
        Sample {
            name: "D",
            method: "PUT",
            url: "http://example.com/r",
            headers: &[("Content-Type", "application/x-www-form-urlencoded")],
            body: Some("x=1&y=2"),
            protocol: protocol!("c&k", "t/k=", "n3"),
            ..PLAIN
        },
        "BN5D6lWGCsgZ/IMj8o91ZX3aBsE=",
    ),
    (
        Sample {
            name: "E",
            method: "POST",
            url: "http://example.com/up?q=1",
            headers: &[("Content-Type", "multipart/form-data; boundary=b")],
            body: Some("--b\r\nContent-Disposition: form-data; name=\"m\"\r\n\r\n5\r\n--b--\r\n"),
            protocol: protocol!("c&k", "t/k=", "n4"),
            ..PLAIN
        },
        "OZPvIXBqGXoo4lV2qtu0Wp7+Dag=",
    ),
    (
        Sample {
            name: "F",
            method: "POST",
            url: "https://example.com/initiate",
            protocol: protocol!("ck", no token, "n5", ("oauth_callback", "https://c.example/cb?x=a%20b&y=1+2")),
            secrets: ("cs", ""),
            ..PLAIN
        },
        "4rFa8gttBhj4/Qd8kDaeiqol2+A=",
    ),
    (
        Sample { name: "G", url: "http://[2001:DB8:0::1]:8080/x", protocol: protocol!("c&k", "t/k=", "n6"), ..PLAIN },
        "W6vK5tk91izACfYvLzVwGC+Mvgs=",
    ),
    (
        Sample { name: "H", url: "https://example.com:80/a//b?ok=1&bad=%zz&raw=100%", protocol: protocol!("c&k", "t/k=", "n7"), ..PLAIN },
        "Y83Ouu//wl6Mx0xA7KjGd7MBL7g=",
    ),
];

impl Sample {
    /// What somebody who makes these mistakes derives.
    pub(super) fn derived(&self, causes: &[Cause]) -> Result<Derivation, Malformed> {
        let mut protocol = Parameters::new();
        for (name, value) in self.protocol {
            protocol.push(name.as_bytes(), value.as_bytes(), Source::Header);
        }
        let headers: Vec<Header<'_>> =
            self.headers.iter().map(|(name, value)| Header { name: name.as_bytes(), value: value.as_bytes() }).collect();
        let request = Request {
            method: self.method.as_bytes(),
            url: Url::parse(self.url.as_bytes()).unwrap(),
            headers: &headers,
            body: self.body.map(str::as_bytes),
            protocol: &protocol,
            realm: self.realm.map(str::as_bytes),
        };
        let secrets = Secrets::new(self.secrets.0.as_bytes(), self.secrets.1.as_bytes());
        let mut derivation = Derivation::default();
        Conduct::of(causes).derive(&mut derivation, &request, SignatureMethod::HmacSha1, &secrets).map(|()| derivation)
    }
}

/// The signature of a probe under these causes, given by their ids.
#[track_caller]
pub(super) fn signature(probe: &str, ids: &[&str]) -> String {
    let causes: Vec<Cause> = ids.iter().map(|id| Cause::parse(id).unwrap()).collect();
    let (sample, _) = PROBES.iter().find(|(sample, _)| sample.name == probe).unwrap();
    String::from_utf8(sample.derived(&causes).unwrap().signature.to_vec()).unwrap()
}

#[test]
fn the_specification_gives_the_right_signatures() {
    for (sample, right) in &PROBES {
        assert_eq!(signature(sample.name, &[]), *right, "{}", sample.name);
    }
}
