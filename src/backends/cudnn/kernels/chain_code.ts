/**
 * Chains of pointwise operations as CUDA C: what a kernel does with some neighbouring elements of a
 * result, `native/pointwise.cu` being put before it.
 *
 * @module
 */

import { elements, sameShape, type Shape } from "../../../base/shapes.ts";
import { type Address, address, type Argument, f32, i32, i64, struct } from "../cuda/arguments.ts";
import { DATA_BYTES, type DataType } from "../cuda/data_type.ts";
import { channelsLastStrides, kernelOrder } from "../cuda/layout.ts";

/** Something that a link reads. */
export interface Operand {
  /** Where it is. */
  readonly address: Address;
  /** Its shape in logical order; axes of size 1 are repeated. */
  readonly shape: Shape;
  /** Type of its elements: that of the program, or `f32` in any program. */
  readonly type: DataType;
  /** The tensor that its last channels are in; absent where all are with the first. */
  readonly rest?: { readonly address: Address; readonly channels: number };
}

/** One operation on the running value `v`, with an operand `o` and numbers `a` and `b`. */
const EXPRESSIONS = {
  load: "o",
  add: "v + o",
  sub: "v - o",
  mul: "v * o",
  relu: "fmaxf(v, 0.0f)",
  leaky_relu: "leaky(v, a)",
  elu: "elu(v)",
  sigmoid: "sigmoid(v)",
  affine: "a * v + b",
  reciprocal: "1.0f / v",
  softplus: "softplus(v)",
  prelu: "prelu(v, o)",
  gate: "gate(v, o, a)",
  one_above: "o > 0.0f ? 1.0f : v",
  // o is a variance
  over_spread: "v / sqrtf(o + a)",
} as const;

/** One operation. */
export interface Link {
  /** What it does. */
  readonly op: keyof typeof EXPRESSIONS;
  /** A factor or slope; default: 0. */
  readonly alpha?: number;
  /** What is added; default: 0. */
  readonly beta?: number;
  /** What it reads besides the running value. */
  readonly operand?: Operand;
}

/** Links as code. */
export interface ChainCode {
  /** Parameters of the kernel, each with a comma before it. */
  readonly parameters: string;
  /** What stands before the loop over elements. */
  readonly setup: string;
  /** What makes `float v[LANES]` of the elements from `Index i` on. */
  readonly body: string;
  /** The arguments that the parameters stand for. */
  readonly args: readonly Argument[];
}

/** How an operand is read, and the numbers that tell where. */
type Reading =
  /** At the same place. */
  | { readonly kind: "same" }
  /** At the same place of two tensors that stand beside each other. */
  | { readonly kind: "joined"; readonly first: number; readonly second: number }
  /** One number for all. */
  | { readonly kind: "scalar" }
  /** Again and again, `period` elements. */
  | { readonly kind: "repeat"; readonly period: number }
  /** One number for all channels of a voxel. */
  | { readonly kind: "voxel"; readonly channels: number }
  /** One number for all voxels of a sample and channel. */
  | { readonly kind: "sample"; readonly size: number; readonly channels: number }
  /** In any other way. */
  | { readonly kind: "strided"; readonly sizes: number[]; readonly strides: number[] };

