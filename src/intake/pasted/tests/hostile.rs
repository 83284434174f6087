//! Hostile and broken text: no panic, no hang, and nothing of it in a message.

use std::time::{Duration, Instant};

use super::super::any::{Form, read};
use super::samples::ALL;

#[test]
fn the_form_is_told_by_the_beginning() {
    let forms: Vec<Form> = ALL.iter().map(|sample| Form::of(sample.as_bytes())).collect();
    use Form::{Curl, Har, HttpText};
    assert_eq!(forms, [Curl, Curl, Curl, Curl, Har, Har, HttpText, HttpText]);
    for sample in ALL {
        assert!(read(sample.as_bytes(), None, None).is_ok(), "{sample}");
    }
    for (text, form) in
        [("", HttpText), ("\u{feff}\n [", Har), ("$ curl h", Curl), ("A=b /x/curl h", Curl), ("curl", Curl), ("curly h", HttpText)]
    {
        assert_eq!(Form::of(text.as_bytes()), form, "{text}");
    }
}

#[test]
fn samples_cut_and_mangled_at_every_octet_are_read_or_refused() {
    let mut read_count = 0;
    let mut take = |text: &[u8]| read_count += usize::from(read(text, None, None).is_ok());
    for sample in ALL {
        let sample = sample.as_bytes();
        for at in 0..sample.len() {
            take(&sample[..at]);
            take(&sample[at..]);
            for other in [0, b'\n', b'"', b'\'', b'\\', b'^', b'%', b'$', b'&', b' ', b':', 0xff] {
                let mut mangled = sample.to_vec();
                mangled[at] = other;
                take(&mangled);
            }
        }
    }
    // Most single changes leave a request: otherwise the loop above would only see the first check.
    assert!(read_count > 10_000, "{read_count}");
}

#[test]
fn the_longest_texts_take_no_time() {
    let fill = |start: &str, part: &str| {
        let mut text = start.to_owned();
        text.push_str(&part.repeat((1_000_000 - start.len()) / part.len()));
        text
    };
    let started = Instant::now();
    for text in [
        fill("", "HTTP/1.1 100\n\n"),
        fill("GET http://h/ HTTP/1.1\n\n", "HTTP/1.1 100\n\n"),
        fill("GET http://h/\nA: b,\n", "x,\n"),
        fill("> GET / HTTP/1.1\n> Host: h\n", "< HTTP/1.1 100\n<\n"),
        fill("curl http://h/ ", "-d a "),
        fill("curl http://h/ ", "--url-query a "),
        fill("curl http://h/ ", "-b a=1 "),
        fill("curl http://h/ ", "--x "),
        fill("curl http://h/", "../"),
        fill("curl http://h/", "/.."),
        fill("curl ", "a=b "),
        fill("curl ^\n", "^\""),
        fill("curl ^\n", "\\"),
        fill("curl http://h/ ", "-H 'a:' "),
        fill("", "\n"),
        fill("", "$ "),
        fill("[", "{\"request\":{}},"),
    ] {
        let _ = read(text.as_bytes(), None, None);
    }
    // Each is some milliseconds; a quadratic one is minutes.
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}

#[test]
fn nothing_of_a_text_stands_in_messages_and_notes() {
    const SECRET: &str = "hunter2";
    let mut seen = 0;
    for sample in ALL {
        for (at, _) in sample.char_indices() {
            // The secret in place of whatever follows an equals sign, a quote or a blank.
            if !matches!(sample.as_bytes()[at], b'=' | b'"' | b'\'' | b' ') {
                continue;
            }
            let text = format!("{}{SECRET}", &sample[..=at]);
            let told = match read(text.as_bytes(), None, None) {
                Ok(pasted) => format!("{:?} {:?}", pasted, pasted.request.notes),
                Err(error) => error.to_string(),
            };
            assert!(!told.contains(SECRET), "{text}\n{told}");
            seen += 1;
        }
    }
    assert!(seen > 300, "{seen}");
}
