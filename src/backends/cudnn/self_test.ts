/**
 * Whether a reduced precision can be trusted here: some versions of cuDNN compute convolutions in
 * one wrongly, on some GPUs and from some size on.
 *
 * @module
 */

import { random } from "../../base/random.ts";
import { elements, type Shape } from "../../base/shapes.ts";
import { GraphBuilder } from "../../graph/builder.ts";
import { seededWeights } from "../../graph/weights.ts";
import { uniformWindow } from "../../graph/windowed.ts";
import { makePlan } from "../../plan/mod.ts";
import { lower } from "./executable.ts";
import type { Arithmetic } from "./graph_api/convolution_graphs.ts";
import type { Session } from "./graph_api/session.ts";
import { PLANNING } from "./planning.ts";

/** Rounding to 8 bits leaves about 0.3 %; a wrong kernel is off by tens of percent. */
const TOLERANCE = 0.02;

/** What a large volume is: a stack as V-Net's first layers have it. */
const VOLUME = [32, 256, 256];

/** Volume that an emulated device is tried with: it takes seconds for a large one. */
const EMULATED = [4, 8, 8];

/** Numbers that are drawn; an input repeats them. */
const DRAWN = 1 << 16;

/** What was found, by session and arithmetic. */
const KNOWN = new WeakMap<Session, Map<string, boolean>>();

/** What an arithmetic is compared with. */
const EXACT: Arithmetic = { type: "f32", tensorCores: false };

/**
 * Whether cuDNN agrees with strict fp32 on a convolution of 16 channels over a large volume. The
 * outcome is kept for later processes.
 */
export function agreesWithFp32(session: Session, arithmetic: Arithmetic): boolean {
  const known = KNOWN.get(session) ?? new Map<string, boolean>();
  KNOWN.set(session, known);
  const key = `${session.identity} self-test ${JSON.stringify(arithmetic)}`;
  let agrees = known.get(key);
  if (agrees === undefined) {
    const { cache } = session.gpu;
    const kept = cache.get(key);
    agrees = kept ? kept[0] === 1 : isClose(session, arithmetic);
    cache.set(key, Uint8Array.of(agrees ? 1 : 0));
    known.set(key, agrees);
  }
  return agrees;
}

function isClose(session: Session, arithmetic: Arithmetic): boolean {
  const volume = session.gpu.facts.emulated ? EMULATED : VOLUME;
  const [exact, reduced] = [EXACT, arithmetic].map((one) => output(session, one, volume));
  let [error, size] = [0, 0];
  exact.forEach((value, i) => {
    error += (reduced[i] - value) ** 2;
    size += value ** 2;
  });
  // where one is no number, this is false
  return Math.sqrt(error / size) < TOLERANCE;
}

function output(
  session: Session,
  arithmetic: Arithmetic,
  volume: readonly number[],
): Float32Array {
  const builder = new GraphBuilder("self-test");
  const shape: Shape = [1, 16, ...volume];
  const x = builder.input("x", shape);
  const y = builder.conv("y", x, { channels: 16, ...uniformWindow(3, 3, 1, 1) });
  const graph = builder.build(y);
  const stream = random(1, "self-test");
  const drawn = Float32Array.from({ length: DRAWN }, () => stream.normal());
  const input = new Float32Array(elements(shape));
  for (let i = 0; i < input.length; i++) input[i] = drawn[i % DRAWN];
  const result = new Float32Array(elements(builder.shape(y)));
  const plan = makePlan(graph, PLANNING);
  using executable = lower(session, plan, seededWeights(graph, 1), arithmetic);
  executable.run({ x: input }, { y: result });
  return result;
}
