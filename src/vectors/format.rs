//! The one way in which vector files are written: members in the order of `vectors/README.md`, two blanks a level, short values on one
//! line, what cannot be seen escaped. It changes no meaning, and a text that is in order already stays as it is.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::load_error::LoadError;
use super::read::Spot;

/// The longest line on which a short value stands with its name, in characters.
const WIDTH: usize = 120;

/// A vector file's text in its canonical form; `file` is named in messages. JSON Lines stay one value a line, without blanks.
///
/// # Errors
/// A text that is not JSON, or has a member twice. Whether it is a vector file is not asked.
pub fn canonical(file: &str, text: &str) -> Result<String, LoadError> {
    let mut out = String::with_capacity(text.len());
    if file.ends_with(".jsonl") {
        for (line, number) in text.lines().zip(1..) {
            let context = if number == 1 { Context::Suite } else { Context::Case };
            parse(&Spot::whole(file, line, number))?.in_order(context).write_flat(&mut out, false);
            out.push('\n');
        }
    } else {
        parse(&Spot::whole(file, text, 1))?.in_order(Context::Suite).write(&mut out, 0, 0);
        out.push('\n');
    }
    Ok(out)
}

fn parse(spot: &Spot<'_>) -> Result<Node, LoadError> {
    serde_json::from_str(spot.piece()).map_err(|error| spot.json_error(&error, "the text"))
}

/// A JSON value whose members keep their order.
#[derive(Clone, Debug, PartialEq)]
enum Node {
    /// `null`, `true`, `false` or a number, as it is written.
    Word(String),
    Text(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>, Context),
}

/// What an object is, which decides the order of its members and whether it may stand on one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Context {
    Suite,
    Flags,
    Case,
    Input,
    Expect,
    Other,
}

impl Context {
    const fn order(self) -> &'static [&'static str] {
        match self {
            Context::Suite => &["$schema", "format", "suite", "operation", "about", "flags", "cases", "retired"],
            Context::Flags => &[],
            Context::Case => &[
                "id", "rev", "status", "level", "title", "spec", "flags", "requires", "control", "input", "expect", "kills", "note",
                "source",
            ],
            Context::Input => &[
                "step",
                "status",
                "method",
                "url",
                "header",
                "text",
                "parameters",
                "headers",
                "body",
                "client",
                "token",
                "signature_method",
                "key",
                "private_key",
                "base_string",
                "nonce",
                "timestamp",
                "version",
                "callback",
                "verifier",
                "realm",
                "body_hash",
                "extra",
                "transmission",
                "now",
                "window",
                "seen",
                "allowed_methods",
            ],
            Context::Expect => &[
                "because",
                "refuse",
                "one_of",
                "signature",
                "authorization",
                "url",
                "body",
                "valid",
                "code",
                "encoded",
                "decoded",
                "realm",
                "identifier",
                "secret",
                "parameters",
                "base_uri",
                "normalized",
                "base_string",
                "key",
                "body_hash",
                "stages",
            ],
            Context::Other => &[
                "description",
                "effect",
                "links",
                "doc",
                "section",
                "identifier",
                "secret",
                "public_key",
                "kind",
                "ref",
                "confirmed_by",
                "codes",
                "base64",
            ],
        }
    }

    /// What the member of this name is.
    fn below(self, name: &str) -> Context {
        match (self, name) {
            (Context::Suite, "flags") => Context::Flags,
            (Context::Suite, "cases") => Context::Case,
            (Context::Case, "input") => Context::Input,
            (Context::Case, "expect") | (Context::Expect, "one_of" | "stages") => Context::Expect,
            _ => Context::Other,
        }
    }

    /// Whether such an object stands on one line where it fits.
    const fn may_be_flat(self) -> bool {
        !matches!(self, Context::Suite | Context::Flags | Context::Case)
    }
}

impl Node {
    /// Members in the order of the documentation; unknown ones keep their order, at the end.
    fn in_order(self, context: Context) -> Node {
        match self {
            Node::Object(members, _) => {
                let mut members: Vec<_> = members
                    .into_iter()
                    .map(|(name, value)| {
                        let below = context.below(&name);
                        (name, value.in_order(below))
                    })
                    .collect();
                if context != Context::Flags {
                    let order = context.order();
                    members.sort_by_key(|(name, _)| order.iter().position(|known| known == name).unwrap_or(order.len()));
                }
                Node::Object(members, context)
            }
            Node::List(items) => Node::List(items.into_iter().map(|item| item.in_order(context)).collect()),
            other => other,
        }
    }

