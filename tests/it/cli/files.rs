//! What a run reads and writes: nothing that is read is written over, files keep who may read them, and provider fixtures go the way of
//! all cases.

use super::{Folder, countersign, follows, program, reference_adapter, schema, suite};

#[test]
fn what_is_read_is_not_written_over_and_no_report_over_another() {
    let folder = Folder::new();
    let file = folder.file("a.json", suite("must", "a b", "a%20b"));
    let before = std::fs::read_to_string(&file).unwrap();
    let inside = folder.path(".").join("a.json");
    let whole = folder.path(".");
    for (vectors, report) in [(file.as_str(), file.as_str()), (&file, inside.to_str().unwrap()), (whole.to_str().unwrap(), &file)] {
        let ended = countersign(&["test", "--vectors", vectors, "--json", report]).with(2);
        assert!(ended.stderr.contains("it would be written over, and is read"), "{}", ended.stderr);
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), before);
    let one = folder.path("one").to_str().unwrap().to_owned();
    let ended = countersign(&["test", "--vectors", &file, "--json", &one, "--junit", &one]).with(2);
    assert!(ended.stderr.contains("two reports would be written to it"), "{}", ended.stderr);
    assert!(!folder.path("one").exists());
    // Devices are no files: any number of reports may go there.
    countersign(&["test", "--vectors", &file, "--json", "/dev/null", "--junit", "/dev/null"]).with(0);
    let events = folder.path("run.jsonl").to_str().unwrap().to_owned();
    countersign(&["test", "--vectors", &file, "--events", &events]).with(0);
    countersign(&["report", "convert", &events, "--json", &events]).with(2);
}

#[cfg(unix)]
#[test]
fn a_report_keeps_who_may_read_it_and_the_link_that_leads_to_it() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = Folder::new();
    let file = folder.file("a.json", suite("must", "a b", "a%20b"));
    let report = folder.file("report.json", "older");
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    std::fs::set_permissions(&report, std::fs::Permissions::from_mode(0o600)).unwrap();
    let link = folder.path("link.json");
    std::os::unix::fs::symlink(&report, &link).unwrap();
    countersign(&["test", "--vectors", &file, "--json", link.to_str().unwrap()]).with(0);
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(mode(report.as_ref()), 0o600);
    assert!(std::fs::read_to_string(&report).unwrap().starts_with('{'));
    // A new file is for those whom the mask of the user lets in.
    let script = r#"umask 077; exec "$0" test --vectors "$1" --json "$2""#;
    let new = folder.path("new.json");
    let ended = std::process::Command::new("sh").args(["-c", script, env!("CARGO_BIN_EXE_countersign"), &file]).arg(&new).output().unwrap();
    assert!(ended.status.success());
    assert_eq!(mode(&new), 0o600);
}

