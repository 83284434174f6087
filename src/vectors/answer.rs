//! What can be answered, and what may be: an operation's output fields, a refusal, or one of several readings.

use serde::{Deserialize, Serialize};

use super::question::Operation;
use super::text::{Pair, Text};

/// The output fields of all operations. In an expectation, those given are compared; in an answer, those known are given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each member is explained in vectors/README.md")]
pub struct Output {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_string: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoded: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decoded: Option<Text>,
    /// Three-valued: not said, none, or this text.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "said")]
    pub realm: Option<Option<Text>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Vec<Pair>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_uri: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub normalized: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_hash: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stages: Option<Stages>,
}

impl Output {
    /// The names of the fields that are given, in the order of the declaration.
    pub fn given(&self) -> impl Iterator<Item = &'static str> {
        [
            ("signature", self.signature.is_some()),
            ("authorization", self.authorization.is_some()),
            ("url", self.url.is_some()),
            ("body", self.body.is_some()),
            ("base_string", self.base_string.is_some()),
            ("valid", self.valid.is_some()),
            ("code", self.code.is_some()),
            ("encoded", self.encoded.is_some()),
            ("decoded", self.decoded.is_some()),
            ("realm", self.realm.is_some()),
            ("parameters", self.parameters.is_some()),
            ("identifier", self.identifier.is_some()),
            ("secret", self.secret.is_some()),
            ("base_uri", self.base_uri.is_some()),
            ("normalized", self.normalized.is_some()),
            ("body_hash", self.body_hash.is_some()),
            ("stages", self.stages.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, given)| given.then_some(name))
    }
}

impl Output {
    /// The field without which an answer to a question of this operation says nothing, if it is not there. What a token response is read
    /// as may be nothing at all.
    #[must_use]
    pub fn lacks(&self, operation: Operation) -> Option<&'static str> {
        let (field, is_given) = match operation {
            Operation::Sign | Operation::Mac => ("signature", self.signature.is_some()),
            Operation::BaseString => ("base_string", self.base_string.is_some()),
            Operation::Verify => ("valid", self.valid.is_some()),
            Operation::PercentEncode => ("encoded", self.encoded.is_some()),
            Operation::PercentDecode => ("decoded", self.decoded.is_some()),
            Operation::ParseAuthorization | Operation::FormDecode => ("parameters", self.parameters.is_some()),
            Operation::ParseTokenResponse => return None,
            Operation::BaseUri => ("base_uri", self.base_uri.is_some()),
            Operation::Normalize => ("normalized", self.normalized.is_some()),
            Operation::BodyHash => ("body_hash", self.body_hash.is_some()),
        };
        (!is_given).then_some(field)
    }

    /// How long it is when it is written, in octets.
    #[must_use]
    pub fn octets(&self) -> usize {
        let mut counter = Counter(0);
        // Counting cannot fail.
        let _ = serde_json::to_writer(&mut counter, self);
        counter.0
    }

    /// Cuts each text to so many octets, and the list of parameters to so many pairs.
    pub fn cut(&mut self, most: usize) {
        let stages = self.stages.as_mut().map(|Stages { base_uri, normalized, base_string, key }| [base_uri, normalized, base_string, key]);
        let texts = [
            &mut self.signature,
            &mut self.authorization,
            &mut self.url,
            &mut self.body,
            &mut self.base_string,
            &mut self.encoded,
            &mut self.decoded,
            &mut self.identifier,
            &mut self.secret,
            &mut self.base_uri,
            &mut self.normalized,
            &mut self.body_hash,
        ];
        texts.into_iter().chain(stages.into_iter().flatten()).chain(&mut self.realm).flatten().for_each(|text| text.cut(most));
        if let Some(parameters) = &mut self.parameters {
            parameters.truncate(most);
            parameters.iter_mut().for_each(|(name, value)| {
                name.cut(most);
                value.cut(most);
            });
        }
        self.code = self.code.take().filter(|code| code.len() <= most);
    }
}

/// Counts what is written.
struct Counter(usize);

impl std::io::Write for Counter {
    fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
        self.0 += octets.len();
        Ok(octets.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn said<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Text>>, D::Error> {
    Option::<Text>::deserialize(deserializer).map(Some)
}

/// The intermediate values of a signature.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each member is explained in vectors/README.md")]
pub struct Stages {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_uri: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub normalized: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_string: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Text>,
}

impl Operation {
    /// The output fields that this operation has.
    #[must_use]
    pub const fn output_fields(self) -> &'static [&'static str] {
        match self {
            Operation::Sign => &["signature", "authorization", "url", "body", "stages"],
            Operation::BaseString => &["base_string", "stages"],
            Operation::Verify => &["valid", "code"],
            Operation::PercentEncode => &["encoded"],
            Operation::PercentDecode => &["decoded"],
            Operation::ParseAuthorization => &["realm", "parameters"],
            Operation::ParseTokenResponse => &["identifier", "secret", "parameters"],
            Operation::BaseUri => &["base_uri"],
            Operation::Normalize => &["normalized"],
            Operation::Mac => &["signature"],
            Operation::FormDecode => &["parameters"],
            Operation::BodyHash => &["body_hash"],
        }
    }
}

/// What may be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// This.
    Answer(Box<Output>),
    /// A refusal; any code will do if the list is empty.
    Refuse(Vec<String>),
    /// One of these readings, each with its reason. No branch is itself a choice.
    OneOf(Vec<(String, Expectation)>),
}

impl Expectation {
    /// Whether a refusal could satisfy it: then the case needs a positive control.
    #[must_use]
    pub fn admits_refusal(&self) -> bool {
        match self {
            Expectation::Answer(output) => output.valid == Some(false),
            Expectation::Refuse(_) => true,
            Expectation::OneOf(branches) => branches.iter().any(|(_, branch)| branch.admits_refusal()),
        }
    }
}
