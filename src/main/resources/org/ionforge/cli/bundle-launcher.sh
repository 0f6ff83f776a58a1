#!/bin/sh
# Ionforge in one folder: ./ionforge conformance, ./ionforge bench, ./ionforge devices, or any other command.
set -eu
self=$0
while [ -L "$self" ]; do # follow links by hand: a bare host may have no readlink
  link=$(ls -ld "$self")
  link=${link##* -> }
  case $link in /*) self=$link ;; *) self=$(dirname "$self")/$link ;; esac
done
home=$(cd "$(dirname "$self")" && pwd)

# JCuda's library wants the C++ runtime: the host's own if there is one, else the one in this folder.
found=
for place in /usr/lib/x86_64-linux-gnu /lib/x86_64-linux-gnu /usr/lib64 /lib64 /usr/lib; do
  [ -e "$place/libstdc++.so.6" ] && found=yes
done
[ -n "$found" ] || export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$home/compatibility"

classes="$home/ionforge.jar:$home/lib/*"
main=org.ionforge.cli.Main
case "${1:-}" in
  conformance) main=org.ionforge.conformance.ConformanceMain ;;
  bench) main=org.ionforge.bench.Bench ;;
esac
if [ "$main" != org.ionforge.cli.Main ]; then
  shift
  classes="$classes:$home/checks/classes:$home/checks/*"
fi
# shellcheck disable=SC2086  # IONFORGE_JVM is a list of flags
exec "$home/runtime/bin/java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow ${IONFORGE_JVM:-} \
  -cp "$classes" "$main" "$@"
