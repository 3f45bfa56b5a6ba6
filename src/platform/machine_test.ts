import assert from "node:assert/strict";
import { cpuTimes, cpuTimesOf } from "./activity.ts";
import { elfProblem, loadProblem } from "./shared_object.ts";
import { elf, MACHINE } from "./testing.ts";

Deno.test("processor times count the cores that are ours, and stolen time apart", () => {
  const stat = `cpu  400 0 0 400 0 0 0 0 0 0
cpu0 100 10 20 300 5 1 2 50 0 0
cpu1 100 0 0 100 0 0 0 0 0 0
cpu2 200 0 0 0 0 0 0 0 0 0
intr 12345
`;
  assert.deepEqual(cpuTimesOf(stat, new Set([0, 1]), 1, null), {
    busy: 2.33,
    stolen: 0.5,
    own: 1,
    total: 1.33 + 3.05 + 0.5 + 2,
    megahertz: null,
  });
  assert.equal(cpuTimesOf(stat, new Set([7]), 1, null), null);
});

Deno.test({
  name: "processor times of this machine are told under the permissions of the tasks",
  ignore: Deno.build.os !== "linux",
  fn() {
    const before = cpuTimes()!;
    let after = before;
    // it ends: what spins gets its share, however busy the machine is
    while (after.own - before.own < 0.03) after = cpuTimes()!;
    assert.ok(after.total > before.total);
    assert.ok(after.busy > before.busy);
  },
});

Deno.test("a library that cannot be loaded is told before the loader ends the process", () => {
  const problem = (bytes: Uint8Array<ArrayBuffer>, size = bytes.length) =>
    elfProblem(
      bytes.slice(0, Math.min(64, size)),
      size,
      (at, length) => bytes.slice(at, Math.min(at + length, size)),
      "x86_64",
    );
  assert.equal(problem(elf(MACHINE.x86_64)), null);
  assert.match(problem(elf(MACHINE.x86_64), 219)!, /cut short: 219 of 220 bytes/);
  assert.match(problem(elf(MACHINE.x86_64), 70)!, /cut short: 70 of 120 bytes/);
  assert.match(problem(elf(MACHINE.x86_64), 20)!, /within its header/);
  assert.match(problem(elf(MACHINE.aarch64))!, /built for aarch64, and this machine is x86_64/);
  assert.match(problem(elf(3, 1))!, /built for 32-bit x86/);
  assert.equal(problem(new Uint8Array(0)), "it is empty");
  assert.match(problem(new TextEncoder().encode("<html>".repeat(20)))!, /no shared library/);
  assert.equal(loadProblem("/nowhere/libdnnl.so.3"), null);
});
