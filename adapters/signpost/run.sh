#!/bin/sh
# Runs the adapter, from any folder.
set -eu
exec java -Xshare:auto -XX:TieredStopAtLevel=1 -cp "$(dirname -- "$0")/.installed:/usr/share/java/signpost-core.jar:/usr/share/java/commons-codec.jar:/usr/share/java/gson.jar" Adapter 1.2.1.2
