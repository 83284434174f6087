//! How a table of departures is written: a row has id, stage, section, what is done, what to do instead, rank, where it was seen, and the
//! change of the practice.

/// A table of rows.
macro_rules! departures {
    ($($id:literal $stage:ident $section:literal, $sentence:expr, $fix:expr, $rank:ident $seen:expr, $apply:expr;)*) => {
        &[$($crate::deviation::Deviation {
            id: $id,
            stage: $crate::deviation::Stage::$stage,
            section: $section,
            sentence: $sentence,
            fix: $fix,
            seen: &$seen,
            rank: $crate::deviation::Rank::$rank,
            apply: $apply,
        },)*]
    };
}
pub(in crate::deviation) use departures;
