#!/bin/sh
# Runs the adapter, from any folder.
set -eu
exec "$(dirname -- "$0")/.installed/adapter"
