//! `countersign vectors`: care of the vector files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};

use super::arguments::Vectors;
use super::fail::Fail;
use super::output::{self, Outcome};
use super::provider;
use super::{files, fixture_files};
use crate::implementation::{Implementation as _, Observation, Reference};
use crate::judgement::ExitCode;
use crate::report::escape;
use crate::vectors::add::{Review, add};
use crate::vectors::evidence::{NotPublished, Published};
use crate::vectors::{Output, Question, SourceKind, export, format, lint};

/// Care of the vector files.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check files beyond what loading checks: sections, flags, controls, sources, and that all values recompute
    Lint(Lint),
    /// Write files in their canonical form
    Fmt(Format),
    /// Write the embedded set with schemas, digest and .gitattributes into a folder, for other languages to use directly
    Export(Export),
    /// Put a case that was found into a vector file, reviewed: with a title and a source of its own
    Add(Add),
}

#[derive(Debug, Args)]
struct Lint {
    #[command(flatten)]
    vectors: Vectors,
    /// Vector files, folders of them with their fixtures and profiles, or profiles or fixtures of one's own; if left out, the embedded vectors
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
struct Add {
    /// The file that holds the one case, with its control if it has one, such as `countersign fuzz --save` writes
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// The vector file that it is added to
    #[arg(value_name = "FILE")]
    to: PathBuf,
    /// Its name there; if left out, the one it has
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// The requirement in one phrase
    #[arg(long, value_name = "TEXT")]
    title: String,
    /// An independent implementation that gives the expected value, with its version; at least two, unless the value is published
    #[arg(long, value_name = "NAME")]
    confirmed_by: Vec<String>,
    /// Where the value is published: an https address and the place there, or a section of an RFC
    #[arg(long, value_name = "TEXT")]
    published: Option<String>,
    /// What kind of source that is, unless it is a section of an RFC or an erratum
    #[arg(long, value_name = "KIND", requires = "published")]
    kind: Option<Kind>,
    /// Where somebody can look up how a value that is not published was come by: an address, and the place there
    #[arg(long = "ref", value_name = "ADDRESS", conflicts_with = "published")]
    reference: Option<String>,
    /// The case of the file that must be accepted, where a refusal satisfies this one; if left out, the one it was found with
    #[arg(long, value_name = "ID")]
    control: Option<String>,
}

/// The kinds of source in which a value is published.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    Rfc,
    Erratum,
    Vendor,
    Suite,
    Incident,
}

impl Kind {
    const fn source(self) -> SourceKind {
        match self {
            Kind::Rfc => SourceKind::Rfc,
            Kind::Erratum => SourceKind::Erratum,
            Kind::Vendor => SourceKind::Vendor,
            Kind::Suite => SourceKind::Suite,
            Kind::Incident => SourceKind::Incident,
        }
    }
}

#[derive(Debug, Args)]
struct Format {
    /// Vector files in JSON
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Write nothing; exit 1 if a file is not in its canonical form
    #[arg(long)]
    check: bool,
}

