//! Whether what a case expects is what somebody computes, stages included, and whether the stages of a case belong together. Stricter than
//! a judge: every value that is written down counts.

use super::answer::{Expectation, Output, Stages};
use super::case::{Case, Level, Status};
use super::question::Question;
use super::text::{Pair, Text};
use crate::protocol::authorization::Authorization;
use crate::protocol::encoding::form_pairs;
use crate::protocol::signature::{base64_text, sign};
use crate::protocol::{Buffer, Secrets, SignatureMethod, form_decoded, percent_decode};

/// Whoever computes: the answer, or the code of a refusal.
pub type Recompute<'a> = dyn FnMut(&Question) -> Result<Output, String> + 'a;

/// What is wrong with the expected values of a case.
///
/// An active case must recompute: of several readings, one. Of level `interop` only the stages must belong together. A withdrawn value
/// must not recompute, otherwise it is right; a disputed one may do as it likes.
pub(super) fn faults(case: &Case, recompute: &mut Recompute<'_>) -> Vec<String> {
    let mut faults = Vec::new();
    if case.status != Status::Withdrawn {
        let readings: &[&Expectation] = match &case.expectation {
            Expectation::OneOf(branches) => &branches.iter().map(|(_, branch)| branch).collect::<Vec<_>>(),
            one => &[one],
        };
        faults.extend(readings.iter().filter_map(|reading| incoherence(&case.question, reading)));
    }
    if case.status == Status::Disputed || case.level == Level::Interop {
        return faults;
    }
    let computed = recompute(&case.question);
    let difference = difference(&case.expectation, &computed);
    match (case.status, difference) {
        (Status::Withdrawn, None) => faults.push("a withdrawn value is what is computed".to_owned()),
        (Status::Active, Some(difference)) => faults.push(difference),
        _ => {}
    }
    faults
}

fn difference(expectation: &Expectation, computed: &Result<Output, String>) -> Option<String> {
    match (expectation, computed) {
        (Expectation::OneOf(branches), _) => {
            let mut first = None;
            for (_, branch) in branches {
                match difference(branch, computed) {
                    None => return None,
                    Some(found) => first = first.or(Some(found)),
                }
            }
            first.map(|first| format!("no reading recomputes; the first: {first}"))
        }
        (Expectation::Refuse(codes), Ok(Output { valid: Some(false), code, .. })) => other_code(codes, code.as_deref().unwrap_or_default()),
        (Expectation::Refuse(codes), Err(code)) => other_code(codes, code),
        (Expectation::Refuse(_), Ok(_)) => Some("it is expected to be refused and is answered".to_owned()),
        (Expectation::Answer(_), Err(code)) => Some(format!("it is expected to be answered and is refused ({code})")),
        (Expectation::Answer(expected), Ok(computed)) => first_difference(expected, computed),
    }
}

fn other_code(codes: &[String], code: &str) -> Option<String> {
    let known = codes.is_empty() || codes.iter().any(|known| known == code);
    (!known).then(|| format!("it is refused with {code} and not with {}", codes.join(" or ")))
}

fn first_difference(expected: &Output, computed: &Output) -> Option<String> {
    let texts = [
        ("signature", &expected.signature, &computed.signature),
        ("base_string", &expected.base_string, &computed.base_string),
        ("encoded", &expected.encoded, &computed.encoded),
        ("decoded", &expected.decoded, &computed.decoded),
        ("identifier", &expected.identifier, &computed.identifier),
        ("secret", &expected.secret, &computed.secret),
        ("base_uri", &expected.base_uri, &computed.base_uri),
        ("normalized", &expected.normalized, &computed.normalized),
        ("body_hash", &expected.body_hash, &computed.body_hash),
    ];
    let stages = |stages: &Option<Stages>| stages.clone().unwrap_or_default();
    let (written, derived) = (stages(&expected.stages), stages(&computed.stages));
    let stages = [
        ("stages.base_uri", &written.base_uri, &derived.base_uri),
        ("stages.normalized", &written.normalized, &derived.normalized),
        ("stages.base_string", &written.base_string, &derived.base_string),
        ("stages.key", &written.key, &derived.key),
    ];
    // Stages first: they say why the rest differs.
    for (name, expected, computed) in stages.into_iter().chain(texts) {
        if expected.is_some() && expected != computed {
            let computed = computed.as_ref().map_or_else(|| "nothing".to_owned(), |value| format!("{value:?}"));
            return Some(format!("{name} recomputes to {computed}"));
        }
    }
    let differs = |name: &str, differs: bool| differs.then(|| format!("{name} does not recompute"));
    let lists =
        |left: &Option<Vec<Pair>>, right: &Option<Vec<Pair>>| left.is_some() && left.clone().map(sorted) != right.clone().map(sorted);
    differs("valid", expected.valid.is_some() && expected.valid != computed.valid)
        .or(differs("code", expected.code.is_some() && expected.code != computed.code))
        .or(differs("realm", expected.realm.is_some() && expected.realm != computed.realm))
        .or(differs("parameters", lists(&expected.parameters, &computed.parameters)))
        .or(differs("authorization", sent(&expected.authorization, &computed.authorization, header)))
        .or(differs("url", sent(&expected.url, &computed.url, |url| form(url, true))))
        .or(differs("body", sent(&expected.body, &computed.body, |body| form(body, false))))
}

