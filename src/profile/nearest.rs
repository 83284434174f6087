//! Which of the names that are known somebody probably meant, for a hint beside a name that is not.

/// The name out of `known` that somebody probably meant: near in letters that are left out, added, changed or swapped.
#[must_use]
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (written.chars().count() / 3).clamp(1, 4);
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(written, name), name))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_near() {
        assert_eq!(nearest("secrt", ["secret", "identifier"]), Some("secret"));
        assert_eq!(nearest("vreify", ["sign", "verify"]), Some("verify"));
        assert_eq!(nearest("x", ["sign", "mac"]), None);
        assert_eq!(nearest(&"x".repeat(50), ["sign"]), None);
        assert_eq!(nearest("mc", ["mac"]), Some("mac"), "one letter may be wrong in a short name");
        let long = ["x".repeat(25), "x".repeat(26)];
        assert_eq!(nearest(&"x".repeat(30), [long[0].as_str()]), None, "five letters are too many in a long one");
        assert_eq!(nearest(&"x".repeat(30), long.iter().map(String::as_str)), Some(long[1].as_str()));
    }
}
