//! Checks of the redirection that ends the resource owner's authorization (RFC 5849 section 2.2).

use super::answer::Answer;
use super::assessment::Facts;
use super::outcome::{Judged, shown};
use super::value::Value;

pub(super) fn parameters(facts: &Facts<'_>, answer: &Answer<'_>, names: &[String]) -> Judged {
    if !answer.is_redirection() {
        return Judged::Not;
    }
    let is_absent = |name: &&str| answer.location_value(name).is_none_or(|value| value.is_empty());
    let absent: Vec<&str> = names.iter().map(String::as_str).filter(is_absent).collect();
    if !absent.is_empty() {
        return Judged::provider(Some(format!("the callback does not get {}", absent.join(", ")))).about(absent);
    }
    let sent = if names.iter().any(|name| name == "oauth_token") { answer.location_value("oauth_token") } else { None };
    let other = match (sent, facts.token()) {
        (Some(sent), Some(token)) => sent != token.identifier.as_bytes(),
        _ => false,
    };
    Judged::provider(other.then(|| "the callback gets another oauth_token".to_owned())).about(["oauth_token"])
}

pub(super) fn value(facts: &Facts<'_>, answer: &Answer<'_>, name: &str, form: &Value) -> Judged {
    let Some(value) = answer.location_value(name).filter(|_| answer.is_redirection()) else { return Judged::Not };
    Judged::provider(form.fault(&value, facts.profile).map(|fault| format!("{name} {fault}: {}", shown(name, &value)))).about([name])
}

/// The callback of the first request, or the one configured for the client; what is added stands at the end of its query.
pub(super) fn to_callback(facts: &Facts<'_>, answer: &Answer<'_>) -> Judged {
    if !answer.is_redirection() {
        return Judged::Not;
    }
    let sent = facts.token().and_then(|token| token.callback.as_deref()).filter(|callback| *callback != "oob");
    let configured = facts.exchange.client.as_ref().and_then(|client| client.callback.as_deref());
    let Some(callback) = sent.or(configured).filter(|callback| !callback.is_empty()) else { return Judged::Not };
    let because = match answer.location() {
        None => Some("the redirection has no Location"),
        Some(location) => {
            let (wanted, got) = (Place::of(callback), Place::of(location));
            if wanted.origin() != got.origin() || wanted.path() != got.path() || wanted.fragment != got.fragment {
                Some("the user is not sent to the callback as it was given")
            } else {
                (!extends(wanted.query, got.query)).then_some("what is added does not stand at the end of the callback's query")
            }
        }
    };
    Judged::provider(because.map(str::to_owned))
}

/// Whether a query is another with something added, or the other itself.
fn extends(query: Option<&str>, longer: Option<&str>) -> bool {
    let Some(query) = query.filter(|query| !query.is_empty()) else { return true };
    let added = longer.and_then(|longer| longer.strip_prefix(query));
    added.is_some_and(|added| added.is_empty() || query.ends_with('&') || added.starts_with('&'))
}

/// A URL cut into its parts, of any scheme.
struct Place<'a> {
    /// Scheme and authority; empty where there is no authority.
    origin: &'a str,
    /// All that stands before the query, without the origin.
    path: &'a str,
    query: Option<&'a str>,
    fragment: Option<&'a str>,
}

impl<'a> Place<'a> {
    fn of(url: &'a str) -> Place<'a> {
        let (url, fragment) = url.split_once('#').map_or((url, None), |(url, fragment)| (url, Some(fragment)));
        let (url, query) = url.split_once('?').map_or((url, None), |(url, query)| (url, Some(query)));
        let authority = url.find("://").map_or(0, |at| at + 3);
        let end = url.get(authority..).and_then(|rest| rest.find('/')).map_or(url.len(), |at| authority + at);
        let (origin, path) = if authority == 0 { ("", url) } else { url.split_at(end) };
        Place { origin, path, query, fragment }
    }

    /// In the spelling in which all that are equal are the same (RFC 3986 sections 6.2.2.1 and 6.2.3): letter case and the usual port say
    /// nothing.
    fn origin(&self) -> String {
        let origin = self.origin.to_ascii_lowercase();
        let usual = if origin.starts_with("https:") { ":443" } else { ":80" };
        let short = origin.strip_suffix(usual).filter(|_| self.is_web()).map(str::to_owned);
        short.unwrap_or(origin)
    }

    fn path(&self) -> &str {
        if self.path.is_empty() && self.is_web() { "/" } else { self.path }
    }

    fn is_web(&self) -> bool {
        self.origin.split_once("://").is_some_and(|(scheme, _)| ["http", "https"].iter().any(|web| scheme.eq_ignore_ascii_case(web)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_cut_whatever_its_scheme() {
        for (url, origin, path, query, fragment) in [
            ("https://H.example:443", "https://h.example", "/", None, None),
            ("http://h:443/a?b?c#d#e", "http://h:443", "/a", Some("b?c"), Some("d#e")),
            ("myapp://cb", "myapp://cb", "", None, None),
            ("myapp:cb?x", "", "myapp:cb", Some("x"), None),
            ("", "", "", None, None),
            ("https://h?://x/y", "https://h", "/", Some("://x/y"), None),
        ] {
            let place = Place::of(url);
            assert_eq!((&*place.origin(), place.path(), place.query, place.fragment), (origin, path, query, fragment), "{url}");
        }
    }

    #[test]
    fn a_query_is_extended_at_its_end() {
        for (query, longer, expected) in [
            (None, Some("v=1"), true),
            (Some(""), Some("v=1"), true),
            (Some("a=1"), Some("a=1&v=1"), true),
            (Some("a=1&"), Some("a=1&v=1"), true),
            (Some("a=1"), Some("a=1"), true),
            (Some("a=1"), Some("a=12"), false),
            (Some("a=1"), Some("v=1&a=1"), false),
            (Some("a=1"), None, false),
        ] {
            assert_eq!(extends(query, longer), expected, "{query:?} {longer:?}");
        }
    }
}
