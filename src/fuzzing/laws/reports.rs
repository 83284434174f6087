//! Foreign text in reports: whoever reads a report with a reader of its format finds the text as text, and nothing of it is markup, a command
//! or an instruction to a terminal.

use std::sync::{Arc, OnceLock};

use pulldown_cmark::{Event as Markdown, Options, Parser, Tag};
use scraper::Html;

use crate::implementation::{Break, Description, Observation};
use crate::judgement::plain::is_plain;
use crate::judgement::{CaseRecord, Declared, Event, Keep, Run, RunEnd, RunStart, Sink as _, Totals, judge};
use crate::report::escape;
use crate::report::{Format, Layout, TextOptions, html, json, junit, markdown, render, text};
use crate::vectors::question::TextInput;
use crate::vectors::{Case, Clause, Expectation, Level, Output, Place, Provenance, Question, SourceKind, Status, Text};

/// What another report would hold in the place of foreign text; its structure is compared.
const HARMLESS: &str = "harmless";

/// Every report of foreign text is read back: HTML by html5ever, XML by roxmltree, Markdown by pulldown-cmark, JSON by serde_json. Its structure
/// is that of a report on harmless text, and it holds nothing that a terminal obeys.
///
/// # Panics
/// Where one of it is not so.
pub fn reports(data: &[u8]) {
    let foreign = String::from_utf8_lossy(data.get(..2000).unwrap_or(data)).into_owned();
    let runs = [run(&foreign, data)];
    let usual = USUAL.get_or_init(|| Shapes::of(&[run(HARMLESS, HARMLESS.as_bytes())]));
    for format in Format::ALL {
        let report = rendered(&runs, *format);
        let bad = report.chars().find(|letter| !is_shown(*letter));
        assert_eq!(bad, None, "a report as {} holds a character that deceives", format.name());
    }
    let options = TextOptions { verbose: true, layout: Layout { width: 80, ..Layout::default() }, ..TextOptions::default() };
    let told = text(&runs, &options);
    assert_eq!(told.chars().find(|letter| !is_shown(*letter)), None, "a terminal would obey something");

    in_json(&runs, &foreign, data);
    let shapes = Shapes::of(&runs);
    // Long values have marks that short ones have not, but no report has other elements.
    let known = ["br", "code", "details", "em", "li", "mark", "ol", "p", "pre", "s", "span", "strong", "summary", "ul", "wbr"];
    let odd = shapes.elements.iter().find(|element| !usual.elements.contains(element) && !known.contains(&element.as_str()));
    assert_eq!(odd, None, "foreign text is an element of the page");
    assert_eq!(shapes.xml, usual.xml, "foreign text changes the elements of JUnit");
    assert_eq!(shapes.markup, usual.markup, "foreign text is markup in Markdown");
    assert_eq!((shapes.commands, commands(&told)), (usual.commands, 0), "foreign text is a workflow command");
    assert_eq!(shapes.points, usual.points, "foreign text is a test point");
}

/// What a reader of each format finds beside text.
struct Shapes {
    elements: Vec<String>,
    xml: Vec<String>,
    markup: Vec<String>,
    commands: usize,
    points: usize,
}

static USUAL: OnceLock<Shapes> = OnceLock::new();

impl Shapes {
    fn of(runs: &[Run]) -> Shapes {
        Shapes {
            elements: in_html(runs),
            xml: in_xml(runs),
            markup: in_markdown(runs),
            commands: commands(&rendered(runs, Format::Github)),
            points: rendered(runs, Format::Tap).lines().filter(|line| line.starts_with("ok ") || line.starts_with("not ok ")).count(),
        }
    }
}

/// What GitHub takes for a command begins a line.
fn commands(text: &str) -> usize {
    text.lines().filter(|line| line.trim_start().starts_with("::")).count()
}

/// Line ends and tabs stay in texts of several lines.
fn is_shown(letter: char) -> bool {
    is_plain(letter) || matches!(letter, '\n' | '\t')
}

fn in_json(runs: &[Run], foreign: &str, data: &[u8]) {
    let mut out = Vec::new();
    let Ok(report) = json(runs, &mut out).map_err(serde_json::Error::io).and_then(|()| serde_json::from_slice::<serde_json::Value>(&out))
    else {
        panic!("a JSON report is no JSON")
    };
    assert_eq!(report.pointer("/implementation/name").and_then(|name| name.as_str()), Some(foreign), "another name stands in JSON");
    let observed = report.pointer("/cases/0/observation/output/encoded").map(|value| serde_json::from_value::<Text>(value.clone()));
    assert_eq!(observed.and_then(Result::ok), Some(Text::from(data)), "another value stands in JSON");
    assert_eq!(report.pointer("/cases/0/title").and_then(|title| title.as_str()), Some(foreign), "another title stands in JSON");
}

