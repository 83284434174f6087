//! A case and a suite as they are written: the members of vector files of format 1, each read straight into its type. Nothing here asks
//! whether the values make sense.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::answer::Output;
use super::case::{Clause, Level, Provenance, Status};
use super::question::Operation;

/// A case: one line of JSON Lines, or one item of `cases`. `I` is the input of the suite's operation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line<I> {
    pub(super) id: String,
    pub(super) rev: u32,
    pub(super) status: Status,
    pub(super) level: Level,
    pub(super) title: String,
    pub(super) spec: Vec<Clause>,
    #[serde(default)]
    pub(super) flags: Vec<String>,
    #[serde(default)]
    pub(super) requires: Vec<String>,
    #[serde(default)]
    pub(super) control: Option<String>,
    pub(super) input: I,
    pub(super) expect: Expect,
    #[serde(default)]
    pub(super) kills: Vec<String>,
    #[serde(default)]
    pub(super) note: Option<String>,
    pub(super) source: Provenance,
}

/// A whole file of JSON; its cases are read one by one later.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File<'a> {
    #[serde(rename = "$schema", default)]
    pub(super) _schema: Option<String>,
    pub(super) format: u32,
    pub(super) suite: String,
    pub(super) operation: Operation,
    #[serde(default)]
    pub(super) about: String,
    #[serde(default)]
    pub(super) flags: Flags,
    #[serde(borrow)]
    pub(super) cases: Vec<&'a RawValue>,
}

/// The first line of JSON Lines: a suite without its cases.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    #[serde(rename = "$schema", default)]
    pub(super) _schema: Option<String>,
    pub(super) format: u32,
    pub(super) suite: String,
    pub(super) operation: Operation,
    #[serde(default)]
    pub(super) about: String,
    #[serde(default)]
    pub(super) flags: Flags,
}

/// What a flag means, in the file that uses it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flag {
    /// What the input has.
    pub description: String,
    /// What follows for the answer.
    #[serde(default)]
    pub effect: Option<String>,
    /// Where to read more.
    #[serde(default)]
    pub links: Vec<String>,
}

/// Flags in the order of the file, no name twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Flags(pub(super) Vec<(String, Flag)>);

impl<'de> Deserialize<'de> for Flags {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Flags, D::Error> {
        struct OfFlags;
        impl<'de> Visitor<'de> for OfFlags {
            type Value = Flags;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("flags with their explanations")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Flags, A::Error> {
                let mut flags: Vec<(String, Flag)> = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    if flags.iter().any(|(known, _)| *known == name) {
                        return Err(de::Error::custom(format!("duplicate flag `{name}`")));
                    }
                    if flags.len() == super::read::MAX_FLAGS {
                        return Err(de::Error::custom(format!("more than {} flags", super::read::MAX_FLAGS)));
                    }
                    flags.push((name, map.next_value()?));
                }
                Ok(Flags(flags))
            }
        }
        deserializer.deserialize_map(OfFlags)
    }
}

/// The member `expect`, or a branch of `one_of`.
#[derive(Debug, Default)]
pub(super) struct Expect {
    pub(super) output: Output,
    pub(super) because: Option<String>,
    pub(super) refuse: Option<Refuse>,
    pub(super) one_of: Option<Vec<Expect>>,
}

/// The member `refuse`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Refuse {
    pub(super) codes: Vec<String>,
}

const EXPECTABLE: &[&str] = &[
    "refuse",
    "one_of",
    "because",
    "signature",
    "authorization",
    "url",
    "body",
    "base_string",
    "valid",
    "code",
    "encoded",
    "decoded",
    "realm",
    "parameters",
    "identifier",
    "secret",
    "base_uri",
    "normalized",
    "body_hash",
    "stages",
];

impl<'de> Deserialize<'de> for Expect {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Expect, D::Error> {
        struct OfExpect;
        impl<'de> Visitor<'de> for OfExpect {
            type Value = Expect;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("what may be answered")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Expect, A::Error> {
                let mut expect = Expect::default();
                let rest = Rest { map, expect: &mut expect };
                expect.output = Output::deserialize(de::value::MapAccessDeserializer::new(rest))?;
                Ok(expect)
            }
        }
        deserializer.deserialize_map(OfExpect)
    }
}

