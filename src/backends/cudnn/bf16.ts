/**
 * Whether bf16 can be trusted here.
 *
 * @module
 */

import { random } from "../../base/random.ts";
import { elements, type Shape } from "../../base/shapes.ts";
import { GraphBuilder } from "../../graph/builder.ts";
import { seededWeights } from "../../graph/weights.ts";
import { uniformWindow } from "../../graph/windowed.ts";
import { makePlan } from "../../plan/mod.ts";
import type { DataType } from "./cuda/data_type.ts";
import { lower } from "./executable.ts";
import type { Session } from "./graph_api/session.ts";
import { PLANNING } from "./planning.ts";

/**
 * The first version that is trusted: 9.8 to 9.10 compute convolutions of 16 channels over large
 * volumes wrongly, which 9.13 has mended.
 */
const TRUSTED = 91500;

/** Rounding to 8 bits leaves about 0.3 %; a wrong kernel is off by tens of percent. */
const TOLERANCE = 0.02;

/** What a large volume is: a stack as V-Net's first layers have it. */
const VOLUME = [32, 256, 256];

/** The volume that an emulated device is tried with: it takes seconds for a large one. */
const EMULATED = [4, 8, 8];

const KNOWN = new WeakMap<Session, boolean>();

/** Whether cuDNN is new enough, or agrees with fp32 on a convolution over a large volume. */
export function computesBf16(session: Session): boolean {
  if (session.cudnn.version >= TRUSTED) return true;
  let known = KNOWN.get(session);
  if (known === undefined) {
    known = agrees(session, session.gpu.facts.emulated ? EMULATED : VOLUME);
    KNOWN.set(session, known);
  }
  return known;
}

function agrees(session: Session, volume: readonly number[]): boolean {
  const exact = output(session, "f32", volume);
  const rounded = output(session, "bf16", volume);
  let [error, size] = [0, 0];
  exact.forEach((value, i) => {
    error += (rounded[i] - value) ** 2;
    size += value ** 2;
  });
  return Math.sqrt(error / size) < TOLERANCE;
}

function output(session: Session, type: DataType, volume: readonly number[]): Float32Array {
  const builder = new GraphBuilder("bf16 self-test");
  const shape: Shape = [1, 16, ...volume];
  const x = builder.input("x", shape);
  const y = builder.conv("y", x, { channels: 16, ...uniformWindow(3, 3, 1, 1) });
  const graph = builder.build(y);
  const stream = random(1, "bf16 self-test");
  const input = Float32Array.from({ length: elements(shape) }, () => stream.normal());
  const result = new Float32Array(elements(builder.shape(y)));
  const arithmetic = { type, tensorCores: type !== "f32" };
  using executable = lower(
    session,
    makePlan(graph, PLANNING),
    seededWeights(graph, 1),
    arithmetic,
  );
  executable.run({ x: input }, { y: result });
  return result;
}
