//! What stands around the commands: settings, completions, manual pages.

use super::{Folder, countersign, ended, program, reference_adapter};

#[test]
fn a_settings_file_that_is_found_sets_everything_but_what_runs_programs() {
    let folder = Folder::new();
    let run = |text: &str, arguments: &[&str]| {
        folder.file("countersign.toml", text);
        ended(program().current_dir(folder.path(".")).arg("test").args(arguments))
    };
    let listed = run("format = 1\nlevel = [\"should\"]\n", &["sign.*", "--dry-run"]).with(0).lines().len();
    let all = countersign(&["test", "sign.*", "--dry-run"]).with(0).lines().len();
    assert!(0 < listed && listed < all, "{listed} of {all}");
    // What the command line says counts.
    run("format = 1\ncase-timeout = \"0s\"\n", &["sign.uri", "-q"]).with(2);
    run("format = 1\nrequire-coverage = 100\n", &["sign.uri", "-q", "--require-coverage", "0"]).with(0);
    let ended = run("format = 1\nadapter.mine = \"true\"\n", &["sign.uri"]).with(2);
    assert!(ended.stderr.contains("countersign.toml:2:") && ended.stderr.contains("--config"), "{}", ended.stderr);
    let ended = run("format = 1\nstrcit = true\n", &["sign.uri"]).with(2);
    assert!(ended.stderr.contains("did you mean strict?"), "{}", ended.stderr);
}

#[test]
fn a_settings_file_that_is_named_may_name_adapters() {
    let folder = Folder::new();
    let file = folder.file("ours.toml", format!("format = 1\n[adapter]\nmine = {:?}\n", reference_adapter()));
    let ended = countersign(&["test", "sign.uri", "-q", "--config", &file]).with(0);
    assert!(ended.stdout.starts_with("mine "), "{}", ended.stdout);
    countersign(&["test", "sign.uri", "--config", folder.path("none.toml").to_str().unwrap()]).with(3);
}

#[test]
fn what_is_wrong_in_a_settings_file_is_told_with_its_place() {
    let folder = Folder::new();
    let run = |text: &str, arguments: &[&str]| {
        folder.file("countersign.toml", text);
        ended(program().current_dir(folder.path(".")).arg("test").args(arguments))
    };
    for (setting, place, what) in [
        ("jobs = 0", "3:8", "invalid value '0' for '--jobs <N>': 0 is not in 1..=64"),
        ("seed = -1", "3:8", "invalid value '-1' for '--seed <N>': invalid digit found in string"),
        ("level = [\"Must\"]", "3:9", "invalid value 'Must' for '--level <LEVEL>'"),
    ] {
        let ended = run(&format!("format = 1\nstrict = true\n{setting}\n"), &["-q", "sign.uri"]).with(2);
        let first = ended.stderr.lines().next().unwrap_or_default();
        assert_eq!(first, format!("error: countersign.toml:{place}: {what}"), "{}", ended.stderr);
    }
    let ended = run("format = 1\nlevel = [\"Must\"]\n", &["-q", "sign.uri"]).with(2);
    assert!(ended.stderr.contains("\nhint: possible values: must, should, interop\n"), "{}", ended.stderr);
    // What shows only later may be the file's, too.
    let ended = run("format = 1\nprofile = [\"nope\"]\n", &["-q", "sign.uri"]).with(2);
    assert!(ended.stderr.ends_with("note: countersign.toml was read, too: '--profile=nope'\n"), "{}", ended.stderr);
    // What the command line does wrong itself is not the file's.
    let ended = run("format = 1\nstrict = true\n", &["-q", "sign.uri", "--jobs", "0"]).with(2);
    assert!(ended.stderr.starts_with("error: invalid value '0' for '--jobs <N>'"), "{}", ended.stderr);
}

#[test]
fn no_settings_file_keeps_the_help_away() {
    let folder = Folder::new();
    for text in ["format = 1\nnope = 1\n", "format = 1\njobs = 0\n", "format = \n"] {
        folder.file("countersign.toml", text);
        for help in ["--help", "-qh"] {
            let ended = ended(program().current_dir(folder.path(".")).args(["test", help])).with(0);
            assert!(ended.stdout.contains("Usage: countersign test"), "{}", ended.stdout);
        }
        ended(program().current_dir(folder.path(".")).args(["test", "--dry-run", "sign.uri"])).with(2);
    }
}

#[test]
fn of_two_settings_files_that_are_named_the_last_one_counts() {
    let folder = Folder::new();
    let listing = |level: &str| folder.file(&format!("{level}.toml"), format!("format = 1\nlevel = [{level:?}]\n"));
    let (must, should) = (listing("must"), listing("should"));
    let listed = |arguments: &[&str]| countersign(&[&["test", "--dry-run", "sign.*"], arguments].concat()).with(0).stdout;
    assert_ne!(listed(&["--config", &must]), listed(&["--config", &should]));
    assert_eq!(listed(&["--config", &must, "--config", &should]), listed(&["--config", &should]));
    assert_eq!(listed(&["--config", &should, &format!("--config={must}")]), listed(&["--config", &must]));
}

#[test]
fn shells_and_man_are_told_of_every_command() {
    let help = countersign(&["--help"]).with(0).stdout;
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names: Vec<&str> = commands
        .filter_map(|line| line.strip_prefix("  "))
        // A sentence that goes on in the next line stands further to the right.
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(names.contains(&"test") && names.contains(&"adapter"), "{names:?}");
    let bash = countersign(&["completions", "bash"]).with(0).stdout;
    let folder = Folder::new();
    let place = folder.path("man");
    countersign(&["man", "--dir", place.to_str().unwrap()]).with(0);
    for name in names.into_iter().filter(|name| *name != "help") {
        assert!(bash.contains(&format!("countersign__{name}")) || bash.contains(&format!("countersign__subcmd__{name}")), "{name}");
        let page = std::fs::read_to_string(place.join(format!("countersign-{name}.1"))).unwrap();
        assert!(page.contains(".TH"), "{name}");
    }
    assert!(countersign(&["man"]).with(0).stdout.contains(".TH countersign 1"));
}
