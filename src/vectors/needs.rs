//! What an implementation must offer to be asked a case: signature methods and features, read off the input when somebody asks. It does
//! not know what anybody offers.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::case::Case;
use super::question::{Question, SignInput, Transmission, VerifyInput};
use super::text::{Pair, Text};
use crate::protocol::SignatureMethod;
use crate::protocol::encoding::{form_decoded, form_pairs};
use crate::protocol::request::is_form;

/// The features that an implementation may declare. The table of features in [`question`](super::question#features) says what each means, and
/// which cases need it.
pub const FEATURES: [&str; 12] = [
    "stages",
    "form_body",
    "duplicates",
    "extra_parameters",
    "realm",
    "callback",
    "verifier",
    "no_version",
    "fixed_nonce",
    "transmission",
    "body_hash",
    "codes",
];

/// One thing that must be offered. Prints as `feature:form_body` or `signature_method:RSA-SHA1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need<'a> {
    /// One of [`FEATURES`].
    Feature(&'a str),
    /// A signature method, by its name.
    SignatureMethod(&'a str),
}

impl std::fmt::Display for Need<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Need::Feature(name) => write!(f, "feature:{name}"),
            Need::SignatureMethod(name) => write!(f, "signature_method:{name}"),
        }
    }
}

impl<'a> Need<'a> {
    fn written(text: &'a str) -> Need<'a> {
        match text.split_once(':') {
            Some(("signature_method", name)) => Need::SignatureMethod(name),
            Some((_, name)) => Need::Feature(name),
            None => Need::Feature(text),
        }
    }
}

impl Case {
    /// What must be offered: what `requires` says and what the input needs, each once. An implementation that offers all of it may not
    /// refuse the case as unsupported.
    #[must_use]
    pub fn needs(&self) -> Vec<Need<'_>> {
        let mut needs = Vec::with_capacity(4);
        self.question.lacking(&|_| false, &mut needs);
        for written in &self.requires {
            let need = Need::written(written);
            if !needs.contains(&need) {
                needs.push(need);
            }
        }
        needs
    }
}

impl Question {
    /// Appends what the input needs and nobody offers. What takes long to be seen is looked for only if it is not offered.
    pub(crate) fn lacking<'a>(&'a self, is_offered: &dyn Fn(&Need<'_>) -> bool, needs: &mut Vec<Need<'a>>) {
        let mut lacking = Lacking { is_offered, needs };
        match self {
            Question::Sign(sign) => {
                lacking.method(sign.signature_method.as_bytes());
                sign_features(sign, &mut lacking);
            }
            Question::BaseString(sign) => sign_features(sign, &mut lacking),
            Question::Verify(verify) => verify_needs(verify, &mut lacking),
            Question::Mac(mac) => lacking.method(mac.signature_method.as_bytes()),
            Question::BodyHash(hash) => lacking.method(hash.signature_method.as_bytes()),
            Question::Normalize(normalize) => {
                let names = || normalize.parameters.iter().map(|(name, _)| Cow::Borrowed(name.as_bytes()));
                lacking.feature("duplicates", || repeats(names()));
            }
            Question::FormDecode(form) => lacking.feature("duplicates", || repeats(names(form.text.as_bytes()))),
            Question::PercentEncode(_)
            | Question::PercentDecode(_)
            | Question::ParseAuthorization(_)
            | Question::ParseTokenResponse(_)
            | Question::BaseUri(_) => {}
        }
    }

    /// The length of the longest list of parameters, query, form and header fields included.
    pub(super) fn longest_list(&self) -> usize {
        let pairs = |text: &Text| memchr::memchr_iter(b'&', text.as_bytes()).count() + 1;
        let body = |body: &Option<Text>| body.as_ref().map_or(0, pairs);
        match self {
            Question::Sign(sign) | Question::BaseString(sign) => {
                sign.headers.len().max(sign.extra.len()).max(pairs(&sign.url)).max(body(&sign.body))
            }
            Question::Verify(verify) => verify.headers.len().max(verify.seen.len()).max(pairs(&verify.url)).max(body(&verify.body)),
            Question::ParseTokenResponse(response) => response.headers.len().max(pairs(&response.body)),
            Question::BaseUri(uri) => uri.headers.len(),
            Question::Normalize(normalize) => normalize.parameters.len(),
            Question::FormDecode(form) => pairs(&form.text),
            Question::PercentEncode(_)
            | Question::PercentDecode(_)
            | Question::ParseAuthorization(_)
            | Question::Mac(_)
            | Question::BodyHash(_) => 0,
        }
    }
}

/// What is needed and not offered.
struct Lacking<'l, 'a> {
    is_offered: &'l dyn Fn(&Need<'_>) -> bool,
    needs: &'l mut Vec<Need<'a>>,
}

