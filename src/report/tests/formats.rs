//! Every format that is made of finished runs: golden, read back by a parser that is not ours, with hostile text in it, and the same
//! whether it is made of a run or of its events.

use pulldown_cmark::{Event as Markdown, Options, Parser, Tag};
use scraper::{Html, Selector};
use serde_json::Value;

use super::golden;
use super::runs::{HOSTILE, as_json, encoded, encoding, exchange, is_harmless, record, records, run};
use super::tap_reader;
use crate::deviation::Cause;
use crate::diagnosis::Diagnosis;
use crate::implementation::Description;
use crate::judgement::{Event, EventLines, ExitCode, Keep, Run, RunEnd, Sink as _, replay};
use crate::report::{Colour, Format, Layout, TextOptions, badge, github, html, markdown, read_json, render, sarif, tap, text};
use crate::vectors::Level;

fn causes(ids: &[&str]) -> Vec<Cause> {
    ids.iter().map(|id| Cause::parse(id).unwrap()).collect()
}

/// A run in which everything is: every verdict, every kind of diagnosis, and hostile text wherever somebody else's stands.
fn everything() -> Run {
    let mut records = records();
    for (number, record) in records.iter_mut().enumerate() {
        record.number = number as u64;
    }
    records[0].diagnosis = Some(Diagnosis::of_sets(vec![causes(&["uri.default-port-kept"])]));
    records[2].diagnosis =
        Some(Diagnosis::of_sets(vec![causes(&["encode.space-plus"]), causes(&["input.host:a\"b<i>", "method.lower-case"])]));
    records[3].diagnosis = Some(Diagnosis::of_sets(vec![causes(&["encode.space-plus", "method.lower-case"])]));
    records[6].diagnosis = Some(Diagnosis { tried: 12, ..Diagnosis::unexplained() });
    run("oauthlib", records)
}

/// Two more, which differ from it: one as expected, one with a hostile name that was stopped.
fn several() -> Vec<Run> {
    let good = run("good", vec![record(encoding("passes"), encoded(b"a%20b")), record(encoding("fails"), encoded(b"a%20b"))]);
    let mut stopped = run(HOSTILE, vec![record(encoding("fails"), encoded(b"x"))]);
    stopped.end = Some(RunEnd { exit_code: ExitCode::Adapter, ..stopped.end.unwrap() });
    vec![everything(), good, stopped]
}

