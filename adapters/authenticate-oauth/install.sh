#!/bin/sh
# Installs the library from Debian's packages, for the whole system: Haskell libraries there have no folder of an adapter's own.
set -eu
# shellcheck source-path=SCRIPTDIR source=../shared/install.sh
. "$(dirname "$0")/../shared/install.sh"
debian_install libghc-authenticate-oauth-dev=1.7 libghc-aeson-dev libghc-http-client-dev libghc-base64-bytestring-dev \
    libghc-case-insensitive-dev ghc
need ghc "it comes with the package ghc"
build "$installed/adapter" ghc -v0 -Wall -O1 -outputdir "$installed" -o "$installed/adapter" \
    -package authenticate-oauth -package aeson -package http-client -package base64-bytestring -package case-insensitive "$here/Adapter.hs"
