#!/bin/sh
# Runs the adapter, from any folder.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$here/../shared" exec "$here/.installed/bin/python" "$here/full.py"
