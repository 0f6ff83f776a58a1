#!/usr/bin/env bash
# Compiles one kernel file for build.sh, which sets nvcc, architectures, ptx and flags: NAME.fatbin, and NAME.json with what ptxas
# said of its kernels. Fails where a kernel does not fit an architecture. usage: compile.sh FILE NAME
set -euo pipefail
file=$1
name=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

only=$(sed -n 's|^// only for: ||p' "$file")
targets=${only:-$architectures}
codes=()
for a in $targets; do codes+=(-gencode "arch=compute_$a,code=sm_$a"); done
if [ -z "$only" ]; then codes+=(-gencode "arch=compute_$ptx,code=compute_$ptx"); fi

# shellcheck disable=SC2086  # flags is a list
if ! "$nvcc" -I. $flags "${codes[@]}" --fatbin --keep --keep-dir "$work" -o "$work/fatbin" "$file" >"$work/log" 2>&1; then
  grep -v '^ptxas info' "$work/log" >&2
  echo "ionforge: $file does not compile" >&2
  exit 255 # xargs starts no more
fi
grep -E 'warning' "$work/log" >&2 || true
if grep 'Potential Performance Loss' "$work/log" >&2; then
  echo "ionforge: $file: ptxas makes the products of a warpgroup wait for each other" >&2
  exit 255
fi

# One line for each kernel and architecture: name, sm, registers, static shared, stack, spills.
awk '
  /Compiling entry function/ { split($0, q, "\047"); name = q[2]; sm = q[4]; stack = 0; spill = 0 }
  /bytes stack frame/        { stack += $1; spill += $5 + $9 }  # of the kernel and of functions it calls
  /Used [0-9]+ registers/    {
    shared = 0
    for (i = 2; i <= NF; i++) { if ($i == "registers,") registers = $(i - 1); if ($i ~ /^smem/) shared = $(i - 2) }
    print name, sm, registers, shared, stack, spill
  }' "$work/log" >"$work/kernels.txt"
# From the PTX: the most threads of a block, and the most dynamic shared memory.
awk '
  /\.entry/                      { name = $0; sub(/.*\.entry /, "", name); sub(/\(.*/, "", name) }
  /\.maxntid/                    { print "threads", name, $2 + 0 }
  / dynamic_shared_bytes_of_/    { name = $0; sub(/.* dynamic_shared_bytes_of_/, "", name); split(name, b, " = "); print "shared", b[1], b[2] + 0 }
  ' "$work"/*.ptx >"$work/declared.txt"
sed -n 's|^// may use a stack frame: \([a-z0-9_]*\): ..*|\1|p' "$file" >"$work/exempt.txt"

awk -v declared="$work/declared.txt" -v exempt="$work/exempt.txt" -v file="$file" -v fatbin="$(basename "$name").fatbin" \
    -v targets="$targets${only:+ -}" -v ptx="$ptx" '
  function wrong(text) { printf "ionforge: kernel %s on %s %s\n", $1, $2, text >"/dev/stderr"; bad = 1 }
  BEGIN {
    while ((getline line < exempt) > 0) allowed[line] = 1
    while ((getline line < declared) > 0) { split(line, d, " "); if (d[1] == "threads") most[d[2]] = d[3]; else dynamic[d[2]] = d[3] }
    # Shared memory that a block may opt in to.
    split("80 166912 86 101376 89 101376 90a 232448 100 232448 120 101376", pairs, " ")
    for (i = 1; i in pairs; i += 2) limit["sm_" pairs[i]] = pairs[i + 1]
    n = split(targets, a, " ")
    for (i = 1; i <= n; i++) list = list (i > 1 ? ", " : "") (a[i] == "-" ? "" : "\"sm_" a[i] "\"")
    sub(/, $/, "", list)
    if (a[n] != "-") list = list ", \"compute_" ptx "\""
    printf "    {\"file\": \"%s\", \"architectures\": [%s], \"kernels\": [", fatbin, list
  }
  {
    threads = $1 in most ? most[$1] : 1024
    registers = int(($3 + 7) / 8) * 8  # handed out to a warp by 256
    if (($5 > 0 || $6 > 0) && !($1 in allowed)) wrong("has a stack frame of " $5 " bytes and " $6 " bytes of spills")
    if (registers * threads > 65536) wrong("needs " $3 " registers for each of " threads " threads; a multiprocessor has 65536")
    if ($4 > 49152) wrong("declares " $4 " bytes of shared memory; 49152 is the limit")
    if ($4 + dynamic[$1] > limit[$2]) wrong("needs " $4 + dynamic[$1] " bytes of shared memory; " limit[$2] " is the limit there")
    printf "%s\n      {\"name\": \"%s\", \"architecture\": \"%s\", \"registers\": %d, \"sharedBytes\": %d, \"dynamicSharedBytes\": %d, \"stackBytes\": %d, \"spillBytes\": %d, \"maxThreads\": %d}",
      (NR > 1 ? "," : ""), $1, $2, $3, $4, dynamic[$1], $5, $6, threads
  }
  END {
    if (NR == 0) { print "ionforge: " file " has no kernel" >"/dev/stderr"; bad = 1 }
    print "\n    ]}"
    exit bad
  }' "$work/kernels.txt" >"$work/json" || exit 255
mv "$work/fatbin" "$name.fatbin"
mv "$work/json" "$name.json"
