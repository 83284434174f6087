//! Mistakes of input that the table names as well: both sign the same, whatever the request. Whoever looks for a cause need consider only
//! one of the two, and the table says more.

use super::{Deviation, Input, find};

/// A mistake of input and the departure that is the same.
const SYNONYMS: &[(&str, &str)] = &[
    ("input.body-not-form", "collect.form-left-out"),
    ("input.body-as-form", "collect.any-body-as-form"),
    ("input.without:oauth_body_hash", "collect.body-hash-left-out"),
    ("input.without:oauth_callback", "collect.callback-left-out"),
    ("input.without:oauth_token", "collect.token-left-out"),
    ("input.without:oauth_verifier", "collect.verifier-left-out"),
    ("input.without:oauth_version", "collect.version-left-out"),
    ("input.without:realm", "collect.realm-of-request-left-out"),
];

/// The departure that is the same as this mistake of input, if there is one.
///
/// ```
/// use countersign::deviation::{Input, synonym};
///
/// let same = synonym(&Input::Without("oauth_version".to_owned())).expect("it is in the table");
/// assert_eq!(same.id, "collect.version-left-out");
/// assert_eq!(synonym(&Input::Without("file".to_owned())), None);
/// ```
#[must_use]
pub fn synonym(input: &Input) -> Option<&'static Deviation> {
    let id = input.to_string();
    SYNONYMS.iter().find(|(known, _)| *known == id).and_then(|(_, departure)| find(departure))
}

/// All pairs, for the tests of the table.
#[cfg(test)]
pub(super) const fn all() -> &'static [(&'static str, &'static str)] {
    SYNONYMS
}
