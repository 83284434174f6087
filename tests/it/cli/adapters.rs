//! `test --adapter`: the reference behind the protocol is the reference, and what adapters do wrong ends the run in good order.

use super::{countersign, reference_adapter};

/// Cases with their verdicts and answers, without times.
fn told(arguments: &[&str]) -> Vec<serde_json::Value> {
    let mut report = countersign(&[&["test"], arguments, &["--json", "-"]].concat()).with(0).json();
    let cases = report["cases"].as_array_mut().unwrap();
    for case in cases.iter_mut() {
        case.as_object_mut().unwrap().remove("duration_us");
    }
    cases.iter().filter(|case| case["operation"] != "exchange").cloned().collect()
}

#[test]
fn the_reference_behind_the_protocol_is_the_reference() {
    let (inside, outside) = (told(&[]), told(&["--adapter", &reference_adapter()]));
    assert_eq!(inside.len(), outside.len());
    for (inside, mut outside) in inside.into_iter().zip(outside) {
        // In process, parts of an answer that nobody looks at are left out; the protocol has no way to ask for that.
        if let (Some(inside), Some(outside)) = (inside.pointer("/observation/output"), outside.pointer_mut("/observation/output")) {
            outside
                .as_object_mut()
                .unwrap()
                .retain(|part, _| inside.get(part).is_some() || !["stages", "authorization", "url", "body"].contains(&part.as_str()));
        }
        assert_eq!(inside, outside);
    }
}

#[test]
fn an_adapter_bears_the_name_that_it_is_given() {
    let ended = countersign(&["test", "sign.uri", "--adapter", &format!("mine.1={}", reference_adapter())]).with(0);
    assert!(ended.stdout.starts_with("mine.1 "), "{}", ended.stdout);
}

/// Shell scripts that answer the protocol, wrongly.
#[cfg(unix)]
mod scripts {
    use super::super::{Folder, countersign, ended, program, suite};

    fn script(folder: &Folder, name: &str, body: &str) -> String {
        format!("sh '{}'", folder.file(name, body))
    }

    fn hello(operations: &str, methods: &str) -> String {
        format!(
            r#"printf '{{"type":"hello","protocol":1,"implementation":{{"name":"script"}},"operations":[{operations}],"signature_methods":[{methods}],"features":[]}}\n'
read -r hello
"#
        )
    }

    #[test]
    fn one_that_ends_before_it_says_hello_is_told_with_what_it_wrote() {
        let folder = Folder::new();
        let adapter = script(&folder, "a.sh", "echo 'no module named oauthlib' >&2; exit 1\n");
        let ended = countersign(&["test", "sign.uri", "--adapter", &adapter]).with(4);
        assert!(ended.stderr.contains("it did not say hello") && ended.stderr.contains("no module named oauthlib"), "{}", ended.stderr);
    }

    #[test]
    fn one_that_crashes_at_every_question_ends_the_run_with_4() {
        let folder = Folder::new();
        let adapter = script(&folder, "a.sh", &format!("{}read -r question\nexit 3\n", hello("\"percent_encode\"", "")));
        let ended = countersign(&["test", "percent_encode.rules", "--adapter", &adapter, "--json", "-"]).with(4);
        let totals = &ended.json()["totals"];
        assert!(totals["broken"].as_u64().unwrap() > 0 && totals["not_executed"].as_u64().unwrap() > 0, "{totals}");
        assert!(ended.stderr.contains("BROKEN") && ended.stderr.contains("it crashed"), "{}", ended.stderr);
    }

    #[test]
    fn one_that_supports_nothing_of_it_has_executed_nothing() {
        let folder = Folder::new();
        let nothing = script(&folder, "nothing.sh", &format!("{}cat >/dev/null\n", hello("\"verify\"", "")));
        let ended = countersign(&["test", "sign.uri", "--adapter", &nothing]).with(5);
        assert!(ended.stdout.contains("of operations that it does not offer"), "{}", ended.stdout);
        let no_method = script(&folder, "no-method.sh", &format!("{}cat >/dev/null\n", hello("\"sign\"", "")));
        let ended = countersign(&["test", "sign.uri", "--adapter", &no_method, "--json", "-"]).with(5);
        let totals = &ended.json()["totals"];
        assert_eq!(totals["unsupported"], totals["selected"]);
    }

