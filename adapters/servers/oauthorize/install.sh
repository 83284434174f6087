#!/bin/sh
# Installs the libraries from npm into .installed/.
set -eu
# shellcheck source-path=SCRIPTDIR source=../../shared/install.sh
. "$(dirname "$0")/../../shared/install.sh"
npm_install
