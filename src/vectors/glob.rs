//! Patterns of full ids: `*` stands for any text, `?` for one character, everything else for itself. Ids have one slash, so that a star
//! need not stop at it. For lists inside this crate and in tests of its users; the command line has its own, richer ones.

/// Whether a full id, such as `sign.uri/plain`, matches a pattern, such as `sign.*/plain`. A pattern without a slash is that of a suite
/// and means all of its cases.
#[must_use]
pub fn matches(pattern: &str, full_id: &str) -> bool {
    match (pattern.contains('/'), full_id.split_once('/')) {
        (false, Some((suite, _))) => text_matches(pattern, suite) || text_matches(pattern, full_id),
        _ => text_matches(pattern, full_id),
    }
}

/// Greedy with one way back, to the last star: at most the product of both lengths.
fn text_matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut from) = (0, 0);
    let mut back = None;
    while let Some(octet) = text.get(from) {
        match pattern.get(at) {
            Some(b'*') => {
                back = Some((at, from));
                at += 1;
            }
            Some(wanted) if wanted == octet || *wanted == b'?' => {
                at += 1;
                from += 1;
            }
            _ => match back {
                Some((star, start)) => {
                    back = Some((star, start + 1));
                    (at, from) = (star + 1, start + 1);
                }
                None => return false,
            },
        }
    }
    pattern.get(at..).unwrap_or_default().iter().all(|&octet| octet == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks_stand_for_text() {
        for (pattern, id, expected) in [
            ("sign.uri/plain", "sign.uri/plain", true),
            ("sign.uri/plain", "sign.uri/plain-2", false),
            ("sign.*/plain", "sign.uri/plain", true),
            ("sign.uri/*port*", "sign.uri/default-port-http", true),
            ("sign.uri/*-port", "sign.uri/default-port-http", false),
            ("*/a?c*d", "s/abcxd", true),
            ("*/a?c*d", "s/acxd", false),
            ("**", "s/x", true),
            ("sign.uri", "sign.uri/plain", true),
            ("sign.*", "sign.uri/plain", true),
            ("sign", "sign.uri/plain", false),
            ("", "s/x", false),
            ("*a*a*a*a*a*b", &format!("s/{}", "a".repeat(128)), false),
        ] {
            assert_eq!(matches(pattern, id), expected, "{pattern} {id}");
        }
    }
}