impl<'a> Lacking<'_, 'a> {
    fn feature(&mut self, name: &'static str, is_needed: impl FnOnce() -> bool) {
        let need = Need::Feature(name);
        if !(self.is_offered)(&need) && is_needed() {
            self.needs.push(need);
        }
    }

    fn feature_if(&mut self, is_needed: bool, name: &'static str) {
        if is_needed {
            self.feature(name, || true);
        }
    }

    /// Names that are no signature method at all need nothing: they are to be refused.
    fn method(&mut self, name: &[u8]) {
        if let Ok(method) = SignatureMethod::from_name(name) {
            let need = Need::SignatureMethod(method.as_str());
            if !(self.is_offered)(&need) {
                self.needs.push(need);
            }
        }
    }
}

fn sign_features(sign: &SignInput, lacking: &mut Lacking<'_, '_>) {
    let form = form(&sign.headers, sign.body.as_ref());
    lacking.feature_if(form.is_some(), "form_body");
    lacking.feature("duplicates", || repeats_in_request(&sign.url, form, &sign.extra));
    lacking.feature_if(!sign.extra.is_empty(), "extra_parameters");
    lacking.feature_if(sign.realm.is_some(), "realm");
    lacking.feature_if(sign.callback.is_some(), "callback");
    lacking.feature_if(sign.verifier.is_some(), "verifier");
    lacking.feature_if(sign.version.is_none(), "no_version");
    lacking.feature_if(sign.nonce.is_some() || sign.timestamp.is_some(), "fixed_nonce");
    lacking.feature_if(sign.transmission != Transmission::Header, "transmission");
    lacking.feature_if(sign.body_hash.is_some(), "body_hash");
}

/// A verifier is given the request as it stands on the wire, so that it can express all of it; what counts is what it was built to read.
/// Repeated protocol parameters need no feature: they must be refused by everybody.
fn verify_needs(verify: &VerifyInput, lacking: &mut Lacking<'_, '_>) {
    if let Some(method) = method_of(verify).map(|method| method.as_str().as_bytes()) {
        let allowed = verify.allowed_methods.as_ref();
        if allowed.is_none_or(|allowed| allowed.iter().any(|name| name.as_bytes() == method)) {
            lacking.method(method);
        }
    }
    let form = form(&verify.headers, verify.body.as_ref());
    lacking.feature_if(form.is_some(), "form_body");
    lacking.feature("duplicates", || repeats_in_request(&verify.url, form, &[]));
    lacking.feature("body_hash", || places(verify).any(|place| memchr::memmem::find(place, b"oauth_body_hash").is_some()));
}

/// The texts of a request in which protocol parameters can stand.
fn places(verify: &VerifyInput) -> impl Iterator<Item = &[u8]> {
    let fields = verify.headers.iter().filter(|(name, _)| name.as_bytes().eq_ignore_ascii_case(b"authorization"));
    fields.map(|(_, value)| value.as_bytes()).chain([verify.url.as_bytes()]).chain(verify.body.as_ref().map(Text::as_bytes))
}

/// The signature method that a request names, if it is one. A search in the text will do: what it misses is asked of everybody.
fn method_of(verify: &VerifyInput) -> Option<SignatureMethod> {
    const NAME: &[u8] = b"oauth_signature_method=";
    // Made once: every received request is searched.
    static FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(NAME));
    places(verify).find_map(|place| {
        let at = FINDER.find(place)?;
        let value = place.get(at + NAME.len()..)?;
        let value = value.strip_prefix(b"\"").unwrap_or(value);
        let end = value.iter().position(|octet| matches!(octet, b'"' | b'&' | b',' | b'#')).unwrap_or(value.len());
        SignatureMethod::from_name(value.get(..end)?).ok()
    })
}

/// The body, if it is a form's.
fn form<'a>(headers: &[Pair], body: Option<&'a Text>) -> Option<&'a [u8]> {
    let body = body?;
    let mut fields = headers.iter().filter(|(name, _)| name.as_bytes().eq_ignore_ascii_case(b"content-type"));
    fields.any(|(_, value)| is_form(value.as_bytes())).then_some(body.as_bytes())
}

fn names(text: &[u8]) -> impl Iterator<Item = Cow<'_, [u8]>> {
    form_pairs(text).map(|(name, _)| {
        if name.iter().any(|octet| matches!(octet, b'%' | b'+')) { Cow::Owned(form_decoded(name)) } else { Cow::Borrowed(name) }
    })
}

fn repeats_in_request(url: &Text, form: Option<&[u8]>, extra: &[Pair]) -> bool {
    let url = url.as_bytes();
    let query = memchr::memchr(b'?', url).and_then(|at| url.get(at + 1..)).unwrap_or_default();
    let query = query.split(|&octet| octet == b'#').next().unwrap_or_default();
    if query.is_empty() && form.is_none() && extra.len() < 2 {
        return false;
    }
    let extra = extra.iter().map(|(name, _)| Cow::Borrowed(name.as_bytes()));
    repeats(names(query).chain(names(form.unwrap_or_default())).chain(extra).filter(|name| !name.starts_with(b"oauth_")))
}

