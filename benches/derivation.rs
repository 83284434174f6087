//! The reference beside the raw HMAC-SHA1 of the same base string and beside the crate `oauth1-request`: run `cargo bench` and compare
//! the medians of one group. All stages are kept, and all buffers are used again, as in a run over many cases. So is what was made of the
//! key, which `raw_hmac` hashes anew each time and `raw_hmac_with_kept_key` does not. Each benchmark repeats one request, and parameters are
//! sorted from the order of the request before: a first request of a thousand parameters takes longer.
//!
//! The profile is that of the release build, which does without link-time optimization. The raw HMAC is then slower too, because less of its
//! generic code is inlined: `CARGO_PROFILE_BENCH_LTO=false cargo bench` has the optimization among code generation units that is Cargo's
//! default, and in which most programs that use this library are built.
//!
//! Never measure with `-C target-cpu=native`: on AVX-512 machines it makes this SHA-1 many times slower.

#![allow(clippy::print_stdout, reason = "it says what the processor can do")]
#![allow(clippy::unwrap_used, reason = "a benchmark may stop at the first surprise")]

use countersign::protocol::nonce::{NonceKey, NonceMemory, Registration};
use countersign::protocol::transmission::{self, ProtocolParameters};
use countersign::protocol::verification::{Checks, Knowledge, KnownClient, KnownToken, Received, Verifier};
use countersign::protocol::{Buffer, Derivation, Header, Parameters, Recipe, Request, Secrets, SignatureMethod, Source, Url};
use divan::{Bencher, black_box};
use hmac::Mac as _;

fn main() {
    #[cfg(target_arch = "x86_64")]
    println!("sha_ni: {}", std::arch::is_x86_feature_detected!("sha"));
    divan::main();
}

/// Samples of a benchmark, and how often each repeats its work: the same for all, so that one group's medians can be compared, and so many
/// that the clock's own time does not show in the shortest.
const COUNT: u32 = 200;
const SIZE: u32 = 25;

const CLIENT_SECRET: &[u8] = b"kd94hf93k423kf44";
const TOKEN_SECRET: &[u8] = b"pfkkdhi9sl3r4s00";
const FORM: [Header<'static>; 1] = [Header { name: b"Content-Type", value: b"application/x-www-form-urlencoded" }];

/// A request of the comparison.
#[derive(Clone, Copy, Debug)]
enum Size {
    /// RFC 5849 section 1.2: GET photos, two parameters.
    Classic,
    /// A form of twenty parameters.
    Form,
    /// Ten thousand octets of JSON in one parameter.
    Json,
    /// One value of a hundred thousand octets.
    Value,
    /// A thousand parameters.
    Thousand,
}

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(self, f)
    }
}

const SIZES: [Size; 5] = [Size::Classic, Size::Form, Size::Json, Size::Value, Size::Thousand];

struct Question {
    method: &'static str,
    url: &'static str,
    pairs: Vec<(String, String)>,
}

impl Question {
    fn of(size: Size) -> Question {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let (method, url, pairs) = match size {
            Size::Classic => ("GET", "http://photos.example.net/photos", vec![pair("file", "vacation.jpg"), pair("size", "original")]),
            Size::Form => {
                let words = ["plain", "with space", "a&b=c", "100%", "é", "2009-06-01T12:00:00Z", "https://example.com/?q=1", "x"];
                let pairs = (0..20).map(|index| (format!("field_{}", index * 7 % 20), format!("{} {index}", words[index % words.len()])));
                ("POST", "https://api.example.com/1.1/form.json", pairs.collect())
            }
            Size::Json => {
                let item = r#"{"name":"Anna Müller","tags":["a","b c"],"n":12.5,"ok":true},"#;
                ("POST", "https://api.example.com/json", vec![pair("data", &item.repeat(10_000 / item.len()))])
            }
            Size::Value => {
                let text = "The quick brown fox jumps over the lazy dog, 1234567890 times & more. ".repeat(1 + 100_000 / 70);
                ("POST", "https://api.example.com/value", vec![pair("text", &text[..100_000])])
            }
            Size::Thousand => {
                let pairs = (0..1000_u32).map(|index| (format!("parameter_{}", index * 7919 % 1000), format!("value {index}")));
                ("POST", "https://api.example.com/many", pairs.collect())
            }
        };
        Question { method, url, pairs }
    }

