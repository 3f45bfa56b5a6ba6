import assert from "node:assert/strict";
import { decode } from "fast-png";
import { histogram } from "./histogram.ts";
import { png } from "./png.ts";
import { svg } from "./svg.ts";

/** Dark pixels of a picture. */
function ink(bytes: Uint8Array): number {
  const { data, channels } = decode(bytes);
  let dark = 0;
  for (let i = 0; i < data.length; i += channels) if (data[i] < 128) dark++;
  return dark;
}

Deno.test("a plot as PNG has its size doubled, its text drawn, and the same bytes each time", async () => {
  const counts = { from: 0, width: 50, counts: [1, 2] };
  const split = { split: "test", scans: 3, patients: 3, slices: 200, positiveSlices: 5 } as const;
  const rest = { prevalence: 0.025, slicesPerScan: [40, 80, 80], histogram: counts };
  const drawing = await svg(histogram([{ ...split, ...rest }]));
  const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(drawing)!;
  const first = await png(drawing);
  const { width: w, height: h } = decode(first);
  assert.deepEqual([w, h], [2 * Number(width), 2 * Number(height)]);
  const bare = await png(drawing.replaceAll(/<text[\s\S]*?<\/text>/g, ""));
  assert.ok(ink(first) > ink(bare) + 500, "the text left no ink");
  assert.deepEqual(await png(drawing), first);
});
