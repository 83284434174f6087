//! Settings of `countersign test` from a file: what stands in it comes before what the command line says, as if somebody had typed it.
//! A file that is named with `--config` may say everything. One that is found in the current folder may not name adapters, nor what is
//! passed on to them, and no path outside of its folder: whoever can put a file there, such as the author of a pull request, could run
//! programs with it, or write over what is somebody's.

use std::ffi::OsString;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use toml_edit::{Document, Item, Table, Value};

use super::fail::Fail;
use super::files;
use crate::profile::nearest::nearest;

/// The file that is found by itself.
const FOUND: &str = "countersign.toml";

/// What a value is, and what becomes of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `true` is the option.
    Flag,
    /// A text or a number.
    Value,
    /// A path, from the file's folder.
    Path,
    /// Texts.
    List,
    /// Paths, from the file's folder.
    Paths,
    /// Names with paths, from the file's folder: `NAME=PATH`.
    NamedPaths,
    /// Names with commands: `NAME=CMD`.
    Named,
}

/// The keys: each is an option of `countersign test`. What belongs to one run alone (what is shown, a shard, a dry run) has none.
const KEYS: [(&str, Kind); 25] = [
    ("vectors", Kind::Paths),
    ("section", Kind::List),
    ("flag", Kind::List),
    ("level", Kind::List),
    ("operation", Kind::List),
    ("profile", Kind::List),
    ("case-timeout", Kind::Value),
    ("start-timeout", Kind::Value),
    ("jobs", Kind::Value),
    ("restarts", Kind::Value),
    ("seed", Kind::Value),
    ("expect", Kind::NamedPaths),
    ("strict", Kind::Flag),
    ("require-coverage", Kind::Value),
    ("json", Kind::Path),
    ("junit", Kind::Path),
    ("tap", Kind::Path),
    ("sarif", Kind::Path),
    ("markdown", Kind::Path),
    ("html", Kind::Path),
    ("github", Kind::Path),
    ("badge", Kind::Path),
    ("events", Kind::Path),
    ("adapter", Kind::Named),
    ("pass-env", Kind::List),
];

/// Keys that only a file that was named may have.
const GUARDED: [&str; 2] = ["adapter", "pass-env"];

/// What a settings file says.
pub(super) struct Settings {
    /// The file.
    pub(super) file: PathBuf,
    /// Its settings, in their order.
    pub(super) said: Vec<Said>,
}

/// A setting as the options that it stands for.
pub(super) struct Said {
    /// Where its value stands: `countersign.toml:2:8`.
    pub(super) place: String,
    /// The options.
    pub(super) options: Vec<String>,
}

impl Settings {
    /// The settings of `countersign test`, if that is the command, and there is a file.
    pub(super) fn of(arguments: &[OsString]) -> Result<Option<Settings>, Fail> {
        if arguments.get(1).is_none_or(|command| command != "test") {
            return Ok(None);
        }
        let (file, is_named) = match named(arguments) {
            Some(file) => (file, true),
            None if Path::new(FOUND).is_file() => (PathBuf::from(FOUND), false),
            None => return Ok(None),
        };
        let text = files::text(&file, files::MAX_FILE)?;
        let said = read(&file, &text, is_named)?;
        Ok(Some(Settings { file, said }))
    }

    /// Every option.
    pub(super) fn options(&self) -> impl Iterator<Item = &String> {
        self.said.iter().flat_map(|said| &said.options)
    }

    /// The arguments with the options put in behind `test`.
    pub(super) fn expand(&self, arguments: &[OsString]) -> Vec<OsString> {
        let (before, behind) = arguments.split_at(arguments.len().min(2));
        before.iter().cloned().chain(self.options().map(OsString::from)).chain(behind.iter().cloned()).collect()
    }
}

/// The file that `--config` names: the last one, as of every option that is given twice.
fn named(arguments: &[OsString]) -> Option<PathBuf> {
    let (mut last, mut all) = (None, arguments.iter().take_while(|argument| *argument != "--"));
    while let Some(argument) = all.next() {
        if argument == "--config" {
            last = all.next().map(PathBuf::from);
        } else if let Some(file) = argument.to_str().and_then(|argument| argument.strip_prefix("--config=")) {
            last = Some(PathBuf::from(file));
        }
    }
    last
}

