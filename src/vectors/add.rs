//! A case out of one file put into another, reviewed: with a name, a title and a source of its own. What is expected of it is then no
//! longer the word of one implementation.

use serde_json::{Value, json};

use super::case::SourceKind;
use super::corpus::Corpus;
use super::evidence::{Published, confirmations};
use super::format::canonical;
use super::load_error::LoadError;

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
}

/// The fewest implementations that confirm a value that is written down nowhere.
const FEWEST: usize = 2;

/// The text of `target` with the one case of `found` at its end, in its canonical form. Both are a name and a text.
///
/// # Errors
/// A file that cannot be read, another operation, a name that is taken, a source that is none.
pub fn add(target: (&str, &str), found: (&str, &str), review: &Review) -> Result<String, LoadError> {
    let wrong = |file: &str, reason: String| LoadError::of_file(file, reason);
    let mut cases = Corpus::of_texts([(found.0, found.1.to_owned())])?.cases().collect::<Result<Vec<_>, _>>()?;
    let (Some(case), true) = (cases.pop(), cases.is_empty()) else {
        return Err(wrong(found.0, "it does not hold exactly one case".to_owned()));
    };
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
        return Err(wrong(found.0, format!("{implementations} independent implementations confirm the expected value"))
            .with_hint(format!("a value that is published nowhere needs {FEWEST}; the reference here is none of them")));
    }
    let parsed = |file: &str, text: &str| serde_json::from_str::<Value>(text).map_err(|error| wrong(file, error.to_string()));
    let (mut file, source) = (parsed(target.0, target.1)?, parsed(found.0, found.1)?);
    let Some(mut new) = source.pointer("/cases/0").cloned() else { return Err(wrong(found.0, "it has no case".to_owned())) };
    let (kind, reference) = match &review.published {
        Some(published) => (published.kind(), published.place().to_owned()),
        None => (SourceKind::Derived, case.source.reference.clone()),
    };
    if let Some(members) = new.as_object_mut() {
        if let Some(id) = &review.id {
            members.insert("id".to_owned(), json!(id));
        }
        members.insert("title".to_owned(), json!(review.title));
        members.insert("source".to_owned(), json!({"kind": kind, "ref": reference, "confirmed_by": others}));
        members.remove("note");
    }
    if let Some(cases) = file.get_mut("cases").and_then(Value::as_array_mut) {
        cases.push(new);
    }
    let text = canonical(target.0, &file.to_string())?;
    // Read once more: a name that is taken, or a control that is missing, shows here.
    Corpus::of_texts([(target.0, text.clone())])?.for_each(&mut |_| std::ops::ControlFlow::Continue(()))?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TARGET: &str = r#"{"format":1,"suite":"encode","operation":"percent_encode","cases":[{"id":"a","rev":1,"status":"active","level":"must",
        "title":"t","spec":[{"doc":"RFC5849","section":"3.6"}],"input":{"text":"a"},"expect":{"encoded":"a"},
        "source":{"kind":"rfc","ref":"3.6"}}]}"#;

    fn found(id: &str) -> String {
        TARGET.replace("\"id\":\"a\"", &format!("\"id\":\"{id}\"")).replace("\"suite\":\"encode\"", "\"suite\":\"fuzz.x\"")
    }

    fn review(confirmed_by: &[&str]) -> Review {
        let confirmed_by = confirmed_by.iter().map(|name| (*name).to_owned()).collect();
        Review { title: "letters stay".to_owned(), confirmed_by, ..Review::default() }
    }

    fn told(id: &str, review: &Review) -> Result<String, String> {
        add(("t.json", TARGET), ("f.json", &found(id)), review).map_err(|error| error.to_string())
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
        let other = found("b").replace("percent_encode", "form_decode").replace("{\"encoded\":\"a\"}", "{\"parameters\":[]}");
        let error = add(("t.json", TARGET), ("f.json", &other), &confirmed).unwrap_err().to_string();
        assert!(error.contains("it asks for percent_encode, and the case for form_decode"), "{error}");
    }
}
