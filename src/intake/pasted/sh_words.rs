//! A command line cut into words as a POSIX shell does (IEEE Std 1003.1, Shell Command Language, sections 2.2 and 2.3), with the `$'…'`
//! quoting of bash, which browsers use in "copy as cURL". Nothing is expanded or run.
//!
//! The `shell-words` crate is not used here: it knows no `$'…'`, gives text and not octets, and does not tell where a word stands.

use super::IntakeError;

/// One word of a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// The octets after quotes and escapes are undone.
    pub(super) octets: Vec<u8>,
    /// Where it begins in the text.
    pub(super) at: usize,
}

/// A command line in words.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) words: Vec<Word>,
    /// What was not done as a shell would do it.
    pub(super) notes: Vec<String>,
}

/// Cuts a command into words, up to the operator that ends it.
pub(super) fn split(text: &[u8]) -> Result<Words, IntakeError> {
    let mut reader = Reader { text, at: 0, word: None, out: Words::default(), is_expanded: false, is_quoted: false };
    while let Some(octet) = reader.next() {
        let at = reader.at - 1;
        match octet {
            b' ' | b'\t' | b'\r' | b'\n' => reader.end_word(),
            b'#' if reader.word.is_none() => reader.skip_line(),
            b'\\' => reader.escape(at),
            b'\'' => {
                reader.begin(at).is_quoted = true;
                let end = reader.find(b'\'').ok_or_else(|| reader.open(at))?;
                reader.take_to(end);
            }
            b'"' => reader.double_quoted(at)?,
            b'$' => reader.dollar(at)?,
            b'`' => {
                reader.is_expanded = true;
                reader.push(at, b'`');
            }
            b'|' | b';' | b'&' | b'<' | b'>' | b'(' | b')' => {
                reader.operator(octet);
                break;
            }
            other => reader.push(at, other),
        }
    }
    reader.end_word();
    if reader.is_expanded {
        reader.out.notes.push("shell variables and command substitutions were left as they stand".to_owned());
    }
    Ok(reader.out)
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    word: Option<Word>,
    out: Words,
    is_expanded: bool,
    /// Whether a part of the word was in quotes.
    is_quoted: bool,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<u8> {
        let octet = self.peek()?;
        self.at += 1;
        Some(octet)
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn begin(&mut self, at: usize) -> &mut Self {
        self.word.get_or_insert_with(|| Word { octets: Vec::new(), at });
        self
    }

    fn push(&mut self, at: usize, octet: u8) {
        self.word.get_or_insert_with(|| Word { octets: Vec::new(), at }).octets.push(octet);
    }

    fn end_word(&mut self) {
        self.out.words.extend(self.word.take());
        self.is_quoted = false;
    }

    fn find(&self, octet: u8) -> Option<usize> {
        memchr::memchr(octet, self.text.get(self.at..)?).map(|length| self.at + length)
    }

    /// Takes everything up to `end` into the word, and passes over what stands there.
    fn take_to(&mut self, end: usize) {
        let part = self.text.get(self.at..end).unwrap_or_default();
        if let Some(word) = &mut self.word {
            word.octets.extend_from_slice(part);
        }
        self.at = end + 1;
    }

    fn skip_line(&mut self) {
        self.at = self.find(b'\n').unwrap_or(self.text.len());
    }

    fn open(&self, at: usize) -> IntakeError {
        IntakeError::at(self.text, at, "the quote is not closed")
            .hint("paste the whole command; a text behind it may hold the end of the quote")
    }

    /// A backslash outside of quotes: it keeps the next octet, or joins two lines.
    fn escape(&mut self, at: usize) {
        match self.next() {
            Some(b'\n') => {}
            Some(b'\r') if self.peek() == Some(b'\n') => self.at += 1,
            Some(other) => self.push(at, other),
            None => self.push(at, b'\\'),
        }
    }

    fn double_quoted(&mut self, at: usize) -> Result<(), IntakeError> {
        self.begin(at).is_quoted = true;
        loop {
            match self.next().ok_or_else(|| self.open(at))? {
                b'"' => return Ok(()),
                b'\\' => match self.next().ok_or_else(|| self.open(at))? {
                    b'\n' => {}
                    kept @ (b'$' | b'`' | b'"' | b'\\') => self.push(at, kept),
                    other => {
                        self.push(at, b'\\');
                        self.push(at, other);
                    }
                },
                octet => {
                    self.is_expanded |= octet == b'`' || octet == b'$' && self.begins_expansion();
                    self.push(at, octet);
                }
            }
        }
    }

    fn begins_expansion(&self) -> bool {
        self.peek().is_some_and(|octet| octet.is_ascii_alphabetic() || matches!(octet, b'_' | b'{' | b'('))
    }

    fn dollar(&mut self, at: usize) -> Result<(), IntakeError> {
        match self.peek() {
            Some(b'\'') => {
                self.at += 1;
                self.begin(at).is_quoted = true;
                self.ansi_c(at)
            }
            // A translated string is an ordinary one in the C locale.
            Some(b'"') => {
                self.at += 1;
                self.double_quoted(at)
            }
            _ => {
                self.is_expanded |= self.begins_expansion();
                self.push(at, b'$');
                Ok(())
            }
        }
    }

    /// `$'…'`, by the bash manual's section "ANSI-C Quoting".
    fn ansi_c(&mut self, at: usize) -> Result<(), IntakeError> {
        loop {
            let octet = match self.next().ok_or_else(|| self.open(at))? {
                b'\'' => return Ok(()),
                b'\\' => match self.next().ok_or_else(|| self.open(at))? {
                    b'a' => 0x07,
                    b'b' => 0x08,
                    b'e' | b'E' => 0x1b,
                    b'f' => 0x0c,
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'v' => 0x0b,
                    b'x' => match self.number(16, 2) {
                        Some(number) => number.to_le_bytes()[0],
                        None => {
                            self.push(at, b'\\');
                            b'x'
                        }
                    },
                    letter @ (b'u' | b'U') => {
                        let most = if letter == b'u' { 4 } else { 8 };
                        let character = self.number(16, most).and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER);
                        for octet in character.encode_utf8(&mut [0; 4]).bytes() {
                            self.push(at, octet);
                        }
                        continue;
                    }
                    b'0'..=b'7' => {
                        self.at -= 1;
                        self.number(8, 3).unwrap_or_default().to_le_bytes()[0]
                    }
                    kept @ (b'\\' | b'\'' | b'"' | b'?') => kept,
                    other => {
                        self.push(at, b'\\');
                        other
                    }
                },
                other => other,
            };
            self.push(at, octet);
        }
    }

    /// Up to so many digits; `None` if there are none.
    fn number(&mut self, radix: u32, most: usize) -> Option<u32> {
        let mut number = None;
        for _ in 0..most {
            let Some(digit) = self.peek().and_then(|octet| char::from(octet).to_digit(radix)) else { break };
            self.at += 1;
            number = Some(number.unwrap_or(0_u32).wrapping_mul(radix).wrapping_add(digit));
        }
        number
    }

    /// An operator ends the command; before a redirection a number may stand, which is no word.
    fn operator(&mut self, octet: u8) {
        let is_redirection = matches!(octet, b'<' | b'>');
        if is_redirection && !self.is_quoted && self.word.as_ref().is_some_and(|word| word.octets.iter().all(u8::is_ascii_digit)) {
            self.word = None;
        }
        if self.text.get(self.at..).is_some_and(|rest| !rest.trim_ascii().is_empty()) || octet == b'&' {
            let why = if octet == b'&' { ": in a URL it wants quotes, or the shell cuts it there" } else { "" };
            self.out.notes.push(format!("the command ends at the unquoted `{}`, and what follows was not read{why}", char::from(octet)));
        }
    }
}
