//! Adapters that misbehave in every way, written as shell scripts: each gives its own observation, in time, and nothing of it is left.
#![cfg(unix)]

use std::fs;
use std::thread;

use super::*;
use crate::vectors::question::TextInput;

/// Says hello and takes the runner's.
const HELLO: &str =
    r#"printf '{"type":"hello","protocol":1,"implementation":{"name":"sh"},"operations":["percent_encode"]}\n'; read -r hello; "#;

/// Reads a question and keeps its id.
const READ: &str = r#"read -r line; id=${line#*'"id":"'}; id=${id%%'"'*}; "#;

/// Answers the question that was read.
const ANSWER: &str = r#"printf '{"type":"result","id":"%s","output":{"encoded":"x"}}\n' "$id"; "#;

fn launch(script: &str) -> Launch {
    let arguments = vec!["-c".to_owned(), script.to_owned()];
    Launch { arguments, case_timeout: Duration::from_secs(20), ..Launch::new("sh") }
}

fn adapter(rest: &str) -> Adapter {
    Adapter::start(launch(&format!("{HELLO}{rest}"))).unwrap()
}

fn question() -> Question {
    Question::PercentEncode(TextInput { text: "x".into() })
}

fn answered() -> Observation {
    Observation::Answered(Box::new(crate::vectors::Output { encoded: Some("x".into()), ..Default::default() }))
}

#[track_caller]
fn breaks(adapter: &mut Adapter, expected: Break, beginning: &str) {
    let Observation::Broke { why, message } = adapter.ask(&question()) else { panic!("it does not break") };
    assert_eq!(why, expected, "{message}");
    assert!(message.starts_with(beginning), "{message}");
}

#[track_caller]
fn does_not_start(launch: Launch, beginning: &str) -> AdapterError {
    let Err(error) = Adapter::start(launch) else { panic!("it starts") };
    assert!(error.to_string().starts_with(beginning), "{error}");
    error
}

#[test]
fn an_adapter_that_keeps_to_the_protocol_is_asked_again_and_again() {
    let mut adapter = adapter(&format!("while :; do {READ}{ANSWER}done"));
    assert_eq!((adapter.description().name.as_str(), adapter.max_in_flight()), ("sh", 1));
    for _ in 0..50 {
        assert_eq!(adapter.ask(&question()), answered());
    }
    assert_eq!(adapter.breaks(), 0);
}

#[test]
fn a_program_that_does_not_say_hello_is_an_error() {
    does_not_start(Launch::new("/no/such/program"), "/no/such/program: it cannot be started: ");
    does_not_start(Launch::new("/"), "/: it cannot be started: ");
    does_not_start(Launch::new("true"), "true: it did not say hello: exit status: 0");
    does_not_start(Launch::new("false"), "false: it did not say hello: exit status: 1");
    does_not_start(Launch::new("cat"), "cat: it did not say hello: not a hello message: invalid type: map, expected u32");
    does_not_start(launch("kill -9 $$"), "sh: it did not say hello: signal: 9");
    does_not_start(launch("printf garbage; sleep 0.01; echo"), "sh: it did not say hello: not a message: ");
    does_not_start(launch("printf '{\"type\":\"hello\"'"), "sh: it did not say hello: exit status: 0");
    does_not_start(
        launch("printf '{\"type\":\"error\",\"message\":\"no\"}\\n'"),
        "sh: it did not say hello: it answered with an error: no",
    );
    does_not_start(launch("printf '{\"type\":\"reject\",\"id\":\"1\"}\\n'"), "sh: it did not say hello: it answered a question that was ");
    does_not_start(launch("head -c 5000000 /dev/zero"), "sh: it did not say hello: its first line is longer than 4194304 octets");
    let silent = Launch { start_timeout: Duration::from_millis(200), ..launch("echo here I am >&2; sleep 60") };
    assert_eq!(does_not_start(silent, "sh: it did not say hello within 200ms").stderr, "here I am\n");
}

