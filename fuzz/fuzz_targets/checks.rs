//! See the law.
#![no_main]

libfuzzer_sys::fuzz_target!(|asked: countersign::fuzzing::laws::Asked| countersign::fuzzing::laws::checks::checks(&asked));
