//! What must agree inside a profile: ids, sources, endpoints, and the rules with the data of the endpoints that they speak of.

use super::document::{Endpoint, EndpointName, Profile};
use super::kinds::Check;
use super::nearest::nearest;
use super::rule::{Level, Rule};
use crate::deviation;

/// A disagreement: which text of the file it is about, and what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// An id that stands in the file; its first `"id": "…"` is the place to look at.
    pub id: String,
    /// What is wrong, as a clause.
    pub what: String,
    /// What to do about it, where that is not plain.
    pub hint: Option<String>,
}

/// Everything in a profile that does not agree with something else in it, in file order.
#[must_use]
pub fn disagreements(profile: &Profile) -> Vec<Disagreement> {
    let mut found = Vec::new();
    let mut add = |id: &str, what: String, hint| found.push(Disagreement { id: id.to_owned(), what, hint });
    if profile.format != 1 {
        add(&profile.id, format!("format {} is not known, only 1 is", profile.format), None);
    }
    for (index, source) in profile.sources.iter().enumerate() {
        if profile.sources.iter().take(index).any(|earlier| earlier.id == source.id) {
            add(&source.id, format!("source \"{}\" stands there twice", source.id), None);
        }
        if !["https://", "http://"].iter().any(|scheme| source.url.len() > scheme.len() && source.url.starts_with(scheme)) {
            let hint = "a source is a document that somebody can open: its address begins with https://";
            add(&source.id, format!("source \"{}\" has no address", source.id), Some(hint.to_owned()));
        }
        if !is_day(&source.read) {
            add(
                &source.id,
                format!("source \"{}\" was read on {:?}", source.id, source.read),
                Some("write the day as 2026-11-25".to_owned()),
            );
        }
    }
    for id in profile.deviations.required.iter().chain(&profile.deviations.tolerated) {
        if deviation::find(id).is_none() {
            let near = nearest(id, deviation::all().map(|known| known.id)).map(|near| format!("did you mean \"{near}\"?"));
            add(&profile.id, format!("there is no deviation \"{id}\""), near);
        }
    }
    for error in &profile.errors {
        for citation in error.sources.iter().filter(|citation| profile.source(&citation.id).is_none()) {
            add(
                &profile.id,
                format!("an error answer cites the source \"{}\", which is not there", citation.id),
                near_source(profile, &citation.id),
            );
        }
    }
    for (index, rule) in profile.rules.iter().enumerate() {
        if profile.rules.iter().take(index).any(|earlier| earlier.id == rule.id) {
            add(&rule.id, "stands there twice".to_owned(), None);
        }
        for (what, hint) in faults_of(profile, rule) {
            add(&rule.id, what, hint);
        }
    }
    found
}

/// Sources that nothing cites. A profile can be used with them; it may be a misspelt citation that leaves one alone.
pub fn uncited(profile: &Profile) -> impl Iterator<Item = Disagreement> {
    profile.sources.iter().filter(|source| !is_cited(profile, &source.id)).map(|source| Disagreement {
        id: source.id.clone(),
        what: format!("source \"{}\" is cited by no rule and no error answer", source.id),
        hint: Some("cite it where a rule or an error answer rests on it, or take it out".to_owned()),
    })
}

fn is_cited(profile: &Profile, id: &str) -> bool {
    let by_rules = profile.rules.iter().flat_map(|rule| &rule.sources);
    by_rules.chain(profile.errors.iter().flat_map(|error| &error.sources)).any(|citation| citation.id == id)
}

/// `YYYY-MM-DD`.
fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let digits = |part: &str, length: usize| part.len() == length && part.bytes().all(|octet| octet.is_ascii_digit());
    matches!(parts.as_slice(), [year, month, day] if digits(year, 4) && digits(month, 2) && digits(day, 2))
}

fn near_source(profile: &Profile, id: &str) -> Option<String> {
    nearest(id, profile.sources.iter().map(|source| source.id.as_str())).map(|near| format!("did you mean \"{near}\"?"))
}

