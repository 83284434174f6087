//! One thing in which an observation is not what is expected. It holds octets; showing them is the reports' work.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::vectors::Text;

/// The most differences that are told of one case: a hostile answer may hold thousands.
pub const MAX_DIFFERENCES: usize = 16;

/// Something that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What differs.
    pub what: What,
    /// What is expected of it.
    pub expected: Side,
    /// What it was.
    pub observed: Side,
    /// The octet, counted from 0, at which two values part, or at which a value breaks its grammar.
    pub first_difference: Option<usize>,
}

/// What differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The kind of the answer: an output, or a refusal with its code.
    Outcome,
    /// An output field as a whole.
    Field(&'static str),
    /// Something inside an output field: a parameter by its decoded name, or `realm`, `fragment`, a rule's id.
    Inside {
        /// The field.
        field: &'static str,
        /// The thing in it.
        name: Text,
    },
    /// An intermediate value of a signature. It never decides, it locates.
    Stage(&'static str),
}

/// One side of a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Side {
    /// It is not there, or must not be.
    Absent,
    /// These octets.
    Value(Text),
    /// A description, because it is not one value.
    Words(String),
}

impl Difference {
    /// A difference between two values.
    #[must_use]
    pub fn of_values(what: What, expected: &[u8], observed: &[u8]) -> Difference {
        Difference {
            what,
            expected: Side::Value(expected.into()),
            observed: Side::Value(observed.into()),
            first_difference: first_difference(expected, observed),
        }
    }

    /// A difference of which one side is no value.
    #[must_use]
    pub const fn new(what: What, expected: Side, observed: Side) -> Difference {
        Difference { what, expected, observed, first_difference: None }
    }

    /// Whether it only locates.
    #[must_use]
    pub const fn is_stage(&self) -> bool {
        matches!(self.what, What::Stage(_))
    }
}

impl std::fmt::Display for What {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            What::Outcome => f.write_str("outcome"),
            What::Field(field) => f.write_str(field),
            What::Inside { field, name } => write!(f, "{field}: {}", name.to_text()),
            What::Stage(stage) => write!(f, "stage {stage}"),
        }
    }
}

impl Serialize for Difference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Difference", 4)?;
        fields.serialize_field("what", &self.what.to_string())?;
        fields.serialize_field("expected", &self.expected)?;
        fields.serialize_field("observed", &self.observed)?;
        fields.serialize_field("first_difference", &self.first_difference)?;
        fields.end()
    }
}

impl Serialize for Side {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Side::Absent => serializer.serialize_none(),
            Side::Value(value) => value.serialize(serializer),
            Side::Words(words) => serializer.serialize_str(words),
        }
    }
}

/// The first octet, counted from 0, at which two texts part: the shorter one's length if it is the beginning of the other. `None` if
/// they are equal.
///
/// ```
/// use countersign::judgement::first_difference;
/// assert_eq!(first_difference(b"http://h:80/", b"http://h/"), Some(8));
/// assert_eq!(first_difference(b"a", b"ab"), Some(1));
/// assert_eq!(first_difference(b"a", b"a"), None);
/// ```
#[must_use]
pub fn first_difference(expected: &[u8], observed: &[u8]) -> Option<usize> {
    if expected == observed {
        return None;
    }
    let parted = expected.iter().zip(observed).position(|(left, right)| left != right);
    Some(parted.unwrap_or(expected.len().min(observed.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_plain_json() {
        let name = Text::from("oauth_nonce");
        let differences = [
            Difference::of_values(What::Inside { field: "authorization", name }, b"a", b"\xff"),
            Difference::new(What::Outcome, Side::Words("a refusal".to_owned()), Side::Absent),
        ];
        assert_eq!(
            serde_json::to_string(&differences).unwrap(),
            r#"[{"what":"authorization: oauth_nonce","expected":"a","observed":{"base64":"/w=="},"first_difference":0},{"what":"outcome","expected":"a refusal","observed":null,"first_difference":null}]"#
        );
        assert_eq!(What::Stage("key").to_string(), "stage key");
    }
}
