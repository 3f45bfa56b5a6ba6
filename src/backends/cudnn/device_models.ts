/**
 * GPUs as a prediction knows them: data sheets, and what share of them kernels are assumed to reach.
 *
 * @module
 */

import type { Arithmetic } from "./graph_api/convolution_graphs.ts";
import type { Work } from "./kernels/work.ts";

/** A GPU by its data sheet. */
export interface DeviceModel {
  readonly name: string;
  readonly multiprocessors: number;
  /** Compute capability, times 10. */
  readonly capability: number;
  /** Bytes a second of its memory. */
  readonly bandwidth: number;
  /** Bytes a second to or from the host, each way: 16 lanes of PCIe. */
  readonly link: number;
  /** Multiply-adds in single precision, as operations a second; without tensor cores. */
  readonly single: number;
  /** Dense products on tensor cores, operations a second; null where it has none of the type. */
  readonly tensor: {
    readonly tf32: number | null;
    readonly f16: number;
    readonly bf16: number | null;
  };
}

/** GPUs by the name that they are asked for by: NVIDIA's data sheets, boost clocks. */
export const DEVICE_MODELS: Readonly<Record<string, DeviceModel>> = {
  t4: {
    name: "Tesla T4",
    multiprocessors: 40,
    capability: 75,
    bandwidth: 320e9,
    link: 15.75e9,
    single: 8.1e12,
    tensor: { tf32: null, f16: 65e12, bf16: null },
  },
  a100: {
    name: "A100 40 GB",
    multiprocessors: 108,
    capability: 80,
    bandwidth: 1555e9,
    link: 31.5e9,
    single: 19.5e12,
    tensor: { tf32: 156e12, f16: 312e12, bf16: 312e12 },
  },
  h100: {
    name: "H100 SXM",
    multiprocessors: 132,
    capability: 90,
    bandwidth: 3350e9,
    link: 63e9,
    single: 66.9e12,
    tensor: { tf32: 494.7e12, f16: 989.4e12, bf16: 989.4e12 },
  },
  h200: {
    name: "H200",
    multiprocessors: 132,
    capability: 90,
    bandwidth: 4800e9,
    link: 63e9,
    single: 66.9e12,
    tensor: { tf32: 494.7e12, f16: 989.4e12, bf16: 989.4e12 },
  },
};

/** Shares of a GPU's bandwidth that kernels are assumed to reach. */
const BANDWIDTH_SHARE: Readonly<Record<Work["kind"], number>> = {
  stream: 0.85,
  reduction: 0.7,
  thin: 0.7,
  tensor: 0.7,
  product: 0.7,
  engine: 0.7,
  definition: 0.2,
};

/** Share of single-precision multiply-adds of our convolution: 320 of 344 instructions, and loads. */
const THIN_SHARE = 0.65;

/** Share of our product of matrices: 64 of 68 instructions, and what two buffers cannot hide. */
const PRODUCT_SHARE = 0.7;

/** Share of tensor cores of our convolution: a load for one product and a half, and tiles to fill. */
const TENSOR_SHARE = 0.2;

/** Shares of an engine of cuDNN whose tiles are full, without tensor cores and with them. */
const ENGINE_SHARE = { single: 0.6, tensor: 0.5 };

/** Channels of one side that an engine's tile is full with. */
const TILE = 32;

/** Share of a convolution by definition: a thread an element, in double precision. */
const DEFINITION_SHARE = 0.005;

/** Seconds between two kernels of one CUDA graph. */
const GAP = 1.5e-6;

/** What a prediction rests on, in sentences. */
export const ASSUMPTIONS: readonly string[] = [
  `kernels reach ${BANDWIDTH_SHARE.stream} of the data sheet's bandwidth where they move memory, ` +
  `${BANDWIDTH_SHARE.reduction} where they add up or convolve`,
  `our convolution of few channels reaches ${THIN_SHARE} of the multiply-adds in single precision, ` +
  `and ${TENSOR_SHARE} of the tensor cores; that of many channels ${PRODUCT_SHARE}`,
  `an engine of cuDNN reaches ${ENGINE_SHARE.single} of them, or ${ENGINE_SHARE.tensor} of the ` +
  `tensor cores, times the share of ${TILE} channels that a convolution has on each side that fills ` +
  "a tile: its results, and on tensor cores also what it reads",
  "strict fp32 engines put their tensors into another order and back",
  `${GAP * 1e6} microseconds lie between two kernels`,
];

/** Operations a second of some work; null where the GPU cannot do it in this arithmetic. */
function rateOf({ kind, channels = [TILE, TILE] }: Work, model: DeviceModel, how: Arithmetic) {
  if (kind === "thin") return THIN_SHARE * model.single;
  if (kind === "product") return PRODUCT_SHARE * model.single;
  if (kind === "tensor" && how.type !== "f32") {
    const whole = model.tensor[how.type];
    return whole === null ? null : TENSOR_SHARE * whole;
  }
  if (kind === "definition") return DEFINITION_SHARE * model.single;
  const [read, written] = channels.map((count) => Math.min(1, count / TILE));
  if (!how.tensorCores) return ENGINE_SHARE.single * model.single * written;
  const peak = model.tensor[how.type === "f32" ? "tf32" : how.type];
  return peak === null ? null : ENGINE_SHARE.tensor * peak * read * written;
}

/** How long some work is predicted to take, and what holds it back. */
export function predictWork(work: Work, model: DeviceModel, how: Arithmetic) {
  const rate = work.flops > 0 ? rateOf(work, model, how) : Infinity;
  if (rate === null) return { seconds: Infinity, bound: "compute" as const };
  const compute = work.flops / rate;
  const memory = work.bytes / (BANDWIDTH_SHARE[work.kind] * model.bandwidth);
  const busy = Math.max(compute, memory);
  const bound = busy < GAP ? "launch" : compute > memory ? "compute" : "memory";
  return { seconds: busy + GAP, bound } as const;
}
