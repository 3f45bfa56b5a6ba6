import assert from "node:assert/strict";
import { join } from "node:path";
import { InputError } from "./errors.ts";
import { LOCK_FILE, lockFolder } from "./folder_lock.ts";

Deno.test("a folder is taken by one at a time, and left as it was", () => {
  const folder = Deno.makeTempDirSync();
  const said: string[] = [];
  const take = () => lockFolder(folder, (message) => said.push(message));
  {
    using _lock = take();
    assert.throws(take, (error: Error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.message, new RegExp(`in use by process ${Deno.pid}, since \\d{4}-`));
      return true;
    });
  }
  assert.deepEqual([...Deno.readDirSync(folder)], []);
  take()[Symbol.dispose]();
  assert.deepEqual(said, []);
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("a lock whose process was killed is taken over, which is said", async () => {
  const folder = Deno.makeTempDirSync();
  const script = `
    const { lockFolder } = await import(${JSON.stringify(import.meta.resolve("./folder_lock.ts"))});
    lockFolder(${JSON.stringify(folder)}, () => {});
    console.log("taken");
    setInterval(() => {}, 1000);
  `;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", script],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  assert.throws(() => lockFolder(folder, () => {}), new RegExp(`in use by process ${child.pid}`));
  child.kill("SIGKILL");
  await child.status;
  await reader.cancel();
  const said: string[] = [];
  {
    using _lock = lockFolder(folder, (message) => said.push(message));
    assert.match(said[0], new RegExp(`left locked by process ${child.pid}.*taken over`));
    assert.ok(Deno.statSync(join(folder, LOCK_FILE)).isFile);
  }
  Deno.removeSync(folder, { recursive: true });
});
