//! The exchanges that a sandbox had, the last ones only: for the terminal, for the inspector page, and to be recorded.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;

use super::explanation::Explanation;
use super::http::{Incoming, Reply};
use super::provider::Asked;
use super::refusal::Refused;
use super::verifying::NotVerified;
use super::words;
use crate::deviation::{Cause, Input};
use crate::intake;
use crate::profile::document::EndpointName;
use crate::profile::exchange::{Exchange, Octets, Response, SentRequest, Told};
use crate::profile::kinds::Shape;

/// The most octets of a body that are kept, and of a base string.
const MOST_BODY: usize = 64 * 1024;
/// The most octets of a sentence that are kept, of a parameter's name, and of a field of the answer.
const MOST_TEXT: usize = 4096;
/// The most parameters that a refusal names, and explanations of a signature.
const MOST_NAMED: usize = 20;
/// The most octets of a text that a person is told in a line.
const MOST_TOLD: usize = 1024;

/// A refusal of which nothing is longer than it may be: a base string is five times as long as the body that it is made of.
fn bounded(refused: Refused) -> Refused {
    let text = |text: &str| String::from_utf8_lossy(&words::cut(text.as_bytes(), MOST_TEXT)).into_owned();
    let because = match refused.because {
        Cow::Owned(long) if long.len() > MOST_TEXT => Cow::Owned(text(&long)),
        because => because,
    };
    let parameters = refused.parameters.iter().take(MOST_NAMED).map(|name| text(name)).collect();
    let base_string = refused.base_string.as_deref().map(|text| words::cut(text, MOST_BODY));
    Refused { because, parameters, base_string, ..refused }
}

fn bounded_explanation(mut found: Explanation) -> Explanation {
    found.diagnosis.sets.truncate(MOST_NAMED);
    Explanation { base_string: found.base_string.as_deref().map(|text| words::cut(text, MOST_BODY)), ..found }
}

/// In place of a sentence that may repeat what a real client sent.
const IN_THE_ANSWER: &str = "the answer alone says why: this may be of a real client";

/// A URL or target up to what may be more than a path: a query, parameters that lack their question mark, an encoded octet.
fn plain_part(text: &[u8]) -> Vec<u8> {
    let is_plain = |octet: &u8| octet.is_ascii_alphanumeric() || b"/:[]-._~".contains(octet);
    text.iter().copied().take_while(|octet| is_plain(octet)).collect()
}

/// One exchange.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Counted from 1.
    pub number: u64,
    /// When it was answered, in seconds since 1970.
    pub now: u64,
    /// The endpoint that was meant.
    pub endpoint: EndpointName,
    /// The absolute URL that clients sign.
    pub url: Vec<u8>,
    /// The request, its body cut after 64 KiB; of somebody's real client only method and path.
    pub request: Incoming,
    /// The answer, its body cut likewise; of a real client without it.
    pub reply: Reply,
    /// Why it was refused; its base string is cut likewise, and says so.
    pub refused: Option<Refused>,
    /// What the signature implies.
    pub explanation: Option<Explanation>,
    /// What the sandbox knew when a signed request came; `None` for other requests, and for somebody's real client.
    exchange: Option<Exchange>,
    real: bool,
}