fn rendered(runs: &[Run], format: Format) -> String {
    let mut out = Vec::new();
    render(runs, format, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn every_format_is_the_same_from_a_run_from_its_events_and_from_its_json_report() {
    let runs = several();
    let mut lines = EventLines::new(Vec::new());
    runs.iter().for_each(|run| run.tell(&mut lines).unwrap());
    let replayed = replay("run.jsonl", &*lines.into_inner(), Keep::Every).unwrap().runs;
    let read = read_json(&as_json(&runs)).unwrap();
    for format in Format::ALL {
        let told = rendered(&runs, *format);
        assert_eq!(told, rendered(&replayed, *format), "{format:?}");
        if *format != Format::Html {
            // The page alone shows what adapters wrote, which is in no JSON report.
            assert_eq!(told, rendered(&read, *format), "{format:?}");
        }
        let names: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
        assert!(names.iter().all(|name| names.iter().filter(|other| *other == name).count() == 1));
    }
}

#[test]
fn no_format_holds_anything_that_deceives_or_begins_a_line_with_foreign_text() {
    for format in Format::ALL {
        let text = rendered(&several(), *format);
        is_harmless(&text);
        let begins = text.lines().find(|line| line.trim_start().starts_with("::error file=a,line=1::owned"));
        assert_eq!(begins, None, "{format:?}");
    }
}

#[test]
fn a_report_that_does_not_list_every_case_needs_no_more_than_it_says() {
    for format in Format::ALL {
        let kept = |keep: Keep| -> Vec<Run> {
            let again = |run: &Run| {
                let mut kept = Run::keeping(keep);
                run.tell(&mut kept).unwrap();
                kept
            };
            several().iter().map(again).collect()
        };
        assert_eq!(rendered(&kept(format.keep()), *format), rendered(&kept(Keep::Every), *format), "{format:?}");
    }
}

#[test]
fn a_terminal_shows_implementations_beside_each_other_at_any_width() {
    let runs = several();
    let at = |width: usize| {
        let options = TextOptions { layout: Layout { width, colour: Colour::Off }, ..TextOptions::default() };
        let text = text(&runs, &options);
        text.split_once("implementations beside each other\n").unwrap().1.to_owned()
    };
    for width in [40, 60, 80, 120] {
        let text = at(width);
        assert!(text.lines().all(|line| line.chars().count() <= width), "{width}: {text}");
        assert_eq!(text.matches("coverage").count(), if width < 60 { 2 } else { 1 }, "{width}: {text}");
    }
    golden!("report-matrix", at(80));
}

#[test]
fn tap_is_read_back() {
    let report = tap(&[everything()]);
    let (points, bail) = tap_reader::read(&report).unwrap();
    assert_eq!((points.len(), bail), (12, None));
    let point = |id: &str| points.iter().find(|point| point.description == id).unwrap();
    assert!(point("encode/passes").ok && point("encode/passes").directive.is_none());
    let failure = point("sign.uri/default-port-http");
    assert!(!failure.ok && failure.directive.is_none());
    assert_eq!(failure.diagnostics.iter().find(|(key, _)| key == "observed").unwrap().1, "http://example.com:80/");
    assert_eq!(point("encode/hostile").diagnostics.iter().find(|(key, _)| key == "message").unwrap().1, HOSTILE);
    let word = |id: &str| point(id).directive.as_ref().map(|(word, _)| word.clone());
    for (id, directive) in [("should", Some("TODO")), ("open", Some("SKIP")), ("disputed", Some("SKIP")), ("not-offered", Some("SKIP"))] {
        assert_eq!(word(&format!("encode/{id}")).as_deref(), directive, "{id}");
    }
    golden!("report-tap", report);
}

#[test]
fn no_foreign_text_is_a_directive_of_tap() {
    use crate::implementation::Observation;
    let unsupported = Observation::Unsupported { what: "a # TODO b \\".to_owned(), message: "# SKIP c".to_owned() };
    let odd = || vec![record(encoding("odd"), unsupported.clone())];
    let (points, _) = tap_reader::read(&tap(&[run("x # SKIP y", odd()), run("z", odd())])).unwrap();
    assert_eq!((points[0].description.as_str(), &points[0].directive), ("x # SKIP y", &None));
    let directive = points[0].subtest.as_ref().unwrap()[0].directive.as_ref().unwrap();
    assert_eq!(directive, &("SKIP".to_owned(), "unsupported: it does not support: a # TODO b \\: # SKIP c".to_owned()));
}

#[test]
fn tap_has_a_subtest_for_each_of_several_and_bails_out_of_what_was_stopped() {
    let (points, bail) = tap_reader::read(&tap(&several())).unwrap();
    let shape: Vec<(bool, usize)> = points.iter().map(|point| (point.ok, point.subtest.as_ref().unwrap().len())).collect();
    assert_eq!(shape, [(false, 12), (true, 2), (false, 1)]);
    assert!(bail.unwrap().ends_with(ExitCode::Adapter.sentence()));
    let (none, _) = tap_reader::read(&tap(&[run("nobody", Vec::new())])).unwrap();
    assert_eq!(none, []);
}

fn sarif_schema() -> jsonschema::Validator {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schema/sarif-2.1.0.json");
    // One pattern of the schema, for the language of a run, is no regular expression: a bracket is closed that was never opened.
    let text = std::fs::read_to_string(path).unwrap().replace("-[a-zA-Z]{2}]?$", "-[a-zA-Z]{2}?$");
    jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap()
}

fn as_sarif(runs: &[Run]) -> Value {
    let mut out = Vec::new();
    sarif(runs, &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

#[test]
fn sarif_follows_its_schema_and_points_at_the_line_of_the_vector() {
    let schema = sarif_schema();
    let mut odd = run("odd", vec![record(encoding("fails"), encoded(b"x")), exchange()]);
    odd.records[0].place.as_mut().unwrap().file = "/tmp/a b/\u{e9}%?#.json".into();
    for runs in [several(), vec![everything()], vec![odd], Vec::new()] {
        let log = as_sarif(&runs);
        let errors: Vec<String> = schema.iter_errors(&log).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert_eq!(errors, Vec::<String>::new());
    }
    assert!(!schema.is_valid(&serde_json::json!({"version": "2.1.0", "runs": [{"results": []}]})), "the schema refuses what is wrong");
    let log = as_sarif(&[everything()]);
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 7);
    let first = &results[0];
    assert_eq!((&first["ruleId"], &first["level"]), (&"uri.default-port-kept".into(), &"error".into()));
    let place = &first["locations"][0]["physicalLocation"];
    assert_eq!((&place["artifactLocation"]["uri"], &place["region"]["startLine"]), (&"vectors/sign.uri.json".into(), &41.into()));
    for result in results {
        let rule = &run["tool"]["driver"]["rules"][usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
    }
    golden!("report-sarif", rendered(&[everything()], Format::Sarif));
}

#[test]
fn paths_are_uris_in_sarif() {
    let mut odd = run("odd", vec![record(encoding("fails"), encoded(b"x"))]);
    odd.records[0].place.as_mut().unwrap().file = "/tmp/a b/\u{e9}%?#.json".into();
    let log = as_sarif(&[odd]);
    let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "file:///tmp/a%20b/%C3%A9%25%3F%23.json");
}

/// What a renderer makes of Markdown: its running text, and what is markup in it.
fn read_markdown(text: &str) -> (String, Vec<String>) {
    let (mut running, mut markup) = (String::new(), Vec::new());
    for event in
        Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_MATH | Options::ENABLE_FOOTNOTES)
    {
        match event {
            Markdown::Text(text) | Markdown::Code(text) => running.push_str(&text),
            Markdown::Start(Tag::Link { dest_url, .. }) => markup.push(format!("link {dest_url}")),
            Markdown::Start(Tag::Image { .. } | Tag::FootnoteDefinition(_) | Tag::Strikethrough | Tag::Emphasis) => {
                markup.push("odd".to_owned())
            }
            Markdown::Html(html) | Markdown::InlineHtml(html) => markup.push(format!("html {html}")),
            Markdown::InlineMath(_) | Markdown::DisplayMath(_) | Markdown::FootnoteReference(_) | Markdown::Rule => {
                markup.push("odd".to_owned())
            }
            Markdown::SoftBreak | Markdown::HardBreak | Markdown::End(_) => running.push('\n'),
            _ => {}
        }
    }
    (running, markup)
}

#[test]
fn markdown_is_read_back_and_nothing_foreign_is_markup() {
    let report = markdown(&several());
    let (running, markup) = read_markdown(&report);
    assert!(markup.iter().all(|what| what.starts_with("link https://www.rfc-editor.org/rfc/rfc5849#section-")), "{markup:?}");
    // Foreign text is read as what it is, but for what cannot be seen.
    assert!(running.contains("]]><x a='\"'>&amp;\\u{0}"), "{running}");
    assert!(running.contains("uri.default-port-kept"));
    let mut marked = encoding("marked");
    marked.title = "*a* _b_ `c` [d](http://e) ![f](g) <b> | # h ~~i~~ $j$ @k &lt; \\* 1. - + http://l".to_owned();
    let title = marked.title.clone();
    let (running, markup) = read_markdown(&markdown(&[run("a", vec![record(marked, encoded(b"```\n`` x"))])]));
    assert!(running.contains(&title), "{running}");
    assert_eq!(markup, Vec::<String>::new());
    assert!(running.contains("expected  a%20b\nobserved  \"```\\n`` x\""), "{running}");
    for begins in ["- a", "+ a", "1. a", "1) a", "=== a", "::error::a", "# a", "> a", "``` a", "*** a"] {
        let mut line = encoding("line");
        line.title = format!("    {begins}");
        let report = markdown(&[run("a", vec![record(line, encoded(b"x"))])]);
        let lists = Parser::new(&report).filter(|event| matches!(event, Markdown::Start(Tag::List(_) | Tag::BlockQuote(_)))).count();
        let blocks = Parser::new(&report).filter(|event| matches!(event, Markdown::Start(Tag::CodeBlock(_)))).count();
        assert_eq!((lists, blocks), (0, 1), "{report}");
        assert!(read_markdown(&report).0.contains(&format!("{begins} (")) && !report.contains("\n::"), "{report}");
    }
    golden!("report-markdown", report);
}

/// A workflow command: its word, properties and message, as GitHub's runner reads them.
fn read_command(line: &str) -> (String, Vec<(String, String)>, String) {
    let (head, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
    let (word, properties) = head.split_once(' ').unwrap();
    let unescaped = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",").replace("%25", "%");
    let pair = |pair: &str| pair.split_once('=').map(|(name, value)| (name.to_owned(), unescaped(value))).unwrap();
    (word.to_owned(), properties.split(',').map(pair).collect(), unescaped(message))
}

#[test]
fn github_reads_its_commands() {
    let report = github(&several());
    let commands: Vec<_> = report.lines().map(read_command).collect();
    assert!(commands.iter().all(|(word, ..)| matches!(word.as_str(), "error" | "warning" | "notice")));
    assert!(
        commands.iter().all(|(_, properties, _)| properties.iter().all(|(name, _)| matches!(name.as_str(), "file" | "line" | "title")))
    );
    let cause =
        commands.iter().find(|(_, properties, _)| properties.iter().any(|(_, value)| value.contains("uri.default-port-kept"))).unwrap();
    assert_eq!(cause.1[..2], [("file".to_owned(), "vectors/sign.uri.json".to_owned()), ("line".to_owned(), "41".to_owned())]);
    assert!(cause.2.contains("\nfix: ") && cause.2.ends_with("in: sign.uri/default-port-http"), "{cause:?}");
    // One that fails only a strict run is a warning.
    let should = commands
        .iter()
        .find(|(_, properties, _)| properties.iter().any(|(_, value)| value.contains("space-plus with method.lower-case (1")))
        .unwrap();
    assert_eq!(should.0, "warning");
    assert!(commands.iter().any(|(word, _, message)| word == "notice" && message.contains("every verdict is as expected")));
    golden!("report-github", report);
}

fn as_badge(runs: &[Run]) -> Value {
    let mut out = Vec::new();
    badge(runs, &mut out).unwrap();
    serde_json::from_slice(&out).unwrap()
}

#[test]
fn a_badge_tells_passed_of_scored_and_never_a_number_of_what_was_stopped() {
    let told = |runs: &[Run]| {
        let badge = as_badge(runs);
        assert_eq!((&badge["schemaVersion"], &badge["label"]), (&1.into(), &"OAuth 1.0a".into()));
        format!("{} {}", badge["message"].as_str().unwrap(), badge["color"].as_str().unwrap())
    };
    let all = several();
    let good = || run("good", vec![record(encoding("passes"), encoded(b"a%20b"))]);
    // Of a run in these tests one case is not reached.
    assert_eq!(told(&[good()]), "1/1, 50 % covered brightgreen");
    assert_eq!(told(&[everything()]), "2/9, 84 % covered red");
    assert_eq!(told(&[everything(), good()]), "1 of 2 conform red");
    assert_eq!(told(&all), "not finished lightgrey");
    assert_eq!(told(&[run("nobody", Vec::new())]), "nothing executed lightgrey");
    assert_eq!(told(&[]), "nothing executed lightgrey");
    assert_eq!(as_badge(&all)["isError"], true);
    golden!("report-badge", rendered(&[everything()], Format::Badge));
}

fn selected<'a>(page: &'a Html, what: &str) -> Vec<scraper::ElementRef<'a>> {
    let selector = Selector::parse(what).unwrap();
    page.select(&selector).collect()
}

