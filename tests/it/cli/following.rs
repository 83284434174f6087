//! What is told to be done next is done: the lines that show a failure again, and the hints beside what is not known.

use super::{Folder, countersign, ended, program, suite};

/// The same failure is shown again by every line, from the terminal and from the reports: an adapter that needs a variable, and vectors of
/// one's own.
#[cfg(unix)]
#[test]
fn every_line_that_shows_a_failure_again_works_and_is_the_same_in_all_reports() {
    let folder = Folder::new();
    let script = r#"[ -n "$WORD" ] || exit 9
printf '{"type":"hello","protocol":1,"implementation":{"name":"script"},"operations":["percent_encode"],"signature_methods":[],"features":[]}\n'
read -r hello
while read -r line; do id=${line#*'"id":"'}; id=${id%%'"'*}
case $line in *bye*) exit;; esac
printf '{"type":"result","id":"%s","output":{"encoded":"wrong"}}\n' "$id"; done
"#;
    let adapter = format!("mine=sh '{}'", folder.file("a.sh", script));
    let vectors = folder.file("made it's.json", suite("must", "a b", "a%20b"));
    let [junit, html, events] = ["r.xml", "r.html", "r.jsonl"].map(|name| folder.path(name).to_str().unwrap().to_owned());
    let mut command = program();
    command.env("WORD", "x").args(["test", "--vectors", &vectors, "--adapter", &adapter, "--pass-env", "WORD", "--case-timeout", "4.5s"]);
    let shown = ended(command.args(["--junit", &junit, "--html", &html, "--events", &events])).with(1).stdout;
    let lines = |text: &str| -> Vec<String> {
        text.lines().map(str::trim).filter(|line| line.starts_with("countersign ")).map(str::to_owned).collect()
    };
    let told = lines(&shown);
    assert_eq!(told.len(), 3, "{shown}");
    for line in &told {
        let mut shell = std::process::Command::new("sh");
        shell.arg("-c").arg(line.replacen("countersign", &format!("'{}'", env!("CARGO_BIN_EXE_countersign")), 1));
        let again = ended(shell.env("COLUMNS", "100").env("WORD", "x").env_remove("HOME").env_remove("XDG_STATE_HOME"));
        let is_explained = line.starts_with("countersign explain ");
        let again = again.with(i32::from(!is_explained));
        assert!(is_explained || again.stdout.contains("made/one") && again.stdout.contains("wrong"), "{line}\n{}", again.stdout);
    }
    assert!(told[1].contains(" --pass-env WORD --case-timeout 4.5s --vectors "), "{}", told[1]);
    let xml = std::fs::read_to_string(&junit).unwrap();
    let document = roxmltree::Document::parse(&xml).unwrap();
    let failure = document.descendants().find(|node| node.has_tag_name("failure")).unwrap();
    assert_eq!(lines(failure.text().unwrap()), told);
    let page = std::fs::read_to_string(&html).unwrap();
    let (_, again) = page.split_once("<pre class=\"again\">").unwrap();
    let again = again.split("</pre>").next().unwrap().replace("<span>", "").replace("</span>", "");
    assert_eq!(lines(&again.replace("&quot;", "\"").replace("&amp;", "&")), told[..2]);
    assert_eq!(lines(&countersign(&["report", "convert", &events]).with(0).stdout), told);
}

/// The hint of a refused command line.
#[track_caller]
fn hint(arguments: &[&str]) -> String {
    let ended = countersign(arguments).with(2);
    ended.stderr.lines().find_map(|line| line.strip_prefix("hint: ")).unwrap_or_default().to_owned()
}

#[test]
fn a_mistake_of_input_is_told_with_what_stands_behind_it() {
    for (written, expected) in [
        ("input.host", "write input.host:HOST[:PORT] with what is meant in place of HOST[:PORT], such as input.host:www.example.com"),
        ("input.path:PATH", "write input.path:PATH with what is meant in place of PATH, such as input.path:/b"),
        ("input.scheme:http|https", "write input.scheme:http|https with what is meant in place of http|https, such as input.scheme:https"),
        ("input.body-as-form:x", "write input.body-as-form, with nothing behind it"),
        ("nput.host:h", "did you mean input.host:h?"),
        ("input.hots", "write input.host:HOST[:PORT] with what is meant in place of HOST[:PORT], such as input.host:www.example.com"),
        ("uri.default-port-kep", "did you mean uri.default-port-kept?"),
    ] {
        assert_eq!(hint(&["explain", "--deviation", written]), expected, "{written}");
    }
    countersign(&["explain", "--deviation", "input.host:www.example.com"]).with(0);
    // Where globs are taken, one is offered that matches; where no mistakes of input are tried, none is.
    assert_eq!(hint(&["list", "deviations", "input.hots"]), "did you mean 'input.host*'?");
    countersign(&["list", "deviations", "input.host*"]).with(0);
    assert_eq!(hint(&["selftest", "input.host"]), "a selftest tries departures, and no mistakes of input");
}

#[test]
fn who_asks_for_one_case_is_offered_single_cases() {
    for (written, pattern) in [("sign.uri", "'sign.uri*'"), ("sing.uri", "sign.uri"), ("sign.uri/defualt-*", "'sign.uri/default-*'")] {
        let told = hint(&["explain", written]);
        assert_eq!(told, format!("one case is explained at a time: `countersign list cases {pattern}` shows their ids"), "{written}");
        countersign(&["list", "cases", pattern.trim_matches('\'')]).with(0);
    }
    assert_eq!(hint(&["explain", "sign.uri/default-port-htp"]), "did you mean sign.uri/default-port-http?");
}

#[test]
fn a_fixture_is_no_case_that_could_be_explained_and_is_looked_at_otherwise() {
    let ended = countersign(&["explain", "yahoo.renew/http"]).with(2);
    assert!(ended.stderr.starts_with("error: yahoo.renew/http is a provider fixture, and has no derivation\n"), "{}", ended.stderr);
    let told = hint(&["explain", "yahoo.renew/http"]);
    assert_eq!(told, "`countersign test yahoo.renew/http --json -` tells what is found in it, and what is to be found");
    let report = countersign(&["test", "yahoo.renew/http", "--json", "-"]).with(0).json();
    assert!(!report["cases"][0]["observation"]["findings"].as_array().unwrap().is_empty());
    let folder = Folder::new();
    let export = folder.path("set").to_str().unwrap().to_owned();
    countersign(&["vectors", "export", &export]).with(0);
    let told = hint(&["explain", "yahoo.renew/http", "--vectors", &export]);
    assert!(told.starts_with(&format!("`countersign test yahoo.renew/http --vectors {export} --json -` ")), "{told}");
}

#[cfg(feature = "sandbox")]
#[test]
fn a_fault_of_the_other_command_is_told_to_be_one() {
    let told = hint(&["adapter", "serve", "--fault", "redirect-host"]);
    assert_eq!(told, "it is a fault of the sandbox: `countersign sandbox --fault redirect-host`");
    let told = hint(&["sandbox", "etrade", "--fault", "wrong-id"]);
    assert_eq!(told, "it is a fault of adapters: `countersign adapter serve --fault wrong-id`");
    assert_eq!(hint(&["adapter", "serve", "--fault", "wrong-idd"]), "did you mean wrong-id?");
}
