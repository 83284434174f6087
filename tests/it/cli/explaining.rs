//! `explain` on requests that people published because they were refused, from the published data alone, and on what people paste.

use super::{Ended, Folder, countersign, countersign_reading, program};
use std::io::Write as _;
use std::process::Stdio;

fn explain(arguments: &[&str], secrets: (&str, &str), stdin: &str) -> Ended {
    let mut command = program();
    command.arg("explain").args(arguments).env("CS", secrets.0).env("TS", secrets.1);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
    Ended::of(child.wait_with_output().unwrap())
}

const SECRETS: [&str; 4] = ["--secret-env", "CS", "--token-secret-env", "TS"];

/// The sets of ids that a JSON explanation names for the client's value.
fn named(ended: &Ended) -> Vec<Vec<String>> {
    let json = ended.json();
    let sets = json["client"]["sets"].as_array().unwrap().clone();
    let ids = |set: &serde_json::Value| set.as_array().unwrap().iter().map(|cause| cause["id"].as_str().unwrap().to_owned()).collect();
    sets.iter().map(ids).collect()
}

/// <https://github.com/postmanlabs/postman-app-support/issues/8879>: the query was encoded as it is sent.
#[test]
fn an_escape_that_was_not_decoded_is_named() {
    let url = "http://localhost:4567/fun?foo=first%2Csecond";
    let request = ["--url", url, "--client", "a", "--token", "123", "--timestamp", "123", "--nonce", "3", "--version", "1.0"];
    let signature = ["--signature", "1tyKsJRLaTvpnCwKGayL4YgHmLM=", "--json"];
    let ended = explain(&[&request[..], &SECRETS, &signature].concat(), ("b", "abc"), "").with(0);
    assert!(named(&ended).contains(&vec!["read.query-not-decoded".to_owned()]), "{}", ended.stdout);
    let right = ["--signature", "cdQQuXon1opN/3wj5APnIF5NAMg=", "--json"];
    let ended = explain(&[&request[..], &SECRETS, &right].concat(), ("b", "abc"), "").with(0);
    assert_eq!(ended.json()["client"]["result"], "right");
}

/// <https://github.com/ciaranj/node-oauth/issues/321>: a relative URL was signed, and what is absent became the word null.
#[test]
fn a_relative_url_is_named() {
    let request =
        ["--url", "/route", "--client", "abc", "--token", "mno", "--timestamp", "1482285391", "--nonce", "rbox6F", "--version", "1.0"];
    let signature = ["--signature", "Xz2gZQqXK1c/M2JSFeRj4UQ9qEI=", "--json"];
    let ended = explain(&[&request[..], &SECRETS, &signature].concat(), ("def", "pqr"), "").with(0);
    assert_eq!(named(&ended), [["uri.null-null"]]);
}

/// <https://github.com/maraujop/requests-oauth/issues/29>: the query was decoded twice. The request comes as HTTP text on stdin.
#[test]
fn a_value_that_was_decoded_twice_is_named() {
    let text = "GET /multi?queries=%7B%22query1%22%3A%22%2Ft%2Fplaces%3Ffilters%3D%257B%2522postcode%2522%253A%252290067%2522%257D%22%2C\
                %22query2%22%3A%22%2Ft%2Fplaces%2Ffacets%3Ffilters%3D%257B%2522postcode%2522%253A%252290067%2522%257D%26select%3Dcategory\
                %22%7D HTTP/1.1\r\nHost: api.v3.factual.com\r\nAuthorization: OAuth oauth_consumer_key=\"key\", \
                oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"1338404204\", oauth_nonce=\"38585129\", oauth_version=\"1.0\", \
                oauth_signature=\"MWH9o1cwUOMhmrIpybbrsdi%2FeME%3D\"\r\n\r\n";
    let ended = explain(&["--scheme", "http", "--secret-env", "CS", "--json"], ("secret", ""), text).with(0);
    assert!(named(&ended).iter().any(|set| set.len() == 1 && set[0].contains("decoded-twice")), "{}", ended.stdout);
}

