#!/usr/bin/env bash
# Packs what benchmarks/gpu_check.ts needs on a machine where nothing can be downloaded: Deno, with
# xz, and the npm packages, into .gpu/ of this checkout, which git ignores. Carry .gpu/ there with the
# checkout, and run: .gpu/run --out gpu-check.json
set -euo pipefail
cd "$(dirname "$0")/../.."
rm -rf .gpu
mkdir -p .gpu/cache
deno=$(deno eval 'Deno.stdout.writeSync(new TextEncoder().encode(Deno.execPath()))')
xz --threads=0 -6 --stdout "$deno" >.gpu/deno.xz
DENO_DIR=$PWD/.gpu/cache deno cache --quiet benchmarks/gpu_check.ts benchmarks/gpu/worker.ts \
  tests/backend_suite_test.ts tests/golden_test.ts
# whatever is locked must be there, and nothing else is needed
tar --create --directory=.gpu --exclude=gen --exclude='*_cache_v*' cache |
  xz --threads=0 -6 >.gpu/cache.tar.xz
rm -rf .gpu/cache
cat >.gpu/run <<'RUN'
#!/usr/bin/env bash
# Unpacks what was not unpacked yet, and checks this machine.
set -euo pipefail
gpu=$(cd "$(dirname "$0")" && pwd)
[ -d "$gpu/cache" ] || xz --decompress --stdout "$gpu/cache.tar.xz" | tar --extract --directory="$gpu"
[ -x "$gpu/deno" ] || { xz --decompress --stdout "$gpu/deno.xz" >"$gpu/deno" && chmod +x "$gpu/deno"; }
export DENO_DIR=$gpu/cache
exec "$gpu/deno" run -A --quiet --cached-only --no-check "$gpu/../benchmarks/gpu_check.ts" "$@"
RUN
chmod +x .gpu/run
du -sh .gpu
