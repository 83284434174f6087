#!/bin/sh
# Runs the adapter, from any folder.
set -eu
exec node "$(dirname -- "$0")/adapter.mjs"