/// The wrong value comes out again: that is the proof.
#[test]
fn what_is_named_gives_the_wrong_value_again() {
    let request = ["--url", "http://example.com:80/a?b=x%20y", "--client", "k", "--timestamp", "1", "--nonce", "n"];
    let deviate = ["--deviate", "uri.default-port-kept,encode.space-plus", "--reveal", "--json"];
    let mut sign = program();
    let output = sign.arg("sign").args(request).args(["--secret-env", "CS"]).args(deviate).env("CS", "s").output().unwrap();
    let signed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let wrong = signed["signature"].as_str().unwrap();
    let ended = explain(&[&request[..], &["--secret-env", "CS", "--signature", wrong, "--json"]].concat(), ("s", ""), "").with(0);
    let expected = ["uri.default-port-kept", "encode.space-plus"];
    assert!(named(&ended).iter().any(|set| *set == expected), "{}", ended.stdout);
    // Its beginning will do, and the chance of a mistake is told.
    let ended = explain(&[&request[..], &["--secret-env", "CS", "--signature", &wrong[..8], "--json"]].concat(), ("s", ""), "").with(0);
    assert!(named(&ended).iter().any(|set| *set == expected), "{}", ended.stdout);
    assert!(ended.json()["client"]["one_in"].as_u64().unwrap() > 1_000_000, "{}", ended.stdout);
}

/// The photos request of RFC 5849 section 1.2, of whose signature eight characters are known.
#[test]
fn a_right_beginning_is_not_called_a_right_signature() {
    let url = "http://photos.example.net/photos?file=vacation.jpg&size=original";
    let request = ["--url", url, "--client", "dpf43f3p2l4k3l03", "--token", "nnch734d00sl2jdk", "--timestamp", "137131202"];
    let request = [&request[..], &["--nonce", "chapoH"], &SECRETS].concat();
    let secrets = ("kd94hf93k423kf44", "pfkkdhi9sl3r4s00");
    let ask = |more: &[&str]| explain(&[&request[..], more].concat(), secrets, "").with(0);
    let beginning = ask(&["--signature", "MdpQcU8i"]).stdout;
    assert!(beginning.contains("its first 8 characters are right") && !beginning.contains("value is right"), "{beginning}");
    let told = ask(&["--signature", "MdpQcU8i", "--json"]).json();
    assert_eq!((&told["client"]["result"], &told["client"]["one_in"]), (&"right".into(), &64_u64.pow(8).into()));
    let whole = ask(&["--signature", "MdpQcU8iPSUjWoN/UDMsK2sui9I="]).stdout;
    assert!(whole.contains("the signed value is right") && !whole.contains("its first"), "{whole}");
}

/// What is proposed to tell candidates apart goes to the user's own host.
#[test]
fn the_request_that_tells_candidates_apart_can_be_sent() {
    let request = ["--url", "https://API.example.org:443/v1/items", "--client", "k", "--timestamp", "1", "--nonce", "n"];
    let base_string = "GET&https%3A%2F%2Fapi.example.org%3A443%2Fv1%2Fitems&oauth_consumer_key%3Dk%26oauth_nonce%3Dn%26\
                       oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D1";
    let told = explain(&[&request[..], &["--base-string", base_string]].concat(), ("", ""), "").with(0).stdout;
    let proposed = told.lines().skip_while(|line| !line.contains("would tell them apart")).nth(1).unwrap_or_default().trim();
    assert!(proposed.starts_with("GET http") && proposed.contains("://") && proposed.to_lowercase().contains("api.example.org"), "{told}");
}

