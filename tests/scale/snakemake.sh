#!/usr/bin/env bash
# Runs examples/scale/snakemake over eight phantoms, two jobs at a time, of which one is killed at
# first, and compares the merged results with those of a single run. Snakemake comes from PyPI; where
# it cannot be had, this says so and ends with 0.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
version=9.27.1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
venv=${STACKBENCH_TEST_VENV:-$work/venv}
if ! "$venv/bin/snakemake" --version >/dev/null 2>&1; then
  python3 -m venv "$venv" && "$venv/bin/pip" install --quiet "snakemake==$version" ||
    { echo "skipped: Snakemake cannot be installed here"; exit 0; }
fi

# the program as a user has it, but that the third shard is killed the first time
cat >"$work/stackbench" <<END
#!/bin/sh
case "\$*" in
  *"--shard 3/8"*) [ -e "$work/killed" ] || { touch "$work/killed"; kill -KILL \$\$; } ;;
esac
exec deno run --quiet -A "$root/src/cli/main.ts" "\$@"
END
chmod +x "$work/stackbench"
suite=$root/examples/scale/eight-phantoms.json
OMP_NUM_THREADS=1 "$work/stackbench" run --suite "$suite" --out "$work/whole" --quiet >/dev/null
cd "$work"
PATH="$venv/bin:$PATH" XDG_CACHE_HOME=$work "$venv/bin/snakemake" --quiet all --cores 2 \
  --snakefile "$root/examples/scale/snakemake/Snakefile" \
  --config out=shared stackbench="$work/stackbench" args="--suite $suite" >"$work/log" 2>&1 ||
  { tail -n 30 "$work/log"; exit 1; }
[ -e "$work/killed" ] || { echo "no job was killed"; exit 1; }
deno run --quiet --allow-read "$root/tests/scale/same_results.ts" \
  "$work/whole/result.json" "$work/shared/result.json"
echo "Snakemake: eight shards, one killed and tried again, merge to the results of the single run"
