//! A set of vector files, from the embedded ones or from paths: which suites there are, all cases in order, and the digest of the set.
//! JSON Lines are streamed, and of JSON files one is held at a time, so that a set may be larger than the memory.

use std::borrow::Cow;
use std::ops::{ControlFlow, Range};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use sha2::{Digest as _, Sha256};

use super::case::Case;
use super::embedded;
use super::lines::Lines;
use super::load::{self, Found, Stream};
use super::load_error::LoadError;
use super::read::{self, Suite};
use super::register::Register;
use super::retired::Retired;
use super::spot::Spot;

/// A set of vector files.
///
/// ```
/// use countersign::vectors::{Corpus, Operation};
///
/// let corpus = Corpus::embedded()?;
/// let of_verify = corpus.suites().iter().filter(|suite| suite.operation == Operation::Verify).count();
/// assert!(of_verify > 0);
/// for case in corpus.cases() {
///     let case = case?;
///     assert!(!case.title.is_empty(), "{}", case.full_id());
/// }
/// # Ok::<(), countersign::vectors::LoadError>(())
/// ```
#[derive(Debug)]
pub struct Corpus {
    sources: Vec<Source>,
    suites: Vec<Suite>,
    retired: Retired,
}

/// A file of the set.
#[derive(Debug)]
struct Source {
    origin: Origin,
    /// What it is called in the listing that the digest is made of.
    listed: String,
    digest: OnceLock<[u8; 32]>,
}

#[derive(Debug)]
enum Origin {
    Text(Cow<'static, str>),
    Json(Found),
    Lines(Found),
}

impl Corpus {
    /// The set that this crate was built with.
    ///
    /// # Errors
    /// None that a released crate has: its tests read the whole set.
    pub fn embedded() -> Result<Corpus, LoadError> {
        let texts = embedded::vectors().map(|(path, text)| (path, Cow::Borrowed(text)));
        Corpus::of(texts, "vectors/", &[embedded::RETIRED])
    }

