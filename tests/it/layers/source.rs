//! Rust source read as far as the layering test needs it: the paths that it mentions, with their lines, without comments, literals and
//! unit tests. It knows tokens, groups of `use` and modules inside a file; it expands no macro and resolves no name.

/// A path in the source, such as `std::fs::read`, with groups taken apart.
pub(super) struct Mention {
    pub(super) path: Vec<String>,
    pub(super) line: usize,
    pub(super) is_method: bool,
    pub(super) is_macro: bool,
    /// The module it stands in, modules inside the file included.
    module: Vec<String>,
}

/// What a path leads to.
pub(super) enum Target {
    /// Something of the own module, or of another crate.
    Inside,
    /// The root as a whole.
    Root(String),
    /// A name at the root: a room, if all is well.
    Room(String),
}

impl Mention {
    pub(super) fn begins(&self, path: &[&str]) -> bool {
        self.path.len() >= path.len() && self.path.iter().zip(path).all(|(have, want)| have == want)
    }

    pub(super) fn has(&self, names: &[&str]) -> bool {
        self.path.iter().any(|name| names.contains(&name.as_str()))
    }

    pub(super) fn room(&self) -> Target {
        let mut at = match self.path.first().map(String::as_str) {
            Some("crate") => Vec::new(),
            Some("countersign") if self.module == ["main"] => Vec::new(),
            Some("self") => self.module.clone(),
            Some("super") => self.module[..self.module.len().saturating_sub(1)].to_vec(),
            _ => return Target::Inside,
        };
        for name in &self.path[1..] {
            match name.as_str() {
                "super" => drop(at.pop()),
                _ if !at.is_empty() => return Target::Inside,
                "self" | "*" => return Target::Root(self.path.join("::")),
                _ => return Target::Room(name.clone()),
            }
        }
        Target::Inside
    }
}

pub(super) struct Token {
    text: String,
    line: usize,
}

impl Token {
    fn is_name(&self) -> bool {
        self.text.starts_with(|first: char| first.is_alphanumeric() || first == '_')
    }
}

fn text_at(tokens: &[Token], at: usize) -> &str {
    tokens.get(at).map_or("", |token| token.text.as_str())
}

/// Every path in these tokens.
pub(super) fn mentions(tokens: &[Token], module: &[String]) -> Vec<Mention> {
    let mut found = Vec::new();
    let mut inside = module.to_vec();
    let (mut depth, mut opened) = (0_usize, Vec::new());
    let mut at = 0;
    while at < tokens.len() {
        match text_at(tokens, at) {
            "{" => {
                depth += 1;
                if at >= 2 && text_at(tokens, at - 2) == "mod" {
                    inside.push(tokens[at - 1].text.clone());
                    opened.push(depth);
                }
            }
            "}" => {
                if opened.last() == Some(&depth) {
                    opened.pop();
                    inside.pop();
                }
                depth = depth.saturating_sub(1);
            }
            _ => {}
        }
        let follows_a_name = at >= 2 && text_at(tokens, at - 1) == "::" && (tokens[at - 2].is_name() || text_at(tokens, at - 2) == ">");
        if !tokens[at].is_name() || follows_a_name {
            at += 1;
            continue;
        }
        let is_method = at >= 1 && text_at(tokens, at - 1) == ".";
        at = path(tokens, at, Vec::new(), &mut |path, line, end| {
            let is_macro = text_at(tokens, end) == "!" && text_at(tokens, end + 1) != "=";
            found.push(Mention { path, line, is_method, is_macro, module: inside.clone() });
        });
    }
    found
}

/// Reads one path, giving each leaf of its groups with its line and where it ends; returns where the whole ends.
fn path(tokens: &[Token], mut at: usize, mut names: Vec<String>, leaf: &mut dyn FnMut(Vec<String>, usize, usize)) -> usize {
    let line = tokens.get(at).map_or(0, |token| token.line);
    loop {
        match tokens.get(at) {
            Some(token) if token.is_name() || token.text == "*" => names.push(token.text.clone()),
            _ => break,
        }
        at += 1;
        if text_at(tokens, at) != "::" {
            break;
        }
        if text_at(tokens, at + 1) == "{" {
            at += 2;
            while !["}", ""].contains(&text_at(tokens, at)) {
                let end = path(tokens, at, names.clone(), leaf);
                at = (end.max(at)..tokens.len()).find(|&next| [",", "}"].contains(&text_at(tokens, next))).unwrap_or(tokens.len());
                at += usize::from(text_at(tokens, at) == ",");
            }
            return at + 1;
        }
        at += 1;
    }
    leaf(names, line, at);
    at
}

