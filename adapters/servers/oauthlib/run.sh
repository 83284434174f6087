#!/bin/sh
# Runs the server on 127.0.0.1:$PORT, from any folder; it ends on TERM.
set -eu
# shellcheck source-path=SCRIPTDIR source=../shared/common.sh
. "$(dirname "$0")/../shared/common.sh"
PYTHONDONTWRITEBYTECODE=1 exec "$here/.installed/bin/python" "$here/server.py"
