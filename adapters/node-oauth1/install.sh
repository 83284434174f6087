#!/bin/sh
# Installs the library from npm into .installed/.
set -eu
. "$(dirname "$0")/../shared/install.sh"
npm_install
