#!/usr/bin/env bash
# The adapters of this folder, all in one go:
#
#   all.sh list    [NAME…]   what is here, as a table: name, language, package, version, operations
#   all.sh install [NAME…]   installs what is not installed yet; goes on after a failure and names it at the end
#   all.sh test    [NAME…]   puts the vectors to those that are installed, in one run of countersign
#
# Without names, all of them. `test` passes on what follows `--`: all.sh test signpost -- 'sign.uri/*' --strict
# COUNTERSIGN is the binary, where it is not on the PATH.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
countersign=${COUNTERSIGN:-countersign}

fail() {
    printf 'all.sh: %s\n' "$*" >&2
    exit 2
}

# An adapter is a folder with a run.sh.
everything() {
    local script
    for script in "$here"/*/run.sh; do basename "$(dirname "$script")"; done
}

# What an adapter says of itself. The first line that it writes is its hello; one that is not installed writes none.
hello() { { printf '{"type":"bye"}\n' | "$here/$1/run.sh" 2>/dev/null | head -n 1; } || true; }

# member HELLO NAME: a member of the hello that is a text, or a list of texts separated by commas.
member() {
    printf '%s' "$1" | sed -nE "s/.*\"$2\": ?\"([^\"]*)\".*/\1/p; s/.*\"$2\": ?\[([^]]*)\].*/\1/p" |
        sed 's/"//g; s/, */, /g; s/\\//g' | head -n 1
}

# The package, as install.sh or the list beside it names it; the library comes first there. A crate has the name of its folder.
package_of() {
    local folder="$here/$1" debian
    debian=$(sed -nE 's/^debian_install ([^ =]+)=.*/Debian \1/p' "$folder/install.sh")
    if [ -n "$debian" ]; then
        printf '%s' "$debian"
    elif [ -f "$folder/requirements.txt" ]; then
        printf 'PyPI %s' "$(sed -nE 's/^([^#=]+)==.*/\1/p' "$folder/requirements.txt" | head -n 1)"
    elif [ -f "$folder/package-lock.json" ]; then
        printf 'npm %s' "$(sed -nE 's/^    "([^"]+)": "[0-9].*/\1/p' "$folder/package.json" | head -n 1)"
    elif [ -f "$folder/Cargo.lock" ]; then
        printf 'crates.io %s' "$1"
    fi
}

list() {
    local name said implementation
    printf '| name | language | package | version | operations |\n|---|---|---|---|---|\n'
    for name in "$@"; do
        said=$(hello "$name")
        if [ -z "$said" ]; then
            printf '| %s | | %s | not installed | |\n' "$name" "$(package_of "$name")"
            continue
        fi
        # `version` alone stands in the implementation only; `language_version` is another name.
        implementation=$(printf '%s' "$said" | sed -E 's/"language_version": ?"[^"]*"//')
        printf '| %s | %s | %s | %s | %s |\n' "$name" "$(member "$implementation" language)" "$(package_of "$name")" \
            "$(member "$implementation" version)" "$(member "$said" operations)"
    done
}

install() {
    local name failed=()
    for name in "$@"; do "$here/$name/install.sh" || failed+=("$name"); done
    [ ${#failed[@]} -eq 0 ] || fail "not installed: ${failed[*]}"
}

test_all() {
    local name words=() expectations=0
    command -v "$countersign" >/dev/null || fail "$countersign is missing: cargo install --path ., or say where it is with COUNTERSIGN"
    for name in "${names[@]}"; do
        if [ -z "$(hello "$name")" ]; then
            printf 'all.sh: %s is not installed, left out\n' "$name" >&2
            continue
        fi
        words+=(--adapter "$name='$here/$name/run.sh'")
        if [ -f "$here/$name/$name.expect.toml" ]; then
            words+=(--expect "$name=$here/$name/$name.expect.toml")
            expectations=$((expectations + 1))
        fi
    done
    [ ${#words[@]} -gt 0 ] || fail "nothing is installed: all.sh install"
    printf 'all.sh: %d of these have expectations\n' "$expectations" >&2
    exec "$countersign" test "${words[@]}" "$@"
}

action=${1:-}
[ $# -eq 0 ] || shift
names=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    [ -x "$here/$1/run.sh" ] || fail "there is no adapter $1: all.sh list"
    names+=("$1")
    shift
done
[ "${1:-}" != -- ] || shift
[ ${#names[@]} -gt 0 ] || mapfile -t names < <(everything)

case $action in
    list) list "${names[@]}" ;;
    install) install "${names[@]}" ;;
    test) test_all "$@" ;;
    *) fail "all.sh list|install|test [NAME…]" ;;
esac
