//! What is asked, as it stands on the wire and in reports: the `input` of a vector file (`vectors/README.md`, operations). It is written
//! beside the operation's name, which says how it is read.

use serde::ser::{Serialize, Serializer};

use super::{Operation, Question};

/// A question's input, to be written.
pub(crate) struct Input<'a>(pub(crate) &'a Question);

impl Serialize for Input<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Question::Sign(input) | Question::BaseString(input) => input.serialize(serializer),
            Question::Verify(input) => input.serialize(serializer),
            Question::PercentEncode(input) | Question::PercentDecode(input) | Question::FormDecode(input) => input.serialize(serializer),
            Question::ParseAuthorization(input) => input.serialize(serializer),
            Question::ParseTokenResponse(input) => input.serialize(serializer),
            Question::BaseUri(input) => input.serialize(serializer),
            Question::Normalize(input) => input.serialize(serializer),
            Question::Mac(input) => input.serialize(serializer),
            Question::BodyHash(input) => input.serialize(serializer),
        }
    }
}

/// Reads an input back.
pub(crate) fn read(operation: Operation, text: &str) -> serde_json::Result<Question> {
    Ok(match operation {
        Operation::Sign => Question::Sign(serde_json::from_str(text)?),
        Operation::BaseString => Question::BaseString(serde_json::from_str(text)?),
        Operation::Verify => Question::Verify(serde_json::from_str(text)?),
        Operation::PercentEncode => Question::PercentEncode(serde_json::from_str(text)?),
        Operation::PercentDecode => Question::PercentDecode(serde_json::from_str(text)?),
        Operation::ParseAuthorization => Question::ParseAuthorization(serde_json::from_str(text)?),
        Operation::ParseTokenResponse => Question::ParseTokenResponse(serde_json::from_str(text)?),
        Operation::BaseUri => Question::BaseUri(serde_json::from_str(text)?),
        Operation::Normalize => Question::Normalize(serde_json::from_str(text)?),
        Operation::Mac => Question::Mac(serde_json::from_str(text)?),
        Operation::FormDecode => Question::FormDecode(serde_json::from_str(text)?),
        Operation::BodyHash => Question::BodyHash(serde_json::from_str(text)?),
    })
}
