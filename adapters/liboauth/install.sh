#!/bin/sh
# Installs the library from Debian's packages, for the whole system: C libraries there have no folder of an adapter's own.
set -eu
# shellcheck source-path=SCRIPTDIR source=../shared/install.sh
. "$(dirname "$0")/../shared/install.sh"
debian_install liboauth-dev=1.0.3 libjansson-dev gcc libc6-dev
need cc "it comes with the package gcc"
# The symbol that the adapter wraps has to be found in the program first.
build "$installed/adapter" cc -O1 -Wall -Wextra -rdynamic -o "$installed/adapter" "$here/adapter.c" -loauth -ljansson -ldl
