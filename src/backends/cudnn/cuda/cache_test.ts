import assert from "node:assert/strict";
import { join } from "node:path";
import { DiskCache } from "./cache.ts";

Deno.test("an entry comes back; one that is damaged or foreign is thrown away, and that is said", () => {
  const folder = Deno.makeTempDirSync();
  try {
    const said: string[] = [];
    const cache = new DiskCache(join(folder, "cache"), (message) => said.push(message));
    const file = (i: number) =>
      [...Deno.readDirSync(join(folder, "cache"))].map(({ name }) => name)[i];
    assert.equal(cache.get("a"), null);
    cache.set("a", Uint8Array.of(1, 2, 3));
    assert.deepEqual(cache.get("a"), Uint8Array.of(1, 2, 3));
    assert.equal(cache.get("b"), null);
    assert.deepEqual(said, []);

    const path = join(folder, "cache", file(0));
    const bytes = Deno.readFileSync(path);
    bytes[bytes.length - 1] ^= 1;
    Deno.writeFileSync(path, bytes);
    assert.equal(cache.get("a"), null);
    assert.match(said.pop() ?? "", /thrown away: it is damaged/);
    assert.deepEqual([...Deno.readDirSync(join(folder, "cache"))], []);

    cache.set("a", Uint8Array.of(1));
    const ours = Deno.readFileSync(path);
    cache.set("b", Uint8Array.of(2));
    for (const { name } of Deno.readDirSync(join(folder, "cache"))) {
      Deno.writeFileSync(join(folder, "cache", name), ours);
    }
    assert.equal(cache.get("b"), null);
    assert.match(said.pop() ?? "", /thrown away: it is for something else/);
    assert.deepEqual(cache.get("a"), Uint8Array.of(1));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("a folder that cannot be written to keeps nothing and stops nothing", () => {
  const folder = Deno.makeTempDirSync();
  try {
    Deno.writeTextFileSync(join(folder, "cache"), "a file where the folder should be");
    const cache = new DiskCache(join(folder, "cache"), assert.fail);
    cache.set("a", Uint8Array.of(1));
    assert.equal(cache.get("a"), null);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
