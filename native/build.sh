#!/usr/bin/env bash
# Builds the cpu backend and the emulator into the folder given. Without cmake or a C++ compiler it says so and the build goes
# on: the engine then has its reference room only. Further arguments go to cmake. usage: native/build.sh FOLDER [-DNAME=VALUE]…
set -euo pipefail
out=$(realpath -m "$1")
shift
cd "$(dirname "$0")"
if ! command -v cmake >/dev/null || ! command -v g++ >/dev/null; then
  echo "ionforge: cmake or g++ is missing (Debian: apt install cmake g++): building without the cpu backend and the emulator"
  exit 0
fi
cmake -S . -B "$out/build" -DCMAKE_BUILD_TYPE=Release -DCMAKE_LIBRARY_OUTPUT_DIRECTORY="$out" "$@" >/dev/null
cmake --build "$out/build" --parallel "$(nproc)" >/dev/null
