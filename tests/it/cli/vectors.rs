//! Care of vector files: lint, fmt, export, add.

use super::{Folder, countersign, suite};

#[test]
fn the_embedded_set_has_no_faults() {
    let ended = countersign(&["vectors", "lint"]).with(0);
    assert_eq!((ended.stdout.as_str(), ended.stderr.as_str()), ("", "note: nothing to find fault with\n"));
}

#[test]
fn lint_finds_what_loading_does_not() {
    let folder = Folder::new();
    let wrong = folder.file("wrong.json", suite("must", "a b", "a+b"));
    let ended = countersign(&["vectors", "lint", "--vectors", &wrong]).with(1);
    assert!(ended.stdout.contains("wrong.json:2: made/one: "), "{}", ended.stdout);
    let section = folder.file("section.json", suite("must", "a b", "a%20b").replace("\"3.6\"", "\"3.99\""));
    let ended = countersign(&["vectors", "lint", "--vectors", &section]).with(1);
    assert!(ended.stdout.contains("3.99"), "{}", ended.stdout);
    let right = folder.file("right.json", suite("must", "a b", "a%20b"));
    let ended = countersign(&["vectors", "lint", "--vectors", &right]);
    assert!(!ended.stdout.contains("recompute") && !ended.stdout.contains("section"), "{}", ended.stdout);
}

#[test]
fn lint_tells_of_what_cannot_be_read_as_loading_does() {
    let folder = Folder::new();
    let text = suite("must", "a b", "a%20b").replace("\"title\"", "\"tilte\"");
    let column = text.lines().nth(1).unwrap().find("\"tilte\"").unwrap() + 1;
    let file = folder.file("a.json", text);
    let ended = countersign(&["vectors", "lint", &file]).with(1);
    assert_eq!(ended.stdout, format!("{file}:2:{column}: case \"one\": unknown field \"tilte\"\nhint: did you mean \"title\"?\n"));
    assert_eq!(ended.stderr, "note: 1 finding\n");
    let loading = countersign(&["test", "--vectors", &file]).with(3);
    assert_eq!(loading.stderr, format!("error: {}", ended.stdout));
    // A fault that is not in the text has no line.
    let value: serde_json::Value = serde_json::from_str(&suite("must", "a", "a")).unwrap();
    let mut head = value;
    head.as_object_mut().unwrap().remove("cases");
    let lines = folder.file("a.jsonl", format!("{head}\n"));
    assert_eq!(countersign(&["vectors", "lint", &lines]).with(1).stdout, format!("{lines}: the file: it has no cases\n"));
}

#[test]
fn lint_takes_a_folder_of_profiles() {
    let folder = Folder::new();
    let profile = include_str!("../../../vectors/profiles/etrade.json");
    for name in ["profiles", "of-mine"] {
        std::fs::create_dir(folder.path(name)).unwrap();
        folder.file(&format!("{name}/a.json"), profile);
        let path = folder.path(name);
        let lint = || countersign(&["vectors", "lint", path.to_str().unwrap()]);
        lint().with(0);
        let wrong = folder.file(&format!("{name}/b.json"), profile.replacen("\"endpoints\"", "\"endpionts\"", 1));
        let ended = lint().with(1);
        assert!(ended.stdout.starts_with(&format!("{wrong}:")) && ended.stdout.contains("endpionts"), "{}", ended.stdout);
    }
    // What is not a profile, and not among profiles, is read as vectors are.
    folder.file("of-mine/c.json", suite("must", "a b", "a%20b"));
    let path = folder.path("of-mine");
    assert!(countersign(&["vectors", "lint", path.to_str().unwrap()]).with(3).stderr.contains("the suite: "));
}

#[test]
fn a_byte_order_mark_is_named() {
    let folder = Folder::new();
    for name in ["a.json", "a.jsonl"] {
        let file = folder.file(name, format!("\u{feff}{}", suite("must", "a b", "a%20b")));
        for command in [&["vectors", "fmt", &file][..], &["vectors", "lint", &file], &["list", "cases", "--vectors", &file]] {
            let ended = countersign(command).with(3);
            let hint = "hint: save it as UTF-8 without a byte order mark\n";
            assert_eq!(ended.stderr, format!("error: {file}:1:1: the file: begins with a byte order mark\n{hint}"), "{command:?}");
        }
    }
}

#[test]
fn fmt_says_or_does_it_and_a_second_time_nothing() {
    let folder = Folder::new();
    let before = suite("must", "a b", "a%20b");
    let file = folder.file("a.json", &before);
    let ended = countersign(&["vectors", "fmt", "--check", &file]).with(1);
    assert_eq!(ended.stdout, format!("{file}\n"));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), before);
    countersign(&["vectors", "fmt", &file]).with(0);
    let after = std::fs::read_to_string(&file).unwrap();
    assert_ne!(after, before);
    let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(value(&after), value(&before));
    countersign(&["vectors", "fmt", "--check", &file]).with(0);
    let ended = countersign(&["vectors", "fmt", &folder.file("b.json", "{\"a\": 1,\n \"a\": 2}")]).with(3);
    assert!(ended.stderr.contains("b.json:2:2: the text: duplicate field \"a\""), "{}", ended.stderr);
}

