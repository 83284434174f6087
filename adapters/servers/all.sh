#!/usr/bin/env bash
# The real OAuth 1.0 providers of this folder, all in one go, each on a free port of 127.0.0.1:
#
#   all.sh install [NAME…]   installs what is not installed yet; goes on after a failure and names it at the end
#   all.sh flow    [NAME…]   a client that nobody here wrote (requests-oauthlib) asks each for what it gives
#   all.sh test    [NAME…]   countersign probes each, and NAME.expect.toml says what it is known to find
#
# Without names, all of them; one that does not start counts as a failure. `test` passes on what follows `--`:
# all.sh test oauthlib -- --level rules. COUNTERSIGN is the binary, where it is not on the PATH.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
countersign=${COUNTERSIGN:-countersign}
# shellcheck source=shared/client.env
. "$here/shared/client.env"
export CLIENT_IDENTIFIER CLIENT_SECRET CLIENT_CALLBACK
# The most seconds until a server listens.
patience=20

say() { printf 'all.sh: %s\n' "$*" >&2; }

fail() {
    say "$*"
    exit 2
}

# A server is a folder with a run.sh.
everything() {
    local script
    for script in "$here"/*/run.sh; do basename "$(dirname "$script")"; done
}

running=""
work=$(mktemp -d)

stop() {
    [ -z "$running" ] || kill -TERM "$running" 2>/dev/null || true
    [ -z "$running" ] || wait "$running" 2>/dev/null || true
    running=""
}

trap 'stop; rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# start NAME: sets `url`; what the server says of itself is in $work/NAME.err.
start() {
    local tries=0
    : >"$work/$1.out"
    PORT=0 "$here/$1/run.sh" >"$work/$1.out" 2>"$work/$1.err" &
    running=$!
    until url=$(sed -nE 's/^ready (http[^ ]+)$/\1/p' "$work/$1.out") && [ -n "$url" ]; do
        tries=$((tries + 1))
        if [ "$tries" -gt $((patience * 10)) ] || ! kill -0 "$running" 2>/dev/null; then
            say "$1 does not start:"
            tail -n 5 "$work/$1.err" >&2
            stop
            return 1
        fi
        sleep 0.1
    done
}

install() {
    local name failed=()
    for name in "${names[@]}"; do "$here/$name/install.sh" || failed+=("$name"); done
    [ ${#failed[@]} -eq 0 ] || fail "not installed: ${failed[*]}"
}

# each COMMAND…: starts the servers one after the other, and asks each with COMMAND NAME URL. The worst status is the status of all.
each() {
    local name status=0 one asked=0 failed=()
    for name in "${names[@]}"; do
        if ! start "$name"; then
            failed+=("$name")
            [ "$status" -ne 0 ] || status=2
            continue
        fi
        asked=$((asked + 1))
        one=0
        "$@" "$name" "$url" || one=$?
        stop
        if [ "$one" -ne 0 ]; then
            failed+=("$name")
            [ "$one" -le "$status" ] || status=$one
        fi
    done
    [ ${#failed[@]} -eq 0 ] || say "not as expected: ${failed[*]}"
    say "$asked asked"
    exit "$status"
}

flow() {
    "$here/../requests-oauthlib/.installed/bin/python" "$here/shared/flow.py" "$here/$1" "$2"
}

probe() {
    local expectations=() parameters=() line
    [ ! -f "$here/$1/$1.expect.toml" ] || expectations=(--expect "$here/$1/$1.expect.toml")
    # What a server asks for beyond the protocol.
    if [ -f "$here/$1/parameters" ]; then
        while read -r line; do parameters+=(--parameter "$line"); done <"$here/$1/parameters"
    fi
    "$countersign" probe "$here/$1/profile.json" --url "$2" --send --authorize=get --client "$CLIENT_IDENTIFIER" \
        --secret-env CLIENT_SECRET --callback "$CLIENT_CALLBACK" "${parameters[@]}" "${expectations[@]}" "${words[@]}"
}

action=${1:-}
[ $# -eq 0 ] || shift
names=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    [ -x "$here/$1/run.sh" ] || fail "there is no server $1: there are $(everything | paste -sd ' ')"
    names+=("$1")
    shift
done
[ "${1:-}" != -- ] || shift
words=("$@")
[ ${#names[@]} -gt 0 ] || mapfile -t names < <(everything)

case $action in
    install) install ;;
    flow)
        [ -x "$here/../requests-oauthlib/.installed/bin/python" ] || fail "the client is missing: adapters/all.sh install requests-oauthlib"
        each flow
        ;;
    test)
        command -v "$countersign" >/dev/null || fail "$countersign is missing: cargo install --path ., or say where it is with COUNTERSIGN"
        each probe
        ;;
    *) fail "all.sh install|flow|test [NAME…]" ;;
esac
