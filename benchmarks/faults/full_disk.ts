/**
 * Runs commands onto disks that are too small, then makes room and goes on:
 * `deno run -A benchmarks/faults/full_disk.ts [--only run,train]`, with a report in
 * `results/full-disk.json`. The disk is a tmpfs, which root alone may mount.
 *
 * @module
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeAtomically } from "../../src/base/atomic.ts";
import { writeError } from "../../src/cli/terminal.ts";
import { contentsOf, differences } from "./contents.ts";
import { endOf, openWorkplace, startWork, type Work, type Workplace, WORKS } from "./works.ts";

/** Shares of the room that a command needs which it is given. */
const SHARES = [0, 0.25, 0.5, 0.75];

/** Room for everything, in bytes. */
const ENOUGH = 256 << 20;

/** One full disk, and what came of it. */
interface FullDisk {
  readonly command: string;
  /** KiB of the disk. */
  readonly room: number;
  /** Exit code. */
  readonly code: number;
  /** The error that was told. */
  readonly said: string;
  /** What is wrong, in words; nothing where all is well. */
  readonly faults: readonly string[];
}

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    out: { type: "string", default: join(import.meta.dirname!, "../../results/full-disk.json") },
  },
});
const only = values.only?.split(",");
const works = WORKS.filter(({ target, prints, name }) =>
  target === undefined && !prints && name !== "gate" && (only?.includes(name) ?? true)
);
using place = await openWorkplace(works.map(({ name }) => name));
const each: FullDisk[] = [];
for (const work of works) {
  work.prepare?.(place, work.name);
  await endOf(startWork(place, work, work.name));
  const whole = contentsOf(join(place.top, work.name));
  const needed = sizeOf(join(place.top, work.name));
  for (const share of SHARES) {
    const one = await onFullDisk(place, work, Math.max(1, Math.floor(share * needed / 1024)));
    const faults = [...one.faults, ...differences(one.contents, whole)];
    const { room, code, said } = one;
    writeError(`${work.name} on ${room} KiB: ${code} ${said} ${faults.join("; ")}\n`);
    each.push({ command: work.name, room, code, said, faults });
  }
}
const faulty = each.filter(({ faults }) => faults.length > 0).length;
writeAtomically(values.out, [`${JSON.stringify({ tried: each.length, faulty, each }, null, 2)}\n`]);
Deno.exitCode = faulty > 0 ? 1 : 0;

/** Runs a command onto a disk, makes room, and goes on. */
async function onFullDisk(place: Workplace, work: Work, room: number) {
  const disk = join(place.top, "disk");
  Deno.mkdirSync(disk);
  mount("-t", "tmpfs", "-o", `size=${room}k`, "tmpfs", disk);
  try {
    const out = `disk/${work.name}`;
    let ready = true;
    try {
      work.prepare?.(place, out);
    } catch {
      // no room for what it would find
      ready = false;
    }
    const ended = ready ? await endOf(startWork(place, work, out)) : null;
    const faults: string[] = [];
    if (ended !== null && ended.code !== 0) {
      if (![1, 2].includes(ended.code)) faults.push(`it ended with ${ended.code}`);
      if (!/^error: .*\n {2}\S/m.test(ended.error)) faults.push("it gives no error with advice");
      if (/unforeseen/.test(ended.error)) faults.push("it calls it unforeseen");
    }
    mount("-o", `remount,size=${ENOUGH}`, disk);
    if (!ready) work.prepare?.(place, out);
    if (ended?.code !== 0) {
      const more = ready ? work.goOn : [];
      const again = await endOf(startWork(place, work, out, { more }));
      if (again.code !== 0) faults.push(`with room it says: ${again.error.trim()}`);
    }
    const said = ended?.error.split("\n").findLast((line) => line.startsWith("error:")) ?? "";
    return {
      room,
      code: ended?.code ?? 0,
      said: said.replaceAll(place.top, ""),
      faults,
      contents: contentsOf(join(place.top, out)),
    };
  } finally {
    new Deno.Command("umount", { args: [disk] }).outputSync();
    Deno.removeSync(disk);
  }
}

function mount(...args: string[]): void {
  const { success, stderr } = new Deno.Command("mount", { args }).outputSync();
  if (!success) throw new Error(`mount failed: ${new TextDecoder().decode(stderr)}`);
}

/** Bytes of all files below a folder. */
function sizeOf(folder: string): number {
  let bytes = 0;
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = join(folder, name);
    bytes += isDirectory ? sizeOf(path) : Deno.statSync(path).size;
  }
  return bytes;
}
