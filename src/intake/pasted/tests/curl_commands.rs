//! `curl` commands. What the first table expects was recorded: curl 7.88.1 ran each command against a listener (fields that curl adds by
//! itself, and the order of fields, left aside).

use super::super::curl::request;
use super::told;

#[track_caller]
fn reads(command: &str, expected: &str) -> Vec<String> {
    let request = request(command.as_bytes()).unwrap_or_else(|error| panic!("{command}: {error}"));
    assert_eq!(told(&request), expected, "{command}");
    request.notes
}

const FORM: &str = "Content-Type: application/x-www-form-urlencoded";

#[test]
fn what_is_read_is_what_curl_sends() {
    for (command, expected) in [
        ("curl h/x", "GET http://h/x".to_owned()),
        ("curl -sS http://h/x -d a=1 -d 'b=2 3'", format!("POST http://h/x\n{FORM}\n<a=1&b=2 3>")),
        ("curl -G 'http://h/x?z=0#f' -d a=1", "GET http://h/x?z=0&a=1#f".to_owned()),
        ("curl -G 'http://h/x?' -d a=1", "GET http://h/x?a=1".to_owned()),
        ("curl -G http://h/x -d a=1 --data-urlencode 'b=2 &'", "GET http://h/x?a=1&b=2+%26".to_owned()),
        (
            "curl http://h/x --data-urlencode 'a b' --data-urlencode '=c+d' --data-urlencode 'n~=*(~'",
            format!("POST http://h/x\n{FORM}\n<a+b&c%2Bd&n~=%2A%28~>"),
        ),
        ("curl --data-urlencode 'a=b=c@d' --data-urlencode 'e=ü' http://h/x", format!("POST http://h/x\n{FORM}\n<a=b%3Dc%40d&e=%C3%BC>")),
        (
            "curl http://h/x --json '{\"a\":1}' --json 'x'",
            "POST http://h/x\nContent-Type: application/json\nAccept: application/json\n<{\\\"a\\\":1}x>".to_owned(),
        ),
        (
            "curl http://h/x -d a=1 --json '{}' -d b",
            "POST http://h/x\nContent-Type: application/json\nAccept: application/json\n<a=1{}&b>".to_owned(),
        ),
        ("curl -d 'x' --json '' http://h/x -H 'accept: q'", "POST http://h/x\naccept: q\nContent-Type: application/json\n<x>".to_owned()),
        ("curl http://h/x -d '' -d b", format!("POST http://h/x\n{FORM}\n<&b>")),
        ("curl -I http://h/x", "HEAD http://h/x".to_owned()),
        ("curl -G -I -d a=1 http://h/x", "HEAD http://h/x?a=1".to_owned()),
        ("curl -X PUT http://h/x -d ''", format!("PUT http://h/x\n{FORM}\n<>")),
        ("curl -XDELETE -H'A: b' -H 'C;' -H 'Content-Type:' -d x http://h/x", "DELETE http://h/x\nA: b\nC: \n<x>".to_owned()),
        ("curl http://h/x -d a -H 'Content-Type;'", "POST http://h/x\nContent-Type: \n<a>".to_owned()),
        ("curl -H 'Content-Type: text/plain' --data-raw '@x' http://h/x", "POST http://h/x\nContent-Type: text/plain\n<@x>".to_owned()),
        (
            "curl -u 'a:b' -A 'me' -e ref -b 'c=d' -r 0-4 http://h/x",
            "GET http://h/x\nUser-Agent: me\nReferer: ref\nCookie: c=d\nRange: bytes=0-4\nAuthorization: Basic YTpi".to_owned(),
        ),
        ("curl -u a:b -H 'Authorization: OAuth x=\"1\"' http://h/x", "GET http://h/x\nAuthorization: OAuth x=\\\"1\\\"".to_owned()),
        ("curl --digest -u a:b http://h/x", "GET http://h/x".to_owned()),
        ("curl --oauth2-bearer tok http://h/x", "GET http://h/x\nAuthorization: Bearer tok".to_owned()),
        ("curl --url-query 'a=b c' --url-query '+d=%20' 'http://h/x?z=1'", "GET http://h/x?z=1&a=b+c&d=%20".to_owned()),
        ("curl -sd 'a=1' -XPUT http://h/x", format!("PUT http://h/x\n{FORM}\n<a=1>")),
        ("curl -X GET http://h/x -d $'a\\'b\\n'", format!("GET http://h/x\n{FORM}\n<a\\'b\\n>")),
        ("curl -A '' -H 'User-Agent: z' http://h/x", "GET http://h/x\nUser-Agent: z".to_owned()),
        ("curl -A one -A two -e a -e b http://h/x", "GET http://h/x\nUser-Agent: two\nReferer: b".to_owned()),
        ("curl -b a=1 -b b=2 -H 'Cookie: c=3' http://h/x", "GET http://h/x\nCookie: c=3".to_owned()),
        ("curl -r 1-2 -H 'Range: bytes=0-0' http://h/x", "GET http://h/x\nRange: bytes=0-0".to_owned()),
        ("curl -H 'X-A:' -H 'nocolon' http://h/x", "GET http://h/x".to_owned()),
        ("curl --get --data '' http://h/x", "GET http://h/x".to_owned()),
        ("curl http://h/x --data-binary $'a\\nb' --data-ascii c", format!("POST http://h/x\n{FORM}\n<a\\nb&c>")),
        ("curl http://h/a/../b/./c", "GET http://h/b/c".to_owned()),
        ("curl http://h/a/..", "GET http://h/".to_owned()),
        ("curl http://h/a/./", "GET http://h/a/".to_owned()),
        ("curl http://h/../a/%2e%2e/b/.", "GET http://h/a/%2e%2e/b/".to_owned()),
        ("curl http://h/a/b/../../../c?x=/../y", "GET http://h/c?x=/../y".to_owned()),
        ("curl http://h/a//../b", "GET http://h/a/b".to_owned()),
        ("curl --path-as-is http://h/a/../b", "GET http://h/a/../b".to_owned()),
        ("curl -F a=1 http://h/x", "POST http://h/x\nContent-Type: multipart/form-data".to_owned()),
        ("curl -T file http://h/x", "PUT http://h/x".to_owned()),
    ] {
        reads(command, &expected);
    }
}

