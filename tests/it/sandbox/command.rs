//! `countersign sandbox` as a process: what it prints, and how it stops.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    command.arg("sandbox").args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A running sandbox with what it printed up to its last line.
struct Running {
    child: Child,
    printed: String,
}

impl Running {
    fn start(command: &mut Command) -> Running {
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut printed = String::new();
        while !printed.contains("  inspector ") {
            printed.push_str(&lines.next().unwrap_or_else(|| panic!("it ended: {printed}")).unwrap());
            printed.push('\n');
        }
        Running { child, printed }
    }

    fn value(&self, name: &str) -> &str {
        self.printed.lines().find_map(|line| line.trim().strip_prefix(name)).unwrap().trim()
    }

    fn get(&self, url: &str) -> String {
        let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Ends it as Ctrl-C does; gives the exit code and what was told.
    #[cfg(unix)]
    fn interrupt(mut self) -> (Option<i32>, String) {
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
        let mut told = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
        (self.child.wait().unwrap().code(), told)
    }
}

#[test]
fn it_prints_what_a_client_needs_explains_refusals_and_stops_with_ctrl_c() {
    let running = Running::start(&mut command(&["etrade", "--auto-approve"]));
    assert!(running.printed.starts_with("E*TRADE sandbox at http://127.0.0.1:"), "{}", running.printed);
    assert!(running.value("client secret").starts_with("secret-"));
    let url = running.value("request_token").to_owned();
    assert!(url.ends_with("/oauth/request_token"));
    let refused = running.get(&url);
    assert!(refused.starts_with("HTTP/1.1 400 "), "{refused}");
    let page = running.get(running.value("inspector"));
    assert!(page.contains("parameter_absent [etrade.rt.required]") && page.contains("inspector.js"), "{page}");
    #[cfg(unix)]
    {
        let (code, told) = running.interrupt();
        assert_eq!(code, Some(0));
        assert!(told.starts_with("400 GET /oauth/request_token: parameter_absent [etrade.rt.required]: missing or empty: "), "{told}");
    }
}

#[cfg(unix)]
#[test]
fn a_terminal_that_nobody_reads_holds_no_client_up() {
    let running = Running::start(&mut command(&["etrade"]));
    let url = running.value("request_token").to_owned();
    // Each exchange tells some hundred octets: together they are far more than a pipe holds.
    for _ in 0..1500 {
        assert!(running.get(&url).starts_with("HTTP/1.1 400 "));
    }
    let (code, told) = running.interrupt();
    assert_eq!(code, Some(0));
    assert!(told.contains(" more that nobody read in time\n"), "{} octets were told", told.len());
}

#[test]
fn a_real_secret_is_never_shown() {
    let mut command = command(&["rfc5849", "--client", "my-key", "--secret-env", "OWN_SECRET"]);
    let running = Running::start(command.env("OWN_SECRET", "hunter2hunter2"));
    assert_eq!((running.value("client key"), running.value("client secret")), ("my-key", "(yours)"));
    let wrong =
        "photos?oauth_consumer_key=my-key&oauth_signature_method=HMAC-SHA1&oauth_timestamp=1&oauth_nonce=n&oauth_signature=c2lnbmF0dXJl";
    let answer = running.get(&format!("{}/{wrong}", running.value("any RFC 5849 server sandbox at")));
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    let page = running.get(running.value("inspector"));
    assert!(page.contains("401 GET /photos") && !page.contains("c2lnbmF0dXJl"), "{page}");
    assert!(!format!("{}{answer}{page}", running.printed).contains("hunter2"));
}

#[cfg(unix)]
#[test]
fn what_is_recorded_is_there_at_the_end_and_nothing_of_a_real_client() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new");
    let mut command = command(&["rfc5849", "--client", "my-key", "--secret-env", "OWN_SECRET", "--record", path.to_str().unwrap()]);
    let running = Running::start(command.env("OWN_SECRET", "hunter2hunter2"));
    running.get(&format!("{}?oauth_consumer_key=my-key&oauth_signature=c2lnbmF0dXJl", running.value("request_token")));
    running.get(&format!("{}?oauth_consumer_key=perhaps-real&oauth_signature=c2lnbmF0dXJl", running.value("request_token")));
    running.get(&format!("{}?x=plain", running.value("request_token")));
    running.interrupt();
    let text = ["fixtures.json", "exchanges.har"].map(|name| std::fs::read_to_string(path.join(name)).unwrap()).concat();
    // What tells of nobody may be the real client's too.
    for secret in ["my-key", "perhaps-real", "c2lnbmF0dXJl", "hunter2", "x=plain"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    let path = folder.path().join("synthetic");
    let running = Running::start(&mut self::command(&["rfc5849", "--record", path.to_str().unwrap()]));
    running.get(&format!("{}?x=plain", running.value("request_token")));
    running.interrupt();
    assert!(std::fs::read_to_string(path.join("exchanges.har")).unwrap().contains("x=plain"));
}

#[test]
fn what_cannot_be_is_a_usage_error_with_a_hint() {
    for (arguments, message, hint) in [
        (&["etrad"][..], "there is no profile \"etrad\"", "did you mean etrade?"),
        (&["etrade", "--fault", "redirect-hots"], "there is no fault \"redirect-hots\"", "did you mean redirect-host?"),
        (&["etrade", "--client", "k", "--secret-env", "NO_SUCH_VARIABLE"], "NO_SUCH_VARIABLE is not set", ""),
    ] {
        let output = command(arguments).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(stderr.contains(message) && stderr.contains(hint), "{stderr}");
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = command(&["etrade", "--port", &port]).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
