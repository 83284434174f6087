//! Which cases are put: globs, options, shards, and what is said of a glob that matches nothing.

use std::collections::BTreeSet;

use super::{Ended, Folder, countersign, suite};

fn listed(arguments: &[&str]) -> Ended {
    countersign(&[&["test", "--dry-run"], arguments].concat())
}

#[test]
fn a_dry_run_lists_ids_and_asks_nobody() {
    let ended = countersign(&["test", "--dry-run", "sign.uri", "--adapter", "countersign-is-not-called-this"]).with(0);
    assert!(ended.lines().iter().all(|id| id.starts_with("sign.uri/")) && ended.lines().len() > 50, "{}", ended.stdout);
    assert!(ended.lines().contains(&"sign.uri/default-port-http"));
}

#[test]
fn globs_cross_the_slash_and_a_suite_stands_for_its_cases() {
    let whole = listed(&["sign.uri"]).with(0).stdout;
    assert_eq!(listed(&["sign.uri/*"]).with(0).stdout, whole);
    let ports = listed(&["**port**"]).with(0);
    assert!(ports.lines().iter().all(|id| id.contains("port")) && ports.lines().iter().any(|id| id.starts_with("verify.")));
    let two = listed(&["sign.uri/default-port-http", "sign.uri/empty-path"]).with(0);
    assert_eq!(two.lines().len(), 2);
}

#[test]
fn options_narrow_what_globs_name() {
    let all: BTreeSet<String> = listed(&["sign.**"]).stdout.lines().map(str::to_owned).collect();
    let of =
        |arguments: &[&str]| listed(&[&["sign.**"], arguments].concat()).with(0).stdout.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    let levels = ["must", "should", "interop"].map(|level| of(&["--level", level]));
    assert_eq!(levels.iter().map(BTreeSet::len).sum::<usize>(), all.len());
    let sections = of(&["--section", "3.4.1.3"]);
    assert!(sections.is_superset(&of(&["--section", "3.4.1.3.2"])) && sections.len() < all.len());
    let flagged = of(&["--flag", "Port"]);
    assert!(flagged.contains("sign.uri/default-port-http") && flagged.is_subset(&all));
    let exchanges = listed(&["--profile", "yahoo"]).with(0);
    assert!(exchanges.lines().iter().all(|id| id.starts_with("yahoo.")), "{}", exchanges.stdout);
    assert_eq!(listed(&["--operation", "exchange", "--profile", "yahoo"]).stdout, exchanges.stdout);
}

#[test]
fn shards_are_parts_of_the_whole() {
    let all: BTreeSet<String> = listed(&[]).with(0).stdout.lines().map(str::to_owned).collect();
    let parts = ["1/3", "2/3", "3/3"].map(|part| listed(&["--shard", part]).with(0).stdout.lines().map(str::to_owned).collect::<Vec<_>>());
    assert_eq!(parts.iter().map(Vec::len).sum::<usize>(), all.len());
    assert_eq!(parts.iter().flatten().cloned().collect::<BTreeSet<_>>(), all);
    assert!(parts.iter().all(|part| part.len() > all.len() / 5), "{:?}", parts.map(|part| part.len()));
}

#[test]
fn a_shard_runs_the_controls_of_other_shards() {
    for part in ["1/4", "2/4", "3/4", "4/4"] {
        let ended = countersign(&["test", "sign.refuse", "verify.**", "--shard", part, "--quiet"]).with(0);
        assert!(!ended.stdout.contains("inconclusive"), "{}", ended.stdout);
    }
}

