# Sourced by the run.sh of every server: what they share. Nothing here knows a library.
# shellcheck shell=sh

# The folder of the server, as an absolute path, and the client that it knows.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
set -a
# shellcheck source=SCRIPTDIR/client.env
. "$here/../shared/client.env"
set +a

# 0: a port that is free, chosen when the server begins to listen.
PORT=${PORT:-0}
export PORT
