/**
 * Whether products of single precision are worth being made of three in tf32 (`3xtf32`): how far off
 * they would be, computed, and how long a pass would take, predicted. No GPU is needed:
 *
 * ```sh
 * deno run -A benchmarks/split_products.ts
 * ```
 *
 * A factor is split in two, x = big + small, each of 11 bits; a product is big * big + big * small +
 * small * big. Products are exact on tensor cores, 8 of them are added to a sum at once, and what does
 * not fit single precision is cut off and not rounded (Fasi et al. 2021, Numerical behavior of NVIDIA
 * tensor cores). Sums may be kept beside the tensor cores instead, which add up so many terms only.
 *
 * @module
 */

import { DEVICE_MODELS, predictWork } from "../src/backends/cudnn/device_models.ts";
import { PLANNING } from "../src/backends/cudnn/planning.ts";
import { predict } from "../src/backends/cudnn/predict.ts";
import { random } from "../src/base/random.ts";
import { buildModel } from "../src/models/mod.ts";
import { makePlan } from "../src/plan/mod.ts";

/** Terms that a tensor core adds to a sum at once. */
const AT_ONCE = 8;

/** Results whose errors are taken together. */
const RESULTS = 400;

/** Terms of a result: of the narrowest and the widest layers that are products of matrices. */
const TERMS = [9 * 64, 125 * 32, 125 * 64, 9 * 1280];

/** What our own convolution on tensor cores is assumed to reach of them, and cuDNN's engines. */
const SHARES = [0.2, 0.5];

const WORD = new Uint32Array(1);
const NUMBER = new Float32Array(WORD.buffer);

/** A float with 10 bits behind the first: to the nearest, ties away from zero. */
function tf32(value: number): number {
  NUMBER[0] = value;
  WORD[0] = (WORD[0] + 0x1000) & 0xffffe000;
  return NUMBER[0];
}

/** The nearest float that is not farther from zero. */
function cut(value: number): number {
  NUMBER[0] = value;
  if (Math.abs(NUMBER[0]) > Math.abs(value)) WORD[0]--;
  return NUMBER[0];
}

/** Rounds a sum to single precision. */
type Rounding = (value: number) => number;

/** A sum of products in some way. */
type Way = (a: Float32Array, b: Float32Array) => number;

/** Adds products of two parts of the factors to a sum, 8 at once. */
function multiply(sum: number, a: Float32Array, b: Float32Array, from: number, round: Rounding) {
  let exact = sum;
  for (let i = from; i < Math.min(from + AT_ONCE, a.length); i++) exact += a[i] * b[i];
  return round(exact);
}

const bigOf = (x: Float32Array) => x.map(tf32);
const smallOf = (x: Float32Array) => x.map((value) => tf32(value - tf32(value)));

/** Three products for one; sums are taken to single precision outside after so many terms. */
function split(round: Rounding, outside = Infinity): Way {
  return (a, b) => {
    const [bigA, bigB, smallA, smallB] = [bigOf(a), bigOf(b), smallOf(a), smallOf(b)];
    let [total, sum] = [0, 0];
    for (let i = 0; i < a.length; i += AT_ONCE) {
      sum = multiply(sum, smallA, bigB, i, round);
      sum = multiply(sum, bigA, smallB, i, round);
      sum = multiply(sum, bigA, bigB, i, round);
      if ((i + AT_ONCE) % outside !== 0) continue;
      total = Math.fround(total + sum);
      sum = 0;
    }
    return Math.fround(total + sum);
  };
}

const WAYS: Readonly<Record<string, Way>> = {
  // a multiply-add rounds once
  "fp32": (a, b) => a.reduce((sum, value, i) => Math.fround(sum + value * b[i]), 0),
  "tf32": (a, b) => {
    const [bigA, bigB] = [bigOf(a), bigOf(b)];
    let sum = 0;
    for (let i = 0; i < a.length; i += AT_ONCE) sum = multiply(sum, bigA, bigB, i, cut);
    return sum;
  },
  "3xtf32, sums cut off": split(cut),
  "3xtf32, sums outside by 32": split(cut, 32),
  "3xtf32, sums rounded": split(Math.fround),
};

/** Relative error of a way over some results of so many terms; activations may be above zero only. */
function errorOf(way: Way, terms: number, rectified: boolean): number {
  const stream = random(1, `${terms} ${rectified}`);
  let [error, size] = [0, 0];
  for (let result = 0; result < RESULTS; result++) {
    const draw = () => Float32Array.from({ length: terms }, () => stream.normal());
    const [x, w] = [draw(), draw()];
    const a = rectified ? x.map((value) => Math.max(0, value)) : x;
    const exact = a.reduce((sum, value, i) => sum + value * w[i], 0);
    error += (way(a, w) - exact) ** 2;
    size += exact ** 2;
  }
  return Math.sqrt(error / size);
}

/** Seconds of a pass in strict fp32, and with products by three in tf32 where that is faster. */
function secondsOf(model: string, batch: number, device: string): number[] {
  const { graph } = buildModel(model, { batch });
  const { kernels, seconds } = predict(makePlan(graph, PLANNING), "fp32", device);
  const facts = DEVICE_MODELS[device];
  const strict = { type: "f32", tensorCores: false } as const;
  const withShare = (share: number) =>
    kernels.reduce((sum, { kernel, bytes, flops, seconds: before }) => {
      if (!/^(product|thin)_convolution$/.test(kernel)) return sum + before;
      const { seconds: moving } = predictWork({ kind: "product", bytes, flops: 0 }, facts, strict);
      const computing = flops / (share * facts.tensor.tf32! / 3);
      return sum + Math.min(before, Math.max(moving, computing));
    }, 0);
  return [seconds, ...SHARES.map(withShare)];
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return [heads, heads.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |\n`)
    .join("");
}

const errors = [false, true].flatMap((rectified) =>
  TERMS.map((terms) => [
    `${terms}${rectified ? ", activations above zero" : ""}`,
    ...Object.values(WAYS).map((way) => errorOf(way, terms, rectified).toExponential(1)),
  ])
);
const times = [["vnet:paper206", 1], ["unet:full", 16]].flatMap(([model, batch]) =>
  ["a100", "h100", "h200"].map((device) => [
    `${model}, batch ${batch}`,
    DEVICE_MODELS[device].name,
    ...secondsOf(String(model), Number(batch), device).map((one) => (one * 1e3).toFixed(1)),
  ])
);
const reach = SHARES.map((share) => `3xtf32 at ${share} of tensor cores`);
const both = [
  table(["terms", ...Object.keys(WAYS)], errors),
  table(["pass", "GPU", "fp32, ms", ...reach], times),
];
Deno.stdout.writeSync(new TextEncoder().encode(both.join("\n")));
