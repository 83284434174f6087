//! What an implementation offers, held against what a case needs.

use super::Offer;
use crate::vectors::needs::Need;
use crate::vectors::{Case, Question};

impl Offer {
    /// The first thing that a case needs and that is not offered, such as `feature:realm`; `None` if the case can be put.
    #[must_use]
    pub fn lacks(&self, case: &Case) -> Option<String> {
        case.needs().iter().find(|need| !self.meets(need)).map(ToString::to_string)
    }

    /// The first thing that a question needs and that is not offered.
    #[must_use]
    pub fn lacks_for(&self, question: &Question) -> Option<String> {
        let operation = question.operation();
        if !self.operations.contains(&operation) {
            return Some(format!("operation:{operation}"));
        }
        let mut needs = Vec::new();
        question.lacking(&|need| self.meets(need), &mut needs);
        needs.first().map(ToString::to_string)
    }

    /// Whether something, written as in `unsupported` answers (`operation:verify`, `feature:realm`, `signature_method:PLAINTEXT`), is
    /// offered.
    #[must_use]
    pub fn has(&self, what: &str) -> bool {
        match what.split_once(':') {
            Some(("operation", name)) => self.operations.iter().any(|operation| operation.as_str() == name),
            Some(("feature", name)) => self.meets(&Need::Feature(name)),
            Some(("signature_method", name)) => self.meets(&Need::SignatureMethod(name)),
            _ => false,
        }
    }

    fn meets(&self, need: &Need<'_>) -> bool {
        match need {
            Need::Feature(name) => self.features.iter().any(|feature| feature == name),
            Need::SignatureMethod(name) => self.signature_methods.iter().any(|method| method == name),
        }
    }
}
