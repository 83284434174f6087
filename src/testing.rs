//! `cargo test` for a signer of your own: implement [`Signer`], name it in [`conformance_tests!`](crate::conformance_tests), and every
//! vector that can fail becomes a test.
//!
//! What a signer does not support cannot fail a test, and whether it supports something is known only when it is asked, when no test can
//! be ignored any more. Such a test passes and says so on a line that `cargo test -- --nocapture` shows, and the test `coverage` counts:
//! it fails if less than the stated part was executed, and it says what was missing.
//!
//! A failure is told with its cause: the departure from RFC 5849 that gives the same wrong value. One request alone leaves several open;
//! therefore all cases are put when a first test fails, and their failures are explained together. The test `causes` fails if any other
//! one does, says what is behind all of them, and prints the argument `known:` that would expect them: begin with it, by
//! `cargo test causes`. Where each test has a process of its own, as under cargo-nextest, it is the only one that names causes.
//!
//! Explaining many failures is a search, which is a good deal faster when it is compiled with optimization:
//!
//! ```toml
//! [profile.test.package.countersign]
//! opt-level = 2
//! ```
//!
//! The tests put the vectors that the crate holds, and nothing else; own ones, other operations and other languages are the business of
//! the command `countersign test`.

mod signer;
mod whole;

pub use signer::{Declined, Signed, Signer, Signing};
pub use whole::{Whole, causes, coverage};

use crate::implementation::{Implementation, Observation};
use crate::judgement::{CaseRecord, Observed, Verdict};
use crate::report::{self, Layout};
use crate::vectors::{Case, Status, glob};

include!(concat!(env!("OUT_DIR"), "/cases.rs"));

/// Makes one test of every vector, in a module for each suite, and the tests `coverage` and `causes`.
///
/// | argument | meaning |
/// |---|---|
/// | `signer:` | an expression that gives a [`Signer`]; it is evaluated for each test |
/// | `implementation:`, `operations:` | in its place: an [`Implementation`], and a list of operations in brackets |
/// | `coverage:` | the least part of the cases that must be executed, in percent; 100 if left out |
/// | `strict:` | whether cases of level `should` fail too; `false` if left out |
/// | `known:` | expected failures: `"reason" => ["id or pattern", …]`. A case that passes all the same fails, and so does a pattern of no use |
///
/// Arguments stand in this order. Cases that the RFC leaves open (`interop`), disputed and withdrawn ones are no tests: they cannot fail.
/// One invocation a module; several modules, also of one file, stand beside each other. The tests of the suite `sign.uri` are in the
/// module `sign_uri`: `cargo test sign_uri::`.
///
/// ```
/// # fn main() {}
/// # /*
/// #[cfg(test)]
/// # */
/// mod conformance {
///     use countersign::testing::{Declined, Signed, Signer};
///     use countersign::vectors::Text;
///     use countersign::vectors::question::SignInput;
///
///     struct Mine;
///
///     impl Signer for Mine {
///         fn signature_methods(&self) -> Vec<&'static str> {
///             vec!["HMAC-SHA1"]
///         }
///
///         fn features(&self) -> Vec<&'static str> {
///             vec!["fixed_nonce"]
///         }
///
///         fn sign(&mut self, request: &SignInput) -> Result<Signed, Declined> {
///             let text = |text: &Text| text.as_str().map(str::to_owned).ok_or(Declined::Unsupported("octets that are no text".to_owned()));
///             let (method, url) = (text(&request.method)?, text(&request.url)?);
///             // … hand these, the credentials, the nonce and the timestamp to the library, and take its header …
///             let header: Result<String, String> = Err(format!("{method} {url} cannot be signed yet"));
///             header.map(Signed::header).map_err(Declined::Refused)
///         }
///     }
///
///     countersign::conformance_tests! {
///         signer: Mine,
///         coverage: 80,
///         known: { "the URI is signed as it is given" => ["sign.uri/empty-path*", "sign.uri/scheme-lower*"] },
///     }
/// }
/// ```
#[macro_export]
macro_rules! conformance_tests {
    (signer: $signer:expr $(, $($rest:tt)*)?) => {
        $crate::conformance_tests! { implementation: $crate::testing::Signing::new($signer), operations: [sign], $($($rest)*)? }
    };
    (
        implementation: $implementation:expr,
        operations: [$($operation:ident),+ $(,)?]
        $(, coverage: $coverage:expr)?
        $(, strict: $strict:expr)?
        $(, known: { $($reason:expr => [$($pattern:expr),* $(,)?]),* $(,)? })?
        $(,)?
    ) => {
        const __COUNTERSIGN_SETTINGS: $crate::testing::Settings<'static> = {
            #[allow(unused_mut, reason = "every argument may be left out")]
            let mut settings = $crate::testing::Settings::new(&[$(stringify!($operation)),+]);
            $(settings.coverage = $coverage;)?
            $(settings.strict = $strict;)?
            $(settings.known = &[$(($reason, &[$($pattern),*])),*];)?
            settings
        };

        #[cfg(test)]
        static __COUNTERSIGN_WHOLE: $crate::testing::Whole = $crate::testing::Whole::new();

        #[cfg(test)]
        fn __countersign_ask(id: &str) {
            __countersign_tell($crate::testing::case(&mut $implementation, &__COUNTERSIGN_SETTINGS, &__COUNTERSIGN_WHOLE, id));
        }

        #[cfg(test)]
        fn __countersign_tell(told: ::std::result::Result<::std::string::String, ::std::string::String>) {
            match told {
                Ok(note) => print!("{note}"),
                Err(failure) => panic!("\n{failure}"),
            }
        }

        #[test]
        fn coverage() {
            __countersign_tell($crate::testing::coverage(&mut $implementation, &__COUNTERSIGN_SETTINGS, &__COUNTERSIGN_WHOLE));
        }

        #[test]
        fn causes() {
            __countersign_tell($crate::testing::causes(&mut $implementation, &__COUNTERSIGN_SETTINGS, &__COUNTERSIGN_WHOLE));
        }

        $($crate::__countersign_cases!($operation);)+
    };
}

