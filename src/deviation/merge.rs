//! Departures in what becomes of names that stand there more than once (RFC 5849 sections 3.4.1.3.1 and 3.4.1.3.2): parameters are a list,
//! in which all of them stay.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::Deviation;
use super::list::{rename, rewrite};
use super::names::php_variable;
use super::rows::departures;
use crate::protocol::{Parameter, Parameters, Source};

const LIST: &str = "keep parameters in a list of pairs, in which a name may stand more than once, and not in a map";

pub(super) const TABLE: &[Deviation] = departures![
    "merge.query-replaces-form" Merge "3.4.1.3.1",
        "a parameter of the query replaces those of the body with the same name",
        LIST,
        Common ["https://www.npmjs.com/package/oauth/v/0.10.2", "https://www.npmjs.com/package/oauth-1.0a/v/2.2.6"],
        |practice| practice.recipe.steps.add(|_, list| replace(list, is_of_query, is_of_body));
    "merge.form-replaces-query" Merge "3.4.1.3.1",
        "a parameter of the body replaces those of the query with the same name",
        LIST,
        Common [
            "https://central.sonatype.com/artifact/oauth.signpost/signpost-core/1.2.1.2",
            "https://www.npmjs.com/package/node-oauth-1.0a-ts/v/4.0.5",
            "https://packages.debian.org/bookworm/simplesamlphp",
        ],
        |practice| practice.recipe.steps.add(|_, list| replace(list, is_of_body, is_of_query));
    "merge.request-replaces-protocol" Merge "3.4.1.3.1",
        "a parameter of query or body replaces the protocol parameter with the same name",
        "send protocol parameters in one place only (RFC 5849 section 3.5); where they stand in two, refuse the request",
        Common [
            "https://www.npmjs.com/package/oauth/v/0.10.2",
            "https://www.npmjs.com/package/oauth-1.0a/v/2.2.6",
            "https://www.npmjs.com/package/ohauth/v/1.0.1",
            "https://central.sonatype.com/artifact/oauth.signpost/signpost-core/1.2.1.2",
        ],
        |practice| practice.recipe.steps.add(|_, list| replace(list, |parameter| !is_of_header(parameter), is_of_header));
    "merge.protocol-replaces-request" Merge "3.4.1.3.1",
        "a protocol parameter replaces those of query and body with the same name",
        "send protocol parameters in one place only (RFC 5849 section 3.5); where they stand in two, refuse the request",
        Seen ["https://www.npmjs.com/package/node-oauth-1.0a-ts/v/4.0.5", "https://packages.debian.org/bookworm/simplesamlphp"],
        |practice| practice.recipe.steps.add(|_, list| replace(list, is_of_header, |parameter| !is_of_header(parameter)));
    "repeat.last-wins" Repeat "3.4.1.3.2",
        "of parameters with the same name only the last is signed",
        LIST,
        Common [
            "https://github.com/restsharp/RestSharp/issues/234",
            "https://github.com/request/request/issues/612",
            "https://github.com/daviddesberg/PHPoAuthLib/issues/481",
            "https://github.com/postmanlabs/postman-app-support/issues/404",
            "https://github.com/googleapis/signet/issues/173",
            "https://pypi.org/project/rauth/0.7.3/",
            "https://pecl.php.net/package/oauth/2.0.7",
        ],
        |practice| practice.recipe.steps.add(|_, list| last_wins(list, |parameter| parameter.name.to_vec()));
    "repeat.first-wins" Repeat "3.4.1.3.2",
        "of parameters with the same name only the first is signed",
        LIST,
        Common [
            "https://github.com/joestump/python-oauth2/issues/121",
            "https://metacpan.org/release/KGRENNAN/Net-OAuth-0.28",
            "https://pypi.org/project/oauth1-py3/1.0.2/",
        ],
        |practice| practice.recipe.steps.add(|_, list| first_wins(list, |parameter| parameter.name.to_vec()));
    "repeat.empty-replaced-by-next" Repeat "3.4.1.3.2",
        "an empty value is not signed where the same name follows, because it is taken for none",
        LIST,
        Seen ["https://www.npmjs.com/package/oauth-1.0a/v/2.2.6"],
        |practice| practice.recipe.steps.add(|_, list| {
            let mut left: HashMap<Vec<u8>, usize> = HashMap::new();
            list.iter().for_each(|parameter| *left.entry(parameter.name.to_vec()).or_default() += 1);
            list.retain(|parameter| {
                let behind = left.get_mut(parameter.name).map_or(0, |left| {
                    *left -= 1;
                    *left
                });
                !parameter.value.is_empty() || behind == 0
            });
        });
    "repeat.last-of-each-source-wins" Repeat "3.4.1.3.2",
        "of parameters with the same name only the last of the query and the last of the body are signed",
        LIST,
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| last_wins(list, |parameter| [&[source(parameter)], parameter.name].concat()));
    "repeat.first-of-each-source-wins" Repeat "3.4.1.3.2",
        "of parameters with the same name only the first of the query and the first of the body are signed",
        LIST,
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| first_wins(list, |parameter| [&[source(parameter)], parameter.name].concat()));
    "repeat.equal-pairs-once" Repeat "3.4.1.3.2",
        "pairs with the same name and value are signed once",
        LIST,
        Common [
            "https://central.sonatype.com/artifact/oauth.signpost/signpost-core/1.2.1.2",
            "https://www.npmjs.com/package/oauth-1.0a/v/2.2.6",
            "https://pecl.php.net/package/oauth/2.0.7",
        ],
        |practice| practice.recipe.steps.add(|_, list| {
            first_wins(list, |parameter| [&parameter.name.len().to_le_bytes(), parameter.name, parameter.value].concat());
        });
    "repeat.all-dropped" Repeat "3.4.1.3.2",
        "parameters whose name stands there more than once are not signed at all",
        LIST,
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| {
            let counts = counts(list);
            list.retain(|parameter| counts.get(parameter.name) == Some(&1));
        });
    "repeat.joined-by-comma" Repeat "3.4.1.3.2",
        "values with the same name are joined by commas, as .NET's collections and JavaScript's arrays are written as text",
        LIST,
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| joined(list, b","));
    "repeat.joined-by-comma-and-blank" Repeat "3.4.1.3.2",
        "values with the same name are joined by a comma and a blank",
        LIST,
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| joined(list, b", "));
    "repeat.joined-by-blank" Repeat "3.4.1.3.2",
        "values with the same name are joined by blanks",
        LIST,
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| joined(list, b" "));
    "repeat.joined-by-semicolon" Repeat "3.4.1.3.2",
        "values with the same name are joined by semicolons",
        LIST,
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| joined(list, b";"));
    "repeat.joined-by-nul" Repeat "3.4.1.3.2",
        "values with the same name are joined by NUL, as CGI.pm does in Perl",
        LIST,
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| joined(list, b"\0"));
    "repeat.numbered" Repeat "3.4.1.3.1",
        "names that stand there more than once get numbers in brackets: a[0], a[1]",
        LIST,
        Common [
            "https://github.com/ciaranj/node-oauth/issues/34",
            "https://www.npmjs.com/package/oauth/v/0.10.2",
            "https://www.npmjs.com/package/oauth-libre/v/0.9.17",
            "https://www.npmjs.com/package/passport-oauth1/v/1.3.0",
        ],
        |practice| practice.recipe.steps.add(|_, list| {
            let counts = counts(list);
            number(list, |parameter| (counts.get(parameter.name) > Some(&1)).then(|| parameter.name.to_vec()));
        });
    "repeat.query-numbered" Repeat "3.4.1.3.1",
        "names that stand in the query more than once get numbers in brackets, a[0], a[1]; those of a form do not",
        LIST,
        Seen ["https://www.npmjs.com/package/oauth/v/0.10.2"],
        |practice| practice.recipe.steps.add(|_, list| {
            let mut query = list.clone();
            query.retain(is_of_query);
            let counts = counts(&query);
            number(list, |parameter| {
                (is_of_query(parameter) && counts.get(parameter.name) > Some(&1)).then(|| parameter.name.to_vec())
            });
        });
    "repeat.bracketed" Repeat "3.4.1.3.1",
        "names that stand there more than once get empty brackets: a[], a[]",
        LIST,
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| {
            let counts = counts(list);
            let is_repeated = |parameter: Parameter<'_>| counts.get(parameter.name) > Some(&1) && !parameter.name.ends_with(b"[]");
            rename(list, is_repeated, |name| Cow::Owned([name, b"[]"].concat()));
        });
    "repeat.brackets-numbered" Repeat "3.4.1.3.1",
        "names with empty brackets get numbers: a[] becomes a[0]",
        LIST,
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| number(list, |parameter| parameter.name.strip_suffix(b"[]").map(<[u8]>::to_vec)));
    "repeat.qs" Repeat "3.4.1.3.1",
        "parameters go through the qs library and back: a[] and repeated names get numbers, a[0] and a[1]",
        LIST,
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| {
            let stem = |parameter: Parameter<'_>| parameter.name.strip_suffix(b"[]").unwrap_or(parameter.name).to_vec();
            let mut stems: HashMap<Vec<u8>, usize> = HashMap::new();
            let mut lists: HashSet<Vec<u8>> = HashSet::new();
            for parameter in list.iter() {
                *stems.entry(stem(parameter)).or_default() += 1;
                lists.extend(parameter.name.strip_suffix(b"[]").map(<[u8]>::to_vec));
            }
            number(list, |parameter| Some(stem(parameter)).filter(|stem| lists.contains(stem) || stems.get(stem) > Some(&1)));
        });
    "repeat.rails" Repeat "3.4.1.3.1",
        "parameters go through Rails' params: of a repeated name the last is signed, of a name with [] all are",
        LIST,
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| {
            let mut number = 0_usize;
            last_wins(list, |parameter| {
                number += 1;
                if parameter.name.ends_with(b"[]") { [parameter.name, &number.to_le_bytes()].concat() } else { parameter.name.to_vec() }
            });
        });
    "repeat.php" Repeat "3.4.1.3.1",
        "parameters go through PHP's $_GET and $_POST: dots in names become underscores, the last of equal names wins, n[] becomes n[0]",
        "read parameters from the query string and the raw body, not from $_GET and $_POST",
        Common [
            "https://github.com/WP-API/OAuth1",
            "https://github.com/woocommerce/woocommerce/issues/13632",
            "https://github.com/Kong/unirest-php/issues/26",
        ],
        |practice| practice.recipe.steps.add(|_, list| {
            rename(list, |_| true, php_variable);
            number(list, |parameter| parameter.name.strip_suffix(b"[]").map(<[u8]>::to_vec));
            last_wins(list, |parameter| parameter.name.to_vec());
        });
];