    /// The URL and body that carry the parameters.
    fn carrier(&self) -> (String, Option<String>) {
        let mut form = Buffer::default();
        for (name, value) in &self.pairs {
            if !form.is_empty() {
                form.push(b'&');
            }
            countersign::protocol::percent_encode(name.as_bytes(), &mut form);
            form.push(b'=');
            countersign::protocol::percent_encode(value.as_bytes(), &mut form);
        }
        let form = String::from_utf8(form.to_vec()).unwrap();
        if self.method == "GET" { (format!("{}?{form}", self.url), None) } else { (self.url.to_owned(), Some(form)) }
    }
}

fn protocol_parameters() -> ProtocolParameters<'static> {
    ProtocolParameters {
        client: b"dpf43f3p2l4k3l03",
        token: Some(b"nnch734d00sl2jdk"),
        signature_method: b"HMAC-SHA1",
        timestamp: Some(b"137131202"),
        nonce: Some(b"chapoH"),
        ..ProtocolParameters::default()
    }
}

#[divan::bench(args = SIZES, sample_count = COUNT, sample_size = SIZE)]
fn raw_hmac(bencher: Bencher<'_, '_>, size: Size) {
    let derivation = derivation(size);
    let (key, text) = (derivation.key(), &*derivation.base_string);
    bencher.bench_local(|| {
        let mut mac = hmac::Hmac::<sha1::Sha1>::new_from_slice(black_box(key)).unwrap();
        mac.update(black_box(text));
        mac.finalize().into_bytes()
    });
}

#[divan::bench(args = SIZES, sample_count = COUNT, sample_size = SIZE)]
fn raw_hmac_with_kept_key(bencher: Bencher<'_, '_>, size: Size) {
    let derivation = derivation(size);
    let text = &*derivation.base_string;
    let kept = hmac::Hmac::<sha1::Sha1>::new_from_slice(derivation.key()).unwrap();
    bencher.bench_local(|| {
        let mut mac = black_box(&kept).clone();
        mac.update(black_box(text));
        mac.finalize().into_bytes()
    });
}

/// From decoded pairs, as `oauth1-request` takes them, to the signature: the derivation of section 3.4 alone.
#[divan::bench(args = SIZES, sample_count = COUNT, sample_size = SIZE)]
fn reference(bencher: Bencher<'_, '_>, size: Size) {
    let question = Question::of(size);
    let (mut list, mut derivation) = (Parameters::new(), Derivation::default());
    bencher.bench_local(|| {
        list.clear();
        protocol_parameters().append_to(&mut list);
        for (name, value) in black_box(&question.pairs) {
            list.push(name.as_bytes(), value.as_bytes(), Source::Query);
        }
        let url = Url::parse(black_box(question.url).as_bytes()).unwrap();
        sign(&Request { method: question.method.as_bytes(), url, headers: &[], body: None, protocol: &list, realm: None }, &mut derivation);
        derivation.signature.len()
    });
}

/// From the text of the request, its query or form body still encoded, to the signature.
#[divan::bench(args = SIZES, sample_count = COUNT, sample_size = SIZE)]
fn reference_from_text(bencher: Bencher<'_, '_>, size: Size) {
    let question = Question::of(size);
    let (url, body) = question.carrier();
    let (mut protocol, mut derivation) = (Parameters::new(), Derivation::default());
    bencher.bench_local(|| {
        derive(&question, &url, body.as_deref(), &mut protocol, &mut derivation);
        derivation.signature.len()
    });
}

