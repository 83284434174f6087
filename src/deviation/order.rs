//! Departures from the order of parameters (RFC 5849 section 3.4.1.3.2 step 2: by encoded name, then by encoded value, octet by octet).

use std::cmp::Ordering;

use super::{Deviation, Practice, Rank, Stage};
use crate::protocol::collection::Step;
use crate::protocol::normalization::EncodedParameter;
use crate::protocol::{Parameter, Parameters};

const FIX: &str = "encode names and values first, then sort by name and equal names by value, comparing octets";

macro_rules! orders {
    ($($id:literal $sentence:literal, $rank:ident $seen:expr, $apply:expr;)*) => {
        &[$(Deviation {
            id: $id,
            stage: Stage::Order,
            section: "3.4.1.3.2",
            sentence: $sentence,
            fix: FIX,
            seen: &$seen,
            rank: Rank::$rank,
            apply: $apply,
        },)*]
    };
}

pub(super) const TABLE: &[Deviation] = orders![
    "order.unsorted"
        "parameters are not sorted: those of query and body as they are sent, then the protocol parameters",
        Common ["https://github.com/VBA-tools/VBA-Web/issues/191", "https://github.com/WP-API/OAuth1/issues/177"],
        |practice| practice.recipe.order = |list| list.sort_by(|left, right| is_protocol(left).cmp(&is_protocol(right)));
    "order.unsorted-protocol-first"
        "parameters are not sorted: the protocol parameters as they are sent, then those of query and body",
        Common ["https://github.com/VBA-tools/VBA-Web/issues/191", "https://github.com/WP-API/OAuth1/issues/177"],
        |practice| practice.recipe.order = |list| list.sort_by(|left, right| is_protocol(right).cmp(&is_protocol(left)));
    "order.unsorted-as-sent"
        "parameters are not sorted: those of the query, of the header and of the body, as they are sent",
        Plausible [],
        |practice| practice.recipe.order = |_| {};
    "order.two-blocks"
        "parameters are sorted in two blocks: those of query and body, then the protocol parameters",
        Seen ["https://github.com/Mastercard/oauth1-signer-nodejs/issues/3"],
        |practice| practice.recipe.order = |list| list.sort_by(|left, right| is_protocol(left).cmp(&is_protocol(right)).then(left.cmp(&right)));
    "order.two-blocks-protocol-first"
        "parameters are sorted in two blocks: the protocol parameters, then those of query and body",
        Plausible [],
        |practice| practice.recipe.order = |list| list.sort_by(|left, right| is_protocol(right).cmp(&is_protocol(left)).then(left.cmp(&right)));
    "order.decoded"
        "parameters are sorted before they are encoded, by the octets of their names and values",
        Common [
            "https://github.com/joestump/python-oauth2/issues/75",
            "https://github.com/lyokato/p5-oauth-lite/issues/5",
            "https://rubygems.org/gems/oauth/versions/0.5.4",
            "https://pypi.org/project/rauth/0.7.3/",
            "https://pecl.php.net/package/oauth/2.0.7",
        ],
        |practice| before_encoding(practice, |_, list| sort(list, |left, right| (left.name, left.value).cmp(&(right.name, right.value))));
    "order.decoded-utf-16"
        "parameters are sorted before they are encoded, by UTF-16 code units, as strings of JavaScript, Java and C# are compared",
        Common ["https://github.com/ciaranj/node-oauth/issues/14", "https://github.com/activepieces/activepieces/issues/12555"],
        |practice| before_encoding(practice, |_, list| sort(list, |left, right| utf_16(left.name, right.name).then_with(|| utf_16(left.value, right.value))));
    "order.decoded-by-name-only"
        "parameters are sorted before they are encoded and by name only, as by PHP's ksort",
        Plausible [],
        |practice| before_encoding(practice, |_, list| sort(list, |left, right| left.name.cmp(right.name)));
    "order.decoded-pairs"
        "the texts name=value are sorted before they are encoded, so that a-b and a10 come before a",
        Plausible [],
        |practice| before_encoding(practice, |_, list| sort(list, |left, right| by_pair((left.name, left.value), (right.name, right.value))));
    "order.pairs"
        "the texts name=value are sorted and not the names, so that a-b and a10 come before a",
        Common [
            "https://github.com/jdg/oauthconsumer/issues/8",
            "https://github.com/bytespider/jsOAuth/issues/25",
            "https://github.com/eclipse-ee4j/jersey/issues/1105",
            "https://github.com/OAuthSwift/OAuthSwift/issues/283",
            "https://metacpan.org/release/KGRENNAN/Net-OAuth-0.28",
        ],
        |practice| practice.recipe.order = |list| list.sort_by(|left, right| by_pair((left.name, left.value), (right.name, right.value)));
    "order.values-unsorted"
        "parameters are sorted by name only, and equal names keep the order in which they came",
        Common ["https://cran.r-project.org/package=httr", "https://metacpan.org/release/GSG/LWP-Authen-OAuth-1.01"],
        |practice| practice.recipe.order = |list| list.sort_by(|left, right| left.name.cmp(right.name));
    "order.values-natural"
        "values of equal names are sorted as numbers where they are numbers, so that 9 comes before 10: PHP's natsort and its sort without SORT_STRING",
        Plausible [],
        |practice| practice.recipe.order = |list| list.sort_by(|left, right| left.name.cmp(right.name).then_with(|| natural(left.value, right.value)));
    "order.natural"
        "names and values are sorted as numbers where they hold numbers, so that a2 comes before a10",
        Plausible [],
        |practice| practice.recipe.order = |list| list.sort_by(|left, right| natural(left.name, right.name).then_with(|| natural(left.value, right.value)));
    "order.case-insensitive"
        "names are sorted without regard to letter case, so that B comes behind a",
        Plausible [],
        |practice| practice.recipe.order = |list| list.sort_by(|left, right| {
            let key = |parameter: EncodedParameter<'_>| parameter.name.to_ascii_lowercase();
            key(left).cmp(&key(right)).then(left.value.cmp(right.value))
        });
    "order.names-and-values-case-insensitive"
        "names and values are sorted without regard to letter case, as with .NET's StringComparer.OrdinalIgnoreCase",
        Plausible [],
        |practice| practice.recipe.order = |list| list.sort_by(|left, right| {
            let key = |parameter: EncodedParameter<'_>| (parameter.name.to_ascii_lowercase(), parameter.value.to_ascii_lowercase());
            key(left).cmp(&key(right))
        });
    "order.pairs-case-insensitive"
        "the texts name=value are sorted without regard to letter case, as a list of texts of Delphi sorts itself",
        Plausible [],
        |practice| practice.recipe.order = |list| list.sort_by(|left, right| {
            let pair = |parameter: EncodedParameter<'_>| [parameter.name, b"=", parameter.value].concat().to_ascii_lowercase();
            pair(left).cmp(&pair(right))
        });
    "order.locale"
        "names and values are compared as words of a language, as JavaScript's localeCompare does: punctuation, digits, letters, lower case first",
        Seen ["https://www.npmjs.com/package/twitter-v1-oauth/v/1.0.15"],
        |practice| practice.recipe.order = |list| list.sort_by(|left, right| collated(left.name, right.name).then_with(|| collated(left.value, right.value)));
    "order.locale-without-punctuation"
        "names and values are compared as words of a language that pass over punctuation, as R's order and the sort of many systems do",
        Seen ["https://cran.r-project.org/package=httr"],
        |practice| practice.recipe.order = |list| list.sort_by(|left, right| words(left.name, right.name).then_with(|| words(left.value, right.value)));
    "order.descending"
        "parameters are sorted from the last to the first",
        Plausible [],
        |practice| practice.recipe.order = |list| list.sort_by(|left, right| right.cmp(&left));
    "order.values-descending"
        "parameters are sorted by name, and the values of equal names from the last to the first",
        Plausible [],
        |practice| practice.recipe.order = |list| list.sort_by(|left, right| left.name.cmp(right.name).then(right.value.cmp(left.value)));
];