fn is_of_query(parameter: Parameter<'_>) -> bool {
    parameter.source == Source::Query
}

fn is_of_body(parameter: Parameter<'_>) -> bool {
    parameter.source == Source::Body
}

fn is_of_header(parameter: Parameter<'_>) -> bool {
    parameter.source == Source::Header
}

const fn source(parameter: Parameter<'_>) -> u8 {
    match parameter.source {
        Source::Query => b'q',
        Source::Header => b'h',
        Source::Body => b'b',
    }
}

/// Drops those of `losing` whose name one of `winning` has.
fn replace(list: &mut Parameters, winning: impl Fn(Parameter<'_>) -> bool, losing: impl Fn(Parameter<'_>) -> bool) {
    let winners: HashSet<Vec<u8>> = list.iter().filter(|parameter| winning(*parameter)).map(|parameter| parameter.name.to_vec()).collect();
    list.retain(|parameter| !losing(parameter) || !winners.contains(parameter.name));
}

/// Keeps the first of those with the same key.
fn first_wins(list: &mut Parameters, key: impl Fn(Parameter<'_>) -> Vec<u8>) {
    let mut seen = HashSet::new();
    list.retain(|parameter| seen.insert(key(parameter)));
}

/// Keeps the last of those with the same key, at its place.
fn last_wins(list: &mut Parameters, mut key: impl FnMut(Parameter<'_>) -> Vec<u8>) {
    let keys: Vec<Vec<u8>> = list.iter().map(&mut key).collect();
    let last: HashMap<&[u8], usize> = keys.iter().map(Vec::as_slice).zip(0..).collect();
    let mut place = 0..;
    list.retain(|_| {
        let at = place.next().unwrap_or_default();
        keys.get(at).is_some_and(|key| last.get(key.as_slice()) == Some(&at))
    });
}

/// How often each name stands there.
fn counts(list: &Parameters) -> HashMap<Vec<u8>, usize> {
    let mut counts = HashMap::new();
    for parameter in list.iter() {
        *counts.entry(parameter.name.to_vec()).or_default() += 1;
    }
    counts
}

/// Joins the values of a name, at the place of its first.
fn joined(list: &mut Parameters, separator: &[u8]) {
    let mut values: HashMap<Vec<u8>, Vec<u8>> = HashMap::new();
    for parameter in list.iter() {
        match values.get_mut(parameter.name) {
            Some(value) => value.extend([separator, parameter.value].concat()),
            None => {
                values.insert(parameter.name.to_vec(), parameter.value.to_vec());
            }
        }
    }
    rewrite(list, |parameter, new| {
        if let Some(value) = values.remove(parameter.name) {
            new.push_parameter(Parameter { value: &value, ..parameter });
        }
    });
}

/// Writes numbers in brackets behind those names that have a stem.
fn number(list: &mut Parameters, stem: impl Fn(Parameter<'_>) -> Option<Vec<u8>>) {
    let mut numbers: HashMap<Vec<u8>, usize> = HashMap::new();
    rewrite(list, |parameter, new| match stem(parameter) {
        None => new.push_parameter(parameter),
        Some(stem) => {
            let number = numbers.entry(stem.clone()).or_default();
            new.push_parameter(Parameter { name: &[&stem, format!("[{number}]").as_bytes()].concat(), ..parameter });
            *number += 1;
        }
    });
}
