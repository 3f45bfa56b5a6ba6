/**
 * A gate whose base is a stored result.
 *
 * @module
 */

import { NotComparableError } from "../../base/errors.ts";
import { type GateResult, type GateSide, type RunResult, toolRecord } from "../../results/mod.ts";
import { gateModels } from "../gate_models.ts";
import { type GateContext, type GateRequest, judged, settingsOf } from "../run_gate.ts";
import type { Side } from "../sides/sides.ts";
import { ruleOf } from "../time/defaults.ts";
import { verdictOf } from "../verdict.ts";
import {
  pairsOf,
  STORED_NOTE,
  storedAccuracy,
  storedDifferences,
  storedTime,
} from "./judge_stored.ts";
import { runAfresh } from "./run_afresh.ts";

/** What such a gate is asked: no side is slowed, and no scan opened, by the gate itself. */
export interface StoredGateRequest extends Omit<GateRequest, "sides" | "scans" | "slowness"> {
  /** The stored result. */
  readonly stored: RunResult;
  /** What is new. */
  readonly side: Side;
  /** The suite as the side is to be told of it. */
  readonly suite: string;
}

/**
 * Runs the suite by what is new, and judges its result by the stored one.
 *
 * @throws NotComparableError where they may not be compared; what the side says where it fails
 */
export async function runStoredGate(
  { stored, side, suite, ...request }: StoredGateRequest,
  { folder, progress, signal }: GateContext,
): Promise<GateResult> {
  const { layers, loaded, backend } = request;
  const models = gateModels(loaded, backend, request.models, side.root);
  if (stored.suite.name !== loaded.suite.name) {
    throw new NotComparableError(
      `the stored result is of the suite ${stored.suite.name}, not ${loaded.suite.name}`,
      { advice: "name its suite (--suite), or store a base of this one" },
    );
  }
  progress.start("the suite, by what is new", 1);
  const fresh = await runAfresh(side, { suite, backend, folder }, signal);
  progress.advance(1, loaded.suite.name);
  progress.stop();
  const pairs = pairsOf(stored, fresh, models.map(({ key }) => key));
  const asked = (layer: GateRequest["layers"][number]) => layers.includes(layer);
  const facts = asked("facts")
    ? pairs.flatMap((pair) =>
      storedDifferences(pair).map((one) => judged(pair.name, one, request.allowed))
    )
    : null;
  const accuracy = asked("accuracy")
    ? pairs.flatMap((pair) => storedAccuracy(pair, request.margin))
    : null;
  const time = asked("time") ? storedTime(pairs, request.scopes, ruleOf(request.tolerated)) : null;
  const base: GateSide = {
    role: "base",
    from: "result",
    commit: stored.tool.commit,
    changed: null,
  };
  return {
    schema: "stackbench/gate",
    version: 1,
    tool: toolRecord(),
    verdict: verdictOf({ facts, accuracy, time }),
    sides: [base, side.record],
    settings: settingsOf({ ...request, slowness: null }, models),
    facts,
    accuracy,
    time,
    notes: [STORED_NOTE],
  };
}
