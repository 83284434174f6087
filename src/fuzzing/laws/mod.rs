//! Laws: what must hold of any input whatever, each a plain function that panics with what it found. Fuzz targets (`fuzz/`), a test over all
//! seeds and past finds, and a test with random input call the same functions. With the feature `fuzzing`, because they need parsers that
//! are not ours.
//!
//! | room | what must hold |
//! |---|---|
//! | [`encoding`] | percent-encoding, forms: written and read back, one pass as two, as another library does |
//! | [`reading`] | URLs and Authorization fields: read as the naive reader does, written and read back |
//! | [`base_string`] | the base string: as the naive derivation has it, and the same however the request is written |
//! | [`transmission`] | what is sent is read back, in each of the three places |
//! | [`verification`] | what was signed is accepted, and refused after any change of a signed part |
//! | [`checks`], [`circumstances`] | what a verifier says, whatever is the matter with a request: what the naive checks say |
//! | [`deviations`] | what a departure changes is noticed, named and reproduced |
//! | [`readers`] | what is read out of foreign text is bounded, and nothing panics |
//! | [`reports`] | foreign text in reports is read back as text |
//! | [`naive`], [`naive_signature`], [`naive_checks`] | sections 3.1 to 3.5 a second time: slow, clear, and without a line of the first |
//! | [`asked`] | a request out of octets that can be changed one at a time |

// The laws are there to stop whoever breaks them, in a fuzzer or a test.
#![allow(clippy::panic, reason = "a broken law is told by a panic: that is what fuzzers and tests look for")]

pub mod asked;
pub mod base_string;
pub mod checks;
pub mod circumstances;
pub mod deviations;
pub mod encoding;
pub mod naive;
pub mod naive_checks;
pub mod naive_signature;
pub mod readers;
pub mod reading;
pub mod reports;
pub mod seeds;
pub mod transmission;
pub mod verification;

#[cfg(test)]
mod tests;

pub use asked::Asked;

/// A fuzz target: a law, or several that read the same input.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name in `fuzz/`.
    pub name: &'static str,
    /// What must hold. It panics if it does not.
    pub law: fn(&[u8]),
    /// What a search begins with, made from the vectors.
    pub seeds: fn(&seeds::Material) -> Vec<Vec<u8>>,
}

/// Every target, in the order of the names.
pub const TARGETS: &[Target] = &[
    Target { name: "answers", law: readers::answers, seeds: seeds::answers },
    Target { name: "base_string", law: |data| base_string::every_rewriting(&Asked::of(data)), seeds: seeds::asked },
    Target { name: "checks", law: |data| checks::checks(&Asked::of(data)), seeds: |material| checks::seeds(&seeds::asked(material)) },
    Target { name: "deviations", law: |data| deviations::deviations(&Asked::of(data)), seeds: seeds::asked },
    Target { name: "diagnosis", law: |data| deviations::diagnosis(&Asked::of(data)), seeds: seeds::asked },
    Target { name: "encoding", law: encoding::encoding, seeds: seeds::texts },
    Target { name: "expectations", law: readers::expectations, seeds: seeds::expectations },
    Target { name: "forms", law: encoding::forms, seeds: seeds::forms },
    Target { name: "headers", law: reading::headers, seeds: seeds::headers },
    Target { name: "pasted", law: readers::pasted, seeds: seeds::pasted },
    Target { name: "profiles", law: readers::profiles, seeds: seeds::profiles },
    Target { name: "records", law: readers::records, seeds: seeds::records },
    Target { name: "reports", law: reports::reports, seeds: seeds::texts },
    Target { name: "token_responses", law: readers::token_responses, seeds: seeds::token_responses },
    Target { name: "transmission", law: |data| transmission::transmission(&Asked::of(data)), seeds: seeds::asked },
    Target { name: "urls", law: reading::urls, seeds: seeds::urls },
    Target { name: "vectors", law: readers::vectors, seeds: seeds::vectors },
    Target { name: "verification", law: |data| verification::verification(&Asked::of(data)), seeds: seeds::asked },
    Target { name: "wire", law: readers::wire, seeds: seeds::wire },
];

/// The text of octets, for the message of a broken law.
pub(crate) fn shown(octets: &[u8]) -> String {
    crate::report::escape::quoted(octets)
}

/// Holds octets against what they should be. They are put into words only where they differ: a fuzzer does this some hundred thousand
/// times a second.
///
/// # Panics
/// Where they differ.
#[track_caller]
pub(crate) fn same(octets: &[u8], right: &[u8], law: &str) {
    assert!(octets == right, "{law}: {} and not {}", shown(octets), shown(right));
}
