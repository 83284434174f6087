//! JSON read no more generously than it is written down: what serde's derived types take beside an object or a word is refused. They take
//! the items of a list for the members of an object, in their order, and `{"must": null}` for the word `"must"`; no schema of ours does.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor};

/// Reads a whole text.
///
/// # Errors
/// As [`serde_json::from_str`], and a list in the place of an object, or an object in that of a word.
pub(crate) fn from_str<'de, T: Deserialize<'de>>(text: &'de str) -> serde_json::Result<T> {
    let mut json = serde_json::Deserializer::from_str(text);
    let read = T::deserialize(Strict(&mut json))?;
    json.end()?;
    Ok(read)
}

/// Reads an object and nothing else, as `deserialize_with`: for what serde keeps to look at later, which [`from_str`] does not reach.
pub(crate) fn object<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_map(ObjectOf(PhantomData))
}

/// Whatever serde hands on while it reads (deserializers, visitors, seeds, accesses), with everything below it as strict. What serde keeps
/// to look at later (tagged and untagged enums) is out of its reach, see [`object`].
struct Strict<T>(T);

/// The visitor of a derived struct: an object, and nothing else.
struct Object<V>(V);

/// The same for a type that is read by itself.
struct ObjectOf<T>(PhantomData<T>);

/// The visitor of a derived enum: a word, or an object of one member where the word has values.
struct Word<V>(V);

macro_rules! with_strict_visitor {
    ($($name:ident($($more:ident: $type:ty),*))*) => {$(
        fn $name<V: Visitor<'de>>(self $(, $more: $type)*, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$name($($more,)* Strict(visitor))
        }
    )*};
}

macro_rules! with_the_same_visitor {
    ($($name:ident)*) => {$(
        fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$name(visitor)
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Strict<D> {
    type Error = D::Error;

    fn deserialize_struct<V: Visitor<'de>>(self, name: &'static str, members: Members, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_struct(name, members, Object(visitor))
    }

    fn deserialize_enum<V: Visitor<'de>>(self, _: &'static str, _: Members, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_any(Word(visitor))
    }

    with_strict_visitor! {
        deserialize_any() deserialize_option() deserialize_seq() deserialize_map() deserialize_newtype_struct(name: &'static str)
        deserialize_tuple(length: usize) deserialize_tuple_struct(name: &'static str, length: usize)
    }

    // Nothing is below them.
    with_the_same_visitor! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128 deserialize_u8 deserialize_u16
        deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64 deserialize_char deserialize_str
        deserialize_string deserialize_bytes deserialize_byte_buf deserialize_unit deserialize_identifier deserialize_ignored_any
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_unit_struct(name, visitor)
    }
}

/// The names that serde derives.
type Members = &'static [&'static str];

macro_rules! visits {
    ($($name:ident($type:ty))*) => {$(
        fn $name<E: de::Error>(self, value: $type) -> Result<V::Value, E> {
            self.0.$name(value)
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Strict<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    visits! {
        visit_bool(bool) visit_i64(i64) visit_i128(i128) visit_u64(u64) visit_u128(u128) visit_f64(f64) visit_str(&str)
        visit_borrowed_str(&'de str) visit_string(String)
    }

    fn visit_none<E: de::Error>(self) -> Result<V::Value, E> {
        self.0.visit_none()
    }

    fn visit_unit<E: de::Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, some: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(Strict(some))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(Strict(inner))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(Strict(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Strict(members))
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Object<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Strict(members))
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectOf<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
        T::deserialize(Strict(MapAccessDeserializer::new(members)))
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Word<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, word: &str) -> Result<V::Value, E> {
        self.0.visit_enum(StrDeserializer::new(word))
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<V::Value, A::Error> {
        self.0.visit_enum(Strict(MapAccessDeserializer::new(members)))
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Strict<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Strict(deserializer))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(Strict(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Strict<A> {
    type Error = A::Error;

    // The name of a member is a string, and has nothing below it.
    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_key_seed(seed)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(Strict(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for Strict<A> {
    type Error = A::Error;
    type Variant = Strict<A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant), A::Error> {
        self.0.variant_seed(seed).map(|(word, values)| (word, Strict(values)))
    }
}

/// What stands beside the word in an object.
impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        Err(de::Error::invalid_type(Unexpected::Map, &"a string"))
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.0.newtype_variant_seed(Strict(seed))
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.0.tuple_variant(length, Strict(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(self, members: Members, visitor: V) -> Result<V::Value, A::Error> {
        self.0.struct_variant(members, Object(visitor))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::value::RawValue;

    use super::from_str;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Form {
        Plain,
        Long(u8),
        Both { inner: Inner },
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Inner {
        n: i64,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Named(Inner);

    #[derive(Debug, Deserialize)]
    struct Outer<'a> {
        form: Option<Form>,
        list: Vec<Inner>,
        pair: Option<(Inner, String)>,
        named: Option<Named>,
        #[serde(borrow)]
        raw: Vec<&'a RawValue>,
    }

    fn outer(more: &str) -> Result<Outer<'_>, String> {
        from_str(more).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_written_as_it_should_be_is_read() {
        let text = r#"{"form": "plain", "list": [{"n": -1}, {"n": 2}], "pair": [{"n": 3}, "x"], "named": {"n": 4}, "raw": [ [1], 2 ]}"#;
        let read = outer(text).unwrap();
        assert_eq!((read.form, read.list), (Some(Form::Plain), vec![Inner { n: -1 }, Inner { n: 2 }]));
        assert_eq!((read.pair, read.named), (Some((Inner { n: 3 }, "x".to_owned())), Some(Named(Inner { n: 4 }))));
        assert_eq!(read.raw.iter().map(|raw| raw.get()).collect::<Vec<_>>(), ["[1]", "2"]);
        assert_eq!(from_str::<Form>(r#"{"long": 7}"#).unwrap(), Form::Long(7));
        assert_eq!(from_str::<Form>(r#"{"both": {"inner": {"n": 1}}}"#).unwrap(), Form::Both { inner: Inner { n: 1 } });
        assert!(from_str::<Inner>("{\"n\": 1} 2").unwrap_err().to_string().starts_with("trailing characters"));
    }

    #[test]
    fn a_list_is_no_object_wherever_it_stands() {
        for text in [
            "[null, [], null, null, []]",
            r#"{"list": [{"n": 1}, [2]]}"#,
            r#"{"list": [[]]}"#,
            r#"{"pair": [[1], "x"]}"#,
            r#"{"named": [1]}"#,
            r#"{"form": {"both": {"inner": [1]}}}"#,
        ] {
            assert_eq!(outer(text).unwrap_err().split(" at ").next(), Some("invalid type: sequence, expected an object"), "{text}");
        }
        assert!(outer(r#"{"form": {"both": [{"n": 1}]}}"#).unwrap_err().starts_with("invalid type: sequence"));
    }

    #[test]
    fn an_object_is_no_word() {
        assert_eq!(outer(r#"{"form": {"plain": null}}"#).unwrap_err().split(" at ").next(), Some("invalid type: map, expected a string"));
        assert_eq!(outer(r#"{"form": 1}"#).unwrap_err(), "invalid type: integer `1`, expected a string at line 1 column 10");
        assert!(outer(r#"{"form": "plane"}"#).unwrap_err().starts_with("unknown variant `plane`, expected one of `plain`"));
    }
}
