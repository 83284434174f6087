//! `countersign probe` from outside: nothing is sent unless it is said, the right exit code, all reports.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use countersign::sandbox::{Client, Sandbox};

const SECRET: &str = "a-real-secret-that-nobody-sees";

fn countersign(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_countersign")).args(arguments).env("CLIENT_SECRET", SECRET).env("NO_COLOR", "1").output().unwrap()
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[track_caller]
fn exits(output: &Output, code: i32) {
    assert_eq!(output.status.code(), Some(code), "{}", told(output));
}

/// A listener that counts who comes.
fn counting() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let own = Arc::clone(&count);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            own.fetch_add(1, Ordering::SeqCst);
            let Ok(mut stream) = stream else { continue };
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut line = String::new();
            while reader.read_line(&mut line).is_ok_and(|octets| octets > 2) {
                line.clear();
            }
            let _ = stream.write_all(b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
    });
    (url, count)
}

#[test]
fn without_send_the_plan_is_printed_and_nobody_is_asked() {
    let (url, count) = counting();
    let output = countersign(&["probe", "rfc5849", "--url", &url, "--client", "k", "--secret-env", "CLIENT_SECRET", "--authorize=get"]);
    exits(&output, 0);
    let text = told(&output);
    for part in ["rt.control-first", "at.oauth_verifier-wrong", "api.oauth_nonce-repeated", "nothing was sent", "--send"] {
        assert!(text.contains(part), "no {part} in {text}");
    }
    assert!(!text.contains(SECRET));
    assert_eq!(count.load(Ordering::SeqCst), 0);
    // And with it somebody is.
    exits(&countersign(&["probe", "rfc5849", "--url", &url, "--client", "k", "--secret-env", "CLIENT_SECRET", "--send"]), 1);
    assert!(count.load(Ordering::SeqCst) > 0);
}

#[test]
fn a_live_service_is_not_asked_by_accident() {
    for (arguments, hint) in [
        (&["probe", "etrade", "--client", "k", "--secret-env", "CLIENT_SECRET", "--send"][..], "--production"),
        (&["probe", "etrade", "--send"], "--client is missing"),
        (
            &["probe", "etrade", "--client", "k", "--secret-env", "CLIENT_SECRET", "--send", "--production", "--authorize=get"],
            "on this machine",
        ),
        (
            &[
                "probe",
                "rfc5849",
                "--url",
                "http://provider.example",
                "--client",
                "k",
                "--secret-env",
                "CLIENT_SECRET",
                "--send",
                "--production",
            ],
            "without TLS",
        ),
        (&["probe", "etrad"], "did you mean etrade"),
        (&["probe", "etrade", "--step", "rt.oauth_nonce-repeatd"], "did you mean rt.oauth_nonce-repeated"),
        (&["probe", "etrade", "--path", "token=/x"], "request_token"),
        (&["probe", "etrade", "--url", "nonsense"], "http://127.0.0.1:8080"),
        (&["probe", "etrade", "--client", "k", "--secret-env", "NOT_SET_ANYWHERE"], "NOT_SET_ANYWHERE"),
    ] {
        let output = countersign(arguments);
        exits(&output, 2);
        assert!(told(&output).contains(hint), "{arguments:?}: {}", told(&output));
    }
}

#[test]
fn nobody_there_is_the_network_and_nothing_to_ask_is_nothing() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{free}");
    let output = countersign(&["probe", "rfc5849", "--url", &url, "--client", "k", "--secret-env", "CLIENT_SECRET", "--send"]);
    exits(&output, 6);
    assert!(told(&output).contains("http.no-connection"), "{}", told(&output));
    // An address alone is a server by RFC 5849.
    let output = countersign(&["probe", "--url", &url]);
    exits(&output, 0);
    assert!(told(&output).contains("/initiate"), "{}", told(&output));
    // The specification's profile has no URLs of its own.
    exits(&countersign(&["probe", "rfc5849"]), 5);
}

