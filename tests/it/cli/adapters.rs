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
