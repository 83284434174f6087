//! The one way in which vector files are written: members in the order of `vectors/README.md`, two blanks a level, short values on one
//! line, what cannot be seen escaped. It changes no meaning, and a text that is in order already stays as it is.

mod layout;
mod node;
#[cfg(test)]
mod tests;

use node::Node;

use super::load_error::LoadError;
use super::read;
use super::spot::Spot;

/// A vector file's text in its canonical form; `file` is named in messages. JSON Lines stay one value a line, without blanks and without
/// blank lines.
///
/// # Errors
/// A text that is not JSON, has a byte order mark, or a member twice. Whether it is a vector file is not asked.
pub fn canonical(file: &str, text: &str) -> Result<String, LoadError> {
    read::utf8(file, text.as_bytes(), 1)?;
    let mut out = String::with_capacity(text.len());
    if file.ends_with(".jsonl") {
        let mut context = Context::Suite;
        for (line, number) in text.lines().zip(1..).filter(|(line, _)| !line.trim_ascii().is_empty()) {
            parse(&Spot::whole(file, line, number))?.in_order(context).write_flat(&mut out, false);
            context = Context::Case;
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
}
