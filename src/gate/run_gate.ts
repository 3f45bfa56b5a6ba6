/**
 * A gate: two programs compared by facts, by accuracy and by time.
 *
 * @module
 */

import { join } from "node:path";
import { random } from "../base/random.ts";
import type { BackendName } from "../backends/backend.ts";
import type { RunScan } from "../bench/run_scans.ts";
import type { Slowness } from "../bench/slowed.ts";
import type { LoadedSuite } from "../bench/suite.ts";
import { monotonic } from "../bench/timer.ts";
import type { RunScope } from "../bench/run_scopes.ts";
import type { Progress } from "../progress/mod.ts";
import {
  type FactDifference,
  type GateAccuracy,
  type GateResult,
  type GateTime,
  toolRecord,
} from "../results/mod.ts";
import { compareMasks } from "./accuracy/compare_masks.ts";
import { comparePlans, type Difference } from "./facts/compare_plans.ts";
import { compareImports } from "./facts/compare_imports.ts";
import { startUpImports } from "./facts/start_up.ts";
import { type GateModel, gateModels } from "./gate_models.ts";
import { inspect, type Inspected } from "./sides/inspect.ts";
import type { Side } from "./sides/sides.ts";
import { CYCLES, FEWEST_CYCLES, MOST_ROUNDS, ruleOf, WARMUP } from "./time/defaults.ts";
import { FIRST_LOOK } from "./time/judge.ts";
import { openLiveProcess } from "./time/live_process.ts";
import { gateTime } from "./time/record.ts";
import { runTime } from "./time/run_time.ts";
import { verdictOf } from "./verdict.ts";

/** The layers of a gate, the cheapest first. */
export const LAYERS = ["facts", "accuracy", "time"] as const;

/** One of them. */
export type Layer = typeof LAYERS[number];

/** What a gate is asked. */
export interface GateRequest {
  /** Both programs. */
  readonly sides: readonly [base: Side, other: Side];
  /** The suite, in the checkout of what is new where it has one. */
  readonly loaded: LoadedSuite;
  /** Its scans. */
  readonly scans: readonly RunScan[];
  /** Keys of the models that are gated; all unless given. */
  readonly models?: readonly string[];
  /** What computes. */
  readonly backend: BackendName;
  /** Layers. */
  readonly layers: readonly Layer[];
  /** Scopes of the layer of time. */
  readonly scopes: readonly RunScope[];
  /** How much a measure of accuracy may lose on average. */
  readonly margin: number;
  /** Share of a slow-down that is not tolerated. */
  readonly tolerated: number;
  /** Minutes that the layer of time may take. */
  readonly budgetMinutes: number;
  /** Kinds of facts that may differ. */
  readonly allowed: readonly FactDifference["kind"][];
  /** Seed of random orders. */
  readonly seed: number;
  /** Slows what is new on purpose; null: not. */
  readonly slowness: Slowness | null;
}

/** What else is needed. */
export interface GateContext {
  /** Folder for masks, which whoever made it removes. */
  readonly folder: string;
  /** Told how far it has come. */
  readonly progress: Progress;
  /** Stops it. */
  readonly signal: AbortSignal;
}

/**
 * Runs the layers, the cheapest first; one that finds something does not stop the next.
 *
 * @throws NotComparableError where a side is older than the gate; UndecidedError where the budget has
 * no room; what a side says that fails
 */
export async function runGate(request: GateRequest, context: GateContext): Promise<GateResult> {
  const { sides, loaded, layers, allowed, slowness } = request;
  const [base, other] = sides;
  const models = gateModels(loaded, request.backend, request.models, other.root);
  const notes: string[] = [];
  const asked = (layer: Layer) => layers.includes(layer);
  const facts = asked("facts") ? [...await importDifferences(request, context, notes)] : null;
  const accuracy: GateAccuracy[] | null = asked("accuracy") ? [] : null;
  if (facts || accuracy) {
    const scans = accuracy ? request.scans : [];
    context.progress.start("facts and masks", models.length * 2 * Math.max(scans.length, 1));
    for (const model of models) {
      const [before, after] = [
        await inspected(model, base, scans, request, context),
        await inspected(model, other, scans, request, context),
      ];
      const differences = [
        ...comparePlans(before.plan, after.plan),
        ...maskDifferences(before, after),
      ];
      facts?.push(...differences.map((one) => judged(model.key, one, allowed)));
      accuracy?.push(...compareMasks(model.key, before.masks, after.masks, request.margin));
    }
    context.progress.stop();
  }
  const time = asked("time") ? await timed(models, request, context) : null;
  if (accuracy?.some(({ scans }) => scans === 0)) {
    notes.push("no scan has truth: accuracy was compared by the hashes of masks alone");
  }
  if (slowness) {
    notes.push(
      `the new side was slowed by ${100 * slowness.share} % on purpose (${slowness.kind})`,
    );
  }
  return {
    schema: "stackbench/gate",
    version: 1,
    tool: toolRecord(),
    verdict: verdictOf({ facts, accuracy, time }),
    sides: sides.map(({ record }) => record),
    settings: settingsOf(request, models),
    facts,
    accuracy,
    time,
    notes,
  };
}

