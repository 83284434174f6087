//! What a vector file should be beyond being readable (`vectors/README.md`): requirements named, values explained and recomputed, nothing
//! asked twice. Findings are advice with a place; whoever runs the linter decides what follows.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::answer::{Expectation, Output};
use super::case::{Case, Level, Place, Status};
use super::corpus::Corpus;
use super::load_error::LoadError;
use super::question::{Operation, Question};
use super::recompute::{self, Recompute};

/// Something that should be otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where: file and line, which is 0 where the fault is not in the text.
    pub place: Place,
    /// The column, from 1; 0 where the case or the suite as a whole is meant.
    pub column: usize,
    /// The full id of the case, or the name of the suite.
    pub thing: String,
    /// What, as a clause.
    pub what: String,
    /// What to do about it, where that is known.
    pub hint: Option<String>,
}

impl Finding {
    /// What a case or a suite should be.
    fn of(place: Place, thing: impl Into<String>, what: impl Into<String>) -> Finding {
        Finding { place, column: 0, thing: thing.into(), what: what.into(), hint: None }
    }
}

/// What cannot be read is a finding, too: all that its error says.
impl From<LoadError> for Finding {
    fn from(LoadError { file, line, column, thing, reason, hint }: LoadError) -> Finding {
        Finding { place: Place { file: file.into(), line }, column, thing, what: reason, hint }
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Finding { place: Place { file, line }, column, thing, what, .. } = self;
        match (line, column) {
            (0, _) => write!(f, "{file}: {thing}: {what}"),
            (_, 0) => write!(f, "{file}:{line}: {thing}: {what}"),
            _ => write!(f, "{file}:{line}:{column}: {thing}: {what}"),
        }
    }
}

/// Looks at a whole set; `recompute` is the reference. Findings come in the order of the set; what cannot be read is the last one.
pub fn lint(corpus: &Corpus, recompute: &mut Recompute<'_>) -> Vec<Finding> {
    let mut linter = Linter::default();
    for case in corpus.cases() {
        match case {
            Ok(case) => linter.case(&case, recompute),
            Err(error) => {
                linter.findings.push(error.into());
                return linter.findings;
            }
        }
    }
    linter.finish(corpus)
}

#[derive(Default)]
struct Linter {
    findings: Vec<Finding>,
    ids: HashSet<String>,
    /// Controls by their full id, with the cases that want them.
    controls: HashMap<String, Vec<(Operation, Level, Place, String)>>,
    /// What could be a control: its operation and how binding it is.
    positive: HashMap<String, (Operation, Level)>,
    /// Flags that are used, by file.
    flags: BTreeMap<Arc<str>, HashSet<String>>,
    /// Active cases by what they ask.
    questions: HashMap<[u8; 32], Vec<Asked>>,
}

struct Asked {
    id: String,
    place: Place,
    expectation: Expectation,
}

impl Linter {
    fn case(&mut self, case: &Case, recompute: &mut Recompute<'_>) {
        for what in of_members(case).into_iter().chain(recompute::faults(case, recompute)) {
            self.find(case, what);
        }
        let id = case.full_id();
        let operation = case.question.operation();
        if let Some(control) = &case.control {
            self.controls.entry(control.clone()).or_default().push((operation, case.level, case.place.clone(), id.clone()));
        }
        self.positive.insert(id.clone(), (operation, case.level));
        self.flags.entry(case.place.file.clone()).or_default().extend(case.flags.iter().cloned());
        if case.status == Status::Active {
            let asked = Asked { id: id.clone(), place: case.place.clone(), expectation: decisive(&case.expectation) };
            self.questions.entry(fingerprint(&case.question)).or_default().push(asked);
        }
        self.ids.insert(id);
    }

    fn find(&mut self, case: &Case, what: String) {
        self.findings.push(Finding::of(case.place.clone(), case.full_id(), what));
    }

