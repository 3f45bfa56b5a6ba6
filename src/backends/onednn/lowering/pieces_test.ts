import assert from "node:assert/strict";
import fc from "fast-check";
import { piecesOf } from "./pieces.ts";

Deno.test("pieces hold every line once, and none is too small or one of too many", () => {
  const count = fc.integer({ min: 1, max: 1000 });
  fc.assert(
    fc.property(
      count,
      count,
      count,
      fc.integer({ min: 1, max: 8 }),
      (lines, work, least, threads) => {
        const pieces = piecesOf(lines, work, least, threads);
        assert.deepEqual(
          pieces.flatMap(({ first, count }) => Array.from({ length: count }, (_, i) => first + i)),
          Array.from({ length: lines }, (_, i) => i),
        );
        assert.ok(pieces.length <= Math.max(1, work / least, 1) && pieces.length <= 4 * threads);
      },
    ),
  );
  assert.deepEqual(piecesOf(10, 100, 25, 2), [
    { first: 0, count: 3 },
    { first: 3, count: 3 },
    { first: 6, count: 3 },
    { first: 9, count: 1 },
  ]);
});