/// The settings of a file.
fn read(file: &Path, text: &str, is_named: bool) -> Result<Vec<Said>, Fail> {
    let source = Source { file, text, is_named };
    let document = Document::parse(text).map_err(|error| source.wrong(error.span(), &error.message().trim().replace('\n', ", ")))?;
    match document.get("format") {
        Some(item) if item.as_integer() == Some(1) => {}
        Some(item) => return Err(source.wrong(item.span(), "format must be 1")),
        None => return Err(source.wrong(None, "it has no format").hint("its first line is: format = 1")),
    }
    let mut all = Vec::new();
    for (key, item) in document.iter().filter(|(key, _)| *key != "format") {
        let Some((_, kind)) = KEYS.iter().find(|(known, _)| *known == key) else {
            let fail = source.wrong(key_span(&document, key).or_else(|| item.span()), &format!("there is no setting {key:?}"));
            return Err(match nearest(key, KEYS.iter().map(|(known, _)| *known)) {
                Some(near) => fail.hint(format!("did you mean {near}?")),
                None => fail.hint(format!("there are {}", KEYS.map(|(known, _)| known).join(", "))),
            });
        };
        if GUARDED.contains(&key) && !is_named {
            let fail = source.wrong(item.span(), &format!("{key} is taken from a file that was named only"));
            return Err(fail.hint(format!("countersign test --config {}", file.display())));
        }
        let mut options = Vec::new();
        source.options(key, *kind, item, &mut options)?;
        all.push(Said { place: source.place(item.span()), options });
    }
    Ok(all)
}

fn key_span(table: &Table, key: &str) -> Option<Range<usize>> {
    table.key(key)?.span()
}

/// A file's text, for complaints.
struct Source<'a> {
    file: &'a Path,
    text: &'a str,
    /// Whether somebody named it; one that was found is trusted less.
    is_named: bool,
}

impl Source<'_> {
    fn wrong(&self, span: Option<Range<usize>>, what: &str) -> Fail {
        Fail::usage(format!("{}: {what}", self.place(span)))
    }

    fn place(&self, span: Option<Range<usize>>) -> String {
        let before = self.text.get(..span.map_or(0, |span| span.start)).unwrap_or_default();
        let line = before.bytes().filter(|octet| *octet == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        format!("{}:{line}:{column}", self.file.display())
    }

    /// A path of the file, from where the command is given.
    fn path(&self, path: &str, item: &Item) -> Result<String, Fail> {
        if path == "-" {
            // Stdout.
            return Ok(path.to_owned());
        }
        let folder = self.file.parent().unwrap_or(Path::new(""));
        let whole = folder.join(path);
        let stays = Path::new(path).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        let may = self.is_named || (stays && leads_into(folder, &whole));
        if !may {
            let fail = self.wrong(item.span(), &format!("{path:?} is outside of the folder, and the file was not named"));
            return Err(fail.hint(format!("countersign test --config {}", self.file.display())));
        }
        Ok(whole.to_string_lossy().into_owned())
    }

    fn options(&self, key: &str, kind: Kind, item: &Item, options: &mut Vec<String>) -> Result<(), Fail> {
        let wrong = |must: &str| self.wrong(item.span(), &format!("{key} must be {must}"));
        // One argument with its value, so that no value is taken for an option.
        let mut add = |value: &str| options.push(format!("--{key}={value}"));
        match kind {
            Kind::Flag => match item.as_bool() {
                Some(true) => options.push(format!("--{key}")),
                Some(false) => {}
                None => return Err(wrong("true or false")),
            },
            Kind::Value => match item.as_value() {
                Some(Value::String(text)) => add(text.value()),
                Some(Value::Integer(number)) => add(&number.value().to_string()),
                _ => return Err(wrong("a string or a number")),
            },
            Kind::Path => add(&self.path(item.as_str().ok_or_else(|| wrong("a string"))?, item)?),
            Kind::List | Kind::Paths => {
                let values = item.as_array().ok_or_else(|| wrong("a list of strings"))?;
                for value in values {
                    let text = value.as_str().ok_or_else(|| wrong("a list of strings"))?;
                    if kind == Kind::Paths { add(&self.path(text, item)?) } else { add(text) }
                }
            }
            Kind::Named | Kind::NamedPaths => {
                let table = item.as_table_like().ok_or_else(|| wrong("a table of names and strings"))?;
                for (name, value) in table.iter() {
                    let text = value.as_str().ok_or_else(|| wrong("a table of names and strings"))?;
                    let text = if kind == Kind::NamedPaths { self.path(text, item)? } else { text.to_owned() };
                    // Of adapters that are not asked, what is known of them is passed over.
                    let option = if kind == Kind::NamedPaths { "expect-known" } else { key };
                    options.push(format!("--{option}={name}={text}"));
                }
            }
        }
        Ok(())
    }
}

