//! `countersign probe` from outside, at a server that tells secrets again: none is in a file, on stdout or on stderr, and none in the command
//! that is shown to ask again.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

use countersign::sandbox::{Client, Sandbox};

const SECRET: &str = "kestrel-secret-of-the-client";
const TOKEN: &str = "kestrel-token-from-last-week";
const TOKEN_SECRET: &str = "kestrel-secret-of-that-token";

fn countersign(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    command.args(arguments).env("CLIENT_SECRET", SECRET).env("TOKEN_SECRET", TOKEN_SECRET).env("NO_COLOR", "1").output().unwrap()
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A message of HTTP: all of its head, and its body.
fn read(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some((head, body))
}

/// A server that answers by a function of what it is asked.
fn serving(answer: impl Fn(&str, &[u8]) -> String + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            if let Some((head, body)) = read(&mut stream) {
                let _ = stream.write_all(answer(&head, &body).as_bytes());
            }
        }
    });
    url
}

fn response(status: &str, fields: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{fields}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

/// A sandbox behind something that writes into its answers: the client's secret where a problem is named, and in every field's name
/// secrets that it has given before. With the secrets that were given.
fn telling() -> (Sandbox, String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let sandbox = Sandbox::builder().profile("rfc5849").client(Client::new("kestrel-client", SECRET)).auto_approve(true).explains(false);
    let sandbox = sandbox.authority(address.to_string()).start().unwrap();
    let (behind, given) = (sandbox.address(), Arc::new(Mutex::new(Vec::<String>::new())));
    let learnt = Arc::clone(&given);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let Some((head, body)) = read(&mut stream) else { continue };
            let mut server = TcpStream::connect(behind).unwrap();
            server.write_all(&[head.as_bytes(), &body].concat()).unwrap();
            let Some((head, body)) = read(&mut server) else { continue };
            let body = String::from_utf8(body).unwrap().replace("signature_invalid", SECRET).replace("nonce_used", &encoded(SECRET));
            let mut learnt = learnt.lock().unwrap();
            let names: String = learnt.iter().rev().take(3).map(|secret| format!("X-{secret}: 1\r\n")).collect();
            let values = body.split('&').filter_map(|pair| pair.strip_prefix("oauth_token_secret="));
            learnt.extend(values.map(str::to_owned));
            let fields: String = head.lines().skip(1).filter(|line| !line.is_empty()).fold(String::new(), |all, line| {
                let is_own = line.to_ascii_lowercase().starts_with("content-length") || line.to_ascii_lowercase().starts_with("connection");
                if is_own { all } else { format!("{all}{}\r\n", line.replace("signature_invalid", SECRET)) }
            });
            let status = head.lines().next().unwrap().split_once(' ').unwrap().1.to_owned();
            let _ = stream.write_all(response(&status, &format!("{fields}{names}"), &body).as_bytes());
        }
    });
    (sandbox, format!("http://{address}"), given)
}

fn encoded(text: &str) -> String {
    text.bytes().map(|octet| format!("%{octet:02x}")).collect()
}

#[test]
fn drafts_and_recordings_of_a_server_that_tells_secrets_hold_none() {
    let (_sandbox, url, given) = telling();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (kept, draft, json) = (path("kept"), path("draft.json"), path("report.json"));
    let output = countersign(&[
        "probe",
        "rfc5849",
        "--url",
        &url,
        "--client",
        "kestrel-client",
        "--secret-env",
        "CLIENT_SECRET",
        "--authorize=get",
        "--level",
        "rules",
        "--send",
        "-v",
        "--record",
        &kept,
        "--write-profile",
        &draft,
        "--json",
        &json,
    ]);
    // It may find what it likes, but it ends.
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", told(&output));
    let given = given.lock().unwrap().clone();
    assert!(given.len() > 10, "{given:?}");
    let read = |path: &str| std::fs::read_to_string(path).unwrap();
    let mut texts = vec![("terminal", told(&output)), ("draft", read(&draft)), ("report", read(&json))];
    for name in ["fixtures.json", "exchanges.har", "profile.json"] {
        texts.push((name, read(&format!("{kept}/{name}"))));
    }
    for (name, text) in &texts {
        for secret in given.iter().map(String::as_str).chain([SECRET]) {
            assert!(!text.contains(secret) && !text.contains(&encoded(secret)), "{name} holds {secret}");
        }
    }
    // Something was there to be taken out, and what is written is of use.
    assert!(texts[0].1.contains("(redacted)") && texts[1].1.contains("(redacted)"), "{}", texts[1].1);
    assert!(countersign(&["test", "--vectors", &kept, "--dry-run"]).status.success());
    assert!(countersign(&["vectors", "lint", &draft]).status.success());
}

