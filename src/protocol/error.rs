//! What can be wrong with a request, a header or an answer, and the short public word for it. Nothing here is about our own failures.

use thiserror::Error;

/// The closed vocabulary of refusals, as it stands in vector files, on the adapter wire and in reports (`vectors/README.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// The signature is not the one computed (3.2).
    SignatureInvalid,
    /// The signature method is unknown or not allowed here (3.2).
    SignatureMethodRejected,
    /// The timestamp is no positive integer, or outside the window (3.3).
    TimestampRefused,
    /// Client, token, timestamp and nonce were seen together before (3.3).
    NonceUsed,
    /// `oauth_version` is there and not `1.0` (3.1, 3.2).
    VersionRejected,
    /// A required protocol parameter is missing (3.1).
    ParameterAbsent,
    /// A protocol parameter stands there more than once (3.1, 3.2).
    ParameterDuplicated,
    /// Protocol parameters stand in more than one place (3.5).
    ParameterScattered,
    /// A parameter that must not be there.
    ParameterRejected,
    /// The client identifier is unknown (3.2).
    ClientUnknown,
    /// The token is unknown or not usable with these client credentials (3.2).
    TokenRejected,
    /// The Authorization header does not follow its grammar (3.5.1).
    MalformedHeader,
    /// A `%` without two hexadecimal digits (RFC 3986 section 2.1).
    InvalidPercentEncoding,
    /// The URL is no absolute http or https URI (3.4.1.2).
    MalformedUrl,
    /// Another fault of the request's form.
    MalformedRequest,
    /// `oauth_body_hash` does not match the body (body hash draft, section 4.2.2).
    BodyHashInvalid,
    /// PLAINTEXT without TLS (3.4.4).
    InsecureTransport,
    /// The RSA key cannot be read or used (3.4.3).
    KeyUnusable,
    /// The status of a token response is not 2xx (2.1 and 2.3 name 200).
    StatusRejected,
    /// The body of a token response is not form-encoded (2.1, 2.3).
    MalformedResponse,
    /// `oauth_callback_confirmed` is missing or not `true` (2.1).
    CallbackUnconfirmed,
}

impl Code {
    /// Every code, in the order of the documentation.
    pub const ALL: [Code; 21] = [
        Code::SignatureInvalid,
        Code::SignatureMethodRejected,
        Code::TimestampRefused,
        Code::NonceUsed,
        Code::VersionRejected,
        Code::ParameterAbsent,
        Code::ParameterDuplicated,
        Code::ParameterScattered,
        Code::ParameterRejected,
        Code::ClientUnknown,
        Code::TokenRejected,
        Code::MalformedHeader,
        Code::InvalidPercentEncoding,
        Code::MalformedUrl,
        Code::MalformedRequest,
        Code::BodyHashInvalid,
        Code::InsecureTransport,
        Code::KeyUnusable,
        Code::StatusRejected,
        Code::MalformedResponse,
        Code::CallbackUnconfirmed,
    ];

    /// The word for it in files and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Code::SignatureInvalid => "signature_invalid",
            Code::SignatureMethodRejected => "signature_method_rejected",
            Code::TimestampRefused => "timestamp_refused",
            Code::NonceUsed => "nonce_used",
            Code::VersionRejected => "version_rejected",
            Code::ParameterAbsent => "parameter_absent",
            Code::ParameterDuplicated => "parameter_duplicated",
            Code::ParameterScattered => "parameter_scattered",
            Code::ParameterRejected => "parameter_rejected",
            Code::ClientUnknown => "client_unknown",
            Code::TokenRejected => "token_rejected",
            Code::MalformedHeader => "malformed_header",
            Code::InvalidPercentEncoding => "invalid_percent_encoding",
            Code::MalformedUrl => "malformed_url",
            Code::MalformedRequest => "malformed_request",
            Code::BodyHashInvalid => "body_hash_invalid",
            Code::InsecureTransport => "insecure_transport",
            Code::KeyUnusable => "key_unusable",
            Code::StatusRejected => "status_rejected",
            Code::MalformedResponse => "malformed_response",
            Code::CallbackUnconfirmed => "callback_unconfirmed",
        }
    }

    /// The code with this word, if it is one.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Code> {
        Code::ALL.into_iter().find(|code| code.as_str() == word)
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is wrong with an input from outside, with the clause that says so.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Malformed {
    /// A `%` that is not followed by two hexadecimal digits, at this octet.
    #[error("`%` without two hexadecimal digits at octet {0} (RFC 3986 section 2.1)")]
    PercentEncoding(usize),
    /// The URL has no `scheme://authority`.
    #[error("the URL is not absolute: {0} (RFC 5849 section 3.4.1.2)")]
    Url(&'static str),
    /// The Authorization header breaks its grammar at this octet.
    #[error("the Authorization header, octet {at}: {what} (RFC 5849 section 3.5.1)")]
    Header {
        /// Zero-based octet in the field's value.
        at: usize,
        /// What stands there, or does not.
        what: &'static str,
    },
    /// The request cannot be read in one way only.
    #[error("the request: {0}")]
    Request(&'static str),
    /// The signature method is not one of this specification or its extensions.
    #[error("unknown signature method (RFC 5849 section 3.4)")]
    SignatureMethod,
    /// The key cannot be used for this signature method.
    #[error("the RSA key: {0} (RFC 5849 section 3.4.3)")]
    Key(&'static str),
    /// A parameter that must not stand in such a request.
    #[error("{0}")]
    Parameter(&'static str),
}

impl Malformed {
    /// The public word for it.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Malformed::PercentEncoding(_) => Code::InvalidPercentEncoding,
            Malformed::Url(_) => Code::MalformedUrl,
            Malformed::Header { .. } => Code::MalformedHeader,
            Malformed::Request(_) => Code::MalformedRequest,
            Malformed::SignatureMethod => Code::SignatureMethodRejected,
            Malformed::Key(_) => Code::KeyUnusable,
            Malformed::Parameter(_) => Code::ParameterRejected,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_one_word_of_its_own() {
        for code in Code::ALL {
            let word = code.to_string();
            assert_eq!((word.as_str(), Code::from_word(&word)), (code.as_str(), Some(code)));
            assert!(!word.is_empty() && word.bytes().all(|octet| octet.is_ascii_lowercase() || octet == b'_'), "{word}");
        }
        assert_eq!(Code::SignatureInvalid.as_str(), "signature_invalid");
        for word in ["", "Signature_invalid", "signature_invalid ", "invalid"] {
            assert_eq!(Code::from_word(word), None);
        }
    }
}
