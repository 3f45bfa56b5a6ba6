/** What a process that was killed leaves goes with the next one, and what a living one has stays. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { writeAtomically } from "./atomic.ts";
import { InputError } from "./errors.ts";
import { temporaryFolder } from "./temporary_folder.ts";

const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name);

/** A process that says when it is in the midst of its work, and stays there until it is killed. */
async function midway(script: string): Promise<{ kill(): Promise<void> }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", script],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.getReader();
  const { done } = await reader.read();
  assert.ok(!done, "the process ended before it was in the midst of its work");
  return {
    async kill() {
      child.kill("SIGKILL");
      await child.status;
      await reader.cancel();
    },
  };
}

Deno.test("half a file is removed by the next write of it, unless it is still being written", async () => {
  const folder = Deno.makeTempDirSync();
  const path = join(folder, "result.json");
  const { kill } = await midway(`
    const { writeAtomically } = await import(${JSON.stringify(import.meta.resolve("./atomic.ts"))});
    writeAtomically(${JSON.stringify(path)}, (function* () {
      yield "half";
      console.log("midway");
      while (true) Deno.statSync(".");
    })());
  `);
  try {
    // another name that only looks like it
    Deno.writeTextFileSync(join(folder, "other.json.0123abcd.tmp"), "someone's");
    const [half] = namesIn(folder).filter((name) => name.startsWith("result.json."));
    // one process looks into a folder once
    const write = (text: string) =>
      new Deno.Command(Deno.execPath(), {
        args: [
          "eval",
          `import { writeAtomically } from ${JSON.stringify(import.meta.resolve("./atomic.ts"))};
          writeAtomically(${JSON.stringify(path)}, [${JSON.stringify(text)}]);`,
        ],
      }).outputSync();
    write("whole");
    assert.deepEqual(
      namesIn(folder).sort(),
      ["other.json.0123abcd.tmp", "result.json", half].sort(),
    );
    await kill();
    write("again");
    assert.deepEqual(namesIn(folder).sort(), ["other.json.0123abcd.tmp", "result.json"]);
    assert.equal(Deno.readTextFileSync(path), "again");
    writeAtomically(path, ["by this process"]);
    assert.equal(Deno.readTextFileSync(path), "by this process");
  } finally {
    await kill().catch(() => {});
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("a temporary folder goes at its end, or with the next one where its process was killed", async () => {
  const place = Deno.makeTempDirSync();
  const { kill } = await midway(`
    const { temporaryFolder } = await import(
      ${JSON.stringify(import.meta.resolve("./temporary_folder.ts"))}
    );
    const { path } = temporaryFolder("work-", ${JSON.stringify(place)});
    Deno.writeTextFileSync(path + "/file", "");
    console.log("midway");
    setInterval(() => {}, 1000);
  `);
  try {
    Deno.mkdirSync(join(place, "others"));
    const left = namesIn(place).filter((name) => name.startsWith("work-"));
    temporaryFolder("work-", place)[Symbol.dispose]();
    assert.deepEqual(namesIn(place).sort(), ["others", ...left].sort());
    await kill();
    {
      using mine = temporaryFolder("work-", place);
      assert.deepEqual(namesIn(place).map((name) => join(place, name)).sort(), [
        join(place, "others"),
        mine.path,
        `${mine.path}.lock`,
      ]);
    }
    assert.deepEqual(namesIn(place), ["others"]);
    // killed between the file of the lock and the folder, or between their ends
    Deno.writeTextFileSync(join(place, "work-0123.lock"), "");
    temporaryFolder("work-", place)[Symbol.dispose]();
    assert.deepEqual(namesIn(place), ["others"]);
    assert.throws(() => temporaryFolder("work-", join(place, "absent")), InputError);
  } finally {
    await kill().catch(() => {});
    Deno.removeSync(place, { recursive: true });
  }
});
