import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { hounsfieldSlice } from "./hounsfield.ts";
import { readScan } from "./read.ts";
import { assertRefused, fixture } from "./testing.ts";
import type { StoredVoxels, Volume, Window } from "./volume.ts";
import {
  applyWindow,
  clippedLungShare,
  planWindow,
  sliceWindower,
  windowSlice,
} from "./windowing.ts";

const at = (hu: number, window: Window) => applyWindow(Float32Array.of(hu), window)[0];

Deno.test("the standard's own example: c=100, w=0 and c=0, w=100 in each function", () => {
  // PS3.3 C.11.2.1.2.1: c=2048, w=1 becomes a step between 2047.5 and above.
  const step = { center: 2048, width: 1, function: "LINEAR" } as const;
  assert.deepEqual([at(2047, step), at(2047.5, step), at(2048, step)], [0, 0, 1]);
  const linear = { center: 0, width: 100, function: "LINEAR" } as const;
  assert.deepEqual([at(-50, linear), at(49, linear)], [0, 1]);
  assert.equal(at(-0.5, linear), 0.5);
  assert.equal(at(0, linear), Math.fround(0.5 / 99 + 0.5));
  const exact = { center: 0, width: 100, function: "LINEAR_EXACT" } as const;
  assert.deepEqual([at(-50, exact), at(0, exact), at(25, exact), at(50, exact)], [0, 0.5, 0.75, 1]);
  const sigmoid = { center: 10, width: 20, function: "SIGMOID" } as const;
  assert.equal(at(10, sigmoid), 0.5);
  assert.equal(at(20, sigmoid), Math.fround(1 / (1 + Math.exp(-2))));
});

Deno.test("windows give values in [0, 1] that rise with HU; NaN is 0", () => {
  const window = fc.record({
    center: fc.double({ min: -2000, max: 2000, noNaN: true }),
    width: fc.double({ min: 1, max: 5000, noNaN: true }),
    function: fc.constantFrom("LINEAR" as const, "LINEAR_EXACT" as const, "SIGMOID" as const),
  });
  const hu = fc.float({ min: -3000, max: 3000, noNaN: true });
  fc.assert(fc.property(window, hu, hu, (window, a, b) => {
    const [low, high] = [at(Math.min(a, b), window), at(Math.max(a, b), window)];
    assert(low >= 0 && low <= high && high <= 1);
    assert.equal(at(NaN, window), 0);
    assert.deepEqual([at(-Infinity, window), at(Infinity, window)], [0, 1]);
  }));
});

function volume(voxels: StoredVoxels, windows: Window[][] = []): Volume {
  const scan = readScan(fixture("nifti/plain.nii"));
  return { ...scan, voxels, shape: [1, 1, voxels.length], windows };
}

Deno.test("the window is the metadata's first, the chosen one, a preset, or refused", () => {
  const scan = readScan(fixture("dicom/per_slice"));
  const first = planWindow(scan, "metadata");
  assert.deepEqual(first.windows.map(({ center }) => center), [-600, -600, -600, -600]);
  const second = planWindow(scan, { metadata: 2 });
  assert.deepEqual(second.windows.map(({ center }) => center), [40, 41, 42, 43]);
  assert(second.warnings.some((warning) => /differs between slices/.test(warning)));
  const hu = hounsfieldSlice(scan, 3);
  assert.deepEqual(windowSlice(scan, 3, second), applyWindow(hu, second.windows[3]));
  assertRefused(() => planWindow(scan, { metadata: 3 }), "no-window", /2 windows/);

  const bare = readScan(fixture("nifti/plain.nii"));
  const refused = assertRefused(() => planWindow(bare, "metadata"), "no-window");
  assert.match(refused.advice ?? "", /lung/);
  assert.deepEqual(planWindow(bare, "lung").windows, [
    { center: -600, width: 1500, function: "LINEAR" },
  ]);
  assert.equal(planWindow(bare, "lung").from, "lung");
  const given = { center: 0, width: 0.5, function: "LINEAR" } as const;
  assertRefused(() => planWindow(bare, given), "bad-window");
  assert.equal(planWindow(bare, { ...given, function: "LINEAR_EXACT" }).from, "given");
});

Deno.test("a window that blanks the lung is warned of", () => {
  assert.match(planWindow(volume(Uint8Array.of(1)), "mediastinal").warnings[0], /50\/350/);
  assert.deepEqual(planWindow(volume(Uint8Array.of(1)), "lung").warnings, []);
  assert.equal(clippedLungShare({ center: -600, width: 400, function: "LINEAR_EXACT" }), 0.5);
});

Deno.test("none scales by the type, and refuses what is not windowed", () => {
  const none = (voxels: StoredVoxels) => {
    const scan = volume(voxels);
    return [...windowSlice(scan, 0, planWindow(scan, "none"))];
  };
  assert.deepEqual(none(Uint8Array.of(0, 51, 255)), [0, Math.fround(0.2), 1]);
  assert.deepEqual(none(Uint16Array.of(0, 65535)), [0, 1]);
  assert.deepEqual(none(Float32Array.of(0, 0.25, NaN)), [0, 0.25, 0]);
  assertRefused(() => none(Int16Array.of(0, 300)), "not-windowed", /300/);
  assertRefused(() => none(Float32Array.of(-0.5)), "not-windowed");
});

const bytesOf = ({ buffer }: Float32Array<ArrayBuffer>) => new Uint8Array(buffer);

Deno.test("windowing through a table gives the bits of windowing by computation", () => {
  // planes above and below the 65536 values of 16 bits, one window and rescale or one a slice
  const kinds = [Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Float32Array];
  const functions = ["LINEAR", "LINEAR_EXACT", "SIGMOID"] as const;
  const slices = 2;
  for (const plane of [300, 66000]) {
    for (const Kind of kinds) {
      const voxels = new Kind(slices * plane).map((_, at) => (at * 7919) % 70001 - 35000);
      for (const [index, voi] of functions.entries()) {
        for (const each of [1, slices]) {
          const scan = {
            voxels,
            shape: [slices, 1, plane] as const,
            rescale: Array.from({ length: each }, (_, z) => ({ slope: 1.1 + z, intercept: -24.3 })),
          };
          const window = { center: -600 + index, width: 1500, function: voi };
          const windows = index === 0 ? [window] : [window, { ...window, center: 40 }];
          const plan = { ...planWindow(volume(voxels), "lung"), windows };
          const fast = sliceWindower(scan, plan);
          for (const z of [1, 0]) {
            assert.equal(Buffer.compare(bytesOf(fast(z)), bytesOf(windowSlice(scan, z, plan))), 0);
          }
        }
      }
    }
  }
});

Deno.test("the window none refuses only values that are there, whoever windows", () => {
  const scan = { ...volume(new Int16Array(70000).fill(1)), shape: [1, 1, 70000] as const };
  const none = planWindow(scan, "none");
  assert.equal(sliceWindower(scan, none)(0)[69999], 1);
  scan.voxels[5] = 300;
  assertRefused(() => sliceWindower(scan, none)(0), "not-windowed", /300/);
});