/// The members of `expect` without those that are no output fields, which are put aside: one pass, and no copy as `flatten` makes it.
struct Rest<'e, A> {
    map: A,
    expect: &'e mut Expect,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Rest<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        let mut seed = seed;
        loop {
            let special = match self.map.next_key_seed(KeySeed::<K>(seed))? {
                None => return Ok(None),
                Some(Key::Output(key)) => return Ok(Some(key)),
                Some(Key::Special(special, back)) => {
                    seed = back;
                    special
                }
            };
            match special {
                Special::Refuse => put(&mut self.expect.refuse, "refuse", &mut self.map)?,
                Special::OneOf => put(&mut self.expect.one_of, "one_of", &mut self.map)?,
                Special::Because => put(&mut self.expect.because, "because", &mut self.map)?,
            }
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

fn put<'de, T: Deserialize<'de>, A: MapAccess<'de>>(place: &mut Option<T>, name: &'static str, map: &mut A) -> Result<(), A::Error> {
    if place.is_some() {
        return Err(de::Error::duplicate_field(name));
    }
    *place = Some(map.next_value()?);
    Ok(())
}

#[derive(Clone, Copy)]
enum Special {
    Refuse,
    OneOf,
    Because,
}

enum Key<K, S> {
    Output(K),
    Special(Special, S),
}

struct KeySeed<K>(K);

impl<'de, K: DeserializeSeed<'de>> DeserializeSeed<'de> for KeySeed<K> {
    type Value = Key<K::Value, K>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(KeyVisitor(self.0, PhantomData))
    }
}

struct KeyVisitor<'de, K>(K, PhantomData<&'de ()>);

impl<'de, K: DeserializeSeed<'de>> Visitor<'de> for KeyVisitor<'de, K> {
    type Value = Key<K::Value, K>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of an output field")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Self::Value, E> {
        match name {
            "refuse" => Ok(Key::Special(Special::Refuse, self.0)),
            "one_of" => Ok(Key::Special(Special::OneOf, self.0)),
            "because" => Ok(Key::Special(Special::Because, self.0)),
            other => match self.0.deserialize(StrDeserializer::<E>::new(other)) {
                Ok(key) => Ok(Key::Output(key)),
                Err(_) => Err(E::unknown_field(other, EXPECTABLE)),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::question::Operation;

    fn read(text: &str) -> Result<Expect, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn special_members_stand_anywhere_between_output_fields() {
        let expect = read(r#"{"signature": "a", "refuse": {"codes": ["x"]}, "realm": null, "because": "so", "valid": true}"#).unwrap();
        assert_eq!(expect.output.signature, Some("a".into()));
        assert_eq!(expect.output.realm, Some(None));
        assert_eq!(expect.output.valid, Some(true));
        assert_eq!(expect.because.as_deref(), Some("so"));
        assert_eq!(expect.refuse.unwrap().codes, ["x"]);
    }

    #[test]
    fn wrong_members_are_named() {
        assert!(read(r#"{"refues": 1}"#).unwrap_err().starts_with("unknown field `refues`, expected one of `refuse`"));
        assert!(read(r#"{"refuse": {"codes": []}, "refuse": {"codes": []}}"#).unwrap_err().starts_with("duplicate field `refuse`"));
        assert!(read(r#"{"valid": true, "valid": true}"#).unwrap_err().starts_with("duplicate field `valid`"));
        assert!(read(r#"{"stages": {"keys": ""}}"#).unwrap_err().starts_with("unknown field `keys`"));
        assert!(read("1").unwrap_err().starts_with("invalid type: integer `1`, expected what may be answered"));
    }

    #[test]
    fn every_output_field_can_be_expected() {
        for field in Operation::ALL.into_iter().flat_map(Operation::output_fields) {
            assert!(EXPECTABLE.contains(field), "{field}");
        }
    }

    #[test]
    fn a_flag_is_explained_once() {
        let flag = r#"{"description": "d"}"#;
        let read = |text: &str| serde_json::from_str::<Flags>(text);
        assert_eq!(read(&format!(r#"{{"b": {flag}, "a": {flag}}}"#)).unwrap().0.len(), 2);
        assert!(read(&format!(r#"{{"b": {flag}, "b": {flag}}}"#)).unwrap_err().to_string().contains("duplicate flag `b`"));
    }
}
