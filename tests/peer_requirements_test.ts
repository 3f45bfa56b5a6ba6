/** Every Python script names what it needs, and is tried. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { TRIALS } from "../benchmarks/peers/try_all.ts";

const ROOT = join(import.meta.dirname!, "..");

/** Prints, as JSON, the modules that scripts import which are neither Python's own nor ours. */
const IMPORTS = `
import ast, json, pathlib, sys
own = set(sys.stdlib_module_names) | {"__future__"}
found = {}
paths = [path for folder in sys.argv[1:] for path in sorted(pathlib.Path(folder).rglob("*.py"))]
ours = {part for path in paths for part in [path.stem, *path.parent.parts]}
for path in paths:
    for node in ast.walk(ast.parse(path.read_text())):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else (
            [node.module] if isinstance(node, ast.ImportFrom) and node.level == 0 else [])
        for name in names:
            top = name.split(".")[0]
            if top not in own and top not in ours:
                found.setdefault(top, str(path))
json.dump(found, sys.stdout)
`;

/** Modules that have another name than their package. */
const PACKAGES: Readonly<Record<string, string>> = {
  surface_distance: "surface-distance",
  rle: "pylibjpeg-rle",
};

/** Modules of the checkout's neighbour, the models in PyTorch: `--models` says where they are. */
const BESIDE = new Set(["vnet", "unet_xception_cbam", "ops"]);

const python = (() => {
  try {
    return new Deno.Command("python3", { args: ["--version"], stdout: "null" }).outputSync()
      .success;
  } catch {
    return false;
  }
})();

Deno.test({
  name: "each import of a Python script is in a list of requirements" +
    (python ? "" : " (skipped: no python3)"),
  ignore: !python,
  fn() {
    const { success, stdout, stderr } = new Deno.Command("python3", {
      args: ["-c", IMPORTS, "benchmarks", "fixtures"],
      cwd: ROOT,
    }).outputSync();
    assert.ok(success, new TextDecoder().decode(stderr));
    const imports: Record<string, string> = JSON.parse(new TextDecoder().decode(stdout));
    const lists = ["peers/requirements.txt", "peers/requirements-checks.txt"];
    const listed = [...lists, "int8/requirements.txt"].flatMap((name) =>
      Deno.readTextFileSync(join(ROOT, "benchmarks", name)).split("\n")
        .flatMap((line) => /^([A-Za-z0-9._-]+)==/.exec(line)?.[1].toLowerCase() ?? [])
    );
    assert.ok(Object.keys(imports).length > 5);
    for (const [module, path] of Object.entries(imports)) {
      if (BESIDE.has(module)) continue;
      const wanted = (PACKAGES[module] ?? module).toLowerCase();
      assert.ok(listed.includes(wanted), `${path} imports ${module}, which no list names`);
    }
  },
});

Deno.test("each script beside the peers is tried by `deno task peers`, itself or by one that starts it", () => {
  const folder = join(ROOT, "benchmarks", "peers");
  const scripts = [...Deno.readDirSync(folder)].map(({ name }) => name).sort()
    .filter((name) => name.endsWith(".py"));
  const textOf = (path: string) => Deno.readTextFileSync(join(folder, path));
  const started = scripts.filter((name) => /sys\.argv|__name__ == "__main__"/.test(textOf(name)));
  const tried = new Set(TRIALS.map(({ script }) => script));
  const starting = [...tried].map(textOf).concat(textOf("comparison/contest.py")).join("\n");
  assert.ok(started.length > 10);
  for (const name of started) {
    const names = [name, JSON.stringify(name.slice(0, -".py".length))];
    const starts = tried.has(name) || names.some((one) => starting.includes(one));
    assert.ok(starts, `${name} is tried by nothing`);
  }
  for (const name of tried) assert.ok(scripts.includes(name), `there is no ${name}`);
});
