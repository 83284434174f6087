//! The file of the event stream: it is there under its own name while the run goes on and after a crash, and takes nobody's place before.
#![cfg(unix)]

use std::path::Path;

use super::{Folder, countersign, program, reference_adapter, suite};

/// An adapter that does something with the event stream before it answers `a%20b`.
fn adapter(folder: &Folder, deed: &str) -> String {
    let script = format!(
        r#"printf '{{"type":"hello","protocol":1,"implementation":{{"name":"script"}},"operations":["percent_encode"],"signature_methods":[],"features":[]}}\n'
read -r hello
while read -r line; do id=${{line#*'"id":"'}}; id=${{id%%'"'*}}
case $line in *bye*) exit;; esac
{deed}
printf '{{"type":"result","id":"%s","output":{{"encoded":"a%%20b"}}}}\n' "$id"; done
"#
    );
    format!("sh '{}'", folder.file("adapter.sh", script))
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn events_are_read_under_their_name_while_the_run_goes_on() {
    let folder = Folder::new();
    let vectors = folder.file("a.json", suite("must", "a b", "a%20b"));
    let events = folder.path("ev.jsonl").to_str().unwrap().to_owned();
    let adapter = adapter(&folder, &format!(r#"grep -q '"run_start"' '{events}' || exit 7"#));
    for _ in 0..2 {
        countersign(&["test", "--vectors", &vectors, "--adapter", &adapter, "--events", &events]).with(0);
        assert_eq!(std::fs::read_to_string(&events).unwrap().lines().count(), 3, "one run alone is in the file");
    }
    assert_eq!(names(folder.0.path()), ["a.json", "adapter.sh", "ev.jsonl"]);
}

#[test]
fn events_are_there_after_a_crash_and_nothing_else_is() {
    let folder = Folder::new();
    let vectors = folder.file("a.json", suite("must", "a b", "a%20b"));
    let events = folder.path("ev.jsonl").to_str().unwrap().to_owned();
    let adapter = adapter(&folder, "kill -9 $PPID");
    let status = program().args(["test", "--vectors", &vectors, "--adapter", &adapter, "--events", &events]).output().unwrap().status;
    assert_eq!(status.code(), None, "it was killed");
    assert_eq!(names(folder.0.path()), ["a.json", "adapter.sh", "ev.jsonl"]);
    let ended = countersign(&["report", "convert", &events, "--badge", "-"]).with(0);
    assert!(ended.stderr.contains("the run of script came to no end"), "{}", ended.stderr);
}

#[test]
fn older_events_stay_until_the_run_begins_and_who_shares_them_keeps_them() {
    let folder = Folder::new();
    let (older, shared, link) = (folder.file("ev.jsonl", "older"), folder.path("shared"), folder.path("link"));
    std::fs::hard_link(&older, &shared).unwrap();
    std::os::unix::fs::symlink(&older, &link).unwrap();
    let arguments = ["test", "sign.uri", "-q", "--events", link.to_str().unwrap()];
    countersign(&[&arguments[..], &["--adapter", "false"]].concat()).with(4);
    assert_eq!(std::fs::read_to_string(&older).unwrap(), "older");
    countersign(&[&arguments[..], &["--adapter", &reference_adapter()]].concat()).with(0);
    assert!(std::fs::read_to_string(&older).unwrap().starts_with("{\"type\":\"run_start\""));
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(std::fs::read_to_string(&shared).unwrap(), "older");
    assert_eq!(names(folder.0.path()), ["ev.jsonl", "link", "shared"]);
}