fn repeats<'a>(names: impl Iterator<Item = Cow<'a, [u8]>>) -> bool {
    let mut names: Vec<Cow<'a, [u8]>> = names.collect();
    names.sort_unstable();
    names.windows(2).any(|pair| matches!(pair, [first, second] if first == second))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::question::{Credentials, NormalizeInput, TextInput};

    fn needs(question: &Question) -> Vec<String> {
        let mut needs = Vec::new();
        question.lacking(&|_| false, &mut needs);
        needs.iter().map(Need::to_string).collect()
    }

    fn plain() -> SignInput {
        SignInput {
            method: "GET".into(),
            url: "http://h/?a=1".into(),
            client: Credentials { identifier: "c".into(), secret: None },
            signature_method: "HMAC-SHA1".into(),
            version: Some("1.0".into()),
            ..SignInput::default()
        }
    }

    #[test]
    fn a_plain_request_needs_its_signature_method() {
        assert_eq!(needs(&Question::Sign(plain().into())), ["signature_method:HMAC-SHA1"]);
        assert_eq!(needs(&Question::BaseString(plain().into())), [""; 0]);
        let unknown = SignInput { signature_method: "HMAC-MD5".into(), ..plain() };
        assert_eq!(needs(&Question::Sign(unknown.into())), [""; 0]);
    }

    #[test]
    fn each_member_of_a_request_needs_its_feature() {
        let text = || Some(Text::from("x"));
        let headers = vec![("content-TYPE".into(), "application/x-www-form-urlencoded; charset=UTF-8".into())];
        for (feature, sign) in [
            ("form_body", SignInput { headers: headers.clone(), body: text(), ..plain() }),
            ("duplicates", SignInput { url: "http://h/?a=1&%61=2".into(), ..plain() }),
            ("duplicates", SignInput { url: "http://h/?a&a#b".into(), ..plain() }),
            ("extra_parameters", SignInput { extra: vec![("x".into(), "y".into())], ..plain() }),
            ("realm", SignInput { realm: text(), ..plain() }),
            ("callback", SignInput { callback: text(), ..plain() }),
            ("verifier", SignInput { verifier: text(), ..plain() }),
            ("no_version", SignInput { version: None, ..plain() }),
            ("fixed_nonce", SignInput { nonce: text(), ..plain() }),
            ("fixed_nonce", SignInput { timestamp: text(), ..plain() }),
            ("transmission", SignInput { transmission: Transmission::Query, ..plain() }),
            ("body_hash", SignInput { body_hash: text(), ..plain() }),
        ] {
            assert!(FEATURES.contains(&feature));
            assert_eq!(needs(&Question::BaseString(sign.into())), [format!("feature:{feature}")]);
        }
        let both = SignInput { headers, body: Some("b=1&a=2".into()), ..plain() };
        assert_eq!(needs(&Question::BaseString(both.into())), ["feature:form_body", "feature:duplicates"]);
        let no_form = SignInput { body: Some("a=2".into()), ..plain() };
        assert_eq!(needs(&Question::BaseString(no_form.into())), [""; 0]);
    }

    #[test]
    fn a_verifier_needs_the_method_that_the_request_names() {
        let header = |value: &str| vec![("authorization".into(), value.into())];
        let hmac = "signature_method:HMAC-SHA1".to_owned();
        for (verify, expected) in [
            (VerifyInput { headers: header("OAuth oauth_signature_method=\"HMAC-SHA1\", a=\"b\""), ..VerifyInput::default() }, Some(&hmac)),
            (VerifyInput { url: "http://h/?oauth_signature_method=HMAC-SHA1&a".into(), ..VerifyInput::default() }, Some(&hmac)),
            (VerifyInput { body: Some("oauth_signature_method=HMAC-SHA1".into()), ..VerifyInput::default() }, Some(&hmac)),
            (VerifyInput { body: Some("oauth_signature_method=hmac-sha1".into()), ..VerifyInput::default() }, None),
            (
                VerifyInput {
                    body: Some("oauth_signature_method=HMAC-SHA1".into()),
                    allowed_methods: Some(vec!["RSA-SHA1".into()]),
                    ..VerifyInput::default()
                },
                None,
            ),
        ] {
            assert_eq!(needs(&Question::Verify(verify.into())).first(), expected);
        }
        let hashed = VerifyInput { url: "http://h/?oauth_body_hash=x&oauth_nonce=1&oauth_nonce=1".into(), ..VerifyInput::default() };
        assert_eq!(needs(&Question::Verify(hashed.into())), ["feature:body_hash"]);
    }

    #[test]
    fn repeated_names_of_stages_are_duplicates() {
        let pairs = vec![("a".into(), "1".into()), ("a".into(), "2".into())];
        assert_eq!(needs(&Question::Normalize(NormalizeInput { parameters: pairs })), ["feature:duplicates"]);
        assert_eq!(needs(&Question::FormDecode(TextInput { text: "a+b=1&a%20b=2".into() })), ["feature:duplicates"]);
        assert_eq!(needs(&Question::FormDecode(TextInput { text: "a=1&b=1".into() })), [""; 0]);
    }
}
