//! The reference: RFC 5849 answering every operation, through the protocol core. It is a recipe and a list of checks, so the same code is
//! also every deviant implementation. It knows no expectation and keeps nothing from one question to the next but memory and the last
//! key that it read.

mod keys;
mod signing;
#[cfg(test)]
mod tests;
mod verifying;

use std::sync::{Arc, LazyLock};

pub use signing::with_subject;

use self::keys::LastKey;
use super::{Description, Implementation, Observation, Offer, Wanted};
use crate::deviation::input::with_inputs;
use crate::deviation::practice::ReadResponse;
use crate::deviation::{Conduct, Practice};
use crate::protocol::authorization::Authorization;
use crate::protocol::token_response;
use crate::protocol::verification::{Refusal, Verifier};
use crate::protocol::{
    Buffer, Code, Derivation, Header, Parameters, PrivateKey, PublicKey, Recipe, Request, Secrets, SignatureMethod, Source, percent_decode,
};
use crate::vectors::needs::FEATURES;
use crate::vectors::question::{
    BaseUriInput, BodyHashInput, HeaderInput, MacInput, NormalizeInput, SignInput, Step, TextInput, TokenResponseInput,
};
use crate::vectors::{Operation, Output, Pair, Question, Text};

/// What every reference says of itself: made once, because a diagnosis asks thousands of them.
static DESCRIPTION: LazyLock<Arc<Description>> = LazyLock::new(|| {
    Arc::new(Description {
        name: "countersign reference".to_owned(),
        version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        language: Some("Rust".to_owned()),
        ..Description::default()
    })
});

/// What every reference offers: everything.
static OFFER: LazyLock<Arc<Offer>> = LazyLock::new(|| {
    Arc::new(Offer {
        operations: Operation::ALL.to_vec(),
        signature_methods: SignatureMethod::ALL.iter().map(|method| method.as_str().to_owned()).collect(),
        features: FEATURES.map(str::to_owned).to_vec(),
    })
});

/// The reference, or whatever another recipe and other checks make of it.
#[derive(Clone, Debug)]
pub struct Reference {
    description: Arc<Description>,
    offer: Arc<Offer>,
    conduct: Conduct,
    derivation: Derivation,
    protocol: Parameters,
    verifier: Verifier,
    authorization: Authorization,
    scratch: Buffer,
    private_key: LastKey<PrivateKey>,
    public_key: LastKey<PublicKey>,
}

impl Reference {
    /// RFC 5849 itself.
    #[must_use]
    pub fn new() -> Reference {
        Reference::conducting(Conduct::default())
    }

    /// An implementation that goes about everything like this: the reference itself, or a deviant one.
    ///
    /// ```
    /// use countersign::implementation::{Implementation, Observation, Reference};
    /// use countersign::vectors::{Question, question::TextInput};
    ///
    /// let question = Question::PercentEncode(TextInput { text: "ü".into() });
    /// let Observation::Answered(output) = Reference::new().ask(&question) else { panic!("it is always answered") };
    /// assert_eq!(output.encoded, Some("%C3%BC".into()));
    /// ```
    #[must_use]
    pub fn conducting(conduct: Conduct) -> Reference {
        Reference {
            description: Arc::clone(&DESCRIPTION),
            offer: Arc::clone(&OFFER),
            conduct,
            derivation: Derivation::default(),
            protocol: Parameters::new(),
            verifier: Verifier::default(),
            authorization: Authorization::default(),
            scratch: Buffer::default(),
            private_key: LastKey::default(),
            public_key: LastKey::default(),
        }
    }

    /// The same under another name, for reports on a deviant one.
    #[must_use]
    pub fn named(mut self, name: &str) -> Reference {
        name.clone_into(&mut Arc::make_mut(&mut self.description).name);
        self
    }

    /// The decisions by which it answers.
    #[must_use]
    pub const fn practice(&self) -> &Practice {
        &self.conduct.practice
    }

    /// [`Implementation::ask_for`] for a request to be signed that is not yet a question.
    pub fn sign_for(&mut self, input: &SignInput, wanted: Wanted) -> Observation {
        observed(self.sign(input, wanted))
    }

    fn answer(&mut self, question: &Question, wanted: Wanted) -> Result<Output, Refusal> {
        match question {
            Question::Sign(input) => self.sign(input, wanted),
            Question::BaseString(input) => self.base_string(input, wanted),
            Question::Verify(input) => Ok(self.verify(input)),
            Question::PercentEncode(input) => Ok(self.percent_encode(input)),
            Question::PercentDecode(input) => self.percent_decode(input),
            Question::ParseAuthorization(input) => self.parse_authorization(input),
            Question::ParseTokenResponse(input) => parse_token_response(self.conduct.practice.read_response, input),
            Question::BaseUri(input) => self.base_uri(input),
            Question::Normalize(input) => Ok(self.normalize(input)),
            Question::Mac(input) => self.mac(input),
            Question::FormDecode(input) => Ok(self.form_decode(input)),
            Question::BodyHash(input) => self.body_hash(input),
        }
    }

    fn percent_encode(&mut self, input: &TextInput) -> Output {
        self.scratch.clear();
        self.conduct.practice.recipe.encode.value.encode(input.text.as_bytes(), &mut self.scratch);
        Output { encoded: Some(text(&self.scratch)), ..Output::default() }
    }

    fn percent_decode(&mut self, input: &TextInput) -> Result<Output, Refusal> {
        self.scratch.clear();
        percent_decode(input.text.as_bytes(), &mut self.scratch)?;
        Ok(Output { decoded: Some(text(&self.scratch)), ..Output::default() })
    }