/// The exported fixtures of a profile's resource, with a finding demanded that is not there.
fn failing_fixtures(folder: &Folder) -> String {
    let whole = std::fs::read_to_string("vectors/fixtures/etrade/resource.json").unwrap();
    folder.file("fx.json", whole.replacen(r#""findings": []"#, r#""findings": ["etrade.api.url"]"#, 1))
}

#[test]
fn a_fixture_that_fails_beside_an_adapter_stands_in_every_report() {
    let folder = Folder::new();
    let (fixtures, vectors) = (failing_fixtures(&folder), folder.file("a.json", suite("must", "a b", "a%20b")));
    let (junit, events) = (folder.path("out.xml"), folder.path("out.jsonl"));
    let ended = countersign(&[
        "test",
        "--vectors",
        &fixtures,
        "--vectors",
        &vectors,
        "--adapter",
        &reference_adapter(),
        "--junit",
        junit.to_str().unwrap(),
        "--events",
        events.to_str().unwrap(),
    ])
    .with(1);
    // There is no page for it, so none is offered; what shows it again names its file.
    assert!(!ended.stdout.contains("countersign explain etrade"), "{}", ended.stdout);
    assert!(ended.stdout.contains("countersign test etrade.resource/clean --vectors "), "{}", ended.stdout);
    let text = std::fs::read_to_string(&junit).unwrap();
    let document = roxmltree::Document::parse(&text).unwrap();
    assert_eq!(document.root_element().attribute("failures"), Some("1"));
    let told = countersign(&["report", "convert", events.to_str().unwrap(), "--json", "-"]).with(0).json();
    follows(&schema("report-1.json"), &told);
    let names: Vec<&str> = told["runs"].as_array().unwrap().iter().map(|run| run["implementation"]["name"].as_str().unwrap()).collect();
    assert_eq!((names.len(), names[1]), (2, "provider fixtures"));
}

#[test]
fn fixtures_alone_ask_no_adapter_and_are_listed_where_they_are_meant() {
    let ended = countersign(&["test", "etrade.renew", "--adapter", "no-such-program"]).with(0);
    assert!(ended.stderr.contains("provider fixtures alone are selected"), "{}", ended.stderr);
    let listed = countersign(&["list", "cases", "--profile", "etrade"]).with(0);
    let dry = countersign(&["test", "--profile", "etrade", "--dry-run"]).with(0);
    let ids: Vec<&str> = listed.lines().iter().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(ids, dry.lines());
    assert!(ids.len() > 200);
    // What is listed without a selection is what is put without one.
    let all = countersign(&["list", "cases"]).with(0);
    let ids: Vec<&str> = all.lines().iter().filter_map(|line| line.split_whitespace().next()).collect();
    let dry = countersign(&["test", "--dry-run"]).with(0);
    assert!(dry.lines().iter().all(|id| ids.contains(id)));
}

#[test]
fn an_exported_set_is_the_whole_set() {
    let folder = Folder::new();
    let set = folder.path("set").to_str().unwrap().to_owned();
    countersign(&["vectors", "export", &set]).with(0);
    let ids = |arguments: &[&str]| -> Vec<String> {
        let mut ids: Vec<String> = countersign(arguments).with(0).lines().iter().map(|line| (*line).to_owned()).collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(&["test", "--dry-run", "--vectors", &set]), ids(&["test", "--dry-run"]));
    let fixtures = format!("{set}/fixtures");
    assert_eq!(ids(&["test", "--dry-run", "--vectors", &fixtures]), ids(&["test", "--dry-run", "--operation", "exchange"]));
}

#[test]
fn a_secret_from_the_environment_loses_its_line_end_and_odd_ones_are_told() {
    let sign = |secret: &str| {
        let arguments = [
            "sign",
            "--url",
            "http://a.example/",
            "--client",
            "k",
            "--secret-env",
            "OWN",
            "--timestamp",
            "1",
            "--nonce",
            "n",
            "--json",
            "--reveal",
        ];
        let output = program().args(arguments).env("OWN", secret).output().unwrap();
        assert!(output.status.success());
        let value: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        (value["signature"].as_str().unwrap().to_owned(), String::from_utf8(output.stderr).unwrap())
    };
    let (right, quiet) = sign("kd94hf");
    assert_eq!((sign("kd94hf\n").0, quiet.as_str()), (right.clone(), ""));
    for (odd, told) in [
        (" kd94hf", "begins with white space"),
        ("kd94hf ", "ends with white space"),
        ("\u{feff}kd94hf", "byte order mark"),
        ("kd94\nhf", "more than one line"),
    ] {
        let (signature, stderr) = sign(odd);
        assert!(signature != right && stderr.contains(told) && !stderr.contains("kd94"), "{odd:?}: {stderr}");
    }
}

#[test]
fn a_hidden_signature_leaves_nothing_to_try_secrets_against() {
    for method in ["HMAC-SHA1", "PLAINTEXT"] {
        let arguments = ["sign", "--url", "https://a.example/", "--client", "k", "--secret-env", "OWN", "--signature-method", method];
        for json in [false, true] {
            let output = program().args(arguments).args(json.then_some("--json")).env("OWN", "kd94hf93k423kf44").output().unwrap();
            let text = String::from_utf8(output.stdout).unwrap();
            assert!(output.status.success() && !text.contains("sha256") && !text.contains("fingerprint"), "{text}");
        }
    }
}

#[test]
fn what_no_server_may_take_is_signed_with_a_word() {
    let sign = |more: &[&str]| {
        let arguments = ["sign", "--url", "https://a.example/", "--client", "k", "--secret-env", "OWN"];
        let output = program().args(arguments).args(more).env("OWN", "s").output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    assert_eq!(sign(&[]), "");
    assert!(sign(&["--timestamp", "abc"]).contains("oauth_timestamp is not a positive integer"));
    assert!(sign(&["--version", "2.0"]).contains("oauth_version is not 1.0"));
}

#[test]
fn a_case_is_explained_as_json_too() {
    let value = countersign(&["explain", "sign.rfc/query-form-and-header", "--json"]).with(0).json();
    follows(&schema("report-1.json"), &value);
    assert_eq!((&value["cases"][0]["id"], &value["cases"][0]["verdict"]), (&"sign.rfc/query-form-and-header".into(), &"pass".into()));
}
