//! What people get wrong the first time: a folder in place of a file, an empty file, a form that is another one, an option without its
//! value. Each is told as what it is, with what to do about it.

use super::{Ended, Folder, countersign, countersign_reading, program};

#[track_caller]
fn told(ended: Ended, code: i32, stderr: &str) {
    assert_eq!(ended.with(code).stderr, stderr);
}

#[test]
fn a_folder_or_an_empty_file_in_place_of_a_profile() {
    let folder = Folder::new();
    let path = folder.0.path().to_str().unwrap();
    let empty = folder.file("empty.json", "");
    for command in ["sandbox", "probe"] {
        told(countersign(&[command, path]), 3, &format!("error: {path}: cannot be read: it is no regular file\n"));
        told(countersign(&[command, &empty]), 3, &format!("error: {empty}:1:1: it is empty\n"));
    }
    told(countersign(&["test", "--vectors", &empty]), 3, &format!("error: {empty}:1:1: the suite: it is empty\n"));
    told(countersign(&["vectors", "fmt", &empty]), 3, &format!("error: {empty}:1:1: the text: it is empty\n"));
}

#[test]
fn a_file_in_place_of_a_folder() {
    let folder = Folder::new();
    let file = folder.file("file", "x");
    for command in [&["vectors", "export", &file][..], &["man", "--dir", &file], &["sandbox", "etrade", "--record", &file]] {
        told(countersign(command), 3, &format!("error: {file}: is no folder\n"));
    }
    let below = folder.path("file/below");
    let ended = countersign(&["vectors", "export", below.to_str().unwrap()]).with(3);
    assert!(ended.stderr.contains("cannot be made: "), "{}", ended.stderr);
}

#[test]
fn a_request_of_another_form_than_was_said() {
    let folder = Folder::new();
    let http = folder.file("request.http", "GET / HTTP/1.1\nHost: h\n\n");
    let hint = "hint: --request FILE reads HTTP text and curl lines\n";
    told(
        countersign(&["explain", "--har", &http]),
        2,
        &format!("error: {http}: it is no HAR file: it does not begin with a brace\n{hint}"),
    );
    let ended = countersign(&["explain", "--request", &http, "--entry", "1"]);
    told(ended, 2, &format!("error: {http}: --entry is for HAR files, and it is none\n"));
}

#[test]
fn a_har_file_with_a_broken_entry_is_read_and_the_entry_named() {
    let folder = Folder::new();
    let text = "{\"log\":{\"entries\":[\n{\"request\":{\"method\":7}},\n{\"request\":{\"url\":\"http://h/?oauth_signature=x\"}}]}}";
    let file = folder.file("a.har", text);
    let ended = countersign(&["explain", "--har", &file]);
    assert!(ended.stdout.contains("entry 0 (line 2) cannot be read and is passed over"), "{}{}", ended.stdout, ended.stderr);
    let ended = countersign(&["explain", "--har", &file, "--entry", "0"]);
    told(ended, 2, &format!("error: {file}: 2:22: entry 0: what stands here is not what HAR files have in this place\n"));
}

#[test]
fn more_on_stdin_than_is_read_is_refused_and_not_cut() {
    let long = format!("GET / HTTP/1.1\nHost: h\n\n{}", "x".repeat(16 << 20));
    told(countersign_reading(&["explain"], &long), 2, "error: stdin holds more than 16777216 octets\n");
}

#[test]
fn an_empty_secret_is_told() {
    let folder = Folder::new();
    let secret = folder.file("secret", "\n");
    let ended = countersign(&["sign", "--url", "http://h/", "--client", "k", "--secret-file", &secret]).with(0);
    assert!(ended.stderr.contains(&format!("note: the secret in {secret} is empty; it is taken as it is\n")), "{}", ended.stderr);
}

#[test]
fn a_report_without_its_file() {
    for command in [&["test", "--json"][..], &["report", "convert", "x", "--html"]] {
        let ended = countersign(command).with(2);
        let option = command.last().unwrap();
        assert!(ended.stderr.ends_with(&format!("hint: `{option} -` writes it to stdout\n")), "{}", ended.stderr);
    }
    // What is no report cannot go there.
    for command in [&["test", "--config"][..], &["test", "--level"], &["test", "--json", "-", "--seed", "x"]] {
        let ended = countersign(command).with(2);
        assert!(!ended.stderr.contains("hint: "), "{}", ended.stderr);
    }
}

#[test]
fn a_program_that_is_not_there_and_one_that_says_why_it_ends() {
    let hint = "hint: a command is a program and its arguments: it is found in PATH, and no shell reads it\n";
    for command in [&["test", "--adapter", "no-such-program"][..], &["fuzz", "--adapter", "no-such-program"]] {
        let ended = countersign(command).with(4);
        assert!(ended.stderr.starts_with("error: adapter no-such-program: it cannot be started: "), "{}", ended.stderr);
        assert!(ended.stderr.ends_with(hint), "{}", ended.stderr);
    }
    let ended = countersign(&["adapter", "check", "no-such-program"]).with(4);
    assert!(ended.stderr.starts_with("error: adapter no-such-program: it was not checked: it cannot be started: "), "{}", ended.stderr);
    // A traceback keeps its lines.
    let program = program().get_program().to_str().unwrap().to_owned();
    let ended = countersign(&["test", "--adapter", &format!("'{program}' adapter serve --deviate uri.default-port-kep")]).with(4);
    let said = "hint: it wrote on its standard error:\n  error: there is no deviation \"uri.default-port-kep\"\n  hint: did you mean ";
    assert!(ended.stderr.contains(said), "{}", ended.stderr);
}
