//! HAR files and entries.

use super::super::har::exchange;
use super::samples::{CHROME_HAR, FIREFOX_HAR};
use super::told;

#[test]
fn the_only_entry_with_oauth_parameters_is_taken_with_its_response() {
    let (request, response) = exchange(CHROME_HAR.as_bytes(), None).unwrap();
    let expected = "POST https://api.example.com/items?a=b%20c
authorization: OAuth oauth_consumer_key=\\\"k\\\", oauth_signature=\\\"x%3D\\\"
content-type: application/x-www-form-urlencoded
<q=a+b>";
    assert_eq!((told(&request).as_str(), request.notes.len()), (expected, 0));
    let response = response.unwrap();
    assert_eq!((response.status, response.headers.len(), response.body.as_slice()), (Some(401), 1, &b"no"[..]));
    let (first, blocked) = exchange(CHROME_HAR.as_bytes(), Some(0)).unwrap();
    assert_eq!((told(&first).as_str(), blocked.unwrap().status), ("GET https://www.example.com/app.js", None));
}

#[test]
fn a_body_that_is_not_told_is_made_of_its_parameters() {
    let (request, _) = exchange(FIREFOX_HAR.as_bytes(), None).unwrap();
    let expected = "POST https://api.example.com/form?oauth_signature=x%3D
Host: api.example.com
Content-Type: application/x-www-form-urlencoded
<q=a%20b&%C3%BC=>";
    assert_eq!(told(&request), expected);
    let notes = [
        "the Content-Type was taken from postData",
        "the body was put together from postData.params: how it was encoded is not in the file",
    ];
    assert_eq!(request.notes, notes);
}

#[test]
fn an_entry_and_a_list_of_them_are_read_too() {
    let entry = r#"{"request":{"method":"GET","url":"http://h/","headers":null,"postData":null}}"#;
    for text in
        [entry.to_owned(), format!(" [{entry}]"), format!("\u{feff}{entry}"), r#"{"request":{"url":"http://h/","x":[1]}}"#.to_owned()]
    {
        assert_eq!(told(&exchange(text.as_bytes(), None).unwrap().0), "GET http://h/", "{text}");
    }
}

#[test]
fn candidates_are_listed_without_their_queries() {
    let entry = |url: &str| format!(r#"{{"request":{{"method":"GET","url":"{url}"}}}}"#);
    let (one, two) = (entry("http://u:p@h:1/a?oauth_signature=s"), entry("http://h/b?x&oauth_token=t"));
    let error = exchange(format!("[{one},{},{two}]", entry("http://h/?a=oauth")).as_bytes(), None).unwrap_err();
    assert_eq!(error.to_string(), "1:1: 2 entries have OAuth parameters:\n  0 GET h/a\n  2 GET h/b");
    let error = exchange(format!("[{0},{0}]", entry("http://h/")).as_bytes(), None).unwrap_err();
    assert_eq!((error.what.as_str(), error.hint.is_some()), ("no entry has OAuth parameters", true));
    let error = exchange(format!("[{one}]").as_bytes(), Some(1)).unwrap_err();
    assert_eq!(error.what, "there is no entry 1: the file has 1, from 0");
}

#[test]
fn what_is_no_har_file_is_refused_and_not_quoted() {
    for (text, expected) in [
        ("{", "1:1: the JSON ends too early"),
        ("{\n  ?", "2:3: the JSON is broken"),
        ("{\"log\":\"secret\"}", "1:15: the JSON is no HAR file, nor an entry of one"),
        ("{\"a\":1}", "1:1: the JSON has no entry with a request"),
        ("[]", "1:1: the JSON has no entry with a request"),
        (r#"{"request":{"url":"/x"}}"#, "1:1: entry 0: the URL is no absolute http or https URL: it has no scheme"),
    ] {
        assert_eq!(exchange(text.as_bytes(), None).err().unwrap().to_string(), expected, "{text}");
    }
}

#[test]
fn lists_that_would_fill_the_memory_are_refused() {
    let headers = format!(r#"{{"request":{{"url":"http://h/","headers":[{}{{}}]}}}}"#, "{},".repeat(1000));
    let entries = format!("[{}{{}}]", "{},".repeat(100_000));
    for text in [headers, entries, "[".repeat(100_000), format!("{{\"a\":{}", "[".repeat(100_000))] {
        assert!(exchange(text.as_bytes(), None).is_err());
    }
    let long = vec![b' '; 16 * 1024 * 1024 + 1];
    assert_eq!(exchange(&long, None).err().unwrap().what, "the text has more than 16777216 octets");
}