#[test]
fn an_old_host_of_a_provider_is_named() {
    let request =
        |url: &'static str| ["--url", url, "--client", "k", "--timestamp", "1", "--nonce", "n", "--callback", "oob", "--secret-env", "CS"];
    let mut sign = program();
    let signed = sign.arg("sign").args(request("https://etws.etrade.com/oauth/request_token")).args(["--reveal", "--json"]).env("CS", "s");
    let signed: serde_json::Value = serde_json::from_slice(&signed.output().unwrap().stdout).unwrap();
    let wrong = ["--signature", signed["signature"].as_str().unwrap(), "--json"];
    let ended = explain(&[&request("https://api.etrade.com/oauth/request_token")[..], &wrong].concat(), ("s", ""), "").with(0);
    assert_eq!(named(&ended), [["input.host:etws.etrade.com"]]);
}

/// The example of E*TRADE's developer guides (https://developer.etrade.com/getting-started/developer-guides): its request and credentials.
fn guide(signature: &str) -> Vec<Vec<(String, String)>> {
    let request = ["--url", "https://api.etrade.com/v1/accounts/list", "--client", "c5bb4dcb7bd6826c7c4340df3f791188"];
    let token = ["--token", "VbiNYl63EejjlKdQM6FeENzcnrLACrZ2JYD6NQROfVI=", "--nonce", "0bba225a40d1bbac2430aa0c6163ce44"];
    let rest = ["--timestamp", "1344885636", "--secret-env", "CS", "--token-secret-env", "TS", "--signature", signature, "--json"];
    let mut command = program();
    command.arg("explain").args(request).args(token).args(rest);
    command.env("CS", "7d30246211192cda43ede3abd9b393b9").env("TS", "XCF9RzyQr4UEPloA+WlC06BnTfYC1P0Fwr3GUw/B0Es=");
    let told = super::ended(&mut command).with(0).json();
    let pair = |cause: &serde_json::Value| (cause["id"].as_str().unwrap().to_owned(), cause["sentence"].as_str().unwrap().to_owned());
    let sets = told["client"]["sets"].as_array().unwrap().iter();
    sets.map(|set| set.as_array().unwrap().iter().map(pair).collect()).collect()
}

#[test]
fn the_guides_own_signature_and_those_of_its_old_host_and_of_a_forum_are_told_apart() {
    let ids = |signature| guide(signature).into_iter().map(|set| set.into_iter().map(|(id, _)| id).collect()).collect::<Vec<Vec<String>>>();
    // As the guide has it.
    assert_eq!(ids("UOnPVdzExTAgHkcGWLLfeTaaMSM="), [[""; 0]]);
    // The same request with the host of the guide before 2018, computed with Python's hmac and with openssl.
    assert_eq!(ids("RUQLcuUTdOSuGba3WbTCawzlwOQ="), [["input.host:etws.etrade.com"]]);
    // What somebody got for it in the provider's forum: secrets that were not encoded, and a token that was encoded once.
    let sets = ids("8alOEOXdzxx+N7+77VRyducKWJM=");
    assert!(sets.iter().all(|set| set.len() == 2 && set[1].starts_with("encode-secret.")), "{sets:?}");
    assert!(sets.contains(&vec!["protocol.not-encoded".to_owned(), "encode-secret.raw".to_owned()]), "{sets:?}");
}

#[test]
fn a_long_request_does_not_outlast_its_budget() {
    let form: String = (0..20_000).map(|number| format!("a{number}=&")).collect();
    let text = format!(
        "POST /x HTTP/1.1\r\nHost: h.example\r\nContent-Type: application/x-www-form-urlencoded\r\nAuthorization: OAuth \
         oauth_consumer_key=\"k\", oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"1700000000\", oauth_nonce=\"abcdefgh\", \
         oauth_signature=\"AAAAAAAAAAAAAAAAAAAAAAAAAAA%3D\"\r\n\r\n{form}"
    );
    let before = std::time::Instant::now();
    explain(&["--secret-env", "CS", "--budget", "1s"], ("secret", ""), &text).with(1);
    // Without a look at the clock it takes minutes.
    assert!(before.elapsed() < std::time::Duration::from_secs(40), "{:?}", before.elapsed());
}