    fn finish(mut self, corpus: &Corpus) -> Vec<Finding> {
        for (control, cases) in &self.controls {
            let Some((operation, level)) = self.positive.get(control) else { continue };
            for (wanted, wanted_level, place, id) in cases {
                let finding = |what: &str| Finding::of(place.clone(), id.clone(), format!("its control {control} {what}"));
                if operation != wanted {
                    self.findings.push(finding("is of another operation"));
                } else if level > wanted_level {
                    self.findings.push(finding("is less binding than the case"));
                }
            }
        }
        self.same_questions();
        self.suites(corpus);
        for (old, new) in corpus.retired().iter() {
            let place = Place { file: "retired.json".into(), line: 1 };
            let mut find = |what| self.findings.push(Finding::of(place.clone(), old, what));
            if self.ids.contains(old) {
                find("is retired and in use".to_owned());
            }
            if let Some(new) = new.filter(|new| !self.ids.contains(*new) && corpus.retired().now(new).is_none()) {
                find(format!("leads to {new}, which is not there"));
            }
        }
        let order: HashMap<&str, usize> = corpus.suites().iter().map(|suite| &*suite.file).zip(0..).collect();
        self.findings.sort_by_key(|finding| (order.get(&*finding.place.file).copied().unwrap_or(usize::MAX), finding.place.line));
        self.findings
    }

    /// Two active cases may ask the same where both are controls in their own suites, so that each file can be used alone.
    fn same_questions(&mut self) {
        for cases in self.questions.values() {
            let Some((first, others)) = cases.split_first() else { continue };
            for other in others {
                let same = other.expectation == first.expectation;
                let controls = |asked: &Asked| self.controls.contains_key(&asked.id);
                let of_two_suites = other.id.split_once('/').map(|(suite, _)| suite) != first.id.split_once('/').map(|(suite, _)| suite);
                if same && of_two_suites && controls(first) && controls(other) {
                    continue;
                }
                let with = if same { "the same answer" } else { "another answer" };
                let what = format!("asks what {} asks, with {with}", first.id);
                self.findings.push(Finding::of(other.place.clone(), other.id.clone(), what));
            }
        }
    }

    fn suites(&mut self, corpus: &Corpus) {
        for suite in corpus.suites() {
            let mut find = |what: String| {
                let place = Place { file: suite.file.clone(), line: 1 };
                self.findings.push(Finding::of(place, &*suite.name, what));
            };
            if suite.about.trim().is_empty() {
                find("does not say what it is about".to_owned());
            }
            for (name, flag) in &suite.flags {
                if !self.flags.get(&suite.file).is_some_and(|used| used.contains(name)) {
                    find(format!("explains the flag {name} and no case has it"));
                }
                if flag.description.trim().is_empty() {
                    find(format!("has no words for the flag {name}"));
                }
                if let Some(link) = flag.links.iter().find(|link| !has_address(link)) {
                    find(format!("the flag {name} has a link that is no address: {link:?}"));
                }
            }
        }
    }
}

/// What can be said of a case without the others.
fn of_members(case: &Case) -> Vec<String> {
    let mut faults = Vec::new();
    if case.title.trim().is_empty() || case.title.ends_with('.') {
        faults.push("its title is no phrase".to_owned());
    }
    if case.spec.is_empty() {
        faults.push("it names no clause".to_owned());
    }
    for clause in &case.spec {
        let unknown = match clause.doc.as_str() {
            "RFC5849" => !SECTIONS.contains(&clause.section.as_str()),
            _ => clause.doc.is_empty() || clause.section.trim().is_empty(),
        };
        if unknown {
            faults.push(format!("{} has no section {:?}", clause.doc, clause.section));
        }
    }
    if case.status != Status::Active && case.note.as_ref().is_none_or(|note| note.trim().is_empty()) {
        faults.push("its value is disputed or withdrawn and no note says why".to_owned());
    }
    if !has_address(&case.source.reference) {
        faults.push("its source has no address that somebody could open".to_owned());
    }
    if case.expectation.admits_refusal() && case.control.is_none() {
        faults.push("a refusal could satisfy it and it has no control".to_owned());
    }
    for (members, list) in
        [("flags", &case.flags), ("requires", &case.requires), ("kills", &case.kills), ("confirmed_by", &case.source.confirmed_by)]
    {
        let mut seen = HashSet::new();
        if let Some(twice) = list.iter().find(|item| !seen.insert(*item)) {
            faults.push(format!("{twice:?} stands twice in its {members}"));
        }
    }
    if let Some(looks_like) = real_secret(&case.question) {
        faults.push(format!("it holds what looks like {looks_like}"));
    }
    faults
}