#[test]
fn the_exported_set_can_be_used_in_place_of_the_embedded_one() {
    let folder = Folder::new();
    let set = folder.path("set");
    let set = set.to_str().unwrap();
    countersign(&["vectors", "export", set]).with(0);
    let ids = |arguments: &[&str]| countersign(&[&["list", "cases"], arguments].concat()).with(0).stdout;
    assert_eq!(ids(&["--vectors", set]), ids(&[]));
    countersign(&["vectors", "lint", "--vectors", set]).with(0);
    countersign(&["test", "--vectors", set, "--quiet"]).with(0);
    for name in ["README.md", "clauses.json", ".gitattributes", "schema/vectors-1.json", "profiles/yahoo.json"] {
        assert!(folder.path("set").join(name).is_file(), "{name}");
    }
}

#[test]
fn json_lines_are_read_like_json() {
    let folder = Folder::new();
    let value: serde_json::Value = serde_json::from_str(&suite("must", "a b", "a%20b")).unwrap();
    let mut head = value.clone();
    head.as_object_mut().unwrap().remove("cases");
    let file = folder.file("a.jsonl", format!("{head}\n{}\n", value["cases"][0]));
    assert_eq!(countersign(&["test", "--dry-run", "--vectors", &file]).with(0).stdout, "made/one\n");
    countersign(&["test", "--vectors", &file]).with(0);
    // What editors and `echo` leave behind says nothing.
    let spaced = folder.file("spaced.jsonl", format!("\n{head}\n\n{}\n \n\n", value["cases"][0]));
    assert_eq!(countersign(&["test", "--dry-run", "--vectors", &spaced]).with(0).stdout, "made/one\n");
    countersign(&["vectors", "fmt", &spaced, &file]).with(0);
    assert_eq!(std::fs::read_to_string(&spaced).unwrap(), std::fs::read_to_string(&file).unwrap());
}

#[test]
fn what_is_added_says_where_its_value_comes_from() {
    let folder = Folder::new();
    let about = r#""suite": "made", "about": "made for a test","#;
    let target = folder.file("target.json", suite("must", "a b", "a%20b").replace(r#""suite": "made","#, about));
    let from = folder.file("find.json", suite("must", "a", "a").replace("\"one\"", "\"two\""));
    let before = std::fs::read_to_string(&target).unwrap();
    let add = |rest: &[&str]| countersign(&[&["vectors", "add", &target, "--from", &from, "--title", "letters stay"][..], rest].concat());
    for (rest, code, says) in [
        (&["--published", "a friend"][..], 2, "neither an https address nor a section of an RFC"),
        (&["--published", "http://example.com/signing"], 2, "neither an https address nor a section of an RFC"),
        (&["--published", "https://example.com/signing"], 2, "--kind vendor"),
        (&["--published", "https://example.com/signing", "--kind", "rfc"], 2, "no section of an RFC"),
        (&["--kind", "vendor", "--confirmed-by", "oauthlib 4.0.1", "--confirmed-by", "Authlib 1.6.0"], 2, "--published"),
        (&["--confirmed-by", "oauthlib 4.0.1", "--confirmed-by", "OAuthLib 3.2.2"], 3, "that confirm the expected value: 1"),
        (&["--confirmed-by", "oauthlib", "--confirmed-by", "Authlib 1.6.0"], 3, "names no version"),
    ] {
        let ended = add(rest).with(code);
        assert!(ended.stderr.contains(says), "{}", ended.stderr);
        assert_eq!(std::fs::read_to_string(&target).unwrap(), before);
    }
    let source = |rest: &[&str]| {
        std::fs::write(&target, &before).unwrap();
        add(rest).with(0);
        countersign(&["vectors", "lint", "--vectors", &target]).with(0);
        let file: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&target).unwrap()).unwrap();
        file["cases"][1]["source"].clone()
    };
    let vendor = source(&["--published", "https://example.com/signing", "--kind", "vendor"]);
    assert_eq!((&vendor["kind"], &vendor["ref"]), (&"vendor".into(), &"https://example.com/signing".into()));
    assert_eq!(source(&["--published", "RFC 5849 section 3.6"])["kind"], "rfc");
    let derived = source(&["--confirmed-by", "oauthlib 4.0.1", "--confirmed-by", "Authlib 1.6.0"]);
    assert_eq!((&derived["kind"], derived["confirmed_by"].as_array().unwrap().len()), (&"derived".into(), 2));
}
