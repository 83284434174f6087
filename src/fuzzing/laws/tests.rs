//! Every law over the seeds of its target, over all past finds in `fuzz/regressions/`, and over random input: on any toolchain, without a
//! fuzzer.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::seeds::Material;
use super::{TARGETS, Target};
use crate::fuzzing::numbers::Numbers;

fn target(name: &str) -> &'static Target {
    TARGETS.iter().find(|target| target.name == name).unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

/// The targets that take long for one input.
const SLOW: [&str; 4] = ["diagnosis", "reports", "records", "profiles"];

/// Every target, the slow ones last: what is broken in the protocol is told at once.
fn targets() -> Vec<&'static Target> {
    let mut all: Vec<&Target> = TARGETS.iter().collect();
    all.sort_by_key(|target| SLOW.contains(&target.name));
    all
}

/// Runs a law; a panic names the input in the form in which it can be put into a file.
#[track_caller]
fn put(target: &Target, what: &str, input: &[u8]) {
    let done = std::panic::catch_unwind(|| (target.law)(input));
    assert!(done.is_ok(), "the law of {} is broken by {what}: {}", target.name, super::shown(input));
}

#[test]
fn every_law_holds_for_the_vectors() {
    let material = Material::embedded().unwrap();
    for target in targets() {
        let seeds = (target.seeds)(&material);
        assert!(!seeds.is_empty(), "{} has no seeds", target.name);
        for (number, seed) in seeds.iter().enumerate() {
            put(target, &format!("seed {number}"), seed);
        }
    }
}

#[test]
fn every_law_holds_for_all_past_finds() {
    let folder = root().join("regressions");
    for entry in std::fs::read_dir(&folder).unwrap() {
        let entry = entry.unwrap();
        let target = target(entry.file_name().to_str().unwrap());
        for file in std::fs::read_dir(entry.path()).unwrap() {
            let path = file.unwrap().path();
            put(target, &path.display().to_string(), &std::fs::read(&path).unwrap());
        }
    }
}

/// Every target has its file, its dictionary is one, and nothing else stands there.
#[test]
fn the_targets_of_the_fuzz_crate_are_those_of_the_table() {
    let names: BTreeSet<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    assert_eq!(names.len(), TARGETS.len(), "a name stands there twice");
    let files: BTreeSet<String> = std::fs::read_dir(root().join("fuzz_targets"))
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(files, names);
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    for name in &names {
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "{name} is not in fuzz/Cargo.toml");
        let text = std::fs::read_to_string(root().join(format!("fuzz_targets/{name}.rs"))).unwrap();
        assert!(text.contains(&format!("::{name}(")), "{name} does not call its law");
    }
}

/// What is put into a text, of what the readers look for.
const TOKENS: [&[u8]; 24] = [
    b"%",
    b"%2",
    b"%zz",
    b"+",
    b"&",
    b"=",
    b"&&",
    b"==",
    b"\"",
    b"\\",
    b",",
    b" ",
    b"\r\n",
    b"\0",
    b"\xff",
    b"\xfe",
    b":80",
    b":443",
    b"@",
    b"#",
    b"?",
    b"[::1]",
    b"oauth_",
    "é\u{202e}".as_bytes(),
];

/// An input changed in a few places, as a fuzzer changes it.
fn changed(input: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut octets = input.to_vec();
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(octets.len() + 1);
        match numbers.below(5) {
            0 => octets.insert(at, u8::try_from(numbers.below(256)).unwrap()),
            1 if at < octets.len() => _ = octets.remove(at),
            2 if at < octets.len() => octets[at] ^= 1 << numbers.below(8),
            3 => {
                let end = at + numbers.below(octets.len() - at + 1);
                let piece = octets[at..end].to_vec();
                octets.splice(at..at, piece);
            }
            _ => _ = octets.splice(at..at, TOKENS[numbers.below(TOKENS.len())].iter().copied()),
        }
    }
    octets
}

/// How often each target is put, in a build that is not made for speed. A fuzzer does as much in a moment.
const RUNS: usize = 400;

#[test]
fn every_law_holds_for_random_input() {
    let material = Material::embedded().unwrap();
    for (place, target) in targets().into_iter().enumerate() {
        let seeds = (target.seeds)(&material);
        let mut numbers = Numbers::new(place as u64);
        let runs = if SLOW.contains(&target.name) { RUNS / 10 } else { RUNS };
        for _ in 0..runs {
            let input = changed(&seeds[numbers.below(seeds.len())], &mut numbers);
            put(target, "random input", &input);
        }
    }
}

/// Not a test: `fuzz/run` gets its seeds in this way, because what is built for tests is built already.
#[test]
#[ignore = "writes files: COUNTERSIGN_SEEDS names the folder"]
fn seeds_are_written() {
    let folder = PathBuf::from(std::env::var_os("COUNTERSIGN_SEEDS").unwrap());
    let material = Material::embedded().unwrap();
    for target in TARGETS {
        let corpus = folder.join(target.name);
        std::fs::create_dir_all(&corpus).unwrap();
        for (number, seed) in (target.seeds)(&material).iter().enumerate() {
            std::fs::write(corpus.join(format!("seed-{number:04}")), seed).unwrap();
        }
    }
}
