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

/// Three entries on three lines; the one in the middle is broken.
fn with_a_broken_one(broken: &str) -> String {
    let entry = |path: &str| format!(r#"{{"request":{{"method":"GET","url":"http://h/{path}"}}}}"#);
    format!("{{\"log\":{{\"entries\":[\n{},\n{broken},\n{}]}}}}", entry("plain"), entry("signed?oauth_signature=s"))
}

#[test]
fn an_entry_that_cannot_be_read_leaves_the_others_readable() {
    let long = format!(r#"{{"request":{{"url":"http://h/","headers":[{}{{}}]}}}}"#, "{},".repeat(1000));
    for broken in [r#"{"request":{"method":7}}"#, r#"{"request":"no"}"#, "17", &long, r#"{"request":{"url":"\ud800"}}"#] {
        let text = with_a_broken_one(broken);
        for (entry, expected) in [(None, "GET http://h/signed?oauth_signature=s"), (Some(0), "GET http://h/plain")] {
            let (request, _) = exchange(text.as_bytes(), entry).unwrap();
            assert_eq!((told(&request).as_str(), request.notes.as_slice()), (expected, &[PASSED_OVER.to_owned()][..]), "{broken}");
        }
    }
}

const PASSED_OVER: &str = "entry 1 (line 3) cannot be read and is passed over";

#[test]
fn an_entry_that_is_wanted_and_cannot_be_read_is_told_with_its_place() {
    let error = |text: &str, entry| exchange(text.as_bytes(), entry).unwrap_err().to_string();
    let here = "entry 1: what stands here is not what HAR files have in this place";
    assert_eq!(error(&with_a_broken_one("{\"request\":{\n\"method\":7}}"), Some(1)), format!("4:10: {here}"));
    assert_eq!(error(&format!("\u{feff}{}", with_a_broken_one("17")), Some(1)), format!("3:2: {here}"));
    let lone = with_a_broken_one(r#"{"request":{"url":"\ud800"}}"#);
    assert_eq!(error(&lone, Some(1)), "3:26: entry 1: what stands here cannot be read");
    let without_oauth = with_a_broken_one("17").replace("oauth", "o");
    assert_eq!(error(&without_oauth, None), "1:1: no entry that can be read has OAuth parameters: entry 1 (line 3) cannot");
    assert_eq!(error("[\n17]", None), "2:2: entry 0: what stands here is not what HAR files have in this place");
    assert_eq!(error(&with_a_broken_one("?"), None), "3:1: the JSON is broken");
}

#[test]
fn what_is_not_utf8_is_the_fault_of_its_entry_alone() {
    let text = with_a_broken_one(r#"{"request":{"url":"http://h/~"}}"#);
    let octets: Vec<u8> = text.bytes().map(|octet| if octet == b'~' { 0xe9 } else { octet }).collect();
    let (request, _) = exchange(&octets, Some(0)).unwrap();
    assert_eq!((told(&request).as_str(), request.notes), ("GET http://h/plain", vec![PASSED_OVER.to_owned(); 1]));
}

#[test]
fn many_broken_entries_cost_little_and_are_not_all_named() {
    let text = format!("[{}\n{{\"request\":{{\"url\":\"http://h/\"}}}}]", "\n7,".repeat(99_999));
    let (request, _) = exchange(text.as_bytes(), Some(99_999)).unwrap();
    let note = request.notes.last().unwrap();
    assert!(
        note.starts_with("entries 0 (line 2), 1 (line 3), ") && note.ends_with(", 19 (line 21), … cannot be read and is passed over"),
        "{note}"
    );
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
