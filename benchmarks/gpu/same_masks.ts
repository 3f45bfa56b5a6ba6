/**
 * Before scans are timed: what overlaps on a GPU must not show in a mask. There a copy that comes too
 * early does harm now and then, and nothing else tells of it.
 *
 * @module
 */

import type { Executable } from "../../src/backends/backend.ts";
import { planWindow, type Volume } from "../../src/imaging/mod.ts";
import { segment, type Segmenter } from "../../src/segmentation/mod.ts";

/** Executions of the network that are compared. */
const EXECUTIONS = 5;

/**
 * Compares masks of the beginning of a scan: through the device, through host memory with copies that
 * overlap, and one execution after another.
 *
 * @throws Error that names the way whose mask differs from the last one's
 */
export async function requireSameMasks(volume: Volume, segmenter: Segmenter): Promise<void> {
  const window = planWindow(volume, "lung");
  const { executable, grouping: { size } } = segmenter;
  const part = beginning(volume, EXECUTIONS * size);
  const inTurn = { ...segmenter, executable: thatOnlyRuns(executable) };
  // of a network with random weights most thresholds make a mask of one value
  const probabilities: Float32Array[] = [];
  await segment(part, inTurn, {
    window,
    threshold: 0.5,
    onProbabilities: (_, values) => void probabilities.push(values.slice()),
  });
  const middle = probabilities[probabilities.length >> 1].toSorted();
  const options = { window, threshold: middle[middle.length >> 1] };
  const { mask: wanted } = await segment(part, inTurn, options);
  const overlapping = { ...inTurn.executable, passes: () => executable.passes?.() ?? null };
  const ways = [["on the device", executable], ["with copies that overlap", overlapping]] as const;
  for (const [name, one] of ways) {
    const { mask } = await segment(part, { ...segmenter, executable: one }, options);
    const at = mask.findIndex((value, i) => value !== wanted[i]);
    if (at >= 0) throw new Error(`${name} the mask is another, from voxel ${at} on`);
  }
}

/** Some slices of a scan, from the first one on. */
function beginning(volume: Volume, most: number): Volume {
  const [slices, height, width] = volume.shape;
  const count = Math.min(slices, most);
  const voxels = volume.voxels.subarray(0, count * height * width) as Volume["voxels"];
  return { ...volume, shape: [count, height, width], voxels };
}

/** The same executable, but for its ways of taking whole scans and of overlapping executions. */
export function thatOnlyRuns(executable: Executable): Executable {
  const { inputs, outputs, steps, memory } = executable;
  return {
    ...{ inputs, outputs, steps, memory },
    load: (weights) => executable.load(weights),
    run: (from, to) => executable.run(from, to),
    profile: (from, to) => executable.profile(from, to),
    [Symbol.dispose]() {},
  };
}
