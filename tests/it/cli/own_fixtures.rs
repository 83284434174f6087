//! Provider fixtures in a set of one's own: none is passed over without a word, whatever is wrong with its file; they are found where they
//! are, once, and selected by the profile that they name.

use std::path::Path;

use super::{Folder, countersign};

fn shipped(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors").join(path)).unwrap()
}

/// A set with two files of fixtures in one folder.
fn set() -> (Folder, String) {
    let folder = Folder::new();
    let set = folder.path("set");
    std::fs::create_dir_all(set.join("fixtures/etrade")).unwrap();
    std::fs::create_dir_all(set.join("sign")).unwrap();
    std::fs::write(set.join("sign/uri.json"), shipped("sign/uri.json")).unwrap();
    for name in ["renew", "access_token"] {
        std::fs::write(set.join(format!("fixtures/etrade/{name}.json")), shipped(&format!("fixtures/etrade/{name}.json"))).unwrap();
    }
    let set = set.to_str().unwrap().to_owned();
    (folder, set)
}

/// The ids that a run would put.
fn ids(paths: &[&str], more: &[&str]) -> Vec<String> {
    let paths = paths.iter().flat_map(|path| ["--vectors", path]);
    let arguments: Vec<&str> = ["test", "--dry-run"].into_iter().chain(paths).chain(more.iter().copied()).collect();
    countersign(&arguments).with(0).lines().iter().map(|line| (*line).to_owned()).collect()
}

#[test]
fn a_file_of_fixtures_that_cannot_be_read_is_named_and_nothing_runs() {
    let (_folder, set) = set();
    let file = format!("{set}/fixtures/etrade/renew.json");
    let text = shipped("fixtures/etrade/renew.json");
    let utf_16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.bytes().flat_map(|octet| [octet, 0])).collect();
    for broken in [&b""[..], &text.as_bytes()[..20], &text.as_bytes()[..2000], &utf_16, b"[]"] {
        std::fs::write(&file, broken).unwrap();
        let ended = countersign(&["test", "--vectors", &set]).with(3);
        assert!(ended.stderr.starts_with(&format!("error: {file}:")) && ended.stdout.is_empty(), "{}", ended.stderr);
        // Who lints is told of each, or that it cannot be read.
        for lint in
            [&["vectors", "lint", "--vectors", &set][..], &["vectors", "lint", &set], &["vectors", "lint", &format!("{set}/fixtures")]]
        {
            let ended = countersign(lint);
            assert!(ended.code == 1 || ended.code == 3, "{lint:?}: {}", ended.code);
            assert!(
                format!("{}{}", ended.stdout, ended.stderr).contains(&format!("{file}:")),
                "{lint:?}: {}{}",
                ended.stdout,
                ended.stderr
            );
        }
    }
    #[cfg(unix)]
    {
        std::fs::remove_file(&file).unwrap();
        std::os::unix::fs::symlink("nowhere", &file).unwrap();
        let ended = countersign(&["test", "--vectors", &set]).with(3);
        assert!(ended.stderr.contains(&file), "{}", ended.stderr);
    }
}

#[test]
fn profiles_of_a_set_are_linted_with_it() {
    let (_folder, set) = set();
    std::fs::create_dir(format!("{set}/profiles")).unwrap();
    let profile = format!("{set}/profiles/etrade.json");
    std::fs::write(&profile, shipped("profiles/etrade.json")).unwrap();
    countersign(&["vectors", "lint", &set]).with(0);
    std::fs::write(&profile, shipped("profiles/etrade.json").replacen("\"callback\":", "\"calback\":", 1)).unwrap();
    let ended = countersign(&["vectors", "lint", &set]).with(1);
    assert!(ended.stdout.starts_with(&format!("{profile}:")) && ended.stdout.contains("unknown field \"calback\""), "{}", ended.stdout);
}

