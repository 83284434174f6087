#!/bin/sh
# Runs the adapter, from any folder.
set -eu
exec php "$(dirname -- "$0")/adapter.php"
