//! Finding and opening vector files: the only place of this module that touches the file system. What is no regular file is refused
//! before it is opened, so that a pipe or a device cannot hold anybody up, and everything that is read is bounded.

use std::collections::HashSet;
use std::fs::{self, File, Metadata};
use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;

use sha2::{Digest as _, Sha256};

use super::load_error::LoadError;
use super::read::MAX_FILE;

/// The most entries that are looked at below the folders that are given.
pub const MAX_ENTRIES: usize = 100_000;

/// Folders that hold no vector files.
const ELSEWHERE: [&str; 3] = ["schema", "profiles", "fixtures"];
/// The list of the specification's requirements, which stands beside exported vector files.
const CLAUSES: &str = "clauses.json";
/// The file with the ids that are no longer in use.
const RETIRED: &str = "retired.json";

/// A file that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Where it is.
    pub(super) path: PathBuf,
    /// What it is called in messages: the path as it was given, or the folder as it was given and the way from there.
    pub(super) name: String,
    /// What it is called in the listing that the digest is made of: the way from the folder that was given, or the file's own name.
    pub(super) listed: String,
}

/// The files of a set.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// Vector files in their order: that of the paths, and below a folder that of their names.
    pub(super) vectors: Vec<Found>,
    /// Files called `retired.json`.
    pub(super) retired: Vec<Found>,
}

/// Finds the vector files among and below these paths, each once.
///
/// # Errors
/// A path that is not there, is neither file nor folder, or a folder without vector files, or one that is met twice.
pub(super) fn find(paths: &[PathBuf]) -> Result<Files, LoadError> {
    let mut files = Files::default();
    let mut walk = Walk::default();
    for path in paths {
        let name = path.display().to_string();
        let kind = metadata(path, &name)?;
        if kind.is_dir() {
            let before = files.vectors.len();
            let mut found = Vec::new();
            walk.folder(path, &name, "", &mut found)?;
            found.sort_by(|left, right| left.listed.cmp(&right.listed));
            for file in found {
                let place = if file.path.file_name().is_some_and(|name| name == RETIRED) { &mut files.retired } else { &mut files.vectors };
                place.push(file);
            }
            if files.vectors.len() == before {
                let error = LoadError { thing: "the folder".to_owned(), ..LoadError::of_file(&name, "no vector file is below it") };
                return Err(error.with_hint("vector files end in .json or .jsonl"));
            }
        } else {
            regular(&kind, &name)?;
            let listed = path.file_name().map_or_else(|| name.clone(), |name| name.to_string_lossy().into_owned());
            files.vectors.push(Found { path: path.clone(), name, listed });
        }
    }
    let mut seen = HashSet::new();
    files.vectors.retain(|file| fs::canonicalize(&file.path).map_or(true, |path| seen.insert(path)));
    Ok(files)
}

/// One walk over all folders that were given.
#[derive(Default)]
struct Walk {
    folders: HashSet<PathBuf>,
    entries: usize,
}

impl Walk {
    fn folder(&mut self, path: &Path, name: &str, listed: &str, found: &mut Vec<Found>) -> Result<(), LoadError> {
        let mut open = vec![(path.to_owned(), name.to_owned(), listed.to_owned())];
        while let Some((path, name, listed)) = open.pop() {
            let failed = |error: io::Error| LoadError { thing: "the folder".to_owned(), ..LoadError::of_file(&name, error.to_string()) };
            if !self.folders.insert(fs::canonicalize(&path).map_err(failed)?) {
                let error = LoadError { thing: "the folder".to_owned(), ..LoadError::of_file(&name, "is met a second time") };
                return Err(error.with_hint("a symbolic link leads back to it, or it was given twice"));
            }
            for entry in fs::read_dir(&path).map_err(failed)? {
                let path = entry.map_err(failed)?.path();
                self.entries += 1;
                if self.entries > MAX_ENTRIES {
                    return Err(LoadError::of_file(&name, format!("more than {MAX_ENTRIES} entries below what was given")));
                }
                let Some(last) = path.file_name().map(|last| last.to_string_lossy().into_owned()) else { continue };
                if last.starts_with('.') {
                    continue;
                }
                let name = path.display().to_string();
                let listed = if listed.is_empty() { last.clone() } else { format!("{listed}/{last}") };
                let is_vectors = path.extension().is_some_and(|end| end == "json" || end == "jsonl") && last != CLAUSES;
                match fs::metadata(&path) {
                    Ok(kind) if kind.is_dir() && !ELSEWHERE.contains(&last.as_str()) => open.push((path, name, listed)),
                    Ok(kind) if is_vectors && !kind.is_dir() => {
                        regular(&kind, &name)?;
                        found.push(Found { path, name, listed });
                    }
                    Err(error) if is_vectors => return Err(LoadError::of_file(&name, error.to_string())),
                    Ok(_) | Err(_) => {}
                }
            }
        }
        Ok(())
    }
}

