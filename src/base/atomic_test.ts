import assert from "node:assert/strict";
import { join } from "node:path";
import { InputError } from "./errors.ts";
import { requireWritable, writeAtomically } from "./atomic.ts";
import { sha256 } from "./hashing.ts";

const KIB = 1024;

Deno.test("parts of any sizes come out as one file, in their order", () => {
  const folder = Deno.makeTempDirSync();
  try {
    const path = join(folder, "file");
    const sizes = [[], [0], [1, 2, 3], [64 * KIB], [64 * KIB + 1, 1], [1, 64 * KIB, 5]]
      .concat([[40 * KIB, 30 * KIB, 20], [17 * KIB * KIB, 7]]);
    for (const each of sizes) {
      const parts = each.map((size, i) =>
        new Uint8Array(size).fill(i + 1).fill(99, Math.max(0, size - 1))
      );
      writeAtomically(path, parts);
      assert.equal(sha256(Deno.readFileSync(path)), sha256(...parts), each.join(" "));
    }
    assert.throws(() =>
      writeAtomically(
        path,
        (function* () {
          yield "half";
          throw new Error("what makes the parts fails");
        })(),
      ), InputError);
    assert.equal(Deno.statSync(path).size, 17 * KIB * KIB + 7);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["file"]);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("what is no file is not replaced by one", () => {
  const folder = Deno.makeTempDirSync();
  try {
    const [pipe, inside, link] = ["pipe", "inside", "link"].map((name) => join(folder, name));
    assert.ok(new Deno.Command("mkfifo", { args: [pipe] }).outputSync().success);
    Deno.mkdirSync(inside);
    for (const [path, why] of [[pipe, /a device or a pipe/], [inside, /a folder/]] as const) {
      for (const write of [() => writeAtomically(path, ["x"]), () => requireWritable(path)]) {
        assert.throws(
          write,
          (error: Error) => error instanceof InputError && why.test(error.message),
        );
      }
    }
    assert.ok(Deno.lstatSync(pipe).isFifo);
    Deno.symlinkSync("/dev/null", link);
    writeAtomically(link, ["x"]);
    assert.equal(Deno.readTextFileSync(link), "x");
    assert.ok(Deno.statSync("/dev/null").isCharDevice);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
