#!/bin/sh
# Installs the library from Debian's packages, for the whole system: C++ libraries there have no folder of an adapter's own.
set -eu
# shellcheck source-path=SCRIPTDIR source=../shared/install.sh
. "$(dirname "$0")/../shared/install.sh"
debian_install libpoco-dev=1.11.0 g++
need c++ "it comes with the package g++"
build "$installed/adapter" c++ -std=c++17 -O1 -Wall -Wextra -o "$installed/adapter" "$here/adapter.cpp" -lPocoNet -lPocoJSON -lPocoFoundation