#[test]
fn what_stands_before_the_command_is_passed_over() {
    for command in [
        "$ curl http://h/",
        "sudo curl http://h/",
        "A=b C= curl http://h/",
        "/usr/bin/curl http://h/",
        "\n curl.exe http://h/ | jq .",
        "% time CURL http://h/",
    ] {
        reads(command, "GET http://h/");
    }
}

#[test]
fn an_option_is_never_taken_for_the_url() {
    for (command, note) in [
        ("curl --frobnicate value http://h/", Some("the option --frobnicate is unknown and was left out")),
        ("curl --header=secret http://h/", Some("the option --header is unknown and was left out")),
        ("curl -vW http://h/", Some("the option -W is unknown and was left out")),
        ("curl -o out -m 3 --proxy http://p/ --no-keepalive http://h/", None),
        ("curl -kLvi --http2 --retry 3 -c jar -w '%{http_code}' -- http://h/", None),
        ("curl -oout -m3 http://h/", None),
        ("curl --url http://h/ http://i/", Some("there are several URLs; the first was taken")),
        ("curl http://h/ --next -d a http://i/", Some("what follows --next is another request, which was not read")),
        ("curl -b jar http://h/", Some("the file of --cookie was not read")),
        ("curl -K file http://h/", Some("the file of --config was not read")),
        ("curl -H @file http://h/", Some("the file of --header was not read")),
    ] {
        let notes = reads(command, "GET http://h/");
        match note {
            Some(note) => assert!(notes.contains(&note.to_owned()), "{command}: {notes:?}"),
            None => assert_eq!(notes, [""; 0], "{command}"),
        }
    }
}