#[test]
fn fixtures_are_found_deep_below_and_by_a_part_of_their_folder() {
    let (_folder, set) = set();
    let all = ids(&[&set], &["--operation", "exchange"]);
    assert!(all.len() > 50 && all.iter().all(|id| id.starts_with("etrade.")));
    assert_eq!(ids(&[&format!("{set}/fixtures/etrade")], &[]), all);
    std::fs::create_dir_all(format!("{set}/fixtures/a/b")).unwrap();
    std::fs::rename(format!("{set}/fixtures/etrade"), format!("{set}/fixtures/a/b/etrade")).unwrap();
    assert_eq!(ids(&[&set], &["--operation", "exchange"]), all);
}

#[test]
fn a_set_may_have_fixtures_alone() {
    let (_folder, set) = set();
    std::fs::remove_dir_all(format!("{set}/sign")).unwrap();
    let judged = ids(&[&set], &[]);
    assert!(judged.len() > 10 && judged.iter().all(|id| id.starts_with("etrade.")), "{judged:?}");
    countersign(&["test", "--vectors", &set]).with(0);
    countersign(&["vectors", "lint", &set]).with(0);
    // Without any, there is nothing at all.
    std::fs::remove_dir_all(format!("{set}/fixtures/etrade")).unwrap();
    assert!(countersign(&["test", "--vectors", &set]).with(3).stderr.contains("no vector file is below it"));
}

#[test]
fn a_file_that_is_named_twice_is_judged_once_and_another_with_its_ids_is_refused() {
    let (folder, set) = set();
    let file = format!("{set}/fixtures/etrade/renew.json");
    let once = ids(&[&file], &[]);
    let other_way = format!("{set}/fixtures/../fixtures/etrade/renew.json");
    assert_eq!(ids(&[&file, &other_way], &[]), once);
    let copy = folder.file("copy.json", shipped("fixtures/etrade/renew.json"));
    let ended = countersign(&["test", "--vectors", &file, "--vectors", &copy]).with(3);
    assert!(ended.stderr.contains(&format!("error: {copy}: another fixture etrade.renew/")), "{}", ended.stderr);
}

#[test]
fn fixtures_of_a_profile_of_ones_own_are_selected_by_its_name() {
    let (_folder, set) = set();
    // Its rules and suites are called as it is.
    let own = |path: &str| shipped(path).replace("\"etrade", "\"mine");
    std::fs::create_dir(format!("{set}/profiles")).unwrap();
    std::fs::write(format!("{set}/profiles/mine.json"), own("profiles/etrade.json")).unwrap();
    std::fs::write(format!("{set}/fixtures/etrade/renew.json"), own("fixtures/etrade/renew.json")).unwrap();
    let mine = ids(&[&set], &["--profile", "mine"]);
    assert!(!mine.is_empty() && mine.iter().all(|id| id.starts_with("mine.renew/")), "{mine:?}");
    let ended = countersign(&["test", "--vectors", &set, "--profile", "mien"]).with(2);
    assert!(ended.stderr.contains("did you mean mine?"), "{}", ended.stderr);
}

#[test]
fn a_vector_file_with_words_of_a_fixture_in_it_is_a_vector_file() {
    let folder = Folder::new();
    let text = |first: &str, second: &str| {
        format!(
            r#"{{ "format": 1, "suite": "made", "operation": "normalize", "about": "made for a test", "cases": [
  {{ "id": "one", "rev": 1, "status": "active", "level": "must", "title": "made for a test",
    "spec": [{{ "doc": "RFC5849", "section": "3.4.1.3.2" }}],
    "input": {{ "parameters": [["{first}", "1"], ["{second}", "2"]] }}, "expect": {{ "normalized": "{first}=1&{second}=2" }},
    "source": {{ "kind": "rfc", "ref": "RFC 5849 section 3.4.1.3.2, https://www.rfc-editor.org/rfc/rfc5849#section-3.4.1.3.2" }} }}
] }}
"#
        )
    };
    for (first, second) in [("exchange", "profile"), ("endpoints", "rules")] {
        let file = folder.file("n.json", text(first, second));
        countersign(&["test", "--vectors", &file]).with(0);
        countersign(&["vectors", "lint", &file]).with(0);
    }
}
