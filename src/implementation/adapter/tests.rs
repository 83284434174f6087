//! Adapters that misbehave in every way, written as shell scripts: each gives its own observation, in time, and nothing of it is left.
#![cfg(unix)]

use std::fs;
use std::thread;

use super::launch::PASSED;
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
        ("exec >&-; sleep 60", Break::Crash, "it closed its output before it answered, and went on"),
        ("printf 'Traceback\\n'", Break::Protocol, "not a message: expected value at line 1 column 1: \"Traceback\""),
        ("printf '\\377\\n'", Break::Protocol, "the line is not UTF-8"),
        ("printf '%s\\n' \"$line\"", Break::Protocol, "unknown message type \"run\""),
        (
            "printf '{\"type\":\"reject\",\"id\":\"c9\"}\\n'",
            Break::Protocol,
            "it answered \"c9\", which is not open; asked was \"5692161d100b05e5\"",
        ),
        ("printf '{\"type\":\"reject\",\"id\":1}\\n'", Break::Protocol, "not a message: invalid type: integer `1`"),
        ("printf '{\"type\":\"reject\"}\\n'", Break::Protocol, "a reject message without id"),
        ("printf '{\"type\":\"error\",\"message\":\"m\"}\\n'", Break::Protocol, "an error that names no question: m"),
        (
            "printf '{\"type\":\"result\",\"id\":\"5692161d100b05e5\",\"output\":{\"encoded\":1}}\\n'",
            Break::Protocol,
            "not a result message: ",
        ),
        ("head -c 5000000 /dev/zero; sleep 60", Break::Protocol, "its answer is longer than 4194304 octets"),
        ("printf '{\"type\":\"error\",\"id\":\"5692161d100b05e5\",\"message\":\"m\"}\\n'; sleep 60", Break::Error, "m"),
    ] {
        let mut adapter = adapter(&format!("{READ}{script}"));
        breaks(&mut adapter, why, beginning);
    }
}

#[test]
fn who_does_not_answer_in_time_is_not_waited_for() {
    for script in [
        &format!("{READ}printf '{{\"type\":'; sleep 60"),
        // Who says nothing for ever, in many lines, does not answer either.
        "yes ''",
        "sleep 60",
        "trap '' TERM INT; while :; do sleep 60; done",
    ] {
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
    breaks(&mut adapter, Break::Protocol, "it answered \"5692161d100b05e5\", which is not open");
    assert_eq!(adapter.ask(&question()), answered());
}

#[test]
fn a_broken_process_is_replaced() {
    let mut adapter = adapter(&format!("{READ}{ANSWER}{READ}echo bye >&2; exit 5"));
    for _ in 1..=4 {
        assert_eq!(adapter.ask(&question()), answered());
        breaks(&mut adapter, Break::Crash, "it ended before it answered: exit status: 5; the last line of its standard error: \"bye\"");
        assert_eq!(adapter.stderr(), "bye\n");
    }
}

#[test]
fn a_program_that_does_not_start_again_is_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("started");
    let script = format!("test -e '{0}' && exit 9; : > '{0}'; {HELLO}{READ}exit 1", mark.display());
    let mut adapter = Adapter::start(launch(&script)).unwrap();
    breaks(&mut adapter, Break::Crash, "it ended before it answered: exit status: 1");
    breaks(&mut adapter, Break::Crash, "it could not be started again: it did not say hello: exit status: 9");
    // Not for each question anew.
    fs::remove_file(&mark).unwrap();
    breaks(&mut adapter, Break::Crash, "it could not be started again: ");
    adapter.renew();
    breaks(&mut adapter, Break::Crash, "it ended before it answered: exit status: 1");
}

#[test]
fn noise_on_the_standard_error_decides_nothing_and_its_end_is_kept() {
    let mut adapter = adapter(&format!("{READ}head -c 1000000 /dev/zero >&2; echo the end >&2; {ANSWER}read -r line; read -r line"));
    assert_eq!(adapter.ask(&question()), answered());
    adapter.sessions[0].process.end(Duration::ZERO);
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
}

