#!/usr/bin/env bash
# Tries the image: image_test.sh
#
# With podman, packaging/Containerfile is built from dist/ and tried without a network. Elsewhere its
# root file system is made with mmdebstrap by the same steps, and tried in a chroot: no network but
# what is inside, a read-only root, no Deno, an ordinary user. The program in it is then the stand-in
# of packaging/stand_in.ts, unless STACKBENCH_BINARY names a binary that runs by itself. Where neither
# can be done, this says so and ends with 0.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
skip() { echo "skipped: $1"; exit 0; }

if command -v podman >/dev/null; then
  cd "$root"
  podman build --quiet --file packaging/Containerfile --target cpu --tag stackbench:test . >/dev/null
  data=$(mktemp -d)
  chmod 777 "$data"
  STACKBENCH_SMOKE_FOLDER=$data exec packaging/smoke.sh podman run --rm --network=none --read-only \
    --tmpfs /tmp --volume "$data:/data" stackbench:test
fi

[ "$(id -u)" = 0 ] || skip "neither podman nor root is here"
command -v mmdebstrap >/dev/null || apt-get install -y -qq --no-install-recommends mmdebstrap \
  >/dev/null 2>&1 || skip "neither podman nor mmdebstrap can be had here"
unshare --net --mount true 2>/dev/null || skip "namespaces cannot be made here"

work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
chmod 755 "$work"
tree=$work/tree
mmdebstrap --quiet --variant=minbase --include=libgomp1 bookworm "$tree" >/dev/null 2>"$work/log" ||
  { tail -n 3 "$work/log"; skip "Debian's packages cannot be had here"; }

if [ -n "${STACKBENCH_BINARY:-}" ]; then
  install -D "$STACKBENCH_BINARY" "$tree/opt/stackbench/stackbench"
else
  DENORT_BIN=$(deno eval 'console.log(Deno.execPath())')
  export DENORT_BIN
  (cd "$root" && deno task --quiet compile --image --out "$work/dist" >/dev/null)
  mkdir -p "$tree/opt"
  deno run --quiet -A "$root/packaging/stand_in.ts" "$work"/dist/stackbench-*-gnu "$tree/opt/stackbench"
fi
# where `setup` put it, as the stage `fetch` of the Containerfile does; the stand-in looks beside its
# runtime as a binary does beside itself
library=$(cd "$root" && deno eval --quiet 'import { requireLibrary } from "./src/platform/mod.ts";
  console.log(requireLibrary("onednn").path);')
cp -L "$library" "$tree/opt/stackbench/libdnnl.so.3"
ln -s /opt/stackbench/stackbench "$tree/usr/local/bin/stackbench"
mkdir -p "$tree/data" "$work/data"
chown 10001:10001 "$work/data"

cat >"$work/inside" <<END
#!/bin/sh
set -e
mount --bind "$tree" "$tree"
mount --bind "$work/data" "$tree/data"
mount -t proc proc "$tree/proc"
mount --bind /dev "$tree/dev"
mount -t tmpfs tmpfs "$tree/tmp"
mount -o remount,bind,ro "$tree"
exec chroot --userspec=10001:10001 "$tree" /usr/bin/env -i PATH=/usr/local/bin:/usr/bin:/bin \
  HOME=/nonexistent XDG_CACHE_HOME=/tmp/cache NO_COLOR=1 OMP_NUM_THREADS=${OMP_NUM_THREADS:-1} \
  sh -c 'cd /data && exec stackbench "\$@"' stackbench "\$@"
END
chmod 755 "$work/inside"
STACKBENCH_SMOKE_FOLDER=$work/data STACKBENCH_SMOKE_BACKEND=onednn \
  "$root/packaging/smoke.sh" unshare --net --mount --pid --fork "$work/inside"
