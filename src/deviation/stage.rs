//! Where in a derivation a departure happens. The order is that in which the decisions are taken; departures of different stages can
//! happen together, two of one stage cannot.

/// A stage of signing, sending or verifying.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is explained by its group")]
pub enum Stage {
    // What is signed is another request than what is sent.
    InputMethod,
    InputScheme,
    InputAuthority,
    InputPath,
    InputParameter,
    InputBody,
    // 3.4.1.1
    Method,
    // 3.4.1.2, part by part; `Uri` is the URI as a whole.
    Uri,
    Scheme,
    User,
    Authority,
    Host,
    Port,
    Path,
    EmptyPath,
    Tail,
    // 3.4.1.3.1: where a query or a form is found, and how it is read.
    QueryText,
    Form,
    Cut,
    Decode,
    // Which sources are collected: other kinds of body, and what is done to a whole source.
    Collect,
    Source,
    // Single parameters that are signed and must not be, or the reverse.
    Header,
    OldSignature,
    Realm,
    Version,
    Token,
    Temporary,
    BodyHash,
    Extra,
    // What is done to names and values of the list.
    Names,
    Empty,
    Merge,
    Repeat,
    Values,
    ProtocolValues,
    Charset,
    // 3.4.1.3.2 and 3.6
    Encode,
    EncodeName,
    EncodeProtocol,
    EncodePart,
    Order,
    Join,
    // 3.4.1.1
    Concatenate,
    // 3.4.2 to 3.4.4
    Secret,
    EncodeSecret,
    Key,
    Mac,
    Text,
    // The body hash draft.
    Hash,
    // 3.1, 3.3 and 3.5: what a signer looks at before it signs.
    AdmitUrl,
    AdmitVersion,
    AdmitTimestamp,
    AdmitPresence,
    AdmitClient,
    AdmitRealm,
    AdmitNames,
    AdmitBody,
    AdmitBodyHash,
    // 3.5
    SendWhat,
    SendScheme,
    SendHeader,
    SendQuote,
    SendRealm,
    SendValue,
    SendSignature,
    // 2.1 and 2.3
    Response,
    // 3.2 and 3.3: a verifier's checks.
    ReadHeader,
    Places,
    VerifyVersion,
    Presence,
    VerifyMethod,
    Transport,
    Client,
    VerifyToken,
    Timestamp,
    Signature,
    VerifyBodyHash,
    Nonce,
}

/// Who makes a mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Whoever derives a signature: the client, and the server that derives it anew.
    Signing,
    /// The client that sends a request or reads an answer.
    Sending,
    /// The server that verifies.
    Verifying,
}

impl Stage {
    /// Whose stage it is.
    #[must_use]
    pub fn side(self) -> Side {
        if self < Stage::Hash {
            Side::Signing
        } else if self < Stage::ReadHeader {
            Side::Sending
        } else {
            Side::Verifying
        }
    }

    /// Whether it is about what is looked at before anything is signed.
    #[must_use]
    pub fn is_admission(self) -> bool {
        (Stage::AdmitUrl..=Stage::AdmitBodyHash).contains(&self)
    }

    /// Whether it is a part of the base string URI.
    #[must_use]
    pub fn is_uri(self) -> bool {
        (Stage::Uri..=Stage::Tail).contains(&self)
    }

    /// Whether it changes the list of parameters before it is encoded.
    #[must_use]
    pub fn is_list(self) -> bool {
        (Stage::QueryText..=Stage::Charset).contains(&self)
    }

    /// Whether it changes how names and values are encoded.
    #[must_use]
    pub fn is_encoding(self) -> bool {
        (Stage::Encode..=Stage::EncodeProtocol).contains(&self)
    }

    /// Whether it is about the key.
    #[must_use]
    pub fn is_key(self) -> bool {
        (Stage::Secret..=Stage::Key).contains(&self)
    }
}
