//! The resource owner asked by a person: the URL is printed, the code is read. Nothing is typed into anybody's login page.

use std::io::{self, BufRead as _, Read as _, Write as _};

use crate::probe::login::Owner;
use crate::report::escape;

/// The longest line that is read.
const LONGEST: u64 = 4096;

/// Somebody at the terminal.
#[derive(Debug)]
pub(super) struct Person;

impl Owner for Person {
    fn verifier(&mut self, url: &str) -> Result<String, String> {
        let mut stderr = io::stderr().lock();
        // Where stderr is closed there is nobody to ask.
        let asked = writeln!(
            stderr,
            "open this URL, allow, and enter the code here (or the whole URL that you are sent to):\n  {}",
            escape::line(url)
        )
        .and_then(|()| write!(stderr, "code: "))
        .and_then(|()| stderr.flush());
        asked.map_err(|error| format!("nobody can be asked: {error}"))?;
        let mut line = String::new();
        io::stdin().lock().take(LONGEST).read_line(&mut line).map_err(|error| format!("the code cannot be read: {error}"))?;
        code(line.trim()).ok_or_else(|| "no code was entered".to_owned())
    }
}

/// The code, or the one in a URL's query.
fn code(line: &str) -> Option<String> {
    if !line.contains("://") {
        return Some(line.to_owned()).filter(|line| !line.is_empty());
    }
    let query = line.split('#').next()?.split_once('?')?.1;
    let mut form = crate::protocol::Parameters::new();
    form.push_form(query.as_bytes(), crate::protocol::Source::Query);
    form.first("oauth_verifier").and_then(|code| String::from_utf8(code.to_vec()).ok()).filter(|code| !code.is_empty())
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn a_code_is_taken_alone_or_out_of_the_callback() {
        for (line, expected) in [
            ("AB12C", Some("AB12C")),
            ("http://c/cb?oauth_token=t&oauth_verifier=a%2Bb#x", Some("a+b")),
            ("http://c/cb?oauth_token=t", None),
            ("http://c/cb", None),
            ("", None),
        ] {
            assert_eq!(code(line).as_deref(), expected, "{line}");
        }
    }
}
