#!/bin/sh
# Installs the library from Debian's packages, for the whole system: PHP extensions there have no folder of a server's own.
set -eu
# shellcheck source-path=SCRIPTDIR source=../../shared/install.sh
. "$(dirname "$0")/../../shared/install.sh"
debian_install php8.2-oauth=2.0.7 php8.2-cli