impl Entry {
    /// An entry without a number.
    pub(super) fn new(
        asked: &Asked<'_>,
        endpoint: EndpointName,
        reply: &Reply,
        not: Option<Box<NotVerified>>,
        exchange: Option<Exchange>,
    ) -> Entry {
        let short = |body: Option<&Vec<u8>>| body.is_none_or(|body| body.len() <= MOST_BODY);
        let field = |(name, value): &(Cow<'static, str>, Vec<u8>)| (name.clone(), words::cut(value, MOST_TEXT));
        let cut = |body: &[u8]| body.get(..MOST_BODY).unwrap_or(body).to_vec();
        let (refused, explanation) = not.map_or((None, None), |not| (Some(bounded(not.refused)), not.explanation.map(bounded_explanation)));
        let entry = Entry {
            number: 0,
            now: asked.now,
            endpoint,
            url: asked.url.to_vec(),
            request: Incoming::default(),
            reply: reply.bare(),
            refused,
            explanation,
            exchange: None,
            real: asked.real,
        };
        if asked.real {
            return entry.without_evidence(&asked.incoming.method, &asked.incoming.target);
        }
        let Incoming { method, target, minor, headers, body } = asked.incoming;
        Entry {
            request: Incoming {
                method: method.clone(),
                target: target.clone(),
                minor: *minor,
                headers: headers.clone(),
                body: body.as_deref().map(cut),
            },
            reply: Reply { headers: reply.headers.iter().map(field).collect(), body: cut(&reply.body), ..entry.reply },
            exchange: exchange.filter(|exchange| short(exchange.request.body.as_ref().map(|body| &body.0))),
            ..entry
        }
    }

    /// Signature and base string together would let a short secret be guessed, and a PLAINTEXT signature is the secret: of a real client
    /// nothing is kept that was made of the request, but for its method and the beginning of its path.
    fn without_evidence(self, method: &[u8], target: &[u8]) -> Entry {
        let named = |cause: &Cause| matches!(cause, Cause::Input(Input::Without(_) | Input::With(..)));
        let names = |found: &Explanation| found.diagnosis.sets.iter().flatten().any(named);
        Entry {
            url: plain_part(&self.url),
            request: Incoming { method: method.to_vec(), target: plain_part(target), ..Incoming::default() },
            refused: self.refused.map(|refused| Refused {
                because: match refused.because {
                    Cow::Borrowed(own) => Cow::Borrowed(own),
                    Cow::Owned(_) => Cow::Borrowed(IN_THE_ANSWER),
                },
                parameters: Vec::new(),
                base_string: None,
                ..refused
            }),
            explanation: self.explanation.filter(|found| !names(found)).map(|found| Explanation { base_string: None, ..found }),
            ..self
        }
    }

    /// The line for a terminal: `401 GET /path: signature_invalid: …`.
    #[must_use]
    pub fn line(&self) -> String {
        let shown = |octets: &[u8]| words::brief(octets, MOST_TOLD);
        let target = self.request.target.split(|octet| *octet == b'?').next().unwrap_or_default();
        let line = format!("{} {} {}", self.reply.status, shown(&self.request.method), shown(target));
        match &self.refused {
            None => line,
            Some(refused) => {
                let rule = refused.rule.as_ref().map(|rule| format!(" [{rule}]")).unwrap_or_default();
                format!("{line}: {}{rule}: {}", refused.code, shown(refused.because.as_bytes()))
            }
        }
    }
}

impl Entry {
    /// Whether it is of somebody's real client: then it is not whole.
    #[must_use]
    pub const fn is_real(&self) -> bool {
        self.real
    }

    /// The request as rules and readers take it.
    #[must_use]
    pub fn sent(&self) -> SentRequest {
        let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
        SentRequest {
            method: text(&self.request.method),
            url: text(&self.url),
            headers: self.request.headers.iter().map(|(name, value)| (text(name), Octets::from(value))).collect(),
            body: self.request.body.as_ref().map(Octets::from),
        }
    }

    /// The exchange as a profile's rules judge it, with the answer; `None` for requests that are not signed, and for a real client.
    #[must_use]
    pub fn exchange(&self) -> Option<Exchange> {
        let named = self.reply.headers.iter().map(|(name, value)| (name.as_ref(), value.as_slice()));
        let read = intake::read(named, &self.reply.body);
        let told = Told { problem: read.problem.map(|problem| problem.name), shape: Shape::from_word(read.shape.as_str()) };
        let headers = self.reply.headers.iter().map(|(name, value)| (name.to_string(), Octets::from(value))).collect();
        let response = Response { status: self.reply.status, headers, body: Some(Octets::from(&self.reply.body)), told };
        Some(Exchange { response: Some(response), ..self.exchange.clone()? })
    }

    /// What was found out about a refusal, as name and text: cause, fix, and both base strings, of each the beginning if it is long.
    #[must_use]
    pub fn details(&self) -> Vec<(&'static str, String)> {
        let mut details = Vec::new();
        if let Some(found) = &self.explanation {
            let word = found.word();
            details.push(("cause", found.sentence().map_or(word.clone(), |sentence| format!("{word}: {sentence}")).into_bytes()));
            details.extend(found.fix().map(|fix| ("fix", fix.into_bytes())));
        }
        let base_strings = [
            ("server's base string", self.refused.as_ref().and_then(|refused| refused.base_string.clone())),
            ("client's base string", self.explanation.as_ref().and_then(|found| found.base_string.clone())),
        ];
        details.extend(base_strings.into_iter().filter_map(|(name, text)| Some((name, text?))));
        details.into_iter().map(|(name, text)| (name, words::brief(&text, MOST_TOLD))).collect()
    }
}

/// The last exchanges.
#[derive(Debug)]
pub(super) struct Entries {
    kept: VecDeque<Arc<Entry>>,
    most: usize,
    last: u64,
}

impl Entries {
    pub(super) fn new(most: usize) -> Entries {
        Entries { kept: VecDeque::new(), most, last: 0 }
    }

    /// Takes an entry in, gives it its number, and gives out the oldest one where there is no room for both.
    pub(super) fn add(&mut self, mut entry: Entry) -> (Arc<Entry>, Option<Arc<Entry>>) {
        self.last += 1;
        entry.number = self.last;
        let entry = Arc::new(entry);
        let oldest = if self.kept.len() >= self.most { self.kept.pop_front() } else { None };
        if self.most > 0 {
            self.kept.push_back(Arc::clone(&entry));
        }
        (entry, oldest)
    }

    pub(super) fn all(&self) -> Vec<Arc<Entry>> {
        self.kept.iter().cloned().collect()
    }
}
