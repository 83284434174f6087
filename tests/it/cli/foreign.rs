//! Text of others on the way to a terminal: what a file says, and how it is called, is shown with escapes, and makes no line of its own.

use super::{Folder, countersign, ended, program, suite};

const EVIL: &str = r"\u001b]0;evil\u0007\u001b[31mRED\n\u001b[2Jerror: forged\u202e";
const SHOWN: &str = r"\u{1b}]0;evil\u{7}\u{1b}[31mRED\n\u{1b}[2Jerror: forged\u{202e}";

#[track_caller]
fn is_harmless(stderr: &str) {
    let odd = stderr.chars().find(|letter| letter.is_control() && *letter != '\n' || *letter == '\u{202e}');
    assert_eq!(odd, None, "{stderr:?}");
    for line in stderr.lines() {
        assert!(["error: ", "hint: ", "note: "].iter().any(|word| line.starts_with(word)), "{line:?}");
    }
    assert_eq!(stderr.lines().filter(|line| line.starts_with("error: ")).count(), 1, "{stderr}");
}

#[test]
fn what_a_vector_file_says_is_shown_with_escapes() {
    let right = suite("must", "a b", "a%20b");
    for (text, by) in [
        (r#""rev": 1"#, format!(r#""{EVIL}": 1, "rev": 1"#)),
        (r#""must""#, format!(r#""{EVIL}""#)),
        (r#""percent_encode""#, format!(r#""{EVIL}""#)),
        (r#""rev": 1"#, format!(r#""rev": 1, "flags": ["{EVIL}"]"#)),
        (r#""rev": 1"#, format!(r#""rev": 1, "requires": ["{EVIL}"]"#)),
    ] {
        let folder = Folder::new();
        let file = folder.file("a.json", right.replacen(text, &by, 1));
        let told = countersign(&["test", "--vectors", &file]).with(3).stderr;
        is_harmless(&told);
        // Some quote a value as Rust does, with the same escapes for what a terminal obeys.
        assert!(told.contains(SHOWN), "{by}: {told}");
    }
}

#[cfg(unix)]
#[test]
fn a_name_of_a_file_makes_no_line_of_its_own() {
    let folder = Folder::new();
    folder.file("a\nerror: fake\u{1b}[31m.json", "{");
    let told = countersign(&["test", "--vectors", folder.path("").to_str().unwrap()]).with(3).stderr;
    is_harmless(&told);
    assert!(told.contains(r"a\nerror: fake\u{1b}[31m.json:1:1: "), "{told}");
}

#[test]
fn a_remark_is_shown_with_escapes() {
    let folder = Folder::new();
    let to = folder.path("a\nnote: forged\u{1b}[31m");
    let told = countersign(&["vectors", "export", to.to_str().unwrap()]).with(0).stderr;
    assert!(told.ends_with("a\\nnote: forged\\u{1b}[31m\n") && told.lines().count() == 1, "{told:?}");
}

#[test]
fn what_a_settings_file_says_is_shown_with_escapes() {
    let folder = Folder::new();
    for value in ["jobs = \"EVIL\"", "case-timeout = \"EVIL\"", "\"EVIL\" = 1"] {
        folder.file("countersign.toml", format!("format = 1\n{}\n", value.replace("EVIL", EVIL)));
        let told = ended(program().current_dir(folder.path("")).arg("test")).with(2).stderr;
        let odd = told.chars().find(|letter| letter.is_control() && *letter != '\n' || *letter == '\u{202e}');
        assert_eq!(odd, None, "{value}: {told:?}");
        assert!(told.contains(SHOWN), "{value}: {told:?}");
    }
}