/** What a gate was asked, as its result tells it. */
export function settingsOf(
  { loaded: { suite }, tolerated, slowness, ...request }: Omit<GateRequest, "sides" | "scans">,
  models: readonly GateModel[],
): GateResult["settings"] {
  const { alpha, floor } = ruleOf(tolerated);
  const { layers, scopes, backend, margin, budgetMinutes, allowed, seed } = request;
  return {
    suite: suite.name,
    models: models.map(({ key }) => key),
    layers,
    scopes,
    backend,
    precision: suite.precision,
    margin,
    tolerated,
    floor: Math.expm1(floor),
    alpha,
    budgetMinutes,
    allowed,
    seed,
    injected: slowness?.share ?? null,
  };
}

/** A difference with what it means to the gate. */
export function judged(
  model: string | null,
  { worse, ...fact }: Difference,
  allowed: readonly FactDifference["kind"][],
): FactDifference {
  const verdict = !worse ? "noted" : allowed.includes(fact.kind) ? "allowed" : "worse";
  return { model, ...fact, verdict };
}

async function importDifferences(
  { sides: [base, other], allowed }: GateRequest,
  { signal }: GateContext,
  notes: string[],
): Promise<FactDifference[]> {
  if (base.root === null || other.root === null) {
    notes.push("a side is a command, not a checkout: what it imports at its start is not known");
    return [];
  }
  const [before, after] = [
    await startUpImports(base.root, signal),
    await startUpImports(other.root, signal),
  ];
  return compareImports(before, after).map((one) => judged(null, one, allowed));
}

async function inspected(
  model: GateModel,
  side: Side,
  scans: readonly RunScan[],
  { loaded: { suite } }: GateRequest,
  { folder, progress, signal }: GateContext,
): Promise<Inspected> {
  const parts: Inspected[] = [];
  for (const { open, scans: own } of model.partsOf(side, scans)) {
    const request = {
      open,
      scans: own,
      threshold: suite.threshold,
      folder,
      onScan: () => progress.advance(1, model.key),
    };
    parts.push(await inspect(side, request, signal));
  }
  if (scans.length === 0) progress.advance(1, model.key);
  // weights of other folds make no other plan
  return { plan: parts[0].plan, masks: parts.flatMap(({ masks }) => masks) };
}

/** Masks that are not the same: accuracy says what that means. */
function maskDifferences(base: Inspected, other: Inspected): Difference[] {
  return base.masks.flatMap(({ scan, sha256 }, i) =>
    sha256 === other.masks[i].sha256 ? [] : [{
      kind: "masks",
      what: `mask of scan ${scan.index}`,
      base: sha256,
      new: other.masks[i].sha256,
      worse: false,
    }]
  );
}

async function timed(
  models: readonly GateModel[],
  { sides: [base, other], loaded: { suite }, scans, scopes, ...request }: GateRequest,
  { folder, progress, signal }: GateContext,
): Promise<GateTime> {
  const [scan] = scans;
  const named = scopes.includes("case")
    ? { ...scan, threshold: suite.threshold, maskPath: join(folder, "timed.nii.gz") }
    : null;
  progress.start("first blocks of live processes", models.length * FIRST_LOOK);
  const outcome = await runTime(
    models.map((model) => ({
      key: model.key,
      open: (role) => {
        const side = role === "new" ? other : base;
        const open = { ...model.openOf(side), scan: named };
        return openLiveProcess(side, open, role === "new" ? request.slowness : null, signal);
      },
    })),
    {
      rule: ruleOf(request.tolerated),
      budget: 60 * request.budgetMinutes,
      rounds: MOST_ROUNDS,
      block: (hurried) => ({
        // a scan is many executions, which its time averages already
        cycles: scopes.map((scope) => ({
          scope,
          cycles: hurried || scope === "case" ? FEWEST_CYCLES : CYCLES,
        })),
        warmup: WARMUP,
      }),
    },
    {
      draw: random(request.seed, "gate"),
      clock: monotonic,
      onPlanned: (left) => progress.start("more blocks, at most", models.length * left),
      onBlock: (model) => progress.advance(1, model),
      signal,
    },
  );
  progress.stop();
  return gateTime(outcome);
}
