//! `sign` from the command line: the request of RFC 5849 section 1.2, where secrets come from, and what is not shown of them.

use super::{Folder, countersign, countersign_reading, ended, program};

const REQUEST: [&str; 13] = [
    "sign",
    "--url",
    "http://photos.example.net/photos?file=vacation.jpg&size=original",
    "--client",
    "dpf43f3p2l4k3l03",
    "--token",
    "nnch734d00sl2jdk",
    "--nonce",
    "chapoH",
    "--timestamp",
    "137131202",
    "--realm",
    "Photos",
];
const SECRETS: &str = "kd94hf93k423kf44\npfkkdhi9sl3r4s00\n";
/// Printed in the RFC.
const SIGNATURE: &str = "MdpQcU8iPSUjWoN/UDMsK2sui9I=";

#[test]
fn the_signature_of_the_rfc_comes_out_wherever_the_secrets_come_from() {
    let folder = Folder::new();
    let (client, token) = (folder.file("client", "kd94hf93k423kf44\n"), folder.file("token", "pfkkdhi9sl3r4s00"));
    fn with<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
        [&REQUEST[..], arguments, &["--reveal"]].concat()
    }
    let from_stdin = countersign_reading(&with(&["--secret-stdin"]), SECRETS).with(0);
    let from_files = countersign(&with(&["--secret-file", &client, "--token-secret-file", &token])).with(0);
    let mut from_environment = program();
    from_environment
        .args(with(&["--secret-env", "C", "--token-secret-env", "T"]))
        .env("C", "kd94hf93k423kf44")
        .env("T", "pfkkdhi9sl3r4s00");
    let from_environment = ended(&mut from_environment).with(0);
    assert!(from_stdin.lines().contains(&format!("  {SIGNATURE}").as_str()), "{}", from_stdin.stdout);
    assert_eq!(from_stdin.stdout, from_files.stdout);
    assert_eq!(from_stdin.stdout, from_environment.stdout);
}

#[test]
fn without_reveal_nothing_is_shown_that_could_be_misused() {
    for format in [&[][..], &["--json"]] {
        let ended = countersign_reading(&[&REQUEST[..], &["--secret-stdin"], format].concat(), SECRETS).with(0);
        let all = ended.stdout + &ended.stderr;
        for hidden in ["kd94hf93k423kf44", "pfkkdhi9sl3r4s00", SIGNATURE, "MdpQcU8iPSUjWoN%2F"] {
            assert!(!all.contains(hidden), "{hidden}\n{all}");
        }
        assert!(all.contains("GET&http%3A%2F%2Fphotos.example.net"), "{all}");
    }
}

#[test]
fn a_plaintext_signature_is_the_secrets_and_stays_hidden() {
    let request = [&REQUEST[..], &["--signature-method", "PLAINTEXT", "--secret-stdin"]].concat();
    let ended = countersign_reading(&request, SECRETS).with(0);
    assert!(!ended.stdout.contains("kd94hf93k423kf44") && !ended.stderr.contains("kd94hf93k423kf44"), "{}", ended.stdout);
}

#[test]
fn secrets_are_never_values_of_options() {
    let help = countersign(&["sign", "--help"]).stdout;
    assert!(!help.lines().any(|line| line.contains("-secret ") || line.contains("--secret <")), "{help}");
    let ended = countersign(&[&REQUEST[..], &["--secret", "kd94hf93k423kf44"]].concat()).with(2);
    assert!(!ended.stderr.contains("kd94hf93k423kf44"), "{}", ended.stderr);
}

#[test]
fn options_that_describe_another_request_than_the_one_that_is_given_are_refused() {
    let folder = Folder::new();
    let pasted = folder.file(
        "q.http",
        "GET https://h/ HTTP/1.1\r\nAuthorization: OAuth oauth_consumer_key=\"k\", oauth_nonce=\"n\", oauth_timestamp=\"1\"\r\n\r\n",
    );
    let sign = |options: &[&str]| {
        let mut command = program();
        ended(command.args(["sign", "--request", &pasted, "--secret-env", "C"]).args(options).env("C", "secret"))
    };
    sign(&["--scheme", "https"]).with(0);
    for option in [
        ["--method", "GET"],
        ["--url", "http://z/"],
        ["--header", "A: b"],
        ["--body", "a"],
        ["--client", "other"],
        ["--token", "other"],
        ["--signature-method", "HMAC-SHA1"],
        ["--nonce", "zzz"],
        ["--timestamp", "2"],
        ["--callback", "oob"],
        ["--verifier", "v"],
        ["--realm", "r"],
        ["--version", "1.0"],
        ["--transmission", "header"],
    ] {
        let ended = sign(&option).with(2);
        let told = format!("error: a request is given both by {} and as a whole\nhint: give one of them\n", option[0]);
        assert_eq!((ended.stdout.as_str(), ended.stderr), ("", told));
    }
    let told = sign(&["--nonce", "z", "--header", "A: b", "--url", "http://z/", "--header", "C: d"]).with(2).stderr;
    assert!(told.starts_with("error: a request is given both by --url, --nonce, --header and as a whole\n"), "{told}");
}
