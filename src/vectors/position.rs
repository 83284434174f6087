//! Where something stands in a JSON text: lines and columns for messages, and the limits of depth and of strings. Only looked at when
//! something is wrong, or when a text is so long that it could break a limit; it does not judge whether the text is JSON.

/// A place in a text, both counted from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// The place of an octet of a text; past the end is the end.
pub(super) fn position(text: &str, offset: usize) -> Position {
    let before = before(text, offset);
    let line = before.iter().filter(|&&octet| octet == b'\n').count() + 1;
    let start = before.iter().rposition(|&octet| octet == b'\n').map_or(0, |at| at + 1);
    let column = before.get(start..).unwrap_or_default().iter().filter(|octet| is_start(**octet)).count() + 1;
    Position { line, column }
}

fn before(text: &str, offset: usize) -> &[u8] {
    text.as_bytes().get(..offset.min(text.len())).unwrap_or_default()
}

/// Whether an octet of UTF-8 begins a character.
const fn is_start(octet: u8) -> bool {
    octet & 0xc0 != 0x80
}

/// The octet that serde_json means by line and column: the one that it read last, or looked at.
pub(super) fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let start = match line.checked_sub(2) {
        None => 0,
        Some(nth) => memchr::memchr_iter(b'\n', text.as_bytes()).nth(nth).map_or(text.len(), |at| at + 1),
    };
    (start + column).saturating_sub(1).min(text.len())
}

/// What a token of JSON is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `{` or `[`
    Open,
    /// `}` or `]`
    Close,
    /// A string with its quotes.
    String,
    /// `:` or `,`
    Separator,
    /// A number, `true`, `false`, `null`, or anything else without white space.
    Word,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The tokens of a text, one after the other, whatever the text.
pub(super) struct Tokens<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Tokens<'a> {
    pub(super) fn of(text: &'a str) -> Tokens<'a> {
        Tokens { text: text.as_bytes(), at: 0 }
    }

    fn string_end(&self, start: usize) -> usize {
        let mut at = start + 1;
        while let Some(octet) = self.text.get(at) {
            match octet {
                b'"' => return at + 1,
                b'\\' => at += 2,
                _ => at += 1,
            }
        }
        self.text.len()
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        let start = self.at;
        let (kind, end) = match self.text.get(start)? {
            b'{' | b'[' => (Kind::Open, start + 1),
            b'}' | b']' => (Kind::Close, start + 1),
            b':' | b',' => (Kind::Separator, start + 1),
            b'"' => (Kind::String, self.string_end(start)),
            _ => {
                let ends = |octet: &u8| octet.is_ascii_whitespace() || matches!(octet, b'{' | b'}' | b'[' | b']' | b':' | b',' | b'"');
                let rest = self.text.get(start..).unwrap_or_default();
                (Kind::Word, start + rest.iter().position(ends).unwrap_or(rest.len()))
            }
        };
        self.at = end;
        Some(Token { kind, start, end })
    }
}

/// The beginning of the last token that begins at or before an octet, and, if it closes something, of what it closes.
pub(super) fn last_token(text: &str, offset: usize) -> (usize, usize) {
    let mut open = Vec::new();
    let (mut last, mut opened) = (offset, offset);
    for token in Tokens::of(text).take_while(|token| token.start <= offset) {
        last = token.start;
        opened = match token.kind {
            Kind::Open => {
                open.push(token.start);
                token.start
            }
            Kind::Close => open.pop().unwrap_or(token.start),
            _ => token.start,
        };
    }
    (last, opened)
}

/// A step down into a text.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step<'a> {
    /// The member with this name.
    Member(&'a str),
    /// The item with this number, from 0.
    Item(usize),
}

/// The beginning of the member or item at the end of a path, or of the last one on the way that is there.
pub(super) fn locate(text: &str, path: &[Step<'_>]) -> usize {
    let mut tokens = Tokens::of(text).peekable();
    let mut found = tokens.peek().map_or(0, |token| token.start);
    for step in path {
        if tokens.next().map(|token| token.kind) != Some(Kind::Open) {
            return found;
        }
        match step {
            Step::Member(name) => loop {
                let Some(key) = tokens.next().filter(|token| token.kind == Kind::String) else { return found };
                tokens.next();
                if text.get(key.start + 1..key.end - 1) == Some(*name) {
                    found = key.start;
                    break;
                }
                skip_value(&mut tokens);
                tokens.next();
            },
            Step::Item(number) => {
                for _ in 0..*number {
                    skip_value(&mut tokens);
                    tokens.next();
                }
                match tokens.peek() {
                    Some(token) => found = token.start,
                    None => return found,
                }
            }
        }
    }
    found
}

fn skip_value(tokens: &mut impl Iterator<Item = Token>) {
    let mut depth = 0_usize;
    for token in tokens {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return;
        }
    }
}

/// Where a text is nested deeper than `limit` for the first time.
pub(super) fn too_deep(text: &str, limit: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for token in Tokens::of(text) {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > limit {
            return Some(token.start);
        }
    }
    None
}