#[test]
fn the_page_is_html_without_script_and_every_link_leads_somewhere() {
    let text = html(&several());
    let page = Html::parse_document(&text);
    assert_eq!(page.errors, Vec::<std::borrow::Cow<'static, str>>::new());
    for what in ["script", "img", "iframe", "object", "embed", "link", "form", "base", "svg", "x", "i", "[src]", "[srcset]", "[action]"] {
        assert!(selected(&page, what).is_empty(), "the page holds {what}");
    }
    let mut ids: Vec<&str> = selected(&page, "[id]").iter().map(|element| element.value().attr("id").unwrap()).collect();
    let total = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), total, "an id stands there twice");
    for link in selected(&page, "a") {
        let address = link.value().attr("href").unwrap();
        match address.strip_prefix('#') {
            Some(id) => assert!(ids.binary_search(&id).is_ok(), "nothing is called {id}"),
            None => assert!(address.starts_with("https://www.rfc-editor.org/rfc/rfc5849"), "{address}"),
        }
    }
    for element in selected(&page, "*") {
        assert!(element.value().attrs().all(|(name, _)| !name.starts_with("on")), "{:?}", element.value());
    }
    for case in ["oauthlib/sign.uri/default-port-http", "oauthlib/encode/passes", "good/encode/fails"] {
        assert!(ids.contains(&case), "{case} has no place");
    }
}

