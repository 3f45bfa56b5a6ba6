#!/usr/bin/env bash
# Shares a run of Stackbench out to the tasks of a Slurm array, and merges what they made.
#
#   examples/scale/slurm/submit.sh SHARDS OUT [OPTIONS OF stackbench run...]
#
# OUT and what the options name must lie on a disk that all nodes see. STACKBENCH is the program
# (default: stackbench); SBATCH_OPTIONS goes to sbatch, such as "--partition=gpu --gres=gpu:1".
set -euo pipefail

if [ $# -lt 2 ]; then
  sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
shards=$1 out=$(realpath -m "$2")
shift 2
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$out/logs"

# what shards make goes by their number, so that a task can be started again at any time
array=$(sbatch --parsable --array="1-$shards" --output="$out/logs/shard-%a.log" \
  ${SBATCH_OPTIONS:-} "$here/shard.sbatch" "$shards" "$out" "$@")
merge=$(sbatch --parsable --dependency="afterok:$array" --kill-on-invalid-dep=yes \
  --output="$out/logs/merge.log" ${SBATCH_OPTIONS:-} "$here/merge.sbatch" "$out")
echo "array $array, then merge $merge, which writes $out/result.json"
