/**
 * What the layers say together.
 *
 * @module
 */

import { EXIT } from "../base/errors.ts";
import type { GateResult } from "../results/mod.ts";

/** The verdict of a gate: what got worse outweighs what is not known. */
export function verdictOf(
  { facts, accuracy, time }: Pick<GateResult, "facts" | "accuracy" | "time">,
): GateResult["verdict"] {
  const worse = facts?.some(({ verdict }) => verdict === "worse") ||
    accuracy?.some((row) => row.worse) || time?.verdict === "slower";
  if (worse) return "regression";
  return time?.verdict === "undecided" ? "undecided" : "pass";
}

/** How the command ends. */
export const EXIT_OF: Readonly<Record<GateResult["verdict"], number>> = {
  pass: EXIT.done,
  regression: EXIT.regression,
  undecided: EXIT.undecided,
};
