//! What a library says of a JSON text that is not as it should be, in the words of whoever writes JSON.

use super::nearest::nearest;

/// What serde_json found, with names in double quotes. Its place is left out: whoever tells the error says a better one.
pub(crate) fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let suffix = format!(" at line {} column {}", error.line(), error.column());
    text.strip_suffix(&suffix).unwrap_or(&text).replace('`', "\"")
}

/// The same in plain words, and what was probably meant.
pub(crate) fn plain(text: &str) -> (String, Option<String>) {
    without_the_list(&in_words_of_json(text))
}

/// What serde calls what is written, and what it wanted instead, where that is a word of Rust.
const WORDS: [(&str, &str); 12] = [
    ("sequence", "list"),
    ("map", "object"),
    ("a sequence", "a list"),
    ("a map", "an object"),
    ("a boolean", "true or false"),
    ("u8", "a whole number from 0 to 255"),
    ("u16", "a whole number from 0 to 65535"),
    ("u32", "a whole number from 0 to 4294967295"),
    ("u64", "a whole number that is not negative"),
    ("i32", "a whole number"),
    ("i64", "a whole number"),
    ("a tuple of size 2", "a list of 2 values"),
];

/// `invalid type: sequence, expected u32` as whoever writes JSON says it: `invalid type: list, expected a whole number …`.
fn in_words_of_json(text: &str) -> String {
    let word = |word| WORDS.iter().find(|(rust, _)| *rust == word).map_or(word, |(_, json)| *json);
    let Some((before, wanted)) = text.rsplit_once(", expected ").filter(|_| text.starts_with("invalid ")) else { return text.to_owned() };
    match before.split_once(": ") {
        Some((what, found)) => format!("{what}: {}, expected {}", word(found), word(wanted)),
        None => format!("{before}, expected {}", word(wanted)),
    }
}

/// `unknown field "secrt", expected one of "secret", …` without its list, and the name out of the list that was probably meant.
fn without_the_list(text: &str) -> (String, Option<String>) {
    let Some((reason, list)) = text.strip_prefix("unknown ").and_then(|_| text.split_once(", expected ")) else {
        return (text.to_owned(), None);
    };
    let written = reason.split('"').nth(1).unwrap_or_default();
    let known: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
    let hint = match nearest(written, known.iter().copied()) {
        Some(name) => format!("did you mean \"{name}\"?"),
        None => format!("known are {}", known.join(", ")),
    };
    (reason.replacen("unknown variant ", "unknown value ", 1), Some(hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_have_no_words_of_rust() {
        for (text, told) in [
            ("invalid type: sequence, expected u32", "invalid type: list, expected a whole number from 0 to 4294967295"),
            ("invalid type: map, expected a sequence", "invalid type: object, expected a list"),
            ("invalid length 1, expected a tuple of size 2", "invalid length 1, expected a list of 2 values"),
            (
                "invalid type: string \"map, expected u32\", expected a map",
                "invalid type: string \"map, expected u32\", expected an object",
            ),
            (
                "unknown field \"sequence, expected u32\", there are no fields",
                "unknown field \"sequence, expected u32\", there are no fields",
            ),
        ] {
            assert_eq!(in_words_of_json(text), told);
        }
        let (told, hint) = plain("unknown variant \"muts\", expected one of \"must\", \"should\"");
        assert_eq!((told.as_str(), hint.as_deref()), ("unknown value \"muts\"", Some("did you mean \"must\"?")));
    }
}