#[test]
fn what_curl_could_not_send_is_refused() {
    for (command, expected) in [
        ("wget http://h/", "1:1: this is no curl command"),
        ("curl", "1:1: the command has no URL"),
        ("curl http://h/ -d", "1:16: the option -d has no value"),
        ("curl http://h/\\\n -d @file", "2:5: the data is in a file, which is not read here"),
        ("curl http://h/ --data-urlencode name@file", "1:33: the data is in a file, which is not read here"),
        ("curl http://h/ --json @file", "1:23: the data is in a file, which is not read here"),
        ("curl http://h/ -d @-", "1:19: the data is in a file, which is not read here"),
        ("curl 'http://h/", "1:6: the quote is not closed"),
        ("curl ftp://h/", "1:6: the URL is no absolute http or https URL: its scheme is neither http nor https"),
        ("curl -X 'A B' http://h/", "1:1: the method of the command is no method"),
    ] {
        let error = request(command.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), expected, "{command}");
    }
    assert!(request(b"curl http://h/ -d @file").unwrap_err().hint.is_some());
    let error = request("curl -v ".repeat(6000).as_bytes()).unwrap_err();
    assert_eq!(error.what, "the command has more than 10000 words");
}

#[test]
fn what_curl_would_change_is_noted() {
    for (command, url, count) in [
        ("curl 'http://h/{a}[1-2]'", "http://h/{a}[1-2]", 1),
        ("curl -g 'http://h/{a}[1-2]'", "http://h/{a}[1-2]", 0),
        ("curl --globoff 'http://h/{a}'", "http://h/{a}", 0),
        ("curl http://h/é", "http://h/\\xc3\\xa9", 1),
    ] {
        assert_eq!(reads(command, &format!("GET {url}")).len(), count, "{command}");
    }
}

#[test]
fn an_ampersand_without_quotes_cuts_the_url() {
    let notes = reads("curl http://h/x?a=1&b=2", "GET http://h/x?a=1");
    assert_eq!(
        notes,
        ["the command ends at the unquoted `&`, and what follows was not read: in a URL it wants quotes, or the shell cuts it there"]
    );
}

#[test]
fn the_forms_that_tools_copy_are_read() {
    use super::samples::{CHROME_BASH, CHROME_CMD, FIREFOX, POSTMAN};
    let chrome = r#"POST https://api.example.com/items?sort=a%2Cb
accept: application/json, text/plain, */*
authorization: OAuth oauth_consumer_key=\"k\", oauth_nonce=\"n\"
x-odd: it\'s !
sec-ch-ua: \"Chromium\";v=\"130\", \"Not?A_Brand\";v=\"99\"
Content-Type: application/x-www-form-urlencoded
Cookie: session=abc; theme=dark
<{\"text\":\"it\'s\\n!\"}>"#;
    assert!(reads(CHROME_BASH, chrome).is_empty());
    let windows = r#"POST https://api.example.com/items?sort=a%2Cb
accept: */*
authorization: OAuth oauth_consumer_key=\"k\", oauth_nonce=\"n\"
Content-Type: application/x-www-form-urlencoded
<a=1&b=%20c^d>"#;
    assert!(reads(CHROME_CMD, windows).is_empty());
    let firefox = "POST https://api.example.com/form
User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0
Content-Type: application/x-www-form-urlencoded
DNT: 1
<a=1&b=%20>";
    assert!(reads(FIREFOX, firefox).is_empty());
    let postman = r#"POST https://api.example.com/oauth/request_token?a=b
Authorization: OAuth oauth_consumer_key=\"key\",oauth_signature_method=\"HMAC-SHA1\",oauth_timestamp=\"1700000000\",oauth_nonce=\"nonce1234\",oauth_version=\"1.0\",oauth_signature=\"x%3D\"
Content-Type: application/x-www-form-urlencoded
<q=a+b&r=%C3%BC>"#;
    assert!(reads(POSTMAN, postman).is_empty());
}
