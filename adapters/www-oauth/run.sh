#!/bin/sh
# Runs the adapter, from any folder.
set -eu
exec perl "$(dirname -- "$0")/adapter.pl"
