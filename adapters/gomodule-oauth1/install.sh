#!/bin/sh
# Installs the library from Debian's packages, for the whole system: Go libraries there have no folder of an adapter's own.
set -eu
# shellcheck source-path=SCRIPTDIR source=../shared/install.sh
. "$(dirname "$0")/../shared/install.sh"
debian_install golang-github-gomodule-oauth1-dev=0.0~git20181215.9a59ed3 golang-go
need go "it comes with the package golang-go"
# Go wants the files of a package in one folder. The sources of the library are Debian's: no module is fetched.
mkdir -p "$installed/src"
cp "$here/adapter.go" "$here/../shared/loop.go" "$installed/src/"
build "$installed/adapter" env GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE="$installed/cache" \
    go build -o "$installed/adapter" "$installed/src/adapter.go" "$installed/src/loop.go"
