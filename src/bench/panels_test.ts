import assert from "node:assert/strict";
import { decode } from "fast-png";
import { drawPanel, encodePicture } from "./panels.ts";

Deno.test("a panel shows the slice, the truth, and where a prediction is right, missing or wrong", () => {
  const slice = {
    height: 1,
    width: 4,
    grey: Float32Array.of(0, 0, 0, 0),
    truth: Uint8Array.of(1, 1, 0, 0),
    predictions: [Uint8Array.of(1, 0, 1, 0)],
  };
  const { height, width, data, channels } = decode(encodePicture(drawPanel(slice)));
  const scale = 48;
  assert.deepEqual([height, width, channels], [scale, 3 * 4 * scale + 2 * 4, 3]);
  const colourAt = (cell: number, pixel: number) => {
    const x = cell * (4 * scale + 4) + pixel * scale + scale / 2;
    return Array.from(data.slice(3 * x, 3 * x + 3)).join(" ");
  };
  const cells = [0, 1, 2].map((cell) => [0, 1, 2, 3].map((pixel) => colourAt(cell, pixel)));
  const [black, found] = ["0 0 0", "0 95 69"];
  assert.deepEqual(cells[0], [black, black, black, black]);
  assert.deepEqual(cells[1], [found, found, black, black]);
  assert.deepEqual(cells[2], [found, "0 68 107", "138 95 0", black]);
  // white between the pictures
  assert.deepEqual(Array.from(data.slice(3 * 4 * scale, 3 * 4 * scale + 3)), [255, 255, 255]);
});
