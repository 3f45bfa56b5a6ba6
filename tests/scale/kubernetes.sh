#!/usr/bin/env bash
# Validates the Jobs of examples/scale/kubernetes against the published schema of the API of
# Kubernetes, which the PyPI package kubernetes-validate carries. Where that cannot be had, this says
# so and ends with 0.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
version=1.37.0

venv=${STACKBENCH_TEST_VENV:-$(mktemp -d)}
[ -n "${STACKBENCH_TEST_VENV:-}" ] || trap 'rm -rf "$venv"' EXIT
if ! "$venv/bin/kubernetes-validate" --help >/dev/null 2>&1; then
  python3 -m venv "$venv" && "$venv/bin/pip" install --quiet "kubernetes-validate==$version" ||
    { echo "skipped: kubernetes-validate cannot be installed here"; exit 0; }
fi
for job in "$root"/examples/scale/kubernetes/*.yaml; do
  "$venv/bin/kubernetes-validate" --strict "$job"
done
# a field that no Job has must be found, or nothing was checked
sed 's/backoffLimitPerIndex/backoffLimitPerindex/' "$root/examples/scale/kubernetes/shards.yaml" \
  >"$venv/wrong.yaml"
if "$venv/bin/kubernetes-validate" --strict "$venv/wrong.yaml" >/dev/null 2>&1; then
  echo "a misspelt field was not found"
  exit 1
fi
echo "Kubernetes: the Jobs are legal by the schema of $version"
