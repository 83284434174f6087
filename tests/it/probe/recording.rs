//! What a probe records: it replays with the same findings, what was signed rightly still is, and nothing of real credentials is in it.

use std::sync::Arc;

use countersign::judgement::{Verdict, judge_exchange};
use countersign::probe::Level;
use countersign::probe::judging::Disclosure;
use countersign::probe::record::{ARCHIVE, FIXTURES, PROFILE, Recording, record};
use countersign::profile::Profile;
use countersign::profile::fixture::{Fixture, Fixtures};
use countersign::protocol::Secret;

use super::circle::means_for;
use super::{CLIENT, SECRET, carried_out, sandbox};

fn file<'r>(recording: &'r Recording, name: &str) -> &'r str {
    recording.files.iter().find(|(known, _)| *known == name).map(|(_, text)| text.as_str()).unwrap()
}

fn read(recording: &Recording) -> (Profile, Vec<Fixture>) {
    let fixtures = Fixtures::parse(FIXTURES, file(recording, FIXTURES)).unwrap();
    (Profile::parse(PROFILE, file(recording, PROFILE)).unwrap(), fixtures.cases)
}

/// The rules that an exchange breaks when the file is judged again, whatever stands there as expected.
fn broken(profile: &Profile, case: &Fixture) -> Vec<String> {
    let expected =
        Fixture { expect: countersign::profile::fixture::Expected { findings: vec!["none".to_owned()], problem: None }, ..case.clone() };
    let record = judge_exchange(profile, &Arc::from("s"), &expected);
    match record.observed {
        countersign::judgement::Observed::Findings(found) => found.findings.into_iter().map(|(rule, _)| rule).collect(),
        countersign::judgement::Observed::Implementation(_) => Vec::new(),
    }
}

fn it_replays(name: &str) {
    let sandbox = sandbox(name).start().unwrap();
    let means = means_for(&sandbox);
    // What harms is odd in the same way whoever the provider is, and renewals are tried out there.
    let level = if matches!(name, "yahoo" | "rfc5849") { Level::Attacks } else { Level::Rules };
    let (plan, conducted) = carried_out(&sandbox, name, level, &means);
    let open = record(&plan, &means, &conducted, &Disclosure { is_open: true, ..Disclosure::default() });
    let closed =
        record(&plan, &means, &conducted, &Disclosure { secrets: vec![Secret::new(SECRET.as_bytes().to_vec())], ..Disclosure::default() });
    assert!(closed.retold.is_empty(), "{name}: {:?}", closed.retold);
    assert!(closed.exchanges > 10 && closed.left_out.is_empty(), "{name}: {} {:?}", closed.exchanges, closed.left_out);
    let ((profile, as_it_was), (_, synthetic)) = (read(&open), read(&closed));
    for (before, after) in as_it_was.iter().zip(&synthetic) {
        assert_eq!(before.id, after.id);
        for case in [before, after] {
            let record = judge_exchange(&profile, &Arc::from("s"), case);
            assert_eq!(record.verdict(), Verdict::Pass, "{name} {}: {:?}", case.id, record.judgement);
        }
        // What is wrong with an exchange is the same, and not more.
        assert_eq!(broken(&profile, before), broken(&profile, after), "{name} {}", before.id);
        if before.id.contains("control") && !before.id.contains("errand") {
            let bad: Vec<String> = broken(&profile, after).into_iter().filter(|rule| rule.contains("signature")).collect();
            assert!(bad.is_empty(), "{name} {}: {bad:?}", after.id);
        }
    }
    // Nothing of what was real is there, and something of it was in the open recording.
    let secrets = conducted
        .secrets
        .iter()
        .map(Secret::expose)
        .filter(|secret| secret.len() >= 8)
        .map(|secret| String::from_utf8_lossy(secret).into_owned());
    let real: Vec<String> = [CLIENT.to_owned(), SECRET.to_owned()].into_iter().chain(secrets).collect();
    for secret in &real {
        for part in [FIXTURES, ARCHIVE] {
            assert!(!file(&closed, part).contains(secret.as_str()), "{name}: {secret} is in {part}");
        }
    }
    assert!(real.iter().any(|secret| file(&open, FIXTURES).contains(secret.as_str())), "{name}");
    assert!(closed.files.iter().map(|(_, text)| text.len()).sum::<usize>() < 8 << 20, "{name}");
}