/// What an invocation of the macro states.
#[derive(Clone, Copy, Debug)]
pub struct Settings<'a> {
    /// The operations whose cases are tests, by their names.
    pub operations: &'a [&'a str],
    /// The least part of the cases that must be executed, in percent.
    pub coverage: u64,
    /// Whether cases of level `should` fail.
    pub strict: bool,
    /// Expected failures: a reason, and the ids or patterns of its cases.
    pub known: &'a [(&'a str, &'a [&'a str])],
}

impl<'a> Settings<'a> {
    /// Everything must be executed, and nothing is known to fail.
    #[must_use]
    pub const fn new(operations: &'a [&'a str]) -> Settings<'a> {
        Settings { operations, coverage: 100, strict: false, known: &[] }
    }

    fn known(&self, record: &CaseRecord) -> Option<&'a str> {
        let id = record.full_id();
        self.known.iter().find(|(_, patterns)| patterns.iter().any(|pattern| glob::matches(pattern, &id))).map(|(reason, _)| *reason)
    }

    fn has(&self, case: &Case) -> bool {
        case.status == Status::Active && self.operations.contains(&case.question.operation().as_str())
    }
}

/// Puts one case, with its control, and says what came of it: a note, or why the test fails. It is what a test of
/// [`conformance_tests!`](crate::conformance_tests) does. Where it fails, `whole` says why.
///
/// # Errors
/// The text of the failure.
pub fn case(implementation: &mut dyn Implementation, settings: &Settings<'_>, whole: &Whole, id: &str) -> Result<String, String> {
    let case = whole::find(id)?.ok_or_else(|| format!("{id}: there is no such case"))?;
    let control = case.control.as_ref().filter(|_| case.expectation.admits_refusal());
    let control = control.map(|control| whole::find(control)).transpose()?.flatten();
    let run = whole::put(implementation, settings.strict, control.into_iter().chain([case]), &|put| put.full_id() == id)?;
    let Some(record) = run.records.first() else { return Ok(format!("unsupported: {id}: operation:{}\n", case.question.operation())) };
    conclude(record, settings, &mut || whole.explained(implementation, settings, record))
}

/// What a test says of its case; `explained` is asked for the case with its cause, if it fails.
fn conclude(record: &CaseRecord, settings: &Settings<'_>, explained: &mut dyn FnMut() -> CaseRecord) -> Result<String, String> {
    let (id, verdict) = (record.full_id(), record.verdict());
    match settings.known(record) {
        _ if verdict == Verdict::Unsupported => Ok(format!("unsupported: {id}: {}\n", lacking(record))),
        Some(reason) if verdict.is_unexpected() => Ok(format!("known to fail: {id}: {reason}\n")),
        Some(reason) if verdict == Verdict::Pass => {
            Err(format!("{id} passes, but is known to fail: {reason}\nhint: remove it from `known`, or make its pattern narrower\n"))
        }
        None if verdict.is_unexpected() => {
            let told = |record: &CaseRecord| {
                let text = report::failure(record, settings.strict, &[format!("countersign explain {id}")], Layout::default());
                format!("{text}  to expect it:\n    known: {{ {:?} => [{id:?}] }},\n", whole::reason(record))
            };
            if record.counts(settings.strict) { Err(told(&explained())) } else { Ok(told(record)) }
        }
        Some(_) | None => Ok(String::new()),
    }
}

/// What was not supported.
fn lacking(record: &CaseRecord) -> String {
    match &record.observed {
        Observed::Implementation(Observation::Unsupported { what, .. }) => report::escape::line(what).into_owned(),
        _ => String::new(),
    }
}
