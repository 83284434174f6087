//! Ids that are no longer in use (`retired.json`), and what took their place, so that a command line that still names one is understood.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor};

use super::load_error::LoadError;
use super::position::{Step, locate};
use super::spot::Spot;
use crate::profile::strict;

/// Old full ids, each with the one in its place, if there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Retired(BTreeMap<String, Option<String>>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "$schema", default)]
    _schema: Option<String>,
    format: u32,
    retired: Entries,
}

/// What one file says, of no id twice.
struct Entries(BTreeMap<String, Option<String>>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Entries, D::Error> {
        struct OfEntries;
        impl<'de> Visitor<'de> for OfEntries {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("old ids with what took their place")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = BTreeMap::new();
                while let Some(old) = map.next_key::<String>()? {
                    match entries.entry(old) {
                        Entry::Occupied(known) => return Err(de::Error::custom(format!("{:?} is retired twice", known.key()))),
                        Entry::Vacant(place) => place.insert(map.next_value()?),
                    };
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(OfEntries)
    }
}

impl Retired {
    /// Adds what a file says.
    ///
    /// # Errors
    /// A fault of its form, an id that is no full id, one that another file retires too, or one that leads back to itself.
    pub(super) fn read(&mut self, file: &str, text: &str) -> Result<(), LoadError> {
        const THING: &str = "the retired ids";
        let spot = Spot::whole(file, text, 1);
        let read: File = strict::from_str(text).map_err(|error| spot.json_error(&error, THING))?;
        if read.format != 1 {
            return Err(spot.error(locate(text, &[Step::Member("format")]), THING, format!("format {} is not known", read.format)));
        }
        for (old, new) in read.retired.0 {
            if let Some(bad) = [Some(&old), new.as_ref()].into_iter().flatten().find(|id| !id.contains('/')) {
                let at = locate(text, &[Step::Member("retired"), Step::Member(&old)]);
                return Err(spot.error(at, THING, format!("{bad:?} is no full id (suite/id)")));
            }
            match self.0.entry(old) {
                Entry::Vacant(place) => _ = place.insert(new),
                Entry::Occupied(known) => {
                    let at = locate(text, &[Step::Member("retired"), Step::Member(known.key())]);
                    return Err(spot.error(at, THING, format!("{:?} is retired in another file too", known.key())));
                }
            }
        }
        match self.0.keys().find(|old| self.now(old) == Some(old)) {
            None => Ok(()),
            Some(old) => {
                Err(spot.error(locate(text, &[Step::Member("retired"), Step::Member(old)]), THING, format!("{old:?} leads back to itself")))
            }
        }
    }

    /// All old ids with what took their place.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.0.iter().map(|(old, new)| (old.as_str(), new.as_deref()))
    }

    /// The id that took the place of this one; `None` if it was not retired, or nothing took its place.
    #[must_use]
    pub fn now<'a>(&'a self, old: &str) -> Option<&'a str> {
        let mut now: Option<&str> = None;
        // As many steps as there are ids lead through every chain, and out of every circle.
        for _ in 0..=self.0.len() {
            match self.0.get(now.unwrap_or(old)) {
                Some(next) => now = Some(next.as_deref()?),
                None => return now,
            }
        }
        self.0.get_key_value(old).map(|(old, _)| old.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(retired: &str) -> Result<Retired, String> {
        let mut all = Retired::default();
        let text = format!("{{\n\"format\": 1,\n\"retired\": {retired}\n}}");
        all.read("retired.json", &text).map(|()| all).map_err(|error| error.to_string())
    }

    #[test]
    fn a_chain_is_followed_to_its_end() {
        let all = read(r#"{"a/x": "b/x", "b/x": "c/x", "d/x": null}"#).unwrap();
        assert_eq!(all.now("a/x"), Some("c/x"));
        assert_eq!(all.now("d/x"), None);
        assert_eq!(all.now("c/x"), None);
        assert_eq!(all.iter().count(), 3);
    }

    #[test]
    fn faults_are_found() {
        assert_eq!(read(r#"{"a": null}"#), Err("retired.json:3:13: the retired ids: \"a\" is no full id (suite/id)".to_owned()));
        assert!(read(r#"{"a/x": "b/x", "b/x": "a/x"}"#).unwrap_err().ends_with("leads back to itself"));
        assert!(read(r#"{"a/x": 1}"#).unwrap_err().contains("invalid type"));
        assert_eq!(
            read("{\"a/q\": \"a/x\",\n  \"b/q\": null, \"a/q\" : \"a/y\"}"),
            Err("retired.json:4:16: the retired ids: \"a/q\" is retired twice".to_owned())
        );
        assert!(Retired::default().read("r", r#"{"format": 2, "retired": {}}"#).is_err());
        let mut all = read(r#"{"a/x": "b/x"}"#).unwrap();
        let error = all.read("other.json", "{\"format\": 1, \"retired\":\n{\"a/x\": null}}").unwrap_err().to_string();
        assert_eq!(error, "other.json:2:2: the retired ids: \"a/x\" is retired in another file too");
    }
}
