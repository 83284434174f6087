#!/bin/sh
# Runs the server on 127.0.0.1:$PORT, from any folder; it ends on TERM. What PHP says of itself goes to a file in a folder of this run, and
# so do the tokens: a script there lives for one request.
set -eu
# shellcheck source-path=SCRIPTDIR source=../shared/common.sh
. "$(dirname "$0")/../shared/common.sh"
STORE=$(mktemp -d)
export STORE
php -S "127.0.0.1:$PORT" "$here/server.php" >"$STORE/log" 2>&1 &
server=$!
# shellcheck disable=SC2317 # the traps call it
stop() {
    kill "$server" 2>/dev/null || true
    rm -rf "$STORE"
}
trap 'stop; exit 143' TERM INT
trap stop EXIT
while kill -0 "$server" 2>/dev/null; do
    url=$(sed -nE 's/.*Development Server \((http[^)]*)\) started.*/\1/p' "$STORE/log" | head -n 1)
    if [ -n "$url" ]; then
        echo "ready $url"
        wait "$server"
        exit
    fi
    sleep 0.05
done
cat "$STORE/log" >&2
exit 1
