//! Misbehaviour at clients: each fault is a row with its name, where it strikes, what it does, and what a good client does then. A sandbox
//! has one for all requests (`--fault NAME`), or one for those below `/_fault/NAME/`.

mod answers;
mod redirects;
mod table;
pub(super) mod wires;

pub use table::TABLE;
pub use wires::Wire;

use super::http::Reply;
use crate::profile::document::EndpointName;

/// One way to misbehave.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// Its name.
    pub name: &'static str,
    /// Where it strikes.
    pub at: At,
    /// What the sandbox does.
    pub sentence: &'static str,
    /// What a good client does then.
    pub good: &'static str,
    pub(super) act: Act,
}

/// Where a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// The answer with temporary credentials.
    Temporary,
    /// Answers with temporary or token credentials.
    Credentials,
    /// The way back to the client.
    Callback,
    /// A protected resource.
    Resource,
    /// Every signed request.
    Signed,
}

impl At {
    /// Its word in lists.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            At::Temporary => "request_token",
            At::Credentials => "credentials",
            At::Callback => "callback",
            At::Resource => "resource",
            At::Signed => "any",
        }
    }

    /// Whether an endpoint is meant.
    #[must_use]
    pub const fn is(self, name: EndpointName) -> bool {
        match self {
            At::Temporary => matches!(name, EndpointName::RequestToken),
            At::Credentials => matches!(name, EndpointName::RequestToken | EndpointName::AccessToken | EndpointName::Renew),
            At::Callback => matches!(name, EndpointName::Authorize),
            At::Resource => matches!(name, EndpointName::Resource),
            At::Signed => !matches!(name, EndpointName::Authorize),
        }
    }
}

/// What is known where a fault strikes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scene<'a> {
    /// The sandbox's own authority.
    pub(super) authority: &'a str,
    /// Another name of the same server, so that it is seen who follows.
    pub(super) other: &'a str,
    pub(super) path: &'a str,
    /// How often the fault has struck, from 0.
    pub(super) count: u64,
}

/// How a fault is done.
#[derive(Clone, Copy, Debug)]
pub(super) enum Act {
    /// The parameters of a good answer become others.
    Form(fn(&mut Vec<(String, String)>)),
    /// A good answer becomes another.
    Good(fn(Reply) -> Reply),
    /// Every request gets this answer; `None` = the usual one.
    All(fn(&Scene<'_>) -> Option<Reply>),
    /// A good answer is written in another way.
    Wire(Wire),
    /// The clock is so many seconds ahead.
    Clock(i64),
}

/// The fault with this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Fault> {
    TABLE.iter().find(|fault| fault.name == name)
}

impl Fault {
    /// How far the clock is off.
    pub(super) const fn clock(&self) -> i64 {
        match self.act {
            Act::Clock(seconds) => seconds,
            _ => 0,
        }
    }

    /// An answer before the request is looked at.
    pub(super) fn before(&self, scene: &Scene<'_>) -> Option<Reply> {
        match self.act {
            Act::All(answer) => answer(scene),
            _ => None,
        }
    }

    /// What becomes of an answer.
    pub(super) fn after(&self, reply: Reply) -> Reply {
        // A page for the user is no way back to the client.
        if reply.status >= 400 || (self.at == At::Callback && reply.status != 302) {
            return reply;
        }
        match self.act {
            Act::Form(change) => {
                let mut said = answers::pairs(&reply);
                change(&mut said);
                answers::with_pairs(reply, &said)
            }
            Act::Good(change) => change(reply),
            Act::Wire(wire) => Reply { wire, ..reply },
            Act::All(_) | Act::Clock(_) => reply,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_forty_and_more_each_with_a_name_of_its_own_and_what_to_do() {
        assert!(TABLE.len() >= 40, "{}", TABLE.len());
        let mut names: Vec<&str> = TABLE.iter().map(|fault| fault.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), TABLE.len());
        for fault in TABLE {
            assert!(
                fault.name.bytes().all(|octet| octet.is_ascii_lowercase() || octet.is_ascii_digit() || octet == b'-'),
                "{}",
                fault.name
            );
            for text in [fault.sentence, fault.good] {
                assert!(text.len() > 10 && !text.ends_with('.'), "{}: {text}", fault.name);
            }
            assert!(find(fault.name).is_some());
        }
    }
}
