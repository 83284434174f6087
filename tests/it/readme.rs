//! What the README shows is what happens: its adapter is the file, its outputs are those of the commands above them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use std::path::Path;
use std::process::Command;

fn file(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap().replace("\r\n", "\n")
}

/// The blocks of code in a language.
fn blocks(language: &str) -> Vec<String> {
    let (readme, fence) = (file("README.md"), format!("\n```{language}\n"));
    readme.split(&fence).skip(1).map(|rest| rest.split("\n```").next().unwrap().to_owned()).collect()
}

/// The words of a command of the README, as a shell would read them.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for letter in command.chars() {
        match letter {
            '\'' => quoted = !quoted,
            ' ' | '\n' | '\\' if !quoted => {
                words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            }
            letter => word.push(letter),
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

fn output(command: &str) -> String {
    let words = words(command);
    assert_eq!(words[0], "countersign", "{command}");
    let mut asked = Command::new(env!("CARGO_BIN_EXE_countersign"));
    let folder = refused();
    asked
        .current_dir(folder.path())
        .args(&words[1..])
        .env("COLUMNS", "100")
        .env("CLIENT_SECRET", "kd94hf93k423kf44")
        .env("TOKEN_SECRET", "pfkkdhi9sl3r4s00");
    let output = asked.output().unwrap();
    assert!(output.status.success(), "{command}\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A folder with the files of the examples: the photos request of RFC 5849 section 1.2, its timestamp changed after it was signed and its
/// nonce left out, and what a server said.
fn refused() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let request = "GET /photos?file=vacation.jpg&size=original HTTP/1.1\r\nHost: photos.example.net\r\nAuthorization: OAuth realm=\"Photos\", \
                   oauth_consumer_key=\"dpf43f3p2l4k3l03\", oauth_token=\"nnch734d00sl2jdk\", oauth_signature_method=\"HMAC-SHA1\", \
                   oauth_timestamp=\"137131202000\", oauth_signature=\"MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D\"\r\n\r\n";
    let answer =
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n\r\noauth_problem=parameter_absent&oauth_parameters_absent=oauth_nonce";
    for (name, text) in [("refused.http", request), ("answer.http", answer), ("client.secret", "kd94hf93k423kf44\n")] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

#[test]
fn the_adapter_is_the_file() {
    assert!(blocks("python") == [file("adapters/oauthlib/adapter.py").trim_end()], "copy adapters/oauthlib/adapter.py into README.md");
}

#[test]
fn the_signed_request_is_what_the_command_prints() {
    let block = blocks("sh").into_iter().find(|block| block.contains("countersign sign ")).unwrap();
    let command = block.split_once('\n').unwrap().1;
    let (output, shown) = (output(command), blocks("text").remove(0));
    let rest = output.strip_prefix(shown.as_str()).unwrap_or_else(|| panic!("{output}"));
    assert!(rest.contains("\n  curl ") && rest.contains("| openssl dgst "), "{rest}");
}

#[test]
fn the_commands_that_only_show_something_work() {
    let shown = blocks("sh").into_iter().flat_map(|block| block.lines().map(str::to_owned).collect::<Vec<_>>());
    let only_shows = |line: &String| {
        let begins = |command: &str| line.starts_with(command);
        begins("countersign explain") || begins("countersign list") || begins("countersign probe") && !line.contains("--send")
    };
    let commands: Vec<String> = shown.filter(only_shows).collect();
    assert!(commands.len() > 4, "{commands:?}");
    for command in commands {
        assert!(!output(command.split('#').next().unwrap()).is_empty(), "{command}");
    }
}

#[test]
fn the_exit_codes_are_those_of_the_help() {
    let help = Command::new(env!("CARGO_BIN_EXE_countersign")).arg("--help").output().unwrap().stdout;
    let (help, readme) = (String::from_utf8(help).unwrap(), file("README.md"));
    let codes: Vec<&str> = readme.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" |").map(|(code, _)| code)).collect();
    let codes: Vec<&str> = codes.into_iter().filter(|code| code.parse::<u8>().is_ok()).collect();
    assert!(codes.len() > 5);
    for code in codes {
        assert!(help.lines().any(|line| line.trim_start().split(' ').next() == Some(code)), "{code}\n{help}");
    }
}

#[test]
fn no_link_of_the_documents_leads_nowhere() {
    for name in ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "vectors/README.md"] {
        let text = file(name);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(name).parent().unwrap().to_owned();
        for target in text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            assert!(target.starts_with("https://") || folder.join(target.split('#').next().unwrap()).exists(), "{name}: {target}");
        }
    }
}

/// The failure that the README shows is oauthlib's; the mistake that it names gives the same wrong value, so that no library is needed. What
/// oauthlib does not show is left out: its stages.
#[test]
fn the_failure_that_is_shown_is_what_is_printed() {
    let block = blocks("text").into_iter().find(|block| block.contains("\nFAILED ")).unwrap();
    let behind = |beginning: &str| {
        let line = block.lines().find_map(|line| line.trim_start().strip_prefix(beginning));
        line.unwrap_or_else(|| panic!("{beginning}")).trim().to_owned()
    };
    let seed = behind("seed ").split(':').next().unwrap().to_owned();
    let adapter = format!("countersign adapter serve --deviate {}", behind("diagnosis = ").replace('"', ""));
    let binary = Path::new(env!("CARGO_BIN_EXE_countersign"));
    let mut asked = Command::new(binary);
    asked.args(["test", "sign.uri/*", "--adapter", &adapter, "--seed", &seed]).env("COLUMNS", "100").env_remove("HOME");
    let printed = asked.env("PATH", binary.parent().unwrap()).output().unwrap().stdout;
    let printed = String::from_utf8(printed).unwrap().replace(&adapter, "python3 adapter.py");
    let (before, rest) = printed.split_once("  base_uri is the first stage that differs").unwrap();
    let printed = format!("{before}{}", &rest[rest.find("  signature, from ").unwrap()..]);
    // How long it took is left out.
    let untimed = |line: &str| line.split_once(" cases in ").map_or(line, |(_, rest)| rest.split_once(": ").unwrap().1).to_owned();
    let untimed = |text: &str| text.lines().map(untimed).collect::<Vec<_>>().join("\n");
    assert!(untimed(&printed).ends_with(&untimed(&block)), "{printed}");
}

/// What the page on fuzz targets names is there, and git takes it: a rule for what is made must not swallow a script.
#[test]
fn every_script_of_the_page_on_fuzz_targets_is_there() {
    const MADE: [&str; 2] = ["fuzz/corpus", "fuzz/artifacts/"];
    let (page, ignored) = (file("fuzz/README.md"), file(".gitignore"));
    let is_path = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "_./-".contains(letter);
    let named: std::collections::BTreeSet<&str> =
        page.match_indices("fuzz/").map(|(at, _)| page[at..].split(|letter| !is_path(letter)).next().unwrap()).collect();
    for name in ["fuzz/run", "fuzz/merge", "fuzz/services"] {
        assert!(named.contains(name), "{name} is not looked for: {named:?}");
    }
    for name in named.into_iter().filter(|name| !MADE.contains(name)) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        assert!(path.exists(), "fuzz/README.md names {name}, and it is not there");
        assert!(!ignored.lines().any(|line| line.trim_matches('/') == name), ".gitignore keeps {name} out");
        #[cfg(unix)]
        if path.is_file() && path.extension().is_none() {
            use std::os::unix::fs::PermissionsExt as _;
            assert!(path.metadata().unwrap().permissions().mode() & 0o111 != 0, "{name} cannot be run");
        }
    }
}
