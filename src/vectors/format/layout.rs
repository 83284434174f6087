//! How a value is laid out: what stands on one line, what is indented, and which characters are escaped.

use super::node::Node;

/// The longest line on which a short value stands with its name, in characters.
pub(super) const WIDTH: usize = 120;

impl Node {
    /// Writes the value; `used` is how much of its first line stands there already, and what must stand behind it is at most a comma.
    pub(super) fn write(&self, out: &mut String, level: usize, used: usize) {
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
    pub(super) fn write_flat(&self, out: &mut String, blanks: bool) {
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