pub(super) fn has_address(text: &str) -> bool {
    ["https://", "http://"].iter().any(|scheme| text.find(scheme).is_some_and(|at| text.len() > at + scheme.len()))
}

/// Beginnings by which services mark the secrets that they hand out.
const MARKED: [(&str, &str); 12] = [
    ("AKIA", "an AWS access key"),
    ("ASIA", "an AWS access key"),
    ("ghp_", "a GitHub token"),
    ("gho_", "a GitHub token"),
    ("github_pat_", "a GitHub token"),
    ("glpat-", "a GitLab token"),
    ("xoxb-", "a Slack token"),
    ("xoxp-", "a Slack token"),
    ("sk_live_", "a Stripe key"),
    ("AIza", "a Google API key"),
    ("ya29.", "a Google OAuth token"),
    ("npm_", "an npm token"),
];

fn real_secret(question: &Question) -> Option<&'static str> {
    let written = serialized(question);
    let text = String::from_utf8_lossy(&written);
    MARKED.iter().find_map(|(beginning, name)| {
        let follows =
            |at: usize| text.get(at + beginning.len()..).unwrap_or_default().bytes().take_while(u8::is_ascii_alphanumeric).count();
        let stands_alone = |at: usize| !text.get(..at).unwrap_or_default().ends_with(|before: char| before.is_ascii_alphanumeric());
        text.match_indices(beginning).any(|(at, _)| stands_alone(at) && follows(at) >= 16).then_some(*name)
    })
}

fn serialized(question: &Question) -> Vec<u8> {
    let written = match question {
        Question::Sign(input) | Question::BaseString(input) => serde_json::to_vec(input),
        Question::Verify(input) => serde_json::to_vec(input),
        Question::PercentEncode(input) | Question::PercentDecode(input) | Question::FormDecode(input) => serde_json::to_vec(input),
        Question::ParseAuthorization(input) => serde_json::to_vec(input),
        Question::ParseTokenResponse(input) => serde_json::to_vec(input),
        Question::BaseUri(input) => serde_json::to_vec(input),
        Question::Normalize(input) => serde_json::to_vec(input),
        Question::Mac(input) => serde_json::to_vec(input),
        Question::BodyHash(input) => serde_json::to_vec(input),
    };
    // These types have no value that JSON does not have.
    written.unwrap_or_default()
}

fn fingerprint(question: &Question) -> [u8; 32] {
    let mut hash = Sha256::new_with_prefix(question.operation().as_str());
    hash.update(serialized(question));
    hash.finalize().into()
}

/// An expectation without its stages, which decide nothing, and without the words for its readings.
fn decisive(expectation: &Expectation) -> Expectation {
    match expectation {
        Expectation::Answer(output) => Expectation::Answer(Box::new(Output { stages: None, ..(**output).clone() })),
        Expectation::Refuse(codes) => Expectation::Refuse(codes.clone()),
        Expectation::OneOf(branches) => Expectation::OneOf(branches.iter().map(|(_, branch)| (String::new(), decisive(branch))).collect()),
    }
}

/// The sections of RFC 5849.
pub const SECTIONS: [&str; 48] = [
    "1",
    "1.1",
    "1.2",
    "1.3",
    "2",
    "2.1",
    "2.2",
    "2.3",
    "3",
    "3.1",
    "3.2",
    "3.3",
    "3.4",
    "3.4.1",
    "3.4.1.1",
    "3.4.1.2",
    "3.4.1.3",
    "3.4.1.3.1",
    "3.4.1.3.2",
    "3.4.2",
    "3.4.3",
    "3.4.4",
    "3.5",
    "3.5.1",
    "3.5.2",
    "3.5.3",
    "3.6",
    "4",
    "4.1",
    "4.2",
    "4.3",
    "4.4",
    "4.5",
    "4.6",
    "4.7",
    "4.8",
    "4.9",
    "4.10",
    "4.11",
    "4.12",
    "4.13",
    "4.14",
    "4.15",
    "5",
    "6",
    "6.1",
    "6.2",
    "Appendix A",
];