#[test]
fn what_matches_nothing_is_named_with_what_was_meant() {
    for (glob, meant) in [
        ("sing.uri", "sign.uri"),
        ("sign.uri/default-port-htp", "sign.uri/default-port-http"),
        ("host-field-name-case", "sign.uri/host-field-name-case"),
        ("sign.uri/default-prot-*", "'sign.uri/default-port-*'"),
        ("sing.*", "'sign.*'"),
        ("sign", "'sign.*'"),
        ("sign.rfc/query-form", "sign.rfc/query-form-and-header or sign.rfc/query-form-and-header-as-printed"),
        ("sing.rfc/query-form-and-header", "sign.rfc/query-form-and-header"),
        ("nothing.of/query-form-and-header", "sign.rfc/query-form-and-header"),
        ("header-as-printed", "sign.rfc/query-form-and-header-as-printed"),
    ] {
        let ended = countersign(&["test", glob]).with(2);
        assert_eq!(ended.stderr, format!("error: no case matches {glob:?}\nhint: did you mean {meant}?\n"));
    }
    let ended = countersign(&["explain", "rfc/query-form-and-header"]).with(2);
    assert_eq!(ended.stderr, "error: there is no case \"rfc/query-form-and-header\"\nhint: did you mean sign.rfc/query-form-and-header?\n");
    let ended = countersign(&["test", "sign.uri", "qqqqqqqq"]).with(2);
    assert_eq!(ended.stderr, "error: no case matches \"qqqqqqqq\"\nhint: `countersign list cases` shows all ids\n");
    for (arguments, meant) in
        [(["--profile", "etrad"], "etrade"), (["--operation", "sing"], "sign"), (["--flag", "Prot"], "Port"), (["--level", "mst"], "must")]
    {
        let ended = countersign(&[&["test"], &arguments[..]].concat()).with(2);
        assert!(ended.stderr.contains(meant), "{}", ended.stderr);
    }
}

#[test]
fn a_section_that_no_case_is_of_selects_nothing_and_that_is_told() {
    for command in [&["test"][..], &["test", "--dry-run"], &["list", "cases"], &["test", "sign.uri"]] {
        let ended = countersign(&[command, &["--section", "3.6", "--section", "9.9"]].concat()).with(5);
        assert_eq!(ended.stdout, "", "{command:?}");
        assert!(ended.stderr.starts_with("error: no case is of section \"9.9\"\nhint: there are 1.2, 2, "), "{}", ended.stderr);
    }
    for (section, hint) in [
        ("§3.4.2", "did you mean 3.4.2?"),
        ("3.4.1.9", "there are 3.4.1, 3.4.1.1, 3.4.1.2, 3.4.1.3.1, 3.4.1.3.2"),
        ("4.15", "`countersign list clauses --section 4.15` says what sees to it"),
    ] {
        let ended = countersign(&["test", "--section", section]).with(5);
        assert_eq!(ended.stderr, format!("error: no case is of section {section:?}\nhint: {hint}\n"));
    }
    let ended = countersign(&["list", "clauses", "--section", "3.4.1.9"]).with(2);
    assert!(ended.stderr.starts_with("error: no clause is of section \"3.4.1.9\"\nhint: there are 3.4.1, 3.4.1.1, "), "{}", ended.stderr);
}

#[test]
fn options_that_leave_no_case_together_are_told() {
    let ended = countersign(&["test", "sign.uri", "--section", "3.6", "--level", "interop", "--flag", "RsaSha1"]);
    assert!(ended.stderr.contains("note: no case has everything that was asked for"), "{}", ended.stderr);
    let ended = ended.with(5);
    assert!(ended.stdout.contains("nothing was executed"), "{}", ended.stdout);
}

#[test]
fn what_failed_is_asked_again() {
    let folder = super::Folder::new();
    let wrong = format!("{} --deviate uri.default-port-kept", super::reference_adapter());
    let run = |arguments: &[&str]| {
        let mut command = super::program();
        command.current_dir(folder.path(".")).env("XDG_STATE_HOME", folder.path("state"));
        super::ended(command.arg("test").args(arguments))
    };
    let listed = |ended: &super::Ended| ended.lines().iter().map(|line| (*line).to_owned()).collect::<Vec<String>>();
    run(&["--failed", "--dry-run"]).with(2);
    let report = run(&["sign.uri/*", "--adapter", &wrong, "--json", "first.json", "-q"]).with(1);
    assert!(report.stdout.contains("uri.default-port-kept"), "{}", report.stdout);
    let failed = listed(&run(&["--failed", "--dry-run"]).with(0));
    assert!(failed.contains(&"sign.uri/default-port-http".to_owned()) && failed.len() < 30, "{failed:?}");
    // What passes now is not asked any more; the report of the first run still has it.
    run(&["--failed"]).with(0);
    run(&["--failed"]).with(5);
    assert_eq!(listed(&run(&["--failed=first.json", "--dry-run"]).with(0)), failed);
}