#[test]
fn the_environment_is_cleared_but_for_what_is_passed() {
    let env = |pass_env: &[&str]| {
        let launch = Launch { pass_env: pass_env.iter().map(|name| (*name).to_owned()).collect(), ..launch(&format!("env >&2; {HELLO}")) };
        let mut adapter = Adapter::start(launch).unwrap();
        adapter.sessions[0].process.end(Duration::from_secs(20));
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

/// Says hello as somebody who takes `window` questions at once.
fn taking(window: u32, rest: &str) -> Adapter {
    let hello = HELLO.replace("]}", &format!("],\"max_in_flight\":{window}}}"));
    Adapter::start(launch(&format!("{hello}{rest}"))).unwrap()
}

fn encode(text: &str) -> Question {
    Question::PercentEncode(TextInput { text: text.into() })
}

/// Puts so many questions, and takes their answers in order.
fn all(adapter: &mut Adapter, count: usize) -> Vec<Observation> {
    let tickets: Vec<Ticket> = (0..count).map(|number| adapter.put(&encode(&number.to_string()), Wanted::ALL)).collect();
    tickets.into_iter().map(|ticket| adapter.take(ticket)).collect()
}

#[test]
fn questions_are_put_ahead_and_answers_may_come_in_any_order() {
    let mut adapter = taking(3, &format!("while :; do {READ}a=$id; {READ}b=$id; {READ}for id in $b $id $a; do {ANSWER}done; done"));
    assert_eq!(adapter.window(), 3);
    assert_eq!(all(&mut adapter, 6), vec![answered(); 6]);
}

#[test]
fn what_nobody_was_sent_can_be_taken_back_the_last_first() {
    let mut adapter = taking(2, &format!("while :; do {READ}case $line in *back*) exit 7;; esac; {ANSWER}done"));
    let tickets = ["0", "1", "back", "back"].map(|text| adapter.put(&encode(text), Wanted::ALL));
    let mut taken_back = |ticket: usize| adapter.withdraw(tickets[ticket]);
    assert_eq!([2, 3, 3, 2, 1].map(&mut taken_back), [false, true, false, true, false]);
    for ticket in &tickets[..2] {
        assert_eq!(adapter.take(*ticket), answered());
    }
    assert_eq!(adapter.ask(&encode("4")), answered());
}

#[test]
fn whoever_puts_far_ahead_keeps_a_quick_program_busy() {
    let mut adapter = taking(2, &format!("while :; do {READ}{ANSWER}done"));
    let tickets: Vec<Ticket> = (0..400)
        .map(|number| {
            std::thread::sleep(Duration::from_millis(1));
            adapter.put(&encode(&number.to_string()), Wanted::ALL)
        })
        .collect();
    assert!(adapter.unsent.len() < 398, "{} of 400 were sent to nobody", adapter.unsent.len());
    assert!(tickets.into_iter().all(|ticket| adapter.take(ticket) == answered()));
}

#[test]
fn a_crash_is_blamed_on_the_oldest_and_the_rest_is_put_again() {
    // It ends at the third question of each process: of nine, the third, the sixth and the ninth break it.
    let mut adapter = taking(4, &format!("{READ}{ANSWER}{READ}{ANSWER}{READ}exit 1"));
    let broke: Vec<usize> =
        all(&mut adapter, 9).iter().enumerate().filter_map(|(place, observation)| (*observation != answered()).then_some(place)).collect();
    assert_eq!(broke, [2, 5, 8]);
}

#[test]
fn the_oldest_question_is_the_one_that_is_late() {
    let mut adapter = taking(3, &format!("{READ}{READ}{ANSWER}{READ}sleep 60"));
    adapter.launch.case_timeout = Duration::from_millis(200);
    let tickets: Vec<Ticket> = (0..2).map(|number| adapter.put(&encode(&number.to_string()), Wanted::ALL)).collect();
    let found: Vec<Observation> = tickets.into_iter().map(|ticket| adapter.take(ticket)).collect();
    assert!(matches!(found[0], Observation::Broke { why: Break::Timeout, .. }), "{found:?}");
    assert_eq!(found[1], answered());
}

#[test]
fn who_talks_without_end_is_late_also_while_questions_are_held_back() {
    // Of sixteen questions some wait to go together; many lines without a word are no answer to those that went.
    let mut adapter = taking(16, "yes ''");
    adapter.launch.case_timeout = Duration::from_millis(200);
    let before = Instant::now();
    let tickets: Vec<Ticket> = (0..12).map(|number| adapter.put(&encode(&number.to_string()), Wanted::ALL)).collect();
    assert!(matches!(adapter.take(tickets[0]), Observation::Broke { why: Break::Timeout, .. }));
    assert!(before.elapsed() < Duration::from_secs(15));
}

#[test]
fn somebody_new_is_asked_nothing_that_was_left_over() {
    let mut adapter = taking(4, &format!("{READ}case $line in *alone*) {ANSWER};; esac; sleep 60"));
    let left: Vec<Ticket> = (0..6).map(|number| adapter.put(&encode(&number.to_string()), Wanted::ALL)).collect();
    adapter.renew();
    // Only the first question of a process is read: an older one in front of this would leave it without an answer.
    assert_eq!(adapter.ask(&encode("alone")), answered());
    assert_eq!(left.len(), 6);
}

#[test]
fn what_is_said_behind_the_hello_is_an_answer_that_nobody_asked_for() {
    let early = r#"printf '{"type":"result","id":"x","output":{"encoded":"x"}}\n'; "#;
    let mut adapter = adapter(&format!("{early}while :; do {READ}{ANSWER}done"));
    breaks(&mut adapter, Break::Protocol, "it answered \"x\", which is not open");
}

#[test]
fn several_processes_share_the_questions() {
    let folder = tempfile::tempdir().unwrap();
    let script = format!("{HELLO}echo $$ >> '{}'; while :; do {READ}sleep 0.05; {ANSWER}done", folder.path().join("pids").display());
    let mut adapter = Adapter::start(Launch { jobs: 3, ..launch(&script) }).unwrap();
    assert_eq!(adapter.window(), 3);
    assert_eq!(all(&mut adapter, 9), vec![answered(); 9]);
    assert_eq!(fs::read_to_string(folder.path().join("pids")).unwrap().lines().count(), 3);
}

#[test]
fn no_more_is_open_than_it_takes() {
    // Having read two questions it waits for a third, which must not come before an answer.
    let early = "if timeout 0.3 cat | grep -q type; then exit 7; fi; ";
    let mut adapter = taking(2, &format!("{READ}first=$id; {READ}{early}{ANSWER}id=$first; {ANSWER}{READ}{ANSWER}sleep 60"));
    assert_eq!(all(&mut adapter, 3), vec![answered(); 3]);
}

#[test]
fn ids_say_nothing_and_depend_on_the_seed() {
    let ids = |seed| (1..=1000).map(|number| shuffled(number, seed)).collect::<Vec<Id>>();
    let (first, second) = (ids(0), ids(1));
    let distinct: std::collections::HashSet<&Id> = first.iter().collect();
    assert_eq!(distinct.len(), 1000);
    assert_ne!(first, second);
    let mut sorted = first.clone();
    sorted.sort_by(|a, b| a.as_str().cmp(b.as_str()));
    assert_ne!(first, sorted);
}

#[test]
fn who_shall_stop_does_not_wait() {
    let stop = Arc::new(AtomicBool::new(false));
    let mut adapter = Adapter::start_until(launch(&format!("{HELLO}sleep 60")), Arc::clone(&stop)).unwrap();
    let before = Instant::now();
    let setter = thread::spawn(move || {
        thread::sleep(Duration::from_millis(100));
        stop.store(true, Ordering::Relaxed);
    });
    breaks(&mut adapter, Break::Crash, "it was not waited for");
    drop(adapter);
    setter.join().unwrap();
    assert!(before.elapsed() < Duration::from_secs(15));
}

#[test]
fn answers_that_overtake_the_oldest_question_are_bounded() {
    let long = "head -c 3000000 /dev/zero | tr '\\0' x";
    let script = format!(
        "{READ}while read -r line; do id=${{line#*'\"id\":\"'}}; id=${{id%%'\"'*}}; printf '{{\"type\":\"result\",\"id\":\"%s\",\"output\":{{\"encoded\":\"' \"$id\"; {long}; echo '\"}}}}'; done; sleep 60"
    );
    let mut adapter = taking(16, &script);
    let first = adapter.put(&encode("0"), Wanted::ALL);
    for number in 1..16 {
        adapter.put(&encode(&number.to_string()), Wanted::ALL);
    }
    assert!(
        matches!(adapter.take(first), Observation::Broke { why: Break::Protocol, message } if message.starts_with("it answers everything but"))
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_descendant_that_left_the_group_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("beats");
    let script = format!("setsid sh -c 'while :; do echo x >> \"{0}\"; sleep 0.01; done' & {HELLO}sleep 60", file.display());
    let adapter = Adapter::start(launch(&script)).unwrap();
    while !file.exists() {
        thread::sleep(Duration::from_millis(5));
    }
    drop(adapter);
    let length = fs::metadata(&file).unwrap().len();
    thread::sleep(Duration::from_millis(100));
    assert_eq!(fs::metadata(&file).unwrap().len(), length);
}
