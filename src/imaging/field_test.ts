import assert from "node:assert/strict";
import fc from "fast-check";
import { findField, lungField } from "./field.ts";
import { readMask } from "./masks.ts";
import { readScan } from "./read.ts";
import { imageResizer, probabilityResizer, resizeMask } from "./resizing.ts";
import { sharedData } from "./testing.ts";
import { planWindow, sliceWindower } from "./windowing.ts";

const SHAPE = [12, 128, 160] as const;

/** A body with two lungs, a table that closes a gap below it, and a bubble of gas. */
function chest(z: number): Float32Array<ArrayBuffer> {
  const inside = (y: number, x: number, middle: [number, number], radii: [number, number]) =>
    ((y - middle[0]) / radii[0]) ** 2 + ((x - middle[1]) / radii[1]) ** 2 <= 1;
  const [, height, width] = SHAPE;
  return Float32Array.from({ length: height * width }, (_, i) => {
    const [y, x] = [Math.floor(i / width), i % width];
    if (y === 110) return 0.9;
    if (!inside(y, x, [60, 80], [48, 70])) return 0.1;
    if (inside(y, x, [60, 48], [30, 20]) || inside(y, x, [56, 112], [26, 20])) return 0.2;
    if (z < 2 && inside(y, x, [96, 80], [4, 4])) return 0.1;
    return 0.7;
  });
}

const blank = (grey: number) => () => new Float32Array(SHAPE[1] * SHAPE[2]).fill(grey);

Deno.test("the lungs' field is the box of the air enclosed in the body, with a margin", () => {
  const { rows, columns } = lungField(chest, SHAPE)!;
  // lungs take rows 30 to 90 and columns 28 to 132; the margin is 4 and 5, a cell 2 and 2.5
  for (
    const [[from, to], [first, last], slack] of [[rows, [26, 95], 3], [
      columns,
      [23, 138],
      4,
    ]] as const
  ) {
    assert.ok(Math.abs(from - first) <= slack && Math.abs(to - last) <= slack, `${from} ${to}`);
  }
  assert.equal(lungField(blank(0.5), SHAPE), null);
  assert.equal(lungField(blank(0), SHAPE), null);
  assert.equal(findField("whole", chest, SHAPE), null);
});

Deno.test("what is taken of a field and put back lies where it was, with nothing around it", () => {
  const cases = fc.tuple(
    fc.integer({ min: 4, max: 30 }),
    fc.integer({ min: 4, max: 30 }),
    fc.double({ min: 0, max: 0.4, noNaN: true }),
    fc.double({ min: 0.6, max: 1, noNaN: true }),
  );
  fc.assert(fc.property(cases, ([height, width, low, high]) => {
    const range = (size: number) => [Math.floor(low * size), Math.ceil(high * size)] as const;
    const field = { rows: range(height), columns: range(width) };
    const [fromY, toY] = field.rows;
    const [fromX, toX] = field.columns;
    const within = [toY - fromY, toX - fromX] as const;
    const plane = Float32Array.from({ length: height * width }, (_, i) => (i * 7 % 11) / 11);
    const mask = Uint8Array.from(plane, (value) => Number(value > 0.5));
    // of the field's own size nothing is interpolated
    const taken = imageResizer([height, width], within, field)(plane);
    const back = probabilityResizer(within, [height, width], field)(taken);
    const takenMask = resizeMask(mask, [height, width], within, undefined, field);
    plane.forEach((value, i) => {
      const [y, x] = [Math.floor(i / width), i % width];
      const inside = y >= fromY && y < toY && x >= fromX && x < toX;
      assert.equal(back[i], inside ? value : 0);
      if (inside) assert.equal(takenMask[(y - fromY) * within[1] + x - fromX], mask[i]);
    });
  }));
});

const SCANS = ["coronacases_002", "radiopaedia_14_85914_0"].map((id) => ({
  image: sharedData(`covid-ct-seg20/${id}_ct8.nii.gz`),
  lungs: sharedData(`covid-ct-seg20/${id}_lung.nii.gz`),
}));
const there = SCANS.every(({ image, lungs }) => image && lungs);

Deno.test({
  name: "on scans of two sources the field holds the lungs that people drew, and little more" +
    (there ? "" : " (skipped: ../shared/data is absent)"),
  ignore: !there,
  fn() {
    for (const { image, lungs } of SCANS) {
      const volume = readScan(image!);
      const { voxels } = readMask(lungs!);
      const field = lungField(sliceWindower(volume, planWindow(volume, "none")), volume.shape)!;
      const [, height, width] = volume.shape;
      const box = { rows: [height, 0], columns: [width, 0] };
      for (let at = voxels.indexOf(1); at >= 0; at = voxels.indexOf(1, at + 1)) {
        const place = { rows: Math.floor(at / width) % height, columns: at % width };
        for (const axis of ["rows", "columns"] as const) {
          box[axis][0] = Math.min(box[axis][0], place[axis]);
          box[axis][1] = Math.max(box[axis][1], place[axis] + 1);
        }
      }
      for (const axis of ["rows", "columns"] as const) {
        const [[from, to], [first, last]] = [field[axis], box[axis]];
        assert.ok(from <= first && to >= last, `${axis}: ${from} to ${to} of ${first} to ${last}`);
        assert.ok(to - from <= 1.35 * (last - first), `${axis}: ${to - from} of ${last - first}`);
      }
    }
  },
});