    /// A set out of texts in JSON, each with the name of its file.
    ///
    /// # Errors
    /// The first fault of a suite; those of cases are found when they are read.
    pub fn of_texts<'n>(texts: impl IntoIterator<Item = (&'n str, String)>) -> Result<Corpus, LoadError> {
        Corpus::of(texts.into_iter().map(|(name, text)| (name, Cow::Owned(text))), "", &[])
    }

    fn of<'n>(
        texts: impl Iterator<Item = (&'n str, Cow<'static, str>)>,
        prefix: &str,
        retired: &[(&str, &str)],
    ) -> Result<Corpus, LoadError> {
        let mut corpus = Corpus { sources: Vec::new(), suites: Vec::new(), retired: Retired::default() };
        for (name, text) in texts {
            let file: Arc<str> = format!("{prefix}{name}").into();
            corpus.suites.push(read::read_file(&file, &text)?.0);
            corpus.sources.push(Source { origin: Origin::Text(text), listed: name.to_owned(), digest: OnceLock::new() });
        }
        for (name, text) in retired {
            corpus.retired.read(&format!("{prefix}{name}"), text)?;
        }
        Ok(corpus)
    }

    /// The set of these files and of all `*.json` and `*.jsonl` below these folders, but those in `schema/`, `profiles/` and `fixtures/`
    /// and `clauses.json`; a `retired.json` tells what became of old ids. Folders are read in the order of names.
    ///
    /// # Errors
    /// A path or file that cannot be read, a folder without vector files, or the first fault of a suite; those of cases are found when
    /// they are read.
    pub fn open(paths: &[PathBuf]) -> Result<Corpus, LoadError> {
        let files = load::find(paths)?;
        let mut corpus = Corpus { sources: Vec::new(), suites: Vec::new(), retired: Retired::default() };
        for found in files.vectors {
            let listed = found.listed.clone();
            let origin = if found.path.extension().is_some_and(|end| end == "jsonl") { Origin::Lines(found) } else { Origin::Json(found) };
            let source = Source { origin, listed, digest: OnceLock::new() };
            corpus.suites.push(source.suite()?);
            corpus.sources.push(source);
        }
        for found in files.retired {
            let octets = load::octets(&found)?;
            corpus.retired.read(&found.name, read::utf8(&found.name, &octets, 1)?)?;
        }
        Ok(corpus)
    }

    /// The suites, one a file, in the order of the files.
    #[must_use]
    pub fn suites(&self) -> &[Suite] {
        &self.suites
    }

    /// What became of ids that are no longer in use.
    #[must_use]
    pub fn retired(&self) -> &Retired {
        &self.retired
    }

    /// All cases in the order of the files. The first error is the last item; that a control is missing shows at the end.
    pub fn cases(&self) -> Cases<'_> {
        Cases { corpus: self, rest: 0..self.sources.len(), suite: None, open: None, register: Some(Register::default()) }
    }

    /// Shows all cases to `visit` until it breaks.
    ///
    /// # Errors
    /// The first fault of a file or case.
    pub fn for_each(&self, visit: &mut dyn FnMut(Case) -> ControlFlow<()>) -> Result<(), LoadError> {
        for case in self.cases() {
            if visit(case?).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// The case with this full id, also if it is no longer called so. Only files of its suite are read.
    ///
    /// # Errors
    /// A fault of a case on the way.
    pub fn find(&self, full_id: &str) -> Result<Option<Case>, LoadError> {
        let full_id = self.retired.now(full_id).unwrap_or(full_id);
        let Some((suite, id)) = full_id.split_once('/') else { return Ok(None) };
        let mut cases = Cases { corpus: self, rest: 0..self.sources.len(), suite: Some(suite), open: None, register: None };
        cases
            .find_map(|case| match case {
                Ok(case) if case.id == id => Some(Ok(case)),
                Ok(_) => None,
                Err(error) => Some(Err(error)),
            })
            .transpose()
    }

    /// `sha256:` and the SHA-256 of a listing of the set: for each file, in the order of names, its own SHA-256 in hexadecimal, two blanks,
    /// its name and a line end, as `sha256sum` prints it. Files that were read to their end are not read again.
    ///
    /// # Errors
    /// A file that cannot be read any more.
    pub fn digest(&self) -> Result<String, LoadError> {
        let listing = self.listing()?;
        Ok(format!("sha256:{}", hexadecimal(&Sha256::digest(listing))))
    }

    /// The listing that [`Corpus::digest`] is made of.
    ///
    /// # Errors
    /// As [`Corpus::digest`].
    pub fn listing(&self) -> Result<String, LoadError> {
        let mut lines = Vec::with_capacity(self.sources.len());
        for source in &self.sources {
            lines.push((&source.listed, hexadecimal(&source.digest()?)));
        }
        lines.sort();
        Ok(lines.into_iter().map(|(name, digest)| format!("{digest}  {name}\n")).collect())
    }
}

fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

impl Source {
    fn suite(&self) -> Result<Suite, LoadError> {
        match &self.origin {
            Origin::Text(text) => Ok(read::read_file(&self.listed.as_str().into(), text)?.0),
            Origin::Json(found) => {
                let octets = load::octets(found)?;
                Ok(read::read_file(&found.name.as_str().into(), read::utf8(&found.name, &octets, 1)?)?.0)
            }
            Origin::Lines(found) => {
                let mut lines = Lines::of(load::stream(found, false)?);
                match lines.next(&found.name)? {
                    Some((line, _)) => read::read_head(&found.name.as_str().into(), line),
                    None => Err(LoadError::of_file(&found.name, "empty")),
                }
            }
        }
    }

    fn digest(&self) -> Result<[u8; 32], LoadError> {
        if let Some(known) = self.digest.get() {
            return Ok(*known);
        }
        let digest = match &self.origin {
            Origin::Text(text) => Sha256::digest(text.as_bytes()).into(),
            Origin::Json(found) => Sha256::digest(load::octets(found)?).into(),
            Origin::Lines(found) => {
                let mut stream = load::stream(found, true)?;
                let read = std::io::copy(&mut stream, &mut std::io::sink());
                read.map_err(|error| LoadError::of_file(&found.name, error.to_string()))?;
                stream.digest().ok_or_else(|| LoadError::of_file(&found.name, "could not be read to its end"))?
            }
        };
        Ok(*self.digest.get_or_init(|| digest))
    }

    fn open(&self, suite: &Suite) -> Result<Open<'_>, LoadError> {
        let text: Cow<'_, str> = match &self.origin {
            Origin::Text(text) => Cow::Borrowed(text),
            Origin::Json(found) => {
                let octets = load::octets(found)?;
                self.digest.get_or_init(|| Sha256::digest(&octets).into());
                read::utf8(&found.name, &octets, 1)?;
                Cow::Owned(String::from_utf8(octets).unwrap_or_default())
            }
            Origin::Lines(found) => {
                let mut lines = Lines::of(load::stream(found, self.digest.get().is_none())?);
                lines.next(&found.name)?;
                return Ok(Open::Lines { lines, suite: suite.clone(), any: false });
            }
        };
        let (suite, ranges) = read::read_file(&suite.file, &text)?;
        Ok(Open::Text { text, suite, ranges: ranges.into_iter(), offset: 0, line: 1 })
    }
}