#[test]
fn nothing_that_is_left_behind_holds_a_character_that_a_terminal_obeys() {
    // DEL, a C1 control, and text that turns; the first is none of a field's octets.
    let (odd, in_field) = ("\u{7f}\u{9b}31m\u{202e}", "\u{9b}31m\u{202e}");
    let url = serving(move |head, _| {
        if head.contains("oauth_signature_method=\"HMAC-SHA1\"") && head.contains("oauth_callback=\"http") {
            let fields = format!("{FORM}Server: {in_field}\r\n");
            return response("200 OK", &fields, "oauth_token=a&oauth_token_secret=bcdefghijk&oauth_callback_confirmed=true");
        }
        response("401 No", &format!("{FORM}X-Odd: {in_field}\r\n"), &format!("oauth_problem={odd}&oauth_problem_advice={odd}"))
    });
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (kept, draft) = (path("kept"), path("draft.json"));
    let common = ["probe", "rfc5849", "--url", &url, "--client", "k", "--secret-env", "CLIENT_SECRET", "--level", "rules", "--send"];
    let output = countersign(&[&common[..], &["-v", "--record", &kept, "--write-profile", &draft]].concat());
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}: {}", told(&output)));
    let mut texts = vec![("terminal", told(&output)), ("draft", read(&draft))];
    texts.extend(["fixtures.json", "exchanges.har", "profile.json"].map(|name| (name, read(&format!("{kept}/{name}")))));
    for (name, text) in &texts {
        let found = text.chars().find(|letter| (letter.is_control() && !matches!(letter, '\n' | '\t')) || *letter == '\u{202e}');
        assert!(found.is_none(), "{name}: {found:?}");
    }
    // All of it stands there as an escape.
    for (name, text) in texts.iter().skip(1).filter(|(name, _)| *name != "profile.json") {
        assert!(text.contains("\\u009b"), "{name}: {text}");
    }
}

#[test]
fn neither_the_reason_to_stop_nor_the_name_of_the_server_tells_a_secret() {
    // The name is cut, but not in the middle of the secret.
    let name = "y".repeat(72);
    let fields = format!("Server: kestrel/{SECRET}\r\nRetry-After: {SECRET}\r\n");
    let long = format!("Server: {name} {SECRET}\r\nRetry-After: 7\r\n");
    let cut = serving(move |_, _| response("503 Busy", &long, ""));
    let output = countersign(&["probe", "rfc5849", "--url", &cut, "--client", "k", "--secret-env", "CLIENT_SECRET", "--send"]);
    assert!(told(&output).contains(&format!("it calls itself {name} (redact")) && !told(&output).contains("kestr"), "{}", told(&output));
    let url = serving(move |_, _| response("503 Busy", &fields, ""));
    let common = ["probe", "rfc5849", "--url", &url, "--client", "k", "--secret-env", "CLIENT_SECRET", "--send"];
    for more in [&[][..], &["-v"], &["--reveal"], &["--reveal", "--json", "-"]] {
        let output = countersign(&[&common[..], more].concat());
        assert_eq!(output.status.code(), Some(6), "{}", told(&output));
        let text = told(&output);
        // Nothing is revealed where nobody sits.
        assert!(!text.contains(SECRET), "{text}");
        assert!(text.contains("stopped: ") && text.contains("Retry-After: (redacted)"), "{text}");
        assert!(text.contains("it calls itself kestrel/(redacted)"), "{text}");
    }
}

#[test]
fn the_command_to_ask_again_names_no_token() {
    let url = serving(|_, _| response("200 OK", FORM, "oauth_token=a"));
    let token = ["--token", TOKEN, "--token-secret-env", "TOKEN_SECRET"];
    let common = [&["probe", "rfc5849", "--url", &url, "--client", "k", "--secret-env", "CLIENT_SECRET"][..], &token].concat();
    for more in [&[][..], &["-v"], &["--send"], &["--send", "-v"], &["--send", "--json", "-"]] {
        let output = countersign(&[&common[..], more].concat());
        let text = told(&output);
        assert!(text.contains("--token TOKEN") && text.contains("--token-secret-env TOKEN_SECRET"), "{more:?}: {text}");
        assert!(!text.contains(TOKEN) && !text.contains(TOKEN_SECRET) && !text.contains(SECRET), "{more:?}: {text}");
    }
}

#[test]
fn only_what_a_sandbox_makes_up_is_shown() {
    let url = serving(|_, _| response("401 No", FORM, "oauth_problem=signature_invalid"));
    let hex = "0123456789abcdef01234567";
    let (made_key, made_secret) = (format!("sandbox-{hex}"), format!("secret-{hex}"));
    for (key, secret, is_open) in [
        (made_key.as_str(), made_secret.as_str(), true),
        // A key of that beginning, a secret of somebody's with a key that was made up, and the other way round.
        ("sandbox-acme-corporation", SECRET, false),
        (&made_key, SECRET, false),
        ("sandbox-acme-corporation", &made_secret, false),
        (&made_key.to_ascii_uppercase().replace("SANDBOX", "sandbox"), &made_secret, false),
        (&format!("{made_key}0"), &made_secret, false),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
        let arguments = ["probe", "rfc5849", "--url", &url, "--client", key, "--secret-env", "CLIENT_SECRET", "--send"];
        let output = command.args(arguments).env("CLIENT_SECRET", secret).env("NO_COLOR", "1").output().unwrap();
        let text = told(&output);
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert_eq!(text.contains("oauth_signature=\"("), !is_open, "{key}: {text}");
        assert!(text.contains("oauth_signature=\""), "{text}");
    }
    // With a token of somebody's, nothing is shown either.
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    command.args(["probe", "rfc5849", "--url", &url, "--client", &made_key, "--secret-env", "CLIENT_SECRET", "--send"]);
    command.args(["--token", TOKEN, "--token-secret-env", "TOKEN_SECRET"]);
    let output = command.env("CLIENT_SECRET", &made_secret).env("TOKEN_SECRET", TOKEN_SECRET).env("NO_COLOR", "1").output().unwrap();
    assert!(told(&output).contains("oauth_signature=\"(") && !told(&output).contains(TOKEN), "{}", told(&output));
}
