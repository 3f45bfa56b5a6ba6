#!/usr/bin/env bash
# Runs a real Slurm on this machine alone: the array of examples/scale/slurm over eight phantoms, of
# which one task is killed, and its merge, whose results must be those of a single run.
#
# Debian's slurmctld, slurmd, slurm-client and munge are installed where they are missing; where
# that cannot be done, this says so and ends with 0.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
programs="slurmctld slurmd sbatch munged"

absent() { for program in $programs; do command -v "$program" >/dev/null || return 0; done; return 1; }
skip() { echo "skipped: $1"; exit 0; }
[ "$(id -u)" = 0 ] || skip "Slurm's daemons are started by root"
if absent; then
  apt-get install -y -qq --no-install-recommends slurmctld slurmd slurm-client munge \
    >/dev/null 2>&1 || skip "Slurm cannot be installed here"
fi

work=$(mktemp -d)
pids=()
end() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap end EXIT
node=$(hostname -s)
export SLURM_CONF=$work/slurm.conf
mkdir -p "$work/state" "$work/spool" "$work/munge"
chmod 755 "$work"
chmod 700 "$work/munge"
dd if=/dev/urandom of="$work/munge/key" bs=1024 count=1 status=none
chmod 400 "$work/munge/key"
cat >"$SLURM_CONF" <<END
ClusterName=one
SlurmctldHost=$node(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge/socket,cred_expire=5
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldPort=16817
SlurmdPort=16818
ReturnToService=2
MinJobAge=3600
NodeName=$node NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=$node Default=YES MaxTime=INFINITE State=UP
END

munged --foreground --force --socket="$work/munge/socket" --key-file="$work/munge/key" \
  --pid-file="$work/munge/pid" --seed-file="$work/munge/seed" --log-file="$work/munge/log" >/dev/null 2>&1 &
pids+=($!)
for _ in $(seq 50); do [ -S "$work/munge/socket" ] && break; sleep 0.1; done
slurmctld -D -i >"$work/slurmctld.log" 2>&1 &
pids+=($!)
slurmd -D >"$work/slurmd.log" 2>&1 &
pids+=($!)
for _ in $(seq 60); do
  [ "$(sinfo -h -o %T 2>/dev/null)" = idle ] && break
  sleep 1
done
[ "$(sinfo -h -o %T)" = idle ] || { tail -n 20 "$work"/*.log; echo "Slurm did not start"; exit 1; }

# the program as a user has it: one command
cat >"$work/stackbench" <<END
#!/bin/sh
exec deno run --quiet -A "$root/src/cli/main.ts" "\$@"
END
chmod +x "$work/stackbench"
export STACKBENCH=$work/stackbench
suite=$root/examples/scale/eight-phantoms.json
OMP_NUM_THREADS=1 "$STACKBENCH" run --suite "$suite" --out "$work/whole" --quiet >/dev/null

out=$work/shared
said=$("$root/examples/scale/slurm/submit.sh" 8 "$out" --suite "$suite")
echo "$said"
array=$(sed -E 's/array ([0-9]+).*/\1/' <<<"$said")
merge=$(sed -E 's/.*merge ([0-9]+).*/\1/' <<<"$said")

# the first process of the third task that is found is killed, as a machine without memory would
killed=
for _ in $(seq 600); do
  for pid in $(pgrep -f "main.ts run --shards 8 .*--out $out" || true); do
    if tr '\0' '\n' <"/proc/$pid/environ" 2>/dev/null | grep -qx SLURM_ARRAY_TASK_ID=3; then
      kill -KILL "$pid" && killed=$pid && break 2
    fi
  done
  sleep 0.1
done
[ -n "$killed" ] || { echo "task 3 was never seen"; exit 1; }
echo "killed task 3 of array $array"

state() { scontrol show job "$merge" 2>/dev/null | sed -nE 's/.*JobState=(\w+).*/\1/p'; }
for _ in $(seq 600); do
  case "$(state)" in COMPLETED | FAILED | CANCELLED | TIMEOUT) break ;; esac
  sleep 1
done
[ "$(state)" = COMPLETED ] || {
  squeue; tail -n 5 "$out"/logs/*.log; echo "the merge ended as: $(state)"; exit 1
}
grep -q "ended by signal 9: queued again" "$out/logs/shard-3.log" ||
  { cat "$out/logs/shard-3.log"; echo "task 3 was not queued again"; exit 1; }
deno run --quiet --allow-read "$root/tests/scale/same_results.ts" \
  "$work/whole/result.json" "$out/result.json"
echo "Slurm: eight shards, one killed and queued again, merge to the results of the single run"
