import assert from "node:assert/strict";
import { join } from "node:path";
import { zipSync } from "fflate";
import { InputError } from "../base/errors.ts";
import {
  cpuFacts,
  doctorReport,
  machineMemory,
  peakMemory,
  residentMemory,
  searchLibrary,
  toolFacts,
} from "./mod.ts";
import { elf } from "./testing.ts";
import { entryOfWheel } from "./wheel.ts";

Deno.test("a library is taken from where the environment says, and from nowhere else then", () => {
  const folder = Deno.makeTempDirSync();
  try {
    const path = join(folder, "libdnnl.so.3");
    Deno.writeFileSync(path, elf());
    const places = [{ where: "a place that has one", folder }];
    const named = (file: string) =>
      searchLibrary(
        "onednn",
        places,
        (name) => name === "STACKBENCH_ONEDNN" ? join(folder, file) : undefined,
      );
    assert.deepEqual(named("libdnnl.so.3").found, { path, where: "STACKBENCH_ONEDNN" });
    assert.match(named("typing-mistake").problem ?? "", /names a file that cannot be read/);
    if (Deno.build.os === "linux") {
      Deno.writeFileSync(join(folder, "cut.so"), elf().subarray(0, 200));
      assert.match(named("cut.so").problem ?? "", /cannot be loaded: it is cut short/);
    }
    if (Deno.build.os === "linux") {
      assert.match(named("libdnnl.so.2").problem ?? "", /names libdnnl\.so\.2, but oneDNN 3/);
    }
  } finally {
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

Deno.test({
  name: "the first place wins; version 2, unfinished downloads and dangling links are passed over" +
    (Deno.build.os === "linux" ? "" : " (skipped: the file names are Linux's)"),
  ignore: Deno.build.os !== "linux",
  fn() {
    const root = Deno.makeTempDirSync();
    try {
      const places = ["a", "b", "c"].map((where) => ({ where, folder: join(root, where) }));
      const write = (where: string, name: string) => {
        Deno.mkdirSync(join(root, where), { recursive: true });
        Deno.writeFileSync(join(root, where, name), elf());
      };
      const search = () => searchLibrary("onednn", places, () => undefined);
      assert.match(search().problem ?? "", /^oneDNN 3\.x was not found$/);
      write("b", "libdnnl.so.2");
      write("b", "libdnnl.so.3.2.tmp");
      Deno.symlinkSync("nowhere", join(root, "b", "libdnnl.so.3"));
      assert.match(search().problem ?? "", /only libdnnl\.so\.2, whose interface differs/);
      write("c", "libdnnl.so.3");
      assert.equal(search().found?.path, join(root, "c", "libdnnl.so.3"));
      write("b", "libdnnl.so.3.4");
      assert.deepEqual(search().found, { path: join(root, "b", "libdnnl.so.3.4"), where: "b" });
    } finally {
      Deno.removeSync(root, { recursive: true });
    }
  },
});

Deno.test("the peak of memory holds what was touched", () => {
  const block = new Uint8Array(64 << 20).fill(1);
  assert.ok(peakMemory()! >= block.length && residentMemory() > 0 && block[1] === 1);
});

Deno.test("the doctor is unwell when a backend is, and passes its advice on", () => {
  const report = doctorReport([
    { name: "x", available: false, detail: "no x", advice: "get x" },
    { name: "y", available: true, detail: "y 1.0" },
  ]);
  assert.equal(report.healthy, false);
  assert.deepEqual(report.checks.slice(-2), [
    { name: "backend x", state: "missing", detail: "no x", advice: "get x" },
    { name: "backend y", state: "ok", detail: "y 1.0", advice: null },
  ]);
});

Deno.test("without any permission facts are null and searches find nothing; nothing throws", async () => {
  const module = new URL("mod.ts", import.meta.url).href;
  const script = `
    import { cpuFacts, doctorReport, findLibrary, machineMemory, peakMemory, resetPeakMemory }
      from ${JSON.stringify(module)};
    const { model, generation, instructionSets } = cpuFacts();
    const healthy = doctorReport([]).healthy;
    const seen = [model, generation, instructionSets, machineMemory(), findLibrary("onednn"),
      resetPeakMemory(), healthy, peakMemory() > 0];
    Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(seen)));
  `;
  const folder = Deno.makeTempDirSync();
  try {
    const file = join(folder, "script.ts");
    Deno.writeTextFileSync(file, script);
    const config = new URL("../../deno.json", import.meta.url).pathname;
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--quiet", "--no-check", "--no-lock", "--config", config, file],
    }).output();
    const seen = new TextDecoder().decode(stdout);
    assert.equal(
      seen,
      "[null,null,null,null,null,false,false,true]",
      new TextDecoder().decode(stderr),
    );
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
