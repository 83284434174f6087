//! A command line cut into words as Windows does: first `cmd.exe` with its caret, then the C run-time library of the program (Microsoft,
//! "Parsing C command-line arguments"). Browsers write this form in "copy as cURL (cmd)".

use super::IntakeError;
use super::sh_words::{Word, Words};

/// Whether a command is written for `cmd.exe`: lines are joined by carets, or a caret stands before an argument's quote; and no line
/// is joined by a backslash. Single quotes quote nothing there: behind an argument that begins with one, a caret is text.
pub(super) fn is_one(text: &[u8]) -> bool {
    let quoted = [&b" '"[..], b" $'"].into_iter().filter_map(|begins| memchr::memmem::find(text, begins)).min();
    let head = quoted.and_then(|end| text.get(..end)).unwrap_or(text);
    let ends_line = |at: usize| text.get(at + 1..).is_some_and(|rest| rest.starts_with(b"\n") || rest.starts_with(b"\r\n"));
    let begins_argument = |at: usize| text.get(at + 1) == Some(&b'"') && at.checked_sub(1).and_then(|at| text.get(at)) == Some(&b' ');
    memchr::memchr_iter(b'^', head).any(|at| ends_line(at) || begins_argument(at)) && !memchr::memchr_iter(b'\\', text).any(ends_line)
}

/// Cuts a command into words, up to the end of the line that no caret continues.
pub(super) fn split(text: &[u8]) -> Result<Words, IntakeError> {
    let mut out = Words::default();
    let plain = without_carets(text, &mut out.notes);
    let mut octets = plain.iter().copied().peekable();
    let mut word: Option<Word> = None;
    let mut in_quotes = None;
    while let Some((octet, at)) = octets.next() {
        match octet {
            b' ' | b'\t' if in_quotes.is_none() => out.words.extend(word.take()),
            b'"' => {
                let word = word.get_or_insert_with(|| Word { octets: Vec::new(), at });
                // Two quotes inside of quotes are one that is meant.
                if in_quotes.is_some() && octets.next_if(|(next, _)| *next == b'"').is_some() {
                    word.octets.push(b'"');
                } else {
                    in_quotes = if in_quotes.is_some() { None } else { Some(at) };
                }
            }
            b'\\' => {
                let mut count = 1;
                while octets.next_if(|(next, _)| *next == b'\\').is_some() {
                    count += 1;
                }
                let word = word.get_or_insert_with(|| Word { octets: Vec::new(), at });
                // Backslashes are only special before a quote: two are one, and an odd one keeps the quote.
                let before_quote = octets.peek().is_some_and(|(next, _)| *next == b'"');
                word.octets.extend(std::iter::repeat_n(b'\\', if before_quote { count / 2 } else { count }));
                if before_quote && count % 2 == 1 {
                    octets.next();
                    word.octets.push(b'"');
                }
            }
            other => word.get_or_insert_with(|| Word { octets: Vec::new(), at }).octets.push(other),
        }
    }
    if let Some(at) = in_quotes {
        return Err(IntakeError::at(text, at, "the quote is not closed").hint("paste the whole command"));
    }
    out.words.extend(word);
    Ok(out)
}

/// What `cmd.exe` hands on, each octet with its place: carets outside of quotes keep the next octet, and join lines.
fn without_carets(text: &[u8], notes: &mut Vec<String>) -> Vec<(u8, usize)> {
    let mut out = Vec::with_capacity(text.len());
    let mut in_quotes = false;
    let mut octets = text.iter().copied().zip(0..).peekable();
    while let Some((octet, at)) = octets.next() {
        match octet {
            b'^' if !in_quotes => {
                octets.next_if(|(next, _)| *next == b'\r');
                if octets.next_if(|(next, _)| *next == b'\n').is_some() {
                    // The octet behind the line's end is kept, and a second line's end is one that is meant.
                    octets.next_if(|(next, _)| *next == b'\r');
                }
                out.extend(octets.next());
            }
            b'"' => {
                in_quotes = !in_quotes;
                out.push((octet, at));
            }
            b'|' | b'&' | b'<' | b'>' if !in_quotes => {
                notes.push(format!("the command ends at the unquoted `{}`, and what follows was not read", char::from(octet)));
                break;
            }
            b'\r' | b'\n' if out.is_empty() => {}
            b'\r' if matches!(octets.peek(), Some((b'\n', _))) => {}
            // Not even a quote goes on over a line's end.
            b'\n' => {
                if octets.any(|(octet, _)| !octet.is_ascii_whitespace()) {
                    notes.push("the command ends with its line, which no caret continues; what follows was not read".to_owned());
                }
                break;
            }
            other => out.push((other, at)),
        }
    }
    out
}
