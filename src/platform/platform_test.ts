import assert from "node:assert/strict";
import { join } from "node:path";
import { zipSync } from "fflate";
import { InputError } from "../base/errors.ts";
import { cpuFacts, findLibrary, machineMemory, toolFacts } from "./mod.ts";
import { entryOfWheel } from "./wheel.ts";

Deno.test("a library is taken from where the environment says, and from nowhere else then", () => {
  const folder = Deno.makeTempDirSync();
  const before = Deno.env.get("STACKBENCH_ONEDNN");
  try {
    const path = join(folder, "libdnnl.so.3");
    Deno.writeTextFileSync(path, "");
    Deno.env.set("STACKBENCH_ONEDNN", path);
    assert.deepEqual(findLibrary("onednn"), { path, where: "STACKBENCH_ONEDNN" });
    Deno.env.set("STACKBENCH_ONEDNN", join(folder, "typing-mistake"));
    assert.equal(findLibrary("onednn"), null);
  } finally {
    if (before === undefined) Deno.env.delete("STACKBENCH_ONEDNN");
    else Deno.env.set("STACKBENCH_ONEDNN", before);
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("one entry comes out of a wheel, stored or deflated, and damage is an error", () => {
  const library = new Uint8Array(5000).map((_, i) => i % 7);
  const files = { "a/__init__.py": new Uint8Array(3), "a.data/data/lib/libx.so": library };
  for (const level of [0, 6] as const) {
    const zip = new Uint8Array(zipSync(files, { level }));
    assert.deepEqual(entryOfWheel(zip, "libx.so"), library);
    assert.throws(() => entryOfWheel(zip, "liby.so"), /has no liby\.so/);
    assert.throws(() => entryOfWheel(zip.slice(0, -30), "libx.so"), InputError);
  }
});

Deno.test("facts of the machine are there or null, and name no host", () => {
  const facts = { ...cpuFacts(), ...machineMemory(), ...toolFacts() };
  assert.ok(facts.cores >= 1);
  assert.match(facts.version, /^\d+\.\d+\.\d+$/);
  assert.ok(!JSON.stringify(facts).includes(Deno.hostname()));
});
