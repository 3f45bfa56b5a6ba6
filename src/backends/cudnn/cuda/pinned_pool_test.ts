import assert from "node:assert/strict";
import { PinnedPool } from "./pinned_pool.ts";

/** Memory that tells what of it is there. */
function countingMemory() {
  const there: number[] = [];
  const allocatePinned = (size: number) => {
    there.push(size);
    return {
      bytes: new Uint8Array(size),
      [Symbol.dispose]: () => void there.splice(there.indexOf(size), 1),
    };
  };
  return { there, allocatePinned };
}

Deno.test("pinned memory is taken again by who needs as much, and never more is kept than a scan's", () => {
  const memory = countingMemory();
  {
    using pool = new PinnedPool(memory);
    const through = (sizes: readonly number[]) => {
      using taken = new DisposableStack();
      return sizes.map((size) => taken.use(pool.take(size, "slices")).bytes);
    };
    const first = through([8, 8, 4, 4]);
    assert.equal(new Set(first).size, 4, "two have the same memory");
    const second = through([8, 8, 4, 4]);
    assert.deepEqual(new Set(second), new Set(first));
    assert.deepEqual(memory.there.toSorted(), [4, 4, 8, 8]);
    assert.deepEqual(through([16, 16, 2, 2]).map(({ length }) => length), [16, 16, 2, 2]);
    assert.deepEqual(memory.there.toSorted((a, b) => a - b), [2, 2, 16, 16]);
  }
  assert.deepEqual(memory.there, []);
});
