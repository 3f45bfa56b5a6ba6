import assert from "node:assert/strict";
import fc from "fast-check";
import { addScaled, type Vector } from "../affine.ts";
import { assertRefused } from "../testing.ts";
import { samePlaces, sliceNormal, stackSlices } from "./geometry.ts";

const ROW: Vector = [1, 0, 0];
const COLUMN: Vector = [0, Math.cos(0.3), Math.sin(0.3)];
const NORMAL = sliceNormal(ROW, COLUMN);
const START: Vector = [-120, -80, 400];

/** Slices `gap` apart along the normal, named by their place. */
const regular = (count: number, gap: number) =>
  Array.from({ length: count }, (_, z) => ({
    file: `slice ${z}`,
    position: addScaled(START, NORMAL, z * gap),
  }));

const stack = (slices: readonly { file: string; position: Vector }[]) =>
  stackSlices(slices, ROW, COLUMN, 0.7, "the series");

const regularStacks = fc.record({
  count: fc.integer({ min: 3, max: 60 }),
  gap: fc.double({ min: 0.3, max: 10, noNaN: true }),
  seed: fc.integer({ min: 0, max: 1000 }),
});

const shuffled = <T>(values: readonly T[], seed: number): T[] =>
  values.map((value, at) => ({ value, key: Math.sin(seed + 97 * at) }))
    .sort((a, b) => a.key - b.key).map(({ value }) => value);

Deno.test("slices in any order come out along the normal, evenly spaced", () => {
  fc.assert(fc.property(regularStacks, ({ count, gap, seed }) => {
    const slices = shuffled(regular(count, gap), seed);
    const { order, step } = stack(slices);
    assert.deepEqual(
      order.map((at) => slices[at].file),
      regular(count, gap).map(({ file }) => file),
    );
    step?.forEach((value, axis) => assert(Math.abs(value - gap * NORMAL[axis]) < 1e-9));
  }));
});

Deno.test("positions written with few digits, and directions that jitter, are no unevenness", () => {
  // 0.625 mm apart with one decimal: up to 0.05 mm off, gaps of 0.6 and 0.7
  const rounded = Array.from({ length: 200 }, (_, z) => ({
    file: `${z}`,
    position: [-120, -80, Math.round((30 + 0.625 * z) * 10) / 10] as const,
  }));
  const { step } = stackSlices(rounded, [1, 0, 0], [0, 1, 0], 0.7, "the series");
  assert(Math.abs((step?.[2] ?? 0) - 0.625) < 1e-3);
  // but a step that changes halfway is
  const changing = rounded.map((slice, z) => ({
    ...slice,
    position: [-120, -80, 30 + z + (z > 100 ? 0.05 * (z - 100) : 0)] as const,
  }));
  assertRefused(
    () => stackSlices(changing, [1, 0, 0], [0, 1, 0], 0.7, "the series"),
    "uneven-spacing",
    /1 mm, 1\.05 mm/,
  );
});

Deno.test("any slice missing between two others is found", () => {
  fc.assert(fc.property(regularStacks, fc.nat(), ({ count, gap, seed }, pick) => {
    const lost = 1 + pick % (count - 2);
    const slices = shuffled(regular(count, gap).filter((_, z) => z !== lost), seed);
    // Of three slices, two are left: no two gaps to compare.
    if (slices.length < 3) return;
    const says = new RegExp(`1 slice is missing.*between slice ${lost - 1} and slice ${lost + 1},`);
    assertRefused(() => stack(slices), "missing-slice", says);
  }));
});

Deno.test("a slice out of step is uneven spacing, one beside the others is shifted", () => {
  fc.assert(fc.property(regularStacks, fc.nat(), ({ count, gap }, pick) => {
    const slices = regular(count, gap);
    const odd = 1 + pick % (count - 2);
    const move = (direction: Vector, by: number) =>
      slices.map((slice, z) =>
        z === odd ? { ...slice, position: addScaled(slice.position, direction, by) } : slice
      );
    // Of three slices, one out of step may as well be one missing.
    if (count > 3) {
      const error = assertRefused(() => stack(move(NORMAL, 0.3 * gap)), "uneven-spacing");
      assert.equal((error.details.gaps as number[]).length, count - 1);
    }
    const length = gap * (count - 1);
    const shift = 0.3 + 0.002 * length;
    assertRefused(() => stack(move(ROW, shift)), "shifted-slice", new RegExp(`slice ${odd} lies`));
  }));
});

Deno.test("a lean of a tenth of a degree is a tilt, written digits are not", () => {
  const lean = (degrees: number, digits: number) =>
    regular(100, 2).map((slice, z) => ({
      file: slice.file,
      position: addScaled(slice.position, ROW, 2 * z * Math.tan(degrees * Math.PI / 180))
        .map((value) => Number(value.toFixed(digits))) as unknown as Vector,
    }));
  assertRefused(() => stack(lean(0.1, 6)), "gantry-tilt", /0\.10 degrees/);
  assert.equal(stack(lean(0, 2)).order.length, 100);
});

Deno.test("slices in one place are found, whatever lies between them in the list", () => {
  const slices = [...regular(4, 2), ...regular(2, 2)];
  assert.deepEqual(samePlaces(slices, NORMAL), [[0, 4], [1, 5], [2], [3]]);
});

Deno.test("a single slice has no step", () => {
  assert.deepEqual(stack(regular(1, 2)), { order: [0], step: null });
});