#[test]
fn without_a_secret_the_form_of_a_request_is_still_looked_at() {
    let curl = "curl 'http://h/x' -H 'Authorization: OAuth, oauth_consumer_key=\"k\", oauth_timestamp=\"1700000000000\", \
                oauth_nonce=\"abcdefgh\", oauth_signature=\"a+b=\"'";
    let ended = explain(&["--curl", curl], ("", ""), "").with(0);
    for told in ["a comma follows the scheme", "oauth_signature_method is missing", "milliseconds"] {
        assert!(ended.stdout.replace("\n  ", " ").contains(told), "{told}\n{}", ended.stdout);
    }
}

#[test]
fn secrets_do_not_stand_on_a_command_line_and_not_in_what_is_told() {
    let curl = "curl 'https://h/x' -H 'Authorization: OAuth oauth_signature_method=\"PLAINTEXT\", oauth_signature=\"hunter2%26\"'";
    let ended = explain(&["--curl", curl], ("", ""), "").with(2);
    assert!(ended.stderr.contains("PLAINTEXT") && !ended.stderr.contains("hunter2"), "{}", ended.stderr);
    let request = ["--url", "http://h/", "--client", "k", "--nonce", "n", "--timestamp", "1", "--secret-env", "CS"];
    let ended =
        explain(&[&request[..], &["--signature", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "--budget", "1s"]].concat(), ("hunter2", ""), "").with(1);
    assert!(!ended.stdout.contains("hunter2") && !ended.stderr.contains("hunter2"), "{}", ended.stdout);
    assert!(ended.stdout.contains("is not explained") && ended.stdout.contains("(hidden: --reveal shows it)"), "{}", ended.stdout);
}

#[test]
fn a_servers_answer_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let (request, answer) = (folder.path().join("request.http"), folder.path().join("answer.http"));
    std::fs::write(
        &request,
        "GET https://h/x?a=1\nAuthorization: OAuth oauth_consumer_key=\"k\", oauth_nonce=\"abcdefgh\", oauth_timestamp=\"1\", \
         oauth_signature_method=\"HMAC-SHA1\", oauth_signature=\"AAAAAAAAAAAAAAAAAAAAAAAAAAA%3D\"\n\n",
    )
    .unwrap();
    let base_string = "GET&http%3A%2F%2Fh%2Fx&a%3D1%26oauth_consumer_key%3Dk%26oauth_nonce%3Dabcdefgh%26\
                       oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D1";
    std::fs::write(&answer, format!("HTTP/1.1 401 Unauthorized\r\n\r\nInvalid signature. Expected signature base string: {base_string}"))
        .unwrap();
    let arguments = ["--request", request.to_str().unwrap(), "--response", answer.to_str().unwrap(), "--json"];
    let ended = explain(&arguments, ("", ""), "").with(0);
    let server = ended.json()["server"].clone();
    let ids: Vec<String> = server["sets"].as_array().unwrap().iter().map(|set| set[0]["id"].as_str().unwrap().to_owned()).collect();
    assert!(ids.iter().any(|id| id.contains("scheme")), "{server}");
}

#[test]
fn options_beside_a_request_that_is_given_as_a_whole_are_refused() {
    let folder = Folder::new();
    let text = "GET https://h/ HTTP/1.1\r\nAuthorization: OAuth oauth_consumer_key=\"k\", oauth_signature=\"c2ln\"\r\n\r\n";
    let pasted = folder.file("q.http", text);
    let told = "error: a request is given both by --method and as a whole\nhint: give one of them\n";
    assert_eq!(countersign(&["explain", "--request", &pasted, "--method", "GET"]).with(2).stderr, told);
    assert_eq!(countersign_reading(&["explain", "--method", "GET"], text).with(2).stderr, told);
    let told = told.replace("--method", "--url");
    assert_eq!(countersign(&["explain", "--request", &pasted, "--url", "http://z/"]).with(2).stderr, told);
}