#[test]
fn what_failed_in_one_folder_is_not_asked_for_in_another_one() {
    let folder = super::Folder::new();
    let deep = "deep/".repeat(60);
    let names = ["my.lib", "my_lib", "my_2elib", &format!("{deep}one/lib"), &format!("{deep}two/lib")].map(|name| folder.path(name));
    let run = |place: &std::path::Path, arguments: &[&str]| {
        let mut command = super::program();
        command.current_dir(place).env("XDG_STATE_HOME", folder.path("state"));
        super::ended(command.arg("test").args(arguments))
    };
    names.iter().for_each(|name| std::fs::create_dir_all(name).unwrap());
    let wrong = format!("{} --deviate uri.default-port-kept", super::reference_adapter());
    for pair in [&names[..3], &names[3..]] {
        run(&pair[0], &["sign.uri/default-port-http", "--adapter", &wrong, "-q"]).with(1);
        for other in &pair[1..] {
            run(other, &["--failed", "--dry-run"]).with(2);
            run(other, &["sign.uri/default-port-http", "-q"]).with(0);
        }
        let failed = run(&pair[0], &["--failed", "--dry-run"]).with(0);
        assert_eq!(failed.stdout, "sign.uri/default-port-http\n");
    }
}

#[test]
fn an_id_that_is_retired_stands_for_the_one_in_its_place() {
    let folder = Folder::new();
    folder.file("a.json", suite("must", "a b", "a+b"));
    let retired =
        folder.file("retired.json", r#"{"format": 1, "retired": {"old/one": "older/one", "older/one": "made/one", "old/two": null}}"#);
    let set = folder.path("");
    let set = ["--vectors", set.to_str().unwrap()];
    assert_eq!(listed(&[&set[..], &["old/one"]].concat()).with(0).lines(), ["made/one"]);
    assert_eq!(countersign(&[&["list", "cases"], &set[..], &["old/one"]].concat()).with(0).stdout.matches("made/one").count(), 1);
    // Nothing took its place.
    assert!(listed(&[&set[..], &["old/two"]].concat()).with(2).stderr.starts_with("error: no case matches \"old/two\"\n"));
    // It failed before its name was another one.
    let report = folder.path("report");
    let ran = countersign(&[&["test", "--json", report.to_str().unwrap()], &set[..]].concat()).with(1);
    assert!(ran.stdout.contains("made/one"), "{}", ran.stdout);
    let before = std::fs::read_to_string(&report).unwrap().replace("\"made/one\"", "\"old/one\"");
    std::fs::write(&report, before).unwrap();
    let failed = format!("--failed={}", report.display());
    assert_eq!(listed(&[&set[..], &[&failed]].concat()).with(0).lines(), ["made/one"]);
    // A file of known failures that was written before it follows, and learns the new name when it is brought up to date.
    let entry = "format = 1\n[[expect]]\ncase = \"old/one\" # as it was\noutcome = \"fail\"\nreason = \"it is so\"\n";
    let known = &folder.file("known.expect.toml", entry);
    countersign(&[&["test", "--expect", known], &set[..]].concat()).with(0);
    countersign(&[&["expect", "check", known], &set[..]].concat()).with(0);
    let adapter = format!("{} adapter serve", env!("CARGO_BIN_EXE_countersign"));
    let updated = countersign(&[&["expect", "update", known, "--adapter", &adapter], &set[..]].concat()).with(0);
    assert!(updated.stdout.starts_with("changed  made/one\n"), "{}", updated.stdout);
    assert_eq!(std::fs::read_to_string(known).unwrap(), entry.replace("old/one", "made/one"));
    std::fs::remove_file(retired).unwrap();
    assert_eq!(listed(&[&set[..], &[&failed]].concat()).with(0).stdout, "");
}