fn sorted(mut pairs: Vec<Pair>) -> Vec<Pair> {
    pairs.sort();
    pairs
}

/// Whether a part of a request reads differently; `read` gives what stands before the parameters, and them.
fn sent(expected: &Option<Text>, computed: &Option<Text>, read: impl Fn(&Text) -> Option<(Vec<u8>, Vec<Pair>)>) -> bool {
    match (expected, computed) {
        (Some(expected), Some(computed)) => read(expected).is_none() || read(expected) != read(computed),
        (expected, _) => expected.is_some(),
    }
}

fn header(value: &Text) -> Option<(Vec<u8>, Vec<Pair>)> {
    let Authorization { realm, parameters } = Authorization::parse(value.as_bytes()).ok()?;
    let pairs = parameters.iter().map(|parameter| (Text::from(parameter.name), Text::from(parameter.value))).collect();
    Some((realm.unwrap_or_default(), sorted(pairs)))
}

fn form(text: &Text, is_url: bool) -> Option<(Vec<u8>, Vec<Pair>)> {
    let text = text.as_bytes();
    let (before, pairs) = match text.iter().position(|&octet| octet == b'?') {
        Some(at) if is_url => (text.get(..at)?, text.get(at + 1..)?),
        None if is_url => (text, &b""[..]),
        _ => (&b""[..], text),
    };
    let mut fields = pairs.split(|&octet| octet == b'#');
    let (pairs, fragment) = (fields.next()?, fields.next().unwrap_or_default());
    let decoded = |text: &[u8]| Text::from(form_decoded(text));
    Some(([before, b"#", fragment].concat(), sorted(form_pairs(pairs).map(|(name, value)| (decoded(name), decoded(value))).collect())))
}

/// How the stages of a reading contradict each other: the base string is made of the others, and the signature follows from it and the
/// key, whatever recipe was followed up to there.
fn incoherence(question: &Question, reading: &Expectation) -> Option<String> {
    let (Question::Sign(input), Expectation::Answer(output)) = (question, reading) else { return None };
    let stages = output.stages.as_ref()?;
    let base_string = stages.base_string.as_ref()?;
    let mut parts = base_string.as_bytes().splitn(3, |&octet| octet == b'&').skip(1);
    for (name, stage) in [("base_uri", &stages.base_uri), ("normalized", &stages.normalized)] {
        let part = parts.next().unwrap_or_default();
        let mut decoded = Buffer::default();
        if stage.as_ref().is_some_and(|stage| percent_decode(part, &mut decoded).is_err() || *decoded != *stage.as_bytes()) {
            return Some(format!("the stage base_string does not hold the stage {name}"));
        }
    }
    let (key, signature) = (stages.key.as_ref()?, output.signature.as_ref()?);
    let method = SignatureMethod::from_name(input.signature_method.as_bytes()).ok().filter(|method| !method.is_rsa())?;
    let (mut octets, mut text) = (Buffer::default(), Buffer::default());
    sign(method, key.as_bytes(), base_string.as_bytes(), &Secrets::new(b"", b""), &mut octets).ok()?;
    if method == SignatureMethod::Plaintext {
        text.append(&octets)
    } else {
        base64_text(&octets, &mut text)
    }
    (*text != *signature.as_bytes())
        .then(|| format!("the stages base_string and key give the signature {}", String::from_utf8_lossy(&text)))
}
