//! What `curl -v` prints: sent lines begin with `> `, received ones with `< `, its own words with `* `; what begins with none of them is
//! the response's body.

use super::fields::Lines;

/// Whether a text is such a transcript: a request line behind `> ` is in it.
pub(super) fn is_one(text: &[u8]) -> bool {
    const FAR: usize = 400;
    Lines::new(text).take(FAR).any(|(_, line)| {
        let sent = line.strip_prefix(b"> ").unwrap_or_default();
        memchr::memmem::rfind(sent, b" HTTP/").is_some_and(|at| sent.len() - at < 12)
    })
}

/// The text that was sent and the text that was received, the first request only.
pub(super) fn split(text: &[u8]) -> (Vec<u8>, Option<Vec<u8>>) {
    let (mut sent, mut received) = (Vec::new(), None::<Vec<u8>>);
    let mut lines = Lines::new(text);
    let mut in_body = false;
    loop {
        let rest = lines.rest();
        let Some((_, line)) = lines.next() else { break };
        let (mark, own) = line.split_at_checked(1).unwrap_or((line, b""));
        match mark {
            b">" if received.is_none() => push(&mut sent, own.strip_prefix(b" ").unwrap_or(own)),
            // A second request follows a redirect; its signature is another one.
            b">" if !in_body => break,
            // An interim response, or that of a proxy, stands before the real one.
            b"<" if in_body && own.starts_with(b" HTTP/") => {
                in_body = false;
                received = None;
                push(received.get_or_insert_default(), own.trim_ascii_start());
            }
            b"<" if !in_body && (own.is_empty() || own.starts_with(b" ")) => {
                push(received.get_or_insert_default(), own.trim_ascii_start());
                in_body = own.trim_ascii().is_empty();
            }
            b"*" | b"{" | b"}" if matches!(own, [b' ', ..]) => {}
            _ if received.is_some() => {
                // The body goes on to the end, but for the words of curl.
                let whole = rest.get(..rest.len() - lines.rest().len()).unwrap_or(line);
                received.get_or_insert_default().extend_from_slice(whole);
            }
            _ => {}
        }
    }
    (sent, received)
}

fn push(out: &mut Vec<u8>, line: &[u8]) {
    out.extend_from_slice(line);
    out.extend_from_slice(b"\r\n");
}