fn faults_of(profile: &Profile, rule: &Rule) -> Vec<(String, Option<String>)> {
    let mut found = Vec::new();
    if !rule.id.strip_prefix(&profile.id).is_some_and(|rest| rest.starts_with('.')) {
        found.push((format!("a rule's id begins with the profile's: \"{}.\"", profile.id), None));
    }
    if rule.sources.is_empty() {
        let hint = "name an entry of \"sources\" and the place there: \"sources\": [{ \"id\": \"...\", \"at\": \"...\" }]";
        found.push(("a rule without a source".to_owned(), Some(hint.to_owned())));
    }
    for citation in rule.sources.iter().filter(|citation| profile.source(&citation.id).is_none()) {
        found.push((format!("cites the source \"{}\", which is not there", citation.id), near_source(profile, &citation.id)));
    }
    if rule.id.bytes().any(|octet| !matches!(octet, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.')) {
        found.push(("a rule's id is made of small letters, digits, _ and points".to_owned(), None));
    }
    let pointer = match &rule.check {
        Check::RefusalValue { at, .. } | Check::ValueStatus { at, .. } => Some(at),
        _ => None,
    };
    if let Some(at) = pointer.filter(|at| !at.starts_with('/')) {
        found.push((format!("{at:?} is no JSON pointer"), Some("it begins with a slash: \"/errors/0/code\" (RFC 6901)".to_owned())));
    }
    if rule.endpoints.is_empty() {
        found.push(("speaks of no endpoint".to_owned(), None));
    }
    for name in rule.endpoints.iter().copied().chain(rule.check.endpoint_read()) {
        match profile.endpoints.get(&name) {
            None => found.push((format!("speaks of the endpoint {name}, which is not there"), None)),
            Some(endpoint) => found.extend(against_endpoint(profile, rule, name, endpoint).map(|what| (what, None))),
        }
    }
    found
}

/// Where a rule that must be kept by every request says something else than the endpoint's data. The data is what a sandbox serves and
/// a probe sends: whoever follows it must not break a rule.
fn against_endpoint(profile: &Profile, rule: &Rule, name: EndpointName, endpoint: &Endpoint) -> Option<String> {
    if rule.level != Level::Must || rule.when.is_some() || !rule.endpoints.contains(&name) {
        return None;
    }
    let differs = |what: &str| Some(format!("{what} of the endpoint {name} are others"));
    let lacks = |names: &[String], list: &[String], what: &str| {
        names
            .iter()
            .find(|name| !list.contains(name))
            .map(|missing| format!("{missing} is not among the {what} parameters of the endpoint {name}"))
    };
    match &rule.check {
        Check::Url {} if endpoint.urls.is_empty() => Some(format!("the endpoint {name} has no URL")),
        Check::Method { one_of } if *one_of != endpoint.methods => differs("the methods"),
        Check::Place { one_of } if *one_of != endpoint.places => differs("the places"),
        Check::SignatureMethod { one_of } if *one_of != endpoint.signature_methods => differs("the signature methods"),
        Check::Signature { secrets } if *secrets != endpoint.secrets => differs("the secrets"),
        Check::TokenType { token_type } if Some(*token_type) != endpoint.token => differs("the token's type"),
        Check::RequiredParameters { names } => lacks(names, &endpoint.required, "required"),
        Check::ForbiddenParameters { names } => lacks(names, &endpoint.forbidden, "forbidden"),
        Check::SuccessStatus { one_of } if !one_of.contains(&endpoint.response.status) => differs("the response's status"),
        Check::TimestampWithin { seconds, .. } if *seconds != profile.timestamp_window => {
            Some(format!("the profile's timestamp_window is {}", profile.timestamp_window))
        }
        Check::NonceFresh { per } if *per != profile.nonce_per => Some("the profile's nonce_per is another".to_owned()),
        Check::ResponseParameters { names } => {
            let listed: Vec<String> = endpoint.response.parameters.iter().map(|parameter| parameter.name.clone()).collect();
            lacks(names, &listed, "response")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::shipped;

    /// A misspelt citation leaves its source alone; that the citation is wrong is told first.
    #[test]
    fn a_source_that_nothing_cites_is_told_after_the_rest() {
        let all = |profile: &Profile| disagreements(profile).into_iter().chain(uncited(profile)).collect::<Vec<_>>();
        let told = |profile: &Profile| all(profile).into_iter().map(|found| (found.id, found.what)).collect::<Vec<_>>();
        let alone = |id: &str| (id.to_owned(), format!("source \"{id}\" is cited by no rule and no error answer"));
        let mut profile = shipped::profile("flickr").unwrap().unwrap();
        assert_eq!(told(&profile), []);
        let by_one_error = "jquery_socialist.13";
        profile.rules.retain(|rule| rule.sources.iter().all(|citation| citation.id != by_one_error));
        assert_eq!(told(&profile), [], "an error answer cites it");
        profile.errors.retain(|error| error.sources.iter().all(|citation| citation.id != by_one_error));
        assert_eq!(told(&profile), [alone(by_one_error)]);
        let Some(source) = profile.sources.iter_mut().find(|source| source.id == "flickcurl") else { panic!("no such source") };
        "flickrcurl".clone_into(&mut source.id);
        let what = "cites the source \"flickcurl\", which is not there".to_owned();
        let both = [("flickr.rt.callback".to_owned(), what), alone("flickrcurl"), alone(by_one_error)];
        assert_eq!(told(&profile), both);
    }
}