#[test]
fn a_crash_a_late_and_a_wrong_answer_are_told_apart() {
    for (script, why, beginning) in [
        ("exit 3", Break::Crash, "it ended before it answered: exit status: 3"),
        ("kill -SEGV $$", Break::Crash, "it ended before it answered: signal: 11"),
        ("printf '{\"type\":'", Break::Crash, "it ended in the middle of a line: exit status: 0"),
        ("exec >&-; sleep 60", Break::Crash, "it ended before it answered: signal: 9"),
        ("printf 'Traceback\\n'", Break::Protocol, "not a message: expected value at line 1 column 1: \"Traceback\""),
        ("printf '\\377\\n'", Break::Protocol, "the line is not UTF-8"),
        ("printf '%s\\n' \"$line\"", Break::Protocol, "unknown message type \"run\""),
        ("printf '{\"type\":\"reject\",\"id\":\"c9\"}\\n'", Break::Protocol, "it answered \"c9\", asked was \"c1\""),
        ("printf '{\"type\":\"reject\",\"id\":1}\\n'", Break::Protocol, "not a message: invalid type: integer `1`"),
        ("printf '{\"type\":\"reject\"}\\n'", Break::Protocol, "a reject message without id"),
        ("printf '{\"type\":\"error\",\"message\":\"m\"}\\n'", Break::Protocol, "an error that names no question: m"),
        ("printf '{\"type\":\"result\",\"id\":\"c1\",\"output\":{\"encoded\":1}}\\n'", Break::Protocol, "not a result message: "),
        ("head -c 5000000 /dev/zero; sleep 60", Break::Protocol, "its answer is longer than 4194304 octets"),
        ("printf '{\"type\":\"error\",\"id\":\"c1\",\"message\":\"m\"}\\n'; sleep 60", Break::Error, "m"),
    ] {
        let mut adapter = adapter(&format!("{READ}{script}"));
        breaks(&mut adapter, why, beginning);
        assert_eq!(adapter.breaks(), u32::from(why != Break::Error), "{script}");
    }
}

#[test]
fn who_does_not_answer_in_time_is_not_waited_for() {
    for script in [&format!("{READ}printf '{{\"type\":'; sleep 60"), "sleep 60", "trap '' TERM INT; while :; do sleep 60; done"] {
        let mut adapter = adapter(script);
        adapter.launch.case_timeout = Duration::from_millis(100);
        let before = Instant::now();
        breaks(&mut adapter, Break::Timeout, "it did not answer within 100ms");
        assert!(before.elapsed() < Duration::from_secs(20), "{script}");
    }
}

#[test]
fn a_question_that_is_not_read_does_not_block() {
    let mut adapter = adapter("sleep 60");
    adapter.launch.case_timeout = Duration::from_millis(100);
    let long = Question::PercentEncode(TextInput { text: " ".repeat(1_000_000).into() });
    assert!(matches!(adapter.ask(&long), Observation::Broke { why: Break::Timeout, .. }));
    let longest = Question::PercentEncode(TextInput { text: " ".repeat(LINE_LIMIT).into() });
    assert!(matches!(adapter.ask(&longest), Observation::Unsupported { what, .. } if what == "line_length"));
}

#[test]
fn an_answer_that_comes_twice_is_not_taken_for_the_next_one() {
    let mut adapter = adapter(&format!("while :; do {READ}{ANSWER}{ANSWER}done"));
    assert_eq!(adapter.ask(&question()), answered());
    breaks(&mut adapter, Break::Protocol, "it answered \"c1\", asked was \"c2\"");
    assert_eq!(adapter.ask(&question()), answered());
}

#[test]
fn a_broken_process_is_replaced_until_the_budget_is_spent() {
    let mut adapter = adapter(&format!("{READ}{ANSWER}{READ}echo bye >&2; exit 5"));
    for broken in 1..=4 {
        assert_eq!(adapter.ask(&question()), answered());
        assert_eq!((adapter.stderr().as_str(), adapter.exhausted()), ("", false));
        breaks(&mut adapter, Break::Crash, "it ended before it answered: exit status: 5");
        assert_eq!((adapter.stderr().as_str(), adapter.breaks()), ("bye\n", broken));
    }
    assert!(adapter.exhausted());
    breaks(&mut adapter, Break::Crash, "not asked: it broke 4 times before");
    adapter.forgive();
    assert!(!adapter.exhausted());
    assert_eq!(adapter.ask(&question()), answered());
}

#[test]
fn a_program_that_does_not_start_again_is_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("started");
    let script = format!("test -e '{0}' && exit 9; : > '{0}'; {HELLO}{READ}exit 1", mark.display());
    let mut adapter = Adapter::start(launch(&script)).unwrap();
    breaks(&mut adapter, Break::Crash, "it ended before it answered: exit status: 1");
    breaks(&mut adapter, Break::Crash, "it could not be started again: it did not say hello: exit status: 9");
    fs::remove_file(&mark).unwrap();
    breaks(&mut adapter, Break::Crash, "it ended before it answered: exit status: 1");
}

