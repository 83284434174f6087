#!/bin/sh
# Installs the library from Debian's packages, for the whole system: Java libraries there have no folder of an adapter's own.
set -eu
# shellcheck source-path=SCRIPTDIR source=../shared/install.sh
. "$(dirname "$0")/../shared/install.sh"
debian_install liboauth-signpost-java=1.2.1.2 libcommons-codec-java libgoogle-gson-java default-jdk-headless
need javac "it comes with the package default-jdk-headless"
jars=/usr/share/java/signpost-core.jar:/usr/share/java/commons-codec.jar:/usr/share/java/gson.jar
build "$installed/Adapter.class" javac -Xlint:all,-serial -cp "$jars" -d "$installed" "$here/Adapter.java" "$here/../shared/Loop.java"
