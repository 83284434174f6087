#!/bin/sh
# Installs the library from PyPI into .installed/, a virtual environment.
set -eu
. "$(dirname "$0")/../shared/install.sh"
pip_install
