#!/usr/bin/env bash
# Rehearses the check where there is neither a network nor a GPU: packs, copies what was packed and
# the files that git knows to a folder of their own, and runs the whole check there on the double of
# the tests, small, within a limit of time. Extra arguments go to the check.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${REHEARSAL_SECONDS:-1500}
benchmarks/gpu/pack.sh
double=$(deno eval --quiet 'const { buildDouble } = await import(`${Deno.cwd()}/tests/double.ts`);
  Deno.stdout.writeSync(new TextEncoder().encode(buildDouble().path ?? ""))')
folder=$(mktemp --directory)
trap 'rm -rf "$folder"' EXIT
git ls-files -z | tar --create --null --files-from=- | tar --extract --directory="$folder"
cp --recursive .gpu "$folder"
for key in CUDA NVRTC CUDNN NVML; do export "STACKBENCH_$key=$double"; done
timeout "$seconds" unshare --net --map-root-user \
  "$folder/.gpu/run" --tiny --minutes 20 --out "$folder/gpu-check.json" "$@"
grep --quiet '"status": "complete"' "$folder/gpu-check.json"