    #[test]
    fn one_that_answers_wrongly_fails_and_is_asked_again_by_the_command_that_is_printed() {
        let folder = Folder::new();
        let answer = r#"while read -r line; do id=${line#*'"id":"'}; id=${id%%'"'*}
case $line in *bye*) exit;; esac
printf '{"type":"result","id":"%s","output":{"encoded":"wrong"}}\n' "$id"; done
"#;
        let adapter = script(&folder, "a.sh", &(hello("\"percent_encode\"", "") + answer));
        let vectors = folder.file("a.json", suite("must", "a b", "a%20b"));
        let ended = countersign(&["test", "--vectors", &vectors, "--adapter", &adapter]).with(1);
        let again = ended.stdout.lines().find(|line| line.contains("countersign test made/one --adapter ")).unwrap().trim();
        let bin = env!("CARGO_BIN_EXE_countersign");
        let mut shell = std::process::Command::new("sh");
        shell.arg("-c").arg(again.replacen("countersign", &format!("'{bin}'"), 1)).env("COLUMNS", "100");
        let again = super::super::ended(&mut shell).with(1);
        assert!(again.stdout.contains("FAILED made/one"), "{}", again.stdout);
    }

    /// Reads questions and keeps their ids and lines; `answer` answers the last one rightly.
    const LOOP: &str = r#"answer() { text=${line#*'"text":"'}; printf '{"type":"result","id":"%s","output":{"encoded":"%s"}}\n' "$id" "${text%%'"'*}"; }