#[test]
fn the_page_shows_hostile_text_as_text() {
    let text = html(&several());
    let page = Html::parse_document(&text);
    let body: String = selected(&page, "[id='oauthlib/encode/hostile']")[0].text().collect();
    assert!(body.contains("]]><x a='\"'>&amp;\\u{0}"), "{body}");
    let style: String = selected(&page, "style")[0].text().collect();
    assert!(!style.contains("</"));
    golden!("report-html", text.replace(&style, "…"));
}

#[test]
fn the_page_marks_what_differs() {
    let text = html(&[everything()]);
    let page = Html::parse_document(&text);
    let marked = selected(&page, "[id='oauthlib/sign.uri/default-port-http'] del");
    assert_eq!(marked[0].text().collect::<String>(), ":80");
}

#[test]
fn an_adapter_chooses_no_address_that_runs() {
    for (homepage, is_linked) in [
        ("javascript:alert(1)", false),
        ("https://example.com/", true),
        ("data:text/html,x", false),
        ("https://example.com/\u{202e}x", false),
        ("https://example.com/\u{1b}", false),
    ] {
        let mut one = run("a", vec![exchange()]);
        one.start.implementation.homepage = Some(homepage.to_owned());
        let text = html(&[one]);
        let page = Html::parse_document(&text);
        let links = selected(&page, "main a").iter().filter(|link| link.value().attr("href") == Some(homepage)).count();
        assert_eq!(links == 1, is_linked, "{homepage}");
    }
}

#[test]
fn names_that_look_alike_have_places_of_their_own() {
    let text = html(&[run("a b", vec![exchange()]), run("a-b", vec![exchange()]), run("", vec![exchange()])]);
    let page = Html::parse_document(&text);
    let ids: Vec<&str> = selected(&page, ".run > h2").iter().map(|heading| heading.value().attr("id").unwrap()).collect();
    assert_eq!(ids, ["a-b", "a-b~2", "nameless"]);
}

#[test]
fn an_implementation_that_says_nothing_of_itself_is_told_all_the_same() {
    let mut bare = Run::keeping(Keep::Every);
    let implementation = Description::default();
    bare.take(&implementation, Event::RunStart(&crate::judgement::RunStart::default())).unwrap();
    let mut should = encoding("should");
    should.level = Level::Should;
    bare.take(&implementation, Event::Case(&record(should, encoded(b"x")))).unwrap();
    for format in Format::ALL {
        assert!(!rendered(&[bare.clone()], *format).is_empty());
    }
}
