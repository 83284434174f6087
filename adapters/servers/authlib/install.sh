#!/bin/sh
# Installs the library from PyPI into .installed/, a virtual environment.
set -eu
# shellcheck source-path=SCRIPTDIR source=../../shared/install.sh
. "$(dirname "$0")/../../shared/install.sh"
pip_install
