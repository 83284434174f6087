//! A value of a vector file or of the wire: octets that are written as a string, or as `{"base64": "…"}` where they are not UTF-8.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use smallvec::SmallVec;

/// Octets, usually text. Most are short (methods, names, nonces, secrets) and need no memory of their own.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(SmallVec<[u8; SHORT]>);

/// What fits in the place of a pointer, a length and a capacity.
const SHORT: usize = 16;
const _: () = assert!(size_of::<Text>() == size_of::<Vec<u8>>());

/// A name and a value; lists of them keep their order.
pub type Pair = (Text, Text);

impl Text {
    /// The octets.
    #[must_use]
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The octets themselves.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0.into_vec()
    }

    /// Cuts it to so many octets.
    pub fn cut(&mut self, most: usize) {
        self.0.truncate(most);
        self.0.shrink_to_fit();
    }

    /// The text, if it is one.
    #[must_use]
    #[inline]
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// The text, with U+FFFD for what is not UTF-8: for people only.
    #[must_use]
    pub fn to_text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }
}

impl From<&[u8]> for Text {
    fn from(octets: &[u8]) -> Text {
        Text(SmallVec::from_slice(octets))
    }
}

impl From<Vec<u8>> for Text {
    fn from(octets: Vec<u8>) -> Text {
        // Memory that is given back now is found again at once.
        if octets.len() <= SHORT { Text::from(octets.as_slice()) } else { Text(SmallVec::from_vec(octets)) }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        Text::from(text.as_bytes())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        Text::from(text.into_bytes())
    }
}

impl From<Cow<'_, str>> for Text {
    fn from(text: Cow<'_, str>) -> Text {
        match text {
            Cow::Borrowed(text) => Text::from(text),
            Cow::Owned(text) => Text::from(text),
        }
    }
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.to_text())
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(&self.0) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("base64", &STANDARD.encode(&self.0))?;
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
        deserializer.deserialize_any(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a string or {\"base64\": \"…\"}")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Text, E> {
        Ok(Text::from(text))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Text, E> {
        Ok(Text::from(text))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Text, A::Error> {
        // A name that is written with escapes, or comes out of a value, is not borrowed.
        if map.next_key::<Cow<'de, str>>()?.as_deref() != Some("base64") {
            return Err(de::Error::custom("octets are written {\"base64\": \"…\"}"));
        }
        let Base64(octets) = map.next_value()?;
        if map.next_key::<de::IgnoredAny>()?.is_some() {
            return Err(de::Error::custom("nothing stands beside \"base64\""));
        }
        Ok(Text::from(octets))
    }
}

/// The value of `base64`, decoded while its string is read: a fault is then placed there and not where the object ends.
struct Base64(Vec<u8>);

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Base64, D::Error> {
        struct Decoding;

        impl Visitor<'_> for Decoding {
            type Value = Base64;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a string in base64")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Base64, E> {
                STANDARD.decode(text).map(Base64).map_err(|_| de::Error::custom("not base64 with padding"))
            }
        }

        deserializer.deserialize_str(Decoding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_that_are_not_utf8_travel_as_base64() {
        for (octets, json) in [(&b"a\"b"[..], r#""a\"b""#), (b"\xff\x00", r#"{"base64":"/wA="}"#), ("é".as_bytes(), "\"é\"")] {
            assert_eq!(serde_json::to_string(&Text::from(octets)).unwrap(), json);
            assert_eq!(serde_json::from_str::<Text>(json).unwrap(), Text::from(octets));
        }
        let escaped = r#"{"b\u0061se64":"\u002fwA="}"#;
        assert_eq!(serde_json::from_str::<Text>(escaped).unwrap(), Text::from(&b"\xff\x00"[..]), "names may be written with escapes");
        let value: serde_json::Value = serde_json::from_str(escaped).unwrap();
        assert_eq!(serde_json::from_value::<Text>(value).unwrap(), Text::from(&b"\xff\x00"[..]));
        for json in ["1", "null", "{}", r#"{"base64":"/"}"#, r#"{"base64":"","x":1}"#, r#"{"text":""}"#] {
            assert!(serde_json::from_str::<Text>(json).is_err(), "{json}");
        }
    }
}
