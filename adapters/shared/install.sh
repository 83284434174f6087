# Sourced by the install.sh of every adapter: what they share. Nothing here knows a library.
# shellcheck shell=sh

# The folder of the adapter, as an absolute path.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
installed="$here/.installed"

say() { printf '%s: %s\n' "$(basename "$here")" "$*"; }

fail() {
    say "$*" >&2
    exit 1
}

need() {
    command -v "$1" >/dev/null 2>&1 || fail "$1 is missing: $2"
}

# done_already STAMP: what was installed before was installed from the same list.
done_already() { [ -f "$installed/stamp" ] && [ "$(cat "$installed/stamp")" = "$1" ]; }

stamp() {
    mkdir -p "$installed"
    printf '%s' "$1" >"$installed/stamp"
}

# pip_install: the packages of requirements.txt, each with its version, in a virtual environment of the adapter's own.
pip_install() {
    wanted=$(cat "$here/requirements.txt")
    if done_already "$wanted"; then
        say "installed already"
        return
    fi
    need python3 "see https://www.python.org/"
    say "a virtual environment with the packages of requirements.txt"
    python3 -m venv "$installed"
    "$installed/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
    stamp "$wanted"
}

# npm_install: the packages of package-lock.json.
npm_install() {
    wanted=$(cat "$here/package-lock.json")
    if done_already "$wanted"; then
        say "installed already"
        return
    fi
    need npm "see https://nodejs.org/"
    say "the packages of package-lock.json"
    mkdir -p "$installed"
    cp "$here/package.json" "$here/package-lock.json" "$installed/"
    npm ci --prefix "$installed" --ignore-scripts --no-audit --no-fund --loglevel=error
    stamp "$wanted"
}

# debian_install PACKAGE=VERSION OTHER…: Debian packages. The version of the first one is checked: Debian does not keep old ones to be pinned.
debian_install() {
    package=${1%%=*}
    upstream=${1#*=}
    need dpkg-query "this library is taken from Debian's packages"
    missing=""
    for wanted in "$@"; do
        dpkg-query -W -f='${db:Status-Status}' "${wanted%%=*}" 2>/dev/null | grep -qx installed || missing="$missing ${wanted%%=*}"
    done
    if [ -n "$missing" ]; then
        say "Debian packages:$missing"
        root=""
        [ "$(id -u)" -eq 0 ] || root=sudo
        $root apt-get -o DPkg::Lock::Timeout=600 -qq update
        # shellcheck disable=SC2086 # the names are words
        $root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends $missing
    fi
    found=$(dpkg-query -W -f='${Version}' "$package")
    case $found in
        "$upstream" | "$upstream"-* | "$upstream"+* | *:"$upstream"-* | *:"$upstream"+*) say "$package $found" ;;
        *) fail "$package $found is installed, and this adapter was written for $upstream" ;;
    esac
}

# cargo_install: the crate of the adapter, from Cargo.lock. What is built on the way is not kept.
cargo_install() {
    wanted=$(cat "$here/Cargo.lock" "$here/Cargo.toml" "$here"/src/*.rs "$here"/../shared/rust/src/*.rs | cksum)
    if done_already "$wanted"; then
        say "installed already"
        return
    fi
    need cargo "see https://rustup.rs/"
    say "a release build from Cargo.lock"
    cargo build --quiet --release --locked --manifest-path "$here/Cargo.toml" --target-dir "$installed/target"
    cp "$installed/target/release/adapter" "$installed/adapter"
    rm -rf "$installed/target"
    stamp "$wanted"
}

# build FILE COMMAND…: what the command compiles into FILE, unless that is newer than all sources.
build() {
    built=$1
    shift
    mkdir -p "$installed"
    if [ -e "$built" ] && [ -z "$(find "$here" "$here/../shared" -path '*/.installed' -prune -o -type f -newer "$built" -print)" ]; then
        say "built already"
        return
    fi
    say "$*"
    "$@"
}