    /// Writes the value; `used` is how much of its first line stands there already, and what must stand behind it is at most a comma.
    fn write(&self, out: &mut String, level: usize, used: usize) {
        if self.fits(used) {
            self.write_flat(out, true);
            return;
        }
        let inner = level + 1;
        match self {
            Node::Object(members, _) => {
                out.push('{');
                for (number, (name, value)) in members.iter().enumerate() {
                    new_line(out, inner, number > 0);
                    let before = out.len();
                    write_text(name, out);
                    out.push_str(": ");
                    let used = 2 * inner + out.get(before..).map_or(0, |name| name.chars().count());
                    value.write(out, inner, used);
                }
                new_line(out, level, false);
                out.push('}');
            }
            Node::List(items) if items.iter().all(Node::is_scalar) => {
                out.push('[');
                fill(items, out, inner);
                new_line(out, level, false);
                out.push(']');
            }
            Node::List(items) => {
                out.push('[');
                for (number, item) in items.iter().enumerate() {
                    new_line(out, inner, number > 0);
                    // A pair is read as one thing, however long it is.
                    if item.is_pair() { item.write_flat(out, true) } else { item.write(out, inner, 2 * inner) }
                }
                new_line(out, level, false);
                out.push(']');
            }
            Node::Word(_) | Node::Text(_) => self.write_flat(out, true),
        }
    }

    fn fits(&self, used: usize) -> bool {
        self.may_be_flat() && {
            let mut flat = String::new();
            self.write_flat(&mut flat, true);
            used + flat.chars().count() < WIDTH
        }
    }

    fn may_be_flat(&self) -> bool {
        match self {
            Node::Object(members, context) => {
                members.is_empty() || (context.may_be_flat() && members.iter().all(|(_, value)| value.may_be_flat()))
            }
            Node::List(items) => items.iter().all(Node::may_be_flat),
            Node::Word(_) | Node::Text(_) => true,
        }
    }

    fn is_pair(&self) -> bool {
        matches!(self, Node::List(items) if items.iter().all(Node::is_scalar))
    }

    fn is_scalar(&self) -> bool {
        matches!(self, Node::Text(_) | Node::Word(_))
    }

    /// Writes the value on one line, with blanks for people or without.
    fn write_flat(&self, out: &mut String, blanks: bool) {
        let blank = if blanks { " " } else { "" };
        match self {
            Node::Word(word) => out.push_str(word),
            Node::Text(text) => write_text(text, out),
            Node::List(items) => {
                out.push('[');
                for (number, item) in items.iter().enumerate() {
                    if number > 0 {
                        out.push(',');
                        out.push_str(blank);
                    }
                    item.write_flat(out, blanks);
                }
                out.push(']');
            }
            Node::Object(members, _) if members.is_empty() => out.push_str("{}"),
            Node::Object(members, _) => {
                out.push('{');
                for (number, (name, value)) in members.iter().enumerate() {
                    if number > 0 {
                        out.push(',');
                    }
                    out.push_str(blank);
                    write_text(name, out);
                    out.push(':');
                    out.push_str(blank);
                    value.write_flat(out, blanks);
                }
                out.push_str(blank);
                out.push('}');
            }
        }
    }
}

fn new_line(out: &mut String, level: usize, comma: bool) {
    out.push_str(if comma { ",\n" } else { "\n" });
    out.extend(std::iter::repeat_n("  ", level));
}

/// Short items, as many on a line as it holds.
fn fill(items: &[Node], out: &mut String, level: usize) {
    let mut used = 0;
    for (number, item) in items.iter().enumerate() {
        let mut flat = String::new();
        item.write_flat(&mut flat, true);
        let length = flat.chars().count();
        if number > 0 && used + length + 3 <= WIDTH {
            out.push_str(", ");
            used += length + 2;
        } else {
            new_line(out, level, number > 0);
            used = 2 * level + length;
        }
        out.push_str(&flat);
    }
}

/// A JSON string: what a person can see stays readable, what cannot be seen is escaped.
fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if is_visible(character) => out.push(character),
            _ => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    out.push('"');
}

/// Whether somebody who looks at a character can tell it from others: no control character, no other blank than U+0020, nothing that
/// joins, turns around or hides what stands beside it, and nothing without a meaning of its own.
fn is_visible(character: char) -> bool {
    let combining = matches!(character, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}');
    let format = matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    );
    let private = matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}') || (character as u32 & 0xfffe) == 0xfffe;
    character == ' '
        || !(character.is_control()
            || character.is_whitespace()
            || combining
            || format
            || private
            || matches!(character, '\u{fdd0}'..='\u{fdef}'))
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(OfNode)
    }
}

struct OfNode;

