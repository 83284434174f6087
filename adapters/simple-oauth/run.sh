#!/bin/sh
# Runs the adapter, from any folder.
set -eu
exec ruby "$(dirname -- "$0")/adapter.rb"
