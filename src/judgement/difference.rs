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

/// The fields that can differ: those of [`crate::vectors::Output`], and those of an exchange.
const FIELDS: [&str; 18] = [
    "signature",
    "authorization",
    "url",
    "body",
    "base_string",
    "valid",
    "code",
    "encoded",
    "decoded",
    "realm",
    "parameters",
    "identifier",
    "secret",
    "base_uri",
    "normalized",
    "body_hash",
    "findings",
    "problem",
];
const STAGES: [&str; 4] = ["base_uri", "normalized", "base_string", "key"];

impl What {
    /// Reads what [`std::fmt::Display`] wrote.
    pub(super) fn read(text: &str) -> Option<What> {
        let known = |names: &'static [&'static str], name: &str| names.iter().copied().find(|known| *known == name);
        if text == "outcome" {
            return Some(What::Outcome);
        }
        if let Some(stage) = text.strip_prefix("stage ") {
            return known(&STAGES, stage).map(What::Stage);
        }
        match text.split_once(": ") {
            Some((field, name)) => known(&FIELDS, field).map(|field| What::Inside { field, name: name.into() }),
            None => known(&FIELDS, text).map(What::Field),
        }
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
        let in_words = match (&self.expected, &self.observed) {
            (Side::Words(_), Side::Words(_)) => Some("both"),
            (Side::Words(_), _) => Some("expected"),
            (_, Side::Words(_)) => Some("observed"),
            _ => None,
        };
        let mut fields = serializer.serialize_struct("Difference", 5)?;
        fields.serialize_field("what", &self.what.to_string())?;
        fields.serialize_field("expected", &self.expected)?;
        fields.serialize_field("observed", &self.observed)?;
        fields.serialize_field("first_difference", &self.first_difference)?;
        // What tells a value from its description: both are strings.
        if let Some(in_words) = in_words {
            fields.serialize_field("in_words", in_words)?;
        }
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
            r#"[{"what":"authorization: oauth_nonce","expected":"a","observed":{"base64":"/w=="},"first_difference":0},{"what":"outcome","expected":"a refusal","observed":null,"first_difference":null,"in_words":"expected"}]"#
        );
        assert_eq!(What::Stage("key").to_string(), "stage key");
    }

    #[test]
    fn what_differs_is_read_back() {
        let inside = |name: &str| What::Inside { field: "parameters", name: name.into() };
        let fields = FIELDS.map(What::Field).into_iter();
        for what in fields.chain(STAGES.map(What::Stage)).chain([What::Outcome, inside("a: b"), inside("")]) {
            assert_eq!(What::read(&what.to_string()), Some(what));
        }
        for text in ["", "stage signature", "colour", "colour: x"] {
            assert_eq!(What::read(text), None, "{text}");
        }
        let output = crate::vectors::Operation::ALL.into_iter().flat_map(crate::vectors::Operation::output_fields);
        for field in output.filter(|field| **field != "stages") {
            assert!(FIELDS.contains(field), "{field} can differ and cannot be read back");
        }
    }
}
