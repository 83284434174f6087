//! Every format as a golden file in `snapshots/`, with hostile text in it, and read back by a parser that is not ours.

mod explaining;
mod formats;
mod runs;
mod signing;
mod tap_reader;

/// Compares with a golden file in the flat folder `snapshots/`.
macro_rules! golden {
    ($name:expr, $text:expr) => {
        insta::with_settings!({
            snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"),
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!($name, $text);
        })
    };
}

use golden;