next() { read -r line || exit 0; case $line in *'"bye"'*) exit 0;; esac; id=${line#*'"id":"'}; id=${id%%'"'*}; }
"#;

    /// Five cases whose texts stay as they are.
    fn letters(folder: &Folder) -> String {
        let cases: Vec<String> = ["a", "b", "c", "d", "e"]
            .iter()
            .map(|text| {
                format!(
                    r#"{{"id":"{text}","rev":1,"status":"active","level":"must","title":"made for a test","spec":[{{"doc":"RFC5849","section":"3.6"}}],"input":{{"text":"{text}"}},"expect":{{"encoded":"{text}"}},"source":{{"kind":"rfc","ref":"RFC 5849 section 3.6, https://www.rfc-editor.org/rfc/rfc5849#section-3.6"}}}}"#
                )
            })
            .collect();
        let head = r#"{"format":1,"suite":"letters","operation":"percent_encode"}"#;
        folder.file("letters.jsonl", format!("{head}\n{}\n", cases.join("\n")))
    }

    /// How each case broke, by its id.
    fn broken(report: &serde_json::Value) -> Vec<(String, String)> {
        let cases = report["cases"].as_array().unwrap().iter();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        cases.filter(|case| case["verdict"] == "broken").map(|case| (text(&case["id"]), text(&case["observation"]["why"]))).collect()
    }

    #[test]
    fn a_case_that_breaks_only_after_others_is_a_state_leak() {
        let folder = Folder::new();
        // The third question of a process breaks it, whichever that is; `c` is put again alone, and passes.
        let adapter =
            script(&folder, "a.sh", &format!("{}{LOOP}next; answer; next; answer; next; exit 1\n", hello("\"percent_encode\"", "")));
        let ended = countersign(&["test", "--vectors", &letters(&folder), "--adapter", &adapter, "--json", "-"]).with(1);
        assert_eq!(broken(&ended.json()), [("letters/c".to_owned(), "state_leak".to_owned())]);
        // One that breaks at `c` always does so alone, too.
        let always = "while :; do next; case $line in *'\"text\":\"c\"'*) exit 1;; esac; answer; done\n";
        let adapter = script(&folder, "b.sh", &format!("{}{LOOP}{always}", hello("\"percent_encode\"", "")));
        let ended = countersign(&["test", "--vectors", &letters(&folder), "--adapter", &adapter, "--json", "-"]).with(1);
        assert_eq!(broken(&ended.json()), [("letters/c".to_owned(), "crash".to_owned())]);
        // One that answers twice passes alone and breaks the next question: that is no state of a case.
        let adapter =
            script(&folder, "c.sh", &format!("{}{LOOP}while :; do next; answer; answer; done\n", hello("\"percent_encode\"", "")));
        let ended = countersign(&["test", "--vectors", &letters(&folder), "--adapter", &adapter, "--json", "-"]).with(1);
        assert!(broken(&ended.json()).iter().all(|(_, why)| why == "protocol"), "{:?}", broken(&ended.json()));
    }

    #[test]
    fn what_was_expected_to_break_costs_nothing_and_is_known() {
        let folder = Folder::new();
        let adapter = script(&folder, "a.sh", &format!("{}{LOOP}next; exit 1\n", hello("\"percent_encode\"", "")));
        let vectors = letters(&folder);
        let arguments = ["test", "--vectors", &vectors, "--adapter", &adapter, "--restarts", "1"];
        countersign(&arguments).with(4);
        let file = folder
            .file("a.expect.toml", "format = 1\n[[expect]]\ncase = \"letters/*\"\noutcome = \"crash\"\nreason = \"it always ends\"\n");
        let ended = countersign(&[&arguments[..], &["--expect", &file, "--json", "-"]].concat()).with(0);
        assert_eq!(ended.json()["totals"]["known"], 5);
    }

    #[test]
    fn the_entries_that_a_run_prints_make_the_next_one_pass() {
        let folder = Folder::new();
        let wrong = "while :; do next; case $line in *'\"text\":\"c\"'*) line='\"text\":\"x\"';; esac; answer; done\n";
        let adapter = script(&folder, "a.sh", &format!("{}{LOOP}{wrong}", hello("\"percent_encode\"", "")));
        let vectors = letters(&folder);
        let ended = countersign(&["test", "--vectors", &vectors, "--adapter", &adapter]).with(1);
        let entry: String = ended
            .stdout
            .lines()
            .skip_while(|line| line.trim() != "to expect it:")
            .skip(1)
            .take(4)
            .fold(String::new(), |text, line| text + line.trim() + "\n");
        let file = folder.file("a.expect.toml", format!("format = 1\n{entry}"));
        countersign(&["test", "--vectors", &vectors, "--adapter", &format!("x={adapter}"), "--expect", &format!("x={file}")]).with(0);
        let checked = countersign(&["expect", "check", &file, "--vectors", &vectors]).with(0);
        assert_eq!(checked.stdout, format!("{file}: 1 entry, of use\n"));
        // What is fixed fails the run until the file says so.
        let right = script(&folder, "b.sh", &format!("{}{LOOP}while :; do next; answer; done\n", hello("\"percent_encode\"", "")));
        let ended = countersign(&["test", "--vectors", &vectors, "--adapter", &right, "--expect", &file]).with(1);
        assert!(ended.stdout.contains("PASSED UNEXPECTEDLY letters/c"), "{}", ended.stdout);
        let ended = countersign(&["test", "--vectors", &vectors, "--adapter", &right, "--expect", &file, "--json", "-"]).with(1);
        let report = ended.json();
        super::super::follows(&super::super::schema("report-1.json"), &report);
        assert_eq!(report["expectations"][0]["kind"], "unexpected_pass");
        assert_eq!(report["cases"][2]["expectation"]["line"], 2);
        let events = folder.path("events.jsonl");
        let told = ["test", "--vectors", &vectors, "--adapter", &right, "--expect", &file, "--events", events.to_str().unwrap()];
        countersign(&told).with(1);
        let schema = super::super::schema("events-1.json");
        for line in std::fs::read_to_string(&events).unwrap().lines() {
            super::super::follows(&schema, &serde_json::from_str(line).unwrap());
        }
        let again = countersign(&["report", "convert", events.to_str().unwrap(), "--json", "-"]).with(0).json();
        assert_eq!((&again["expectations"], &again["exit_code"]), (&report["expectations"], &report["exit_code"]));
        let updated = countersign(&["expect", "update", &file, "--vectors", &vectors, "--adapter", &right]).with(0);
        assert!(updated.stdout.contains("removed  letters/c"), "{}", updated.stdout);
        countersign(&["test", "--vectors", &vectors, "--adapter", &right, "--expect", &file]).with(0);
    }

    #[test]
    fn too_little_coverage_fails_where_more_is_required() {
        let folder = Folder::new();
        let some = "while :; do next; case $line in *'\"text\":\"c\"'*) printf '{\"type\":\"unsupported\",\"id\":\"%s\",\"what\":\"c\"}\\n' \"$id\";; *) answer;; esac; done\n";
        let adapter = script(&folder, "a.sh", &format!("{}{LOOP}{some}", hello("\"percent_encode\"", "")));
        let vectors = letters(&folder);
        let run = |required: &str| countersign(&["test", "--vectors", &vectors, "--adapter", &adapter, "--require-coverage", required]);
        run("80").with(0);
        let ended = run("81").with(1);
        assert!(
            ended.stdout.contains("80 % of what it offers") && !ended.stdout.contains("every verdict is as expected"),
            "{}",
            ended.stdout
        );
        let reported =
            countersign(&["test", "--vectors", &vectors, "--adapter", &adapter, "--require-coverage", "81", "--github", "-"]).with(1);
        assert!(!reported.stdout.contains("every verdict is as expected"), "{}", reported.stdout);
    }

    #[test]
    fn a_run_that_is_interrupted_ends_at_once_and_leaves_no_process() {
        let folder = Folder::new();
        let beat = folder.path("beat");
        let body =
            format!("(while :; do echo x >>'{}'; sleep 0.02; done) &\n{}sleep 60\n", beat.display(), hello("\"percent_encode\"", ""));
        let adapter = script(&folder, "a.sh", &body);
        let mut child = program()
            .args(["test", "percent_encode.rules", "--case-timeout", "60s", "--adapter", &adapter])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        while !beat.exists() {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        std::thread::sleep(std::time::Duration::from_millis(300));
        let kill = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        assert!(kill.success());
        assert_eq!(child.wait().unwrap().code(), Some(130));
        let length = std::fs::metadata(&beat).unwrap().len();
        std::thread::sleep(std::time::Duration::from_millis(150));
        assert_eq!(std::fs::metadata(&beat).unwrap().len(), length);
    }

    #[test]
    fn an_adapter_that_does_not_start_does_not_keep_others_from_being_asked() {
        let folder = Folder::new();
        let right = script(&folder, "b.sh", &format!("{}{LOOP}while :; do next; answer; done\n", hello("\"percent_encode\"", "")));
        let vectors = letters(&folder);
        let ended = countersign(&[
            "test",
            "--vectors",
            &vectors,
            "--adapter",
            "broken=false",
            "--adapter",
            &format!("fine={right}"),
            "--json",
            "-",
        ])
        .with(4);
        assert_eq!(ended.json()["implementation"]["name"], "fine");
        assert!(ended.stderr.contains("it did not say hello"), "{}", ended.stderr);
    }

    #[test]
    fn an_adapter_is_checked_for_what_a_runner_could_trip_over() {
        let folder = Folder::new();
        let right = super::reference_adapter();
        countersign(&["adapter", "check", &right]).with(0);
        for fault in ["crash", "hang", "garbage", "wrong-id", "truncated", "twice", "error-all", "unsupported-all"] {
            let ended = countersign(&["adapter", "check", &format!("{right} --fault {fault}"), "--case-timeout", "500ms"]).with(1);
            assert!(ended.stdout.contains("BROKEN"), "{fault}: {}", ended.stdout);
        }
        countersign(&["adapter", "check", "cat"]).with(4);
        countersign(&["adapter", "check", "true"]).with(4);
        let body = format!("{}while read -r line; do :; done; exit 3\n", hello("\"verify\"", ""));
        countersign(&["adapter", "check", &script(&folder, "a.sh", &body), "--case-timeout", "300ms"]).with(1);
    }

    /// An answer without the value that was asked for is no answer.
    #[test]
    fn an_answer_without_its_value_fails_the_check_and_is_named() {
        let folder = Folder::new();
        let answering = |output: &str| {
            let answer =
                format!("{LOOP}while :; do next; printf '{{\"type\":\"result\",\"id\":\"%s\",\"output\":{output}}}\\n' \"$id\"; done\n");
            script(&folder, "a.sh", &format!("{}{answer}", hello("\"percent_encode\"", "")))
        };
        let check = |adapter: &str| countersign(&["adapter", "check", adapter, "--case-timeout", "300ms"]);
        let is_told = |text: &str| text.contains("its answer to percent_encode has no encoded");
        let ended = check(&answering("{}")).with(1);
        assert!(is_told(&ended.stdout), "{}", ended.stdout);
        assert!(!is_told(&check(&answering("{\"encoded\":\"x\"}")).stdout));
        let ended = countersign(&["test", "percent_encode.rules/*", "--adapter", &answering("{}")]).with(1);
        assert!(ended.stdout.contains("cause: unexplained; its answer has no encoded"), "{}", ended.stdout);
    }

    #[test]
    fn a_skeleton_is_written_and_passes_and_nothing_is_overwritten() {
        let folder = Folder::new();
        let place = folder.path("new").to_str().unwrap().to_owned();
        let ended = countersign(&["adapter", "new", "shell", &place]).with(0);
        assert!(ended.stdout.contains("countersign test --adapter"), "{}", ended.stdout);
        countersign(&["adapter", "new", "shell", &place]).with(2);
        assert!(std::fs::read_to_string(folder.path("new").join("adapter.sh")).unwrap().starts_with("#!"));
        countersign(&["adapter", "new", "cobol"]).with(2);
    }

    #[test]
    fn the_environment_is_cleared_but_for_what_is_passed() {
        let folder = Folder::new();
        let seen = folder.path("seen");
        let body = format!("env >'{}'\n{}cat >/dev/null\n", seen.display(), hello("\"verify\"", ""));
        let adapter = script(&folder, "a.sh", &body);
        let run = |pass: &[&str]| {
            let mut command = program();
            command.args(["test", "sign.uri", "--adapter", &adapter]).args(pass).env("SECRET_OF_MINE", "hush").env("WANTED", "yes");
            ended(&mut command).with(5);
            std::fs::read_to_string(&seen).unwrap()
        };
        let cleared = run(&[]);
        assert!(!cleared.contains("SECRET_OF_MINE") && !cleared.contains("WANTED") && cleared.contains("PATH="), "{cleared}");
        let passed = run(&["--pass-env", "WANTED"]);
        assert!(passed.contains("WANTED=yes") && !passed.contains("hush"), "{passed}");
    }
}
