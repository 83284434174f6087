//! Departures from joining names, values and pairs (RFC 5849 section 3.4.1.3.2 steps 3 and 4).

use super::{Deviation, Rank, Stage};
use crate::protocol::Buffer;
use crate::protocol::normalization::{EncodedParameters, Join};

const FIX: &str =
    "put = between a name and its value, also when it is empty, and & between pairs, nothing before the first and behind the last";

macro_rules! joins {
    ($($id:literal $sentence:literal, $rank:ident $seen:expr, $join:expr;)*) => {
        &[$(Deviation {
            id: $id,
            stage: Stage::Join,
            section: "3.4.1.3.2",
            sentence: $sentence,
            fix: FIX,
            seen: &$seen,
            rank: Rank::$rank,
            apply: |practice| practice.recipe.join = Join::Other($join),
        },)*]
    };
}

pub(super) const TABLE: &[Deviation] = joins![
    "join.comma" "pairs are joined by commas", Plausible [], |list, out| join(list, &Marks { between: b",", ..MARKS }, out);
    "join.comma-and-blank" "pairs are joined by a comma and a blank, as in the Authorization header", Plausible [],
        |list, out| join(list, &Marks { between: b", ", ..MARKS }, out);
    "join.semicolon" "pairs are joined by semicolons", Plausible [], |list, out| join(list, &Marks { between: b";", ..MARKS }, out);
    "join.line-end" "each pair stands on a line of its own", Plausible [], |list, out| join(list, &Marks { between: b"\n", ..MARKS }, out);
    "join.nothing" "pairs are joined without anything between them", Seen [
            "https://community.canvaslms.com/t5/Canvas-Developers-Group/LTI-basic-launch-oauth-signature-mismatch/m-p/402560",
        ], |list, out| join(list, &Marks { between: b"", ..MARKS }, out);
    "join.no-equals" "names and values are joined without = between them", Plausible [], |list, out| join(list, &Marks { equals: b"", ..MARKS }, out);
    "join.amp-entity" "pairs are joined by &amp; as in HTML: PHP's http_build_query does so under some settings of arg_separator.output", Plausible [],
        |list, out| join(list, &Marks { between: b"&amp;", ..MARKS }, out);
    "join.marks-escaped" "= and & between names, values and pairs are written as %3D and %26, and encoded once more with the whole string", Plausible [],
        |list, out| join(list, &Marks { equals: b"%3D", between: b"%26", ..MARKS }, out);
    "join.ampersand-first" "an & stands before the first pair", Plausible [], |list, out| join(list, &Marks { first: b"&", ..MARKS }, out);
    "join.ampersand-last" "an & stands behind the last pair", Plausible [], |list, out| join(list, &Marks { last: b"&", ..MARKS }, out);
    "join.question-mark-first" "a ? stands before the first pair", Plausible [], |list, out| join(list, &Marks { first: b"?", ..MARKS }, out);
    "join.quoted" "values stand in double quotes, as in the Authorization header", Plausible [],
        |list, out| join(list, &Marks { equals: b"=\"", end: b"\"", ..MARKS }, out);
    "join.header" "parameters are joined as in the Authorization header: name=\"value\", with commas", Plausible [],
        |list, out| join(list, &Marks { equals: b"=\"", end: b"\"", between: b", ", ..MARKS }, out);
];

/// What stands where.
struct Marks {
    first: &'static [u8],
    equals: &'static [u8],
    end: &'static [u8],
    between: &'static [u8],
    last: &'static [u8],
}

const MARKS: Marks = Marks { first: b"", equals: b"=", end: b"", between: b"&", last: b"" };

fn join(list: &EncodedParameters, marks: &Marks, out: &mut Buffer) {
    out.append(marks.first);
    for (number, parameter) in list.iter().enumerate() {
        if number > 0 {
            out.append(marks.between);
        }
        for part in [parameter.name, marks.equals, parameter.value, marks.end] {
            out.append(part);
        }
    }
    out.append(marks.last);
}