/** How an operand is read that is repeated to the shape of a result. */
function readingOf({ shape, rest }: Operand, output: Shape): Reading {
  if (rest) {
    if (!sameShape(shape, output)) throw new TypeError("two tensors are not repeated as one");
    return { kind: "joined", first: shape[1] - rest.channels, second: rest.channels };
  }
  if (sameShape(shape, output)) return { kind: "same" };
  const [ours, theirs] = [kernelOrder(shape, 1), kernelOrder(output, 1)];
  const first = ours.findIndex((size) => size !== 1);
  if (first < 0) return { kind: "scalar" };
  const equal = (axis: number) => ours[axis] === theirs[axis];
  if (ours.every((_, axis) => axis < first || equal(axis))) {
    return { kind: "repeat", period: elements(shape) };
  }
  const channels = theirs[4];
  if (ours[4] === 1 && ours.every((_, axis) => axis === 4 || equal(axis))) {
    return { kind: "voxel", channels };
  }
  const single = ours.slice(1, 4).every((size) => size === 1);
  if (single && equal(0) && equal(4)) {
    return { kind: "sample", size: elements(output) / theirs[0], channels };
  }
  const strides = channelsLastStrides(shape).map((stride, axis) => shape[axis] === 1 ? 0 : stride);
  return { kind: "strided", sizes: theirs, strides: kernelOrder(strides, 0) };
}

/** What the code of an operand's reading is made of. */
interface ReadingCode {
  /** Parameters besides the pointer, with a comma before each. */
  readonly parameters: string;
  readonly args: readonly Argument[];
  readonly setup?: string;
  /** What is read for all lanes at once. */
  readonly load?: string;
  /** The value of lane `l`. */
  readonly lane: string;
}

/** Code that reads operand `k` through pointer `p` for `lanes` elements from `i` on. */
function readingCode(reading: Reading, k: number, lanes: number, wide: boolean): ReadingCode {
  const index = wide ? i64 : i32;
  const [p, x] = [`p${k}`, `x${k}`];
  /** One place for all lanes where `whole` divides, else a place a lane. */
  const packed = (whole: number, place: (i: string) => string) =>
    whole % lanes === 0
      ? { load: `auto ${x} = load<LANES>(${p} + (${place("i")}));`, lane: `${x}.at[l]` }
      : { lane: `${p}[${place("(i + l)")}]` };
  switch (reading.kind) {
    case "same":
      return { parameters: "", args: [], ...packed(lanes, (i) => i) };
    case "joined": {
      const { first, second } = reading;
      const load = `auto ${x} = loadJoined<LANES, ${first}, ${second}>(${p}, q${k}, i);`;
      return { parameters: "", args: [], load, lane: `${x}.at[l]` };
    }
    case "scalar":
      return { parameters: "", args: [], setup: `float ${x} = ${p}[0];`, lane: x };
    case "repeat": {
      const { period } = reading;
      const parameters = `, Index m${k}`;
      return { parameters, args: [index(period)], ...packed(period, (i) => `${i} % m${k}`) };
    }
    case "voxel": {
      const { channels } = reading;
      const shared = channels % lanes === 0;
      return {
        parameters: `, Index m${k}`,
        args: [index(channels)],
        ...(shared
          ? { load: `float ${x} = ${p}[i / m${k}];`, lane: x }
          : { lane: `${p}[(i + l) / m${k}]` }),
      };
    }
    case "sample": {
      const { size, channels } = reading;
      const place = (i: string) => `${i} / s${k} * m${k} + ${i} % m${k}`;
      return {
        parameters: `, Index s${k}, Index m${k}`,
        args: [index(size), index(channels)],
        ...packed(channels, place),
      };
    }
    case "strided":
      return {
        parameters: `, Strides<Index> t${k}`,
        args: [struct([...reading.sizes, ...reading.strides].map(index))],
        lane: `${p}[place<Index>(t${k}, i + l)]`,
      };
  }
}

/**
 * Links as code for `lanes` neighbouring elements of a result: those of one voxel, or any that begin
 * at a multiple of `lanes`.
 *
 * @param wide whether an index takes 64 bits
 */
