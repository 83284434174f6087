#!/bin/sh
# Installs the library from Debian's packages, for the whole system: Perl libraries there have no folder of an adapter's own.
set -eu
# shellcheck source-path=SCRIPTDIR source=../shared/install.sh
. "$(dirname "$0")/../shared/install.sh"
debian_install libwww-oauth-perl=1.000 perl
