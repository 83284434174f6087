//! What was probably meant by the id of a case that is not there: its name in another suite, the beginning or a part of an id, or a name with
//! a few letters wrong.

use std::collections::BTreeSet;
use std::fmt;

use crate::profile::nearest::nearest;
use crate::report::shell;

/// What was probably meant. As text it is what to offer: `sign.uri/plain?`, `a/x, b/x or c/x?`, `'sign.*'?`.
#[derive(Debug)]
pub(super) enum Meant {
    /// One of these cases.
    Cases(Vec<String>),
    /// Every case of a suite or of a pattern.
    All {
        /// The suite or the pattern.
        pattern: String,
        /// How many they are, where that is told.
        count: Option<usize>,
    },
}

impl fmt::Display for Meant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Meant::Cases(ids) => match ids.split_last() {
                Some((last, [])) => write!(f, "{last}?"),
                Some((last, others)) => write!(f, "{} or {last}?", others.join(", ")),
                None => Ok(()),
            },
            Meant::All { pattern, count: None } => write!(f, "{}?", shell::quote(pattern.as_bytes())),
            Meant::All { pattern, count: Some(count) } => write!(f, "{}? that is {count} cases", shell::quote(pattern.as_bytes())),
        }
    }
}

/// The most ids that are offered one by one; of more, a pattern says which.
const MOST: usize = 3;

/// The fewest letters by which a part of an id is told.
const FEWEST: usize = 3;

/// What to offer in place of an id or a glob that matches none of these ids.
pub(super) fn meant(written: &str, ids: &[String]) -> Option<Meant> {
    if written.trim_matches(['*', '?', '/']).is_empty() {
        return None;
    }
    let suites: BTreeSet<&str> = ids.iter().filter_map(|id| id.split_once('/')).map(|(suite, _)| suite).collect();
    let name = written.rsplit('/').next().unwrap_or(written);
    let name_of = |id: &str| id.split_once('/').map_or_else(String::new, |(_, name)| name.to_owned());
    if written.contains(['*', '?']) {
        return nearest(written, known(ids, &suites)).map(only).or_else(|| nearest_beginning(written, ids)).or_else(|| {
            // The suite of a pattern may be wrong, and the rest of it right.
            let named = name.trim_matches('*');
            offered(named, ids, |id| name_of(id).contains(named))
        });
    }
    // Many suites are called alike at the beginning, and a suite stands for all of its cases.
    let begun = suites.iter().filter(|suite| suite.strip_prefix(written).is_some_and(|rest| rest.starts_with(['.', '-']))).count();
    let of_suites = || (begun > 0).then(|| all(format!("{written}.*")));
    let same_name = || offered_all(&ids.iter().filter(|id| name_of(id) == name).map(String::as_str).collect::<Vec<_>>());
    let near = || nearest(written, known(ids, &suites)).map(only);
    let begins = || offered(&format!("{written}*"), ids, |id| id.starts_with(written));
    let near_name = || {
        let names: BTreeSet<String> = ids.iter().map(|id| name_of(id)).collect();
        let near = nearest(Some(name).filter(|name| name.chars().count() >= FEWEST)?, names.iter().map(String::as_str))?.to_owned();
        offered_all(&ids.iter().filter(|id| name_of(id) == near).map(String::as_str).collect::<Vec<_>>())
    };
    let part = || offered(&format!("**{name}**"), ids, |id| name_of(id).contains(name));
    of_suites().or_else(same_name).or_else(begins).or_else(near).or_else(near_name).or_else(part)
}

fn known<'a>(ids: &'a [String], suites: &BTreeSet<&'a str>) -> impl Iterator<Item = &'a str> {
    ids.iter().map(String::as_str).chain(suites.iter().copied())
}

fn all(pattern: String) -> Meant {
    Meant::All { pattern, count: None }
}

/// A case, or a suite.
fn only(id: &str) -> Meant {
    if id.contains('/') { Meant::Cases(vec![id.to_owned()]) } else { all(id.to_owned()) }
}

/// Those ids, or where there are many of them, the pattern.
fn offered(pattern: &str, ids: &[String], is_one: impl Fn(&str) -> bool) -> Option<Meant> {
    if pattern.trim_matches('*').chars().count() < FEWEST {
        return None;
    }
    let found: Vec<&str> = ids.iter().map(String::as_str).filter(|id| is_one(id)).collect();
    if found.len() > MOST { Some(Meant::All { pattern: pattern.to_owned(), count: Some(found.len()) }) } else { offered_all(&found) }
}

fn offered_all(found: &[&str]) -> Option<Meant> {
    let (last, others) = found.split_last()?;
    Some(Meant::Cases(others.iter().take(MOST - 1).chain([last]).map(|id| (*id).to_owned()).collect()))
}

/// For `sign.uri/defualt-*` the beginning of an id that was probably meant, with the star behind it again.
fn nearest_beginning(glob: &str, ids: &[String]) -> Option<Meant> {
    let beginning = glob.strip_suffix('*')?.trim_end_matches('*');
    let length = beginning.chars().count();
    let beginnings: BTreeSet<String> = ids.iter().map(|id| id.chars().take(length).collect()).collect();
    nearest(beginning, beginnings.iter().map(String::as_str)).map(|near| all(format!("{near}*")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_telling_resemblance_is_offered() {
        let ids: Vec<String> = [
            "sign.uri/default-port-http",
            "sign.uri/default-port-https",
            "sign.uri/other-port",
            "sign.rfc/query-form-and-header",
            "sign.rfc/plain",
            "verify.rfc/plain",
            "verify.rfc/query-order",
            "verify.port/odd-port",
            "codec/é",
        ]
        .map(str::to_owned)
        .to_vec();
        for (written, expected) in [
            ("sign.rfc/query-form", Some("sign.rfc/query-form-and-header?")),
            ("sign.uri/default-port", Some("sign.uri/default-port-http or sign.uri/default-port-https?")),
            ("sign.uri/default-port-htp", Some("sign.uri/default-port-http?")),
            ("plain", Some("sign.rfc/plain or verify.rfc/plain?")),
            ("nothing/plain", Some("sign.rfc/plain or verify.rfc/plain?")),
            ("nothing/query-ordr", Some("verify.rfc/query-order?")),
            ("query-form", Some("sign.rfc/query-form-and-header?")),
            ("nothing/query-form", Some("sign.rfc/query-form-and-header?")),
            ("port", Some("'**port**'? that is 4 cases")),
            ("sign", Some("'sign.*'?")),
            ("sing.uri", Some("sign.uri?")),
            ("sing.*", Some("'sign.*'?")),
            ("sign.uri/defualt-*", Some("'sign.uri/default-*'?")),
            ("nothing/query-form-*", Some("sign.rfc/query-form-and-header?")),
            ("é", Some("codec/é?")),
            ("qq", None),
            ("", None),
            ("/", None),
            ("**", None),
        ] {
            assert_eq!(meant(written, &ids).map(|meant| meant.to_string()).as_deref(), expected, "{written}");
        }
    }
}
