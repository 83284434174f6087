//! What a signing library can do, as a trait with two methods that matter, and what makes an [`Implementation`] of it. It re-does nothing
//! of the library's work: the signature is read out of what the library wrote.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::implementation::{Break, Description, Implementation, Observation, Offer};
use crate::protocol::authorization::Authorization;
use crate::protocol::{Parameters, Source};
use crate::vectors::question::SignInput;
use crate::vectors::{Operation, Output, Question, Text};

/// A library that signs requests.
pub trait Signer {
    /// The signature methods that it offers, by their names, such as `HMAC-SHA1`.
    fn signature_methods(&self) -> Vec<&'static str>;

    /// The features that it offers, such as `form_body`; [the table of features](crate::vectors::question#features) says what each means. A
    /// case that needs another one is not asked, and counts against coverage. Nearly every case needs `fixed_nonce`: a nonce and a timestamp
    /// that are given.
    fn features(&self) -> Vec<&'static str> {
        Vec::new()
    }

    /// Its name for messages.
    fn name(&self) -> String {
        std::any::type_name_of_val(self).to_owned()
    }

    /// Signs a request. It is asked in many threads, each with a signer of its own; a library that is asynchronous is waited for here, with the
    /// `block_on` of its runtime.
    ///
    /// # Errors
    /// What it does not sign, and why.
    fn sign(&mut self, request: &SignInput) -> Result<Signed, Declined>;
}

/// A request that was signed. Besides the signature, what the library wrote to be sent is judged too, if it is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signed(Output);

impl Signed {
    /// Nothing but the signature, in the text that goes into `oauth_signature` before it is percent-encoded.
    pub fn signature(signature: impl Into<Text>) -> Signed {
        Signed(Output { signature: Some(signature.into()), ..Output::default() })
    }

    /// The value of the Authorization header field (RFC 5849 section 3.5.1), with the signature in it.
    pub fn header(value: impl Into<Text>) -> Signed {
        let value = value.into();
        let read = Authorization::parse(value.as_bytes()).ok();
        let signature = read.and_then(|read| read.parameters.first("oauth_signature").map(Text::from));
        Signed(Output { signature, authorization: Some(value), ..Output::default() })
    }

    /// The URL to be sent, with the protocol parameters and the signature in its query (RFC 5849 section 3.5.3).
    pub fn query(url: impl Into<Text>) -> Signed {
        let url = url.into();
        let sent = url.as_bytes().split(|&octet| octet == b'#').next().unwrap_or_default();
        let query = sent.splitn(2, |&octet| octet == b'?').nth(1).unwrap_or_default();
        Signed(Output { signature: signature_of(query, Source::Query), url: Some(url), ..Output::default() })
    }

    /// The form to be sent as the body, with the protocol parameters and the signature in it (RFC 5849 section 3.5.2).
    pub fn body(form: impl Into<Text>) -> Signed {
        let form = form.into();
        Signed(Output { signature: signature_of(form.as_bytes(), Source::Body), body: Some(form), ..Output::default() })
    }
}

fn signature_of(form: &[u8], source: Source) -> Option<Text> {
    let mut parameters = Parameters::new();
    parameters.push_form(form, source);
    parameters.first("oauth_signature").map(Text::from)
}

/// Why a request was not signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Declined {
    /// The library says that this must not or cannot be signed, with its message. Right where the case expects a refusal, else a failure.
    Refused(String),
    /// The library has no way to say this; never right and never wrong, but it counts against coverage. Such as `a nonce of no letters`.
    Unsupported(String),
}

/// A [`Signer`] as an [`Implementation`] that offers the operation `sign`.
#[derive(Clone, Debug)]
pub struct Signing<S> {
    signer: S,
    description: Description,
    offer: Offer,
}

impl<S: Signer> Signing<S> {
    /// Asks the signer what it offers.
    #[must_use]
    pub fn new(signer: S) -> Signing<S> {
        let owned = |names: Vec<&'static str>| names.into_iter().map(str::to_owned).collect();
        let offer = Offer {
            operations: vec![Operation::Sign],
            signature_methods: owned(signer.signature_methods()),
            features: owned(signer.features()),
        };
        let description = Description { name: signer.name(), language: Some("Rust".to_owned()), ..Description::default() };
        Signing { signer, description, offer }
    }
}

impl<S: Signer> Implementation for Signing<S> {
    fn description(&self) -> &Description {
        &self.description
    }

    fn offer(&self) -> &Offer {
        &self.offer
    }

    fn ask(&mut self, question: &Question) -> Observation {
        let Question::Sign(request) = question else {
            return Observation::Unsupported { what: format!("operation:{}", question.operation()), message: String::new() };
        };
        // A panic is what a crash is to a program: an observation. The signer is not used again by a test that saw one.
        match catch_unwind(AssertUnwindSafe(|| self.signer.sign(request))) {
            Ok(Ok(Signed(output))) => Observation::Answered(Box::new(output)),
            Ok(Err(Declined::Refused(message))) => Observation::Refused { code: None, message },
            Ok(Err(Declined::Unsupported(what))) => Observation::Unsupported { what, message: String::new() },
            Err(panic) => {
                let words = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
                Observation::Broke { why: Break::Crash, message: words.unwrap_or("a panic without a message").to_owned() }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signature(signed: Signed) -> Option<Text> {
        signed.0.signature
    }

    #[test]
    fn the_signature_is_read_out_of_what_was_written() {
        let expected = Some(Text::from("a+b/c="));
        assert_eq!(signature(Signed::header("OAuth oauth_nonce=\"n\", oauth_signature=\"a%2Bb%2Fc%3D\"")), expected);
        assert_eq!(signature(Signed::query("http://h/?q=1&oauth_signature=a%2Bb%2Fc%3D#oauth_signature=x")), expected);
        assert_eq!(signature(Signed::body("oauth_signature=a%2Bb%2Fc%3D&q=1")), expected);
        for none in [Signed::header("Basic x"), Signed::query("http://h/"), Signed::query("http://h/#?oauth_signature=x"), Signed::body("")]
        {
            assert_eq!(signature(none), None);
        }
    }

    #[test]
    fn what_a_signer_does_is_observed() {
        struct Scripted(fn() -> Result<Signed, Declined>);
        impl Signer for Scripted {
            fn signature_methods(&self) -> Vec<&'static str> {
                vec!["PLAINTEXT"]
            }
            fn sign(&mut self, _: &SignInput) -> Result<Signed, Declined> {
                self.0()
            }
        }
        let ask = |script| Signing::new(Scripted(script)).ask(&Question::Sign(Box::default()));
        assert!(matches!(ask(|| Ok(Signed::signature("s"))), Observation::Answered(output) if output.signature == Some("s".into())));
        let refused = Observation::Refused { code: None, message: "no".to_owned() };
        assert_eq!(ask(|| Err(Declined::Refused("no".to_owned()))), refused);
        let unsupported = Observation::Unsupported { what: "x".to_owned(), message: String::new() };
        assert_eq!(ask(|| Err(Declined::Unsupported("x".to_owned()))), unsupported);
        let broke = |message: &str| Observation::Broke { why: Break::Crash, message: message.to_owned() };
        assert_eq!(ask(|| panic!("it {}", "fell")), broke("it fell"));
        assert_eq!(ask(|| panic!("it fell")), broke("it fell"));
        let other = Signing::new(Scripted(|| Ok(Signed::default()))).ask(&Question::Verify(Box::default()));
        assert!(matches!(other, Observation::Unsupported { what, .. } if what == "operation:verify"));
    }
}
