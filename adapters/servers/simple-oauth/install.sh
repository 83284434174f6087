#!/bin/sh
# Installs the library from Debian's packages, for the whole system: Ruby libraries there have no folder of a server's own.
set -eu
# shellcheck source-path=SCRIPTDIR source=../../shared/install.sh
. "$(dirname "$0")/../../shared/install.sh"
debian_install ruby-simple-oauth=0.3.1 ruby-rack ruby-webrick ruby
