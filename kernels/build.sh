#!/usr/bin/env bash
# Compiles kernels/*.cu into one fatbin (machine code for each architecture below, PTX for what follows) and writes what ptxas
# says about every kernel into kernels.json beside it. The fatbin's name has the hash of sources, flags and compiler, so that a
# stale one cannot load. A kernel that spills registers or needs a stack frame fails the build, unless its file says
#   // may use a stack frame: KERNEL: REASON
# Without nvcc the build says so and goes on without CUDA. usage: kernels/build.sh FOLDER
set -euo pipefail
out=$(realpath -m "$1")
cd "$(dirname "$0")"

architectures="80 86 89 90a 100 120"
ptx=80
flags=(-std=c++20 -O3 -lineinfo -Xptxas -v -Wno-deprecated-gpu-targets)
for a in $architectures; do flags+=(-gencode "arch=compute_$a,code=sm_$a"); done
flags+=(-gencode "arch=compute_$ptx,code=compute_$ptx")

mkdir -p "$out"
nvcc=$(command -v nvcc || ls /usr/local/cuda/bin/nvcc 2>/dev/null || true)
if [ -z "$nvcc" ]; then
  rm -f "$out"/kernels-*.fatbin "$out/kernels.json"
  echo "ionforge: nvcc is missing (CUDA toolkit 13, developer.nvidia.com/cuda-downloads): building without CUDA"
  exit 0
fi
compiler=$("$nvcc" --version | sed -n 's/.*release .*, V//p')
hash=$({ sha256sum ./*.cu ./*.cuh build.sh; echo "$compiler ${flags[*]}"; } | sha256sum | cut -c1-16)
fatbin=kernels-$hash.fatbin
if [ -f "$out/$fatbin" ] && [ -f "$out/kernels.json" ]; then exit 0; fi
rm -f "$out"/kernels-*.fatbin "$out/kernels.json"

# One translation unit; each file in a namespace of its own, so that two may have helpers of the same name.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
{
  echo '#include "portable.cuh"'
  for file in *.cu; do
    printf 'namespace %s {\n#include "%s"\n}\n' "${file%.cu}" "$PWD/$file"
  done
} >"$work/kernels.cu"
if ! "$nvcc" -I. "${flags[@]}" --fatbin --keep --keep-dir "$work" -o "$work/$fatbin" "$work/kernels.cu" >"$work/log" 2>&1; then
  grep -v '^ptxas info' "$work/log" >&2
  echo "ionforge: the kernels do not compile" >&2
  exit 1
fi
grep -E 'warning' "$work/log" >&2 || true

# One line for each kernel and architecture: name, sm, registers, static shared, stack, spills.
awk '
  /Compiling entry function/ { split($0, q, "\047"); name = q[2]; sm = q[4]; stack = 0; spill = 0 }
  /bytes stack frame/        { stack += $1; spill += $5 + $9 }  # of the kernel and of functions it calls
  /Used [0-9]+ registers/    {
    shared = 0
    for (i = 2; i <= NF; i++) { if ($i == "registers,") registers = $(i - 1); if ($i ~ /^smem/) shared = $(i - 2) }
    print name, sm, registers, shared, stack, spill
  }' "$work/log" >"$work/kernels.txt"
# Launch bounds, from the PTX: name, most threads of a block.
awk '
  /\.entry/   { name = $0; sub(/.*\.entry /, "", name); sub(/\(.*/, "", name) }
  /\.maxntid/ { print name, $2 + 0 }' "$work"/*compute_$ptx*.ptx >"$work/bounds.txt" 2>/dev/null || true

sed -n 's|^// may use a stack frame: \([a-z0-9_]*\): ..*|\1|p' ./*.cu >"$work/exempt.txt"
awk -v exempt="$work/exempt.txt" '
  BEGIN { while ((getline line < exempt) > 0) allowed[line] = 1 }
  ($5 > 0 || $6 > 0) && !($1 in allowed) {
    printf "ionforge: kernel %s on %s has a stack frame of %d bytes and %d bytes of spills\n", $1, $2, $5, $6; bad = 1
  }
  $4 > 49152 { printf "ionforge: kernel %s on %s declares %d bytes of shared memory; 49152 is the limit\n", $1, $2, $4; bad = 1 }
  END { exit bad }' "$work/kernels.txt" >&2 || exit 1

awk -v bounds="$work/bounds.txt" -v fatbin="$fatbin" -v compiler="$compiler" -v list="$architectures" -v ptx="$ptx" '
  BEGIN {
    while ((getline line < bounds) > 0) { split(line, b, " "); most[b[1]] = b[2] }
    printf "{\n  \"fatbin\": \"%s\",\n  \"compiler\": \"%s\",\n  \"architectures\": [", fatbin, compiler
    n = split(list, a, " ")
    for (i = 1; i <= n; i++) printf "\"sm_%s\", ", a[i]
    printf "\"compute_%s\"],\n  \"kernels\": [", ptx
  }
  {
    printf "%s\n    {\"name\": \"%s\", \"architecture\": \"%s\", \"registers\": %d, \"sharedBytes\": %d, \"stackBytes\": %d, \"spillBytes\": %d, \"maxThreads\": %d}",
      (NR > 1 ? "," : ""), $1, $2, $3, $4, $5, $6, ($1 in most ? most[$1] : 1024)
  }
  END { print "\n  ]\n}" }' "$work/kernels.txt" >"$work/kernels.json"
mv "$work/$fatbin" "$work/kernels.json" "$out/"
echo "ionforge: $(cut -d' ' -f1 "$work/kernels.txt" | sort -u | wc -l) kernels for $(echo $architectures | wc -w) architectures, $(stat -c %s "$out/$fatbin") bytes"
