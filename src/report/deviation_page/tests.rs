//! Every deviation has an example or says why not, and the document has a place for each.

use std::collections::BTreeSet;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::*;
use crate::deviation::{Input, all};
use crate::judgement::Side as Told;
use crate::selftest::unshown;
use crate::vectors::Corpus;

/// Every cause that there is a page of, mistakes of input with some parameter.
fn causes() -> Vec<Cause> {
    let inputs = Input::SAMPLES.iter().map(|id| Cause::parse(id).unwrap_or_else(|error| panic!("{error}")));
    all().map(Cause::Deviation).chain(inputs).collect()
}

fn cases() -> Vec<Case> {
    Corpus::embedded().unwrap().cases().map(Result::unwrap).filter(|case| !case.kills.is_empty()).collect()
}

#[test]
fn there_is_a_sample_of_every_mistake_of_input() {
    let kinds: Vec<&str> = Input::SAMPLES.iter().map(|id| Input::parse(id).map_or("none", |input| input.kind())).collect();
    assert_eq!(kinds, Input::KINDS.map(|(kind, ..)| kind));
}

#[test]
fn every_page_has_an_example_whose_sides_differ_or_says_why_there_is_none() {
    let cases = cases();
    let mut without = Vec::new();
    for cause in causes() {
        let id = cause.to_string();
        let own: Vec<Case> = cases.iter().filter(|case| case.kills.contains(&id)).cloned().collect();
        match Example::of(&cause, &own) {
            Ok(example) => {
                assert!(!example.asked.is_empty(), "{id}");
                assert_ne!(example.difference.expected, example.difference.observed, "{id}");
                assert!(deviation_page(&cause, &own, Layout::default()).contains("right and wrong:"), "{id}");
            }
            Err(_) => without.push(id),
        }
    }
    let known: Vec<String> = unshown::UNSHOWN.iter().map(|(id, ..)| (*id).to_owned()).collect();
    assert_eq!(without, known);
}

/// The right value of an example is what the vector's source says, which is not this program.
#[test]
fn the_right_side_of_an_example_is_what_the_vector_expects() {
    let cases = cases();
    let mut compared = 0;
    for deviation in all() {
        let own: Vec<Case> = cases.iter().filter(|case| case.kills.iter().any(|id| id == deviation.id)).cloned().collect();
        let Ok(Example { case: Some(id), difference, .. }) = Example::of(&Cause::Deviation(deviation), &own) else { continue };
        let Some(case) = own.iter().find(|case| case.full_id() == id) else { panic!("{id}") };
        let crate::vectors::Expectation::Answer(output) = &case.expectation else { continue };
        let expected = match difference.what.to_string().as_str() {
            "signature" => output.signature.clone(),
            "base_string" => output.base_string.clone(),
            "base_uri" => output.base_uri.clone(),
            "encoded" => output.encoded.clone(),
            "stage base_string" => output.stages.as_ref().and_then(|stages| stages.base_string.clone()),
            _ => None,
        };
        if let Some(expected) = expected {
            assert_eq!(difference.expected, Told::Value(expected), "{}: {id}", deviation.id);
            compared += 1;
        }
    }
    assert!(compared > 5, "{compared}");
}

#[test]
fn the_document_has_an_anchor_for_each_and_every_link_of_its_contents_leads_to_one() {
    let causes = causes();
    let document = deviation_document(&causes, &cases());
    let (mut anchors, mut links, mut headings, mut heading) = (BTreeSet::new(), BTreeSet::new(), Vec::new(), None::<String>);
    for event in Parser::new(&document) {
        match event {
            Event::InlineHtml(html) => {
                if let Some(rest) = html.strip_prefix("<a id=\"") {
                    assert!(anchors.insert(rest.trim_end_matches("\">").to_owned()), "{html} stands there twice");
                } else {
                    assert_eq!(&*html, "</a>");
                }
            }
            Event::Html(html) => panic!("{html}"),
            Event::Start(Tag::Link { dest_url, .. }) => drop(dest_url.strip_prefix('#').map(|name| links.insert(name.to_owned()))),
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Text(text) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&text);
                }
            }
            Event::End(TagEnd::Heading(_)) => headings.extend(heading.take()),
            _ => {}
        }
    }
    assert_eq!(anchors, links);
    assert_eq!(anchors.len(), causes.len());
    let ids: Vec<String> = std::iter::once("Deviations".to_owned()).chain(causes.iter().map(Cause::to_string)).collect();
    assert_eq!(headings, ids);
}

#[test]
fn a_page_as_json_says_what_the_page_says() {
    let cause = Cause::parse("uri.default-port-kept").unwrap();
    let page: serde_json::Value = serde_json::from_str(&deviation_json(&cause, &[])).unwrap();
    assert_eq!((&page["id"], &page["section"]), (&"uri.default-port-kept".into(), &"3.4.1.2".into()));
    let text = |name: &str| page["example"][name].as_str().unwrap().to_owned();
    assert_eq!(text("what"), "the base string");
    assert!(!text("right").contains("%3A80") && text("wrong").contains("%3A80"), "{page}");
}