/// Where the first string of more than `limit` octets (as written, without quotes) begins.
pub(super) fn too_long(text: &str, limit: usize) -> Option<usize> {
    Tokens::of(text).find(|token| token.kind == Kind::String && token.end - token.start > limit + 2).map(|token| token.start)
}

/// The first escape in a string that is half of a surrogate pair (RFC 8259 section 8.2), and so no Unicode character.
pub(super) fn lone_surrogate(text: &str) -> Option<usize> {
    Tokens::of(text).filter(|token| token.kind == Kind::String).find_map(|token| {
        let mut at = token.start;
        while at < token.end {
            let escape = Escape::at(text, at);
            at = match escape {
                Escape::None => at + 1,
                Escape::Short => at + 2,
                Escape::Unit(0xd800..=0xdbff) if matches!(Escape::at(text, at + 6), Escape::Unit(0xdc00..=0xdfff)) => at + 12,
                Escape::Unit(0xd800..=0xdfff) => return Some(at),
                Escape::Unit(_) => at + 6,
            };
        }
        None
    })
}

/// What begins at an octet inside of a string.
enum Escape {
    None,
    /// `\n` and the like, and what is no escape at all.
    Short,
    /// `\u` with its four digits: one unit of UTF-16.
    Unit(u16),
}

impl Escape {
    fn at(text: &str, at: usize) -> Escape {
        if text.as_bytes().get(at) != Some(&b'\\') {
            return Escape::None;
        }
        let digits = text.get(at + 1..at + 6).and_then(|escape| escape.strip_prefix('u'));
        // A sign would be read too.
        let digits = digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()).map_or(Escape::Short, Escape::Unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_count_line_ends() {
        let text = "aé\r\nx€y";
        for (offset, line, column) in [(0, 1, 1), (1, 1, 2), (3, 1, 3), (5, 2, 1), (6, 2, 2), (9, 2, 3), (99, 2, 4)] {
            assert_eq!(position(text, offset), Position { line, column }, "{offset}");
        }
    }

    #[test]
    fn serde_json_means_the_octet_that_it_read_last() {
        let text = "{\n  \"a\": 1,\n  \"b\": x\n}";
        let error = serde_json::from_str::<serde_json::Value>(text).unwrap_err();
        assert_eq!(offset_of(text, error.line(), error.column()), text.find('x').unwrap());
        assert_eq!(offset_of(text, 1, 0), 0);
        assert_eq!(offset_of(text, 99, 5), text.len());
    }

    #[test]
    fn the_last_token_is_found_with_what_it_closes() {
        let text = r#"{"a": {"b": 12}, "c"  : "}"}"#;
        let at = |needle: &str| text.find(needle).unwrap();
        assert_eq!(last_token(text, at("2")), (at("12"), at("12")));
        assert_eq!(last_token(text, at("},")), (at("},"), at("{\"b")));
        assert_eq!(last_token(text, at("  :")), (at("\"c"), at("\"c")));
        assert_eq!(last_token(text, text.len()), (text.len() - 1, 0));
    }

    #[test]
    fn a_path_leads_to_a_member_or_as_far_as_it_goes() {
        let text = r#"{"x": {"b": [1]}, "expect": {"one_of": [{"because": ["\"]"]}, {"valid": true}]}}"#;
        let path = [Step::Member("expect"), Step::Member("one_of"), Step::Item(1), Step::Member("valid")];
        assert_eq!(locate(text, &path), text.find("\"valid\"").unwrap());
        assert_eq!(locate(text, &path[..3]), text.find("{\"valid").unwrap());
        assert_eq!(locate(text, &[Step::Member("expect"), Step::Member("refuse")]), text.find("\"expect\"").unwrap());
        assert_eq!(locate(text, &[Step::Member("none")]), 0);
        assert_eq!(locate("{\"a\"", &[Step::Member("a"), Step::Item(3)]), 1);
        assert_eq!(locate("", &[Step::Item(3)]), 0);
    }

    #[test]
    fn half_a_surrogate_pair_is_found() {
        for whole in
            [r#""\ud83d\ude00""#, r#""\\ud800""#, r#""\u00e9\n""#, r#"{"\u0041": "\uD83D\uDE00"}"#, "\\ud800", r#""\ud8"#, r#""\u+800""#]
        {
            assert_eq!(lone_surrogate(whole), None, "{whole}");
        }
        for (text, at) in [
            (r#""\ud800""#, 1),
            (r#""a\ud800b""#, 2),
            (r#""\udc00\ud800""#, 1),
            (r#"["\ud83d\ude00", "\\\ud83d\n"]"#, 20),
            (r#""\ud800\ud83d\ude00""#, 1),
            (r#"{"\udfff": 1}"#, 2),
        ] {
            assert_eq!(lone_surrogate(text), Some(at), "{text}");
        }
    }

    #[test]
    fn limits_are_met_at_their_place() {
        assert_eq!(too_deep("[[\"[[[[\"]]", 2), None);
        assert_eq!(too_deep("[[{}]]", 2), Some(2));
        assert_eq!(too_long("[\"ab\", \"abc\"]", 2), Some(7));
        assert_eq!(too_long("[\"ab\", \"abc\"]", 3), None);
    }
}
