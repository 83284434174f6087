//! Departures from percent-encoding (RFC 5849 section 3.6), where it is applied to parameters (3.4.1.3.2 step 1) and to the parts of the
//! base string (3.4.1.1).
//!
//! | room | what it holds |
//! |---|---|
//! | [`octets`] | what other languages' encoders do with each octet |
//! | [`kept`] | encoders that leave more characters alone |
//! | [`escaped`] | encoders that escape more characters, or write escapes otherwise |
//! | [`levels`] | encoding too often, not at all, or in one place only |
//! | [`charset`] | other octets for the same text |

pub(super) mod charset;
pub(super) mod escaped;
pub(super) mod kept;
pub(super) mod levels;
pub(super) mod octets;

/// Rows about encoders. Each gives two departures: the encoder is used for names and values, or, as `….everywhere`, for the parts of the
/// base string too.
macro_rules! encoders {
    ($($id:literal $encode:expr, $what:literal, $fix:literal, inside $rank:ident $seen:expr $(, everywhere $rank_everywhere:ident $seen_everywhere:expr)?;)*) => {
        &[$(
            Deviation {
                id: $id,
                stage: Stage::Encode,
                section: "3.6",
                sentence: concat!("in names and values ", $what),
                fix: $fix,
                seen: &$seen,
                rank: Rank::$rank,
                apply: |practice| {
                    practice.recipe.encode.name = Encoder::Whole($encode);
                    practice.recipe.encode.value = Encoder::Whole($encode);
                },
            },
            $(Deviation {
                id: concat!($id, ".everywhere"),
                stage: Stage::Encode,
                section: "3.6",
                sentence: concat!("in names, values and the parts of the base string ", $what),
                fix: $fix,
                seen: &$seen_everywhere,
                rank: Rank::$rank_everywhere,
                apply: |practice| {
                    practice.recipe.encode.name = Encoder::Whole($encode);
                    practice.recipe.encode.value = Encoder::Whole($encode);
                    practice.recipe.encode.part = Encoder::Whole($encode);
                },
            },)?
        )*]
    };
}
use encoders;
