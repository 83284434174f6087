#!/bin/sh
# Installs the library from Debian's packages, for the whole system: Perl libraries there have no folder of a server's own.
set -eu
# shellcheck source-path=SCRIPTDIR source=../../shared/install.sh
. "$(dirname "$0")/../../shared/install.sh"
debian_install libnet-oauth-perl=0.28 libhttp-daemon-perl perl
