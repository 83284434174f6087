//! The exit codes, each reached in the way that a user reaches it.

use super::{Folder, countersign, suite};

#[test]
fn as_expected_is_0() {
    let ended = countersign(&["test", "sign.uri"]).with(0);
    assert!(ended.stdout.ends_with("\nevery verdict is as expected\n"), "{}", ended.stdout);
    assert_eq!(ended.stderr, "");
}

#[test]
fn an_unexpected_verdict_is_1() {
    let folder = Folder::new();
    let file = folder.file("a.json", suite("must", "a b", "a+b"));
    let ended = countersign(&["test", "--vectors", &file]).with(1);
    for part in
        ["FAILED made/one", "expected  a+b", "observed  a%20b", "1 case in ", ": 1 failed", "at least one verdict is not as expected"]
    {
        assert!(ended.stdout.contains(part), "{part}\n{}", ended.stdout);
    }
}

#[test]
fn should_fails_a_strict_run_only() {
    let folder = Folder::new();
    let file = folder.file("a.json", suite("should", "a b", "a+b"));
    let ended = countersign(&["test", "--vectors", &file]).with(0);
    assert!(ended.stdout.contains("FAILED made/one (should)") && ended.stdout.contains("only with --strict"), "{}", ended.stdout);
    // Something is not as expected, so the end does not say that everything is.
    assert!(ended.stdout.ends_with("\nevery verdict that can fail this run is as expected\n"), "{}", ended.stdout);
    for report in ["--markdown", "--github", "--html", "--sarif"] {
        let told = countersign(&["test", "--vectors", &file, report, "-"]).with(0).stdout;
        assert!(told.contains("every verdict that can fail this run is as expected"), "{told}");
        assert!(!told.contains("every verdict is as expected"), "{told}");
    }
    countersign(&["test", "--vectors", &file, "--strict"]).with(1);
    let open = folder.file("b.json", suite("interop", "a b", "a+b"));
    countersign(&["test", "--vectors", &open, "--strict"]).with(0);
}

#[test]
fn wrong_usage_is_2_and_nothing_goes_to_stdout() {
    for arguments in [
        &["tset"][..],
        &["test", "--levle", "must"],
        &["test", "--level", "most"],
        &["test", "sing.uri"],
        &["test", "--operation", "sing"],
        &["test", "--flag", "Nothing"],
        &["test", "--profile", "etrad"],
        &["test", "--shard", "3/2"],
        &["test", "--json", "-", "--junit", "-"],
        &["test", "--quiet", "--verbose"],
        &["test", "--adapter", ""],
        &["test", "--adapter", "'x"],
        &["test", "--adapter", "a=true", "--adapter", "a=true"],
        &["test", "--case-timeout", "2 weeks"],
        &["list", "rules", "nobody"],
        &["explain"],
        &["explain", "sign.uri/nothing"],
        &["vectors", "fmt"],
        &["sign", "--url", "http://h/", "--client", "k"],
        &["sign", "--url", "h", "--client", "k", "--secret-stdin"],
    ] {
        let ended = countersign(arguments);
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""), "{arguments:?}\n{}", ended.stderr);
        assert!(ended.stderr.starts_with("error: "), "{arguments:?}\n{}", ended.stderr);
    }
}

#[test]
fn what_we_cannot_do_is_3() {
    let folder = Folder::new();
    let missing = folder.path("none.json");
    let ended = countersign(&["test", "--vectors", missing.to_str().unwrap()]).with(3);
    assert!(ended.stderr.contains("none.json: the file: "), "{}", ended.stderr);
    let report = folder.path("none/report.json");
    let ended = countersign(&["test", "sign.uri", "--json", report.to_str().unwrap()]).with(3);
    assert!(ended.stderr.contains("report.json: cannot be written: there is no folder "), "{}", ended.stderr);
    assert_eq!(ended.stdout, "", "nothing is asked before it is known that the report can be written");
    for option in ["json", "events"] {
        let ended = countersign(&["test", &format!("--{option}"), "sign.uri/default-port-http"]).with(3);
        let hint = format!("hint: --{option} is followed by the file that it is written to, or by - for stdout\n");
        assert!(ended.stderr.ends_with(&hint), "{}", ended.stderr);
    }
    let ended = countersign(&["test", "sign.uri", "--junit", folder.0.path().to_str().unwrap()]).with(3);
    assert!(ended.stderr.contains(": is a folder"), "{}", ended.stderr);
}

#[test]
fn an_adapter_that_does_not_start_is_4() {
    let ended = countersign(&["test", "sign.uri", "--adapter", "countersign-is-not-called-this"]).with(4);
    assert!(ended.stderr.contains("adapter countersign-is-not-called-this: it cannot be started: "), "{}", ended.stderr);
    // A program that ends at once, having written something else.
    let ended = countersign(&["test", "sign.uri", "--adapter", &format!("'{}' --version", env!("CARGO_BIN_EXE_countersign"))]).with(4);
    assert!(ended.stderr.starts_with("error: adapter "), "{}", ended.stderr);
}

#[test]
fn nothing_executed_is_5() {
    countersign(&["test", "--section", "9.9"]).with(5);
    let ended = countersign(&["test", "sign.uri", "--operation", "verify"]).with(5);
    assert!(ended.stdout.contains("0 cases") && ended.stdout.contains("none was executed"), "{}", ended.stdout);
}

#[test]
fn help_and_version_are_no_errors() {
    for arguments in [&["--help"][..], &["test", "--help"], &["help", "list", "cases"], &["--version"]] {
        let ended = countersign(arguments).with(0);
        assert!(!ended.stdout.is_empty() && ended.stderr.is_empty(), "{arguments:?}");
    }
}
