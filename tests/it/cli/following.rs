//! What is told to be done next is done: the lines that show a failure again.

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