export function chainCode(
  links: readonly Link[],
  output: Shape,
  lanes: number,
  wide: boolean,
): ChainCode {
  const args: Argument[] = [];
  const code = { parameters: "", setup: "", loads: "", lanes: "" };
  const readings = new Map<string, string>();
  /** The value of an operand in a lane; an operand that comes twice is read once. */
  const valueOf = (operand: Operand): string => {
    const { rest } = operand;
    const places = [operand.address, ...(rest ? [rest.address] : [])];
    const key = JSON.stringify([places.map(String), operand.shape, operand.type]);
    const isPlaced = places.every((place) => typeof place === "bigint");
    const known = isPlaced ? readings.get(key) : undefined;
    if (known) return known;
    const k = args.length;
    const reading = readingCode(readingOf(operand, output), k, lanes, wide);
    const type = operand.type === "f32" ? "float" : "Element";
    code.parameters += `, const ${type}* p${k}`;
    code.parameters += rest ? `, const ${type}* q${k}` : "";
    code.parameters += reading.parameters;
    code.setup += reading.setup ? `  ${reading.setup}\n` : "";
    code.loads += reading.load ? `    ${reading.load}\n` : "";
    args.push(...places.map(address), ...reading.args);
    const value = `(float)${reading.lane}`;
    readings.set(key, value);
    return value;
  };
  for (const { op, alpha = 0, beta = 0, operand } of links) {
    const o = operand ? valueOf(operand) : "";
    const number = (letter: string, value: number) => {
      if (!new RegExp(`\\b${letter}\\b`).test(EXPRESSIONS[op])) return "";
      const name = `${letter}${args.length}`;
      code.parameters += `, float ${name}`;
      args.push(f32(value));
      return name;
    };
    const names: Record<string, string> = {
      v: "v[l]",
      o,
      a: number("a", alpha),
      b: number("b", beta),
    };
    const expression = EXPRESSIONS[op].replaceAll(/\b[voab]\b/g, (name) => names[name]);
    code.lanes += `      v[l] = ${expression};\n`;
  }
  const loop = `#pragma unroll\n    for (int l = 0; l < LANES; l++) {\n${code.lanes}    }\n`;
  // what nothing is done with is not gone over
  const body = links.length > 0 ? code.loads + loop : "";
  return { parameters: code.parameters, setup: code.setup, body, args };
}

/** A kernel that does nothing but a chain. */
export interface ChainKernel {
  /** CUDA C behind `native/pointwise.cu`. */
  readonly source: string;
  readonly args: readonly Argument[];
  /** Threads that have something to do. */
  readonly threads: number;
  /** Elements that a thread reads and writes at once. */
  readonly lanes: number;
  /** Whether an index takes 64 bits. */
  readonly wide: boolean;
}

/** Links in a few words, such as `load, add voxel, relu`. */
export function describeLinks(links: readonly Link[], output: Shape): string {
  return links.map(({ op, operand }) => operand ? `${op} ${readingOf(operand, output).kind}` : op)
    .join(", ");
}

/** Bytes that a thread reads and writes at once. */
const PACK = 16;

/** Elements from which on an index takes 64 bits; some room is left for the steps of a loop. */
const MANY = 2 ** 30;

/**
 * A chain as a kernel; the first link loads the running value.
 *
 * @param type of the program's elements
 */
export function chainKernel(links: readonly Link[], output: Operand, type: DataType): ChainKernel {
  const n = elements(output.shape);
  let lanes = PACK / DATA_BYTES[type];
  while (n % lanes !== 0) lanes /= 2;
  const wide = n >= MANY;
  const { parameters, setup, body, args } = chainCode(links, output.shape, lanes, wide);
  const written = output.type === "f32" ? "float" : "Element";
  const source = `
extern "C" __global__ void chain(${written}* y, Index n${parameters}) {
${setup}  Index step = (Index)gridDim.x * blockDim.x * LANES;
  for (Index i = ((Index)blockIdx.x * blockDim.x + threadIdx.x) * LANES; i < n; i += step) {
    float v[LANES];
${body}    store<LANES>(y + i, v);
  }
}
`;
  const size = wide ? i64(n) : i32(n);
  return {
    source,
    args: [address(output.address), size, ...args],
    threads: n / lanes,
    lanes,
    wide,
  };
}
