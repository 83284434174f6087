//! The resource owner asked by a person: the URL is printed, and opened where somebody sits at the terminal; the code is read. Nothing is
//! typed into anybody's login page.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::probe::login::Owner;
use crate::protocol::Url;
use crate::report::escape;

/// The longest line that is read.
const LONGEST: u64 = 4096;
/// How often it is looked whether somebody interrupts.
const MOMENT: Duration = Duration::from_millis(50);

/// Somebody at the terminal.
pub(super) struct Person<'a> {
    interrupted: &'a AtomicBool,
    until: Option<Instant>,
    opens: bool,
}

impl<'a> Person<'a> {
    /// Waits for the code until somebody interrupts or it is too late; opens the URL where there is somebody to see it, if it may.
    pub(super) const fn new(interrupted: &'a AtomicBool, until: Option<Instant>, opens: bool) -> Person<'a> {
        Person { interrupted, until, opens }
    }
}

impl Owner for Person<'_> {
    fn verifier(&mut self, url: &str) -> Result<String, String> {
        let mut stderr = io::stderr().lock();
        // Where stderr is closed there is nobody to ask.
        let asked = writeln!(
            stderr,
            "open this URL, allow, and enter the code here (or the whole URL that you are sent to):\n  {}",
            escape::line(url)
        );
        let asked = asked.and_then(|()| stderr.flush());
        asked.map_err(|error| format!("nobody can be asked: {error}"))?;
        if self.opens && io::stdin().is_terminal() && io::stderr().is_terminal() {
            let told = match browsable(url) {
                Some(url) => open::that_detached(url).err().map(|error| format!("no browser could be started: {error}")),
                None => Some("this is no address that a browser is given: it is not opened".to_owned()),
            };
            if let Some(told) = told {
                let _ = writeln!(stderr, "{}", escape::line(&told));
            }
        }
        let _ = write!(stderr, "code: ").and_then(|()| stderr.flush());
        drop(stderr);
        let line = waited(&line(), self.interrupted, self.until)?;
        code(line.trim()).ok_or_else(|| "no code was entered".to_owned())
    }
}

/// A line of stdin, read beside everything else: reading cannot be ended from outside.
fn line() -> Receiver<io::Result<String>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = io::stdin().lock().take(LONGEST).read_line(&mut line).map(|_| line);
        let _ = sender.send(read);
    });
    receiver
}

/// What comes, unless somebody interrupts or it is too late.
fn waited(line: &Receiver<io::Result<String>>, interrupted: &AtomicBool, until: Option<Instant>) -> Result<String, String> {
    loop {
        match line.recv_timeout(MOMENT) {
            Ok(read) => return read.map_err(|error| format!("the code cannot be read: {error}")),
            Err(RecvTimeoutError::Disconnected) => return Err("the code cannot be read".to_owned()),
            Err(RecvTimeoutError::Timeout) if interrupted.load(Ordering::SeqCst) => {
                return Err("somebody interrupted while the code was waited for".to_owned());
            }
            Err(RecvTimeoutError::Timeout) if until.is_some_and(|until| Instant::now() > until) => {
                return Err("the time for all of it was over before a code was entered".to_owned());
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

/// The URL, if a browser may be given it: http or https with a host, of visible ASCII. It comes from a profile, and nothing that a profile
/// says is a file, an option or a program to be started.
fn browsable(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let has_host = rest.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '[');
    let is_plain = url.bytes().all(|octet| octet.is_ascii_graphic() && !b"\"'`<>\\^{}|".contains(&octet));
    (has_host && is_plain && Url::parse(url.as_bytes()).is_ok()).then_some(url)
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
    use super::*;

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

    #[test]
    fn a_browser_is_given_addresses_of_the_web_and_nothing_else() {
        for url in ["https://us.etrade.com/e/t/etws/authorize?key=k%2By&token=a%26b", "http://127.0.0.1:8080/a", "http://[::1]:8080/"] {
            assert_eq!(browsable(url), Some(url));
        }
        for url in [
            "file:///etc/passwd",
            "javascript:alert(1)",
            "HTTP//x",
            "https://",
            "https://-option/",
            "https://h/a b",
            "https://h/\"&calc",
            "https://h/\n",
            "https://h/é",
            "--version",
            "",
        ] {
            assert_eq!(browsable(url), None, "{url}");
        }
    }

    #[test]
    fn waiting_ends_with_the_line_an_interruption_or_the_deadline() {
        let (sender, receiver) = mpsc::channel();
        let (yes, no) = (AtomicBool::new(true), AtomicBool::new(false));
        assert!(waited(&receiver, &yes, None).unwrap_err().contains("interrupted"));
        assert!(waited(&receiver, &no, Some(Instant::now())).unwrap_err().contains("time"));
        sender.send(Ok("AB12C\n".to_owned())).unwrap();
        assert_eq!(waited(&receiver, &no, None), Ok("AB12C\n".to_owned()));
        drop(sender);
        assert!(waited(&receiver, &no, None).is_err());
    }
}
