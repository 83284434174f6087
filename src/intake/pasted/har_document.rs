//! What of a HAR file is read (HTTP Archive 1.2, W3C Web Performance Working Group, August 2012). Members that tools leave out or set
//! to null are read as missing.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::MAX_FIELDS;

/// The most entries that are read.
pub(super) const MAX_ENTRIES: usize = 100_000;

/// A list that is refused when it is too long: an element can be far larger in memory than in the text.
pub(super) struct Bounded<T, const MOST: usize>(pub(super) Vec<T>);

impl<'de, T: Deserialize<'de>, const MOST: usize> Deserialize<'de> for Bounded<T, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List<T, const MOST: usize>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>, const MOST: usize> Visitor<'de> for List<T, MOST> {
            type Value = Bounded<T, MOST>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a list of at most {MOST} elements")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
                let mut list = Vec::new();
                while let Some(element) = elements.next_element()? {
                    if list.len() == MOST {
                        return Err(A::Error::custom("the list is too long"));
                    }
                    list.push(element);
                }
                Ok(Bounded(list))
            }
        }
        deserializer.deserialize_seq(List(PhantomData))
    }
}

/// The entries of a log, as they are written: each is read by itself, so that one that is broken leaves the others readable.
pub(super) type Entries<'a> = Bounded<&'a RawValue, MAX_ENTRIES>;

/// Pairs of a request or response.
pub(super) type Pairs = Bounded<Pair, MAX_FIELDS>;

/// A whole file; one entry of it has no log.
#[derive(Deserialize)]
pub(super) struct Document<'a> {
    #[serde(borrow)]
    pub(super) log: Option<Log<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Log<'a> {
    #[serde(borrow)]
    pub(super) entries: Option<Entries<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Entry {
    pub(super) request: Option<Box<Request>>,
    pub(super) response: Option<Box<Response>>,
}

#[derive(Deserialize)]
pub(super) struct Request {
    pub(super) method: Option<String>,
    pub(super) url: Option<String>,
    pub(super) headers: Option<Pairs>,
    #[serde(rename = "postData")]
    pub(super) post_data: Option<PostData>,
}

#[derive(Deserialize)]
pub(super) struct Pair {
    pub(super) name: Option<String>,
    pub(super) value: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct PostData {
    #[serde(rename = "mimeType")]
    pub(super) mime_type: Option<String>,
    pub(super) text: Option<String>,
    pub(super) params: Option<Pairs>,
}

#[derive(Deserialize)]
pub(super) struct Response {
    /// Browsers write 0 or -1 where there was no answer.
    pub(super) status: Option<Box<RawValue>>,
    pub(super) headers: Option<Pairs>,
    pub(super) content: Option<Content>,
}

#[derive(Deserialize)]
pub(super) struct Content {
    pub(super) text: Option<String>,
    pub(super) encoding: Option<String>,
}