/// Whether what a path leads to is in a folder, now that its symbolic links are followed: a link can come with the folder. Of a path that is
/// not there yet, as much as there is; a link that leads nowhere could lead anywhere by and by.
fn leads_into(folder: &Path, path: &Path) -> bool {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    // Where there is no folder yet, nothing in it leads anywhere.
    let Ok(folder) = folder.canonicalize() else { return true };
    for there in path.ancestors().filter(|there| !there.as_os_str().is_empty()) {
        match there.canonicalize() {
            Ok(there) => return there.starts_with(&folder),
            Err(_) if there.is_symlink() => return false,
            Err(_) => {}
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &str = "format = 1\nvectors = [\"a\", \"b/c\"]\nstrict = true\ncase-timeout = \"5s\"\njobs = 2\nhtml = \"out.html\"\njunit = \"-\"\n\
                       [expect]\nmine = \"mine.expect.toml\"\n[adapter]\nmine = \"python3 adapter.py\"\n";

    fn read_from(text: &str, is_named: bool) -> Result<Vec<String>, String> {
        let said = read(Path::new("ci/countersign.toml"), text, is_named).map_err(|fail| fail.message)?;
        Ok(said.into_iter().flat_map(|said| said.options).collect())
    }

    #[test]
    fn settings_are_options_and_paths_are_the_files() {
        assert_eq!(
            read_from(ALL, true).unwrap(),
            [
                "--vectors=ci/a",
                "--vectors=ci/b/c",
                "--strict",
                "--case-timeout=5s",
                "--jobs=2",
                "--html=ci/out.html",
                "--junit=-",
                "--expect-known=mine=ci/mine.expect.toml",
                "--adapter=mine=python3 adapter.py"
            ]
        );
    }

    #[test]
    fn a_file_that_was_found_runs_nothing() {
        assert_eq!(read_from(ALL, false).unwrap_err(), "ci/countersign.toml:10:1: adapter is taken from a file that was named only");
        assert!(read_from("format = 1\npass-env = [\"TOKEN\"]\n", false).unwrap_err().contains("pass-env is taken"));
        for path in ["/etc/passwd", "../x", "a/../../x"] {
            for setting in [format!("html = {path:?}"), format!("vectors = [{path:?}]"), format!("expect.mine = {path:?}")] {
                let text = format!("format = 1\n{setting}\n");
                assert!(read_from(&text, false).unwrap_err().ends_with("is outside of the folder, and the file was not named"), "{text}");
                assert!(read_from(&text, true).is_ok(), "{text}");
            }
        }
        assert_eq!(read_from("format = 1\nhtml = \"./out/a.html\"\n", false).unwrap(), ["--html=ci/./out/a.html"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_out_of_the_folder_is_outside() {
        let (own, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let link = |to: &Path, name: &str| std::os::unix::fs::symlink(to, own.path().join(name)).unwrap();
        std::fs::write(other.path().join("file"), "").unwrap();
        std::fs::create_dir(own.path().join("inside")).unwrap();
        link(&other.path().join("file"), "file");
        link(other.path(), "folder");
        link(&other.path().join("nothing"), "nothing");
        link(&own.path().join("inside"), "back");
        let file = own.path().join("countersign.toml");
        let answer =
            |path: &str, is_named: bool| read(&file, &format!("format = 1\nhtml = {path:?}\n"), is_named).map_err(|fail| fail.message);
        for path in ["file", "folder/new", "folder/deep/new", "nothing", "./nothing"] {
            assert!(answer(path, false).is_err_and(|message| message.ends_with("and the file was not named")), "{path}");
            assert!(answer(path, true).is_ok(), "{path}");
        }
        for path in ["new", "inside/new", "back/new", "deep/new", "back/deep/new"] {
            assert!(answer(path, false).is_ok(), "{path}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        for (text, message) in [
            ("", "ci/countersign.toml:1:1: it has no format"),
            ("format = 2", "ci/countersign.toml:1:10: format must be 1"),
            ("format = 1\nstrcit = true\n", "ci/countersign.toml:2:1: there is no setting \"strcit\""),
            ("format = 1\nstrict = 1\n", "ci/countersign.toml:2:10: strict must be true or false"),
            ("format = 1\nvectors = \"a\"\n", "ci/countersign.toml:2:11: vectors must be a list of strings"),
            ("format = 1\njobs = [1]\n", "ci/countersign.toml:2:8: jobs must be a string or a number"),
        ] {
            assert_eq!(read_from(text, true).unwrap_err(), message, "{text}");
        }
        assert!(read_from("format = \n", true).unwrap_err().starts_with("ci/countersign.toml:1:10: "));
    }

    #[test]
    fn the_file_is_named_in_either_way_the_last_one_counts_and_not_behind_the_end_of_the_options() {
        let named_by = |arguments: &[&str]| named(&arguments.iter().map(OsString::from).collect::<Vec<_>>());
        assert_eq!(named_by(&["countersign", "test", "--config", "a.toml"]), Some("a.toml".into()));
        assert_eq!(named_by(&["countersign", "test", "--config=a.toml", "x"]), Some("a.toml".into()));
        assert_eq!(named_by(&["countersign", "test", "--config=a.toml", "--config", "b.toml"]), Some("b.toml".into()));
        assert_eq!(named_by(&["countersign", "test", "--", "--config", "a.toml"]), None);
    }
}
