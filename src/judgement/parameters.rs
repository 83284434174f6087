//! Lists of parsed parameters, compared without regard to order (`vectors/README.md`): some parsers give a map. How often a pair stands
//! there counts.

use std::cmp::Ordering;

use super::difference::{Difference, MAX_DIFFERENCES, Side, What};
use crate::vectors::Pair;

/// Adds what is missing, superfluous, or has another value.
pub(super) fn compare(expected: &[Pair], observed: &[Pair], differences: &mut Vec<Difference>) {
    if expected == observed {
        return;
    }
    let (missing, superfluous) = apart(expected, observed);
    let mut given = superfluous.into_iter().peekable();
    for pair in missing {
        while let Some(other) = given.next_if(|other| other.0 < pair.0) {
            add(differences, None, Some(other));
        }
        let same_name = given.next_if(|other| other.0 == pair.0);
        add(differences, Some(pair), same_name);
    }
    for other in given {
        add(differences, None, Some(other));
    }
}

fn add(differences: &mut Vec<Difference>, expected: Option<&Pair>, observed: Option<&Pair>) {
    if differences.len() >= MAX_DIFFERENCES {
        return;
    }
    let Some((name, _)) = expected.or(observed) else { return };
    let what = What::Inside { field: "parameters", name: name.clone() };
    differences.push(match (expected, observed) {
        (Some((_, expected)), Some((_, observed))) => Difference::of_values(what, expected.as_bytes(), observed.as_bytes()),
        _ => {
            let side = |pair: Option<&Pair>| pair.map_or(Side::Absent, |(_, value)| Side::Value(value.clone()));
            Difference::new(what, side(expected), side(observed))
        }
    });
}

/// The pairs that only one of two lists has, each sorted; what both have equally often is left out.
fn apart<'a>(expected: &'a [Pair], observed: &'a [Pair]) -> (Vec<&'a Pair>, Vec<&'a Pair>) {
    let sorted = |pairs: &'a [Pair]| {
        let mut pairs: Vec<&Pair> = pairs.iter().collect();
        pairs.sort_unstable();
        pairs.into_iter().peekable()
    };
    let (mut left, mut right) = (sorted(expected), sorted(observed));
    let (mut missing, mut superfluous) = (Vec::new(), Vec::new());
    loop {
        let order = match (left.peek(), right.peek()) {
            (None, None) => return (missing, superfluous),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(first), Some(second)) => first.cmp(second),
        };
        match order {
            Ordering::Less => missing.extend(left.next()),
            Ordering::Greater => superfluous.extend(right.next()),
            Ordering::Equal => {
                left.next();
                right.next();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn differences(expected: &[(&str, &str)], observed: &[(&str, &str)]) -> Vec<String> {
        let pairs = |list: &[(&str, &str)]| list.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect::<Vec<Pair>>();
        let mut found = Vec::new();
        compare(&pairs(expected), &pairs(observed), &mut found);
        let side = |side: &Side| match side {
            Side::Value(value) => value.to_text().into_owned(),
            _ => "-".to_owned(),
        };
        found.iter().map(|one| format!("{} {} {}", one.what, side(&one.expected), side(&one.observed))).collect()
    }

    #[test]
    fn order_is_free_and_number_is_not() {
        assert_eq!(differences(&[("a", "1"), ("b", "2"), ("a", "1")], &[("a", "1"), ("a", "1"), ("b", "2")]), Vec::<String>::new());
        assert_eq!(differences(&[("a", "1"), ("a", "1")], &[("a", "1")]), ["parameters: a 1 -"]);
        assert_eq!(differences(&[], &[("z", "")]), ["parameters: z - "]);
    }

    #[test]
    fn a_value_that_changed_is_told_under_its_name() {
        assert_eq!(
            differences(&[("b", "2"), ("c", "3"), ("d", "4")], &[("a", "0"), ("c", "x"), ("d", "4"), ("e", "5")]),
            ["parameters: a - 0", "parameters: b 2 -", "parameters: c 3 x", "parameters: e - 5"]
        );
    }

    #[test]
    fn a_hostile_list_gives_few_differences() {
        let many: Vec<(String, String)> = (0..10_000).map(|number| (format!("n{number}"), String::new())).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(differences(&[], &many).len(), MAX_DIFFERENCES);
    }
}