#[test]
fn a_sound_server_passes_and_every_report_is_written_without_the_secret() {
    let sandbox =
        Sandbox::builder().profile("rfc5849").client(Client::new("k", SECRET)).auto_approve(true).explains(false).start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut arguments: Vec<String> = [
        "probe",
        "rfc5849",
        "--url",
        &sandbox.origin(),
        "--client",
        "k",
        "--secret-env",
        "CLIENT_SECRET",
        "--authorize=get",
        "--send",
        "--level",
        "rules",
    ]
    .map(str::to_owned)
    .to_vec();
    let formats = ["json", "junit", "tap", "sarif", "markdown", "html", "github", "badge", "events"];
    for format in formats {
        arguments.push(format!("--{format}"));
        arguments.push(folder.path().join(format).to_string_lossy().into_owned());
    }
    let output = countersign(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    exits(&output, 0);
    let text = told(&output);
    assert!(
        text.contains("✓ rt.control-first") && text.contains("its clock agrees with this one") && text.contains("it remembers nonces"),
        "{text}"
    );
    assert!(!text.contains(SECRET));
    for format in formats {
        let report = std::fs::read_to_string(folder.path().join(format)).unwrap();
        assert!(!report.is_empty() && !report.contains(SECRET), "{format}");
        // Temporary and token credentials of the run, which the sandbox knows.
        for entry in sandbox.exchanges().iter().take(20) {
            assert!(!report.contains(&format!("oauth_signature=\"{}", entry.number)), "{format}");
        }
    }
    // The events are a run like any other.
    let events = folder.path().join("events");
    let converted = countersign(&["report", "convert", &events.to_string_lossy(), "--json", "-"]);
    exits(&converted, 0);
    let json: serde_json::Value = serde_json::from_slice(&converted.stdout).unwrap();
    assert!(json["totals"]["passed"].as_u64().unwrap() > 60, "{}", json["totals"]);
}

#[test]
fn a_finding_is_told_with_request_answer_document_and_what_to_do() {
    let fault = countersign::sandbox::faults::find("confirmed-false").unwrap();
    let sandbox = Sandbox::builder().profile("rfc5849").client(Client::new("k", SECRET)).fault(fault).start().unwrap();
    let output = countersign(&[
        "probe",
        "rfc5849",
        "--url",
        &sandbox.origin(),
        "--client",
        "k",
        "--secret-env",
        "CLIENT_SECRET",
        "--send",
        "--level",
        "controls",
    ]);
    exits(&output, 1);
    let text = told(&output);
    for part in [
        "✗ rt.control-first",
        "rfc5849.rt.resp.cbc",
        "POST /initiate HTTP/1.1",
        "HTTP/1.1 200",
        "what is written",
        "rfc-editor.org",
        "--step rt.control-first",
    ] {
        assert!(text.contains(part), "no {part} in {text}");
    }
    assert!(!text.contains(SECRET), "{text}");
    // A real secret's signatures and tokens are not shown.
    assert!(text.contains("oauth_signature=\"(") && text.contains("oauth_token_secret=("), "{text}");
}

#[test]
fn what_is_found_is_written_down_as_known() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.expect.toml").to_string_lossy().into_owned();
    let sandbox = |fault: Option<&str>| {
        let builder = Sandbox::builder().profile("rfc5849").client(Client::new("k", SECRET));
        match fault {
            Some(name) => builder.fault(countersign::sandbox::faults::find(name).unwrap()),
            None => builder,
        }
        .start()
        .unwrap()
    };
    let probe = |url: &str, more: &[&str]| {
        let common = ["probe", "rfc5849", "--url", url, "--client", "k", "--secret-env", "CLIENT_SECRET", "--send", "--level", "controls"];
        countersign(&[&common[..], &["--expect", &file], more].concat())
    };
    // What did not come to its end writes nothing.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let output = probe(&format!("http://{free}"), &["--update-expect"]);
    exits(&output, 6);
    assert!(told(&output).contains("stays as it is") && !std::path::Path::new(&file).exists(), "{}", told(&output));
    // The file is made, and what it says is known from then on.
    let wrong = sandbox(Some("confirmed-false"));
    exits(&probe(&wrong.origin(), &[]), 3);
    let output = probe(&wrong.origin(), &["--update-expect"]);
    exits(&output, 0);
    assert!(told(&output).contains("added    probe.rfc5849/rt.control-first"), "{}", told(&output));
    exits(&probe(&wrong.origin(), &[]), 0);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("case = \"probe.rfc5849/rt.control-first\"") && text.contains("diagnosis = \"rfc5849.rt.resp.cbc\""), "{text}");
    // Where it is not found any more, that is news until the entry is gone; what somebody wrote stays.
    std::fs::write(&file, format!("# of our server\n{text}")).unwrap();
    let sound = sandbox(None);
    exits(&probe(&sound.origin(), &[]), 1);
    exits(&probe(&sound.origin(), &["--update-expect"]), 0);
    exits(&probe(&sound.origin(), &[]), 0);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("# of our server") && !text.contains("rt.control-first"), "{text}");
    exits(&countersign(&["probe", "rfc5849", "--update-expect"]), 2);
}