impl<'de> Visitor<'de> for OfNode {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Word(value.to_string()))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Word(value.to_string()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Word(value.to_string()))
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Node, E> {
        Err(E::custom("a number that is no integer of 64 bits"))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Node, E> {
        Ok(Node::Word("null".to_owned()))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Node, E> {
        Ok(Node::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut members: Vec<(String, Node)> = Vec::new();
        let mut names = std::collections::HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            if !names.insert(name.clone()) {
                return Err(de::Error::custom(format!("duplicate field `{name}`")));
            }
            members.push((name, map.next_value()?));
        }
        Ok(Node::Object(members, Context::Other))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::vectors::embedded;

    #[test]
    fn members_are_put_in_order_and_short_values_on_one_line() {
        let text = r#"{"cases":[{"source":{"ref":"r","kind":"rfc"},"id":"x","input":{"url":"u","method":"GET"},"spec":[{"section":"1","doc":"D"}],
            "expect":{"valid":true},"later":1}],"flags":{"B":{"effect":"e","description":"d"},"A":{}},"format":1}"#;
        let expected = r#"{
  "format": 1,
  "flags": {
    "B": { "description": "d", "effect": "e" },
    "A": {}
  },
  "cases": [
    {
      "id": "x",
      "spec": [{ "doc": "D", "section": "1" }],
      "input": { "method": "GET", "url": "u" },
      "expect": { "valid": true },
      "source": { "kind": "rfc", "ref": "r" },
      "later": 1
    }
  ]
}
"#;
        assert_eq!(canonical("a.json", text).unwrap(), expected);
    }

    #[test]
    fn long_lists_are_broken_and_texts_are_not() {
        let long = "x".repeat(150);
        let pairs = format!(r#"{{"cases": [{{"input": {{"headers": [["a", "{long}"], ["b", "c"]]}}}}]}}"#);
        let written = canonical("a.json", &pairs).unwrap();
        assert!(
            written.contains("        \"headers\": [\n          [\n            \"a\",") || written.contains("          [\"a\""),
            "{written}"
        );
        let names: Vec<String> = (0..30).map(|number| format!("\"implementation {number}\"")).collect();
        let written = canonical("a.json", &format!("{{\"flags\": [{}]}}", names.join(","))).unwrap();
        assert!(written.lines().all(|line| line.chars().count() <= WIDTH), "{written}");
        assert_eq!(written.lines().count(), 10);
    }

    #[test]
    fn what_cannot_be_seen_is_escaped() {
        let text = "{\"about\": \"é日\u{1f600}\\u0000\\u200b\\u00a0\\ud83d\\ude00\\udb40\\udc41e\\u0301\\u2028\\t\\\"\\\\\\/\"}";
        let written = canonical("a.json", text).unwrap();
        assert_eq!(
            written.trim_end(),
            "{\n  \"about\": \"é日\u{1f600}\\u0000\\u200b\\u00a0\u{1f600}\\udb40\\udc41e\\u0301\\u2028\\t\\\"\\\\/\"\n}"
        );
    }

    #[test]
    fn faults_have_their_place() {
        let error = |text| canonical("a.json", text).unwrap_err().to_string();
        assert_eq!(error("{\n\"a\": 1, \"a\": 2}"), "a.json:2:9: the text: duplicate field \"a\"");
        assert_eq!(error("{\"a\": 1.5}"), "a.json:1:7: the text: a number that is no integer of 64 bits");
        assert_eq!(error("{} x"), "a.json:1:4: the text: trailing characters");
        assert_eq!(canonical("a.jsonl", "{}\n{").unwrap_err().line, 2);
        assert!(error(&"[".repeat(100_000)).contains("nested deeper than 64"));
    }

    #[test]
    fn json_lines_stay_lines() {
        let text = "{\"suite\": \"s\", \"format\": 1}\n{\"level\": \"must\", \"id\": \"x\"}";
        assert_eq!(canonical("a.jsonl", text).unwrap(), "{\"format\":1,\"suite\":\"s\"}\n{\"id\":\"x\",\"level\":\"must\"}\n");
    }

    #[test]
    fn every_embedded_vector_file_is_in_its_canonical_form() {
        for (path, text) in embedded::vectors().chain([embedded::RETIRED]) {
            assert!(canonical(path, text).unwrap() == text, "{path} is not formatted");
        }
    }

    #[test]
    fn formatting_changes_no_meaning_and_a_second_time_nothing_at_all() {
        for (path, text) in embedded::vectors() {
            // All on one line, so that there is something to do.
            let value: Value = serde_json::from_str(text).unwrap();
            let once = canonical(path, &value.to_string()).unwrap();
            assert!(serde_json::from_str::<Value>(&once).unwrap() == value, "{path}");
            assert!(canonical(path, &once).unwrap() == once, "{path}");
        }
    }
}