/// The tokens without the items that are built for tests only: `#[cfg(test)]`, `#[cfg(all(test, …))]`.
pub(super) fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let begins = |at: usize, texts: &[&str]| texts.iter().enumerate().all(|(step, text)| text_at(tokens, at + step) == *text);
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if begins(at, &["#", "[", "cfg", "(", "test", ")"]) || begins(at, &["#", "[", "cfg", "(", "all", "(", "test"]) {
            at = end_of_item(tokens, at);
        } else {
            kept.push(Token { text: tokens[at].text.clone(), line: tokens[at].line });
            at += 1;
        }
    }
    kept
}

/// Where a module named `tests` is declared.
pub(super) fn line_of_mod_tests(tokens: &[Token]) -> Option<usize> {
    tokens.windows(2).find(|pair| pair[0].text == "mod" && pair[1].text == "tests").map(|pair| pair[1].line)
}

/// Behind the `;` or the closing brace of the item that begins here, attributes included.
fn end_of_item(tokens: &[Token], mut at: usize) -> usize {
    let (mut braces, mut others) = (0_usize, 0_usize);
    while at < tokens.len() {
        match text_at(tokens, at) {
            "{" => braces += 1,
            "}" if braces <= 1 => return at + 1,
            "}" => braces -= 1,
            "(" | "[" => others += 1,
            ")" | "]" => others = others.saturating_sub(1),
            ";" if braces == 0 && others == 0 => return at + 1,
            _ => {}
        }
        at += 1;
    }
    at
}

/// Names, `::`, and every other character by itself; no comments, no literals, no lifetimes' quotes.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let char_at = |at: usize| chars.get(at).copied().unwrap_or('\0');
    let mut found: Vec<Token> = Vec::new();
    let (mut at, mut counted, mut line) = (0, 0, 1);
    while at < chars.len() {
        line += chars[counted..at].iter().filter(|&&each| each == '\n').count();
        counted = at;
        match (chars[at], char_at(at + 1)) {
            ('/', '/') => at = (at..chars.len()).find(|&end| chars[end] == '\n').unwrap_or(chars.len()),
            ('/', '*') => at = end_of_comment(&chars, at),
            ('"', _) => at = end_of_string(&chars, at),
            ('\'', '\\') => at = (at + 3..chars.len()).find(|&end| chars[end] == '\'').unwrap_or(chars.len()) + 1,
            ('\'', _) => at += if char_at(at + 2) == '\'' { 3 } else { 1 },
            (':', ':') => {
                found.push(Token { text: "::".to_owned(), line });
                at += 2;
            }
            (first, _) if first.is_alphanumeric() || first == '_' => {
                let is_part = |end: &usize| chars[*end].is_alphanumeric() || chars[*end] == '_';
                let end = (at..chars.len()).find(|end| !is_part(end)).unwrap_or(chars.len());
                let name: String = chars[at..end].iter().collect();
                let hashes = (end..chars.len()).take_while(|&each| chars[each] == '#').count();
                if ["r", "br", "cr"].contains(&name.as_str()) && char_at(end + hashes) == '"' {
                    at = end_of_raw_string(&chars, end + hashes, hashes);
                } else {
                    found.push(Token { text: name, line });
                    at = end;
                }
            }
            (other, _) => {
                if !other.is_whitespace() {
                    found.push(Token { text: other.to_string(), line });
                }
                at += 1;
            }
        }
    }
    found
}

fn end_of_comment(chars: &[char], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0_usize);
    while at + 1 < chars.len() {
        match (chars[at], chars[at + 1]) {
            ('/', '*') => (depth, at) = (depth + 1, at + 2),
            ('*', '/') if depth == 1 => return at + 2,
            ('*', '/') => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    chars.len()
}

fn end_of_string(chars: &[char], start: usize) -> usize {
    let mut at = start + 1;
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(chars.len())
}

fn end_of_raw_string(chars: &[char], quote: usize, hashes: usize) -> usize {
    let closes = |at: &usize| chars[*at] == '"' && chars[at + 1..].iter().take(hashes).filter(|&&each| each == '#').count() == hashes;
    (quote + 1..chars.len()).find(closes).map_or(chars.len(), |at| at + 1 + hashes)
}
