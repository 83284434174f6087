//! Why a vector file cannot be used: always one thing at one place, in words that say what to do about it.

/// `vectors/sign/uri.json:41:7: case "plain": unknown field "secrt"`, and what to do about it as a [`hint`](LoadError::hint).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {thing}: {reason}", place(.file, *.line, *.column))]
pub struct LoadError {
    /// The file, as it was named or found.
    pub file: String,
    /// The line, from 1; 0 if the fault is not in the text (the file is missing, no file at all).
    pub line: usize,
    /// The column in characters, from 1; 0 as the line.
    pub column: usize,
    /// What is at fault: `case "plain"`, `the suite`, `the file`.
    pub thing: String,
    /// Why it cannot be used, as a clause.
    pub reason: String,
    /// What to do about it, where that is not plain from the reason.
    pub hint: Option<String>,
}

fn place(file: &str, line: usize, column: usize) -> String {
    if line == 0 { file.to_owned() } else { format!("{file}:{line}:{column}") }
}

impl LoadError {
    /// A fault of the file itself, not of a place in it.
    #[must_use]
    pub fn of_file(file: &str, reason: impl Into<String>) -> LoadError {
        LoadError { file: file.to_owned(), line: 0, column: 0, thing: "the file".to_owned(), reason: reason.into(), hint: None }
    }

    /// The same error with a hint.
    #[must_use]
    pub fn with_hint(self, hint: impl Into<String>) -> LoadError {
        LoadError { hint: Some(hint.into()), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_of_a_file_has_no_line() {
        let error = LoadError::of_file("a.json", "no such file");
        assert_eq!(error.to_string(), "a.json: the file: no such file");
        let inside = LoadError { line: 4, column: 7, thing: "case \"x\"".to_owned(), ..error };
        assert_eq!(inside.to_string(), "a.json:4:7: case \"x\": no such file");
    }
}
