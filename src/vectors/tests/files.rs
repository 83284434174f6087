//! What the file system can do to us: folders, links, pipes, devices, sizes, JSON Lines; and that the digest is that of the contents.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::{plain, suite};
use crate::vectors::{Corpus, LoadError};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn write(folder: &Path, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    path
}

/// The first error without the folder's own name.
fn error(folder: &Path, paths: &[PathBuf]) -> String {
    let read = |paths: &[PathBuf]| -> Result<usize, LoadError> { Ok(Corpus::open(paths)?.cases().collect::<Result<Vec<_>, _>>()?.len()) };
    match read(paths) {
        Ok(count) => format!("{count} cases"),
        Err(error) => error.to_string().replace(&folder.display().to_string(), "DIR"),
    }
}

fn ids(paths: &[PathBuf]) -> Vec<String> {
    Corpus::open(paths).unwrap().cases().map(|case| case.unwrap().full_id()).collect()
}

fn named(suite_name: &str, id: &str) -> String {
    suite(&[plain(id)]).replacen("\"s\"", &format!("{suite_name:?}"), 1)
}

#[test]
fn a_folder_is_read_in_the_order_of_names_and_without_what_is_no_vector_file() {
    let folder = folder();
    for (name, text) in [
        ("b/a.json", named("ba", "x")),
        ("b-c.json", named("bc", "x")),
        ("a.json", named("a", "x")),
        ("schema/x.json", "{}".to_owned()),
        ("profiles/x.json", "{}".to_owned()),
        ("b/fixtures/x/y.json", "{}".to_owned()),
        ("README.md", "#".to_owned()),
        (".hidden.json", "{}".to_owned()),
        ("retired.json", r#"{"format": 1, "retired": {"old/x": "a/x"}}"#.to_owned()),
    ] {
        write(folder.path(), name, text);
    }
    let paths = [folder.path().to_owned()];
    assert_eq!(ids(&paths), ["a/x", "bc/x", "ba/x"]);
    let corpus = Corpus::open(&paths).unwrap();
    assert_eq!(corpus.retired().now("old/x"), Some("a/x"));
    assert_eq!(corpus.find("old/x").unwrap().unwrap().full_id(), "a/x");
    let twice = [paths[0].clone(), folder.path().join("b/../a.json")];
    assert_eq!(ids(&twice), ["a/x", "bc/x", "ba/x"]);
}

#[test]
fn what_is_no_vector_file_is_an_error_with_its_name() {
    let folder = folder();
    let at = |name: &str| vec![folder.path().join(name)];
    assert_eq!(error(folder.path(), &[folder.path().to_owned()]), "DIR: the folder: no vector file is below it");
    assert!(error(folder.path(), &at("none.json")).starts_with("DIR/none.json: the file: No such file"));
    write(folder.path(), "empty.json", "");
    assert_eq!(error(folder.path(), &at("empty.json")), "DIR/empty.json:1:1: the suite: it is empty");
    write(folder.path(), "mark.json", "\u{feff}{}");
    assert_eq!(error(folder.path(), &at("mark.json")), "DIR/mark.json:1:1: the file: begins with a byte order mark");
    write(folder.path(), "latin.json", b"{\n\"\xe4\"}");
    assert_eq!(error(folder.path(), &at("latin.json")), "DIR/latin.json:2:2: the file: not UTF-8 from here on");
    write(folder.path(), "large.json", vec![b' '; (16 << 20) + 1]);
    assert_eq!(error(folder.path(), &at("large.json")), "DIR/large.json: the file: larger than 16 MiB");
    write(folder.path(), "none.jsonl", "");
    assert_eq!(error(folder.path(), &at("none.jsonl")), "DIR/none.jsonl: the file: empty");
}

#[cfg(unix)]
#[test]
fn pipes_devices_and_circles_of_links_hold_nobody_up() {
    use std::os::unix::fs::symlink;

    let folder = folder();
    let path = folder.path();
    write(path, "a.json", named("a", "x"));
    for device in ["/dev/zero", "/dev/null"] {
        assert_eq!(error(path, &[device.into()]), format!("{device}: the file: neither a regular file nor a folder"));
    }
    symlink("/dev/zero", path.join("zero.json")).unwrap();
    assert_eq!(error(path, &[path.to_owned()]), "DIR/zero.json: the file: neither a regular file nor a folder");
    fs::remove_file(path.join("zero.json")).unwrap();

    let pipe = path.join("pipe.jsonl");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert_eq!(error(path, &[path.to_owned()]), "DIR/pipe.jsonl: the file: neither a regular file nor a folder");
    fs::remove_file(pipe).unwrap();

    symlink("loop.json", path.join("loop.json")).unwrap();
    assert!(error(path, &[path.to_owned()]).starts_with("DIR/loop.json: the file: "));
    fs::remove_file(path.join("loop.json")).unwrap();

    fs::create_dir(path.join("below")).unwrap();
    symlink("..", path.join("below/up")).unwrap();
    assert_eq!(error(path, &[path.to_owned()]), "DIR/below/up: the folder: is met a second time");
}

fn lines(cases: &[String]) -> String {
    let head = r#"{"format": 1, "suite": "s", "operation": "verify", "flags": {}}"#;
    format!("{head}\n{}\n", cases.join("\n"))
}

#[test]
fn json_lines_are_read_line_by_line() {
    let folder = folder();
    let text = lines(&[plain("x"), plain("y")]);
    for (name, text) in [("a.jsonl", text.clone()), ("b.jsonl", text.trim_end().to_owned()), ("c.jsonl", text.replace('\n', "\r\n"))] {
        let path = write(folder.path(), name, text);
        let corpus = Corpus::open(std::slice::from_ref(&path)).unwrap();
        let places: Vec<_> = corpus.cases().map(|case| case.unwrap()).map(|case| (case.id, case.place.line)).collect();
        assert_eq!(places, [("x".to_owned(), 2), ("y".to_owned(), 3)]);
    }
    let at = |text: &str| error(folder.path(), &[write(folder.path(), "d.jsonl", text)]);
    for no_case in [lines(&[]).trim_end(), &lines(&[]), &format!("\n{}\n \n", lines(&[]))] {
        assert_eq!(at(no_case), "DIR/d.jsonl: the file: it has no cases");
    }
    assert_eq!(at("\n \n"), "DIR/d.jsonl: the file: empty");
    assert_eq!(at(&suite(&[plain("x")])), "DIR/d.jsonl:1:1: the suite: cut off (EOF while parsing an object)");
    assert_eq!(
        at(&text.replacen("\"y\"", "\"x\"", 1)),
        "DIR/d.jsonl:3:1: case \"x\": its id \"s/x\" stands there twice, first at DIR/d.jsonl:2"
    );
    assert_eq!(
        at(&text.replacen("\"rev\": 1", "\"rev\": \"\"", 1)),
        "DIR/d.jsonl:2:20: case \"x\": invalid type: string \"\", expected a whole number from 0 to 4294967295"
    );
    assert_eq!(at(&text[..text.len() - 9]), "DIR/d.jsonl:3:240: a case: cut off (EOF while parsing a string)");
}

#[test]
fn the_digest_is_that_of_names_and_contents() {
    let folder = folder();
    let texts = [("a.json", named("a", "x")), ("sub/b.json", named("b", "x"))];
    for (name, text) in &texts {
        write(folder.path(), name, text);
    }
    let opened = Corpus::open(&[folder.path().to_owned()]).unwrap();
    let of_texts = Corpus::of_texts(texts.clone()).unwrap();
    assert_eq!(opened.digest().unwrap(), of_texts.digest().unwrap());
    assert!(opened.digest().unwrap().starts_with("sha256:"));
    let other = Corpus::of_texts([texts[0].clone(), ("sub/b.json", named("b", "y"))]).unwrap();
    assert_ne!(other.digest().unwrap(), of_texts.digest().unwrap());
    let renamed = Corpus::of_texts([texts[0].clone(), ("sub/c.json", named("b", "x"))]).unwrap();
    assert_ne!(renamed.digest().unwrap(), of_texts.digest().unwrap());
}

#[test]
fn a_stream_has_the_same_digest_read_by_the_way_or_for_its_own_sake() {
    let folder = folder();
    let path = write(folder.path(), "a.jsonl", lines(&(0..5000).map(|id| plain(&id.to_string())).collect::<Vec<_>>()));
    let listing = {
        let corpus = Corpus::open(std::slice::from_ref(&path)).unwrap();
        assert_eq!(corpus.cases().filter(Result::is_ok).count(), 5000);
        // What was read by the way is not read again.
        fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"x").unwrap();
        corpus.listing().unwrap()
    };
    let size = fs::metadata(&path).unwrap().len();
    fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(size - 1).unwrap();
    let corpus = Corpus::open(std::slice::from_ref(&path)).unwrap();
    assert!(corpus.cases().next().unwrap().is_ok());
    assert_eq!(corpus.listing().unwrap(), listing);
    assert!(listing.ends_with("  a.jsonl\n"));
}