#[test]
fn a_recording_replays_with_the_same_findings_and_holds_nothing_real() {
    // One of each sort: HMAC and a page, renewal by a handle, the specification, debug_sbs in the answer, RSA.
    let names = ["etrade", "yahoo", "rfc5849", "flickr", "mastercard"];
    let threads: Vec<_> = names.into_iter().map(|name| (name, std::thread::spawn(move || it_replays(name)))).collect();
    let failed: Vec<_> = threads.into_iter().filter_map(|(name, thread)| thread.join().is_err().then_some(name)).collect();
    assert!(failed.is_empty(), "{failed:?}");
}

#[test]
fn an_archive_is_har_with_every_answered_request() {
    let sandbox = sandbox("etrade").start().unwrap();
    let means = means_for(&sandbox);
    let (plan, conducted) = carried_out(&sandbox, "etrade", Level::Controls, &means);
    let recording = record(&plan, &means, &conducted, &Disclosure::default());
    let har: serde_json::Value = serde_json::from_str(file(&recording, ARCHIVE)).unwrap();
    let entries = har["log"]["entries"].as_array().unwrap();
    assert_eq!((har["log"]["version"].as_str(), entries.len()), (Some("1.2"), conducted.requests));
    for entry in entries {
        assert!(entry["response"]["status"].as_u64().is_some_and(|status| (200..400).contains(&status)), "{entry}");
        assert_eq!(entry["startedDateTime"], "2023-11-14T22:13:20Z");
    }
}

#[cfg(feature = "cli")]
#[test]
fn from_outside_it_records_replays_compares_and_drafts() {
    use std::process::{Command, Output};

    let run = |arguments: &[&str]| -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
        command.args(arguments).env("CLIENT_SECRET", SECRET).env("NO_COLOR", "1").output().unwrap()
    };
    #[track_caller]
    fn exits(output: &Output, code: i32) -> String {
        let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(code), "{text}");
        assert!(!text.contains(SECRET), "{text}");
        text
    }
    let start = |fault: Option<&str>| {
        let builder = countersign::sandbox::Sandbox::builder().profile("rfc5849").auto_approve(true).explains(false);
        let builder = builder.client(countersign::sandbox::Client::new(CLIENT, SECRET));
        match fault {
            Some(name) => builder.fault(countersign::sandbox::faults::find(name).unwrap()),
            None => builder,
        }
        .start()
        .unwrap()
    };
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (kept, draft) = (path("kept"), path("draft.json"));
    let probe = |origin: &str, more: &[&str]| {
        let common =
            ["probe", "rfc5849", "--url", origin, "--client", CLIENT, "--secret-env", "CLIENT_SECRET", "--level", "rules", "--send"];
        run(&[&common[..], more].concat())
    };
    let sandbox = start(None);
    exits(&probe(&sandbox.origin(), &["--record", &kept, "--write-profile", &draft]), 0);
    for file in [FIXTURES, PROFILE, ARCHIVE] {
        let text = std::fs::read_to_string(folder.path().join("kept").join(file)).unwrap();
        assert!(!text.contains(SECRET) && !text.contains(CLIENT), "{file}");
    }
    // It replays, as a folder and as a file, and a finding that is not there any more is missed.
    exits(&run(&["test", "--vectors", &kept]), 0);
    let fixtures = format!("{kept}/{FIXTURES}");
    let ids = exits(&run(&["test", "--vectors", &fixtures, "--dry-run"]), 0);
    assert!(ids.contains("rfc5849.probed/rt.oauth_nonce-repeated.first\n") && ids.lines().count() > 20, "{ids}");
    let text = std::fs::read_to_string(&fixtures).unwrap();
    let other = text.replacen("\"findings\": []", "\"findings\": [\"rfc5849.nonce\"]", 1);
    assert_ne!(text, other);
    std::fs::write(&fixtures, &other).unwrap();
    exits(&run(&["test", "--vectors", &fixtures]), 1);
    // The draft is a profile.
    exits(&run(&["vectors", "lint", &draft]), 0);
    // The same server has not changed; another one has, and it is told where.
    exits(&probe(&sandbox.origin(), &["--compare", &kept, "-q"]), 0);
    let changed = exits(&probe(&start(Some("confirmed-missing")).origin(), &["--compare", &kept]), 1);
    assert!(changed.contains("drift.parameters") && changed.contains("as recorded: a good request"), "{changed}");
    let not_there = exits(&probe(&sandbox.origin(), &["--compare", &path("nowhere")]), 3);
    assert!(not_there.contains("nowhere"), "{not_there}");
}
