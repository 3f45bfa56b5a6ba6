#!/usr/bin/env bash
# Packs what benchmarks/gpu_check.ts needs on a machine where nothing can be downloaded: Deno and the
# npm packages, into .gpu/ of this checkout, which git ignores, with the commit that they are of. Carry
# .gpu/ there with the checkout, and run: .gpu/run --out gpu-check.json
set -euo pipefail
cd "$(dirname "$0")/../.."
rm -rf .gpu
mkdir -p .gpu/cache
deno=$(deno eval 'Deno.stdout.writeSync(new TextEncoder().encode(Deno.execPath()))')
xz --threads=1 -6 --stdout "$deno" >.gpu/deno.xz
DENO_DIR=$PWD/.gpu/cache deno cache --quiet benchmarks/gpu_check.ts benchmarks/gpu/worker.ts \
  tests/backend_suite_test.ts tests/golden_test.ts
# whatever is locked must be there, and nothing else is needed
tar --create --directory=.gpu --exclude=gen --exclude='*_cache_v*' cache |
  xz --threads=1 -6 >.gpu/cache.tar.xz
rm -rf .gpu/cache
{ git rev-parse HEAD && git diff --quiet HEAD || echo -dirty; } | tr --delete '\n' >.gpu/commit
cat >.gpu/run <<'RUN'
#!/usr/bin/env bash
# Unpacks what was not unpacked yet, and checks this machine.
set -euo pipefail
gpu=$(cd "$(dirname "$0")" && pwd)
unpack() {
  if command -v xz >/dev/null; then xz --decompress --stdout "$1"
  else python3 -c 'import lzma, shutil, sys; shutil.copyfileobj(lzma.open(sys.argv[1]), sys.stdout.buffer)' "$1"
  fi
}
[ -d "$gpu/cache" ] || unpack "$gpu/cache.tar.xz" | tar --extract --directory="$gpu"
[ -x "$gpu/deno" ] || { unpack "$gpu/deno.xz" >"$gpu/deno" && chmod +x "$gpu/deno"; }
export DENO_DIR=$gpu/cache
exec "$gpu/deno" run -A --quiet --cached-only --no-check "$gpu/../benchmarks/gpu_check.ts" "$@"
RUN
chmod +x .gpu/run
# what is carried, the checkout included, has a limit where machines are lent
most=$((64 << 20))
bytes=$({ git ls-files -z --cached --others --exclude-standard && printf '.gpu/%s\0' deno.xz cache.tar.xz; } |
  du --files0-from=- --bytes --total | tail -1 | cut -f1)
echo ".gpu and the checkout: $bytes bytes"
if [ "$bytes" -gt "$most" ]; then
  echo "error: more than the $most bytes that can be carried" >&2
  exit 1
fi
