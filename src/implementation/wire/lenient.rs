//! Unknown fields are refused in files, where they are mistakes, and ignored on the wire, where they are the next version. The types are
//! the same, so this reader leaves out every field that a type does not name. It also takes no array for an object.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::CowStrDeserializer;
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::forward_to_deserialize_any;

/// Reads a value of one JSON text, leaving out unknown fields at every depth.
///
/// # Errors
/// What serde_json says of the text, or the type of the value.
pub(super) fn read<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = T::deserialize(Lenient(&mut deserializer))?;
    deserializer.end().map(|()| value)
}

/// What is read with its own fields and no others, and out of no array: where that fails, [`read`] may find it fit all the same. Nearly
/// every answer is such a one, and is read in half the time.
pub(super) struct Exactly<T>(pub(super) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Exactly<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Exactly<T>, D::Error> {
        T::deserialize(Objects(deserializer)).map(Exactly)
    }
}

/// A deserializer of one struct, out of an object.
struct Objects<D>(D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Objects<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_any(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct seq
        tuple tuple_struct map enum identifier ignored_any
    }
}

/// A deserializer whose structs pass over the fields that they do not name.
struct Lenient<D>(D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Lenient<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_any(Values { fields: None, visitor })
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_option(Values { fields: None, visitor })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_struct(name, fields, Values { fields: Some(fields), visitor })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_ignored_any(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct newtype_struct seq tuple
        tuple_struct map identifier
    }
}

/// A visitor that hands on [`Lenient`] values; `fields` are those of a struct.
struct Values<V> {
    fields: Option<&'static [&'static str]>,
    visitor: V,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Values<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<V::Value, E> {
        self.visitor.visit_bool(value)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<V::Value, E> {
        self.visitor.visit_i64(value)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<V::Value, E> {
        self.visitor.visit_u64(value)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<V::Value, E> {
        self.visitor.visit_f64(value)
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<V::Value, E> {
        self.visitor.visit_str(value)
    }

    fn visit_borrowed_str<E: de::Error>(self, value: &'de str) -> Result<V::Value, E> {
        self.visitor.visit_borrowed_str(value)
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<V::Value, E> {
        self.visitor.visit_string(value)
    }

    fn visit_none<E: de::Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_none()
    }

    fn visit_unit<E: de::Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_some(Lenient(deserializer))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<V::Value, A::Error> {
        match self.fields {
            Some(_) => Err(de::Error::invalid_type(Unexpected::Seq, &"an object")),
            None => self.visitor.visit_seq(Items(items)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(Members { fields: self.fields, members })
    }
}

struct Items<A>(A);

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Items<A> {
    type Error = A::Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, A::Error> {
        self.0.next_element_seed(Seed(seed))
    }
}

struct Members<A> {
    fields: Option<&'static [&'static str]>,
    members: A,
}

/// A member's name, borrowed where it has no escapes.
#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Members<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        let Some(fields) = self.fields else { return self.members.next_key_seed(seed) };
        while let Some(Name(name)) = self.members.next_key::<Name<'de>>()? {
            if fields.contains(&name.as_ref()) {
                return seed.deserialize(CowStrDeserializer::new(name)).map(Some);
            }
            self.members.next_value::<IgnoredAny>()?;
        }
        Ok(None)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        self.members.next_value_seed(Seed(seed))
    }
}

struct Seed<S>(S);

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Seed<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Lenient(deserializer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::Output;
    use crate::vectors::question::{SignInput, VerifyInput};

    #[test]
    fn unknown_fields_are_passed_over_at_every_depth() {
        let text = r#"{"x":{"method":1},"method":"GET","u\u0072l":"http://h/","client":{"identifier":"c","age":[7,{}]},
            "headers":[["a",{"base64":"/w=="}]],"signature_method":"PLAINTEXT","transmission":"query","":null}"#;
        let strict = text.replace(r#""x":{"method":1},"#, "").replace(r#","age":[7,{}]"#, "").replace(r#","":null"#, "");
        assert!(serde_json::from_str::<SignInput>(text).is_err());
        assert_eq!(read::<SignInput>(text).unwrap(), serde_json::from_str::<SignInput>(&strict).unwrap());
        let verify: VerifyInput = read(r#"{"method":"GET","url":"u","now":-5,"seen":[["a",null,"b","c"]],"client":null}"#).unwrap();
        assert_eq!((verify.now, verify.seen.len()), (Some(-5), 1));
    }

    #[test]
    fn said_and_not_said_stay_different() {
        assert_eq!(read::<Output>("{}").unwrap().realm, None);
        assert_eq!(read::<Output>(r#"{"realm":null}"#).unwrap().realm, Some(None));
        assert_eq!(read::<Output>(r#"{"realm":"r"}"#).unwrap().realm, Some(Some("r".into())));
    }

    #[test]
    fn what_is_wrong_stays_wrong() {
        for text in
            ["[]", r#"["GET"]"#, "null", r#"{"signature":5}"#, r#"{"valid":"true"}"#, r#"{"valid":true,"valid":true}"#, "{} {}", "{"]
        {
            assert!(read::<Output>(text).is_err(), "{text}");
        }
        assert!(read::<SignInput>(r#"{"method":"GET","url":"u","client":["c","s"],"signature_method":"x"}"#).is_err());
    }
}