fn in_html(runs: &[Run]) -> Vec<String> {
    let page = Html::parse_document(&html(runs));
    assert!(page.errors.is_empty(), "a page is no HTML: {:?}", page.errors);
    let elements = page.tree.nodes().filter_map(|node| node.value().as_element().map(|element| element.name().to_owned()));
    let mut known: Vec<String> = elements.collect();
    known.sort_unstable();
    known.dedup();
    known
}

fn in_xml(runs: &[Run]) -> Vec<String> {
    let Ok(report) = junit(runs) else { panic!("a JUnit report cannot be written") };
    match roxmltree::Document::parse(&report) {
        Ok(document) => document.descendants().filter(|node| node.is_element()).map(|node| node.tag_name().name().to_owned()).collect(),
        Err(error) => panic!("a JUnit report is no XML: {error}"),
    }
}

fn in_markdown(runs: &[Run]) -> Vec<String> {
    let report = markdown(runs);
    let all = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_MATH
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_TASKLISTS;
    let odd = |event: Markdown<'_>| match event {
        Markdown::Start(Tag::Link { dest_url, .. }) => Some(format!("link {dest_url}")),
        Markdown::Start(
            tag @ (Tag::Image { .. }
            | Tag::FootnoteDefinition(_)
            | Tag::Strikethrough
            | Tag::BlockQuote(_)
            | Tag::Heading { .. }
            | Tag::List(_)
            | Tag::Table(_)
            | Tag::TableCell),
        ) => Some(format!("{tag:?}")),
        Markdown::Html(html) | Markdown::InlineHtml(html) => Some(format!("html {html}")),
        Markdown::InlineMath(_)
        | Markdown::DisplayMath(_)
        | Markdown::FootnoteReference(_)
        | Markdown::TaskListMarker(_)
        | Markdown::Rule => Some("odd".to_owned()),
        _ => None,
    };
    Parser::new_ext(&report, all).filter_map(odd).collect()
}

fn rendered(runs: &[Run], format: Format) -> String {
    let mut out = Vec::new();
    assert!(render(runs, format, &mut out).is_ok(), "a report as {} cannot be written", format.name());
    String::from_utf8(out).unwrap_or_else(|_| panic!("a report as {} is not UTF-8", format.name()))
}

/// A run of somebody with this name, whose every word is this text.
fn run(foreign: &str, octets: &[u8]) -> Run {
    let answer = Observation::Answered(Box::new(Output { encoded: Some(Text::from(octets)), ..Output::default() }));
    let message = || foreign.to_owned();
    let observations = [
        answer,
        Observation::Refused { code: Some(message()), message: message() },
        Observation::Unsupported { what: message(), message: message() },
        Observation::Broke { why: Break::Crash, message: message() },
    ];
    let ids = ["answered", "refused", "unsupported", "broke"];
    let records: Vec<CaseRecord> = ids
        .iter()
        .zip(observations)
        .map(|(id, observation)| {
            let case = case(id, foreign, octets);
            let judgement = judge(&case, &observation, Declared { codes: true, transmission: true });
            CaseRecord::new(case, observation, judgement, 1)
        })
        .collect();
    let implementation = Description {
        name: foreign.to_owned(),
        version: Some(message()),
        language: Some(message()),
        language_version: Some(message()),
        homepage: Some(message()),
    };
    let mut totals = Totals { selected: records.len() as u64, ..Totals::default() };
    records.iter().for_each(|record| totals.count(record));
    let start = RunStart { implementation: implementation.clone(), selected: totals.selected, ..RunStart::default() };
    let end = RunEnd { exit_code: totals.exit_code(false), totals, expectations: Vec::new() };
    let log = escape::middle_cut(foreign, 500).into_owned();
    let mut run = Run::keeping(Keep::Every);
    let events = [Event::RunStart(&start)].into_iter().chain(records.iter().map(Event::Case));
    for event in events.chain([Event::AdapterLog(&log), Event::RunEnd(&end)]) {
        let taken = run.take(&implementation, event);
        assert!(taken.is_ok(), "a run cannot be kept");
    }
    run
}

fn case(id: &str, foreign: &str, octets: &[u8]) -> Case {
    Case {
        suite: "foreign".into(),
        id: id.to_owned(),
        rev: 1,
        status: Status::Active,
        level: Level::Must,
        title: foreign.to_owned(),
        spec: vec![Clause { doc: foreign.to_owned(), section: foreign.to_owned() }],
        flags: Vec::new(),
        requires: Vec::new(),
        control: None,
        question: Question::PercentEncode(TextInput { text: Text::from(octets) }),
        // Nothing that a text would be equal to by chance.
        expectation: Expectation::Answer(Box::new(Output { encoded: Some(Text::from(&b"\xffexpected"[..])), ..Output::default() })),
        kills: Vec::new(),
        note: Some(foreign.to_owned()),
        source: Provenance { kind: SourceKind::Derived, reference: foreign.to_owned(), confirmed_by: Vec::new() },
        place: Place { file: Arc::from("vectors/foreign.json"), line: 1 },
    }
}
