#!/usr/bin/env bash
# Tries a program of Stackbench as its user would, in an empty folder: smoke.sh PROGRAM [ARGUMENT...]
# where PROGRAM with its arguments stands before each command, such as "podman run IMAGE".
# STACKBENCH_SMOKE_BACKEND is the backend that must run (default: whatever auto chooses).
set -euo pipefail
folder=${STACKBENCH_SMOKE_FOLDER:-$(mktemp -d)}
cd "$folder"
run() {
  echo "stackbench ${*:1}"
  "${program[@]}" "$@"
}
program=("$@")

version=$(run --version | tail -n 1)
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || { echo "--version says: $version"; exit 1; }
run doctor | grep -E "commit [0-9a-f]{40}" || { echo "doctor names no commit"; exit 1; }
run models | grep -F "206,185,805" || { echo "models does not list V-Net"; exit 1; }
run data phantom --scans 2 --shape 16x64x64 --format dicom --out scans --quiet >/dev/null
run data phantom --scans 2 --shape 16x128x128 --out volumes --quiet >/dev/null
run inspect scans/images/p001-1 | grep -F "x 64 x 64 (z, y, x)" || { echo "inspect reads no DICOM"; exit 1; }
backend=${STACKBENCH_SMOKE_BACKEND:-auto}
common=(run --data volumes/manifest.json --backend "$backend" --quiet)
for shard in 1/2 2/2; do run "${common[@]}" --shard "$shard" --out shared >/dev/null; done
run merge shared --quiet | grep -E "unet:small" || { echo "merge tells of no model"; exit 1; }
run report shared/result.json --out told --quiet >/dev/null
[ -s told/report.md ] || { echo "report wrote nothing"; exit 1; }
echo "it works: version $version"