fn is_protocol(parameter: EncodedParameter<'_>) -> bool {
    parameter.name.starts_with(b"oauth_")
}

/// Sorts as the last step of the list, and not again when it is encoded.
fn before_encoding(practice: &mut Practice, sort: Step) {
    practice.recipe.steps.add(sort);
    practice.recipe.order = |_| {};
}

fn sort(list: &mut Parameters, mut compare: impl FnMut(Parameter<'_>, Parameter<'_>) -> Ordering) {
    let mut sorted = Parameters::new();
    let mut parameters: Vec<Parameter<'_>> = list.iter().collect();
    parameters.sort_by(|left, right| compare(*left, *right));
    parameters.into_iter().for_each(|parameter| sorted.push_parameter(parameter));
    *list = sorted;
}

/// By the octets of `name=value`.
fn by_pair(left: (&[u8], &[u8]), right: (&[u8], &[u8])) -> Ordering {
    let octets = |(name, value): (&[u8], &[u8])| [name, b"=", value].concat();
    octets(left).cmp(&octets(right))
}

/// UTF-16 code units. Octets that are no UTF-8 count as Latin-1.
fn utf_16(left: &[u8], right: &[u8]) -> Ordering {
    let units = |text: &[u8]| match std::str::from_utf8(text) {
        Ok(text) => text.encode_utf16().collect::<Vec<u16>>(),
        Err(_) => text.iter().map(|octet| u16::from(*octet)).collect(),
    };
    units(left).cmp(&units(right))
}

