/**
 * From slices in memory to a mask in memory.
 *
 * Slices go through in groups, stacks or batches: a feeder fills the input of the network, a
 * collector makes mask of what comes out. Only one group is held in floating point. A backend with
 * a device of its own takes the stored slices there and does the same, to the bit.
 *
 * @module
 */

import type { Executable } from "../backends/backend.ts";
import type { ScanPlan } from "../backends/scan.ts";
import { NumericalError } from "../base/errors.ts";
import { throwIfInterrupted } from "../base/interruption.ts";
import { elements } from "../base/shapes.ts";
import { type Field, Stitcher, type Volume, type WindowPlan } from "../imaging/mod.ts";
import { Collector } from "./collector.ts";
import { Feeder } from "./feeder.ts";
import type { NetworkScan } from "./network_scan.ts";
import type { NetworkShape } from "./network_shape.ts";
import { untimed } from "./phases.ts";
import { scanPlan } from "./scan_plan.ts";
import type { Segmentation, SegmentOptions } from "./segment_options.ts";
import { memorySlices, scanField, scanSlices, type SliceSource } from "./slices.ts";

/** A model that runs. */
export interface Network extends NetworkShape {
  /** Runs it. */
  readonly executable: Executable;
}

/**
 * Segments a scan on its own grid: on the device where the backend takes whole scans there, else
 * through host memory. On a device all that is done to a slice counts as execution; where copies and
 * the host's own work go on beside the network, only what is waited for does.
 *
 * @throws the reason of the signal when it is aborted
 */
export async function segment(
  volume: Volume,
  network: Network,
  options: SegmentOptions & { readonly window: WindowPlan },
): Promise<Segmentation> {
  const { shape } = volume;
  const stitcher = stitcherOf(shape[0], network);
  const { stacks: groups } = stitcher;
  const { window, hook } = options;
  const field = scanField(volume, network, window, hook);
  const plan = network.executable.resident && scanPlan(volume, network, options, field, groups);
  if (plan) return { mask: await segmentOnDevice(plan, network, options), groups, field };
  const source = scanSlices(volume, network.plane, window, field, hook);
  const mask = await segmentThroughHost(source, shape, network, field, options, stitcher);
  return { mask, groups, field };
}

/**
 * Segments a scan that is in memory as the network sees it, on the network's rows and columns.
 *
 * @throws the reason of the signal when it is aborted
 */
export async function segmentNetworkScan(
  { slices, image }: Pick<NetworkScan, "slices" | "image">,
  network: Network,
  options: SegmentOptions,
): Promise<Segmentation> {
  const stitcher = stitcherOf(slices, network);
  const source = memorySlices(image, network.plane);
  const shape = [slices, ...network.plane] as const;
  const mask = await segmentThroughHost(source, shape, network, null, options, stitcher);
  return { mask, groups: stitcher.stacks, field: null };
}

function stitcherOf(slices: number, { plane, grouping }: NetworkShape): Stitcher {
  return new Stitcher({ ...grouping, slices, plane: elements(plane) });
}

async function segmentThroughHost(
  source: SliceSource,
  shape: Volume["shape"],
  network: Network,
  field: Field | null,
  options: SegmentOptions,
  stitcher: Stitcher,
): Promise<Segmentation["mask"]> {
  const { executable, model } = network;
  const { hook = untimed, signal } = options;
  const feeder = new Feeder(source, network, hook);
  const collector = new Collector(shape, network, field, options);
  const [inputName, outputName] = [executable.inputs[0].name, executable.outputs[0].name];
  const output = new Float32Array(elements(model.outputShape));
  const [inputs, outputs] = [{ [inputName]: feeder.input }, { [outputName]: output }];
  // who asks for probabilities stops the watch meanwhile: nothing may go on behind its back
  using passes = options.onProbabilities ? null : executable.passes?.() ?? null;
  const { stacks } = stitcher;
  const ahead = passes ? 1 : 0;
  const fresh: number[] = [];
  for (let i = 0; i < stacks.length + ahead; i++) {
    if (i < stacks.length) {
      fresh.push(feeder.load(stacks[i]));
      hook.time("execute", () => passes ? passes.submit(inputs) : executable.run(inputs, outputs));
    }
    if (i < ahead) continue;
    if (passes) hook.time("execute", () => passes.take(outputs));
    hook.time("stitch", () => collector.take(output, stitcher));
    options.onSlices?.(fresh[i - ahead]);
    if (signal) await throwIfInterrupted(signal);
  }
  return collector.mask;
}

function notFinite(): NumericalError {
  return new NumericalError("probabilities of the network are not finite", {
    advice:
      "the network overflows on this scan or its weights are damaged: try --precision fp32, " +
      "and look at the weights",
  });
}

async function segmentOnDevice(
  plan: ScanPlan,
  { executable }: Network,
  { hook = untimed, signal, onSlices, onProbabilities }: SegmentOptions,
): Promise<Segmentation["mask"]> {
  const size = elements(plan.slice);
  const scan = executable.resident!.scan(plan);
  try {
    for (;;) {
      const { value: finished } = hook.time("execute", () => scan.next());
      if (!finished) return plan.mask;
      const { start, stop, finite } = finished;
      if (!finite) throw notFinite();
      if (onProbabilities) {
        hook.apart(() => {
          const all = finished.probabilities();
          for (let z = start; z < stop; z++) {
            onProbabilities(z, all.subarray((z - start) * size, (z - start + 1) * size));
          }
        });
      }
      onSlices?.(stop - start);
      if (signal) await throwIfInterrupted(signal);
    }
  } finally {
    scan.return();
  }
}
