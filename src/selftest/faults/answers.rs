//! What each fault of the sandbox writes, as far as a client can see it: octets that are there, octets that are not, whether the connection
//! is over. The answer to one fault has its own mark and no other's.

/// What stands in the answer to one fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The fault's name.
    pub name: &'static str,
    /// What is there.
    pub there: &'static [&'static str],
    /// What is not.
    pub absent: &'static [&'static str],
    /// What else is to be seen.
    pub shape: Shape,
}

/// What is to be seen of an answer beside its octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Nothing in particular.
    Any,
    /// The connection is over.
    Over,
    /// The connection stays open, though nothing more comes.
    Open,
    /// The body is so many octets longer than its length says.
    Longer(i64),
    /// There are two fields that say its length.
    TwoLengths,
}

/// An answer as far as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Its octets.
    pub octets: Vec<u8>,
    /// Whether the connection ended.
    pub is_over: bool,
}

const fn mark(name: &'static str, there: &'static [&'static str], absent: &'static [&'static str]) -> Mark {
    Mark { name, there, absent, shape: Shape::Any }
}

const fn shaped(name: &'static str, shape: Shape, there: &'static [&'static str], absent: &'static [&'static str]) -> Mark {
    Mark { name, there, absent, shape }
}

/// The mark of every fault, in the order of the sandbox's table.
pub const MARKS: &[Mark] = &[
    mark("confirmed-missing", &["HTTP/1.1 200 ", "oauth_token="], &["confirmed"]),
    mark("confirmed-false", &["oauth_callback_confirmed=false"], &["=true"]),
    mark("confirmed-upper-case", &["oauth_callback_confirmed=TRUE"], &["=true"]),
    mark("confirmed-twice", &["oauth_callback_confirmed=true", "oauth_callback_confirmed=false"], &[]),
    mark("token-missing", &["oauth_token_secret="], &["oauth_token="]),
    mark("token-empty", &["oauth_token=&"], &[]),
    mark("token-twice", &["&oauth_token=another"], &[]),
    mark("secret-missing", &["HTTP/1.1 200 ", "oauth_token="], &["oauth_token_secret"]),
    mark("secret-empty", &["oauth_token_secret=&"], &[]),
    mark("secret-twice", &["&oauth_token_secret=another"], &[]),
    mark("token-special", &["oauth_token=a%26b%3Dc%2Bd%252Fe%2Ff%20%C3%A9&"], &[]),
    mark("token-line-break", &["oauth_token=a%0D%0AX-Injected%3A%201&"], &["\r\nX-Injected"]),
    mark("token-long", &["oauth_token=tttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt"], &[]),
    mark("token-not-utf8", &["oauth_token=%FF%FE&"], &[]),
    mark("parameters-unknown", &["&x_unknown_19=1"], &[]),
    mark("parameters-many", &["&p99999=1"], &[]),
    mark("escape-broken", &["&x=%zz"], &[]),
    mark("json", &["application/json", "{\"oauth_"], &[]),
    mark("type-html", &["Content-Type: text/html\r\n"], &["x-www-form"]),
    mark("type-missing", &["oauth_token="], &["Content-Type"]),
    mark("line-end", &["=true\r\n"], &[]),
    mark("byte-order-mark", &["\r\n\r\n\u{feff}oauth_token"], &[]),
    mark("body-empty", &["HTTP/1.1 200 ", "Content-Length: 0"], &["oauth_token"]),
    mark("no-content", &["HTTP/1.1 204 "], &["oauth_token"]),
    mark("created", &["HTTP/1.1 201 ", "oauth_token="], &[]),
    mark("html-error-200", &["HTTP/1.1 200 ", "<h1>"], &["oauth_token"]),
    mark("problem-200", &["HTTP/1.1 200 ", "oauth_problem=permission_denied"], &["oauth_token"]),
    mark("error-escapes", &["\u{1b}[2J", "\u{202e}", "\n::error::x"], &[]),
    mark("redirect-host", &["HTTP/1.1 302 ", "Location: http://localhost:"], &[]),
    mark("redirect-host-307", &["HTTP/1.1 307 ", "Location: http://localhost:"], &[]),
    mark("redirect-host-308", &["HTTP/1.1 308 ", "Location: http://localhost:"], &[]),
    mark("redirect-port", &["Location: http://127.0.0.1:1/"], &[]),
    mark("redirect-scheme", &["Location: https://127.0.0.1:"], &[]),
    mark("redirect-network-path", &["Location: //localhost:"], &[]),
    mark("redirect-userinfo", &["Location: http://127.0.0.1:", "@localhost:"], &[]),
    mark("redirect-backslash", &["Location: http:\\\\localhost:"], &[]),
    mark("redirect-loop", &["HTTP/1.1 302 ", "/photos\r\n"], &[]),
    mark("redirect-script", &["Location: javascript:"], &[]),
    mark("redirect-nowhere", &["HTTP/1.1 302 "], &["Location"]),
    mark("callback-other-token", &["oauth_token=another&oauth_verifier="], &[]),
    mark("callback-no-verifier", &["HTTP/1.1 302 ", "oauth_token="], &["oauth_verifier"]),
    mark("callback-verifier-twice", &["&oauth_verifier=another"], &[]),
    mark("clock-ahead", &["timestamp_refused", "Date: Wed, 15 Nov 2023 22:13:20 GMT"], &[]),
    mark("clock-behind", &["timestamp_refused", "Date: Mon, 14 Nov 2022 22:13:20 GMT"], &[]),
    mark("nonce-used-once", &["HTTP/1.1 401 ", "oauth_problem=nonce_used"], &[]),
    mark("unavailable-once", &["HTTP/1.1 503 "], &["Retry-After"]),
    mark("retry-after-long", &["HTTP/1.1 503 ", "Retry-After: 10000000"], &[]),
    mark("rate-limit", &["HTTP/1.1 429 ", "rate%20limit"], &[]),
    mark("server-error", &["HTTP/1.1 500 "], &[]),
    mark("basic-challenge", &["WWW-Authenticate: Basic"], &["WWW-Authenticate: OAuth"]),
    mark("token-expired", &["oauth_problem=token_expired"], &[]),
    shaped("silence", Shape::Open, &[], &["H"]),
    shaped("close", Shape::Over, &[], &["H", "{"]),
    mark("truncated", &["HTTP/1.1 200 ", "{\"client\""], &["}\n"]),
    shaped("half-head", Shape::Over, &["HTTP/1.1 200 "], &["\r\n\r\n"]),
    shaped("length-short", Shape::Longer(5), &["HTTP/1.1 200 ", "}\n"], &[]),
    shaped("length-long", Shape::Longer(-1000), &["HTTP/1.1 200 ", "}\n"], &[]),
    mark("length-negative", &["Content-Length: -1\r\n"], &[]),
    mark("length-huge", &["Content-Length: 1000000000000000000\r\n"], &[]),
    shaped("length-twice", Shape::TwoLengths, &[], &[]),
    mark("length-and-chunks", &["Content-Length: ", "Transfer-Encoding: chunked"], &[]),
    shaped("slow-head", Shape::Open, &["H"], &["HTTP"]),
    shaped("slow-body", Shape::Open, &["HTTP/1.1 200 ", "\r\n\r\n{"], &["\"client"]),
    mark("endless-head", &["X-More: 0123456789"], &["\r\n\r\n"]),
    mark("endless-body", &["\r\n\r\n400\r\nxxxx"], &["\r\n0\r\n"]),
    mark("endless-interim", &["HTTP/1.1 103 ", "\r\n\r\nHTTP/1.1 103 "], &["HTTP/1.1 200"]),
    mark("chunk-huge", &["\r\n\r\n8000000000000000\r\n"], &[]),
    mark("chunk-broken", &["\r\n\r\nxyz\r\n"], &[]),
    mark("gzip-bomb", &["Content-Encoding: gzip", "\r\n\r\n\u{1f}"], &[]),
    mark("gzip-false", &["Content-Encoding: gzip", "\r\n\r\n{"], &[]),
    mark("no-head", &["{\"client\""], &["HTTP/1.1 "]),
    mark("status-line", &["HTTP/1.1 abc OK\r\n"], &[]),
    mark("status-huge", &["HTTP/1.1 99999 OK\r\n"], &[]),
    mark("field-without-colon", &["\r\nno field at all\r\n\r\n"], &[]),
    mark("field-control", &["\r\nX-Odd: a\0b\u{1b}[2J\r\n"], &[]),
    mark("two-answers", &["HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"], &[]),
];

/// The mark of a fault.
#[must_use]
pub fn find(name: &str) -> Option<&'static Mark> {
    MARKS.iter().find(|mark| mark.name == name)
}

impl Mark {
    /// Whether an answer has it; if not, what is wrong with it.
    ///
    /// # Errors
    /// What is missing, or is there and must not be.
    pub fn check(&self, answer: &Answer) -> Result<(), String> {
        let text = String::from_utf8_lossy(&answer.octets);
        if let Some(missing) = self.there.iter().find(|part| !text.contains(**part)) {
            return Err(format!("{missing:?} is not there"));
        }
        if let Some(found) = self.absent.iter().find(|part| text.contains(**part)) {
            return Err(format!("{found:?} is there"));
        }
        match self.shape {
            Shape::Over if !answer.is_over => Err("the connection is open".to_owned()),
            Shape::Open if answer.is_over => Err("the connection is over".to_owned()),
            Shape::Longer(octets) if surplus(&text) != Some(octets) => Err(format!("the body is not {octets} longer than it says")),
            Shape::TwoLengths if head(&text).matches(LENGTH).count() != 2 => Err("there are not two lengths".to_owned()),
            _ => Ok(()),
        }
    }
}

/// The field with a body's length.
const LENGTH: &str = "Content-Length: ";

/// What stands before the first empty line.
fn head(text: &str) -> &str {
    text.split_once("\r\n\r\n").map_or(text, |(head, _)| head)
}

/// By how many octets a body is longer than its length says.
fn surplus(text: &str) -> Option<i64> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let said: i64 = head.lines().find_map(|line| line.strip_prefix(LENGTH))?.parse().ok()?;
    Some(i64::try_from(body.len()).ok()? - said)
}

/// The names of the faults whose mark an answer has.
#[must_use]
pub fn taken_for(answer: &Answer) -> Vec<&'static str> {
    MARKS.iter().filter(|mark| mark.check(answer).is_ok()).map(|mark| mark.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::faults::TABLE;

    #[test]
    fn every_fault_of_the_sandbox_has_a_mark_in_the_order_of_its_table() {
        let names: Vec<&str> = MARKS.iter().map(|mark| mark.name).collect();
        assert_eq!(names, TABLE.iter().map(|fault| fault.name).collect::<Vec<_>>());
    }

    #[test]
    fn a_good_answer_has_no_mark() {
        let body = "oauth_token=a&oauth_token_secret=b&oauth_callback_confirmed=true";
        let form = "Content-Type: application/x-www-form-urlencoded";
        let good = format!("HTTP/1.1 200 OK\r\n{form}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        assert_eq!(taken_for(&Answer { octets: good.into_bytes(), is_over: true }), [""; 0]);
    }

    #[test]
    fn how_an_answer_ends_is_part_of_its_mark() {
        let (over, open) = (Answer { octets: Vec::new(), is_over: true }, Answer::default());
        assert_eq!((taken_for(&over), taken_for(&open)), (vec!["close"], vec!["silence"]));
        let of_length = |said: usize| {
            let octets = format!("HTTP/1.1 200 OK\r\nContent-Length: {said}\r\n\r\n{{\"a\":1}}\n").into_bytes();
            taken_for(&Answer { octets, is_over: true })
        };
        assert_eq!((of_length(3), of_length(1008), of_length(8)), (vec!["length-short"], vec!["length-long"], vec![]));
    }
}