#[derive(Debug, Args)]
struct Export {
    /// The folder; it is made if it is not there
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Runs it.
pub(super) fn run(arguments: Arguments) -> Outcome {
    match arguments.command {
        Command::Lint(arguments) => lint_files(arguments),
        Command::Fmt(arguments) => format_files(&arguments),
        Command::Export(arguments) => export_to(&arguments),
        Command::Add(arguments) => add_to(arguments),
    }
}

fn lint_files(arguments: Lint) -> Outcome {
    let Lint { vectors, files } = arguments;
    let is_embedded = vectors.paths.is_empty() && files.is_empty();
    let mut faults = Vec::new();
    let mut paths = vectors.paths;
    for path in files {
        match provider::lint(&path)? {
            Some(found) => faults.extend(found),
            None => paths.push(path),
        }
    }
    // The fixtures of a set, and the profiles beside them, belong to it.
    let (fixtures, paths) = fixture_files::among(&paths)?;
    let profiles: BTreeSet<&Path> = fixtures.iter().filter_map(|found| found.profile.folder()).collect();
    for profile in
        profiles.into_iter().filter(|folder| folder.is_dir()).map(fixture_files::below).collect::<Result<Vec<_>, Fail>>()?.concat()
    {
        faults.extend(provider::lint_profile(&profile)?);
    }
    for found in &fixtures {
        faults.extend(provider::lint_fixtures(&found.file)?);
    }
    let found = if is_embedded || !paths.is_empty() { lint_vectors(&Vectors { paths })? } else { Vec::new() };
    faults.extend(found);
    let text: String = faults.iter().map(|fault| format!("{}\n", escape::line(fault))).collect();
    output::print(&text)?;
    let is_hint = |fault: &&String| fault.starts_with(provider::HINT);
    output::note(&match faults.len() - faults.iter().filter(is_hint).count() {
        0 => "nothing to find fault with".to_owned(),
        1 => "1 finding".to_owned(),
        many => format!("{many} findings"),
    });
    Ok(if faults.is_empty() { ExitCode::AsExpected } else { ExitCode::Unexpected })
}

fn lint_vectors(vectors: &Vectors) -> Result<Vec<String>, Fail> {
    let corpus = vectors.corpus()?;
    let findings = lint::lint(&corpus, &mut recompute(&mut Reference::new()));
    Ok(findings.into_iter().flat_map(|finding| provider::told(finding.to_string(), finding.hint)).collect())
}

/// What the reference computes, or why it does not.
fn recompute(reference: &mut Reference) -> impl FnMut(&Question) -> Result<Output, String> {
    |question| match reference.ask(question) {
        Observation::Answered(output) => Ok(*output),
        Observation::Refused { code, message } => Err(code.unwrap_or(message)),
        Observation::Unsupported { what, .. } => Err(what),
        Observation::Broke { message, .. } => Err(message),
    }
}

fn format_files(arguments: &Format) -> Outcome {
    let mut differing = 0;
    for path in &arguments.files {
        let name = path.display().to_string();
        let text = files::text(path, files::MAX_FILE)?;
        let canonical = format::canonical(&name, &text)?;
        if canonical == text {
            continue;
        }
        differing += 1;
        if arguments.check {
            output::print(&format!("{}\n", escape::line(&name)))?;
        } else {
            output::write_file(path, canonical.as_bytes())?;
        }
    }
    Ok(if arguments.check && differing > 0 { ExitCode::Unexpected } else { ExitCode::AsExpected })
}

fn export_to(arguments: &Export) -> Outcome {
    let files = export::files()?;
    for (path, octets) in &files {
        let target = arguments.folder.join(path);
        if let Some(folder) = target.parent() {
            files::folder(folder)?;
        }
        output::write_file(&target, octets)?;
    }
    output::note(&format!("{} files in {}", files.len(), arguments.folder.display()));
    Ok(ExitCode::AsExpected)
}

fn add_to(arguments: Add) -> Outcome {
    let read = |path: &PathBuf| Ok::<_, Fail>((path.display().to_string(), files::text(path, files::MAX_FILE)?));
    let (target, found) = (read(&arguments.to)?, read(&arguments.from)?);
    let published = arguments.published.map(|text| {
        Published::new(&text, arguments.kind.map(Kind::source)).map_err(|why| {
            let fail = Fail::usage(format!("--published {}: {why}", escape::line(&text)));
            match why {
                NotPublished::NoKind => fail.hint("say it: --kind vendor, suite, incident or erratum"),
                NotPublished::NoPlace | NotPublished::NoRfc => fail.hint("such as \"RFC 5849 section 3.4.1.1\""),
            }
        })
    });
    let Add { from: _, to, id, title, confirmed_by, reference, control, .. } = arguments;
    let review = Review { id, title, confirmed_by, published: published.transpose()?, reference, control };
    let text = add((&target.0, &target.1), (&found.0, &found.1), &review, &mut recompute(&mut Reference::new()))?;
    output::write_file(&to, text.as_bytes())?;
    output::note("look at its level and its clause; the linter finds no fault with it");
    Ok(ExitCode::AsExpected)
}