/// Kills the process if the test ends before it.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A probe of the sandbox's requests that are sent.
#[cfg(unix)]
fn sending(sandbox: &Sandbox, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    command.args(["probe", "rfc5849", "--url", &sandbox.origin(), "--client", "k", "--secret-env", "CLIENT_SECRET", "--send"]);
    command.args(more).env("CLIENT_SECRET", SECRET);
    command
}

#[cfg(unix)]
#[test]
fn an_interruption_ends_it_between_two_requests_and_what_was_done_is_told() {
    let sandbox = Sandbox::builder().profile("rfc5849").client(Client::new("k", SECRET)).start().unwrap();
    let mut command = sending(&sandbox, &["--rate", "4/s"]);
    let mut running = Running(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    // As soon as something was asked.
    while sandbox.exchanges().is_empty() {
        assert!(running.0.try_wait().unwrap().is_none(), "it ended before it was interrupted");
        std::thread::yield_now();
    }
    let killed = Command::new("kill").args(["-INT", &running.0.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let mut text = String::new();
    running.0.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(running.0.wait().unwrap().code(), Some(130), "{text}");
    assert!(text.contains("rt.control-first") && text.contains("interrupted"), "{text}");
    assert!(sandbox.exchanges().len() < 20);
}

/// A probe that asks for the code of a login and waits for it, with a `xdg-open` that only notes that it was started.
#[cfg(unix)]
fn asking(sandbox: &Sandbox, folder: &std::path::Path, more: &[&str]) -> Running {
    use std::os::unix::fs::PermissionsExt as _;
    for name in ["xdg-open", "open"] {
        let opener = folder.join(name);
        std::fs::write(&opener, format!("#!/bin/sh\n: > {}\n", folder.join("opened").display())).unwrap();
        std::fs::set_permissions(&opener, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let mut command = sending(sandbox, &["--authorize", "--step", "at.control-last"]);
    command.args(more).env("PATH", folder);
    let mut running = Running(command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    let (mut told, mut stderr) = (Vec::new(), running.0.stderr.take().unwrap());
    while !told.ends_with(b"code: ") {
        let mut octet = [0];
        assert_eq!(stderr.read(&mut octet).unwrap(), 1, "{}", String::from_utf8_lossy(&told));
        told.push(octet[0]);
    }
    // It is printed always.
    assert!(String::from_utf8_lossy(&told).contains(&format!("{}/authorize?", sandbox.origin())), "{}", String::from_utf8_lossy(&told));
    running
}

#[cfg(unix)]
#[test]
fn waiting_for_a_code_ends_with_the_code_an_interruption_or_the_deadline() {
    let sandbox = Sandbox::builder().profile("rfc5849").client(Client::new("k", SECRET)).start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    // Waiting for a process closes its stdin, if that is not held.
    let mut ended = asking(&sandbox, folder.path(), &[]);
    let held = ended.0.stdin.take();
    // `kill` is found by its own path: the probe alone has another one.
    assert!(Command::new("kill").args(["-INT", &ended.0.id().to_string()]).status().unwrap().success());
    assert_eq!(ended.0.wait().unwrap().code(), Some(130));
    drop(held);
    let mut late = asking(&sandbox, folder.path(), &["--deadline", "1s"]);
    let held = late.0.stdin.take();
    late.0.wait().unwrap();
    drop(held);
    let mut text = String::new();
    late.0.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    assert!(text.contains("the time for all of it was over before a code was entered"), "{text}");
    let mut entered = asking(&sandbox, folder.path(), &[]);
    entered.0.stdin.take().unwrap().write_all(b"no-such-code\n").unwrap();
    entered.0.wait().unwrap();
    // No browser is started for a program that is asked by another one.
    assert!(!folder.path().join("opened").exists());
}
