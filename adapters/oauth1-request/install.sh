#!/bin/sh
# Builds the adapter with the library from crates.io into .installed/, from Cargo.lock.
set -eu
. "$(dirname "$0")/../shared/install.sh"
cargo_install
