//! Reads a `result` in one go, as nearly every line is one. What is wrong with a line, or unknown in it, is the business of
//! [`super::from_adapter`], which reads it once more.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{self, DeserializeOwned, Deserializer};
use serde_json::value::RawValue;

use super::LINE_LIMIT;
use super::from_adapter::FromAdapter;
use super::lenient::Exactly;
use super::message::Id;
use crate::implementation::{Observation, Wanted};
use crate::vectors::{Output, Stages, Text};

/// A `result` as it stands on a line. Nothing in it is nested deeply, because nothing unknown may stand there.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole<'a, O, S> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    id: Id,
    output: Exactly<O>,
    #[serde(default = "Option::default")]
    stages: Option<Exactly<S>>,
}

/// A `result`, of which what is not wanted may be left out; `None` for everything else and for whatever is wrong or unknown.
pub(super) fn read(line: &[u8], wanted: Wanted) -> Option<FromAdapter> {
    // An array would be taken for an object.
    if line.first() != Some(&b'{') || line.len() > LINE_LIMIT {
        return None;
    }
    let (id, output) = if wanted == Wanted::default() {
        let (id, decisive, _) = whole::<Decisive, PassedStages>(line)?;
        let Decisive { signature, base_string, valid, code, .. } = decisive;
        (id, Output { signature, base_string, valid, code, ..Output::default() })
    } else {
        let (id, mut output, stages) = whole::<Output, Stages>(line)?;
        // Stages in the output are passed over, whatever they are.
        if output.stages.is_some() {
            return None;
        }
        output.stages = stages;
        (id, output)
    };
    Some(FromAdapter::Answer { id: Some(id), observation: Observation::Answered(Box::new(output)) })
}

fn whole<O: DeserializeOwned, S: DeserializeOwned>(line: &[u8]) -> Option<(Id, O, Option<S>)> {
    // Once for the whole line, which is faster than for each text.
    let line = std::str::from_utf8(line).ok()?;
    let Whole { kind, id, output: Exactly(output), stages } = serde_json::from_str::<Whole<'_, O, S>>(line).ok()?;
    (kind == "result").then(|| (id, output, stages.map(|Exactly(stages)| stages)))
}

/// What decides of an answer to `sign`, `base_string` or `verify`. Other answers have other fields, and are read as a whole.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Decisive {
    #[serde(default)]
    signature: Option<Text>,
    #[serde(default)]
    base_string: Option<Text>,
    #[serde(default)]
    valid: Option<bool>,
    #[serde(default)]
    code: Option<String>,
    #[serde(default, rename = "authorization")]
    _authorization: Option<Passed>,
    #[serde(default, rename = "url")]
    _url: Option<Passed>,
    #[serde(default, rename = "body")]
    _body: Option<Passed>,
}

/// [`Stages`] that nobody looks at.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PassedStages {
    #[serde(default, rename = "base_uri")]
    _base_uri: Option<Passed>,
    #[serde(default, rename = "normalized")]
    _normalized: Option<Passed>,
    #[serde(default, rename = "base_string")]
    _base_string: Option<Passed>,
    #[serde(default, rename = "key")]
    _key: Option<Passed>,
}

/// A text that is read and not kept.
struct Passed;

impl<'de> Deserialize<'de> for Passed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Passed, D::Error> {
        let written = <&RawValue>::deserialize(deserializer)?.get();
        let is_text = match written.as_bytes() {
            // Of a surrogate without its half only a reader takes notice.
            [b'"', rest @ ..] => memchr::memmem::find(rest, b"\\u").is_none() || serde_json::from_str::<String>(written).is_ok(),
            _ => false,
        };
        if is_text { Ok(Passed) } else { Err(de::Error::custom("no string")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Wanted = Wanted { transmission: false, stages: false };

    fn output(line: &str, wanted: Wanted) -> Option<Output> {
        match read(line.as_bytes(), wanted)? {
            FromAdapter::Answer { observation: Observation::Answered(output), .. } => Some(*output),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_decides_is_read_and_the_rest_if_it_is_wanted() {
        let line = r#"{"type":"result","id":"c1","output":{"authorization":"OAuth \"\u00e9","signature":"s=","code":null},"stages":{"key":"k&","base_string":"b"}}"#;
        let decisive = Output { signature: Some("s=".into()), ..Output::default() };
        assert_eq!(output(line, NOTHING), Some(decisive.clone()));
        let stages = Stages { key: Some("k&".into()), base_string: Some("b".into()), ..Stages::default() };
        let whole = Output { authorization: Some("OAuth \"é".into()), stages: Some(stages), ..decisive };
        assert_eq!(output(line, Wanted { stages: true, ..NOTHING }), Some(whole.clone()));
        assert_eq!(output(line, Wanted::ALL), Some(whole));
        let line = r#"{"type":"result","id":"c1","output":{"valid":false,"code":"nonce_used"}}"#;
        let refused = Output { valid: Some(false), code: Some("nonce_used".to_owned()), ..Output::default() };
        assert_eq!(output(line, NOTHING), Some(refused));
        let line = r#"{"type":"result","id":"c1","output":{"base_string":"b"}}"#;
        assert_eq!(output(line, NOTHING), Some(Output { base_string: Some("b".into()), ..Output::default() }));
    }

    #[test]
    fn what_is_wrong_unknown_or_something_else_is_read_elsewhere() {
        for line in [
            r#"["result","c1",{"signature":"s"}]"#,
            r#"{"type":"reject","id":"c1","output":{"signature":"s"}}"#,
            r#"{"type":"result","output":{"signature":"s"}}"#,
            r#"{"type":"result","id":"c1","output":{"signature":"s","authorization":5}}"#,
            r#"{"type":"result","id":"c1","output":{"signature":"s","url":{"base64":"/w=="}}}"#,
            r#"{"type":"result","id":"c1","output":{"signature":"s","url":"\ud800"}}"#,
            "{\"type\":\"result\",\"id\":\"c1\",\"output\":{\"signature\":\"s\",\"url\":\"\n\"}}",
            r#"{"type":"result","id":"c1","output":{"signature":"s","later":1}}"#,
            r#"{"type":"result","id":"c1","output":{"encoded":"s"}}"#,
            r#"{"type":"result","id":"c1","output":["s"]}"#,
            r#"{"type":"result","id":"c1","output":{"signature":"s","signature":"s"}}"#,
            r#"{"type":"result","id":"c1","output":{"signature":"s"},"stages":{"key":[]}}"#,
            r#"{"type":"result","id":"c1","output":{"signature":"s"},"stages":{"other":"k"}}"#,
            r#"{"type":"result","id":"c1","output":{"signature":"s","stages":{"key":"k"}}}"#,
            r#"{"type":"result","id":"c1","output":{"signature":"s"}} x"#,
            r#"{"type":"result","id":"c1","output":{"signature":"s"},"later":[[[]]]}"#,
        ] {
            assert_eq!(read(line.as_bytes(), NOTHING), None, "{line}");
        }
    }
}
