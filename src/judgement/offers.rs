//! What an implementation offers, held against what a case needs.

use crate::implementation::Offer;
use crate::vectors::Case;
use crate::vectors::needs::Need;

impl Offer {
    /// The first thing that a case needs and that is not offered, such as `feature:realm`; `None` if the case can be put.
    #[must_use]
    pub fn lacks(&self, case: &Case) -> Option<String> {
        case.needs().iter().find(|need| !self.meets(need)).map(ToString::to_string)
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
