/**
 * Whether bf16 can be trusted here.
 *
 * @module
 */

import { GraphBuilder } from "../../graph/builder.ts";
import type { Graph } from "../../graph/graph.ts";
import { seededWeights } from "../../graph/weights.ts";
import { uniformWindow } from "../../graph/windowed.ts";
import { makePlan } from "../../plan/mod.ts";
import { bf16Agrees } from "../bf16_agreement.ts";
import { lower } from "./executable.ts";
import { ISA_AVX512_BF16 } from "./library/constants.ts";
import type { Session } from "./library/session.ts";
import { PLANNING } from "./planning.ts";

/**
 * Whether this machine has instructions for bf16 (without them it is slower than fp32), and they
 * agree with fp32 on a small net.
 */
export function computesBf16(session: Session): boolean {
  const isa = session.library.symbols.dnnl_get_effective_cpu_isa();
  if ((isa & ISA_AVX512_BF16) !== ISA_AVX512_BF16) return false;
  return bf16Agrees(narrowNet(), (graph, precision) => {
    const type = precision === "bf16" ? "bf16" : "f32";
    return lower(session, makePlan(graph, PLANNING), seededWeights(graph, 1), type);
  });
}

/**
 * A net whose second convolution gives one column at stride 2 in W: oneDNN 3.12 computes that
 * wrongly with AMX.
 */
function narrowNet(): Graph {
  const builder = new GraphBuilder("bf16 self-test");
  const x = builder.input("x", [1, 16, 4, 6, 2]);
  const h = builder.conv("a", x, { channels: 32, ...uniformWindow(3, 3, 1, 1) });
  return builder.build(builder.conv("b", h, { channels: 32, ...uniformWindow(3, 2, 2) }));
}
