#!/bin/bash -eu
# Builds every target into $OUT, with its seeds and its dictionary: what the services call, with $SRC, $OUT, $WORK and $SANITIZER set.
cd "$SRC/countersign"

# What cargo-fuzz calls the sanitizers; without one it builds on the stable toolchain too.
case "${SANITIZER:-address}" in
    address | memory | thread) sanitizer="$SANITIZER" ;;
    *) sanitizer=none ;;
esac
export CARGO_TARGET_DIR="$WORK/target"
cargo fuzz build -s "$sanitizer"
built="$CARGO_TARGET_DIR/x86_64-unknown-linux-gnu/release"

# The seeds are made from the vectors, by a test, without the flags of the fuzzer.
(
    unset RUSTFLAGS CFLAGS CXXFLAGS
    COUNTERSIGN_SEEDS="$WORK/seeds" CARGO_TARGET_DIR="${SEEDS_TARGET_DIR:-$WORK/seeds-target}" \
        cargo test --quiet --lib -- --ignored fuzzing::laws::tests::seeds_are_written
)

# The image of the services has zip; elsewhere Python packs too.
packed() {
    if command -v zip >/dev/null; then
        (cd "$1" && find . -type f | sort | zip -q "$2" -@)
    else
        (cd "$1" && python3 -m zipfile -c "$2" .)
    fi
}

for file in fuzz/fuzz_targets/*.rs; do
    target="$(basename "$file" .rs)"
    cp "$built/$target" "$OUT/"
    [ ! -d "fuzz/regressions/$target" ] || cp "fuzz/regressions/$target"/* "$WORK/seeds/$target/"
    rm -f "$OUT/${target}_seed_corpus.zip"
    packed "$WORK/seeds/$target" "$OUT/${target}_seed_corpus.zip"
    cp "fuzz/dictionaries/$target.dict" "$OUT/$target.dict"
done
