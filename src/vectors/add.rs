//! A case out of one file put into another, reviewed: with a name, a title and a source of its own. What is expected of it is then no
//! longer the word of one implementation. A control that it brings along is added with it. What is written passes the linter.

use serde_json::{Value, json};

use super::case::{Case, SourceKind};
use super::corpus::Corpus;
use super::evidence::{Published, confirmations};
use super::format::canonical;
use super::lint::{has_address, lint};
use super::load_error::LoadError;
use super::recompute::Recompute;

/// What a reviewer says of a case.
#[derive(Clone, Debug, Default)]
pub struct Review {
    /// Its name; that of the find, if none is given.
    pub id: Option<String>,
    /// The requirement in one phrase.
    pub title: String,
    /// Independent implementations that give the expected value, with their versions.
    pub confirmed_by: Vec<String>,
    /// Where the value stands, if it was published: then nobody has to confirm it.
    pub published: Option<Published>,
    /// Where others can look up how a derived value was come by; that of the find, if none is given.
    pub reference: Option<String>,
    /// The case of the target that must be accepted for a refusal of this one to mean something; the one that the find brings along, if
    /// none is given.
    pub control: Option<String>,
}

/// The fewest implementations that confirm a value that is written down nowhere.
const FEWEST: usize = 2;

/// The text of `target` with the one case of `found` at its end, after the control that it brings along, in its canonical form. Both are a
/// name and a text; `recompute` is the reference.
///
/// # Errors
/// A file that cannot be read, another operation, a name that is taken, a source that is none, anything that the linter would say.
pub fn add(target: (&str, &str), found: (&str, &str), review: &Review, recompute: &mut Recompute<'_>) -> Result<String, LoadError> {
    let wrong = |file: &str, reason: String| LoadError::of_file(file, reason);
    let cases = Corpus::of_texts([(found.0, found.1.to_owned())])?.cases().collect::<Result<Vec<_>, _>>()?;
    let controls: Vec<&String> = cases.iter().filter_map(|case| case.control.as_ref()).collect();
    let is_control = |case: &Case| controls.contains(&&case.full_id());
    let found_one = cases.iter().enumerate().filter(|(_, case)| !is_control(case)).collect::<Vec<_>>();
    let (&[(number, case)], true) = (&found_one[..], cases.len() <= 2) else {
        return Err(wrong(found.0, "it does not hold exactly one case, with its control or without".to_owned()));
    };
    let brought = cases.iter().position(is_control).filter(|_| review.control.is_none());
    let suites = Corpus::of_texts([(target.0, target.1.to_owned())])?;
    let Some(suite) = suites.suites().first() else { return Err(wrong(target.0, "it holds no suite".to_owned())) };
    let operation = case.question.operation();
    if suite.operation != operation {
        return Err(wrong(target.0, format!("it asks for {}, and the case for {operation}", suite.operation)));
    }
    if review.title.trim().is_empty() {
        return Err(wrong(found.0, "the case has no title of its own".to_owned()).with_hint("say what must hold, in one phrase"));
    }
    let (others, implementations) = confirmations(&review.confirmed_by).map_err(|unversioned| {
        wrong(found.0, format!("{unversioned:?} names no version of an implementation")).with_hint("such as \"oauthlib 4.0.1\"")
    })?;
    if review.published.is_none() && implementations < FEWEST {
        return Err(wrong(found.0, format!("independent implementations that confirm the expected value: {implementations}"))
            .with_hint(format!("a value that is published nowhere needs {FEWEST}; the reference here is none of them")));
    }
    let parsed = |file: &str, text: &str| serde_json::from_str::<Value>(text).map_err(|error| wrong(file, error.to_string()));
    let (mut file, source) = (parsed(target.0, target.1)?, parsed(found.0, found.1)?);
    let (kind, reference) = match &review.published {
        Some(published) => (published.kind(), published.place().to_owned()),
        None => (SourceKind::Derived, review.reference.clone().unwrap_or_else(|| case.source.reference.clone())),
    };
    if !has_address(&reference) {
        return Err(wrong(found.0, format!("{reference:?} is no address that somebody could open"))
            .with_hint("say where it can be looked up how the value was come by: --ref ADDRESS"));
    }
    if case.expectation.admits_refusal() && case.control.is_none() && review.control.is_none() {
        return Err(wrong(found.0, "a refusal could satisfy the case and it has no control".to_owned())
            .with_hint("name a case of the file that must be accepted: --control ID"));
    }
    let sourced = |number: usize| {
        let mut members = source.pointer(&format!("/cases/{number}"))?.as_object()?.clone();
        members.insert("source".to_owned(), json!({"kind": kind, "ref": reference, "confirmed_by": others}));
        members.remove("note");
        Some(members)
    };
    let Some(mut new) = sourced(number) else { return Err(wrong(found.0, "it has no case".to_owned())) };
    let mut control = brought.and_then(sourced);
    new.insert("title".to_owned(), json!(review.title));
    if let Some(id) = &review.id {
        new.insert("id".to_owned(), json!(id));
    }
    if let (Some(members), Some(id)) = (&mut control, &review.id) {
        members.insert("id".to_owned(), json!(format!("{id}-control")));
    }
    let name = control.as_ref().and_then(|members| members.get("id")).cloned().or_else(|| review.control.as_ref().map(|id| json!(id)));
    if let Some(name) = name {
        new.insert("control".to_owned(), name);
    }
    let ids: Vec<String> = control.iter().chain([&new]).filter_map(|members| members.get("id")?.as_str()).map(str::to_owned).collect();
    if let Some(cases) = file.get_mut("cases").and_then(Value::as_array_mut) {
        cases.extend(control.into_iter().chain([new]).map(Value::Object));
    }
    let text = canonical(target.0, &file.to_string())?;
    // Read once more: a name that is taken, or a control that is missing, shows here.
    let whole = Corpus::of_texts([(target.0, text.clone())])?;
    whole.for_each(&mut |_| std::ops::ControlFlow::Continue(()))?;
    let added: Vec<String> = ids.iter().map(|id| format!("{}/{id}", suite.name)).collect();
    let Some(finding) = lint(&whole, recompute).into_iter().find(|finding| added.contains(&finding.thing)) else { return Ok(text) };
    let error = LoadError { thing: format!("case {:?}", finding.thing), hint: finding.hint, ..wrong(found.0, finding.what) };
    let is_control = added.len() > 1 && added.first() == Some(&finding.thing);
    Err(if is_control { error.with_hint("it is the control; another one of the file will do: --control ID") } else { error })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::{Output, Question};

    const TARGET: &str = r#"{"format":1,"suite":"encode","operation":"percent_encode","cases":[{"id":"a","rev":1,"status":"active","level":"must",
        "title":"t","spec":[{"doc":"RFC5849","section":"3.6"}],"input":{"text":"a"},"expect":{"encoded":"a"},
        "source":{"kind":"rfc","ref":"3.6"}}]}"#;

    fn found(id: &str) -> String {
        let (old, new) = (r#""input":{"text":"a"},"expect":{"encoded":"a"}"#, r#""input":{"text":"b"},"expect":{"encoded":"b"}"#);
        let text = TARGET.replace("\"id\":\"a\"", &format!("\"id\":\"{id}\"")).replace("\"suite\":\"encode\"", "\"suite\":\"fuzz.x\"");
        text.replace(old, new)
    }

    fn review(confirmed_by: &[&str]) -> Review {
        let confirmed_by = confirmed_by.iter().map(|name| (*name).to_owned()).collect();
        let reference = Some("https://example.com/how".to_owned());
        Review { title: "letters stay".to_owned(), confirmed_by, reference, ..Review::default() }
    }

    /// Stands for the reference: letters stay.
    fn encoded(question: &Question) -> Result<Output, String> {
        let Question::PercentEncode(input) = question else { panic!("only texts are encoded here") };
        Ok(Output { encoded: Some(input.text.clone()), ..Output::default() })
    }

    fn told(id: &str, review: &Review) -> Result<String, String> {
        add(("t.json", TARGET), ("f.json", &found(id)), review, &mut encoded).map_err(|error| error.to_string())
    }

    #[test]
    fn a_reviewed_case_stands_at_the_end_in_canonical_form() {
        let text = told("b", &review(&["oauthlib 3.2.2", "node-oauth 0.10.2"])).unwrap();
        assert_eq!(canonical("t.json", &text).unwrap(), text);
        let cases: Vec<_> = Corpus::of_texts([("t.json", text)]).unwrap().cases().map(Result::unwrap).collect();
        let ids: Vec<String> = cases.iter().map(|case| case.full_id()).collect();
        assert_eq!(ids, ["encode/a", "encode/b"]);
        assert_eq!((cases[1].title.as_str(), cases[1].source.confirmed_by.len()), ("letters stay", 2));
    }

    #[test]
    fn what_nobody_confirms_is_not_added() {
        for names in [
            &[][..],
            &["oauthlib 4.0.1"],
            &["oauthlib 4.0.1", "oauthlib 4.0.1"],
            &["oauthlib 4.0.1", "countersign reference 0.1.0"],
            &["oauthlib 4.0.1", " "],
            // One implementation under several names.
            &["oauthlib 4.0.1", "oauthlib 3.2.2"],
            &["oauthlib 4.0.1", "OAuthLib v4.0.1"],
            &["node-oauth1 1.3.0", "Node OAuth1 1.3.0 (answer 1)"],
        ] {
            assert!(told("b", &review(names)).unwrap_err().contains("confirm the expected value"), "{names:?}");
        }
        let rfc = Published::new("RFC 5849 section 3.6", None).unwrap();
        let published = Review { published: Some(rfc), ..review(&[]) };
        let text = told("b", &published).unwrap();
        let file: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(file["cases"][1]["source"]["kind"], "rfc");
        assert!(file["cases"][1]["source"]["ref"].as_str().unwrap().starts_with("RFC 5849 section 3.6, https://"), "{text}");
        assert!(told("b", &Review { title: " ".to_owned(), ..published }).unwrap_err().contains("no title"));
    }

    #[test]
    fn who_confirms_has_a_version() {
        for names in [["oauthlib 4.0.1", "Authlib"], ["oauthlib", "Authlib"], ["oauthlib 4.0.1", "4.0.1"]] {
            assert!(told("b", &review(&names)).unwrap_err().contains("names no version"), "{names:?}");
        }
        // Beside a published value too: it would be written down.
        let rfc = Published::new("RFC 5849 section 3.6", None).unwrap();
        assert!(told("b", &Review { published: Some(rfc), ..review(&["Authlib"]) }).unwrap_err().contains("names no version"));
    }

    #[test]
    fn a_name_that_is_taken_and_another_operation_are_refused() {
        let confirmed = review(&["x 1", "y 1"]);
        assert!(told("a", &confirmed).is_err());
        assert!(told("a", &Review { id: Some("c".to_owned()), ..confirmed.clone() }).is_ok());
        let other = found("b").replace("percent_encode", "form_decode").replace("{\"encoded\":\"b\"}", "{\"parameters\":[]}");
        let error = add(("t.json", TARGET), ("f.json", &other), &confirmed, &mut encoded).unwrap_err().to_string();
        assert!(error.contains("it asks for percent_encode, and the case for form_decode"), "{error}");
    }

    #[test]
    fn what_the_linter_would_say_is_not_written() {
        let confirmed = review(&["x 1", "y 1"]);
        let told = |found: &str, review: &Review| add(("t.json", TARGET), ("f.json", found), review, &mut encoded);
        let refused = |found: &str, review: &Review| told(found, review).unwrap_err();
        assert!(refused(&found("b"), &Review { reference: None, ..confirmed.clone() }).hint.unwrap().contains("--ref"));
        for (old, new, says) in [
            ("\"encoded\":\"b\"", "\"encoded\":\"c\"", "encoded"),
            ("\"text\":\"b\"},\"expect\":{\"encoded\":\"b\"", "\"text\":\"a\"},\"expect\":{\"encoded\":\"a\"", "asks what encode/a asks"),
            ("\"section\":\"3.6\"", "\"section\":\"3.66\"", "has no section"),
        ] {
            let error = refused(&found("b").replace(old, new), &confirmed);
            assert!(error.to_string().contains(says) && error.thing == "case \"encode/b\"", "{error}");
        }
    }

    /// The find `b`, which must be refused, and beside it what it brings along.
    fn refusal(beside: &str) -> String {
        let of_b = found("b").replace("{\"encoded\":\"b\"}", "{\"refuse\":{\"codes\":[]}}");
        if beside.is_empty() {
            return of_b;
        }
        let (head, case) = of_b.split_once("\"cases\":[").unwrap();
        let case = case.trim_end_matches("]}").replacen("\"id\":\"b\"", "\"id\":\"b\",\"control\":\"b-control\"", 1);
        format!("{head}\"cases\":[{case},{beside}]}}")
    }

    #[test]
    fn what_a_refusal_satisfies_has_a_control_of_its_own_or_of_the_file() {
        let confirmed = review(&["x 1", "y 1"]);
        let mut refusing = |question: &Question| match question {
            Question::PercentEncode(input) if input.text.as_str() == Some("b") => Err("refused".to_owned()),
            question => encoded(question),
        };
        let mut told = |found: &str, review: &Review| add(("t.json", TARGET), ("f.json", found), review, &mut refusing);
        let error = told(&refusal(""), &confirmed).unwrap_err();
        assert!(error.to_string().contains("no control") && error.hint.unwrap().contains("--control"));
        let controls = |text: &str| {
            let cases = Corpus::of_texts([("t.json", text.to_owned())]).unwrap().cases().map(Result::unwrap).collect::<Vec<_>>();
            cases.into_iter().map(|case| (case.id, case.control, case.source.reference)).skip(1).collect::<Vec<_>>()
        };
        let how = "https://example.com/how".to_owned();
        let named = Review { control: Some("a".to_owned()), ..confirmed.clone() };
        let of_file = [("b".to_owned(), Some("encode/a".to_owned()), how.clone())];
        assert_eq!(controls(&told(&refusal(""), &named).unwrap()), of_file);
        let beside = |text: &str| {
            let found = found("b-control").replace("\"text\":\"b\"", &format!("\"text\":\"{text}\""));
            let case = found.split_once("\"cases\":[").unwrap().1.trim_end_matches("]}").to_owned();
            case.replace("\"encoded\":\"b\"", &format!("\"encoded\":\"{text}\""))
        };
        let both = |id: &str| {
            let control = format!("{id}-control");
            [(control.clone(), None, how.clone()), (id.to_owned(), Some(format!("encode/{control}")), how.clone())]
        };
        assert_eq!(controls(&told(&refusal(&beside("c")), &confirmed).unwrap()), both("b"));
        let renamed = Review { id: Some("x".to_owned()), ..confirmed.clone() };
        assert_eq!(controls(&told(&refusal(&beside("c")), &renamed).unwrap()), both("x"));
        // Where the file asks already what the control asks, that one is named.
        let error = told(&refusal(&beside("a")), &confirmed).unwrap_err();
        assert!(error.to_string().contains("asks what encode/a asks") && error.hint.unwrap().contains("--control"));
        assert_eq!(controls(&told(&refusal(&beside("a")), &named).unwrap()), of_file);
        // A control that is not there is none.
        assert!(told(&refusal(""), &Review { control: Some("none".to_owned()), ..confirmed.clone() }).is_err());
    }
}
