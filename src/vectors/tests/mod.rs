//! Tests of reading: what is refused and where, what the file system can do to us, and the embedded set as a whole.

mod embedded_set;
mod files;
mod refusals;
mod schema;

/// A suite of `verify` with these cases, one a line from line 4 on.
fn suite(cases: &[String]) -> String {
    let cases = cases.join(",\n");
    format!(
        "{{\n\"format\": 1, \"suite\": \"s\", \"operation\": \"verify\",\n\"flags\": {{\"Known\": {{\"description\": \"d\"}}}}, \"cases\": [\n{cases}\n]}}\n"
    )
}

/// A case of `verify` on one line; `more` are members with a comma behind each.
fn case(id: &str, more: &str, input: &str, expect: &str) -> String {
    format!(
        r#"{{"id": "{id}", "rev": 1, "status": "active", "level": "must", "title": "t", "spec": [{{"doc": "RFC5849", "section": "3.2"}}], {more} "input": {{"method": "GET", "url": "http://h/"{input}}}, "expect": {expect}, "source": {{"kind": "derived", "ref": "https://e/"}}}}"#
    )
}

/// The simplest case that is accepted.
fn plain(id: &str) -> String {
    case(id, "", "", r#"{"valid": true}"#)
}
