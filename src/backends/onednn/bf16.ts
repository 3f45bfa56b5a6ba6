/**
 * Whether bf16 can be trusted here.
 *
 * @module
 */

import { random } from "../../base/random.ts";
import { elements } from "../../base/shapes.ts";
import { GraphBuilder } from "../../graph/builder.ts";
import { seededWeights } from "../../graph/weights.ts";
import { uniformWindow } from "../../graph/windowed.ts";
import { makePlan } from "../../plan/mod.ts";
import { type DataType, ISA_AVX512_BF16 } from "./constants.ts";
import { lower } from "./executable.ts";
import { PLANNING } from "./planning.ts";
import type { Session } from "./session.ts";

/** Rounding to 8 bits leaves about 0.3 %; a wrong kernel is off by tens of percent. */
const TOLERANCE = 0.02;

/**
 * Whether this machine has instructions for bf16 (without them it is slower than fp32), and they
 * agree with fp32 on a small net. Its second convolution gives one column at stride 2 in W: oneDNN
 * 3.12 computes that wrongly with AMX.
 */
export function computesBf16(session: Session): boolean {
  const isa = session.library.symbols.dnnl_get_effective_cpu_isa();
  if ((isa & ISA_AVX512_BF16) !== ISA_AVX512_BF16) return false;
  const exact = output(session, "f32");
  const rounded = output(session, "bf16");
  let [error, size] = [0, 0];
  exact.forEach((value, i) => {
    error += (rounded[i] - value) ** 2;
    size += value ** 2;
  });
  return Math.sqrt(error / size) < TOLERANCE;
}

function output(session: Session, type: DataType): Float32Array {
  const builder = new GraphBuilder("bf16 self-test");
  const shape = [1, 16, 4, 6, 2];
  const x = builder.input("x", shape);
  const h = builder.conv("a", x, { channels: 32, ...uniformWindow(3, 3, 1, 1) });
  const y = builder.conv("b", h, { channels: 32, ...uniformWindow(3, 2, 2) });
  const graph = builder.build(y);
  const stream = random(1, "bf16 self-test");
  const input = Float32Array.from({ length: elements(shape) }, () => stream.normal());
  const result = new Float32Array(elements(builder.shape(y)));
  using executable = lower(session, makePlan(graph, PLANNING), seededWeights(graph, 1), type);
  executable.run({ x: input }, { b: result });
  return result;
}
