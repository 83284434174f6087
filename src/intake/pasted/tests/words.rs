//! Command lines in words.

use super::super::{cmd_words, sh_words};

#[track_caller]
fn words(text: &str, expected: &[&str]) -> Vec<String> {
    let read = sh_words::split(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"));
    let found: Vec<String> = read.words.iter().map(|word| String::from_utf8_lossy(&word.octets).into_owned()).collect();
    assert_eq!(found, expected, "{text}");
    read.notes
}

#[test]
fn a_shells_quotes_are_undone() {
    for (text, expected) in [
        ("a  b\tc\n", &["a", "b", "c"][..]),
        ("a\\\n b", &["a", "b"]),
        ("a\\\r\nb", &["ab"]),
        ("'a b'\"c d\"e\\ f", &["a bc de f"]),
        ("'a\\'b", &["a\\b"]),
        (r#""a\"b\\c\$d\e""#, &[r#"a"b\c$d\e"#]),
        ("'' \"\"", &["", ""]),
        (r"$'a\'b\n\x41\101\u00e9\U0001F600\q\x'", &["a'b\nAAé😀\\q\\x"]),
        ("$\"a b\"", &["a b"]),
        ("a #b\nc", &["a", "c"]),
        ("a#b", &["a#b"]),
        ("a$ $5", &["a$", "$5"]),
        ("a \\", &["a", "\\"]),
    ] {
        words(text, expected);
    }
    assert_eq!(sh_words::split(br"$'\xff\303\251'").unwrap().words[0].octets, b"\xff\xc3\xa9");
    assert_eq!(sh_words::split(b"a  b").unwrap().words[1].at, 3);
}

#[test]
fn an_operator_ends_the_command() {
    for (text, expected, notes) in [
        ("a http://h/?x=1&y=2 b", &["a", "http://h/?x=1"][..], 1),
        ("a | jq .", &["a"], 1),
        ("a 2>/dev/null", &["a"], 1),
        ("a b>c", &["a", "b"], 1),
        ("a '2'>c", &["a", "2"], 1),
        ("a;", &["a"], 0),
        ("a &", &["a"], 1),
    ] {
        assert_eq!(words(text, expected).len(), notes, "{text}");
    }
}

#[test]
fn expansions_are_noted_and_left() {
    for (text, expected) in [("$A", "$A"), ("\"$(b c)\"", "$(b c)"), ("\"${A}\"", "${A}"), ("`a`", "`a`")] {
        assert_eq!(words(text, &[expected]), ["shell variables and command substitutions were left as they stand"], "{text}");
    }
    assert!(words("'$A' \\$A", &["$A", "$A"]).is_empty());
}

#[test]
fn open_quotes_are_refused_where_they_begin() {
    for text in ["a 'b", "a \"b", "a $'b", "a $'b\\", "a \"b\\", "a \"b\\\""] {
        assert_eq!(sh_words::split(text.as_bytes()).unwrap_err().to_string(), "1:3: the quote is not closed", "{text}");
    }
}

/// Another implementation reads the same words, where it knows the quoting.
#[cfg(feature = "cli")]
#[test]
fn words_are_those_of_another_reader() {
    let parts = ["a", " ", "'", "\"", "\\", "\n", "#", "b"];
    for number in 0..parts.len().pow(5) {
        let text: String = (0..5).map(|place| parts[number / parts.len().pow(place) % parts.len()]).collect();
        // A backslash at the very end is kept here and dropped there; no shell reads one.
        if text.ends_with('\\') {
            continue;
        }
        let ours = sh_words::split(text.as_bytes())
            .ok()
            .map(|read| read.words.into_iter().map(|word| String::from_utf8(word.octets).unwrap()).collect());
        assert_eq!(ours, shell_words::split(&text).ok(), "{text:?}");
    }
}

#[test]
fn windows_words_are_read_with_carets_and_quotes() {
    for (text, expected) in [
        ("curl ^\"http://h/?a=1^&b=2^\" ^\n  -H ^\"a: b^\"", &["curl", "http://h/?a=1&b=2", "-H", "a: b"][..]),
        ("a ^\r\n \"b^c\"", &["a", "b^c"]),
        ("^\"a\\^\"b\\\\^\" c\\d", &["a\"b\\", "c\\d"]),
        ("\"a\"\"b\" c", &["a\"b", "c"]),
        ("\"a\"^\r\n\r\n\"b\"", &["a\nb"]),
        ("^\"a^\n\nb^\"", &["a\nb"]),
        ("^\"^%^7Ba^\"", &["%7Ba"]),
        ("a ^\"^\"", &["a", ""]),
        ("\r\na b\r\nc", &["a", "b"]),
    ] {
        let read = cmd_words::split(text.as_bytes()).unwrap();
        let found: Vec<String> = read.words.iter().map(|word| String::from_utf8_lossy(&word.octets).into_owned()).collect();
        assert_eq!(found, expected, "{text}");
    }
    assert_eq!(cmd_words::split(b"a ^\"b").unwrap_err().to_string(), "1:4: the quote is not closed");
    for (text, is_one) in [
        ("a ^\"b^\"", true),
        ("a ^\r\n b", true),
        ("a 'x^\"y'", false),
        ("a 'x ^\"y'", false),
        ("a $'x ^\"y'", false),
        ("a '^\n'", false),
        ("a \\\n -d '^\n'", false),
        ("a \"b\"", false),
    ] {
        assert_eq!(cmd_words::is_one(text.as_bytes()), is_one, "{text}");
    }
}