fn metadata(path: &Path, name: &str) -> Result<Metadata, LoadError> {
    fs::metadata(path).map_err(|error| LoadError::of_file(name, error.to_string()))
}

fn regular(kind: &Metadata, name: &str) -> Result<(), LoadError> {
    if kind.is_file() { Ok(()) } else { Err(LoadError::of_file(name, "neither a regular file nor a folder")) }
}

fn open(found: &Found) -> Result<File, LoadError> {
    regular(&metadata(&found.path, &found.name)?, &found.name)?;
    File::open(&found.path).map_err(|error| LoadError::of_file(&found.name, error.to_string()))
}

/// The octets of a file of at most [`MAX_FILE`].
///
/// # Errors
/// A file that cannot be read or is too large.
pub(super) fn octets(found: &Found) -> Result<Vec<u8>, LoadError> {
    let mut octets = Vec::new();
    let read = open(found)?.take(MAX_FILE as u64 + 1).read_to_end(&mut octets);
    read.map_err(|error| LoadError::of_file(&found.name, error.to_string()))?;
    if octets.len() > MAX_FILE {
        let error = LoadError::of_file(&found.name, format!("larger than {} MiB", MAX_FILE >> 20));
        return Err(error.with_hint("write large sets as JSON Lines (.jsonl)"));
    }
    Ok(octets)
}

/// Opens a file of any size to be read from its beginning to its end, while another thread reads ahead and, if the `digest` is not known
/// yet, computes its SHA-256.
///
/// # Errors
/// A file that cannot be opened.
pub(super) fn stream(found: &Found, digest: bool) -> Result<Stream, LoadError> {
    let file = open(found)?;
    let (sender, blocks) = sync_channel(AHEAD);
    let (back, used) = channel();
    let worker = std::thread::Builder::new().name("vectors".to_owned()).spawn(move || read_ahead(file, digest, &sender, &used));
    let worker = worker.map_err(|error| LoadError::of_file(&found.name, error.to_string()))?;
    Ok(Stream { blocks, back, block: Vec::new(), at: 0, worker: Some(worker), digest: None })
}

const BLOCK: usize = 256 << 10;
/// How many blocks are read before they are asked for.
const AHEAD: usize = 4;

/// Ends with the digest, if it is wanted, when the file ends, and without one when nobody listens any more.
fn read_ahead(mut file: File, digest: bool, sender: &SyncSender<io::Result<Vec<u8>>>, used: &Receiver<Vec<u8>>) -> Option<[u8; 32]> {
    let mut digest = digest.then(Sha256::new);
    loop {
        let mut block = used.try_recv().unwrap_or_default();
        block.resize(BLOCK, 0);
        match file.read(&mut block) {
            Ok(0) => return digest.map(|digest| digest.finalize().into()),
            Ok(length) => {
                block.truncate(length);
                if let Some(digest) = &mut digest {
                    digest.update(&block);
                }
                sender.send(Ok(block)).ok()?;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                sender.send(Err(error)).ok()?;
                return None;
            }
        }
    }
}

/// A file that is being read.
pub(super) struct Stream {
    blocks: Receiver<io::Result<Vec<u8>>>,
    back: Sender<Vec<u8>>,
    block: Vec<u8>,
    at: usize,
    worker: Option<JoinHandle<Option<[u8; 32]>>>,
    digest: Option<[u8; 32]>,
}

impl Stream {
    /// The SHA-256 of the file, if it was asked for, once it was read to its end.
    pub(super) fn digest(&self) -> Option<[u8; 32]> {
        self.digest
    }
}

impl BufRead for Stream {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at >= self.block.len() {
            self.at = 0;
            let used = std::mem::take(&mut self.block);
            // Nobody may want it back: the file has ended.
            let _ = self.back.send(used);
            match self.blocks.recv() {
                Ok(block) => self.block = block?,
                Err(_) => {
                    if let Some(worker) = self.worker.take() {
                        self.digest = worker.join().ok().flatten();
                    }
                }
            }
        }
        Ok(self.block.get(self.at..).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.at += amount;
    }
}

impl Read for Stream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut ahead = self.fill_buf()?;
        let length = ahead.read(into)?;
        self.consume(length);
        Ok(length)
    }
}