/// The same into new memory each time.
#[divan::bench(args = SIZES, sample_count = COUNT, sample_size = SIZE)]
fn reference_from_text_into_new_memory(bencher: Bencher<'_, '_>, size: Size) {
    let question = Question::of(size);
    let (url, body) = question.carrier();
    bencher.bench_local(|| {
        let mut derivation = Derivation::default();
        derive(&question, &url, body.as_deref(), &mut Parameters::new(), &mut derivation);
        derivation
    });
}

fn derivation(size: Size) -> Derivation {
    let question = Question::of(size);
    let (url, body) = question.carrier();
    let mut derivation = Derivation::default();
    derive(&question, &url, body.as_deref(), &mut Parameters::new(), &mut derivation);
    derivation
}

fn derive(question: &Question, url: &str, body: Option<&str>, protocol: &mut Parameters, derivation: &mut Derivation) {
    protocol.clear();
    protocol_parameters().append_to(protocol);
    let request = Request {
        method: question.method.as_bytes(),
        url: Url::parse(black_box(url).as_bytes()).unwrap(),
        headers: if body.is_some() { &FORM } else { &[] },
        body: body.map(str::as_bytes),
        protocol,
        realm: None,
    };
    sign(&request, derivation);
}

fn sign(request: &Request<'_>, derivation: &mut Derivation) {
    derivation.derive(&Recipe::RFC5849, request, SignatureMethod::HmacSha1, &Secrets::new(CLIENT_SECRET, TOKEN_SECRET)).unwrap();
}

/// The crate `oauth1-request`, from decoded pairs to the Authorization header; the list of pairs is its own and sorted by it.
#[divan::bench(args = SIZES, sample_count = COUNT, sample_size = SIZE)]
fn oauth1_request(bencher: Bencher<'_, '_>, size: Size) {
    let question = Question::of(size);
    let token = oauth1_request::Token::from_parts("dpf43f3p2l4k3l03", "kd94hf93k423kf44", "nnch734d00sl2jdk", "pfkkdhi9sl3r4s00");
    let mut builder = oauth1_request::Builder::with_token(token, oauth1_request::HMAC_SHA1);
    builder.nonce("chapoH").timestamp(std::num::NonZeroU64::new(137_131_202));
    bencher.bench_local(|| {
        let pairs: Vec<(&str, &str)> = black_box(&question.pairs).iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let list = oauth1_request::ParameterList::new(pairs);
        builder.authorize(question.method, black_box(question.url), &list)
    });
}

/// A nonce memory that takes everything: the memory is not what is measured.
struct Forgetful;

impl NonceMemory for Forgetful {
    fn register(&mut self, _key: NonceKey<'_>) -> Registration {
        Registration::Fresh
    }
}

/// All checks of a signed request that came with an Authorization header.
#[divan::bench(args = [Size::Classic, Size::Form, Size::Thousand], sample_count = COUNT, sample_size = SIZE)]
fn verification(bencher: Bencher<'_, '_>, size: Size) {
    let question = Question::of(size);
    let (url, body) = question.carrier();
    let mut protocol = Parameters::new();
    let mut derivation = Derivation::default();
    derive(&question, &url, body.as_deref(), &mut protocol, &mut derivation);
    let authorization = transmission::header(None, &protocol, &derivation.signature).unwrap();
    let headers = [FORM[0], Header { name: b"Authorization", value: &authorization }];
    let received =
        Received { method: question.method.as_bytes(), url: url.as_bytes(), headers: &headers, body: body.as_deref().map(str::as_bytes) };
    let knowledge = Knowledge {
        client: Some(KnownClient { identifier: b"dpf43f3p2l4k3l03", secret: Some(CLIENT_SECRET), public_key: None }),
        token: Some(KnownToken { identifier: b"nnch734d00sl2jdk", secret: TOKEN_SECRET }),
        now: Some(137_131_210),
        window: Some(300),
        allowed_methods: None,
    };
    let mut verifier = Verifier::default();
    bencher.bench_local(|| verifier.verify(&Checks::RFC5849, &Recipe::RFC5849, black_box(&received), &knowledge, &mut Forgetful).unwrap());
}