/// A file that is being read.
enum Open<'a> {
    Text {
        text: Cow<'a, str>,
        suite: Suite,
        ranges: std::vec::IntoIter<Range<usize>>,
        /// How far lines have been counted, and the line there.
        offset: usize,
        line: usize,
    },
    Lines {
        lines: Lines<Stream>,
        suite: Suite,
        any: bool,
    },
}

impl Open<'_> {
    fn next(&mut self) -> Result<Option<Case>, LoadError> {
        match self {
            Open::Text { text, suite, ranges, offset, line } => {
                let Some(Range { start, end }) = ranges.next() else { return Ok(None) };
                let passed = text.as_bytes().get(*offset..start).unwrap_or_default();
                *line += memchr::memchr_iter(b'\n', passed).count();
                *offset = start;
                read::read_case(suite, &Spot { file: &suite.file, text, line: 1, start, end }, *line).map(Some)
            }
            Open::Lines { lines, suite, any } => match lines.next(&suite.file)? {
                Some((text, line)) => {
                    *any = true;
                    read::read_case(suite, &Spot::whole(&suite.file, text, line), line).map(Some)
                }
                None if *any => Ok(None),
                None => Err(LoadError::of_file(&suite.file, "it has no cases")),
            },
        }
    }

    fn digest(&self) -> Option<[u8; 32]> {
        match self {
            Open::Text { .. } => None,
            Open::Lines { lines, .. } => lines.reader().digest(),
        }
    }
}

/// The cases of a set, one after the other.
pub struct Cases<'a> {
    corpus: &'a Corpus,
    /// The files that have not been opened.
    rest: Range<usize>,
    /// The only suite that is wanted, if not all are.
    suite: Option<&'a str>,
    open: Option<(usize, Open<'a>)>,
    /// Set while all is well and all cases are asked for.
    register: Option<Register>,
}

impl Cases<'_> {
    fn advance(&mut self) -> Result<Option<Case>, LoadError> {
        loop {
            if let Some((index, open)) = &mut self.open {
                if let Some(case) = open.next()? {
                    if let Some(register) = &mut self.register {
                        register.add(&case)?;
                    }
                    return Ok(Some(case));
                }
                if let (Some(digest), Some(source)) = (open.digest(), self.corpus.sources.get(*index)) {
                    source.digest.get_or_init(|| digest);
                }
                self.open = None;
            }
            let Some(index) = self.rest.next() else {
                return self.register.take().map_or(Ok(None), |register| register.finish().map(|()| None));
            };
            let (Some(source), Some(suite)) = (self.corpus.sources.get(index), self.corpus.suites.get(index)) else { continue };
            if self.suite.is_none_or(|wanted| wanted == &*suite.name) {
                self.open = Some((index, source.open(suite)?));
            }
        }
    }
}

impl Iterator for Cases<'_> {
    type Item = Result<Case, LoadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.advance();
        if next.is_err() {
            // Nothing comes after an error.
            self.rest = 0..0;
            self.open = None;
            self.register = None;
        }
        next.transpose()
    }
}