/// Octet by octet, but runs of digits as numbers.
fn natural(mut left: &[u8], mut right: &[u8]) -> Ordering {
    loop {
        let (left_digits, right_digits) = (leading_digits(left), leading_digits(right));
        if left_digits > 0 && right_digits > 0 {
            let number = |text: &[u8]| text.iter().copied().skip_while(|digit| *digit == b'0').collect::<Vec<u8>>();
            let ((left_number, left_rest), (right_number, right_rest)) = (left.split_at(left_digits), right.split_at(right_digits));
            let (left_number, right_number) = (number(left_number), number(right_number));
            match left_number.len().cmp(&right_number.len()).then(left_number.cmp(&right_number)) {
                Ordering::Equal => (left, right) = (left_rest, right_rest),
                other => return other,
            }
        } else {
            match (left, right) {
                ([first, left_rest @ ..], [second, right_rest @ ..]) if first == second => (left, right) = (left_rest, right_rest),
                _ => return left.cmp(right),
            }
        }
    }
}

fn leading_digits(text: &[u8]) -> usize {
    text.iter().take_while(|octet| octet.is_ascii_digit()).count()
}

/// As the root collation of Unicode compares ASCII: first which character, punctuation before digits before letters; then its case, lower
/// before upper. Encoded text is ASCII.
fn collated(left: &[u8], right: &[u8]) -> Ordering {
    const PUNCTUATION: &[u8] = b"_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$";
    let weight = |octet: &u8| match PUNCTUATION.iter().position(|known| known == octet) {
        Some(place) => (0, place),
        None => (1, usize::from(octet.to_ascii_lowercase())),
    };
    left.iter().map(weight).cmp(right.iter().map(weight)).then_with(|| lower_first(left, right))
}

/// Letters and digits first, without their case; then their case; punctuation at last.
fn words(left: &[u8], right: &[u8]) -> Ordering {
    let letters = |text: &[u8]| text.iter().filter(|octet| octet.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect::<Vec<u8>>();
    letters(left).cmp(&letters(right)).then_with(|| lower_first(left, right))
}

/// Lower case before upper case, which in ASCII is the other way round.
fn lower_first(left: &[u8], right: &[u8]) -> Ordering {
    let swapped = |octet: &u8| if octet.is_ascii_alphabetic() { octet ^ 0x20 } else { *octet };
    left.iter().map(swapped).cmp(right.iter().map(swapped))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(compare: fn(&[u8], &[u8]) -> Ordering, texts: &[&str]) -> String {
        let mut texts = texts.to_vec();
        texts.sort_by(|left, right| compare(left.as_bytes(), right.as_bytes()));
        texts.join(" ")
    }

    /// The second and third are what Node 20 prints for `localeCompare` and for `sort` without a comparison.
    #[test]
    fn texts_are_compared_as_others_do() {
        assert_eq!(sorted(natural, &["a10", "10", "a2", "9", "010", "a", ""]), " 9 10 010 a a2 a10");
        let names = ["a", "B", "b", "A", "a-b", "a10", "_", "~", "1", "a.b", "a%"];
        assert_eq!(sorted(collated, &names), "_ ~ 1 a A a-b a.b a% a10 b B");
        assert_eq!(sorted(utf_16, &["\u{e000}", "\u{10000}", "a", "é"]), "a é \u{10000} \u{e000}");
        assert_eq!(sorted(words, &["a-c", "ab", "B", "_a"]), "_a ab a-c B");
    }
}
