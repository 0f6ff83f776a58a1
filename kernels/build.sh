#!/usr/bin/env bash
# Compiles each file of kernels/*.cu into a fatbin of its own (machine code for each architecture below, PTX for what follows),
# as many at once as there are processors, and writes kernels.json, which lists the fatbins and what ptxas says of each kernel.
# A fatbin's name has the hash of its file, the headers that it includes, the flags and the compiler: only what has changed is
# compiled, and a stale one cannot load. What was compiled is kept in CACHE; FOLDER gets what this build needs.
#
# Words in a kernel file that this reads:
#   // only for: 90a                             it exists on these architectures only, and has no PTX
#   // may use a stack frame: KERNEL: REASON     otherwise a stack frame, like a spilt register, fails the build
#   DYNAMIC_SHARED_BYTES(kernel, bytes)          the most dynamic shared memory that it is launched with
#
# Without nvcc the build says so and goes on without CUDA. usage: kernels/build.sh FOLDER CACHE
set -euo pipefail
out=$(realpath -m "$1")
cache=$(realpath -m "$2")
cd "$(dirname "$0")"

architectures="80 86 89 90a 100 120"
ptx=80
flags="-std=c++20 -O3 -fmad=false -Xptxas -v -Wno-deprecated-gpu-targets"

mkdir -p "$out" "$cache"
nvcc=$(command -v nvcc || ls /usr/local/cuda/bin/nvcc 2>/dev/null || true)
if [ -z "$nvcc" ]; then
  rm -f "$out"/*.fatbin "$out/kernels.json"
  echo "ionforge: nvcc is missing (CUDA toolkit 13, developer.nvidia.com/cuda-downloads): building without CUDA"
  exit 0
fi
compiler=$("$nvcc" --version | sed -n 's/.*release .*, V//p')

# The file and every header of this folder that it includes, or that those include.
sources() {
  local known=" $1 " queue="$1" header
  while [ -n "$queue" ]; do
    set -- $queue
    queue="${*:2}"
    for header in $(sed -n 's/^ *#include "\(.*\)".*/\1/p' "$1"); do
      if [ -f "$header" ] && [[ "$known" != *" $header "* ]]; then
        known+="$header "
        queue+=" $header"
      fi
    done
  done
  echo "$known"
}

names=()
missing=()
for file in *.cu; do
  hash=$({ cat $(sources "$file") build.sh compile.sh; echo "$compiler"; } | sha256sum | cut -c1-16)
  names+=("${file%.cu}-$hash")
  [ -f "$cache/${file%.cu}-$hash.json" ] || missing+=("$file" "$cache/${file%.cu}-$hash")
done
# The slowest are likely the longest: they start first.
if [ ${#missing[@]} -gt 0 ]; then
  export nvcc architectures ptx flags
  printf '%s %s\n' "${missing[@]}" | while read -r file name; do echo "$(stat -c %s "$file") $file $name"; done | sort -rn | cut -d' ' -f2- \
    | xargs -P "$(nproc)" -n 2 bash compile.sh || exit 1
fi

keep=" kernels.json "
changed=${#missing[@]}
for name in "${names[@]}"; do
  keep+="$name.fatbin "
  [ -f "$out/$name.fatbin" ] || { cp "$cache/$name.fatbin" "$out/"; changed=1; }
done
for file in "$out"/*.fatbin; do
  [[ "$keep" == *" ${file##*/} "* ]] || { rm -f "$file"; changed=1; }
done
if [ "$changed" = 0 ] && [ -f "$out/kernels.json" ]; then exit 0; fi

for file in "$cache"/*.fatbin; do
  [[ "$keep" == *" ${file##*/} "* ]] || rm -f "${file%.fatbin}".{fatbin,json}
done
{
  printf '{\n  "compiler": "%s",\n  "architectures": [%s"compute_%s"],\n  "fatbins": [' "$compiler" "$(printf '"sm_%s", ' $architectures)" "$ptx"
  comma=""
  for name in "${names[@]}"; do
    printf '%s\n' "$comma"
    cat "$cache/$name.json"
    comma=,
  done
  printf '  ]\n}\n'
} >"$cache/kernels.json"
mv "$cache/kernels.json" "$out/kernels.json"
echo "ionforge: $(grep -o '"name": "[^"]*"' "$out/kernels.json" | sort -u | wc -l) kernels for $(echo $architectures | wc -w) architectures," \
  "$((${#missing[@]} / 2)) of ${#names[@]} files compiled, $(cat "$out"/*.fatbin | wc -c) bytes"
