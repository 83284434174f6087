//! What comes of putting one rule to one exchange.

use super::rule::{Level, Rule, Side};
use crate::protocol::Code;

/// What comes of putting a rule to an exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The rule does not speak of this exchange, or something is not known that it needs.
    NotJudged,
    /// The exchange keeps it.
    Kept,
    /// The exchange breaks it.
    Broken(Finding),
}

/// A broken rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id.
    pub rule: String,
    /// The rule's level.
    pub level: Level,
    /// The rule's side.
    pub side: Side,
    /// Who broke it.
    pub by: Party,
    /// The word for a client's fault; a provider's has none.
    pub code: Option<Code>,
    /// What is wrong, for a person. It holds no secret, token, verifier or signature.
    pub because: String,
    /// The parameters that it is about.
    pub parameters: Vec<String>,
}

/// One of the two that talk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// Who asks.
    Client,
    /// Who answers.
    Provider,
}

/// What a check says, before the rule's own data are added.
#[derive(Debug)]
pub(super) enum Judged {
    Not,
    Kept,
    Broken(Breach),
}

#[derive(Debug)]
pub(super) struct Breach {
    by: Party,
    code: Option<Code>,
    because: String,
    parameters: Vec<String>,
}

impl Judged {
    /// Broken by the client if there is a reason, kept otherwise.
    pub(super) fn client(code: Code, because: Option<String>) -> Judged {
        match because {
            None => Judged::Kept,
            Some(because) => Judged::Broken(Breach { by: Party::Client, code: Some(code), because, parameters: Vec::new() }),
        }
    }

    /// Broken by the provider if there is a reason, kept otherwise.
    pub(super) fn provider(because: Option<String>) -> Judged {
        match because {
            None => Judged::Kept,
            Some(because) => Judged::Broken(Breach { by: Party::Provider, code: None, because, parameters: Vec::new() }),
        }
    }

    /// Names the parameters that a breach is about.
    pub(super) fn about<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Judged {
        if let Judged::Broken(breach) = &mut self {
            breach.parameters = names.into_iter().map(Into::into).collect();
        }
        self
    }

    pub(super) fn under(self, rule: &Rule) -> Outcome {
        match self {
            Judged::Not => Outcome::NotJudged,
            Judged::Kept => Outcome::Kept,
            Judged::Broken(Breach { by, code, because, parameters }) => {
                Outcome::Broken(Finding { rule: rule.id.clone(), level: rule.level, side: rule.side, by, code, because, parameters })
            }
        }
    }
}

/// A value as it may be shown: in quotes and without the query of a URL, or only its length if its parameter is a credential.
pub(super) fn shown(name: &str, value: &[u8]) -> String {
    let secret =
        matches!(name, "oauth_token" | "oauth_token_secret" | "oauth_verifier" | "oauth_signature" | "oauth_session_handle" | "token");
    if secret {
        return format!("({} octets)", value.len());
    }
    let text = String::from_utf8_lossy(value);
    match text.split_once('?') {
        None => format!("\"{}\"", text.escape_debug()),
        Some((before, _)) => format!("\"{}?…\"", before.escape_debug()),
    }
}

/// Words for a sentence: `a`, `a or b`, `a, b or c`.
pub(super) fn any_of(words: impl IntoIterator<Item = impl ToString>) -> String {
    let mut words: Vec<String> = words.into_iter().map(|word| word.to_string()).collect();
    match words.pop() {
        None => "nothing".to_owned(),
        Some(last) if words.is_empty() => last,
        Some(last) => format!("{} or {last}", words.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_not_shown() {
        assert_eq!(shown("oauth_callback", b"OOB"), "\"OOB\"");
        assert_eq!(shown("oauth_token_secret", b"hunter2"), "(7 octets)");
        assert_eq!(shown("xoauth_request_auth_url", b"https://h/x?oauth_token=t"), "\"https://h/x?\u{2026}\"");
        assert_eq!(shown("x", b"a\nb\xff"), "\"a\\nb\u{fffd}\"");
    }

    #[test]
    fn words_are_joined_as_people_do() {
        assert_eq!(any_of(["a"]), "a");
        assert_eq!(any_of([200, 400, 500]), "200, 400 or 500");
        assert_eq!(any_of(Vec::<String>::new()), "nothing");
    }
}
