/**
 * The records of a run as they come in, and the results they make.
 *
 * @module
 */

import { REFERENCE } from "../backends/backend.ts";
import { comparePairs } from "../results/comparison.ts";
import { keptEntries, runExperiments } from "../results/experiments/mod.ts";
import type { Combination } from "../results/facts.ts";
import type {
  CaseRecord,
  DeviceTiming,
  ExperimentName,
  InferenceTiming,
  ModelRecord,
  PanelRecord,
  PredictionRecord,
  RunResult,
  TimingRecord,
  VolatileRecord,
  WarningRecord,
} from "../results/mod.ts";
import { MINOR, VERSION } from "../results/version.ts";
import { type Suite } from "./suite.ts";

/** What is known of a run before its first scan. */
export interface RunFrame {
  /** The suite. */
  readonly suite: Suite;
  /** Sections that do not change. */
  readonly fixed: Pick<RunResult, "tool" | "suite" | "environment" | "models">;
  /** The data set but its scans. */
  readonly dataset: Omit<RunResult["dataset"], "cases">;
  /** When it started. */
  readonly started: Omit<VolatileRecord, "writtenAt">;
  /** The combinations of the `overlap` experiment. */
  readonly combinations: readonly Combination[];
  /** Index of the scan that is timed again and again; null where that is not asked for. */
  readonly timedCase: number | null;
}

/** What a model made of a scan. */
export interface CaseOutcome {
  /** The mask in numbers. */
  readonly prediction: PredictionRecord;
  /** How long it took. */
  readonly timing: TimingRecord["cases"][number];
  /** What experiments keep of it. */
  readonly entries: readonly (readonly [ExperimentName, unknown])[];
}

/** Collects the records of a run. */
export class RunState {
  readonly #frame: RunFrame;
  readonly #cases = new Map<number, CaseRecord>();
  readonly #warnings = new Map<string, WarningRecord>();
  readonly #predictions: PredictionRecord[] = [];
  readonly #entries: Map<ExperimentName, unknown[]>;
  #panels: readonly PanelRecord[] | null = null;
  readonly #timedCases: TimingRecord["cases"][number][] = [];
  readonly #inference: InferenceTiming[] = [];
  readonly #device: DeviceTiming[] = [];

  /** Starts empty, or from what an earlier, interrupted run had. */
  constructor(frame: RunFrame, previous: RunResult | null) {
    this.#frame = frame;
    this.#entries = keptEntries(previous?.experiments ?? {});
    for (const model of frame.fixed.models) {
      if (model.weights.source === "seeded-random") this.warn(RANDOM_WEIGHTS);
    }
    if (frame.fixed.environment.backend.name === REFERENCE) this.warn(REFERENCE_BACKEND);
    const { repeats, caseRepeats } = frame.suite.timing;
    if (frame.timedCase !== null && Math.min(repeats, caseRepeats) < 5) this.warn(FEW_REPEATS);
    if (!previous) return;
    for (const record of previous.dataset.cases) this.#cases.set(record.index, record);
    previous.warnings.forEach((warning) => this.warn(warning));
    this.#predictions.push(...previous.predictions);
    this.#timedCases.push(...previous.timing.cases);
    this.#inference.push(...previous.timing.inference);
    this.#device.push(...previous.timing.device ?? []);
  }

  /** Adds a warning, once. */
  warn(warning: WarningRecord): void {
    this.#warnings.set(`${warning.code} ${warning.message}`, warning);
  }

  /** Whether a scan is recorded. */
  hasCase(index: number): boolean {
    return this.#cases.has(index);
  }

  /** Records a scan. */
  addCase(record: CaseRecord): void {
    this.#cases.set(record.index, record);
  }

  /** Whether a model has finished a scan. */
  hasPrediction(model: ModelRecord, index: number): boolean {
    return this.#predictions.some((one) => one.model === model.id && one.case === index);
  }

  /** Records what a model made of a scan. */
  addPrediction({ prediction, timing, entries }: CaseOutcome): void {
    this.#predictions.push(prediction);
    this.#timedCases.push(timing);
    for (const [name, entry] of entries) this.#entries.get(name)!.push(entry);
  }

  /** What a model made of a scan that it has finished, and how long that took. */
  finished(model: ModelRecord, index: number) {
    const ofIt = (one: { readonly model: string; readonly case: number }) =>
      one.model === model.id && one.case === index;
    return {
      slices: this.#cases.get(index)!.shape[0],
      prediction: this.#predictions.find(ofIt)!,
      pass: this.#timedCases.find(ofIt)!,
    };
  }

  /** Whether a model was timed. */
  hasInference(model: ModelRecord): boolean {
    return this.#inference.some((timing) => timing.model === model.id);
  }

  /**
   * Records the repeated timings of a model.
   *
   * @param device the GPU around them, where something tells of it
   */
  addInference(timings: readonly InferenceTiming[], device?: DeviceTiming | null): void {
    this.#inference.push(...timings);
    if (!device) return;
    this.#device.push(device);
    const reasons = new Set([...device.before.throttleReasons, ...device.after.throttleReasons]);
    if (reasons.size > 0) this.warn(heldDown(device.model, [...reasons]));
  }

  /** Records the pictures. */
  setPanels(panels: readonly PanelRecord[]): void {
    this.#panels = panels;
  }

  /** The results so far. */
  result(status: RunResult["status"]): RunResult {
    const { suite, fixed, dataset, started, combinations, timedCase } = this.#frame;
    const cases = [...this.#cases.values()].sort((a, b) => a.index - b.index);
    const facts = {
      models: fixed.models,
      cases,
      predictions: this.#predictions,
      threshold: suite.threshold,
      panels: this.#panels,
      combinations,
      seed: suite.seed,
      complete: status === "complete",
      timedCase,
    };
    return {
      schema: "stackbench/run-result",
      version: VERSION,
      minor: MINOR,
      status,
      tool: fixed.tool,
      suite: fixed.suite,
      environment: fixed.environment,
      models: fixed.models,
      dataset: { ...dataset, cases },
      predictions: this.#predictions,
      experiments: runExperiments(suite.experiments, facts, this.#entries),
      ...(facts.complete ? { statistics: comparePairs(facts) } : {}),
      warnings: [...this.#warnings.values()],
      timing: {
        cases: this.#timedCases,
        inference: this.#inference,
        ...(this.#device.length > 0 ? { device: this.#device } : {}),
      },
      volatile: { ...started, writtenAt: new Date().toISOString() },
    };
  }
}

const RANDOM_WEIGHTS: WarningRecord = {
  code: "random-weights",
  message: "a model ran with seeded random weights: its masks mean nothing, its times do",
  advice: 'name trained weights in the suite ("weights": "file.safetensors")',
};

/** Said where the GPU was slower than it can be. */
function heldDown(model: string, reasons: readonly string[]): WarningRecord {
  return {
    code: "held-down",
    message: `the clocks of the GPU were held down while ${model} was timed: ${reasons.join(", ")}`,
    advice: "its times are longer than the GPU can do: cool it, or end other programs on it",
  };
}

const REFERENCE_BACKEND: WarningRecord = {
  code: "reference-backend",
  message:
    "the reference backend defines what is right, not what is fast: do not compare its times",
  advice: "run `stackbench setup` to get oneDNN",
};

const FEW_REPEATS: WarningRecord = {
  code: "few-repeats",
  message: "fewer than five timed repetitions in some scope: intervals say little or are missing",
  advice: "raise timing.repeats and timing.caseRepeats in the suite",
};