    fn parse_authorization(&mut self, input: &HeaderInput) -> Result<Output, Refusal> {
        (self.conduct.practice.checks.read_header)(input.header.as_bytes(), &mut self.authorization, &mut self.scratch)?;
        let Authorization { realm, parameters } = &self.authorization;
        Ok(Output { realm: Some(realm.as_deref().map(Text::from)), parameters: Some(pairs(parameters)), ..Output::default() })
    }

    fn base_uri(&mut self, input: &BaseUriInput) -> Result<Output, Refusal> {
        self.protocol.clear();
        let headers = headers(&input.headers);
        let url = (self.conduct.practice.admission.url)(input.url.as_bytes())?;
        let request = Request { method: b"GET", url, headers: &headers, body: None, protocol: &self.protocol, realm: None };
        self.scratch.clear();
        let uri = &self.conduct.practice.recipe.uri;
        with_inputs(&self.conduct.inputs, &request, |request| (uri.whole)(uri, request, &mut self.scratch))?;
        Ok(Output { base_uri: Some(text(&self.scratch)), ..Output::default() })
    }

    fn normalize(&mut self, input: &NormalizeInput) -> Output {
        self.protocol.clear();
        for (name, value) in &input.parameters {
            self.protocol.push(name.as_bytes(), value.as_bytes(), Source::Query);
        }
        let Recipe { encode, order, join, .. } = &self.conduct.practice.recipe;
        let encoded = &mut self.derivation.encoded;
        encoded.clear();
        encoded.encode(&self.protocol, encode);
        order(encoded);
        self.scratch.clear();
        join.append(encoded, &mut self.scratch);
        Output { normalized: Some(text(&self.scratch)), ..Output::default() }
    }

    fn mac(&mut self, input: &MacInput) -> Result<Output, Refusal> {
        let method = SignatureMethod::from_name(input.signature_method.as_bytes())?;
        let mut secrets = Secrets::new(b"", b"");
        if method.is_rsa() {
            secrets = secrets.with_private_key(Some(self.private_key.read(input.private_key.as_deref(), PrivateKey::from_pem)?));
        }
        let key = match &input.key {
            Some(key) => key.as_bytes(),
            None if method.is_rsa() => b"",
            None => return Err(Refusal::new(Code::MalformedRequest, "there is no key (RFC 5849 sections 3.4.2 and 3.4.4)")),
        };
        self.scratch.clear();
        (self.conduct.practice.recipe.sign)(method, key, input.base_string.as_bytes(), &secrets, &mut self.scratch)?;
        let mut signature = Buffer::default();
        if method == SignatureMethod::Plaintext {
            signature.append(&self.scratch);
        } else {
            (self.conduct.practice.recipe.text)(&self.scratch, &mut signature);
        }
        Ok(Output { signature: Some(text(&signature)), ..Output::default() })
    }

    fn body_hash(&self, input: &BodyHashInput) -> Result<Output, Refusal> {
        let method = SignatureMethod::from_name(input.signature_method.as_bytes())?;
        let hash = (self.conduct.practice.body_hash)(method, input.body.as_ref().map(Text::as_bytes));
        Ok(Output { body_hash: Some(Text::from(hash)), ..Output::default() })
    }

    fn form_decode(&mut self, input: &TextInput) -> Output {
        self.protocol.clear();
        self.conduct.practice.recipe.read.read(input.text.as_bytes(), Source::Body, &mut self.protocol);
        Output { parameters: Some(pairs(&self.protocol)), ..Output::default() }
    }
}

impl Default for Reference {
    fn default() -> Reference {
        Reference::new()
    }
}

impl Implementation for Reference {
    fn description(&self) -> &Description {
        &self.description
    }

    fn offer(&self) -> &Offer {
        &self.offer
    }

    fn ask(&mut self, question: &Question) -> Observation {
        self.ask_for(question, Wanted::ALL)
    }

    fn ask_for(&mut self, question: &Question, wanted: Wanted) -> Observation {
        observed(self.answer(question, wanted))
    }
}

fn observed(answer: Result<Output, Refusal>) -> Observation {
    match answer {
        Ok(output) => Observation::Answered(Box::new(output)),
        Err(refusal) => Observation::Refused { code: Some(refusal.code.as_str().to_owned()), message: refusal.because.into_owned() },
    }
}

fn parse_token_response(read: ReadResponse, input: &TokenResponseInput) -> Result<Output, Refusal> {
    let step = match input.step {
        Step::Temporary => token_response::Step::Temporary,
        Step::Token => token_response::Step::Token,
    };
    // A number that no status is, is none of the 2xx either.
    let status = u16::try_from(input.status).unwrap_or(0);
    let read = read(step, status, &headers(&input.headers), input.body.as_bytes())?;
    Ok(Output {
        identifier: Some(Text::from(read.identifier)),
        secret: Some(Text::from(read.secret.expose())),
        parameters: Some(pairs(&read.parameters)),
        ..Output::default()
    })
}

fn headers(pairs: &[Pair]) -> Vec<Header<'_>> {
    pairs.iter().map(|(name, value)| Header { name: name.as_bytes(), value: value.as_bytes() }).collect()
}

fn pairs(parameters: &Parameters) -> Vec<Pair> {
    parameters.iter().map(|parameter| (Text::from(parameter.name), Text::from(parameter.value))).collect()
}

fn text(octets: &[u8]) -> Text {
    Text::from(octets)
}
