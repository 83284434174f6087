#!/bin/sh
# Builds the adapter with the library from crates.io into .installed/, from Cargo.lock.
set -eu
# shellcheck source-path=SCRIPTDIR source=../shared/install.sh
. "$(dirname "$0")/../shared/install.sh"
cargo_install