#[test]
fn noise_on_the_standard_error_decides_nothing_and_its_end_is_kept() {
    let mut adapter = adapter(&format!("{READ}head -c 1000000 /dev/zero >&2; echo the end >&2; {ANSWER}read -r line; read -r line"));
    assert_eq!(adapter.ask(&question()), answered());
    adapter.process.as_mut().unwrap().end(Duration::ZERO);
    let kept = adapter.stderr();
    assert_eq!(kept.len(), process::STDERR_LIMIT);
    assert!(kept.ends_with("\0the end\n"));
}

#[test]
fn what_is_not_declared_is_not_asked() {
    let mut adapter = adapter("exit 1");
    let decode = Question::PercentDecode(TextInput { text: "x".into() });
    assert!(matches!(adapter.ask(&decode), Observation::Unsupported { what, .. } if what == "operation:percent_decode"));
    let hello = HELLO.replace("\"percent_encode\"]", "\"form_decode\",\"mac\"],\"signature_methods\":[\"PLAINTEXT\"]");
    let mut adapter = Adapter::start(launch(&hello)).unwrap();
    let form = Question::FormDecode(TextInput { text: "a=1&a=2".into() });
    assert!(matches!(adapter.ask(&form), Observation::Unsupported { what, .. } if what == "feature:duplicates"));
    let mac = Question::Mac(crate::vectors::question::MacInput { signature_method: "HMAC-SHA1".into(), ..Default::default() });
    assert!(matches!(adapter.ask(&mac), Observation::Unsupported { what, .. } if what == "signature_method:HMAC-SHA1"));
    assert_eq!(adapter.breaks(), 0);
}

#[test]
fn the_environment_is_cleared_but_for_what_is_passed() {
    let env = |pass_env: &[&str]| {
        let launch = Launch { pass_env: pass_env.iter().map(|name| (*name).to_owned()).collect(), ..launch(&format!("env >&2; {HELLO}")) };
        let mut adapter = Adapter::start(launch).unwrap();
        adapter.process.as_mut().unwrap().end(Duration::from_secs(20));
        adapter.stderr()
    };
    let has = |text: &str, name: &str| text.lines().any(|line| line.starts_with(&format!("{name}=")));
    // Any variable that neither every adapter gets nor a shell makes.
    let is_ours = |name: &String| !PASSED.contains(&name.as_str()) && !["PWD", "OLDPWD", "SHLVL", "_"].contains(&name.as_str());
    let ours = std::env::vars().map(|(name, _)| name).find(is_ours).unwrap();
    let (bare, passed) = (env(&[]), env(&[&ours, "NOT_SET_ANYWHERE"]));
    assert!(has(&bare, "PATH") && !has(&bare, &ours), "{bare}");
    assert!(has(&passed, &ours) && !has(&passed, "NOT_SET_ANYWHERE"), "{passed}");
}

#[test]
fn nothing_of_an_adapter_goes_on_after_it_broke_or_was_dropped() {
    let folder = tempfile::tempdir().unwrap();
    for (name, is_dropped) in [("broken", false), ("dropped", true)] {
        let file = folder.path().join(name);
        let script = format!("(while :; do echo x >> '{}'; sleep 0.01; done) & {HELLO}sleep 60", file.display());
        let mut adapter = Adapter::start(launch(&script)).unwrap();
        adapter.launch.case_timeout = Duration::from_millis(100);
        while !file.exists() {
            thread::sleep(Duration::from_millis(5));
        }
        if is_dropped {
            drop(adapter);
        } else {
            breaks(&mut adapter, Break::Timeout, "");
        }
        let length = fs::metadata(&file).unwrap().len();
        thread::sleep(Duration::from_millis(100));
        assert_eq!(fs::metadata(&file).unwrap().len(), length, "{name}");
    }
}

#[test]
fn an_adapter_that_is_dropped_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("last");
    drop(adapter(&format!("read -r line; printf %s \"$line\" > '{}'", file.display())));
    assert_eq!(fs::read_to_string(&file).unwrap(), r#"{"type":"bye"}"#);
}
